//! What an import does to the register.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ajantasa::finding::{Field, FieldChange};
use ajantasa::patron_file::Encoding;
use ajantasa::patrons::{self, Options, PatronsError, Source};
use ajantasa::store;
use ajantasa::store::data_key;
use ajantasa::store::finding::{FindingRow, SealedFinding};
use ajantasa::store::patron::seal;
use uuid::Uuid;

use super::{Desk, HEADER, OPTIONS, example};
use crate::database::both;

const ONE: &str = "P1,C1,150365-901X,Testinen,Aino,710,Raaseporintie 8 A 12,+358 50 1,,";
const TWO: &str = "P2,C2,,Provberg,Karl,078,Vuorikatu 1,,,";

/// A correction as the register would get it: another street, with its source.
async fn correct_street(desk: &Desk<'_>, patron_id: &str, street: &str) {
    let mut row = desk.row(patron_id).await;
    let keyring = data_key::keyring(&desk.context.db, &desk.context.vault, &[row.id]).await.unwrap();
    let mut columns = row.open(&keyring).unwrap();
    street.clone_into(&mut columns.contact.address.street_address);
    row.sealed = seal(keyring.newest(row.id).unwrap(), &columns).unwrap();
    r#"{"street_address":{"source":"vtj"}}"#.clone_into(&mut row.sources);
    row.version += 1;
    let mut tx = desk.context.db.begin().await.unwrap();
    store::patron::update(&mut tx, &row).await.unwrap();
    tx.commit("test.correct").await.unwrap();
}

/// A finding about a patron's street, in a state.
async fn find_street(desk: &Desk<'_>, patron_id: &str, state: &str, proposed: &str) -> Uuid {
    let row = desk.row(patron_id).await;
    let keyring = data_key::keyring(&desk.context.db, &desk.context.vault, &[row.id]).await.unwrap();
    let now = desk.context.clock.now();
    let id = store::new_id(now);
    let change = FieldChange {
        field: Field::StreetAddress,
        current: "Raaseporintie 8 A 12".to_owned(),
        proposed: proposed.to_owned(),
    };
    let content = SealedFinding { fields: vec![change], death_date: None, ..SealedFinding::default() };
    let finding = FindingRow {
        source: "vtj".to_owned(),
        held_back: false,
        change_class: None,
        id,
        patron: row.id,
        kind: "address_change".to_owned(),
        state: state.to_owned(),
        rule: "test".to_owned(),
        reason: "test".to_owned(),
        moved: None,
        single_review: false,
        confirmable: true,
        evidence_digest: vec![1],
        patron_version: row.version,
        record_version: 1,
        request: None,
        key_version: 1,
        sealed: Some(store::finding::seal(keyring.newest(row.id).unwrap(), id, &content).unwrap()),
        opened_at: now,
        updated_at: now,
        snoozed_until: None,
        effective_at: None,
        decision: (state == "written").then(|| store::new_id(now)),
        superseded_by: None,
        version: 1,
    };
    let mut tx = desk.context.db.begin().await.unwrap();
    store::finding::insert(&mut tx, &[finding]).await.unwrap();
    tx.commit("test.find").await.unwrap();
    id
}

async fn finding(desk: &Desk<'_>, id: Uuid) -> FindingRow {
    let mut tx = desk.context.db.read().await.unwrap();
    store::finding::get(&mut tx, id).await.unwrap().unwrap()
}

async fn due(desk: &Desk<'_>, patron_id: &str) -> (bool, bool) {
    let id = desk.row(patron_id).await.id;
    let mut tx = desk.context.db.read().await.unwrap();
    let person = store::person::by_patrons(&mut tx, &[id]).await.unwrap().pop().unwrap();
    (person.enrol_due, person.compare_due)
}

async fn nothing_due(desk: &Desk<'_>) {
    desk.database.execute("UPDATE person SET enrol_due = FALSE, compare_due = FALSE").await;
}

both! {
    async fn the_whole_example_register_is_imported_once(database: &TestDb) {
        let desk = Desk::new(database);
        let first = desk.file(example("register.csv"), OPTIONS).await.unwrap();
        assert_eq!((first.rows, first.added, first.rejected), (89, 89, 0));
        let again = desk.file(example("register.csv"), OPTIONS).await.unwrap();
        assert_eq!((again.added, again.changed, again.unchanged, again.missing), (0, 0, 89, 0));
        assert_eq!(desk.exported().await.len(), 89);
        assert_eq!(desk.actions().await["patron.import.add"], 89);
    }

    async fn an_applied_correction_survives_an_equal_row_and_a_row_changed_elsewhere(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE]).await.unwrap();
        correct_street(&desk, "P1", "Uusikatu 3").await;
        assert_eq!(desk.rows(&[ONE]).await.unwrap().unchanged, 1);
        assert_eq!(desk.exported().await["P1"]["street_address"], "Uusikatu 3");
        let phone_moved = ONE.replace("+358 50 1", "+358 50 2");
        assert_eq!(desk.rows(&[&phone_moved]).await.unwrap().changed, 1);
        let row = &desk.exported().await["P1"];
        assert_eq!((row["street_address"].as_str(), row["phone"].as_str()), ("Uusikatu 3", "+358 50 2"));
        assert!(desk.row("P1").await.sources.contains("street_address"));
        let street_moved = phone_moved.replace("Raaseporintie 8 A 12", "Kolmaskatu 4");
        assert_eq!(desk.rows(&[&street_moved]).await.unwrap().changed, 1);
        assert_eq!(desk.exported().await["P1"]["street_address"], "Kolmaskatu 4");
        assert_eq!(desk.row("P1").await.sources, "{}");
    }

    async fn a_missing_column_leaves_values_and_an_empty_cell_empties_them(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE]).await.unwrap();
        let fewer = "card_number;patron_id;last_name;first_names;municipality;phone\nC1;P1;Testinen;Aino;710;\n";
        let report = desk.text(fewer, OPTIONS).await.unwrap();
        assert_eq!(report.changed, 1);
        let row = &desk.exported().await["P1"];
        assert_eq!((row["phone"].as_str(), row["street_address"].as_str()), ("", "Raaseporintie 8 A 12"));
        assert!(desk.row("P1").await.code_index.is_some());
    }

    async fn a_changed_row_makes_findings_stale_and_comparison_due(database: &TestDb) {
        let desk = Desk::new(database);
        let child = "P3,C3,,Testinen,Ida,710,,,P1,";
        let twin = "P4,C4,150365-901X,Testinen,Aino,710,,,,";
        desk.rows(&[ONE, TWO, child, twin]).await.unwrap();
        let id = find_street(&desk, "P1", "new", "Uusikatu 3").await;
        nothing_due(&desk).await;
        desk.rows(&[&ONE.replace("+358 50 1", ""), TWO, child, twin]).await.unwrap();
        let found = finding(&desk, id).await;
        assert_eq!((found.state.as_str(), found.moved.as_deref()), ("stale", Some("phone")));
        for (patron, is_due) in [("P1", true), ("P2", false), ("P3", true), ("P4", true)] {
            assert_eq!(due(&desk, patron).await, (is_due, is_due), "{patron}");
        }
    }

    async fn a_written_finding_is_confirmed_when_the_file_shows_it(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE]).await.unwrap();
        let id = find_street(&desk, "P1", "written", "Uusikatu 3").await;
        desk.rows(&[&ONE.replace("+358 50 1", "+358 50 2")]).await.unwrap();
        assert_eq!(finding(&desk, id).await.state, "written");
        desk.rows(&[&ONE.replace("Raaseporintie 8 A 12", "Uusikatu 3")]).await.unwrap();
        assert_eq!(finding(&desk, id).await.state, "confirmed");
        assert_eq!(desk.actions().await["finding.confirm"], 1);
    }

    async fn bad_rows_are_listed_and_the_rest_is_imported(database: &TestDb) {
        let desk = Desk::new(database);
        std::fs::copy(example("bad_rows.csv"), desk.path()).unwrap();
        let report = desk.file(desk.path(), OPTIONS).await.unwrap();
        assert_eq!((report.rows, report.added, report.rejected), (23, 5, 18));
        let rejected = report.rejected_file.unwrap();
        assert_eq!(rejected, Path::new(&format!("{}.rejected.csv", desk.path().display())));
        assert_eq!(std::fs::metadata(&rejected).unwrap().permissions().mode() & 0o777, 0o600);
        let lines: Vec<u64> = csv::Reader::from_path(&rejected)
            .unwrap()
            .records()
            .map(|record| record.unwrap()[31].parse().unwrap())
            .collect();
        assert_eq!(lines, [3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23]);
        let good = desk.text(&format!("{HEADER}\n{ONE}\n"), Options { allow_shrink: true, ..OPTIONS }).await;
        assert_eq!(good.unwrap().rejected_file, None);
        assert!(!rejected.exists());
    }

    async fn a_repeated_patron_or_card_is_rejected_across_batches(database: &TestDb) {
        let desk = Desk::new(database);
        let many: Vec<String> =
            (10..700).map(|n| format!("P{n},C{n},,Testinen,N,710,,,,")).collect();
        let mut rows: Vec<&str> = many.iter().map(String::as_str).collect();
        rows.push("P10,C9010,,Testinen,Toinen,710,,,,");
        rows.push("P9011,C11,,Testinen,Toinen,710,,,,");
        let report = desk.rows(&rows).await.unwrap();
        assert_eq!((report.added, report.rejected, report.missing), (690, 2, 0));
        let reasons = std::fs::read_to_string(report.rejected_file.unwrap()).unwrap();
        assert!(reasons.contains("692,\"patron_id: repeated") && reasons.contains("693,\"card_number: repeated"));
        assert_eq!(desk.rows(&rows).await.unwrap().unchanged, 690);
        assert_eq!(desk.exported().await["P10"]["first_names"], "N");
    }

    async fn cards_can_change_hands_within_a_file(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE, TWO, "P3,C3,,Testinen,N,710,,,,"]).await.unwrap();
        let swapped = [
            "P1,C2,150365-901X,Testinen,Aino,710,Raaseporintie 8 A 12,+358 50 1,,",
            "P2,C1,,Provberg,Karl,078,Vuorikatu 1,,,",
            "P4,C3,,Uusi,Haltija,710,,,,",
        ];
        let report = desk.text(
            &format!("{HEADER}\n{}\n", swapped.join("\n")),
            Options { allow_shrink: true, ..OPTIONS },
        ).await.unwrap();
        assert_eq!((report.added, report.changed, report.missing), (1, 2, 1));
        let cards: Vec<String> = desk.exported().await.into_values().map(|row| row["card_number"].clone()).collect();
        assert_eq!((cards[0].as_str(), cards[1].as_str(), cards[3].as_str()), ("C2", "C1", "C3"));
        assert!(cards[2].starts_with("no-card:"));
        let rows = [swapped[0], swapped[1], "P3,C3,,Testinen,N,710,,,,"].join("\n");
        let allowed = Options { allow_shrink: true, ..OPTIONS };
        let back = desk.text(&format!("{HEADER}\n{rows}\n"), allowed).await.unwrap();
        assert_eq!((back.changed, back.rejected, back.missing), (1, 0, 1));
        assert_eq!(desk.row("P3").await.card_number, "C3");
    }

    async fn missing_patrons_are_kept_marked_and_come_back(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE, TWO]).await.unwrap();
        nothing_due(&desk).await;
        let shrunk = desk.rows(&[ONE]).await;
        assert!(matches!(shrunk, Err(PatronsError::Shrink { lost: 1, known: 2, .. })));
        assert!(desk.row("P2").await.in_register);
        let allowed = Options { allow_shrink: true, ..OPTIONS };
        let report = desk.text(&format!("{HEADER}\n{ONE}\n"), allowed).await.unwrap();
        assert_eq!(report.missing, 1);
        assert!(!desk.row("P2").await.in_register);
        assert_eq!(due(&desk, "P2").await, (true, true));
        assert_eq!(desk.exported().await.len(), 2);
        nothing_due(&desk).await;
        assert_eq!(desk.rows(&[ONE, TWO]).await.unwrap().changed, 1);
        assert!(desk.row("P2").await.in_register);
        assert_eq!(due(&desk, "P2").await, (true, true));
    }

    async fn a_patron_whose_row_is_bad_is_not_missing(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE, TWO]).await.unwrap();
        let report = desk.rows(&[ONE, &TWO.replace("078", "999")]).await.unwrap();
        assert_eq!((report.rejected, report.missing), (1, 0));
        assert!(desk.row("P2").await.in_register);
        assert_eq!(desk.rows(&[&TWO.replace("078", "999"), TWO, ONE]).await.unwrap().unchanged, 2);
    }

    async fn the_own_mark_masks_from_then_on_and_an_empty_cell_never_clears_it(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE]).await.unwrap();
        assert_eq!(desk.rows(&[&format!("{ONE}yes")]).await.unwrap().changed, 1);
        assert_eq!(desk.exported().await["P1"]["street_address"], "");
        desk.rows(&[ONE]).await.unwrap();
        assert_eq!(desk.exported().await["P1"]["street_address"], "");
    }

    async fn an_unknown_column_changes_nothing(database: &TestDb) {
        let desk = Desk::new(database);
        desk.rows(&[ONE]).await.unwrap();
        let before = desk.actions().await;
        let error = desk.text(&format!("{HEADER},shoe_size\n{ONE},42\n"), OPTIONS).await.unwrap_err();
        assert!(matches!(error, PatronsError::File(_)));
        assert_eq!(desk.actions().await, before);
    }

    async fn latin_1_is_read_when_said(database: &TestDb) {
        let desk = Desk::new(database);
        let mut bytes = format!("{HEADER}\n{TWO}\n").into_bytes();
        let at = bytes.windows(4).position(|part| part == b"Karl").unwrap();
        bytes[at + 1] = 0xE4;
        std::fs::write(desk.path(), bytes).unwrap();
        let options = Options { encoding: Encoding::Latin1, ..OPTIONS };
        let report = desk.file(desk.path(), options).await.unwrap();
        assert_eq!(report.added, 1);
        assert_eq!(desk.exported().await["P2"]["first_names"], "Kärl");
    }

    async fn an_import_ended_between_batches_converges_when_run_again(database: &TestDb) {
        let desk = Desk::new(database);
        let rows: Vec<String> = (0..1200).map(|n| format!("P{n:04},C{n},,Testinen,N{n},710,,,,")).collect();
        std::fs::write(desk.path(), format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
        let (context, path) = (desk.context.clone(), desk.path());
        let ended = tokio::spawn(async move {
            let mut batches = 0;
            let mut progress = |_| {
                batches += 1;
                assert!(batches < 2, "ended on purpose");
            };
            patrons::import(&context, &Source::File(path), OPTIONS, &mut progress).await
        });
        assert!(ended.await.unwrap_err().is_panic());
        desk.database.execute("UPDATE lease SET expires_ms = 0").await;
        let half = desk.exported().await.len();
        assert!((500..1200).contains(&half), "{half}");
        let report = desk.file(desk.path(), OPTIONS).await.unwrap();
        assert_eq!((report.unchanged, report.added), (half as u64, 1200 - half as u64));
        assert_eq!(desk.exported().await.len(), 1200);
    }

    async fn hostile_text_comes_out_as_it_went_in(database: &TestDb) {
        let desk = Desk::new(database);
        std::fs::copy(example("hostile.csv"), desk.path()).unwrap();
        let report = desk.file(desk.path(), OPTIONS).await.unwrap();
        assert!(report.added >= 10 && report.added + report.rejected == report.rows, "{report:?}");
        let first = desk.exported().await;
        let mut bytes = Vec::new();
        patrons::export(&desk.context, &mut bytes).await.unwrap();
        std::fs::write(desk.path(), bytes).unwrap();
        let again = desk.file(desk.path(), OPTIONS).await.unwrap();
        assert_eq!((again.rejected, again.added, again.changed), (0, 0, 0));
        assert_eq!(desk.exported().await, first);
        std::fs::copy(example("hostile_nul.csv"), desk.path()).unwrap();
        let nul = desk.file(desk.path(), Options { allow_shrink: true, ..OPTIONS }).await.unwrap();
        assert_eq!((nul.rows, nul.added, nul.rejected), (2, 1, 1));
    }

    async fn only_one_import_runs_at_a_time(database: &TestDb) {
        let desk = Desk::new(database);
        let other = ajantasa::lease::Holder::this_process();
        let held = ajantasa::lease::Lease::take(&desk.context.db, "patrons", &other).await.unwrap().unwrap();
        assert!(matches!(desk.rows(&[ONE]).await, Err(PatronsError::HeldElsewhere)));
        held.release().await.unwrap();
        assert_eq!(desk.rows(&[ONE]).await.unwrap().added, 1);
    }
}
