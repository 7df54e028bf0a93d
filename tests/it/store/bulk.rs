//! Batches of bulk approval: their rows, whom they may hold, and what became of invented cases.

use ajantasa::finding::bulk::Exclusion;
use ajantasa::finding::{ChangeClass, FindingState};
use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::bulk::{self, BulkItemRow, BulkRow};
use ajantasa::store::bulk_candidate::{self, Scope};
use ajantasa::store::finding::{self, FindingRow};
use ajantasa::store::{Tx, bulk_class, new_id};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::both;

async fn add_account(tx: &mut Tx, name: &str) -> Uuid {
    let row = AccountRow {
        id: new_id(now()),
        name: name.to_owned(),
        role: "reviewer".to_owned(),
        may_protected: false,
        password_hash: None,
        os_login: Some(name.to_owned()),
        own_card: None,
        ends_on: "2030-01-01".parse().unwrap(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now(),
    };
    account::insert(tx, &row, &["710".to_owned()]).await.unwrap();
    row.id
}

fn batch(account: Uuid) -> BulkRow {
    BulkRow {
        id: new_id(now()),
        account,
        class: "door".to_owned(),
        municipality: Some("710".to_owned()),
        state: "sampling".to_owned(),
        ended_because: None,
        left_out: "stale 2".to_owned(),
        created_at: now(),
        updated_at: now(),
        effective_at: None,
    }
}

fn item(bulk: Uuid, position: i64, finding: Uuid) -> BulkItemRow {
    BulkItemRow {
        bulk,
        position,
        finding: Some(finding),
        finding_version: 1,
        sample: Some(position),
        planted: None,
        verdict: None,
        looked_at: None,
        outcome: None,
        decision: None,
    }
}

fn of_class(patron: Uuid, class: ChangeClass) -> FindingRow {
    FindingRow { change_class: Some(class.as_str().to_owned()), ..finding_row(patron, "address_change") }
}

fn raasepori() -> Scope {
    Scope { municipalities: vec!["710".to_owned()], ..Scope::default() }
}

/// Before every row.
const START: (DateTime<Utc>, Uuid) = (DateTime::UNIX_EPOCH, Uuid::nil());

both! {
    async fn an_old_batch_goes_with_its_list_and_a_newer_one_stays(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let case = finding_row(patrons[0], "address_change");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&case)).await.unwrap();
        let (maija, anna) = (add_account(&mut tx, "maija").await, add_account(&mut tx, "anna").await);
        let old = batch(maija);
        let newer = BulkRow { updated_at: now() + Duration::days(1), ..batch(anna) };
        for row in [&old, &newer] {
            bulk::insert(&mut tx, row).await.unwrap();
            bulk::insert_items(&mut tx, &[item(row.id, 0, case.id)]).await.unwrap();
        }
        assert_eq!(bulk::delete_before(&mut tx, now()).await.unwrap(), 0);
        assert_eq!(bulk::delete_before(&mut tx, now() + Duration::days(1)).await.unwrap(), 1);
        assert!(bulk::get(&mut tx, maija, old.id).await.unwrap().is_none());
        assert!(bulk::items(&mut tx, old.id).await.unwrap().is_empty());
        assert_eq!(bulk::items(&mut tx, newer.id).await.unwrap().len(), 1);
    }

    async fn a_batch_is_its_makers_and_one_at_a_time(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let (maija, anna) = (add_account(&mut tx, "maija").await, add_account(&mut tx, "anna").await);
        let mut row = batch(maija);
        bulk::insert(&mut tx, &row).await.unwrap();
        assert_eq!(bulk::get(&mut tx, maija, row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(bulk::get(&mut tx, anna, row.id).await.unwrap(), None);
        assert_eq!(bulk::locked(&mut tx, anna, row.id).await.unwrap(), None);
        assert_eq!(bulk::locked(&mut tx, maija, row.id).await.unwrap(), Some(row.clone()));
        tx.commit("test").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert!(bulk::insert(&mut tx, &batch(maija)).await.is_err());
        drop(tx);
        let mut tx = database.db.begin().await.unwrap();
        "cancelled".clone_into(&mut row.state);
        row.ended_because = Some("by_hand".to_owned());
        row.updated_at = now() + Duration::seconds(1);
        bulk::update(&mut tx, &row).await.unwrap();
        let second = BulkRow { created_at: now() + Duration::seconds(2), ..batch(maija) };
        bulk::insert(&mut tx, &second).await.unwrap();
        let rows = bulk::of_account(&mut tx, maija, 9).await.unwrap();
        assert_eq!(rows, [second, row]);
    }

    async fn cases_come_back_in_order_and_an_invented_one_is_never_decided(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let rows = [of_class(patrons[0], ChangeClass::Door), of_class(patrons[1], ChangeClass::Door)];
        let mut tx = database.db.begin().await.unwrap();
        let account = add_account(&mut tx, "maija").await;
        finding::insert(&mut tx, &rows).await.unwrap();
        let row = batch(account);
        bulk::insert(&mut tx, &row).await.unwrap();
        let mut items = vec![item(row.id, 0, rows[0].id), item(row.id, 1, rows[1].id)];
        let planted =
            BulkItemRow { finding: None, planted: Some("{}".to_owned()), ..item(row.id, 2, rows[1].id) };
        items.push(planted);
        bulk::insert_items(&mut tx, &items).await.unwrap();
        items[1].verdict = Some("fits".to_owned());
        items[1].looked_at = Some(now());
        items[1].outcome = Some("moved".to_owned());
        items[1].finding_version = 2;
        bulk::update_item(&mut tx, &items[1]).await.unwrap();
        assert_eq!(bulk::items(&mut tx, row.id).await.unwrap(), items);
        let decided = BulkItemRow {
            outcome: Some("approved".to_owned()),
            decision: Some(new_id(now())),
            ..items[2].clone()
        };
        assert!(bulk::update_item(&mut tx, &decided).await.is_err());
    }

    async fn candidates_are_told_by_what_decides_and_the_protected_are_not_there(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 6).await;
        database.execute("UPDATE patron SET notes = ''").await;
        database.execute("UPDATE person SET protection = 'no'").await;
        let mut rows: Vec<FindingRow> =
            patrons.iter().map(|patron| of_class(*patron, ChangeClass::Door)).collect();
        rows[1].single_review = true;
        rows[2].held_back = true;
        rows[5].change_class = Some("surname".to_owned());
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        tx.commit("test").await.unwrap();
        database.execute("UPDATE person SET protection = 'unknown' WHERE patron IN (SELECT id FROM patron WHERE patron_id = 'P00003')").await;
        database.execute("UPDATE patron SET guarantor_patron_id = 'P00000' WHERE patron_id = 'P00004'").await;
        let mut tx = database.db.read().await.unwrap();
        let found = bulk_candidate::page(&mut tx, &raasepori(), ChangeClass::Door, START, 9).await.unwrap();
        let reasons: Vec<_> =
            found.iter().map(|row| (row.id, row.facts.facts().unwrap().exclusion())).collect();
        assert_eq!(reasons, [
            (rows[0].id, Some(Exclusion::Guarantee)),
            (rows[1].id, Some(Exclusion::Single)),
            (rows[4].id, Some(Exclusion::Guarantee)),
        ]);
        let last = found.last().map(|row| (row.opened_at, row.id)).unwrap();
        assert!(bulk_candidate::page(&mut tx, &raasepori(), ChangeClass::Door, last, 9).await.unwrap().is_empty());
        let counted = bulk_candidate::counts(&mut tx, &raasepori(), &[ChangeClass::Door]).await.unwrap();
        assert_eq!(counted.iter().map(|(_, number)| number).sum::<i64>(), 3);
        let own = Scope {
            own_card: Some("203000001".to_owned()),
            own_patron_id: Some("P00000".to_owned()),
            own_code_index: Some(vec![1]),
            ..raasepori()
        };
        let found = bulk_candidate::page(&mut tx, &own, ChangeClass::Door, START, 9).await.unwrap();
        let own_cards: Vec<bool> = found.iter().map(|row| row.facts.facts().unwrap().is_own_card).collect();
        assert_eq!(own_cards, [false, true, true]);
        let elsewhere = Scope { municipalities: vec!["755".to_owned()], ..Scope::default() };
        assert!(bulk_candidate::counts(&mut tx, &elsewhere, &[ChangeClass::Door]).await.unwrap().is_empty());
        assert!(bulk_candidate::guarantees(&mut tx, "P00000").await.unwrap());
        assert!(!bulk_candidate::guarantees(&mut tx, "P00001").await.unwrap());
    }

    async fn findings_from_before_there_were_classes_are_classed_once(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let sealed = |patron| FindingRow { sealed: Some(vec![8; 30]), ..finding_row(patron, "address_change") };
        let rows = [sealed(patrons[0]), of_class(patrons[1], ChangeClass::Door)];
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        let found = finding::unclassed(&mut tx, 9).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[0].id]);
        let classed = FindingRow { change_class: Some("door".to_owned()), ..found[0].clone() };
        let late = FindingRow { version: 9, ..classed.clone() };
        finding::set_class(&mut tx, &late).await.unwrap();
        assert_eq!(finding::unclassed(&mut tx, 9).await.unwrap().len(), 1, "another version has been read");
        finding::set_class(&mut tx, &classed).await.unwrap();
        assert!(finding::unclassed(&mut tx, 9).await.unwrap().is_empty());
        let row = finding::get(&mut tx, rows[0].id).await.unwrap().unwrap();
        assert_eq!((row.change_class().unwrap(), row.version), (Some(ChangeClass::Door), 1));
        assert_eq!(row.state().unwrap(), FindingState::New);
        finding::wipe(&mut tx, patrons[0]).await.unwrap();
        assert_eq!(finding::get(&mut tx, rows[0].id).await.unwrap().unwrap().change_class, None);
    }

    async fn misses_are_counted_among_the_last_since_a_class_was_allowed(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        for (minute, missed) in [(0, true), (1, false), (2, true), (3, true)] {
            let at = now() + Duration::minutes(minute);
            bulk_class::add_planted(&mut tx, new_id(at), "door", missed, at).await.unwrap();
        }
        assert_eq!(bulk_class::misses(&mut tx, "door", 50).await.unwrap(), (4, 3));
        assert_eq!(bulk_class::misses(&mut tx, "door", 3).await.unwrap(), (3, 2));
        assert_eq!(bulk_class::misses(&mut tx, "language", 50).await.unwrap(), (0, 0));
        assert!(!bulk_class::is_stopped(&mut tx, "door").await.unwrap());
        assert!(!bulk_class::allow(&mut tx, "door", "aino", "a reason", now()).await.unwrap());
        let at = now() + Duration::minutes(4);
        bulk_class::stop(&mut tx, "door", at).await.unwrap();
        bulk_class::stop(&mut tx, "door", at + Duration::minutes(1)).await.unwrap();
        assert!(bulk_class::is_stopped(&mut tx, "door").await.unwrap());
        assert_eq!(bulk_class::all(&mut tx).await.unwrap()[0].stopped_at, Some(at));
        assert!(bulk_class::allow(&mut tx, "door", "aino", "a reason", at).await.unwrap());
        assert!(!bulk_class::is_stopped(&mut tx, "door").await.unwrap());
        assert_eq!(bulk_class::misses(&mut tx, "door", 50).await.unwrap(), (0, 0));
        let rows = bulk_class::all(&mut tx).await.unwrap();
        assert_eq!((rows.len(), rows[0].reason.as_deref()), (1, Some("a reason")));
    }
}
