//! `queue`: reviewing on the command line.

use super::Site;

/// A site with a reviewer, and two patrons whose register rows contradict themselves.
fn site() -> Site {
    let site = Site::with_key();
    let config = std::fs::read_to_string(site.path("ajantasa.toml")).expect("it was written");
    site.write("ajantasa.toml", &format!("[identity_code]\nallow_test_codes = true\n{config}"), 0o644);
    let patrons = "patron_id,card_number,identity_code,last_name,first_names,birth_date,municipality\n\
        P1,C1,010190-999W,Testinen,Tiina,1990-01-02,710\n\
        P2,C2,010190Y999W,Mallila,Matti,1990-01-03,078\n";
    site.write("patrons.csv", patrons, 0o600);
    site.run(&["patrons", "import", "patrons.csv"]).done();
    site.run(&["run", "reconcile"]).done();
    let account = ["--municipality", "710", "--until", "2099-12-31", "--password-file", "password"];
    site.run(&[&["user", "add", "anna", "--role", "reviewer"][..], &account].concat()).done();
    site
}

const ANNA: [&str; 4] = ["--as", "anna", "--password-file", "password"];

fn list(site: &Site, more: &[&str]) -> Vec<serde_json::Value> {
    let ran = site.run(&[&["queue", "list", "--format", "json"][..], more].concat()).done();
    ran.json().as_array().expect("an array").clone()
}

#[test]
fn the_queue_is_listed_shown_decided_and_taken_back() {
    let site = site();
    let items = list(&site, &[]);
    assert_eq!(items.len(), 2);
    let own = items.iter().find(|item| item["card_number"] == "C1").expect("it is listed");
    assert_eq!((&own["kind"], &own["state"]), (&"identity_mismatch".into(), &"new".into()));
    assert_eq!((&own["municipality"], &own["fields"]), (&"710".into(), &serde_json::json!([])));
    assert_eq!(list(&site, &ANNA).len(), 1);
    let id = own["id"].as_str().expect("a text");
    let other = items.iter().find(|item| item["card_number"] == "C2").expect("it is listed");
    let other = other["id"].as_str().expect("a text");
    let queue = |words: &[&str]| site.run(&[&["queue"][..], words, &ANNA].concat());
    let shown = queue(&["show", id, "--format", "json"]).done().json();
    assert_eq!(shown["state"], "opened");
    queue(&["approve", id, other]).ended(77).says("municipality");
    assert_eq!(list(&site, &["--state", "decided"]).len(), 1);
    queue(&["approve", id]).ended(65).says("decided already");
    queue(&["undo", id]).done();
    queue(&["reject", id, "--reason", "other"]).ended(64).says("--note");
    queue(&["snooze", id, "--until", "2020-01-01"]).ended(64);
    let later = queue(&["snooze", id, "--until", "2099-01-01", "--format", "json"]).done().json();
    assert_eq!(later[0]["snoozed_until"], "2098-12-31T22:00:00Z");
    let rejected = queue(&["reject", id, "--reason", "patron_newer", "--format", "json"]).done();
    assert_eq!(rejected.json()[0]["state"], "rejected");
    assert!(list(&site, &ANNA).is_empty());
}

#[test]
fn what_cannot_be_decided_ends_in_the_code_that_says_why() {
    let site = site();
    let id = list(&site, &ANNA)[0]["id"].as_str().expect("a text").to_owned();
    let unknown = "0198aaaa-0000-7000-8000-000000000000";
    let queue = |words: &[&str]| site.run(&[&["queue"][..], words].concat());
    queue(&["approve", &id]).ended(64);
    queue(&["approve", &id, "--as", "nobody", "--password-file", "password"]).ended(77);
    queue(&[&["approve", unknown][..], &ANNA].concat()).ended(65).says("no item");
    queue(&[&["approve", "this one"][..], &ANNA].concat()).ended(65).says("no item");
    queue(&["show", unknown]).ended(65);
    queue(&[&["reject", &id, "--reason", "whim"][..], &ANNA].concat()).ended(64);
    queue(&[&["approve", &id, "--now"][..], &ANNA].concat()).done();
    queue(&[&["undo", &id][..], &ANNA].concat()).ended(65);
    assert!(queue(&["list"]).done().stdout.contains("C2"));
    assert!(queue(&["show", &id]).done().stdout.contains("identity_mismatch"));
    assert!(queue(&["list", "--format", "csv"]).done().stdout.starts_with("id,kind,state"));
}
