//! The disclosure log: every request to VTJ, written before it is sent.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::data_key::Keyring;
use super::{ROWS_PER_STATEMENT, Result, StoreError, Tx, in_list, on, one_row, pieces};
use crate::seal::{DataKey, Place};

/// The interface of a question about a single person.
pub const SINGLE: &str = "vtjkysely";

/// A request as it is stored.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct DisclosureRow {
    /// Its identifier.
    pub id: Uuid,
    /// When it was about to be sent.
    pub requested_at: DateTime<Utc>,
    /// The interface: `perustiedot`, `muutokset`, `kirjausavain`; [`SINGLE`].
    pub interface: String,
    /// The municipality under whose permit.
    pub municipality: String,
    /// The purpose of use.
    pub purpose: String,
    /// The legal basis.
    pub legal_basis: String,
    /// Who asked: a schedule or a person.
    pub actor: String,
    /// The task that asked.
    pub task: String,
    /// The field groups asked for, separated by spaces.
    pub field_groups: String,
    /// The follow list, for changes.
    pub list: Option<Uuid>,
    /// The version of the list, which says who was on it.
    pub list_version: Option<i64>,
    /// How many people were asked about.
    pub persons_asked: i64,
    /// How many came back.
    pub persons_answered: Option<i64>,
    /// How often it was sent.
    pub attempts: i64,
    /// `sent` until it is answered; then the class of the outcome.
    pub outcome: String,
    /// When the answer was in.
    pub finished_at: Option<DateTime<Utc>>,
    /// The account of the member of staff, for a single person.
    pub account: Option<Uuid>,
    /// The run it was part of, if it was part of one.
    pub run: Option<Uuid>,
    /// The product that was asked for, for a single person.
    pub product: Option<String>,
    /// The end user VTJ was told: an opaque word that stands for the account.
    pub end_user: Option<String>,
    /// What came of it for a single person: `found`, `not_found` and so on.
    pub result: Option<String>,
    /// VTJ's return code, as it was said.
    pub return_code: Option<String>,
    /// Which data key of the patron sealed the reason.
    pub key_version: Option<i64>,
    /// The staff's own words of why it was asked, sealed: see [`seal_reason`].
    pub sealed_reason: Option<Vec<u8>>,
}

impl DisclosureRow {
    /// The staff's own words, opened.
    ///
    /// # Errors
    /// When the key is gone or another.
    pub fn reason(&self, key: &DataKey) -> Result<Option<String>> {
        let Some(sealed) = &self.sealed_reason else { return Ok(None) };
        let opened = key.open(reason_place(self.id), sealed)?;
        let text = std::str::from_utf8(&opened)
            .map_err(|_| StoreError::inconsistent("disclosure", "sealed_reason"))?;
        Ok(Some(text.to_owned()))
    }
}

fn reason_place(disclosure: Uuid) -> Place {
    Place { table: "disclosure", column: "sealed_reason", row: disclosure }
}

/// Seals the staff's own words of why a person is asked about, with the newest key of that person.
///
/// # Errors
/// When they are absurdly long.
pub fn seal_reason(key: &DataKey, disclosure: Uuid, reason: &str) -> Result<Vec<u8>> {
    Ok(key.seal(reason_place(disclosure), reason.as_bytes())?)
}

const COLUMNS: &str = "id, requested_at, interface, municipality, purpose, legal_basis, actor, task,
    field_groups, list, list_version, persons_asked, persons_answered, attempts, outcome, finished_at,
    account, run, product, end_user, result, return_code, key_version, sealed_reason";

/// Stores a request about to be sent.
///
/// # Errors
/// When it cannot be stored; then it is not sent.
pub async fn insert(tx: &mut Tx, row: &DisclosureRow) -> Result<()> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("INSERT INTO disclosure ({COLUMNS}) "));
        query.push_values([row], |mut to, row| {
            to.push_bind(row.id)
                .push_bind(row.requested_at)
                .push_bind(&row.interface)
                .push_bind(&row.municipality)
                .push_bind(&row.purpose)
                .push_bind(&row.legal_basis)
                .push_bind(&row.actor)
                .push_bind(&row.task)
                .push_bind(&row.field_groups)
                .push_bind(row.list)
                .push_bind(row.list_version)
                .push_bind(row.persons_asked)
                .push_bind(row.persons_answered)
                .push_bind(row.attempts)
                .push_bind(&row.outcome)
                .push_bind(row.finished_at)
                .push_bind(row.account)
                .push_bind(row.run)
                .push_bind(&row.product)
                .push_bind(&row.end_user)
                .push_bind(&row.result)
                .push_bind(&row.return_code)
                .push_bind(row.key_version)
                .push_bind(&row.sealed_reason);
        });
        query.build().execute(conn).await?;
    });
    Ok(())
}

/// Stores whom a request is about.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert_subjects(tx: &mut Tx, disclosure: Uuid, patrons: &[Uuid]) -> Result<()> {
    for patrons in pieces(patrons) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("INSERT INTO disclosure_subject (disclosure, patron) ");
            query.push_values(patrons, |mut row, patron| {
                row.push_bind(disclosure).push_bind(patron);
            });
            query.push(" ON CONFLICT DO NOTHING").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Counts one more attempt of a request.
///
/// # Errors
/// When it cannot be stored.
pub async fn count_attempt(tx: &mut Tx, id: Uuid) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE disclosure SET attempts = attempts + 1 WHERE id = $1")
        .bind(id).execute(conn).await?.rows_affected());
    Ok(())
}

/// Stores the outcome of a request.
///
/// # Errors
/// When it is finished already.
pub async fn finish(
    tx: &mut Tx,
    id: Uuid,
    outcome: &str,
    attempts: i64,
    answered: Option<i64>,
    at: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE disclosure SET outcome = $2, attempts = $3, persons_answered = $4, finished_at = $5
         WHERE id = $1 AND finished_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(outcome).bind(attempts).bind(answered).bind(at)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the disclosure")
}

/// What came of a question about a single person.
#[derive(Debug, Clone, Copy)]
pub struct SingleOutcome<'a> {
    /// The class of the outcome, as for every request: `answered`, or that of the error.
    pub outcome: &'a str,
    /// `found`, `not_found`, `passivated`, `dead_not_disclosed`, `not_disclosable`, `refused`, `configuration_fault`,
    /// `transient` or `protocol_error`.
    pub result: &'a str,
    /// VTJ's return code, as it was said.
    pub return_code: Option<&'a str>,
    /// How often it was sent.
    pub attempts: i64,
    /// How many people came back.
    pub answered: Option<i64>,
}

/// Stores the outcome of a question about a single person.
///
/// # Errors
/// When it is finished already.
pub async fn finish_single(tx: &mut Tx, id: Uuid, came: &SingleOutcome<'_>, at: DateTime<Utc>) -> Result<()> {
    finish(tx, id, came.outcome, came.attempts, came.answered, at).await?;
    let sql = "UPDATE disclosure SET result = $2, return_code = $3 WHERE id = $1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(came.result).bind(came.return_code)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the disclosure")
}

/// Closes requests whose process died before the answer was stored.
///
/// # Errors
/// When it cannot be stored.
pub async fn close_abandoned(tx: &mut Tx, before: DateTime<Utc>, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE disclosure SET outcome = 'unknown', finished_at = $2 WHERE finished_at IS NULL AND requested_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).bind(at).execute(conn).await?.rows_affected()))
}

/// Which requests to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Requests about this patron.
    pub patron: Option<Uuid>,
    /// Requests for this purpose.
    pub purpose: Option<String>,
    /// Requests at or after this instant.
    pub since: Option<DateTime<Utc>>,
    /// Requests before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Requests by this account or operating-system user.
    pub actor: Option<String>,
    /// Requests of this run.
    pub run: Option<Uuid>,
    /// Requests in which VTJ was told this end user.
    pub end_user: Option<String>,
}

/// A page of requests after a position, oldest first.
///
/// # Errors
/// When they cannot be read.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<DisclosureRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM disclosure WHERE (requested_at, id) > ("));
        query.push_bind(after.0).push(", ").push_bind(after.1).push(")");
        if let Some(patron) = filter.patron {
            // Base data names its people; a change request asked about everyone on its list at that version.
            query.push(" AND (id IN (SELECT disclosure FROM disclosure_subject WHERE patron = ").push_bind(patron);
            query.push(") OR EXISTS (SELECT 1 FROM follow_member m WHERE m.list = disclosure.list AND m.patron = ");
            query.push_bind(patron).push(
                " AND m.joined_version <= disclosure.list_version
                  AND (m.left_version IS NULL OR m.left_version > disclosure.list_version)))",
            );
        }
        if let Some(purpose) = &filter.purpose {
            query.push(" AND purpose = ").push_bind(purpose);
        }
        if let Some(actor) = &filter.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(run) = filter.run {
            query.push(" AND run = ").push_bind(run);
        }
        if let Some(end_user) = &filter.end_user {
            query.push(" AND end_user = ").push_bind(end_user);
        }
        if let Some(since) = filter.since {
            query.push(" AND requested_at >= ").push_bind(since);
        }
        if let Some(until) = filter.until {
            query.push(" AND requested_at < ").push_bind(until);
        }
        query.push(" ORDER BY requested_at, id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// One request.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<DisclosureRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM disclosure WHERE id = $1"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

/// The newest question about a patron alone that was answered since an instant.
///
/// # Errors
/// When it cannot be read.
pub async fn last_answered_single(
    tx: &mut Tx,
    patron: Uuid,
    since: DateTime<Utc>,
) -> Result<Option<DisclosureRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM disclosure
         WHERE id IN (SELECT disclosure FROM disclosure_subject WHERE patron = $1)
             AND result IN ('found', 'not_found', 'passivated', 'dead_not_disclosed', 'not_disclosable')
             AND finished_at >= $2
         ORDER BY finished_at DESC, id DESC LIMIT 1"
    ));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(patron).bind(since).fetch_optional(conn).await?))
}

/// A question of a run about a patron that was answered, and what came of it.
///
/// # Errors
/// When it cannot be read.
pub async fn answered_in_run(tx: &mut Tx, run: Uuid, patron: Uuid) -> Result<Option<(Uuid, String)>> {
    let sql = "SELECT id, result FROM disclosure
         WHERE run = $1
             AND id IN (SELECT disclosure FROM disclosure_subject WHERE patron = $2)
             AND result IN ('found', 'not_found', 'passivated', 'dead_not_disclosed', 'not_disclosable')
         ORDER BY requested_at, id LIMIT 1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).bind(patron).fetch_optional(conn).await?))
}

/// Seals every reason about a patron anew with a newer key; those that do not open any more stay as they are.
///
/// # Errors
/// When they cannot be stored.
pub async fn reseal_reasons(tx: &mut Tx, keyring: &Keyring, patron: Uuid) -> Result<()> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM disclosure
         WHERE sealed_reason IS NOT NULL
             AND id IN (SELECT disclosure FROM disclosure_subject WHERE patron = $1)
         ORDER BY id"
    ));
    let rows: Vec<DisclosureRow> = on!(tx, conn => sqlx::query_as(sql).bind(patron).fetch_all(conn).await?);
    let newest = keyring.newest(patron)?;
    let sql = "UPDATE disclosure SET key_version = $2, sealed_reason = $3 WHERE id = $1";
    for row in rows {
        let opened =
            row.key_version.and_then(|version| keyring.get(patron, version).ok()).map(|key| row.reason(key));
        let Some(Ok(Some(reason))) = opened else { continue };
        let sealed = seal_reason(newest, row.id, &reason)?;
        let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(newest.version).bind(sealed)
            .execute(conn).await?.rows_affected());
        one_row(rows, "the disclosure")?;
    }
    Ok(())
}

/// Deletes so many of the oldest requests begun before an instant, with whom they were about and what was booked
/// for them. Returns how many.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, before: DateTime<Utc>, limit: i64) -> Result<u64> {
    let old = "SELECT id FROM disclosure
         WHERE requested_at < $1 AND finished_at IS NOT NULL
         ORDER BY requested_at, id LIMIT $2";
    for table in ["query_ledger", "disclosure_subject"] {
        let sql = sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE disclosure IN ({old})"));
        on!(tx, conn => sqlx::query(sql).bind(before).bind(limit).execute(conn).await?.rows_affected());
    }
    let sql = sqlx::AssertSqlSafe(format!("DELETE FROM disclosure WHERE id IN ({old})"));
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).bind(limit).execute(conn).await?.rows_affected()))
}

/// Requests by interface and outcome, for the metrics.
///
/// # Errors
/// When they cannot be counted.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    let sql = "SELECT interface, outcome, count(*) FROM disclosure GROUP BY interface, outcome ORDER BY interface, outcome";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// The people a request was about.
///
/// # Errors
/// When they cannot be read.
pub async fn subjects(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut found = Vec::new();
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, Uuid)> = on!(tx, conn => {
            let mut query =
                QueryBuilder::new("SELECT disclosure, patron FROM disclosure_subject WHERE disclosure IN (");
            in_list!(query, ids);
            query.push(") ORDER BY disclosure, patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
