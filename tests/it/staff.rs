//! Proof of identity: whatever is wrong, one answer; wrong passwords are counted one by one and lock for a
//! while; all of it on record.

use ajantasa::audit::{self, Filter};
use ajantasa::clock::{Clock as _, TestClock};
use ajantasa::staff::{self, Proof, ProvedAccount, StaffError};
use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::{Db, new_id};
use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;

use crate::database::{TestDb, both};

const PASSWORD: &str = "korrekt häst 12";

fn clock() -> TestClock {
    at("2026-11-21T10:00:00Z")
}

fn at(text: &str) -> TestClock {
    TestClock::at(text.parse::<DateTime<Utc>>().unwrap())
}

/// Adds a reviewer of 710 whose last day is 2027-01-31, changed as wanted.
async fn add(database: &TestDb, name: &str, change: impl FnOnce(&mut AccountRow)) -> AccountRow {
    let now = clock().now();
    let mut row = AccountRow {
        id: new_id(now),
        name: name.to_owned(),
        role: "reviewer".to_owned(),
        may_protected: false,
        password_hash: Some(staff::hash(SecretString::from(PASSWORD)).await.unwrap()),
        os_login: None,
        own_card: None,
        ends_on: "2027-01-31".parse().unwrap(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    change(&mut row);
    let mut tx = database.db.begin().await.unwrap();
    account::insert(&mut tx, &row, &["710".to_owned()]).await.unwrap();
    tx.commit("test").await.unwrap();
    row
}

async fn by_password(
    db: &Db,
    clock: &TestClock,
    name: &str,
    password: &str,
) -> Result<ProvedAccount, StaffError> {
    staff::prove(db, clock, name, Proof::Password(SecretString::from(password)), "tester").await
}

async fn stored(database: &TestDb, name: &str) -> AccountRow {
    account::by_name(&mut database.db.read().await.unwrap(), name).await.unwrap().unwrap()
}

/// Action and detail of each audit row, in order.
async fn log(database: &TestDb) -> Vec<(String, String)> {
    let mut tx = database.db.read().await.unwrap();
    let rows = audit::page(&mut tx, &Filter::default(), 0, 100).await.unwrap();
    rows.into_iter().map(|row| (row.action, row.detail)).collect()
}

both! {
    async fn whatever_is_wrong_the_answer_is_the_same_and_each_attempt_is_on_record(database: &TestDb) {
        add(database, "anna", |_| ()).await;
        let bo = add(database, "bo", |_| ()).await;
        add(database, "cecilia", |row| row.ends_on = "2026-11-20".parse().unwrap()).await;
        add(database, "dag", |row| (row.password_hash, row.os_login) = (None, Some("dag".to_owned()))).await;
        let mut tx = database.db.begin().await.unwrap();
        account::disable(&mut tx, bo.id, clock().now()).await.unwrap();
        tx.commit("test").await.unwrap();
        let clock = clock();
        let mut answers = Vec::new();
        for (name, password) in
            [("hunter2", PASSWORD), ("anna", "wrong"), ("bo", PASSWORD), ("cecilia", PASSWORD), ("dag", "x")]
        {
            answers.push(by_password(&database.db, &clock, name, password).await.unwrap_err());
        }
        for name in ["hunter2", "anna", "dag"] {
            answers.push(staff::prove(&database.db, &clock, name, Proof::OsUser, "tester").await.unwrap_err());
        }
        for answer in answers {
            assert!(matches!(answer, StaffError::NotProved));
            assert_eq!(answer.to_string(), "unknown user or wrong password");
        }
        let log = log(database).await;
        assert_eq!(log.len(), 8);
        for (action, detail) in &log {
            assert_eq!(action, "account.refuse");
            assert!(!detail.contains("hunter2"), "a name that is none may be a password in the wrong place");
        }
        assert_eq!(log[1].1, "account anna: wrong password");
        assert_eq!(log[2].1, "account bo: not in force");
    }

    async fn an_account_ends_after_its_last_day_in_helsinki(database: &TestDb) {
        add(database, "anna", |_| ()).await;
        for (now, proved) in [("2027-01-31T21:59:59Z", true), ("2027-01-31T22:00:00Z", false)] {
            assert_eq!(by_password(&database.db, &at(now), "anna", PASSWORD).await.is_ok(), proved, "{now}");
        }
    }

    async fn an_account_bound_to_the_calling_user_needs_no_password(database: &TestDb) {
        add(database, "anna", |row| row.os_login = Some("anna".to_owned())).await;
        let (db, clock) = (&database.db, clock());
        assert!(staff::is_bound(db, &clock, "anna", "anna").await.unwrap());
        assert!(!staff::is_bound(db, &clock, "anna", "bo").await.unwrap());
        let anna = staff::prove(db, &clock, "anna", Proof::OsUser, "anna").await.unwrap();
        assert!(anna.may_decide("710") && !anna.may_decide("078") && !anna.may_see_protected());
        assert_eq!(anna.os_user, "anna");
        staff::prove(db, &clock, "anna", Proof::OsUser, "bo").await.unwrap_err();
        assert_eq!(stored(database, "anna").await.failures, 0, "no password was guessed");
    }

    async fn wrong_passwords_lock_an_account_for_a_while_and_a_right_one_clears_them(database: &TestDb) {
        add(database, "anna", |_| ()).await;
        let (db, clock) = (&database.db, clock());
        by_password(db, &clock, "anna", "wrong").await.unwrap_err();
        let row = stored(database, "anna").await;
        assert_eq!((row.failures, row.locked_until), (1, Some(clock.now() + Duration::seconds(1))));
        clock.advance(Duration::seconds(1));
        by_password(db, &clock, "anna", PASSWORD).await.unwrap();
        let row = stored(database, "anna").await;
        assert_eq!((row.failures, row.locked_until), (0, None));
    }

    async fn for_the_rest_of_the_day_after_a_hundred_guesses_the_right_password_is_not_tried(database: &TestDb) {
        let row = add(database, "anna", |_| ()).await;
        let (db, clock) = (&database.db, clock());
        let mut tx = db.begin().await.unwrap();
        account::note_attempt(&mut tx, row.id, 99, None).await.unwrap();
        tx.commit("test").await.unwrap();
        by_password(db, &clock, "anna", "wrong").await.unwrap_err();
        by_password(db, &clock, "anna", PASSWORD).await.unwrap_err();
        assert_eq!(log(database).await[1].1, "account anna: locked");
        by_password(db, &at("2026-11-21T22:00:00Z"), "anna", PASSWORD).await.unwrap();
    }

    async fn guesses_made_at_the_same_time_are_judged_one_by_one(database: &TestDb) {
        add(database, "anna", |_| ()).await;
        let (db, clock) = (&database.db, clock());
        let guess = || by_password(db, &clock, "anna", "wrong");
        let (one, two, three) = tokio::join!(guess(), guess(), guess());
        for guess in [one, two, three] {
            guess.unwrap_err();
        }
        // The clock stands still, so the lock of the first guess holds for the others.
        assert_eq!(stored(database, "anna").await.failures, 1);
        assert_eq!(log(database).await.len(), 3);
    }
}
