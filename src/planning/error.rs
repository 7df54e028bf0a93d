//! Why a schedule is not changed or shown.

use std::fmt;

use chrono::NaiveDate;

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
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// What was given cannot be used.
    #[error(transparent)]
    Input(#[from] Unusable),
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

/// What of an administrator's words cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No schedule can have the name.
    #[error("{0}")]
    Name(String),
    /// The name holds an identity code.
    #[error("the name holds an identity code: leave it out")]
    CodeInName,
    /// The segment holds an identity code.
    #[error("segment: it holds an identity code: leave it out")]
    CodeInSegment,
    /// A round of a task is to have what only a refresh has.
    #[error(
        "it starts rounds of a task, which have no municipalities, segment, purpose or budget; make a schedule of its own for a refresh"
    )]
    RefreshOfTask,
    /// A refresh is to start a task.
    #[error("it is a refresh and starts no task; make a schedule of its own for the task")]
    TaskOfRefresh,
    /// A pause without a reason.
    #[error("the reason of a pause: say in a few words why")]
    NoReason,
    /// A reason that is too long.
    #[error("the reason of a pause: it is longer than 300 characters: make it shorter")]
    LongReason,
    /// A reason that holds an identity code.
    #[error("the reason of a pause: it holds an identity code: leave it out")]
    CodeInReason,
    /// An end that has passed or is too far away.
    #[error("a pause ends in the future and after a year at the latest: write a time up to {0}")]
    PauseEnd(NaiveDate),
}

/// Why an account may not plan a schedule, or start, cancel and retry its runs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It has another role.
    #[error(
        "{0} is no administrator; schedules are changed, and runs started, cancelled and retried, by accounts of the role administrator"
    )]
    NotAdministrator(String),
    /// It is no administrator of all the municipalities that the schedule is about.
    #[error("{0}")]
    OfOthers(OfOthers),
    /// It may be the person who made the version.
    #[error(
        "version {version} was made by {made_by} ({os_user}), and two acts from the same {same} count as one; another administrator approves it, signed in as another operating-system user"
    )]
    SamePerson {
        /// The version.
        version: i64,
        /// Who made it.
        made_by: String,
        /// As which operating-system user.
        os_user: String,
        /// What is the same.
        same: Same,
    },
}

/// Of which municipalities an account is no administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfOthers {
    /// The account.
    pub name: String,
    /// The codes of the municipalities that the schedule is about.
    pub about: Vec<String>,
    /// Those the account lacks.
    pub lacking: Vec<String>,
    /// Who is administrator of all of them.
    pub who_may: Vec<String>,
}

impl fmt::Display for OfOthers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (about, lacking) = (self.about.join(", "), self.lacking.join(", "));
        let name = &self.name;
        write!(f, "this schedule is about {about}, and {name} is no administrator of {lacking}; ")?;
        if self.who_may.is_empty() {
            let options: Vec<String> =
                self.about.iter().map(|code| format!("--municipality {code}")).collect();
            let options = options.join(" ");
            write!(f, "nobody is; add one with `ajantasa user add NAME --role administrator {options}`")
        } else {
            write!(f, "who may: {}", self.who_may.join(", "))
        }
    }
}

/// What makes two acts count as those of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// The account.
    Account,
    /// The operating-system user.
    OsUser,
    /// The session.
    Session,
}

impl Same {
    /// The word of the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::OsUser => "os_user",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Same {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::OsUser => "operating-system user",
            Self::Session => "session",
        })
    }
}

fn all(wrong: &[Wrong]) -> String {
    wrong.iter().map(|wrong| format!("{}: {}", wrong.key, wrong.message)).collect::<Vec<_>>().join("; ")
}
