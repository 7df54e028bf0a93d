//! `migrate`: the schema of the database.

use clap::Subcommand;
use serde::Serialize;

use super::context::{load_config, store_url};
use super::{Code, Globals, output};
use crate::config::SecretSources;
use crate::store::{Db, SchemaStatus, StoreError};

/// Options of `migrate`.
#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say where the schema stands; nothing is changed.
    Status,
    /// Bring the schema up to date, making the database if there is none. Every other command does so, too.
    Run,
}

/// Where the schema stands, as it is printed.
#[derive(Serialize)]
struct Status {
    database: &'static str,
    applied: Option<i64>,
    known: i64,
    state: &'static str,
}

impl Status {
    fn new(db: &Db, status: SchemaStatus) -> Self {
        let state = match status.applied {
            None => "empty",
            Some(applied) if applied < status.known => "behind",
            Some(applied) if applied > status.known => "newer",
            Some(_) => "current",
        };
        Self { database: db.kind(), applied: status.applied, known: status.known, state }
    }
}

impl Migrate {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let config = load_config(globals)?;
        let url = store_url(&config, &SecretSources::from_environment())?;
        let db = match self.action {
            Action::Status => Db::open_unchanged(&url).await?,
            Action::Run => Db::open(&url).await?,
        };
        let status = db.schema_status().await?;
        let shown = Status::new(&db, status);
        db.close().await;
        output::list(globals.format, &[shown], &["database", "applied", "known", "state"], |status| {
            let applied = status.applied.map_or_else(|| "none".to_owned(), |applied| applied.to_string());
            vec![status.database.to_owned(), applied, status.known.to_string(), status.state.to_owned()]
        })?;
        match status.applied {
            Some(found) if found > status.known => {
                Err(StoreError::NewerSchema { found, known: status.known }.into())
            }
            _ => Ok(Code::Done),
        }
    }
}
