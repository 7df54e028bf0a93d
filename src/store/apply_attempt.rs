//! Attempts to write: the intent is stored before the register is touched, the outcome after.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

/// Stores the intent to write a finding.
///
/// # Errors
/// When it cannot be stored.
pub async fn begin(tx: &mut Tx, id: Uuid, finding: Uuid, epoch: i64, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO apply_attempt (id, finding, epoch, started_at) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(finding).bind(epoch).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Stores the outcome of an attempt.
///
/// # Errors
/// When the attempt is finished already.
pub async fn finish(tx: &mut Tx, id: Uuid, outcome: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE apply_attempt SET finished_at = $2, outcome = $3 WHERE id = $1 AND finished_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(at).bind(outcome).execute(conn).await?.rows_affected());
    one_row(rows, "the attempt")
}

/// The attempt of a finding that has no outcome yet.
///
/// # Errors
/// When it cannot be read.
pub async fn unfinished(tx: &mut Tx, finding: Uuid) -> Result<Option<Uuid>> {
    let sql = "SELECT id FROM apply_attempt WHERE finding = $1 AND finished_at IS NULL ORDER BY started_at DESC LIMIT 1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(finding).fetch_optional(conn).await?))
}

/// When a finding was written.
///
/// # Errors
/// When it cannot be read.
pub async fn written_at(tx: &mut Tx, finding: Uuid) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT finished_at FROM apply_attempt
         WHERE finding = $1 AND outcome IN ('confirmed', 'written', 'proposed') ORDER BY finished_at LIMIT 1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(finding).fetch_optional(conn).await?))
}
