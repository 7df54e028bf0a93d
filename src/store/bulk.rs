//! Batches of bulk approval and the cases that were frozen into them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on, one_row, pieces};

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkRow {
    /// Its identifier.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The class of all its cases.
    pub class: String,
    /// The municipality it was made for; nothing for all of the account's.
    pub municipality: Option<String>,
    /// `sampling`, `ready`, `approved`, `cancelled` or `undone`.
    pub state: String,
    /// Why it was cancelled.
    pub ended_because: Option<String>,
    /// What was left out when it was made: words of reasons with their counts.
    pub left_out: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When its approvals take effect.
    pub effective_at: Option<DateTime<Utc>>,
}

/// A case of a batch.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BulkItemRow {
    /// The batch.
    pub bulk: Uuid,
    /// Its place in the list.
    pub position: i64,
    /// The finding; nothing for an invented case.
    pub finding: Option<Uuid>,
    /// The version of the finding that was frozen, or seen since by the maker.
    pub finding_version: i64,
    /// Its place among the samples, if it is one.
    pub sample: Option<i64>,
    /// An invented case, as JSON.
    pub planted: Option<String>,
    /// `fits` or `does_not_fit`.
    pub verdict: Option<String>,
    /// When it was first shown singly.
    pub looked_at: Option<DateTime<Utc>>,
    /// `approved`, or why it was left out.
    pub outcome: Option<String>,
    /// The decision about it.
    pub decision: Option<Uuid>,
}

const BULK: &str =
    "SELECT id, account, class, municipality, state, ended_because, left_out, created_at, updated_at,
         effective_at
     FROM bulk";

const ITEM_COLUMNS: &str =
    "bulk, position, finding, finding_version, sample, planted, verdict, looked_at, outcome, decision";

/// Stores a new batch.
///
/// # Errors
/// [`Taken`](super::StoreError::Taken) when the account has an unfinished one.
pub async fn insert(tx: &mut Tx, row: &BulkRow) -> Result<()> {
    let sql =
        "INSERT INTO bulk (id, account, class, municipality, state, ended_because, left_out, created_at,
             updated_at, effective_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(tx, conn => sqlx::query(sql).bind(row.id).bind(row.account).bind(&row.class).bind(&row.municipality)
        .bind(&row.state).bind(&row.ended_because).bind(&row.left_out).bind(row.created_at).bind(row.updated_at)
        .bind(row.effective_at).execute(conn).await?.rows_affected());
    Ok(())
}

/// A batch of an account; nothing when there is none or it is another's.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<Option<BulkRow>> {
    let sql = sqlx::AssertSqlSafe(format!("{BULK} WHERE id = $1 AND account = $2"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).bind(account).fetch_optional(conn).await?))
}

/// The same, locked until the transaction ends, to be changed.
///
/// # Errors
/// When it cannot be locked.
pub async fn locked(tx: &mut Tx, account: Uuid, id: Uuid) -> Result<Option<BulkRow>> {
    let sql = "UPDATE bulk SET updated_at = updated_at WHERE id = $1 AND account = $2";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(account).execute(conn).await?.rows_affected());
    get(tx, account, id).await
}

/// Up to `limit` batches of an account, the newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(tx: &mut Tx, account: Uuid, limit: i64) -> Result<Vec<BulkRow>> {
    let sql =
        sqlx::AssertSqlSafe(format!("{BULK} WHERE account = $1 ORDER BY created_at DESC, id DESC LIMIT $2"));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(account).bind(limit).fetch_all(conn).await?))
}

/// Changes the state of a batch.
///
/// # Errors
/// When there is none, or it cannot be stored.
pub async fn update(tx: &mut Tx, row: &BulkRow) -> Result<()> {
    let sql =
        "UPDATE bulk SET state = $2, ended_because = $3, updated_at = $4, effective_at = $5 WHERE id = $1";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(&row.state).bind(&row.ended_because)
        .bind(row.updated_at).bind(row.effective_at).execute(conn).await?.rows_affected());
    one_row(rows, "the batch")
}

/// Stores the cases of a new batch.
///
/// # Errors
/// When they cannot be stored.
pub async fn insert_items(tx: &mut Tx, rows: &[BulkItemRow]) -> Result<()> {
    for rows in pieces(rows) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO bulk_item ({ITEM_COLUMNS}) "));
            query.push_values(rows, |mut to, row| {
                to.push_bind(row.bulk)
                    .push_bind(row.position)
                    .push_bind(row.finding)
                    .push_bind(row.finding_version)
                    .push_bind(row.sample)
                    .push_bind(&row.planted)
                    .push_bind(&row.verdict)
                    .push_bind(row.looked_at)
                    .push_bind(&row.outcome)
                    .push_bind(row.decision);
            });
            query.build().execute(conn).await?.rows_affected()
        });
    }
    Ok(())
}

/// The cases of a batch, in the order of its list.
///
/// # Errors
/// When they cannot be read.
pub async fn items(tx: &mut Tx, bulk: Uuid) -> Result<Vec<BulkItemRow>> {
    let sql = format!("SELECT {ITEM_COLUMNS} FROM bulk_item WHERE bulk = $1 ORDER BY position");
    let sql = sqlx::AssertSqlSafe(sql);
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(bulk).fetch_all(conn).await?))
}

/// Changes what has become of a case.
///
/// # Errors
/// When there is none, or it cannot be stored.
pub async fn update_item(tx: &mut Tx, row: &BulkItemRow) -> Result<()> {
    let sql = "UPDATE bulk_item
         SET finding_version = $3, sample = $4, verdict = $5, looked_at = $6, outcome = $7, decision = $8
         WHERE bulk = $1 AND position = $2";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.bulk).bind(row.position).bind(row.finding_version)
        .bind(row.sample).bind(&row.verdict).bind(row.looked_at).bind(&row.outcome).bind(row.decision)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the case of the batch")
}

/// Deletes batches that nothing has been done with since an instant, with the list of their cases. How many there were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let items = "DELETE FROM bulk_item WHERE bulk IN (SELECT id FROM bulk WHERE updated_at < $1)";
    on!(tx, conn => sqlx::query(items).bind(at).execute(conn).await?.rows_affected());
    let batches = "DELETE FROM bulk WHERE updated_at < $1";
    Ok(on!(tx, conn => sqlx::query(batches).bind(at).execute(conn).await?.rows_affected()))
}
