//! The options that say what a schedule starts and when, of `schedule add` and `schedule edit`.

use std::collections::BTreeSet;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::super::{App, Code, Exit};
use super::expression;
use crate::planning::{Edit, StartWithin};
use crate::schedule::definition::{
    ALL_HOLIDAYS, AddressRefresh, Definition, OverBudget, Overlap, Work, holidays_of, minutes_of,
};
use crate::schedule::holiday::Holiday;
use crate::schedule::preset::presets;
use crate::schedule::{CronExpression, Task};
use crate::segment::Segment;

/// The word that takes a limit or list away.
const NONE: &str = "none";

/// What a schedule starts, and when.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Minute, hour, day of the month, month and weekday on the clock of Helsinki, such as "0 6 * * WED".
    #[arg(long, value_name = "EXPR", conflicts_with = "preset")]
    cron: Option<String>,
    /// One of the expressions that `ajantasa schedule presets` lists, by name.
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// The task of which rounds are started.
    #[arg(long, value_parser = PossibleValuesParser::new(Task::ALL.map(Task::as_str)),
        conflicts_with_all = ["municipality", "segment", "purpose", "budget", "over_budget"])]
    task: Option<String>,
    /// A municipality whose patrons a refresh is about, by its code; can be given again.
    #[arg(long, value_name = "CODE")]
    municipality: Vec<String>,
    /// Which of them, such as "open_debts and not_verified_for 6 months".
    #[arg(long = "where", value_name = "SEGMENT")]
    segment: Option<String>,
    /// What VTJ is asked for, such as register_upkeep or debt_collection.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// The most people that one run asks about.
    #[arg(long, value_name = "PEOPLE")]
    budget: Option<u32>,
    /// What becomes of a run that would ask about more: it waits, or those unverified for longest come first.
    #[arg(long, value_name = "wait|first", value_parser = word(&OverBudget::WORDS))]
    over_budget: Option<OverBudget>,
    /// What becomes of a due time while an earlier run has not ended: it is skipped, or starts afterwards.
    #[arg(long, value_name = "forbid|queue", value_parser = word(&Overlap::WORDS))]
    overlap: Option<Overlap>,
    /// How late it may still start, such as 90m, 6h or 2d; none for any time.
    #[arg(long, value_name = "TIME")]
    start_within: Option<String>,
    /// Do not make up for a due time that nobody was there to start.
    #[arg(long)]
    no_catch_up: bool,
    /// A holiday on which it is not started, such as midsummer_eve; all of them, or none; can be given again.
    #[arg(long, value_name = "NAME|all|none")]
    skip_holiday: Vec<String>,
}

fn word<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word)).map(move |given| {
        let known = words.iter().find(|(word, _)| *word == given);
        known.expect("the possible values are these words").1
    })
}

fn usage(message: impl Into<String>) -> anyhow::Error {
    Exit::new(Code::Usage, message).into()
}

impl Options {
    /// What is given, as a change.
    pub(super) fn edit(&self, app: &App) -> anyhow::Result<Edit> {
        let given = |list: &[String]| (!list.is_empty()).then(|| list.iter().cloned().collect());
        Ok(Edit {
            cron: self.cron(app)?,
            task: self.task.as_deref().and_then(Task::from_name),
            municipalities: given(&self.municipality),
            purpose: self.purpose.clone(),
            segment: self.segment.as_deref().map(segment).transpose()?,
            budget: self.budget,
            over_budget: self.over_budget,
            overlap: self.overlap,
            start_within: self.start_within()?,
            catch_up: self.no_catch_up.then_some(false),
            skip_holidays: self.skip_holidays()?,
        })
    }

    /// What is given, as the whole content of a new schedule.
    pub(super) fn definition(&self, app: &App) -> anyhow::Result<Definition> {
        let edit = self.edit(app)?;
        let cron = edit.cron.clone().ok_or_else(|| {
            usage("say when: --cron \"0 6 * * WED\", or --preset with a name of `ajantasa schedule presets`")
        })?;
        let work = match edit.task {
            Some(task) => Work::Task { task },
            None => Work::AddressRefresh(refresh(&edit)?),
        };
        Ok(edit.of(&Definition::new(work, cron))?)
    }

    fn cron(&self, app: &App) -> anyhow::Result<Option<CronExpression>> {
        if let Some(text) = &self.cron {
            return Ok(Some(expression(text)?));
        }
        let Some(name) = &self.preset else { return Ok(None) };
        let presets = presets(&CronExpression::parse(&app.config.collection.cut_off)?);
        let found = presets.iter().find(|preset| preset.name == name);
        let found = found.ok_or_else(|| {
            let names: Vec<&str> = presets.iter().map(|preset| preset.name).collect();
            usage(format!("--preset {name}: write one of {}", names.join(", ")))
        })?;
        Ok(Some(found.cron.clone()))
    }

    fn start_within(&self) -> anyhow::Result<Option<StartWithin>> {
        match self.start_within.as_deref() {
            None => Ok(None),
            Some(NONE) => Ok(Some(StartWithin::AnyTime)),
            Some(text) => {
                let minutes = minutes_of(text);
                let minutes = minutes.map_err(|why| usage(format!("--start-within {text}: {why}")))?;
                Ok(Some(StartWithin::Minutes(minutes)))
            }
        }
    }

    fn skip_holidays(&self) -> anyhow::Result<Option<BTreeSet<Holiday>>> {
        if self.skip_holiday.is_empty() {
            return Ok(None);
        }
        let words = self.skip_holiday.iter().map(String::as_str).filter(|word| *word != NONE);
        let holidays = holidays_of(words).map_err(|word| {
            let names = Holiday::ALL.map(Holiday::as_str).join(", ");
            usage(format!("--skip-holiday {word}: write {ALL_HOLIDAYS}, {NONE} or one of {names}"))
        })?;
        Ok(Some(holidays))
    }
}

fn segment(text: &str) -> anyhow::Result<Segment> {
    Segment::parse(text).map_err(|error| usage(format!("--where: {error}")))
}

fn refresh(edit: &Edit) -> anyhow::Result<AddressRefresh> {
    let needed =
        "a refresh needs --municipality, --where, --purpose and --budget; rounds of a task need --task";
    let lacking = |option: &str| usage(format!("{option} is missing: {needed}"));
    Ok(AddressRefresh {
        municipalities: edit.municipalities.clone().ok_or_else(|| lacking("--municipality"))?,
        purpose: edit.purpose.clone().ok_or_else(|| lacking("--purpose"))?,
        segment: edit.segment.clone().ok_or_else(|| lacking("--where"))?,
        budget: edit.budget.ok_or_else(|| lacking("--budget"))?,
        over_budget: edit.over_budget.unwrap_or_default(),
    })
}
