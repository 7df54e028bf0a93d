//! What other providers than VTJ say of patrons: one statement for each patron and provider, sealed.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on};
use crate::protected::{Protected, Protection};
use crate::provenance::{Claim, Provider, Said};
use crate::seal::{DataKey, Place};

/// A statement as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClaimRow {
    /// Its identifier.
    pub id: Uuid,
    /// The patron.
    pub patron: Uuid,
    /// The provider's name.
    pub provider: String,
    /// From when it holds.
    pub said_at: DateTime<Utc>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// Which data key sealed it.
    pub key_version: i64,
    /// The [`Said`].
    pub sealed: Vec<u8>,
}

const COLUMNS: &str = "id, patron, provider, said_at, received_at, key_version, sealed";

impl ClaimRow {
    /// Opens what is sealed.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<Said> {
        let plain = keyring.get(self.patron, self.key_version)?.open(place(self.id), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::inconsistent("claim", "sealed"))
    }

    /// The statement as the core knows it, under the protection in force.
    ///
    /// # Errors
    /// When the row does not open, or holds a value we do not know.
    pub fn claim(&self, keyring: &Keyring, protection: Protection) -> Result<Claim> {
        let Said { last_name, first_names, address, language } = self.open(keyring)?;
        Ok(Claim {
            provider: Provider::new(&self.provider)
                .map_err(|_| StoreError::inconsistent("claim", "provider"))?,
            said_at: self.said_at,
            last_name,
            first_names,
            address: Protected::new(address, protection),
            language,
        })
    }
}

/// Seals a statement.
///
/// # Errors
/// When it cannot be sealed.
pub fn seal(key: &DataKey, id: Uuid, content: &Said) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(
        serde_json::to_vec(content).map_err(|_| StoreError::inconsistent("claim", "sealed"))?,
    );
    Ok(key.seal(place(id), &plain)?)
}

fn place(id: Uuid) -> Place {
    Place { table: "claim", column: "sealed", row: id }
}

/// Stores a statement in the place of an earlier one of the same provider about the same patron.
///
/// # Errors
/// When it cannot be stored.
pub async fn put(tx: &mut Tx, row: &ClaimRow) -> Result<()> {
    let sql = "INSERT INTO claim (id, patron, provider, said_at, received_at, key_version, sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (patron, provider) DO UPDATE
         SET id = excluded.id, said_at = excluded.said_at, received_at = excluded.received_at,
             key_version = excluded.key_version, sealed = excluded.sealed";
    on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.patron)
        .bind(&row.provider)
        .bind(row.said_at)
        .bind(row.received_at)
        .bind(row.key_version)
        .bind(&row.sealed)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// What is said of these patrons, by patron and provider.
///
/// # Errors
/// When it cannot be read.
pub async fn of_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<ClaimRow>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<ClaimRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM claim WHERE patron IN ("));
            in_list!(query, patrons);
            query.push(") ORDER BY patron, provider");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Deletes what is said of a patron: when protection starts, and when the patron is forgotten.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete_of(tx: &mut Tx, patron: Uuid) -> Result<u64> {
    let sql = "DELETE FROM claim WHERE patron = $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(patron).execute(conn).await?.rows_affected()))
}

/// Deletes what was received before an instant, unless a finding that rests on it is still open.
///
/// # Errors
/// When it cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM claim
         WHERE received_at < $1
           AND NOT EXISTS (
             SELECT 1 FROM finding f
             WHERE f.patron = claim.patron AND f.source = 'external:' || claim.provider
               AND f.state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying',
                   'outcome_unknown', 'written'))";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
