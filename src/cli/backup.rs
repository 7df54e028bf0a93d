//! `backup`: copies of the database, with the data keys in a folder of their own. The master key is never
//! in one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use super::context::{load_config, os_user, read_keys, store_url};
use super::{App, Code, Globals, output};
use crate::audit::{self, Actor, Event};
use crate::clock::{Clock as _, SystemClock};
use crate::config::SecretSources;
use crate::store::{Db, backup};

/// Options of `backup`.
#[derive(Debug, clap::Args)]
pub struct Backup {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Write a backup into a new folder while the database is in use. Move its folder `keys` to another
    /// place: with the master key it opens the rest.
    Create {
        /// The folder to make.
        folder: PathBuf,
    },
    /// Check that a backup is whole.
    Verify {
        /// The backup.
        folder: PathBuf,
    },
    /// Restore a backup into the configured database, which must hold nothing yet.
    Restore {
        /// The backup.
        folder: PathBuf,
        /// A folder `keys` kept elsewhere. The newest copy of the data keys wins, so that people forgotten
        /// since the backup stay forgotten.
        #[arg(long, value_name = "FOLDER")]
        keys: Option<PathBuf>,
    },
}

/// What is printed of a backup.
#[derive(Serialize)]
struct Shown {
    database: String,
    schema: i64,
    created_at: String,
    rows: BTreeMap<String, i64>,
    audit_sequence: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys_created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patrons_without_key: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_unknown: Option<u64>,
}

impl Backup {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let shown = match self.action {
            Action::Create { folder } => create(globals, folder).await?,
            Action::Verify { folder } => {
                let report = backup::verify(&folder).await?;
                shown(&report.manifest, report.keys.as_ref())
            }
            Action::Restore { folder, keys } => restore(globals, folder, keys).await?,
        };
        print(globals, &shown)?;
        Ok(Code::Done)
    }
}

async fn create(globals: &Globals, folder: PathBuf) -> anyhow::Result<Shown> {
    let app = App::open(globals).await?;
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &[app.event("backup.create")]).await?;
    tx.commit("backup.create").await?;
    let url = store_url(&app.config, &app.secrets)?;
    let report = backup::create(&app.db, &url, &folder, app.clock.now()).await?;
    Ok(shown(&report.manifest, Some(&report.keys)))
}

async fn restore(globals: &Globals, folder: PathBuf, keys: Option<PathBuf>) -> anyhow::Result<Shown> {
    let config = load_config(globals)?;
    let secrets = SecretSources::from_environment();
    // A restored database without its master key would be of no use: say so first.
    read_keys(&config, &secrets)?;
    let url = store_url(&config, &secrets)?;
    let now = SystemClock.now();
    let report = backup::restore(&folder, &url, keys.as_deref(), now).await?;
    let db = Db::open(&url).await?;
    let detail = format!("backup of {}", output::time(report.manifest.created_at));
    let event = Event::new(now, Actor::OsUser, &os_user(), "backup.restore").detail(detail);
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("backup.restore").await?;
    Ok(Shown {
        patrons_without_key: Some(report.patrons_without_key),
        outcome_unknown: Some(report.outcome_unknown),
        ..shown(&report.manifest, Some(&report.keys))
    })
}

fn shown(manifest: &backup::Manifest, keys: Option<&backup::KeysManifest>) -> Shown {
    Shown {
        database: manifest.database.clone(),
        schema: manifest.schema,
        created_at: output::time(manifest.created_at),
        rows: manifest.rows.clone(),
        audit_sequence: manifest.audit_sequence,
        keys_created_at: keys.map(|keys| output::time(keys.created_at)),
        patrons_without_key: None,
        outcome_unknown: None,
    }
}

fn print(globals: &Globals, shown: &Shown) -> anyhow::Result<()> {
    if globals.format == output::Format::Json {
        return output::json(shown);
    }
    let mut rows = vec![
        ("database".to_owned(), shown.database.clone()),
        ("schema".to_owned(), shown.schema.to_string()),
        ("created at".to_owned(), shown.created_at.clone()),
    ];
    rows.extend(shown.keys_created_at.clone().map(|at| ("data keys of".to_owned(), at)));
    rows.extend(shown.rows.iter().map(|(table, count)| (table.clone(), count.to_string())));
    rows.extend(
        shown.patrons_without_key.map(|count| ("patrons without a key".to_owned(), count.to_string())),
    );
    rows.extend(shown.outcome_unknown.map(|count| ("outcome unknown".to_owned(), count.to_string())));
    output::list(globals.format, &rows, &["what", "value"], |(what, value)| vec![what.clone(), value.clone()])
}
