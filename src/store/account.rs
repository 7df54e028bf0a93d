//! Accounts of members of staff.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

/// An account as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccountRow {
    /// Its identifier.
    pub id: Uuid,
    /// The name to sign in with.
    pub name: String,
    /// `administrator`, `reviewer` or `auditor`.
    pub role: String,
    /// Whether the holder may see and decide protected cases.
    pub may_protected: bool,
    /// Argon2id hash of the password.
    pub password_hash: Option<String>,
    /// The operating-system login that proves the account.
    pub os_login: Option<String>,
    /// The holder's own library card; nobody decides on it.
    pub own_card: Option<String>,
    /// The last day of the account.
    pub ends_on: NaiveDate,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// Until when no password is tried.
    pub locked_until: Option<DateTime<Utc>>,
    /// When it was closed.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

const SELECT: &str =
    "SELECT id, name, role, may_protected, password_hash, os_login, own_card, ends_on, failures,
    locked_until, disabled_at, created_at FROM account ";

/// Stores a new account and its municipalities.
///
/// # Errors
/// [`StoreError::Taken`](super::StoreError::Taken) when the name is taken.
pub async fn insert(tx: &mut Tx, row: &AccountRow, municipalities: &[String]) -> Result<()> {
    let sql =
        "INSERT INTO account (id, name, role, may_protected, password_hash, os_login, own_card, ends_on,
             failures, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)";
    on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.role)
        .bind(row.may_protected)
        .bind(&row.password_hash)
        .bind(&row.os_login)
        .bind(&row.own_card)
        .bind(row.ends_on)
        .bind(row.created_at)
        .execute(conn)
        .await?.rows_affected());
    insert_municipalities(tx, row.id, municipalities).await
}

async fn insert_municipalities(tx: &mut Tx, account: Uuid, municipalities: &[String]) -> Result<()> {
    let sql =
        "INSERT INTO account_municipality (account, municipality) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    for municipality in municipalities {
        on!(tx, conn => sqlx::query(sql).bind(account).bind(municipality).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// The account of a name.
///
/// # Errors
/// When it cannot be read.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<AccountRow>> {
    on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new(SELECT);
        query.push("WHERE name = ").push_bind(name);
        Ok(query.build_query_as().fetch_optional(conn).await?)
    })
}

/// One account.
///
/// # Errors
/// When there is none.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<AccountRow> {
    on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new(SELECT);
        query.push("WHERE id = ").push_bind(id);
        Ok(query.build_query_as().fetch_one(conn).await?)
    })
}

/// One account, if there is one of the identifier.
///
/// # Errors
/// When it cannot be read.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<AccountRow>> {
    on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new(SELECT);
        query.push("WHERE id = ").push_bind(id);
        Ok(query.build_query_as().fetch_optional(conn).await?)
    })
}

/// Every account, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn all(tx: &mut Tx) -> Result<Vec<AccountRow>> {
    on!(tx, conn => {
        let mut query = sqlx::QueryBuilder::new(SELECT);
        query.push("ORDER BY name");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// The municipalities of an account, in order.
///
/// # Errors
/// When they cannot be read.
pub async fn municipalities(tx: &mut Tx, account: Uuid) -> Result<Vec<String>> {
    let sql = "SELECT municipality FROM account_municipality WHERE account = $1 ORDER BY municipality";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(account).fetch_all(conn).await?))
}

/// Closes an account.
///
/// # Errors
/// When it is closed already.
pub async fn disable(tx: &mut Tx, account: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(account).bind(at).execute(conn).await?.rows_affected());
    one_row(rows, "the account")
}

/// Locks the row of an account until the transaction ends, so that attempts are counted one by one.
///
/// # Errors
/// When it cannot be locked.
pub async fn lock(tx: &mut Tx, account: Uuid) -> Result<()> {
    let sql = "UPDATE account SET failures = failures WHERE id = $1";
    on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected());
    Ok(())
}

/// Notes a wrong password, and until when none is tried; or, with no failures, a right one.
///
/// # Errors
/// When it cannot be stored.
pub async fn note_attempt(
    tx: &mut Tx,
    account: Uuid,
    failures: i64,
    locked_until: Option<DateTime<Utc>>,
) -> Result<()> {
    let sql = "UPDATE account SET failures = $2, locked_until = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(sql).bind(account).bind(failures).bind(locked_until).execute(conn).await?.rows_affected());
    Ok(())
}

/// Replaces the hash of an account's password.
///
/// # Errors
/// When there is no such account, or it cannot be stored.
pub async fn set_password(tx: &mut Tx, account: Uuid, hash: &str) -> Result<()> {
    let sql = "UPDATE account SET password_hash = $2 WHERE id = $1";
    let rows =
        on!(tx, conn => sqlx::query(sql).bind(account).bind(hash).execute(conn).await?.rows_affected());
    one_row(rows, "the account")
}

/// The language in which an account wants its pages; none for that of the browser.
///
/// # Errors
/// When there is no such account, or it cannot be read.
pub async fn language(tx: &mut Tx, account: Uuid) -> Result<Option<String>> {
    let sql = "SELECT language FROM account WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(account).fetch_one(conn).await?))
}

/// Notes the language in which an account wants its pages; none for that of the browser.
///
/// # Errors
/// When there is no such account, or it cannot be stored.
pub async fn set_language(tx: &mut Tx, account: Uuid, language: Option<&str>) -> Result<()> {
    let sql = "UPDATE account SET language = $2 WHERE id = $1";
    let rows =
        on!(tx, conn => sqlx::query(sql).bind(account).bind(language).execute(conn).await?.rows_affected());
    one_row(rows, "the account")
}

/// Replaces the last day of an account that is not closed.
///
/// # Errors
/// When it is closed, or it cannot be stored.
pub async fn set_ends_on(tx: &mut Tx, account: Uuid, ends_on: NaiveDate) -> Result<()> {
    let sql = "UPDATE account SET ends_on = $2 WHERE id = $1 AND disabled_at IS NULL";
    let rows =
        on!(tx, conn => sqlx::query(sql).bind(account).bind(ends_on).execute(conn).await?.rows_affected());
    one_row(rows, "the account")
}

/// Replaces role, clearance and municipalities of an account that is not closed.
///
/// # Errors
/// When it is closed, or it cannot be stored.
pub async fn set_rights(
    tx: &mut Tx,
    account: Uuid,
    role: &str,
    may_protected: bool,
    municipalities: &[String],
) -> Result<()> {
    let sql = "UPDATE account SET role = $2, may_protected = $3 WHERE id = $1 AND disabled_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(account).bind(role).bind(may_protected)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the account")?;
    let sql = "DELETE FROM account_municipality WHERE account = $1";
    on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await?.rows_affected());
    insert_municipalities(tx, account, municipalities).await
}
