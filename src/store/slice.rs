//! The slices of a first load: how many findings that were held back are opened a day, and which first.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, for_share, in_list, on, one_row};
use crate::finding::slice::Priority;

/// How slices stand.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SliceRow {
    /// How many findings are opened a Helsinki day; nothing while there are no slices.
    pub per_day: Option<i64>,
    /// Which are opened first, as words with spaces between them.
    pub priorities: String,
    /// The administrator who chose.
    pub actor: String,
    /// Since when; nothing while there are no slices.
    pub begun_at: Option<DateTime<Utc>>,
    /// The last Helsinki day on which some were opened.
    pub opened_on: Option<NaiveDate>,
    /// How many on that day.
    pub opened_that_day: i64,
    /// How many since the slices began.
    pub opened: i64,
}

const ROW: &str = "SELECT per_day, priorities, actor, begun_at, opened_on, opened_that_day, opened
     FROM slice WHERE id = 1";

/// How slices stand.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx) -> Result<SliceRow> {
    on!(tx, conn => Ok(sqlx::query_as(ROW).fetch_one(conn).await?))
}

/// The same, held as it is until the transaction ends, so that nothing is held back after slices have ended.
///
/// # Errors
/// When it cannot be read.
pub async fn held(tx: &mut Tx) -> Result<SliceRow> {
    let sql = sqlx::AssertSqlSafe(format!("{ROW}{}", for_share(tx)));
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_one(conn).await?))
}

/// The same, locked until the transaction ends, to be changed.
///
/// # Errors
/// When it cannot be locked.
pub async fn locked(tx: &mut Tx) -> Result<SliceRow> {
    let sql = "UPDATE slice SET opened = opened WHERE id = 1";
    on!(tx, conn => sqlx::query(sql).execute(conn).await?.rows_affected());
    get(tx).await
}

/// Changes how slices stand.
///
/// # Errors
/// When it cannot be stored.
pub async fn set(tx: &mut Tx, row: &SliceRow) -> Result<()> {
    let sql = "UPDATE slice
         SET per_day = $1, priorities = $2, actor = $3, begun_at = $4, opened_on = $5, opened_that_day = $6,
             opened = $7
         WHERE id = 1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.per_day).bind(&row.priorities).bind(&row.actor)
        .bind(row.begun_at).bind(row.opened_on).bind(row.opened_that_day).bind(row.opened)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the slices of a first load")
}

/// How many findings are held back.
///
/// # Errors
/// When they cannot be counted.
pub async fn left(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM finding WHERE held_back";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}

/// Whether somebody who may be asked about has not been asked about yet.
///
/// # Errors
/// When it cannot be read.
pub async fn somebody_is_not_read(tx: &mut Tx) -> Result<bool> {
    let sql =
        "SELECT EXISTS (SELECT 1 FROM person WHERE answer = 'not_asked' AND follow_state <> 'unfollowed')";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}

/// Up to `limit` findings held back, with their patrons: those of the first priority, then of the next, then
/// the oldest.
///
/// # Errors
/// When they cannot be read.
pub async fn next(tx: &mut Tx, priorities: &[Priority], limit: i64) -> Result<Vec<(Uuid, Uuid)>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "SELECT f.id, f.patron FROM finding f JOIN patron p ON p.id = f.patron WHERE f.held_back ORDER BY CASE",
        );
        for (rank, priority) in (0_i64..).zip(priorities) {
            query.push(" WHEN ");
            match priority {
                Priority::Debts => { query.push("p.unpaid_fees_cents > 0"); }
                Priority::Note(note) => {
                    query.push("';' || p.notes || ';' LIKE ").push_bind(format!("%;{};%", note.as_str()));
                }
            }
            query.push(" THEN ").push_bind(rank);
        }
        // Without any priority, a CASE needs a WHEN all the same.
        query.push(" WHEN f.id IS NULL THEN 0 ELSE ").push_bind(i64::MAX);
        query.push(" END, f.opened_at, f.id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Opens findings that were held back. Returns how many.
///
/// # Errors
/// When it cannot be stored.
pub async fn open(tx: &mut Tx, findings: &[Uuid], at: DateTime<Utc>) -> Result<u64> {
    let mut opened = 0;
    for findings in findings.chunks(ROWS_PER_STATEMENT) {
        opened += on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE finding SET held_back = FALSE, version = version + 1, updated_at = ");
            query.push_bind(at).push(" WHERE held_back AND id IN (");
            in_list!(query, findings);
            query.push(")").build().execute(conn).await?.rows_affected()
        });
    }
    Ok(opened)
}

/// Opens every finding that is held back. Returns how many.
///
/// # Errors
/// When it cannot be stored.
pub async fn open_all(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE finding SET held_back = FALSE, version = version + 1, updated_at = $1 WHERE held_back";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}
