//! The city's own directory: sign-ins that were sent there, and the accounts that it knows.

use ajantasa::store::directory::{self, SentRow};
use ajantasa::store::{StoreError, assignment};
use chrono::TimeDelta;
use uuid::Uuid;

use super::now;
use crate::database::both;

fn sent(number: u8, minutes: i64) -> SentRow {
    SentRow {
        state_digest: vec![number; 32],
        browser_digest: vec![number + 100; 32],
        id: Uuid::from_u128(u128::from(number)),
        sealed: vec![number],
        begun_at: now() + TimeDelta::minutes(minutes),
    }
}

both! {
    async fn a_sign_in_that_was_sent_is_taken_once_and_the_old_ones_go(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        for row in [sent(1, 0), sent(2, 5), sent(3, 0)] {
            directory::send(&mut tx, &row).await.unwrap();
        }
        assert_eq!(directory::take(&mut tx, &[1; 32]).await.unwrap(), Some(sent(1, 0)));
        assert_eq!(directory::take(&mut tx, &[1; 32]).await.unwrap(), None, "it was taken");
        assert_eq!(directory::delete_before(&mut tx, now() + TimeDelta::minutes(5)).await.unwrap(), 1);
        assert_eq!(directory::take(&mut tx, &[3; 32]).await.unwrap(), None);
        assert_eq!(directory::take(&mut tx, &[2; 32]).await.unwrap(), Some(sent(2, 5)));
    }

    async fn an_account_is_known_by_issuer_and_subject_to_the_letter(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        assert!(!directory::is_linked(&mut tx, account).await.unwrap());
        directory::link(&mut tx, "https://a", "m", account, now()).await.unwrap();
        assert!(directory::is_linked(&mut tx, account).await.unwrap());
        assert_eq!(directory::account_of(&mut tx, "https://a", "m").await.unwrap(), Some(account));
        for (issuer, subject) in [("https://b", "m"), ("https://a", "M"), ("https://a", "m "), ("m", "https://a")] {
            assert_eq!(directory::account_of(&mut tx, issuer, subject).await.unwrap(), None, "{issuer} {subject}");
        }
        let twice = directory::link(&mut tx, "https://a", "other", account, now()).await;
        assert!(matches!(twice, Err(StoreError::Taken)), "{twice:?}");
    }

    async fn an_administrator_of_our_own_is_one_that_no_directory_made(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "anna").await;
        assert!(!directory::has_own_administrator(&mut tx).await.unwrap(), "a reviewer");
        ajantasa::store::account::set_rights(&mut tx, account, "administrator", false, &[]).await.unwrap();
        assert!(directory::has_own_administrator(&mut tx).await.unwrap());
        directory::link(&mut tx, "https://a", "anna", account, now()).await.unwrap();
        assert!(!directory::has_own_administrator(&mut tx).await.unwrap(), "the directory's");
        assert_eq!(assignment::clear_of(&mut tx, account).await.unwrap(), 0, "nothing to give back");
    }
}
