//! `keys`: made once, shown by fingerprint, replaced without losing anything wherever it is interrupted.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ajantasa::clock::{Clock as _, SystemClock};
use ajantasa::seal::{MasterKeys, Place, Vault};
use ajantasa::store::{Db, StoreUrl, data_key, new_id};
use serde_json::Value;
use uuid::Uuid;

use super::{Ran, Site};

fn versions(ran: &Ran) -> Vec<u64> {
    ran.json().as_array().unwrap().iter().map(|key| key["version"].as_u64().unwrap()).collect()
}

fn show(site: &Site) -> Ran {
    site.run(&["keys", "show", "--format", "json"]).done()
}

async fn open(site: &Site) -> Db {
    Db::open(&StoreUrl::Sqlite(site.path("a.db"))).await.unwrap()
}

fn place(patron: Uuid) -> Place {
    Place { table: "patron", column: "sealed", row: patron }
}

/// Makes data keys, and seals something with each.
async fn seal_for(site: &Site, count: usize) -> Vec<(Uuid, Vec<u8>)> {
    let db = open(site).await;
    let vault = Vault::new(&MasterKeys::read(&site.path("a.key")).unwrap());
    let patrons: Vec<Uuid> = (0..count).map(|_| new_id(SystemClock.now())).collect();
    let keyring = data_key::create(&db, &vault, &patrons, SystemClock.now()).await.unwrap();
    let sealed = patrons
        .iter()
        .map(|&patron| (patron, keyring.newest(patron).unwrap().seal(place(patron), b"Testikatu 1").unwrap()))
        .collect();
    db.close().await;
    sealed
}

async fn assert_opens(site: &Site, sealed: &[(Uuid, Vec<u8>)]) {
    let db = open(site).await;
    let vault = Vault::new(&MasterKeys::read(&site.path("a.key")).unwrap());
    let patrons: Vec<Uuid> = sealed.iter().map(|(patron, _)| *patron).collect();
    let keyring = data_key::keyring(&db, &vault, &patrons).await.unwrap();
    for (patron, sealed) in sealed {
        let plain = keyring.newest(*patron).unwrap().open(place(*patron), sealed).unwrap();
        assert_eq!(plain.as_slice(), b"Testikatu 1");
    }
    let mut tx = db.read_keys().await.unwrap();
    let newest = i64::from(vault.current_master_version());
    assert_eq!(data_key::wrapped_by_older(&mut tx, newest, 1).await.unwrap().len(), 0);
    drop(tx);
    db.close().await;
}

#[test]
fn a_key_file_is_its_owners_and_is_made_once() {
    let site = Site::bare();
    let made = site.run(&["keys", "create", "--format", "json"]).done();
    assert_eq!(versions(&made), [1]);
    assert_eq!(fs::metadata(site.path("a.key")).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(site.path("a.key")).unwrap();
    let again = site.run(&["keys", "create", "--format", "json"]).ended(78).says("exists already");
    assert_eq!((again.stdout.as_str(), fs::read(site.path("a.key")).unwrap()), ("", before));
}

#[test]
fn a_key_that_others_can_read_is_78() {
    let site = Site::with_key();
    fs::set_permissions(site.path("a.key"), fs::Permissions::from_mode(0o640)).unwrap();
    site.run(&["keys", "show"]).ended(78).says("chmod 600");
    site.run(&["user", "list"]).ended(78).says("chmod 600");
}

#[test]
fn what_is_shown_is_version_and_fingerprint_and_never_a_key() {
    let site = Site::with_key();
    let shown = show(&site);
    let first = shown.json()[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(first, ["fingerprint", "version"]);
    let file = fs::read_to_string(site.path("a.key")).unwrap();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let key = line.split_whitespace().nth(2).unwrap();
        assert!(!shown.stdout.contains(key));
    }
}

#[tokio::test]
async fn rotation_wraps_every_data_key_anew_and_drops_the_old_master_key() {
    let site = Site::with_key();
    let sealed = seal_for(&site, 1203).await;
    let old = show(&site).json()[0]["fingerprint"].clone();
    let rotated = site.run(&["keys", "rotate", "--format", "json"]).done();
    assert_eq!(versions(&rotated), [2]);
    assert_ne!(rotated.json()[0]["fingerprint"], old);
    assert_opens(&site, &sealed).await;
    assert_eq!(versions(&show(&site)), [2]);
    site.run(&["user", "list"]).done();
    assert_eq!(versions(&site.run(&["keys", "rotate", "--format", "json"]).done()), [3]);
    assert_opens(&site, &sealed).await;
}

#[tokio::test]
async fn a_rotation_that_was_interrupted_goes_on_instead_of_beginning_anew() {
    let site = Site::with_key();
    let sealed = seal_for(&site, 700).await;
    let mut keys = MasterKeys::read(&site.path("a.key")).unwrap();
    // As a kill leaves it: after the key file was written, and after the first batch.
    keys.add_version();
    keys.write(&site.path("a.key")).unwrap();
    let vault = Vault::new(&keys);
    let db = open(&site).await;
    let mut tx = db.begin_keys().await.unwrap();
    for key in data_key::wrapped_by_older(&mut tx, 2, 500).await.unwrap() {
        data_key::update_wrapping(&mut tx, &vault.rewrap(&key).unwrap()).await.unwrap();
    }
    tx.commit("test").await.unwrap();
    db.close().await;
    assert_eq!(versions(&show(&site)), [1, 2]);
    let rotated = site.run(&["keys", "rotate", "--format", "json"]).done().says("200 data keys");
    assert_eq!(versions(&rotated), [2]);
    assert_opens(&site, &sealed).await;

    // After everything was wrapped, before the old key was dropped.
    let text = fs::read_to_string(site.path("a.key")).unwrap();
    let more = text.replace(
        "master 2",
        &format!("{}\nmaster 2", text.lines().nth(1).unwrap().replace("index 0", "master 1")),
    );
    site.write("a.key", &more, 0o600);
    assert_eq!(versions(&show(&site)), [1, 2]);
    assert_eq!(versions(&site.run(&["keys", "rotate", "--format", "json"]).done()), [2]);
    assert_opens(&site, &sealed).await;
}

#[tokio::test]
async fn a_process_that_read_the_old_key_cannot_wrap_with_it_after_a_rotation() {
    let site = Site::with_key();
    let sealed = seal_for(&site, 3).await;
    let stale = Vault::new(&MasterKeys::read(&site.path("a.key")).unwrap());
    site.run(&["keys", "rotate"]).done();
    let db = open(&site).await;
    let patrons = [new_id(SystemClock.now())];
    let error = data_key::create(&db, &stale, &patrons, SystemClock.now()).await.unwrap_err();
    assert!(error.to_string().contains("start again after a rotation"), "{error}");
    db.close().await;
    assert_opens(&site, &sealed).await;
}

#[tokio::test]
async fn no_new_key_is_made_beside_sealed_data() {
    let site = Site::with_key();
    seal_for(&site, 1).await;
    fs::remove_file(site.path("a.key")).unwrap();
    site.run(&["keys", "create"]).ended(78).says("restore");
    assert!(!site.path("a.key").exists());
}

#[tokio::test]
async fn rotations_are_in_the_audit_log_before_and_after() {
    let site = Site::with_key();
    site.run(&["keys", "rotate"]).done();
    let actions = super::users::actions(&site).await;
    assert_eq!(actions, ["keys.adopt", "keys.rotate", "keys.rotated"]);
}

#[test]
fn the_output_of_show_is_the_same_as_a_table() {
    let site = Site::with_key();
    let table = site.run(&["keys", "show"]).done().stdout;
    let json: Value = show(&site).json();
    assert!(table.contains(json[0]["fingerprint"].as_str().unwrap()));
    let csv = site.run(&["keys", "show", "--format", "csv"]).done().stdout;
    assert_eq!(csv, format!("version,fingerprint\n1,{}\n", json[0]["fingerprint"].as_str().unwrap()));
}

#[test]
fn a_key_file_that_the_environment_names_is_made_and_replaced_there() {
    let site = Site::bare();
    let elsewhere = site.path("elsewhere.key");
    let run = |arguments: &[&str]| {
        let config = site.path("ajantasa.toml");
        let all = [&["--config", config.to_str().unwrap()], arguments].concat();
        let mut command = super::binary(site.folder.path(), &all);
        Ran::new(&command.env("AJANTASA_KEY_FILE", &elsewhere).output().unwrap())
    };
    run(&["keys", "create"]).done();
    assert!(elsewhere.exists() && !site.path("a.key").exists());
    assert_eq!(versions(&run(&["keys", "rotate", "--format", "json"]).done()), [2]);
}

#[test]
fn a_key_given_as_a_credential_is_not_replaced_there() {
    let site = Site::with_key();
    let credentials = site.path("credentials");
    fs::create_dir(&credentials).unwrap();
    fs::copy(site.path("a.key"), credentials.join("ajantasa.key")).unwrap();
    fs::set_permissions(credentials.join("ajantasa.key"), fs::Permissions::from_mode(0o440)).unwrap();
    let run = |arguments: &[&str]| {
        let config = site.path("ajantasa.toml");
        let all = [&["--config", config.to_str().unwrap()], arguments].concat();
        let mut command = super::binary(site.folder.path(), &all);
        Ran::new(&command.env("CREDENTIALS_DIRECTORY", &credentials).output().unwrap())
    };
    run(&["user", "list"]).done();
    run(&["keys", "rotate"]).ended(78).says("where it is kept");
    assert_eq!(versions(&show(&site)), [1]);
}
