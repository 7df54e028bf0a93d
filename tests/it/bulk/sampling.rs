//! What the sample decides.

use std::collections::BTreeSet;

use ajantasa::finding::RejectReason;
use ajantasa::finding::bulk::Exclusion;
use ajantasa::review::bulk::{self, BulkError, BulkState, Ending, LeftOut, Verdict};
use ajantasa::review::{self, Rejection};

use super::{MOVED, batch, change, findings, library, pass_all, ready, reviewer, state};
use crate::scenario::{on_both, small};

on_both! {
    async fn every_sample_is_opened_by_itself_recorded_and_judged_before_the_list_is_shown(place: Place) {
        let site = library(&place, 12).await;
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let early = bulk::list(&site.context, &maija, id).await.unwrap_err();
        assert!(matches!(early, BulkError::WrongState(BulkState::Sampling)), "{early}");
        let early = bulk::approve(&site.context, &maija, id).await.unwrap_err();
        assert!(matches!(early, BulkError::WrongState(BulkState::Sampling)), "{early}");
        let unseen = bulk::judge(&site.context, &maija, id, 0, Verdict::Fits).await.unwrap_err();
        assert!(matches!(unseen, BulkError::OtherSample), "{unseen}");
        let first = bulk::next_sample(&site.context, &maija, id).await.unwrap().unwrap();
        assert_eq!(first.last_name, "Testinen");
        let fields: Vec<_> = first.fields.iter().map(|field| (field.field, field.proposed.as_deref())).collect();
        assert_eq!(fields, [("street_address", Some("Pitkäkatu 9"))]);
        let other = bulk::judge(&site.context, &maija, id, first.number + 1, Verdict::Fits).await.unwrap_err();
        assert!(matches!(other, BulkError::OtherSample), "{other}");
        let cards = pass_all(&site, &maija, id).await;
        assert_eq!(cards.iter().collect::<BTreeSet<_>>().len(), 10);
        assert_eq!(state(&site, &maija, id).await, BulkState::Ready);
        let looks = "SELECT count(DISTINCT finding) FROM audit WHERE action = 'bulk.sample' AND subject_tag IS NOT NULL";
        assert_eq!(site.number(looks).await, 10);
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'bulk.judge'").await, 10);
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'opened'").await, 10);
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 0);
    }

    async fn one_sample_that_does_not_fit_cancels_all_and_leaves_every_case_in_the_queue(place: Place) {
        let site = library(&place, 12).await;
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let first = bulk::next_sample(&site.context, &maija, id).await.unwrap().unwrap();
        bulk::judge(&site.context, &maija, id, first.number, Verdict::Fits).await.unwrap();
        let second = bulk::next_sample(&site.context, &maija, id).await.unwrap().unwrap();
        let verdict = Verdict::DoesNotFit(Ending::WrongPerson);
        let judged = bulk::judge(&site.context, &maija, id, second.number, verdict).await.unwrap();
        assert_eq!(judged.state, BulkState::Cancelled);
        let ended = batch(&site, &maija, id).await;
        assert_eq!((ended.state, ended.ending, ended.judged), (BulkState::Cancelled, Some(Ending::WrongPerson), 2));
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 0);
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state IN ('new', 'opened')").await, 12);
        for late in [
            bulk::approve(&site.context, &maija, id).await.map(|_| ()),
            bulk::cancel(&site.context, &maija, id).await,
            bulk::next_sample(&site.context, &maija, id).await.map(|_| ()),
        ] {
            assert!(matches!(late, Err(BulkError::WrongState(BulkState::Cancelled))), "{late:?}");
        }
        bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
    }

    async fn a_sample_that_has_moved_is_not_shown_and_another_takes_its_place(place: Place) {
        let site = library(&place, 12).await;
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        // Everybody among the samples but one has moved in the register's rows; the two who are no samples have not.
        let sampled = site
            .texts("SELECT p.card_number FROM bulk_item b JOIN finding f ON f.id = b.finding
                 JOIN patron p ON p.id = f.patron WHERE b.sample IS NOT NULL ORDER BY b.sample")
            .await;
        let numbers: Vec<u32> = sampled.iter().map(|card| card[6..].parse().unwrap()).collect();
        change(&site, "person", "frozen = TRUE", numbers[0]).await;
        change(&site, "finding", "version = version + 1", numbers[1]).await;
        change(&site, "person", "protection = 'yes'", numbers[2]).await;
        let shown = pass_all(&site, &maija, id).await;
        assert_eq!(shown.len(), 9, "ten, less three, and the two that were left");
        for card in &sampled[..3] {
            assert!(!shown.contains(card), "{card}");
        }
        assert_eq!(state(&site, &maija, id).await, BulkState::Ready);
        let (lines, gone) = bulk::list(&site.context, &maija, id).await.unwrap();
        let left_out: Vec<_> = lines.iter().filter_map(|line| Some((line.card_number.clone(), line.left_out?))).collect();
        assert_eq!(left_out.len(), 2);
        assert!(left_out.contains(&(sampled[0].clone(), LeftOut::Excluded(Exclusion::Frozen))));
        assert!(left_out.contains(&(sampled[1].clone(), LeftOut::Moved)));
        assert_eq!(gone, 1, "whoever is protected is counted with what has gone, and not named");
    }

    async fn a_batch_of_which_everything_is_gone_ends_by_itself(place: Place) {
        let site = library(&place, 2).await;
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let anna = reviewer(&site, "anna").await;
        for item in site.queue().await {
            let rejection = Rejection { reason: RejectReason::RegisterLags, note: None };
            review::reject(&site.context, &anna, &[item.id], rejection).await.pop().unwrap().1.unwrap();
        }
        assert_eq!(bulk::next_sample(&site.context, &maija, id).await.unwrap(), None);
        assert_eq!(batch(&site, &maija, id).await.ending, Some(Ending::NothingLeft));
    }

    async fn a_batch_is_its_makers_alone(place: Place) {
        let site = library(&place, 2).await;
        let (maija, anna) = (reviewer(&site, "maija").await, reviewer(&site, "anna").await);
        let id = ready(&site, &maija).await;
        let before = findings(&site).await;
        let context = &site.context;
        for refused in [
            bulk::get(context, &anna, id).await.map(|_| ()),
            bulk::next_sample(context, &anna, id).await.map(|_| ()),
            bulk::judge(context, &anna, id, 0, Verdict::Fits).await.map(|_| ()),
            bulk::list(context, &anna, id).await.map(|_| ()),
            bulk::approve(context, &anna, id).await.map(|_| ()),
            bulk::undo(context, &anna, id).await.map(|_| ()),
            bulk::cancel(context, &anna, id).await,
        ] {
            assert!(matches!(refused, Err(BulkError::Unknown)), "{refused:?}");
        }
        assert!(bulk::of_account(context, &anna).await.unwrap().is_empty());
        assert_eq!(bulk::of_account(context, &maija).await.unwrap().len(), 1);
        assert_eq!(findings(&site).await, before);
        assert!(before.contains_key(&small::card(1)));
    }
}
