//! The city's own directory: which accounts it knows, and sign-ins that have been sent there.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A sign-in that has been sent to the directory.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SentRow {
    /// SHA-256 of the word that comes back with the answer.
    pub state_digest: Vec<u8>,
    /// SHA-256 of the word in the browser's cookie.
    pub browser_digest: Vec<u8>,
    /// Its identifier, to which `sealed` is bound.
    pub id: Uuid,
    /// What the answer is checked against, sealed.
    pub sealed: Vec<u8>,
    /// When it was sent.
    pub begun_at: DateTime<Utc>,
}

/// Stores a sign-in that is about to be sent.
///
/// # Errors
/// When it cannot be stored.
pub async fn send(tx: &mut Tx, row: &SentRow) -> Result<()> {
    let sql = "INSERT INTO directory_sign_in (state_digest, browser_digest, id, sealed, begun_at)
         VALUES ($1, $2, $3, $4, $5)";
    on!(tx, conn => sqlx::query(sql).bind(&row.state_digest).bind(&row.browser_digest).bind(row.id)
        .bind(&row.sealed).bind(row.begun_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Takes a sign-in out: whoever comes with the same word after this finds none.
///
/// # Errors
/// When it cannot be read or deleted.
pub async fn take(tx: &mut Tx, state_digest: &[u8]) -> Result<Option<SentRow>> {
    let sql = "DELETE FROM directory_sign_in WHERE state_digest = $1
         RETURNING state_digest, browser_digest, id, sealed, begun_at";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(state_digest).fetch_optional(conn).await?))
}

/// Deletes what was sent before an instant. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM directory_sign_in WHERE begun_at < $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}

/// The account that a directory knows by its own word for the holder.
///
/// # Errors
/// When it cannot be read.
pub async fn account_of(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<Uuid>> {
    let sql = "SELECT account FROM directory_account WHERE issuer = $1 AND subject = $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(issuer).bind(subject).fetch_optional(conn).await?))
}

/// Notes that an account is the one that a directory knows by a word.
///
/// # Errors
/// [`StoreError::Taken`](super::StoreError::Taken) when the word or the account is linked already.
pub async fn link(tx: &mut Tx, issuer: &str, subject: &str, account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO directory_account (issuer, subject, account, linked_at) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(sql).bind(issuer).bind(subject).bind(account).bind(at)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether an account is one of a directory's.
///
/// # Errors
/// When it cannot be read.
pub async fn is_linked(tx: &mut Tx, account: Uuid) -> Result<bool> {
    let sql = "SELECT count(*) FROM directory_account WHERE account = $1";
    let count: i64 = on!(tx, conn => sqlx::query_scalar(sql).bind(account).fetch_one(conn).await?);
    Ok(count > 0)
}

/// Whether there is, or was, an administrator that no directory made.
///
/// # Errors
/// When it cannot be read.
pub async fn has_own_administrator(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT count(*) FROM account
         WHERE role = 'administrator' AND id NOT IN (SELECT account FROM directory_account)";
    let count: i64 = on!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await?);
    Ok(count > 0)
}
