//! What a session keeps for its next page and must not be in an address: sealed, one of each kind.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Keeps a note of a session in the place of an earlier one of its kind.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, session: Uuid, kind: &str, sealed: &[u8], at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO session_note (session, kind, sealed, written_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (session, kind) DO UPDATE SET sealed = excluded.sealed, written_at = excluded.written_at";
    on!(tx, conn => sqlx::query(sql).bind(session).bind(kind).bind(sealed).bind(at).execute(conn).await?
        .rows_affected());
    Ok(())
}

/// The note of a kind, if it was written since an instant.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, session: Uuid, kind: &str, since: DateTime<Utc>) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT sealed FROM session_note WHERE session = $1 AND kind = $2 AND written_at >= $3";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(session).bind(kind).bind(since).fetch_optional(conn).await?))
}

/// Deletes the notes of a session.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_of(tx: &mut Tx, session: Uuid) -> Result<()> {
    let sql = "DELETE FROM session_note WHERE session = $1";
    on!(tx, conn => sqlx::query(sql).bind(session).execute(conn).await?.rows_affected());
    Ok(())
}

/// Deletes notes that were written before an instant, and those of sessions that have ended. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM session_note
         WHERE written_at < $1 OR session IN (SELECT id FROM session WHERE ended_at IS NOT NULL)";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
