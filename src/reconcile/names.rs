//! Whether surname or first names differ in substance.

use super::{Quiet, Reconciliation, Rule, Subject, change, evidence};
use crate::finding::{Field, Finding, FindingKind};
use crate::municipality::FieldGroup;
use crate::name::{NameSameness, compare_first_names, compare_surname};
use crate::person::PersonRecord;

/// Compares the names. Only a column that differs in substance is proposed, with VTJ's own text.
pub(super) fn compare(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    if !subject.grants(FieldGroup::Name) {
        return out.stay_quiet(Quiet::NameNotGranted);
    }
    let Some(name) = &record.name else {
        return out.stay_quiet(Quiet::NameNotSaid);
    };
    let patron = subject.patron;
    let surname = compare_surname(&patron.last_name, &name.last_name);
    let first_names = compare_first_names(&patron.first_names, name);
    let rule = match (surname, first_names) {
        (NameSameness::Different, NameSameness::Different) => Rule::NamesDiffer,
        (NameSameness::Different, _) => Rule::SurnameDiffers,
        (_, NameSameness::Different) => Rule::FirstNamesDiffer,
        (_, NameSameness::Part) => return out.stay_quiet(Quiet::NameInPart),
        (NameSameness::Written, _) | (_, NameSameness::Written) => {
            return out.stay_quiet(Quiet::NameWrittenDifferently);
        }
        (NameSameness::Same | NameSameness::Part, NameSameness::Same) => {
            return out.stay_quiet(Quiet::NameSame);
        }
    };
    let last_name = name.last_name.trim();
    let given = name.first_names.trim();
    let kind = FindingKind::NameChange;
    let mut finding = Finding::new(kind, rule, evidence(kind, &[last_name, given]));
    finding.fields = [
        (surname == NameSameness::Different).then(|| change(Field::LastName, &patron.last_name, last_name)),
        (first_names == NameSameness::Different)
            .then(|| change(Field::FirstNames, &patron.first_names, given)),
    ]
    .into_iter()
    .flatten()
    .flatten()
    .collect();
    out.raise(finding);
}
