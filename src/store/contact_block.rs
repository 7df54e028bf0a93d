//! How a municipality's library is reached, in each language: every version, of which the newest counts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// One version of a contact block.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ContactRow {
    /// The three digits of the municipality.
    pub municipality: String,
    /// `fi`, `sv` or `en`.
    pub language: String,
    /// Its number, from 1.
    pub version: i64,
    /// The name of the library.
    pub library: String,
    /// The street address.
    pub street: String,
    /// The postal code.
    pub postal_code: String,
    /// The post town.
    pub city: String,
    /// The telephone number.
    pub phone: String,
    /// The e-mail address.
    pub email: String,
    /// The opening hours, in lines.
    pub opening_hours: String,
    /// The web address.
    pub web: String,
    /// The account that wrote it.
    pub changed_by: Uuid,
    /// Its name.
    pub changed_by_name: String,
    /// When it was written.
    pub changed_at: DateTime<Utc>,
}

const COLUMNS: &str =
    "b.municipality, b.language, b.version, b.library, b.street, b.postal_code, b.city, b.phone,
    b.email, b.opening_hours, b.web, b.changed_by, a.name AS changed_by_name, b.changed_at
    FROM contact_block b JOIN account a ON a.id = b.changed_by";

/// Stores a version. The name of the account is that of its own row.
///
/// # Errors
/// [`Taken`](super::StoreError::Taken) when there is such a version already.
pub async fn insert(tx: &mut Tx, row: &ContactRow) -> Result<()> {
    let sql = "INSERT INTO contact_block
             (municipality, language, version, library, street, postal_code, city, phone, email, opening_hours, web,
              changed_by, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    on!(tx, conn => sqlx::query(sql).bind(&row.municipality).bind(&row.language).bind(row.version)
        .bind(&row.library).bind(&row.street).bind(&row.postal_code).bind(&row.city).bind(&row.phone)
        .bind(&row.email).bind(&row.opening_hours).bind(&row.web).bind(row.changed_by).bind(row.changed_at)
        .execute(conn).await?.rows_affected());
    Ok(())
}

/// Every version of a municipality, by language, the newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of(tx: &mut Tx, municipality: &str) -> Result<Vec<ContactRow>> {
    let sql = format!("SELECT {COLUMNS} WHERE b.municipality = $1 ORDER BY b.language, b.version DESC");
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(municipality).fetch_all(conn).await?))
}

/// The newest version of every municipality and language, by both.
///
/// # Errors
/// When they cannot be read.
pub async fn newest(tx: &mut Tx) -> Result<Vec<ContactRow>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE b.version = (SELECT max(o.version) FROM contact_block o
             WHERE o.municipality = b.municipality AND o.language = b.language)
         ORDER BY b.municipality, b.language"
    );
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}
