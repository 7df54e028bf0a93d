//! Whether an order of non-disclosure has begun, or VTJ says explicitly that it has ended.

use super::{Quiet, Reconciliation, Rule, Subject, evidence};
use crate::finding::{Finding, FindingKind};
use crate::person::PersonRecord;
use crate::protected::Protection;

/// Compares what is said of protection; without an answer, what the change feed said.
///
/// An end is found only when our records hold VTJ's own order and VTJ says "no" in so many words. The
/// absence of the group ends nothing, a date that has passed ends nothing, and the library's own mark is not
/// VTJ's to clear.
pub(super) fn compare(subject: &Subject<'_>, record: Option<&PersonRecord>, out: &mut Reconciliation) {
    if subject.patron.protected_mark {
        out.stay_quiet(Quiet::LibraryMarkKept);
    }
    let answered = record.map(PersonRecord::protection) == Some(Protection::Yes);
    let denied = !answered && record.and_then(|record| record.protection_said) == Some(false);
    let held = subject.known.protection == Protection::Yes;
    if held && denied {
        let kind = FindingKind::ProtectionEnded;
        return out.raise(Finding::new(kind, Rule::OrderEnded, evidence(kind, &["ended"])));
    }
    if !answered && !held {
        return;
    }
    if held && subject.known.protection_acknowledged {
        let reason = if answered { Quiet::ProtectionAcknowledged } else { Quiet::ProtectionKept };
        return out.stay_quiet(reason);
    }
    let kind = FindingKind::ProtectionStarted;
    let rule = if answered { Rule::OrderInForce } else { Rule::OrderSignalled };
    out.raise(Finding::new(kind, rule, evidence(kind, &["started"])));
}
