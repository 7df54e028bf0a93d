//! What an approval changes, in the register and in our own records.

use std::sync::Arc;

use ajantasa::finding::{FindingKind, RejectReason};
use ajantasa::person::Death;
use ajantasa::protected::Protection;
use ajantasa::register::{EmbeddedRegister, ReadOnly};
use ajantasa::review::{self, Effect, Rejection, Viewer};
use ajantasa::staff::Role;
use ajantasa::store::estate;
use ajantasa::store::person::SealedPerson;
use ajantasa::task::{self, Task};
use chrono::Duration;
use uuid::Uuid;

use super::{Library, Someone, code, only};
use crate::database::{both, damage_keys, mend_keys};

/// A person cleared for everything approves, and the window passes.
async fn approved(library: &Library<'_>, number: usize, kind: FindingKind) -> Uuid {
    let name = format!("leena{number}{}", kind.as_str());
    let leena = library.account(&name, Role::Reviewer, &["710"], true).await;
    let id = library.finding(number, kind).await.id;
    let window = Effect::After(Duration::seconds(60));
    only(review::approve(&library.context, &leena, &[id], window).await).unwrap();
    library.wait(60);
    id
}

both! {
    async fn an_approved_address_is_written_with_its_source_and_read_back(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { notes: "use_ban;wrong_contact_details", ..Someone::moved(1) }]).await;
        let id = approved(&library, 1, FindingKind::AddressChange).await;
        let report = library.run(Task::Apply).await;
        assert_eq!((report.examined, report.changed, report.errors), (1, 1, 0));
        assert_eq!(library.state(id).await, "confirmed");
        let (row, columns) = library.patron(1).await;
        assert_eq!(columns.contact.address.street_address, "Uusitie 1");
        assert_eq!((row.version, row.notes.as_str()), (2, "use_ban"));
        let sources: serde_json::Value = serde_json::from_str(&row.sources).unwrap();
        let source = &sources["street_address"];
        assert_eq!((&source["source"], &source["finding"]), (&"vtj".into(), &id.to_string().into()));
        assert_eq!(source["approved_by"], "leena1address_change");
        assert_eq!(source["at"], "2026-11-21T10:01:00Z");
        assert_eq!(library.audited("finding.apply").await, 2);
        let again = library.run(Task::Apply).await;
        assert_eq!((again.examined, again.changed), (0, 0));
        library.run(Task::Reconcile).await;
        assert!(library.list(&Viewer::Anonymous).await.is_empty());
    }

    async fn nothing_is_written_before_the_window_has_passed_or_while_frozen(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        let id = approved(&library, 1, FindingKind::AddressChange).await;
        library.wait(-1);
        let report = library.run(Task::Apply).await;
        assert_eq!((report.examined, report.waiting), (0, 1));
        library.wait(1);
        database.execute("UPDATE person SET frozen = TRUE").await;
        let report = library.run(Task::Apply).await;
        assert_eq!((report.changed, report.waiting), (0, 1));
        assert_eq!(library.state(id).await, "decided");
        assert_eq!(library.patron(1).await.1.contact.address.street_address, "Vanhatie 1");
    }

    async fn a_finding_whose_key_is_damaged_waits_and_the_others_are_written(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        let bad = approved(&library, 1, FindingKind::AddressChange).await;
        let good = approved(&library, 2, FindingKind::AddressChange).await;
        let keys = damage_keys(&library.context.db, library.patron(1).await.0.id).await;
        let report = library.run(Task::Apply).await;
        assert_eq!((report.examined, report.changed, report.errors), (2, 1, 1));
        assert_eq!((library.state(bad).await.as_str(), library.state(good).await.as_str()), ("decided", "confirmed"));
        assert_eq!(library.list(&Viewer::Anonymous).await.len(), 0, "decided ones are not listed");
        mend_keys(&library.context.db, &keys).await;
        assert_eq!(library.run(Task::Apply).await.changed, 1);
        assert_eq!(library.patron(1).await.1.contact.address.street_address, "Uusitie 1");
    }

    async fn what_moved_after_the_approval_goes_back_to_the_queue(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2), Someone::moved(3)]).await;
        let moved = approved(&library, 1, FindingKind::AddressChange).await;
        let gone = approved(&library, 2, FindingKind::AddressChange).await;
        let protected = approved(&library, 3, FindingKind::AddressChange).await;
        library.rewrite_street(1, "Välitie 3").await;
        library.rewrite_street(2, "Uusitie 1").await;
        database.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'P3'").await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(moved).await, "stale");
        assert_eq!(library.state(gone).await, "closed");
        assert_eq!(library.state(protected).await, "closed");
        assert_eq!(library.patron(1).await.1.contact.address.street_address, "Välitie 3");
        assert_eq!(library.patron(3).await.1.contact.address.street_address, "Vanhatie 1");
        let item = library.list(&Viewer::Anonymous).await.remove(0);
        assert_eq!(item.moved.as_deref(), Some("street_address"));
    }

    async fn a_confirmed_death_opens_an_estate_and_tells_those_it_answered_for(database: &TestDb) {
        let library = Library::of(database);
        let child = Someone { guarantor: Some("P1".to_owned()), ..Someone::at_home(2) };
        library.meet(&[Someone::dead(1), child]).await;
        let id = approved(&library, 1, FindingKind::Death).await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "confirmed");
        let person = library.person(1).await;
        assert!(person.held_as_dead && person.frozen);
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(estate::count_open(&mut tx).await.unwrap(), 1);
        drop(tx);
        library.run(Task::Reconcile).await;
        library.finding(2, FindingKind::GuarantorDeceased).await;
    }

    async fn a_death_taken_back_restores_what_was_held(database: &TestDb) {
        let library = Library::of(database);
        let alive = Some(Death { dead: false, date: None, declared: false });
        let known = SealedPerson { death_signal: alive, ..SealedPerson::default() };
        library.meet(&[Someone { dead: true, death: alive, known, ..Someone::moved(1) }]).await;
        let id = approved(&library, 1, FindingKind::DeathWithdrawn).await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "confirmed");
        let person = library.person(1).await;
        assert!(!person.held_as_dead && !person.frozen);
        library.run(Task::Reconcile).await;
        assert_eq!(library.list(&Viewer::Anonymous).await[0].kind, "address_change");
    }

    async fn a_protection_that_started_is_acknowledged_once(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { protection: Protection::Yes, held: Protection::Yes, ..Someone::moved(1) }]).await;
        let id = approved(&library, 1, FindingKind::ProtectionStarted).await;
        library.run(Task::Apply).await;
        assert_eq!(library.state(id).await, "confirmed");
        library.compare_again().await;
        assert!(library.list(&Viewer::Anonymous).await.is_empty());
        assert_eq!(library.person(1).await.protection, "yes");
    }

    async fn protection_ends_by_the_word_of_vtj_and_of_somebody_cleared(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { held: Protection::Yes, ..Someone::moved(1) }]).await;
        let id = approved(&library, 1, FindingKind::ProtectionEnded).await;
        assert_eq!(library.person(1).await.protection, "yes");
        database.execute("UPDATE account SET may_protected = FALSE").await;
        library.run(Task::Apply).await;
        assert_eq!((library.state(id).await.as_str(), library.person(1).await.protection.as_str()), ("stale", "yes"));
        let anna = library.account("anna", Role::Reviewer, &["710"], true).await;
        review::show(&library.context, &Viewer::Proved(anna.clone()), id).await.unwrap();
        let window = Effect::After(Duration::seconds(60));
        only(review::approve(&library.context, &anna, &[id], window).await).unwrap();
        library.wait(60);
        library.run(Task::Apply).await;
        let person = library.person(1).await;
        assert_eq!(person.protection, "no");
        assert!(person.compare_due && person.refresh_due_at.is_some());
    }

    async fn a_new_identity_code_is_written_and_asked_about(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone { new_code: Some(50), ..Someone::at_home(1) }]).await;
        approved(&library, 1, FindingKind::IdentityCodeChanged).await;
        library.run(Task::Apply).await;
        let (row, columns) = library.patron(1).await;
        let index = library.context.vault.code_index(&code(50));
        assert_eq!(columns.code.as_deref(), Some(code(50).expose()));
        assert_eq!(row.code_index, Some(index.clone()));
        assert_eq!(library.person(1).await.code_index, Some(index));
    }

    async fn in_observation_mode_nothing_is_written(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::dead(2)]).await;
        let id = approved(&library, 1, FindingKind::AddressChange).await;
        approved(&library, 2, FindingKind::Death).await;
        let embedded = EmbeddedRegister::new(database.db.clone(), Arc::clone(&library.context.vault));
        let observing = library.rewired(Arc::new(ReadOnly::new(embedded)), true);
        let report = task::run(&observing, Task::Apply).await.unwrap();
        assert_eq!((report.changed, report.waiting), (0, 2));
        assert_eq!(library.state(id).await, "decided");
        assert_eq!(library.patron(1).await.0.version, 1);
        assert!(!library.person(2).await.held_as_dead);
    }

    async fn a_rejected_finding_is_never_written(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let rejection = Rejection { reason: RejectReason::PatronNewer, note: None };
        only(review::reject(&library.context, &anna, &[id], rejection).await).unwrap();
        library.wait(3600);
        assert_eq!(library.run(Task::Apply).await.examined, 0);
        assert_eq!(library.patron(1).await.0.version, 1);
    }
}
