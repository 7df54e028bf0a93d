//! The comparison of a patron with what VTJ says, and after it other sources: a pure function from what is
//! known to findings, each with its rule, and to the reasons for finding nothing.
//!
//! The order is the order of what may be believed. First what the register contradicts by itself, without
//! VTJ; then whether the answer is about this person at all; then what makes other differences moot (a code
//! without successor, a death); then the rest, side by side. Silence is never a statement: an absent group
//! clears, ends and withdraws nothing.
//!
//! One file per family of kinds. A new kind needs a file or a place in one, a [`Rule`], a sentence, and cases
//! in `testdata/reconcile/` that raise it and that nearly do.

mod address;
mod check;
mod claimed;
mod death;
mod guardian;
mod identity;
mod language;
mod names;
mod protection;
mod quiet;
mod rule;

use chrono::{DateTime, NaiveDate, Utc};

use crate::address::{AddressLines, Noise};
use crate::finding::{Field, FieldChange, Finding, FindingKind};
use crate::municipality::{FieldGroup, Municipality};
use crate::patron::{Note, Patron, PatronKind};
use crate::person::{Answer, Death, Guardian, PersonRecord};
use crate::protected::Protection;
use crate::provenance::Claim;

pub use check::{BrokenPromise, check};
pub use identity::{IdentityFit, identity_fits};
pub use quiet::Quiet;
pub use rule::{Remark, Rule};

/// Compares a patron with what VTJ says.
pub fn reconcile(subject: &Subject<'_>) -> Reconciliation {
    let mut out = Reconciliation::default();
    compare(subject, &mut out);
    claimed::compare(subject, &mut out);
    keep_invoice_in_view(subject, &mut out);
    out.findings.sort_by_key(|finding| finding.kind);
    out.quiet.sort_unstable();
    out.quiet.dedup();
    if subject.known.cards_sharing_code > 0 {
        for finding in &mut out.findings {
            finding.remarks.push(Remark::SharedCode);
        }
    }
    debug_assert_eq!(check(subject, &out.findings), Ok(()), "a comparison keeps its promises");
    out
}

/// An invoice has gone to the present address: its copy must stay in view, so nobody decides anything about
/// this patron in bulk. Of a protected patron the library's marks are not told.
fn keep_invoice_in_view(subject: &Subject<'_>, out: &mut Reconciliation) {
    if !subject.patron.notes.contains(&Note::InvoiceSent) {
        return;
    }
    let told = subject.protection() != Protection::Yes;
    for finding in &mut out.findings {
        finding.single_review = true;
        finding.remarks.extend(told.then_some(Remark::InvoiceSent));
    }
}

/// Everything a comparison looks at.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The library's row.
    pub patron: &'a Patron,
    /// VTJ's last answer.
    pub answer: &'a Answer,
    /// What we knew before this answer, and what surrounds the patron.
    pub known: &'a Known,
    /// The municipality's languages, grants and choices.
    pub municipality: &'a Municipality,
    /// Today in Helsinki.
    pub today: NaiveDate,
}

impl Subject<'_> {
    /// The protection that holds: the library's own mark, our records and VTJ's last word, the strictest.
    pub fn protection(&self) -> Protection {
        let answered = match self.answer {
            Answer::Found(record) => record.protection(),
            Answer::NotAsked | Answer::Absent { .. } | Answer::Unreadable | Answer::Mismatch => {
                Protection::Unknown
            }
        };
        if self.patron.protected_mark || self.known.protection == Protection::Yes {
            Protection::Yes
        } else {
            answered
        }
    }

    /// The address that VTJ gives for this patron by the policy, as it would be written. Nothing unless VTJ has
    /// said that there is no order of non-disclosure.
    pub fn address_by_vtj(&self) -> Option<AddressLines> {
        match self.answer {
            Answer::Found(record) => address::as_written(self, record),
            Answer::NotAsked | Answer::Absent { .. } | Answer::Unreadable | Answer::Mismatch => None,
        }
    }

    fn grants(&self, group: FieldGroup) -> bool {
        self.municipality.grants.allow(group)
    }
}

/// What our own records hold beside the patron's row and the last answer.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each looked up by itself")]
pub struct Known {
    /// The protection in force by our records: VTJ's last word, kept until a person ends it.
    pub protection: Protection,
    /// Whether a person has dealt with the beginning of the protection in force.
    pub protection_acknowledged: bool,
    /// What the change feed said of a death since base data last spoke of it.
    pub death_signal: Option<Death>,
    /// Whether a death has been confirmed or is held by our records.
    pub held_as_dead: bool,
    /// Guardians of the earlier answer, where there was one.
    pub earlier_guardians: Option<Vec<Guardian>>,
    /// Whether the patron's surname is one that VTJ gave for this person earlier.
    pub surname_fits_earlier: bool,
    /// Whether the valid code that VTJ names belongs to another patron.
    pub successor_is_another_patron: bool,
    /// Whether the change feed named a code change whose content the permit does not grant.
    pub code_change_signalled: bool,
    /// How many other patrons have the same code.
    pub cards_sharing_code: u32,
    /// The patron who guarantees this one, where linked and known.
    pub guarantor: Option<Guarantor>,
    /// What other sources than VTJ say.
    pub claims: Vec<Claim>,
    /// When VTJ last answered about the patron.
    pub answered_at: Option<DateTime<Utc>>,
}

/// What is known of the patron who guarantees another.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guarantor {
    /// Whether the guarantor is dead by our records.
    pub dead: bool,
    /// Whether the guarantor is under an order of non-disclosure.
    pub protected: bool,
}

/// What came of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Reconciliation {
    /// The differences a person shall decide, in the order of [`FindingKind::ALL`].
    pub findings: Vec<Finding>,
    /// Why nothing, or nothing more, was found; sorted, each once.
    pub quiet: Vec<Quiet>,
    /// Why the address looks different and is not, where the reason is in [`Self::quiet`] at all.
    pub address_noise: Option<Noise>,
}

impl Reconciliation {
    fn raise(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn stay_quiet(&mut self, reason: Quiet) {
        self.quiet.push(reason);
    }
}

fn compare(subject: &Subject<'_>, out: &mut Reconciliation) {
    if !is_compared(subject.patron) {
        return out.stay_quiet(Quiet::NotCompared);
    }
    if let Some(finding) = identity::register_contradicts_itself(subject.patron) {
        return out.raise(finding);
    }
    match subject.answer {
        Answer::Mismatch => {
            out.raise(alone(FindingKind::IdentityMismatch, Rule::AnswerOfSomebodyElse));
        }
        Answer::Unreadable => out.raise(alone(FindingKind::Unreadable, Rule::AnswerUnreadable)),
        Answer::Absent { since } => {
            let since = since.to_rfc3339();
            let evidence = evidence(FindingKind::NotInVtj, &[&since]);
            out.raise(Finding::new(FindingKind::NotInVtj, Rule::NotInAnswer, evidence));
        }
        Answer::NotAsked => not_asked(subject, out),
        Answer::Found(record) => found(subject, record, out),
    }
}

/// Whether the row is one whose person VTJ may be asked about at all, by what the library has marked.
fn is_compared(patron: &Patron) -> bool {
    patron.kind == PatronKind::Person
        && patron.in_register
        && ![Note::Restricted, Note::Objected, Note::PreRegistration]
            .iter()
            .any(|note| patron.notes.contains(note))
}

/// What can be said without an answer: what the register and the change feed tell by themselves.
fn not_asked(subject: &Subject<'_>, out: &mut Reconciliation) {
    out.stay_quiet(Quiet::NotAsked);
    if subject.known.death_signal.is_some() {
        out.stay_quiet(Quiet::DeathAwaitsBaseData);
    }
    protection::compare(subject, None, out);
    identity::code_change_signalled(subject, out);
    guardian::guarantor(subject, out);
}

fn found(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    let fit = identity_fits(
        subject.patron,
        record,
        subject.known.surname_fits_earlier,
        subject.grants(FieldGroup::Name),
    );
    let partial = match fit {
        IdentityFit::Both => None,
        IdentityFit::OnlySurname => Some(Remark::OnlySurnameFits),
        IdentityFit::OnlyFirstName => Some(Remark::OnlyFirstNameFits),
        IdentityFit::Neither | IdentityFit::BirthDateDiffers | IdentityFit::OtherPerson => {
            return out.raise(identity::mismatch(fit));
        }
    };
    if let Some(finding) = identity::passivated(record) {
        out.raise(finding);
    } else {
        protection::compare(subject, Some(record), out);
        if death::compare(subject, record, out) {
            out.stay_quiet(Quiet::SuppressedByDeath);
        } else {
            address::compare(subject, record, out);
            names::compare(subject, record, out);
            identity::code_changed(subject, record, out);
            language::compare(subject, record, out);
            guardian::guardians(subject, record, out);
            guardian::guarantor(subject, out);
        }
    }
    for finding in &mut out.findings {
        finding.single_review |= partial.is_some();
        finding.remarks.extend(partial);
    }
}

/// A finding whose evidence is only that it is so.
fn alone(kind: FindingKind, rule: Rule) -> Finding {
    Finding::new(kind, rule, evidence(kind, &[rule.code()]))
}

/// The bytes of what VTJ said for one kind: every part with its length, so that no two sets of parts are
/// alike. Nothing of the patron's row is in it, so that a rejection holds until VTJ says something else.
fn evidence(kind: FindingKind, parts: &[&str]) -> Vec<u8> {
    let mut bytes = kind.as_str().as_bytes().to_vec();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// The change of one column, unless the text is the same.
fn change(field: Field, current: &str, proposed: &str) -> Option<FieldChange> {
    (current != proposed).then(|| FieldChange {
        field,
        current: current.to_owned(),
        proposed: proposed.to_owned(),
    })
}
