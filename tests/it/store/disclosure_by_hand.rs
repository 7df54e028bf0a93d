//! What was handed out by hand.

use ajantasa::store::disclosure_by_hand::{self, ByHandRow, Filter, SealedByHand};
use ajantasa::store::{data_key, new_id};
use chrono::Duration;
use uuid::Uuid;

use super::{add_patrons, now};
use crate::database::both;

fn content() -> SealedByHand {
    SealedByHand {
        recipient: "Länsi-Uudenmaan poliisi".to_owned(),
        decided_by: "kirjastotoimenjohtaja".to_owned(),
    }
}

fn row(patron: Uuid, keyring: &data_key::Keyring) -> ByHandRow {
    let id = new_id(now());
    let key = keyring.newest(patron).unwrap();
    ByHandRow {
        id,
        recorded_at: now(),
        handed_out_on: "2026-11-20".parse().unwrap(),
        patron,
        municipality: "710".to_owned(),
        legal_basis: "Police Act 872/2011 chapter 4 section 3".to_owned(),
        fields: "last_name first_names".to_owned(),
        account: Uuid::from_u128(8),
        actor: "maija".to_owned(),
        key_version: key.version,
        sealed: disclosure_by_hand::seal(key, id, &content()).unwrap(),
    }
}

both! {
    async fn it_is_listed_by_patron_account_and_time_and_opens_with_the_patrons_key(database: &TestDb) {
        let (ids, keyring) = add_patrons(database, 2).await;
        let first = row(ids[0], &keyring);
        let second = ByHandRow {
            recorded_at: now() + Duration::days(1),
            actor: "liisa".to_owned(),
            ..row(ids[1], &keyring)
        };
        let mut tx = database.db.begin().await.unwrap();
        disclosure_by_hand::insert(&mut tx, &first).await.unwrap();
        disclosure_by_hand::insert(&mut tx, &second).await.unwrap();
        let mut listed = async |filter: Filter| -> Vec<Uuid> {
            let rows = disclosure_by_hand::list(&mut tx, &filter).await.unwrap();
            rows.iter().map(|row| row.id).collect()
        };
        assert_eq!(listed(Filter::default()).await, [first.id, second.id]);
        assert_eq!(listed(Filter { patron: Some(ids[1]), ..Filter::default() }).await, [second.id]);
        assert_eq!(listed(Filter { actor: Some("maija".to_owned()), ..Filter::default() }).await, [first.id]);
        let later = Some(second.recorded_at);
        assert_eq!(listed(Filter { since: later, ..Filter::default() }).await, [second.id]);
        assert_eq!(listed(Filter { until: later, ..Filter::default() }).await, [first.id]);
        let read = disclosure_by_hand::get(&mut tx, first.id).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{first:?}"));
        assert_eq!(read.open(&keyring).unwrap(), content());
        assert!(disclosure_by_hand::get(&mut tx, ids[0]).await.unwrap().is_none());
        // A row that was moved to another person does not open.
        assert!(ByHandRow { patron: ids[1], ..read }.open(&keyring).is_err());
    }

    async fn it_is_sealed_anew_with_a_newer_key_and_deleted_by_age(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 1).await;
        let sealed = row(ids[0], &keyring);
        let mut tx = database.db.begin().await.unwrap();
        disclosure_by_hand::insert(&mut tx, &sealed).await.unwrap();
        tx.commit("test").await.unwrap();
        data_key::replace(&database.db, &database.vault, &mut keyring, &ids, now()).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        disclosure_by_hand::reseal(&mut tx, &keyring, ids[0]).await.unwrap();
        let read = disclosure_by_hand::get(&mut tx, sealed.id).await.unwrap().unwrap();
        assert_eq!(read.key_version, 2);
        assert_eq!(read.open(&keyring).unwrap(), content());
        assert_eq!(disclosure_by_hand::delete_before(&mut tx, now()).await.unwrap(), 0);
        let after = now() + Duration::microseconds(1);
        assert_eq!(disclosure_by_hand::delete_before(&mut tx, after).await.unwrap(), 1);
    }
}
