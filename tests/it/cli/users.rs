//! Accounts: the rules of `user add`, and proof of identity in the database that commands share.

use ajantasa::audit::{self, Filter};
use ajantasa::clock::{Clock as _, TestClock};
use ajantasa::staff::{self, Proof, Role, StaffError};
use ajantasa::store::{Db, StoreUrl, account};
use chrono::{DateTime, Duration, Utc};
use secrecy::SecretString;

use super::{PASSWORD, Ran, Site};

const UNTIL: &str = "2099-12-31";

/// `user add`, with a password unless a login is given.
fn add(site: &Site, name: &str, role: &str, more: &[&str]) -> Ran {
    let mut all = vec!["user", "add", name, "--role", role];
    all.extend(more);
    if !more.contains(&"--until") {
        all.extend(["--until", UNTIL]);
    }
    if !more.contains(&"--os-user") && !more.contains(&"--password-file") {
        all.extend(["--password-file", "password"]);
    }
    site.run(&all)
}

async fn open(site: &Site) -> Db {
    Db::open(&StoreUrl::Sqlite(site.path("a.db"))).await.unwrap()
}

/// The actions of the audit log, in order.
pub(super) async fn actions(site: &Site) -> Vec<String> {
    let db = open(site).await;
    let rows = audit::page(&mut db.read().await.unwrap(), &Filter::default(), 0, 1000).await.unwrap();
    db.close().await;
    rows.into_iter().map(|row| row.action).collect()
}

fn clock() -> TestClock {
    TestClock::at("2026-11-21T10:00:00Z".parse::<DateTime<Utc>>().unwrap())
}

async fn with_password(db: &Db, clock: &TestClock, name: &str, password: &str) -> Result<Role, StaffError> {
    let proof = Proof::Password(SecretString::from(password));
    staff::prove(db, clock, name, proof, "tester").await.map(|account| account.role)
}

#[test]
fn an_account_is_listed_with_what_it_may_do_and_without_its_password_or_card() {
    let site = Site::with_key();
    let more =
        ["--municipality", "710", "--municipality", "078", "--may", "protected", "--own-card", "CARD-1"];
    add(&site, "anna", "reviewer", &more).done();
    let listed = site.run(&["user", "list", "--format", "json"]).done();
    let anna = &listed.json()[0];
    assert_eq!(anna["name"], "anna");
    assert_eq!(anna["role"], "reviewer");
    assert_eq!(anna["municipalities"], serde_json::json!(["078", "710"]));
    assert_eq!(anna["may_protected"], true);
    assert_eq!(anna["until"], UNTIL);
    assert_eq!(anna["state"], "active");
    assert!(!listed.stdout.contains("argon2") && !listed.stdout.contains("CARD-1"));
    let table = site.run(&["user", "list"]).done().stdout;
    assert!(table.contains("anna") && table.contains("078 710"));
}

#[test]
fn an_account_needs_an_end_in_the_future() {
    let site = Site::with_key();
    let town = ["--municipality", "710", "--until"];
    for past in ["2020-01-01", "2026-02-30", "soon"] {
        add(&site, "anna", "reviewer", &[&town[..], &[past]].concat()).ended(64);
    }
    let arguments = ["user", "add", "anna", "--role", "auditor", "--password-file", "password"];
    site.run(&arguments).ended(64).says("--until");
}

#[test]
fn protected_cases_are_for_reviewers_and_municipalities_are_configured_ones() {
    let site = Site::with_key();
    add(&site, "a", "administrator", &["--may", "protected"]).ended(64).says("reviewers only");
    add(&site, "b", "auditor", &["--may", "protected"]).ended(64);
    add(&site, "c", "reviewer", &["--municipality", "091"]).ended(64).says("078, 710");
    add(&site, "d", "reviewer", &["--municipality", "71"]).ended(64);
    add(&site, "e", "reviewer", &[]).ended(64).says("--municipality");
    add(&site, "f", "chief", &[]).ended(64);
    add(&site, "g h", "auditor", &[]).ended(64);
    assert_eq!(site.run(&["user", "list", "--format", "json"]).done().json(), serde_json::json!([]));
}

#[test]
fn nobody_is_administrator_and_auditor() {
    let site = Site::with_key();
    add(&site, "anna", "administrator", &["--os-user", "anna"]).done();
    add(&site, "anna2", "auditor", &["--os-user", "anna"]).ended(77).says("administrator and auditor");
    add(&site, "anna3", "reviewer", &["--os-user", "anna", "--municipality", "710"]).done();
    add(&site, "bo", "auditor", &["--own-card", "C-7"]).done();
    add(&site, "bo2", "administrator", &["--own-card", "C-7"]).ended(77);
    site.run(&["user", "disable", "anna"]).done();
    add(&site, "anna2", "auditor", &["--os-user", "anna"]).done();
}

#[test]
fn a_name_is_used_once_even_after_it_was_closed() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &[]).done();
    add(&site, "anna", "auditor", &[]).ended(65).says("already");
    site.run(&["user", "disable", "anna"]).done();
    add(&site, "anna", "auditor", &[]).ended(65);
    site.run(&["user", "disable", "anna"]).ended(65).says("closed already");
    site.run(&["user", "disable", "nobody"]).ended(77);
    assert_eq!(site.run(&["user", "list", "--format", "json"]).done().json()[0]["state"], "disabled");
}

#[test]
fn a_password_file_must_be_private_readable_and_long_enough() {
    let site = Site::with_key();
    for mode in [0o644, 0o640] {
        site.write("public", PASSWORD, mode);
        add(&site, "anna", "auditor", &["--password-file", "public"]).ended(78).says("chmod 600");
    }
    add(&site, "anna", "auditor", &["--password-file", "none"]).ended(78).says("none");
    site.write("short", "ääääääääääa\n", 0o600);
    let ran = add(&site, "anna", "auditor", &["--password-file", "short"]).ended(65).says("12");
    assert!(!ran.stderr.contains("äää"));
    let arguments = ["user", "add", "anna", "--role", "auditor", "--until", UNTIL];
    site.run(&arguments).ended(64).says("--password-file");
}

#[tokio::test]
async fn every_change_of_accounts_and_every_proof_is_in_the_audit_log() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &[]).done();
    add(&site, "anna", "auditor", &[]).ended(65);
    let (db, clock) = (open(&site).await, clock());
    with_password(&db, &clock, "anna", PASSWORD).await.unwrap();
    with_password(&db, &clock, "anna", "wrong").await.unwrap_err();
    with_password(&db, &clock, "hunter2 in the wrong place", "wrong").await.unwrap_err();
    let rows = audit::page(&mut db.read().await.unwrap(), &Filter::default(), 0, 100).await.unwrap();
    db.close().await;
    assert!(rows.iter().all(|row| !row.detail.contains("hunter2")));
    site.run(&["user", "disable", "anna"]).done();
    let wanted =
        ["keys.adopt", "account.add", "account.prove", "account.refuse", "account.refuse", "account.disable"];
    assert_eq!(actions(&site).await, wanted);
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &[]).done();
    add(&site, "bo", "auditor", &[]).done();
    add(&site, "cecilia", "auditor", &["--until", "2027-01-31"]).done();
    add(&site, "dag", "auditor", &["--os-user", "dag"]).done();
    site.run(&["user", "disable", "bo"]).done();
    let (db, clock) = (open(&site).await, clock());
    assert_eq!(with_password(&db, &clock, "cecilia", PASSWORD).await.unwrap(), Role::Auditor);
    clock.advance(Duration::days(100));
    let mut answers = Vec::new();
    for (name, password) in
        [("nobody", PASSWORD), ("anna", "wrong"), ("bo", PASSWORD), ("cecilia", PASSWORD), ("dag", "x")]
    {
        answers.push(with_password(&db, &clock, name, password).await.unwrap_err());
    }
    for name in ["nobody", "anna", "dag"] {
        answers.push(staff::prove(&db, &clock, name, Proof::OsUser, "tester").await.unwrap_err());
    }
    for answer in answers {
        assert!(matches!(answer, StaffError::NotProved));
        assert_eq!(answer.to_string(), "unknown user or wrong password");
    }
    db.close().await;
}

#[tokio::test]
async fn an_account_ends_after_its_last_day_in_helsinki() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &["--until", "2027-01-31"]).done();
    let db = open(&site).await;
    for (now, proved) in [("2027-01-31T21:59:59Z", true), ("2027-01-31T22:00:00Z", false)] {
        let clock = TestClock::at(now.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(with_password(&db, &clock, "anna", PASSWORD).await.is_ok(), proved, "{now}");
    }
    db.close().await;
}

#[tokio::test]
async fn an_account_bound_to_the_calling_user_needs_no_password() {
    let site = Site::with_key();
    add(&site, "anna", "reviewer", &["--os-user", "anna", "--municipality", "710"]).done();
    let (db, clock) = (open(&site).await, clock());
    assert!(staff::is_bound(&db, &clock, "anna", "anna").await.unwrap());
    assert!(!staff::is_bound(&db, &clock, "anna", "bo").await.unwrap());
    let anna = staff::prove(&db, &clock, "anna", Proof::OsUser, "anna").await.unwrap();
    assert!(anna.may_decide("710") && !anna.may_decide("078") && !anna.may_see_protected());
    assert_eq!(anna.os_user, "anna");
    staff::prove(&db, &clock, "anna", Proof::OsUser, "bo").await.unwrap_err();
    db.close().await;
}

#[tokio::test]
async fn wrong_passwords_lock_an_account_for_a_while_and_a_right_one_clears_them() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &[]).done();
    let (db, clock) = (open(&site).await, clock());
    with_password(&db, &clock, "anna", "wrong").await.unwrap_err();
    let row = account::by_name(&mut db.read().await.unwrap(), "anna").await.unwrap().unwrap();
    assert_eq!((row.failures, row.locked_until), (1, Some(clock.now() + Duration::seconds(1))));
    clock.advance(Duration::seconds(1));
    with_password(&db, &clock, "anna", PASSWORD).await.unwrap();
    let row = account::by_name(&mut db.read().await.unwrap(), "anna").await.unwrap().unwrap();
    assert_eq!((row.failures, row.locked_until), (0, None));

    // Far beyond the short locks nobody waits, and the right password is not tried either.
    let mut tx = db.begin().await.unwrap();
    account::note_attempt(&mut tx, row.id, 100, Some(clock.now() + Duration::hours(5))).await.unwrap();
    tx.commit("test").await.unwrap();
    with_password(&db, &clock, "anna", PASSWORD).await.unwrap_err();
    let later = TestClock::at(clock.now() + Duration::hours(5));
    with_password(&db, &later, "anna", PASSWORD).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn guesses_made_at_the_same_time_are_judged_one_by_one() {
    let site = Site::with_key();
    add(&site, "anna", "auditor", &[]).done();
    let (db, clock) = (open(&site).await, clock());
    let guesses = (0..4).map(|_| with_password(&db, &clock, "anna", "wrong"));
    for guess in futures_join(guesses).await {
        guess.unwrap_err();
    }
    let row = account::by_name(&mut db.read().await.unwrap(), "anna").await.unwrap().unwrap();
    assert_eq!(
        row.failures, 1,
        "the clock stands still, so the lock of the first guess holds for the others"
    );
    db.close().await;
}

/// Waits for all, side by side.
async fn futures_join<T>(futures: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, done) in &mut waiting {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => *done = Some(value),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}
