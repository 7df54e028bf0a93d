//! Slices: the findings of a first load that can wait are opened so many a day, the pressing ones first.
//!
//! A register that has been kept by hand for years brings thousands of differences in one night. With slices
//! what can wait is found, kept true and held back until its day comes; deaths, protection, identity codes and
//! answers that fit nobody never wait ([`FindingKind::may_wait`]).

use chrono::NaiveDate;

use super::FindingKind;
use crate::patron::Note;

/// What is opened before the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The patron owes fees.
    Debts,
    /// The library has set a mark on the patron.
    Note(Note),
}

impl Priority {
    /// Every priority that can be chosen.
    pub const ALL: [Self; 5] = [
        Self::Debts,
        Self::Note(Note::WrongContactDetails),
        Self::Note(Note::InvoiceSent),
        Self::Note(Note::BorrowingBan),
        Self::Note(Note::UseBan),
    ];

    /// What is opened first where nobody chooses: money that is owed, and addresses known to be wrong.
    pub const USUAL: [Self; 2] = [Self::Debts, Self::Note(Note::WrongContactDetails)];

    /// The word on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debts => "debts",
            Self::Note(note) => note.as_str(),
        }
    }

    /// Reads the word that [`Priority::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}

impl FindingKind {
    /// Whether it can wait for its slice. What concerns a life, a person's safety or whose answer it is cannot.
    pub fn may_wait(self) -> bool {
        match self {
            Self::AddressChange
            | Self::MovedAbroad
            | Self::NameChange
            | Self::LanguageChange
            | Self::NotInVtj
            | Self::GuarantorDeceased
            | Self::GuardianChanged
            | Self::GuarantorExpires => true,
            Self::Death
            | Self::DeathWithdrawn
            | Self::ProtectionStarted
            | Self::ProtectionEnded
            | Self::IdentityCodeChanged
            | Self::IdentityCodePassivated
            | Self::IdentityMismatch
            | Self::Unreadable => false,
        }
    }
}

/// How many more are opened on `today`, of so many a day, after `opened` on the day `opened_on`.
///
/// Another day than today has its full number, later or earlier: a clock that was wrong keeps nothing shut.
pub fn room(per_day: u64, opened_on: Option<NaiveDate>, opened: u64, today: NaiveDate) -> u64 {
    if opened_on == Some(today) { per_day.saturating_sub(opened) } else { per_day }
}

/// How many days it takes to open what is left.
pub fn days_left(left: u64, per_day: u64) -> u64 {
    left.div_ceil(per_day.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_has_its_number_once() {
        let (yesterday, today) = (day("2027-03-27"), day("2027-03-28"));
        assert_eq!(room(50, None, 0, today), 50);
        assert_eq!(room(50, Some(today), 20, today), 30);
        assert_eq!(room(50, Some(today), 50, today), 0);
        assert_eq!(room(10, Some(today), 50, today), 0, "fewer a day since this morning");
        assert_eq!(room(50, Some(yesterday), 50, today), 50);
        assert_eq!(room(50, Some(day("2028-03-28")), 50, today), 50, "the clock was a year ahead");
    }

    #[test]
    fn what_is_left_takes_whole_days() {
        assert_eq!([0, 1, 50, 51].map(|left| days_left(left, 50)), [0, 1, 1, 2]);
    }

    #[test]
    fn nothing_that_concerns_a_life_or_a_persons_safety_waits() {
        let at_once: Vec<&str> =
            FindingKind::ALL.into_iter().filter(|kind| !kind.may_wait()).map(FindingKind::as_str).collect();
        assert_eq!(
            at_once,
            [
                "death",
                "death_withdrawn",
                "protection_started",
                "protection_ended",
                "identity_code_changed",
                "identity_code_passivated",
                "identity_mismatch",
                "unreadable"
            ]
        );
    }

    #[test]
    fn every_priority_is_read_back_from_its_word() {
        for priority in Priority::ALL {
            assert_eq!(Priority::from_word(priority.as_str()), Some(priority));
        }
        assert_eq!(Priority::from_word("restricted"), None);
    }
}
