//! Protected cases that somebody has opened for a while, and who was told.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// That an account has what is masked of a case open.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RevealRow {
    /// Its identifier.
    pub id: Uuid,
    /// The case.
    pub finding: Uuid,
    /// The account.
    pub account: Uuid,
    /// Why, in that person's words.
    pub reason: String,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What an account is told about a reveal.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Notice {
    /// Its identifier.
    pub id: Uuid,
    /// The case.
    pub finding: Uuid,
    /// The name of the account that opened it.
    pub by: String,
    /// Why, in that person's words.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was seen.
    pub seen_at: Option<DateTime<Utc>>,
}

/// Stores a reveal.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &RevealRow) -> Result<()> {
    let sql = "INSERT INTO reveal (id, finding, account, reason, at, until) VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.finding)
        .bind(row.account)
        .bind(&row.reason)
        .bind(row.at)
        .bind(row.until)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Until when an account has a case open, if it has.
///
/// # Errors
/// When it cannot be read.
pub async fn open_until(
    tx: &mut Tx,
    account: Uuid,
    finding: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT until FROM reveal WHERE finding = $1 AND account = $2 AND at <= $3 AND until > $3
         ORDER BY until DESC LIMIT 1";
    on!(tx, conn =>
        Ok(sqlx::query_scalar(sql).bind(finding).bind(account).bind(now).fetch_optional(conn).await?))
}

/// Stores that an account is to be told about a reveal.
///
/// # Errors
/// When it cannot be stored.
pub async fn tell(tx: &mut Tx, id: Uuid, to: Uuid, about: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO notice (id, to_account, about, at) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(to).bind(about).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Up to `limit` notices of an account: those not seen first, then the newest.
///
/// # Errors
/// When they cannot be read.
pub async fn notices(tx: &mut Tx, account: Uuid, limit: i64) -> Result<Vec<Notice>> {
    let sql = "SELECT n.id, r.finding, c.name AS by, r.reason, n.at, n.seen_at
         FROM notice n JOIN reveal r ON r.id = n.about JOIN account c ON c.id = r.account
         WHERE n.to_account = $1
         ORDER BY CASE WHEN n.seen_at IS NULL THEN 0 ELSE 1 END, n.at DESC, n.id LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).bind(limit).fetch_all(conn).await?))
}

/// How many notices an account has not seen.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_unseen(tx: &mut Tx, account: Uuid) -> Result<i64> {
    let sql = "SELECT count(*) FROM notice WHERE to_account = $1 AND seen_at IS NULL";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(account).fetch_one(conn).await?))
}

/// Notes that an account has seen a notice of its own. The case it was about; nothing when there is none that has
/// not been seen.
///
/// # Errors
/// When it cannot be stored.
pub async fn seen(tx: &mut Tx, account: Uuid, id: Uuid, at: DateTime<Utc>) -> Result<Option<Uuid>> {
    let sql = "UPDATE notice SET seen_at = $3 WHERE id = $1 AND to_account = $2 AND seen_at IS NULL
         RETURNING (SELECT r.finding FROM reveal r WHERE r.id = about)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(id).bind(account).bind(at).fetch_optional(conn).await?))
}

/// Deletes reveals that were over before an instant, with what was told of them. How many reveals there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let notices = "DELETE FROM notice WHERE about IN (SELECT id FROM reveal WHERE until < $1)";
    on!(tx, conn => sqlx::query(notices).bind(at).execute(conn).await?.rows_affected());
    let reveals = "DELETE FROM reveal WHERE until < $1";
    Ok(on!(tx, conn => sqlx::query(reveals).bind(at).execute(conn).await?.rows_affected()))
}
