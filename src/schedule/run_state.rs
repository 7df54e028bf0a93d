//! The states of a run, and the ways from one to another.

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It is due and has not begun.
    Planned,
    /// It is at work, or was when its process died.
    Running,
    /// It needs more queries than it may ask now.
    WaitingForBudget,
    /// Everybody it was about has been asked about.
    Done,
    /// Some have, some have not.
    PartlyDone,
    /// It stopped before its end.
    Failed,
    /// It was not to start: an earlier one runs, a holiday, a pause, or somebody cancelled it.
    Skipped,
    /// Nobody was there to start it in time.
    Missed,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::Running,
        Self::WaitingForBudget,
        Self::Done,
        Self::PartlyDone,
        Self::Failed,
        Self::Skipped,
        Self::Missed,
    ];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::WaitingForBudget => "waiting_for_budget",
            Self::Done => "done",
            Self::PartlyDone => "partly_done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more happens to the run.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Planned | Self::Running | Self::WaitingForBudget)
    }

    /// Whether a run may go from this state to another.
    pub fn may_become(self, next: Self) -> bool {
        use RunState::{Done, Failed, Missed, PartlyDone, Planned, Running, Skipped, WaitingForBudget};
        match self {
            Planned => matches!(next, Running | WaitingForBudget | Skipped | Missed | Failed),
            Running => matches!(next, WaitingForBudget | Done | PartlyDone | Failed | Skipped),
            WaitingForBudget => matches!(next, Running | PartlyDone | Skipped | Missed | Failed),
            Done | PartlyDone | Failed | Skipped | Missed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_run_stays_as_it_is_and_an_open_one_can_end() {
        for state in RunState::ALL {
            assert_eq!(RunState::from_word(state.as_str()), Some(state));
            let ways: Vec<_> = RunState::ALL.into_iter().filter(|next| state.may_become(*next)).collect();
            assert_eq!(ways.is_empty(), state.has_ended(), "{state:?}");
            assert!(state.has_ended() || ways.iter().any(|next| next.has_ended()), "{state:?}");
        }
    }
}
