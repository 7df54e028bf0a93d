//! Leases: one holder of a task at a time. Only the database's clock decides.

use super::{Result, StoreError, Tx, on};

/// The lease row of a task.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LeaseRow {
    /// The task.
    pub task: String,
    /// Who holds it.
    pub holder: String,
    /// Grows with every change of holder; every write of the task names it.
    pub epoch: i64,
    /// When it ends, by the database's clock, in milliseconds since 1970.
    pub expires_ms: i64,
}

/// The lease of a task, if it was ever taken.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, task: &str) -> Result<Option<LeaseRow>> {
    let sql = "SELECT task, holder, epoch, expires_ms FROM lease WHERE task = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(task).fetch_optional(conn).await?))
}

/// Takes the lease if it is free, has run out, or is held by `gone`. Returns the new epoch.
///
/// # Errors
/// When it cannot be stored.
pub async fn take(
    tx: &mut Tx,
    task: &str,
    holder: &str,
    ttl_ms: i64,
    gone: Option<&str>,
) -> Result<Option<i64>> {
    let now = tx.database_now_ms().await?;
    let create =
        "INSERT INTO lease (task, holder, epoch, expires_ms) VALUES ($1, '', 0, 0) ON CONFLICT DO NOTHING";
    on!(tx, conn => sqlx::query(create).bind(task).execute(conn).await?.rows_affected());
    let sql = "UPDATE lease SET holder = $2, epoch = epoch + 1, expires_ms = $3
         WHERE task = $1 AND (expires_ms < $4 OR holder = $5)
         RETURNING epoch";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(task).bind(holder).bind(now + ttl_ms).bind(now)
        .bind(gone.unwrap_or("")).fetch_optional(conn).await?))
}

/// Proves inside a transaction that the lease is still ours, and prolongs it.
///
/// The row is locked until the transaction ends, so nobody can take the lease between the check and the
/// commit.
///
/// # Errors
/// [`StoreError::LeaseLost`] when it is not.
pub async fn prove(tx: &mut Tx, task: &str, holder: &str, epoch: i64, ttl_ms: i64) -> Result<()> {
    let now = tx.database_now_ms().await?;
    let sql = "UPDATE lease SET expires_ms = $4 WHERE task = $1 AND holder = $2 AND epoch = $3";
    let rows = on!(tx, conn => sqlx::query(sql).bind(task).bind(holder).bind(epoch).bind(now + ttl_ms)
        .execute(conn).await?.rows_affected());
    if rows == 1 { Ok(()) } else { Err(StoreError::LeaseLost(task.to_owned())) }
}

/// Gives the lease back.
///
/// # Errors
/// When it cannot be stored.
pub async fn release(tx: &mut Tx, task: &str, holder: &str, epoch: i64) -> Result<()> {
    let sql = "UPDATE lease SET expires_ms = 0 WHERE task = $1 AND holder = $2 AND epoch = $3";
    on!(tx, conn => sqlx::query(sql).bind(task).bind(holder).bind(epoch).execute(conn).await?.rows_affected());
    Ok(())
}
