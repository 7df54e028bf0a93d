//! The ledger of single-person queries: every attempt, booked before it is sent, spent or given back after.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

/// An attempt as it is booked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LedgerRow {
    /// The identifier of the message that is sent.
    pub id: Uuid,
    /// The request it is an attempt of.
    pub disclosure: Uuid,
    /// Which attempt of it, from 1.
    pub number: i64,
    /// The municipality under whose permit.
    pub municipality: String,
    /// The purpose.
    pub purpose: String,
    /// Whether it may have used the reserve.
    pub urgent: bool,
    /// The Helsinki day on which it counts.
    pub day: NaiveDate,
    /// Its price, in millionths of a euro.
    pub price_micro_euros: i64,
    /// `reserved`, `spent` or `refunded`.
    pub state: String,
    /// The class of what came of it.
    pub outcome: Option<String>,
    /// When it was booked.
    pub reserved_at: DateTime<Utc>,
    /// When it was spent or given back.
    pub settled_at: Option<DateTime<Utc>>,
}

/// Queries that count, of one day, municipality and purpose.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BookedRow {
    /// The Helsinki day.
    pub day: NaiveDate,
    /// The municipality.
    pub municipality: String,
    /// The purpose.
    pub purpose: String,
    /// How many.
    pub queries: i64,
    /// Their price, in millionths of a euro.
    pub price_micro_euros: i64,
}

const COLUMNS: &str =
    "id, disclosure, number, municipality, purpose, urgent, day, price_micro_euros, state, outcome,
    reserved_at, settled_at";

/// Locks the ledger until the transaction ends, and counts what is about to be booked: whoever counts then sees
/// what everybody before has booked.
///
/// # Errors
/// When it cannot be locked.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    let sql = "UPDATE query_ledger_head SET booked = booked + 1 WHERE id = 1";
    let rows = on!(tx, conn => sqlx::query(sql).execute(conn).await?.rows_affected());
    one_row(rows, "the ledger of queries")
}

/// Books an attempt. The ledger is locked.
///
/// # Errors
/// When it is booked already, or its request is not in the disclosure log.
pub async fn insert(tx: &mut Tx, row: &LedgerRow) -> Result<()> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("INSERT INTO query_ledger ({COLUMNS}) "));
        query.push_values([row], |mut to, row| {
            to.push_bind(row.id)
                .push_bind(row.disclosure)
                .push_bind(row.number)
                .push_bind(&row.municipality)
                .push_bind(&row.purpose)
                .push_bind(row.urgent)
                .push_bind(row.day)
                .push_bind(row.price_micro_euros)
                .push_bind(&row.state)
                .push_bind(&row.outcome)
                .push_bind(row.reserved_at)
                .push_bind(row.settled_at);
        });
        query.build().execute(conn).await?;
    });
    Ok(())
}

/// What counts from one Helsinki day on and before another: all but what was given back.
///
/// # Errors
/// When it cannot be counted.
pub async fn booked(tx: &mut Tx, from: NaiveDate, before: NaiveDate) -> Result<Vec<BookedRow>> {
    let sql = "SELECT day, municipality, purpose, count(*) AS queries,
             CAST(sum(price_micro_euros) AS BIGINT) AS price_micro_euros
         FROM query_ledger
         WHERE day >= $1 AND day < $2 AND state <> 'refunded'
         GROUP BY day, municipality, purpose
         ORDER BY day, municipality, purpose";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(from).bind(before).fetch_all(conn).await?))
}

/// Spends a booked attempt, or gives it back. False when that has been done already: nothing is settled twice.
///
/// # Errors
/// When it cannot be stored.
pub async fn settle(tx: &mut Tx, id: Uuid, state: &str, outcome: &str, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE query_ledger SET state = $2, outcome = $3, settled_at = $4
         WHERE id = $1 AND state = 'reserved'";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(state).bind(outcome).bind(at)
        .execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Spends what was booked before an instant and never settled: its process died, and VTJ may have answered.
///
/// # Errors
/// When it cannot be stored.
pub async fn settle_abandoned(tx: &mut Tx, before: DateTime<Utc>, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE query_ledger SET state = 'spent', outcome = 'unknown', settled_at = $2
         WHERE state = 'reserved' AND reserved_at < $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).bind(at).execute(conn).await?.rows_affected()))
}

/// The attempts of a request, in order.
///
/// # Errors
/// When they cannot be read.
pub async fn of_disclosure(tx: &mut Tx, disclosure: Uuid) -> Result<Vec<LedgerRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM query_ledger WHERE disclosure = $1 ORDER BY number"
    ));
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(disclosure).fetch_all(conn).await?))
}

/// The request of which a message is an attempt.
///
/// # Errors
/// When it cannot be read.
pub async fn disclosure_of(tx: &mut Tx, message: Uuid) -> Result<Option<Uuid>> {
    let sql = "SELECT disclosure FROM query_ledger WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(message).fetch_optional(conn).await?))
}
