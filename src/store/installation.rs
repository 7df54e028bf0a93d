//! Facts about the installation itself, by name.

use super::{Result, Tx, on};

/// A fact, if it is known.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    on!(tx, conn => Ok(sqlx::query_scalar("SELECT value FROM installation WHERE name = $1")
        .bind(name).fetch_optional(conn).await?))
}

/// A fact, if it is known, held until the transaction ends, so that what is read of it now can be replaced.
///
/// # Errors
/// When it cannot be locked.
pub async fn locked(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let sql = "UPDATE installation SET value = value WHERE name = $1 RETURNING value";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(name).fetch_optional(conn).await?))
}

/// Stores a fact.
///
/// # Errors
/// When it cannot be stored.
pub async fn set(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    let sql = "INSERT INTO installation (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    on!(tx, conn => sqlx::query(sql).bind(name).bind(value).execute(conn).await?.rows_affected());
    Ok(())
}
