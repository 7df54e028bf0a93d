//! What is known of each patron from VTJ, and what is due: one row per patron.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
pub use super::person_record::{SealedPerson, StoredGuardian, StoredRecord};
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, one_row, pieces};
use crate::identity_code::IdentityCode;
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

const COLUMNS: &str = "patron, follow_state, unfollowed_because, municipality, code_index, list, enrol_due,
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
        let Some(sealed) = &self.sealed else { return Ok(SealedPerson::default()) };
        let plain = keyring.get(self.patron, self.key_version)?.open(place(self.patron), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| StoreError::inconsistent("person", "sealed"))
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

/// The codes under which these patrons are asked about, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn codes(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<SealedCode>> {
    let mut found = Vec::with_capacity(patrons.len());
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<SealedCode> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT patron, key_version, sealed FROM person WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

fn place(patron: Uuid) -> Place {
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
    let columns: Vec<&str> = COLUMNS.split(',').map(str::trim).filter(|column| *column != "patron").collect();
    let replaced: Vec<String> =
        columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
    write(tx, rows, &format!(" ON CONFLICT (patron) DO UPDATE SET {}", replaced.join(", "))).await
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
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query =
                QueryBuilder::new("UPDATE person SET compare_due = compare_due WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    by_patrons(tx, patrons).await
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

/// Up to `limit` patrons whose admissibility test is due, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn enrol_due(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM person WHERE enrol_due ORDER BY patron LIMIT $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(limit).fetch_all(conn).await?))
}

/// Makes the admissibility test due for everyone but the forgotten: who may be asked about has been decided
/// anew.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_enrol_due_for_all(tx: &mut Tx) -> Result<u64> {
    let sql = "UPDATE person SET enrol_due = TRUE
         WHERE NOT enrol_due AND (unfollowed_because IS NULL OR unfollowed_because <> 'forgotten')";
    on!(tx, conn => Ok(sqlx::query(sql).execute(conn).await?.rows_affected()))
}

/// Makes the admissibility test due again for everyone who is not followed for one reason.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_enrol_due_again(tx: &mut Tx, reason: &str) -> Result<u64> {
    let sql = "UPDATE person SET enrol_due = TRUE WHERE follow_state = 'unfollowed' AND unfollowed_because = $1 AND NOT enrol_due";
    on!(tx, conn => Ok(sqlx::query(sql).bind(reason).execute(conn).await?.rows_affected()))
}

/// Up to `limit` patrons of one municipality whose base data is due, longest due first.
///
/// # Errors
/// When they cannot be read.
pub async fn refresh_due(
    tx: &mut Tx,
    municipality: &str,
    at: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<PersonRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM person WHERE refresh_due_at <= "));
        query.push_bind(at).push(" AND municipality = ").push_bind(municipality);
        query.push(" AND follow_state <> 'unfollowed' ORDER BY refresh_due_at, patron LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many people wait for base data that is not due yet.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_refresh_later(tx: &mut Tx, at: DateTime<Utc>) -> Result<i64> {
    let sql = "SELECT count(*) FROM person WHERE refresh_due_at > $1 AND follow_state <> 'unfollowed'";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(at).fetch_one(conn).await?))
}

/// Up to `limit` patrons after one whose comparison is due, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn compare_due(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM person WHERE compare_due AND patron > $1 ORDER BY patron LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn).await?))
}

/// Makes comparison due for those whose day has come.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_compare_due_by_calendar(tx: &mut Tx, today: NaiveDate) -> Result<u64> {
    let sql = "UPDATE person SET compare_due = TRUE, compare_on = NULL WHERE compare_on <= $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(today).execute(conn).await?.rows_affected()))
}

/// Makes comparison due for some patrons.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_compare_due(tx: &mut Tx, patrons: &[Uuid]) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET compare_due = TRUE WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Makes the admissibility test and the comparison due for patrons whose register row changed.
///
/// # Errors
/// When it cannot be stored.
pub async fn register_row_changed(tx: &mut Tx, patrons: &[Uuid]) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query =
                QueryBuilder::new("UPDATE person SET compare_due = TRUE, enrol_due = TRUE WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Notes that some patrons have been compared, and the day on which the calendar makes that due again; a
/// later change makes it due before.
///
/// # Errors
/// When it cannot be stored.
pub async fn compared(
    tx: &mut Tx,
    patrons: &[Uuid],
    at: DateTime<Utc>,
    next: Option<NaiveDate>,
) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET compare_due = FALSE, compared_at = ");
            query.push_bind(at).push(", compare_on = ").push_bind(next).push(" WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Marks people for refresh, unless they are due already.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_for_refresh(tx: &mut Tx, patrons: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET refresh_due_at = ");
            query.push_bind(at).push(", refresh_attempts = 0 WHERE follow_state <> 'unfollowed' AND patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Remembers surnames VTJ gave earlier.
///
/// # Errors
/// When they cannot be stored.
pub async fn remember_surnames(tx: &mut Tx, surnames: &[(Uuid, Vec<u8>)]) -> Result<()> {
    for surnames in pieces(surnames) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("INSERT INTO earlier_surname (patron, surname_hash) ");
            query.push_values(surnames, |mut to, (patron, hash)| {
                to.push_bind(patron).push_bind(hash);
            });
            query.push(" ON CONFLICT DO NOTHING").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Which of these (patron, surname) pairs VTJ gave earlier.
///
/// # Errors
/// When they cannot be read.
pub async fn earlier_surnames(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, Vec<u8>)> = on!(tx, conn => {
            let mut query =
                QueryBuilder::new("SELECT patron, surname_hash FROM earlier_surname WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron, surname_hash");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
