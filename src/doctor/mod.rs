//! The doctor: what is well, what is wrong, and what to do about it, one line each.
//!
//! Checks look and count; they change nothing and ask VTJ nothing, unless told to. A check answers with a
//! [`Level`] and with the exit code that what it found would give another command. To add one: a line in
//! [`local`] when the file system can tell, in [`database`] when the database can.

mod database;
mod feed;
mod first_run;
mod local;
mod query;
mod runs;
mod zone;

use std::fmt;

use serde::Serialize;

pub use database::database;
pub use first_run::{FirstRun, first_run};
pub use local::local;
pub use query::reachable;

use crate::cli::Code;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing to do.
    Ok,
    /// Someone should look at it.
    Warn,
    /// Something does not work until someone acts.
    Wrong,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Wrong => "wrong",
        })
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub check: &'static str,
    /// How bad it is.
    pub state: Level,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub what_to_do: Option<String>,
    /// The exit code that goes with it.
    #[serde(skip)]
    pub code: Code,
}

impl Check {
    /// All is well.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, state: Level::Ok, message: message.into(), what_to_do: None, code: Code::Done }
    }

    /// Someone should look at it.
    pub fn warn(check: &'static str, message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
        Self { state: Level::Warn, what_to_do: Some(what_to_do.into()), ..Self::ok(check, message) }
    }

    /// It does not work.
    pub fn wrong(
        check: &'static str,
        message: impl Into<String>,
        what_to_do: Option<String>,
        code: Code,
    ) -> Self {
        Self { state: Level::Wrong, what_to_do, code, ..Self::ok(check, message) }
    }
}

/// The exit code of all checks together: the worst.
pub fn code(checks: &[Check]) -> Code {
    checks.iter().map(|check| check.code).max().unwrap_or(Code::Done)
}
