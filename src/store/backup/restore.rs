//! Putting a backup back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::super::connect::{keys_path, known_schema};
use super::super::{Db, StoreError, StoreUrl, Tx, on};
use super::verify::{verify, verify_keys};
use super::{BackupError, KEYS_FOLDER, KeysManifest, Manifest, Result, files, postgres};

/// What was restored, and what of it stays unreadable.
#[derive(Debug, Clone)]
pub struct RestoreReport {
    /// The backup.
    pub manifest: Manifest,
    /// The data keys that were used: the newest of the backup's own and the named copy.
    pub keys: KeysManifest,
    /// Patrons none of whose keys is left: they were forgotten after the backup.
    pub patrons_without_key: i64,
    /// By table, sealed rows whose key is gone: forgotten, or wiped when protection started.
    pub unreadable_rows: BTreeMap<&'static str, i64>,
    /// Findings that were being written: now `outcome_unknown`, for a person to look at.
    pub outcome_unknown: u64,
}

/// Restores a backup into a database that holds nothing yet, with the newest copy of the data keys.
///
/// Afterwards every lease belongs to nobody under a new epoch, and what was under way is closed: attempts to
/// write end in `outcome_unknown`, requests to VTJ in `unknown`, rounds of tasks as `killed`.
///
/// # Errors
/// When the target is not empty, the backup or the keys are damaged, or the database refuses. What had been
/// restored until then must be removed before trying again.
pub async fn restore(
    folder: &Path,
    url: &StoreUrl,
    keys: Option<&Path>,
    at: DateTime<Utc>,
) -> Result<RestoreReport> {
    let verified = verify(folder).await?;
    let manifest = verified.manifest;
    let target = match url {
        StoreUrl::Sqlite(_) => "sqlite",
        StoreUrl::Postgres(_) => "postgres",
    };
    if manifest.database != target {
        return Err(BackupError::OtherDatabase { backup: manifest.database, target });
    }
    if manifest.schema > known_schema() {
        return Err(BackupError::NewerSchema { found: manifest.schema, known: known_schema() });
    }
    let (keys_folder, keys) = newest_keys(folder, verified.keys, keys, target).await?;
    let (main, key_file) = (folder.join(&manifest.file.name), keys_folder.join(&keys.file.name));
    match url {
        StoreUrl::Sqlite(path) => restore_sqlite(path, main, key_file).await?,
        StoreUrl::Postgres(url) => restore_postgres(url, main, key_file).await?,
    }
    let db = Db::open(url).await?;
    let outcome_unknown = close_what_was_under_way(&db, at).await?;
    let missing = match url {
        StoreUrl::Sqlite(path) => missing_in_sqlite(path).await?,
        StoreUrl::Postgres(_) => missing_in_postgres(&db).await?,
    };
    db.close().await;
    Ok(RestoreReport {
        manifest,
        keys,
        patrons_without_key: missing.patrons,
        unreadable_rows: missing.rows,
        outcome_unknown,
    })
}

/// Restores a backup in the place of an SQLite database that nobody has open: what is there is removed.
///
/// # Errors
/// When the backup is damaged, before anything is removed; when the database is of PostgreSQL's; when a file cannot be
/// removed or written. What is left then is no database, and the same may be tried again.
pub async fn replace(folder: &Path, url: &StoreUrl, at: DateTime<Utc>) -> Result<RestoreReport> {
    let StoreUrl::Sqlite(path) = url else {
        return Err(BackupError::TargetNotEmpty("the PostgreSQL database".to_owned()));
    };
    verify(folder).await?;
    for file in [path.clone(), keys_path(path)] {
        for ending in ["", "-wal", "-shm", ".new"] {
            let mut name = file.as_os_str().to_owned();
            name.push(ending);
            files::remove(PathBuf::from(name)).await?;
        }
    }
    restore(folder, url, None, at).await
}

/// The newest of the backup's own keys and the named copy.
async fn newest_keys(
    folder: &Path,
    own: Option<KeysManifest>,
    named: Option<&Path>,
    target: &'static str,
) -> Result<(PathBuf, KeysManifest)> {
    let own = own.map(|keys| (folder.join(KEYS_FOLDER), keys));
    let named = match named {
        Some(folder) => Some((folder.to_owned(), verify_keys(folder).await?)),
        None => None,
    };
    let newest =
        own.into_iter().chain(named).max_by_key(|(_, keys)| keys.created_at).ok_or(BackupError::NoKeys)?;
    if newest.1.database == target {
        Ok(newest)
    } else {
        Err(BackupError::OtherDatabase { backup: newest.1.database, target })
    }
}

async fn restore_sqlite(path: &Path, main: PathBuf, keys: PathBuf) -> Result<()> {
    let keys_target = keys_path(path);
    for taken in [path, &keys_target] {
        if taken.exists() {
            return Err(BackupError::TargetNotEmpty(taken.display().to_string()));
        }
    }
    // The keys first: a database without its keys would be taken for one whose people were all forgotten.
    files::copy(keys, keys_target).await?;
    files::copy(main, path.to_owned()).await
}

async fn restore_postgres(url: &str, main: PathBuf, keys: PathBuf) -> Result<()> {
    let target = Db::open_unchanged(&StoreUrl::Postgres(url.to_owned())).await?;
    let empty = postgres::is_empty(&target).await;
    target.close().await;
    if !empty? {
        return Err(BackupError::TargetNotEmpty("the PostgreSQL database".to_owned()));
    }
    postgres::load(url, keys).await?;
    postgres::load(url, main).await
}

async fn close_what_was_under_way(db: &Db, at: DateTime<Utc>) -> Result<u64> {
    let mut tx = db.begin().await?;
    let leases = "UPDATE lease SET holder = '', epoch = epoch + 1, expires_ms = 0";
    on!(&mut tx, conn => sqlx::query(leases).execute(conn).await.map_err(StoreError::from)?.rows_affected());
    let findings = "UPDATE finding SET state = 'outcome_unknown', updated_at = $1, version = version + 1
         WHERE state = 'applying'";
    let unknown = execute_at(&mut tx, findings, at).await?;
    for sql in [
        "UPDATE apply_attempt SET outcome = 'unknown', finished_at = $1 WHERE finished_at IS NULL",
        "UPDATE disclosure SET outcome = 'unknown', finished_at = $1 WHERE finished_at IS NULL",
        "UPDATE task_run SET outcome = 'killed', finished_at = $1 WHERE outcome = 'running'",
        // A session that was ended since must not hold again.
        "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL",
    ] {
        execute_at(&mut tx, sql, at).await?;
    }
    tx.commit("backup.restore").await?;
    Ok(unknown)
}

async fn execute_at(tx: &mut Tx, sql: &'static str, at: DateTime<Utc>) -> Result<u64> {
    Ok(
        on!(tx, conn => sqlx::query(sql).bind(at).execute(conn).await.map_err(StoreError::from)?.rows_affected()),
    )
}

/// Sealed rows, by table, whose key is gone.
struct Missing {
    patrons: i64,
    rows: BTreeMap<&'static str, i64>,
}

const PATRONS_WITHOUT_KEY: &str = "SELECT count(*) FROM patron p
     WHERE NOT EXISTS (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = p.id)";

const ROWS_WITHOUT_KEY: [(&str, &str); 5] = [
    (
        "patron",
        "SELECT count(*) FROM patron r WHERE NOT EXISTS
         (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = r.id AND k.version = r.key_version)",
    ),
    (
        "person",
        "SELECT count(*) FROM person r WHERE r.sealed IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = r.patron AND k.version = r.key_version)",
    ),
    (
        "inbox",
        "SELECT count(*) FROM inbox r WHERE r.sealed IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = r.patron AND k.version = r.key_version)",
    ),
    (
        "finding",
        "SELECT count(*) FROM finding r WHERE r.sealed IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = r.patron AND k.version = r.key_version)",
    ),
    (
        "decision",
        "SELECT count(*) FROM decision r JOIN finding f ON f.id = r.finding
         WHERE r.sealed_note IS NOT NULL AND NOT EXISTS
         (SELECT 1 FROM ajantasa_keys.data_key k WHERE k.patron = f.patron AND k.version = r.key_version)",
    ),
];

async fn missing_in_postgres(db: &Db) -> Result<Missing> {
    let mut tx = db.read().await?;
    let patrons = on!(&mut tx, conn => sqlx::query_scalar(PATRONS_WITHOUT_KEY).fetch_one(conn).await.map_err(StoreError::from)?);
    let mut rows = BTreeMap::new();
    for (table, sql) in ROWS_WITHOUT_KEY {
        let count: i64 =
            on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.map_err(StoreError::from)?);
        rows.insert(table, count);
    }
    Ok(Missing { patrons, rows })
}

/// The two files side by side, under the name the keys have on PostgreSQL.
async fn missing_in_sqlite(path: &Path) -> Result<Missing> {
    let mut connection =
        SqliteConnectOptions::new().filename(path).connect().await.map_err(StoreError::from)?;
    let keys = keys_path(path).to_string_lossy().into_owned();
    sqlx::query("ATTACH DATABASE $1 AS ajantasa_keys")
        .bind(keys)
        .execute(&mut connection)
        .await
        .map_err(StoreError::from)?;
    let patrons =
        sqlx::query_scalar(PATRONS_WITHOUT_KEY).fetch_one(&mut connection).await.map_err(StoreError::from)?;
    let mut rows = BTreeMap::new();
    for (table, sql) in ROWS_WITHOUT_KEY {
        let count = sqlx::query_scalar(sql).fetch_one(&mut connection).await.map_err(StoreError::from)?;
        rows.insert(table, count);
    }
    Ok(Missing { patrons, rows })
}
