//! Data keys, kept apart.

use ajantasa::seal::{MasterKeys, SealError, Vault};
use ajantasa::store::data_key::{self, Keyring};
use ajantasa::store::{StoreError, new_id, patron, person};

use super::{CODE, add_patrons, now};
use crate::database::{both, damage_keys, mend_keys};

both! {
    async fn destroying_one_patrons_key_makes_only_their_rows_unreadable(database: &TestDb) {
        let (ids, _) = add_patrons(database, 2).await;
        assert_eq!(data_key::destroy_up_to(&database.db, &[(ids[0], i64::MAX)]).await.unwrap(), 1);
        let keyring = data_key::keyring(&database.db, &database.vault, &ids).await.unwrap();
        let mut tx = database.db.read().await.unwrap();
        let rows = patron::by_ids(&mut tx, &ids).await.unwrap();
        assert!(rows[0].open(&keyring).is_err());
        assert_eq!(rows[1].open(&keyring).unwrap().code.as_deref(), Some(CODE));
        assert!(keyring.newest(ids[0]).is_err());
    }

    async fn a_wrong_master_key_opens_nothing(database: &TestDb) {
        let (ids, _) = add_patrons(database, 1).await;
        let other = Vault::new(&MasterKeys::generate());
        let made = data_key::create(&database.db, &other, &[], now()).await.unwrap();
        assert!(made.newest(ids[0]).is_err(), "nobody asked for a key");
        let opened = data_key::keyring(&database.db, &other, &ids).await.unwrap();
        assert!(matches!(opened.newest(ids[0]), Err(StoreError::Seal(SealError::DamagedKey))));
        let none = data_key::keyring(&database.db, &other, &[]).await.unwrap();
        assert!(none.newest(ids[0]).is_err());
        let mut wrong = Keyring::default();
        wrong.add(other.new_data_key(ids[0], 1, None).0);
        let mut tx = database.db.read().await.unwrap();
        assert!(patron::by_ids(&mut tx, &ids).await.unwrap()[0].open(&wrong).is_err());
        assert!(person::by_patrons(&mut tx, &ids).await.unwrap()[0].open(&wrong).is_ok(), "nothing sealed yet");
    }

    async fn a_replaced_key_keeps_the_tag_and_the_old_one_stays_until_it_is_destroyed(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 1).await;
        let tag = keyring.newest(ids[0]).unwrap().subject_tag;
        data_key::replace(&database.db, &database.vault, &mut keyring, &ids, now()).await.unwrap();
        assert_eq!(keyring.newest(ids[0]).unwrap().version, 2);
        let stored = data_key::keyring(&database.db, &database.vault, &ids).await.unwrap();
        assert_eq!(stored.newest(ids[0]).unwrap().version, 2);
        assert_eq!(stored.newest(ids[0]).unwrap().subject_tag, tag);
        let mut tx = database.db.read().await.unwrap();
        assert!(patron::by_ids(&mut tx, &ids).await.unwrap()[0].open(&stored).is_ok());
        drop(tx);
        assert_eq!(data_key::destroy_up_to(&database.db, &[(ids[0], 1)]).await.unwrap(), 1);
        let mut tx = database.db.read_keys().await.unwrap();
        assert_eq!(data_key::count(&mut tx).await.unwrap(), 1);
    }

    async fn a_damaged_key_fails_its_patron_alone_and_no_older_one_takes_its_place(database: &TestDb) {
        let (ids, mut keyring) = add_patrons(database, 2).await;
        data_key::replace(&database.db, &database.vault, &mut keyring, &ids[..1], now()).await.unwrap();
        let keys = damage_keys(&database.db, ids[0]).await;
        mend_keys(&database.db, &keys[..1]).await;
        let opened = data_key::keyring(&database.db, &database.vault, &ids).await.unwrap();
        assert!(opened.get(ids[0], 1).is_ok() && opened.newest(ids[1]).is_ok());
        for error in [opened.get(ids[0], 2).unwrap_err(), opened.newest(ids[0]).unwrap_err()] {
            assert!(matches!(error, StoreError::Seal(SealError::DamagedKey)), "{error}");
        }
        assert_eq!((opened.tag(ids[0]), opened.tag(ids[1]).is_some()), (None, true));
    }

    async fn keys_are_wrapped_anew_step_by_step(database: &TestDb) {
        let mut master = MasterKeys::generate();
        let ids: Vec<_> = (0..3).map(|_| ajantasa::store::new_id(now())).collect();
        let before = Vault::new(&master);
        let wrapped: Vec<_> = ids.iter().map(|id| before.new_data_key(*id, 1, None).1).collect();
        let mut tx = database.db.begin_keys().await.unwrap();
        data_key::insert(&mut tx, &wrapped, now()).await.unwrap();
        tx.commit("test").await.unwrap();
        let newest = i64::from(master.add_version());
        let vault = Vault::new(&master);
        for left in [3, 1] {
            let mut tx = database.db.begin_keys().await.unwrap();
            let older = data_key::wrapped_by_older(&mut tx, newest, 9).await.unwrap();
            assert_eq!(older.len(), left);
            for key in older.iter().take(2) {
                data_key::update_wrapping(&mut tx, &vault.rewrap(key).unwrap()).await.unwrap();
            }
            tx.commit("test").await.unwrap();
        }
        master.retire_all_but_current();
        let keyring = data_key::keyring(&database.db, &Vault::new(&master), &ids).await.unwrap();
        assert!(ids.iter().all(|id| keyring.newest(*id).is_ok()));
    }

    async fn a_process_that_read_the_old_master_key_adds_no_key_after_a_rotation(database: &TestDb) {
        let mut keys = MasterKeys::generate();
        let stale = Vault::new(&keys);
        let patrons = [new_id(now()), new_id(now())];
        data_key::create(&database.db, &stale, &patrons, now()).await.unwrap();
        data_key::create(&database.db, &stale, &[new_id(now())], now()).await.unwrap();
        keys.add_version();
        let vault = Vault::new(&keys);
        let mut tx = database.db.begin_keys().await.unwrap();
        data_key::stop_inserts(&mut tx).await.unwrap();
        for key in data_key::wrapped_by_older(&mut tx, 2, 1).await.unwrap() {
            data_key::update_wrapping(&mut tx, &vault.rewrap(&key).unwrap()).await.unwrap();
        }
        tx.commit("test").await.unwrap();
        let error = data_key::create(&database.db, &stale, &[new_id(now())], now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Seal(SealError::NoMasterKey(2))), "{error}");
        data_key::create(&database.db, &vault, &[new_id(now())], now()).await.unwrap();
        let mut tx = database.db.read_keys().await.unwrap();
        assert_eq!(data_key::count(&mut tx).await.unwrap(), 4);
    }
}
