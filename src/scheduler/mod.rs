//! The scheduler: starts each task when a schedule is due, one after another in the order of the drawing.
//!
//! Each due time is claimed in the database right before its task starts, so that of several daemons one
//! starts it. What a killed process had claimed or begun is taken up by the next one at its start. A due
//! time missed while nobody ran is made up for once, the newest of each schedule.
//!
//! Invariants: a due time starts one round, whoever is alive; a last due time that lies in the future is not
//! waited for (see [`CLOCK_CORRECTION`]); a stop asked for is noticed within one unit of work.
//!
//! `apply` also runs when an undo window has ended, without a schedule.

mod step;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use step::{CLOCK_CORRECTION, Step, is_due_time, next_step};

use crate::schedule::CronExpression;
use crate::store::{self, StoreError};
use crate::task::{self, Context, Report, Task, TaskError};

/// How often the schedules and the undo windows are looked at. The clock may be set at any time, so a longer
/// sleep could miss a due time.
const POLL: Duration = Duration::from_secs(1);

/// When `apply` leaves something undone, it is not tried again before so long, unless a schedule says so.
const APPLY_PAUSE: Duration = Duration::from_mins(1);

/// When a task is started.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The name, unlike every other's; its last due time is kept under it.
    pub name: String,
    /// What it starts.
    pub task: Task,
    /// When.
    pub expression: CronExpression,
}

/// What the scheduler works from; another one takes its place when the configuration is read again.
#[derive(Debug)]
pub struct Plan {
    /// What the tasks work with.
    pub context: Context,
    /// The schedules that are enabled.
    pub schedules: Vec<Schedule>,
}

/// Hears what is started and what came of it.
pub trait Observer: Send + Sync {
    /// A task starts.
    fn starts(&self, task: Task);
    /// A round of it ended.
    fn ended(&self, task: Task, result: &Result<Report, TaskError>);
}

/// Runs tasks until `stop` is cancelled and the running task has come to its next commit.
pub async fn run(mut plans: watch::Receiver<Arc<Plan>>, observer: &dyn Observer, stop: &CancellationToken) {
    let mut state = State { pending: BTreeSet::new(), apply_after: Instant::now(), observer, stop };
    let mut taken_up = false;
    while !stop.is_cancelled() {
        let plan = Arc::clone(&plans.borrow_and_update());
        if !taken_up {
            taken_up = logged(&state.take_up(&plan).await);
        }
        logged(&state.round(&plan).await);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(POLL) => {}
            changed = plans.changed() => if changed.is_err() { return },
        }
    }
}

/// Says what kept the scheduler from its work; it goes on at the next look.
fn logged(result: &Result<(), StoreError>) -> bool {
    if let Err(error) = result {
        tracing::error!(error = error as &dyn std::error::Error, "the schedules cannot be read");
    }
    result.is_ok()
}

struct State<'a> {
    /// Tasks to run although no schedule is due: taken up, or held by another process when they were due.
    pending: BTreeSet<Task>,
    apply_after: Instant,
    observer: &'a dyn Observer,
    stop: &'a CancellationToken,
}

impl State<'_> {
    /// Finds what a process that is gone had claimed or begun and not ended.
    async fn take_up(&mut self, plan: &Plan) -> Result<(), StoreError> {
        let mut read = plan.context.db.read().await?;
        let interrupted = store::run::interrupted(&mut read).await?;
        let begun = store::run::last_begun(&mut read).await?;
        for schedule in &plan.schedules {
            let name = schedule.task.as_str();
            let claimed =
                store::run::last_due(&mut read, &schedule.name).await?.filter(|at| is_due_time(*at));
            let last = begun.iter().find(|(task, _)| task == name).map(|(_, at)| *at);
            let never_begun = claimed.is_some_and(|claimed| last.is_none_or(|last| last < claimed));
            if never_begun || interrupted.iter().any(|task| task == name) {
                tracing::info!(task = name, "a round that was interrupted is taken up");
                self.pending.insert(schedule.task);
            }
        }
        Ok(())
    }

    /// Runs every task that is due, in order.
    async fn round(&mut self, plan: &Plan) -> Result<(), StoreError> {
        for task in Task::ALL {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            let scheduled = claim(plan, task).await?;
            let pending = self.pending.remove(&task);
            let ended_window = task == Task::Apply && self.undo_window_ended(plan).await?;
            if scheduled || pending || ended_window {
                self.start(plan, task).await;
            }
        }
        Ok(())
    }

    async fn undo_window_ended(&self, plan: &Plan) -> Result<bool, StoreError> {
        if plan.context.settings.observe || Instant::now() < self.apply_after {
            return Ok(false);
        }
        let mut read = plan.context.db.read().await?;
        Ok(store::finding::count_due_to_apply(&mut read, plan.context.clock.now()).await? > 0)
    }

    async fn start(&mut self, plan: &Plan, task: Task) {
        self.observer.starts(task);
        let result = task::run(&plan.context, task).await;
        self.observer.ended(task, &result);
        if task == Task::Apply {
            let useful = result.as_ref().is_ok_and(|report| report.changed > 0);
            self.apply_after = if useful { Instant::now() } else { Instant::now() + APPLY_PAUSE };
        }
        match result {
            Ok(report) => tracing::info!(
                task = task.as_str(),
                examined = report.examined,
                changed = report.changed,
                waiting = report.waiting,
                errors = report.errors,
                seconds = report.seconds,
                "{} has ended",
                task.as_str()
            ),
            Err(TaskError::HeldElsewhere(_)) => {
                self.pending.insert(task);
                tracing::debug!(task = task.as_str(), "{} is being done by another process", task.as_str());
            }
            Err(TaskError::NoInterface(_)) => {
                tracing::warn!(task = task.as_str(), "{} needs VTJ's change interface", task.as_str());
            }
            Err(error) => tracing::error!(
                task = task.as_str(),
                error = &error as &dyn std::error::Error,
                "{} stopped before its end; it is tried again when it is due next",
                task.as_str()
            ),
        }
    }
}

/// Claims what is due for a task; true when one of its schedules was ours to start.
async fn claim(plan: &Plan, task: Task) -> Result<bool, StoreError> {
    let mut claimed = false;
    for schedule in plan.schedules.iter().filter(|schedule| schedule.task == task) {
        let now = plan.context.clock.now();
        let mut read = plan.context.db.read().await?;
        let last_due = store::run::last_due(&mut read, &schedule.name).await?;
        drop(read);
        match next_step(now, last_due, &schedule.expression) {
            Step::Begin(from) => begin(plan, schedule, last_due, from).await?,
            Step::Due(due) => {
                let mut tx = plan.context.db.begin().await?;
                let ours = store::run::claim_due(&mut tx, &schedule.name, due).await?;
                tx.commit("schedule.claim").await?;
                if ours {
                    tracing::debug!(schedule = schedule.name, due = due.to_rfc3339(), "a schedule is due");
                }
                claimed |= ours;
            }
            Step::WaitUntil(_) | Step::Never => {}
        }
    }
    Ok(claimed)
}

/// Lets a schedule count from an instant on.
async fn begin(
    plan: &Plan,
    schedule: &Schedule,
    last_due: Option<DateTime<Utc>>,
    from: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut tx = plan.context.db.begin().await?;
    match last_due {
        None => {
            store::run::claim_due(&mut tx, &schedule.name, from).await?;
        }
        Some(impossible) => {
            tracing::warn!(
                schedule = schedule.name,
                "the last due time {} lies in the future: the clock was wrong then or is wrong now; the schedule counts from now on",
                impossible.to_rfc3339()
            );
            store::run::correct_due(&mut tx, &schedule.name, impossible, from).await?;
        }
    }
    tx.commit("schedule.begin").await
}
