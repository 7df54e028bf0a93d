//! `disclosures`: what VTJ was asked, for whom, why, and what came of it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;
use serde::Serialize;
use uuid::Uuid;

use super::identity::MaybeAsArgs;
use super::{App, Code, Exit, Format, Globals, output};
use crate::audit;
use crate::protected::Protection;
use crate::staff::{ProvedAccount, Role};
use crate::store::disclosure::{self, DisclosureRow, Filter};
use crate::store::{self, data_key};

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Options of `disclosures`.
#[derive(Debug, clap::Args)]
pub struct Disclosures {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the requests to VTJ, oldest first.
    List(Which),
    /// Write the requests to VTJ as CSV.
    Export(Export),
}

#[derive(Debug, clap::Args)]
struct Export {
    #[command(flatten)]
    which: Which,
    /// The file to write, for its owner alone; otherwise standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only requests about the patron with this card.
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
    /// Only requests for this purpose.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Only requests on this day (Helsinki) or later.
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Only requests before this day (Helsinki).
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

/// A request as it is printed.
#[derive(Serialize)]
struct Shown {
    /// What is optional and not so in the log is masked where the list is about one protected patron.
    id: Option<Uuid>,
    /// Masked, only the day.
    requested_at: String,
    interface: String,
    municipality: Option<String>,
    purpose: String,
    legal_basis: String,
    actor: String,
    task: String,
    field_groups: Option<Vec<String>>,
    follow_list: Option<Uuid>,
    follow_list_version: Option<i64>,
    persons_asked: Option<i64>,
    persons_answered: Option<i64>,
    attempts: Option<i64>,
    outcome: String,
    finished_at: Option<String>,
}

impl Disclosures {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        match self.action {
            Action::List(which) => {
                let rows = load(&app, &which, "disclosures.list").await?;
                print(app.format, &rows)?;
            }
            Action::Export(export) => {
                let rows = load(&app, &export.which, "disclosures.export").await?;
                let text = csv(&rows)?;
                match &export.out {
                    None => output::text(&text)?,
                    Some(path) => write_private(path, &text)?,
                }
            }
        }
        Ok(Code::Done)
    }
}

async fn load(app: &App, which: &Which, action: &'static str) -> anyhow::Result<Vec<Shown>> {
    let viewer = which.viewer.prove(app).await?;
    let mut event = app.event(action);
    if let Some(viewer) = &viewer {
        event.actor = audit::Actor::Account { id: viewer.id, name: viewer.name.clone() };
    }
    let mut masked = false;
    let mut filter = Filter {
        patron: None,
        purpose: which.purpose.clone(),
        since: which.since.map(midnight),
        until: which.until.map(midnight),
    };
    if let Some(card) = &which.card {
        let (patron, tag) = patron_of(app, card).await?;
        filter.patron = Some(patron);
        event = event.about(tag);
        masked = !viewer.is_some_and(|viewer| sees_all(&viewer)) && is_protected(app, patron).await?;
    }
    // Looking is recorded before anything is shown.
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("disclosures.look").await?;
    let mut shown = Vec::new();
    let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
    loop {
        let mut tx = app.db.read().await?;
        let page = disclosure::page(&mut tx, &filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(shown) };
        after = (last.requested_at, last.id);
        shown.extend(page.into_iter().map(Shown::from).map(|row| if masked { row.masked() } else { row }));
    }
}

/// Whether the logs are shown unmasked to an account: to an auditor, and to whoever is cleared.
pub(super) fn sees_all(viewer: &ProvedAccount) -> bool {
    viewer.role == Role::Auditor || viewer.may_see_protected()
}

/// Whether a patron is under an order of non-disclosure or the library's own mark, or nothing is known.
pub(super) async fn is_protected(app: &App, patron: Uuid) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let marked = store::patron::by_ids(&mut tx, &[patron]).await?.iter().any(|row| row.protected_mark);
    let persons = store::person::by_patrons(&mut tx, &[patron]).await?;
    let ordered = persons.iter().any(|person| person.protection == Protection::Yes.as_str());
    Ok(marked || ordered || persons.is_empty())
}

impl Shown {
    /// Without what tells where a protected patron's library is, and without what would find the same request
    /// in the list of all, which does: its identifier, its times, its counts, and the groups it asked for.
    fn masked(self) -> Self {
        Self {
            id: None,
            requested_at: day(&self.requested_at),
            municipality: None,
            field_groups: None,
            follow_list: None,
            follow_list_version: None,
            persons_asked: None,
            persons_answered: None,
            attempts: None,
            finished_at: None,
            ..self
        }
    }
}

/// The day in Helsinki of a time as it is printed.
pub(super) fn day(time: &str) -> String {
    let day = time.parse::<DateTime<Utc>>().map(|time| crate::clock::helsinki_date(time).to_string());
    day.unwrap_or_default()
}

/// What stands in a table for what is masked or empty.
fn masked_or<T: ToString>(masked: bool, value: Option<T>) -> String {
    value.map_or_else(|| if masked { "***".to_owned() } else { String::new() }, |value| value.to_string())
}

/// A patron by card, and the tag by which the audit log speaks of them.
pub(super) async fn patron_of(app: &App, card: &str) -> anyhow::Result<(Uuid, [u8; 16])> {
    let mut tx = app.db.read().await?;
    let rows = store::patron::by_card_numbers(&mut tx, &[card.to_owned()]).await?;
    drop(tx);
    let unknown = || Exit::new(Code::Data, "no patron has this card");
    let patron = rows.first().ok_or_else(unknown)?.id;
    let keyring = data_key::keyring(&app.db, &app.vault, &[patron]).await?;
    Ok((patron, keyring.newest(patron)?.subject_tag))
}

/// The first instant of a day in Helsinki.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    midnight
        .and_local_timezone(chrono_tz::Europe::Helsinki)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

impl From<DisclosureRow> for Shown {
    fn from(row: DisclosureRow) -> Self {
        Self {
            id: Some(row.id),
            requested_at: output::time(row.requested_at),
            interface: row.interface,
            municipality: Some(row.municipality),
            purpose: row.purpose,
            legal_basis: row.legal_basis,
            actor: row.actor,
            task: row.task,
            field_groups: Some(row.field_groups.split_whitespace().map(str::to_owned).collect()),
            follow_list: row.list,
            follow_list_version: row.list_version,
            persons_asked: Some(row.persons_asked),
            persons_answered: row.persons_answered,
            attempts: Some(row.attempts),
            outcome: row.outcome,
            finished_at: row.finished_at.map(output::time),
        }
    }
}

fn print(format: Format, rows: &[Shown]) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(rows),
        Format::Csv => output::text(&csv(rows)?),
        Format::Table => {
            let header = [
                "requested",
                "interface",
                "for",
                "purpose",
                "by",
                "asked",
                "answered",
                "attempts",
                "outcome",
            ];
            output::list(format, rows, &header, |row| {
                vec![
                    row.requested_at.clone(),
                    row.interface.clone(),
                    row.municipality.clone().unwrap_or_else(|| "***".to_owned()),
                    row.purpose.clone(),
                    format!("{} ({})", row.task, row.actor),
                    masked_or(true, row.persons_asked),
                    masked_or(row.id.is_none(), row.persons_answered),
                    masked_or(true, row.attempts),
                    row.outcome.clone(),
                ]
            })
        }
    }
}

fn csv(rows: &[Shown]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "id",
        "requested_at",
        "interface",
        "municipality",
        "purpose",
        "legal_basis",
        "actor",
        "task",
        "field_groups",
        "follow_list",
        "follow_list_version",
        "persons_asked",
        "persons_answered",
        "attempts",
        "outcome",
        "finished_at",
    ])?;
    for row in rows {
        writer.write_record([
            masked_or(false, row.id),
            row.requested_at.clone(),
            row.interface.clone(),
            row.municipality.clone().unwrap_or_default(),
            row.purpose.clone(),
            row.legal_basis.clone(),
            row.actor.clone(),
            row.task.clone(),
            row.field_groups.as_ref().map(|groups| groups.join(" ")).unwrap_or_default(),
            masked_or(false, row.follow_list),
            masked_or(false, row.follow_list_version),
            masked_or(false, row.persons_asked),
            masked_or(false, row.persons_answered),
            masked_or(false, row.attempts),
            row.outcome.clone(),
            row.finished_at.clone().unwrap_or_default(),
        ])?;
    }
    let bytes = writer.into_inner().context("the rows cannot be written")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write_private(path: &std::path::Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)
}
