//! What is shown once.

use ajantasa::store::shown_once::{self, ShownRow};
use chrono::TimeDelta;

use super::now;
use crate::database::both;

both! {
    async fn only_its_viewer_sees_it_and_only_for_a_while(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let viewer = super::account::add(&mut tx, "anna").await;
        let until = now() + TimeDelta::minutes(10);
        let row = |sealed: u8| ShownRow {
            account,
            kind: "password".to_owned(),
            viewer,
            key_version: 1,
            sealed: vec![sealed; 40],
            shown_until: until,
        };
        shown_once::put(&mut tx, &row(1)).await.unwrap();
        shown_once::put(&mut tx, &row(2)).await.unwrap();
        let seen = shown_once::get(&mut tx, account, "password", viewer, now()).await.unwrap();
        assert_eq!(seen, Some(row(2)));
        for (kind, who, at) in [("codes", viewer, now()), ("password", account, now()), ("password", viewer, until)] {
            assert_eq!(shown_once::get(&mut tx, account, kind, who, at).await.unwrap(), None, "{kind}");
        }
        assert_eq!(shown_once::delete_over(&mut tx, now()).await.unwrap(), 0);
        assert!(!shown_once::delete(&mut tx, account, "codes").await.unwrap());
        assert!(shown_once::delete(&mut tx, account, "password").await.unwrap());
        shown_once::put(&mut tx, &row(3)).await.unwrap();
        assert_eq!(shown_once::delete_over(&mut tx, until).await.unwrap(), 1);
    }
}
