//! The schedules of the configuration file as records: the file says what they are, the records what they were.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ADMINISTRATOR, CONFIGURATION};
use crate::audit::{self, Actor, Event};
use crate::clock::Clock;
use crate::schedule::definition::{Definition, ScheduleEntry};
use crate::schedule::difference;
use crate::store::schedule::{self as rows, HeadRow, VersionRow};
use crate::store::{Db, Result, StoreError, Tx, new_id};

/// How often it is tried when another process writes the same records.
const TRIES: usize = 3;

/// What [`sync`] did, by the names of schedules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synced {
    /// New in the file.
    pub added: Vec<String>,
    /// Changed in the file.
    pub changed: Vec<String>,
    /// Gone from the file.
    pub removed: Vec<String>,
    /// In the file, and not started: an administrator's schedule has the name. See [`clash_message`].
    pub clashes: Vec<String>,
}

/// Makes the records of the configuration's schedules say what the file says. Writes nothing when they do.
///
/// # Errors
/// When the database fails.
pub async fn sync(db: &Db, clock: &dyn Clock, os_user: &str, configured: &[ScheduleEntry]) -> Result<Synced> {
    let mut tries = 0;
    loop {
        tries += 1;
        match sync_once(db, clock, os_user, configured).await {
            Err(StoreError::Taken | StoreError::Conflict(_)) if tries < TRIES => {}
            result => return result,
        }
    }
}

async fn sync_once(
    db: &Db,
    clock: &dyn Clock,
    os_user: &str,
    configured: &[ScheduleEntry],
) -> Result<Synced> {
    let looked = differences(&mut db.read().await?, configured).await?;
    if looked.changes.is_empty() {
        return Ok(Synced { clashes: looked.clashes, ..Synced::default() });
    }
    let mut tx = db.begin().await?;
    // Another process may have been faster.
    let Differences { changes, clashes } = differences(&mut tx, configured).await?;
    let mut synced = Synced { clashes, ..Synced::default() };
    let mut details = Vec::new();
    let at = clock.now();
    for change in &changes {
        details.push(change.detail());
        match change {
            Change::Add(entry) => {
                let id = new_id(at);
                rows::insert(&mut tx, id, &entry.name, CONFIGURATION, at).await?;
                rows::insert_version(&mut tx, &version(id, 1, &entry.definition, at, os_user)).await?;
                synced.added.push(entry.name.clone());
            }
            Change::Edit { id, number, entry, .. } => {
                rows::lock(&mut tx, *id).await?;
                rows::end_in_force(&mut tx, *id).await?;
                rows::insert_version(&mut tx, &version(*id, *number, &entry.definition, at, os_user)).await?;
                synced.changed.push(entry.name.clone());
            }
            Change::Remove { id, name } => {
                rows::remove(&mut tx, *id, at, CONFIGURATION).await?;
                synced.removed.push(name.clone());
            }
        }
    }
    if !changes.is_empty() {
        let event = Event::new(at, Actor::OsUser, os_user, "schedule.sync").detail(details.join("; "));
        audit::record(&mut tx, &[event]).await?;
        tx.commit("schedule.sync").await?;
    }
    Ok(synced)
}

/// The configuration's schedules that are not started because an administrator's has the name.
///
/// # Errors
/// When the database fails.
pub async fn clashes(db: &Db, configured: &[ScheduleEntry]) -> Result<Vec<String>> {
    Ok(differences(&mut db.read().await?, configured).await?.clashes)
}

/// What to say of a name of [`Synced::clashes`].
pub fn clash_message(name: &str) -> String {
    format!(
        "the schedule {name:?} of the configuration file is not started: an administrator's schedule has the name; choose another name in the file, or run `ajantasa schedule remove` first"
    )
}

/// One step that makes the records say what the file says.
enum Change<'a> {
    Add(&'a ScheduleEntry),
    Edit { id: Uuid, number: i64, before: Option<Box<Definition>>, entry: &'a ScheduleEntry },
    Remove { id: Uuid, name: String },
}

impl Change<'_> {
    /// For the audit log.
    fn detail(&self) -> String {
        match self {
            Self::Add(entry) => format!("added {}", entry.name),
            Self::Edit { number, before, entry, .. } => {
                let fields: Vec<String> = difference::between(before.as_deref(), &entry.definition)
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                format!("changed {} to version {number}: {}", entry.name, fields.join(", "))
            }
            Self::Remove { name, .. } => format!("removed {name}"),
        }
    }
}

struct Differences<'a> {
    changes: Vec<Change<'a>>,
    clashes: Vec<String>,
}

async fn differences<'a>(tx: &mut Tx, configured: &'a [ScheduleEntry]) -> Result<Differences<'a>> {
    let heads = rows::heads(tx).await?;
    let (mut changes, mut clashes) = (Vec::new(), Vec::new());
    // In one order everywhere, so that two processes do not wait for each other.
    let mut configured: Vec<&ScheduleEntry> = configured.iter().collect();
    configured.sort_by(|one, other| one.name.cmp(&other.name));
    for head in heads.iter().filter(|head| head.origin == CONFIGURATION) {
        if !configured.iter().any(|entry| entry.name == head.name) {
            changes.push(Change::Remove { id: head.id, name: head.name.clone() });
        }
    }
    for entry in configured {
        match heads.iter().find(|head| head.name == entry.name) {
            None => changes.push(Change::Add(entry)),
            Some(head) if head.origin == ADMINISTRATOR => clashes.push(entry.name.clone()),
            Some(head) => changes.extend(edit(tx, head, entry).await?),
        }
    }
    Ok(Differences { changes, clashes })
}

async fn edit<'a>(tx: &mut Tx, head: &HeadRow, entry: &'a ScheduleEntry) -> Result<Option<Change<'a>>> {
    let versions = rows::versions(tx, head.id).await?;
    let in_force = versions.iter().find(|version| version.state == "in_force");
    // What cannot be read any more is replaced, too.
    let before = in_force.and_then(|version| Definition::from_json(&version.definition).ok());
    if before.as_ref() == Some(&entry.definition) {
        return Ok(None);
    }
    let number = versions.last().map_or(1, |newest| newest.version + 1);
    Ok(Some(Change::Edit { id: head.id, number, before: before.map(Box::new), entry }))
}

fn version(
    schedule: Uuid,
    number: i64,
    definition: &Definition,
    at: DateTime<Utc>,
    os_user: &str,
) -> VersionRow {
    VersionRow {
        schedule,
        version: number,
        definition: definition.to_json(),
        state: "in_force".to_owned(),
        made_at: at,
        account: None,
        actor: CONFIGURATION.to_owned(),
        os_user: os_user.to_owned(),
        session: None,
        people: None,
        approved_at: None,
        approved_by: None,
        approver: None,
        approver_os_user: None,
        withdrawn_at: None,
        withdrawn_by: None,
    }
}
