//! Estate cases, opened by a confirmed death.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Opens an estate case, unless the patron has an open one.
///
/// # Errors
/// When it cannot be stored.
pub async fn open(tx: &mut Tx, id: Uuid, patron: Uuid, finding: Uuid, at: DateTime<Utc>) -> Result<u64> {
    let sql = "INSERT INTO estate_case (id, patron, finding, state, opened_at, updated_at)
         VALUES ($1, $2, $3, 'opened', $4, $4)
         ON CONFLICT DO NOTHING";
    on!(tx, conn => Ok(sqlx::query(sql).bind(id).bind(patron).bind(finding).bind(at)
        .execute(conn).await?.rows_affected()))
}

/// Open cases of patrons whom our records do not hold as dead any more.
///
/// # Errors
/// When they cannot be read.
pub async fn open_but_not_dead(tx: &mut Tx, limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT e.id, e.patron FROM estate_case e JOIN person p ON p.patron = e.patron
         WHERE e.state = 'opened' AND NOT p.held_as_dead
         ORDER BY e.id
         LIMIT $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(limit).fetch_all(conn).await?))
}

/// Withdraws a case.
///
/// # Errors
/// When it cannot be stored.
pub async fn withdraw(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<u64> {
    let sql =
        "UPDATE estate_case SET state = 'withdrawn', updated_at = $2 WHERE id = $1 AND state = 'opened'";
    on!(tx, conn => Ok(sqlx::query(sql).bind(id).bind(at).execute(conn).await?.rows_affected()))
}

/// How many cases are open.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_open(tx: &mut Tx) -> Result<i64> {
    on!(tx, conn => Ok(sqlx::query_scalar("SELECT count(*) FROM estate_case WHERE state = 'opened'")
        .fetch_one(conn).await?))
}
