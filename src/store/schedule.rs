//! Schedules and every version they have had.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on};

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
}

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
            "INSERT INTO schedule_version (schedule, version, definition, state, made_at, account, actor, os_user, people,
                approved_at, approved_by, approver, approver_os_user) ",
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
                .push_bind(row.people)
                .push_bind(row.approved_at)
                .push_bind(row.approved_by)
                .push_bind(&row.approver)
                .push_bind(&row.approver_os_user);
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
