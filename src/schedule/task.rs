//! The tasks by name, as schedules, commands and the database write them.

/// Every task, in the order of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Decides who is followed.
    Enrol,
    /// Receives changes.
    Fetch,
    /// Reads base data of those marked.
    Refresh,
    /// Compares and makes findings.
    Reconcile,
    /// Writes what has been approved.
    Apply,
    /// Moves estate cases on.
    Estate,
    /// Closes, wakes and deletes by date.
    Housekeeping,
}

impl Task {
    /// Every task, in the order in which they run.
    pub const ALL: [Self; 7] = [
        Self::Enrol,
        Self::Fetch,
        Self::Refresh,
        Self::Reconcile,
        Self::Apply,
        Self::Estate,
        Self::Housekeeping,
    ];

    /// The name on the command line, in schedules and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Fetch => "fetch",
            Self::Refresh => "refresh",
            Self::Reconcile => "reconcile",
            Self::Apply => "apply",
            Self::Estate => "estate",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == name)
    }
}
