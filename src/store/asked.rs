//! Of a person's row, what asking VTJ about them takes.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
use super::person::{SealedPerson, open, place};
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on};
use crate::identity_code::IdentityCode;

/// Of a row, what asking for base data takes.
#[derive(Debug, sqlx::FromRow)]
pub struct AskedRow {
    /// The patron.
    pub patron: Uuid,
    /// Keyed hash of the code VTJ is asked about.
    pub code_index: Option<Vec<u8>>,
    /// The protection in force by VTJ's word.
    pub protection: String,
    /// Which data key sealed the row.
    pub key_version: i64,
    /// The [`SealedPerson`].
    pub sealed: Option<Vec<u8>>,
}

impl AskedRow {
    /// Opens what is sealed; nothing sealed opens as nothing known.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<SealedPerson> {
        open(keyring, self.patron, self.key_version, self.sealed.as_deref())
    }
}

/// Of a row, only what holds the code VTJ is asked about.
#[derive(sqlx::FromRow)]
pub struct SealedCode {
    /// The patron.
    pub patron: Uuid,
    key_version: i64,
    sealed: Option<Vec<u8>>,
}

impl SealedCode {
    /// Opens the code, and nothing else.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<Option<IdentityCode>> {
        #[derive(serde::Deserialize)]
        struct OnlyCode<'a> {
            #[serde(borrow)]
            code: Option<&'a str>,
        }
        let Some(sealed) = &self.sealed else { return Ok(None) };
        let plain = keyring.get(self.patron, self.key_version)?.open(place(self.patron), sealed)?;
        let wrong = || StoreError::inconsistent("person", "sealed");
        let only: OnlyCode<'_> = serde_json::from_slice(&plain).map_err(|_| wrong())?;
        only.code.map(IdentityCode::parse).transpose().map_err(|_| wrong())
    }
}

/// The codes under which the people on a list are asked about now, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn codes_of_list(tx: &mut Tx, list: Uuid) -> Result<Vec<SealedCode>> {
    let sql = "SELECT person.patron, person.key_version, person.sealed
         FROM follow_member JOIN person ON person.patron = follow_member.patron
         WHERE follow_member.list = $1 AND follow_member.left_version IS NULL
         ORDER BY follow_member.patron";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(list).fetch_all(conn).await?))
}

/// Of some people, what asking for base data takes, and what else decides whether they may be asked about.
#[derive(Debug, sqlx::FromRow)]
pub struct AskableRow {
    /// What asking takes.
    #[sqlx(flatten)]
    pub asked: AskedRow,
    /// The municipality under whose permit they are asked about now.
    pub municipality: String,
    /// `unfollowed`, `waiting` or `following`.
    pub follow_state: String,
    /// Why nobody asks about them.
    pub unfollowed_because: Option<String>,
}

/// What asking about some people takes, by patron.
///
/// # Errors
/// When it cannot be read.
pub async fn of_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<AskableRow>> {
    let mut found = Vec::with_capacity(patrons.len());
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<AskableRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "SELECT patron, code_index, protection, key_version, sealed, municipality, follow_state,
                     unfollowed_because
                 FROM person WHERE patron IN (",
            );
            in_list!(query, patrons);
            query.push(") ORDER BY patron").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
