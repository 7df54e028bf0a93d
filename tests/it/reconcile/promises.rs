//! The check of a comparison's promises notices every promise that is broken.

use ajantasa::finding::{Field, FieldChange, Finding, FindingKind};
use ajantasa::reconcile::{BrokenPromise, Rule, check};

use super::case::{Read, case};

fn unprotected() -> Read {
    case("protection-absent-was-never-there").read()
}

fn protected() -> Read {
    case("protection-starts").read()
}

fn of(kinds: &[FindingKind]) -> Vec<Finding> {
    kinds.iter().map(|&kind| Finding::new(kind, Rule::NotInAnswer, Vec::new())).collect()
}

fn with_fields(fields: &[(Field, &str, &str)]) -> Vec<Finding> {
    let mut findings = of(&[FindingKind::NameChange]);
    findings[0].fields = fields
        .iter()
        .map(|&(field, current, proposed)| FieldChange {
            field,
            current: current.to_owned(),
            proposed: proposed.to_owned(),
        })
        .collect();
    findings
}

#[test]
fn two_findings_of_one_kind_are_noticed() {
    let twice = of(&[FindingKind::NameChange, FindingKind::NameChange]);
    assert_eq!(check(&unprotected().subject(), &twice), Err(BrokenPromise::Twice(FindingKind::NameChange)));
    let both = of(&[FindingKind::AddressChange, FindingKind::MovedAbroad]);
    assert_eq!(check(&unprotected().subject(), &both), Err(BrokenPromise::Twice(FindingKind::AddressChange)));
}

#[test]
fn a_kind_that_stands_alone_is_noticed_beside_another() {
    for kind in [
        FindingKind::IdentityMismatch,
        FindingKind::Unreadable,
        FindingKind::NotInVtj,
        FindingKind::IdentityCodePassivated,
    ] {
        let findings = of(&[FindingKind::NameChange, kind]);
        assert_eq!(check(&unprotected().subject(), &findings), Err(BrokenPromise::NotAlone(kind)));
        assert_eq!(check(&unprotected().subject(), &of(&[kind])), Ok(()));
    }
}

#[test]
fn only_protection_may_stand_beside_a_death() {
    let read = unprotected();
    let moved = of(&[FindingKind::Death, FindingKind::NameChange]);
    assert_eq!(check(&read.subject(), &moved), Err(BrokenPromise::BesideDeath(FindingKind::NameChange)));
    let protection = of(&[FindingKind::Death, FindingKind::ProtectionStarted]);
    assert_eq!(check(&read.subject(), &protection), Ok(()));
}

#[test]
fn an_address_of_a_protected_person_is_noticed() {
    for kind in [FindingKind::AddressChange, FindingKind::MovedAbroad] {
        assert_eq!(check(&unprotected().subject(), &of(&[kind])), Ok(()));
        assert_eq!(check(&protected().subject(), &of(&[kind])), Err(BrokenPromise::AddressOfProtected));
    }
}

#[test]
fn a_field_that_proposes_nothing_or_stands_out_of_order_is_noticed() {
    let read = unprotected();
    let same = with_fields(&[(Field::LastName, "Testinen", "Testinen")]);
    let kind = FindingKind::NameChange;
    assert_eq!(check(&read.subject(), &same), Err(BrokenPromise::NothingProposed(kind)));
    let disordered = with_fields(&[(Field::FirstNames, "Aino", "Elsa"), (Field::LastName, "A", "B")]);
    assert_eq!(check(&read.subject(), &disordered), Err(BrokenPromise::FieldOrder(kind)));
    let ordered = with_fields(&[(Field::LastName, "A", "B"), (Field::FirstNames, "Aino", "Elsa")]);
    assert_eq!(check(&read.subject(), &ordered), Ok(()));
}
