//! When each schedule was last due.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// How far the due times of a schedule have been gone through.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueRow {
    /// The schedule.
    pub schedule: Uuid,
    /// Its last due time, if it ever was due.
    pub last_due: Option<DateTime<Utc>>,
    /// Since when the version in force has been in force.
    pub in_force_since: DateTime<Utc>,
}

/// How far every schedule has been gone through.
///
/// # Errors
/// When it cannot be read.
pub async fn all(tx: &mut Tx) -> Result<Vec<DueRow>> {
    let sql = "SELECT s.id AS schedule, COALESCE(s.last_due, old.last_due) AS last_due,
             COALESCE(v.approved_at, v.made_at) AS in_force_since
         FROM schedule s JOIN schedule_version v ON v.schedule = s.id AND v.state = 'in_force'
             LEFT JOIN schedule_state old ON old.name = s.name AND s.origin = 'configuration'
         WHERE s.removed_at IS NULL ORDER BY s.name";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Claims the due times of a schedule up to one: true for exactly one caller, however many daemons there are.
///
/// # Errors
/// When it cannot be stored.
pub async fn claim(tx: &mut Tx, schedule: Uuid, due: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE schedule SET last_due = $2
         WHERE id = $1 AND removed_at IS NULL AND (last_due IS NULL OR last_due < $2)";
    on!(tx, conn => Ok(sqlx::query(sql).bind(schedule).bind(due).execute(conn).await?.rows_affected() == 1))
}

/// Puts an impossible last due time right; false when somebody else has.
///
/// # Errors
/// When it cannot be stored.
pub async fn correct(
    tx: &mut Tx,
    schedule: Uuid,
    impossible: DateTime<Utc>,
    due: DateTime<Utc>,
) -> Result<bool> {
    let sql = "UPDATE schedule SET last_due = $3
         WHERE id = $1 AND (last_due = $2 OR last_due IS NULL AND $2 > $3)";
    on!(tx, conn => Ok(sqlx::query(sql).bind(schedule).bind(impossible).bind(due).execute(conn).await?.rows_affected() == 1))
}
