//! Whether a finding may be approved together with others of its class, and how many of them are looked at one by one.

use super::{ChangeClass, FindingState};
use crate::protected::Protection;

/// The most findings that are approved together.
pub const MOST: usize = 200;

/// How many of `of` are opened singly: ten or five per cent, whichever is more; all of fewer.
pub fn sample_size(of: usize) -> usize {
    of.div_ceil(20).max(10).min(of)
}

/// What decides whether a finding may be approved together with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Facts {
    /// What it changes; nothing while nobody has looked.
    pub class: Option<ChangeClass>,
    /// The state of its review.
    pub state: FindingState,
    /// The protection in force, the library's own mark included.
    pub protection: Protection,
    /// Whether it waits for its slice of a first load.
    pub held_back: bool,
    /// Whether the patron is of a municipality about whose patrons the account decides.
    pub is_own_municipality: bool,
    /// Whether the card is the reviewer's own, or of somebody the reviewer guarantees.
    pub is_own_card: bool,
    /// Whether a death freezes it.
    pub is_frozen: bool,
    /// Whether an invoice has gone to the present address.
    pub invoice_sent: bool,
    /// Whether the names fit in part only.
    pub partial_name: bool,
    /// Whether it may only be decided by itself, or cannot be approved as it stands.
    pub is_single: bool,
    /// Whether it rests on another source than VTJ.
    pub is_of_other_source: bool,
    /// Whether the patron has a guarantor or guarantees somebody.
    pub has_guarantee: bool,
    /// Whether the patron gave an address beside the first; nothing while nobody has looked.
    pub has_alternative_address: Option<bool>,
}

/// Why a finding is not approved together with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exclusion {
    /// Nothing that the account may know of: never counted, never named. Protection, whether in force or not known,
    /// reads like a case that is not there, and so does another municipality's.
    NotThere,
    /// The class may not be approved in bulk, or is not known.
    Class,
    /// The account's own card, or one it guarantees.
    OwnCard,
    /// A death freezes it.
    Frozen,
    /// One side moved since it was found.
    Stale,
    /// It is put off.
    Snoozed,
    /// An invoice has gone to the present address.
    InvoiceSent,
    /// The names fit in part only.
    PartialName,
    /// It may only be decided by itself.
    Single,
    /// It rests on another source than VTJ.
    OtherSource,
    /// The patron has a guarantor or guarantees somebody.
    Guarantee,
    /// The patron gave an alternative address.
    AlternativeAddress,
}

impl Exclusion {
    /// Every reason, in the order in which they are looked for.
    pub const ALL: [Self; 12] = [
        Self::NotThere,
        Self::Class,
        Self::OwnCard,
        Self::Frozen,
        Self::Stale,
        Self::Snoozed,
        Self::InvoiceSent,
        Self::PartialName,
        Self::Single,
        Self::OtherSource,
        Self::Guarantee,
        Self::AlternativeAddress,
    ];

    /// The word in the database and in the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotThere => "not_there",
            Self::Class => "class",
            Self::OwnCard => "own_card",
            Self::Frozen => "frozen",
            Self::Stale => "stale",
            Self::Snoozed => "snoozed",
            Self::InvoiceSent => "invoice_sent",
            Self::PartialName => "partial_name",
            Self::Single => "single",
            Self::OtherSource => "other_source",
            Self::Guarantee => "guarantee",
            Self::AlternativeAddress => "alternative_address",
        }
    }

    /// Reads the word that [`Exclusion::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

impl Facts {
    /// Why it may not be approved together with others; nothing when it may.
    ///
    /// What the account must not know of comes first, so that no other reason tells of it.
    pub fn exclusion(&self) -> Option<Exclusion> {
        let is_there = self.protection == Protection::No
            && self.is_own_municipality
            && !self.held_back
            && matches!(
                self.state,
                FindingState::New | FindingState::Opened | FindingState::Snoozed | FindingState::Stale
            );
        [
            (!is_there, Exclusion::NotThere),
            (!self.class.is_some_and(ChangeClass::allows_bulk), Exclusion::Class),
            (self.is_own_card, Exclusion::OwnCard),
            (self.is_frozen, Exclusion::Frozen),
            (self.state == FindingState::Stale, Exclusion::Stale),
            (self.state == FindingState::Snoozed, Exclusion::Snoozed),
            (self.invoice_sent, Exclusion::InvoiceSent),
            (self.partial_name, Exclusion::PartialName),
            (self.is_single, Exclusion::Single),
            (self.is_of_other_source, Exclusion::OtherSource),
            (self.has_guarantee, Exclusion::Guarantee),
            (self.has_alternative_address == Some(true), Exclusion::AlternativeAddress),
        ]
        .into_iter()
        .find_map(|(holds, reason)| holds.then_some(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Facts = Facts {
        class: Some(ChangeClass::Door),
        state: FindingState::New,
        protection: Protection::No,
        held_back: false,
        is_own_municipality: true,
        is_own_card: false,
        is_frozen: false,
        invoice_sent: false,
        partial_name: false,
        is_single: false,
        is_of_other_source: false,
        has_guarantee: false,
        has_alternative_address: Some(false),
    };

    #[test]
    fn every_reason_excludes_and_nothing_else_does() {
        assert_eq!(GOOD.exclusion(), None);
        assert_eq!(Facts { state: FindingState::Opened, ..GOOD }.exclusion(), None);
        for (facts, reason) in [
            (Facts { protection: Protection::Yes, ..GOOD }, Exclusion::NotThere),
            (Facts { protection: Protection::Unknown, ..GOOD }, Exclusion::NotThere),
            (Facts { held_back: true, ..GOOD }, Exclusion::NotThere),
            (Facts { is_own_municipality: false, ..GOOD }, Exclusion::NotThere),
            (Facts { state: FindingState::Decided, ..GOOD }, Exclusion::NotThere),
            (Facts { class: None, ..GOOD }, Exclusion::Class),
            (Facts { class: Some(ChangeClass::Abroad), ..GOOD }, Exclusion::Class),
            (Facts { is_own_card: true, ..GOOD }, Exclusion::OwnCard),
            (Facts { is_frozen: true, ..GOOD }, Exclusion::Frozen),
            (Facts { state: FindingState::Stale, ..GOOD }, Exclusion::Stale),
            (Facts { state: FindingState::Snoozed, ..GOOD }, Exclusion::Snoozed),
            (Facts { invoice_sent: true, ..GOOD }, Exclusion::InvoiceSent),
            (Facts { partial_name: true, ..GOOD }, Exclusion::PartialName),
            (Facts { is_single: true, ..GOOD }, Exclusion::Single),
            (Facts { is_of_other_source: true, ..GOOD }, Exclusion::OtherSource),
            (Facts { has_guarantee: true, ..GOOD }, Exclusion::Guarantee),
            (Facts { has_alternative_address: Some(true), ..GOOD }, Exclusion::AlternativeAddress),
        ] {
            assert_eq!(facts.exclusion(), Some(reason));
        }
    }

    #[test]
    fn protection_is_never_told_by_another_reason() {
        for protection in [Protection::Yes, Protection::Unknown] {
            let all = Facts {
                protection,
                is_own_card: true,
                is_frozen: true,
                invoice_sent: true,
                has_guarantee: true,
                state: FindingState::Stale,
                ..GOOD
            };
            assert_eq!(all.exclusion(), Some(Exclusion::NotThere));
        }
    }

    #[test]
    fn a_sample_is_ten_or_a_twentieth_and_all_of_few() {
        for (of, size) in [(0, 0), (1, 1), (9, 9), (10, 10), (11, 10), (200, 10), (201, 11), (400, 20)] {
            assert_eq!(sample_size(of), size, "{of}");
        }
    }

    #[test]
    fn words_lead_back() {
        for reason in Exclusion::ALL {
            assert_eq!(Exclusion::from_word(reason.as_str()), Some(reason));
        }
    }
}
