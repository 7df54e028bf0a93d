//! The second factor of accounts: the sealed secret of an app that makes codes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// The secret of an account's app.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorRow {
    /// Whose it is.
    pub account: Uuid,
    /// `pending` until a code of it has been given, then `confirmed`.
    pub state: String,
    /// The version of the account's data key that seals it.
    pub key_version: i64,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The time step of the last code that was taken; none up to it is taken again.
    pub last_step: i64,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// The secret of an account in a state, if there is one.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, account: Uuid, state: &str) -> Result<Option<FactorRow>> {
    let sql = "SELECT account, state, key_version, sealed, last_step, made_at FROM second_factor
         WHERE account = $1 AND state = $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).bind(state).fetch_optional(conn).await?))
}

/// Stores a secret in place of the account's earlier one in the same state.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, row: &FactorRow) -> Result<()> {
    let sql = "INSERT INTO second_factor (account, state, key_version, sealed, last_step, made_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account, state) DO UPDATE
         SET key_version = excluded.key_version, sealed = excluded.sealed, last_step = excluded.last_step,
             made_at = excluded.made_at";
    on!(tx, conn => sqlx::query(sql).bind(row.account).bind(&row.state).bind(row.key_version).bind(&row.sealed)
        .bind(row.last_step).bind(row.made_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Makes the pending secret the one in force, its first code taken. False when none is pending.
///
/// # Errors
/// When it cannot be stored.
pub async fn confirm(tx: &mut Tx, account: Uuid, step: i64) -> Result<bool> {
    let delete = "DELETE FROM second_factor WHERE account = $1 AND state = 'confirmed'
         AND EXISTS (SELECT 1 FROM second_factor p WHERE p.account = $1 AND p.state = 'pending')";
    on!(tx, conn => sqlx::query(delete).bind(account).execute(conn).await?.rows_affected());
    let sql = "UPDATE second_factor SET state = 'confirmed', last_step = $2
         WHERE account = $1 AND state = 'pending'";
    let rows =
        on!(tx, conn => sqlx::query(sql).bind(account).bind(step).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Takes the code of a time step. False when it, or one of a later step, has been taken before.
///
/// # Errors
/// When it cannot be stored.
pub async fn take_step(tx: &mut Tx, account: Uuid, step: i64) -> Result<bool> {
    let sql = "UPDATE second_factor SET last_step = $2
         WHERE account = $1 AND state = 'confirmed' AND last_step < $2";
    let rows =
        on!(tx, conn => sqlx::query(sql).bind(account).bind(step).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Deletes the secrets of an account. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid) -> Result<u64> {
    let sql = "DELETE FROM second_factor WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected()))
}

/// Accounts whose second factor is in force, in order.
///
/// # Errors
/// When they cannot be read.
pub async fn holders(tx: &mut Tx) -> Result<Vec<Uuid>> {
    let sql = "SELECT account FROM second_factor WHERE state = 'confirmed' ORDER BY account";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_all(conn).await?))
}
