//! Runs of schedules, and whom each is about.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on};

/// One run of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RunRow {
    /// Its identifier.
    pub id: Uuid,
    /// The schedule.
    pub schedule: Uuid,
    /// The version of it that was in force.
    pub version: i64,
    /// When it was due; none when it was started by hand.
    pub due_at: Option<DateTime<Utc>>,
    /// `schedule`, `catch_up`, `by_hand` or `retry`.
    pub origin: String,
    /// See [`crate::schedule::run_state::RunState`].
    pub state: String,
    /// Why it is so, as a word.
    pub reason: Option<String>,
    /// Who started it, by name; the schedule's origin where nobody did.
    pub actor: String,
    /// The operating-system user of the process that planned it.
    pub os_user: String,
    /// The run it goes on from.
    pub retry_of: Option<Uuid>,
    /// When the row was made.
    pub planned_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When somebody asked it to end.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// Of due times missed in a row, the first.
    pub missed_since: Option<DateTime<Utc>>,
    /// Of due times missed in a row, how many.
    pub missed_count: Option<i64>,
    /// How many people it is about, once they are chosen.
    pub people: Option<i64>,
    /// How many have been asked about.
    pub asked: i64,
    /// How many of those failed and were put aside.
    pub failed: i64,
    /// How many of them had a new answer.
    pub changed: i64,
    /// Requests sent to VTJ.
    pub requests: i64,
    /// Batches done.
    pub batches: i64,
    /// The epoch of the lease under which it was last written.
    pub epoch: Option<i64>,
}

/// Adds a run; false when the due time has one already.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &RunRow) -> Result<bool> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "INSERT INTO run (id, schedule, version, due_at, origin, state, reason, actor, os_user, retry_of, planned_at,
                started_at, finished_at, cancel_requested_at, missed_since, missed_count, people, asked, failed, changed,
                requests, batches, epoch) ",
        );
        query.push_values([row], |mut to, row| {
            to.push_bind(row.id)
                .push_bind(row.schedule)
                .push_bind(row.version)
                .push_bind(row.due_at)
                .push_bind(&row.origin)
                .push_bind(&row.state)
                .push_bind(&row.reason)
                .push_bind(&row.actor)
                .push_bind(&row.os_user)
                .push_bind(row.retry_of)
                .push_bind(row.planned_at)
                .push_bind(row.started_at)
                .push_bind(row.finished_at)
                .push_bind(row.cancel_requested_at)
                .push_bind(row.missed_since)
                .push_bind(row.missed_count)
                .push_bind(row.people)
                .push_bind(row.asked)
                .push_bind(row.failed)
                .push_bind(row.changed)
                .push_bind(row.requests)
                .push_bind(row.batches)
                .push_bind(row.epoch);
        });
        query.push(" ON CONFLICT (schedule, due_at) WHERE due_at IS NOT NULL DO NOTHING");
        Ok(query.build().execute(conn).await?.rows_affected() == 1)
    })
}

/// One run.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<RunRow>> {
    let sql = "SELECT * FROM run WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

/// Notes what came of a person of a run who was waiting; nothing where that has been done.
///
/// # Errors
/// When it cannot be stored.
pub async fn note_person(
    tx: &mut Tx,
    run: Uuid,
    patron: Uuid,
    state: &str,
    why: Option<&str>,
    disclosure: Option<Uuid>,
) -> Result<()> {
    let sql = "UPDATE run_person SET state = $3, why = $4, disclosure = $5
         WHERE run = $1 AND patron = $2 AND state = 'waiting'";
    on!(tx, conn => sqlx::query(sql).bind(run).bind(patron).bind(state).bind(why).bind(disclosure)
        .execute(conn).await?.rows_affected());
    Ok(())
}
