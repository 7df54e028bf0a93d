//! Whose a case is, who has it open, who must not see it, and what was said about it.

use ajantasa::store::account::AccountRow;
use ajantasa::store::decision::{self, DecisionRow};
use ajantasa::store::finding::{self, FindingRow};
use ajantasa::store::session::{self, SessionRow};
use ajantasa::store::{Tx, apply_attempt, assignment, awaited_visit, case_view, disqualification, new_id};
use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::{account, add_patrons, finding_row, now};
use crate::database::both;

fn later(minutes: i64) -> DateTime<Utc> {
    now() + Duration::minutes(minutes)
}

async fn add_session(tx: &mut Tx, account: Uuid) -> Uuid {
    let row = SessionRow {
        id: new_id(now()),
        account,
        token_digest: account.as_bytes().iter().chain(account.as_bytes()).copied().collect(),
        is_half: false,
        language: "sv".to_owned(),
        agent: String::new(),
        address: String::new(),
        created_at: now(),
        seen_at: now(),
        expires_at: later(600),
        ended_at: None,
    };
    session::insert(tx, &row).await.unwrap();
    row.id
}

fn said(finding: Uuid, account: Uuid, verdict: &str, at: DateTime<Utc>) -> DecisionRow {
    DecisionRow {
        id: new_id(at),
        finding,
        verdict: verdict.to_owned(),
        state_before: "opened".to_owned(),
        account,
        os_user: "web:maija".to_owned(),
        reason: None,
        key_version: 1,
        sealed_note: None,
        evidence_digest: vec![9; 16],
        patron_version: 1,
        decided_at: at,
        edited: verdict == "approve",
        snoozed_before: Some(later(60)),
        visit_before: true,
    }
}

both! {
    async fn a_case_is_whose_it_was_given_to_last_as_long_as_the_account_is_in_force(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let (first, second) = (finding_row(patrons[0], "death"), finding_row(patrons[1], "death"));
        let today = now().date_naive();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[first.clone(), second.clone()]).await.unwrap();
        let maija = account::add(&mut tx, "maija").await;
        let pekka = account::add(&mut tx, "pekka").await;
        assert_eq!(assignment::holder(&mut tx, first.id, today).await.unwrap(), None);
        assignment::give(&mut tx, first.id, maija, maija, now()).await.unwrap();
        assignment::give(&mut tx, second.id, maija, pekka, now()).await.unwrap();
        assignment::give(&mut tx, first.id, pekka, maija, later(1)).await.unwrap();
        let holder = assignment::holder(&mut tx, first.id, today).await.unwrap().unwrap();
        assert_eq!((holder.account, holder.name.as_str(), holder.assigned_by), (pekka, "pekka", maija));
        assert_eq!(holder.assigned_at, later(1));
        let after_all = "2200-01-01".parse().unwrap();
        assert_eq!(assignment::holder(&mut tx, first.id, after_all).await.unwrap(), None);
        assignment::clear_of_patron(&mut tx, maija, patrons[0]).await.unwrap();
        assert!(assignment::holder(&mut tx, first.id, today).await.unwrap().is_some());
        assignment::clear_of_patron(&mut tx, pekka, patrons[0]).await.unwrap();
        assert_eq!(assignment::holder(&mut tx, first.id, today).await.unwrap(), None);
        assert!(assignment::holder(&mut tx, second.id, today).await.unwrap().is_some());
        ajantasa::store::account::disable(&mut tx, maija, now()).await.unwrap();
        assert_eq!(assignment::holder(&mut tx, second.id, today).await.unwrap(), None);
        assignment::clear(&mut tx, second.id).await.unwrap();
    }

    async fn only_reviewers_of_the_municipality_in_force_and_cleared_can_be_given_a_case(database: &TestDb) {
        let today = now().date_naive();
        let mut tx = database.db.begin().await.unwrap();
        let mut add = async |name: &str, role: &str, cleared: bool, codes: &[&str]| {
            let row = AccountRow { role: role.to_owned(), may_protected: cleared, ..account::row(name) };
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            ajantasa::store::account::insert(&mut tx, &row, &codes).await.unwrap();
            row.id
        };
        let anna = add("anna", "reviewer", false, &["710", "078"]).await;
        let leena = add("leena", "reviewer", true, &["710"]).await;
        add("elina", "reviewer", true, &["078"]).await;
        add("aino", "administrator", false, &["710"]).await;
        let gone = add("gone", "reviewer", true, &["710"]).await;
        ajantasa::store::account::disable(&mut tx, gone, now()).await.unwrap();
        let all = assignment::candidates(&mut tx, "710", false, today).await.unwrap();
        assert_eq!(all, [(anna, "anna".to_owned()), (leena, "leena".to_owned())]);
        let cleared = assignment::candidates(&mut tx, "710", true, today).await.unwrap();
        assert_eq!(cleared, [(leena, "leena".to_owned())]);
        let after_all = "2200-01-01".parse().unwrap();
        assert_eq!(assignment::candidates(&mut tx, "710", false, after_all).await.unwrap(), []);
    }

    async fn who_has_a_case_open_is_told_to_others_until_it_is_put_away(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = finding_row(patrons[0], "death");
        let today = now().date_naive();
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        let maija = account::add(&mut tx, "maija").await;
        let pekka = account::add(&mut tx, "pekka").await;
        let (hers, his) = (add_session(&mut tx, maija).await, add_session(&mut tx, pekka).await);
        case_view::note(&mut tx, row.id, maija, hers, now(), later(-30)).await.unwrap();
        case_view::note(&mut tx, row.id, maija, hers, later(20), later(-10)).await.unwrap();
        case_view::note(&mut tx, row.id, pekka, his, later(21), later(-9)).await.unwrap();
        let seen = async |tx: &mut Tx, by: Uuid, since: i64| -> Vec<(String, DateTime<Utc>)> {
            let rows = case_view::others(tx, row.id, by, later(since), today).await.unwrap();
            rows.into_iter().map(|row| (row.name, row.opened_at)).collect()
        };
        assert_eq!(seen(&mut tx, pekka, 0).await, [("maija".to_owned(), now())]);
        assert_eq!(seen(&mut tx, maija, 0).await, [("pekka".to_owned(), later(21))]);
        assert_eq!(seen(&mut tx, pekka, 21).await, []);
        // A look that was over begins anew.
        case_view::note(&mut tx, row.id, maija, hers, later(90), later(60)).await.unwrap();
        assert_eq!(seen(&mut tx, pekka, 60).await, [("maija".to_owned(), later(90))]);
        session::end(&mut tx, maija, hers, later(91)).await.unwrap();
        assert_eq!(seen(&mut tx, pekka, 60).await, []);
        case_view::end(&mut tx, row.id, maija).await.unwrap();
        case_view::end_of_patron(&mut tx, pekka, patrons[0]).await.unwrap();
        assert_eq!(seen(&mut tx, maija, -60).await, []);
        case_view::note(&mut tx, row.id, pekka, his, now(), later(-30)).await.unwrap();
        assert_eq!(case_view::delete_before(&mut tx, now()).await.unwrap(), 0);
        assert_eq!(case_view::delete_before(&mut tx, later(1)).await.unwrap(), 1);
    }

    async fn who_is_disqualified_is_kept_once_by_patron(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 2).await;
        let mut tx = database.db.begin().await.unwrap();
        let maija = account::add(&mut tx, "maija").await;
        disqualification::declare(&mut tx, maija, patrons[0], now()).await.unwrap();
        disqualification::declare(&mut tx, maija, patrons[0], later(1)).await.unwrap();
        let found = disqualification::of_patrons(&mut tx, &patrons).await.unwrap();
        assert_eq!(found, [(patrons[0], maija)]);
        assert_eq!(disqualification::of_patrons(&mut tx, &patrons[1..]).await.unwrap(), []);
    }

    async fn a_case_waits_for_a_visit_only_while_it_is_put_off(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let put_off = FindingRow {
            state: "snoozed".to_owned(),
            snoozed_until: Some(later(60)),
            ..finding_row(patrons[0], "name_change")
        };
        let other = finding_row(patrons[0], "death");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, &[put_off.clone(), other.clone()]).await.unwrap();
        for id in [put_off.id, put_off.id, other.id] {
            awaited_visit::set(&mut tx, id, true).await.unwrap();
        }
        assert!(awaited_visit::waits(&mut tx, put_off.id).await.unwrap());
        assert!(!awaited_visit::waits(&mut tx, other.id).await.unwrap());
        assert_eq!(awaited_visit::of_patron(&mut tx, patrons[0]).await.unwrap(), [put_off.id]);
        awaited_visit::set(&mut tx, put_off.id, false).await.unwrap();
        assert!(!awaited_visit::waits(&mut tx, put_off.id).await.unwrap());
    }

    async fn decisions_are_found_by_case_and_by_account_the_newest_first(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = finding_row(patrons[0], "name_change");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        let (maija, pekka) = (new_id(now()), new_id(now()));
        let first = said(row.id, maija, "approve", now());
        let second = said(row.id, pekka, "undo", later(1));
        let third = said(row.id, maija, "revert", later(2));
        for row in [&first, &second, &third] {
            decision::insert(&mut tx, row).await.unwrap();
        }
        let ids = |rows: Vec<DecisionRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        let found = decision::of_finding(&mut tx, row.id).await.unwrap();
        assert_eq!(format!("{:?}", found[2]), format!("{first:?}"));
        assert_eq!(ids(found), [third.id, second.id, first.id]);
        let hers = decision::of_account(&mut tx, maija, now(), 9).await.unwrap();
        assert_eq!(ids(hers), [third.id, first.id]);
        assert_eq!(ids(decision::of_account(&mut tx, maija, later(1), 9).await.unwrap()), [third.id]);
        assert_eq!(ids(decision::of_account(&mut tx, maija, now(), 1).await.unwrap()), [third.id]);
        let edited_rejection = DecisionRow { reason: Some("other".to_owned()), edited: true, ..said(row.id, maija, "reject", now()) };
        assert!(decision::insert(&mut tx, &edited_rejection).await.is_err());
    }

    async fn a_finding_was_written_when_its_first_good_attempt_ended(database: &TestDb) {
        let (patrons, _) = add_patrons(database, 1).await;
        let row = finding_row(patrons[0], "name_change");
        let mut tx = database.db.begin().await.unwrap();
        finding::insert(&mut tx, std::slice::from_ref(&row)).await.unwrap();
        for (outcome, at) in [("unknown", 1), ("written", 5), ("confirmed", 9)] {
            assert_eq!(apply_attempt::written_at(&mut tx, row.id).await.unwrap().is_some(), at > 5);
            let attempt = new_id(now());
            apply_attempt::begin(&mut tx, attempt, row.id, 1, now()).await.unwrap();
            apply_attempt::finish(&mut tx, attempt, outcome, later(at)).await.unwrap();
        }
        assert_eq!(apply_attempt::written_at(&mut tx, row.id).await.unwrap(), Some(later(5)));
    }
}
