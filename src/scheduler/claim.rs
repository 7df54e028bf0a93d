//! What is due becomes runs: due times are claimed and their runs made in one transaction, so that of several
//! daemons exactly one makes them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::decide::{NewRun, Standing, runs_of};
use super::step::{Step, counts_from, next_step};
use crate::audit::{self, Actor, Event};
use crate::clock::helsinki_date;
use crate::schedule::definition::{Definition, Work};
use crate::schedule::run_reason::Reason;
use crate::store::run::RunRow;
use crate::store::schedule::ScheduleRow;
use crate::store::schedule_due::DueRow;
use crate::store::{self, StoreError, Tx};
use crate::switch;
use crate::task::Context;

/// The name of the scheduler in the audit log.
const ACTOR: Actor = Actor::Task("scheduler");

/// How many due times the clock can have lived through before and still be given runs of their own.
const MOST_TIMES_LIVED_THROUGH: i64 = 100;

/// A schedule that is due.
struct DueSchedule {
    row: ScheduleRow,
    definition: Definition,
    newest: DateTime<Utc>,
    runs: Vec<NewRun>,
}

/// Makes the runs of everything that is due, all or nothing. `in_time`: how long after its due time a start counts
/// as in time.
pub(super) async fn claim(context: &Context, in_time: TimeDelta) -> Result<(), StoreError> {
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let schedules = store::schedule::in_force(&mut read).await?;
    let known: BTreeMap<Uuid, DueRow> =
        store::schedule_due::all(&mut read).await?.into_iter().map(|row| (row.schedule, row)).collect();
    let open: BTreeSet<Uuid> =
        store::run::open(&mut read).await?.into_iter().map(|open| open.run.schedule).collect();
    let is_stopped = switch::state(&mut read, now).await?.is_some();
    let mut due = Vec::new();
    let mut impossible = Vec::new();
    for row in schedules {
        let Some(last) = known.get(&row.id) else { continue };
        let Some(definition) = readable(&row) else { continue };
        let from = counts_from(now, last.last_due, last.in_force_since);
        match next_step(now, from, &definition.cron) {
            Step::Begin(beginning) => impossible.push((row, from, beginning)),
            Step::Due(times) => {
                let standing = Standing {
                    has_open_run: open.contains(&row.id),
                    queries_stopped: is_stopped && asks_vtj(&definition.work),
                    in_time,
                    ..pause(&mut read, &row).await?
                };
                let runs = runs_of(now, &times, &definition, &standing);
                let newest = times.last().copied().unwrap_or(now);
                due.push(DueSchedule { row, definition, newest, runs });
            }
            Step::WaitUntil(_) | Step::Never => {}
        }
    }
    drop(read);
    correct(context, &impossible).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    // In the order of their names everywhere, so that two processes do not wait for each other.
    for schedule in &due {
        if store::schedule_due::claim(&mut tx, schedule.row.id, schedule.newest).await? {
            add_runs(context, &mut tx, schedule, now).await?;
        }
    }
    tx.commit("schedule.claim").await
}

fn readable(row: &ScheduleRow) -> Option<Definition> {
    let read = Definition::from_json(&row.definition);
    if let Err(error) = &read {
        tracing::error!(schedule = row.name, %error, "a schedule cannot be read and is not started");
    }
    read.ok()
}

/// Whether work is nothing but questions to VTJ, so that a stop of queries leaves nothing of it. A round of a task may
/// have other work, and says itself when it has not.
fn asks_vtj(work: &Work) -> bool {
    match work {
        Work::AddressRefresh(_) => true,
        Work::Task { .. } => false,
    }
}

/// How a pause holds a schedule back.
async fn pause(read: &mut Tx, row: &ScheduleRow) -> Result<Standing, StoreError> {
    let paused = row.paused_at.zip(row.paused_until);
    let noted = match paused {
        Some(_) => store::run::last_skipped(read, row.id, Reason::Paused.as_str()).await?,
        None => None,
    };
    Ok(Standing { paused, pause_noted_on: noted.map(helsinki_date), ..Standing::default() })
}

async fn add_runs(
    context: &Context,
    tx: &mut Tx,
    schedule: &DueSchedule,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for new in &schedule.runs {
        let mut row = run_row(context, &schedule.row, new, now);
        // The clock may have been here before: each time it lives through a due time makes a run of its own.
        for _ in 0..MOST_TIMES_LIVED_THROUGH {
            if store::run::insert(tx, &row).await? {
                break;
            }
            row.due_at = row.due_at.map(|at| at + TimeDelta::microseconds(1));
        }
        let (name, state) = (&schedule.row.name, &row.state);
        let due = new.due_at.to_rfc3339();
        let reason = new.reason.map_or("", Reason::in_words);
        tracing::debug!(schedule = name, due, state, reason, "a schedule is due");
        if matches!(schedule.definition.work, Work::AddressRefresh(_)) {
            let detail = format!("{name}, version {}, due {due}: {state} {reason}", row.version);
            let event = Event::new(now, ACTOR, &context.os_user, "run.plan").detail(detail.trim_end());
            audit::record(tx, &[event]).await?;
        }
    }
    Ok(())
}

fn run_row(context: &Context, schedule: &ScheduleRow, new: &NewRun, now: DateTime<Utc>) -> RunRow {
    let origin = if new.is_catch_up { "catch_up" } else { "schedule" };
    RunRow {
        due_at: Some(new.due_at),
        origin: origin.to_owned(),
        state: new.state.as_str().to_owned(),
        reason: new.reason.map(|reason| reason.as_str().to_owned()),
        finished_at: new.state.has_ended().then_some(now),
        missed_since: new.missed.map(|(since, _)| since),
        missed_count: new.missed.map(|(_, count)| count),
        ..RunRow::planned(
            store::new_id(now),
            (schedule.id, schedule.version),
            &schedule.origin,
            &context.os_user,
            now,
        )
    }
}

/// Lets schedules count from now on whose last due time cannot be true.
async fn correct(
    context: &Context,
    impossible: &[(ScheduleRow, DateTime<Utc>, DateTime<Utc>)],
) -> Result<(), StoreError> {
    for (row, last_due, from) in impossible {
        tracing::warn!(
            schedule = row.name,
            "the last due time {} lies in the future: the clock was wrong then or is wrong now; the schedule counts from now on",
            last_due.to_rfc3339()
        );
        let mut tx = context.db.begin().await?;
        store::schedule_due::correct(&mut tx, row.id, *last_due, *from).await?;
        tx.commit("schedule.begin").await?;
    }
    Ok(())
}
