//! `schedule preview`: what a refresh would ask, cost and bring, before it is saved and before it runs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::super::{App, Code, Exit, Format, Globals, output};
use crate::audit::Actor;
use crate::planning::dry_run::{Comparison, dry_run};
use crate::planning::estimate::Experience;
use crate::planning::preview::{
    BudgetOutcome, CeilingAfter, Interface, Preview as Shown, PreviewError, preview, record,
};
use crate::schedule::CronExpression;
use crate::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use crate::segment::Segment;
use crate::service;
use crate::store;

/// When a refresh would run that is not saved; nothing of a preview depends on it.
const ANY_TIME: &str = "@daily";

/// Options of `schedule preview`.
#[derive(Debug, clap::Args)]
pub(super) struct Preview {
    /// The schedule; otherwise say what to preview with the options.
    #[arg(value_name = "NAME", conflicts_with_all = ["municipality", "segment", "purpose", "budget", "over_budget"])]
    name: Option<String>,
    /// A municipality whose patrons are meant, by its code; can be given again.
    #[arg(long, value_name = "CODE", required_unless_present = "name")]
    municipality: Vec<String>,
    /// Which of them, such as "open_debts and not_verified_for 6 months".
    #[arg(long = "where", value_name = "SEGMENT", required_unless_present = "name", value_parser = Segment::parse)]
    segment: Option<Segment>,
    /// What VTJ would be asked for, such as register_upkeep or debt_collection.
    #[arg(long, value_name = "PURPOSE", required_unless_present = "name")]
    purpose: Option<String>,
    /// The most people one run asks about.
    #[arg(long, value_name = "PEOPLE", required_unless_present = "name", value_parser = clap::value_parser!(u32).range(1..))]
    budget: Option<u32>,
    /// What becomes of a run that would ask about more: it waits, or those unverified for longest come first.
    #[arg(long, value_name = "wait|first", value_parser = over_budget())]
    over_budget: Option<OverBudget>,
    /// Also compare everybody selected with the answers VTJ gave earlier; nothing is asked of VTJ, and the queue stays
    /// as it is.
    #[arg(long)]
    dry_run: bool,
}

fn over_budget() -> impl TypedValueParser<Value = OverBudget> {
    PossibleValuesParser::new(["wait", "first"]).map(|word| match word.as_str() {
        "first" => OverBudget::First,
        _ => OverBudget::Wait,
    })
}

impl Preview {
    /// A rehearsal of a schedule's refresh with the answers VTJ gave earlier.
    pub(super) fn rehearsal(schedule: String) -> Self {
        Self {
            name: Some(schedule),
            municipality: Vec::new(),
            segment: None,
            purpose: None,
            budget: None,
            over_budget: None,
            dry_run: true,
        }
    }

    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let definition = self.definition(&app).await?;
        let now = app.clock.now();
        let name = self.name.as_deref();
        if self.dry_run {
            let run = dry_run(&context, &definition, now).await.map_err(with_code)?;
            record(&context, &Actor::OsUser, name, &run.preview).await?;
            match app.format {
                Format::Json => output::json(&run)?,
                Format::Table | Format::Csv => print(app.format, &run.preview, Some(&run.dry_run))?,
            }
        } else {
            let shown = preview(&context, &definition, now).await.map_err(with_code)?;
            record(&context, &Actor::OsUser, name, &shown).await?;
            match app.format {
                Format::Json => output::json(&shown)?,
                Format::Table | Format::Csv => print(app.format, &shown, None)?,
            }
        }
        app.db.close().await;
        Ok(Code::Done)
    }

    /// The definition of the schedule named, or the one the options say.
    async fn definition(&self, app: &App) -> anyhow::Result<Definition> {
        if let Some(name) = &self.name {
            let mut tx = app.db.read().await?;
            let schedules = store::schedule::in_force(&mut tx).await?;
            let row = schedules.into_iter().find(|row| row.name == *name);
            let row = row.ok_or_else(|| Exit::new(Code::Data, format!("no schedule is called {name:?}")))?;
            return Ok(Definition::from_json(&row.definition)?);
        }
        let refresh = AddressRefresh {
            municipalities: self.municipality.iter().cloned().collect::<BTreeSet<_>>(),
            purpose: self.purpose.clone().unwrap_or_default(),
            segment: self.segment.clone().unwrap_or_else(Segment::everyone),
            budget: self.budget.unwrap_or_default(),
            over_budget: self.over_budget.unwrap_or_default(),
        };
        Ok(Definition::new(Work::AddressRefresh(refresh), CronExpression::parse(ANY_TIME)?))
    }
}

pub(super) fn with_code(error: PreviewError) -> anyhow::Error {
    let code = match &error {
        PreviewError::Wrong(_) => Code::Usage,
        PreviewError::NotARefresh(_) => Code::Data,
        PreviewError::Budget(_) | PreviewError::Task(_) | PreviewError::Store(_) => return error.into(),
    };
    Exit::new(code, error.to_string()).into()
}

fn print(format: Format, shown: &Shown, rehearsed: Option<&Comparison>) -> anyhow::Result<()> {
    let lines = lines(shown, rehearsed);
    if format == Format::Csv {
        return output::list(format, &lines, &["what", "value"], |(what, value)| {
            vec![(*what).to_owned(), value.clone()]
        });
    }
    let mut text = String::new();
    for (what, value) in &lines {
        let _ = writeln!(text, "{what:<15} {}", output::printable(value));
    }
    output::text(&text)
}

/// What is shown to people, a line for each thing.
fn lines(shown: &Shown, rehearsed: Option<&Comparison>) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("segment", shown.segment.clone()),
        ("in words", shown.reading.en.clone()),
        ("suomeksi", shown.reading.fi.clone()),
        ("på svenska", shown.reading.sv.clone()),
        ("purpose", format!("{} ({})", shown.purpose, shown.legal_basis)),
        ("people", format!("{} may be asked about", shown.people)),
        ("left out", left_out(shown)),
        ("budget", budget(shown)),
        ("requests", requests(shown)),
        ("price", format!("{:.2} EUR", shown.price_eur)),
        ("time", time_at_most(shown.minutes)),
    ];
    lines.extend(shown.ceilings.iter().map(|ceiling| ("ceiling", ceiling_line(ceiling))));
    lines.extend(shown.ceiling_reached.iter().map(|reached| ("ceiling", reached.clone())));
    lines.push(("queue", queue(shown)));
    for one in &shown.sample {
        let verified = one
            .verified
            .as_deref()
            .map_or_else(|| "never verified".to_owned(), |month| format!("verified {month}"));
        let language = one.language.as_deref().unwrap_or("no language");
        let group = if one.patron_group.is_empty() { "no group" } else { &one.patron_group };
        lines
            .push(("sample", format!("{}, {}, {group}, {language}, {verified}", one.card, one.municipality)));
    }
    if shown.sample.is_empty() {
        lines.push(("sample", "none: too few people".to_owned()));
    }
    lines.extend(rehearsed.map(rehearsal).unwrap_or_default());
    lines.push(("VTJ", "nothing was asked of VTJ".to_owned()));
    lines
}

/// What it costs and brings, in short.
pub(super) fn costs(shown: &Shown) -> Vec<(&'static str, String)> {
    let of = ["people", "left out", "budget", "requests", "price", "time", "ceiling", "queue"];
    lines(shown, None).into_iter().filter(|(what, _)| of.contains(what)).collect()
}

fn left_out(shown: &Shown) -> String {
    let reasons: Vec<String> =
        shown.left_out.iter().map(|(reason, people)| format!("{reason} {people}")).collect();
    if reasons.is_empty() { "nobody".to_owned() } else { reasons.join(", ") }
}

fn budget(shown: &Shown) -> String {
    let budget = &shown.budget;
    let most = budget.people_at_most;
    match budget.outcome {
        BudgetOutcome::Within => format!("{} of {most} people, {} left", budget.asked, budget.left),
        BudgetOutcome::Waits => format!(
            "{} people too many for {most}: nobody would be asked about, the run would wait",
            budget.over_by
        ),
        BudgetOutcome::First => format!(
            "the {most} unverified for longest would be asked about, {} would not be checked",
            budget.over_by
        ),
    }
}

fn requests(shown: &Shown) -> String {
    let towns: Vec<String> =
        shown.municipalities.iter().map(|one| format!("{}: {}", one.municipality, one.requests)).collect();
    let interface = match shown.interface {
        Interface::BaseData => "for base data",
        Interface::SingleQuery => "about one person each",
    };
    let towns = if towns.is_empty() { String::new() } else { format!(" ({})", towns.join(", ")) };
    format!("{} {interface}{towns}", shown.requests)
}

fn ceiling_line(after: &CeilingAfter) -> String {
    let name = after.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    let span = if after.span == "day" { "today" } else { "this month" };
    let used = after.used + after.this_run;
    format!("{}{name}, {span}: {used} of {} then used, {} left", after.scope, after.ceiling, after.left)
}

fn queue(shown: &Shown) -> String {
    let by = match shown.queue.by {
        Experience::OwnYear => "as in this installation's last year",
        Experience::Elsewhere => "as in address runs elsewhere",
    };
    format!("{} to {} cases to expect, {by}", shown.queue.from, shown.queue.to)
}

fn rehearsal(done: &Comparison) -> Vec<(&'static str, String)> {
    let kinds: Vec<String> = done.would_open.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let opened = if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") };
    vec![
        (
            "dry run",
            format!(
                "{} compared with VTJ's earlier answers; of {} there is none; {} not compared",
                done.compared, done.without_answer, done.not_compared
            ),
        ),
        ("would open", opened),
        ("would replace", format!("{} open items; nothing was changed", done.would_replace)),
    ]
}

/// How long the requests take, at most.
fn time_at_most(minutes: u64) -> String {
    match minutes {
        0 => "no time: nobody is asked about".to_owned(),
        1 => "a minute at most".to_owned(),
        minutes => format!("{minutes} minutes at most"),
    }
}
