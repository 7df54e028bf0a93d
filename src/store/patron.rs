//! Rows of the patron register.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, one_row, pieces};
use crate::finding::Field;
use crate::identity_code::IdentityCode;
use crate::municipality::{Language, MunicipalityCode};
use crate::name::searched_name;
use crate::patron::{Note, Patron, PatronContact, PatronKind};
use crate::protected::{Protected, Protection};
use crate::seal::{DataKey, Place};

/// A row as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PatronRow {
    /// Our identifier.
    pub id: Uuid,
    /// The register's identifier.
    pub patron_id: String,
    /// The card.
    pub card_number: String,
    /// Keyed hash of the identity code.
    pub code_index: Option<Vec<u8>>,
    /// Which data key sealed the row.
    pub key_version: i64,
    /// Identity code and contact columns, sealed.
    pub sealed: Vec<u8>,
    /// Surname.
    pub last_name: String,
    /// First names.
    pub first_names: String,
    /// Birth date.
    pub birth_date: Option<NaiveDate>,
    /// Language, fi, sv or en.
    pub language: Option<String>,
    /// Patron group.
    pub patron_group: String,
    /// Municipality code.
    pub municipality: String,
    /// Home library.
    pub home_library: String,
    /// Registration date.
    pub registered_on: Option<NaiveDate>,
    /// Last use of the card.
    pub last_active_on: Option<NaiveDate>,
    /// The patron's own last edit.
    pub last_patron_edit_on: Option<NaiveDate>,
    /// The guarantor's patron_id.
    pub guarantor_patron_id: Option<String>,
    /// Open loans.
    pub open_loans: Option<i64>,
    /// Unpaid fees, in cents.
    pub unpaid_fees_cents: Option<i64>,
    /// Oldest due date.
    pub oldest_due_date: Option<NaiveDate>,
    /// Owner of the oldest loan.
    pub owning_library: String,
    /// Card expiry.
    pub card_expires_on: Option<NaiveDate>,
    /// person or organisation.
    pub kind: String,
    /// The library's own mark of protection.
    pub protected_mark: bool,
    /// Notes, separated by semicolons.
    pub notes: String,
    /// Keyed digest of the row in the last import.
    pub row_digest: Vec<u8>,
    /// Whether the last import had the patron.
    pub in_register: bool,
    /// The import that saw the patron last.
    pub last_import: Uuid,
    /// Where applied values came from, as JSON: column → source.
    pub sources: String,
    /// Grows with every change.
    pub version: i64,
    /// When we first saw the patron.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is sealed of a patron's row.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct SealedColumns {
    /// The identity code.
    pub code: Option<String>,
    /// The contact columns.
    pub contact: PatronContact,
    /// The guarantor's name as written at registration.
    pub guarantor_name: String,
}

/// Where the sealed columns of a patron belong.
pub fn sealed_place(patron: Uuid) -> Place {
    Place { table: "patron", column: "sealed", row: patron }
}

/// Seals the columns of a patron.
///
/// # Errors
/// When they are absurdly long.
pub fn seal(key: &DataKey, columns: &SealedColumns) -> Result<Vec<u8>> {
    let plain = zeroize::Zeroizing::new(
        serde_json::to_vec(columns).map_err(|_| StoreError::inconsistent("patron", "sealed"))?,
    );
    Ok(key.seal(sealed_place(key.patron), &plain)?)
}

impl PatronRow {
    /// Opens the sealed columns.
    ///
    /// # Errors
    /// When the key is gone or the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<SealedColumns> {
        let plain = keyring.get(self.id, self.key_version)?.open(sealed_place(self.id), &self.sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::inconsistent("patron", "sealed"))
    }

    /// The text of a column that a finding can be about.
    pub fn text(&self, columns: &SealedColumns, field: Field) -> String {
        let address = &columns.contact.address;
        match field {
            Field::IdentityCode => columns.code.clone().unwrap_or_default(),
            Field::LastName => self.last_name.clone(),
            Field::FirstNames => self.first_names.clone(),
            Field::BirthDate => self.birth_date.map(|date| date.to_string()).unwrap_or_default(),
            Field::StreetAddress => address.street_address.clone(),
            Field::CareOf => address.care_of.clone(),
            Field::PostalCode => address.postal_code.clone(),
            Field::City => address.city.clone(),
            Field::Country => address.country.clone(),
            Field::Language => self.language.clone().unwrap_or_default(),
        }
    }

    /// The patron as the core knows them, with the protection in force.
    ///
    /// # Errors
    /// When the row does not open, or holds a value we do not know.
    pub fn patron(&self, keyring: &Keyring, protection: Protection) -> Result<Patron> {
        let columns = self.open(keyring)?;
        let code = match &columns.code {
            None => None,
            Some(text) => Some(
                IdentityCode::parse(text).map_err(|_| StoreError::inconsistent("patron", "identity_code"))?,
            ),
        };
        // The register's own contact details are masked by an order, not by doubt.
        let masked = match protection {
            Protection::Yes => Protection::Yes,
            Protection::No | Protection::Unknown if self.protected_mark => Protection::Yes,
            Protection::No | Protection::Unknown => Protection::No,
        };
        Ok(Patron {
            id: self.id,
            patron_id: self.patron_id.clone(),
            card_number: self.card_number.clone(),
            code,
            last_name: self.last_name.clone(),
            first_names: self.first_names.clone(),
            birth_date: self.birth_date,
            contact: Protected::new(columns.contact, masked),
            language: self.language.as_deref().and_then(Language::from_code),
            municipality: MunicipalityCode::parse(&self.municipality)
                .map_err(|_| StoreError::inconsistent("patron", "municipality"))?,
            kind: self.kind()?,
            protected_mark: self.protected_mark,
            notes: self.notes(),
            guarantor_patron_id: self.guarantor_patron_id.clone(),
            guarantor_name: Some(columns.guarantor_name).filter(|name| !name.is_empty()),
            in_register: self.in_register,
            version: self.version,
        })
    }

    /// The notes as a set.
    pub fn notes(&self) -> BTreeSet<Note> {
        self.notes.split(';').filter_map(Note::from_word).collect()
    }

    /// A person or an organisation.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn kind(&self) -> Result<PatronKind> {
        match self.kind.as_str() {
            "person" => Ok(PatronKind::Person),
            "organisation" => Ok(PatronKind::Organisation),
            _ => Err(StoreError::inconsistent("patron", "kind")),
        }
    }
}

pub(super) const COLUMNS: &str =
    "id, patron_id, card_number, code_index, key_version, sealed, last_name, first_names,
    birth_date, language, patron_group, municipality, home_library, registered_on, last_active_on,
    last_patron_edit_on, guarantor_patron_id, open_loans, unpaid_fees_cents, oldest_due_date,
    owning_library, card_expires_on, kind, protected_mark, notes, row_digest, in_register, last_import,
    sources, version, created_at, updated_at";

/// Stores new patrons.
///
/// # Errors
/// [`StoreError::Taken`] when a patron_id or card_number is taken.
pub async fn insert(tx: &mut Tx, rows: &[PatronRow]) -> Result<()> {
    for rows in pieces(rows) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO patron ({COLUMNS}, written_name) "));
            query.push_values(rows, |mut to, row| {
                to.push_bind(row.id)
                    .push_bind(&row.patron_id)
                    .push_bind(&row.card_number)
                    .push_bind(&row.code_index)
                    .push_bind(row.key_version)
                    .push_bind(&row.sealed)
                    .push_bind(&row.last_name)
                    .push_bind(&row.first_names)
                    .push_bind(row.birth_date)
                    .push_bind(&row.language)
                    .push_bind(&row.patron_group)
                    .push_bind(&row.municipality)
                    .push_bind(&row.home_library)
                    .push_bind(row.registered_on)
                    .push_bind(row.last_active_on)
                    .push_bind(row.last_patron_edit_on)
                    .push_bind(&row.guarantor_patron_id)
                    .push_bind(row.open_loans)
                    .push_bind(row.unpaid_fees_cents)
                    .push_bind(row.oldest_due_date)
                    .push_bind(&row.owning_library)
                    .push_bind(row.card_expires_on)
                    .push_bind(&row.kind)
                    .push_bind(row.protected_mark)
                    .push_bind(&row.notes)
                    .push_bind(&row.row_digest)
                    .push_bind(row.in_register)
                    .push_bind(row.last_import)
                    .push_bind(&row.sources)
                    .push_bind(row.version)
                    .push_bind(row.created_at)
                    .push_bind(row.updated_at)
                    .push_bind(searched_name(&row.last_name, &row.first_names));
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Replaces a patron's row if nobody changed it since `row.version - 1`.
///
/// # Errors
/// [`StoreError::Conflict`] when somebody did.
pub async fn update(tx: &mut Tx, row: &PatronRow) -> Result<()> {
    let sql = "UPDATE patron
         SET card_number = $3, code_index = $4, key_version = $5, sealed = $6, last_name = $7,
             first_names = $8, birth_date = $9, language = $10, patron_group = $11, municipality = $12,
             home_library = $13, registered_on = $14, last_active_on = $15, last_patron_edit_on = $16,
             guarantor_patron_id = $17, open_loans = $18, unpaid_fees_cents = $19, oldest_due_date = $20,
             owning_library = $21, card_expires_on = $22, kind = $23, protected_mark = $24, notes = $25,
             row_digest = $26, in_register = $27, last_import = $28, sources = $29, version = $30,
             updated_at = $31, written_name = $32
         WHERE id = $1 AND version = $2";
    let rows = on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.version - 1)
        .bind(&row.card_number)
        .bind(&row.code_index)
        .bind(row.key_version)
        .bind(&row.sealed)
        .bind(&row.last_name)
        .bind(&row.first_names)
        .bind(row.birth_date)
        .bind(&row.language)
        .bind(&row.patron_group)
        .bind(&row.municipality)
        .bind(&row.home_library)
        .bind(row.registered_on)
        .bind(row.last_active_on)
        .bind(row.last_patron_edit_on)
        .bind(&row.guarantor_patron_id)
        .bind(row.open_loans)
        .bind(row.unpaid_fees_cents)
        .bind(row.oldest_due_date)
        .bind(&row.owning_library)
        .bind(row.card_expires_on)
        .bind(&row.kind)
        .bind(row.protected_mark)
        .bind(&row.notes)
        .bind(&row.row_digest)
        .bind(row.in_register)
        .bind(row.last_import)
        .bind(&row.sources)
        .bind(row.version)
        .bind(row.updated_at)
        .bind(searched_name(&row.last_name, &row.first_names))
        .execute(conn)
        .await?
        .rows_affected());
    one_row(rows, "the patron")
}

/// Seals a patron's columns with another key. The row's content, and so its version, stays.
///
/// # Errors
/// [`StoreError::Conflict`] when the row was sealed anew meanwhile.
pub async fn reseal(tx: &mut Tx, row: &PatronRow, key_version: i64, sealed: &[u8]) -> Result<()> {
    let sql =
        "UPDATE patron SET key_version = $2, sealed = $3 WHERE id = $1 AND key_version = $4 AND version = $5";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(key_version).bind(sealed)
        .bind(row.key_version).bind(row.version).execute(conn).await?.rows_affected());
    one_row(rows, "the patron")
}

/// Locks a patron's row until the transaction ends, so that what is read of it now can be replaced.
///
/// # Errors
/// When the patron is gone.
pub async fn lock(tx: &mut Tx, patron: Uuid) -> Result<()> {
    let sql = "UPDATE patron SET version = version WHERE id = $1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(patron).execute(conn).await?.rows_affected());
    one_row(rows, "the patron")
}

/// Notes that an import saw these unchanged patrons.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_seen(tx: &mut Tx, ids: &[Uuid], import: Uuid) -> Result<()> {
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE patron SET last_import = ");
            query.push_bind(import).push(", in_register = TRUE WHERE id IN (");
            in_list!(query, ids);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Up to `limit` patrons still marked as in the register that an import did not see.
///
/// # Errors
/// When they cannot be read.
pub async fn unseen(tx: &mut Tx, import: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT id FROM patron WHERE last_import <> $1 AND in_register ORDER BY id LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(import).bind(limit).fetch_all(conn).await?))
}

/// Marks patrons as missing from the register, and grows their version.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_missing(tx: &mut Tx, ids: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE patron SET in_register = FALSE, version = version + 1, updated_at = ");
            query.push_bind(at).push(" WHERE id IN (");
            in_list!(query, ids);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// How many patrons are in the register.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_in_register(tx: &mut Tx) -> Result<i64> {
    on!(tx, conn => Ok(sqlx::query_scalar("SELECT count(*) FROM patron WHERE in_register").fetch_one(conn).await?))
}

macro_rules! select_in {
    ($name:ident, $column:literal, $type:ty, $doc:literal) => {
        #[doc = $doc]
        ///
        /// # Errors
        /// When they cannot be read.
        pub async fn $name(tx: &mut Tx, values: &[$type]) -> Result<Vec<PatronRow>> {
            let mut found = Vec::with_capacity(values.len());
            for values in values.chunks(ROWS_PER_STATEMENT) {
                let rows: Vec<PatronRow> = on!(tx, conn => {
                    let mut query = QueryBuilder::new(format!(
                        concat!("SELECT {} FROM patron WHERE ", $column, " IN ("),
                        COLUMNS
                    ));
                    in_list!(query, values);
                    query.push(") ORDER BY patron_id");
                    query.build_query_as().fetch_all(conn).await?
                });
                found.extend(rows);
            }
            Ok(found)
        }
    };
}

select_in!(by_ids, "id", Uuid, "The patrons with these identifiers, by patron_id.");
select_in!(by_patron_ids, "patron_id", String, "The patrons the register calls so, by patron_id.");
select_in!(by_card_numbers, "card_number", String, "The patrons with these cards, by patron_id.");
select_in!(by_code_indexes, "code_index", Vec<u8>, "The patrons with these identity codes, by patron_id.");

/// A page of patrons after a patron_id, by patron_id.
///
/// # Errors
/// When they cannot be read.
pub async fn page(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<PatronRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM patron WHERE patron_id > "));
        query.push_bind(after).push(" ORDER BY patron_id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// The patrons that these ones guarantee, by patron_id.
///
/// # Errors
/// When they cannot be read.
pub async fn guaranteed_by(tx: &mut Tx, patron_id: &str) -> Result<Vec<Uuid>> {
    let sql = "SELECT id FROM patron WHERE guarantor_patron_id = $1 ORDER BY patron_id";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(patron_id).fetch_all(conn).await?))
}

/// Which of these identity codes more than one patron has, and how many.
///
/// # Errors
/// When they cannot be counted.
pub async fn shared_codes(tx: &mut Tx, indexes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, i64)>> {
    let mut found = Vec::new();
    for indexes in indexes.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Vec<u8>, i64)> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT code_index, count(*) FROM patron WHERE code_index IN (");
            in_list!(query, indexes);
            query.push(") GROUP BY code_index HAVING count(*) > 1 ORDER BY code_index");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
