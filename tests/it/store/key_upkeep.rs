//! Data keys that nothing needs any more.

use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::disclosure::{self, DisclosureRow};
use ajantasa::store::disclosure_by_hand::{self, ByHandRow};
use ajantasa::store::finding::{self, FindingRow};
use ajantasa::store::inbox::{self, InboxRow};
use ajantasa::store::person::{self, PersonRow, SealedPerson};
use ajantasa::store::{data_key, follow_list, key_upkeep, new_id, patron};
use chrono::Duration;
use uuid::Uuid;

use super::{add_patrons, columns, finding_row, now};
use crate::database::both;

both! {
    async fn who_has_a_key_and_who_has_several_is_found_by_page_and_age(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 3).await;
        let later = now() + Duration::hours(1);
        for _ in 0..2 {
            data_key::replace(&database.db, &database.vault, &mut keyring, &ids[1..2], later).await.unwrap();
        }
        data_key::destroy_up_to(&database.db, &[(ids[1], 1)]).await.unwrap();
        let mut tx = database.db.read_keys().await.unwrap();
        let after = later + Duration::microseconds(1);
        assert_eq!(key_upkeep::holders(&mut tx, after, Uuid::nil(), 2).await.unwrap(), ids[..2]);
        assert_eq!(key_upkeep::holders(&mut tx, after, ids[1], 2).await.unwrap(), ids[2..]);
        assert_eq!(key_upkeep::holders(&mut tx, later, Uuid::nil(), 9).await.unwrap(), [ids[0], ids[2]]);
        let several = key_upkeep::holders_of_several(&mut tx, after, Uuid::nil(), 9).await.unwrap();
        assert_eq!(several, [(ids[1], 2)]);
        assert!(key_upkeep::holders_of_several(&mut tx, later, Uuid::nil(), 9).await.unwrap().is_empty());
        assert!(key_upkeep::holders_of_several(&mut tx, after, ids[1], 9).await.unwrap().is_empty());
    }

    async fn those_without_a_row_are_told_from_patrons(database: &TestDb) {
        let (ids, _) = add_patrons(database, 600).await;
        let nobody = new_id(now());
        let mut tx = database.db.read().await.unwrap();
        let asked: Vec<Uuid> = ids.iter().copied().chain([nobody]).collect();
        assert_eq!(key_upkeep::without_row(&mut tx, &asked).await.unwrap(), [nobody]);
        assert!(key_upkeep::without_row(&mut tx, &[]).await.unwrap().is_empty());
        drop(tx);
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let asked = [nobody, account];
        assert_eq!(key_upkeep::without_row(&mut tx, &asked).await.unwrap(), [nobody], "staff have a key, too");
    }

    async fn a_version_is_needed_as_long_as_any_column_is_sealed_with_it(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 2).await;
        let id = ids[0];
        for _ in 0..5 {
            data_key::replace(&database.db, &database.vault, &mut keyring, &[id], now()).await.unwrap();
        }
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 1000, new_id(now()), now()).await.unwrap().id;
        let change = InboxRow {
            id: new_id(now()),
            list,
            patron: id,
            change_key: vec![1; 16],
            registered_at: None,
            received_at: now(),
            request: new_id(now()),
            state: "new".to_owned(),
            reason: None,
            attempts: 0,
            used_at: None,
            key_version: 2,
            sealed: Some(vec![7; 40]),
        };
        inbox::insert_new(&mut tx, &[change]).await.unwrap();
        let found = FindingRow { key_version: 3, sealed: Some(vec![8; 30]), ..finding_row(id, "death") };
        let noted = FindingRow { key_version: 1, sealed: None, ..finding_row(id, "name_change") };
        finding::insert(&mut tx, &[found, noted.clone()]).await.unwrap();
        let note = DecisionRow {
            id: new_id(now()),
            finding: noted.id,
            verdict: "snooze".to_owned(),
            account: new_id(now()),
            os_user: "maija".to_owned(),
            reason: None,
            key_version: 4,
            sealed_note: Some(vec![5; 30]),
            evidence_digest: vec![9; 16],
            patron_version: 1,
            state_before: "new".to_owned(),
            decided_at: now(),
            edited: false,
            snoozed_before: None,
            visit_before: false,
        };
        decision::insert(&mut tx, &note).await.unwrap();
        let mut known = PersonRow::new(id, "710");
        known.reseal(keyring.get(id, 5).unwrap(), &SealedPerson::default()).unwrap();
        person::update(&mut tx, &known).await.unwrap();

        assert_eq!(key_upkeep::oldest_needed(&mut tx, &ids).await.unwrap(), [(ids[0], 1), (ids[1], 1)]);
        let row = patron::by_ids(&mut tx, &[id]).await.unwrap().remove(0);
        let sealed = patron::seal(keyring.get(id, 6).unwrap(), &columns()).unwrap();
        patron::reseal(&mut tx, &row, 6, &sealed).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &[id]).await.unwrap(), [(id, 2)]);
        inbox::wipe(&mut tx, id, now()).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &[id]).await.unwrap(), [(id, 3)]);
        finding::wipe(&mut tx, id).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &[id]).await.unwrap(), [(id, 4)]);
        decision::wipe_notes(&mut tx, id).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &[id]).await.unwrap(), [(id, 5)]);
        person::update(&mut tx, &PersonRow::new(id, "710")).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &[id]).await.unwrap(), [(id, 6)]);
        assert!(key_upkeep::oldest_needed(&mut tx, &[Uuid::from_u128(9)]).await.unwrap().is_empty());
    }

    async fn a_version_is_needed_for_why_somebody_was_asked_about_and_what_was_handed_out(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 1).await;
        let id = ids[0];
        for _ in 0..2 {
            data_key::replace(&database.db, &database.vault, &mut keyring, &ids, now()).await.unwrap();
        }
        let mut tx = database.db.begin().await.unwrap();
        let row = patron::by_ids(&mut tx, &ids).await.unwrap().remove(0);
        let sealed = patron::seal(keyring.get(id, 3).unwrap(), &columns()).unwrap();
        patron::reseal(&mut tx, &row, 3, &sealed).await.unwrap();
        let asked = DisclosureRow {
            id: new_id(now()),
            requested_at: now(),
            finished_at: Some(now()),
            outcome: "answered".to_owned(),
            key_version: Some(1),
            sealed_reason: Some(vec![4; 30]),
            ..DisclosureRow::default()
        };
        disclosure::insert(&mut tx, &asked).await.unwrap();
        disclosure::insert_subjects(&mut tx, asked.id, &[id]).await.unwrap();
        let handed_out = ByHandRow {
            id: new_id(now()),
            recorded_at: now(),
            handed_out_on: now().date_naive(),
            patron: id,
            municipality: "710".to_owned(),
            legal_basis: "a statute".to_owned(),
            fields: "last_name".to_owned(),
            account: new_id(now()),
            actor: "maija".to_owned(),
            key_version: 2,
            sealed: vec![3; 30],
        };
        disclosure_by_hand::insert(&mut tx, &handed_out).await.unwrap();
        let late = now() + Duration::days(1);
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &ids).await.unwrap(), [(id, 1)]);
        disclosure::delete_before(&mut tx, late, 9).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &ids).await.unwrap(), [(id, 2)]);
        disclosure_by_hand::delete_before(&mut tx, late).await.unwrap();
        assert_eq!(key_upkeep::oldest_needed(&mut tx, &ids).await.unwrap(), [(id, 3)]);
    }
}
