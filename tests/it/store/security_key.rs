//! Security keys, and what they are asked.

use ajantasa::store::new_id;
use ajantasa::store::security_key::{self, ChallengeRow, KeyRow};
use ajantasa::store::session::{self, SessionRow};
use ajantasa::store::{StoreError, Tx};
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

fn key(account: Uuid, digest: u8) -> KeyRow {
    KeyRow {
        id: new_id(now()),
        account,
        rp_id: "localhost".to_owned(),
        credential_digest: vec![digest; 32],
        key_version: 1,
        sealed: vec![digest; 60],
        sign_count: 0,
        name: format!("key {digest}"),
        added_at: now(),
        last_used_at: None,
    }
}

async fn session_of(tx: &mut Tx, account: Uuid) -> Uuid {
    let row = SessionRow {
        id: new_id(now()),
        account,
        token_digest: new_id(now()).as_bytes().repeat(2),
        language: "fi".to_owned(),
        agent: String::new(),
        address: String::new(),
        created_at: now(),
        seen_at: now(),
        expires_at: now() + TimeDelta::hours(1),
        ended_at: None,
        is_half: true,
    };
    session::insert(tx, &row).await.unwrap();
    row.id
}

both! {
    async fn a_key_is_its_accounts_alone_and_signs_once_for_each_count(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        let (first, second, other) = (key(maija, 1), key(maija, 2), key(pekka, 3));
        assert!(!security_key::is_known(&mut tx, &first.credential_digest).await.unwrap());
        for row in [&first, &second, &other] {
            security_key::insert(&mut tx, row).await.unwrap();
        }
        assert!(security_key::is_known(&mut tx, &first.credential_digest).await.unwrap());
        assert_eq!(security_key::of_account(&mut tx, maija).await.unwrap(), [first.clone(), second.clone()]);
        let later = KeyRow { sealed: vec![9; 60], key_version: 2, sign_count: 5, last_used_at: Some(now()), ..first.clone() };
        assert!(security_key::used(&mut tx, &later, 0).await.unwrap());
        assert!(!security_key::used(&mut tx, &later, 0).await.unwrap(), "another one was faster");
        assert_eq!(security_key::of_account(&mut tx, maija).await.unwrap()[0], later);
        assert!(!security_key::delete(&mut tx, pekka, first.id).await.unwrap());
        assert!(security_key::delete(&mut tx, maija, first.id).await.unwrap());
        assert_eq!(security_key::delete_of(&mut tx, maija).await.unwrap(), 1);
        assert_eq!(security_key::of_account(&mut tx, pekka).await.unwrap(), [other]);
    }

    async fn no_two_accounts_have_the_same_key(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        security_key::insert(&mut tx, &key(maija, 1)).await.unwrap();
        let error = security_key::insert(&mut tx, &key(pekka, 1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Taken), "{error}");
    }

    async fn what_a_key_is_asked_is_taken_once_and_in_time(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let session = session_of(&mut tx, maija).await;
        let row = ChallengeRow {
            session,
            purpose: "add".to_owned(),
            state: vec![1, 2],
            options: "{}".to_owned(),
            name: "blue".to_owned(),
            made_at: now(),
        };
        security_key::ask(&mut tx, &row).await.unwrap();
        let newer = ChallengeRow { state: vec![3], ..row };
        security_key::ask(&mut tx, &newer).await.unwrap();
        assert_eq!(security_key::asked(&mut tx, session, "add", now()).await.unwrap(), Some(newer.clone()));
        assert_eq!(security_key::asked(&mut tx, session, "use", now()).await.unwrap(), None);
        let later = now() + TimeDelta::seconds(1);
        assert_eq!(security_key::asked(&mut tx, session, "add", later).await.unwrap(), None);
        assert_eq!(security_key::take(&mut tx, session, "use", now()).await.unwrap(), None);
        assert_eq!(security_key::take(&mut tx, session, "add", now()).await.unwrap(), Some(newer.clone()));
        assert_eq!(security_key::take(&mut tx, session, "add", now()).await.unwrap(), None, "it is gone");
        security_key::ask(&mut tx, &newer).await.unwrap();
        assert_eq!(security_key::take(&mut tx, session, "add", later).await.unwrap(), None, "too late");
        assert_eq!(security_key::take(&mut tx, session, "add", now()).await.unwrap(), None, "and gone with that");
    }
}
