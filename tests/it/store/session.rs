//! Sessions of the staff pages.

use ajantasa::store::session::{self, SessionRow, Use};
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

fn row(account: Uuid, number: u8) -> SessionRow {
    SessionRow {
        id: Uuid::from_u128(u128::from(number)),
        account,
        token_digest: vec![number; 32],
        language: "sv".to_owned(),
        agent: "a browser".to_owned(),
        address: "127.0.0.1".to_owned(),
        created_at: now(),
        seen_at: now(),
        expires_at: now() + TimeDelta::hours(10),
        ended_at: None,
        is_half: false,
    }
}

both! {
    async fn a_session_is_found_by_its_digest_and_ended_by_its_account_alone(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let other = super::account::add(&mut tx, "pekka").await;
        let (first, second) = (row(account, 1), row(account, 2));
        session::insert(&mut tx, &first).await.unwrap();
        session::insert(&mut tx, &second).await.unwrap();
        assert_eq!(session::by_digest(&mut tx, &[1; 32]).await.unwrap().as_ref(), Some(&first));
        assert_eq!(session::by_digest(&mut tx, &[3; 32]).await.unwrap(), None);
        assert!(!session::end(&mut tx, other, first.id, now()).await.unwrap());
        assert!(session::end(&mut tx, account, first.id, now()).await.unwrap());
        assert!(!session::end(&mut tx, account, first.id, now()).await.unwrap());
        assert_eq!(session::open_of(&mut tx, account, now()).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(session::open_of(&mut tx, account, second.expires_at).await.unwrap(), []);
        assert_eq!(session::end_all(&mut tx, account, now()).await.unwrap(), 1);
        assert_eq!(session::end_all(&mut tx, account, now()).await.unwrap(), 0);
    }

    async fn use_and_language_are_noted_and_old_ones_deleted(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let row = row(account, 1);
        session::insert(&mut tx, &row).await.unwrap();
        let later = now() + TimeDelta::minutes(5);
        session::seen(&mut tx, row.id, later).await.unwrap();
        session::set_language(&mut tx, row.id, "fi").await.unwrap();
        let found = session::by_digest(&mut tx, &row.token_digest).await.unwrap().unwrap();
        assert_eq!((found.seen_at, found.language.as_str()), (later, "fi"));
        assert_eq!(session::delete_before(&mut tx, row.expires_at).await.unwrap(), 0);
        assert_eq!(session::delete_before(&mut tx, row.expires_at + TimeDelta::seconds(1)).await.unwrap(), 1);
    }

    async fn a_half_session_is_in_no_list(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let half = SessionRow { is_half: true, ..row(account, 1) };
        session::insert(&mut tx, &half).await.unwrap();
        assert_eq!(session::by_digest(&mut tx, &half.token_digest).await.unwrap(), Some(half));
        assert_eq!(session::open_of(&mut tx, account, now()).await.unwrap(), []);
        assert_eq!(session::uses(&mut tx, now(), now()).await.unwrap(), []);
    }

    async fn the_sessions_of_an_account_are_counted_and_all_but_one_ended(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        for (account, number) in [(maija, 1), (maija, 2), (maija, 3), (pekka, 4)] {
            session::insert(&mut tx, &row(account, number)).await.unwrap();
        }
        let later = now() + TimeDelta::minutes(20);
        session::seen(&mut tx, row(maija, 2).id, later).await.unwrap();
        let used = |account, open, seen_at| Use { account, open, seen_at };
        let idle = now() - TimeDelta::minutes(1);
        let mut expected = vec![used(maija, 3, later), used(pekka, 1, now())];
        expected.sort_by_key(|of| of.account);
        assert_eq!(session::uses(&mut tx, now(), idle).await.unwrap(), expected);
        assert_eq!(session::end_others(&mut tx, maija, row(maija, 2).id, now()).await.unwrap(), 2);
        let open: Vec<i64> = session::uses(&mut tx, now(), idle).await.unwrap().iter().map(|of| of.open).collect();
        assert_eq!(open, [1, 1]);
        let unused = session::uses(&mut tx, later, now()).await.unwrap();
        assert_eq!(unused.iter().map(|of| of.open).sum::<i64>(), 1, "used after the time from which they are idle");
        let over = session::uses(&mut tx, row(maija, 1).expires_at, idle).await.unwrap();
        assert!(over.iter().all(|of| of.open == 0));
    }
}
