//! The scheduler: what is due becomes runs, and runs are carried out.
//!
//! Three things go on side by side. The first looks at the schedules and makes runs of what is due (`claim`, decided
//! by `step` and `decide`): planned, or skipped or missed with the reason. The second carries out rounds of tasks, one
//! after another in the order of the drawing (`rounds`). The third carries out refreshes
//! ([`crate::runs::Worker`]), so that a long one does not keep the tasks from their turn.
//!
//! Runs are rows of the database. Whoever carries them out holds a lease, so what a killed process had planned or
//! begun goes on in the next one, and in another beside it as soon as its lease has ended.
//!
//! Invariants: a due time makes one run, whoever is alive; a last due time that lies in the future is not waited for
//! (see [`CLOCK_CORRECTION`]); a stop asked for is noticed within one unit of work.
//!
//! `apply` also runs when an undo window has ended, without a schedule.

mod claim;
mod decide;
mod rounds;
mod step;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use decide::{NewRun, Standing, runs_of};
pub use rounds::LEASE;
pub use step::{CLOCK_CORRECTION, MOST_DUE, Step, counts_from, next_step};

use crate::clock::Clock;
use crate::lease::Lease;
use crate::runs;
use crate::store::StoreError;
use crate::task::{Context, Report, Task, TaskError};

/// How often the schedules and the undo windows are looked at. The clock may be set at any time, so a longer
/// sleep could miss a due time.
const POLL: Duration = Duration::from_secs(1);

/// A simulated clock that runs fast is looked at more often, down to this: less would be work without rest.
const SHORTEST_POLL: Duration = Duration::from_millis(20);

/// A start so long after its due time is in time: a look, and a database that was busy.
const IN_TIME: TimeDelta = TimeDelta::minutes(2);

/// So many looks may pass before a start is late, where looks are far apart on the clock.
const LOOKS_IN_TIME: i32 = 10;

/// What the scheduler works from; another one takes its place when the configuration is read again.
#[derive(Debug)]
pub struct Plan {
    /// What the tasks work with.
    pub context: Context,
}

/// Hears what is started and what came of it.
pub trait Observer: Send + Sync {
    /// A task starts.
    fn starts(&self, task: Task);
    /// A round of it ended.
    fn ended(&self, task: Task, result: &Result<Report, TaskError>);
}

/// How long to wait between two looks, for a clock.
pub fn poll(clock: &dyn Clock) -> Duration {
    POLL.div_f64(clock.speed().max(1.0)).max(SHORTEST_POLL)
}

/// How long after its due time a start is in time, for a clock.
fn in_time(clock: &dyn Clock) -> TimeDelta {
    let look = TimeDelta::from_std(poll(clock).mul_f64(clock.speed().max(1.0))).unwrap_or(IN_TIME);
    IN_TIME.max(look * LOOKS_IN_TIME)
}

/// Works until `stop` is cancelled and whatever runs has come to its next commit.
pub async fn run(plans: watch::Receiver<Arc<Plan>>, observer: &dyn Observer, stop: &CancellationToken) {
    tokio::join!(
        look_again(plans.clone(), stop),
        rounds::work(plans.clone(), observer, stop),
        refreshes(plans, stop)
    );
}

/// Makes runs of what is due.
async fn look_again(mut plans: watch::Receiver<Arc<Plan>>, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let plan = Arc::clone(&plans.borrow_and_update());
        let clock = &*plan.context.clock;
        logged(&look(&plan.context).await);
        if !pause(&mut plans, poll(clock), stop).await {
            return;
        }
    }
}

/// Makes runs of what is due now.
///
/// # Errors
/// When the database fails.
pub async fn look(context: &Context) -> Result<(), StoreError> {
    claim::claim(context, in_time(&*context.clock)).await
}

/// Carries out every round of a task that is planned now, in order.
///
/// # Errors
/// When the database fails.
pub async fn do_rounds(
    context: &Context,
    observer: &dyn Observer,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    rounds::State::new(observer, stop).pass(context).await
}

/// Carries out one round that was planned by hand, under the lease [`LEASE`], and gives that back.
///
/// # Errors
/// When the database fails.
pub async fn do_round(
    context: &Context,
    lease: Lease,
    run: Uuid,
    observer: &dyn Observer,
) -> Result<(), StoreError> {
    rounds::State::new(observer, &context.stop).by_hand(context, &lease, run).await?;
    lease.release().await
}

/// Carries out refreshes, one after another.
async fn refreshes(mut plans: watch::Receiver<Arc<Plan>>, stop: &CancellationToken) {
    let mut worker = runs::Worker::default();
    while !stop.is_cancelled() {
        let plan = Arc::clone(&plans.borrow_and_update());
        if let Err(error) = worker.pass(&plan.context).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a run stopped before its end; it goes on later"
            );
        }
        if !pause(&mut plans, poll(&*plan.context.clock), stop).await {
            return;
        }
    }
}

/// Waits for the next look, another plan, or the stop. False when nobody makes plans any more.
async fn pause(plans: &mut watch::Receiver<Arc<Plan>>, poll: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        () = tokio::time::sleep(poll) => true,
        changed = plans.changed() => changed.is_ok(),
    }
}

/// Says what kept the scheduler from its work; it goes on at the next look.
fn logged(result: &Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::error!(error = error as &dyn std::error::Error, "the schedules cannot be read");
    }
}
