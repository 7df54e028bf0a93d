//! `backup`: made while there is something, checked, put back; and what it refuses.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::users::actions;
use super::{Ran, Site};

/// A site with an account, and a backup of it.
fn backed_up() -> Site {
    let site = Site::with_key();
    let add =
        ["user", "add", "anna", "--role", "auditor", "--until", "2099-12-31", "--password-file", "password"];
    site.run(&add).done();
    site.run(&["backup", "create", "copy"]).done();
    site
}

/// The site after its database was lost; the key and the backup are there.
fn lost() -> Site {
    let site = backed_up();
    for file in database_files(&site) {
        fs::remove_file(file).unwrap();
    }
    site
}

fn database_files(site: &Site) -> Vec<PathBuf> {
    let is_database = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("a.db");
    fs::read_dir(site.folder.path()).unwrap().map(|entry| entry.unwrap().path()).filter(is_database).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

fn restore(site: &Site) -> Ran {
    site.run(&["backup", "restore", "copy", "--format", "json"])
}

#[tokio::test]
async fn what_was_lost_is_restored_and_both_acts_are_in_the_audit_log() {
    let site = lost();
    let restored = restore(&site).done().json();
    assert_eq!((&restored["database"], &restored["rows"]["account"]), (&"sqlite".into(), &1.into()));
    assert_eq!((&restored["patrons_without_key"], &restored["outcome_unknown"]), (&0.into(), &0.into()));
    assert_eq!(site.run(&["user", "list", "--format", "json"]).done().json()[0]["name"], "anna");
    assert_eq!(actions(&site).await, ["keys.adopt", "account.add", "backup.create", "backup.restore"]);
}

#[test]
fn a_whole_backup_is_verified_and_says_what_it_holds() {
    let site = backed_up();
    let verified = site.run(&["backup", "verify", "copy", "--format", "json"]).done().json();
    assert_eq!(verified["rows"]["account"], 1);
    assert_eq!(verified["audit_sequence"], 3);
    assert!(verified["created_at"].as_str().unwrap().ends_with('Z'));
    let table = site.run(&["backup", "verify", "copy"]).done().stdout;
    assert!(table.contains("account") && table.contains("sqlite"));
}

#[test]
fn the_master_key_is_in_no_file_of_a_backup() {
    let site = backed_up();
    let key_file = fs::read_to_string(site.path("a.key")).unwrap();
    let keys: Vec<&str> = key_file
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    assert!(!keys.is_empty());
    let files = files_below(&site.path("copy"));
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for key in &keys {
            let raw = BASE64.decode(key).unwrap();
            let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
            assert!(!holds(key.as_bytes()) && !holds(&raw), "{}", file.display());
        }
    }
}

#[test]
fn nothing_is_written_over_a_folder_or_a_database_that_holds_something() {
    let site = backed_up();
    let before = fs::read(site.path("copy/manifest.json")).unwrap();
    site.run(&["backup", "create", "copy"]).ended(65).says("not empty");
    assert_eq!(fs::read(site.path("copy/manifest.json")).unwrap(), before);
    let ran = restore(&site).ended(65).says("not empty");
    assert_eq!(ran.stdout, "");
    assert_eq!(site.run(&["user", "list", "--format", "json"]).done().json()[0]["name"], "anna");
}

#[test]
fn a_damaged_file_is_found_and_nothing_is_restored_from_it() {
    for file in ["main.db", "keys/keys.db"] {
        let site = lost();
        let path = site.path("copy").join(file);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        site.run(&["backup", "verify", "copy"]).ended(65).says(name);
        restore(&site).ended(65).says(name);
        assert!(database_files(&site).is_empty(), "{:?}", database_files(&site));
    }
}

#[test]
fn what_is_no_finished_backup_is_65() {
    let site = lost();
    fs::create_dir(site.path("empty")).unwrap();
    for folder in ["empty", "none"] {
        site.run(&["backup", "verify", folder]).ended(65).says(folder);
        site.run(&["backup", "restore", folder]).ended(65).says(folder);
    }
    fs::rename(site.path("copy/keys"), site.path("elsewhere")).unwrap();
    restore(&site).ended(65).says("keys");
    site.run(&["backup", "restore", "copy", "--keys", "elsewhere"]).done();
}

#[test]
fn without_the_key_file_nothing_is_backed_up_or_restored() {
    let site = lost();
    fs::remove_file(site.path("a.key")).unwrap();
    restore(&site).ended(78).says("ajantasa keys create");
    assert!(database_files(&site).is_empty());
    site.run(&["backup", "create", "another"]).ended(78).says("ajantasa keys create");
    assert!(!site.path("another").exists());
}
