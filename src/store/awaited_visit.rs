//! Cases that are put off until the patron visits. A row says so of a case as long as that is put off; of any other it
//! says nothing.

use uuid::Uuid;

use super::{Result, Tx, on};

/// Notes that a case waits for a visit, or that it does not.
///
/// # Errors
/// When it cannot be stored.
pub async fn set(tx: &mut Tx, finding: Uuid, waits: bool) -> Result<()> {
    let sql = if waits {
        "INSERT INTO awaited_visit (finding) VALUES ($1) ON CONFLICT (finding) DO NOTHING"
    } else {
        "DELETE FROM awaited_visit WHERE finding = $1"
    };
    on!(tx, conn => sqlx::query(sql).bind(finding).execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether a case waits for a visit.
///
/// # Errors
/// When it cannot be read.
pub async fn waits(tx: &mut Tx, finding: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM awaited_visit v JOIN finding f ON f.id = v.finding
         WHERE v.finding = $1 AND f.state = 'snoozed'";
    let rows: i64 = on!(tx, conn => sqlx::query_scalar(sql).bind(finding).fetch_one(conn).await?);
    Ok(rows > 0)
}

/// The cases of a patron that wait for a visit.
///
/// # Errors
/// When they cannot be read.
pub async fn of_patron(tx: &mut Tx, patron: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT f.id FROM awaited_visit v JOIN finding f ON f.id = v.finding
         WHERE f.patron = $1 AND f.state = 'snoozed' ORDER BY f.id";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(patron).fetch_all(conn).await?))
}
