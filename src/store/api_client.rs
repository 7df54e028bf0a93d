//! Clients of the JSON interface.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A client as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiClientRow {
    /// Its identifier.
    pub id: Uuid,
    /// In whose name it acts.
    pub account: Uuid,
    /// What its holder calls it.
    pub name: String,
    /// SHA-256 of its token.
    pub token_digest: Vec<u8>,
    /// Whether it may change anything.
    pub may_decide: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

const SELECT: &str =
    "SELECT id, account, name, token_digest, may_decide, created_at, ends_on, last_used_at, revoked_at
    FROM api_client ";

/// Stores a new client.
///
/// # Errors
/// [`StoreError::Taken`](super::StoreError::Taken) when the account has had a client of the name.
pub async fn insert(tx: &mut Tx, row: &ApiClientRow) -> Result<()> {
    let sql = "INSERT INTO api_client (id, account, name, token_digest, may_decide, created_at, ends_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.account).bind(&row.name).bind(&row.token_digest)
        .bind(row.may_decide).bind(row.created_at).bind(row.ends_on).execute(conn).await?.rows_affected());
    Ok(())
}

/// The client of a token, whether it is still in force or not.
///
/// # Errors
/// When it cannot be read.
pub async fn by_digest(tx: &mut Tx, digest: &[u8]) -> Result<Option<ApiClientRow>> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE token_digest = $1"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(digest).fetch_optional(conn).await?))
}

/// The clients of an account, the newest first, those that are no more included.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(tx: &mut Tx, account: Uuid) -> Result<Vec<ApiClientRow>> {
    let sql = sqlx::AssertSqlSafe(format!("{SELECT} WHERE account = $1 ORDER BY created_at DESC, id DESC"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).fetch_all(conn).await?))
}

/// Notes that a client is in use.
///
/// # Errors
/// When it cannot be stored.
pub async fn used(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE api_client SET last_used_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Revokes a client of an account; false when there is none that has not been revoked.
///
/// # Errors
/// When it cannot be stored.
pub async fn revoke(tx: &mut Tx, account: Uuid, id: Uuid, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE api_client SET revoked_at = $3 WHERE id = $2 AND account = $1 AND revoked_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(account).bind(id).bind(at).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}
