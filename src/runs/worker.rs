//! Carrying out: one run after another, one batch after another, until nobody of it waits any more.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::plan::Desk;
use super::way::{Kept, Turn, Way};
use super::{LEASE, state};
use crate::lease::Lease;
use crate::schedule::definition::Definition;
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::store::run::{OpenRun, RunRow};
use crate::store::{self, StoreError, run_person};
use crate::task::{self, Context, Task, TaskError};

/// When the database was busy or away, the runs are looked at again after so long.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// An instant to try again that lies further ahead comes from a clock that was wrong.
const FARTHEST: TimeDelta = TimeDelta::days(1);

/// How far a run is, after each batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The run.
    pub run: Uuid,
    /// How many people it is about.
    pub people: u64,
    /// How many of them it is done with: asked about, put aside or left out.
    pub done: u64,
    /// People a second, since this process works on it.
    pub per_second: f64,
    /// Seconds until it is done, at that rate; unknown at the beginning.
    pub seconds_left: Option<f64>,
}

/// How carrying out a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Went {
    /// It has ended.
    Ended,
    /// It goes on at an instant, and not before.
    Later(DateTime<Utc>),
    /// The process is to end; the run goes on in the next one.
    Stopped,
}

/// Carries out runs of refreshes, as a daemon does.
#[derive(Debug, Default)]
pub struct Worker {
    not_before: Option<Instant>,
}

impl Worker {
    /// Carries out the run whose turn it is, if there is one and nobody else is at one.
    ///
    /// # Errors
    /// When the database fails; the run goes on later.
    pub async fn pass(&mut self, context: &Context) -> Result<(), TaskError> {
        if self.not_before.is_some_and(|at| at > Instant::now()) {
            return Ok(());
        }
        let Some(next) = next(context).await? else { return Ok(()) };
        let Some(lease) = Lease::take(&context.db, LEASE, &context.holder).await? else { return Ok(()) };
        let went = carry_out(context, &lease, next, &mut |_| {}).await;
        self.not_before = match &went {
            Err(_) => Some(Instant::now() + AGAIN_AFTER),
            Ok(_) => None,
        };
        lease.release().await?;
        went.map(drop)
    }
}

/// The run whose turn it is: one that has begun, or the one planned first, of schedules of which no earlier run waits.
async fn next(context: &Context) -> Result<Option<Uuid>, StoreError> {
    let open = store::run::open(&mut context.db.read().await?).await?;
    let now = context.clock.now();
    let is_due = |run: &RunRow| {
        run.cancel_requested_at.is_some()
            || run.try_again_at.is_none_or(|at| at <= now || at - now > FARTHEST)
    };
    let is_ours = |open: &OpenRun| {
        // What cannot be read is ended with the reason.
        !Definition::from_json(&open.definition).is_ok_and(|definition| definition.task().is_some())
    };
    let refreshes: Vec<&OpenRun> = open.iter().filter(|open| is_ours(open)).collect();
    let mut candidates: Vec<&OpenRun> = refreshes
        .iter()
        .enumerate()
        .filter(|(at, open)| {
            !refreshes[..*at].iter().any(|earlier| earlier.run.schedule == open.run.schedule)
        })
        .map(|(_, open)| *open)
        .filter(|open| is_due(&open.run))
        .collect();
    candidates
        .sort_by_key(|open| (open.run.state != RunState::Running.as_str(), open.run.planned_at, open.run.id));
    Ok(candidates.first().map(|open| open.run.id))
}

/// Carries out a run under the lease [`LEASE`], until it ends, has to wait, or the process is to end.
///
/// # Errors
/// When the database fails or the lease is lost: then it goes on with whoever holds it.
pub async fn carry_out(
    context: &Context,
    lease: &Lease,
    id: Uuid,
    watch: &mut dyn FnMut(&Progress),
) -> Result<Went, TaskError> {
    let began = Instant::now();
    let mut done_before = None;
    loop {
        let Some(mut open) = store::run::open_one(&mut context.db.read().await?, id).await? else {
            return Ok(Went::Ended);
        };
        if context.is_stopping() {
            return Ok(Went::Stopped);
        }
        let done = done_with(&open.run);
        let before = *done_before.get_or_insert(done);
        if open.run.state == RunState::Running.as_str() && done > before {
            let progress = progress(&open.run, done, done - before, began.elapsed());
            tracing::info!(
                schedule = open.name,
                run = %id,
                people = progress.people,
                done = progress.done,
                per_second = progress.per_second,
                seconds_left = progress.seconds_left,
                "a run is under way"
            );
            watch(&progress);
            // Whoever watched may have cancelled it.
            if let Some(now) = store::run::open_one(&mut context.db.read().await?, id).await? {
                open = now;
            }
        }
        if let Some(went) = step(context, lease, &mut open).await? {
            return Ok(went);
        }
    }
}

/// One step of a run: the beginning, a batch, or the end. How it went, when it does not go on at once.
async fn step(context: &Context, lease: &Lease, open: &mut OpenRun) -> Result<Option<Went>, TaskError> {
    let definition = Definition::from_json(&open.definition).ok();
    let Some((definition, refresh)) = definition.as_ref().and_then(|read| Some((read, read.refresh()?)))
    else {
        open.run.note = Some("its version cannot be read".to_owned());
        state::end(context, lease, &mut open.run, RunState::Failed, Some(Reason::NotUsable)).await?;
        return Ok(Some(Went::Ended));
    };
    let way = Way::of(&context.settings, refresh);
    let desk = Desk { context, lease, definition, refresh, way };
    if open.run.cancel_requested_at.is_some() {
        let nothing = open.run.asked == 0;
        let state = if nothing { RunState::Skipped } else { RunState::PartlyDone };
        desk.end(open, state, Some(Reason::Cancelled)).await?;
        return Ok(Some(Went::Ended));
    }
    if open.run.state != RunState::Running.as_str() {
        desk.plan(open).await?;
        return Ok(went(&open.run));
    }
    let people = run_person::next(&mut context.db.read().await?, open.run.id, way.batch()).await?;
    if people.is_empty() {
        finish(&desk, open).await?;
        return Ok(Some(Went::Ended));
    }
    let turn = Turn { context, lease, open, refresh, people: &people };
    let kept = match way.ask(&turn).await {
        Ok(kept) => kept,
        Err(error) => Some(kept_by(error, context.clock.now())?),
    };
    // A part of the people may have been settled even so.
    let Some(mut after) = store::run::open_one(&mut context.db.read().await?, open.run.id).await? else {
        return Ok(Some(Went::Ended));
    };
    let kept = match kept {
        None if done_with(&after.run) > done_with(&open.run) => return Ok(None),
        None => Kept::Again("the rows of its people moved while VTJ was asked".to_owned()),
        Some(kept) => kept,
    };
    let open = &mut after;
    desk.keep(open, kept).await?;
    Ok(Some(went(&open.run).unwrap_or(Went::Stopped)))
}

/// How it went with a run that may not go on now.
fn went(run: &RunRow) -> Option<Went> {
    match run.try_again_at {
        _ if run.finished_at.is_some() => Some(Went::Ended),
        Some(at) => Some(Went::Later(at)),
        None => None,
    }
}

/// What an error of the work keeps a run from.
fn kept_by(error: TaskError, now: DateTime<Utc>) -> Result<Kept, TaskError> {
    match error {
        TaskError::Vtj(error) if error.is_transient() => Ok(Kept::Again(error.to_string())),
        // It goes on when somebody lets queries be asked again.
        TaskError::QueriesStopped(_) => Ok(Kept::Until(now, error.to_string())),
        TaskError::LeftAlone { until, .. } => Ok(Kept::Until(until, error.to_string())),
        TaskError::Store(StoreError::LeaseLost(_) | StoreError::Conflict(_)) => Err(error),
        TaskError::Store(error) if error.is_transient() => Err(error.into()),
        // Somebody else was at the same person this moment.
        TaskError::Store(error @ StoreError::Taken) => Ok(Kept::Again(error.to_string())),
        // A row that was sealed anew this moment, and opens the next time.
        TaskError::Store(error) if error.is_of_one_row() => Ok(Kept::Again(error.to_string())),
        error => Ok(Kept::Failed(error.reason(), error.to_string())),
    }
}

/// Ends a run of which nobody waits any more, after what it brought has been compared.
async fn finish(desk: &Desk<'_>, open: &mut OpenRun) -> Result<(), TaskError> {
    match task::run(desk.context, Task::Reconcile).await {
        // Whoever is at it compares these people, too.
        Ok(_) | Err(TaskError::HeldElsewhere(_)) => {}
        Err(error) => tracing::warn!(
            error = &error as &dyn std::error::Error,
            "what a run brought is compared in the next round of reconcile"
        ),
    }
    let (state, reason) = if open.run.not_checked() > 0 {
        (RunState::PartlyDone, Some(Reason::OverBudget))
    } else if open.run.failed > 0 {
        (RunState::PartlyDone, Some(Reason::Errors))
    } else {
        (RunState::Done, None)
    };
    desk.end(open, state, reason).await
}

fn done_with(run: &RunRow) -> i64 {
    run.asked + run.failed + run.left_out
}

fn progress(run: &RunRow, done: i64, here: i64, elapsed: Duration) -> Progress {
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let people = number(run.people.unwrap_or_default());
    let rate = |count: i64| {
        #[expect(clippy::cast_precision_loss, reason = "people of a register are far below 2^52")]
        let count = count as f64;
        count
    };
    let per_second = rate(here) / elapsed.as_secs_f64().max(0.001);
    let left = rate(run.people.unwrap_or_default() - done).max(0.0);
    let seconds_left = (per_second > 0.0).then(|| left / per_second);
    Progress { run: run.id, people, done: number(done), per_second, seconds_left }
}
