//! Counts for the metrics and the doctor.

use ajantasa::store::{follow_list, new_id, tally};

use super::{add_patrons, now, time};
use crate::database::both;

both! {
    async fn people_are_counted_by_follow_state_and_answer(database: &TestDb) {
        let (ids, _) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        let states = tally::follow_states(&mut tx).await.unwrap();
        assert_eq!(states.iter().map(|(_, _, count)| count).sum::<i64>(), 3, "{states:?}");
        assert_eq!(tally::answers(&mut tx).await.unwrap(), (0, 0));
        tx.commit("test").await.unwrap();
        database
            .execute("UPDATE person SET follow_state = 'unfollowed', unfollowed_because = 'no_code'")
            .await;
        let mut tx = database.db.read().await.unwrap();
        let states = tally::follow_states(&mut tx).await.unwrap();
        assert_eq!(states, [("unfollowed".to_owned(), Some("no_code".to_owned()), 3)]);
        assert_eq!(ids.len(), 3);
    }

    async fn the_oldest_cursor_is_that_of_the_list_that_waits_longest(database: &TestDb) {
        let (ids, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(tally::oldest_cursor(&mut tx).await.unwrap(), None);
        assert_eq!(tally::last_answer(&mut tx).await.unwrap(), None);
        let created = time("2026-11-01T10:00:00Z");
        for (id, code) in ids.iter().zip([vec![1], vec![2]]) {
            let list = follow_list::with_room(&mut tx, "710", 1, new_id(now()), created).await.unwrap();
            follow_list::join(&mut tx, &list, &[(*id, code)]).await.unwrap();
        }
        assert_eq!(tally::oldest_cursor(&mut tx).await.unwrap(), Some(created));
        for (list, at) in follow_list::all(&mut tx).await.unwrap().iter().zip([now(), time("2026-11-20T10:00:00Z")]) {
            follow_list::advance(&mut tx, list, 7, true, at).await.unwrap();
        }
        assert_eq!(tally::oldest_cursor(&mut tx).await.unwrap(), Some(time("2026-11-20T10:00:00Z")));
    }
}
