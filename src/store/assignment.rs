//! Whose a case is. An account that has ended or is closed holds nothing, whatever its rows say.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Whose a case is, by whose word and since when.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HolderRow {
    /// The account.
    pub account: Uuid,
    /// Its name.
    pub name: String,
    /// Who gave it the case.
    pub assigned_by: Uuid,
    /// When.
    pub assigned_at: DateTime<Utc>,
}

/// Gives a case to an account.
///
/// # Errors
/// When it cannot be stored.
pub async fn give(tx: &mut Tx, finding: Uuid, to: Uuid, by: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO assignment (finding, account, assigned_by, assigned_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (finding) DO UPDATE SET account = $2, assigned_by = $3, assigned_at = $4";
    on!(tx, conn => sqlx::query(sql).bind(finding).bind(to).bind(by).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Gives a case back to everybody.
///
/// # Errors
/// When it cannot be stored.
pub async fn clear(tx: &mut Tx, finding: Uuid) -> Result<()> {
    let sql = "DELETE FROM assignment WHERE finding = $1";
    on!(tx, conn => sqlx::query(sql).bind(finding).execute(conn).await?.rows_affected());
    Ok(())
}

/// Gives the cases of a patron that an account holds back to everybody.
///
/// # Errors
/// When it cannot be stored.
pub async fn clear_of_patron(tx: &mut Tx, account: Uuid, patron: Uuid) -> Result<()> {
    let sql = "DELETE FROM assignment
         WHERE account = $1 AND finding IN (SELECT id FROM finding WHERE patron = $2)";
    on!(tx, conn => sqlx::query(sql).bind(account).bind(patron).execute(conn).await?.rows_affected());
    Ok(())
}

/// Gives every case that an account holds back to everybody. How many there were.
///
/// # Errors
/// When it cannot be stored.
pub async fn clear_of(tx: &mut Tx, account: Uuid) -> Result<u64> {
    let sql = "DELETE FROM assignment WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected()))
}

/// Whose a case is on a day.
///
/// # Errors
/// When it cannot be read.
pub async fn holder(tx: &mut Tx, finding: Uuid, today: NaiveDate) -> Result<Option<HolderRow>> {
    let sql = "SELECT s.account, a.name, s.assigned_by, s.assigned_at
         FROM assignment s JOIN account a ON a.id = s.account
         WHERE s.finding = $1 AND a.disabled_at IS NULL AND a.ends_on >= $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(finding).bind(today).fetch_optional(conn).await?))
}

/// The reviewers of a municipality on a day who may be given a case, as account and name, by name; with `cleared`, only
/// those with the right to protected cases.
///
/// # Errors
/// When they cannot be read.
pub async fn candidates(
    tx: &mut Tx,
    municipality: &str,
    cleared: bool,
    today: NaiveDate,
) -> Result<Vec<(Uuid, String)>> {
    let sql = "SELECT a.id, a.name FROM account a
         JOIN account_municipality m ON m.account = a.id AND m.municipality = $1
         WHERE a.role = 'reviewer' AND a.disabled_at IS NULL AND a.ends_on >= $2 AND (a.may_protected OR NOT $3)
         ORDER BY a.name";
    on!(tx, conn =>
        Ok(sqlx::query_as(sql).bind(municipality).bind(today).bind(cleared).fetch_all(conn).await?))
}
