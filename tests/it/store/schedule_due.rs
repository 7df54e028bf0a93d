//! When schedules were last due.

use ajantasa::store::schedule_due;

use super::{now, schedule, time};
use crate::database::both;

both! {
    async fn a_due_time_is_claimed_by_exactly_one_of_eight(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let id = schedule::add(&mut tx, "hourly").await;
        tx.commit("test").await.unwrap();
        let due = time("2026-11-21T10:07:00Z");
        for due in [due, due + chrono::Duration::hours(1)] {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let db = database.db.clone();
                tasks.spawn(async move {
                    let mut tx = db.begin().await.unwrap();
                    let mine = schedule_due::claim(&mut tx, id, due).await.unwrap();
                    tx.commit("test").await.unwrap();
                    mine
                });
            }
            let claimed = tasks.join_all().await.into_iter().filter(|mine| *mine).count();
            assert_eq!(claimed, 1, "{due}");
        }
        let mut tx = database.db.begin().await.unwrap();
        assert!(!schedule_due::claim(&mut tx, id, due).await.unwrap(), "an earlier time is gone");
        let rows = schedule_due::all(&mut tx).await.unwrap();
        assert_eq!((rows[0].schedule, rows[0].last_due), (id, Some(due + chrono::Duration::hours(1))));
        assert_eq!(rows[0].in_force_since, now());
    }

    async fn an_impossible_due_time_is_put_right_once(database: &TestDb) {
        let (impossible, now) = (time("2027-11-21T10:07:00Z"), now());
        let mut tx = database.db.begin().await.unwrap();
        let id = schedule::add(&mut tx, "hourly").await;
        assert!(schedule_due::claim(&mut tx, id, impossible).await.unwrap());
        assert!(schedule_due::correct(&mut tx, id, impossible, now).await.unwrap());
        assert!(!schedule_due::correct(&mut tx, id, impossible, now).await.unwrap());
        assert_eq!(schedule_due::all(&mut tx).await.unwrap()[0].last_due, Some(now));
    }
}
