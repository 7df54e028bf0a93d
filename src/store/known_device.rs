//! Browsers from which accounts have signed in.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Notes that an account has signed in from a device.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, digest: &[u8], account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO known_device (digest, account, made_at, used_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (digest, account) DO UPDATE SET used_at = excluded.used_at";
    on!(tx, conn => sqlx::query(sql).bind(digest).bind(account).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Whether an account, or any when none is named, has signed in from a device.
///
/// # Errors
/// When it cannot be read.
pub async fn is_known(tx: &mut Tx, digest: &[u8], account: Option<Uuid>) -> Result<bool> {
    let sql = "SELECT account FROM known_device WHERE digest = $1 ORDER BY account";
    let found: Vec<Uuid> = on!(tx, conn => sqlx::query_scalar(sql).bind(digest).fetch_all(conn).await?);
    Ok(account.map_or(!found.is_empty(), |account| found.contains(&account)))
}

/// Forgets the devices of an account, but for one. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn forget(tx: &mut Tx, account: Uuid, but: &[u8]) -> Result<u64> {
    let sql = "DELETE FROM known_device WHERE account = $1 AND digest <> $2";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).bind(but).execute(conn).await?.rows_affected()))
}

/// Forgets devices that were last used before an instant. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM known_device WHERE used_at < $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
