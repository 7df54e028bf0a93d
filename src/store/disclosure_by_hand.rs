//! What the library handed out by hand because the law made it: to whom, what, by which law, and who decided.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
use super::{Result, StoreError, Tx, on, one_row};
use crate::seal::{DataKey, Place};

/// A disclosure by hand as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ByHandRow {
    /// Its identifier.
    pub id: Uuid,
    /// When it was written down.
    pub recorded_at: DateTime<Utc>,
    /// When it was handed out.
    pub handed_out_on: NaiveDate,
    /// About whom.
    pub patron: Uuid,
    /// The municipality whose patron it was.
    pub municipality: String,
    /// The section of law.
    pub legal_basis: String,
    /// What was handed out: columns of the patron file, separated by spaces.
    pub fields: String,
    /// The account that wrote it down.
    pub account: Uuid,
    /// Its name.
    pub actor: String,
    /// Which data key of the patron sealed the rest.
    pub key_version: i64,
    /// [`SealedByHand`], sealed.
    pub sealed: Vec<u8>,
}

/// What of it may tell something about the patron or about staff, sealed with the patron's key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SealedByHand {
    /// To whom.
    pub recipient: String,
    /// Who decided that it had to be handed out.
    pub decided_by: String,
}

fn place(id: Uuid) -> Place {
    Place { table: "disclosure_by_hand", column: "sealed", row: id }
}

/// Seals what is kept sealed of a disclosure by hand.
///
/// # Errors
/// When it is absurdly long.
pub fn seal(key: &DataKey, id: Uuid, content: &SealedByHand) -> Result<Vec<u8>> {
    let json =
        serde_json::to_vec(content).map_err(|_| StoreError::inconsistent("disclosure_by_hand", "sealed"))?;
    Ok(key.seal(place(id), &json)?)
}

impl ByHandRow {
    /// What is sealed of it, opened.
    ///
    /// # Errors
    /// When the patron's key is gone or another.
    pub fn open(&self, keyring: &Keyring) -> Result<SealedByHand> {
        let opened = keyring.get(self.patron, self.key_version)?.open(place(self.id), &self.sealed)?;
        serde_json::from_slice(&opened).map_err(|_| StoreError::inconsistent("disclosure_by_hand", "sealed"))
    }
}

const COLUMNS: &str =
    "id, recorded_at, handed_out_on, patron, municipality, legal_basis, fields, account, actor,
    key_version, sealed";

/// Stores a disclosure by hand.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &ByHandRow) -> Result<()> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("INSERT INTO disclosure_by_hand ({COLUMNS}) "));
        query.push_values([row], |mut to, row| {
            to.push_bind(row.id)
                .push_bind(row.recorded_at)
                .push_bind(row.handed_out_on)
                .push_bind(row.patron)
                .push_bind(&row.municipality)
                .push_bind(&row.legal_basis)
                .push_bind(&row.fields)
                .push_bind(row.account)
                .push_bind(&row.actor)
                .push_bind(row.key_version)
                .push_bind(&row.sealed);
        });
        query.build().execute(conn).await?;
    });
    Ok(())
}

/// Which disclosures by hand to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those about this patron.
    pub patron: Option<Uuid>,
    /// Those written down by this account.
    pub actor: Option<String>,
    /// Those written down at or after this instant.
    pub since: Option<DateTime<Utc>>,
    /// Those written down before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// Disclosures by hand, oldest first. There are few.
///
/// # Errors
/// When they cannot be read.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<ByHandRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM disclosure_by_hand WHERE 1 = 1"));
        if let Some(patron) = filter.patron {
            query.push(" AND patron = ").push_bind(patron);
        }
        if let Some(actor) = &filter.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(since) = filter.since {
            query.push(" AND recorded_at >= ").push_bind(since);
        }
        if let Some(until) = filter.until {
            query.push(" AND recorded_at < ").push_bind(until);
        }
        query.push(" ORDER BY recorded_at, id");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// One disclosure by hand.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<ByHandRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM disclosure_by_hand WHERE id = $1"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

/// Seals those about a patron anew with a newer key; those that do not open any more stay as they are.
///
/// # Errors
/// When they cannot be stored.
pub async fn reseal(tx: &mut Tx, keyring: &Keyring, patron: Uuid) -> Result<()> {
    let newest = keyring.newest(patron)?;
    let sql = "UPDATE disclosure_by_hand SET key_version = $2, sealed = $3 WHERE id = $1";
    for row in list(tx, &Filter { patron: Some(patron), ..Filter::default() }).await? {
        let Ok(content) = row.open(keyring) else { continue };
        let sealed = seal(newest, row.id, &content)?;
        let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(newest.version).bind(sealed)
            .execute(conn).await?.rows_affected());
        one_row(rows, "the disclosure by hand")?;
    }
    Ok(())
}

/// Deletes those written down before an instant.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM disclosure_by_hand WHERE recorded_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).execute(conn).await?.rows_affected()))
}
