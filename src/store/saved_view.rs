//! Filters of the queue that accounts have given names.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A filter with a name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedView {
    /// Its identifier.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The name.
    pub name: String,
    /// The filter, as a query string.
    pub filter: String,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

/// Stores a view.
///
/// # Errors
/// [`Taken`](super::StoreError::Taken) when the account has one of that name.
pub async fn insert(tx: &mut Tx, view: &SavedView) -> Result<()> {
    let sql = "INSERT INTO saved_view (id, account, name, filter, created_at) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, conn => sqlx::query(sql)
        .bind(view.id)
        .bind(view.account)
        .bind(&view.name)
        .bind(&view.filter)
        .bind(view.created_at)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// The views of an account, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(tx: &mut Tx, account: Uuid) -> Result<Vec<SavedView>> {
    let sql = "SELECT id, account, name, filter, created_at FROM saved_view WHERE account = $1 ORDER BY name";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).fetch_all(conn).await?))
}

/// Deletes a view of an account; false when it has none such.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<bool> {
    let sql = "DELETE FROM saved_view WHERE id = $1 AND account = $2";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(account).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}
