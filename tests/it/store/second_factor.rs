//! The secret of an account's app.

use ajantasa::store::second_factor::{self, FactorRow};

use super::now;
use crate::database::both;

both! {
    async fn a_pending_secret_takes_the_place_of_the_one_in_force_when_it_is_confirmed(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let other = super::account::add(&mut tx, "pekka").await;
        let row = |sealed: u8| FactorRow {
            account,
            state: "pending".to_owned(),
            key_version: 1,
            sealed: vec![sealed; 40],
            last_step: 0,
            made_at: now(),
        };
        assert!(!second_factor::confirm(&mut tx, account, 7).await.unwrap());
        second_factor::put(&mut tx, &row(1)).await.unwrap();
        second_factor::put(&mut tx, &row(2)).await.unwrap();
        assert_eq!(second_factor::get(&mut tx, account, "pending").await.unwrap(), Some(row(2)));
        assert!(second_factor::holders(&mut tx).await.unwrap().is_empty());
        assert!(second_factor::confirm(&mut tx, account, 7).await.unwrap());
        assert_eq!(second_factor::get(&mut tx, account, "pending").await.unwrap(), None);
        assert_eq!(second_factor::holders(&mut tx).await.unwrap(), [account]);
        assert!(!second_factor::confirm(&mut tx, account, 8).await.unwrap(), "nothing is pending");
        let confirmed = FactorRow { state: "confirmed".to_owned(), last_step: 7, ..row(2) };
        assert_eq!(second_factor::get(&mut tx, account, "confirmed").await.unwrap(), Some(confirmed));
        second_factor::put(&mut tx, &row(3)).await.unwrap();
        assert!(second_factor::confirm(&mut tx, account, 9).await.unwrap());
        let found = second_factor::get(&mut tx, account, "confirmed").await.unwrap().unwrap();
        assert_eq!((found.sealed[0], found.last_step), (3, 9));
        assert_eq!(second_factor::delete(&mut tx, other).await.unwrap(), 0);
        assert_eq!(second_factor::delete(&mut tx, account).await.unwrap(), 1);
    }

    async fn a_step_is_taken_once_and_none_before_it_any_more(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let row = FactorRow {
            account,
            state: "pending".to_owned(),
            key_version: 1,
            sealed: vec![1; 40],
            last_step: 0,
            made_at: now(),
        };
        second_factor::put(&mut tx, &row).await.unwrap();
        assert!(!second_factor::take_step(&mut tx, account, 5).await.unwrap(), "it is not in force");
        second_factor::confirm(&mut tx, account, 5).await.unwrap();
        for (step, taken) in [(5, false), (6, true), (6, false), (4, false), (7, true)] {
            assert_eq!(second_factor::take_step(&mut tx, account, step).await.unwrap(), taken, "{step}");
        }
    }
}
