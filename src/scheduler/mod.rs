//! The scheduler: starts each task when a schedule is due, one after another in the order of the drawing.
//!
//! What is due is claimed in the database before the first of its tasks starts, so that of several daemons one
//! starts it all, in order. What a killed process had claimed or begun is taken up by the next one at its start, and by
//! others that run beside it as soon as its lease has ended. A due time missed while nobody ran is made up
//! for once, the newest of each schedule.
//!
//! Invariants: a due time starts one round, whoever is alive; a last due time that lies in the future is not
//! waited for (see [`CLOCK_CORRECTION`]); a stop asked for is noticed within one unit of work.
//!
//! `apply` also runs when an undo window has ended, without a schedule.

mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use step::{CLOCK_CORRECTION, Step, is_due_time, next_step};

use crate::lease;
use crate::schedule::CronExpression;
use crate::store::{self, StoreError};
use crate::task::{self, Context, Report, Task, TaskError};

/// How often the schedules and the undo windows are looked at. The clock may be set at any time, so a longer
/// sleep could miss a due time.
const POLL: Duration = Duration::from_secs(1);

/// When the database was busy or away in the middle of a task, the task is tried again after so long.
const AGAIN_AFTER: Duration = Duration::from_mins(1);

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
    let now = Instant::now();
    let mut state = State {
        pending: BTreeMap::new(),
        again: BTreeMap::new(),
        apply_after: now,
        take_up_after: now,
        suspects: None,
        observer,
        stop,
    };
    while !stop.is_cancelled() {
        let plan = Arc::clone(&plans.borrow_and_update());
        if Instant::now() >= state.take_up_after && logged(&state.take_up(&plan).await) {
            state.take_up_after = Instant::now() + plan.context.holder.ttl();
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
    /// Tasks to run: claimed, taken up, or held by another process when they were due; since when.
    pending: BTreeMap<Task, DateTime<Utc>>,
    /// When to try again what the database kept from its end.
    again: BTreeMap<Task, Instant>,
    apply_after: Instant,
    /// When to look again for what other processes have left.
    take_up_after: Instant,
    /// What looked as if a process that is gone had left it, at the last look.
    suspects: Option<BTreeSet<Task>>,
    observer: &'a dyn Observer,
    stop: &'a CancellationToken,
}

impl State<'_> {
    /// Finds what a process that is gone had claimed or begun and not ended. At the start that is taken up at
    /// once; later only if it is still so at the next look: whoever lives is between two tasks for a moment
    /// at most.
    async fn take_up(&mut self, plan: &Plan) -> Result<(), StoreError> {
        let left = left_behind(plan).await?;
        let sure = match &self.suspects {
            None => left.clone(),
            Some(before) => left.intersection(before).copied().collect(),
        };
        for task in sure {
            if self.pending.insert(task, plan.context.clock.now()).is_none() {
                tracing::info!(task = task.as_str(), "a round that was interrupted is taken up");
            }
        }
        self.suspects = Some(left);
        Ok(())
    }

    /// Runs every task that is due, in order.
    async fn round(&mut self, plan: &Plan) -> Result<(), StoreError> {
        self.pending.extend(claim(plan).await?);
        for task in Task::ALL {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            let again = self.again.get(&task).is_some_and(|at| *at <= Instant::now());
            let pending = self.pending.remove(&task);
            let scheduled = match pending {
                Some(since) => !begun_since(plan, task, since).await?,
                None => false,
            };
            if scheduled || again || (task == Task::Apply && self.undo_window_ended(plan).await?) {
                self.start(plan, task, pending).await;
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

    /// Does one round of a task that is wanted since an instant.
    async fn start(&mut self, plan: &Plan, task: Task, since: Option<DateTime<Utc>>) {
        self.again.remove(&task);
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
                self.pending.insert(task, since.unwrap_or_else(|| plan.context.clock.now()));
                tracing::debug!(task = task.as_str(), "{} is being done by another process", task.as_str());
            }
            Err(TaskError::NoInterface(_)) => {
                tracing::warn!(task = task.as_str(), "{} needs VTJ's change interface", task.as_str());
            }
            Err(TaskError::QueriesStopped(_)) => {
                tracing::warn!(
                    task = task.as_str(),
                    "{} asks nothing: the queries to VTJ are stopped",
                    task.as_str()
                );
            }
            Err(error) => {
                let passes = matches!(&error, TaskError::Store(error) if error.is_transient());
                if passes {
                    self.again.insert(task, Instant::now() + AGAIN_AFTER);
                }
                tracing::error!(
                    task = task.as_str(),
                    error = &error as &dyn std::error::Error,
                    "{} stopped before its end; it is tried again {}",
                    task.as_str(),
                    if passes { "in a minute" } else { "when it is due next" }
                );
            }
        }
    }
}

/// Whether a round of a task was begun at an instant or later: by another process that took over while this
/// one was stopped, or that held the task.
async fn begun_since(plan: &Plan, task: Task, since: DateTime<Utc>) -> Result<bool, StoreError> {
    let mut read = plan.context.db.read().await?;
    let begun = store::round::last_begun(&mut read).await?;
    // One that lies in the future was begun when the clock was wrong.
    let now = plan.context.clock.now();
    Ok(begun.iter().any(|(name, at)| name == task.as_str() && *at >= since && *at <= now))
}

/// The tasks whose newest round was begun and not ended, or whose due time was claimed and not begun, while
/// nobody holds the task, or any other.
async fn left_behind(plan: &Plan) -> Result<BTreeSet<Task>, StoreError> {
    let mut read = plan.context.db.read().await?;
    let interrupted = store::round::interrupted(&mut read).await?;
    let begun = store::round::last_begun(&mut read).await?;
    let mut held = BTreeSet::new();
    for task in Task::ALL {
        if lease::is_held(&mut read, task.as_str()).await? {
            held.insert(task);
        }
    }
    let mut left = BTreeSet::new();
    for schedule in &plan.schedules {
        let name = schedule.task.as_str();
        let claimed = store::round::last_due(&mut read, &schedule.name).await?.filter(|at| is_due_time(*at));
        let last = begun.iter().find(|(task, _)| task == name).map(|(_, at)| *at);
        // Whoever claimed it may be at a task before it in the order.
        let never_begun =
            held.is_empty() && claimed.is_some_and(|claimed| last.is_none_or(|last| last < claimed));
        let interrupted = !held.contains(&schedule.task) && interrupted.iter().any(|task| task == name);
        if never_begun || interrupted {
            left.insert(schedule.task);
        }
    }
    Ok(left)
}

/// Claims everything that is due, all or nothing, so that the tasks of one due time run in their order and
/// not some here and some in another process. Returns the tasks that are ours to start, and since when they
/// are due.
async fn claim(plan: &Plan) -> Result<BTreeMap<Task, DateTime<Utc>>, StoreError> {
    let mut due = Vec::new();
    for schedule in &plan.schedules {
        let now = plan.context.clock.now();
        let mut read = plan.context.db.read().await?;
        let last_due = store::round::last_due(&mut read, &schedule.name).await?;
        drop(read);
        match next_step(now, last_due, &schedule.expression) {
            Step::Begin(from) => begin(plan, schedule, last_due, from).await?,
            Step::Due(at) => due.push((schedule, at)),
            Step::WaitUntil(_) | Step::Never => {}
        }
    }
    let mut claimed = BTreeMap::new();
    if due.is_empty() {
        return Ok(claimed);
    }
    // In one order everywhere, so that two processes do not wait for each other.
    due.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut tx = plan.context.db.begin().await?;
    for (schedule, at) in due {
        if store::round::claim_due(&mut tx, &schedule.name, at).await? {
            tracing::debug!(schedule = schedule.name, due = at.to_rfc3339(), "a schedule is due");
            claimed.insert(schedule.task, at);
        }
    }
    tx.commit("schedule.claim").await?;
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
            store::round::claim_due(&mut tx, &schedule.name, from).await?;
        }
        Some(impossible) => {
            tracing::warn!(
                schedule = schedule.name,
                "the last due time {} lies in the future: the clock was wrong then or is wrong now; the schedule counts from now on",
                impossible.to_rfc3339()
            );
            store::round::correct_due(&mut tx, &schedule.name, impossible, from).await?;
        }
    }
    tx.commit("schedule.begin").await
}
