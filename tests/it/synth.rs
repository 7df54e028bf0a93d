//! Synthetic data: repeatable, well-formed, nobody's, and true to its own truth.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ajantasa::finding::FindingKind;
use ajantasa::identity_code::IdentityCode;
use ajantasa::patron_file::Column;
use ajantasa::synth::{Settings, Summary, SynthError, synth};
use chrono::NaiveDate;
use serde_json::Value;

const FILES: [&str; 4] = ["population.jsonl", "changes.jsonl", "patrons.csv", "truth.csv"];

fn settings(persons: u64) -> Settings {
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    Settings { persons, seed: 7, changes: 0, today }
}

fn make(settings: &Settings) -> (tempfile::TempDir, Summary) {
    let dir = tempfile::tempdir().unwrap();
    let summary = synth(settings, dir.path()).unwrap();
    (dir, summary)
}

fn bytes(dir: &Path) -> Vec<Vec<u8>> {
    FILES.map(|file| std::fs::read(dir.join(file)).unwrap()).to_vec()
}

fn json_lines(dir: &Path, file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(dir.join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn rows(dir: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join("patrons.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn truth(dir: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut truth: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(dir.join("truth.csv")).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["patron_id", "kind"]);
    for record in reader.records().map(Result::unwrap) {
        assert!(truth.entry(record[0].to_owned()).or_default().insert(record[1].to_owned()), "a kind twice");
    }
    truth
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_people() {
    let (first, summary) = make(&Settings { changes: 700, ..settings(500) });
    let (second, again) = make(&Settings { changes: 700, ..settings(500) });
    let (other, _) = make(&Settings { changes: 700, seed: 8, ..settings(500) });
    assert_eq!(bytes(first.path()), bytes(second.path()));
    assert_eq!(summary, again);
    for (mine, theirs) in bytes(first.path()).iter().zip(bytes(other.path())) {
        assert_ne!(mine, &theirs);
    }
}

#[test]
fn the_bytes_stay_the_same_from_build_to_build() {
    let (dir, _) = make(&Settings { changes: 30, ..settings(300) });
    let digest = <sha2::Sha256 as sha2::Digest>::digest(bytes(dir.path()).concat());
    assert_eq!(hex::encode(digest), "fe8a665e31cbcb1a993f490e4b6eb9b08e353094fc3456351eaff4cc77382a33");
}

#[test]
fn every_code_is_valid_unique_and_nobodys() {
    let (dir, _) = make(&settings(20_000));
    let mut codes = BTreeSet::new();
    for row in rows(dir.path()) {
        let code = IdentityCode::parse(&row["identity_code"]).unwrap();
        assert!(code.is_test());
        assert!(codes.insert(row["identity_code"].clone()), "a code twice");
    }
    let newer_sign = codes.iter().filter(|code| !"-A".contains(&code[6..7])).count();
    assert!(newer_sign > 500, "{newer_sign} codes with a newer century sign");
    let lines = json_lines(dir.path(), "population.jsonl");
    let people: BTreeSet<&str> = lines.iter().map(|line| line["henkilotunnus"].as_str().unwrap()).collect();
    assert_eq!(people.len(), lines.len(), "one line a code");
    assert!(people.iter().all(|code| IdentityCode::parse(code).is_ok_and(|code| code.is_test())));
}

#[test]
fn the_patron_file_has_every_column_and_plain_values() {
    let (dir, summary) = make(&settings(3_000));
    let mut reader = csv::Reader::from_path(dir.path().join("patrons.csv")).unwrap();
    assert_eq!(reader.headers().unwrap(), Column::ALL.map(Column::as_str).to_vec());
    let rows = rows(dir.path());
    assert_eq!(rows.len() as u64, summary.patrons);
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["patron_id"].as_str()).collect();
    let cards: BTreeSet<&str> = rows.iter().map(|row| row["card_number"].as_str()).collect();
    assert_eq!((ids.len(), cards.len()), (rows.len(), rows.len()));
    for row in &rows {
        assert!(["078", "149", "710", "755", "092"].contains(&row["municipality"].as_str()));
        assert!(!row["last_name"].is_empty() && !row["first_names"].is_empty());
        let guarantor = &row["guarantor_patron_id"];
        assert!(guarantor.is_empty() || ids.contains(guarantor.as_str()));
        let a_child = row["birth_date"].as_str() > "2014-01-02";
        assert!(
            guarantor.is_empty() != a_child || row["birth_date"].starts_with("2014-01"),
            "{}",
            row["birth_date"]
        );
    }
}

#[test]
fn the_truth_speaks_of_known_kinds_near_their_shares() {
    let (dir, summary) = make(&settings(20_000));
    let truth = truth(dir.path());
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for kind in truth.values().flatten() {
        assert!(FindingKind::from_word(kind).is_some(), "{kind}");
        *counts.entry(kind).or_default() += 1.0;
    }
    for (kind, share) in [
        ("address_change", 0.04),
        ("death", 0.006),
        ("protection_started", 0.01),
        ("name_change", 0.01),
        ("moved_abroad", 0.003),
        ("identity_code_changed", 0.001),
        ("not_in_vtj", 0.002),
        ("identity_mismatch", 0.001),
        ("language_change", 0.005),
    ] {
        let expected = share * 20_000.0;
        let deviation = (counts[kind] - expected).abs();
        assert!(deviation < 5.0 * expected.sqrt(), "{kind}: {} instead of {expected}", counts[kind]);
    }
    assert_eq!(
        summary.findings.values().sum::<u64>(),
        truth.values().map(|kinds| kinds.len() as u64).sum::<u64>()
    );
    assert!(truth.values().any(|kinds| kinds.len() > 1));
}

/// The population with the log played: an entry replaces the groups it names.
fn played(dir: &Path) -> BTreeMap<String, Vec<Value>> {
    let groups = |line: &Value| line["tietoryhmat"].as_array().unwrap().clone();
    let code = |line: &Value| line["henkilotunnus"].as_str().unwrap().to_owned();
    let mut people: BTreeMap<String, Vec<Value>> =
        json_lines(dir, "population.jsonl").iter().map(|line| (code(line), groups(line))).collect();
    for entry in json_lines(dir, "changes.jsonl") {
        let new = groups(&entry);
        let person = people.get_mut(&code(&entry)).expect("the log speaks of people in the population");
        person.retain(|group| new.iter().all(|new| new["tietoryhma"] != group["tietoryhma"]));
        person.extend(new);
    }
    people
}

fn find<'a>(groups: &'a [Value], name: &str) -> Option<&'a Value> {
    groups.iter().find(|group| group["tietoryhma"] == name && group.get("loppupv").is_none())
}

/// What differs, read without the address and name rules of the product: street, number, flat and names.
fn differences(row: &BTreeMap<String, String>, groups: Option<&Vec<Value>>) -> BTreeSet<String> {
    let Some(groups) = groups else {
        return BTreeSet::from(["not_in_vtj".to_owned()]);
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
    let mut kinds = BTreeSet::new();
    let code = IdentityCode::parse(&row["identity_code"]).unwrap();
    let name = find(groups, "HENKILON_NIMI").unwrap();
    let other_last = text(&name["sukunimi"]) != row["last_name"].to_lowercase();
    let other_first = text(&name["etunimi"]) != row["first_names"].to_lowercase();
    if code.birth_date().to_string() != row["birth_date"] || (other_last && other_first) {
        return BTreeSet::from(["identity_mismatch".to_owned()]);
    }
    let protected =
        find(groups, "TURVAKIELTO").is_some_and(|group| group["turvakieltoAktiivinen"] == Value::Bool(true));
    if protected {
        kinds.insert("protection_started".to_owned());
    }
    if find(groups, "KUOLINPAIVA").or(find(groups, "KUOLLEEKSIJULISTAMISPAIVA")).is_some() {
        kinds.insert("death".to_owned());
        return kinds;
    }
    if find(groups, "HENKILOTUNNUS_KORJAUS")
        .is_some_and(|group| group["aktiivinenHenkilotunnus"] != row["identity_code"].as_str())
    {
        kinds.insert("identity_code_changed".to_owned());
    }
    if other_last {
        kinds.insert("name_change".to_owned());
    }
    if find(groups, "ASIOINTIKIELI").is_some_and(|group| group["kielikoodi"] != row["language"].as_str()) {
        kinds.insert("language_change".to_owned());
    }
    if find(groups, "VAKINAINEN_ULKOMAINEN_OSOITE").is_some() {
        kinds.insert("moved_abroad".to_owned());
    } else if !protected {
        let home = find(groups, "VAKINAINEN_KOTIMAINEN_OSOITE").unwrap();
        let street = row["street_address"].to_lowercase().replace(" as.", "");
        let number = street.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap();
        let same_street = ["fi", "sv"].iter().any(|form| {
            let known = text(&home["katunimi"][form]);
            street.starts_with(&known) || street.starts_with(&known.replace("katu", "k."))
        });
        if !same_street || text(&home["katunumero"]) != number {
            kinds.insert("address_change".to_owned());
        }
    }
    kinds
}

fn the_played_state_is_the_truth(settings: &Settings) {
    let (dir, _) = make(settings);
    let (people, truth) = (played(dir.path()), truth(dir.path()));
    for row in rows(dir.path()) {
        let found = differences(&row, people.get(&row["identity_code"]));
        let expected = truth.get(&row["patron_id"]).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{}", row["patron_id"]);
    }
}

#[test]
fn playing_the_whole_log_gives_the_state_of_the_truth() {
    the_played_state_is_the_truth(&settings(8_000));
    the_played_state_is_the_truth(&Settings { changes: 400, ..settings(3_000) });
}

#[test]
fn people_may_move_more_than_once() {
    the_played_state_is_the_truth(&Settings { changes: 2_300, ..settings(1_000) });
    the_played_state_is_the_truth(&Settings { changes: 9, ..settings(4) });
}

#[test]
fn the_log_grows_in_keys_and_times_from_yesterday_into_today() {
    let (dir, summary) = make(&Settings { changes: 250, ..settings(1_000) });
    let log = json_lines(dir.path(), "changes.jsonl");
    assert_eq!(log.len() as u64, summary.changes);
    assert!(log.len() > 250);
    assert!(log.is_sorted_by_key(|entry| entry["kirjausavain"].as_u64().unwrap()));
    assert!(log.is_sorted_by(|a, b| a["kirjausavain"].as_u64() < b["kirjausavain"].as_u64()));
    let times: Vec<&str> = log.iter().map(|entry| entry["muutospv"].as_str().unwrap()).collect();
    assert!(times.is_sorted());
    assert_eq!(times[0], "2026-11-20T02:05:00.000Z");
    assert_eq!(times[times.len() - 1], "2026-11-20T22:05:00.000Z", "00:05 of today in Helsinki");
}

#[test]
fn a_fair_part_of_the_differences_comes_by_the_log() {
    let (dir, summary) = make(&settings(20_000));
    let log = json_lines(dir.path(), "changes.jsonl").len() as u64;
    let findings: u64 = summary.findings.values().sum();
    assert!(log * 3 > findings && log < findings, "{log} of {findings}");
    assert_eq!(truth(dir.path()).len() as u64 / 1_000, findings / 1_000);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let too_many = synth(&settings(100_000_000), dir.path()).unwrap_err();
    assert!(matches!(too_many, SynthError::TooMany { .. }), "{too_many}");
    let nobody = synth(&Settings { changes: 1, ..settings(0) }, dir.path()).unwrap_err();
    assert!(matches!(nobody, SynthError::NoPeople), "{nobody}");
    let early = NaiveDate::from_ymd_opt(1999, 1, 1).unwrap();
    let date = synth(&Settings { today: early, ..settings(1) }, dir.path()).unwrap_err();
    assert!(matches!(date, SynthError::Date(_)), "{date}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn the_files_are_for_their_owner_alone() {
    let (dir, _) = make(&settings(3));
    for file in FILES {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&dir.path().join(file).metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
