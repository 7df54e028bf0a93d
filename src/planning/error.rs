//! Why a schedule is not changed or shown.

use crate::schedule::check::Wrong;
use crate::store::StoreError;

/// Why a schedule is not changed or shown.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// There is none of the name.
    #[error("there is no schedule {0:?}; `ajantasa schedule list` names them")]
    Unknown(String),
    /// Another one has the name.
    #[error(
        "a schedule has the name {0:?} already; choose another name, or change that one with `ajantasa schedule edit`"
    )]
    NameTaken(String),
    /// The account may not plan this.
    #[error("{0}")]
    NotAllowed(String),
    /// What was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// The definition cannot be used here.
    #[error("{}", all(.0))]
    Definition(Vec<Wrong>),
    /// The configuration file says what it is.
    #[error(
        "the schedule {0:?} stands in the configuration file; change it there and run `ajantasa config check`"
    )]
    OfConfiguration(String),
    /// Somebody else has changed it since it was looked at.
    #[error(
        "the schedule {name:?} has been changed meanwhile: its newest version is {newest}, not {seen}; look at it again with `ajantasa schedule show`"
    )]
    Moved {
        /// The schedule.
        name: String,
        /// The newest version when it was looked at.
        seen: i64,
        /// The newest version now.
        newest: i64,
    },
    /// No version waits for a second administrator.
    #[error("no version of the schedule {0:?} waits for a second administrator")]
    NothingWaits(String),
    /// It is not paused.
    #[error("the schedule {0:?} is not paused")]
    NotPaused(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn all(wrong: &[Wrong]) -> String {
    wrong.iter().map(|wrong| format!("{}: {}", wrong.key, wrong.message)).collect::<Vec<_>>().join("; ")
}
