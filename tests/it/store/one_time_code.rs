//! Codes on paper.

use ajantasa::store::one_time_code;

use super::now;
use crate::database::both;

both! {
    async fn a_code_is_taken_once_by_its_own_account_and_new_ones_replace_the_rest(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let other = super::account::add(&mut tx, "pekka").await;
        let digests = [vec![1; 16], vec![2; 16]];
        one_time_code::replace(&mut tx, account, &digests, now()).await.unwrap();
        assert_eq!(one_time_code::left(&mut tx, account).await.unwrap(), 2);
        assert!(!one_time_code::take(&mut tx, other, &digests[0], now()).await.unwrap());
        assert!(one_time_code::take(&mut tx, account, &digests[0], now()).await.unwrap());
        assert!(!one_time_code::take(&mut tx, account, &digests[0], now()).await.unwrap());
        assert_eq!(one_time_code::left(&mut tx, account).await.unwrap(), 1);
        one_time_code::replace(&mut tx, account, &[vec![3; 16]], now()).await.unwrap();
        assert!(!one_time_code::take(&mut tx, account, &digests[1], now()).await.unwrap());
        assert_eq!(one_time_code::delete(&mut tx, account).await.unwrap(), 1);
        assert_eq!(one_time_code::left(&mut tx, account).await.unwrap(), 0);
    }
}
