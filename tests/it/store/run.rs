//! Runs of schedules.

use ajantasa::store::new_id;
use ajantasa::store::run::{self, Counted, Filter, RunRow};
use uuid::Uuid;

use super::{now, schedule, time};
use crate::database::both;

/// A run that is due.
pub fn run_row(schedule: Uuid) -> RunRow {
    RunRow {
        due_at: Some(time("2026-11-21T10:07:00Z")),
        origin: "schedule".to_owned(),
        ..RunRow::planned(new_id(now()), (schedule, 1), "configuration", "ajantasa", now())
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

    async fn an_open_run_is_found_with_its_schedule_until_it_has_ended(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let schedule = schedule::add(&mut tx, "fetch").await;
        let mut run = run_row(schedule);
        run::insert(&mut tx, &run).await.unwrap();
        let open = run::open(&mut tx).await.unwrap();
        assert_eq!((open.len(), open[0].name.as_str(), &open[0].run), (1, "fetch", &run));
        assert_eq!(run::open_one(&mut tx, run.id).await.unwrap().as_ref(), open.first());
        "running".clone_into(&mut run.state);
        run.started_at = Some(now());
        run.people = Some(10);
        run::update(&mut tx, &run, Some(7)).await.unwrap();
        assert_eq!(run::get(&mut tx, run.id).await.unwrap().unwrap().epoch, Some(7));
        let more = Counted { asked: 3, failed: 1, left_out: 2, changed: 1, requests: 1, batches: 1 };
        run::count(&mut tx, run.id, 8, &more).await.unwrap();
        let now_is = run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!((now_is.asked, now_is.failed, now_is.left_out, now_is.epoch), (3, 1, 2, Some(8)));
        assert_eq!(now_is.not_checked(), 4);
        assert!(run::request_cancel(&mut tx, run.id, now()).await.unwrap());
        "skipped".clone_into(&mut run.state);
        run.reason = Some("paused".to_owned());
        run.finished_at = Some(now());
        run::update(&mut tx, &run, None).await.unwrap();
        let ended = run::get(&mut tx, run.id).await.unwrap().unwrap();
        assert_eq!(ended.epoch, Some(8), "what is stored without a lease leaves the epoch as it is");
        assert!(run::open(&mut tx).await.unwrap().is_empty());
        assert!(run::update(&mut tx, &run, None).await.is_err(), "an ended run stays as it is");
        assert!(run::count(&mut tx, run.id, 8, &more).await.is_err());
        assert!(!run::request_cancel(&mut tx, run.id, now()).await.unwrap());
        assert_eq!(run::last_skipped(&mut tx, schedule, "paused").await.unwrap(), run.due_at);
        assert_eq!(run::last_skipped(&mut tx, schedule, "overlap").await.unwrap(), None);
    }

    async fn runs_are_listed_counted_and_deleted(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let schedule = schedule::add(&mut tx, "fetch").await;
        let failed = RunRow {
            state: "failed".to_owned(),
            reason: Some("vtj".to_owned()),
            finished_at: Some(now()),
            ..run_row(schedule)
        };
        run::insert(&mut tx, &failed).await.unwrap();
        let retry = RunRow {
            origin: "retry".to_owned(),
            retry_of: Some(failed.id),
            due_at: None,
            ..run_row(schedule)
        };
        run::insert(&mut tx, &retry).await.unwrap();
        assert_eq!(run::retried_by(&mut tx, failed.id).await.unwrap(), Some(retry.id));
        assert_eq!(run::schedule_name(&mut tx, schedule).await.unwrap(), "fetch");
        let all = run::list(&mut tx, &Filter::default(), 10).await.unwrap();
        assert_eq!(all.len(), 2);
        let before = Filter { before: Some(all[0].run.id), ..Filter::default() };
        let rest = run::list(&mut tx, &before, 10).await.unwrap();
        assert_eq!(rest.iter().map(|named| named.run.id).collect::<Vec<_>>(), [all[1].run.id]);
        let filter = Filter {
            name: Some("fetch".to_owned()),
            state: Some("failed".to_owned()),
            since: Some(now()),
            before: None,
        };
        let found = run::list(&mut tx, &filter, 10).await.unwrap();
        assert_eq!((found.len(), found[0].run.id), (1, failed.id));
        assert_eq!(run::count_findings(&mut tx, failed.id).await.unwrap(), 0);
        assert_eq!(run::count_disclosures(&mut tx, failed.id).await.unwrap(), 0);
        let states = run::states(&mut tx).await.unwrap();
        assert_eq!(states, [("failed".to_owned(), 1, Some(now())), ("planned".to_owned(), 1, None)]);
        let ended = run::ended_since(&mut tx, "failed", now()).await.unwrap();
        assert_eq!(ended, [("fetch".to_owned(), 1)]);
        let later = now() + chrono::Duration::seconds(1);
        assert_eq!(run::delete_before(&mut tx, later, 10).await.unwrap(), 0, "a later one goes on from it");
        let ended = RunRow { state: "done".to_owned(), finished_at: Some(now()), ..retry };
        run::update(&mut tx, &ended, None).await.unwrap();
        assert_eq!(run::delete_before(&mut tx, later, 10).await.unwrap(), 1);
        assert_eq!(run::delete_before(&mut tx, later, 10).await.unwrap(), 1);
    }
}
