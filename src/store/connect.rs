//! Opening the database: options, migrations, and what its errors mean.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{Db, Pools, ROWS_PER_STATEMENT, Result, StoreError};

static SQLITE: Migrator = sqlx::migrate!("src/store/migrations/sqlite");
static SQLITE_KEYS: Migrator = sqlx::migrate!("src/store/migrations/sqlite_keys");
static POSTGRES: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// How long a database that is busy is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Connections of one process: tasks work one after another, pages and commands beside them.
const MAX_CONNECTIONS: u32 = 8;
/// SQLite's cache of the connection that writes, in KiB as it wants it written: enough that a batch finds the
/// upper pages of every index there. Another connection that writes empties it, so there is one.
const WRITER_CACHE: &str = "-16384";
/// The cache of a connection that reads: emptied by every write in between.
const READER_CACHE: &str = "-2048";
/// Connections to the data keys, and the cache of each: a key is read by its patron, and seldom twice.
const KEY_CONNECTIONS: u32 = 4;
const KEY_CACHE: &str = "-512";
/// Pages of the write-ahead log after which the writer itself copies them into the database file: 64 MiB. The daemon
/// copies them back before ([`Db::copy_back`]), so that it is seldom done while somebody waits for a page.
const CHECKPOINT_PAGES: &str = "16384";

/// How long to wait for a connection, and for another writer on SQLite. `AJANTASA_BUSY_MILLIS` shortens it,
/// for tests.
fn patience() -> Duration {
    std::env::var("AJANTASA_BUSY_MILLIS")
        .ok()
        .and_then(|millis| millis.parse().ok())
        .map_or(PATIENCE, Duration::from_millis)
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum StoreUrl {
    /// A file; data keys are in a file beside it.
    Sqlite(PathBuf),
    /// A server, by its URL.
    Postgres(String),
}

/// Where the schema of a database stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaStatus {
    /// The newest migration this program has.
    pub known: i64,
    /// The newest migration the database has, or nothing.
    pub applied: Option<i64>,
}

impl StoreUrl {
    /// Reads a database URL.
    ///
    /// # Errors
    /// When it begins with neither `sqlite:` nor `postgres:`.
    pub fn parse(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(StoreError::CannotOpen("the URL must begin with sqlite: or postgres:".to_owned()))
    }
}

/// The newest schema this program knows.
pub fn known_schema() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The file that holds the wrapped data keys of an SQLite database.
pub fn keys_path(main: &Path) -> PathBuf {
    let mut name = main.as_os_str().to_owned();
    name.push("-keys");
    PathBuf::from(name)
}

impl Db {
    /// Opens the database, creating it or bringing its schema up to date first.
    ///
    /// # Errors
    /// When it cannot be reached or created, or its schema is newer than this program.
    pub async fn open(url: &StoreUrl) -> Result<Self> {
        let _alone = alone(url).await?;
        let db = Self::connect(url, true).await?;
        db.refuse_newer_schema().await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens an existing database as it is.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn open_unchanged(url: &StoreUrl) -> Result<Self> {
        Self::connect(url, false).await
    }

    async fn connect(url: &StoreUrl, create: bool) -> Result<Self> {
        let pools = match url {
            StoreUrl::Sqlite(path) => Pools::Sqlite {
                writer: sqlite_pool(path, create, 1, WRITER_CACHE).await?,
                reader: sqlite_pool(path, create, MAX_CONNECTIONS, READER_CACHE).await?,
                keys: sqlite_pool(&keys_path(path), create, KEY_CONNECTIONS, KEY_CACHE).await?,
            },
            StoreUrl::Postgres(url) => Pools::Postgres(postgres_pool(url).await?),
        };
        Ok(Self { pools })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// When a migration fails; the database is left at the last one that succeeded.
    pub async fn migrate(&self) -> Result<()> {
        let ran = match &self.pools {
            Pools::Sqlite { writer, keys, .. } => match SQLITE_KEYS.run(keys).await {
                Ok(()) => SQLITE.run(writer).await,
                Err(error) => Err(error),
            },
            Pools::Postgres(pool) => POSTGRES.run(pool).await,
        };
        ran.map_err(|error| {
            let text = format!("its schema cannot be brought up to date: {error}");
            let classified = match error {
                MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => classify(error),
                _ => return StoreError::CannotOpen(text),
            };
            if classified.is_transient() { classified } else { StoreError::CannotOpen(text) }
        })
    }

    /// Where the schema stands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn schema_status(&self) -> Result<SchemaStatus> {
        let exists = match &self.pools {
            Pools::Sqlite { reader, .. } => {
                sqlx::query_scalar::<_, i64>(
                    "SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'",
                )
                .fetch_one(reader)
                .await?
            }
            Pools::Postgres(pool) => {
                sqlx::query_scalar::<_, i64>(
                    "SELECT count(*) FROM information_schema.tables
                     WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
                )
                .fetch_one(pool)
                .await?
            }
        };
        let applied = if exists == 0 {
            None
        } else {
            let sql = "SELECT max(version) FROM _sqlx_migrations";
            match &self.pools {
                Pools::Sqlite { reader, .. } => sqlx::query_scalar(sql).fetch_one(reader).await?,
                Pools::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            }
        };
        Ok(SchemaStatus { known: known_schema(), applied })
    }

    /// Copies SQLite's write-ahead log into the database file, as far as nobody is in the way, so that no writer has to
    /// do it on behalf of somebody who waits. On PostgreSQL the server does so itself.
    ///
    /// # Errors
    /// When it cannot be copied; it is not lost then.
    pub async fn copy_back(&self) -> Result<()> {
        if let Pools::Sqlite { reader, keys, .. } = &self.pools {
            for pool in [reader, keys] {
                sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(pool).await?;
            }
        }
        Ok(())
    }

    async fn refuse_newer_schema(&self) -> Result<()> {
        let status = self.schema_status().await?;
        match status.applied {
            Some(found) if found > status.known => {
                Err(StoreError::NewerSchema { found, known: status.known })
            }
            _ => Ok(()),
        }
    }
}

/// Lets one process at a time create or upgrade an SQLite database; migrations there lock nothing, while
/// those of PostgreSQL take an advisory lock. The lock is on the folder: opening and closing the file itself
/// would drop SQLite's own locks on it.
async fn alone(url: &StoreUrl) -> Result<Option<File>> {
    let StoreUrl::Sqlite(path) = url else { return Ok(None) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A missing folder is reported when the file is opened.
    let Ok(folder) = File::open(folder) else { return Ok(None) };
    let locked = tokio::task::spawn_blocking(move || folder.lock().map(|()| folder)).await;
    match locked {
        Ok(Ok(folder)) => Ok(Some(folder)),
        Ok(Err(error)) => Err(StoreError::CannotOpen(format!("its folder cannot be locked: {error}"))),
        Err(error) => Err(StoreError::CannotOpen(format!("its folder cannot be locked: {error}"))),
    }
}

async fn sqlite_pool(
    path: &Path,
    create: bool,
    connections: u32,
    cache_size: &'static str,
) -> Result<sqlx::SqlitePool> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder
        && !folder.is_dir()
    {
        return Err(StoreError::CannotOpen(format!("the folder {} does not exist", folder.display())));
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(patience())
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", cache_size)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .row_buffer_size(ROWS_PER_STATEMENT);
    make_private(path, create);
    SqlitePoolOptions::new()
        .max_connections(connections)
        // A connection to a file does not go stale.
        .test_before_acquire(false)
        .acquire_timeout(patience())
        .connect_with(options)
        .await
        .map_err(|error| match classify(error) {
            StoreError::Other(error) => StoreError::CannotOpen(format!("{}: {error}", path.display())),
            known => known,
        })
}

/// A database is its owner's alone; SQLite gives its side files the same mode.
fn make_private(path: &Path, create: bool) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if create && !path.exists() {
        // A failure shows when the database is opened, with its reason.
        let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    }
}

async fn postgres_pool(url: &str) -> Result<sqlx::PgPool> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| StoreError::CannotOpen("the PostgreSQL URL cannot be read".to_owned()))?
        .application_name("ajantasa")
        .options([
            ("search_path", "public,ajantasa_keys".to_owned()),
            ("lock_timeout", patience().as_millis().to_string()),
            // A process that is frozen inside a transaction would hold its locks until it wakes.
            ("idle_in_transaction_session_timeout", (2 * patience()).as_millis().to_string()),
        ]);
    PgPoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(patience())
        .connect_with(options)
        .await
        .map_err(classify)
}

/// What an error of the driver means for the caller.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().map(std::borrow::Cow::into_owned),
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => {
            return StoreError::Unavailable(error);
        }
        _ => None,
    };
    match code.as_deref() {
        // SQLite: busy and locked with their extended codes.
        Some("5" | "6" | "261" | "262" | "517" | "773") => StoreError::Unavailable(error),
        Some("8" | "264" | "520" | "776" | "1032" | "1288" | "1544") => {
            StoreError::CannotWrite("it is read-only".to_owned())
        }
        Some("13") => StoreError::CannotWrite("the disk is full".to_owned()),
        Some("10" | "266" | "522" | "778" | "1034" | "1290" | "1546" | "3850") => {
            StoreError::CannotWrite("the disk does not answer".to_owned())
        }
        Some("11" | "26") => {
            StoreError::CannotOpen("the file is damaged or no database; restore a backup".to_owned())
        }
        Some("14") => StoreError::CannotOpen("the file or its folder cannot be opened".to_owned()),
        // A value that must be unique: primary keys and others on SQLite, then PostgreSQL.
        Some("1555" | "2067" | "23505") => StoreError::Taken,
        // PostgreSQL: connection, shutdown, resources, serialization and deadlock.
        Some(code)
            if code.len() == 5
                && (code.starts_with("08")
                    || code.starts_with("57P")
                    || code.starts_with("53")
                    || matches!(code, "25P03" | "40001" | "40P01" | "55P03")) =>
        {
            StoreError::Unavailable(error)
        }
        Some("28P01" | "28000") => {
            StoreError::CannotOpen("PostgreSQL refuses the user or the password".to_owned())
        }
        Some("3D000") => StoreError::CannotOpen("PostgreSQL has no database of that name".to_owned()),
        Some("25006") => StoreError::CannotWrite("it is read-only".to_owned()),
        _ => StoreError::Other(error),
    }
}
