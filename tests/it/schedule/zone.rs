//! The system's time zone data beside the rules that are built in: who decides, and who is told.

use std::fs;
use std::path::Path;
use std::process::Command;

use ajantasa::schedule::zone::{Difference, difference};
use chrono::FixedOffset;
use serde_json::Value;

use super::at;

/// Helsinki as the law has it.
const AS_IT_IS: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";
/// Helsinki without summer time.
const NO_SUMMER_TIME: &str = "EET-2";

/// A time zone file (RFC 9636) of one rule for all times.
fn tzif(rule: &str) -> Vec<u8> {
    let mut block = b"TZif2".to_vec();
    block.extend([0; 15]);
    for count in [0_u32, 0, 0, 0, 1, 4] {
        block.extend(count.to_be_bytes());
    }
    block.extend(7_200_i32.to_be_bytes());
    block.extend([0, 0]);
    block.extend(b"EET\0");
    [&block[..], &block[..], b"\n", rule.as_bytes(), b"\n"].concat()
}

/// A folder of time zone data with this file for Helsinki.
fn folder(data: Option<&[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    if let Some(data) = data {
        fs::create_dir(folder.path().join("Europe")).unwrap();
        fs::write(folder.path().join("Europe/Helsinki"), data).unwrap();
    }
    folder
}

fn hours(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3600).unwrap()
}

#[test]
fn data_that_agree_are_no_difference_and_others_are_one_from_their_first_instant_on() {
    let now = at("2026-11-22T06:00:00+02:00");
    assert_eq!(difference(&tzif(AS_IT_IS), now), Ok(None));
    assert_eq!(
        difference(&tzif(NO_SUMMER_TIME), now),
        Ok(Some(Difference { at: at("2026-03-29T01:00:00Z"), built_in: hours(3), system: hours(2) }))
    );
    let later_in_autumn = "EET-2EEST,M3.5.0/3,M11.1.0/4";
    let found = difference(&tzif(later_in_autumn), now).unwrap().unwrap();
    assert_eq!((found.at, found.system), (at("2026-10-25T01:00:00Z"), hours(3)));
    for broken in [&b""[..], b"TZif", &tzif(AS_IT_IS)[..60]] {
        assert!(difference(broken, now).is_err());
    }
}

fn ajantasa(zone: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_ajantasa"))
        .args(arguments)
        .env("TZDIR", zone)
        .env("TZ", "Europe/Helsinki")
        .output()
        .unwrap()
}

fn doctors_line(zone: &Path) -> Value {
    let site = tempfile::tempdir().unwrap();
    let config = site.path().join("ajantasa.toml");
    fs::write(
        &config,
        "[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n[[municipality]]\ncode = \"710\"\n\
         name = { fi = \"Raasepori\" }\nlanguages = [\"sv\"]\nfield_groups = [\"address\"]\n",
    )
    .unwrap();
    let ran = ajantasa(zone, &["doctor", "--config", config.to_str().unwrap(), "--format", "json"]);
    let checks: Value = serde_json::from_slice(&ran.stdout).unwrap();
    checks.as_array().unwrap().iter().find(|check| check["check"] == "time zone").unwrap().clone()
}

#[test]
fn the_doctor_warns_of_a_system_that_differs_and_runs_go_by_the_built_in_rules() {
    let zone = folder(Some(&tzif(NO_SUMMER_TIME)));
    let line = doctors_line(zone.path());
    assert_eq!(line["state"], "warn");
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("+02:00 by the system's data and +03:00 by ajantasa's"), "{message}");
    assert!(message.contains("schedules run by the rules built into ajantasa"), "{message}");
    assert!(line["what_to_do"].as_str().unwrap().contains("update ajantasa"));

    let from = "2027-03-27T12:00:00+02:00";
    let arguments = ["schedule", "next", "30 3 * * *", "--from", from, "--count", "2", "--format", "json"];
    let due: Value = serde_json::from_slice(&ajantasa(zone.path(), &arguments).stdout).unwrap();
    assert_eq!(due, serde_json::json!(["2027-03-28T04:00:00+03:00", "2027-03-29T03:30:00+03:00"]));
}

#[test]
fn the_doctor_says_that_a_system_has_no_data_and_does_not_warn() {
    let line = doctors_line(folder(None).path());
    assert_eq!((&line["state"], &line["what_to_do"]), (&Value::from("ok"), &Value::Null));
    assert!(line["message"].as_str().unwrap().starts_with("the system has no "));
}

#[test]
fn the_doctor_is_content_with_a_system_that_agrees_and_warns_of_data_it_cannot_read() {
    assert_eq!(doctors_line(folder(Some(&tzif(AS_IT_IS))).path())["state"], "ok");
    let line = doctors_line(folder(Some(b"no time zone")).path());
    assert_eq!(line["state"], "warn");
    assert!(line["message"].as_str().unwrap().contains("cannot be compared"));
}
