//! Whether the answer is about the patron, and what VTJ says of the identity code.

use super::{Quiet, Reconciliation, Rule, Subject, alone, change, evidence};
use crate::date::PartialDate;
use crate::finding::{Field, Finding, FindingKind};
use crate::identity_code::IdentityCode;
use crate::municipality::FieldGroup;
use crate::name::{first_name_fits, surname_fits};
use crate::patron::Patron;
use crate::person::{CodeStatus, PersonRecord};

/// How an answer fits the patron it was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentityFit {
    /// Surname and first name fit, or names are not granted or not stated.
    Both,
    /// Only the surname fits.
    OnlySurname,
    /// Only the first name fits.
    OnlyFirstName,
    /// Neither fits.
    Neither,
    /// The birth date is another one.
    BirthDateDiffers,
    /// The answer is about another code.
    OtherPerson,
}

impl IdentityFit {
    /// Whether the answer may be kept as the patron's.
    pub fn is_the_patron(self) -> bool {
        matches!(self, Self::Both | Self::OnlySurname | Self::OnlyFirstName)
    }
}

/// Whether an answer is about the patron: the code, the birth date and the names, in this order.
///
/// For use before a record is stored, and again at every comparison. An answer under a new code may state
/// another birth date: the correction of a birth date is one of the reasons for a new code. A surname also
/// fits when VTJ gave it for this person earlier.
pub fn identity_fits(
    patron: &Patron,
    record: &PersonRecord,
    surname_fits_earlier: bool,
    name_granted: bool,
) -> IdentityFit {
    if patron.code.as_ref().is_some_and(|asked| !record.answers_for(asked)) {
        return IdentityFit::OtherPerson;
    }
    if !birth_date_fits(patron, record) {
        return IdentityFit::BirthDateDiffers;
    }
    let Some(name) = record.name.as_ref().filter(|_| name_granted) else {
        return IdentityFit::Both;
    };
    let surname = surname_fits(&patron.last_name, &name.last_name) || surname_fits_earlier;
    match (surname, first_name_fits(&patron.first_names, name)) {
        (true, true) => IdentityFit::Both,
        (true, false) => IdentityFit::OnlySurname,
        (false, true) => IdentityFit::OnlyFirstName,
        (false, false) => IdentityFit::Neither,
    }
}

fn birth_date_fits(patron: &Patron, record: &PersonRecord) -> bool {
    if patron.code.as_ref().is_some_and(|held| successor(record, held).is_some()) {
        return true;
    }
    let stated = record.birth_date.unwrap_or(PartialDate::Day(valid_code(record).birth_date()));
    patron
        .birth_date
        .or_else(|| patron.code.as_ref().map(IdentityCode::birth_date))
        .is_none_or(|held| stated.can_be(PartialDate::Day(held)))
}

/// The code that is valid by the answer.
fn valid_code(record: &PersonRecord) -> &IdentityCode {
    match &record.code_status {
        CodeStatus::ReplacedBy(code) => code,
        CodeStatus::NotSaid | CodeStatus::Valid | CodeStatus::Passivated => &record.code,
    }
}

/// The code that is valid instead of the one the register holds.
fn successor<'a>(record: &'a PersonRecord, held: &IdentityCode) -> Option<&'a IdentityCode> {
    Some(valid_code(record)).filter(|&valid| valid != held)
}

/// The finding that needs no answer: the code's date is not the register's birth date.
pub(super) fn register_contradicts_itself(patron: &Patron) -> Option<Finding> {
    let disagrees = patron.birth_date? != patron.code.as_ref()?.birth_date();
    disagrees.then(|| alone(FindingKind::IdentityMismatch, Rule::CodeDateDisagrees))
}

/// The finding that an answer is not about the patron. Nothing of the answer is in it.
pub(super) fn mismatch(fit: IdentityFit) -> Finding {
    let rule = match fit {
        IdentityFit::BirthDateDiffers => Rule::BirthDateDisagrees,
        IdentityFit::OtherPerson => Rule::AnswerOfSomebodyElse,
        IdentityFit::Both | IdentityFit::OnlySurname | IdentityFit::OnlyFirstName | IdentityFit::Neither => {
            Rule::NamesDoNotFit
        }
    };
    alone(FindingKind::IdentityMismatch, rule)
}

/// The finding that the code is no longer valid and has no successor.
pub(super) fn passivated(record: &PersonRecord) -> Option<Finding> {
    (record.code_status == CodeStatus::Passivated)
        .then(|| alone(FindingKind::IdentityCodePassivated, Rule::CodePassivated))
}

/// Whether another code is valid now.
pub(super) fn code_changed(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    let Some(held) = &subject.patron.code else { return };
    let Some(valid) = successor(record, held) else {
        return match record.code_status {
            CodeStatus::NotSaid => code_change_signalled(subject, out),
            CodeStatus::Valid if record.former_codes.is_empty() => out.stay_quiet(Quiet::CodeStillValid),
            CodeStatus::Valid | CodeStatus::ReplacedBy(_) | CodeStatus::Passivated => {
                out.stay_quiet(Quiet::CodeAlreadyTaken);
            }
        };
    };
    let rule = if subject.known.successor_is_another_patron {
        Rule::SuccessorIsAnotherPatron
    } else if matches!(record.code_status, CodeStatus::ReplacedBy(_)) {
        Rule::CodeReplaced
    } else {
        Rule::AnsweredUnderAnotherCode
    };
    let kind = FindingKind::IdentityCodeChanged;
    let mut finding = Finding::new(kind, rule, evidence(kind, &[valid.expose()]));
    if subject.grants(FieldGroup::IdentityCode) {
        let held_birth = subject.patron.birth_date.map(|date| date.to_string()).unwrap_or_default();
        let birth = valid.birth_date().to_string();
        finding.fields = [
            change(Field::IdentityCode, held.expose(), valid.expose()),
            change(Field::BirthDate, &held_birth, &birth).filter(|_| !held_birth.is_empty()),
        ]
        .into_iter()
        .flatten()
        .collect();
    }
    out.raise(finding);
}

/// Whether the change feed named a change of code that base data says nothing of.
pub(super) fn code_change_signalled(subject: &Subject<'_>, out: &mut Reconciliation) {
    if subject.known.code_change_signalled {
        out.raise(alone(FindingKind::IdentityCodeChanged, Rule::CodeChangeSignalled));
    }
}
