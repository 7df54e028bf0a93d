//! The slices of a first load.

use ajantasa::finding::slice::Priority;
use ajantasa::patron::Note;
use ajantasa::store::finding::{self, Filter, FindingRow};
use ajantasa::store::slice::{self, SliceRow};
use chrono::{DateTime, Duration};
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::both;

fn held_back(patron: Uuid, minute: i64) -> FindingRow {
    FindingRow {
        held_back: true,
        opened_at: now() + Duration::minutes(minute),
        ..finding_row(patron, "address_change")
    }
}

both! {
    async fn how_slices_stand_comes_back_as_stored(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(slice::get(&mut tx).await.unwrap().per_day, None);
        let row = SliceRow {
            per_day: Some(50),
            priorities: "debts use_ban".to_owned(),
            actor: "maija".to_owned(),
            begun_at: Some(now()),
            opened_on: Some("2026-11-21".parse().unwrap()),
            opened_that_day: 3,
            opened: 7,
        };
        slice::set(&mut tx, &row).await.unwrap();
        assert_eq!(slice::held(&mut tx).await.unwrap(), row);
        assert_eq!(slice::locked(&mut tx).await.unwrap(), row);
    }

    async fn the_pressing_ones_come_first_then_the_oldest(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 5).await;
        database.execute("UPDATE patron SET unpaid_fees_cents = 0, notes = ''").await;
        database.execute("UPDATE patron SET unpaid_fees_cents = 1 WHERE patron_id = 'P00004'").await;
        database.execute("UPDATE patron SET notes = 'use_ban;wrong_contact_details' WHERE patron_id = 'P00003'").await;
        let rows: Vec<FindingRow> =
            patrons.iter().zip([4, 1, 2, 9, 9]).map(|(patron, minute)| held_back(*patron, minute)).collect();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        assert_eq!(slice::left(&mut tx).await.unwrap(), 5);
        let order = |found: &[(Uuid, Uuid)]| -> Vec<usize> {
            found.iter().map(|(_, who)| patrons.iter().position(|patron| patron == who).unwrap()).collect()
        };
        let usual = [Priority::Debts, Priority::Note(Note::WrongContactDetails)];
        assert_eq!(order(&slice::next(&mut tx, &usual, 9).await.unwrap()), [4, 3, 1, 2, 0]);
        assert_eq!(order(&slice::next(&mut tx, &[], 2).await.unwrap()), [1, 2]);
        let next: Vec<Uuid> =
            slice::next(&mut tx, &usual, 2).await.unwrap().into_iter().map(|(finding, _)| finding).collect();
        assert_eq!(slice::open(&mut tx, &next, now()).await.unwrap(), 2);
        assert_eq!(slice::open(&mut tx, &next, now()).await.unwrap(), 0);
        assert_eq!(slice::open_all(&mut tx, now()).await.unwrap(), 3);
        assert_eq!(slice::left(&mut tx).await.unwrap(), 0);
        assert_eq!(finding::get(&mut tx, next[0]).await.unwrap().unwrap().version, 2);
    }

    async fn what_is_held_back_is_in_no_list_and_no_count(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let rows = [held_back(patrons[0], 0), finding_row(patrons[1], "address_change")];
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        let all = Filter { states: ajantasa::finding::FindingState::ALL.to_vec(), ..Filter::default() };
        let page = finding::page(&mut tx, &all, (DateTime::UNIX_EPOCH, Uuid::nil()), 9).await.unwrap();
        assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[1].id]);
        assert_eq!(finding::counts(&mut tx).await.unwrap().iter().map(|(_, _, count)| count).sum::<i64>(), 1);
        assert_eq!(finding::open_of(&mut tx, &patrons).await.unwrap().len(), 2);
    }

    async fn nobody_decides_what_is_held_back_by_the_table(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let opened = FindingRow { state: "opened".to_owned(), ..held_back(patrons[0], 0) };
        assert!(finding::insert(&mut tx, &[opened]).await.is_err());
    }

    async fn somebody_is_not_read_until_everyone_has_an_answer(database: &TestDb) {
        let (_, _) = add_patrons(database, 2).await;
        database.execute("UPDATE person SET follow_state = 'waiting', unfollowed_because = NULL").await;
        let mut tx = database.db.read().await.unwrap();
        assert!(slice::somebody_is_not_read(&mut tx).await.unwrap());
        drop(tx);
        database.execute("UPDATE person SET answer = 'absent'").await;
        let mut tx = database.db.read().await.unwrap();
        assert!(!slice::somebody_is_not_read(&mut tx).await.unwrap());
    }
}
