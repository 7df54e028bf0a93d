//! The database: SQLite in one file, or PostgreSQL, by one SQL text and one function body.
//!
//! Functions here are free functions over [`Tx`]; nothing outside this module sees which database is
//! behind it. Rules that keep one text possible: `$1` placeholders, identifiers made in Rust, every time
//! bound from `Clock`, enums as text with CHECK, no dialect JSON, explicit order. Values that could lead to
//! a person are sealed before they come here. A transaction is never held across a network call.
//!
//! Every commit has a name. With the `fault-points` feature a child process can be killed right before or
//! after any of them.

mod connect;
#[cfg(feature = "fault-points")]
pub mod fault;

pub mod account;
pub mod api_client;
pub mod apply_attempt;
pub mod asked;
pub mod assignment;
pub mod awaited_visit;
pub mod backup;
pub mod bulk;
pub mod bulk_candidate;
pub mod bulk_class;
pub mod case_view;
pub mod claim;
pub mod collection;
pub mod consequence;
pub mod contact_block;
pub mod data_key;
pub mod decision;
pub mod directory;
pub mod disclosure;
pub mod disclosure_by_hand;
pub mod disqualification;
pub mod due;
pub mod estate;
pub mod finding;
mod finding_row;
pub mod first_password;
pub mod follow_list;
pub mod guarantor;
pub mod inbox;
pub mod installation;
pub mod key_upkeep;
pub mod known_device;
pub mod lease;
pub mod one_time_code;
pub mod overview;
pub mod patron;
pub mod patron_history;
pub mod patron_search;
pub mod patron_upkeep;
pub mod person;
mod person_record;
pub mod query_ledger;
pub mod queue;
pub mod reveal;
pub mod round;
pub mod run;
pub mod run_person;
pub mod saved_view;
pub mod schedule;
pub mod schedule_due;
pub mod second_factor;
pub mod security_key;
pub mod segment;
mod segment_condition;
pub mod session;
pub mod session_note;
pub mod shown_once;
pub mod sign_in_lock;
pub mod slice;
pub mod surname;
pub mod switch;
pub mod tally;

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use uuid::{ContextV7, Timestamp, Uuid};

pub use connect::{SchemaStatus, StoreUrl, known_schema};

/// How many values one list of a statement has at most: a power of two, below the bind limits of both
/// databases.
pub const ROWS_PER_STATEMENT: usize = 512;

/// Runs a body once for the database behind a transaction.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(inner) => {
                let $conn = &mut **inner;
                $body
            }
            $crate::store::Tx::Postgres(inner) => {
                let $conn = &mut **inner;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Appends `$n, $n+1, …` for every value of a list, and the last one again up to a power of two: the
/// database prepares one statement for many lengths.
macro_rules! in_list {
    ($query:expr, $values:expr) => {{
        let mut list = $query.separated(", ");
        let (mut count, mut last) = (0_usize, None);
        for value in $values {
            list.push_bind(value);
            (count, last) = (count + 1, Some(value));
        }
        if let Some(last) = last {
            for _ in count..count.next_power_of_two() {
                list.push_bind(last);
            }
        }
    }};
}
pub(crate) use in_list;

/// Rows of one statement that writes them; few lengths, so that each statement is prepared once and then
/// found again.
const PIECES: [usize; 4] = [256, 64, 16, 4];

/// Cuts rows into the pieces that one statement each writes.
pub(crate) fn pieces<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = PIECES.into_iter().find(|length| *length <= rest.len()).unwrap_or(1);
        let (piece, left) = rest.split_at_checked(length)?;
        rest = left;
        Some(piece)
    })
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process holds it, or it does not answer; trying again may help.
    #[error("the database is busy or does not answer; try again")]
    Unavailable(#[source] sqlx::Error),
    /// It cannot be opened at all.
    #[error("the database cannot be opened: {0}")]
    CannotOpen(String),
    /// No room, or no right to write.
    #[error("the database cannot be written: {0}; free some space or mend its rights")]
    CannotWrite(String),
    /// A schema newer than this program.
    #[error("the database has schema {found}, this program knows {known}; install the newer program")]
    NewerSchema {
        /// The schema of the database.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// A row was changed by someone else since it was read.
    #[error("{0} was changed by someone else meanwhile; look again")]
    Conflict(&'static str),
    /// A row with the same identifier, name or number exists.
    #[error("the same was added by someone else meanwhile; look again")]
    Taken,
    /// The lease of a task is held by another process now.
    #[error("the lease of {0} was lost to another process")]
    LeaseLost(String),
    /// A row breaks a rule of our own.
    #[error("{table}.{column} holds a value this program does not know")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A sealed value does not open.
    #[error(transparent)]
    Seal(#[from] crate::seal::SealError),
    /// Anything else.
    #[error("the database refused a statement")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same may succeed later without anybody's doing.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether it is the fault of one row, so that others can go on: it does not open, or breaks a rule of our
    /// own.
    pub fn is_of_one_row(&self) -> bool {
        matches!(self, Self::Seal(_) | Self::Inconsistent { .. })
    }

    /// A row that breaks a rule of our own.
    pub fn inconsistent(table: &'static str, column: &'static str) -> Self {
        Self::Inconsistent { table, column }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        connect::classify(error)
    }
}

/// The result of a store function.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One connection writes, so that its cache stays true and writers of one process take turns; those that
    /// read do not wait for it.
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
        keys: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], nothing of it remains.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Begins a transaction that will write.
    ///
    /// # Errors
    /// When the database is busy for longer than it waits, or gone.
    pub async fn begin(&self) -> Result<Tx> {
        match &self.pools {
            // Taking the write lock at once avoids a deadlock between two readers that both want to write.
            Pools::Sqlite { writer, .. } => Ok(Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)),
            Pools::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Begins a transaction that only reads.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(&self) -> Result<Tx> {
        match &self.pools {
            Pools::Sqlite { reader, .. } => Ok(Tx::Sqlite(reader.begin().await?)),
            Pools::Postgres(pool) => {
                Ok(Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?))
            }
        }
    }

    /// Begins a transaction on the wrapped data keys, which are kept apart.
    ///
    /// A key is committed before the first row it seals, and destroyed after the last: whatever happens in
    /// between, no row is without its key.
    ///
    /// # Errors
    /// When the database is busy for longer than it waits, or gone.
    pub async fn begin_keys(&self) -> Result<Tx> {
        match &self.pools {
            Pools::Sqlite { keys, .. } => Ok(Tx::Sqlite(keys.begin_with("BEGIN IMMEDIATE").await?)),
            Pools::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Begins a transaction that only reads data keys.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read_keys(&self) -> Result<Tx> {
        match &self.pools {
            Pools::Sqlite { keys, .. } => Ok(Tx::Sqlite(keys.begin().await?)),
            Pools::Postgres(pool) => Ok(Tx::Postgres(pool.begin().await?)),
        }
    }

    /// Closes every connection, so that SQLite folds its write-ahead log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, reader, keys } => {
                reader.close().await;
                writer.close().await;
                keys.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        match &self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgres",
        }
    }
}

impl Tx {
    /// Commits. The name says what is committed; the crash tests kill at it.
    ///
    /// # Errors
    /// When the database could not make it durable. Nothing of the transaction remains then.
    pub async fn commit(self, name: &'static str) -> Result<()> {
        #[cfg(feature = "fault-points")]
        fault::reached(name, fault::When::Before);
        match self {
            Self::Sqlite(inner) => inner.commit().await?,
            Self::Postgres(inner) => inner.commit().await?,
        }
        #[cfg(feature = "fault-points")]
        fault::reached(name, fault::When::After);
        let _ = name;
        Ok(())
    }

    /// The database's clock, in milliseconds since 1970. For leases only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn database_now_ms(&mut self) -> Result<i64> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
            Self::Postgres(_) => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        };
        on!(self, conn => Ok(sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await?))
    }
}

/// The end of a SELECT whose rows nobody may change until the transaction ends, while others may read them so, too.
/// On SQLite whoever writes is alone anyway.
pub(crate) fn for_share(tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(_) => "",
        Tx::Postgres(_) => " FOR SHARE",
    }
}

/// Whether a planted defect is turned on, by which a harness shows that it would see one. Never without the
/// `fault-points` feature.
pub(crate) fn planted(defect: &str) -> bool {
    #[cfg(feature = "fault-points")]
    return fault::planted(defect);
    #[cfg(not(feature = "fault-points"))]
    {
        let _ = defect;
        false
    }
}

/// A new row identifier: version 7, so that identifiers sort by the time they were made.
pub fn new_id(at: DateTime<Utc>) -> Uuid {
    static CONTEXT: std::sync::LazyLock<std::sync::Mutex<ContextV7>> =
        std::sync::LazyLock::new(|| std::sync::Mutex::new(ContextV7::new()));
    let context = CONTEXT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(&*context, seconds, at.timestamp_subsec_nanos()))
}

/// When an identifier was made: it says so itself.
pub fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
}

/// Exactly one row must have been changed; otherwise somebody else was faster.
pub(crate) fn one_row(rows: u64, what: &'static str) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Conflict(what)) }
}
