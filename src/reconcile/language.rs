//! Whether the person has chosen another contact language in VTJ. Of low priority.

use super::{Quiet, Reconciliation, Rule, Subject, change, evidence};
use crate::finding::{Field, Finding, FindingKind};
use crate::municipality::{FieldGroup, Language};
use crate::person::PersonRecord;

/// Compares the language chosen in VTJ (ASIOINTIKIELI). The mother tongue is not looked at, and English is
/// kept: VTJ has no English to set against the patron's choice.
pub(super) fn compare(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    if !subject.grants(FieldGroup::Language) {
        return out.stay_quiet(Quiet::LanguageNotGranted);
    }
    let Some(chosen) = record.contact_language.filter(|&language| language != Language::En) else {
        return out.stay_quiet(Quiet::LanguageNotSaid);
    };
    let rule = match subject.patron.language {
        Some(Language::En) => return out.stay_quiet(Quiet::EnglishKept),
        Some(language) if language == chosen => return out.stay_quiet(Quiet::LanguageSame),
        Some(_) => Rule::LanguageDiffers,
        None => Rule::LanguageMissing,
    };
    let kind = FindingKind::LanguageChange;
    let current = subject.patron.language.map_or("", Language::as_str);
    let mut finding = Finding::new(kind, rule, evidence(kind, &[chosen.as_str()]));
    finding.fields = change(Field::Language, current, chosen.as_str()).into_iter().collect();
    out.raise(finding);
}
