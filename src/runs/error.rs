//! Why a run was not started, cancelled or retried.

use uuid::Uuid;

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
    #[error("{0}")]
    NotAllowed(String),
    /// It cannot be done with the run or the schedule as it stands.
    #[error("{0}")]
    Refused(String),
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
