//! `disclosures`: what VTJ was asked and what was handed out by hand, for whom, why, and what came of it.

mod print;
mod record;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;
use uuid::Uuid;

use super::identity::MaybeAsArgs;
use super::{App, Code, Exit, Format, Globals, output, patrons};
use crate::disclosures::{self, Entry, Filter};
use crate::store::{self, data_key};

/// Options of `disclosures`.
#[derive(Debug, clap::Args)]
pub struct Disclosures {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the requests to VTJ and what was handed out by hand, oldest first.
    List(Which),
    /// Write the same as CSV.
    Export(Export),
    /// Show one of them: by whom, why, the messages that were sent, and what followed.
    Show(Show),
    /// Write down what was handed out by hand because the law made the library do so.
    Record(record::Record),
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
struct Show {
    /// The request, a message of it as VTJ knows it, or what was handed out by hand.
    #[arg(value_name = "ID")]
    id: Uuid,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only what is about the patron with this card.
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
    /// Only what is for this purpose; required_by_law is what was handed out by hand.
    #[arg(long, value_name = "PURPOSE")]
    purpose: Option<String>,
    /// Only what this account or operating-system user asked.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only what this run asked.
    #[arg(long, value_name = "ID")]
    run: Option<Uuid>,
    /// Only requests in which VTJ was told this end user.
    #[arg(long, value_name = "WORD")]
    end_user: Option<String>,
    /// Only what was asked on this day (Helsinki).
    #[arg(long, value_name = "DATE", conflicts_with_all = ["since", "until"])]
    day: Option<NaiveDate>,
    /// Only what was asked on this day (Helsinki) or later.
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Only what was asked before this day (Helsinki).
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

impl Which {
    fn filter(&self) -> Filter {
        let since = self.day.or(self.since);
        let until = self.day.and_then(|day| day.succ_opt()).or(self.until);
        Filter {
            card: self.card.clone(),
            purpose: self.purpose.clone(),
            actor: self.user.clone(),
            run: self.run,
            end_user: self.end_user.clone(),
            since: since.map(midnight),
            until: until.map(midnight),
        }
    }

    async fn load(&self, app: &App, action: &'static str) -> anyhow::Result<Vec<Entry>> {
        let viewer = self.viewer.prove(app).await?;
        Ok(disclosures::list(&patrons::context(app), viewer.as_ref(), &self.filter(), action).await?)
    }
}

impl Disclosures {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        match self.action {
            Action::List(which) => {
                let entries = which.load(&app, "disclosures.list").await?;
                print::list(app.format, &entries)?;
            }
            Action::Export(export) => {
                let text = print::csv(&export.which.load(&app, "disclosures.export").await?)?;
                match &export.out {
                    None => output::text(&text)?,
                    Some(path) => write_private(path, &text)?,
                }
            }
            Action::Show(show) => {
                let viewer = show.viewer.prove(&app).await?;
                let trail = disclosures::trail(&patrons::context(&app), viewer.as_ref(), show.id).await?;
                match app.format {
                    Format::Json => output::json(&trail)?,
                    Format::Table | Format::Csv => output::text(&print::screen(&trail))?,
                }
            }
            Action::Record(record) => record.run(&app).await?,
        }
        Ok(Code::Done)
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

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
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
