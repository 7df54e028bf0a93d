//! Follow lists and their cursors.

use ajantasa::store::person::PersonRow;
use ajantasa::store::{StoreError, due, follow_list, new_id, person};
use chrono::Duration;

use super::{add_patrons, now};
use crate::database::both;

both! {
    async fn a_list_takes_people_until_it_is_full_and_then_there_is_another(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 3).await;
        let mut tx = database.db.begin().await.unwrap();
        let first = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        let same = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        assert_eq!(first.id, same.id);
        assert!(follow_list::all(&mut tx).await.unwrap().is_empty(), "an empty list asks about nobody");
        let two = [(patrons[1], vec![1; 16]), (patrons[0], vec![2; 16])];
        follow_list::join(&mut tx, &first, &two).await.unwrap();
        let second = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        assert_ne!(first.id, second.id);
        let first = follow_list::get(&mut tx, first.id).await.unwrap();
        assert_eq!((first.version, first.members), (1, 2));
        assert_eq!(follow_list::members(&mut tx, first.id).await.unwrap(), [patrons[0], patrons[1]]);
        let codes = [vec![2; 16], vec![3; 16]];
        let by_code = follow_list::members_by_code(&mut tx, first.id, &codes).await.unwrap();
        assert_eq!(by_code, [(vec![2; 16], patrons[0])]);
        assert_eq!(follow_list::all(&mut tx).await.unwrap().len(), 1);
    }

    async fn leaving_grows_the_version_and_makes_room(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        let two = [(patrons[0], vec![1; 16]), (patrons[1], vec![2; 16])];
        follow_list::join(&mut tx, &list, &two).await.unwrap();
        assert_eq!(follow_list::followed(&mut tx, &patrons).await.unwrap(), patrons);
        follow_list::leave(&mut tx, patrons[0]).await.unwrap();
        follow_list::leave(&mut tx, patrons[0]).await.unwrap();
        assert_eq!(follow_list::followed(&mut tx, &patrons).await.unwrap(), patrons[1..]);
        let list = follow_list::get(&mut tx, list.id).await.unwrap();
        assert_eq!((list.version, list.members), (2, 1));
        follow_list::join(&mut tx, &list, &[(patrons[0], vec![1; 16])]).await.unwrap();
        assert_eq!(follow_list::members(&mut tx, list.id).await.unwrap().len(), 2);
    }

    async fn who_joins_by_an_old_version_of_the_list_is_refused(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        follow_list::join(&mut tx, &list, &[(patrons[0], vec![1; 16])]).await.unwrap();
        let late = follow_list::join(&mut tx, &list, &[(patrons[1], vec![2; 16])]).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict(_)), "{late}");
    }

    async fn the_cursor_moves_only_from_where_it_was_read(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        follow_list::advance(&mut tx, &list, 100, false, now()).await.unwrap();
        let second = follow_list::advance(&mut tx, &list, 100, false, now()).await.unwrap_err();
        assert!(matches!(second, StoreError::Conflict("the cursor")), "{second}");
        let read = follow_list::get(&mut tx, list.id).await.unwrap();
        assert_eq!((read.cursor_key, read.cursor_at, read.caught_up_at), (Some(100), Some(now()), None));
        let later = now() + Duration::seconds(1);
        follow_list::advance(&mut tx, &read, 100, true, later).await.unwrap();
        let read = follow_list::get(&mut tx, list.id).await.unwrap();
        assert_eq!((read.cursor_at, read.caught_up_at), (Some(later), Some(later)));
    }

    async fn of_four_that_move_the_cursor_at_once_one_succeeds(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 2, new_id(now()), now()).await.unwrap();
        tx.commit("test").await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for next in 1..=4 {
            let (db, list) = (database.db.clone(), list.clone());
            tasks.spawn(async move {
                let mut tx = db.begin().await.unwrap();
                let moved = follow_list::advance(&mut tx, &list, next, false, now()).await;
                tx.commit("test").await.unwrap();
                moved.is_ok()
            });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|moved| *moved).count(), 1);
    }

    async fn forgetting_the_cursors_marks_those_who_are_followed(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let list = follow_list::with_room(&mut tx, "710", 9, new_id(now()), now()).await.unwrap();
        follow_list::join(&mut tx, &list, &[(patrons[0], vec![1; 16])]).await.unwrap();
        let list = follow_list::get(&mut tx, list.id).await.unwrap();
        follow_list::advance(&mut tx, &list, 100, true, now()).await.unwrap();
        let following = PersonRow {
            follow_state: "following".to_owned(),
            unfollowed_because: None,
            list: Some(list.id),
            ..PersonRow::new(patrons[0], "710")
        };
        person::update(&mut tx, &following).await.unwrap();
        assert_eq!(follow_list::forget_cursors(&mut tx, now()).await.unwrap(), 1);
        assert_eq!(follow_list::get(&mut tx, list.id).await.unwrap().cursor_key, None);
        assert_eq!(follow_list::mark_members_for_refresh(&mut tx, now()).await.unwrap(), 1);
        let due = due::refresh_due(&mut tx, "710", now(), 9).await.unwrap();
        assert_eq!(due.iter().map(|row| row.patron).collect::<Vec<_>>(), [patrons[0]]);
    }
}
