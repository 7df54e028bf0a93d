//! Rounds of tasks: the planned runs of tasks, one after another in the order of the drawing.
//!
//! Whoever carries them out holds the lease [`LEASE`], so that the rounds of one due time go on in their order and
//! not some here and some in another process. A run that is `running` while nobody holds the lease was left by a
//! process that is gone, and is taken up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Observer, Plan, pause, poll};
use crate::lease::{self, Lease};
use crate::runs;
use crate::schedule::definition::{Definition, Work};
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::store::run::OpenRun;
use crate::store::{self, StoreError};
use crate::task::{self, Context, Report, Task, TaskError};

/// The lease under which planned rounds are carried out.
pub const LEASE: &str = "rounds";

/// When the database was busy or away in the middle of a task, the task is tried again after so long.
const AGAIN_AFTER: Duration = Duration::from_mins(1);

/// When `apply` leaves something undone, it is not tried again before so long, unless a schedule says so.
const APPLY_PAUSE: Duration = Duration::from_mins(1);

/// Carries out what is planned until `stop` is cancelled and the running task has come to its next commit.
pub(super) async fn work(
    mut plans: watch::Receiver<Arc<Plan>>,
    observer: &dyn Observer,
    stop: &CancellationToken,
) {
    let mut state = State::new(observer, stop);
    while !stop.is_cancelled() {
        let plan = Arc::clone(&plans.borrow_and_update());
        if let Err(error) = state.pass(&plan.context).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the rounds of tasks cannot go on");
        }
        if !pause(&mut plans, poll(&*plan.context.clock), stop).await {
            return;
        }
    }
}

/// A planned round of a task.
struct Planned {
    open: OpenRun,
    task: Task,
    definition: Definition,
}

pub(super) struct State<'a> {
    /// When to try again what the database kept from its end.
    again: BTreeMap<Uuid, Instant>,
    apply_after: Instant,
    observer: &'a dyn Observer,
    stop: &'a CancellationToken,
}

impl<'a> State<'a> {
    pub(super) fn new(observer: &'a dyn Observer, stop: &'a CancellationToken) -> Self {
        Self { again: BTreeMap::new(), apply_after: Instant::now(), observer, stop }
    }

    /// Carries out every planned round, in order.
    pub(super) async fn pass(&mut self, context: &Context) -> Result<(), StoreError> {
        let planned = self.planned(context).await?;
        if !planned.is_empty()
            && let Some(lease) = Lease::take(&context.db, LEASE, &context.holder).await?
        {
            let done = self.carry_out(context, &lease, planned).await;
            lease.release().await?;
            match done {
                // Somebody else holds the lease now and goes on with it.
                Err(StoreError::LeaseLost(lost)) => tracing::warn!("the lease of {lost} was lost"),
                done => done?,
            }
        }
        if !self.stop.is_cancelled() && self.undo_window_ended(context).await? {
            let result = self.start(context, Task::Apply).await;
            log(Task::Apply, &result);
        }
        Ok(())
    }

    /// The open runs of tasks whose turn has come: those planned first, and of those planned together in the order
    /// of the tasks.
    async fn planned(&self, context: &Context) -> Result<Vec<Planned>, StoreError> {
        let mut read = context.db.read().await?;
        let mut planned = Vec::new();
        for open in store::run::open(&mut read).await? {
            // What cannot be read is ended by `crate::runs`.
            let Ok(definition) = Definition::from_json(&open.definition) else { continue };
            let Work::Task { task } = definition.work else { continue };
            let waits = self.again.get(&open.run.id).is_some_and(|at| *at > Instant::now());
            if !waits {
                planned.push(Planned { open, task, definition });
            }
        }
        planned.sort_by_key(|planned| (planned.open.run.planned_at, planned.task, planned.open.run.id));
        Ok(planned)
    }

    async fn carry_out(
        &mut self,
        context: &Context,
        lease: &Lease,
        planned: Vec<Planned>,
    ) -> Result<(), StoreError> {
        let mut unfinished = BTreeSet::new();
        for one in planned {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            // An earlier run of the schedule comes first.
            let schedule = one.open.run.schedule;
            if unfinished.contains(&schedule) || !self.one(context, lease, one).await? {
                unfinished.insert(schedule);
            }
        }
        Ok(())
    }

    /// Carries out a run that was planned by hand, whatever becomes of the others.
    pub(super) async fn by_hand(
        &mut self,
        context: &Context,
        lease: &Lease,
        id: Uuid,
    ) -> Result<(), StoreError> {
        let planned = self.planned(context).await?;
        match planned.into_iter().find(|planned| planned.open.run.id == id) {
            Some(planned) => self.one(context, lease, planned).await.map(drop),
            None => Ok(()),
        }
    }

    /// Carries one out. False when it has not ended.
    async fn one(&mut self, context: &Context, lease: &Lease, planned: Planned) -> Result<bool, StoreError> {
        let task = planned.task;
        // It may have been ended since the list was read.
        let Some(mut open) = store::run::open_one(&mut context.db.read().await?, planned.open.run.id).await?
        else {
            return Ok(true);
        };
        let was_running = open.run.state == RunState::Running.as_str();
        if !was_running {
            if let Some((state, reason)) = runs::held_back(context.clock.now(), &open, &planned.definition) {
                return runs::end(context, lease, &mut open.run, state, Some(reason)).await.map(|()| true);
            }
            if lease::is_held(&mut context.db.read().await?, task.as_str()).await? {
                tracing::debug!(task = task.as_str(), "{} is being done by another process", task.as_str());
                return Ok(false);
            }
        }
        match done_since(context, task, &open).await? {
            Some(report) if was_running => {
                return finish(context, lease, &mut open, &report).await.map(|()| true);
            }
            Some(_) => {
                let reason = Some(Reason::DoneAlready);
                return runs::end(context, lease, &mut open.run, RunState::Skipped, reason)
                    .await
                    .map(|()| true);
            }
            None => {}
        }
        if was_running && !self.again.contains_key(&open.run.id) {
            tracing::info!(task = task.as_str(), "a round that was interrupted is taken up");
        }
        runs::begin(context, lease, &mut open.run).await?;
        let result = self.start(context, task).await;
        log(task, &result);
        self.ended(context, lease, &mut open, result).await
    }

    /// Does one round of a task.
    async fn start(&mut self, context: &Context, task: Task) -> Result<Report, TaskError> {
        self.observer.starts(task);
        let result = task::run(context, task).await;
        self.observer.ended(task, &result);
        if task == Task::Apply {
            let useful = result.as_ref().is_ok_and(|report| report.changed > 0);
            self.apply_after = if useful { Instant::now() } else { Instant::now() + APPLY_PAUSE };
        }
        result
    }

    /// Notes what came of a round. False when the run has not ended.
    async fn ended(
        &mut self,
        context: &Context,
        lease: &Lease,
        open: &mut OpenRun,
        result: Result<Report, TaskError>,
    ) -> Result<bool, StoreError> {
        self.again.remove(&open.run.id);
        match result {
            // A round cut short is taken up by the next process, like that of one that was killed.
            Ok(_) if context.is_stopping() => Ok(false),
            Ok(report) => finish(context, lease, open, &report).await.map(|()| true),
            Err(TaskError::HeldElsewhere(_)) => Ok(false),
            Err(TaskError::Store(error)) if error.is_transient() => {
                self.again.insert(open.run.id, Instant::now() + AGAIN_AFTER);
                Ok(false)
            }
            Err(TaskError::Store(error @ StoreError::LeaseLost(_))) => Err(error),
            Err(error) => {
                open.run.note = Some(error.to_string());
                let reason = Some(error.reason());
                let stopped = matches!(error, TaskError::QueriesStopped(_));
                let state = if stopped { RunState::Skipped } else { RunState::Failed };
                runs::end(context, lease, &mut open.run, state, reason).await.map(|()| true)
            }
        }
    }

    async fn undo_window_ended(&self, context: &Context) -> Result<bool, StoreError> {
        if context.settings.observe || Instant::now() < self.apply_after {
            return Ok(false);
        }
        let mut read = context.db.read().await?;
        Ok(store::finding::count_due_to_apply(&mut read, context.clock.now()).await? > 0)
    }
}

/// Ends the run of a round that ended well.
async fn finish(
    context: &Context,
    lease: &Lease,
    open: &mut OpenRun,
    report: &Report,
) -> Result<(), StoreError> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (state, reason) = match report.errors {
        0 => (RunState::Done, None),
        _ => (RunState::PartlyDone, Some(Reason::Errors)),
    };
    let counted = store::run::Counted {
        changed: number(report.changed),
        failed: number(report.errors),
        ..store::run::Counted::default()
    };
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    store::run::count(&mut tx, open.run.id, lease.epoch(), &counted).await?;
    runs::set_ended(&mut open.run, state, reason, now)?;
    store::run::update(&mut tx, &open.run, Some(lease.epoch())).await?;
    tx.commit("run.end").await
}

/// What the newest round of a task did that was begun since a run was begun or due, and ended well: by a process that
/// died before it had noted that on the run, by hand, or for another schedule.
async fn done_since(context: &Context, task: Task, open: &OpenRun) -> Result<Option<Report>, StoreError> {
    let since = open.run.started_at.or(open.run.due_at).unwrap_or(open.run.planned_at);
    let mut read = context.db.read().await?;
    // One that lies in the future was begun when the clock was wrong.
    let done = store::round::newest_done(&mut read, task.as_str(), context.clock.now()).await?;
    Ok(done.filter(|(at, _)| *at >= since).and_then(|(_, report)| serde_json::from_str(&report).ok()))
}

fn log(task: Task, result: &Result<Report, TaskError>) {
    let name = task.as_str();
    match result {
        Ok(report) => tracing::info!(
            task = name,
            examined = report.examined,
            changed = report.changed,
            waiting = report.waiting,
            errors = report.errors,
            seconds = report.seconds,
            "{name} has ended"
        ),
        Err(TaskError::HeldElsewhere(_)) => {
            tracing::debug!(task = name, "{name} is being done by another process");
        }
        Err(TaskError::NoInterface(_)) => {
            tracing::warn!(task = name, "{name} needs VTJ's change interface");
        }
        Err(TaskError::QueriesStopped(_)) => {
            tracing::warn!(task = name, "{name} asks nothing: the queries to VTJ are stopped");
        }
        Err(error) => {
            let passes = matches!(error, TaskError::Store(error) if error.is_transient());
            tracing::error!(
                task = name,
                error = error as &dyn std::error::Error,
                "{name} stopped before its end; it is tried again {}",
                if passes { "in a minute" } else { "when it is due next" }
            );
        }
    }
}
