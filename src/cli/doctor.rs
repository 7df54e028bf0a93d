//! `doctor`: what is well, what is wrong and what to do.

use std::sync::Arc;

use super::context::{load_config, os_user, read_keys, store_url};
use super::{Code, Exit, Format, Globals, exit, output};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, SecretSources};
use crate::doctor::{self, Check};
use crate::seal::Vault;
use crate::service;
use crate::store::Db;
use crate::task;

/// Options of `doctor`.
#[derive(Debug, clap::Args)]
pub struct Doctor {
    /// Show what a first run would ask of VTJ, what it costs and what it brings; nothing is asked.
    #[arg(long, conflicts_with = "online")]
    first_run: bool,
    /// Also ask VTJ for the change key of today, and connect to the single-person query. Nobody is asked about; the
    /// request is in the disclosure log.
    #[arg(long)]
    online: bool,
}

impl Doctor {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        if self.first_run {
            return first_run(globals).await;
        }
        let checks = match load_config(globals) {
            Ok(config) => self.checks(&config).await,
            Err(error) => error
                .problems
                .into_iter()
                .map(|problem| Check::wrong("configuration", problem.to_string(), None, Code::Configuration))
                .collect(),
        };
        print(globals.format, &checks)?;
        Ok(doctor::code(&checks))
    }

    async fn checks(&self, config: &Config) -> Vec<Check> {
        let secrets = SecretSources::from_environment();
        let mut checks = doctor::local(config, &secrets, SystemClock.now());
        // What is wrong with the key file is among the local checks.
        let vault = read_keys(config, &secrets).ok().map(|(_, keys)| Arc::new(Vault::new(&keys)));
        let db = match open(config, &secrets).await {
            Ok(db) => db,
            Err(error) => {
                checks.push(Check::wrong(
                    "database",
                    exit::in_one_line(&error),
                    Some(
                        "`ajantasa migrate run` makes a new one; see that the server runs if there is one"
                            .to_owned(),
                    ),
                    exit::code_of(&error).max(Code::Unavailable),
                ));
                return checks;
            }
        };
        checks.extend(doctor::database(config, &db, vault.as_deref(), &SystemClock).await);
        if self.online {
            checks.extend(doctor::reachable(config).await);
        }
        if self.online
            && let Some(vault) = &vault
        {
            checks.push(online(config, &secrets, &db, vault).await);
        }
        db.close().await;
        checks
    }
}

async fn open(config: &Config, secrets: &SecretSources) -> anyhow::Result<Db> {
    Ok(Db::open_unchanged(&store_url(config, secrets)?).await?)
}

async fn online(config: &Config, secrets: &SecretSources, db: &Db, vault: &Arc<Vault>) -> Check {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let asked = match service::context(config, secrets, db, vault, &clock, &os_user()) {
        Ok(context) => task::probe::run(&context).await.map_err(anyhow::Error::new),
        Err(error) => Err(error),
    };
    match asked {
        Ok(()) => Check::ok("VTJ online", "it gave the change key of today"),
        Err(error) => Check::wrong("VTJ online", exit::in_one_line(&error), None, exit::code_of(&error)),
    }
}

fn print(format: Format, checks: &[Check]) -> anyhow::Result<()> {
    if format != Format::Table {
        let header = ["check", "state", "message", "what_to_do"];
        return output::list(format, checks, &header, |check| {
            let what = check.what_to_do.clone().unwrap_or_default();
            vec![check.check.to_owned(), check.state.to_string(), check.message.clone(), what]
        });
    }
    let lines: Vec<String> = checks
        .iter()
        .map(|check| {
            let what = check.what_to_do.as_ref().map(|what| format!("; {what}")).unwrap_or_default();
            output::printable(&format!("{:5} {}: {}{what}", check.state, check.check, check.message))
        })
        .collect();
    output::text(&format!("{}\n", lines.join("\n")))
}

async fn first_run(globals: &Globals) -> anyhow::Result<Code> {
    let config = load_config(globals)?;
    let secrets = SecretSources::from_environment();
    let (_, keys) = read_keys(&config, &secrets)?;
    let vault = Vault::new(&keys);
    let db = Db::open(&store_url(&config, &secrets)?).await?;
    if service::key_fits(&db, &vault).await? == Some(false) {
        let message = "the key file is not that of this database; restore that one";
        return Err(Exit::new(Code::Configuration, message).into());
    }
    let found = doctor::first_run(&config, &db, &vault, SystemClock.now()).await?;
    db.close().await;
    match globals.format {
        Format::Json => output::json(&found)?,
        Format::Table | Format::Csv => output::text(&format!("{}\n", found.lines().join("\n")))?,
    }
    Ok(Code::Done)
}
