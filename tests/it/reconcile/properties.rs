//! What holds of every comparison, whatever the patron and the answer.

use std::collections::BTreeSet;

use ajantasa::address::{AnyAddress, Bilingual, DomesticAddress, ForeignAddress, PostalAddress};
use ajantasa::date::PartialDate;
use ajantasa::finding::{Field, Finding};
use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::Language;
use ajantasa::patron::Patron;
use ajantasa::person::{
    AddressKind, Answer, CodeStatus, Contact, DatedAddress, Death, PersonName, PersonRecord,
};
use ajantasa::protected::{Protected, Protection};
use ajantasa::reconcile::{check, reconcile};
use proptest::prelude::*;

use super::case::{Read, case, cases};

#[test]
fn applying_what_any_case_proposes_and_comparing_again_proposes_nothing() {
    for (name, case) in cases() {
        let mut read = case.read();
        // Two sources that contradict each other are not both content; what a person decided between them is
        // remembered outside the comparison.
        if !read.known.claims.is_empty() {
            continue;
        }
        let first = reconcile(&read.subject());
        apply(&mut read.patron, &first.findings);
        let again = proposals(&reconcile(&read.subject()).findings);
        assert!(again.is_empty(), "{name} proposes again: {again:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn applying_all_proposals_and_comparing_again_proposes_nothing(
        patron in patron_columns(),
        record in record(),
        addresses in dated_addresses(),
        temporary in any::<bool>(),
    ) {
        let mut read = someone();
        set(&mut read.patron, &patron);
        read.answer = answer(record, addresses);
        read.municipality.propose_temporary_address = temporary;
        let first = reconcile(&read.subject());
        prop_assert_eq!(check(&read.subject(), &first.findings), Ok(()));
        apply(&mut read.patron, &first.findings);
        let second = reconcile(&read.subject());
        prop_assert!(proposals(&second.findings).is_empty(), "{:?}", second.findings);
    }

    #[test]
    fn nobody_but_whoever_vtj_says_is_unprotected_has_an_address_compared(
        patron in patron_columns(),
        record in record(),
        addresses in dated_addresses(),
        known in 0..3_usize,
        mark in any::<bool>(),
    ) {
        let mut read = someone();
        set(&mut read.patron, &patron);
        let answered = record.protection();
        read.answer = answer(record, addresses);
        read.known.protection = [Protection::Unknown, Protection::No, Protection::Yes][known];
        read.patron.protected_mark = mark;
        let outcome = reconcile(&read.subject());
        prop_assert_eq!(check(&read.subject(), &outcome.findings), Ok(()));
        let excluded = mark || known == 2 || answered != Protection::No;
        let addressed = proposals(&outcome.findings).contains(&Field::StreetAddress);
        prop_assert!(!(excluded && addressed));
    }
}

/// The columns that findings propose to change.
fn proposals(findings: &[Finding]) -> BTreeSet<Field> {
    findings.iter().flat_map(|finding| &finding.fields).map(|change| change.field).collect()
}

/// Writes what all findings propose, as the register would.
fn apply(patron: &mut Patron, findings: &[Finding]) {
    for change in findings.iter().flat_map(|finding| &finding.fields) {
        set(patron, &[(change.field, change.proposed.clone())]);
    }
}

fn set(patron: &mut Patron, columns: &[(Field, String)]) {
    let own = patron.contact.protection();
    let mut contact = patron.contact.for_sealing().clone();
    for (field, text) in columns {
        let text = text.clone();
        match field {
            Field::IdentityCode => patron.code = IdentityCode::parse(&text).ok(),
            Field::LastName => patron.last_name = text,
            Field::FirstNames => patron.first_names = text,
            Field::BirthDate => patron.birth_date = text.parse().ok(),
            Field::StreetAddress => contact.address.street_address = text,
            Field::CareOf => contact.address.care_of = text,
            Field::PostalCode => contact.address.postal_code = text,
            Field::City => contact.address.city = text,
            Field::Country => contact.address.country = text,
            Field::Language => patron.language = Language::from_code(&text),
        }
    }
    patron.contact = Protected::new(contact, own);
}

/// A patron of a municipality with the usual grants.
fn someone() -> Read {
    case("protection-absent-was-never-there").read()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "(Testi|Mallila|Prov)(katu|tie|vägen|kuja|k\\.)?( [1-9][0-9]?)?( [A-C])?( [0-9]{1,3}[ab]?)?",
        "[A-Za-zÄäÖöåÁáđ .,/'-]{0,14}",
        "[0-9]{5}",
        "\\PC{0,8}",
    ]
}

/// Names that often fit one another, in whole or in part.
fn name() -> impl Strategy<Value = String> {
    let part =
        proptest::sample::select(vec!["Testinen", "TESTINEN", "Mallila", "Aino", "Áino", "Maria", "von", ""]);
    let joint = proptest::sample::select(vec![" ", "-", "  ", " – "]);
    prop_oneof![
        8 => (part.clone(), joint, part).prop_map(|(one, joint, other)| format!("{one}{joint}{other}")),
        4 => Just("Aino Maria".to_owned()),
        4 => Just("Testinen".to_owned()),
        1 => text(),
    ]
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(text())
}

fn bilingual() -> impl Strategy<Value = Bilingual> {
    (maybe(), maybe()).prop_map(|(fi, sv)| Bilingual { fi, sv })
}

fn any_address() -> impl Strategy<Value = AnyAddress> {
    let domestic = (bilingual(), maybe(), maybe(), maybe(), maybe(), maybe(), bilingual()).prop_map(
        |(street, number, stair, flat, split_letter, postal_code, post_town)| {
            AnyAddress::Domestic(DomesticAddress {
                street,
                number,
                stair,
                flat,
                split_letter,
                postal_code,
                post_town,
            })
        },
    );
    let postal = (bilingual(), maybe(), bilingual()).prop_map(|(line, postal_code, post_town)| {
        AnyAddress::Postal(PostalAddress { line, postal_code, post_town })
    });
    let country = proptest::option::of(proptest::sample::select(vec!["246", "752", "998", "000"]));
    let foreign = (maybe(), maybe(), maybe(), country, maybe()).prop_map(
        |(line, extra_line, locality, country, country_name)| {
            let country = country.map(str::to_owned);
            AnyAddress::Foreign(ForeignAddress { line, extra_line, locality, country, country_name })
        },
    );
    prop_oneof![domestic, postal, foreign]
}

/// An address with its kind, beginning and end; [`DatedAddress`] itself cannot be printed.
type Dated = (AddressKind, AnyAddress, Option<PartialDate>, Option<PartialDate>);

fn dated_addresses() -> impl Strategy<Value = Vec<Dated>> {
    let kind = proptest::sample::select(vec![
        AddressKind::PermanentDomestic,
        AddressKind::PermanentForeign,
        AddressKind::TemporaryDomestic,
        AddressKind::TemporaryForeign,
        AddressKind::PostalDomestic,
        AddressKind::PostalForeign,
        AddressKind::ContactDomestic,
    ]);
    let date = || proptest::option::of((2019..2029).prop_map(PartialDate::Year));
    proptest::collection::vec((kind, any_address(), date(), date()), 0..4)
}

/// The record as an answer, living at the addresses.
fn answer(mut record: PersonRecord, addresses: Vec<Dated>) -> Answer {
    let protection = record.protection();
    let mut contact = record.contact.for_sealing().clone();
    let dated = addresses.into_iter();
    contact.addresses =
        dated.map(|(kind, address, starts, ends)| DatedAddress { kind, address, starts, ends }).collect();
    record.contact = Protected::new(contact, protection);
    Answer::Found(Box::new(record))
}

fn record() -> impl Strategy<Value = PersonRecord> {
    let names = proptest::option::of((name(), name(), proptest::option::of(name())).prop_map(
        |(last_name, first_names, name_in_use)| PersonName { last_name, first_names, name_in_use },
    ));
    let home = proptest::option::of(proptest::sample::select(vec!["710", "200", "198"]));
    let protection =
        proptest::sample::select(vec![Protection::No, Protection::No, Protection::Yes, Protection::Unknown]);
    let death = proptest::option::weighted(0.1, any::<bool>());
    let language = proptest::option::of(proptest::sample::select(vec![Language::Fi, Language::Sv]));
    (names, home, protection, death, language).prop_map(
        |(name, home, protection, death, contact_language)| {
            let someone = someone();
            PersonRecord {
                code: someone.patron.code.clone().expect("the case has a code"),
                code_status: CodeStatus::NotSaid,
                former_codes: Vec::new(),
                birth_date: None,
                name,
                contact: Protected::new(
                    Contact { addresses: Vec::new(), home_municipality: home.map(str::to_owned) },
                    protection,
                ),
                protection_said: None,
                death: death.map(|dead| Death { dead, date: None, declared: false }),
                contact_language,
                guardians: None,
                grants: someone.municipality.grants,
            }
        },
    )
}

fn patron_columns() -> impl Strategy<Value = Vec<(Field, String)>> {
    let column =
        proptest::sample::select(vec![Field::StreetAddress, Field::CareOf, Field::PostalCode, Field::City]);
    let language = proptest::sample::select(vec!["fi", "sv", "en", ""]).prop_map(str::to_owned);
    let country = proptest::sample::select(vec!["", "FI", "SE"]).prop_map(str::to_owned);
    (proptest::collection::vec((column, text()), 0..6), name(), name(), language, country).prop_map(
        |(mut columns, last_name, first_names, language, country)| {
            columns.extend([
                (Field::LastName, last_name),
                (Field::FirstNames, first_names),
                (Field::Language, language),
                (Field::Country, country),
            ]);
            columns
        },
    )
}
