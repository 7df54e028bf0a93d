//! Runs of schedules.

use ajantasa::store::new_id;
use ajantasa::store::run::{self, RunRow};
use uuid::Uuid;

use super::{now, schedule, time};
use crate::database::both;

/// A run that is due.
pub fn run_row(schedule: Uuid) -> RunRow {
    RunRow {
        id: new_id(now()),
        schedule,
        version: 1,
        due_at: Some(time("2026-11-21T10:07:00Z")),
        origin: "schedule".to_owned(),
        state: "planned".to_owned(),
        reason: None,
        actor: "configuration".to_owned(),
        os_user: "ajantasa".to_owned(),
        retry_of: None,
        planned_at: now(),
        started_at: None,
        finished_at: None,
        cancel_requested_at: None,
        missed_since: None,
        missed_count: None,
        people: None,
        asked: 0,
        failed: 0,
        changed: 0,
        requests: 0,
        batches: 0,
        epoch: None,
        left_out: 0,
        tries: 0,
        try_again_at: None,
        note: None,
    }
}

both! {
    async fn a_due_time_has_one_run_and_starts_by_hand_have_as_many_as_there_are(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let schedule = schedule::add(&mut tx, "fetch").await;
        let first = run_row(schedule);
        assert!(run::insert(&mut tx, &first).await.unwrap());
        assert!(!run::insert(&mut tx, &run_row(schedule)).await.unwrap());
        for _ in 0..2 {
            let by_hand = RunRow { due_at: None, origin: "by_hand".to_owned(), ..run_row(schedule) };
            assert!(run::insert(&mut tx, &by_hand).await.unwrap());
        }
        assert_eq!(run::get(&mut tx, first.id).await.unwrap(), Some(first));
        assert_eq!(run::get(&mut tx, new_id(now())).await.unwrap(), None);
    }
}
