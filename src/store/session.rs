//! Sessions of the staff pages.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// Its identifier, which may be shown and named in the audit log.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// SHA-256 of the word in the cookie.
    pub token_digest: Vec<u8>,
    /// The language of the pages: `fi`, `sv` or `en`.
    pub language: String,
    /// What the browser says of itself, shortened.
    pub agent: String,
    /// The network address it was begun from.
    pub address: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Whether it has seen a password only, and waits for the second factor.
    pub is_half: bool,
}

const SELECT: &str =
    "SELECT id, account, token_digest, language, agent, address, created_at, seen_at, expires_at,
    ended_at, is_half FROM session ";

/// Stores a new session.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &SessionRow) -> Result<()> {
    let sql = "INSERT INTO session
             (id, account, token_digest, language, agent, address, created_at, seen_at, expires_at,
              is_half)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.account).bind(&row.token_digest).bind(&row.language)
        .bind(&row.agent).bind(&row.address).bind(row.created_at).bind(row.seen_at).bind(row.expires_at)
        .bind(row.is_half).execute(conn).await?.rows_affected());
    Ok(())
}

/// The session of a cookie's word, ended or not.
///
/// # Errors
/// When it cannot be read.
pub async fn by_digest(tx: &mut Tx, digest: &[u8]) -> Result<Option<SessionRow>> {
    let sql = format!("{SELECT} WHERE token_digest = $1");
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(digest).fetch_optional(conn).await?))
}

/// The sessions of an account that have not ended and not run out, the newest first; none that waits for the second
/// factor.
///
/// # Errors
/// When they cannot be read.
pub async fn open_of(tx: &mut Tx, account: Uuid, now: DateTime<Utc>) -> Result<Vec<SessionRow>> {
    let sql = format!(
        "{SELECT} WHERE account = $1 AND ended_at IS NULL AND expires_at > $2 AND NOT is_half ORDER BY created_at DESC, id"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).bind(now).fetch_all(conn).await?))
}

/// Notes that a session is in use.
///
/// # Errors
/// When it cannot be stored.
pub async fn seen(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE session SET seen_at = $2 WHERE id = $1 AND ended_at IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes the language its holder wants.
///
/// # Errors
/// When there is no such session, or it cannot be stored.
pub async fn set_language(tx: &mut Tx, id: Uuid, language: &str) -> Result<()> {
    let sql = "UPDATE session SET language = $2 WHERE id = $1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(language).execute(conn).await?.rows_affected());
    one_row(rows, "the session")
}

/// Ends one session of an account; false when there is none that has not ended.
///
/// # Errors
/// When it cannot be stored.
pub async fn end(tx: &mut Tx, account: Uuid, id: Uuid, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE session SET ended_at = $3 WHERE id = $2 AND account = $1 AND ended_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(account).bind(id).bind(at).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Ends every session of an account. How many there were.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_all(tx: &mut Tx, account: Uuid, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE session SET ended_at = $2 WHERE account = $1 AND ended_at IS NULL";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).bind(at).execute(conn).await?.rows_affected()))
}

/// Ends every session of an account but one. How many there were.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_others(tx: &mut Tx, account: Uuid, but: Uuid, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE session SET ended_at = $3 WHERE account = $1 AND id <> $2 AND ended_at IS NULL";
    Ok(
        on!(tx, conn => sqlx::query(sql).bind(account).bind(but).bind(at).execute(conn).await?.rows_affected()),
    )
}

/// What the sessions of an account come to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Use {
    /// Whose they are.
    pub account: Uuid,
    /// How many are open.
    pub open: i64,
    /// When one was last used.
    pub seen_at: DateTime<Utc>,
}

/// What the sessions of each account come to, by account: open are those that have not ended, not run out, and were
/// used after `idle`.
///
/// # Errors
/// When they cannot be read.
pub async fn uses(tx: &mut Tx, now: DateTime<Utc>, idle: DateTime<Utc>) -> Result<Vec<Use>> {
    let sql = "SELECT account, max(seen_at) AS seen_at,
             sum(CASE WHEN ended_at IS NULL AND expires_at > $1 AND seen_at > $2 THEN 1 ELSE 0 END) AS open
         FROM session WHERE NOT is_half GROUP BY account ORDER BY account";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(now).bind(idle).fetch_all(conn).await?))
}

/// Deletes sessions that ran out before an instant. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM session WHERE expires_at < $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
