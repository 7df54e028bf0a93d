//! Decisions, attempts to write, and estate cases.

use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::person::{self, PersonRow};
use ajantasa::store::{StoreError, apply_attempt, estate, finding, new_id};
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::{TestDb, both};

async fn add_finding(database: &TestDb, patron: Uuid) -> Uuid {
    let row = finding_row(patron, "death");
    let mut tx = database.db.begin().await.unwrap();
    finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
    tx.commit("test").await.unwrap();
    row.id
}

both! {
    async fn a_decision_comes_back_as_stored_until_its_note_is_wiped(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = DecisionRow {
            id: new_id(now()),
            finding: add_finding(database, patrons[0]).await,
            verdict: "reject".to_owned(),
            state_before: "opened".to_owned(),
            account: new_id(now()),
            os_user: "maija".to_owned(),
            reason: Some("patron_newer".to_owned()),
            key_version: 1,
            sealed_note: Some(vec![5; 30]),
            evidence_digest: vec![9; 16],
            patron_version: 1,
            decided_at: now(),
            edited: false,
            snoozed_before: None,
            visit_before: false,
        };
        let mut tx = database.db.begin().await.unwrap();
        decision::insert(&mut tx, &row).await.unwrap();
        let found = decision::get(&mut tx, row.id).await.unwrap();
        assert_eq!(format!("{found:?}"), format!("{row:?}"));
        decision::wipe_notes(&mut tx, patrons[0]).await.unwrap();
        assert_eq!(decision::get(&mut tx, row.id).await.unwrap().sealed_note, None);
        let without_reason = DecisionRow { id: new_id(now()), reason: None, ..row };
        assert!(decision::insert(&mut tx, &without_reason).await.is_err());
    }

    async fn an_attempt_ends_once(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let finding = add_finding(database, patrons[0]).await;
        let attempt = new_id(now());
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(apply_attempt::unfinished(&mut tx, finding).await.unwrap(), None);
        apply_attempt::begin(&mut tx, attempt, finding, 4, now()).await.unwrap();
        assert_eq!(apply_attempt::unfinished(&mut tx, finding).await.unwrap(), Some(attempt));
        apply_attempt::finish(&mut tx, attempt, "confirmed", now()).await.unwrap();
        assert_eq!(apply_attempt::unfinished(&mut tx, finding).await.unwrap(), None);
        let again = apply_attempt::finish(&mut tx, attempt, "unknown", now()).await.unwrap_err();
        assert!(matches!(again, StoreError::Conflict(_)), "{again}");
    }

    async fn a_patron_has_one_open_estate_case_until_it_is_withdrawn(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let finding = add_finding(database, patrons[0]).await;
        let case = new_id(now());
        let mut tx = database.db.begin().await.unwrap();
        let dead = PersonRow { held_as_dead: true, ..PersonRow::new(patrons[0], "710") };
        person::update(&mut tx, &dead).await.unwrap();
        assert_eq!(estate::open(&mut tx, case, patrons[0], finding, now()).await.unwrap(), 1);
        assert_eq!(estate::open(&mut tx, new_id(now()), patrons[0], finding, now()).await.unwrap(), 0);
        assert_eq!(estate::count_open(&mut tx).await.unwrap(), 1);
        assert!(estate::open_but_not_dead(&mut tx, 9).await.unwrap().is_empty());
        person::update(&mut tx, &PersonRow::new(patrons[0], "710")).await.unwrap();
        assert_eq!(estate::open_but_not_dead(&mut tx, 9).await.unwrap(), [(case, patrons[0])]);
        assert_eq!(estate::withdraw(&mut tx, case, now()).await.unwrap(), 1);
        assert_eq!(estate::withdraw(&mut tx, case, now()).await.unwrap(), 0);
        assert_eq!(estate::open(&mut tx, new_id(now()), patrons[0], finding, now()).await.unwrap(), 1);
    }
}
