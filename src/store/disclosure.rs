//! The disclosure log: every request to VTJ, written before it is sent.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on, one_row, pieces};

/// A request as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DisclosureRow {
    /// Its identifier.
    pub id: Uuid,
    /// When it was about to be sent.
    pub requested_at: DateTime<Utc>,
    /// The interface: `perustiedot`, `muutokset`, `kirjausavain`.
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
}

const COLUMNS: &str = "id, requested_at, interface, municipality, purpose, legal_basis, actor, task,
    field_groups, list, list_version, persons_asked, persons_answered, attempts, outcome, finished_at";

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
                .push_bind(row.finished_at);
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
