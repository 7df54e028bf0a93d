//! A finding: one difference between VTJ, or another source, and the patron register, and the states of its
//! review.

pub mod bulk;
mod class;
pub mod due;
pub mod slice;
mod state;

use crate::date::PartialDate;
use crate::provenance::Source;
use crate::reconcile::{Remark, Rule};

pub use class::ChangeClass;
pub use state::{Before, InvalidTransition, RejectReason, Review};

/// What a comparison can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The address the policy picks from VTJ differs in substance.
    AddressChange,
    /// Permanent address abroad, or home municipality 200.
    MovedAbroad,
    /// Surname or first names differ in substance.
    NameChange,
    /// Dead or declared dead.
    Death,
    /// VTJ took a death back.
    DeathWithdrawn,
    /// A non-disclosure order has begun.
    ProtectionStarted,
    /// VTJ says that no order is in force any more.
    ProtectionEnded,
    /// Another identity code is valid.
    IdentityCodeChanged,
    /// The identity code is no longer valid and has no successor.
    IdentityCodePassivated,
    /// The register's person and VTJ's person do not agree.
    IdentityMismatch,
    /// VTJ was asked and did not speak of the person.
    NotInVtj,
    /// The chosen contact language differs.
    LanguageChange,
    /// The patron who guarantees has died.
    GuarantorDeceased,
    /// An earlier known guardian differs.
    GuardianChanged,
    /// The patron has reached the age at which a guarantee ends.
    GuarantorExpires,
    /// VTJ's answer could not be understood.
    Unreadable,
}

impl FindingKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::AddressChange,
        Self::MovedAbroad,
        Self::NameChange,
        Self::Death,
        Self::DeathWithdrawn,
        Self::ProtectionStarted,
        Self::ProtectionEnded,
        Self::IdentityCodeChanged,
        Self::IdentityCodePassivated,
        Self::IdentityMismatch,
        Self::NotInVtj,
        Self::LanguageChange,
        Self::GuarantorDeceased,
        Self::GuardianChanged,
        Self::GuarantorExpires,
        Self::Unreadable,
    ];

    /// The word in the database, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddressChange => "address_change",
            Self::MovedAbroad => "moved_abroad",
            Self::NameChange => "name_change",
            Self::Death => "death",
            Self::DeathWithdrawn => "death_withdrawn",
            Self::ProtectionStarted => "protection_started",
            Self::ProtectionEnded => "protection_ended",
            Self::IdentityCodeChanged => "identity_code_changed",
            Self::IdentityCodePassivated => "identity_code_passivated",
            Self::IdentityMismatch => "identity_mismatch",
            Self::NotInVtj => "not_in_vtj",
            Self::LanguageChange => "language_change",
            Self::GuarantorDeceased => "guarantor_deceased",
            Self::GuardianChanged => "guardian_changed",
            Self::GuarantorExpires => "guarantor_expires",
            Self::Unreadable => "unreadable",
        }
    }

    /// Reads the word that [`FindingKind::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The columns that staff may put into other words before approving: those of an address or of a name.
    pub fn editable(self) -> &'static [Field] {
        match self {
            Self::AddressChange | Self::MovedAbroad => {
                &[Field::StreetAddress, Field::CareOf, Field::PostalCode, Field::City, Field::Country]
            }
            Self::NameChange => &[Field::LastName, Field::FirstNames],
            _ => &[],
        }
    }

    /// Whether what was written can be restored: nothing but columns of the register followed from it.
    pub fn may_be_reverted(self) -> bool {
        matches!(self, Self::AddressChange | Self::MovedAbroad | Self::NameChange | Self::LanguageChange)
    }

    /// Whether only a person cleared for protected cases may see and decide it.
    pub fn needs_clearance(self) -> bool {
        matches!(
            self,
            Self::ProtectionStarted
                | Self::ProtectionEnded
                | Self::IdentityCodeChanged
                | Self::IdentityCodePassivated
        )
    }

    /// Whether the undo window may be closed at once. Deaths, protection, codes and guarantors may not.
    pub fn may_skip_undo_window(self) -> bool {
        match self {
            Self::AddressChange
            | Self::MovedAbroad
            | Self::NameChange
            | Self::LanguageChange
            | Self::NotInVtj
            | Self::IdentityMismatch
            | Self::Unreadable => true,
            Self::Death
            | Self::DeathWithdrawn
            | Self::ProtectionStarted
            | Self::ProtectionEnded
            | Self::IdentityCodeChanged
            | Self::IdentityCodePassivated
            | Self::GuarantorDeceased
            | Self::GuardianChanged
            | Self::GuarantorExpires => false,
        }
    }
}

/// A column of the patron file that a finding can propose to change, in the file's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// identity_code
    IdentityCode,
    /// last_name
    LastName,
    /// first_names
    FirstNames,
    /// birth_date
    BirthDate,
    /// street_address
    StreetAddress,
    /// care_of
    CareOf,
    /// postal_code
    PostalCode,
    /// city
    City,
    /// country
    Country,
    /// language
    Language,
}

impl Field {
    /// Every column, in the file's order.
    pub const ALL: [Self; 10] = [
        Self::IdentityCode,
        Self::LastName,
        Self::FirstNames,
        Self::BirthDate,
        Self::StreetAddress,
        Self::CareOf,
        Self::PostalCode,
        Self::City,
        Self::Country,
        Self::Language,
    ];

    /// Reads the name that [`Field::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }

    /// The column's name in the patron file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdentityCode => "identity_code",
            Self::LastName => "last_name",
            Self::FirstNames => "first_names",
            Self::BirthDate => "birth_date",
            Self::StreetAddress => "street_address",
            Self::CareOf => "care_of",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::Country => "country",
            Self::Language => "language",
        }
    }
}

/// One column that differs: what the register holds and the exact text approval would write.
///
/// No `Debug` derive: the values may be anything a person is known by.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FieldChange {
    /// The column.
    pub field: Field,
    /// The register's value.
    pub current: String,
    /// The text approval would write.
    pub proposed: String,
}

impl std::fmt::Debug for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ***", self.field.as_str())
    }
}

/// A difference that a person shall decide.
///
/// No `Debug` derive: the evidence holds what VTJ said.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The columns that differ, in the file's order. Empty for kinds that write nothing.
    pub fields: Vec<FieldChange>,
    /// The rule that found it.
    pub rule: Rule,
    /// What the reviewer must know beside the rule.
    pub remarks: Vec<Remark>,
    /// The date of death, for a death.
    pub death_date: Option<PartialDate>,
    /// Whether it may only be decided by itself, never in bulk.
    pub single_review: bool,
    /// What VTJ, or whoever else is the source, said that led here, as bytes to be hashed under a key. The
    /// same evidence is never put before a person twice after a rejection.
    pub evidence: Vec<u8>,
    /// Whose word it rests on.
    pub source: Source,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Finding")
            .field("kind", &self.kind)
            .field("fields", &self.fields)
            .field("rule", &self.rule)
            .field("remarks", &self.remarks)
            .field("single_review", &self.single_review)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Finding {
    /// A finding without fields, to be completed by its rule.
    pub fn new(kind: FindingKind, rule: Rule, evidence: Vec<u8>) -> Self {
        Self {
            kind,
            fields: Vec::new(),
            rule,
            remarks: Vec::new(),
            death_date: None,
            single_review: false,
            evidence,
            source: Source::Vtj,
        }
    }

    /// Why it was found, in English sentences without any personal value: the rule, the provider where it is
    /// not VTJ, then the remarks.
    pub fn reason(&self) -> String {
        let mut sentences = vec![self.rule.sentence().to_owned()];
        if let Source::External(provider) = &self.source {
            sentences.push(format!("The source is {}, not VTJ.", provider.as_str()));
        }
        sentences.extend(self.remarks.iter().map(|remark| remark.sentence().to_owned()));
        sentences.join(" ")
    }

    /// Whether approving it may confirm a death: a name that fits in part only and a contradiction in VTJ
    /// may not.
    pub fn can_confirm_death(&self) -> bool {
        self.kind == FindingKind::Death
            && self.rule != Rule::DeathContradicted
            && !self
                .remarks
                .iter()
                .any(|remark| matches!(remark, Remark::OnlySurnameFits | Remark::OnlyFirstNameFits))
    }
}

/// The state of a finding's review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Nobody has looked at it.
    New,
    /// Looked at, not decided.
    Opened,
    /// Put off until a date.
    Snoozed,
    /// One side moved since it was found; it must be looked at again.
    Stale,
    /// Approved; the undo window may still be open.
    Decided,
    /// Being written.
    Applying,
    /// The register did not say whether it took the value.
    OutcomeUnknown,
    /// Written, not yet read back.
    Written,
    /// Read back and found right, or done where nothing is written.
    Confirmed,
    /// Rejected with a reason.
    Rejected,
    /// Replaced by a newer finding.
    Superseded,
    /// The cause is gone.
    Closed,
}

impl FindingState {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::New,
        Self::Opened,
        Self::Snoozed,
        Self::Stale,
        Self::Decided,
        Self::Applying,
        Self::OutcomeUnknown,
        Self::Written,
        Self::Confirmed,
        Self::Rejected,
        Self::Superseded,
        Self::Closed,
    ];

    /// The states a person still has something to do about; what a list shows by default.
    pub const TO_REVIEW: [Self; 5] =
        [Self::New, Self::Opened, Self::Snoozed, Self::Stale, Self::OutcomeUnknown];

    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Opened => "opened",
            Self::Snoozed => "snoozed",
            Self::Stale => "stale",
            Self::Decided => "decided",
            Self::Applying => "applying",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Written => "written",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
            Self::Closed => "closed",
        }
    }

    /// Reads the word that [`FindingState::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more will happen to it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Confirmed | Self::Rejected | Self::Superseded | Self::Closed)
    }
}
