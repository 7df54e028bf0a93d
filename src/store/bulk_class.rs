//! What became of invented cases, by class and never by person, and which classes have stopped bulk approval.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A class that has been stopped, or allowed again.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ClassRow {
    /// The class.
    pub class: String,
    /// Since when it is stopped; nothing while it is not.
    pub stopped_at: Option<DateTime<Utc>>,
    /// When it was last allowed again.
    pub allowed_at: Option<DateTime<Utc>>,
    /// The administrator who allowed it.
    pub allowed_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Notes what became of an invented case.
///
/// # Errors
/// When it cannot be stored.
pub async fn add_planted(
    tx: &mut Tx,
    id: Uuid,
    class: &str,
    missed: bool,
    judged_at: DateTime<Utc>,
) -> Result<()> {
    let sql = "INSERT INTO bulk_planted (id, class, missed, judged_at) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(class).bind(missed).bind(judged_at).execute(conn).await?
        .rows_affected());
    Ok(())
}

/// How many of the last `of` invented cases of a class there were since it was last allowed, and how many of them
/// were missed.
///
/// # Errors
/// When they cannot be counted.
pub async fn misses(tx: &mut Tx, class: &str, of: i64) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), COALESCE(sum(CASE WHEN missed THEN 1 ELSE 0 END), 0)
         FROM (SELECT b.missed FROM bulk_planted b LEFT JOIN bulk_class c ON c.class = b.class
             WHERE b.class = $1 AND (c.allowed_at IS NULL OR b.judged_at > c.allowed_at)
             ORDER BY b.judged_at DESC, b.id DESC LIMIT $2) AS last";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(class).bind(of).fetch_one(conn).await?))
}

/// Every class that has been stopped or allowed again.
///
/// # Errors
/// When they cannot be read.
pub async fn all(tx: &mut Tx) -> Result<Vec<ClassRow>> {
    let sql = "SELECT class, stopped_at, allowed_at, allowed_by, reason FROM bulk_class ORDER BY class";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Whether a class is stopped.
///
/// # Errors
/// When it cannot be read.
pub async fn is_stopped(tx: &mut Tx, class: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM bulk_class WHERE class = $1 AND stopped_at IS NOT NULL)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(class).fetch_one(conn).await?))
}

/// Stops a class.
///
/// # Errors
/// When it cannot be stored.
pub async fn stop(tx: &mut Tx, class: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO bulk_class (class, stopped_at) VALUES ($1, $2)
         ON CONFLICT (class) DO UPDATE SET stopped_at = excluded.stopped_at WHERE bulk_class.stopped_at IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(class).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Allows a class that is stopped; false when it is not.
///
/// # Errors
/// When it cannot be stored.
pub async fn allow(tx: &mut Tx, class: &str, by: &str, reason: &str, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE bulk_class SET stopped_at = NULL, allowed_at = $4, allowed_by = $2, reason = $3
         WHERE class = $1 AND stopped_at IS NOT NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(class).bind(by).bind(reason).bind(at).execute(conn).await?
        .rows_affected());
    Ok(rows == 1)
}
