//! Who has a case open: a name and a time to show beside it, not a lock.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A look that is still going on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ViewRow {
    /// The name of the account.
    pub name: String,
    /// Since when.
    pub opened_at: DateTime<Utc>,
}

/// Notes that an account has a case open. It has had it open since it began to, unless that look was over before
/// `over_before`.
///
/// # Errors
/// When it cannot be stored.
pub async fn note(
    tx: &mut Tx,
    finding: Uuid,
    account: Uuid,
    session: Uuid,
    at: DateTime<Utc>,
    over_before: DateTime<Utc>,
) -> Result<()> {
    let sql =
        "INSERT INTO case_view (finding, account, session, opened_at, seen_at) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (finding, account) DO UPDATE SET
             opened_at = CASE WHEN case_view.seen_at < $5 THEN $4 ELSE case_view.opened_at END,
             session = $3, seen_at = $4";
    on!(tx, conn => sqlx::query(sql).bind(finding).bind(account).bind(session).bind(at).bind(over_before)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes that an account has put a case away.
///
/// # Errors
/// When it cannot be stored.
pub async fn end(tx: &mut Tx, finding: Uuid, account: Uuid) -> Result<()> {
    let sql = "DELETE FROM case_view WHERE finding = $1 AND account = $2";
    on!(tx, conn => sqlx::query(sql).bind(finding).bind(account).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes that an account has put every case of a patron away.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_of_patron(tx: &mut Tx, account: Uuid, patron: Uuid) -> Result<()> {
    let sql = "DELETE FROM case_view
         WHERE account = $1 AND finding IN (SELECT id FROM finding WHERE patron = $2)";
    on!(tx, conn => sqlx::query(sql).bind(account).bind(patron).execute(conn).await?.rows_affected());
    Ok(())
}

/// Who else has a case open: accounts in force on a day, in sessions that have not ended, seen since an instant.
///
/// # Errors
/// When they cannot be read.
pub async fn others(
    tx: &mut Tx,
    finding: Uuid,
    account: Uuid,
    since: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Vec<ViewRow>> {
    let sql = "SELECT a.name, v.opened_at FROM case_view v
         JOIN account a ON a.id = v.account
         JOIN session s ON s.id = v.session
         WHERE v.finding = $1 AND v.account <> $2 AND v.seen_at >= $3 AND s.ended_at IS NULL
             AND a.disabled_at IS NULL AND a.ends_on >= $4
         ORDER BY v.opened_at, a.name";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(finding).bind(account).bind(since).bind(today)
        .fetch_all(conn).await?))
}

/// Deletes looks that were over before an instant.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM case_view WHERE seen_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).execute(conn).await?.rows_affected()))
}
