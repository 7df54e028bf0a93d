//! Passwords that were handed over.

use ajantasa::store::first_password;
use chrono::TimeDelta;

use super::now;
use crate::database::both;

both! {
    async fn a_password_is_the_first_one_until_another_is_chosen(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        assert_eq!(first_password::get(&mut tx, account).await.unwrap(), None);
        first_password::put(&mut tx, account, now()).await.unwrap();
        let later = now() + TimeDelta::hours(1);
        first_password::put(&mut tx, account, later).await.unwrap();
        assert_eq!(first_password::get(&mut tx, account).await.unwrap(), Some(later));
        assert!(first_password::delete(&mut tx, account).await.unwrap());
        assert!(!first_password::delete(&mut tx, account).await.unwrap());
    }
}
