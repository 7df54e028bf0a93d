//! Rounds of tasks, readings of patron files, and the breaker.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Notes that a round of a task begins.
///
/// # Errors
/// When it cannot be stored.
pub async fn begin(tx: &mut Tx, id: Uuid, task: &str, at: DateTime<Utc>) -> Result<()> {
    let sql =
        "INSERT INTO task_run (id, task, started_at, outcome, report) VALUES ($1, $2, $3, 'running', '{}')";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(task).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes how a round of a task ended.
///
/// # Errors
/// When it cannot be stored.
pub async fn finish(tx: &mut Tx, id: Uuid, outcome: &str, report: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE task_run SET outcome = $2, report = $3, finished_at = $4 WHERE id = $1";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(outcome).bind(report).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes that rounds begun before an instant and never ended were killed.
///
/// # Errors
/// When it cannot be stored.
pub async fn close_killed(tx: &mut Tx, task: &str, at: DateTime<Utc>) -> Result<u64> {
    let sql =
        "UPDATE task_run SET outcome = 'killed', finished_at = $2 WHERE task = $1 AND outcome = 'running'";
    on!(tx, conn => Ok(sqlx::query(sql).bind(task).bind(at).execute(conn).await?.rows_affected()))
}

/// When each task last ended well.
///
/// # Errors
/// When it cannot be read.
pub async fn last_success(tx: &mut Tx) -> Result<Vec<(String, DateTime<Utc>)>> {
    let sql =
        "SELECT task, max(finished_at) FROM task_run WHERE outcome = 'done' GROUP BY task ORDER BY task";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Deletes rounds ended before an instant.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM task_run WHERE finished_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).execute(conn).await?.rows_affected()))
}

/// Notes a reading of a patron file.
///
/// # Errors
/// When it cannot be stored.
pub async fn begin_import(tx: &mut Tx, id: Uuid, os_user: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO import_run (id, started_at, os_user, counts) VALUES ($1, $2, $3, '{}')";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(at).bind(os_user).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes what a reading of a patron file did.
///
/// # Errors
/// When it cannot be stored.
pub async fn finish_import(tx: &mut Tx, id: Uuid, counts: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE import_run SET finished_at = $2, counts = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(at).bind(counts).execute(conn).await?.rows_affected());
    Ok(())
}

/// When the newest round of a task that ended well was begun, up to an instant, and its report.
///
/// # Errors
/// When it cannot be read.
pub async fn newest_done(
    tx: &mut Tx,
    task: &str,
    until: DateTime<Utc>,
) -> Result<Option<(DateTime<Utc>, String)>> {
    let sql =
        "SELECT started_at, report FROM task_run WHERE task = $1 AND outcome = 'done' AND started_at <= $2
         ORDER BY started_at DESC, id DESC LIMIT 1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(task).bind(until).fetch_optional(conn).await?))
}

/// The breaker of an interface: state, failures, and until when it stays open.
///
/// # Errors
/// When it cannot be read.
pub async fn breaker(tx: &mut Tx, interface: &str) -> Result<Option<(String, i64, Option<DateTime<Utc>>)>> {
    let sql = "SELECT state, failures, until FROM breaker WHERE interface = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(interface).fetch_optional(conn).await?))
}

/// Stores the breaker of an interface.
///
/// # Errors
/// When it cannot be stored.
pub async fn set_breaker(
    tx: &mut Tx,
    interface: &str,
    state: &str,
    failures: i64,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let sql = "INSERT INTO breaker (interface, state, failures, until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (interface) DO UPDATE
         SET state = excluded.state, failures = excluded.failures, until = excluded.until";
    on!(tx, conn => sqlx::query(sql).bind(interface).bind(state).bind(failures).bind(until).execute(conn).await?.rows_affected());
    Ok(())
}
