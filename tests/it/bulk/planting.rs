//! Invented cases: they are seen or cancel the batch, are never written, and stop a class, not a person.

use ajantasa::review::bulk::{self, BulkError, BulkState, Ending, Sample, Verdict};
use ajantasa::staff::{ProvedAccount, Role};
use chrono::Duration;
use uuid::Uuid;

use super::{MOVED, batch, library, member, plant, reviewer};
use crate::scenario::{Scenario, on_both, small};

/// Whether a sample is about somebody of the register.
fn is_real(sample: &Sample) -> bool {
    sample.last_name == "Testinen"
}

/// Goes on until an invented case is let pass.
async fn miss(site: &Scenario, account: &ProvedAccount, id: Uuid) -> BulkState {
    loop {
        let sample = bulk::next_sample(&site.context, account, id).await.unwrap().unwrap();
        let judged = bulk::judge(&site.context, account, id, sample.number, Verdict::Fits).await.unwrap();
        if !is_real(&sample) {
            return judged.state;
        }
    }
}

on_both! {
    async fn invented_cases_that_are_seen_let_the_batch_go_on_and_are_never_written(place: Place) {
        let mut site = library(&place, 12).await;
        plant(&mut site);
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let made = batch(&site, &maija, id).await;
        assert_eq!((made.cases, made.samples), (12, 20));
        let (mut seen, mut real) = (0, 0);
        while let Some(sample) = match batch(&site, &maija, id).await.state {
            BulkState::Sampling => bulk::next_sample(&site.context, &maija, id).await.unwrap(),
            _ => None,
        } {
            let verdict = if is_real(&sample) { Verdict::Fits } else { Verdict::DoesNotFit(Ending::AnotherClass) };
            let judged = bulk::judge(&site.context, &maija, id, sample.number, verdict).await.unwrap();
            assert_eq!(judged.was_planted, !is_real(&sample));
            if is_real(&sample) { real += 1 } else { seen += 1 }
            let taken = format!("SELECT count(*) FROM patron WHERE card_number = '{}'", sample.card_number);
            assert_eq!(site.number(&taken).await, i64::from(is_real(&sample)), "nobody has the card");
            assert_eq!(sample.municipality, "710");
        }
        assert_eq!((seen, real), (10, 10));
        let (lines, gone) = bulk::list(&site.context, &maija, id).await.unwrap();
        assert_eq!((lines.len(), gone), (12, 0));
        let approved = bulk::approve(&site.context, &maija, id).await.unwrap();
        assert_eq!(approved.approved, 12);
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 12);
        assert_eq!(site.number("SELECT count(*) FROM finding").await, 12);
        assert_eq!(site.number("SELECT count(*) FROM bulk_item WHERE planted IS NOT NULL AND (decision IS NOT NULL OR outcome IS NOT NULL)").await, 0);
        site.clock.advance(Duration::seconds(61));
        site.until_idle().await;
        let streets = "SELECT count(*) FROM finding WHERE state = 'confirmed'";
        assert_eq!(site.number(streets).await, 12);
        assert_eq!(site.number("SELECT count(*) FROM bulk_planted WHERE missed").await, 0);
    }

    async fn an_invented_case_let_pass_cancels_the_batch_and_counts_for_the_class(place: Place) {
        let mut site = library(&place, 12).await;
        plant(&mut site);
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        assert_eq!(miss(&site, &maija, id).await, BulkState::Cancelled);
        assert_eq!(batch(&site, &maija, id).await.ending, Some(Ending::PlantedMissed));
        assert_eq!(site.number("SELECT count(*) FROM decision").await, 0);
        let counted = site.texts("SELECT class FROM bulk_planted WHERE missed").await;
        assert_eq!(counted, ["moved_nearby"]);
        // Whoever reads the log cannot tell an invented case by what is said of its judgement.
        let details = site.texts("SELECT DISTINCT detail FROM audit WHERE action = 'bulk.judge'").await;
        assert_eq!(details, ["fits"]);
    }

    async fn a_class_of_which_too_many_pass_stops_until_an_administrator_allows_it(place: Place) {
        let mut site = library(&place, 12).await;
        plant(&mut site);
        let (maija, anna) = (reviewer(&site, "maija").await, reviewer(&site, "anna").await);
        // A batch of hers was made before the class stopped, and is ready.
        let ready = {
            site.execute("UPDATE person SET frozen = FALSE").await;
            let id = bulk::prepare(&site.context, &anna, MOVED, None).await.unwrap();
            while batch(&site, &anna, id).await.state == BulkState::Sampling {
                let sample = bulk::next_sample(&site.context, &anna, id).await.unwrap().unwrap();
                let verdict = if is_real(&sample) { Verdict::Fits } else { Verdict::DoesNotFit(Ending::Other) };
                bulk::judge(&site.context, &anna, id, sample.number, verdict).await.unwrap();
            }
            id
        };
        for round in 1..=4 {
            site.clock.advance(Duration::minutes(1));
            let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
            assert_eq!(miss(&site, &maija, id).await, BulkState::Cancelled, "{round}");
        }
        let stopped = bulk::prepare(&site.context, &anna, MOVED, None).await.unwrap_err();
        assert!(matches!(stopped, BulkError::ClassStopped), "{stopped}");
        let stopped = bulk::approve(&site.context, &anna, ready).await.unwrap_err();
        assert!(matches!(stopped, BulkError::ClassStopped), "{stopped}");
        let count = bulk::overview(&site.context, &maija, None).await.unwrap();
        assert_eq!(count.iter().filter(|count| count.is_stopped).map(|count| count.class).collect::<Vec<_>>(), [MOVED]);
        let recorded = site.texts("SELECT actor_kind || actor || os_user || ' ' || detail FROM audit WHERE action = 'bulk.stop'").await;
        assert_eq!(recorded.len(), 1);
        assert!(recorded[0].starts_with("taskbulk moved_nearby: 4 of the last "), "{recorded:?}");

        let aino = member(&site, "aino", Role::Administrator, &[]).await;
        let states = bulk::classes(&site.context, &aino).await.unwrap();
        let state = states.iter().find(|state| state.class == MOVED).unwrap();
        assert_eq!((state.missed, state.stopped_at.is_some()), (4, true));
        let refused = bulk::allow(&site.context, &maija, MOVED, "x").await.unwrap_err();
        assert!(matches!(refused, BulkError::NotAdministrator), "{refused}");
        for reason in ["", "  ", "it was 010190-999W", &"x".repeat(501)] {
            let refused = bulk::allow(&site.context, &aino, MOVED, reason).await.unwrap_err();
            assert!(matches!(refused, BulkError::NoReason), "{refused}");
        }
        site.clock.advance(Duration::minutes(1));
        bulk::allow(&site.context, &aino, MOVED, "we have talked about it").await.unwrap();
        let again = bulk::allow(&site.context, &aino, MOVED, "once more").await.unwrap_err();
        assert!(matches!(again, BulkError::NotStopped), "{again}");
        bulk::approve(&site.context, &anna, ready).await.unwrap();
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'bulk.allow'").await, 1);
        let states = bulk::classes(&site.context, &aino).await.unwrap();
        let state = states.iter().find(|state| state.class == MOVED).unwrap();
        assert_eq!((state.planted, state.missed, state.stopped_at), (0, 0, None), "it is counted anew");
        let columns = site.texts("SELECT class FROM bulk_planted LIMIT 1").await;
        assert_eq!(columns, ["moved_nearby"]);
        assert!(small::card(1).starts_with("2072"));
    }
}
