//! Accounts.

use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::{StoreError, Tx, new_id};
use uuid::Uuid;

use super::now;
use crate::database::both;

/// A row of a reviewer who is cleared for protected cases.
pub fn row(name: &str) -> AccountRow {
    AccountRow {
        id: new_id(now()),
        name: name.to_owned(),
        role: "reviewer".to_owned(),
        may_protected: true,
        password_hash: None,
        os_login: Some("maija".to_owned()),
        own_card: Some("203000001".to_owned()),
        ends_on: "2027-12-31".parse().unwrap(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now(),
    }
}

/// Adds an account for a test of what belongs to accounts.
pub async fn add(tx: &mut Tx, name: &str) -> Uuid {
    let row = row(name);
    account::insert(tx, &row, &[]).await.unwrap();
    row.id
}

both! {
    async fn an_account_comes_back_as_stored_with_its_municipalities_in_order(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let stored = row("maija");
        let municipalities = ["755", "710", "755"].map(str::to_owned);
        account::insert(&mut tx, &stored, &municipalities).await.unwrap();
        account::insert(&mut tx, &row("aino"), &[]).await.unwrap();
        let found = account::by_name(&mut tx, "maija").await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{stored:?}"));
        assert_eq!(account::get(&mut tx, stored.id).await.unwrap().name, "maija");
        assert!(account::get(&mut tx, new_id(now())).await.is_err());
        assert!(account::by_name(&mut tx, "Maija").await.unwrap().is_none());
        assert_eq!(account::municipalities(&mut tx, stored.id).await.unwrap(), ["710", "755"]);
        let names: Vec<_> = account::all(&mut tx).await.unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["aino", "maija"]);
    }

    async fn an_account_has_a_language_or_that_of_the_browser(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let (maija, aino) = (add(&mut tx, "maija").await, add(&mut tx, "aino").await);
        assert_eq!(account::language(&mut tx, maija).await.unwrap(), None);
        account::set_language(&mut tx, maija, Some("sv")).await.unwrap();
        assert_eq!(account::language(&mut tx, maija).await.unwrap().as_deref(), Some("sv"));
        assert_eq!(account::language(&mut tx, aino).await.unwrap(), None);
        account::set_language(&mut tx, maija, None).await.unwrap();
        assert_eq!(account::language(&mut tx, maija).await.unwrap(), None);
        assert!(account::set_language(&mut tx, new_id(now()), Some("fi")).await.is_err());
        assert!(account::language(&mut tx, new_id(now())).await.is_err());
    }

    async fn no_account_has_a_language_that_there_is_not(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let maija = add(&mut tx, "maija").await;
        assert!(account::set_language(&mut tx, maija, Some("de")).await.is_err());
    }

    async fn a_name_is_given_once(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        account::insert(&mut tx, &row("maija"), &[]).await.unwrap();
        let again = account::insert(&mut tx, &row("maija"), &[]).await.unwrap_err();
        assert!(matches!(again, StoreError::Taken), "{again}");
    }

    async fn a_locked_account_waits_for_the_transaction_before_it(database: &TestDb) {
        let stored = row("maija");
        let mut tx = database.db.begin().await.unwrap();
        account::insert(&mut tx, &stored, &[]).await.unwrap();
        account::lock(&mut tx, new_id(now())).await.unwrap();
        tx.commit("test").await.unwrap();
        let mut first = database.db.begin().await.unwrap();
        account::lock(&mut first, stored.id).await.unwrap();
        let db = database.db.clone();
        let second = tokio::spawn(async move {
            let mut tx = db.begin().await.unwrap();
            account::lock(&mut tx, stored.id).await.unwrap();
            account::get(&mut tx, stored.id).await.unwrap().failures
        });
        account::note_attempt(&mut first, stored.id, 4, None).await.unwrap();
        assert!(!second.is_finished());
        first.commit("test").await.unwrap();
        assert_eq!(second.await.unwrap(), 4, "what the first has counted is seen");
    }

    async fn only_a_reviewer_may_be_cleared_for_protected_cases(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let administrator = AccountRow { role: "administrator".to_owned(), ..row("maija") };
        assert!(account::insert(&mut tx, &administrator, &[]).await.is_err());
    }

    async fn wrong_passwords_are_counted_and_a_closed_account_stays_closed(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let stored = row("maija");
        account::insert(&mut tx, &stored, &[]).await.unwrap();
        account::note_attempt(&mut tx, stored.id, 3, Some(now())).await.unwrap();
        let found = account::by_name(&mut tx, "maija").await.unwrap().unwrap();
        assert_eq!((found.failures, found.locked_until), (3, Some(now())));
        account::note_attempt(&mut tx, stored.id, 0, None).await.unwrap();
        account::disable(&mut tx, stored.id, now()).await.unwrap();
        let again = account::disable(&mut tx, stored.id, now()).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict(_)), "{again}");
        let found = account::by_name(&mut tx, "maija").await.unwrap().unwrap();
        assert_eq!((found.failures, found.locked_until, found.disabled_at), (0, None, Some(now())));
    }

    async fn an_administrator_changes_password_last_day_and_rights_of_an_account_that_is_not_closed(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let stored = row("maija");
        account::insert(&mut tx, &stored, &["710".to_owned()]).await.unwrap();
        account::set_password(&mut tx, stored.id, "another hash").await.unwrap();
        account::set_ends_on(&mut tx, stored.id, "2028-01-31".parse().unwrap()).await.unwrap();
        let codes = ["078", "710"].map(str::to_owned);
        account::set_rights(&mut tx, stored.id, "reviewer", false, &codes).await.unwrap();
        let found = account::find(&mut tx, stored.id).await.unwrap().unwrap();
        assert_eq!(found.password_hash.as_deref(), Some("another hash"));
        assert_eq!((found.ends_on.to_string().as_str(), found.may_protected), ("2028-01-31", false));
        assert_eq!(account::municipalities(&mut tx, stored.id).await.unwrap(), codes);
        account::set_rights(&mut tx, stored.id, "auditor", false, &[]).await.unwrap();
        assert!(account::municipalities(&mut tx, stored.id).await.unwrap().is_empty());
        assert!(account::find(&mut tx, new_id(now())).await.unwrap().is_none());
        account::disable(&mut tx, stored.id, now()).await.unwrap();
        assert!(account::set_ends_on(&mut tx, stored.id, "2028-01-31".parse().unwrap()).await.is_err());
        assert!(account::set_rights(&mut tx, stored.id, "reviewer", false, &codes).await.is_err());
        assert!(account::set_password(&mut tx, new_id(now()), "x").await.is_err());
    }
}
