//! The tasks: each takes no input, does bounded work over stored rows, and can be run again at any time.
//!
//! Rows with a state, a lease and an attempt count are the queue; there is no job framework. A schedule, a
//! member of staff and the command line all start the same task. A task does not retry by itself beyond the
//! attempts of one request: its next round is the retry.

pub mod enrol;
pub mod estate;
pub mod fetch;
pub mod housekeeping;
pub mod known;
pub mod probe;
pub mod reconcile;
pub mod refresh;
pub mod rehearse;

mod ask;
mod protect;
mod settings;
mod signals;
mod slice;
mod spent_keys;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::audit::{Actor, Event};
use crate::clock::Clock;
use crate::feed::ReloadCost;
use crate::lease::{Holder, Lease};
use crate::patron::Admission;
use crate::review::listing::RecentCounts;
use crate::seal::Vault;
use crate::store::{self, Db, StoreError};
use crate::switch::Stop;
use crate::vtj::changes::ChangesClient;
use crate::vtj::error::VtjError;
use crate::vtj::query::QueryClient;

pub use crate::schedule::Task;
use crate::schedule::run_reason::Reason;
pub use settings::{CollectionRules, QueryRules, ReviewRules, Settings};

/// What a task works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The configuration's word.
    pub settings: Arc<Settings>,
    /// VTJ's change interface, where configured.
    pub changes: Option<ChangesClient>,
    /// VTJ's single-person query, where configured.
    pub query: Option<SingleQuery>,
    /// The patron register.
    pub register: Arc<dyn crate::register::PatronRegister>,
    /// Who takes leases.
    pub holder: Holder,
    /// The operating-system user of this process.
    pub os_user: String,
    /// How many cases long queues had a moment ago.
    pub counts: Arc<RecentCounts>,
    /// Cancelled when the process is to end: a task then stops after the unit it is at, with its report.
    pub stop: CancellationToken,
}

/// The single-person query.
#[derive(Debug, Clone)]
pub struct SingleQuery {
    /// Its client.
    pub client: QueryClient,
    /// A keyed digest of the settings: when it changes, what VTJ refused before may be tried again.
    pub settings: String,
}

/// What came of a round of a task.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// The task.
    pub task: String,
    /// Rows looked at.
    pub examined: u64,
    /// Rows changed.
    pub changed: u64,
    /// Rows left alone, with nothing to do.
    pub skipped: u64,
    /// Rows whose time has not come.
    pub waiting: u64,
    /// Rows that failed and were put aside or will be tried again.
    pub errors: u64,
    /// Seconds of the clock on the wall.
    pub seconds: f64,
}

impl Report {
    /// Adds another round of the same task.
    pub fn add(&mut self, other: &Self) {
        self.examined += other.examined;
        self.changed += other.changed;
        self.skipped += other.skipped;
        self.waiting = other.waiting;
        self.errors += other.errors;
        self.seconds += other.seconds;
    }
}

/// Why a task stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// VTJ failed.
    #[error(transparent)]
    Vtj(#[from] VtjError),
    /// Another process works on it.
    #[error("{0} is being done by another process; try again when it has ended")]
    HeldElsewhere(&'static str),
    /// VTJ's change interface is not configured.
    #[error("{0} needs VTJ's change interface: write [vtj.changes] in the configuration")]
    NoInterface(&'static str),
    /// A cursor is too old for VTJ to answer from.
    #[error(
        "the change cursor of {lists} follow lists is older than 14 days, so changes may be lost; run `ajantasa run fetch --reload` to read everyone again: {reload}"
    )]
    CursorTooOld {
        /// How many lists.
        lists: usize,
        /// What reading everyone again takes.
        reload: ReloadCost,
    },
    /// An administrator has stopped every query to VTJ.
    #[error("{0}")]
    QueriesStopped(Box<Stop>),
    /// VTJ has failed so often that it is left alone for a while.
    #[error("VTJ has failed {failures} times and is left alone until {until}; the task goes on then")]
    LeftAlone {
        /// How many times.
        failures: u32,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The register failed.
    #[error(transparent)]
    Register(#[from] crate::register::RegisterError),
}

impl TaskError {
    /// The word under which such errors are counted.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Store(_) => "database",
            Self::Vtj(error) => error.class(),
            Self::HeldElsewhere(_) => "held_elsewhere",
            Self::NoInterface(_) => "no_interface",
            Self::CursorTooOld { .. } => "cursor_too_old",
            Self::LeftAlone { .. } => "left_alone",
            Self::QueriesStopped(_) => "queries_stopped",
            Self::Register(_) => "register",
        }
    }

    /// The reason of a run that failed by it.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Store(_) => Reason::Database,
            Self::Vtj(_) | Self::LeftAlone { .. } => Reason::Vtj,
            Self::HeldElsewhere(_) => Reason::Overlap,
            Self::NoInterface(_) => Reason::NotConfigured,
            Self::CursorTooOld { .. } => Reason::CursorTooOld,
            Self::QueriesStopped(_) => Reason::QueriesStopped,
            Self::Register(_) => Reason::Register,
        }
    }
}

/// Does one round of a task under its lease, and keeps a record of it.
///
/// # Errors
/// When the task stopped before its end; what it had committed stays.
pub async fn run(context: &Context, task: Task) -> Result<Report, TaskError> {
    run_with(context, task, FetchMode::Continue).await
}

/// Whether fetch goes on from the kept cursors or reads everyone again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchMode {
    /// From the kept cursors.
    Continue,
    /// From the kept cursors, but lists that have caught up since then are not asked about again.
    NotCaughtUpSince(DateTime<Utc>),
    /// New cursors, and base data of everyone.
    Reload,
}

/// As [`run`], choosing how fetch begins.
///
/// # Errors
/// As [`run`].
pub async fn run_with(context: &Context, task: Task, mode: FetchMode) -> Result<Report, TaskError> {
    let started = std::time::Instant::now();
    let lease = Lease::take(&context.db, task.as_str(), &context.holder)
        .await?
        .ok_or(TaskError::HeldElsewhere(task.as_str()))?;
    let round = begin_round(context, &lease, task).await?;
    let result = match task {
        Task::Enrol => enrol::run(context, &lease).await,
        Task::Fetch => fetch::run(context, &lease, mode).await,
        Task::Refresh => refresh::run(context, &lease).await,
        Task::Reconcile => reconcile::run(context, &lease).await,
        Task::Apply => crate::apply::run(context, &lease).await,
        Task::Estate => estate::run(context, &lease).await,
        Task::Housekeeping => housekeeping::run(context, &lease).await,
    };
    let result = result.map(|mut report| {
        task.as_str().clone_into(&mut report.task);
        report.seconds = started.elapsed().as_secs_f64();
        report
    });
    end_round(context, &lease, round, &result).await?;
    lease.release().await?;
    result
}

async fn begin_round(context: &Context, lease: &Lease, task: Task) -> Result<Uuid, TaskError> {
    let now = context.clock.now();
    let id = store::new_id(now);
    let mut tx = lease.begin().await?;
    store::round::close_killed(&mut tx, task.as_str(), now).await?;
    store::round::begin(&mut tx, id, task.as_str(), now).await?;
    tx.commit("task.begin").await?;
    Ok(id)
}

async fn end_round(
    context: &Context,
    lease: &Lease,
    id: Uuid,
    result: &Result<Report, TaskError>,
) -> Result<(), TaskError> {
    if matches!(result, Err(TaskError::Store(StoreError::LeaseLost(_)))) {
        return Ok(());
    }
    let outcome = match result {
        // A round cut short is taken up by the next process, like that of one that was killed.
        Ok(_) if context.is_stopping() => "killed",
        Ok(_) => "done",
        Err(_) => "failed",
    };
    let report = result.as_ref().ok().and_then(|report| serde_json::to_string(report).ok());
    let mut tx = lease.begin().await?;
    store::round::finish(&mut tx, id, outcome, report.as_deref().unwrap_or("{}"), context.clock.now())
        .await?;
    tx.commit("task.end").await?;
    Ok(())
}

/// Tasks repeated in order until a round changes nothing that is due now.
///
/// A task that fails does not keep the others from their turn; the first failure is returned with the
/// reports. After a failure the rounds end.
pub async fn run_until_idle(context: &Context) -> (Vec<Report>, Result<(), TaskError>) {
    let mut sums: Vec<Report> =
        Task::ALL.iter().map(|task| Report { task: task.as_str().to_owned(), ..Report::default() }).collect();
    let mut mode = FetchMode::Continue;
    let started = context.clock.now();
    for _ in 0..MAX_ROUNDS {
        let mut changed = 0;
        let mut failure = None;
        for (task, sum) in Task::ALL.into_iter().zip(&mut sums) {
            match run_with(context, task, mode).await {
                Ok(report) => {
                    changed += report.changed;
                    sum.add(&report);
                }
                Err(error) => {
                    sum.errors += 1;
                    failure = failure.or(Some(error));
                }
            }
        }
        if let Some(error) = failure {
            return (sums, Err(error));
        }
        if changed == 0 {
            break;
        }
        mode = FetchMode::NotCaughtUpSince(started);
    }
    (sums, Ok(()))
}

/// More rounds than any chain of consequences has links; ends a loop that a defect would make endless.
const MAX_ROUNDS: u32 = 50;

impl Context {
    /// Whether the process is to end, asked before each unit of work.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// An event of a task, now.
    pub fn event(&self, task: Task, action: &'static str) -> Event {
        self.event_of(&Actor::Task(task.as_str()), action)
    }

    /// An event of whoever acts, now.
    pub fn event_of(&self, actor: &Actor, action: &'static str) -> Event {
        Event::new(self.clock.now(), actor.clone(), &self.os_user, action)
    }

    /// The facts that decide about a patron of a municipality, beside the patron's own row.
    pub fn admission(&self, municipality: &str) -> Admission {
        Admission {
            allow_test_codes: self.settings.allow_test_codes,
            has_permit: self.settings.municipalities.contains_key(municipality),
            today: self.clock.today(),
        }
    }
}
