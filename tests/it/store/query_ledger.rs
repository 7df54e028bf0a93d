//! The ledger of single-person queries.

use ajantasa::store::disclosure::{self, DisclosureRow};
use ajantasa::store::query_ledger::{self, BookedRow, LedgerRow};
use ajantasa::store::{StoreError, new_id};
use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use super::now;
use crate::database::{TestDb, both};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An attempt of a request.
fn attempt(disclosure: Uuid, number: i64, on: &str) -> LedgerRow {
    LedgerRow {
        id: new_id(now()),
        disclosure,
        number,
        municipality: "710".to_owned(),
        purpose: "desk".to_owned(),
        urgent: false,
        day: day(on),
        price_micro_euros: 120_000,
        state: "reserved".to_owned(),
        outcome: None,
        reserved_at: now(),
        settled_at: None,
    }
}

/// A request in the disclosure log.
async fn request(database: &TestDb) -> Uuid {
    let row = DisclosureRow {
        id: new_id(now()),
        requested_at: now(),
        outcome: "sent".to_owned(),
        ..DisclosureRow::default()
    };
    let mut tx = database.db.begin().await.unwrap();
    disclosure::insert(&mut tx, &row).await.unwrap();
    tx.commit("test").await.unwrap();
    row.id
}

both! {
    async fn an_attempt_is_booked_once_and_settled_once(database: &TestDb) {
        let disclosure = request(database).await;
        let first = attempt(disclosure, 1, "2026-11-21");
        let mut tx = database.db.begin().await.unwrap();
        query_ledger::lock(&mut tx).await.unwrap();
        query_ledger::insert(&mut tx, &first).await.unwrap();
        tx.commit("test").await.unwrap();
        for again in [first.clone(), LedgerRow { id: new_id(now()), ..first.clone() }] {
            let mut tx = database.db.begin().await.unwrap();
            let error = query_ledger::insert(&mut tx, &again).await.unwrap_err();
            assert!(matches!(error, StoreError::Taken), "{error}");
        }
        let mut tx = database.db.begin().await.unwrap();
        let later = now() + Duration::seconds(1);
        assert!(query_ledger::settle(&mut tx, first.id, "refunded", "unavailable", later).await.unwrap());
        assert!(!query_ledger::settle(&mut tx, first.id, "spent", "answered", later).await.unwrap());
        let rows = query_ledger::of_disclosure(&mut tx, disclosure).await.unwrap();
        let settled = LedgerRow {
            state: "refunded".to_owned(),
            outcome: Some("unavailable".to_owned()),
            settled_at: Some(later),
            ..first.clone()
        };
        assert_eq!(format!("{rows:?}"), format!("{:?}", [settled]));
        assert_eq!(query_ledger::disclosure_of(&mut tx, first.id).await.unwrap(), Some(disclosure));
        assert_eq!(query_ledger::disclosure_of(&mut tx, disclosure).await.unwrap(), None);
    }

    async fn an_attempt_of_no_request_cannot_be_booked(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        assert!(query_ledger::insert(&mut tx, &attempt(new_id(now()), 1, "2026-11-21")).await.is_err());
    }

    async fn what_was_not_given_back_counts_by_day_municipality_and_purpose(database: &TestDb) {
        let disclosure = request(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let rows = [
            attempt(disclosure, 1, "2026-10-31"),
            attempt(disclosure, 2, "2026-11-01"),
            attempt(disclosure, 3, "2026-11-30"),
            LedgerRow { purpose: "returned_mail".to_owned(), ..attempt(disclosure, 4, "2026-11-30") },
            attempt(disclosure, 5, "2026-11-30"),
            attempt(disclosure, 6, "2026-11-30"),
            attempt(disclosure, 7, "2026-12-01"),
        ];
        for row in &rows {
            query_ledger::insert(&mut tx, row).await.unwrap();
        }
        query_ledger::settle(&mut tx, rows[2].id, "spent", "answered", now()).await.unwrap();
        query_ledger::settle(&mut tx, rows[5].id, "refunded", "unavailable", now()).await.unwrap();
        let booked = query_ledger::booked(&mut tx, day("2026-11-01"), day("2026-12-01")).await.unwrap();
        let line = |on: &str, purpose: &str, queries: i64| BookedRow {
            day: day(on),
            municipality: "710".to_owned(),
            purpose: purpose.to_owned(),
            queries,
            price_micro_euros: queries * 120_000,
        };
        assert_eq!(
            booked,
            [line("2026-11-01", "desk", 1), line("2026-11-30", "desk", 2), line("2026-11-30", "returned_mail", 1)]
        );
    }

    async fn what_nobody_settled_is_spent_when_it_is_old(database: &TestDb) {
        let disclosure = request(database).await;
        let mut tx = database.db.begin().await.unwrap();
        let young = LedgerRow { reserved_at: now() + Duration::hours(1), ..attempt(disclosure, 1, "2026-11-21") };
        let old = attempt(disclosure, 2, "2026-11-21");
        for row in [&young, &old] {
            query_ledger::insert(&mut tx, row).await.unwrap();
        }
        let before = now() + Duration::minutes(10);
        assert_eq!(query_ledger::settle_abandoned(&mut tx, before, before).await.unwrap(), 1);
        assert_eq!(query_ledger::settle_abandoned(&mut tx, before, before).await.unwrap(), 0);
        let rows = query_ledger::of_disclosure(&mut tx, disclosure).await.unwrap();
        let states: Vec<&str> = rows.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["reserved", "spent"]);
    }
}
