//! `keys`: the master key that wraps the data keys of the patrons.
//!
//! Rotation leaves its state where the work is: a key file with more than one master key is a rotation under
//! way, and each data key says which master key wraps it. So a rotation that was killed anywhere goes on with
//! the next call.

use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;
use serde::Serialize;

use super::context::{load_config, read_keys, same_path, store_url};
use super::{App, Code, Exit, Globals, output};
use crate::audit;
use crate::config::{Config, SecretName, SecretSources};
use crate::seal::{MasterKeys, Vault};
use crate::store::{Db, StoreError, data_key};

/// Data keys wrapped anew in one transaction: short enough that a daemon beside hardly waits.
const BATCH: i64 = 500;

/// Options of `keys`.
#[derive(Debug, clap::Args)]
pub struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the key file. Keep a copy of it apart from the database and its backups: without it nothing in
    /// the database can be read.
    Create,
    /// Print version and fingerprint of each master key, never a key.
    Show,
    /// Replace the master key: wrap every data key with a new one, then drop the old one. Goes on where an
    /// earlier call was interrupted. Start the daemon again afterwards.
    Rotate,
}

/// A master key as it is printed.
#[derive(Serialize)]
struct Shown {
    version: u32,
    fingerprint: String,
}

impl Keys {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.action {
            Action::Create => create(globals).await,
            Action::Show => show(globals),
            Action::Rotate => rotate(globals).await,
        }
    }
}

fn print(globals: &Globals, keys: &MasterKeys) -> anyhow::Result<Code> {
    let keys: Vec<Shown> = keys
        .fingerprints()
        .into_iter()
        .map(|(version, fingerprint)| Shown { version, fingerprint })
        .collect();
    output::list(globals.format, &keys, &["version", "fingerprint"], |key| {
        vec![key.version.to_string(), key.fingerprint.clone()]
    })?;
    Ok(Code::Done)
}

async fn create(globals: &Globals) -> anyhow::Result<Code> {
    let config = load_config(globals)?;
    let secrets = SecretSources::from_environment();
    refuse_beside_data(&config, &secrets).await?;
    let keys = MasterKeys::generate();
    let path = own_file(&config, &secrets);
    keys.create(path)?;
    eprintln!("made {}; keep a copy of it apart from the database", path.display());
    print(globals, &keys)
}

/// A new key beside sealed data would hide that the right one is missing.
async fn refuse_beside_data(config: &Config, secrets: &SecretSources) -> anyhow::Result<()> {
    let url = store_url(config, secrets)?;
    let used = async {
        let db = Db::open_unchanged(&url).await?;
        let mut used = false;
        if db.schema_status().await?.applied.is_some() {
            used = data_key::count(&mut db.read_keys().await?).await? > 0;
        }
        db.close().await;
        Ok::<bool, StoreError>(used)
    };
    match used.await {
        Ok(true) => {
            let message =
                "the database holds data sealed with another key; restore that key file from its copy";
            Err(Exit::new(Code::Configuration, message).into())
        }
        // No database yet, or none that can be asked: the first command that opens it binds it to the key.
        Ok(false) | Err(_) => Ok(()),
    }
}

/// The key file that is ours to write: a systemd credential is a copy.
fn own_file<'a>(config: &'a Config, secrets: &'a SecretSources) -> &'a Path {
    secrets.named.get(&SecretName::MasterKey).unwrap_or(&config.keys.file)
}

fn show(globals: &Globals) -> anyhow::Result<Code> {
    let config = load_config(globals)?;
    let (_, keys) = read_keys(&config, &SecretSources::from_environment())?;
    print(globals, &keys)
}

async fn rotate(globals: &Globals) -> anyhow::Result<Code> {
    let app = App::open(globals).await?;
    let (path, mut keys) = read_keys(&app.config, &app.secrets)?;
    let own = own_file(&app.config, &app.secrets);
    if !same_path(&path, own) {
        let message = format!(
            "the key in force is {}, which is given to this service; rotate {} where it is kept, then give that",
            path.display(),
            own.display()
        );
        return Err(Exit::new(Code::Configuration, message).into());
    }
    let begun_before = keys.versions().count() > 1;
    if !begun_before {
        keys.add_version();
    }
    let newest = i64::from(keys.versions().map(|(version, _)| version).max().unwrap_or_default());
    let word = if begun_before { "goes on to" } else { "begins to" };
    note(&app, "keys.rotate", format!("{word} version {newest}")).await?;
    if !begun_before {
        keys.write(&path)?;
    }
    let wrapped = wrap_anew(&app.db, &Vault::new(&keys), newest).await?;
    keys.retire_all_but_current();
    keys.write(&path)?;
    note(&app, "keys.rotated", format!("version {newest}, data keys wrapped anew {wrapped}")).await?;
    eprintln!("{wrapped} data keys wrapped anew; start the daemon again, and copy the key file anew");
    print(globals, &keys)
}

/// The key file is not in the database: what is meant to be done is on record before, what was done after.
async fn note(app: &App, action: &'static str, detail: String) -> anyhow::Result<()> {
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &[app.event(action).detail(detail)]).await?;
    Ok(tx.commit("keys.rotate").await?)
}

/// Wraps every data key with the newest master key, batch by batch, until none is wrapped by an older one.
async fn wrap_anew(db: &Db, vault: &Vault, newest: i64) -> anyhow::Result<u64> {
    let mut wrapped = 0;
    loop {
        let mut tx = db.begin_keys().await?;
        // Whoever still uses the old key waits here, and is refused afterwards.
        data_key::stop_inserts(&mut tx).await?;
        let older = data_key::wrapped_by_older(&mut tx, newest, BATCH).await?;
        if older.is_empty() {
            return Ok(wrapped);
        }
        for key in &older {
            let key = vault.rewrap(key).map_err(StoreError::from).context("a data key does not open")?;
            data_key::update_wrapping(&mut tx, &key).await?;
            wrapped += 1;
        }
        tx.commit("data_key.rewrap").await?;
    }
}
