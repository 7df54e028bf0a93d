//! Accounts: the rules of `user add`, and proof of identity in the database that commands share.

use ajantasa::audit::{self, Filter};
use ajantasa::clock::TestClock;
use ajantasa::staff::{self, Proof, Role, StaffError};
use ajantasa::store::{Db, StoreUrl};
use chrono::{DateTime, Utc};
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
