//! By when a case of the queue should be dealt with.
//!
//! A matter of its kind: an estate within 30 days, contact data within 14, protection on the same day. Where the
//! patron has a debt that the next file for the collection agency would take up, the file's cut-off comes first: the
//! letter must not go to an old address, nor to somebody who has died.

use chrono::{DateTime, TimeDelta, Utc};

use super::FindingKind;
use crate::clock::helsinki_date;

impl FindingKind {
    /// How long after it was found a case of this kind should have been dealt with.
    pub fn time_allowed(self) -> TimeDelta {
        match self {
            Self::ProtectionStarted | Self::ProtectionEnded => TimeDelta::zero(),
            Self::Death | Self::DeathWithdrawn => TimeDelta::days(30),
            Self::AddressChange
            | Self::MovedAbroad
            | Self::NameChange
            | Self::IdentityCodeChanged
            | Self::IdentityCodePassivated
            | Self::IdentityMismatch
            | Self::NotInVtj
            | Self::LanguageChange
            | Self::GuarantorDeceased
            | Self::GuardianChanged
            | Self::GuarantorExpires
            | Self::Unreadable => TimeDelta::days(14),
        }
    }
}

/// By when a case should be dealt with, and whether it is the collection file that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the file for the collection agency is closed then.
    pub for_collection: bool,
}

/// How a due time stands to today, in days of the calendar of Helsinki.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DaysLeft {
    /// So many days are left, at least one.
    Left(i64),
    /// It is today.
    Today,
    /// It was so many days ago, at least one.
    Late(i64),
}

impl Due {
    /// By when a case is due that was found at an instant. `cut_off` is when the next collection file is closed, for
    /// a patron whose debt it would take up.
    pub fn of(kind: FindingKind, opened_at: DateTime<Utc>, cut_off: Option<DateTime<Utc>>) -> Self {
        let by_kind = opened_at + kind.time_allowed();
        match cut_off {
            Some(cut_off) if cut_off < by_kind => Self { at: cut_off, for_collection: true },
            _ => Self { at: by_kind, for_collection: false },
        }
    }

    /// How many days are left.
    pub fn days_left(self, now: DateTime<Utc>) -> DaysLeft {
        let days = (helsinki_date(self.at) - helsinki_date(now)).num_days();
        match days {
            0 => DaysLeft::Today,
            1.. => DaysLeft::Left(days),
            _ => DaysLeft::Late(-days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_estate_has_thirty_days_contact_data_fourteen_and_protection_none() {
        let found = time("2026-11-01T10:00:00Z");
        let days = |kind| (Due::of(kind, found, None).at - found).num_days();
        for kind in FindingKind::ALL {
            let wanted = match kind {
                FindingKind::Death | FindingKind::DeathWithdrawn => 30,
                FindingKind::ProtectionStarted | FindingKind::ProtectionEnded => 0,
                _ => 14,
            };
            assert_eq!(days(kind), wanted, "{}", kind.as_str());
        }
    }

    #[test]
    fn the_collection_file_comes_first_only_where_it_is_closed_earlier() {
        let found = time("2026-11-01T10:00:00Z");
        let thursday = time("2026-11-05T10:00:00Z");
        let early = Due::of(FindingKind::AddressChange, found, Some(thursday));
        assert_eq!(early, Due { at: thursday, for_collection: true });
        let late = Due::of(FindingKind::AddressChange, found, Some(time("2026-11-26T10:00:00Z")));
        assert_eq!(late, Due { at: time("2026-11-15T10:00:00Z"), for_collection: false });
    }

    #[test]
    fn days_are_those_of_the_calendar_of_helsinki() {
        let due = Due::of(FindingKind::AddressChange, time("2026-11-01T21:30:00Z"), None);
        assert_eq!(due.days_left(time("2026-11-12T22:30:00Z")), DaysLeft::Left(2));
        assert_eq!(due.days_left(time("2026-11-14T22:30:00Z")), DaysLeft::Today);
        assert_eq!(due.days_left(time("2026-11-15T21:59:59Z")), DaysLeft::Today);
        assert_eq!(due.days_left(time("2026-11-15T22:00:00Z")), DaysLeft::Late(1));
        assert_eq!(due.days_left(time("2026-11-17T10:00:00Z")), DaysLeft::Late(2));
    }
}
