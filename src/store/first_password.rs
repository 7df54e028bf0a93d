//! Passwords that an administrator has handed over, until their holders have chosen others.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Notes that an account's password was handed over.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO first_password (account, made_at) VALUES ($1, $2)
         ON CONFLICT (account) DO UPDATE SET made_at = excluded.made_at";
    on!(tx, conn => sqlx::query(sql).bind(account).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// When an account's password was handed over, if its holder has chosen no other since.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, account: Uuid) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT made_at FROM first_password WHERE account = $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(account).fetch_optional(conn).await?))
}

/// Notes that the holder has chosen another. False when the password was not handed over.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid) -> Result<bool> {
    let sql = "DELETE FROM first_password WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected()) == 1)
}
