//! The comparison, by cases as data: every folder of `testdata/reconcile/` is a case, read, compared and
//! checked to the letter.

mod case;
mod promises;
mod properties;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ajantasa::address::{AnyAddress, PostalAddress};
use ajantasa::finding::{Finding, FindingKind};
use ajantasa::person::{AddressKind, Answer, DatedAddress, PersonName};
use ajantasa::protected::{Protected, Protection};
use ajantasa::reconcile::{Quiet, Reconciliation, check, reconcile};

use case::{Case, ExpectedFinding, Read, cases};

/// How many cases must raise each kind, and how many must come near and not.
const AT_LEAST: usize = 4;

#[test]
fn every_case_finds_exactly_what_it_says() {
    let mut wrong = String::new();
    for (name, case) in cases() {
        let read = case.read();
        let outcome = reconcile(&read.subject());
        for complaint in complaints(&case, &read, &outcome) {
            writeln!(wrong, "{name}: {complaint}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_kind_is_raised_by_four_cases_and_nearly_raised_by_four() {
    let mut raised: BTreeMap<FindingKind, usize> = BTreeMap::new();
    let mut near: BTreeMap<FindingKind, usize> = BTreeMap::new();
    for (_, case) in cases() {
        for finding in &case.expect.findings {
            *raised.entry(finding.kind).or_default() += 1;
        }
        for &kind in &case.near_miss_of {
            *near.entry(kind).or_default() += 1;
        }
    }
    println!("{:<26} {:>6} {:>10}", "kind", "raised", "not raised");
    for kind in FindingKind::ALL {
        let count = |counts: &BTreeMap<FindingKind, usize>| counts.get(&kind).copied().unwrap_or_default();
        println!("{:<26} {:>6} {:>10}", kind.as_str(), count(&raised), count(&near));
    }
    for kind in FindingKind::ALL {
        for (word, counts) in [("raised", &raised), ("nearly raised", &near)] {
            let count = counts.get(&kind).copied().unwrap_or_default();
            assert!(count >= AT_LEAST, "{} is {word} by {count} cases only", kind.as_str());
        }
    }
}

#[test]
fn every_rule_and_every_reason_for_silence_has_a_case() {
    let mut rules = BTreeSet::new();
    let mut quiet = BTreeSet::new();
    for (_, case) in cases() {
        let read = case.read();
        let outcome = reconcile(&read.subject());
        for finding in &outcome.findings {
            rules.insert(finding.rule.code());
            rules.extend(finding.remarks.iter().map(|remark| remark.code()));
        }
        quiet.extend(outcome.quiet);
    }
    let missing: Vec<_> =
        Quiet::ALL.iter().filter(|reason| !quiet.contains(reason)).map(|reason| reason.code()).collect();
    assert!(missing.is_empty(), "no case is quiet for: {missing:?}");
    let sentences: BTreeSet<_> = Quiet::ALL.iter().map(|reason| reason.sentence()).collect();
    assert_eq!(sentences.len(), Quiet::ALL.len());
    let missing: Vec<_> = case::RULES.iter().filter(|rule| !rules.contains(*rule)).collect();
    assert!(missing.is_empty(), "no case is found by: {missing:?}");
}

#[test]
fn a_name_is_proposed_without_the_space_around_it() {
    let mut read = case::case("name-trailing-spaces-are-not-written").read();
    let Answer::Found(record) = &mut read.answer else { panic!("the case has an answer") };
    record.name = Some(PersonName {
        last_name: " Mallila ".to_owned(),
        first_names: " Elsa ".to_owned(),
        name_in_use: None,
    });
    let outcome = reconcile(&read.subject());
    let proposed: Vec<&str> = outcome
        .findings
        .iter()
        .flat_map(|found| &found.fields)
        .map(|field| field.proposed.as_str())
        .collect();
    assert_eq!(proposed, ["Mallila", "Elsa"]);
}

#[test]
fn an_address_that_says_nothing_is_never_picked() {
    let mut read = case::case("address-moved-closed-old-address-follows-the-new").read();
    let Answer::Found(record) = &mut read.answer else { panic!("the case has an answer") };
    let mut contact = record.contact.for_sealing().clone();
    contact.addresses.push(DatedAddress {
        kind: AddressKind::PostalDomestic,
        address: AnyAddress::Postal(PostalAddress::default()),
        starts: None,
        ends: None,
    });
    record.contact = Protected::new(contact, Protection::No);
    let outcome = reconcile(&read.subject());
    assert_eq!(outcome.findings[0].rule.code(), "address_permanent_domestic");
}

#[test]
fn a_row_kept_under_protection_is_not_compared_whatever_the_answer_says() {
    let mut read = case::case("address-moved-closed-old-address-follows-the-new").read();
    let contact = read.patron.contact.for_sealing().clone();
    read.patron.contact = Protected::new(contact, Protection::Yes);
    let outcome = reconcile(&read.subject());
    assert!(outcome.findings.is_empty());
}

#[test]
fn the_same_evidence_is_recognised_whatever_happens_to_the_patron_s_row() {
    for (name, case) in cases() {
        let mut read = case.read();
        let before = reconcile(&read.subject());
        read.patron.version += 1;
        read.patron.card_number.push('9');
        let after = reconcile(&read.subject());
        let evidence = |outcome: &Reconciliation| -> Vec<Vec<u8>> {
            outcome.findings.iter().map(|finding| finding.evidence.clone()).collect()
        };
        assert_eq!(evidence(&before), evidence(&after), "{name}");
        assert!(before.findings.iter().all(|finding| !finding.evidence.is_empty()), "{name}");
    }
}

#[test]
fn no_reason_holds_a_personal_value() {
    for (name, case) in cases() {
        let read = case.read();
        for finding in &reconcile(&read.subject()).findings {
            let reason = finding.reason();
            for value in [&case.patron.last_name, &case.patron.street_address, &case.patron.identity_code] {
                assert!(value.is_empty() || !reason.contains(value.as_str()), "{name}: {reason}");
            }
            for field in finding.fields.iter().filter(|field| field.proposed.len() > 2) {
                assert!(!reason.contains(&field.proposed), "{name}: {reason}");
            }
        }
    }
}

#[test]
fn debug_shows_nothing_that_vtj_said() {
    for (name, case) in cases() {
        let read = case.read();
        for finding in reconcile(&read.subject()).findings {
            let shown = format!("{finding:?}");
            let evidence = format!("{:?}", finding.evidence);
            assert!(!shown.contains(evidence.trim_matches(['[', ']'])), "{name}");
            for field in finding.fields.iter().filter(|field| field.proposed.len() > 2) {
                assert!(!shown.contains(&field.proposed), "{name}");
            }
        }
    }
}

fn complaints(case: &Case, read: &Read, outcome: &Reconciliation) -> Vec<String> {
    let mut found = Vec::new();
    if case.expect.findings.is_empty() && case.expect.quiet.is_empty() {
        found.push("says neither what is found nor why nothing is".to_owned());
    }
    let kinds =
        |kinds: Vec<FindingKind>| -> Vec<&str> { kinds.into_iter().map(FindingKind::as_str).collect() };
    let expected = kinds(case.expect.findings.iter().map(|finding| finding.kind).collect());
    let actual = kinds(outcome.findings.iter().map(|finding| finding.kind).collect());
    if expected == actual {
        let pairs = case.expect.findings.iter().zip(&outcome.findings);
        found.extend(pairs.filter_map(|(expected, finding)| disagreement(expected, finding)));
    } else {
        found.push(format!("expects {expected:?}, finds {actual:?}, quiet {:?}", outcome.quiet));
    }
    for reason in &case.expect.quiet {
        if !outcome.quiet.iter().any(|quiet| quiet.code() == reason) {
            found.push(format!("expects to be quiet for {reason}, is for {:?}", outcome.quiet));
        }
    }
    if let Some(noise) = &case.expect.noise {
        let actual = outcome.address_noise.map(ajantasa::address::Noise::as_str);
        if actual != Some(noise.as_str()) {
            found.push(format!("expects the noise {noise}, finds {actual:?}"));
        }
    }
    for kind in &case.near_miss_of {
        if outcome.findings.iter().any(|finding| finding.kind == *kind) {
            found.push(format!("is a near miss of {} and raises it", kind.as_str()));
        }
    }
    found.extend(check(&read.subject(), &outcome.findings).err().map(|broken| broken.to_string()));
    found
}

fn disagreement(expected: &ExpectedFinding, finding: &Finding) -> Option<String> {
    let actual = ExpectedFinding::of(finding);
    (&actual != expected).then(|| format!("expects {expected:#?}, finds {actual:#?}"))
}
