//! Schedules and every version they have had.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder};
use uuid::Uuid;

use super::{Result, Tx, on, one_row};

/// A schedule, without any of its versions.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeadRow {
    /// Its identifier.
    pub id: Uuid,
    /// Its name, unlike every other's that has not been removed.
    pub name: String,
    /// `configuration` or `administrator`.
    pub origin: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was paused, if it is.
    pub paused_at: Option<DateTime<Utc>>,
    /// Until when.
    pub paused_until: Option<DateTime<Utc>>,
    /// Why.
    pub paused_because: Option<String>,
    /// By whom.
    pub paused_by: Option<String>,
    /// When it was removed, if it is.
    pub removed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub removed_by: Option<String>,
}

/// A schedule with the version in force.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ScheduleRow {
    /// Its identifier.
    pub id: Uuid,
    /// Its name, unlike every other's that has not been removed.
    pub name: String,
    /// `configuration` or `administrator`.
    pub origin: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was paused, if it is.
    pub paused_at: Option<DateTime<Utc>>,
    /// Until when.
    pub paused_until: Option<DateTime<Utc>>,
    /// Why.
    pub paused_because: Option<String>,
    /// By whom.
    pub paused_by: Option<String>,
    /// When it was removed, if it is.
    pub removed_at: Option<DateTime<Utc>>,
    /// The version in force.
    pub version: i64,
    /// Its content, see [`crate::schedule::definition::Definition`].
    pub definition: String,
}

/// One version of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionRow {
    /// The schedule.
    pub schedule: Uuid,
    /// From 1.
    pub version: i64,
    /// Its content.
    pub definition: String,
    /// `waiting`, `in_force`, `former` or `withdrawn`.
    pub state: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The administrator's account; none for the configuration.
    pub account: Option<Uuid>,
    /// Who made it, by name.
    pub actor: String,
    /// The operating-system user who made it.
    pub os_user: String,
    /// The session it was made in. Two acts of one session count as one.
    pub session: Option<String>,
    /// How many people it chose when it was made.
    pub people: Option<i64>,
    /// When a second administrator approved it.
    pub approved_at: Option<DateTime<Utc>>,
    /// That administrator's account.
    pub approved_by: Option<Uuid>,
    /// That administrator's name.
    pub approver: Option<String>,
    /// The operating-system user of the approval.
    pub approver_os_user: Option<String>,
    /// When it was withdrawn, or another took its place while it waited.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

/// One pause of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PauseRow {
    /// Its identifier.
    pub id: Uuid,
    /// The schedule.
    pub schedule: Uuid,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// When it was to end.
    pub until: DateTime<Utc>,
    /// Why.
    pub because: String,
    /// Who paused it.
    pub actor: String,
    /// That person's operating-system user.
    pub os_user: String,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

/// Who approves a version, and when.
#[derive(Debug, Clone, Copy)]
pub struct Approval<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// The account.
    pub account: Uuid,
    /// Its name.
    pub name: &'a str,
    /// The operating-system user.
    pub os_user: &'a str,
}

const HEAD: &str = "id, name, origin, created_at, paused_at, paused_until, paused_because, paused_by, removed_at, removed_by";
const VERSION: &str =
    "schedule, version, definition, state, made_at, account, actor, os_user, session, people, approved_at,
    approved_by, approver, approver_os_user, withdrawn_at, withdrawn_by";

/// Adds a schedule, without any version yet.
///
/// # Errors
/// When another has the name.
pub async fn insert(tx: &mut Tx, id: Uuid, name: &str, origin: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO schedule (id, name, origin, created_at) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(name).bind(origin).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// Adds a version.
///
/// # Errors
/// When there is one of that number, or another is in the state of which there is one.
pub async fn insert_version(tx: &mut Tx, row: &VersionRow) -> Result<()> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "INSERT INTO schedule_version (schedule, version, definition, state, made_at, account, actor, os_user, session,
                people, approved_at, approved_by, approver, approver_os_user, withdrawn_at, withdrawn_by) ",
        );
        query.push_values([row], |mut to, row| {
            to.push_bind(row.schedule)
                .push_bind(row.version)
                .push_bind(&row.definition)
                .push_bind(&row.state)
                .push_bind(row.made_at)
                .push_bind(row.account)
                .push_bind(&row.actor)
                .push_bind(&row.os_user)
                .push_bind(&row.session)
                .push_bind(row.people)
                .push_bind(row.approved_at)
                .push_bind(row.approved_by)
                .push_bind(&row.approver)
                .push_bind(&row.approver_os_user)
                .push_bind(row.withdrawn_at)
                .push_bind(&row.withdrawn_by);
        });
        query.build().execute(conn).await?;
    });
    Ok(())
}

/// Every schedule that has a version in force and has not been removed, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn in_force(tx: &mut Tx) -> Result<Vec<ScheduleRow>> {
    let sql = "SELECT s.id, s.name, s.origin, s.created_at, s.paused_at, s.paused_until, s.paused_because, s.paused_by,
             s.removed_at, v.version, v.definition
         FROM schedule s JOIN schedule_version v ON v.schedule = s.id AND v.state = 'in_force'
         WHERE s.removed_at IS NULL ORDER BY s.name";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// Every schedule that has not been removed, by name, also one whose only version waits.
///
/// # Errors
/// When they cannot be read.
pub async fn heads(tx: &mut Tx) -> Result<Vec<HeadRow>> {
    let sql = format!("SELECT {HEAD} FROM schedule WHERE removed_at IS NULL ORDER BY name");
    on!(tx, conn => Ok(sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?))
}

/// The schedule of a name: the one that has not been removed, otherwise the one removed last.
///
/// # Errors
/// When it cannot be read.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Option<HeadRow>> {
    let sql = format!(
        "SELECT {HEAD} FROM schedule WHERE name = $1
         ORDER BY CASE WHEN removed_at IS NULL THEN 0 ELSE 1 END, removed_at DESC, id DESC LIMIT 1"
    );
    on!(tx, conn => Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(name).fetch_optional(conn).await?))
}

/// Locks a schedule until the end of the transaction, so that its versions change one after another.
///
/// # Errors
/// When it has been removed meanwhile.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    let sql = "UPDATE schedule SET name = name WHERE id = $1 AND removed_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).execute(conn).await?.rows_affected());
    one_row(rows, "the schedule")
}

/// Every version of a schedule, in order.
///
/// # Errors
/// When they cannot be read.
pub async fn versions(tx: &mut Tx, schedule: Uuid) -> Result<Vec<VersionRow>> {
    let sql = format!("SELECT {VERSION} FROM schedule_version WHERE schedule = $1 ORDER BY version");
    on!(tx, conn => Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(schedule).fetch_all(conn).await?))
}

/// Lets another version take the place of the one in force, if there is one.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_in_force(tx: &mut Tx, schedule: Uuid) -> Result<()> {
    let sql = "UPDATE schedule_version SET state = 'former' WHERE schedule = $1 AND state = 'in_force'";
    on!(tx, conn => sqlx::query(sql).bind(schedule).execute(conn).await?.rows_affected());
    Ok(())
}

/// Withdraws the version that waits; false when none does.
///
/// # Errors
/// When it cannot be stored.
pub async fn withdraw(tx: &mut Tx, schedule: Uuid, at: DateTime<Utc>, by: &str) -> Result<bool> {
    let sql = "UPDATE schedule_version SET state = 'withdrawn', withdrawn_at = $2, withdrawn_by = $3
         WHERE schedule = $1 AND state = 'waiting'";
    let rows = on!(tx, conn =>
        sqlx::query(sql).bind(schedule).bind(at).bind(by).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Puts a version that waits in force. The one before must have ended.
///
/// # Errors
/// When it does not wait any more.
pub async fn approve(tx: &mut Tx, schedule: Uuid, version: i64, by: Approval<'_>) -> Result<()> {
    let sql =
        "UPDATE schedule_version SET state = 'in_force', approved_at = $3, approved_by = $4, approver = $5,
             approver_os_user = $6
         WHERE schedule = $1 AND version = $2 AND state = 'waiting'";
    let rows = on!(tx, conn => sqlx::query(sql)
        .bind(schedule)
        .bind(version)
        .bind(by.at)
        .bind(by.account)
        .bind(by.name)
        .bind(by.os_user)
        .execute(conn)
        .await?
        .rows_affected());
    one_row(rows, "the version that waited")
}

/// Removes a schedule. Its versions and runs stay on record.
///
/// # Errors
/// When it has been removed already.
pub async fn remove(tx: &mut Tx, id: Uuid, at: DateTime<Utc>, by: &str) -> Result<()> {
    let sql = "UPDATE schedule SET removed_at = $2, removed_by = $3 WHERE id = $1 AND removed_at IS NULL";
    let rows = on!(tx, conn =>
        sqlx::query(sql).bind(id).bind(at).bind(by).execute(conn).await?.rows_affected());
    one_row(rows, "the schedule")
}

/// Pauses a schedule. An earlier pause must have ended.
///
/// # Errors
/// When it is paused, or has been removed.
pub async fn pause(tx: &mut Tx, row: &PauseRow) -> Result<()> {
    let sql = "UPDATE schedule SET paused_at = $2, paused_until = $3, paused_because = $4, paused_by = $5
         WHERE id = $1 AND removed_at IS NULL AND paused_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(sql)
        .bind(row.schedule)
        .bind(row.begun_at)
        .bind(row.until)
        .bind(&row.because)
        .bind(&row.actor)
        .execute(conn)
        .await?
        .rows_affected());
    one_row(rows, "the pause")?;
    let sql = "INSERT INTO schedule_pause (id, schedule, begun_at, until, because, actor, os_user)
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.schedule)
        .bind(row.begun_at)
        .bind(row.until)
        .bind(&row.because)
        .bind(&row.actor)
        .bind(&row.os_user)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Ends the pause of a schedule; false when it was not paused.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_pause(tx: &mut Tx, id: Uuid, at: DateTime<Utc>, by: &str) -> Result<bool> {
    let sql =
        "UPDATE schedule SET paused_at = NULL, paused_until = NULL, paused_because = NULL, paused_by = NULL
         WHERE id = $1 AND paused_at IS NOT NULL";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).execute(conn).await?.rows_affected());
    let sql =
        "UPDATE schedule_pause SET ended_at = $2, ended_by = $3 WHERE schedule = $1 AND ended_at IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(at).bind(by).execute(conn).await?.rows_affected());
    Ok(rows == 1)
}

/// Every pause a schedule has had, in order.
///
/// # Errors
/// When they cannot be read.
pub async fn pauses(tx: &mut Tx, schedule: Uuid) -> Result<Vec<PauseRow>> {
    let sql = "SELECT id, schedule, begun_at, until, because, actor, os_user, ended_at, ended_by
         FROM schedule_pause WHERE schedule = $1 ORDER BY begun_at, id";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(schedule).fetch_all(conn).await?))
}

/// The schedules whose pause was to end by an instant.
///
/// # Errors
/// When they cannot be read.
pub async fn pauses_over(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<HeadRow>> {
    let sql =
        format!("SELECT {HEAD} FROM schedule WHERE removed_at IS NULL AND paused_until <= $1 ORDER BY name");
    on!(tx, conn => Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(now).fetch_all(conn).await?))
}

/// Ends the pause of a schedule if its time is over by an instant; false when it is not, or not any more.
///
/// # Errors
/// When it cannot be stored.
pub async fn end_pause_over(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, by: &str) -> Result<bool> {
    let sql =
        "UPDATE schedule SET paused_at = NULL, paused_until = NULL, paused_because = NULL, paused_by = NULL
         WHERE id = $1 AND paused_until <= $2";
    let rows = on!(tx, conn => sqlx::query(sql).bind(id).bind(now).execute(conn).await?.rows_affected());
    if rows == 0 {
        return Ok(false);
    }
    let sql =
        "UPDATE schedule_pause SET ended_at = until, ended_by = $2 WHERE schedule = $1 AND ended_at IS NULL";
    on!(tx, conn => sqlx::query(sql).bind(id).bind(by).execute(conn).await?.rows_affected());
    Ok(true)
}
