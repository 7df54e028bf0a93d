//! Who answers for a patron: the guarantor in the register, and the guardians in VTJ.
//!
//! A guarantor is a patron known by their number; a guardian is whoever VTJ names. Neither is made from the
//! other, and a guardian who is not a patron is never followed.

use super::{Quiet, Reconciliation, Rule, Subject, alone, evidence};
use crate::finding::{Finding, FindingKind};
use crate::municipality::FieldGroup;
use crate::person::{Guardian, GuardianRole, PersonRecord};

/// The age in full years at which a patron answers for their own loans.
const AGE_LIMIT_YEARS: i32 = 15;

/// What the register tells of a guarantee by itself: a guarantor who has died, and the age limit.
pub(super) fn guarantor(subject: &Subject<'_>, out: &mut Reconciliation) {
    let patron = subject.patron;
    let link = patron.guarantor_patron_id.as_deref().filter(|id| !id.trim().is_empty());
    let name = patron.guarantor_name.as_deref().filter(|name| !name.trim().is_empty());
    match (link, name) {
        (None, None) => return,
        (None, Some(_)) => out.stay_quiet(Quiet::GuarantorNotLinked),
        (Some(link), _) if subject.known.guarantor.is_some_and(|guarantor| guarantor.dead) => {
            let kind = FindingKind::GuarantorDeceased;
            out.raise(Finding::new(kind, Rule::GuarantorDead, evidence(kind, &[link])));
        }
        (Some(_), _) => out.stay_quiet(Quiet::GuarantorNotDead),
    }
    match patron.age_on(subject.today) {
        None => out.stay_quiet(Quiet::AgeUnknown),
        Some(age) if age < AGE_LIMIT_YEARS => out.stay_quiet(Quiet::BelowAgeLimit),
        Some(_) => out.raise(alone(FindingKind::GuarantorExpires, Rule::AgeLimitReached)),
    }
}

/// Compares the guardians with those of the earlier answer. A first answer is no change, and an answer that
/// names nobody does not say that there is nobody.
pub(super) fn guardians(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    if !subject.grants(FieldGroup::Guardians) {
        return out.stay_quiet(Quiet::GuardiansNotGranted);
    }
    let Some(present) = record.guardians.as_deref().filter(|named| !named.is_empty()) else {
        return out.stay_quiet(Quiet::GuardiansNotSaid);
    };
    let Some(earlier) = subject.known.earlier_guardians.as_deref().filter(|named| !named.is_empty()) else {
        return out.stay_quiet(Quiet::GuardiansFirstSeen);
    };
    if each_is_among(earlier, present) && each_is_among(present, earlier) {
        return out.stay_quiet(Quiet::GuardiansSame);
    }
    let mut named: Vec<String> = present.iter().map(canonical).collect();
    named.sort();
    let parts: Vec<&str> = named.iter().map(String::as_str).collect();
    let kind = FindingKind::GuardianChanged;
    out.raise(Finding::new(kind, Rule::GuardiansDiffer, evidence(kind, &parts)));
}

fn each_is_among(some: &[Guardian], others: &[Guardian]) -> bool {
    some.iter().all(|one| others.iter().any(|other| is_same(one, other)))
}

/// By code where both have one, else by the exact names. VTJ's names carry stray spaces at their ends.
fn is_same(one: &Guardian, other: &Guardian) -> bool {
    one.role == other.role
        && match (&one.code, &other.code) {
            (Some(one), Some(other)) => one == other,
            (None, _) | (_, None) => {
                one.name.last_name.trim() == other.name.last_name.trim()
                    && one.name.first_names.trim() == other.name.first_names.trim()
            }
        }
}

fn canonical(guardian: &Guardian) -> String {
    let role = match guardian.role {
        GuardianRole::Custodian => "custodian",
        GuardianRole::LegalGuardian => "legal_guardian",
    };
    let name = &guardian.name;
    match &guardian.code {
        Some(code) => format!("{role} {}", code.expose()),
        None => format!("{role} {} / {}", name.last_name.trim(), name.first_names.trim()),
    }
}
