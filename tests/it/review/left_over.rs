//! What a kill or a restored backup leaves: rows that do not open, and data keys that nothing needs.

use ajantasa::finding::FindingKind;
use ajantasa::patrons;
use ajantasa::review::Viewer;
use ajantasa::store::{self, data_key, new_id, patron_upkeep};
use ajantasa::task::Task;
use uuid::Uuid;

use super::{Library, Someone, at};
use crate::database::both;

/// A little more than a day.
const DAY: i64 = 86_401;

impl Library<'_> {
    async fn versions(&self, patron: Uuid) -> Vec<i64> {
        let keyring = data_key::keyring(&self.context.db, &self.context.vault, &[patron]).await.unwrap();
        (1..9).filter(|version| keyring.get(patron, *version).is_ok()).collect()
    }

    async fn replace_key(&self, patron: Uuid) {
        let db = &self.context.db;
        let mut keyring = data_key::keyring(db, &self.context.vault, &[patron]).await.unwrap();
        data_key::replace(db, &self.context.vault, &mut keyring, &[patron], self.clock_now()).await.unwrap();
    }

    async fn count_keys(&self) -> i64 {
        let mut tx = self.context.db.read_keys().await.unwrap();
        data_key::count(&mut tx).await.unwrap()
    }

    async fn seal_anew(&self, number: usize) {
        let (row, columns) = self.patron(number).await;
        let mut person = self.person(number).await;
        let db = &self.context.db;
        let keyring = data_key::keyring(db, &self.context.vault, &[row.id]).await.unwrap();
        let key = keyring.newest(row.id).unwrap();
        let known = person.open(&keyring).unwrap();
        person.reseal(key, &known).unwrap();
        let sealed = store::patron::seal(key, &columns).unwrap();
        let mut tx = db.begin().await.unwrap();
        store::patron::reseal(&mut tx, &row, key.version, &sealed).await.unwrap();
        store::person::update(&mut tx, &person).await.unwrap();
        tx.commit("test").await.unwrap();
    }
}

both! {
    async fn a_patron_whose_rows_do_not_open_is_not_followed_and_stops_nobody_else(database: &TestDb) {
        let library = Library::of(database);
        for number in 1..=3 {
            library.add(&Someone::at_home(number)).await;
        }
        let lost = library.patron(2).await.0.id;
        patron_upkeep::destroy_keys(&library.context.db, &[lost]).await.unwrap();
        database.execute("UPDATE person SET enrol_due = TRUE").await;
        let report = library.run(Task::Enrol).await;
        assert_eq!((report.examined, report.changed, report.errors), (3, 2, 1));
        let mut tx = library.context.db.read().await.unwrap();
        let person = store::person::by_patrons(&mut tx, &[lost]).await.unwrap().remove(0);
        drop(tx);
        assert_eq!(person.unfollowed_because.as_deref(), Some("does_not_open"));
        assert!(!person.enrol_due && person.refresh_due_at.is_none());
        for number in [1, 3] {
            assert_eq!(library.person(number).await.follow_state, "waiting");
        }
        assert_eq!(library.audited("person.unfollow").await, 1);
        assert_eq!(library.run(Task::Enrol).await.errors, 0, "asked about once");
    }

    async fn whose_rows_open_again_is_followed_after_the_next_housekeeping(database: &TestDb) {
        let library = Library::of(database);
        library.add(&Someone::at_home(1)).await;
        database.execute("UPDATE patron SET key_version = 7").await;
        database.execute("UPDATE person SET enrol_due = TRUE").await;
        assert_eq!(library.run(Task::Enrol).await.errors, 1);
        library.run(Task::Housekeeping).await;
        assert_eq!(library.run(Task::Enrol).await.errors, 1);
        database.execute("UPDATE patron SET key_version = 1").await;
        assert_eq!(library.run(Task::Enrol).await.examined, 0);
        library.run(Task::Housekeeping).await;
        library.run(Task::Enrol).await;
        assert_eq!(library.person(1).await.follow_state, "waiting");
    }

    async fn an_item_that_does_not_open_is_listed_without_its_columns_among_the_others(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        let bad = library.finding(1, FindingKind::AddressChange).await;
        let bytes = if database.is_sqlite() { "x'010203'" } else { "'\\x010203'" };
        database.execute(&format!(
            "UPDATE finding SET sealed = {bytes}
             WHERE patron IN (SELECT id FROM patron WHERE patron_id = 'P1')"
        )).await;
        let items = library.list(&Viewer::Anonymous).await;
        assert_eq!(items.len(), 2);
        let columns = |card: &str| items.iter().find(|item| item.card_number == card).unwrap().fields.len();
        assert_eq!((columns("C1"), columns("C2")), (0, 1));
        assert!(items.iter().any(|item| item.id == bad.id));
    }

    async fn old_versions_of_a_key_go_when_nothing_is_sealed_with_them_any_more(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::at_home(2)]).await;
        let (moved, at_home) = (library.patron(1).await.0.id, library.patron(2).await.0.id);
        library.wait(DAY);
        for patron in [moved, at_home] {
            library.replace_key(patron).await;
        }
        library.seal_anew(1).await;
        library.wait(DAY - 2);
        library.seal_anew(2).await;
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0, "made less than a day ago");
        library.wait(2);
        assert_eq!(library.run(Task::Housekeeping).await.changed, 1);
        assert_eq!(library.versions(moved).await, [1, 2], "a finding is sealed with the old one");
        assert_eq!(library.versions(at_home).await, [2]);
        library.patron(2).await;
        assert_eq!(library.audited("data_key.destroy").await, 1);

        let mut tx = library.context.db.begin().await.unwrap();
        store::finding::wipe(&mut tx, moved).await.unwrap();
        tx.commit("test").await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 1);
        assert_eq!(library.versions(moved).await, [2]);
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0);
        assert_eq!(library.audited("data_key.destroy").await, 2);
    }

    async fn a_new_key_that_nothing_was_sealed_with_yet_leaves_the_old_one(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1)]).await;
        let patron = library.patron(1).await.0.id;
        library.replace_key(patron).await;
        library.wait(DAY);
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0);
        assert_eq!(library.versions(patron).await, [1, 2]);
        library.patron(1).await;
    }

    async fn keys_of_an_import_that_was_killed_go_after_a_day_and_no_others(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        let context = &library.context;
        let nobody: Vec<Uuid> = (0..700).map(|_| new_id(library.clock_now())).collect();
        data_key::create(&context.db, &context.vault, &nobody, library.clock_now()).await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0);
        library.wait(DAY);
        let fresh = [new_id(library.clock_now())];
        data_key::create(&context.db, &context.vault, &fresh, library.clock_now()).await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 700);
        assert_eq!(library.count_keys().await, 3);
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0);
        library.patron(1).await;
        library.patron(2).await;
    }

    async fn keys_of_another_database_are_left_alone(database: &TestDb) {
        let library = Library::of(database);
        let context = &library.context;
        let many: Vec<Uuid> = (0..2_001).map(|_| new_id(at("2026-01-01T10:00:00Z"))).collect();
        data_key::create(&context.db, &context.vault, &many[..5], at("2026-01-01T10:00:00Z")).await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0, "there is no patron at all");
        library.meet(&[Someone::at_home(1)]).await;
        data_key::create(&context.db, &context.vault, &many[5..], at("2026-01-01T10:00:00Z")).await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 0, "no import leaves so many");
        assert_eq!(library.count_keys().await, 2_002);
    }

    async fn the_key_of_somebody_forgotten_that_a_kill_left_goes_in_the_next_round(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::at_home(1), Someone::at_home(2)]).await;
        let context = &library.context;
        let patron = library.patron(1).await.0.id;
        let desk = patrons::Context::from(context);
        patrons::forget(&desk, "C1", "asked to be forgotten").await.unwrap();
        data_key::create(&context.db, &context.vault, &[patron], library.clock_now()).await.unwrap();
        assert_eq!(library.run(Task::Housekeeping).await.changed, 1);
        assert_eq!(library.count_keys().await, 1);
    }
}
