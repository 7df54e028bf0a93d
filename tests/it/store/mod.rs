//! Every function of the store, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod account;
mod api_client;
mod bulk;
mod case;
mod claim;
mod collection;
mod consequence;
mod contact_block;
mod data_key;
mod directory;
mod disclosure;
mod disclosure_by_hand;
mod finding;
mod first_password;
mod follow_list;
mod inbox;
mod key_upkeep;
mod known_device;
mod lease;
mod one_time_code;
mod overview;
mod patron;
mod patron_history;
mod patron_search;
mod patron_upkeep;
mod person;
mod query_ledger;
mod queue;
mod reveal;
mod review;
mod round;
pub mod run;
mod run_person;
mod saved_view;
pub mod schedule;
mod schedule_due;
mod second_factor;
mod security_key;
mod segment;
mod session;
mod session_note;
mod shown_once;
mod sign_in_lock;
mod slice;
mod switch;
mod tally;
mod transaction;

use std::fs;
use std::path::Path;

use ajantasa::identity_code::IdentityCode;
use ajantasa::patron::PatronContact;
use ajantasa::store::data_key::{self as keys, Keyring};
use ajantasa::store::finding::FindingRow;
use ajantasa::store::patron::{PatronRow, SealedColumns};
use ajantasa::store::person::PersonRow;
use ajantasa::store::{new_id, patron as patrons, person as people};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::database::TestDb;

/// An identity code nobody bears.
pub const CODE: &str = "010190-999W";
/// A street that must not be found where it is not sealed.
pub const STREET: &str = "Salapolku 77 B 3";

/// An instant.
pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The instant at which most tests happen.
pub fn now() -> DateTime<Utc> {
    time("2026-11-21T10:00:00.123456Z")
}

/// What is sealed of a test's patron.
pub fn columns() -> SealedColumns {
    let mut contact = PatronContact::default();
    STREET.clone_into(&mut contact.address.street_address);
    SealedColumns { code: Some(CODE.to_owned()), contact, guarantor_name: String::new() }
}

/// A row of a patron, sealed with their newest key.
pub fn patron_row(database: &TestDb, keyring: &Keyring, id: Uuid, number: usize) -> PatronRow {
    let key = keyring.newest(id).unwrap();
    let code = IdentityCode::parse(CODE).unwrap();
    PatronRow {
        id,
        patron_id: format!("P{number:05}"),
        card_number: format!("2030{number:05}"),
        code_index: Some(database.vault.code_index(&code)),
        key_version: key.version,
        sealed: patrons::seal(key, &columns()).unwrap(),
        last_name: "Testinen".to_owned(),
        first_names: "Tiina Malla".to_owned(),
        birth_date: Some("1990-01-01".parse().unwrap()),
        language: Some("sv".to_owned()),
        patron_group: String::new(),
        municipality: "710".to_owned(),
        home_library: String::new(),
        registered_on: Some("2020-02-29".parse().unwrap()),
        last_active_on: None,
        last_patron_edit_on: None,
        guarantor_patron_id: None,
        open_loans: Some(2),
        unpaid_fees_cents: Some(1250),
        oldest_due_date: None,
        owning_library: String::new(),
        card_expires_on: None,
        kind: "person".to_owned(),
        protected_mark: false,
        notes: "invoice_sent;objected".to_owned(),
        row_digest: vec![1, 2, 3],
        in_register: true,
        last_import: Uuid::from_u128(1),
        sources: "{}".to_owned(),
        version: 1,
        created_at: now(),
        updated_at: now(),
    }
}

/// Stores patrons with their keys and person rows; returns who they are, in order, and their keys.
pub async fn add_patrons(database: &TestDb, count: usize) -> (Vec<Uuid>, Keyring) {
    let ids: Vec<Uuid> = (0..count).map(|_| new_id(now())).collect();
    let keyring = keys::create(&database.db, &database.vault, &ids, now()).await.unwrap();
    let rows: Vec<PatronRow> =
        ids.iter().enumerate().map(|(number, id)| patron_row(database, &keyring, *id, number)).collect();
    let persons: Vec<PersonRow> = ids.iter().map(|id| PersonRow::new(*id, "710")).collect();
    let mut tx = database.db.begin().await.unwrap();
    patrons::insert(&mut tx, &rows).await.unwrap();
    people::insert(&mut tx, &persons).await.unwrap();
    tx.commit("test").await.unwrap();
    (ids, keyring)
}

/// A new finding of a patron.
pub fn finding_row(patron: Uuid, kind: &str) -> FindingRow {
    FindingRow {
        id: new_id(now()),
        patron,
        kind: kind.to_owned(),
        state: "new".to_owned(),
        rule: "test".to_owned(),
        reason: "a reason".to_owned(),
        moved: None,
        single_review: false,
        confirmable: true,
        evidence_digest: vec![9; 16],
        patron_version: 1,
        record_version: 1,
        request: None,
        key_version: 1,
        sealed: None,
        opened_at: now(),
        updated_at: now(),
        snoozed_until: None,
        effective_at: None,
        decision: None,
        superseded_by: None,
        version: 1,
        source: "vtj".to_owned(),
        held_back: false,
        change_class: None,
    }
}

#[test]
fn every_function_of_the_store_is_tested_here() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests: String = fs::read_dir(project.join("tests/it/store"))
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let mut missing = Vec::new();
    for entry in fs::read_dir(project.join("src/store")).unwrap() {
        let path = entry.unwrap().path();
        let (Some(module), true) = (path.file_stem().and_then(|name| name.to_str()), path.is_file()) else {
            continue;
        };
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some(rest) = line.strip_prefix("pub async fn ") else { continue };
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let called = format!("{module}::{name}(");
            if !tests.contains(&called) {
                missing.push(called);
            }
        }
    }
    assert!(missing.is_empty(), "never called in tests/it/store: {missing:?}");
}
