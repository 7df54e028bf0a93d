//! Rounds of tasks, imports, schedules, the breaker, and facts about the installation.

use ajantasa::store::{installation, new_id, round};

use super::{now, time};
use crate::database::both;

both! {
    async fn a_due_time_is_claimed_by_exactly_one_of_eight(database: &TestDb) {
        let due = time("2026-11-21T10:07:00Z");
        for due in [due, due + chrono::Duration::hours(1)] {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let db = database.db.clone();
                tasks.spawn(async move {
                    let mut tx = db.begin().await.unwrap();
                    let mine = round::claim_due(&mut tx, "hourly", due).await.unwrap();
                    tx.commit("test").await.unwrap();
                    mine
                });
            }
            let claimed = tasks.join_all().await.into_iter().filter(|mine| *mine).count();
            assert_eq!(claimed, 1, "{due}");
        }
        let mut tx = database.db.begin().await.unwrap();
        assert!(!round::claim_due(&mut tx, "hourly", due).await.unwrap(), "an earlier time is gone");
        let last = round::last_due(&mut tx, "hourly").await.unwrap();
        assert_eq!(last, Some(due + chrono::Duration::hours(1)));
        assert_eq!(round::last_due(&mut tx, "nightly").await.unwrap(), None);
    }

    async fn rounds_are_begun_ended_and_forgotten(database: &TestDb) {
        let (done, failed, running) = (new_id(now()), new_id(now()), new_id(now()));
        let later = now() + chrono::Duration::seconds(5);
        let mut tx = database.db.begin().await.unwrap();
        for id in [done, failed, running] {
            round::begin(&mut tx, id, "fetch", now()).await.unwrap();
        }
        round::finish(&mut tx, done, "done", "{\"changed\": 1}", later).await.unwrap();
        round::finish(&mut tx, failed, "failed", "{}", later + chrono::Duration::days(1)).await.unwrap();
        assert_eq!(round::last_success(&mut tx).await.unwrap(), [("fetch".to_owned(), later)]);
        assert_eq!(round::close_killed(&mut tx, "apply", later).await.unwrap(), 0);
        assert_eq!(round::close_killed(&mut tx, "fetch", later).await.unwrap(), 1);
        assert_eq!(round::close_killed(&mut tx, "fetch", later).await.unwrap(), 0);
        assert_eq!(round::delete_before(&mut tx, later).await.unwrap(), 0);
        assert_eq!(round::delete_before(&mut tx, later + chrono::Duration::seconds(1)).await.unwrap(), 2);
        tx.commit("test").await.unwrap();
    }

    async fn an_impossible_due_time_is_put_right_once(database: &TestDb) {
        let (impossible, now) = (time("2027-11-21T10:07:00Z"), now());
        let mut tx = database.db.begin().await.unwrap();
        assert!(round::claim_due(&mut tx, "hourly", impossible).await.unwrap());
        assert!(round::correct_due(&mut tx, "hourly", impossible, now).await.unwrap());
        assert!(!round::correct_due(&mut tx, "hourly", impossible, now).await.unwrap());
        assert_eq!(round::last_due(&mut tx, "hourly").await.unwrap(), Some(now));
    }

    async fn a_task_whose_newest_round_has_no_end_was_interrupted(database: &TestDb) {
        let later = now() + chrono::Duration::seconds(5);
        let (ended, killed, after) = (new_id(now()), new_id(now()), new_id(later));
        let mut tx = database.db.begin().await.unwrap();
        round::begin(&mut tx, ended, "fetch", now()).await.unwrap();
        round::finish(&mut tx, ended, "done", "{}", now()).await.unwrap();
        round::begin(&mut tx, killed, "refresh", now()).await.unwrap();
        assert_eq!(round::interrupted(&mut tx).await.unwrap(), ["refresh"]);
        round::close_killed(&mut tx, "refresh", later).await.unwrap();
        assert_eq!(round::interrupted(&mut tx).await.unwrap(), ["refresh"]);
        round::begin(&mut tx, after, "refresh", later).await.unwrap();
        round::finish(&mut tx, after, "failed", "{}", later).await.unwrap();
        assert!(round::interrupted(&mut tx).await.unwrap().is_empty());
        let begun = round::last_begun(&mut tx).await.unwrap();
        assert_eq!(begun, [("fetch".to_owned(), now()), ("refresh".to_owned(), later)]);
    }

    async fn readings_of_patron_files_are_noted(database: &TestDb) {
        let id = new_id(now());
        let mut tx = database.db.begin().await.unwrap();
        round::begin_import(&mut tx, id, "maija", now()).await.unwrap();
        round::finish_import(&mut tx, id, "{\"rows\": 3}", now()).await.unwrap();
        tx.commit("test").await.unwrap();
    }

    async fn the_breaker_of_an_interface_is_remembered(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(round::breaker(&mut tx, "perustiedot").await.unwrap(), None);
        round::set_breaker(&mut tx, "perustiedot", "open", 5, Some(now())).await.unwrap();
        let open = round::breaker(&mut tx, "perustiedot").await.unwrap();
        assert_eq!(open, Some(("open".to_owned(), 5, Some(now()))));
        round::set_breaker(&mut tx, "perustiedot", "closed", 0, None).await.unwrap();
        let closed = round::breaker(&mut tx, "perustiedot").await.unwrap();
        assert_eq!(closed, Some(("closed".to_owned(), 0, None)));
    }

    async fn facts_about_the_installation_are_kept_and_replaced(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(installation::get(&mut tx, "allow_test_codes").await.unwrap(), None);
        installation::set(&mut tx, "allow_test_codes", "yes").await.unwrap();
        installation::set(&mut tx, "allow_test_codes", "no").await.unwrap();
        assert_eq!(installation::get(&mut tx, "allow_test_codes").await.unwrap().as_deref(), Some("no"));
        assert_eq!(installation::locked(&mut tx, "allow_test_codes").await.unwrap().as_deref(), Some("no"));
        assert_eq!(installation::locked(&mut tx, "unknown").await.unwrap(), None);
    }
}
