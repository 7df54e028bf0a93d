//! Exit codes, and which of them an error ends in.

use std::error::Error;
use std::fmt::{self, Write as _};
use std::process::ExitCode;

use crate::budget::BudgetError;
use crate::config::{ConfigError, SecretError, SecretFileError};
use crate::disclosures::DisclosuresError;
use crate::planning::PlanningError;
use crate::runs::RunError;
use crate::schedule::CronError;
use crate::seal::{KeyFileError, SealError};
use crate::slice::SliceError;
use crate::staff::StaffError;
use crate::staff::administer::Problem;
use crate::store::StoreError;
use crate::store::backup::BackupError;
use crate::switch::SwitchError;
use crate::synth::SynthError;
use crate::task::TaskError;
use crate::vtj::error::VtjError;
use crate::vtj::mock::MockError;
use crate::web::CertificateError;

/// How a command ended. Of several, the greatest is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// It did what was asked.
    Done = 0,
    /// The command line is wrong.
    Usage = 64,
    /// The data is wrong: a rejected row, an unknown id or card, a stale or already decided item.
    Data = 65,
    /// Something needed is not there: the database, a free port, a file that can be written.
    Unavailable = 69,
    /// The same may succeed later.
    TryAgain = 75,
    /// The caller may not do this: unknown user, wrong password, role or municipality.
    NotAllowed = 77,
    /// The configuration, a key, a certificate or the schema is wrong.
    Configuration = 78,
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code as u8)
    }
}

/// An error that knows its exit code.
#[derive(Debug)]
pub struct Exit {
    /// The code.
    pub code: Code,
    message: String,
}

impl Exit {
    /// An error that ends in a code. The message is lower case and says what, where and what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Exit {}

/// The exit code of an error: that of the outermost cause that has one.
pub fn code_of(error: &anyhow::Error) -> Code {
    // As a context, it is not among the causes.
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return exit.code;
    }
    error.chain().find_map(code_of_cause).unwrap_or(Code::Unavailable)
}

#[expect(clippy::too_many_lines, reason = "one line for each error")]
fn code_of_cause(cause: &(dyn Error + 'static)) -> Option<Code> {
    if let Some(exit) = cause.downcast_ref::<Exit>() {
        return Some(exit.code);
    }
    if cause.is::<ConfigError>()
        || cause.is::<SecretError>()
        || cause.is::<SecretFileError>()
        || cause.is::<CertificateError>()
        || cause.is::<KeyFileError>()
        || cause.is::<SealError>()
    {
        return Some(Code::Configuration);
    }
    if cause.is::<CronError>() {
        return Some(Code::Usage);
    }
    if let Some(error) = cause.downcast_ref::<StoreError>() {
        return Some(code_of_store(error));
    }
    if let Some(error) = cause.downcast_ref::<StaffError>() {
        return Some(match error {
            StaffError::NotProved | StaffError::NotAllowed(_) | StaffError::Account(Problem::Excluded) => {
                Code::NotAllowed
            }
            StaffError::Password(_)
            | StaffError::NotFound
            | StaffError::Account(_)
            | StaffError::Client(_)
            | StaffError::Key(_) => Code::Data,
            StaffError::Hash => Code::Unavailable,
            StaffError::Store(error) => code_of_store(error),
        });
    }
    if let Some(error) = cause.downcast_ref::<MockError>() {
        return Some(match error {
            MockError::NotLoopback(_) => Code::Usage,
            MockError::Load(_) => Code::Data,
            MockError::Tls(_) => Code::Configuration,
            MockError::Listen { .. } | MockError::Stopped(_) => Code::Unavailable,
        });
    }
    if let Some(error) = cause.downcast_ref::<BackupError>() {
        return Some(code_of_backup(error));
    }
    if let Some(error) = cause.downcast_ref::<TaskError>() {
        return Some(code_of_task(error));
    }
    if let Some(error) = cause.downcast_ref::<BudgetError>() {
        return Some(match error {
            BudgetError::CeilingReached(_) => Code::TryAgain,
            BudgetError::NotConfigured => Code::Configuration,
            BudgetError::Store(error) => code_of_store(error),
        });
    }
    if let Some(error) = cause.downcast_ref::<DisclosuresError>() {
        return Some(code_of_disclosures(error));
    }
    if let Some(code) = code_of_brakes(cause) {
        return Some(code);
    }
    if let Some(error) = cause.downcast_ref::<RunError>() {
        return Some(code_of_run(error));
    }
    if let Some(error) = cause.downcast_ref::<PlanningError>() {
        return Some(code_of_planning(error));
    }
    if let Some(error) = cause.downcast_ref::<VtjError>() {
        return Some(code_of_vtj(error));
    }
    #[cfg(feature = "oidc")]
    if let Some(crate::directory::DirectoryError::Settings(_)) = cause.downcast_ref() {
        return Some(Code::Configuration);
    }
    if let Some(error) = cause.downcast_ref::<SynthError>() {
        return Some(match error {
            SynthError::Write { .. } => Code::Unavailable,
            SynthError::TooMany { .. } | SynthError::NoPeople | SynthError::Date(_) => Code::Usage,
        });
    }
    None
}

fn code_of_planning(error: &PlanningError) -> Code {
    match error {
        PlanningError::Unknown(_)
        | PlanningError::NameTaken(_)
        | PlanningError::OfConfiguration(_)
        | PlanningError::Moved { .. }
        | PlanningError::NothingWaits(_)
        | PlanningError::NotPaused(_) => Code::Data,
        PlanningError::Input(_) | PlanningError::Definition(_) => Code::Usage,
        PlanningError::NotAllowed(_) => Code::NotAllowed,
        PlanningError::Store(error) => code_of_store(error),
    }
}

fn code_of_disclosures(error: &DisclosuresError) -> Code {
    match error {
        DisclosuresError::UnknownCard
        | DisclosuresError::UnknownId(_)
        | DisclosuresError::Text { .. }
        | DisclosuresError::Future => Code::Data,
        DisclosuresError::NotAllowed(_) => Code::NotAllowed,
        DisclosuresError::Store(error) => code_of_store(error),
    }
}

/// Of the stop of queries and of slices.
fn code_of_brakes(cause: &(dyn Error + 'static)) -> Option<Code> {
    if let Some(error) = cause.downcast_ref::<SwitchError>() {
        return Some(match error {
            SwitchError::NotAdministrator => Code::NotAllowed,
            SwitchError::NoReason | SwitchError::CodeInReason | SwitchError::EndHasPassed(_) => Code::Usage,
            SwitchError::NotStopped => Code::Data,
            SwitchError::Store(error) => code_of_store(error),
        });
    }
    if let Some(error) = cause.downcast_ref::<SliceError>() {
        return Some(match error {
            SliceError::NotAdministrator => Code::NotAllowed,
            SliceError::Nobody => Code::Usage,
            SliceError::NoSlices => Code::Data,
            SliceError::Store(error) => code_of_store(error),
        });
    }
    None
}

fn code_of_backup(error: &BackupError) -> Code {
    match error {
        BackupError::Store(error) => code_of_store(error),
        BackupError::FolderNotEmpty(_)
        | BackupError::TargetNotEmpty(_)
        | BackupError::NotABackup(_)
        | BackupError::OtherDatabase { .. }
        | BackupError::Damaged { .. }
        | BackupError::NoKeys => Code::Data,
        BackupError::NewerSchema { .. } => Code::Configuration,
        BackupError::NoTool(_) | BackupError::Tool { .. } | BackupError::Io(..) => Code::Unavailable,
    }
}

fn code_of_run(error: &RunError) -> Code {
    match error {
        RunError::UnknownSchedule(_) | RunError::UnknownRun(_) | RunError::Refused(_) => Code::Data,
        RunError::NotAllowed(_) => Code::NotAllowed,
        RunError::HeldElsewhere => Code::TryAgain,
        RunError::Task(error) => code_of_task(error),
        RunError::Store(error) => code_of_store(error),
    }
}

fn code_of_task(error: &TaskError) -> Code {
    match error {
        // A task that met another process's change has its next round.
        TaskError::Store(StoreError::Conflict(_))
        | TaskError::Register(_)
        | TaskError::HeldElsewhere(_)
        | TaskError::CursorTooOld { .. }
        | TaskError::LeftAlone { .. }
        | TaskError::QueriesStopped(_) => Code::TryAgain,
        TaskError::Store(error) => code_of_store(error),
        TaskError::Vtj(error) => code_of_vtj(error),
        TaskError::NoInterface(_) => Code::Configuration,
    }
}

fn code_of_vtj(error: &VtjError) -> Code {
    if error.is_configuration() {
        Code::Configuration
    } else if error.is_transient() {
        Code::TryAgain
    } else {
        Code::Data
    }
}

fn code_of_store(error: &StoreError) -> Code {
    match error {
        StoreError::Unavailable(_) | StoreError::LeaseLost(_) => Code::TryAgain,
        StoreError::CannotOpen(_) | StoreError::CannotWrite(_) | StoreError::Other(_) => Code::Unavailable,
        StoreError::NewerSchema { .. } | StoreError::Seal(_) => Code::Configuration,
        StoreError::Conflict(_) | StoreError::Taken | StoreError::Inconsistent { .. } => Code::Data,
    }
}

/// The error and its causes in one line, a cause that the text already names left out.
pub fn in_one_line(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            let _ = write!(text, ": {cause}");
        }
    }
    text
}

/// Says on standard error what went wrong.
pub fn report(error: &anyhow::Error) {
    eprintln!("{}", in_one_line(error));
}

/// Whether whoever read our output has gone, which is no error.
pub fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn the_outermost_known_cause_decides_the_code() {
        let newer: anyhow::Error = StoreError::NewerSchema { found: 9, known: 2 }.into();
        assert_eq!(code_of(&newer), Code::Configuration);
        let data = newer.context(Exit::new(Code::Data, "item 7"));
        assert_eq!(code_of(&data), Code::Data);
        let staff: anyhow::Error = StaffError::NotProved.into();
        assert_eq!(code_of(&staff.context("cannot act as anna")), Code::NotAllowed);
        let unknown = std::io::Error::other("x");
        assert_eq!(code_of(&Err::<(), _>(unknown).context("y").unwrap_err()), Code::Unavailable);
    }

    #[test]
    fn a_cause_is_named_once() {
        let error = anyhow::anyhow!("no room").context("/x: no room").context("cannot write");
        assert_eq!(in_one_line(&error), "cannot write: /x: no room");
    }

    #[test]
    fn of_two_codes_the_worse_is_greater() {
        assert!(Code::Configuration > Code::NotAllowed && Code::NotAllowed > Code::Data);
    }
}
