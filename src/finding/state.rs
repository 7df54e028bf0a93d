//! The states of a finding's review and the only ways from one to another.
//!
//! Every way consumes the state it starts from and takes the time as an argument. The table of findings
//! repeats by CHECK what each state must have.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::FindingState;

/// A way that does not exist from the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a finding that is {} cannot be {to}", from.as_str())]
pub struct InvalidTransition {
    /// The present state.
    pub from: FindingState,
    /// What was wanted, as a participle: `approved`, `rejected`.
    pub to: &'static str,
}

/// Where the review of a finding stands, with the data of that state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The state.
    pub state: FindingState,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Until when it is put off. Kept while it is decided, so that an undone approval is put off again.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When an approval takes effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// The decision in force.
    pub decision: Option<Uuid>,
    /// The finding that replaced it.
    pub superseded_by: Option<Uuid>,
    /// What moved since it was found, as column names.
    pub moved: Option<String>,
}

/// The state from which a finding was decided, to which an undone approval goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// Nobody had looked at it.
    New,
    /// It had been looked at.
    Opened,
    /// It was put off.
    Snoozed,
}

impl Before {
    /// The state that can be decided on, if it is one.
    pub fn of(state: FindingState) -> Option<Self> {
        match state {
            FindingState::New => Some(Self::New),
            FindingState::Opened => Some(Self::Opened),
            FindingState::Snoozed => Some(Self::Snoozed),
            FindingState::Stale
            | FindingState::Decided
            | FindingState::Applying
            | FindingState::OutcomeUnknown
            | FindingState::Written
            | FindingState::Confirmed
            | FindingState::Rejected
            | FindingState::Superseded
            | FindingState::Closed => None,
        }
    }

    /// The state itself.
    pub fn state(self) -> FindingState {
        match self {
            Self::New => FindingState::New,
            Self::Opened => FindingState::Opened,
            Self::Snoozed => FindingState::Snoozed,
        }
    }
}

impl Review {
    fn refuse<T>(&self, to: &'static str) -> Result<T, InvalidTransition> {
        Err(InvalidTransition { from: self.state, to })
    }

    /// The state to decide from.
    fn before(&self, to: &'static str) -> Result<Before, InvalidTransition> {
        Before::of(self.state).ok_or(InvalidTransition { from: self.state, to })
    }

    /// A person looks at it. What is put off stays put off.
    ///
    /// # Errors
    /// When it has been decided already.
    pub fn open(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Opened | FindingState::Snoozed => Ok(self),
            FindingState::New | FindingState::Stale => {
                Ok(Self { state: FindingState::Opened, updated_at: at, ..self })
            }
            _ => self.refuse("opened"),
        }
    }

    /// A person approves it; the approval takes effect at `effective_at`.
    ///
    /// # Errors
    /// When it is stale or has been decided already.
    pub fn approve(
        self,
        decision: Uuid,
        effective_at: DateTime<Utc>,
        at: DateTime<Utc>,
    ) -> Result<Self, InvalidTransition> {
        self.before("approved")?;
        Ok(Self {
            state: FindingState::Decided,
            effective_at: Some(effective_at),
            decision: Some(decision),
            updated_at: at,
            ..self
        })
    }

    /// A person rejects it.
    ///
    /// # Errors
    /// When it is stale or has been decided already.
    pub fn reject(self, decision: Uuid, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        self.before("rejected")?;
        Ok(Self {
            state: FindingState::Rejected,
            decision: Some(decision),
            snoozed_until: None,
            updated_at: at,
            ..self
        })
    }

    /// A person puts it off.
    ///
    /// # Errors
    /// When it is stale or has been decided already.
    pub fn snooze(self, until: DateTime<Utc>, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        self.before("put off")?;
        Ok(Self { state: FindingState::Snoozed, snoozed_until: Some(until), updated_at: at, ..self })
    }

    /// A person takes an approval back before it takes effect.
    ///
    /// # Errors
    /// When it is not approved, or the approval has taken effect.
    pub fn undo(self, before: Before, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        let open = self.effective_at.is_some_and(|effective| at < effective);
        if self.state != FindingState::Decided || !open {
            return self.refuse("undone");
        }
        Ok(Self { state: before.state(), effective_at: None, decision: None, updated_at: at, ..self })
    }

    /// A person takes the own last word back: an approval before it takes effect, a rejection, or putting off. It is
    /// as it was before, put off until `snoozed_until` where it was put off.
    ///
    /// # Errors
    /// When nothing of the kind was said, or an approval has taken effect.
    pub fn take_back(
        self,
        before: Before,
        snoozed_until: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
    ) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Decided => self.undo(before, at),
            FindingState::Rejected => {
                Ok(Self { state: before.state(), snoozed_until, decision: None, updated_at: at, ..self })
            }
            FindingState::Snoozed => {
                Ok(Self { state: before.state(), snoozed_until, updated_at: at, ..self })
            }
            _ => self.refuse("taken back"),
        }
    }

    /// What it was put off for has come.
    ///
    /// # Errors
    /// When it is not put off.
    pub fn wake(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Snoozed => {
                Ok(Self { state: FindingState::Opened, snoozed_until: None, updated_at: at, ..self })
            }
            _ => self.refuse("woken"),
        }
    }

    /// One side moved: it must be looked at again.
    ///
    /// # Errors
    /// When nothing more can happen to it.
    pub fn go_stale(self, moved: String, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        if self.state.is_final() {
            return self.refuse("stale");
        }
        Ok(Self {
            state: FindingState::Stale,
            moved: Some(moved),
            snoozed_until: None,
            effective_at: None,
            updated_at: at,
            ..self
        })
    }

    /// The cause is gone.
    ///
    /// # Errors
    /// When nothing more can happen to it.
    pub fn close(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        if self.state.is_final() {
            return self.refuse("closed");
        }
        Ok(Self {
            state: FindingState::Closed,
            snoozed_until: None,
            effective_at: None,
            updated_at: at,
            ..self
        })
    }

    /// Another finding takes its place.
    ///
    /// # Errors
    /// When nothing more can happen to it.
    pub fn supersede(self, by: Uuid, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        Ok(Self { state: FindingState::Superseded, superseded_by: Some(by), ..self.close(at)? })
    }

    /// The intent to carry it out is stored.
    ///
    /// # Errors
    /// When it is not approved, or the undo window is still open.
    pub fn begin(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        let due = self.effective_at.is_some_and(|effective| effective <= at);
        if self.state != FindingState::Decided || !due {
            return self.refuse("carried out");
        }
        Ok(Self { state: FindingState::Applying, updated_at: at, ..self })
    }

    /// The register has it, and it was read back and found right; or it was done where nothing is written.
    ///
    /// # Errors
    /// When it was not being carried out.
    pub fn confirm(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Applying | FindingState::OutcomeUnknown | FindingState::Written => {
                Ok(Self { state: FindingState::Confirmed, snoozed_until: None, updated_at: at, ..self })
            }
            _ => self.refuse("confirmed"),
        }
    }

    /// The register took it and cannot be read back at once.
    ///
    /// # Errors
    /// When it was not being carried out.
    pub fn written(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Applying | FindingState::OutcomeUnknown => {
                Ok(Self { state: FindingState::Written, snoozed_until: None, updated_at: at, ..self })
            }
            _ => self.refuse("written"),
        }
    }

    /// The register did not say whether it took it.
    ///
    /// # Errors
    /// When it was not being carried out.
    pub fn lose_outcome(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Applying | FindingState::OutcomeUnknown => {
                Ok(Self { state: FindingState::OutcomeUnknown, updated_at: at, ..self })
            }
            _ => self.refuse("left with an unknown outcome"),
        }
    }

    /// The register was read and holds the old value: it is carried out once more.
    ///
    /// # Errors
    /// When it was not being carried out.
    pub fn retry(self, at: DateTime<Utc>) -> Result<Self, InvalidTransition> {
        match self.state {
            FindingState::Applying | FindingState::OutcomeUnknown => Ok(Self {
                state: FindingState::Decided,
                effective_at: Some(self.effective_at.unwrap_or(at)),
                updated_at: at,
                ..self
            }),
            _ => self.refuse("carried out again"),
        }
    }
}

/// Why a finding was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// The patron has told the library something newer.
    PatronNewer,
    /// VTJ lags behind.
    RegisterLags,
    /// The answer is about somebody else.
    WrongPerson,
    /// The difference is of writing only.
    FormattingOnly,
    /// The patron's alternative address is to be used.
    KeepAlternative,
    /// Something else; needs a note.
    Other,
}

impl RejectReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::PatronNewer,
        Self::RegisterLags,
        Self::WrongPerson,
        Self::FormattingOnly,
        Self::KeepAlternative,
        Self::Other,
    ];

    /// The word on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PatronNewer => "patron_newer",
            Self::RegisterLags => "register_lags",
            Self::WrongPerson => "wrong_person",
            Self::FormattingOnly => "formatting_only",
            Self::KeepAlternative => "keep_alternative",
            Self::Other => "other",
        }
    }

    /// Reads the word that [`RejectReason::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn review(state: FindingState) -> Review {
        Review {
            state,
            updated_at: at(0),
            snoozed_until: (state == FindingState::Snoozed).then(|| at(900)),
            effective_at: (state == FindingState::Decided).then(|| at(60)),
            decision: None,
            superseded_by: None,
            moved: None,
        }
    }

    #[test]
    fn only_what_is_new_opened_or_put_off_can_be_decided() {
        for state in FindingState::ALL {
            let may = matches!(state, FindingState::New | FindingState::Opened | FindingState::Snoozed);
            let id = Uuid::from_u128(1);
            assert_eq!(review(state).approve(id, at(60), at(0)).is_ok(), may, "{state:?}");
            assert_eq!(review(state).reject(id, at(0)).is_ok(), may, "{state:?}");
            assert_eq!(review(state).snooze(at(9), at(0)).is_ok(), may, "{state:?}");
        }
    }

    #[test]
    fn an_undone_approval_is_as_it_was() {
        for before in [Before::New, Before::Opened, Before::Snoozed] {
            let start = review(before.state());
            let decided = start.clone().approve(Uuid::from_u128(1), at(60), at(0)).unwrap();
            assert_eq!(decided.clone().undo(before, at(59)).unwrap(), Review { updated_at: at(59), ..start });
            assert_eq!(
                decided.undo(before, at(60)),
                Err(InvalidTransition { from: FindingState::Decided, to: "undone" })
            );
        }
    }

    #[test]
    fn what_is_taken_back_is_as_it_was_whatever_was_said() {
        let id = Uuid::from_u128(1);
        for before in [Before::New, Before::Opened, Before::Snoozed] {
            let start = review(before.state());
            let back = |said: Review| said.take_back(before, start.snoozed_until, at(9)).unwrap();
            let expected = Review { updated_at: at(9), ..start.clone() };
            assert_eq!(back(start.clone().approve(id, at(60), at(0)).unwrap()), expected);
            assert_eq!(back(start.clone().reject(id, at(0)).unwrap()), expected);
            assert_eq!(back(start.clone().snooze(at(7000), at(0)).unwrap()), expected);
        }
        for state in FindingState::ALL {
            let may = matches!(state, FindingState::Decided | FindingState::Rejected | FindingState::Snoozed);
            assert_eq!(review(state).take_back(Before::Opened, None, at(9)).is_ok(), may, "{state:?}");
            let woken = review(state).wake(at(9));
            assert_eq!(woken.is_ok(), state == FindingState::Snoozed, "{state:?}");
        }
    }

    #[test]
    fn nothing_is_carried_out_before_the_undo_window_has_passed() {
        assert!(review(FindingState::Decided).begin(at(59)).is_err());
        assert_eq!(review(FindingState::Decided).begin(at(60)).unwrap().state, FindingState::Applying);
        assert!(review(FindingState::Opened).begin(at(60)).is_err());
    }

    #[test]
    fn nothing_happens_to_what_is_final() {
        for state in FindingState::ALL.into_iter().filter(|state| state.is_final()) {
            assert!(review(state).go_stale("city".to_owned(), at(1)).is_err(), "{state:?}");
            assert!(review(state).close(at(1)).is_err(), "{state:?}");
            assert!(review(state).open(at(1)).is_err(), "{state:?}");
            assert!(review(state).confirm(at(1)).is_err(), "{state:?}");
            assert!(review(state).retry(at(1)).is_err(), "{state:?}");
        }
    }
}
