//! Counts for the first page of the staff.

use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::overview::{self, Counted};
use ajantasa::store::{Tx, finding, new_id};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{add_patrons, finding_row, now};
use crate::database::{both, execute};

fn of(codes: &[&str], protected: bool) -> Counted {
    Counted { municipalities: Some(codes.iter().map(|code| (*code).to_owned()).collect()), protected }
}

fn days(count: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(count)
}

async fn decide(tx: &mut Tx, finding: Uuid, verdict: &str, at: DateTime<Utc>) {
    let row = DecisionRow {
        edited: false,
        snoozed_before: None,
        visit_before: false,
        id: new_id(at),
        finding,
        verdict: verdict.to_owned(),
        state_before: "opened".to_owned(),
        account: new_id(at),
        os_user: "tester".to_owned(),
        reason: (verdict == "reject").then(|| "other".to_owned()),
        key_version: 1,
        sealed_note: None,
        evidence_digest: vec![9; 16],
        patron_version: 1,
        decided_at: at,
    };
    decision::insert(tx, &row).await.unwrap();
}

both! {
    async fn the_queue_is_counted_by_kind_and_age_without_what_a_viewer_may_not_know(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 6).await;
        let mut tx = database.db.begin().await.unwrap();
        let account = super::account::add(&mut tx, "maija").await;
        let mut rows: Vec<_> = patrons.iter().map(|patron| finding_row(*patron, "address_change")).collect();
        rows[1].opened_at = days(10);
        rows[2].opened_at = days(40);
        "closed".clone_into(&mut rows[3].state);
        rows[4].held_back = true;
        rows.push(finding_row(patrons[0], "protection_ended"));
        finding::insert(&mut tx, &rows).await.unwrap();
        tx.commit("test").await.unwrap();
        execute(&database.url, "UPDATE person SET protection = 'no'").await.unwrap();
        let ages = [days(7), days(14), days(30)];
        let mut tx = database.db.begin().await.unwrap();
        let counts = |rows: Vec<overview::QueueCount>| -> Vec<(String, i64, i64)> {
            rows.into_iter().map(|row| (row.kind, row.age, row.cases)).collect()
        };
        let line = |kind: &str, age: i64, cases: i64| (kind.to_owned(), age, cases);
        let address = [line("address_change", 0, 2), line("address_change", 1, 1), line("address_change", 3, 1)];
        assert_eq!(counts(overview::queue(&mut tx, &of(&["710"], false), &ages).await.unwrap()), address);
        let all = counts(overview::queue(&mut tx, &Counted { municipalities: None, protected: true }, &ages).await.unwrap());
        assert_eq!(all, [&address[..], &[line("protection_ended", 0, 1)]].concat());
        for nothing in [of(&["092"], true), of(&[], true)] {
            assert_eq!(overview::queue(&mut tx, &nothing, &ages).await.unwrap(), []);
        }
        for (counted, hidden) in [(of(&["710"], true), 1), (of(&["710"], false), 0), (of(&[], true), 0), (of(&["092"], true), 0)] {
            assert_eq!(overview::protected(&mut tx, &counted).await.unwrap(), hidden);
        }
        assert_eq!(overview::assigned(&mut tx, &of(&["710"], false), account).await.unwrap(), 0);
        // An address is due after 14 days, protection on the day.
        for (counted, before, late) in [
            (of(&["710"], false), now(), 1),
            (of(&["710"], false), days(26), 0),
            (of(&["710"], true), now() + TimeDelta::seconds(1), 2),
            (of(&["092"], true), now(), 0),
            (of(&[], true), now(), 0),
        ] {
            assert_eq!(overview::overdue(&mut tx, &counted, before).await.unwrap(), late);
        }
        drop(tx);

        let assign = "INSERT INTO assignment (finding, account, assigned_by, assigned_at)
             SELECT f.id, a.id, a.id, f.opened_at FROM finding f, account a";
        execute(&database.url, assign).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(overview::assigned(&mut tx, &of(&["710"], false), account).await.unwrap(), 4);
        assert_eq!(overview::assigned(&mut tx, &of(&["710"], true), account).await.unwrap(), 5);
        assert_eq!(overview::assigned(&mut tx, &of(&[], true), account).await.unwrap(), 0);
        assert_eq!(overview::assigned(&mut tx, &of(&["710"], true), new_id(now())).await.unwrap(), 0);
        drop(tx);
        // Whoever is under an order is in no count of those who are not cleared.
        execute(&database.url, "UPDATE person SET protection = 'yes'").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(overview::queue(&mut tx, &of(&["710"], false), &ages).await.unwrap(), []);
        assert_eq!(overview::assigned(&mut tx, &of(&["710"], false), account).await.unwrap(), 0);
        assert_eq!(counts(overview::queue(&mut tx, &of(&["710"], true), &ages).await.unwrap()), all);
    }

    async fn decisions_are_counted_by_week_and_rule_without_those_taken_back(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 5).await;
        let mut tx = database.db.begin().await.unwrap();
        let rows: Vec<_> = patrons.iter().map(|patron| finding_row(*patron, "name_change")).collect();
        finding::insert(&mut tx, &rows).await.unwrap();
        decide(&mut tx, rows[0].id, "approve", days(1)).await;
        decide(&mut tx, rows[1].id, "reject", days(8)).await;
        decide(&mut tx, rows[2].id, "approve", days(2)).await;
        decide(&mut tx, rows[2].id, "undo", days(1)).await;
        decide(&mut tx, rows[2].id, "reject", days(0)).await;
        decide(&mut tx, rows[3].id, "snooze", days(1)).await;
        decide(&mut tx, rows[4].id, "approve", days(90)).await;
        tx.commit("test").await.unwrap();
        let weeks = [days(7), days(14), days(21)];
        let mut tx = database.db.begin().await.unwrap();
        let found = overview::decisions(&mut tx, &of(&["710"], false), &weeks).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|row| (row.kind, row.week, row.decisions)).collect();
        assert_eq!(found, [("name_change".to_owned(), 0, 2), ("name_change".to_owned(), 1, 1)]);
        let rules = overview::rules(&mut tx, &of(&["710"], false), days(21)).await.unwrap();
        assert_eq!((rules[0].rule.as_str(), rules[0].decisions, rules[0].rejected, rules.len()), ("test", 3, 2, 1));
        for nothing in [of(&["092"], true), of(&[], true)] {
            assert_eq!(overview::decisions(&mut tx, &nothing, &weeks).await.unwrap(), []);
            assert_eq!(overview::rules(&mut tx, &nothing, days(21)).await.unwrap(), []);
        }
        assert_eq!(overview::decisions(&mut tx, &of(&["710"], true), &[]).await.unwrap(), []);
        drop(tx);
        execute(&database.url, "UPDATE person SET protection = 'yes'").await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(overview::decisions(&mut tx, &of(&["710"], false), &weeks).await.unwrap(), []);
        assert_eq!(overview::rules(&mut tx, &of(&["710"], false), days(21)).await.unwrap(), []);
    }
}
