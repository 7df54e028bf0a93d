//! Filters with names.

use ajantasa::store::StoreError;
use ajantasa::store::saved_view::{self, SavedView};
use uuid::Uuid;

use super::now;
use crate::database::both;

fn view(account: Uuid, number: u128, name: &str) -> SavedView {
    SavedView {
        id: Uuid::from_u128(number),
        account,
        name: name.to_owned(),
        filter: "kind=death&due=overdue".to_owned(),
        created_at: now(),
    }
}

both! {
    async fn views_are_listed_by_name_and_deleted_by_their_account_alone(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        let (second, first, other) = (view(maija, 1, "b"), view(maija, 2, "a"), view(pekka, 3, "b"));
        for view in [&second, &first, &other] {
            saved_view::insert(&mut tx, view).await.unwrap();
        }
        assert_eq!(saved_view::of_account(&mut tx, maija).await.unwrap(), [first.clone(), second.clone()]);
        assert!(!saved_view::delete(&mut tx, pekka, first.id).await.unwrap());
        assert!(saved_view::delete(&mut tx, maija, first.id).await.unwrap());
        assert!(!saved_view::delete(&mut tx, maija, first.id).await.unwrap());
        assert_eq!(saved_view::of_account(&mut tx, maija).await.unwrap(), [second]);
        assert_eq!(saved_view::of_account(&mut tx, pekka).await.unwrap(), [other]);
    }

    async fn a_name_is_an_accounts_once(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        saved_view::insert(&mut tx, &view(maija, 1, "mine")).await.unwrap();
        let error = saved_view::insert(&mut tx, &view(maija, 2, "mine")).await.unwrap_err();
        assert!(matches!(error, StoreError::Taken), "{error}");
    }
}
