//! Why a run, or one of its people, stands where it does: a closed list of words.

/// The reason of a run's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An earlier run of the schedule had not ended.
    Overlap,
    /// A public holiday on which the schedule is not started.
    Holiday,
    /// The schedule was paused.
    Paused,
    /// Every query to VTJ was stopped.
    QueriesStopped,
    /// Somebody cancelled it.
    Cancelled,
    /// The schedule was removed before the run began.
    Removed,
    /// The task had been done by hand, or for another schedule, since the due time.
    DoneAlready,
    /// It could not begin within the time in which it may still start.
    TooLate,
    /// No process was there to start it.
    NobodyRan,
    /// Its segment holds more people than its budget.
    OverBudget,
    /// It would pass a ceiling of the single-person query.
    Ceiling,
    /// Some people were put aside, or rows failed.
    Errors,
    /// VTJ did not answer, or refused.
    Vtj,
    /// The database failed.
    Database,
    /// The patron register failed.
    Register,
    /// The cursor of the feed is older than VTJ keeps changes.
    CursorTooOld,
    /// The interface it needs is not configured.
    NotConfigured,
    /// The schedule's version cannot be carried out: a municipality, purpose or segment is not there any more.
    NotUsable,
    /// This version of the program cannot do it.
    NotAvailable,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::Overlap,
        Self::Holiday,
        Self::Paused,
        Self::QueriesStopped,
        Self::Cancelled,
        Self::Removed,
        Self::DoneAlready,
        Self::TooLate,
        Self::NobodyRan,
        Self::OverBudget,
        Self::Ceiling,
        Self::Errors,
        Self::Vtj,
        Self::Database,
        Self::Register,
        Self::CursorTooOld,
        Self::NotConfigured,
        Self::NotUsable,
        Self::NotAvailable,
    ];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::Holiday => "holiday",
            Self::Paused => "paused",
            Self::QueriesStopped => "queries_stopped",
            Self::Cancelled => "cancelled",
            Self::Removed => "removed",
            Self::DoneAlready => "done_already",
            Self::TooLate => "too_late",
            Self::NobodyRan => "nobody_ran",
            Self::OverBudget => "over_budget",
            Self::Ceiling => "ceiling",
            Self::Errors => "errors",
            Self::Vtj => "vtj",
            Self::Database => "database",
            Self::Register => "register",
            Self::CursorTooOld => "cursor_too_old",
            Self::NotConfigured => "not_configured",
            Self::NotUsable => "not_usable",
            Self::NotAvailable => "not_available",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// The reason in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Overlap => "an earlier run of the schedule had not ended",
            Self::Holiday => "the schedule is not started on this holiday",
            Self::Paused => "the schedule was paused",
            Self::QueriesStopped => "every query to VTJ was stopped",
            Self::Cancelled => "somebody cancelled it",
            Self::Removed => "the schedule was removed before the run began",
            Self::DoneAlready => {
                "the task had been done by hand, or for another schedule, since the due time"
            }
            Self::TooLate => "it could not begin within the time in which it may still start",
            Self::NobodyRan => "no daemon was there to start it",
            Self::OverBudget => "its segment holds more people than its budget",
            Self::Ceiling => "it would pass a ceiling of the single-person query",
            Self::Errors => "some could not be read and were put aside",
            Self::Vtj => "VTJ did not answer, or refused",
            Self::Database => "the database failed",
            Self::Register => "the patron register failed",
            Self::CursorTooOld => "the cursor of the feed is older than VTJ keeps changes",
            Self::NotConfigured => "the interface it needs is not configured",
            Self::NotUsable => "a municipality, the purpose or the segment of its version cannot be used now",
            Self::NotAvailable => "this version of the program cannot do it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn every_reason_is_read_back_from_its_word() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_value(reason).ok(), Some(reason.as_str().into()));
        }
    }
}
