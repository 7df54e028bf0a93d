//! Our own house on a bad day: the database locked, full or read-only, the key missing, hostile patron files.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;

use ajantasa::store::StoreUrl;
use sqlx::ConnectOptions as _;

use crate::contents;
use crate::scenario::small::{people, register, world};
use crate::scenario::{Place, Ran, Scenario, Setup, on_both, on_sqlite, private, testdata};

/// A user who owns nothing here.
const NOBODY: u32 = 65_534;

async fn few(place: &Place) -> Scenario {
    let setup = Setup { world: Some(world(people(2), Vec::new())), ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(2)).await;
    scenario
}

fn file(scenario: &Scenario) -> std::path::PathBuf {
    match &scenario.url {
        StoreUrl::Sqlite(path) => path.clone(),
        StoreUrl::Postgres(_) => unreachable!("for SQLite only"),
    }
}

#[test]
fn a_locked_database_is_waited_for_and_then_tried_again_later() {
    on_sqlite(async |place| {
        let scenario = few(&place).await;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file(&scenario));
        let mut other = options.connect().await.unwrap();
        sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
        let mut short = scenario.command(&["run", "enrol"]);
        short.env("AJANTASA_BUSY_MILLIS", "50");
        Ran::new(&short.output().unwrap()).ended(75).says("try again");
        let waiting = scenario.command(&["run", "enrol"]).spawn().unwrap();
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
        assert!(waiting.wait_with_output().unwrap().status.success());
    });
}

#[test]
fn a_full_disk_changes_nothing_and_says_so() {
    on_sqlite(async |place| {
        let scenario = few(&place).await;
        scenario.context.db.close().await;
        // A limit on the size of files is the full disk that anybody can make.
        let blocks = fs::metadata(file(&scenario)).unwrap().len() / 512;
        let mut bulk = register(2);
        for n in 0..20_000 {
            writeln!(bulk, "B{n:05},B{n:05},,Mallila,Aino,Pitkäkatu 2,10600,TAMMISAARI,fi,710").unwrap();
        }
        private(&scenario.path("bulk.csv"), &bulk);
        let command = scenario.command(&["patrons", "import", "bulk.csv"]);
        let mut limited = std::process::Command::new("sh");
        limited.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", blocks + 600)).arg("sh");
        limited.arg(command.get_program()).args(command.get_args()).current_dir(scenario.folder.path());
        Ran::new(&limited.output().unwrap()).ended(69).says("cannot be written");
        // With room again the same command ends well.
        scenario.ajantasa(&["patrons", "import", "bulk.csv"]).ended(0);
        let listed = scenario.ajantasa(&["--format", "json", "patrons", "list"]).ended(0).json();
        assert_eq!(listed.as_array().unwrap().len(), 20_002);
    });
}

#[test]
fn a_read_only_database_is_named() {
    on_sqlite(async |place| {
        let scenario = few(&place).await;
        scenario.context.db.close().await;
        let root = nix::unistd::geteuid().is_root();
        let own = |path: &std::path::Path| {
            if root {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        };
        for name in ["a.key", "password", "ajantasa.toml"] {
            own(&scenario.path(name));
        }
        for name in ["a.db", "a.db-keys"] {
            fs::set_permissions(scenario.path(name), fs::Permissions::from_mode(0o444)).unwrap();
        }
        fs::set_permissions(scenario.folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        let mut command = scenario.command(&["run", "enrol"]);
        if root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output();
        fs::set_permissions(scenario.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let Ok(output) = output else {
            println!("skipped: another user cannot start the binary where it lies");
            return;
        };
        let ran = Ran::new(&output).ended(69);
        assert!(ran.stderr.contains("read-only") || ran.stderr.contains("cannot be"), "{}", ran.stderr);
    });
}

#[test]
fn without_its_folder_or_with_a_damaged_file_the_database_is_named() {
    on_sqlite(async |place| {
        let scenario = few(&place).await;
        scenario.context.db.close().await;
        fs::write(file(&scenario), b"this is no database, whatever its name says, and it is long enough")
            .unwrap();
        scenario.ajantasa(&["run", "enrol"]).ended(69).says("damaged");
    });
}

on_both! {
    async fn a_missing_key_is_a_fault_of_the_configuration_and_leaves_the_database_alone(place: Place) {
        let scenario = few(&place).await;
        scenario.ajantasa(&["patrons", "list"]).ended(0);
        let before = contents::tables(&scenario.context, &[], &[]).await;
        fs::rename(scenario.path("a.key"), scenario.path("away.key")).unwrap();
        scenario.ajantasa(&["run", "--until-idle"]).ended(78).says("ajantasa keys create");
        ajantasa::seal::MasterKeys::generate().create(&scenario.path("a.key")).unwrap();
        let other = scenario.ajantasa(&["run", "--until-idle"]);
        assert_eq!(other.code, Some(78), "another key: {}", other.stderr);
        fs::rename(scenario.path("away.key"), scenario.path("a.key")).unwrap();
        assert_eq!(contents::tables(&scenario.context, &[], &[]).await, before);
        scenario.ajantasa(&["run", "enrol"]).ended(0);
    }

    async fn an_unreachable_database_is_tried_again_later_or_named(place: Place) {
        let scenario = few(&place).await;
        let path = scenario.path("ajantasa.toml");
        let text = fs::read_to_string(&path).unwrap();
        let (from, code) = match &scenario.url {
            StoreUrl::Sqlite(path) => (format!("sqlite:{}", path.display()), 69),
            StoreUrl::Postgres(url) => (url.clone(), 75),
        };
        let to = if code == 69 { "sqlite:gone/a.db" } else { "postgres://postgres@127.0.0.1:1/gone" };
        fs::write(path, text.replace(&from, to)).unwrap();
        let mut command = scenario.command(&["run", "enrol"]);
        command.env("AJANTASA_BUSY_MILLIS", "200");
        Ran::new(&command.output().unwrap()).ended(code);
    }

    async fn hostile_text_and_bad_rows_do_not_stop_the_others(place: Place) {
        let scenario = few(&place).await;
        for (name, code) in [("hostile.csv", 65), ("bad_rows.csv", 65)] {
            private(&scenario.path(name), &fs::read_to_string(testdata("patrons").join(name)).unwrap());
            scenario.ajantasa(&["patrons", "import", name, "--allow-shrink"]).ended(code);
        }
        scenario.until_idle().await;
        let listed = scenario.ajantasa(&["--format", "json", "queue", "list"]).ended(0);
        assert!(listed.json().is_array());
        assert!(!listed.stdout.contains('\u{1b}'), "terminal codes reach standard output");
        assert!(!scenario.ajantasa(&["patrons", "export"]).ended(0).stdout.contains('\0'));
        assert_eq!(contents::unrecorded(&scenario.context).await, [""; 0]);
    }
}
