//! Backups: made, checked, and put back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ajantasa::audit::{self, Actor, Event};
use ajantasa::finding::FindingState;
use ajantasa::store::backup::{self, BackupError};
use ajantasa::store::finding::FindingRow;
use ajantasa::store::{Db, apply_attempt, data_key, finding, lease, new_id, patron};
use chrono::Duration;
use uuid::Uuid;

use crate::database::{TestDb, both, on_sqlite};
use crate::store::{CODE, STREET, add_patrons, finding_row, now};

/// Makes a backup into a folder of that name; nothing where PostgreSQL's programs are missing.
async fn back_up(database: &TestDb, name: &str, hours: i64) -> Option<PathBuf> {
    let folder = database.folder().join(name);
    match backup::create(&database.db, &database.url, &folder, now() + Duration::hours(hours)).await {
        Ok(_) => Some(folder),
        Err(BackupError::NoTool(tool)) => {
            println!("skipped: {tool} is not installed");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Patrons, a finding that is being written, a lease, and rows of the audit log.
async fn fill(database: &TestDb) -> (Vec<Uuid>, Uuid) {
    let (patrons, _) = add_patrons(database, 3).await;
    let applying = FindingRow {
        state: "applying".to_owned(),
        decision: Some(new_id(now())),
        ..finding_row(patrons[0], "name_change")
    };
    let mut tx = database.db.begin().await.unwrap();
    finding::insert(&mut tx, std::slice::from_ref(&applying)).await.unwrap();
    apply_attempt::begin(&mut tx, new_id(now()), applying.id, 1, now()).await.unwrap();
    lease::take(&mut tx, "apply", "a", 600_000, None).await.unwrap().unwrap();
    let event = Event::new(now(), Actor::Task("apply"), "ajantasa", "finding.apply");
    audit::record(&mut tx, &[event.clone(), event]).await.unwrap();
    tx.commit("test").await.unwrap();
    (patrons, applying.id)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        }
        found.push(path);
    }
    found
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

both! {
    async fn a_backup_restores_what_there_was_and_closes_what_was_under_way(database: &TestDb) {
        let (patrons, applying) = fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        let verified = backup::verify(&folder).await.unwrap();
        assert!(verified.content_read);
        assert_eq!((verified.manifest.rows["patron"], verified.manifest.audit_sequence), (3, 2));
        assert_eq!(verified.keys.unwrap().data_keys, 3);

        let target = database.empty_target().await;
        let report = backup::restore(&folder, &target, None, now()).await.unwrap();
        assert_eq!((report.patrons_without_key, report.outcome_unknown), (0, 1));
        assert!(report.unreadable_rows.values().all(|rows| *rows == 0), "{:?}", report.unreadable_rows);

        let restored = Db::open(&target).await.unwrap();
        let keyring = data_key::keyring(&restored, &database.vault, &patrons).await.unwrap();
        let mut tx = restored.read().await.unwrap();
        for row in patron::by_ids(&mut tx, &patrons).await.unwrap() {
            assert_eq!(row.open(&keyring).unwrap().code.as_deref(), Some(CODE));
        }
        let row = finding::get(&mut tx, applying).await.unwrap().unwrap();
        assert_eq!(row.state().unwrap(), FindingState::OutcomeUnknown);
        assert_eq!(apply_attempt::unfinished(&mut tx, applying).await.unwrap(), None);
        let held = lease::get(&mut tx, "apply").await.unwrap().unwrap();
        assert_eq!((held.epoch, held.expires_ms), (2, 0));
        drop(tx);
        restored.close().await;
    }

    async fn a_backup_holds_no_master_key_no_identity_code_and_no_address_and_is_its_owners_alone(database: &TestDb) {
        let key_file = database.folder().join("ajantasa.key");
        let master = &database.master;
        master.create(&key_file).unwrap();
        fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        let key_text = fs::read_to_string(&key_file).unwrap();
        let secrets: Vec<&str> = key_text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(' ').next_back())
            .chain([CODE, STREET])
            .collect();
        assert!(secrets.len() >= 4);
        let raw: Vec<Vec<u8>> = master.versions().map(|(_, key)| key.to_vec()).collect();
        for path in files_below(&folder) {
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
            if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                for secret in secrets.iter().map(|secret| secret.as_bytes()).chain(raw.iter().map(Vec::as_slice)) {
                    assert!(!holds(&bytes, secret), "{} holds a secret", path.display());
                    assert!(!holds(&bytes, hex::encode(secret).as_bytes()), "{} holds a secret", path.display());
                }
            }
        }
        let main = if database.is_sqlite() { "main.db" } else { "main.dump" };
        assert!(holds(&fs::read(folder.join(main)).unwrap(), b"Testinen"), "the search finds what is there");
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    async fn the_newest_copy_of_the_keys_wins_so_that_the_forgotten_stay_forgotten(database: &TestDb) {
        let (patrons, _) = fill(database).await;
        let Some(old) = back_up(database, "old", 0).await else { return };
        data_key::destroy_up_to(&database.db, &[(patrons[1], i64::MAX)]).await.unwrap();
        let Some(new) = back_up(database, "new", 1).await else { return };
        let newer_keys = new.join(backup::KEYS_FOLDER);
        let target = database.empty_target().await;
        let report = backup::restore(&old, &target, Some(&newer_keys), now()).await.unwrap();
        assert_eq!(report.keys.data_keys, 2);
        assert_eq!((report.patrons_without_key, report.unreadable_rows["patron"]), (1, 1));
        let restored = Db::open(&target).await.unwrap();
        let keyring = data_key::keyring(&restored, &database.vault, &patrons).await.unwrap();
        let mut tx = restored.read().await.unwrap();
        let rows = patron::by_ids(&mut tx, &patrons).await.unwrap();
        let opens: Vec<bool> = rows.iter().map(|row| row.open(&keyring).is_ok()).collect();
        assert_eq!(opens, [true, false, true]);
        drop(tx);
        restored.close().await;
    }

    async fn older_keys_never_win_over_the_backups_own(database: &TestDb) {
        let (patrons, _) = fill(database).await;
        let Some(old) = back_up(database, "old", 0).await else { return };
        data_key::destroy_up_to(&database.db, &[(patrons[1], i64::MAX)]).await.unwrap();
        let Some(new) = back_up(database, "new", 1).await else { return };
        let older_keys = old.join(backup::KEYS_FOLDER);
        let target = database.empty_target().await;
        let report = backup::restore(&new, &target, Some(&older_keys), now()).await.unwrap();
        assert_eq!((report.keys.data_keys, report.patrons_without_key), (2, 1));
    }

    async fn keys_that_are_kept_elsewhere_must_be_named(database: &TestDb) {
        fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        let elsewhere = database.folder().join("elsewhere");
        fs::rename(folder.join(backup::KEYS_FOLDER), &elsewhere).unwrap();
        assert!(backup::verify(&folder).await.unwrap().keys.is_none());
        let target = database.empty_target().await;
        let error = backup::restore(&folder, &target, None, now()).await.unwrap_err();
        assert!(matches!(error, BackupError::NoKeys), "{error}");
        backup::restore(&folder, &target, Some(&elsewhere), now()).await.unwrap();
    }

    async fn a_target_that_holds_something_is_left_alone(database: &TestDb) {
        let (patrons, _) = fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        let error = backup::restore(&folder, &database.url, None, now()).await.unwrap_err();
        assert!(matches!(error, BackupError::TargetNotEmpty(_)), "{error}");
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(patron::by_ids(&mut tx, &patrons).await.unwrap().len(), 3);
    }

    async fn a_changed_byte_and_a_lost_file_are_found(database: &TestDb) {
        fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        for path in files_below(&folder).into_iter().filter(|path| path.is_file()) {
            if path.ends_with("manifest.json") {
                continue;
            }
            let whole = fs::read(&path).unwrap();
            let mut changed = whole.clone();
            let middle = changed.len() / 2;
            changed[middle] ^= 1;
            fs::write(&path, changed).unwrap();
            let error = backup::verify(&folder).await.unwrap_err();
            assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
            fs::remove_file(&path).unwrap();
            let error = backup::verify(&folder).await.unwrap_err();
            assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
            fs::write(&path, whole).unwrap();
            backup::verify(&folder).await.unwrap();
        }
    }

    async fn a_full_folder_half_a_backup_and_a_newer_schema_are_refused(database: &TestDb) {
        fill(database).await;
        let Some(folder) = back_up(database, "backup", 0).await else { return };
        let again = backup::create(&database.db, &database.url, &folder, now()).await.unwrap_err();
        assert!(matches!(again, BackupError::FolderNotEmpty(_)), "{again}");
        let manifest = folder.join("manifest.json");
        let text = fs::read_to_string(&manifest).unwrap();
        let mut newer: serde_json::Value = serde_json::from_str(&text).unwrap();
        newer["schema"] = 9999.into();
        fs::write(&manifest, newer.to_string()).unwrap();
        let target = database.empty_target().await;
        let error = backup::restore(&folder, &target, None, now()).await.unwrap_err();
        assert!(matches!(error, BackupError::NewerSchema { found: 9999, .. }), "{error}");
        fs::remove_file(&manifest).unwrap();
        let error = backup::restore(&folder, &target, None, now()).await.unwrap_err();
        assert!(matches!(error, BackupError::NotABackup(_)), "{error}");
    }
}

#[test]
fn a_gap_in_the_audit_log_is_found() {
    on_sqlite(async |database: &TestDb| {
        fill(database).await;
        let event = Event::new(now(), Actor::OsUser, "maija", "test.one");
        let mut tx = database.db.begin().await.unwrap();
        audit::record(&mut tx, &[event]).await.unwrap();
        tx.commit("test").await.unwrap();
        database.execute("DELETE FROM audit WHERE sequence = 2").await;
        let folder = back_up(database, "backup", 0).await.unwrap();
        let error = backup::verify(&folder).await.unwrap_err();
        assert!(error.to_string().contains("audit"), "{error}");
    });
}

#[test]
fn a_backup_of_one_kind_is_not_restored_into_the_other() {
    on_sqlite(async |database: &TestDb| {
        fill(database).await;
        let folder = back_up(database, "backup", 0).await.unwrap();
        let other = ajantasa::store::StoreUrl::Postgres("postgres://nobody@localhost/none".to_owned());
        let error = backup::restore(&folder, &other, None, now()).await.unwrap_err();
        assert!(matches!(error, BackupError::OtherDatabase { .. }), "{error}");
    });
}
