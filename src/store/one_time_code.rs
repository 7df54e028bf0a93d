//! Codes printed on paper, each of which stands once for the app; only keyed digests are kept.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Stores the codes of an account in place of its earlier ones.
///
/// # Errors
/// When they cannot be stored.
pub async fn replace(tx: &mut Tx, account: Uuid, digests: &[Vec<u8>], at: DateTime<Utc>) -> Result<()> {
    delete(tx, account).await?;
    let sql = "INSERT INTO one_time_code (account, digest, made_at) VALUES ($1, $2, $3)";
    for digest in digests {
        on!(tx, conn => sqlx::query(sql).bind(account).bind(digest).bind(at).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Takes a code. False when the account has none of the digest, or it has been taken before.
///
/// # Errors
/// When it cannot be stored.
pub async fn take(tx: &mut Tx, account: Uuid, digest: &[u8], at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE one_time_code SET used_at = $3 WHERE account = $1 AND digest = $2 AND used_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(account).bind(digest).bind(at).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// How many codes of an account have not been taken.
///
/// # Errors
/// When they cannot be counted.
pub async fn left(tx: &mut Tx, account: Uuid) -> Result<i64> {
    let sql = "SELECT count(*) FROM one_time_code WHERE account = $1 AND used_at IS NULL";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(account).fetch_one(conn).await?))
}

/// Deletes the codes of an account. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid) -> Result<u64> {
    let sql = "DELETE FROM one_time_code WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected()))
}
