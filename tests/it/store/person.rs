//! What is known from VTJ, and what is due.

use ajantasa::protected::Protection;
use ajantasa::store::person::{self, PersonRow, SealedPerson};
use ajantasa::store::{StoreError, asked, due, follow_list, guarantor, new_id, surname};
use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use super::{CODE, add_patrons, now};
use crate::database::{TestDb, both};

fn waiting(patron: Uuid) -> PersonRow {
    PersonRow {
        follow_state: "waiting".to_owned(),
        unfollowed_because: None,
        code_index: Some(vec![1; 16]),
        enrol_due: false,
        compare_due: false,
        ..PersonRow::new(patron, "710")
    }
}

async fn all_waiting(database: &TestDb, count: usize) -> Vec<Uuid> {
    let (patrons, _) = add_patrons(database, count).await;
    let mut tx = database.db.begin().await.unwrap();
    for patron in &patrons {
        person::update(&mut tx, &waiting(*patron)).await.unwrap();
    }
    tx.commit("test").await.unwrap();
    patrons
}

both! {
    async fn a_person_comes_back_as_stored_and_opens(database: &TestDb) {
        let (patrons, keyring) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 9, new_id(now()), now()).await.unwrap();
        let day: NaiveDate = "2026-12-01".parse().unwrap();
        let mut row = PersonRow {
            follow_state: "following".to_owned(),
            list: Some(list.id),
            refresh_due_at: Some(now()),
            answer: "found".to_owned(),
            answered_at: Some(now()),
            absent_since: Some(now()),
            request: Some(new_id(now())),
            record_version: 3,
            record_digest: Some(vec![4; 16]),
            protection: "yes".to_owned(),
            protection_period: 1,
            protection_signal_at: Some(now()),
            death_signal_at: Some(now()),
            held_as_dead: true,
            frozen: true,
            code_change_signalled: true,
            compare_on: Some(day),
            compared_at: Some(now()),
            ..waiting(patrons[0])
        };
        let known = SealedPerson { code: Some(CODE.to_owned()), ..SealedPerson::default() };
        row.reseal(keyring.newest(patrons[0]).unwrap(), &known).unwrap();
        person::update(&mut tx, &row).await.unwrap();
        tx.commit("test").await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        let found = person::by_patrons(&mut tx, &patrons).await.unwrap().remove(0);
        assert_eq!(format!("{found:?}"), format!("{row:?}"));
        assert_eq!(found.open(&keyring).unwrap().code.as_deref(), Some(CODE));
        assert_eq!(found.protection().unwrap(), Protection::Yes);
        let by_code = person::by_code_indexes(&mut tx, &[vec![1; 16], vec![2; 16]]).await.unwrap();
        assert_eq!(by_code.len(), 1);
    }

    async fn a_locked_row_loses_nobody_elses_change(database: &TestDb) {
        let patrons = all_waiting(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        person::lock(&mut tx, patrons[0]).await.unwrap();
        let read = person::by_patrons(&mut tx, &patrons[..1]).await.unwrap().remove(0);
        let (db, other) = (database.db.clone(), patrons[0]);
        let beside = tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            due::register_row_changed(&mut tx, &[other]).await.unwrap();
            tx.commit("test").await.unwrap();
        });
        // Long enough for the other to overtake, were it not for the lock.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        person::update(&mut tx, &PersonRow { record_version: 7, ..read }).await.unwrap();
        tx.commit("test").await.unwrap();
        beside.await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        let row = person::by_patrons(&mut tx, &patrons[..1]).await.unwrap().remove(0);
        assert_eq!((row.record_version, row.enrol_due, row.compare_due), (7, true, true));
    }

    async fn many_rows_are_replaced_at_once_and_the_others_stay(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 90).await;
        let day: NaiveDate = "2026-12-01".parse().unwrap();
        let wanted: Vec<PersonRow> = patrons[1..]
            .iter()
            .map(|patron| PersonRow { compare_on: Some(day), refresh_due_at: Some(now()), ..waiting(*patron) })
            .collect();
        let mut tx = database.db.begin().await.unwrap();
        person::update_all(&mut tx, &wanted).await.unwrap();
        let rows = person::by_patrons(&mut tx, &patrons).await.unwrap();
        assert_eq!(format!("{:?}", rows[0]), format!("{:?}", PersonRow::new(patrons[0], "710")));
        assert_eq!(format!("{:?}", &rows[1..]), format!("{wanted:?}"));
        person::update_all(&mut tx, &[]).await.unwrap();
        let nobody = PersonRow::new(new_id(now()), "710");
        assert!(person::update_all(&mut tx, &[nobody]).await.is_err());
    }

    async fn the_codes_of_many_are_read_without_the_rest(database: &TestDb) {
        let (patrons, keyring) = add_patrons(database, 3).await;
        let mut row = waiting(patrons[1]);
        let known = SealedPerson { code: Some(CODE.to_owned()), ..SealedPerson::default() };
        row.reseal(keyring.newest(patrons[1]).unwrap(), &known).unwrap();
        let mut tx = database.db.begin().await.unwrap();
        person::update(&mut tx, &row).await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 9, new_id(now()), now()).await.unwrap();
        assert!(asked::codes_of_list(&mut tx, list.id).await.unwrap().is_empty());
        let members: Vec<_> = patrons.iter().map(|patron| (*patron, vec![1; 16])).collect();
        follow_list::join(&mut tx, &list, &members).await.unwrap();
        follow_list::leave(&mut tx, patrons[2]).await.unwrap();
        let codes = asked::codes_of_list(&mut tx, list.id).await.unwrap();
        let opened: Vec<_> = codes
            .iter()
            .map(|code| code.open(&keyring).unwrap().map(|code| code.expose().to_owned()))
            .collect();
        assert_eq!(opened, [None, Some(CODE.to_owned())]);
    }

    async fn a_person_without_a_patron_is_refused(database: &TestDb) {
        let nobody = PersonRow::new(new_id(now()), "710");
        let mut tx = database.db.begin().await.unwrap();
        let gone = person::update(&mut tx, &nobody).await.unwrap_err();
        assert!(matches!(gone, StoreError::Conflict(_)), "{gone}");
        assert!(person::insert(&mut tx, &[nobody]).await.is_err());
    }

    async fn enrolment_is_due_for_the_new_and_again_for_all(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(due::enrol_due(&mut tx, 2).await.unwrap(), patrons[..2]);
        person::update(&mut tx, &waiting(patrons[0])).await.unwrap();
        assert_eq!(due::enrol_due(&mut tx, 9).await.unwrap(), patrons[1..]);
        assert_eq!(due::make_enrol_due_for_all(&mut tx).await.unwrap(), 1);
        assert_eq!(due::enrol_due(&mut tx, 9).await.unwrap(), patrons);
        for patron in &patrons[..2] {
            let judged = PersonRow { enrol_due: false, ..PersonRow::new(*patron, "710") };
            person::update(&mut tx, &judged).await.unwrap();
        }
        person::update(&mut tx, &waiting(patrons[2])).await.unwrap();
        assert_eq!(due::make_enrol_due_again(&mut tx, "deceased").await.unwrap(), 0);
        assert_eq!(due::make_enrol_due_again(&mut tx, "not_enrolled").await.unwrap(), 2);
        assert_eq!(due::enrol_due(&mut tx, 9).await.unwrap(), patrons[..2]);
    }

    async fn refresh_takes_the_longest_due_of_one_municipality(database: &TestDb) {
        let patrons = all_waiting(database, 4).await;
        let early = now() - Duration::minutes(1);
        let late = now() + Duration::minutes(1);
        let mut tx = database.db.begin().await.unwrap();
        due::mark_for_refresh(&mut tx, &patrons[..1], now()).await.unwrap();
        due::mark_for_refresh(&mut tx, &patrons[1..2], early).await.unwrap();
        due::mark_for_refresh(&mut tx, &patrons[2..3], late).await.unwrap();
        let unfollowed = PersonRow::new(patrons[3], "710");
        person::update(&mut tx, &unfollowed).await.unwrap();
        due::mark_for_refresh(&mut tx, &patrons[3..], early).await.unwrap();
        let due = due::refresh_due(&mut tx, "710", now(), 9).await.unwrap();
        assert_eq!(due.iter().map(|row| row.patron).collect::<Vec<_>>(), [patrons[1], patrons[0]]);
        assert_eq!(due::refresh_due(&mut tx, "710", now(), 1).await.unwrap().len(), 1);
        assert!(due::refresh_due(&mut tx, "755", now(), 9).await.unwrap().is_empty());
        assert_eq!(due::count_refresh_later(&mut tx, now()).await.unwrap(), 1);
    }

    async fn comparison_is_due_by_change_by_calendar_and_after_the_register_moved(database: &TestDb) {
        let patrons = all_waiting(database, 3).await;
        let today: NaiveDate = "2026-11-21".parse().unwrap();
        let tomorrow = today.succ_opt().unwrap();
        let mut tx = database.db.begin().await.unwrap();
        due::make_compare_due(&mut tx, &patrons).await.unwrap();
        assert_eq!(due::compare_due(&mut tx, Uuid::nil(), 2).await.unwrap(), patrons[..2]);
        assert_eq!(due::compare_due(&mut tx, patrons[1], 2).await.unwrap(), patrons[2..]);
        due::compared(&mut tx, &patrons[..1], now(), Some(today)).await.unwrap();
        due::compared(&mut tx, &patrons[1..2], now(), Some(tomorrow)).await.unwrap();
        due::compared(&mut tx, &patrons[2..], now(), None).await.unwrap();
        assert!(due::compare_due(&mut tx, Uuid::nil(), 9).await.unwrap().is_empty());
        assert_eq!(due::make_compare_due_by_calendar(&mut tx, today).await.unwrap(), 1);
        assert_eq!(due::compare_due(&mut tx, Uuid::nil(), 9).await.unwrap(), patrons[..1]);
        due::register_row_changed(&mut tx, &patrons[2..]).await.unwrap();
        let due = due::compare_due(&mut tx, Uuid::nil(), 9).await.unwrap();
        assert_eq!(due, [patrons[0], patrons[2]]);
        assert_eq!(due::enrol_due(&mut tx, 9).await.unwrap(), patrons[2..]);
    }

    async fn earlier_surnames_are_remembered_once(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        for hashes in [vec![[2; 16], [1; 16]], vec![[2; 16]]] {
            let surnames: Vec<_> = hashes.iter().map(|hash| (patrons[0], hash.to_vec())).collect();
            surname::remember(&mut tx, &surnames).await.unwrap();
        }
        let found = surname::of_patrons(&mut tx, &patrons).await.unwrap();
        assert_eq!(found, [(patrons[0], vec![1; 16]), (patrons[0], vec![2; 16])]);
    }

    async fn a_guarantor_is_known_by_the_register_s_identifier(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let mut row = person::by_patrons(&mut tx, &patrons[1..]).await.unwrap().remove(0);
        row.held_as_dead = true;
        "yes".clone_into(&mut row.protection);
        person::update_all(&mut tx, &[row]).await.unwrap();
        let ids = ["P00001", "P00000", "P99999"].map(str::to_owned);
        let found = guarantor::by_patron_ids(&mut tx, &ids).await.unwrap();
        let seen: Vec<_> = found
            .iter()
            .map(|row| (row.patron_id.as_str(), row.held_as_dead, row.protection.as_str(), row.protected_mark))
            .collect();
        assert_eq!(seen, [("P00000", false, "unknown", false), ("P00001", true, "yes", false)]);
        assert!(guarantor::by_patron_ids(&mut tx, &[]).await.unwrap().is_empty());
    }

    async fn an_answer_is_stored_and_the_code_asked_about_stays(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let before = person::by_patrons(&mut tx, &patrons).await.unwrap().remove(0);
        let answered = PersonRow {
            answer: "absent".to_owned(),
            absent_since: Some(now()),
            code_index: Some(vec![5; 16]),
            ..before.clone()
        };
        person::update_answers(&mut tx, &[answered]).await.unwrap();
        let after = person::by_patrons(&mut tx, &patrons).await.unwrap().remove(0);
        assert_eq!((after.answer.as_str(), after.absent_since), ("absent", Some(now())));
        assert_eq!(after.code_index, before.code_index);
        let versions = person::key_versions(&mut tx, &[patrons[0], Uuid::from_u128(9)]).await.unwrap();
        assert_eq!(versions, [(patrons[0], before.key_version)]);
    }

    async fn base_data_that_cannot_be_asked_for_waits_for_the_next_mark(database: &TestDb) {
        let patrons = all_waiting(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        due::mark_for_refresh(&mut tx, &patrons, now()).await.unwrap();
        due::give_up_refresh(&mut tx, &patrons[..1]).await.unwrap();
        let rows = person::by_patrons(&mut tx, &patrons).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.refresh_due_at, row.refresh_attempts)).collect();
        assert_eq!(seen, [(None, 1), (Some(now()), 0)]);
    }

    async fn only_a_person_there_is_can_be_locked(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let before = person::by_patrons(&mut tx, &patrons).await.unwrap().remove(0);
        person::lock(&mut tx, patrons[0]).await.unwrap();
        let after = person::by_patrons(&mut tx, &patrons).await.unwrap().remove(0);
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
        assert!(person::lock(&mut tx, Uuid::from_u128(9)).await.is_err());
        let locked = person::locked(&mut tx, &[patrons[0], Uuid::from_u128(9)]).await.unwrap();
        assert_eq!(format!("{locked:?}"), format!("[{before:?}]"), "locking changes nothing and makes nobody");
    }
}
