//! What is shown once to one account, and then forgotten: first passwords, one-time codes and tokens of
//! clients, sealed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// Something that is shown for a short while.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShownRow {
    /// Whose it is.
    pub account: Uuid,
    /// `password`, `codes` or `token`.
    pub kind: String,
    /// Who may see it.
    pub viewer: Uuid,
    /// The version of the account's data key that seals it.
    pub key_version: i64,
    /// The words, sealed.
    pub sealed: Vec<u8>,
    /// When it is shown no more.
    pub shown_until: DateTime<Utc>,
}

/// Stores it in place of the account's earlier one of its kind.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, row: &ShownRow) -> Result<()> {
    let sql = "INSERT INTO shown_once (account, kind, viewer, key_version, sealed, shown_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account, kind) DO UPDATE
         SET viewer = excluded.viewer, key_version = excluded.key_version, sealed = excluded.sealed,
             shown_until = excluded.shown_until";
    on!(tx, conn => sqlx::query(sql).bind(row.account).bind(&row.kind).bind(row.viewer).bind(row.key_version)
        .bind(&row.sealed).bind(row.shown_until).execute(conn).await?.rows_affected());
    Ok(())
}

/// What a viewer may still see of an account.
///
/// # Errors
/// When it cannot be read.
pub async fn get(
    tx: &mut Tx,
    account: Uuid,
    kind: &str,
    viewer: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<ShownRow>> {
    let sql = "SELECT account, kind, viewer, key_version, sealed, shown_until FROM shown_once
         WHERE account = $1 AND kind = $2 AND viewer = $3 AND shown_until > $4";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).bind(kind).bind(viewer).bind(now)
        .fetch_optional(conn).await?))
}

/// Forgets it. False when there is none.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid, kind: &str) -> Result<bool> {
    let sql = "DELETE FROM shown_once WHERE account = $1 AND kind = $2";
    Ok(on!(tx, conn => sqlx::query(sql).bind(account).bind(kind).execute(conn).await?.rows_affected()) == 1)
}

/// Forgets what is shown no more. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_over(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM shown_once WHERE shown_until <= $1";
    Ok(on!(tx, conn => sqlx::query(sql).bind(now).execute(conn).await?.rows_affected()))
}
