//! Rounds of tasks, imports, the breaker, and facts about the installation.

use ajantasa::store::{installation, new_id, round};

use super::now;
use crate::database::both;

both! {
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

    async fn the_newest_round_that_ended_well_is_known(database: &TestDb) {
        let later = now() + chrono::Duration::seconds(5);
        let (done, killed) = (new_id(now()), new_id(later));
        let mut tx = database.db.begin().await.unwrap();
        round::begin(&mut tx, done, "refresh", now()).await.unwrap();
        assert_eq!(round::newest_done(&mut tx, "refresh", later).await.unwrap(), None);
        round::finish(&mut tx, done, "done", "{}", later).await.unwrap();
        round::begin(&mut tx, killed, "refresh", later).await.unwrap();
        round::close_killed(&mut tx, "refresh", later).await.unwrap();
        let newest = round::newest_done(&mut tx, "refresh", later).await.unwrap();
        assert_eq!(newest, Some((now(), "{}".to_owned())));
        let before = now() - chrono::Duration::seconds(1);
        assert_eq!(round::newest_done(&mut tx, "refresh", before).await.unwrap(), None);
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
