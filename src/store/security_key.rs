//! Security keys of accounts, and what they are asked to sign.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A security key of an account.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyRow {
    /// Its identifier.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The name of the site it was made for.
    pub rp_id: String,
    /// Keyed digest of its credential's identifier; no two keys have the same.
    pub credential_digest: Vec<u8>,
    /// The version of the account's data key that seals it.
    pub key_version: i64,
    /// Credential and public key, sealed.
    pub sealed: Vec<u8>,
    /// How often it has signed, as it says itself.
    pub sign_count: i64,
    /// What its holder calls it.
    pub name: String,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// When it was last used to sign in.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What a key is asked to sign in a session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChallengeRow {
    /// The session.
    pub session: Uuid,
    /// `add` or `use`.
    pub purpose: String,
    /// What the answer is compared with.
    pub state: Vec<u8>,
    /// What the browser is told.
    pub options: String,
    /// The name of a key to be added.
    pub name: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

const COLUMNS: &str =
    "id, account, rp_id, credential_digest, key_version, sealed, sign_count, name, added_at, last_used_at";
const CHALLENGE: &str = "session, purpose, state, options, name, made_at";

/// Stores a new key.
///
/// # Errors
/// [`Taken`](super::StoreError::Taken) when somebody has it already.
pub async fn insert(tx: &mut Tx, row: &KeyRow) -> Result<()> {
    let sql =
        format!("INSERT INTO security_key ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.account).bind(&row.rp_id).bind(&row.credential_digest)
        .bind(row.key_version).bind(&row.sealed).bind(row.sign_count).bind(&row.name).bind(row.added_at)
        .bind(row.last_used_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// The keys of an account, the oldest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(tx: &mut Tx, account: Uuid) -> Result<Vec<KeyRow>> {
    let sql = format!("SELECT {COLUMNS} FROM security_key WHERE account = $1 ORDER BY added_at, id");
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).fetch_all(conn).await?))
}

/// Whether somebody has a key of a digest.
///
/// # Errors
/// When it cannot be read.
pub async fn is_known(tx: &mut Tx, digest: &[u8]) -> Result<bool> {
    let sql = "SELECT count(*) FROM security_key WHERE credential_digest = $1";
    let count: i64 = on!(tx, conn => sqlx::query_scalar(sql).bind(digest).fetch_one(conn).await?);
    Ok(count > 0)
}

/// Notes that a key has signed: its row with what it says now. False when it has signed since `before` was read.
///
/// # Errors
/// When it cannot be stored.
pub async fn used(tx: &mut Tx, row: &KeyRow, before: i64) -> Result<bool> {
    let sql = "UPDATE security_key SET key_version = $2, sealed = $3, sign_count = $4, last_used_at = $5
         WHERE id = $1 AND sign_count = $6";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.key_version).bind(&row.sealed)
        .bind(row.sign_count).bind(row.last_used_at).bind(before).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Deletes a key of an account. False when it has none such.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let sql = "DELETE FROM security_key WHERE id = $1 AND account = $2";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(account).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Deletes the keys of an account. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_of(tx: &mut Tx, account: Uuid) -> Result<u64> {
    let sql = "DELETE FROM security_key WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected()))
}

/// Asks a session's key something, in the place of what it was asked before.
///
/// # Errors
/// When it cannot be stored.
pub async fn ask(tx: &mut Tx, row: &ChallengeRow) -> Result<()> {
    let sql = format!(
        "INSERT INTO key_challenge ({CHALLENGE}) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (session) DO UPDATE SET purpose = excluded.purpose, state = excluded.state,
             options = excluded.options, name = excluded.name, made_at = excluded.made_at"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => sqlx::query(sql).bind(row.session).bind(&row.purpose).bind(&row.state).bind(&row.options)
        .bind(&row.name).bind(row.made_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// What a session's key is asked for a purpose, since an instant.
///
/// # Errors
/// When it cannot be read.
pub async fn asked(
    tx: &mut Tx,
    session: Uuid,
    purpose: &str,
    since: DateTime<Utc>,
) -> Result<Option<ChallengeRow>> {
    let sql = format!(
        "SELECT {CHALLENGE} FROM key_challenge WHERE session = $1 AND purpose = $2 AND made_at >= $3"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(session).bind(purpose).bind(since).fetch_optional(conn).await?))
}

/// The same, once: whoever has taken it is the only one.
///
/// # Errors
/// When it cannot be taken.
pub async fn take(
    tx: &mut Tx,
    session: Uuid,
    purpose: &str,
    since: DateTime<Utc>,
) -> Result<Option<ChallengeRow>> {
    let sql = format!("DELETE FROM key_challenge WHERE session = $1 AND purpose = $2 RETURNING {CHALLENGE}");
    let sql = sqlx::AssertSqlSafe(sql);
    let row: Option<ChallengeRow> =
        on!(tx, conn => sqlx::query_as(sql).bind(session).bind(purpose).fetch_optional(conn).await?);
    Ok(row.filter(|row| row.made_at >= since))
}
