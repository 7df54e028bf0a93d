//! Wrong words at the staff pages, counted by what they have in common: name, network, known device.

use chrono::{DateTime, Utc};

use super::{Result, Tx, on};

/// What is counted under one key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LockRow {
    /// Wrong words.
    pub failures: i64,
    /// Until when none is judged.
    pub locked_until: Option<DateTime<Utc>>,
    /// When the last wrong word was counted.
    pub changed_at: DateTime<Utc>,
}

/// What is counted under a key.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, kind: &str, key: &[u8]) -> Result<Option<LockRow>> {
    let sql = "SELECT failures, locked_until, changed_at FROM sign_in_lock WHERE kind = $1 AND key = $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(kind).bind(key).fetch_optional(conn).await?))
}

/// The same, held until the transaction ends, so that attempts are counted one by one; a key that has not been
/// counted yet begins with none at `at`.
///
/// # Errors
/// When it cannot be locked.
pub async fn hold(tx: &mut Tx, kind: &str, key: &[u8], at: DateTime<Utc>) -> Result<LockRow> {
    let sql = "INSERT INTO sign_in_lock (kind, key, failures, changed_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (kind, key) DO UPDATE SET failures = sign_in_lock.failures
         RETURNING failures, locked_until, changed_at";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(kind).bind(key).bind(at).fetch_one(conn).await?))
}

/// Stores what is counted under a key that is held.
///
/// # Errors
/// When it cannot be stored.
pub async fn set(tx: &mut Tx, kind: &str, key: &[u8], row: &LockRow) -> Result<()> {
    let sql = "UPDATE sign_in_lock SET failures = $3, locked_until = $4, changed_at = $5
         WHERE kind = $1 AND key = $2";
    on!(tx, conn => sqlx::query(sql).bind(kind).bind(key).bind(row.failures).bind(row.locked_until)
        .bind(row.changed_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Deletes what was last changed before an instant. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM sign_in_lock WHERE changed_at < $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
