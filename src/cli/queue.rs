//! `queue`: reviewing what was found.

use std::fmt::Write as _;

use chrono::{DateTime, Duration, NaiveDate, SecondsFormat, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use uuid::Uuid;

use super::identity::{AsArgs, MaybeAsArgs};
use super::{App, Code, Exit, Format, Globals, output};
use crate::finding::{FindingKind, FindingState, RejectReason};
use crate::review::{
    self, Effect, Filter, ItemField, Outcome, QueueItem, Refusal, Rejection, ReviewError, Viewer,
};
use crate::service;
use crate::slice;
use crate::task::Context;

/// What stands for a masked value where people read.
const MASKED: &str = "***";

/// Options of `queue`.
#[derive(Debug, clap::Args)]
pub struct Queue {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the items, oldest first.
    List(List),
    /// Show one item. For a reviewer this opens it: it is compared once more and brought up to date.
    Show(Show),
    /// Approve items. They take effect when the undo window has passed.
    Approve(Approve),
    /// Reject items. The same evidence is not put before anybody again.
    Reject(Reject),
    /// Put items off until a day.
    Snooze(Snooze),
    /// Take approvals back that have not taken effect.
    Undo(Undo),
}

#[derive(Debug, clap::Args)]
struct List {
    /// Items in this state; may be repeated. Without it: what there is still something to do about.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(FindingState::ALL.map(FindingState::as_str)))]
    state: Vec<String>,
    /// Items of this kind; may be repeated.
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(FindingKind::ALL.map(FindingKind::as_str)))]
    kind: Vec<String>,
    /// Items of this municipality, by its three-digit code.
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// Items of this card.
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
    /// At most so many items.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// The item.
    id: String,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

#[derive(Debug, clap::Args)]
struct Approve {
    /// The items.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Close the undo window. Refused for deaths, protection, identity codes and guarantors.
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    account: AsArgs,
}

#[derive(Debug, clap::Args)]
struct Reject {
    /// The items.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Why.
    #[arg(long, value_parser = PossibleValuesParser::new(RejectReason::ALL.map(RejectReason::as_str)))]
    reason: String,
    /// More about why; kept sealed.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    account: AsArgs,
}

#[derive(Debug, clap::Args)]
struct Snooze {
    /// The items.
    #[arg(required = true)]
    ids: Vec<String>,
    /// The day on which they come back, such as 2027-01-15.
    #[arg(long, value_name = "DATE")]
    until: NaiveDate,
    #[command(flatten)]
    account: AsArgs,
}

#[derive(Debug, clap::Args)]
struct Undo {
    /// The items.
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    account: AsArgs,
}

impl Queue {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let code = match self.action {
            Action::List(list) => list.run(&app, &context).await,
            Action::Show(show) => show.run(&app, &context).await,
            Action::Approve(approve) => approve.run(&app, &context).await,
            Action::Reject(reject) => reject.run(&app, &context).await,
            Action::Snooze(snooze) => snooze.run(&app, &context).await,
            Action::Undo(undo) => undo.run(&app, &context).await,
        };
        app.db.close().await;
        code
    }
}

async fn viewer(args: &MaybeAsArgs, app: &App) -> anyhow::Result<Viewer> {
    Ok(args.prove(app).await?.map_or(Viewer::Anonymous, Viewer::Proved))
}

impl List {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let filter = Filter {
            states: self.state.iter().filter_map(|word| FindingState::from_word(word)).collect(),
            kinds: self.kind.iter().filter_map(|word| FindingKind::from_word(word)).collect(),
            municipality: self.municipality,
            card_number: self.card,
            limit: self.limit,
        };
        let viewer = viewer(&self.viewer, app).await?;
        let items = review::list(context, &viewer, &filter).await.map_err(with_code)?;
        print_items(app.format, &items)?;
        let held_back = slice::banner(&mut app.db.read().await?).await?;
        if let Some(held_back) = held_back {
            eprintln!("{held_back}");
        }
        Ok(Code::Done)
    }
}

impl Show {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let viewer = viewer(&self.viewer, app).await?;
        let item = review::show(context, &viewer, id(&self.id)?).await.map_err(with_code)?;
        match app.format {
            Format::Json => output::json(&item)?,
            Format::Csv => print_items(app.format, &[item])?,
            Format::Table => output::text(&in_full(&item))?,
        }
        Ok(Code::Done)
    }
}

impl Approve {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let account = self.account.prove(app).await?;
        let window = Duration::seconds(i64::from(app.config.register.undo_seconds));
        let effect = if self.now { Effect::Now } else { Effect::After(window) };
        let (ids, unknown) = split(&self.ids);
        let outcomes = review::approve(context, &account, &ids, effect).await;
        print_outcomes(app.format, outcomes, unknown)
    }
}

impl Reject {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let reason = RejectReason::from_word(&self.reason)
            .ok_or_else(|| Exit::new(Code::Usage, "--reason: no such reason"))?;
        let account = self.account.prove(app).await?;
        let rejection = Rejection { reason, note: self.note };
        let (ids, unknown) = split(&self.ids);
        let outcomes = review::reject(context, &account, &ids, rejection).await;
        print_outcomes(app.format, outcomes, unknown)
    }
}

impl Snooze {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let account = self.account.prove(app).await?;
        let (ids, unknown) = split(&self.ids);
        let outcomes = review::snooze(context, &account, &ids, morning(self.until)).await;
        print_outcomes(app.format, outcomes, unknown)
    }
}

impl Undo {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let account = self.account.prove(app).await?;
        let (ids, unknown) = split(&self.ids);
        let outcomes = review::undo(context, &account, &ids).await;
        print_outcomes(app.format, outcomes, unknown)
    }
}

/// The beginning of a day in Helsinki.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Clocks in Helsinki never change at midnight; the day in UTC is the answer if they ever should.
    Helsinki.from_local_datetime(&midnight).earliest().map_or(midnight.and_utc(), |at| at.to_utc())
}

fn unknown(word: &str) -> Exit {
    Exit::new(Code::Data, format!("there is no item {}; see `ajantasa queue list`", output::printable(word)))
}

fn id(word: &str) -> Result<Uuid, Exit> {
    word.parse().map_err(|_| unknown(word))
}

/// What is an identifier, and what cannot be one.
fn split(words: &[String]) -> (Vec<Uuid>, Vec<Exit>) {
    let mut ids = Vec::new();
    let mut wrong = Vec::new();
    for word in words {
        match id(word) {
            Ok(id) if !ids.contains(&id) => ids.push(id),
            Ok(_) => {}
            Err(error) => wrong.push(error),
        }
    }
    (ids, wrong)
}

/// The error with the code the command ends in.
fn with_code(error: ReviewError) -> anyhow::Error {
    match code_of(&error) {
        Some(code) => Exit::new(code, error.to_string()).into(),
        None => error.into(),
    }
}

fn code_of(error: &ReviewError) -> Option<Code> {
    match error.refusal() {
        Refusal::Data => Some(Code::Data),
        Refusal::Usage => Some(Code::Usage),
        Refusal::NotAllowed => Some(Code::NotAllowed),
        Refusal::Store => None,
    }
}

/// What came of one item, as it is printed.
#[derive(Serialize)]
struct Shown {
    id: Uuid,
    state: Option<FindingState>,
    effective_at: Option<DateTime<Utc>>,
    snoozed_until: Option<DateTime<Utc>>,
    error: Option<String>,
}

/// Prints what came of each item; the worst code is the command's.
fn print_outcomes(format: Format, outcomes: Vec<Outcome>, unknown: Vec<Exit>) -> anyhow::Result<Code> {
    let mut worst = Code::Done;
    let mut shown = Vec::with_capacity(outcomes.len());
    for (id, outcome) in outcomes {
        shown.push(match outcome {
            Ok(done) => Shown {
                id,
                state: Some(done.state),
                effective_at: done.effective_at,
                snoozed_until: done.snoozed_until,
                error: None,
            },
            Err(error) => {
                let text = error.to_string();
                let error = with_code(error);
                worst = worst.max(super::exit::code_of(&error));
                eprintln!("{id}: {}", super::exit::in_one_line(&error));
                Shown { id, state: None, effective_at: None, snoozed_until: None, error: Some(text) }
            }
        });
    }
    for error in unknown {
        eprintln!("{error}");
        worst = worst.max(Code::Data);
    }
    let time = |at: Option<DateTime<Utc>>| at.map(short).unwrap_or_default();
    output::list(format, &shown, &["id", "state", "effective_at", "snoozed_until", "error"], |item| {
        vec![
            item.id.to_string(),
            item.state.map_or("", FindingState::as_str).to_owned(),
            time(item.effective_at),
            time(item.snoozed_until),
            item.error.clone().unwrap_or_default(),
        ]
    })?;
    Ok(worst)
}

fn short(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn print_items(format: Format, items: &[QueueItem]) -> anyhow::Result<()> {
    let header =
        ["id", "kind", "state", "card_number", "municipality", "opened_at", "fields", "reason", "source"];
    output::list(format, items, &header, |item| {
        vec![
            item.id.to_string(),
            item.kind.to_owned(),
            item.state.to_owned(),
            item.card_number.clone(),
            item.municipality.clone().unwrap_or_else(|| MASKED.to_owned()),
            short(item.opened_at),
            item.fields.iter().map(in_words).collect::<Vec<_>>().join("; "),
            item.reason.clone(),
            item.source.clone(),
        ]
    })
}

pub(super) fn in_words(field: &ItemField) -> String {
    let current = field.current.as_deref().unwrap_or(MASKED);
    let proposed = field.proposed.as_deref().unwrap_or(MASKED);
    format!("{}: {current} -> {proposed}", field.field)
}

/// One item for people, line by line.
fn in_full(item: &QueueItem) -> String {
    let mut lines = vec![
        ("item", item.id.to_string()),
        ("kind", item.kind.to_owned()),
        ("state", item.state.to_owned()),
        ("card", item.card_number.clone()),
        ("municipality", item.municipality.clone().unwrap_or_else(|| MASKED.to_owned())),
        ("found", short(item.opened_at)),
        ("why", item.reason.clone()),
    ];
    if let Some(date) = &item.death_date {
        lines.push(("date of death", date.clone().unwrap_or_else(|| "not known".to_owned())));
    }
    lines.extend(item.fields.iter().map(|field| ("change", in_words(field))));
    lines.extend(item.moved.clone().map(|moved| ("moved since", moved)));
    lines.extend(item.effective_at.map(|at| ("takes effect", short(at))));
    lines.extend(item.snoozed_until.map(|at| ("put off until", short(at))));
    if item.source != "vtj" {
        lines.push(("source", item.source.clone()));
    }
    if let Some(address) = &item.invoice_address {
        lines.push(("invoice sent", address.one_line()));
    }
    if item.frozen {
        lines.push(("frozen", "by a report of death".to_owned()));
    }
    if item.single_review {
        lines.push(("review", "by itself only".to_owned()));
    }
    lines.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name:<14} {}", output::printable(value));
        text
    })
}
