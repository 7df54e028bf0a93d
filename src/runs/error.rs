//! Why a run was not started, cancelled or retried.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::planning::NotAllowed;
use crate::schedule::local;
use crate::store::StoreError;
use crate::task::TaskError;

/// Why a run was not started, cancelled, retried or shown.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No schedule has the name.
    #[error("there is no schedule {0:?}; see `ajantasa schedule list`")]
    UnknownSchedule(String),
    /// No run has the identifier.
    #[error("there is no run {0}; see `ajantasa run list`")]
    UnknownRun(Uuid),
    /// The account is no administrator of all its municipalities.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// It cannot be done with the run or the schedule as it stands.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Another run is under way.
    #[error("another run is under way; try again when it has ended, see `ajantasa run list --state running`")]
    HeldElsewhere,
    /// A task failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What keeps an administrator's wish from being done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The schedule is paused.
    #[error("{name} is paused until {}; resume it first", local(*.until).to_rfc3339())]
    Paused {
        /// The schedule.
        name: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// A run of the schedule has not ended.
    #[error("run {id} of the schedule has not ended: {state}; cancel it, or wait for its end")]
    AnotherOpen {
        /// The run.
        id: Uuid,
        /// Its state.
        state: String,
    },
    /// The run has ended.
    #[error("run {id} has ended: {state}")]
    Ended {
        /// The run.
        id: Uuid,
        /// Its state.
        state: String,
    },
    /// It ended while it was to be cancelled.
    #[error("run {0} has ended meanwhile")]
    EndedMeanwhile(Uuid),
    /// A round that is under way.
    #[error("a round of a task ends by itself and cannot be cut short; pause or disable its schedule")]
    RoundUnderWay,
    /// A round has no people to go on with.
    #[error("a round of a task is about what is due: start it with `ajantasa schedule run {0}`")]
    OfTask(String),
    /// The run to go on from has not ended.
    #[error("run {id} has not ended: {state}")]
    NotEnded {
        /// The run.
        id: Uuid,
        /// Its state.
        state: String,
    },
    /// Another run has gone on from it.
    #[error("run {later} has gone on from run {id}; retry that one")]
    RetriedBy {
        /// The run.
        id: Uuid,
        /// The one that went on.
        later: Uuid,
    },
    /// Nobody of the run is left to ask about.
    #[error(
        "nobody of run {id} is left to ask about: whoever was beyond its budget is chosen again by `ajantasa schedule run {name}`"
    )]
    NobodyLeft {
        /// The run.
        id: Uuid,
        /// The schedule.
        name: String,
    },
    /// Its schedule was removed.
    #[error("its schedule was removed")]
    Removed,
}

impl Refused {
    /// The word of the texts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Paused { .. } => "paused",
            Self::AnotherOpen { .. } => "another_open",
            Self::Ended { .. } => "ended",
            Self::EndedMeanwhile(_) => "ended_meanwhile",
            Self::RoundUnderWay => "round_under_way",
            Self::OfTask(_) => "of_task",
            Self::NotEnded { .. } => "not_ended",
            Self::RetriedBy { .. } => "retried_by",
            Self::NobodyLeft { .. } => "nobody_left",
            Self::Removed => "removed",
        }
    }
}
