//! Whether the address that the policy picks from VTJ differs in substance, at home or abroad.
//!
//! Policy 1. Of the addresses valid today: the Finnish postal address, the foreign postal address, then,
//! where the municipality proposes them, the temporary address in Finland and abroad, then the permanent
//! address in Finland and abroad; among several of a kind the one that began last. A postal address goes
//! before a temporary one because the person gave it for mail. The contact address of a protected person is
//! never picked, and the patron's alternative address is never touched.

use super::{Quiet, Reconciliation, Remark, Rule, Subject, change, evidence};
use crate::address::{AddressLines, Part, Sameness, compare as compare_lines};
use crate::finding::{Field, FieldChange, Finding, FindingKind};
use crate::municipality::{FieldGroup, Language};
use crate::person::{AddressKind, Contact, DatedAddress, PersonRecord};
use crate::protected::Protection;

/// The home municipality of whoever lives abroad.
const ABROAD: &str = "200";

/// The order of the policy without temporary addresses.
const ORDER: [AddressKind; 4] = [
    AddressKind::PostalDomestic,
    AddressKind::PostalForeign,
    AddressKind::PermanentDomestic,
    AddressKind::PermanentForeign,
];

/// The order where a municipality proposes temporary addresses.
const ORDER_WITH_TEMPORARY: [AddressKind; 6] = [
    AddressKind::PostalDomestic,
    AddressKind::PostalForeign,
    AddressKind::TemporaryDomestic,
    AddressKind::TemporaryForeign,
    AddressKind::PermanentDomestic,
    AddressKind::PermanentForeign,
];

/// Compares the address, for a person of whom VTJ says that there is no order of non-disclosure.
pub(super) fn compare(subject: &Subject<'_>, record: &PersonRecord, out: &mut Reconciliation) {
    if !subject.grants(FieldGroup::Address) {
        return out.stay_quiet(Quiet::AddressNotGranted);
    }
    let protection = subject.protection();
    let reason = match protection {
        Protection::Yes => Quiet::AddressProtected,
        Protection::Unknown | Protection::No => Quiet::ProtectionUnknown,
    };
    let held = subject.patron.contact.disclosed_under(protection);
    let (Some(held), Some(contact)) = (held, record.contact.disclosed_under(protection)) else {
        return out.stay_quiet(reason);
    };
    note_what_is_passed_over(subject, contact, out);
    let picked = pick(subject, contact);
    let abroad = abroad(subject, contact);
    let difference = picked.map(|picked| compare_lines(&held.address, &picked.address));
    if let Some(Sameness::Noise(noise)) = &difference {
        out.address_noise = Some(*noise);
    }
    match (picked, difference, abroad) {
        (Some(picked), Some(Sameness::Different(parts)), abroad) => {
            let moved = parts.iter().any(|&part| is_of_the_door(part));
            let fields = fields(&held.address, &picked.address.lines(language(subject)), moved);
            out.raise(match abroad {
                Some(rule) => moved_abroad(rule, Some(picked), fields),
                None => address_change(picked, fields),
            });
        }
        (picked, same, Some(rule)) if abroad_and_still_here(&held.address, picked) => {
            out.raise(moved_abroad(rule, None, Vec::new()));
            out.quiet.extend(same.as_ref().and_then(quiet_reason));
        }
        (Some(_), Some(_), Some(_)) => out.stay_quiet(Quiet::AlreadyAbroad),
        (_, same, _) => {
            out.stay_quiet(same.as_ref().and_then(quiet_reason).unwrap_or(Quiet::NoUsableAddress));
        }
    }
}

/// The address the policy picks as it would be written, for a person of whom VTJ says that there is no order.
pub(super) fn as_written(subject: &Subject<'_>, record: &PersonRecord) -> Option<AddressLines> {
    let contact = record.contact.disclosed_under(subject.protection())?;
    let picked = pick(subject, contact).filter(|_| subject.grants(FieldGroup::Address))?;
    Some(picked.address.lines(language(subject)))
}

/// The address the policy picks.
fn pick<'a>(subject: &Subject<'_>, contact: &'a Contact) -> Option<&'a DatedAddress> {
    let order: &[AddressKind] =
        if subject.municipality.propose_temporary_address { &ORDER_WITH_TEMPORARY } else { &ORDER };
    order.iter().find_map(|&kind| latest(subject, contact, kind))
}

/// Of the usable addresses of one kind that hold today, the one that began last; the first sent of equals.
fn latest<'a>(subject: &Subject<'_>, contact: &'a Contact, kind: AddressKind) -> Option<&'a DatedAddress> {
    contact
        .addresses
        .iter()
        .filter(|dated| dated.kind == kind && dated.holds_on(subject.today) && dated.address.is_usable())
        .rev()
        .max_by_key(|dated| dated.starts.map(crate::date::PartialDate::first_day))
}

/// Whether the person lives abroad: home municipality 200, or a permanent address abroad that no permanent
/// address in Finland has followed.
fn abroad(subject: &Subject<'_>, contact: &Contact) -> Option<Rule> {
    if contact.home_municipality.as_deref() == Some(ABROAD) {
        return Some(Rule::HomeMunicipalityAbroad);
    }
    let foreign = latest(subject, contact, AddressKind::PermanentForeign)?;
    let back = latest(subject, contact, AddressKind::PermanentDomestic)
        .is_some_and(|domestic| domestic.starts > foreign.starts);
    (!back).then_some(Rule::PermanentAddressAbroad)
}

/// Whether the register still has an address in Finland although the person lives abroad and VTJ gives no
/// address for mail there: nothing can be written, and a person should know.
fn abroad_and_still_here(held: &AddressLines, picked: Option<&DatedAddress>) -> bool {
    let blank = held.street_address.trim().is_empty() && held.postal_code.trim().is_empty();
    let in_finland = matches!(held.country.trim(), "" | "FI");
    let nowhere_else = picked.is_none_or(|picked| picked.kind == AddressKind::PermanentDomestic);
    in_finland && !blank && nowhere_else
}

fn address_change(picked: &DatedAddress, fields: Vec<FieldChange>) -> Finding {
    let kind = FindingKind::AddressChange;
    let evidence = address_evidence(kind, Some(picked));
    Finding { fields, ..Finding::new(kind, Rule::Address(picked.kind), evidence) }
}

fn moved_abroad(rule: Rule, picked: Option<&DatedAddress>, fields: Vec<FieldChange>) -> Finding {
    let kind = FindingKind::MovedAbroad;
    let evidence = address_evidence(kind, picked);
    let remark = picked.map_or(Remark::NoAddress, |picked| Remark::Picked(picked.kind));
    let remarks = vec![remark];
    Finding { fields, remarks, ..Finding::new(kind, rule, evidence) }
}

/// The address as VTJ holds it, in both languages, with its kind and beginning: who moves back is not who
/// never moved.
fn address_evidence(kind: FindingKind, picked: Option<&DatedAddress>) -> Vec<u8> {
    let Some(picked) = picked else { return evidence(kind, &["none"]) };
    let starts = picked.starts.map(|starts| starts.to_string()).unwrap_or_default();
    let mut parts = vec![Rule::Address(picked.kind).code().to_owned(), starts];
    for language in [Language::Fi, Language::Sv] {
        let AddressLines { street_address, care_of, postal_code, city, country } =
            picked.address.lines(language);
        parts.extend([street_address, care_of, postal_code, city, country]);
    }
    evidence(kind, &parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The columns whose text would change. The c/o line is of the place: who moves leaves it behind.
pub(super) fn fields(held: &AddressLines, proposed: &AddressLines, moved: bool) -> Vec<FieldChange> {
    let is_finland = |country: &str| matches!(country.trim(), "" | "FI");
    let same_country = is_finland(&held.country) && is_finland(&proposed.country);
    let columns = [
        change(Field::StreetAddress, &held.street_address, &proposed.street_address),
        change(Field::CareOf, &held.care_of, &proposed.care_of).filter(|_| moved),
        change(Field::PostalCode, &held.postal_code, &proposed.postal_code),
        change(Field::City, &held.city, &proposed.city),
        change(Field::Country, &held.country, &proposed.country).filter(|_| !same_country),
    ];
    columns.into_iter().flatten().collect()
}

/// Whether a part tells one door from another. A corrected postal code or town moves nobody.
pub(super) fn is_of_the_door(part: Part) -> bool {
    match part {
        Part::Street
        | Part::Number
        | Part::Stair
        | Part::Flat
        | Part::SplitLetter
        | Part::Building
        | Part::PostBox
        | Part::Other
        | Part::Country => true,
        Part::CareOf | Part::Floor | Part::PostalCode | Part::City => false,
    }
}

/// Finnish or Swedish by the patron's choice, else the municipality's first language.
fn language(subject: &Subject<'_>) -> Language {
    subject
        .patron
        .language
        .filter(|&language| language != Language::En)
        .unwrap_or_else(|| subject.municipality.first_address_language())
}

fn quiet_reason(sameness: &Sameness) -> Option<Quiet> {
    match sameness {
        Sameness::Same => Some(Quiet::AddressSame),
        Sameness::Noise(_) => Some(Quiet::AddressWrittenDifferently),
        Sameness::LanguageVariant => Some(Quiet::AddressLanguageVariant),
        Sameness::Different(_) => None,
    }
}

/// Says which addresses VTJ sent that the policy does not look at.
fn note_what_is_passed_over(subject: &Subject<'_>, contact: &Contact, out: &mut Reconciliation) {
    for dated in contact.addresses.iter().filter(|dated| dated.address.is_usable()) {
        let holds = dated.holds_on(subject.today);
        let reason = match dated.kind {
            AddressKind::ContactDomestic | AddressKind::ContactForeign => Quiet::ContactAddressNotProposed,
            AddressKind::TemporaryDomestic | AddressKind::TemporaryForeign
                if !subject.municipality.propose_temporary_address && holds =>
            {
                Quiet::TemporaryAddressNotProposed
            }
            _ if !holds => Quiet::AddressNotValidToday,
            _ => continue,
        };
        out.stay_quiet(reason);
    }
}
