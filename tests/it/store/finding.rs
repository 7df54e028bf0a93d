//! Findings.

use ajantasa::finding::{Field, FieldChange, FindingKind, FindingState};
use ajantasa::store::finding::{self, Filter, FindingRow, SealedFinding};
use ajantasa::store::{StoreError, new_id};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{STREET, add_patrons, finding_row, now};
use crate::database::both;

/// Before every row.
const START: (DateTime<Utc>, Uuid) = (DateTime::UNIX_EPOCH, Uuid::nil());

fn in_state(row: &FindingRow, state: FindingState) -> FindingRow {
    FindingRow { state: state.as_str().to_owned(), version: row.version + 1, ..row.clone() }
}

both! {
    async fn a_finding_comes_back_as_stored_and_opens(database: &TestDb) {
        let (patrons, keyring) = add_patrons(database, 1).await;
        let mut row = FindingRow {
            moved: Some("city".to_owned()),
            request: Some(new_id(now())),
            effective_at: Some(now()),
            decision: Some(new_id(now())),
            ..finding_row(patrons[0], "address_change")
        };
        let change = FieldChange {
            field: Field::StreetAddress,
            current: "Vanhatie 1".to_owned(),
            proposed: STREET.to_owned(),
        };
        let content = SealedFinding { fields: vec![change], death_date: None, ..SealedFinding::default() };
        row.reseal(keyring.newest(patrons[0]).unwrap(), &content).unwrap();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        let found = finding::get(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{row:?}"));
        assert_eq!(found.open(&keyring).unwrap().fields[0].proposed, STREET);
        assert_eq!(found.kind().unwrap(), FindingKind::AddressChange);
        assert!(finding::get(&mut tx, new_id(now())).await.unwrap().is_none());
        finding::wipe(&mut tx, patrons[0]).await.unwrap();
        let wiped = finding::get(&mut tx, row.id).await.unwrap().unwrap();
        assert!(wiped.open(&keyring).unwrap().fields.is_empty());
    }

    async fn a_patron_has_at_most_one_open_finding_of_a_kind(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let first = finding_row(patrons[0], "death");
        let others = [finding_row(patrons[0], "name_change"), finding_row(patrons[1], "death")];
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&first)).await.unwrap();
        finding::insert(&mut tx, &others).await.unwrap();
        let some = finding::by_ids(&mut tx, &[others[0].id, first.id, Uuid::nil()]).await.unwrap();
        assert_eq!(some.iter().map(|row| row.id).collect::<Vec<_>>(), [first.id, others[0].id]);
        tx.commit("test").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert!(finding::insert(&mut tx, &[finding_row(patrons[0], "death")]).await.is_err());
        drop(tx);
        let mut tx = database.db.begin().await.unwrap();
        finding::update(&mut tx, &in_state(&first, FindingState::Closed)).await.unwrap();
        finding::insert(&mut tx, &[finding_row(patrons[0], "death")]).await.unwrap();
        assert_eq!(finding::open_of(&mut tx, &patrons).await.unwrap().len(), 3);
    }

    async fn an_update_by_an_old_version_is_a_conflict(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = finding_row(patrons[0], "death");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        let opened = in_state(&row, FindingState::Opened);
        finding::update(&mut tx, &opened).await.unwrap();
        let late = finding::update(&mut tx, &opened).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict(_)), "{late}");
    }

    async fn a_change_from_before_a_wipe_does_not_bring_the_content_back(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let rows = [patrons[0], patrons[1]]
            .map(|patron| FindingRow { sealed: Some(vec![8; 30]), ..finding_row(patron, "death") });
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        finding::wipe(&mut tx, patrons[0]).await.unwrap();
        let late = finding::update(&mut tx, &in_state(&rows[0], FindingState::Opened)).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict(_)), "{late}");
        let wiped = finding::get(&mut tx, rows[0].id).await.unwrap().unwrap();
        assert_eq!((wiped.sealed, wiped.version), (None, 2));
        finding::update(&mut tx, &in_state(&rows[1], FindingState::Opened)).await.unwrap();
    }

    async fn a_decided_finding_without_a_decision_is_refused_by_the_table(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let mut tx = database.db.begin().await.unwrap();
        let row = FindingRow {
            effective_at: Some(now()),
            ..in_state(&finding_row(patrons[0], "death"), FindingState::Decided)
        };
        assert!(finding::insert(&mut tx, &[row]).await.is_err());
    }

    async fn the_queue_is_read_in_pages_by_time_and_filter(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 3).await;
        let mut rows: Vec<FindingRow> =
            patrons.iter().map(|patron| finding_row(*patron, "address_change")).collect();
        rows[0].opened_at = now() + Duration::seconds(1);
        "death".clone_into(&mut rows[2].kind);
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        let all = Filter { states: vec![FindingState::New, FindingState::Opened], ..Filter::default() };
        let page = finding::page(&mut tx, &all, START, 2).await.unwrap();
        assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[1].id, rows[2].id]);
        let rest = finding::page(&mut tx, &all, (page[1].opened_at, page[1].id), 2).await.unwrap();
        assert_eq!(rest.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[0].id]);
        let deaths = Filter { kinds: vec![FindingKind::Death], ..all.clone() };
        assert_eq!(finding::page(&mut tx, &deaths, START, 9).await.unwrap().len(), 1);
        let elsewhere = Filter { municipalities: Some(vec!["755".to_owned()]), ..all.clone() };
        assert!(finding::page(&mut tx, &elsewhere, START, 9).await.unwrap().is_empty());
        let card = Filter { card_number: Some("203000001".to_owned()), ..all.clone() };
        assert_eq!(finding::page(&mut tx, &card, START, 9).await.unwrap()[0].id, rows[1].id);
        let rejected = Filter { states: vec![FindingState::Rejected], ..Filter::default() };
        assert!(finding::page(&mut tx, &rejected, START, 9).await.unwrap().is_empty());
        let counts = finding::counts(&mut tx).await.unwrap();
        let expected = [("address_change", "new", 2), ("death", "new", 1)]
            .map(|(kind, state, count)| (kind.to_owned(), state.to_owned(), count));
        assert_eq!(counts, expected);
    }

    async fn what_waits_is_woken_applied_and_made_stale_in_time(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let later = now() + Duration::minutes(1);
        let snoozed = FindingRow {
            state: "snoozed".to_owned(),
            snoozed_until: Some(later),
            ..finding_row(patrons[0], "death")
        };
        let decided = FindingRow {
            state: "decided".to_owned(),
            decision: Some(new_id(now())),
            effective_at: Some(later),
            ..finding_row(patrons[1], "name_change")
        };
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[snoozed.clone(), decided.clone()]).await.unwrap();
        assert_eq!(finding::count_waiting(&mut tx, now()).await.unwrap(), 2);
        assert_eq!(finding::wake_snoozed(&mut tx, now()).await.unwrap(), 0);
        assert!(finding::due_to_apply(&mut tx, now(), START, 9).await.unwrap().is_empty());
        assert_eq!(finding::wake_snoozed(&mut tx, later).await.unwrap(), 1);
        assert_eq!(finding::due_to_apply(&mut tx, later, START, 9).await.unwrap()[0].id, decided.id);
        assert_eq!(finding::count_waiting(&mut tx, later).await.unwrap(), 0);
        let woken = finding::in_state(&mut tx, FindingState::Opened, Uuid::nil(), 9).await.unwrap();
        assert_eq!((woken[0].id, woken[0].version), (snoozed.id, 2));
        assert_eq!(finding::make_stale(&mut tx, patrons[1], "last_name", later).await.unwrap(), 1);
        let stale = finding::get(&mut tx, decided.id).await.unwrap().unwrap();
        assert_eq!(stale.state().unwrap(), FindingState::Stale);
        assert_eq!((stale.moved.as_deref(), stale.effective_at), (Some("last_name"), None));
    }

    async fn what_is_due_is_counted_and_read_page_by_page(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 3).await;
        let decided = |patron| FindingRow {
            state: "decided".to_owned(),
            decision: Some(new_id(now())),
            effective_at: Some(now()),
            ..finding_row(patron, "name_change")
        };
        let rows: Vec<FindingRow> = patrons.iter().copied().map(decided).collect();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &rows).await.unwrap();
        assert_eq!(finding::count_due_to_apply(&mut tx, now()).await.unwrap(), 3);
        assert_eq!(finding::count_due_to_apply(&mut tx, now() - Duration::seconds(1)).await.unwrap(), 0);
        let first = finding::due_to_apply(&mut tx, now(), START, 2).await.unwrap();
        let rest = finding::due_to_apply(&mut tx, now(), (now(), first[1].id), 2).await.unwrap();
        assert_eq!(rest.iter().map(|row| row.id).collect::<Vec<_>>(), [rows[2].id]);
    }

    async fn what_was_written_is_looked_at_again_when_its_patron_changes(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let written = |patron, patron_version| FindingRow {
            state: "written".to_owned(),
            decision: Some(new_id(now())),
            patron_version,
            ..finding_row(patron, "name_change")
        };
        let seen = [written(patrons[0], 0), written(patrons[1], 1)];
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &seen).await.unwrap();
        let found = finding::written_and_seen_again(&mut tx, Uuid::nil(), 9).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [seen[0].id]);
        assert!(finding::written_and_seen_again(&mut tx, seen[0].id, 9).await.unwrap().is_empty());
    }

    async fn what_a_person_rejected_is_known(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = finding_row(patrons[0], "death");
        let rejected =
            FindingRow { decision: Some(new_id(now())), ..in_state(&row, FindingState::Rejected) };
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[row]).await.unwrap();
        assert_eq!(finding::open_or_decided_of(&mut tx, &patrons).await.unwrap()[0].state, "new");
        finding::update(&mut tx, &rejected).await.unwrap();
        assert_eq!(finding::open_or_decided_of(&mut tx, &patrons).await.unwrap()[0].state, "rejected");
        assert!(finding::open_of(&mut tx, &patrons).await.unwrap().is_empty());
        let closed = FindingRow { version: rejected.version + 1, state: "closed".to_owned(), ..rejected };
        finding::update(&mut tx, &closed).await.unwrap();
        assert!(finding::open_or_decided_of(&mut tx, &patrons).await.unwrap().is_empty());
    }
}
