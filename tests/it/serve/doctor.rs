//! One line for each thing that is well or wrong, and the exit code of the worst.

use ajantasa::store::{Db, disclosure};
use serde_json::Value;

use super::{Ran, Site};
use crate::database::{block_on, execute};

impl Site {
    fn ran_once(&self) {
        let ran = self.run(&["run", "--until-idle"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
}

impl Ran {
    /// The state of a check in the doctor's JSON.
    #[track_caller]
    fn state(&self, check: &str) -> String {
        let checks: Vec<Value> =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout));
        let found = checks.iter().find(|found| found["check"] == check);
        found.map_or_else(String::new, |found| found["state"].as_str().unwrap_or_default().to_owned())
    }
}

#[test]
fn a_healthy_installation_has_nothing_wrong() {
    is_healthy(&Site::new());
}

#[test]
fn a_healthy_installation_on_postgres_has_nothing_wrong() {
    Site::with_postgres(|site| is_healthy(&site));
}

fn is_healthy(site: &Site) {
    site.ran_once();
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    for check in ["configuration", "secrets", "database", "key", "data keys", "cursor", "tasks", "people"] {
        assert_eq!(ran.state(check), "ok", "{check}: {}", ran.stdout);
    }
    // A site of a test is one, and says so.
    for check in ["test codes", "VTJ"] {
        assert_eq!(ran.state(check), "warn", "{check}: {}", ran.stdout);
    }
    let lines = site.run(&["doctor"]).stdout;
    assert!(lines.lines().all(|line| ["ok ", "warn ", "wrong "].iter().any(|word| line.starts_with(word))));
    assert!(!super::holds_identity_code(&lines));
}

#[test]
fn observation_mode_is_said() {
    let site = Site::new();
    site.configure("observe", &site.database());
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!((ran.code, ran.state("mode").as_str()), (Some(0), "warn"), "{}", ran.stdout);
}

#[test]
fn a_missing_key_is_78_and_the_rest_is_checked_all_the_same() {
    let site = Site::new();
    std::fs::remove_file(site.folder.path().join("a.key")).expect("it is there");
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!((ran.code, ran.state("configuration").as_str()), (Some(78), "wrong"), "{}", ran.stdout);
    assert!(ran.stdout.contains("ajantasa keys create"));
    assert_eq!(ran.state("database"), "ok");
}

#[test]
fn a_key_of_another_installation_is_78() {
    let site = Site::new();
    std::fs::remove_file(site.folder.path().join("a.key")).expect("it is there");
    let elsewhere = site.database().replace("a.db", "b.db");
    site.configure("write", &elsewhere);
    assert_eq!(site.run(&["keys", "create"]).code, Some(0));
    site.configure("write", &site.database());
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!((ran.code, ran.state("key").as_str()), (Some(78), "wrong"), "{}", ran.stdout);
}

#[test]
fn a_wrong_configuration_is_78_with_the_line() {
    let site = Site::new();
    site.write("ajantasa.toml", "[databse]\n");
    let ran = site.run(&["doctor"]);
    assert_eq!(ran.code, Some(78), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("wrong configuration: ") && ran.stdout.contains("ajantasa.toml:1:"));
}

#[test]
fn an_absent_database_is_69() {
    let site = Site::new();
    site.configure("write", &site.database().replace("a.db", "none.db"));
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!((ran.code, ran.state("database").as_str()), (Some(69), "wrong"), "{}", ran.stdout);
    assert!(!site.folder.path().join("none.db").exists(), "the doctor makes nothing");
}

#[test]
fn a_stale_cursor_is_75_and_names_the_way_out() {
    let site = Site::new();
    site.ran_once();
    let old = "UPDATE follow_list SET cursor_at = '2020-01-01T00:00:00+00:00'";
    block_on(execute(&site.url(), old)).expect("an open database");
    let ran = site.run(&["doctor", "--format", "json"]);
    assert_eq!((ran.code, ran.state("cursor").as_str()), (Some(75), "wrong"), "{}", ran.stdout);
    assert!(ran.stdout.contains("run fetch --reload"));
}

#[test]
fn a_first_run_is_foretold_without_asking_anything() {
    let site = Site::new();
    let ran = site.run(&["doctor", "--first-run", "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let number = |key: &str| found[key].as_u64().unwrap_or_else(|| panic!("{key}: {found}"));
    let left_out: u64 =
        found["left_out"].as_object().expect("reasons").values().filter_map(Value::as_u64).sum();
    assert_eq!(number("admissible") + left_out, number("patrons"));
    assert!(number("admissible") > 0 && left_out > 0);
    let euros = found["price_eur"].as_f64().expect("a price");
    #[expect(clippy::cast_precision_loss, reason = "some dozens of people")]
    let expected = number("admissible") as f64 * 0.011;
    assert!((euros - expected).abs() < 1e-6, "{euros} {expected}");
    assert_eq!(number("change_requests_per_day"), 24 * 4, "an hourly fetch of a list in each municipality");
    assert!(asked(&site).is_empty());
    let text = site.run(&["doctor", "--first-run"]).stdout;
    assert!(text.contains("nothing has been asked") && !super::holds_identity_code(&text));
}

#[test]
fn trying_vtj_is_a_request_in_the_disclosure_log_like_any() {
    let site = Site::new();
    let ran = site.run(&["doctor", "--online", "--format", "json"]);
    assert_eq!((ran.code, ran.state("VTJ online").as_str()), (Some(0), "ok"), "{}", ran.stdout);
    assert_eq!(asked(&site), [("kirjausavain".to_owned(), "answered".to_owned(), 1)]);
}

/// What was asked of VTJ, by interface and outcome.
fn asked(site: &Site) -> Vec<(String, String, i64)> {
    block_on(async {
        let db = Db::open(&site.url()).await.expect("the site's database");
        let counts = disclosure::counts(&mut db.read().await.expect("readable")).await.expect("counted");
        db.close().await;
        counts
    })
}
