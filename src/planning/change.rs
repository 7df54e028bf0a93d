//! Making, changing and removing the schedules of administrators.

use std::collections::BTreeSet;

use super::weight::{count, second_needed};
use super::{
    ADMINISTRATOR, Administrator, CONFIGURATION, IN_FORCE, Loaded, PlanningError, Unusable, WAITING,
    authority, definition, known,
};
use crate::audit;
use crate::identity_code::IdentityCode;
use crate::schedule::CronExpression;
use crate::schedule::check;
use crate::schedule::definition::{Definition, OverBudget, Overlap, Work};
use crate::schedule::difference::{self, FieldChange};
use crate::schedule::holiday::Holiday;
use crate::segment::Segment;
use crate::store::schedule::{self as rows, VersionRow};
use crate::store::{StoreError, Tx, new_id};
use crate::task::{Context, Task};

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The version that holds the change; the newest where nothing changed.
    pub version: i64,
    /// What differs from the version in force; nothing where nothing changed.
    pub changes: Vec<FieldChange>,
    /// How many people it selects, where it is a refresh.
    pub people: Option<u64>,
    /// Why the version waits for a second administrator, if it does.
    pub waits: Option<String>,
}

/// What is to change; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// When.
    pub cron: Option<CronExpression>,
    /// Which task; of a schedule that starts rounds of one.
    pub task: Option<Task>,
    /// Whose patrons; of a refresh, as all the keys that follow.
    pub municipalities: Option<BTreeSet<String>>,
    /// Why they are asked about.
    pub purpose: Option<String>,
    /// Which of them.
    pub segment: Option<Segment>,
    /// The most people one run asks about.
    pub budget: Option<u32>,
    /// What becomes of a run that would ask about more.
    pub over_budget: Option<OverBudget>,
    /// What becomes of a due time while an earlier run has not ended.
    pub overlap: Option<Overlap>,
    /// How late it may start.
    pub start_within: Option<StartWithin>,
    /// Whether a missed due time is made up for.
    pub catch_up: Option<bool>,
    /// The holidays on which it is not started.
    pub skip_holidays: Option<BTreeSet<Holiday>>,
}

/// How late a schedule may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartWithin {
    /// At any time.
    AnyTime,
    /// So many minutes after its due time.
    Minutes(u32),
}

impl Edit {
    /// A content with the changes made.
    ///
    /// # Errors
    /// When a round of a task is to have what only a refresh has, or the other way round.
    pub fn of(&self, before: &Definition) -> Result<Definition, PlanningError> {
        let mut after = before.clone();
        let of_refresh = self.municipalities.is_some()
            || self.purpose.is_some()
            || self.segment.is_some()
            || self.budget.is_some()
            || self.over_budget.is_some();
        match &mut after.work {
            Work::Task { .. } if of_refresh => {
                return Err(Unusable::RefreshOfTask.into());
            }
            Work::AddressRefresh(_) if self.task.is_some() => {
                return Err(Unusable::TaskOfRefresh.into());
            }
            Work::Task { task } => *task = self.task.unwrap_or(*task),
            Work::AddressRefresh(refresh) => {
                put(&mut refresh.municipalities, self.municipalities.as_ref());
                put(&mut refresh.purpose, self.purpose.as_ref());
                put(&mut refresh.segment, self.segment.as_ref());
                put(&mut refresh.budget, self.budget.as_ref());
                put(&mut refresh.over_budget, self.over_budget.as_ref());
            }
        }
        put(&mut after.cron, self.cron.as_ref());
        put(&mut after.overlap, self.overlap.as_ref());
        match self.start_within {
            Some(StartWithin::AnyTime) => after.start_within_minutes = None,
            Some(StartWithin::Minutes(minutes)) => after.start_within_minutes = Some(minutes),
            None => {}
        }
        put(&mut after.catch_up, self.catch_up.as_ref());
        put(&mut after.skip_holidays, self.skip_holidays.as_ref());
        Ok(after)
    }
}

fn put<T: Clone>(to: &mut T, given: Option<&T>) {
    if let Some(given) = given {
        to.clone_from(given);
    }
}

/// Makes a schedule of an administrator.
///
/// # Errors
/// When the name or the definition cannot be used, the account may not plan it, or the database fails.
pub async fn add(
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    definition: &Definition,
) -> Result<Outcome, PlanningError> {
    authority::demand(context, by, &[definition]).await?;
    check::name(name).map_err(Unusable::Name)?;
    if IdentityCode::is_in(name) {
        return Err(Unusable::CodeInName.into());
    }
    demand_usable(context, definition)?;
    let people = count(context, definition).await?;
    let waits = second_needed(None, definition, people, context.settings.two_person_people);
    let waits = waits.map(|why| why.to_string());
    let changes = difference::between(None, definition);
    let at = context.clock.now();
    let mut tx = context.db.begin().await?;
    let lower = name.to_lowercase();
    if rows::heads(&mut tx).await?.iter().any(|head| head.name.to_lowercase() == lower) {
        return Err(PlanningError::NameTaken(name.to_owned()));
    }
    let id = new_id(at);
    rows::insert(&mut tx, id, name, ADMINISTRATOR, at).await.map_err(|error| match error {
        StoreError::Taken => PlanningError::NameTaken(name.to_owned()),
        other => other.into(),
    })?;
    let made = Made { context, by, definition, people, waits: waits.as_deref() };
    rows::insert_version(&mut tx, &made.version(id, 1)).await?;
    let outcome = Outcome { version: 1, changes, people, waits };
    let event = by.event(context, "schedule.add", in_words(name, &outcome));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("schedule.add").await?;
    Ok(outcome)
}

/// Changes a schedule of an administrator. `seen` is its newest version when it was looked at, if that is known. While
/// a version waits, the change is made to that one, and takes its place.
///
/// # Errors
/// When it stands in the configuration file or has been changed meanwhile, the new content cannot be used, the account
/// may not plan the old or the new one, or the database fails.
pub async fn edit(
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    edit: &Edit,
    seen: Option<i64>,
) -> Result<Outcome, PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    let Some(newest) = loaded.in_state(WAITING).or_else(|| loaded.in_state(IN_FORCE)) else {
        return Err(PlanningError::Unknown(name.to_owned()));
    };
    let (in_force, before) = (loaded.definition_in(IN_FORCE)?, definition(newest)?);
    authority::demand(context, by, &[&before]).await?;
    if loaded.head.origin == CONFIGURATION {
        return Err(PlanningError::OfConfiguration(name.to_owned()));
    }
    let seen = seen.unwrap_or_else(|| loaded.newest_number());
    if seen != loaded.newest_number() {
        let newest = loaded.newest_number();
        return Err(PlanningError::Moved { name: name.to_owned(), seen, newest });
    }
    let after = edit.of(&before)?;
    let touched: Vec<&Definition> = in_force.iter().chain([&before, &after]).collect();
    authority::demand(context, by, &touched).await?;
    demand_usable(context, &after)?;
    let people = count(context, &after).await?;
    if after == before {
        return Ok(Outcome { version: newest.version, changes: Vec::new(), people, waits: None });
    }
    let waits = second_needed(in_force.as_ref(), &after, people, context.settings.two_person_people);
    let waits = waits.map(|why| why.to_string());
    let changes = difference::between(in_force.as_ref(), &after);
    let outcome = Outcome { version: seen + 1, changes, people, waits };
    let made = Made { context, by, definition: &after, people, waits: outcome.waits.as_deref() };
    let mut tx = context.db.begin().await?;
    store_edit(&mut tx, name, seen, &made).await?;
    let event = by.event(context, "schedule.edit", in_words(name, &outcome));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("schedule.edit").await?;
    Ok(outcome)
}

async fn store_edit(tx: &mut Tx, name: &str, seen: i64, made: &Made<'_>) -> Result<(), PlanningError> {
    let locked = Loaded::locked(tx, name, seen).await?;
    let id = locked.head.id;
    rows::withdraw(tx, id, made.context.clock.now(), &made.by.account.name).await?;
    if made.waits.is_none() {
        rows::end_in_force(tx, id).await?;
    }
    Ok(rows::insert_version(tx, &made.version(id, seen + 1)).await?)
}

/// Removes a schedule of an administrator. Its versions and runs stay on record, its name is free.
///
/// # Errors
/// When it stands in the configuration file, the account may not plan it, or the database fails.
pub async fn remove(context: &Context, by: &Administrator<'_>, name: &str) -> Result<(), PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    demand_for(context, by, &loaded).await?;
    if loaded.head.origin == CONFIGURATION {
        return Err(PlanningError::OfConfiguration(name.to_owned()));
    }
    let mut tx = context.db.begin().await?;
    let locked = Loaded::locked(&mut tx, name, loaded.newest_number()).await?;
    let (id, at) = (locked.head.id, context.clock.now());
    rows::withdraw(&mut tx, id, at, &by.account.name).await?;
    rows::end_pause(&mut tx, id, at, &by.account.name).await?;
    rows::remove(&mut tx, id, at, &by.account.name).await?;
    audit::record(&mut tx, &[by.event(context, "schedule.remove", name.to_owned())]).await?;
    Ok(tx.commit("schedule.remove").await?)
}

/// Refuses whoever may not plan a schedule as it is.
pub(super) async fn demand_for(
    context: &Context,
    by: &Administrator<'_>,
    loaded: &Loaded,
) -> Result<(), PlanningError> {
    let (in_force, waiting) = (loaded.definition_in(IN_FORCE)?, loaded.definition_in(WAITING)?);
    let definitions: Vec<&Definition> = in_force.iter().chain(waiting.iter()).collect();
    authority::demand(context, by, &definitions).await
}

/// Refuses a definition that cannot be used here.
pub(super) fn demand_usable(context: &Context, definition: &Definition) -> Result<(), PlanningError> {
    let wrong = check::wrong(definition, &known(context));
    if !wrong.is_empty() {
        return Err(PlanningError::Definition(wrong));
    }
    let segment = definition.refresh().map(|refresh| refresh.segment.to_string()).unwrap_or_default();
    if IdentityCode::is_in(&segment) {
        return Err(Unusable::CodeInSegment.into());
    }
    Ok(())
}

/// A content as somebody has just made it.
struct Made<'a> {
    context: &'a Context,
    by: &'a Administrator<'a>,
    definition: &'a Definition,
    people: Option<u64>,
    waits: Option<&'a str>,
}

impl Made<'_> {
    fn version(&self, schedule: uuid::Uuid, number: i64) -> VersionRow {
        let account = self.by.account;
        VersionRow {
            schedule,
            version: number,
            definition: self.definition.to_json(),
            state: if self.waits.is_some() { WAITING } else { IN_FORCE }.to_owned(),
            made_at: self.context.clock.now(),
            account: Some(account.id),
            actor: account.name.clone(),
            os_user: account.os_user.clone(),
            session: self.by.session.map(str::to_owned),
            people: self.people.and_then(|people| i64::try_from(people).ok()),
            approved_at: None,
            approved_by: None,
            approver: None,
            approver_os_user: None,
            withdrawn_at: None,
            withdrawn_by: None,
        }
    }
}

/// A change for the audit log.
fn in_words(name: &str, outcome: &Outcome) -> String {
    let changes: Vec<String> = outcome.changes.iter().map(ToString::to_string).collect();
    let state = if outcome.waits.is_some() { "waits for a second administrator" } else { "in force" };
    format!("{name} version {}, {state}: {}", outcome.version, changes.join("; "))
}
