//! Backups: a consistent copy of the database, and the wrapped data keys in a folder of their own.
//!
//! ```text
//! FOLDER/manifest.json   what there is, with digests; written last, so that half a backup is none
//! FOLDER/main.db         SQLite, or main.dump for PostgreSQL
//! FOLDER/keys/           manifest.json and keys.db or keys.dump: may be kept elsewhere
//! ```
//!
//! The master key is in neither. The database is copied before the data keys: a key is committed before the
//! first row it seals and destroyed after the last, so every row of the copy that could be read still can,
//! unless its person has been forgotten. On restoring, the newest copy of the data keys wins, so that an old
//! backup does not bring the forgotten back.

mod files;
mod manifest;
mod postgres;
mod restore;
mod sqlite;
mod verify;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{Db, StoreError, StoreUrl, Tx, on};

pub use manifest::{FileEntry, KeysManifest, Manifest};
pub use restore::{RestoreReport, replace, restore};
pub use verify::{VerifyReport, verify};

/// The folder of the data keys within a backup.
pub const KEYS_FOLDER: &str = "keys";

/// The tables whose rows a backup counts.
const COUNTED: &[&str] = &[
    "account",
    "apply_attempt",
    "audit",
    "decision",
    "disclosure",
    "disclosure_subject",
    "estate_case",
    "finding",
    "follow_list",
    "follow_member",
    "inbox",
    "patron",
    "person",
];

/// Why a backup could not be made, checked or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder holds something already.
    #[error("{0} is not empty; name a new folder for the backup")]
    FolderNotEmpty(PathBuf),
    /// The database to restore into holds something already.
    #[error("{0} is not empty; restore into a new database")]
    TargetNotEmpty(String),
    /// There is no manifest, or it cannot be read.
    #[error("{0} is not a finished backup")]
    NotABackup(PathBuf),
    /// The backup is of the other kind of database.
    #[error("the backup is of {backup}, the database to restore into is {target}")]
    OtherDatabase {
        /// `sqlite` or `postgres`.
        backup: String,
        /// `sqlite` or `postgres`.
        target: &'static str,
    },
    /// Made by a newer program.
    #[error("the backup has schema {found}, this program knows {known}; install the newer program")]
    NewerSchema {
        /// The schema of the backup.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// What is in the folder is not what was written.
    #[error("{file}: {what}; use another backup")]
    Damaged {
        /// The file, within the backup.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The data keys were kept elsewhere.
    #[error("the backup has no folder {KEYS_FOLDER}; name the folder where the data keys were copied to")]
    NoKeys,
    /// A program of PostgreSQL's is missing.
    #[error("{0} is not installed; install postgresql-client")]
    NoTool(&'static str),
    /// A program of PostgreSQL's failed.
    #[error("{tool} failed: {said}")]
    Tool {
        /// The program.
        tool: &'static str,
        /// The first line of what it said.
        said: String,
    },
    /// The file system refused.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] std::io::Error),
}

/// The result of a function of backups.
pub type Result<T> = std::result::Result<T, BackupError>;

/// What was written.
#[derive(Debug, Clone)]
pub struct BackupReport {
    /// Where.
    pub folder: PathBuf,
    /// What.
    pub manifest: Manifest,
    /// The data keys.
    pub keys: KeysManifest,
}

/// Writes a backup into a new folder, while the database is in use.
///
/// # Errors
/// When the folder is not empty or cannot be written, or the database cannot be read.
pub async fn create(db: &Db, url: &StoreUrl, folder: &Path, at: DateTime<Utc>) -> Result<BackupReport> {
    files::new_folder(folder)?;
    let keys_folder = folder.join(KEYS_FOLDER);
    files::new_folder(&keys_folder)?;
    let (main, counts) = match url {
        StoreUrl::Sqlite(_) => sqlite::copy_main(db, folder).await?,
        StoreUrl::Postgres(url) => postgres::dump_main(db, url, folder).await?,
    };
    let (keys, data_keys) = match url {
        StoreUrl::Sqlite(_) => sqlite::copy_keys(db, &keys_folder).await?,
        StoreUrl::Postgres(url) => postgres::dump_keys(db, url, &keys_folder).await?,
    };
    let keys = KeysManifest {
        format: manifest::FORMAT,
        database: db.kind().to_owned(),
        created_at: at,
        file: files::entry(&keys_folder, keys).await?,
        data_keys,
    };
    files::write_json(&keys_folder, &keys)?;
    let status = db.schema_status().await?;
    let manifest = Manifest {
        format: manifest::FORMAT,
        database: db.kind().to_owned(),
        schema: status.applied.unwrap_or_default(),
        created_at: at,
        file: files::entry(folder, main).await?,
        rows: counts.rows,
        audit_sequence: counts.audit_sequence,
    };
    files::write_json(folder, &manifest)?;
    Ok(BackupReport { folder: folder.to_owned(), manifest, keys })
}

/// What the database of a backup holds, in numbers.
struct Counts {
    rows: std::collections::BTreeMap<String, i64>,
    audit_sequence: i64,
}

async fn counts(tx: &mut Tx) -> Result<Counts> {
    let mut rows = std::collections::BTreeMap::new();
    for table in COUNTED {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 =
            on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.map_err(StoreError::from)?);
        rows.insert((*table).to_owned(), count);
    }
    let sql = "SELECT last_sequence FROM audit_head WHERE id = 1";
    let audit_sequence =
        on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.map_err(StoreError::from)?);
    Ok(Counts { rows, audit_sequence })
}
