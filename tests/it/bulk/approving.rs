//! The one act, and taking it back.

use ajantasa::finding::RejectReason;
use ajantasa::review::bulk::{self, BulkError, BulkState, Ending, LeftOut};
use ajantasa::review::{self, Rejection};
use ajantasa::task::Task;
use chrono::Duration;

use super::{batch, change, findings, library, ready, reviewer, state};
use crate::scenario::{on_both, small};

on_both! {
    async fn every_case_gets_a_decision_of_the_named_person_and_the_batch_a_record(place: Place) {
        let site = library(&place, 13).await;
        let maija = reviewer(&site, "maija").await;
        let id = ready(&site, &maija).await;
        let (lines, _) = bulk::list(&site.context, &maija, id).await.unwrap();
        assert_eq!((lines.len(), lines.iter().filter(|line| line.was_sampled).count()), (13, 10));
        let looks = "SELECT count(DISTINCT finding) FROM audit WHERE action = 'bulk.list' AND subject_tag IS NOT NULL";
        assert_eq!(site.number(looks).await, 13);
        let approved = bulk::approve(&site.context, &maija, id).await.unwrap();
        assert_eq!((approved.state, approved.approved, approved.can_undo), (BulkState::Approved, 13, true));
        let decisions = "SELECT count(DISTINCT d.finding) FROM decision d JOIN account a ON a.id = d.account
             JOIN finding f ON f.decision = d.id JOIN bulk_item b ON b.decision = d.id AND b.finding = f.id
             WHERE d.verdict = 'approve' AND a.name = 'maija' AND f.state = 'decided'";
        assert_eq!(site.number(decisions).await, 13);
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 13);
        assert_eq!(site.number("SELECT count(DISTINCT effective_at) FROM finding").await, 1);
        let recorded = "SELECT count(DISTINCT finding) FROM audit WHERE action = 'finding.approve' AND actor = 'maija' AND decision IS NOT NULL AND subject_tag IS NOT NULL";
        assert_eq!(site.number(recorded).await, 13);
        let of_batch = site.texts("SELECT detail FROM audit WHERE action = 'bulk.approve'").await;
        assert_eq!(of_batch, ["moved_nearby: 13 approved, 0 left out"]);
        let again = bulk::approve(&site.context, &maija, id).await.unwrap_err();
        assert!(matches!(again, BulkError::WrongState(BulkState::Approved)), "{again}");
        site.clock.advance(Duration::seconds(61));
        site.run(Task::Apply).await.unwrap();
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'confirmed'").await, 13);
    }

    async fn what_has_moved_or_is_no_longer_admissible_is_left_out_with_its_reason(place: Place) {
        let site = library(&place, 20).await;
        let (maija, anna) = (reviewer(&site, "maija").await, reviewer(&site, "anna").await);
        let id = ready(&site, &maija).await;
        let items = site.queue().await;
        let of = |n: u32| items.iter().find(|item| item.card_number == small::card(n)).unwrap().id;
        let rejection = Rejection { reason: RejectReason::RegisterLags, note: None };
        review::reject(&site.context, &anna, &[of(1)], rejection).await.pop().unwrap().1.unwrap();
        change(&site, "person", "protection = 'yes'", 2).await;
        change(&site, "patron", "notes = 'invoice_sent'", 3).await;
        change(&site, "patron", "guarantor_patron_id = 'S0005'", 4).await;
        change(&site, "finding", "state = 'stale', moved = 'city', version = version + 1", 6).await;
        change(&site, "patron", "version = version + 1, language = 'sv'", 7).await;
        let approved = bulk::approve(&site.context, &maija, id).await.unwrap();
        assert_eq!(approved.approved, 13);
        let (lines, gone) = bulk::list(&site.context, &maija, id).await.unwrap();
        let mut left_out: Vec<(String, &str)> = lines
            .iter()
            .filter_map(|line| Some((line.card_number.clone(), line.left_out?.as_str())))
            .collect();
        left_out.sort();
        let expected = [(3, "invoice_sent"), (4, "guarantee"), (5, "guarantee"), (6, "stale"), (7, "moved")];
        assert_eq!(left_out, expected.map(|(n, reason)| (small::card(n), reason)));
        assert_eq!(gone, 2, "the rejected and the protected, told alike");
        let states = findings(&site).await;
        assert!(states[&small::card(7)].starts_with("stale street_address"), "{}", states[&small::card(7)]);
        assert!(states[&small::card(2)].starts_with("opened") || states[&small::card(2)].starts_with("new"));
        assert_eq!(site.number("SELECT count(*) FROM decision WHERE verdict = 'approve'").await, 13);
        assert!(lines.iter().all(|line| line.left_out != Some(LeftOut::Unreadable)));
    }

    async fn the_whole_batch_is_undone_in_one_act_and_everything_is_as_it_was(place: Place) {
        let site = library(&place, 13).await;
        let maija = reviewer(&site, "maija").await;
        let id = ready(&site, &maija).await;
        let before = findings(&site).await;
        bulk::approve(&site.context, &maija, id).await.unwrap();
        assert_ne!(findings(&site).await, before);
        site.clock.advance(Duration::seconds(59));
        assert!(batch(&site, &maija, id).await.can_undo);
        let undone = bulk::undo(&site.context, &maija, id).await.unwrap();
        assert_eq!(undone.state, BulkState::Undone);
        assert_eq!(findings(&site).await, before);
        assert_eq!(site.number("SELECT count(*) FROM decision WHERE verdict = 'undo'").await, 13);
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'finding.undo'").await, 13);
        assert_eq!(site.texts("SELECT detail FROM audit WHERE action = 'bulk.undo'").await, ["moved_nearby: 13 taken back"]);
        site.clock.advance(Duration::hours(1));
        site.run(Task::Apply).await.unwrap();
        assert_eq!(findings(&site).await, before);
        let again = bulk::undo(&site.context, &maija, id).await.unwrap_err();
        assert!(matches!(again, BulkError::WrongState(BulkState::Undone)), "{again}");
        ready(&site, &maija).await;
    }

    async fn a_batch_cannot_be_undone_when_its_window_has_passed(place: Place) {
        let site = library(&place, 3).await;
        let maija = reviewer(&site, "maija").await;
        let id = ready(&site, &maija).await;
        bulk::approve(&site.context, &maija, id).await.unwrap();
        site.clock.advance(Duration::seconds(60));
        assert!(!batch(&site, &maija, id).await.can_undo);
        let late = bulk::undo(&site.context, &maija, id).await.unwrap_err();
        assert!(matches!(late, BulkError::WindowClosed), "{late}");
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'decided'").await, 3);
    }

    async fn what_was_undone_singly_stays_so_when_the_batch_is_undone(place: Place) {
        let site = library(&place, 3).await;
        let maija = reviewer(&site, "maija").await;
        let id = ready(&site, &maija).await;
        bulk::approve(&site.context, &maija, id).await.unwrap();
        let one = site.texts("SELECT CAST(state AS TEXT) FROM finding").await;
        assert_eq!(one, ["decided"; 3]);
        let filter = review::Filter {
            states: vec![ajantasa::finding::FindingState::Decided],
            ..review::Filter::default()
        };
        let items = review::list(&site.context, &review::Viewer::Anonymous, &filter).await.unwrap();
        review::undo(&site.context, &maija, &[items[0].id]).await.pop().unwrap().1.unwrap();
        review::approve(&site.context, &maija, &[items[0].id], review::Effect::After(Duration::hours(1)))
            .await.pop().unwrap().1.unwrap();
        bulk::undo(&site.context, &maija, id).await.unwrap();
        let left = site.number("SELECT count(*) FROM finding WHERE state = 'decided'").await;
        assert_eq!(left, 1, "the later decision is another one");
    }

    async fn a_batch_of_which_nothing_can_be_approved_any_more_is_cancelled(place: Place) {
        let site = library(&place, 2).await;
        let maija = reviewer(&site, "maija").await;
        let id = ready(&site, &maija).await;
        site.execute("UPDATE person SET frozen = TRUE").await;
        let ended = bulk::approve(&site.context, &maija, id).await.unwrap();
        assert_eq!((ended.state, ended.ending), (BulkState::Cancelled, Some(Ending::NothingLeft)));
        assert_eq!(state(&site, &maija, id).await, BulkState::Cancelled);
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 0);
    }
}
