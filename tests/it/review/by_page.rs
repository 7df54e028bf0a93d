//! Decisions about one item by somebody who has it before their eyes: seen versions, own words, taking back, restoring.

use ajantasa::finding::{Field, FindingKind, RejectReason};
use ajantasa::protected::Protection;
use ajantasa::review::listing::{self, ListFilter, Neighbours};
use ajantasa::review::single::{self, Seen};
use ajantasa::review::{self, Rejection, ReviewError, Viewer};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::finding::{FindingRow, SealedFinding};
use ajantasa::store::{awaited_visit, data_key};
use ajantasa::task::Task;
use chrono::{Duration, TimeDelta};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use uuid::Uuid;

use super::{Library, Someone};
use crate::database::both;

fn minute() -> Duration {
    Duration::seconds(60)
}

/// The item with what is sealed of it, and whether it waits for a visit.
async fn whole(library: &Library<'_>, number: usize, kind: FindingKind) -> (FindingRow, SealedFinding, bool) {
    let row = library.finding(number, kind).await;
    let keyring =
        data_key::keyring(&library.context.db, &library.context.vault, &[row.patron]).await.unwrap();
    let mut tx = library.context.db.read().await.unwrap();
    let waits = awaited_visit::waits(&mut tx, row.id).await.unwrap();
    let content = row.open(&keyring).unwrap();
    (row, content, waits)
}

/// The same without what every change moves on.
fn lasting((row, content, waits): (FindingRow, SealedFinding, bool)) -> (String, String, bool) {
    let at = row.opened_at;
    let row = FindingRow { version: 0, updated_at: at, sealed: None, ..row };
    (format!("{row:?}"), serde_json::to_string(&content).unwrap(), waits)
}

async fn seen(library: &Library<'_>, number: usize, kind: FindingKind) -> Seen {
    let row = library.finding(number, kind).await;
    Seen { id: row.id, version: row.version }
}

/// What a person can say about an item.
#[derive(Debug, Clone)]
enum Word {
    Approve,
    Edit(String),
    Reject,
    Snooze(i64, bool),
    Look,
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        Just(Word::Approve),
        "[A-ZÅÄÖ][a-zåäö]{2,9} [1-9]".prop_map(Word::Edit),
        Just(Word::Reject),
        (1..90_i64, any::<bool>()).prop_map(|(days, visit)| Word::Snooze(days, visit)),
        Just(Word::Look),
    ]
}

async fn say(
    library: &Library<'_>,
    account: &ProvedAccount,
    word: &Word,
    seen: Seen,
) -> Result<(), ReviewError> {
    let context = &library.context;
    match word {
        Word::Approve => single::approve(context, account, seen, Vec::new(), minute()).await.map(drop),
        Word::Edit(street) => {
            let texts = vec![(Field::StreetAddress, street.clone())];
            single::approve(context, account, seen, texts, minute()).await.map(drop)
        }
        Word::Reject => {
            let rejection = Rejection { reason: RejectReason::PatronNewer, note: Some("a note".to_owned()) };
            single::reject(context, account, seen, rejection).await.map(drop)
        }
        Word::Snooze(days, visit) => {
            let until = library.clock_now() + TimeDelta::days(*days);
            single::snooze(context, account, seen, until, *visit).await.map(drop)
        }
        Word::Look => review::show(context, &Viewer::Proved(account.clone()), seen.id).await.map(drop),
    }
}

both! {
    async fn whatever_was_said_last_is_taken_back_to_exactly_what_was_before(database: &TestDb) {
        let library = Library::of(database);
        let mut runner = TestRunner::deterministic();
        let anna = library.reviewer("anna", &["710"]).await;
        let outi = library.reviewer("outi", &["710"]).await;
        let kind = FindingKind::AddressChange;
        for number in 1..=25 {
            library.meet(&[Someone::moved(number)]).await;
            let words = proptest::collection::vec(word(), 1..5).new_tree(&mut runner).unwrap().current();
            for word in words {
                let before = whole(&library, number, kind).await;
                let seen = seen(&library, number, kind).await;
                say(&library, &anna, &word, seen).await.unwrap();
                if let Word::Look = word {
                    continue;
                }
                library.wait(1);
                let others = single::take_back(&library.context, &outi, seen.id, minute()).await;
                assert!(matches!(others, Err(ReviewError::WindowClosed)), "{word:?}");
                single::take_back(&library.context, &anna, seen.id, minute()).await.unwrap();
                let after = whole(&library, number, kind).await;
                assert_eq!(lasting(after), lasting(before), "{word:?}");
                let again = single::take_back(&library.context, &anna, seen.id, minute()).await;
                assert!(matches!(again, Err(ReviewError::WindowClosed)), "{word:?}");
                // What is put off lets the next word begin there.
                if let Word::Snooze(..) = word {
                    let seen = super::by_page::seen(&library, number, kind).await;
                    say(&library, &anna, &word, seen).await.unwrap();
                }
            }
        }
    }

    async fn after_a_minute_nothing_is_taken_back(database: &TestDb) {
        let library = Library::of(database);
        let kind = FindingKind::AddressChange;
        let anna = library.reviewer("anna", &["710"]).await;
        for (number, word) in [(1, Word::Approve), (2, Word::Reject), (3, Word::Snooze(3, true))] {
            library.meet(&[Someone::moved(number)]).await;
            let seen = seen(&library, number, kind).await;
            say(&library, &anna, &word, seen).await.unwrap();
            library.wait(60);
            let late = single::take_back(&library.context, &anna, seen.id, minute()).await;
            assert!(matches!(late, Err(ReviewError::WindowClosed)), "{word:?}");
        }
    }

    async fn a_decision_about_another_version_than_was_seen_is_refused(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let kind = FindingKind::AddressChange;
        let anna = library.reviewer("anna", &["710"]).await;
        let outi = library.reviewer("outi", &["710"]).await;
        let old = seen(&library, 1, kind).await;
        say(&library, &anna, &Word::Snooze(3, false), old).await.unwrap();
        for word in [Word::Approve, Word::Edit("Muutie 2".to_owned()), Word::Reject, Word::Snooze(9, false)] {
            let refused = say(&library, &outi, &word, old).await.unwrap_err();
            assert!(matches!(refused, ReviewError::ChangedMeanwhile { .. }), "{word:?} {refused}");
        }
        assert_eq!(library.state(old.id).await, "snoozed");
    }

    async fn edited_words_are_written_to_the_letter_and_nothing_else_is(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let seen = seen(&library, 1, FindingKind::AddressChange).await;
        let (_, before) = library.patron(1).await;
        let street = "Uusitie 1 <b>&\"' C";
        let texts = vec![(Field::StreetAddress, format!("  {street} ")), (Field::CareOf, "c/o Muu".to_owned())];
        single::approve(&library.context, &anna, seen, texts, minute()).await.unwrap();
        library.wait(61);
        library.run(Task::Apply).await;
        assert_eq!(library.state(seen.id).await, "confirmed");
        let (row, after) = library.patron(1).await;
        let mut expected = before.contact.clone();
        street.clone_into(&mut expected.address.street_address);
        "c/o Muu".clone_into(&mut expected.address.care_of);
        assert_eq!(serde_json::to_value(&after.contact).unwrap(), serde_json::to_value(&expected).unwrap());
        assert_eq!((row.last_name.as_str(), row.first_names.as_str()), ("Testinen", "Tiina"));
        let sources: Value = serde_json::from_str(&row.sources).unwrap();
        let names: Vec<&String> = sources.as_object().unwrap().keys().collect();
        assert_eq!(names, ["care_of", "street_address"]);
        assert_eq!(sources["street_address"]["edited_by"], "anna");
        assert_eq!(sources["street_address"]["source"], "vtj");
        // VTJ still says what was not taken: it is not put before anybody again, as long as the register keeps the words.
        library.compare_again().await;
        assert!(library.list(&Viewer::Anonymous).await.is_empty());
        library.rewrite_street(1, "Vanhatie 1").await;
        library.compare_again().await;
        assert_eq!(library.list(&Viewer::Anonymous).await.len(), 1);
    }

    async fn what_a_column_cannot_hold_and_what_changes_nothing_is_not_approved(database: &TestDb) {
        let library = Library::of(database);
        let doubtful = Someone { protection: Protection::Unknown, held: Protection::Unknown, vtj_last_name: "Toinen", ..Someone::at_home(2) };
        library.meet(&[Someone::moved(1), doubtful, Someone::dead(3)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let address = seen(&library, 1, FindingKind::AddressChange).await;
        let long = "x".repeat(501);
        for (field, text) in [
            (Field::StreetAddress, "a\nb"), (Field::StreetAddress, long.as_str()), (Field::City, "\u{202e}x"),
            (Field::Country, "Sverige"),
        ] {
            let texts = vec![(field, text.to_owned())];
            let bad = single::approve(&library.context, &anna, address, texts, minute()).await.unwrap_err();
            assert!(matches!(bad, ReviewError::BadText(column, _) if column == field), "{bad}");
        }
        let same = vec![(Field::StreetAddress, "Vanhatie 1".to_owned())];
        let nothing = single::approve(&library.context, &anna, address, same, minute()).await.unwrap_err();
        assert!(matches!(nothing, ReviewError::NothingToWrite), "{nothing}");
        let name = seen(&library, 2, FindingKind::NameChange).await;
        let death = seen(&library, 3, FindingKind::Death).await;
        for (other, field) in [(name, Field::LastName), (death, Field::LastName), (address, Field::Language)] {
            let texts = vec![(field, "Muu".to_owned())];
            let done = single::approve(&library.context, &anna, other, texts, minute()).await;
            if other == address {
                // A column of another kind is left alone: the proposal itself is approved.
                assert_eq!(whole(&library, 1, FindingKind::AddressChange).await.1.edited, []);
            } else {
                assert!(matches!(done, Err(ReviewError::NothingToWrite)));
            }
        }
        let empty = vec![(Field::LastName, " ".to_owned())];
        library.meet(&[Someone { vtj_last_name: "Toinen", ..Someone::at_home(4) }]).await;
        let name = seen(&library, 4, FindingKind::NameChange).await;
        let bad = single::approve(&library.context, &anna, name, empty, minute()).await.unwrap_err();
        assert!(matches!(bad, ReviewError::BadText(Field::LastName, _)), "{bad}");
    }

    async fn what_was_written_is_restored_if_the_register_still_has_it(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let outi = library.reviewer("outi", &["710"]).await;
        let original = seen(&library, 1, FindingKind::AddressChange).await;
        let early = review::revert(&library.context, &outi, original.id, minute()).await.unwrap_err();
        assert!(matches!(early, ReviewError::NotRevertible), "{early}");
        say(&library, &anna, &Word::Approve, original).await.unwrap();
        library.wait(61);
        library.run(Task::Apply).await;
        assert_eq!(library.patron(1).await.1.contact.address.street_address, "Uusitie 1");
        let undone = review::revert(&library.context, &outi, original.id, minute()).await.unwrap();
        let twice = review::revert(&library.context, &outi, original.id, minute()).await.unwrap_err();
        assert!(matches!(twice, ReviewError::NewerItem), "{twice}");
        single::take_back(&library.context, &outi, undone.id, minute()).await.unwrap();
        assert_eq!(library.state(undone.id).await, "closed");

        let restoring = review::revert(&library.context, &outi, original.id, minute()).await.unwrap();
        library.compare_again().await;
        assert_eq!(library.state(restoring.id).await, "decided");
        library.wait(61);
        library.run(Task::Apply).await;
        assert_eq!(library.state(restoring.id).await, "confirmed");
        let (row, columns) = library.patron(1).await;
        assert_eq!(columns.contact.address.street_address, "Vanhatie 1");
        let sources: Value = serde_json::from_str(&row.sources).unwrap();
        assert_eq!(sources["street_address"]["source"], "restored");
        assert_eq!(sources["street_address"]["approved_by"], "outi");
        assert_eq!(library.audited("finding.revert").await, 2);
        library.compare_again().await;
        assert!(library.list(&Viewer::Anonymous).await.is_empty(), "VTJ's same word is not put again");
    }

    async fn nothing_is_restored_over_what_the_register_got_since_nor_after_ninety_days(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2), Someone::moved(3)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let mut ids = Vec::new();
        for number in 1..=3 {
            let seen = seen(&library, number, FindingKind::AddressChange).await;
            say(&library, &anna, &Word::Approve, seen).await.unwrap();
            ids.push(seen.id);
        }
        library.wait(61);
        library.run(Task::Apply).await;
        library.rewrite_street(1, "Välitie 3").await;
        let moved = review::revert(&library.context, &anna, ids[0], minute()).await.unwrap_err();
        assert!(matches!(&moved, ReviewError::RegisterMoved(what) if what == "street_address"), "{moved}");
        // The register moves between the decision and the write.
        let restoring = review::revert(&library.context, &anna, ids[1], minute()).await.unwrap();
        library.rewrite_street(2, "Välitie 4").await;
        library.wait(61);
        library.run(Task::Apply).await;
        assert_eq!(library.state(restoring.id).await, "closed");
        assert_eq!(library.patron(2).await.1.contact.address.street_address, "Välitie 4");
        library.clock.advance(TimeDelta::days(90));
        let late = review::revert(&library.context, &anna, ids[2], minute()).await.unwrap_err();
        assert!(matches!(late, ReviewError::NotRevertible), "{late}");
    }

    async fn a_visit_brings_back_every_case_of_the_patron_that_waited_for_it(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone { vtj_last_name: "Toinen", ..Someone::moved(1) },
            Someone::moved(2),
        ]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        for (number, kind, visit) in [
            (1, FindingKind::AddressChange, true), (1, FindingKind::NameChange, false), (2, FindingKind::AddressChange, true),
        ] {
            let seen = seen(&library, number, kind).await;
            say(&library, &anna, &Word::Snooze(30, visit), seen).await.unwrap();
        }
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        assert_eq!(review::visited(&library.context, &anna, id).await.unwrap(), 1);
        assert_eq!(library.state(id).await, "opened");
        assert_eq!(library.finding(1, FindingKind::NameChange).await.state, "snoozed");
        assert_eq!(library.finding(2, FindingKind::AddressChange).await.state, "snoozed");
        assert_eq!(library.audited("finding.visit").await, 1);
        library.clock.advance(TimeDelta::days(31));
        library.run(Task::Housekeeping).await;
        assert_eq!(library.finding(2, FindingKind::AddressChange).await.state, "opened");
    }

    async fn whoever_is_disqualified_sees_and_decides_no_case_of_the_patron_again(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { vtj_last_name: "Toinen", ..Someone::moved(1) }, Someone::moved(2)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let outi = library.reviewer("outi", &["710"]).await;
        let elsewhere = library.reviewer("elina", &["078"]).await;
        let address = library.finding(1, FindingKind::AddressChange).await.id;
        let name = library.finding(1, FindingKind::NameChange).await.id;
        let refused = review::disqualify(&library.context, &anna, address, Some(elsewhere.id)).await.unwrap_err();
        assert!(matches!(refused, ReviewError::NotTheirs), "{refused}");
        review::assign(&library.context, &anna, name, Some(anna.id)).await.unwrap();
        review::disqualify(&library.context, &anna, address, Some(outi.id)).await.unwrap();
        let viewer = Viewer::Proved(anna.clone());
        for id in [address, name] {
            let hidden = review::show(&library.context, &viewer, id).await.unwrap_err();
            assert!(matches!(hidden, ReviewError::Disqualified), "{hidden}");
            let undecided = single::approve(&library.context, &anna, Seen { id, version: 1 }, Vec::new(), minute()).await;
            assert!(matches!(undecided, Err(ReviewError::Disqualified)));
            let back = review::assign(&library.context, &outi, id, Some(anna.id)).await.unwrap_err();
            assert!(matches!(back, ReviewError::NotTheirs), "{back}");
        }
        let cards: Vec<String> = library.list(&viewer).await.into_iter().map(|item| item.card_number).collect();
        assert_eq!(cards, ["C2"]);
        let second = library.finding(2, FindingKind::AddressChange).await.id;
        let around = listing::neighbours(&library.context, &anna, &ListFilter::default(), second).await;
        assert_eq!(around.unwrap(), Neighbours::default());
        let open = review::open_case(&library.context, &outi, Uuid::nil(), address, false, minute()).await.unwrap();
        assert_eq!(open.holder.unwrap().account, outi.id);
        let open = review::open_case(&library.context, &outi, Uuid::nil(), name, false, minute()).await.unwrap();
        assert!(open.holder.is_none() && open.colleagues.is_empty());
        assert_eq!(library.audited("finding.disqualify").await, 1);
    }

    async fn a_protected_case_is_open_to_the_cleared_and_masked_until_it_is_revealed(database: &TestDb) {
        let library = Library::of(database);
        let protected = Someone { protection: Protection::Yes, held: Protection::Yes, vtj_last_name: "Toinen", ..Someone::at_home(1) };
        library.meet(&[protected]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let leena = library.account("leena", Role::Reviewer, &["710"], true).await;
        let id = library.finding(1, FindingKind::NameChange).await.id;
        let hidden = review::open_case(&library.context, &anna, Uuid::nil(), id, true, minute()).await.unwrap_err();
        assert!(matches!(hidden, ReviewError::NeedsClearance), "{hidden}");
        for revealed in [false, true] {
            let open = review::open_case(&library.context, &leena, Uuid::nil(), id, revealed, minute()).await.unwrap();
            let street = open.unchanged.iter().find(|column| column.field == Field::StreetAddress).unwrap();
            assert_eq!(street.current.is_some(), revealed);
            assert_eq!(open.item.municipality.is_some(), revealed);
            assert!(!open.editable);
        }
        assert_eq!(library.audited("finding.show").await, 2);
    }
}
