//! How an answer that covers less is kept over an earlier one.

use ajantasa::address::{AnyAddress, ForeignAddress};
use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::{FieldGroup, Grants, Language};
use ajantasa::person::{AddressKind, CodeStatus, Contact, DatedAddress, Death, PersonName, PersonRecord};
use ajantasa::protected::{Protected, Protection};

use crate::scenario::small;

fn code(n: u32) -> IdentityCode {
    IdentityCode::parse(&small::code(n)).unwrap()
}

fn dated(kind: AddressKind, line: &str) -> DatedAddress {
    let address = ForeignAddress { line: Some(line.to_owned()), ..ForeignAddress::default() };
    DatedAddress { kind, address: AnyAddress::Foreign(address), starts: None, ends: None }
}

/// What base data said: everything.
fn earlier() -> PersonRecord {
    let contact = Contact {
        addresses: vec![
            dated(AddressKind::PermanentDomestic, "old"),
            dated(AddressKind::ContactDomestic, "contact"),
        ],
        home_municipality: Some("710".to_owned()),
    };
    PersonRecord {
        code: code(1),
        code_status: CodeStatus::NotSaid,
        former_codes: vec![code(2)],
        birth_date: None,
        name: Some(PersonName {
            last_name: "Testinen".to_owned(),
            first_names: "Maija Liisa".to_owned(),
            name_in_use: Some("Liisa".to_owned()),
        }),
        contact: Protected::new(contact, Protection::No),
        protection_said: Some(false),
        death: Some(Death { dead: false, date: None, declared: false }),
        contact_language: Some(Language::Sv),
        guardians: Some(Vec::new()),
        grants: Grants::new(FieldGroup::ALL),
    }
}

/// An answer that says nothing but what is set.
fn bare(protection: Protection) -> PersonRecord {
    PersonRecord {
        code: code(1),
        code_status: CodeStatus::Valid,
        former_codes: Vec::new(),
        birth_date: None,
        name: None,
        contact: Protected::new(Contact::default(), protection),
        protection_said: match protection {
            Protection::Unknown => None,
            Protection::No => Some(false),
            Protection::Yes => Some(true),
        },
        death: None,
        contact_language: None,
        guardians: None,
        grants: Grants::new([]),
    }
}

fn kinds(record: &PersonRecord) -> Vec<AddressKind> {
    record.contact.for_sealing().addresses.iter().map(|dated| dated.kind).collect()
}

#[test]
fn what_an_answer_does_not_cover_stays_as_it_was_known() {
    let kept = bare(Protection::No).kept_over(Some(&earlier()), &Grants::new([]), Protection::No);
    let earlier = earlier();
    assert_eq!((kept.name, kept.death), (earlier.name, earlier.death));
    assert_eq!((kept.contact_language, kept.guardians), (earlier.contact_language, earlier.guardians));
    assert_eq!((kept.former_codes, kept.contact == earlier.contact), (earlier.former_codes, true));
    assert_eq!(kept.code_status, CodeStatus::Valid);
}

#[test]
fn what_an_answer_covers_and_leaves_empty_is_empty_but_contact_addresses_stay() {
    let carried = Grants::new([FieldGroup::Address, FieldGroup::Language]);
    let kept = bare(Protection::No).kept_over(Some(&earlier()), &carried, Protection::No);
    assert_eq!(kinds(&kept), [AddressKind::ContactDomestic]);
    assert_eq!(kept.contact_language, None);
}

#[test]
fn a_product_without_a_word_on_protection_brings_no_contact_details_and_ends_no_doubt() {
    let carried = Grants::new(FieldGroup::ALL);
    let told = |held| bare(Protection::Unknown).kept_over(Some(&earlier()), &carried, held);
    assert!(told(Protection::No).contact == earlier().contact);
    assert_eq!(told(Protection::No).protection_said, Some(false));
    assert_eq!(told(Protection::Unknown).protection(), Protection::Unknown);
    let mut new = bare(Protection::Unknown);
    new.contact = Protected::new(earlier().contact.for_sealing().clone(), Protection::Unknown);
    let alone = new.kept_over(None, &carried, Protection::Unknown);
    assert!(kinds(&alone).is_empty() && alone.protection() == Protection::Unknown);
}

#[test]
fn an_order_that_an_answer_tells_of_is_never_covered_by_an_earlier_no() {
    let kept = bare(Protection::Yes).kept_over(Some(&earlier()), &Grants::new([]), Protection::No);
    assert_eq!((kept.protection(), kept.protection_said), (Protection::Yes, Some(true)));
}

#[test]
fn the_record_of_somebody_else_adds_nothing() {
    let other = PersonRecord { code: code(3), former_codes: Vec::new(), ..earlier() };
    let kept = bare(Protection::No).kept_over(Some(&other), &Grants::new([]), Protection::No);
    assert_eq!((kept.name, kept.former_codes.len()), (None, 0));
}

#[test]
fn an_answer_under_the_code_that_replaced_another_remembers_that_other() {
    let under_new = PersonRecord { code: code(4), former_codes: vec![code(1)], ..bare(Protection::No) };
    let kept = under_new.kept_over(Some(&earlier()), &Grants::new([]), Protection::No);
    assert_eq!(kept.former_codes, [code(1), code(2)]);
    assert_eq!(kept.code_status, CodeStatus::Valid);
    assert!(kept.name.is_some());
}

#[test]
fn the_name_in_use_stays_while_the_first_names_do() {
    let carried = Grants::new([FieldGroup::Name]);
    let named = |first_names: &str| {
        let name = PersonName {
            last_name: "Uusinen".to_owned(),
            first_names: first_names.to_owned(),
            name_in_use: None,
        };
        let answer = PersonRecord { name: Some(name), ..bare(Protection::No) };
        answer.kept_over(Some(&earlier()), &carried, Protection::No).name.unwrap()
    };
    assert_eq!(named("Maija Liisa").name_in_use.as_deref(), Some("Liisa"));
    assert_eq!(named("Maija Leena").name_in_use, None);
    assert_eq!(named("Maija Leena").last_name, "Uusinen");
}
