//! What every comparison promises, checked on its outcome.

use std::collections::BTreeSet;

use super::Subject;
use crate::finding::{Finding, FindingKind};
use crate::protected::Protection;

/// A promise that the findings of a comparison do not keep. A defect of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenPromise {
    /// Two findings of one kind.
    #[error("two findings of kind {}", .0.as_str())]
    Twice(FindingKind),
    /// A kind that stands alone stands beside another.
    #[error("a finding of kind {} stands beside others", .0.as_str())]
    NotAlone(FindingKind),
    /// A death stands beside a kind it suppresses.
    #[error("a finding of kind {} stands beside a death", .0.as_str())]
    BesideDeath(FindingKind),
    /// An address of a person about whose protection VTJ has not said no.
    #[error("an address is compared although non-disclosure is not excluded")]
    AddressOfProtected,
    /// A field whose proposed text is the current one.
    #[error("a finding of kind {} proposes what the register already holds", .0.as_str())]
    NothingProposed(FindingKind),
    /// Fields in another order than the patron file's, or a field twice.
    #[error("the fields of a finding of kind {} are out of order", .0.as_str())]
    FieldOrder(FindingKind),
}

/// The kinds that stand alone.
const ALONE: [FindingKind; 4] = [
    FindingKind::IdentityMismatch,
    FindingKind::Unreadable,
    FindingKind::NotInVtj,
    FindingKind::IdentityCodePassivated,
];

/// The kinds that may stand beside a death.
const BESIDE_DEATH: [FindingKind; 3] =
    [FindingKind::Death, FindingKind::ProtectionStarted, FindingKind::ProtectionEnded];

/// The kinds that speak of an address.
const ADDRESS: [FindingKind; 2] = [FindingKind::AddressChange, FindingKind::MovedAbroad];

/// Checks the promises of a comparison.
///
/// # Errors
/// The first promise that is not kept.
pub fn check(subject: &Subject<'_>, findings: &[Finding]) -> Result<(), BrokenPromise> {
    let kinds: BTreeSet<FindingKind> = findings.iter().map(|finding| finding.kind).collect();
    let has_death = kinds.contains(&FindingKind::Death);
    let mut seen = BTreeSet::new();
    for finding in findings {
        let kind = finding.kind;
        if !seen.insert(kind) {
            return Err(BrokenPromise::Twice(kind));
        }
        if ALONE.contains(&kind) && findings.len() > 1 {
            return Err(BrokenPromise::NotAlone(kind));
        }
        if has_death && !BESIDE_DEATH.contains(&kind) {
            return Err(BrokenPromise::BesideDeath(kind));
        }
        if ADDRESS.contains(&kind) && subject.protection() != Protection::No {
            return Err(BrokenPromise::AddressOfProtected);
        }
        if finding.fields.iter().any(|field| field.current == field.proposed) {
            return Err(BrokenPromise::NothingProposed(kind));
        }
        if !finding.fields.is_sorted_by(|a, b| a.field < b.field) {
            return Err(BrokenPromise::FieldOrder(kind));
        }
    }
    if ADDRESS.iter().all(|kind| kinds.contains(kind)) {
        return Err(BrokenPromise::Twice(FindingKind::AddressChange));
    }
    Ok(())
}
