//! The inbox: changes as received, sealed, in the order they came.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, pieces};
use crate::seal::Place;

/// A received change of one patron.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InboxRow {
    /// Its identifier; sorts by arrival.
    pub id: Uuid,
    /// The list it was asked for with.
    pub list: Uuid,
    /// The patron.
    pub patron: Uuid,
    /// Keyed digest of the change: the same change is stored once.
    pub change_key: Vec<u8>,
    /// When VTJ registered it.
    pub registered_at: Option<DateTime<Utc>>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The request that brought it.
    pub request: Uuid,
    /// `new`, `used` or `quarantined`.
    pub state: String,
    /// Why it is in quarantine.
    pub reason: Option<String>,
    /// Attempts to use it.
    pub attempts: i64,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// Which data key sealed it.
    pub key_version: i64,
    /// The granted groups as VTJ sent them.
    pub sealed: Option<Vec<u8>>,
}

const COLUMNS: &str = "id, list, patron, change_key, registered_at, received_at, request, state, reason,
    attempts, used_at, key_version, sealed";

/// Where a change's content belongs.
pub fn place(id: Uuid) -> Place {
    Place { table: "inbox", column: "sealed", row: id }
}

/// Stores changes, leaving out those that came before. Returns how many were new.
///
/// # Errors
/// When they cannot be stored.
pub async fn insert_new(tx: &mut Tx, rows: &[InboxRow]) -> Result<u64> {
    let mut inserted = 0;
    for rows in pieces(rows) {
        inserted += on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO inbox ({COLUMNS}) "));
            query.push_values(rows, |mut to, row| {
                to.push_bind(row.id)
                    .push_bind(row.list)
                    .push_bind(row.patron)
                    .push_bind(&row.change_key)
                    .push_bind(row.registered_at)
                    .push_bind(row.received_at)
                    .push_bind(row.request)
                    .push_bind(&row.state)
                    .push_bind(&row.reason)
                    .push_bind(row.attempts)
                    .push_bind(row.used_at)
                    .push_bind(row.key_version)
                    .push_bind(&row.sealed);
            });
            query.push(" ON CONFLICT (change_key) DO NOTHING");
            query.build().execute(conn).await?.rows_affected()
        });
    }
    Ok(inserted)
}

/// Which of these changes came before.
///
/// # Errors
/// When they cannot be read.
pub async fn known_keys(tx: &mut Tx, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for keys in keys.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<Vec<u8>> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT change_key FROM inbox WHERE change_key IN (");
            in_list!(query, keys);
            query.push(") ORDER BY change_key");
            query.build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Up to `limit` patrons after one who have changes to be used, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn patrons_with_new(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql =
        "SELECT DISTINCT patron FROM inbox WHERE state = 'new' AND patron > $1 ORDER BY patron LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn).await?))
}

/// The changes of these patrons that are to be used, by patron and arrival.
///
/// # Errors
/// When they cannot be read.
pub async fn new_of(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<InboxRow>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<InboxRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM inbox WHERE state = 'new' AND patron IN ("));
            in_list!(query, patrons);
            query.push(") ORDER BY patron, id");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Marks changes as used.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_used(tx: &mut Tx, ids: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE inbox SET state = 'used', used_at = ");
            query.push_bind(at).push(" WHERE id IN (");
            in_list!(query, ids);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Counts a failed attempt to use a patron's changes; after `most` they go into quarantine.
///
/// # Errors
/// When it cannot be stored.
pub async fn count_attempt(tx: &mut Tx, patron: Uuid, most: i64) -> Result<()> {
    let sql = "UPDATE inbox
         SET attempts = attempts + 1,
             state = CASE WHEN attempts + 1 >= $2 THEN 'quarantined' ELSE state END,
             reason = CASE WHEN attempts + 1 >= $2 THEN 'could not be used' ELSE reason END
         WHERE patron = $1 AND state = 'new'";
    on!(tx, conn => sqlx::query(sql).bind(patron).bind(most).execute(conn).await?.rows_affected());
    Ok(())
}

/// Empties what a patron's changes hold, at once: what is done when protection starts.
///
/// # Errors
/// When it cannot be stored.
pub async fn wipe(tx: &mut Tx, patron: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE inbox
         SET sealed = NULL, state = CASE WHEN state = 'new' THEN 'used' ELSE state END,
             used_at = CASE WHEN state = 'new' THEN $2 ELSE used_at END
         WHERE patron = $1 AND sealed IS NOT NULL";
    on!(tx, conn => sqlx::query(sql).bind(patron).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Empties changes used before an instant; their keys stay so that a replay is recognised.
///
/// # Errors
/// When it cannot be stored.
pub async fn empty_used_before(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE inbox SET sealed = NULL WHERE sealed IS NOT NULL AND state = 'used' AND used_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).execute(conn).await?.rows_affected()))
}

/// How many changes are in quarantine.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_quarantined(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM inbox WHERE state = 'quarantined'";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}

impl InboxRow {
    /// The content that was sealed.
    ///
    /// # Errors
    /// When it has been emptied.
    pub fn content(&self) -> Result<&[u8]> {
        self.sealed.as_deref().ok_or(StoreError::inconsistent("inbox", "sealed"))
    }
}
