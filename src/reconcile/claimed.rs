//! Whether another source than VTJ says something else than the register: a weaker word, heard last.
//!
//! It is not heard where something graver stands open, nor beside what VTJ itself says another thing of, nor
//! where VTJ has answered later and agrees with the register. Of an address nothing is heard unless VTJ has
//! said that there is no order of non-disclosure. It never speaks of a death or of an order: it has no way to.

use super::address::{fields, is_of_the_door};
use super::{Quiet, Reconciliation, Rule, Subject, change, evidence, is_compared};
use crate::address::{AddressLines, Sameness, compare_lines};
use crate::finding::{Field, FieldChange, Finding, FindingKind};
use crate::name::{NameSameness, compare_first_names, compare_surname};
use crate::person::PersonName;
use crate::provenance::{Claim, ClaimedAddress, Source};

/// The kinds beside which no weaker word is heard.
const GRAVER: [FindingKind; 5] = [
    FindingKind::Death,
    FindingKind::IdentityMismatch,
    FindingKind::Unreadable,
    FindingKind::NotInVtj,
    FindingKind::IdentityCodePassivated,
];

/// What a comparison says when VTJ's address and the register's are the same.
const ADDRESS_AGREES: [Quiet; 4] = [
    Quiet::AddressSame,
    Quiet::AddressWrittenDifferently,
    Quiet::AddressLanguageVariant,
    Quiet::AlreadyAbroad,
];

/// What it says when the names are.
const NAME_AGREES: [Quiet; 3] = [Quiet::NameSame, Quiet::NameWrittenDifferently, Quiet::NameInPart];

/// Compares what other sources say, after everything that VTJ says. Of several that speak of the same, the
/// last word is taken.
pub(super) fn compare(subject: &Subject<'_>, out: &mut Reconciliation) {
    if subject.known.claims.is_empty() || !is_compared(subject.patron) {
        return;
    }
    let dying = subject.known.held_as_dead || subject.known.death_signal.is_some_and(|death| death.dead);
    if dying || out.findings.iter().any(|finding| GRAVER.contains(&finding.kind)) {
        return out.stay_quiet(Quiet::ClaimNotCompared);
    }
    if let Some(claim) = latest(subject, |claim| *claim.address.for_sealing() != ClaimedAddress::default()) {
        address(subject, claim, out);
    }
    if let Some(claim) = latest(subject, |claim| claim.last_name.is_some() || claim.first_names.is_some()) {
        name(subject, claim, out);
    }
    if let Some(claim) = latest(subject, |claim| claim.language.is_some()) {
        language(subject, claim, out);
    }
}

fn latest<'a>(subject: &'a Subject<'_>, speaks: impl Fn(&Claim) -> bool) -> Option<&'a Claim> {
    subject.known.claims.iter().filter(|claim| speaks(claim)).max_by_key(|claim| claim.said_at)
}

/// Whether a claim is heard at all in one respect; says why not.
fn is_heard(
    subject: &Subject<'_>,
    claim: &Claim,
    kinds: &[FindingKind],
    agrees: &[Quiet],
    out: &mut Reconciliation,
) -> bool {
    if out.findings.iter().any(|finding| kinds.contains(&finding.kind)) {
        out.stay_quiet(Quiet::ClaimBesideVtj);
        return false;
    }
    let younger = subject.known.answered_at.is_some_and(|answered| answered >= claim.said_at);
    if younger && out.quiet.iter().any(|reason| agrees.contains(reason)) {
        out.stay_quiet(Quiet::ClaimOlderThanVtj);
        return false;
    }
    true
}

fn address(subject: &Subject<'_>, claim: &Claim, out: &mut Reconciliation) {
    let protection = subject.protection();
    let held = subject.patron.contact.disclosed_under(protection);
    let (Some(held), Some(said)) = (held, claim.address.disclosed_under(protection)) else {
        return out.stay_quiet(Quiet::ClaimOfProtected);
    };
    let held = &held.address;
    let claimed = in_place(held, said);
    let sameness = compare_lines(held, &claimed);
    let moved =
        matches!(&sameness, Sameness::Different(parts) if parts.iter().any(|&part| is_of_the_door(part)));
    let other_care_of = said.care_of.as_deref().is_some_and(|said| !same_words(said, &held.care_of));
    if !sameness.is_change() && !other_care_of {
        return out.stay_quiet(Quiet::ClaimSame);
    }
    if !is_heard(
        subject,
        claim,
        &[FindingKind::AddressChange, FindingKind::MovedAbroad],
        &ADDRESS_AGREES,
        out,
    ) {
        return;
    }
    let fields = if sameness.is_change() {
        fields(held, &claimed, moved || other_care_of)
    } else {
        change(Field::CareOf, &held.care_of, &claimed.care_of).into_iter().collect()
    };
    let in_finland = |lines: &AddressLines| matches!(lines.country.trim(), "" | "FI");
    let (kind, rule) = if in_finland(held) && !in_finland(&claimed) {
        (FindingKind::MovedAbroad, Rule::ClaimedAddressAbroad)
    } else {
        (FindingKind::AddressChange, Rule::ClaimedAddress)
    };
    let ClaimedAddress { street_address, care_of, postal_code, city, country } = said;
    raise(claim, kind, rule, fields, &[street_address, care_of, postal_code, city, country], out);
}

/// The register's address with what the source says put in its place. With the street the c/o line and the
/// country are replaced too: they are of the place.
fn in_place(held: &AddressLines, said: &ClaimedAddress) -> AddressLines {
    let or = |said: &Option<String>, held: &str| said.clone().unwrap_or_else(|| held.to_owned());
    let with_street =
        |held: &str| if said.street_address.is_some() { String::new() } else { held.to_owned() };
    AddressLines {
        street_address: or(&said.street_address, &held.street_address),
        care_of: or(&said.care_of, &with_street(&held.care_of)),
        postal_code: or(&said.postal_code, &held.postal_code),
        city: or(&said.city, &held.city),
        country: or(&said.country, &with_street(&held.country)),
    }
}

fn same_words(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn name(subject: &Subject<'_>, claim: &Claim, out: &mut Reconciliation) {
    let patron = subject.patron;
    let said = PersonName {
        last_name: claim.last_name.clone().unwrap_or_default(),
        first_names: claim.first_names.clone().unwrap_or_default(),
        name_in_use: None,
    };
    let other_surname = compare_surname(&patron.last_name, &said.last_name) == NameSameness::Different;
    let other_given = compare_first_names(&patron.first_names, &said) == NameSameness::Different;
    if !other_surname && !other_given {
        return out.stay_quiet(Quiet::ClaimSame);
    }
    if !is_heard(subject, claim, &[FindingKind::NameChange], &NAME_AGREES, out) {
        return;
    }
    let fields = [
        change(Field::LastName, &patron.last_name, said.last_name.trim()).filter(|_| other_surname),
        change(Field::FirstNames, &patron.first_names, said.first_names.trim()).filter(|_| other_given),
    ];
    let fields = fields.into_iter().flatten().collect();
    let words = [&claim.last_name, &claim.first_names];
    raise(claim, FindingKind::NameChange, Rule::ClaimedName, fields, &words, out);
    // A person of whom neither name fits may be another one: nobody waves that through with others.
    if let Some(finding) = out.findings.last_mut() {
        finding.single_review |= other_surname && other_given;
    }
}

fn language(subject: &Subject<'_>, claim: &Claim, out: &mut Reconciliation) {
    let Some(said) = claim.language else { return };
    let held = subject.patron.language;
    if held == Some(said) {
        return out.stay_quiet(Quiet::ClaimSame);
    }
    if !is_heard(subject, claim, &[FindingKind::LanguageChange], &[Quiet::LanguageSame], out) {
        return;
    }
    let current = held.map_or("", crate::municipality::Language::as_str);
    let fields = change(Field::Language, current, said.as_str()).into_iter().collect();
    let word = Some(said.as_str().to_owned());
    raise(claim, FindingKind::LanguageChange, Rule::ClaimedLanguage, fields, &[&word], out);
}

fn raise(
    claim: &Claim,
    kind: FindingKind,
    rule: Rule,
    fields: Vec<FieldChange>,
    said: &[&Option<String>],
    out: &mut Reconciliation,
) {
    let source = Source::External(claim.provider.clone());
    let word = source.word();
    let said = said.iter().map(|said| said.as_deref().unwrap_or_default());
    let parts: Vec<&str> = std::iter::once(word.as_str()).chain(said).collect();
    out.raise(Finding { fields, source, ..Finding::new(kind, rule, evidence(kind, &parts)) });
}
