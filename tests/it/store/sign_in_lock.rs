//! Counts of wrong words.

use ajantasa::store::sign_in_lock::{self, LockRow};
use chrono::TimeDelta;

use super::now;
use crate::database::both;

both! {
    async fn a_count_is_held_set_and_forgotten(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let key = [7; 16];
        assert_eq!(sign_in_lock::get(&mut tx, "name", &key).await.unwrap(), None);
        let none = LockRow { failures: 0, locked_until: None, changed_at: now() };
        assert_eq!(sign_in_lock::hold(&mut tx, "name", &key, now()).await.unwrap(), none);
        let later = now() + TimeDelta::seconds(5);
        let some = LockRow { failures: 3, locked_until: Some(later), changed_at: later };
        sign_in_lock::set(&mut tx, "name", &key, &some).await.unwrap();
        assert_eq!(sign_in_lock::hold(&mut tx, "name", &key, now()).await.unwrap(), some);
        assert_eq!(sign_in_lock::get(&mut tx, "name", &key).await.unwrap(), Some(some));
        assert_eq!(sign_in_lock::get(&mut tx, "network", &key).await.unwrap(), None);
        assert_eq!(sign_in_lock::delete_before(&mut tx, later).await.unwrap(), 0);
        assert_eq!(sign_in_lock::delete_before(&mut tx, later + TimeDelta::seconds(1)).await.unwrap(), 1);
    }

    async fn a_held_count_waits_for_the_transaction_before_it(database: &TestDb) {
        let mut first = database.db.begin().await.unwrap();
        sign_in_lock::hold(&mut first, "network", &[1; 16], now()).await.unwrap();
        let db = database.db.clone();
        let second = tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            sign_in_lock::hold(&mut tx, "network", &[1; 16], now()).await.unwrap().failures
        });
        let row = LockRow { failures: 4, locked_until: None, changed_at: now() };
        sign_in_lock::set(&mut first, "network", &[1; 16], &row).await.unwrap();
        assert!(!second.is_finished());
        first.commit("test").await.unwrap();
        assert_eq!(second.await.unwrap(), 4);
    }
}
