//! Rows of the patron register.

use ajantasa::identity_code::IdentityCode;
use ajantasa::protected::Protection;
use ajantasa::store::patron::{self, PatronRow};
use ajantasa::store::{StoreError, data_key, new_id};
use chrono::Duration;
use uuid::Uuid;

use super::{CODE, STREET, add_patrons, columns, now, patron_row, time};
use crate::database::both;

both! {
    async fn a_patron_comes_back_as_stored(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 1).await;
        let mut tx = database.db.read().await.unwrap();
        let found = patron::by_ids(&mut tx, &ids).await.unwrap().remove(0);
        let stored = PatronRow { sealed: found.sealed.clone(), ..patron_row(database, &keyring, ids[0], 0) };
        assert_eq!(format!("{found:?}"), format!("{stored:?}"));
        let opened = found.open(&keyring).unwrap();
        assert_eq!(opened.code.as_deref(), Some(CODE));
        let known = found.patron(&keyring, Protection::No).unwrap();
        assert_eq!(known.contact.disclosed().unwrap().address.street_address, STREET);
        assert_eq!(known.notes.len(), 2);
    }

    async fn times_come_back_to_the_microsecond_and_sort_as_times(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 5).await;
        let times = [
            "2026-11-21T10:00:00.5Z",
            "2026-11-21T10:00:00Z",
            "2026-11-21T10:00:00.500001Z",
            "2026-11-21T09:59:59.999999Z",
            "2026-11-21T10:00:01Z",
        ]
        .map(time);
        let mut tx = database.db.begin().await.unwrap();
        for (number, (id, at)) in ids.iter().zip(times).enumerate() {
            let row =
                PatronRow { updated_at: at, version: 2, ..patron_row(database, &keyring, *id, number) };
            patron::update(&mut tx, &row).await.unwrap();
        }
        tx.commit("test").await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        let rows = patron::by_ids(&mut tx, &ids).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.updated_at).collect::<Vec<_>>(), times);
        drop(tx);
        let mut sorted = times;
        sorted.sort_unstable();
        let sql = "SELECT updated_at FROM patron ORDER BY updated_at";
        assert_eq!(super::transaction::times(database, sql).await, sorted);
    }

    async fn an_update_by_an_old_version_is_a_conflict(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 1).await;
        let changed = PatronRow {
            last_name: "Mallila".to_owned(),
            version: 2,
            ..patron_row(database, &keyring, ids[0], 0)
        };
        let mut tx = database.db.begin().await.unwrap();
        patron::update(&mut tx, &changed).await.unwrap();
        let late = patron::update(&mut tx, &changed).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict(_)), "{late}");
        let found = patron::by_ids(&mut tx, &ids).await.unwrap().remove(0);
        assert_eq!((found.version, found.last_name.as_str()), (2, "Mallila"));
    }

    async fn a_row_is_sealed_anew_only_if_it_is_as_it_was_read(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 1).await;
        data_key::replace(&database.db, &database.vault, &mut keyring, &ids, now()).await.unwrap();
        let key = keyring.newest(ids[0]).unwrap();
        let sealed = patron::seal(key, &columns()).unwrap();
        let mut tx = database.db.begin().await.unwrap();
        let read = patron::by_ids(&mut tx, &ids).await.unwrap().remove(0);
        patron::reseal(&mut tx, &read, key.version, &sealed).await.unwrap();
        let found = patron::by_ids(&mut tx, &ids).await.unwrap().remove(0);
        assert_eq!((found.key_version, found.version), (2, 1), "the content has not changed");
        assert_eq!(found.open(&keyring).unwrap().code.as_deref(), Some(CODE));
        for stale in [read, PatronRow { version: 0, ..found }] {
            let late = patron::reseal(&mut tx, &stale, key.version, &sealed).await.unwrap_err();
            assert!(matches!(late, StoreError::Conflict(_)), "{late}");
        }
    }

    async fn a_card_and_an_identifier_belong_to_one_patron(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 1).await;
        let other = PatronRow { id: new_id(now()), ..patron_row(database, &keyring, ids[0], 0) };
        for row in [
            PatronRow { card_number: "1".to_owned(), ..other.clone() },
            PatronRow { patron_id: "1".to_owned(), ..other.clone() },
            PatronRow { id: ids[0], card_number: "1".to_owned(), patron_id: "1".to_owned(), ..other.clone() },
        ] {
            let mut tx = database.db.begin().await.unwrap();
            let taken = patron::insert(&mut tx, &[row]).await.unwrap_err();
            assert!(matches!(taken, StoreError::Taken), "{taken}");
        }
    }

    async fn patrons_are_found_by_identifier_card_code_and_page(database: &TestDb) {
        let (ids, _) = add_patrons(database, 1200).await;
        let mut tx = database.db.read().await.unwrap();
        let all = patron::by_ids(&mut tx, &ids).await.unwrap();
        assert_eq!(all.len(), 1200);
        let by_id = patron::by_patron_ids(&mut tx, &["P00007".to_owned(), "no".to_owned()]).await.unwrap();
        assert_eq!(by_id.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[7]]);
        let by_card = patron::by_card_numbers(&mut tx, &["203000009".to_owned()]).await.unwrap();
        assert_eq!(by_card.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[9]]);
        let index = database.vault.code_index(&IdentityCode::parse(CODE).unwrap());
        let by_code = patron::by_code_indexes(&mut tx, std::slice::from_ref(&index)).await.unwrap();
        assert_eq!(by_code.len(), 1200);
        let shared = patron::shared_codes(&mut tx, &[index.clone(), vec![0; 16]]).await.unwrap();
        assert_eq!(shared, [(index, 1200)]);
        let page = patron::page(&mut tx, "P00100", 2).await.unwrap();
        assert_eq!(page.iter().map(|row| row.patron_id.as_str()).collect::<Vec<_>>(), ["P00101", "P00102"]);
    }

    async fn identifiers_sort_by_their_bytes(database: &TestDb) {
        let names = ["a", "B", "Z", "b", "ä", "A-1", "A1", "å"];
        let (ids, keyring) = add_patrons(database, 1).await;
        let rows = names.map(|name| PatronRow {
            id: new_id(now()),
            patron_id: name.to_owned(),
            card_number: name.to_owned(),
            ..patron_row(database, &keyring, ids[0], 0)
        });
        let mut tx = database.db.begin().await.unwrap();
        patron::insert(&mut tx, &rows).await.unwrap();
        let page = patron::page(&mut tx, "A", 99).await.unwrap();
        let found: Vec<_> = page.iter().map(|row| row.patron_id.as_str()).collect();
        assert_eq!(found, ["A-1", "A1", "B", "P00000", "Z", "a", "b", "ä", "å"]);
    }

    async fn those_an_import_did_not_see_are_marked_once(database: &TestDb) {
        let (ids, _) = add_patrons(database, 3).await;
        let import = Uuid::from_u128(2);
        let mut tx = database.db.begin().await.unwrap();
        patron::mark_seen(&mut tx, &ids[..1], import).await.unwrap();
        assert_eq!(patron::unseen(&mut tx, import, 1).await.unwrap(), [ids[1]]);
        assert_eq!(patron::unseen(&mut tx, import, 9).await.unwrap(), ids[1..]);
        let later = now() + Duration::seconds(1);
        patron::mark_missing(&mut tx, &ids[1..], later).await.unwrap();
        assert!(patron::unseen(&mut tx, import, 9).await.unwrap().is_empty());
        assert_eq!(patron::count_in_register(&mut tx).await.unwrap(), 1);
        let rows = patron::by_ids(&mut tx, &ids[1..2]).await.unwrap();
        assert_eq!((rows[0].version, rows[0].updated_at), (2, later));
    }

    async fn only_a_patron_there_is_can_be_locked(database: &TestDb) {
        let (ids, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        patron::lock(&mut tx, ids[0]).await.unwrap();
        assert_eq!(patron::by_ids(&mut tx, &ids).await.unwrap()[0].version, 1);
        assert!(patron::lock(&mut tx, Uuid::from_u128(9)).await.is_err());
    }

    async fn whom_a_patron_guarantees_is_found(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 2).await;
        let child = PatronRow {
            guarantor_patron_id: Some("P00000".to_owned()),
            version: 2,
            ..patron_row(database, &keyring, ids[1], 1)
        };
        let mut tx = database.db.begin().await.unwrap();
        patron::update(&mut tx, &child).await.unwrap();
        assert_eq!(patron::guaranteed_by(&mut tx, "P00000").await.unwrap(), [ids[1]]);
        assert!(patron::guaranteed_by(&mut tx, "P00001").await.unwrap().is_empty());
    }
}
