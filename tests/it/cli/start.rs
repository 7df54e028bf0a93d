//! Configuration, key and database, before a command does its work.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ajantasa::store::{Db, StoreUrl};

use super::{PASSWORD, Site, run_in};

#[test]
fn a_good_configuration_passes_and_a_bad_one_is_78_with_file_line_and_nearest_name() {
    let site = Site::with_key();
    let ran = site.run(&["config", "check"]).done();
    assert_eq!(ran.stderr, "");
    let good = fs::read_to_string(site.path("ajantasa.toml")).unwrap();
    site.write("ajantasa.toml", &good.replace("[keys]", "[keyz]"), 0o644);
    let ran = site.run(&["config", "check"]).ended(78).says("ajantasa.toml:3:").says("`keys`");
    assert_eq!(ran.stdout, "");
    site.run(&["user", "list"]).ended(78).says("ajantasa.toml:3:");
    let json = site.run(&["config", "check", "--format", "json"]).ended(78);
    assert_eq!(json.stderr, "");
    assert_eq!(json.json()[0]["line"], 3);
}

#[test]
fn the_check_finds_what_only_the_file_system_can_tell() {
    let site = Site::bare();
    site.run(&["config", "check"]).ended(78).says("ajantasa keys create");
    let found = site.run(&["config", "check", "--format", "json"]).ended(78).json();
    assert_eq!(found.as_array().unwrap().len(), 1);
}

#[test]
fn no_configuration_is_78() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["--config", "none.toml", "user", "list"]).ended(78).says("none.toml");
}

#[test]
fn the_configuration_in_force_is_shown_without_secrets() {
    let site = Site::with_key();
    site.write(
        "ajantasa.toml",
        &format!(
            "[database]\nurl = \"postgres://ajantasa:{PASSWORD}@localhost/a\"\n[keys]\nfile = \"a.key\"\n"
        ),
        0o600,
    );
    let shown = site.run(&["config", "show"]).done().stdout;
    assert!(
        shown.contains("[database]") && shown.contains("# line 2") && !shown.contains(PASSWORD),
        "{shown}"
    );
    let json = site.run(&["config", "show", "--format", "json"]).done().json();
    assert_eq!(json["register"]["mode"], "write");
}

#[test]
fn a_missing_key_is_78_and_names_the_command_that_makes_one() {
    let site = Site::bare();
    for command in [&["user", "list", "--format", "json"][..], &["keys", "show"], &["keys", "rotate"]] {
        let ran = site.run(command).ended(78).says("ajantasa keys create");
        assert_eq!(ran.stdout, "", "{command:?}");
    }
    assert!(!site.path("a.db").exists(), "without a key no database is made");
}

#[test]
fn a_command_makes_the_database_and_keeps_it_from_others() {
    let site = Site::with_key();
    assert_eq!(site.run(&["user", "list", "--format", "json"]).done().json(), serde_json::json!([]));
    let mode = fs::metadata(site.path("a.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_database_that_is_not_there_and_cannot_be_made_is_69() {
    let site = Site::with_key();
    site.run(&["migrate", "status"]).ended(69);
    let text = fs::read_to_string(site.path("ajantasa.toml")).unwrap();
    site.write("ajantasa.toml", &text.replace("sqlite:a.db", "sqlite:no/folder/a.db"), 0o644);
    site.run(&["user", "list"]).ended(69).says("no/folder");
}

#[tokio::test]
async fn a_newer_schema_is_78() {
    let site = Site::with_key();
    site.run(&["migrate", "run"]).done();
    let status = site.run(&["migrate", "status", "--format", "json"]).done().json();
    assert_eq!(status[0]["state"], "current");
    let pool = sqlx::SqlitePool::connect(&site.database()).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of tomorrow', 1, x'00', 1)",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    for command in [&["user", "list"][..], &["migrate", "run"], &["migrate", "status"]] {
        site.run(command).ended(78).says("9999");
    }
}

#[tokio::test]
async fn the_key_of_another_installation_is_78() {
    let site = Site::with_key();
    site.run(&["user", "list"]).done();
    fs::remove_file(site.path("a.key")).unwrap();
    site.run(&["keys", "create"]).done();
    site.run(&["user", "list"]).ended(78).says("is not the key file this database was used with");
}

#[tokio::test]
async fn a_database_held_by_another_for_long_is_75() {
    let site = Site::with_key();
    site.run(&["user", "list"]).done();
    let db = Db::open(&StoreUrl::Sqlite(site.path("a.db"))).await.unwrap();
    let held = db.begin().await.unwrap();
    site.run(&["user", "disable", "nobody"]).ended(75).says("try again");
    drop(held);
}

#[test]
fn a_simulated_clock_beside_a_real_interface_is_78() {
    let site = Site::with_key();
    let text = fs::read_to_string(site.path("ajantasa.toml")).unwrap();
    let with = |url: &str| {
        let changes =
            format!("[vtj.changes]\nbase_url = \"{url}\"\nusername = \"u\"\npassword_file = \"password\"\n");
        site.write("ajantasa.toml", &format!("{text}{changes}"), 0o644);
        site.run(&["run", "enrol", "--simulated-clock", "2027-03-27T12:00:00+02:00", "--format", "json"])
    };
    let refused = with("https://vtj.example/api/v1").ended(78).says("--simulated-clock");
    assert_eq!(refused.stdout, "");
    with("http://127.0.0.1:1/api/v1").done().says("simulated clock: started at 2027-03-27T10:00:00+00:00");
}
