//! Whom a run is about, and what came of each.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on};

/// A person of a run who is still to be asked about.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// The place in the order of the run.
    pub position: i64,
    /// The patron.
    pub patron: Uuid,
    /// The patron's municipality when the run was planned.
    pub municipality: String,
}

/// A person of a run who was put aside.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PutAside {
    /// The place in the order of the run.
    pub position: i64,
    /// The patron.
    pub patron: Uuid,
    /// Why, as a word.
    pub why: String,
}

/// The next people of a run: up to `limit` of one municipality, that of the first who waits.
///
/// # Errors
/// When they cannot be read.
pub async fn next(tx: &mut Tx, run: Uuid, limit: i64) -> Result<Vec<Waiting>> {
    let sql = "SELECT position, patron, municipality FROM run_person
         WHERE run = $1 AND state = 'waiting' AND municipality =
             (SELECT min(municipality) FROM run_person WHERE run = $1 AND state = 'waiting')
         ORDER BY position LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).bind(limit).fetch_all(conn).await?))
}

/// How many people of a run are to be asked about, by municipality.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_waiting(tx: &mut Tx, run: Uuid) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT municipality, count(*) FROM run_person WHERE run = $1 AND state = 'waiting'
         GROUP BY municipality ORDER BY municipality";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).fetch_all(conn).await?))
}

/// Notes what came of some people of a run who were waiting. Returns how many of them were.
///
/// # Errors
/// When it cannot be stored.
pub async fn settle(
    tx: &mut Tx,
    run: Uuid,
    patrons: &[Uuid],
    state: &str,
    why: Option<&str>,
    disclosure: Option<Uuid>,
) -> Result<u64> {
    let mut settled = 0;
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        settled += on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE run_person SET state = ");
            query.push_bind(state).push(", why = ").push_bind(why).push(", disclosure = ").push_bind(disclosure);
            query.push(" WHERE run = ").push_bind(run).push(" AND state = 'waiting' AND patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?.rows_affected()
        });
    }
    Ok(settled)
}

/// Those of a run who were put aside, after a place in its order.
///
/// # Errors
/// When they cannot be read.
pub async fn put_aside(tx: &mut Tx, run: Uuid, after: i64, limit: i64) -> Result<Vec<PutAside>> {
    let sql = "SELECT position, patron, why FROM run_person
         WHERE run = $1 AND state = 'failed' AND position > $2 ORDER BY position LIMIT $3";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).bind(after).bind(limit).fetch_all(conn).await?))
}

/// Why people of a run were left out, and how many.
///
/// # Errors
/// When they cannot be counted.
pub async fn left_out(tx: &mut Tx, run: Uuid) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT why, count(*) FROM run_person WHERE run = $1 AND state = 'left_out' GROUP BY why ORDER BY why";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).fetch_all(conn).await?))
}

/// How many people of a run needed no question of its own: an earlier answer was young enough.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_reused(tx: &mut Tx, run: Uuid) -> Result<i64> {
    let sql = "SELECT count(*) FROM run_person p JOIN disclosure d ON d.id = p.disclosure
         WHERE p.run = $1 AND p.state = 'asked' AND (d.run IS NULL OR d.run <> p.run)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(run).fetch_one(conn).await?))
}

/// Makes the people of a run of whom nothing came, and those put aside, the people of another. Returns how many.
///
/// # Errors
/// When it cannot be stored.
pub async fn take_over(tx: &mut Tx, from: Uuid, to: Uuid) -> Result<u64> {
    let sql = "INSERT INTO run_person (run, position, patron, municipality, state)
         SELECT $2, position, patron, municipality, 'waiting' FROM run_person
         WHERE run = $1 AND state IN ('waiting', 'failed')";
    on!(tx, conn => Ok(sqlx::query(sql).bind(from).bind(to).execute(conn).await?.rows_affected()))
}
