//! What is known of each patron from VTJ, and what is due: one row per patron.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
pub use super::person_record::{SealedPerson, StoredGuardian, StoredRecord};
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, one_row, pieces};
use crate::protected::Protection;
use crate::seal::{DataKey, Place};

/// A row as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of the table")]
pub struct PersonRow {
    /// The patron.
    pub patron: Uuid,
    /// `unfollowed`, `waiting` for base data, or `following`.
    pub follow_state: String,
    /// Why VTJ may not be asked.
    pub unfollowed_because: Option<String>,
    /// The municipality for which the patron is followed.
    pub municipality: String,
    /// Keyed hash of the code VTJ is asked about.
    pub code_index: Option<Vec<u8>>,
    /// The follow list.
    pub list: Option<Uuid>,
    /// Whether the admissibility test is due.
    pub enrol_due: bool,
    /// Since when base data is due.
    pub refresh_due_at: Option<DateTime<Utc>>,
    /// Failed attempts since the last answer.
    pub refresh_attempts: i64,
    /// The kind of the last answer.
    pub answer: String,
    /// When it came.
    pub answered_at: Option<DateTime<Utc>>,
    /// Since when VTJ does not speak of the person.
    pub absent_since: Option<DateTime<Utc>>,
    /// The request it answered.
    pub request: Option<Uuid>,
    /// Grows when the record's content changes.
    pub record_version: i64,
    /// Keyed digest of the record.
    pub record_digest: Option<Vec<u8>>,
    /// Which data key sealed the row.
    pub key_version: i64,
    /// The [`SealedPerson`].
    pub sealed: Option<Vec<u8>>,
    /// The protection in force by VTJ's word.
    pub protection: String,
    /// Counts the times protection has started.
    pub protection_period: i64,
    /// The registration time of the last change of protection that was used.
    pub protection_signal_at: Option<DateTime<Utc>>,
    /// The registration time of the last change of death that was used.
    pub death_signal_at: Option<DateTime<Utc>>,
    /// Whether our records hold the person as dead.
    pub held_as_dead: bool,
    /// Whether the person's open proposals are frozen by a death.
    pub frozen: bool,
    /// Whether a code change was named whose content the permit does not grant.
    pub code_change_signalled: bool,
    /// Whether comparison is due.
    pub compare_due: bool,
    /// The next day on which the calendar alone makes comparison due.
    pub compare_on: Option<NaiveDate>,
    /// When the patron was last compared.
    pub compared_at: Option<DateTime<Utc>>,
}

pub(super) const COLUMNS: &str =
    "patron, follow_state, unfollowed_because, municipality, code_index, list, enrol_due,
    refresh_due_at, refresh_attempts, answer, answered_at, absent_since, request, record_version,
    record_digest, key_version, sealed, protection, protection_period, protection_signal_at,
    death_signal_at, held_as_dead, frozen, code_change_signalled, compare_due, compare_on, compared_at";

impl PersonRow {
    /// The row of a patron nothing is known of yet.
    pub fn new(patron: Uuid, municipality: &str) -> Self {
        Self {
            patron,
            follow_state: "unfollowed".to_owned(),
            unfollowed_because: Some("not_enrolled".to_owned()),
            municipality: municipality.to_owned(),
            code_index: None,
            list: None,
            enrol_due: true,
            refresh_due_at: None,
            refresh_attempts: 0,
            answer: "not_asked".to_owned(),
            answered_at: None,
            absent_since: None,
            request: None,
            record_version: 0,
            record_digest: None,
            key_version: 1,
            sealed: None,
            protection: Protection::Unknown.as_str().to_owned(),
            protection_period: 0,
            protection_signal_at: None,
            death_signal_at: None,
            held_as_dead: false,
            frozen: false,
            code_change_signalled: false,
            compare_due: true,
            compare_on: None,
            compared_at: None,
        }
    }

    /// The protection in force by VTJ's word.
    ///
    /// # Errors
    /// When the stored word is unknown.
    pub fn protection(&self) -> Result<Protection> {
        Protection::from_word(&self.protection).ok_or(StoreError::inconsistent("person", "protection"))
    }

    /// Opens what is sealed; nothing sealed opens as nothing known.
    ///
    /// # Errors
    /// When the value does not open.
    pub fn open(&self, keyring: &Keyring) -> Result<SealedPerson> {
        open(keyring, self.patron, self.key_version, self.sealed.as_deref())
    }

    /// Seals what is known anew.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn reseal(&mut self, key: &DataKey, known: &SealedPerson) -> Result<()> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(known).map_err(|_| StoreError::inconsistent("person", "sealed"))?,
        );
        self.sealed = Some(key.seal(place(self.patron), &plain)?);
        self.key_version = key.version;
        Ok(())
    }
}

pub(super) fn open(
    keyring: &Keyring,
    patron: Uuid,
    key_version: i64,
    sealed: Option<&[u8]>,
) -> Result<SealedPerson> {
    let Some(sealed) = sealed else { return Ok(SealedPerson::default()) };
    let plain = keyring.get(patron, key_version)?.open(place(patron), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::inconsistent("person", "sealed"))
}

pub(super) fn place(patron: Uuid) -> Place {
    Place { table: "person", column: "sealed", row: patron }
}

/// Stores the rows of new patrons.
///
/// # Errors
/// When they cannot be stored.
pub async fn insert(tx: &mut Tx, rows: &[PersonRow]) -> Result<()> {
    write(tx, rows, "").await
}

/// Replaces many rows.
///
/// # Errors
/// When a patron is gone.
pub async fn update_all(tx: &mut Tx, rows: &[PersonRow]) -> Result<()> {
    write(tx, rows, &replace_all_but(&["patron"])).await
}

/// Replaces what an answer of VTJ can change in many rows, all but the code that is asked about: the indexes
/// of what stays are not touched.
///
/// # Errors
/// When a patron is gone.
pub async fn update_answers(tx: &mut Tx, rows: &[PersonRow]) -> Result<()> {
    let kept = ["patron", "municipality", "code_index", "enrol_due", "compare_on", "compared_at"];
    write(tx, rows, &replace_all_but(&kept)).await
}

fn replace_all_but(kept: &[&str]) -> String {
    let columns = COLUMNS.split(',').map(str::trim).filter(|column| !kept.contains(column));
    let replaced: Vec<String> = columns.map(|column| format!("{column} = excluded.{column}")).collect();
    format!(" ON CONFLICT (patron) DO UPDATE SET {}", replaced.join(", "))
}

async fn write(tx: &mut Tx, rows: &[PersonRow], on_conflict: &str) -> Result<()> {
    for rows in pieces(rows) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO person ({COLUMNS}) "));
            query.push_values(rows, |mut to, row| {
                to.push_bind(row.patron)
                    .push_bind(&row.follow_state)
                    .push_bind(&row.unfollowed_because)
                    .push_bind(&row.municipality)
                    .push_bind(&row.code_index)
                    .push_bind(row.list)
                    .push_bind(row.enrol_due)
                    .push_bind(row.refresh_due_at)
                    .push_bind(row.refresh_attempts)
                    .push_bind(&row.answer)
                    .push_bind(row.answered_at)
                    .push_bind(row.absent_since)
                    .push_bind(row.request)
                    .push_bind(row.record_version)
                    .push_bind(&row.record_digest)
                    .push_bind(row.key_version)
                    .push_bind(&row.sealed)
                    .push_bind(&row.protection)
                    .push_bind(row.protection_period)
                    .push_bind(row.protection_signal_at)
                    .push_bind(row.death_signal_at)
                    .push_bind(row.held_as_dead)
                    .push_bind(row.frozen)
                    .push_bind(row.code_change_signalled)
                    .push_bind(row.compare_due)
                    .push_bind(row.compare_on)
                    .push_bind(row.compared_at);
            });
            query.push(on_conflict).build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Replaces a row, whatever it holds now: the caller has read it in this transaction, after
/// [`lock`].
///
/// # Errors
/// When the patron is gone.
pub async fn update(tx: &mut Tx, row: &PersonRow) -> Result<()> {
    let sql = "UPDATE person
         SET follow_state = $2, unfollowed_because = $3, municipality = $4, code_index = $5, list = $6,
             enrol_due = $7, refresh_due_at = $8, refresh_attempts = $9, answer = $10, answered_at = $11,
             absent_since = $12, request = $13, record_version = $14, record_digest = $15,
             key_version = $16, sealed = $17, protection = $18, protection_period = $19,
             protection_signal_at = $20, death_signal_at = $21, held_as_dead = $22, frozen = $23,
             code_change_signalled = $24, compare_due = $25, compare_on = $26, compared_at = $27
         WHERE patron = $1";
    let rows = on!(tx, conn => sqlx::query(sql)
        .bind(row.patron)
        .bind(&row.follow_state)
        .bind(&row.unfollowed_because)
        .bind(&row.municipality)
        .bind(&row.code_index)
        .bind(row.list)
        .bind(row.enrol_due)
        .bind(row.refresh_due_at)
        .bind(row.refresh_attempts)
        .bind(&row.answer)
        .bind(row.answered_at)
        .bind(row.absent_since)
        .bind(row.request)
        .bind(row.record_version)
        .bind(&row.record_digest)
        .bind(row.key_version)
        .bind(&row.sealed)
        .bind(&row.protection)
        .bind(row.protection_period)
        .bind(row.protection_signal_at)
        .bind(row.death_signal_at)
        .bind(row.held_as_dead)
        .bind(row.frozen)
        .bind(row.code_change_signalled)
        .bind(row.compare_due)
        .bind(row.compare_on)
        .bind(row.compared_at)
        .execute(conn)
        .await?
        .rows_affected());
    one_row(rows, "the person")
}

/// Locks a patron's row until the transaction ends, so that what is read of it now can be replaced.
///
/// # Errors
/// When the patron is gone.
pub async fn lock(tx: &mut Tx, patron: Uuid) -> Result<()> {
    let sql = "UPDATE person SET compare_due = compare_due WHERE patron = $1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(patron).execute(conn).await?.rows_affected());
    one_row(rows, "the person")
}

/// Locks the rows of these patrons until the transaction ends, and reads them, by patron.
///
/// # Errors
/// When they cannot be locked.
pub async fn locked(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<PersonRow>> {
    // SQLite has one writer, who is alone from the first statement on.
    if let Tx::Postgres(inner) = tx {
        for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
            let mut query = QueryBuilder::new("SELECT patron FROM person WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron FOR UPDATE").build().execute(&mut **inner).await?;
        }
    }
    by_patrons(tx, patrons).await
}

/// Which data keys sealed the rows of these patrons, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn key_versions(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let mut found = Vec::with_capacity(patrons.len());
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, i64)> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT patron, key_version FROM person WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The rows of these patrons, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn by_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<PersonRow>> {
    let mut found = Vec::with_capacity(patrons.len());
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<PersonRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM person WHERE patron IN ("));
            in_list!(query, patrons);
            query.push(") ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The rows of those who are asked about under these codes, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn by_code_indexes(tx: &mut Tx, indexes: &[Vec<u8>]) -> Result<Vec<PersonRow>> {
    let mut found = Vec::with_capacity(indexes.len());
    for indexes in indexes.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<PersonRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM person WHERE code_index IN ("));
            in_list!(query, indexes);
            query.push(") ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
