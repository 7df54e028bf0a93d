//! The switch of every question to VTJ.

use ajantasa::store::switch::{self, SwitchRow};
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

both! {
    async fn the_queries_are_stopped_and_resumed(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(switch::get(&mut tx).await.unwrap(), None);
        let row = SwitchRow {
            stopped_at: now(),
            until: Some(now() + TimeDelta::hours(1)),
            reason: "a wrong permit".to_owned(),
            account: Uuid::from_u128(8),
            actor: "maija".to_owned(),
        };
        switch::stop(&mut tx, &row).await.unwrap();
        assert_eq!(switch::get(&mut tx).await.unwrap().as_ref(), Some(&row));
        let longer = SwitchRow { until: None, ..row };
        switch::stop(&mut tx, &longer).await.unwrap();
        assert_eq!(switch::held(&mut tx).await.unwrap(), Some(longer));
        switch::resume(&mut tx).await.unwrap();
        assert_eq!(switch::held(&mut tx).await.unwrap(), None);
    }

    async fn a_stop_waits_for_whoever_was_let_through(database: &TestDb) {
        let mut asker = database.db.begin().await.unwrap();
        assert_eq!(switch::held(&mut asker).await.unwrap(), None);
        let stop = async {
            let mut tx = database.db.begin().await.unwrap();
            let row = SwitchRow {
                stopped_at: now(),
                until: None,
                reason: "x".to_owned(),
                account: Uuid::from_u128(8),
                actor: "maija".to_owned(),
            };
            switch::stop(&mut tx, &row).await.unwrap();
            tx.commit("test").await.unwrap();
        };
        let mut stop = Box::pin(stop);
        let soon = std::time::Duration::from_millis(300);
        assert!(tokio::time::timeout(soon, &mut stop).await.is_err(), "it did not wait");
        asker.commit("test").await.unwrap();
        stop.await;
        assert!(switch::get(&mut database.db.read().await.unwrap()).await.unwrap().is_some());
    }
}
