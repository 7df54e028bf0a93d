//! What has happened to a schedule: every version with what it changed, approvals, pauses, in order.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::pause::ITS_END;
use super::show::{to_the_second, to_the_second_if_any};
use super::{FORMER, IN_FORCE, PlanningError, definition};
use crate::schedule::difference::{self, FieldChange};
use crate::store;
use crate::store::schedule::{self as rows, HeadRow, PauseRow, VersionRow};
use crate::task::Context;

/// What happened, in the order in which things happen that have the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A version that waited was withdrawn, or another took its place.
    Withdrawn,
    /// Somebody ended a pause.
    Resumed,
    /// The time of a pause was over.
    PauseOver,
    /// A version was made; it is in force unless it waits.
    Made,
    /// A second administrator put it in force.
    Approved,
    /// Somebody paused it.
    Paused,
    /// It was removed.
    Removed,
}

impl What {
    /// The word in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Resumed => "resumed",
            Self::PauseOver => "pause_over",
            Self::Made => "made",
            Self::Approved => "approved",
            Self::Paused => "paused",
            Self::Removed => "removed",
        }
    }
}

/// One thing that has happened to a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// When.
    #[serde(serialize_with = "to_the_second")]
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
    /// Who, by name; `configuration` where the file changed.
    pub by: String,
    /// The operating-system user, where it is on record.
    pub os_user: Option<String>,
    /// Of which version, where it is about one.
    pub version: Option<i64>,
    /// The state that the version has now, where one was made.
    pub state: Option<String>,
    /// What the version changed, where one was made: against the version that was in force then.
    pub changes: Vec<FieldChange>,
    /// How many people the version selected then.
    pub people: Option<i64>,
    /// Why, of a pause.
    pub because: Option<String>,
    /// Until when, of a pause.
    #[serde(serialize_with = "to_the_second_if_any")]
    pub until: Option<DateTime<Utc>>,
}

/// All that has happened to a schedule, oldest first; also to one that has been removed.
///
/// # Errors
/// When there never was one of the name, or the database fails.
pub async fn history(context: &Context, name: &str) -> Result<Vec<Happened>, PlanningError> {
    let mut tx = context.db.read().await?;
    let head = store::schedule::named(&mut tx, name).await?;
    let head = head.ok_or_else(|| PlanningError::Unknown(name.to_owned()))?;
    let versions = rows::versions(&mut tx, head.id).await?;
    let mut happened = of_versions(&versions);
    happened.extend(rows::pauses(&mut tx, head.id).await?.iter().flat_map(of_pause));
    happened.extend(removed(&head));
    happened.sort_by_key(|one| (one.at, one.what));
    Ok(happened)
}

fn of_versions(versions: &[VersionRow]) -> Vec<Happened> {
    let mut happened = Vec::new();
    let mut before = None;
    for version in versions {
        // What cannot be read is told without what it changed.
        let content = definition(version).ok();
        let number = Some(version.version);
        happened.push(Happened {
            version: number,
            os_user: Some(version.os_user.clone()),
            state: Some(version.state.clone()),
            changes: content
                .as_ref()
                .map(|after| difference::between(before.as_ref(), after))
                .unwrap_or_default(),
            people: version.people,
            ..event(version.made_at, What::Made, &version.actor)
        });
        if let (Some(at), Some(by)) = (version.approved_at, &version.approver) {
            let os_user = version.approver_os_user.clone();
            happened.push(Happened { version: number, os_user, ..event(at, What::Approved, by) });
        }
        if let (Some(at), Some(by)) = (version.withdrawn_at, &version.withdrawn_by) {
            happened.push(Happened { version: number, ..event(at, What::Withdrawn, by) });
        }
        if [IN_FORCE, FORMER].contains(&version.state.as_str()) {
            before = content;
        }
    }
    happened
}

fn of_pause(pause: &PauseRow) -> Vec<Happened> {
    let mut happened = vec![Happened {
        os_user: Some(pause.os_user.clone()),
        because: Some(pause.because.clone()),
        until: Some(pause.until),
        ..event(pause.begun_at, What::Paused, &pause.actor)
    }];
    if let (Some(at), Some(by)) = (pause.ended_at, &pause.ended_by) {
        let what = if by == ITS_END { What::PauseOver } else { What::Resumed };
        happened.push(event(at, what, by));
    }
    happened
}

fn removed(head: &HeadRow) -> Option<Happened> {
    Some(event(head.removed_at?, What::Removed, head.removed_by.as_deref()?))
}

fn event(at: DateTime<Utc>, what: What, by: &str) -> Happened {
    Happened {
        at,
        what,
        by: by.to_owned(),
        os_user: None,
        version: None,
        state: None,
        changes: Vec::new(),
        people: None,
        because: None,
        until: None,
    }
}
