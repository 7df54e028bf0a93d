//! Leases.

use std::time::Duration;

use ajantasa::store::{StoreError, lease};

use crate::database::both;

both! {
    async fn a_lease_is_taken_by_one_and_refused_to_others_until_it_is_given_back(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(lease::get(&mut tx, "fetch").await.unwrap(), None);
        let first = lease::take(&mut tx, "fetch", "a", 60_000, None).await.unwrap();
        assert_eq!(first, Some(1));
        tx.commit("test").await.unwrap();

        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(lease::take(&mut tx, "fetch", "b", 60_000, None).await.unwrap(), None);
        assert_eq!(lease::take(&mut tx, "apply", "b", 60_000, None).await.unwrap(), Some(1));
        lease::prove(&mut tx, "fetch", "a", 1, 60_000).await.unwrap();
        lease::release(&mut tx, "fetch", "a", 1).await.unwrap();
        assert_eq!(lease::take(&mut tx, "fetch", "b", 60_000, None).await.unwrap(), Some(2));
        let row = lease::get(&mut tx, "fetch").await.unwrap().unwrap();
        assert_eq!((row.holder.as_str(), row.epoch), ("b", 2));
        let until = tx.database_now_ms().await.unwrap() + 60_000;
        assert!((until - row.expires_ms).abs() < 30_000, "ends {} instead of {until}", row.expires_ms);
        tx.commit("test").await.unwrap();
    }

    async fn an_expired_lease_goes_to_another_with_a_higher_epoch_and_the_old_holder_cannot_prove_it(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(lease::take(&mut tx, "fetch", "a", 1, None).await.unwrap(), Some(1));
        tx.commit("test").await.unwrap();
        // The database's clock decides, so the test must let it go on.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(lease::take(&mut tx, "fetch", "b", 60_000, None).await.unwrap(), Some(2));
        tx.commit("test").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        let lost = lease::prove(&mut tx, "fetch", "a", 1, 60_000).await.unwrap_err();
        assert!(matches!(lost, StoreError::LeaseLost(ref task) if task == "fetch"), "{lost}");
        let stale = lease::prove(&mut tx, "fetch", "b", 1, 60_000).await.unwrap_err();
        assert!(matches!(stale, StoreError::LeaseLost(_)), "{stale}");
        lease::prove(&mut tx, "fetch", "b", 2, 60_000).await.unwrap();
    }

    async fn the_lease_of_a_process_known_to_be_gone_is_free_at_once(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        lease::take(&mut tx, "fetch", "dead", 60_000, None).await.unwrap().unwrap();
        assert_eq!(lease::take(&mut tx, "fetch", "b", 60_000, Some("other")).await.unwrap(), None);
        assert_eq!(lease::take(&mut tx, "fetch", "b", 60_000, Some("dead")).await.unwrap(), Some(2));
    }

    async fn of_eight_that_ask_at_once_one_gets_the_lease(database: &TestDb) {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..8 {
            let db = database.db.clone();
            tasks.spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let epoch = lease::take(&mut tx, "fetch", &format!("p{number}"), 60_000, None).await.unwrap();
                tx.commit("test").await.unwrap();
                epoch
            });
        }
        let taken: Vec<i64> = tasks.join_all().await.into_iter().flatten().collect();
        assert_eq!(taken, [1]);
    }
}
