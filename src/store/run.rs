//! Runs of schedules, and whom each is about.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

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
    /// How many VTJ has answered about.
    pub asked: i64,
    /// How many were put aside, with why on their own rows.
    pub failed: i64,
    /// How many of them had a new answer.
    pub changed: i64,
    /// Requests sent to VTJ.
    pub requests: i64,
    /// Batches done.
    pub batches: i64,
    /// The epoch of the lease under which it was last written.
    pub epoch: Option<i64>,
    /// How many may not be asked about any more, and were left out.
    pub left_out: i64,
    /// How often in a row VTJ kept it from going on.
    pub tries: i64,
    /// When it is tried again, if it waits.
    pub try_again_at: Option<DateTime<Utc>>,
    /// More about the reason, in words and numbers without any personal value.
    pub note: Option<String>,
}

impl RunRow {
    /// A run of a version of a schedule that is planned by hand, with nothing done yet.
    pub fn planned(
        id: Uuid,
        (schedule, version): (Uuid, i64),
        actor: &str,
        os_user: &str,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            schedule,
            version,
            due_at: None,
            origin: "by_hand".to_owned(),
            state: "planned".to_owned(),
            reason: None,
            actor: actor.to_owned(),
            os_user: os_user.to_owned(),
            retry_of: None,
            planned_at: at,
            started_at: None,
            finished_at: None,
            cancel_requested_at: None,
            missed_since: None,
            missed_count: None,
            people: None,
            asked: 0,
            failed: 0,
            changed: 0,
            requests: 0,
            batches: 0,
            epoch: None,
            left_out: 0,
            tries: 0,
            try_again_at: None,
            note: None,
        }
    }

    /// How many of its people nobody was asked about: neither answered, nor put aside, nor left out.
    pub fn not_checked(&self) -> i64 {
        (self.people.unwrap_or_default() - self.asked - self.failed - self.left_out).max(0)
    }
}

/// A run that has not ended, with its schedule and the version it carries out.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OpenRun {
    /// The run.
    #[sqlx(flatten)]
    pub run: RunRow,
    /// The name of the schedule.
    pub name: String,
    /// The content of the version, see [`crate::schedule::definition::Definition`].
    pub definition: String,
    /// When the schedule was paused, if it is.
    pub paused_at: Option<DateTime<Utc>>,
    /// Until when.
    pub paused_until: Option<DateTime<Utc>>,
    /// When the schedule was removed, if it is.
    pub removed_at: Option<DateTime<Utc>>,
}

/// A run with the name of its schedule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NamedRun {
    /// The run.
    #[sqlx(flatten)]
    pub run: RunRow,
    /// The name of the schedule.
    pub name: String,
}

/// What a part of a run adds to its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Answered about.
    pub asked: i64,
    /// Put aside.
    pub failed: i64,
    /// Left out.
    pub left_out: i64,
    /// With a new answer.
    pub changed: i64,
    /// Requests sent.
    pub requests: i64,
    /// Batches done.
    pub batches: i64,
}

/// Which runs to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those of the schedules of this name, removed ones included.
    pub name: Option<String>,
    /// Those in this state.
    pub state: Option<String>,
    /// Those planned at or after this instant.
    pub since: Option<DateTime<Utc>>,
    /// Those that come after this one in the order of the list.
    pub before: Option<Uuid>,
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
                requests, batches, epoch, left_out, tries, try_again_at, note) ",
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
                .push_bind(row.epoch)
                .push_bind(row.left_out)
                .push_bind(row.tries)
                .push_bind(row.try_again_at)
                .push_bind(&row.note);
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

/// The runs that have not ended, in the order in which they were planned.
///
/// # Errors
/// When they cannot be read.
pub async fn open(tx: &mut Tx) -> Result<Vec<OpenRun>> {
    let sql = "SELECT r.*, s.name, v.definition, s.paused_at, s.paused_until, s.removed_at
         FROM run r JOIN schedule s ON s.id = r.schedule
             JOIN schedule_version v ON v.schedule = r.schedule AND v.version = r.version
         WHERE r.finished_at IS NULL ORDER BY r.planned_at, r.id";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// One run that has not ended.
///
/// # Errors
/// When it cannot be read.
pub async fn open_one(tx: &mut Tx, id: Uuid) -> Result<Option<OpenRun>> {
    let sql = "SELECT r.*, s.name, v.definition, s.paused_at, s.paused_until, s.removed_at
         FROM run r JOIN schedule s ON s.id = r.schedule
             JOIN schedule_version v ON v.schedule = r.schedule AND v.version = r.version
         WHERE r.finished_at IS NULL AND r.id = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

/// Runs with the names of their schedules, newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn list(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<NamedRun>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT r.*, s.name FROM run r JOIN schedule s ON s.id = r.schedule WHERE TRUE");
        if let Some(name) = &filter.name {
            query.push(" AND s.name = ").push_bind(name);
        }
        if let Some(state) = &filter.state {
            query.push(" AND r.state = ").push_bind(state);
        }
        if let Some(since) = filter.since {
            query.push(" AND r.planned_at >= ").push_bind(since);
        }
        if let Some(before) = filter.before {
            query.push(" AND (r.planned_at, r.id) < (SELECT planned_at, id FROM run WHERE id = ").push_bind(before);
            query.push(")");
        }
        query.push(" ORDER BY r.planned_at DESC, r.id DESC LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Stores where a run stands, and the epoch of the lease under which that is known, where there is one. What its
/// batches add is [`count`]ed, and a wish to cancel it is [`request_cancel`].
///
/// # Errors
/// When it has ended meanwhile, or cannot be stored.
pub async fn update(tx: &mut Tx, row: &RunRow, epoch: Option<i64>) -> Result<()> {
    let sql = "UPDATE run SET state = $2, reason = $3, started_at = $4, finished_at = $5, missed_since = $6,
             missed_count = $7, people = $8, epoch = COALESCE($9, epoch), tries = $10, try_again_at = $11, note = $12
         WHERE id = $1 AND finished_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(row.id).bind(&row.state).bind(&row.reason).bind(row.started_at)
        .bind(row.finished_at).bind(row.missed_since).bind(row.missed_count).bind(row.people).bind(epoch)
        .bind(row.tries).bind(row.try_again_at).bind(&row.note).execute(conn).await?.rows_affected());
    one_row(rows, "the run")
}

/// Adds to the numbers of a run, in the transaction of what they count; it has got on, so what kept it is forgotten.
///
/// # Errors
/// When it has ended meanwhile, or cannot be stored.
pub async fn count(tx: &mut Tx, id: Uuid, epoch: i64, more: &Counted) -> Result<()> {
    let sql = "UPDATE run SET asked = asked + $3, failed = failed + $4, left_out = left_out + $5, changed = changed + $6,
             requests = requests + $7, batches = batches + $8, epoch = $2, tries = 0, try_again_at = NULL, note = NULL
         WHERE id = $1 AND finished_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(epoch).bind(more.asked).bind(more.failed)
        .bind(more.left_out).bind(more.changed).bind(more.requests).bind(more.batches)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the run")
}

/// Notes that somebody wants a run to end; false when it has ended.
///
/// # Errors
/// When it cannot be stored.
pub async fn request_cancel(tx: &mut Tx, id: Uuid, at: DateTime<Utc>) -> Result<bool> {
    let sql = "UPDATE run SET cancel_requested_at = COALESCE(cancel_requested_at, $2) WHERE id = $1 AND finished_at IS NULL";
    on!(tx, conn => Ok(sqlx::query(sql).bind(id).bind(at).execute(conn).await?.rows_affected() == 1))
}

/// The name of a schedule, removed or not.
///
/// # Errors
/// When it cannot be read.
pub async fn schedule_name(tx: &mut Tx, schedule: Uuid) -> Result<String> {
    let sql = "SELECT name FROM schedule WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(schedule).fetch_one(conn).await?))
}

/// The run that goes on from another, if there is one.
///
/// # Errors
/// When it cannot be read.
pub async fn retried_by(tx: &mut Tx, id: Uuid) -> Result<Option<Uuid>> {
    let sql = "SELECT id FROM run WHERE retry_of = $1 ORDER BY planned_at LIMIT 1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(id).fetch_optional(conn).await?))
}

/// The newest due time of a schedule that was skipped for a reason.
///
/// # Errors
/// When it cannot be read.
pub async fn last_skipped(tx: &mut Tx, schedule: Uuid, reason: &str) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT max(due_at) FROM run WHERE schedule = $1 AND state = 'skipped' AND reason = $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(schedule).bind(reason).fetch_one(conn).await?))
}

/// How many findings rest on what a run has asked.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_findings(tx: &mut Tx, id: Uuid) -> Result<i64> {
    let sql = "SELECT count(*) FROM finding WHERE request IN (SELECT id FROM disclosure WHERE run = $1)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?))
}

/// How many questions to VTJ a run has in the disclosure log, those without an answer included.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_disclosures(tx: &mut Tx, id: Uuid) -> Result<i64> {
    let sql = "SELECT count(*) FROM disclosure WHERE run = $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(id).fetch_one(conn).await?))
}

/// Runs by state: how many, and when the newest of them ended.
///
/// # Errors
/// When they cannot be counted.
pub async fn states(tx: &mut Tx) -> Result<Vec<(String, i64, Option<DateTime<Utc>>)>> {
    let sql = "SELECT state, count(*), max(finished_at) FROM run GROUP BY state ORDER BY state";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Runs that ended in a state at or after an instant: their schedules by name, and how many.
///
/// # Errors
/// When they cannot be counted.
pub async fn ended_since(tx: &mut Tx, state: &str, since: DateTime<Utc>) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT s.name, count(*) FROM run r JOIN schedule s ON s.id = r.schedule
         WHERE r.state = $1 AND r.finished_at >= $2 GROUP BY s.name ORDER BY s.name";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(state).bind(since).fetch_all(conn).await?))
}

/// Deletes so many of the oldest runs ended before an instant that no later one goes on from, with their people.
/// Returns how many.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, before: DateTime<Utc>, limit: i64) -> Result<u64> {
    let old = "SELECT id FROM run WHERE finished_at < $1
             AND NOT EXISTS (SELECT 1 FROM run later WHERE later.retry_of = run.id)
         ORDER BY finished_at, id LIMIT $2";
    let sql = sqlx::AssertSqlSafe(format!("DELETE FROM run_person WHERE run IN ({old})"));
    on!(tx, conn => sqlx::query(sql).bind(before).bind(limit).execute(conn).await?.rows_affected());
    let sql = sqlx::AssertSqlSafe(format!("DELETE FROM run WHERE id IN ({old})"));
    on!(tx, conn => Ok(sqlx::query(sql).bind(before).bind(limit).execute(conn).await?.rows_affected()))
}
