//! What administrators do with runs: start, cancel, retry.

use uuid::Uuid;

use super::error::{Refused, RunError};
use super::{LEASE, state};
use crate::audit::{self, Actor, Event};
use crate::lease::Lease;
use crate::planning;
use crate::schedule::definition::{Definition, Overlap};
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::scheduler;
use crate::staff::ProvedAccount;
use crate::store::run::{OpenRun, RunRow};
use crate::store::schedule::ScheduleRow;
use crate::store::{self, StoreError, Tx, run_person};
use crate::task::Context;

/// A run that was started by hand, and the lease under which it is to be carried out.
#[derive(Debug)]
pub struct Started {
    /// The run.
    pub id: Uuid,
    /// What its version says.
    pub definition: Definition,
    /// The lease.
    pub lease: Lease,
}

/// Plans a run of a schedule now, for this process to carry out; or takes up one that a process which is gone has left.
///
/// # Errors
/// When the account may not, the schedule is paused or has a run that waits for its budget, or another run is under
/// way.
pub async fn start(context: &Context, account: &ProvedAccount, name: &str) -> Result<Started, RunError> {
    let (schedule, definition) = startable(context, account, name).await?;
    none_waits(open_run(&mut context.db.read().await?, schedule.id, &definition).await?.as_ref())?;
    let lease = take_lease(context, &definition).await?.ok_or(RunError::HeldElsewhere)?;
    let mut tx = lease.begin().await?;
    let open = open_run(&mut tx, schedule.id, &definition).await?;
    none_waits(open.as_ref())?;
    if let Some(open) = open {
        let definition = self::definition(&open.definition)?;
        let detail = format!("{name}, version {}, run {} is taken up", open.run.version, open.run.id);
        audit::record(&mut tx, &[event(context, account, "run.start", detail)]).await?;
        tx.commit("run.start").await?;
        return Ok(Started { id: open.run.id, definition, lease });
    }
    let id = insert(context, &mut tx, account, &schedule).await?;
    tx.commit("run.start").await?;
    Ok(Started { id, definition, lease })
}

/// Plans a run of a schedule, for whoever carries out runs: the daemon takes it up as it does one that is due. Returns
/// it.
///
/// # Errors
/// When the account may not, the schedule is paused, or has a run that has not ended.
pub async fn plan(context: &Context, account: &ProvedAccount, name: &str) -> Result<Uuid, RunError> {
    let (schedule, definition) = startable(context, account, name).await?;
    let mut tx = context.db.begin().await?;
    if let Some(open) = open_run(&mut tx, schedule.id, &definition).await? {
        return Err(not_ended(&open));
    }
    let id = insert(context, &mut tx, account, &schedule).await?;
    tx.commit("run.start").await?;
    Ok(id)
}

/// The schedule of a name, if the account may start a run of it now.
async fn startable(
    context: &Context,
    account: &ProvedAccount,
    name: &str,
) -> Result<(ScheduleRow, Definition), RunError> {
    let schedules = store::schedule::in_force(&mut context.db.read().await?).await?;
    let schedule = schedules.into_iter().find(|schedule| schedule.name == name);
    let schedule = schedule.ok_or_else(|| RunError::UnknownSchedule(name.to_owned()))?;
    let definition = definition(&schedule.definition)?;
    demand(context, account, &definition).await?;
    let now = context.clock.now();
    match schedule.paused_until.filter(|until| now < *until) {
        Some(until) => Err(Refused::Paused { name: name.to_owned(), until }.into()),
        None => Ok((schedule, definition)),
    }
}

/// Plans a run with its record.
async fn insert(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    schedule: &ScheduleRow,
) -> Result<Uuid, StoreError> {
    let now = context.clock.now();
    let of = (schedule.id, schedule.version);
    let row = RunRow::planned(store::new_id(now), of, &account.name, &account.os_user, now);
    store::run::insert(tx, &row).await?;
    let detail = format!("{}, version {}, run {}", schedule.name, row.version, row.id);
    audit::record(tx, &[event(context, account, "run.start", detail)]).await?;
    Ok(row.id)
}

/// Refuses whoever is no administrator of all that a schedule is about.
async fn demand(context: &Context, account: &ProvedAccount, definition: &Definition) -> Result<(), RunError> {
    match planning::not_allowed(context, account, &[definition]).await? {
        Some(why) => Err(why.into()),
        None => Ok(()),
    }
}

/// What came of a wish to end a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancelled {
    /// It has ended.
    Ended,
    /// It ends after the batch it is at.
    Asked,
}

/// Ends a run: at once, or after the batch it is at. What is answered stays.
///
/// # Errors
/// When the account may not, or the run cannot be ended.
pub async fn cancel(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<Cancelled, RunError> {
    let mut read = context.db.read().await?;
    let Some(open) = store::run::open_one(&mut read, id).await? else {
        return Err(match store::run::get(&mut read, id).await? {
            Some(run) => Refused::Ended { id, state: run.state }.into(),
            None => RunError::UnknownRun(id),
        });
    };
    drop(read);
    let definition = definition(&open.definition)?;
    demand(context, account, &definition).await?;
    if definition.task().is_some() && open.run.state == RunState::Running.as_str() {
        return Err(Refused::RoundUnderWay.into());
    }
    let now = context.clock.now();
    let detail = format!("{}, run {id}, {}", open.name, open.run.state);
    let mut tx = context.db.begin().await?;
    if !store::run::request_cancel(&mut tx, id, now).await? {
        return Err(Refused::EndedMeanwhile(id).into());
    }
    audit::record(&mut tx, &[event(context, account, "run.cancel", detail)]).await?;
    tx.commit("run.cancel").await?;
    // Where nobody is at it, nobody else would end it soon.
    let Some(lease) = take_lease(context, &definition).await? else { return Ok(Cancelled::Asked) };
    if let Some(mut open) = store::run::open_one(&mut context.db.read().await?, id).await? {
        let state = if open.run.asked == 0 { RunState::Skipped } else { RunState::PartlyDone };
        state::end(context, &lease, &mut open.run, state, Some(Reason::Cancelled)).await?;
    }
    lease.release().await?;
    Ok(Cancelled::Ended)
}

/// Plans a run about those of an earlier one who were not checked or were put aside, with the same version. Returns
/// it, with the lease unless somebody else is at a run, who carries it out later.
///
/// # Errors
/// When the account may not, or nobody of the run is left.
pub async fn retry(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<(Uuid, Option<Lease>), RunError> {
    let mut read = context.db.read().await?;
    let earlier = store::run::get(&mut read, id).await?.ok_or(RunError::UnknownRun(id))?;
    let version = store::schedule::versions(&mut read, earlier.schedule).await?;
    let version = version.into_iter().find(|version| version.version == earlier.version);
    let text = version.ok_or(StoreError::inconsistent("run", "version"))?.definition;
    let name = named(&mut read, earlier.schedule).await?;
    drop(read);
    let definition = definition(&text)?;
    demand(context, account, &definition).await?;
    if definition.task().is_some() {
        return Err(Refused::OfTask(name).into());
    }
    if earlier.finished_at.is_none() {
        return Err(Refused::NotEnded { id, state: earlier.state }.into());
    }
    let now = context.clock.now();
    let of = (earlier.schedule, earlier.version);
    let mut row = RunRow::planned(store::new_id(now), of, &account.name, &account.os_user, now);
    "retry".clone_into(&mut row.origin);
    row.retry_of = Some(id);
    let mut tx = context.db.begin().await?;
    if let Some(open) = open_run(&mut tx, earlier.schedule, &definition).await? {
        return Err(not_ended(&open));
    }
    if let Some(later) = store::run::retried_by(&mut tx, id).await? {
        return Err(Refused::RetriedBy { id, later }.into());
    }
    store::run::insert(&mut tx, &row).await?;
    let people = run_person::take_over(&mut tx, id, row.id).await?;
    if people == 0 {
        return Err(Refused::NobodyLeft { id, name }.into());
    }
    row.people = Some(i64::try_from(people).unwrap_or(i64::MAX));
    store::run::update(&mut tx, &row, None).await?;
    let detail = format!("{name}, version {}, run {} of {people} people after run {id}", row.version, row.id);
    audit::record(&mut tx, &[event(context, account, "run.retry", detail)]).await?;
    tx.commit("run.retry").await?;
    Ok((row.id, take_lease(context, &definition).await?))
}

/// The name of a schedule that is still there.
async fn named(tx: &mut Tx, schedule: Uuid) -> Result<String, RunError> {
    let there = store::schedule::heads(tx).await?.into_iter().find(|head| head.id == schedule);
    there.map(|head| head.name).ok_or(Refused::Removed.into())
}

/// The run of a schedule that has not ended, where that keeps another from starting.
async fn open_run(
    tx: &mut Tx,
    schedule: Uuid,
    definition: &Definition,
) -> Result<Option<OpenRun>, StoreError> {
    let open = store::run::open(tx).await?;
    let forbids = definition.overlap == Overlap::Forbid;
    Ok(open.into_iter().find(|open| forbids && open.run.schedule == schedule))
}

fn none_waits(open: Option<&OpenRun>) -> Result<(), RunError> {
    match open {
        Some(open) if open.run.state == RunState::WaitingForBudget.as_str() => Err(not_ended(open)),
        Some(_) | None => Ok(()),
    }
}

fn not_ended(open: &OpenRun) -> RunError {
    let (id, state) = (open.run.id, &open.run.state);
    Refused::AnotherOpen { id, state: state.clone() }.into()
}

async fn take_lease(context: &Context, definition: &Definition) -> Result<Option<Lease>, StoreError> {
    let name = if definition.task().is_some() { scheduler::LEASE } else { LEASE };
    Lease::take(&context.db, name, &context.holder).await
}

fn definition(text: &str) -> Result<Definition, RunError> {
    let unreadable = |_| StoreError::inconsistent("schedule_version", "definition").into();
    Definition::from_json(text).map_err(unreadable)
}

fn event(context: &Context, account: &ProvedAccount, action: &'static str, detail: String) -> Event {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    Event::new(context.clock.now(), actor, &account.os_user, action).detail(detail)
}
