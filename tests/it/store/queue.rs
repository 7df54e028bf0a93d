//! The queue by what it is filtered and ordered by.

use ajantasa::finding::{FindingKind, FindingState};
use ajantasa::store::Tx;
use ajantasa::store::finding::{self, FindingRow};
use ajantasa::store::queue::{
    self, CollectionFile, Holder, Position, QueueCount, QueueOrder, QueueRow, Selection, Turn,
};
use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use super::{add_patrons, finding_row, now, time};
use crate::database::{TestDb, both};

fn everything() -> Selection {
    Selection {
        municipalities: vec!["078".to_owned(), "710".to_owned()],
        today: "2026-11-21".parse().unwrap(),
        ..Selection::default()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn rows(tx: &mut Tx, selection: &Selection) -> Vec<QueueRow> {
    queue::page(tx, selection, Turn::First, 1000).await.unwrap()
}

async fn ids(tx: &mut Tx, selection: &Selection) -> Vec<Uuid> {
    rows(tx, selection).await.into_iter().map(|row| row.finding).collect()
}

async fn number(database: &TestDb, selection: &Selection) -> usize {
    rows(&mut database.db.read().await.unwrap(), selection).await.len()
}

/// Findings of as many patrons, some found at the same time, of both municipalities, every third with a debt.
async fn many(database: &TestDb, count: usize) -> Vec<FindingRow> {
    let (patrons, _) = add_patrons(database, count).await;
    database
        .execute("UPDATE patron SET municipality = '078' WHERE patron_id LIKE 'P%1' OR patron_id LIKE 'P%4'")
        .await;
    database.execute(
        "UPDATE patron SET oldest_due_date = '2026-10-01' WHERE patron_id LIKE 'P%0' OR patron_id LIKE 'P%3'
             OR patron_id LIKE 'P%4'"
    ).await;
    let kinds = ["address_change", "death", "name_change"];
    let row = |(number, patron): (usize, &Uuid)| FindingRow {
        opened_at: now() + Duration::days(i64::try_from(number / 3).unwrap()) - Duration::days(20),
        ..finding_row(*patron, kinds[number % 3])
    };
    let rows: Vec<FindingRow> = patrons.iter().enumerate().map(row).collect();
    let mut tx = database.db.begin().await.unwrap();
    finding::insert(&mut tx, &rows).await.unwrap();
    tx.commit("test").await.unwrap();
    rows
}

both! {
    async fn a_finding_is_in_the_queue_while_it_is_to_be_reviewed(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let held = FindingRow { held_back: true, ..finding_row(patrons[0], "address_change") };
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&held)).await.unwrap();
        assert_eq!(rows(&mut tx, &everything()).await, []);
        let mut row = FindingRow { held_back: false, version: held.version + 1, ..held };
        finding::update(&mut tx, &row).await.unwrap();
        let found = rows(&mut tx, &everything()).await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].finding, found[0].opened_at), (row.id, row.opened_at));
        assert_eq!(found[0].due_at, row.opened_at + Duration::days(14));
        let to = |row: &mut FindingRow, state: &str| {
            let decided = !matches!(state, "new" | "opened" | "stale" | "superseded" | "closed");
            state.clone_into(&mut row.state);
            row.decision = decided.then(Uuid::nil);
            row.superseded_by = Some(Uuid::nil());
            row.effective_at = Some(now());
            row.snoozed_until = Some(now());
            row.version += 1;
        };
        for state in FindingState::ALL {
            to(&mut row, state.as_str());
            finding::update(&mut tx, &row).await.unwrap();
            let only = Selection { states: vec![state], ..everything() };
            let wanted = usize::from(FindingState::TO_REVIEW.contains(&state));
            assert_eq!(rows(&mut tx, &only).await.len(), wanted, "{}", state.as_str());
            assert_eq!(rows(&mut tx, &everything()).await.len(), wanted, "{}", state.as_str());
        }
        to(&mut row, "opened");
        finding::update(&mut tx, &row).await.unwrap();
        assert_eq!(rows(&mut tx, &everything()).await.len(), 1);
        tx.commit("test").await.unwrap();
        database.execute("DELETE FROM finding").await;
        assert_eq!(number(database, &everything()).await, 0);
    }

    async fn what_is_due_when_is_the_same_in_the_database_and_in_the_program(database: &TestDb) {
        let (patrons, _) = add_patrons(database, FindingKind::ALL.len()).await;
        // Across the end of summer time.
        let at = time("2026-10-20T10:00:00.5Z");
        let new = |(kind, patron): (&FindingKind, &Uuid)| FindingRow { opened_at: at, ..finding_row(*patron, kind.as_str()) };
        let new: Vec<FindingRow> = FindingKind::ALL.iter().zip(&patrons).map(new).collect();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &new).await.unwrap();
        for kind in FindingKind::ALL {
            let only = Selection { shielded: kind.needs_clearance(), kinds: vec![kind], ..everything() };
            let found = rows(&mut tx, &only).await;
            assert_eq!(found.len(), 1, "{}", kind.as_str());
            assert_eq!(found[0].due_at, at + kind.time_allowed(), "{}", kind.as_str());
            let other = Selection { shielded: !kind.needs_clearance(), ..only };
            assert_eq!(rows(&mut tx, &other).await, []);
            let place = queue::place_of(&mut tx, found[0].finding).await.unwrap();
            assert_eq!(place, Some((kind.as_str().to_owned(), at, None)));
        }
        assert_eq!(queue::place_of(&mut tx, Uuid::nil()).await.unwrap(), None);
    }

    async fn whoever_is_protected_is_shielded_at_once_by_either_side_and_only_then(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[finding_row(patrons[0], "address_change")]).await.unwrap();
        tx.commit("test").await.unwrap();
        let shielded = Selection { shielded: true, ..everything() };
        for (statement, is_shielded) in [
            ("UPDATE person SET protection = 'yes'", true),
            ("UPDATE patron SET home_library = 'Ekenäs', language = NULL", true),
            ("UPDATE patron SET protected_mark = TRUE", true),
            ("UPDATE person SET protection = 'no'", true),
            ("UPDATE patron SET protected_mark = FALSE", false),
            ("UPDATE person SET protection = 'unknown'", false),
            ("UPDATE patron SET protected_mark = TRUE", true),
        ] {
            database.execute(statement).await;
            assert_eq!(number(database, &shielded).await, usize::from(is_shielded), "{statement}");
            assert_eq!(number(database, &everything()).await, usize::from(!is_shielded), "{statement}");
        }
        // One that enters the queue finds the same.
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[finding_row(patrons[0], "death")]).await.unwrap();
        assert_eq!(rows(&mut tx, &shielded).await.len(), 2);
    }

    async fn rows_are_chosen_by_what_the_finding_and_its_patron_are(database: &TestDb) {
        let findings = many(database, 3).await;
        database.execute("UPDATE patron SET home_library = 'Ekenäs', language = NULL, municipality = '755'
            WHERE patron_id = 'P00002'").await;
        let mut tx = database.db.begin().await.unwrap();
        let towns = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
        let all = Selection { municipalities: towns(&["078", "710", "755"]), ..everything() };
        let of = |numbers: &[usize]| -> Vec<Uuid> {
            let mut ids: Vec<Uuid> = numbers.iter().map(|number| findings[*number].id).collect();
            ids.sort();
            ids
        };
        let opened = findings[0].opened_at;
        for (selection, wanted) in [
            (all.clone(), of(&[0, 1, 2])),
            (Selection { municipalities: towns(&["755"]), ..all.clone() }, of(&[2])),
            (Selection { municipalities: Vec::new(), ..all.clone() }, of(&[])),
            (Selection { kinds: vec![FindingKind::Death, FindingKind::NameChange], ..all.clone() }, of(&[1, 2])),
            (Selection { states: vec![FindingState::Opened], ..all.clone() }, of(&[])),
            (Selection { home_library: Some("Ekenäs".to_owned()), ..all.clone() }, of(&[2])),
            (Selection { home_library: Some(String::new()), ..all.clone() }, of(&[0, 1])),
            (Selection { language: Some("sv".to_owned()), ..all.clone() }, of(&[0, 1])),
            (Selection { language: Some(String::new()), ..all.clone() }, of(&[2])),
            (Selection { opened_before: Some(opened), ..all.clone() }, of(&[])),
            (Selection { opened_since: Some(opened), ..all.clone() }, of(&[0, 1, 2])),
            (Selection { due_before: Some(opened + Duration::days(15)), ..all.clone() }, of(&[0, 2])),
            (Selection { due_from: Some(opened + Duration::days(15)), ..all.clone() }, of(&[1])),
        ] {
            assert_eq!(ids(&mut tx, &selection).await, wanted, "{selection:?}");
            let counted: i64 = queue::counts(&mut tx, &selection).await.unwrap().iter().map(|row| row.count).sum();
            assert_eq!(usize::try_from(counted).unwrap(), wanted.len(), "{selection:?}");
        }
        let counts = queue::counts(&mut tx, &Selection { municipalities: towns(&["755"]), ..all.clone() }).await.unwrap();
        let only = QueueCount {
            municipality: "755".to_owned(),
            home_library: "Ekenäs".to_owned(),
            language: String::new(),
            kind: "name_change".to_owned(),
            state: "new".to_owned(),
            count: 1,
        };
        assert_eq!(counts, [only]);
        let of_card = async |tx: &mut Tx, card: &str| {
            queue::of_card(tx, &everything(), card).await.unwrap().into_iter().map(|row| row.finding).collect::<Vec<_>>()
        };
        assert_eq!(of_card(&mut tx, "203000000").await, of(&[0]));
        assert_eq!(of_card(&mut tx, "203000002").await, of(&[]), "another municipality's");
        assert_eq!(of_card(&mut tx, "000000000").await, of(&[]));
    }

    async fn a_case_is_whose_it_is_until_that_account_ends(database: &TestDb) {
        let findings = many(database, 4).await;
        let mut tx = database.db.begin().await.unwrap();
        let maija = super::account::add(&mut tx, "maija").await;
        let pekka = super::account::add(&mut tx, "pekka").await;
        tx.commit("test").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        for (finding, account) in [(findings[0].id, maija), (findings[1].id, pekka)] {
            let sql = "INSERT INTO assignment (finding, account, assigned_by, assigned_at) VALUES ($1, $2, $2, $3)";
            crate::scenario::on!(&mut tx, conn => sqlx::query(sql).bind(finding).bind(account).bind(now())
                .execute(conn).await.unwrap().rows_affected());
        }
        tx.commit("test").await.unwrap();
        let held = |holder| Selection { holder: Some(holder), ..everything() };
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(ids(&mut tx, &held(Holder::Account(maija))).await, [findings[0].id]);
        assert_eq!(rows(&mut tx, &held(Holder::Account(maija))).await[0].holder_name.as_deref(), Some("maija"));
        let free = Selection { holder: Some(Holder::Nobody), ..everything() };
        assert_eq!(ids(&mut tx, &free).await, [findings[2].id, findings[3].id]);
        assert_eq!(ids(&mut tx, &held(Holder::NobodyOr(pekka))).await.len(), 3);
        assert_eq!(
            queue::holders(&mut tx, &everything()).await.unwrap(),
            [(maija, "maija".to_owned(), 1), (pekka, "pekka".to_owned(), 1)]
        );
        drop(tx);
        database.execute("UPDATE account SET ends_on = '2026-11-20' WHERE name = 'maija'").await;
        database.execute("UPDATE account SET disabled_at = created_at WHERE name = 'pekka'").await;
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(ids(&mut tx, &free).await.len(), 4);
        for account in [maija, pekka] {
            assert_eq!(rows(&mut tx, &held(Holder::Account(account))).await, []);
        }
        assert!(rows(&mut tx, &everything()).await.iter().all(|row| row.holder.is_none()));
        assert_eq!(queue::holders(&mut tx, &everything()).await.unwrap(), []);
    }

    async fn pages_there_and_back_hold_everything_once_in_every_order(database: &TestDb) {
        many(database, 60).await;
        let file = CollectionFile { cut_off: now() + Duration::days(2), overdue_since: day("2026-11-07") };
        database.execute(&format!(
            "UPDATE queue_entry SET due_at = '{}' WHERE opened_at = (SELECT min(opened_at) FROM queue_entry)",
            file.cut_off.to_rfc3339(),
        )).await;
        for (order, collection) in
            [(QueueOrder::Oldest, None), (QueueOrder::Due, None), (QueueOrder::Due, Some(file))]
        {
            let selection = Selection { order, collection, ..everything() };
            let mut tx = database.db.read().await.unwrap();
            let all = rows(&mut tx, &selection).await;
            assert_eq!(all.len(), 60);
            let places: Vec<Position> = all.iter().map(|row| selection.position(row)).collect();
            assert!(places.is_sorted(), "{order:?} {collection:?}: {places:#?}");
            if collection.is_some() {
                assert!(places.iter().filter(|place| place.at == file.cut_off).count() > 3);
            }
            for size in [1, 7] {
                let (mut there, mut turn) = (Vec::new(), Turn::First);
                loop {
                    let page = queue::page(&mut tx, &selection, turn, size).await.unwrap();
                    let Some(last) = page.last() else { break };
                    turn = Turn::After(selection.position(last));
                    there.extend(page);
                }
                assert_eq!(there, all);
                let mut back = vec![all[59].clone()];
                loop {
                    let page =
                        queue::page(&mut tx, &selection, Turn::Before(selection.position(&back[0])), size).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    back.splice(0..0, page);
                }
                assert_eq!(back, all);
            }
        }
    }
}
