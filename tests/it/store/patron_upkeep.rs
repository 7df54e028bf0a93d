//! What an import and a forgetting do to the register's rows beside writing them.

use ajantasa::identity_code::IdentityCode;
use ajantasa::store::patron::{self, PatronRow};
use ajantasa::store::person::{self, PersonRow};
use ajantasa::store::{data_key, estate, finding, new_id, patron_upkeep, surname};
use chrono::Duration;
use uuid::Uuid;

use super::{CODE, add_patrons, finding_row, now, patron_row};
use crate::database::{TestDb, both};

async fn row(database: &TestDb, id: Uuid) -> PatronRow {
    let mut tx = database.db.read().await.unwrap();
    patron::by_ids(&mut tx, &[id]).await.unwrap().remove(0)
}

/// The person row of somebody who has been forgotten.
fn forgotten(id: Uuid) -> PersonRow {
    PersonRow { unfollowed_because: Some("forgotten".to_owned()), ..PersonRow::new(id, "000") }
}

both! {
    async fn of_many_identifiers_those_in_the_register_are_known_once(database: &TestDb) {
        let (ids, _) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        patron::mark_missing(&mut tx, &ids[1..2], now()).await.unwrap();
        let asked = ["P00002", "P00000", "P00001", "P00000", "P9"].map(str::to_owned);
        assert_eq!(patron_upkeep::known(&mut tx, &asked).await.unwrap(), ["P00000", "P00002"]);
        assert!(patron_upkeep::known(&mut tx, &[]).await.unwrap().is_empty());
    }

    async fn a_released_card_is_free_for_another_patron(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 2).await;
        let card = row(database, ids[0]).await.card_number;
        let mut tx = database.db.begin().await.unwrap();
        patron_upkeep::release_card(&mut tx, ids[0]).await.unwrap();
        let other = PatronRow {
            card_number: card.clone(),
            version: 2,
            ..patron_row(database, &keyring, ids[1], 1)
        };
        patron::update(&mut tx, &other).await.unwrap();
        let holder = patron::by_card_numbers(&mut tx, &[card]).await.unwrap().remove(0);
        assert_eq!(holder.id, ids[1]);
        let without = patron::by_ids(&mut tx, &ids[..1]).await.unwrap().remove(0);
        assert_eq!(without.card_number, patron_upkeep::no_card(ids[0]));
        assert!(patron_upkeep::release_card(&mut tx, Uuid::from_u128(9)).await.is_err());
    }

    async fn whom_neither_mark_of_an_import_names_is_unseen(database: &TestDb) {
        let (ids, _) = add_patrons(database, 4).await;
        let (good, bad) = (Uuid::from_u128(2), Uuid::from_u128(3));
        let mut tx = database.db.begin().await.unwrap();
        patron::mark_seen(&mut tx, &ids[..1], good).await.unwrap();
        patron_upkeep::mark_present(&mut tx, &["P00001".to_owned(), "P9".to_owned()], bad).await.unwrap();
        assert_eq!(patron_upkeep::unseen(&mut tx, good, bad, 9).await.unwrap(), ids[2..]);
        assert_eq!(patron_upkeep::unseen(&mut tx, good, bad, 1).await.unwrap(), ids[2..3]);
        patron::mark_missing(&mut tx, &ids[2..3], now()).await.unwrap();
        assert_eq!(patron_upkeep::unseen(&mut tx, good, bad, 9).await.unwrap(), ids[3..]);
        let marked = patron::by_ids(&mut tx, &ids[1..2]).await.unwrap().remove(0);
        assert_eq!((marked.last_import, marked.version), (bad, 1), "nothing else is changed");
    }

    async fn a_new_digest_changes_nothing_else_of_a_row(database: &TestDb) {
        let (ids, _) = add_patrons(database, 2).await;
        let before = row(database, ids[0]).await;
        let mut tx = database.db.begin().await.unwrap();
        patron_upkeep::set_digest(&mut tx, ids[0], &[4, 5]).await.unwrap();
        assert!(patron_upkeep::set_digest(&mut tx, Uuid::from_u128(9), &[4]).await.is_err());
        tx.commit("test").await.unwrap();
        let wanted = PatronRow { row_digest: vec![4, 5], ..before };
        assert_eq!(format!("{:?}", row(database, ids[0]).await), format!("{wanted:?}"));
        assert_eq!(row(database, ids[1]).await.row_digest, [1, 2, 3]);
    }

    async fn related_are_those_guaranteed_and_those_who_share_a_code_each_once(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 4).await;
        let mut tx = database.db.begin().await.unwrap();
        for (number, code_index, guarantor) in
            [(1, Some(vec![7; 16]), Some("P00000")), (2, Some(vec![7; 16]), None), (3, None, Some("P00009"))]
        {
            let changed = PatronRow {
                code_index,
                guarantor_patron_id: guarantor.map(str::to_owned),
                version: 2,
                ..patron_row(database, &keyring, ids[number], number)
            };
            patron::update(&mut tx, &changed).await.unwrap();
        }
        let guarantor = ["P00000".to_owned()];
        assert_eq!(patron_upkeep::related(&mut tx, &guarantor, &[]).await.unwrap(), ids[1..2]);
        assert_eq!(patron_upkeep::related(&mut tx, &guarantor, &[vec![7; 16]]).await.unwrap(), ids[1..3]);
        let own = database.vault.code_index(&IdentityCode::parse(CODE).unwrap());
        assert_eq!(patron_upkeep::related(&mut tx, &[], &[own]).await.unwrap(), ids[..1]);
        assert!(patron_upkeep::related(&mut tx, &[], &[]).await.unwrap().is_empty());
    }

    async fn wiping_empties_what_speaks_of_one_patron_and_frees_the_identifiers(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 2).await;
        let open = finding_row(ids[0], "death");
        let rejected = ajantasa::store::finding::FindingRow {
            state: "rejected".to_owned(),
            decision: Some(new_id(now())),
            ..finding_row(ids[0], "name_change")
        };
        let others = finding_row(ids[1], "death");
        let later = now() + Duration::hours(1);
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[open.clone(), rejected.clone(), others.clone()]).await.unwrap();
        estate::open(&mut tx, new_id(now()), ids[0], open.id, now()).await.unwrap();
        let surnames = [(ids[0], vec![1; 16]), (ids[1], vec![2; 16])];
        surname::remember(&mut tx, &surnames).await.unwrap();
        assert_eq!(patron_upkeep::count(&mut tx).await.unwrap(), 2);

        patron_upkeep::wipe(&mut tx, ids[0], later).await.unwrap();
        assert_eq!(patron_upkeep::count(&mut tx).await.unwrap(), 1);
        let wiped = patron::by_ids(&mut tx, &ids[..1]).await.unwrap().remove(0);
        assert_eq!((wiped.version, wiped.updated_at, wiped.in_register), (2, later, false));
        assert!(wiped.sealed.is_empty() && wiped.code_index.is_none() && wiped.birth_date.is_none());
        assert_eq!(format!("{}{}{}", wiped.last_name, wiped.first_names, wiped.notes), "");
        let states = [&open, &rejected, &others].map(|row| row.id);
        let mut found = Vec::new();
        for id in states {
            found.push(finding::get(&mut tx, id).await.unwrap().unwrap().state);
        }
        assert_eq!(found, ["closed", "rejected", "new"]);
        assert_eq!(estate::count_open(&mut tx).await.unwrap(), 0);
        let surnames = surname::of_patrons(&mut tx, &ids).await.unwrap();
        assert_eq!(surnames, [(ids[1], vec![2; 16])]);

        let again = PatronRow { id: new_id(now()), ..patron_row(database, &keyring, ids[0], 0) };
        patron::insert(&mut tx, &[again]).await.unwrap();
        assert!(patron_upkeep::wipe(&mut tx, Uuid::from_u128(9), later).await.is_err());
    }

    async fn the_forgotten_are_found_page_by_page(database: &TestDb) {
        let (ids, _) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        person::update(&mut tx, &forgotten(ids[0])).await.unwrap();
        person::update(&mut tx, &forgotten(ids[2])).await.unwrap();
        assert_eq!(patron_upkeep::forgotten(&mut tx, Uuid::nil(), 1).await.unwrap(), ids[..1]);
        assert_eq!(patron_upkeep::forgotten(&mut tx, ids[0], 9).await.unwrap(), ids[2..]);
        assert!(patron_upkeep::forgotten(&mut tx, ids[2], 9).await.unwrap().is_empty());
    }

    async fn every_version_of_the_keys_of_some_patrons_is_destroyed(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 3).await;
        data_key::replace(&database.db, &database.vault, &mut keyring, &ids[..1], now()).await.unwrap();
        let patrons = [ids[0], ids[1], Uuid::from_u128(9)];
        assert_eq!(patron_upkeep::destroy_keys(&database.db, &patrons).await.unwrap(), 3);
        assert_eq!(patron_upkeep::destroy_keys(&database.db, &patrons).await.unwrap(), 0);
        let left = data_key::keyring(&database.db, &database.vault, &ids).await.unwrap();
        assert!(left.newest(ids[0]).is_err() && left.newest(ids[1]).is_err() && left.newest(ids[2]).is_ok());
    }
}
