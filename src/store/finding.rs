//! Findings and the states of their review: what is stored of them, and which of them are asked for.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

pub use super::finding_row::{FindingRow, SealedFinding, seal};
use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on, one_row, pieces};
use crate::finding::{FindingKind, FindingState};

const COLUMNS: &str = "id, patron, kind, state, rule, reason, moved, single_review, confirmable,
    evidence_digest, patron_version, record_version, request, key_version, sealed, opened_at, updated_at,
    snoozed_until, effective_at, decision, superseded_by, version, source, held_back, change_class";

/// What counts as open: at most one per patron and kind.
const OPEN: &str =
    "('new', 'opened', 'snoozed', 'stale', 'decided', 'applying', 'outcome_unknown', 'written')";

/// Stores new findings.
///
/// # Errors
/// [`Taken`](super::StoreError::Taken) when an open one of the same patron and kind exists.
pub async fn insert(tx: &mut Tx, rows: &[FindingRow]) -> Result<()> {
    for rows in pieces(rows) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO finding ({COLUMNS}) "));
            query.push_values(rows, |mut to, row| {
                to.push_bind(row.id)
                    .push_bind(row.patron)
                    .push_bind(&row.kind)
                    .push_bind(&row.state)
                    .push_bind(&row.rule)
                    .push_bind(&row.reason)
                    .push_bind(&row.moved)
                    .push_bind(row.single_review)
                    .push_bind(row.confirmable)
                    .push_bind(&row.evidence_digest)
                    .push_bind(row.patron_version)
                    .push_bind(row.record_version)
                    .push_bind(row.request)
                    .push_bind(row.key_version)
                    .push_bind(&row.sealed)
                    .push_bind(row.opened_at)
                    .push_bind(row.updated_at)
                    .push_bind(row.snoozed_until)
                    .push_bind(row.effective_at)
                    .push_bind(row.decision)
                    .push_bind(row.superseded_by)
                    .push_bind(row.version)
                    .push_bind(&row.source)
                    .push_bind(row.held_back)
                    .push_bind(&row.change_class);
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Replaces a finding if nobody changed it since `row.version - 1`. One that ends waits for no slice any more.
///
/// # Errors
/// [`Conflict`](super::StoreError::Conflict) when somebody did.
pub async fn update(tx: &mut Tx, row: &FindingRow) -> Result<()> {
    let sql = "UPDATE finding
         SET state = $3, rule = $4, reason = $5, moved = $6, single_review = $7, confirmable = $8,
             evidence_digest = $9, patron_version = $10, record_version = $11, request = $12,
             key_version = $13, sealed = $14, updated_at = $15, snoozed_until = $16, effective_at = $17,
             decision = $18, superseded_by = $19, version = $20, source = $21,
             held_back = $22, change_class = $23
         WHERE id = $1 AND version = $2";
    let rows = on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.version - 1)
        .bind(&row.state)
        .bind(&row.rule)
        .bind(&row.reason)
        .bind(&row.moved)
        .bind(row.single_review)
        .bind(row.confirmable)
        .bind(&row.evidence_digest)
        .bind(row.patron_version)
        .bind(row.record_version)
        .bind(row.request)
        .bind(row.key_version)
        .bind(&row.sealed)
        .bind(row.updated_at)
        .bind(row.snoozed_until)
        .bind(row.effective_at)
        .bind(row.decision)
        .bind(row.superseded_by)
        .bind(row.version)
        .bind(&row.source)
        .bind(row.held_back)
        .bind(&row.change_class)
        .execute(conn)
        .await?
        .rows_affected());
    one_row(rows, "the item")
}

/// One finding, if it exists.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<FindingRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM finding WHERE id = "));
        query.push_bind(id);
        Ok(query.build_query_as().fetch_optional(conn).await?)
    })
}

/// Findings, by identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<FindingRow>> {
    let mut found = Vec::new();
    for ids in ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<FindingRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM finding WHERE id IN ("));
            in_list!(query, ids);
            query.push(") ORDER BY id").build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The findings of these patrons that are open, by patron and kind.
///
/// # Errors
/// When they cannot be read.
pub async fn open_of(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<FindingRow>> {
    of_patrons(tx, patrons, &format!("state IN {OPEN}")).await
}

/// The findings of these patrons that are open, that a person rejected or that were carried out: all but
/// those that lapsed. By patron and kind.
///
/// # Errors
/// When they cannot be read.
pub async fn open_or_decided_of(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<FindingRow>> {
    of_patrons(tx, patrons, "state NOT IN ('superseded', 'closed')").await
}

async fn of_patrons(tx: &mut Tx, patrons: &[Uuid], condition: &str) -> Result<Vec<FindingRow>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<FindingRow> = on!(tx, conn => {
            let mut query =
                QueryBuilder::new(format!("SELECT {COLUMNS} FROM finding WHERE patron IN ("));
            in_list!(query, patrons);
            // SQLite would rather read everything in those states; the few of each patron are to be read.
            query.push(format!(") AND CASE WHEN {condition} THEN 1 ELSE 0 END = 1 ORDER BY patron, kind, id"));
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Which findings to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The states wanted.
    pub states: Vec<FindingState>,
    /// The kinds wanted; empty is all.
    pub kinds: Vec<FindingKind>,
    /// The municipalities wanted; nothing is all.
    pub municipalities: Option<Vec<String>>,
    /// One card only.
    pub card_number: Option<String>,
}

/// A page of findings after a position, by the time they were found; those held back are not among them.
///
/// # Errors
/// When they cannot be read.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    after: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<FindingRow>> {
    let columns =
        COLUMNS.split(',').map(|column| format!("f.{}", column.trim())).collect::<Vec<_>>().join(", ");
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT {columns} FROM finding f JOIN patron p ON p.id = f.patron
             WHERE (f.opened_at, f.id) > ("
        ));
        query.push_bind(after.0).push(", ").push_bind(after.1).push(") AND f.state IN (");
        in_list!(query, filter.states.iter().map(|state| state.as_str()));
        query.push(") AND NOT f.held_back");
        if !filter.kinds.is_empty() {
            query.push(" AND f.kind IN (");
            in_list!(query, filter.kinds.iter().map(|kind| kind.as_str()));
            query.push(")");
        }
        if let Some(municipalities) = &filter.municipalities {
            query.push(" AND p.municipality IN (");
            in_list!(query, municipalities);
            query.push(")");
        }
        if let Some(card_number) = &filter.card_number {
            query.push(" AND p.card_number = ").push_bind(card_number);
        }
        query.push(" ORDER BY f.opened_at, f.id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Up to `limit` approved findings after a position whose undo window has passed, by time of effect.
///
/// # Errors
/// When they cannot be read.
pub async fn due_to_apply(
    tx: &mut Tx,
    at: DateTime<Utc>,
    after: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<FindingRow>> {
    on!(tx, conn => {
        let mut query =
            QueryBuilder::new(format!("SELECT {COLUMNS} FROM finding WHERE state = 'decided' AND effective_at <= "));
        query.push_bind(at).push(" AND (effective_at, id) > (").push_bind(after.0).push(", ").push_bind(after.1);
        query.push(") ORDER BY effective_at, id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many approved findings have passed their undo window.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_due_to_apply(tx: &mut Tx, at: DateTime<Utc>) -> Result<i64> {
    let sql = "SELECT count(*) FROM finding WHERE state = 'decided' AND effective_at <= $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(at).fetch_one(conn).await?))
}

/// Up to `limit` written findings after one whose patron's row has changed since they were written, by
/// identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn written_and_seen_again(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<FindingRow>> {
    let columns =
        COLUMNS.split(',').map(|column| format!("f.{}", column.trim())).collect::<Vec<_>>().join(", ");
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT {columns} FROM finding f JOIN patron p ON p.id = f.patron
             WHERE f.state = 'written' AND p.version > f.patron_version AND f.id > "
        ));
        query.push_bind(after).push(" ORDER BY f.id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Up to `limit` findings in a state after one, by identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn in_state(tx: &mut Tx, state: FindingState, after: Uuid, limit: i64) -> Result<Vec<FindingRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM finding WHERE state = "));
        query.push_bind(state.as_str()).push(" AND id > ").push_bind(after);
        query.push(" ORDER BY id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many findings are in each kind and state; those held back are not counted.
///
/// # Errors
/// When they cannot be counted.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, String, i64)>> {
    let sql = "SELECT kind, state, count(*) FROM finding WHERE NOT held_back
         GROUP BY kind, state ORDER BY kind, state";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Wakes findings that were put off until now or earlier.
///
/// # Errors
/// When it cannot be stored.
pub async fn wake_snoozed(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE finding
         SET state = 'opened', snoozed_until = NULL, updated_at = $1, version = version + 1
         WHERE state = 'snoozed' AND snoozed_until <= $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}

/// Marks the open findings of patrons as stale, because the register's row changed.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_stale(tx: &mut Tx, patron: Uuid, moved: &str, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE finding
         SET state = 'stale', moved = $2, snoozed_until = NULL, effective_at = NULL, updated_at = $3,
             version = version + 1
         WHERE patron = $1 AND state IN ('new', 'opened', 'snoozed', 'stale', 'decided')";
    on!(tx, conn => Ok(sqlx::query(sql).bind(patron).bind(moved).bind(at).execute(conn).await?.rows_affected()))
}

/// Empties what the findings of a patron hold: what is done when protection starts. Their versions grow, so
/// that a change made from what was read before does not bring the content back.
///
/// # Errors
/// When it cannot be stored.
pub async fn wipe(tx: &mut Tx, patron: Uuid) -> Result<()> {
    on!(tx, conn => sqlx::query("UPDATE finding SET sealed = NULL, change_class = NULL, version = version + 1 WHERE patron = $1")
        .bind(patron).execute(conn).await?.rows_affected());
    Ok(())
}

/// How many approved findings wait for their undo window, and how many are put off.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_waiting(tx: &mut Tx, at: DateTime<Utc>) -> Result<i64> {
    let sql = "SELECT count(*) FROM finding
         WHERE (state = 'decided' AND effective_at > $1) OR (state = 'snoozed' AND snoozed_until > $1)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(at).fetch_one(conn).await?))
}

/// Up to `limit` findings that are to be reviewed and whose class nobody has noted yet, the oldest first.
///
/// # Errors
/// When they cannot be read.
pub async fn unclassed(tx: &mut Tx, limit: i64) -> Result<Vec<FindingRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT {COLUMNS} FROM finding
             WHERE change_class IS NULL AND state IN ('new', 'opened', 'snoozed', 'stale') AND sealed IS NOT NULL
             ORDER BY opened_at, id LIMIT "
        ));
        query.push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Notes the class of a finding as it was read, which changes nothing else of it. Whoever was faster wins.
///
/// # Errors
/// When it cannot be stored.
pub async fn set_class(tx: &mut Tx, row: &FindingRow) -> Result<()> {
    let sql = "UPDATE finding SET change_class = $3 WHERE id = $1 AND version = $2 AND change_class IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.version).bind(&row.change_class).execute(conn).await?
        .rows_affected());
    Ok(())
}
