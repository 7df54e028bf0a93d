//! The inbox.

use ajantasa::store::inbox::{self, InboxRow};
use ajantasa::store::{follow_list, new_id};
use uuid::Uuid;

use super::{add_patrons, now};
use crate::database::{TestDb, both};

fn row(list: Uuid, patron: Uuid, key: u8) -> InboxRow {
    InboxRow {
        id: new_id(now()),
        list,
        patron,
        change_key: vec![key; 16],
        registered_at: Some(now()),
        received_at: now(),
        request: new_id(now()),
        state: "new".to_owned(),
        reason: None,
        attempts: 0,
        used_at: None,
        key_version: 1,
        sealed: Some(vec![7; 40]),
    }
}

async fn list(database: &TestDb) -> Uuid {
    let mut tx = database.db.begin().await.unwrap();
    let list = follow_list::with_room(&mut tx, "710", 1000, new_id(now()), now()).await.unwrap();
    tx.commit("test").await.unwrap();
    list.id
}

both! {
    async fn a_change_is_stored_once_by_its_key(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let list = list(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let page = [row(list, patrons[0], 1), row(list, patrons[1], 2)];
        assert_eq!(inbox::insert_new(&mut tx, &page).await.unwrap(), 2);
        let replayed = [row(list, patrons[0], 1), row(list, patrons[0], 3), row(list, patrons[0], 3)];
        assert_eq!(inbox::insert_new(&mut tx, &replayed).await.unwrap(), 1);
        tx.commit("test").await.unwrap();

        let mut tx = database.db.read().await.unwrap();
        let new = inbox::new_of(&mut tx, &patrons).await.unwrap();
        let keys: Vec<u8> = new.iter().map(|row| row.change_key[0]).collect();
        assert_eq!(keys, [1, 3, 2], "by patron, then by arrival");
        assert_eq!(format!("{:?}", new[0]), format!("{:?}", page[0]));
        assert_eq!(new[0].content().unwrap(), [7; 40]);
    }

    async fn of_some_keys_those_that_came_before_are_known(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let list = list(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let used = row(list, patrons[0], 2);
        inbox::insert_new(&mut tx, &[row(list, patrons[0], 1), used.clone()]).await.unwrap();
        inbox::mark_used(&mut tx, &[used.id], now()).await.unwrap();
        inbox::wipe(&mut tx, patrons[0], now()).await.unwrap();
        let asked = [vec![3; 16], vec![2; 16], vec![1; 16]];
        assert_eq!(inbox::known_keys(&mut tx, &asked).await.unwrap(), [vec![1; 16], vec![2; 16]]);
        assert!(inbox::known_keys(&mut tx, &[]).await.unwrap().is_empty());
    }

    async fn patrons_with_changes_are_found_page_by_page(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 3).await;
        let list = list(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let rows = [row(list, patrons[2], 1), row(list, patrons[0], 2), row(list, patrons[0], 3)];
        inbox::insert_new(&mut tx, &rows).await.unwrap();
        assert_eq!(inbox::patrons_with_new(&mut tx, Uuid::nil(), 1).await.unwrap(), [patrons[0]]);
        assert_eq!(inbox::patrons_with_new(&mut tx, patrons[0], 9).await.unwrap(), [patrons[2]]);
        inbox::count_attempt(&mut tx, patrons[0], 5).await.unwrap();
        let attempts: Vec<i64> =
            inbox::new_of(&mut tx, &patrons).await.unwrap().iter().map(|row| row.attempts).collect();
        assert_eq!(attempts, [1, 1, 0]);
    }

    async fn used_changes_are_emptied_later_and_their_keys_stay(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let list = list(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let used = row(list, patrons[0], 1);
        inbox::insert_new(&mut tx, &[used.clone(), row(list, patrons[0], 2)]).await.unwrap();
        inbox::mark_used(&mut tx, &[used.id], now()).await.unwrap();
        assert_eq!(inbox::new_of(&mut tx, &patrons).await.unwrap().len(), 1);
        assert_eq!(inbox::empty_used_before(&mut tx, now()).await.unwrap(), 0);
        let later = now() + chrono::Duration::microseconds(1);
        assert_eq!(inbox::empty_used_before(&mut tx, later).await.unwrap(), 1);
        assert_eq!(inbox::empty_used_before(&mut tx, later).await.unwrap(), 0);
        assert_eq!(inbox::insert_new(&mut tx, &[row(list, patrons[0], 1)]).await.unwrap(), 0);
    }

    async fn wiping_empties_every_change_of_one_patron_and_leaves_the_others(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let list = list(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let quarantined = InboxRow {
            state: "quarantined".to_owned(),
            reason: Some("not an object".to_owned()),
            ..row(list, patrons[0], 2)
        };
        let rows = [row(list, patrons[0], 1), quarantined, row(list, patrons[1], 3)];
        inbox::insert_new(&mut tx, &rows).await.unwrap();
        inbox::wipe(&mut tx, patrons[0], now()).await.unwrap();
        let left = inbox::new_of(&mut tx, &patrons).await.unwrap();
        assert_eq!(left.iter().map(|row| row.patron).collect::<Vec<_>>(), [patrons[1]]);
        assert_eq!(inbox::count_quarantined(&mut tx).await.unwrap(), 1);
        let later = now() + chrono::Duration::days(15);
        assert_eq!(inbox::empty_used_before(&mut tx, later).await.unwrap(), 0, "empty already");
    }
}
