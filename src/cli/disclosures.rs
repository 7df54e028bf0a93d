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

use super::{App, Code, Exit, Format, Globals, output};
use crate::audit;
use crate::protected::Protection;
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
}

/// A request as it is printed.
#[derive(Serialize)]
struct Shown {
    id: Uuid,
    requested_at: String,
    interface: String,
    /// Masked where the list is about one protected patron.
    municipality: Option<String>,
    purpose: String,
    legal_basis: String,
    actor: String,
    task: String,
    field_groups: Vec<String>,
    follow_list: Option<Uuid>,
    follow_list_version: Option<i64>,
    persons_asked: i64,
    persons_answered: Option<i64>,
    attempts: i64,
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
    let mut event = app.event(action);
    let mut masked = false;
    let mut filter = Filter {
        patron: None,
        purpose: which.purpose.clone(),
        since: which.since.map(midnight),
        until: which.until.map(midnight),
        ..Filter::default()
    };
    if let Some(card) = &which.card {
        let (patron, tag) = patron_of(app, card).await?;
        filter.patron = Some(patron);
        event = event.about(tag);
        masked = is_protected(app, patron).await?;
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

/// Whether a patron is under an order of non-disclosure or the library's own mark.
async fn is_protected(app: &App, patron: Uuid) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let marked = store::patron::by_ids(&mut tx, &[patron]).await?.iter().any(|row| row.protected_mark);
    let persons = store::person::by_patrons(&mut tx, &[patron]).await?;
    Ok(marked || persons.iter().any(|person| person.protection == Protection::Yes.as_str()))
}

impl Shown {
    /// Without what tells where a protected patron's library is.
    fn masked(self) -> Self {
        Self { municipality: None, follow_list: None, follow_list_version: None, ..self }
    }
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
            id: row.id,
            requested_at: output::time(row.requested_at),
            interface: row.interface,
            municipality: Some(row.municipality),
            purpose: row.purpose,
            legal_basis: row.legal_basis,
            actor: row.actor,
            task: row.task,
            field_groups: row.field_groups.split_whitespace().map(str::to_owned).collect(),
            follow_list: row.list,
            follow_list_version: row.list_version,
            persons_asked: row.persons_asked,
            persons_answered: row.persons_answered,
            attempts: row.attempts,
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
                    row.persons_asked.to_string(),
                    row.persons_answered.map(|count| count.to_string()).unwrap_or_default(),
                    row.attempts.to_string(),
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
            row.id.to_string(),
            row.requested_at.clone(),
            row.interface.clone(),
            row.municipality.clone().unwrap_or_default(),
            row.purpose.clone(),
            row.legal_basis.clone(),
            row.actor.clone(),
            row.task.clone(),
            row.field_groups.join(" "),
            row.follow_list.map(|id| id.to_string()).unwrap_or_default(),
            row.follow_list_version.map(|version| version.to_string()).unwrap_or_default(),
            row.persons_asked.to_string(),
            row.persons_answered.map(|count| count.to_string()).unwrap_or_default(),
            row.attempts.to_string(),
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
