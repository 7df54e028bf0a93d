//! What a session keeps for its next page.

use ajantasa::store::session::{self, SessionRow};
use ajantasa::store::session_note;
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

both! {
    async fn a_note_takes_the_place_of_an_earlier_one_of_its_kind_and_goes_with_its_session(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let row = |number: u8| SessionRow {
            id: Uuid::from_u128(u128::from(number)),
            account,
            token_digest: vec![number; 32],
            is_half: false,
            language: "fi".to_owned(),
            agent: String::new(),
            address: String::new(),
            created_at: now(),
            seen_at: now(),
            expires_at: now() + TimeDelta::hours(10),
            ended_at: None,
        };
        let (first, second) = (row(1), row(2));
        for row in [&first, &second] {
            session::insert(&mut tx, row).await.unwrap();
            session_note::put(&mut tx, row.id, "search", b"earlier", now()).await.unwrap();
        }
        let later = now() + TimeDelta::minutes(1);
        session_note::put(&mut tx, first.id, "search", b"later", later).await.unwrap();
        session_note::put(&mut tx, first.id, "check", b"other", now()).await.unwrap();
        let found = session_note::get(&mut tx, first.id, "search", later).await.unwrap();
        assert_eq!(found.as_deref(), Some(b"later".as_slice()));
        assert_eq!(session_note::get(&mut tx, first.id, "check", later).await.unwrap(), None, "too old");
        assert_eq!(session_note::delete_before(&mut tx, later).await.unwrap(), 2);
        assert!(session_note::get(&mut tx, first.id, "search", now()).await.unwrap().is_some());
        session_note::delete_of(&mut tx, first.id).await.unwrap();
        assert_eq!(session_note::get(&mut tx, first.id, "search", now()).await.unwrap(), None);
        session_note::put(&mut tx, second.id, "search", b"new", later).await.unwrap();
        session::end(&mut tx, account, second.id, later).await.unwrap();
        assert_eq!(session_note::delete_before(&mut tx, now()).await.unwrap(), 1, "its session has ended");
    }
}
