//! How a run gets from one state to another.

use chrono::{DateTime, Utc};

use crate::lease::Lease;
use crate::schedule::definition::Definition;
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::store::run::{OpenRun, RunRow};
use crate::store::{self, Result, StoreError};
use crate::task::Context;

/// What keeps a run that has not begun from beginning, looked at when it would: the state it ends in, and why.
pub fn held_back(now: DateTime<Utc>, open: &OpenRun, definition: &Definition) -> Option<(RunState, Reason)> {
    let paused = open.paused_at.zip(open.paused_until);
    if open.run.cancel_requested_at.is_some() {
        Some((RunState::Skipped, Reason::Cancelled))
    } else if open.removed_at.is_some() {
        Some((RunState::Skipped, Reason::Removed))
    } else if paused.is_some_and(|(from, until)| from <= now && now < until) {
        Some((RunState::Skipped, Reason::Paused))
    } else if open.run.due_at.is_some_and(|due| definition.is_too_late(now, due)) {
        Some((RunState::Missed, Reason::TooLate))
    } else {
        None
    }
}

/// Notes that a run begins, or goes on under another lease.
///
/// # Errors
/// When the lease is lost, or the run has ended.
pub async fn begin(context: &Context, lease: &Lease, run: &mut RunRow) -> Result<()> {
    let now = context.clock.now();
    to(run, RunState::Running)?;
    run.reason = None;
    run.started_at = run.started_at.or(Some(now));
    run.try_again_at = None;
    let mut tx = lease.begin().await?;
    store::run::update(&mut tx, run, Some(lease.epoch())).await?;
    tx.commit("run.begin").await
}

/// Ends a run.
///
/// # Errors
/// When the lease is lost, or the run has ended already.
pub async fn end(
    context: &Context,
    lease: &Lease,
    run: &mut RunRow,
    state: RunState,
    reason: Option<Reason>,
) -> Result<()> {
    set_ended(run, state, reason, context.clock.now())?;
    let mut tx = lease.begin().await?;
    store::run::update(&mut tx, run, Some(lease.epoch())).await?;
    tx.commit("run.end").await
}

/// Sets a row to an end.
///
/// # Errors
/// When a run may not go that way.
pub fn set_ended(
    run: &mut RunRow,
    state: RunState,
    reason: Option<Reason>,
    now: DateTime<Utc>,
) -> Result<()> {
    to(run, state)?;
    run.reason = reason.map(|reason| reason.as_str().to_owned());
    run.finished_at = Some(now);
    run.try_again_at = None;
    if state == RunState::Missed {
        run.missed_since = run.due_at.or(Some(run.planned_at));
        run.missed_count = Some(1);
    }
    Ok(())
}

/// Sets the state, if a run may go from the one it is in.
pub(super) fn to(run: &mut RunRow, next: RunState) -> Result<()> {
    let now = RunState::from_word(&run.state).ok_or_else(wrong)?;
    if now != next && !now.may_become(next) {
        return Err(wrong());
    }
    next.as_str().clone_into(&mut run.state);
    Ok(())
}

fn wrong() -> StoreError {
    StoreError::inconsistent("run", "state")
}
