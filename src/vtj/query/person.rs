//! A person of a message as a person record, by the rules that base data is read by.
//!
//! Only what the permit grants is taken over. An element that is not there, and one that is empty, say
//! nothing and clear nothing.

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::answer::UnreadablePerson;
use super::message::{Address, Guardian, Named, Person};
use crate::address::{AnyAddress, Bilingual, DomesticAddress, ForeignAddress, PostalAddress};
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants, Language};
use crate::person::{AddressKind, CodeStatus, Contact, DatedAddress, Death, PersonName, PersonRecord};
use crate::protected::{Protected, Protection};

/// Ends stated in this year or later are open ends.
const OPEN_END_YEAR: i32 = 2100;

/// The number of a home municipality that clients write for "unknown".
const UNKNOWN_MUNICIPALITY: &str = "999";

/// The field groups whose elements a person has, filled or empty.
///
/// The code counts as carried where it has its mark of validity. Guardians do where both kinds could stand:
/// a message with one kind alone does not say who all of them are.
pub(super) fn carried(person: &Person) -> Grants {
    let groups = [
        (FieldGroup::Name, person.name.is_some()),
        (FieldGroup::IdentityCode, person.validity.is_some()),
        (FieldGroup::Guardians, person.has_custodians && person.has_guardianship),
    ];
    let there = groups.into_iter().filter(|(_, there)| *there).map(|(group, _)| group);
    Grants::new(there.chain(person.carried.iter().copied()))
}

/// Makes the record of the person whose code is `code`, with the status that the outcome gives it.
///
/// # Errors
/// When something that is granted cannot be understood: see [`wrong`].
pub(super) fn record(
    person: Person,
    code: IdentityCode,
    code_status: CodeStatus,
    former_codes: Vec<IdentityCode>,
    grants: &Grants,
) -> Result<PersonRecord, UnreadablePerson> {
    if let Some(what) = wrong(&person, grants) {
        return Err(UnreadablePerson { what, raw: as_read(&person, grants) });
    }
    let granted = |group| grants.allow(group);
    let protection = match person.protected {
        Some(true) => Protection::Yes,
        Some(false) => Protection::No,
        None => Protection::Unknown,
    };
    let identity = granted(FieldGroup::IdentityCode);
    let birth_date = person.birth_date.as_deref().filter(|_| identity).and_then(date);
    let death = granted(FieldGroup::Death).then(|| death(&person)).flatten();
    let contact_language = person.language.as_deref().filter(|_| granted(FieldGroup::Language));
    let said_guardians = granted(FieldGroup::Guardians) && (person.has_custodians || person.has_guardianship);
    let name = granted(FieldGroup::Name).then_some(person.name).flatten();
    Ok(PersonRecord {
        code,
        code_status: if identity { code_status } else { CodeStatus::NotSaid },
        former_codes: if identity { former_codes } else { Vec::new() },
        birth_date,
        name: name.and_then(|name| names(name, person.name_in_use)),
        death,
        contact_language: contact_language.and_then(language),
        guardians: said_guardians.then(|| guardians(person.guardians)),
        contact: Protected::new(
            if granted(FieldGroup::Address) {
                contact(person.addresses, person.home_municipality)
            } else {
                Contact::default()
            },
            protection,
        ),
        protection_said: person.protected,
        grants: grants.clone(),
    })
}

/// What cannot be understood of what is granted: a date of a birth or an address that is none, or a word on
/// death that is neither yes nor no, unless a date of death stands beside it.
fn wrong(person: &Person, grants: &Grants) -> Option<&'static str> {
    let bounds = person.addresses.iter().flat_map(|address| [&address.starts, &address.ends]);
    let bounds = bounds.filter(|_| grants.allow(FieldGroup::Address));
    let birth = Some(&person.birth_date).filter(|_| grants.allow(FieldGroup::IdentityCode));
    if bounds.chain(birth).flatten().any(|text| date(text).is_none()) {
        return Some("one of its dates is none");
    }
    let dated = person.date_of_death.is_some() || person.date_of_declaration.is_some();
    let odd = person.dead_in_other_words && person.dead != Some(true) && !dated;
    (odd && grants.allow(FieldGroup::Death)).then_some("it says neither that the person is dead nor not")
}

/// The granted texts as they were read, to be sealed for review.
fn as_read(person: &Person, grants: &Grants) -> String {
    let granted = |group, value: Value| if grants.allow(group) { value } else { Value::Null };
    let names = person.name.as_ref().map(|name| [&name.last_name, &name.first_names]);
    let read = json!({
        "birth_date": granted(FieldGroup::IdentityCode, json!(person.birth_date)),
        "names": granted(FieldGroup::Name, json!(names)),
        "addresses": granted(FieldGroup::Address, json!(person.addresses)),
        "home_municipality": granted(FieldGroup::Address, json!(person.home_municipality)),
        "dead": granted(FieldGroup::Death, json!(person.dead)),
        "dead_in_other_words": granted(FieldGroup::Death, json!(person.dead_in_other_words)),
    });
    read.to_string()
}

/// The names; none where both are empty. A name in use of several words repeats the first names.
fn names(name: PersonName, name_in_use: Option<String>) -> Option<PersonName> {
    let said = !name.last_name.is_empty() || !name.first_names.is_empty();
    let name_in_use = name_in_use.filter(|name| !name.contains(char::is_whitespace));
    said.then_some(PersonName { name_in_use, ..name })
}

/// What is said of death. Any date is a death, readable or not. That somebody is alive is said by a `0` in
/// `Kuollut`; where it is empty, as it mostly is, nothing is said.
fn death(person: &Person) -> Option<Death> {
    let declared = person.date_of_declaration.is_some();
    let dead = declared || person.date_of_death.is_some() || person.dead?;
    let dated = |text: &Option<String>| text.as_deref().and_then(date);
    let date = dated(&person.date_of_death).or_else(|| dated(&person.date_of_declaration));
    Some(Death { dead, date, declared })
}

/// The language the person chose, in letters or by number. Authorities serve in Finnish and Swedish.
fn language(code: &str) -> Option<Language> {
    match code {
        "fi" | "1" => Some(Language::Fi),
        "sv" | "2" => Some(Language::Sv),
        _ => None,
    }
}

fn contact(addresses: Vec<Address>, home_municipality: Option<String>) -> Contact {
    Contact {
        addresses: addresses.into_iter().filter_map(address).collect(),
        home_municipality: home_municipality.filter(|code| code != UNKNOWN_MUNICIPALITY),
    }
}

/// An address with its validity; `None` for a placeholder, and where fields are withheld.
fn address(address: Address) -> Option<DatedAddress> {
    let kind = address.kind;
    let bound = |text: &Option<String>| text.as_deref().and_then(date);
    let (starts, ends) = (bound(&address.starts), bound(&address.ends));
    let address = match kind {
        AddressKind::PermanentDomestic
        | AddressKind::TemporaryDomestic
        | AddressKind::PostalDomestic
        | AddressKind::ContactDomestic => domestic(address),
        AddressKind::PermanentForeign
        | AddressKind::TemporaryForeign
        | AddressKind::PostalForeign
        | AddressKind::ContactForeign => foreign(address),
    };
    address.map(|address| DatedAddress { kind, address, starts, ends })
}

fn domestic(address: Address) -> Option<AnyAddress> {
    let said = |text: &Bilingual| text.fi.is_some() || text.sv.is_some();
    if said(&address.street) {
        return Some(AnyAddress::Domestic(DomesticAddress {
            street: address.street,
            number: address.number,
            stair: address.stair,
            flat: address.flat,
            split_letter: address.split_letter,
            postal_code: address.postal_code,
            post_town: address.post_town,
        }));
    }
    let somewhere = said(&address.line) || address.postal_code.is_some();
    somewhere.then_some(AnyAddress::Postal(PostalAddress {
        line: address.line,
        postal_code: address.postal_code,
        post_town: address.post_town,
    }))
}

/// An address abroad. Town and country often share a text, `Uumaja, Ruotsi`.
fn foreign(address: Address) -> Option<AnyAddress> {
    let (locality, country_name) = match (address.locality, address.locality_and_country) {
        (Some(locality), _) => (Some(locality), address.country_name),
        (None, None) => (None, address.country_name),
        (None, Some(both)) => {
            let parts = both.rsplit_once(',').map(|(town, country)| (town.trim(), country.trim()));
            match parts.filter(|(town, country)| !town.is_empty() && !country.is_empty()) {
                Some((town, country)) => (Some(town.to_owned()), Some(country.to_owned())),
                None => (Some(both), address.country_name),
            }
        }
    };
    let address = ForeignAddress {
        line: address.foreign_line,
        extra_line: None,
        locality,
        country: address.country,
        country_name,
    };
    (address.line.is_some() || address.locality.is_some()).then_some(AnyAddress::Foreign(address))
}

/// Custodians and legal guardians, each once. A guardianship that has ended is not read; an end in the next
/// century is an open one, and one that cannot be read ends nothing.
fn guardians(stated: Vec<Guardian>) -> Vec<crate::person::Guardian> {
    let mut guardians = Vec::new();
    for Guardian { role, code, name, ends, .. } in stated {
        let ended =
            ends.as_deref().and_then(date).is_some_and(|ends| ends.first_day().year() < OPEN_END_YEAR);
        let guardian = crate::person::Guardian { code, name, role };
        if !ended && !guardians.contains(&guardian) {
            guardians.push(guardian);
        }
    }
    guardians
}

/// Whether a code is the one asked about.
pub(super) fn is(named: Option<&Named>, code: &IdentityCode) -> bool {
    matches!(named, Some(Named::Code(found)) if found == code)
}

/// A date in eight digits, `YYYYMMDD`; a month or day of zeros is not known.
fn date(text: &str) -> Option<PartialDate> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) =
        (text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse::<u32>().ok()?);
    match (year, month, day) {
        (0, _, _) => None,
        (year, 0, 0) => Some(PartialDate::Year(year)),
        (year, month @ 1..=12, 0) => Some(PartialDate::Month { year, month }),
        (year, month, day) => NaiveDate::from_ymd_opt(year, month, day).map(PartialDate::Day),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_date_is_as_precise_as_its_digits() {
        for (text, date) in [
            ("20260314", Some("2026-03-14")),
            ("20260300", Some("2026-03")),
            ("20260000", Some("2026")),
            ("20260014", None),
            ("20261300", None),
            ("20260230", None),
            ("00000000", None),
            ("2026-3-1", None),
            ("2026", None),
        ] {
            assert_eq!(super::date(text).map(|date| date.to_string()).as_deref(), date, "{text}");
        }
    }
}
