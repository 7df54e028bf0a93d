//! The switch of every question to VTJ: one row, stopped or not.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, for_share, on, one_row};

/// A stop, as it is stored. It may be over.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SwitchRow {
    /// Since when.
    pub stopped_at: DateTime<Utc>,
    /// Until when; without it, until somebody resumes.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
    /// The administrator's account.
    pub account: Uuid,
    /// Its name.
    pub actor: String,
}

const STOP: &str = "SELECT stopped_at, until, reason, account, actor FROM query_switch
     WHERE id = 1 AND stopped_at IS NOT NULL";

/// The last stop, if nobody has resumed since.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx) -> Result<Option<SwitchRow>> {
    on!(tx, conn => Ok(sqlx::query_as(STOP).fetch_optional(conn).await?))
}

/// The same, held as it is until the transaction ends: whoever stops waits for those who were let through, and
/// nobody is let through after.
///
/// # Errors
/// When it cannot be read.
pub async fn held(tx: &mut Tx) -> Result<Option<SwitchRow>> {
    // A row that is not there cannot be held, so the row is read whatever it says.
    let hold = format!("SELECT id FROM query_switch WHERE id = 1{}", for_share(tx));
    let hold = sqlx::AssertSqlSafe(hold);
    on!(tx, conn => sqlx::query_scalar::<_, i64>(hold).fetch_one(conn).await?);
    get(tx).await
}

/// Stops, in the place of an earlier stop.
///
/// # Errors
/// When it cannot be stored.
pub async fn stop(tx: &mut Tx, row: &SwitchRow) -> Result<()> {
    let sql = "UPDATE query_switch
         SET stopped_at = $1, until = $2, reason = $3, account = $4, actor = $5
         WHERE id = 1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.stopped_at).bind(row.until).bind(&row.reason)
        .bind(row.account).bind(&row.actor).execute(conn).await?.rows_affected());
    one_row(rows, "the switch of questions to VTJ")
}

/// Resumes.
///
/// # Errors
/// When it cannot be stored.
pub async fn resume(tx: &mut Tx) -> Result<()> {
    let sql = "UPDATE query_switch
         SET stopped_at = NULL, until = NULL, reason = NULL, account = NULL, actor = NULL
         WHERE id = 1";
    let rows = on!(tx, conn => sqlx::query(sql).execute(conn).await?.rows_affected());
    one_row(rows, "the switch of questions to VTJ")
}
