//! Who decides what, and when it takes effect.

use ajantasa::finding::{FindingKind, RejectReason};
use ajantasa::review::{self, Effect, Refusal, Rejection, ReviewError, Viewer};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::{decision, finding};
use chrono::Duration;
use uuid::Uuid;

use super::{Library, Someone, at, only};
use crate::database::both;

const MINUTE: Effect = Effect::After(Duration::seconds(60));

fn rejection(reason: RejectReason, note: Option<&str>) -> Rejection {
    Rejection { reason, note: note.map(str::to_owned) }
}

async fn approve(library: &Library<'_>, account: &ProvedAccount, id: Uuid) -> Result<(), ReviewError> {
    only(review::approve(&library.context, account, &[id], MINUTE).await).map(drop)
}

both! {
    async fn an_approval_takes_effect_after_the_window_and_can_be_undone_exactly(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2), Someone::moved(3)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let outi = library.reviewer("outi", &["710"]).await;
        let mut ids = Vec::new();
        for number in 1..=3 {
            ids.push(library.finding(number, FindingKind::AddressChange).await.id);
        }
        review::show(&library.context, &Viewer::Proved(anna.clone()), ids[1]).await.unwrap();
        let until = at("2026-12-01T00:00:00Z");
        only(review::snooze(&library.context, &anna, &[ids[2]], until).await).unwrap();
        for (&id, before) in ids.iter().zip(["new", "opened", "snoozed"]) {
            let done = only(review::approve(&library.context, &anna, &[id], MINUTE).await).unwrap();
            assert_eq!(done.effective_at, Some(at("2026-11-21T10:01:00Z")));
            assert_eq!(library.state(id).await, "decided");
            let again = approve(&library, &anna, id).await.unwrap_err();
            assert_eq!(again.refusal(), Refusal::Data);
            let undone = only(review::undo(&library.context, &outi, &[id]).await).unwrap();
            assert_eq!(undone.state.as_str(), before);
            assert_eq!(undone.effective_at, None);
            assert_eq!(undone.snoozed_until, (before == "snoozed").then_some(until));
        }
        approve(&library, &anna, ids[0]).await.unwrap();
        library.wait(60);
        let late = only(review::undo(&library.context, &anna, &[ids[0]]).await).unwrap_err();
        assert!(matches!(late, ReviewError::WindowClosed), "{late}");
        assert_eq!(library.audited("finding.approve").await, 4);
        assert_eq!(library.audited("finding.undo").await, 3);
    }

    async fn the_window_is_closed_at_once_only_where_nothing_irreversible_follows(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::dead(2)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let death = library.finding(2, FindingKind::Death).await.id;
        let refused = only(review::approve(&library.context, &anna, &[death], Effect::Now).await).unwrap_err();
        assert_eq!(refused.refusal(), Refusal::Usage);
        let address = library.finding(1, FindingKind::AddressChange).await.id;
        only(review::approve(&library.context, &anna, &[address], Effect::Now).await).unwrap();
        let late = only(review::undo(&library.context, &anna, &[address]).await);
        assert!(matches!(late, Err(ReviewError::WindowClosed)));
    }

    async fn who_may_not_decide_is_refused_and_recorded(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone::moved(1),
            Someone { new_code: Some(50), ..Someone::at_home(2) },
            Someone { guarantor: Some("P1".to_owned()), ..Someone::moved(3) },
        ]).await;
        let address = library.finding(1, FindingKind::AddressChange).await.id;
        let code = library.finding(2, FindingKind::IdentityCodeChanged).await.id;
        let child = library.finding(3, FindingKind::AddressChange).await.id;
        let anna = library.reviewer("anna", &["710"]).await;
        let own = ProvedAccount { own_card: Some("C1".to_owned()), ..anna.clone() };
        let elsewhere = library.reviewer("outi", &["078"]).await;
        let admin = library.account("aino", Role::Administrator, &["710"], false).await;
        let auditor = library.account("tarkko", Role::Auditor, &["710"], false).await;
        for (account, id) in [
            (&own, address), (&own, child), (&elsewhere, address), (&admin, address), (&auditor, address),
            (&anna, code),
        ] {
            let refused = approve(&library, account, id).await.unwrap_err();
            assert_eq!(refused.refusal(), Refusal::NotAllowed, "{refused}");
        }
        assert_eq!(library.audited("finding.refuse").await, 6);
        assert_eq!(library.audited("finding.approve").await, 0);
        let cleared = library.account("leena", Role::Reviewer, &["710"], true).await;
        approve(&library, &cleared, code).await.unwrap();
        let unknown = approve(&library, &anna, Uuid::from_u128(7)).await.unwrap_err();
        assert_eq!(unknown.refusal(), Refusal::Data);
    }

    async fn another_card_of_the_same_person_is_their_own(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        database.execute(
            "UPDATE patron SET code_index = (SELECT code_index FROM patron WHERE patron_id = 'P1')
             WHERE patron_id = 'P2'").await;
        let anna = library.reviewer("anna", &["710"]).await;
        let own = ProvedAccount { own_card: Some("C2".to_owned()), ..anna };
        let address = library.finding(1, FindingKind::AddressChange).await.id;
        assert!(matches!(approve(&library, &own, address).await, Err(ReviewError::OwnCard)));
    }

    async fn what_moved_goes_back_as_stale_and_says_what_moved(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1), Someone::moved(2)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        library.rewrite_street(1, "Välitie 3").await;
        let stale = approve(&library, &anna, id).await.unwrap_err();
        assert!(matches!(&stale, ReviewError::Moved(columns) if columns == "street_address"), "{stale}");
        assert_eq!(library.state(id).await, "stale");
        assert!(matches!(approve(&library, &anna, id).await, Err(ReviewError::NotOpen(_))));
        let item = review::show(&library.context, &Viewer::Proved(anna.clone()), id).await.unwrap();
        assert_eq!(item.fields[0].current.as_deref(), Some("Välitie 3"));
        approve(&library, &anna, id).await.unwrap();
        let gone = library.finding(2, FindingKind::AddressChange).await.id;
        library.rewrite_street(2, "Uusitie 1").await;
        assert!(matches!(approve(&library, &anna, gone).await, Err(ReviewError::CauseGone)));
        assert_eq!(library.state(gone).await, "closed");
    }

    async fn a_rejection_pins_the_evidence_and_seals_its_note(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let bare = rejection(RejectReason::Other, Some(" "));
        let refused = only(review::reject(&library.context, &anna, &[id], bare).await).unwrap_err();
        assert_eq!(refused.refusal(), Refusal::Usage);
        let noted = rejection(RejectReason::Other, Some("muuttaa takaisin"));
        only(review::reject(&library.context, &anna, &[id], noted).await).unwrap();
        assert_eq!(library.state(id).await, "rejected");
        library.compare_again().await;
        assert_eq!(library.list(&Viewer::Anonymous).await.len(), 0);
        let mut tx = library.context.db.read().await.unwrap();
        let row = finding::get(&mut tx, id).await.unwrap().unwrap();
        let decided = decision::get(&mut tx, row.decision.unwrap()).await.unwrap();
        assert_eq!((decided.reason.as_deref(), decided.state_before.as_str()), (Some("other"), "new"));
        let sealed = decided.sealed_note.unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("takaisin"));
    }

    async fn a_death_freezes_and_a_doubtful_one_cannot_be_confirmed(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone::moved(1),
            Someone { vtj_first_names: "Maija", ..Someone::dead(2) },
        ]).await;
        database.execute(
            "UPDATE person SET frozen = TRUE WHERE patron = (SELECT id FROM patron WHERE patron_id = 'P1')").await;
        let anna = library.reviewer("anna", &["710"]).await;
        let address = library.finding(1, FindingKind::AddressChange).await.id;
        assert!(matches!(approve(&library, &anna, address).await, Err(ReviewError::Frozen)));
        let death = library.finding(2, FindingKind::Death).await.id;
        assert!(matches!(approve(&library, &anna, death).await, Err(ReviewError::NotConfirmable(_))));
    }

    async fn of_several_the_good_ones_are_done(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[
            Someone::moved(1),
            Someone { notes: "invoice_sent", ..Someone::moved(2) },
            Someone { municipality: "078", ..Someone::moved(3) },
        ]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let mut ids = vec![Uuid::from_u128(5)];
        for number in 1..=3 {
            ids.push(library.finding(number, FindingKind::AddressChange).await.id);
        }
        let outcomes = review::approve(&library.context, &anna, &ids, MINUTE).await;
        let refusals: Vec<_> =
            outcomes.iter().map(|(_, done)| done.as_ref().err().map(ReviewError::refusal)).collect();
        assert_eq!(refusals, [Some(Refusal::Data), None, Some(Refusal::Data), Some(Refusal::NotAllowed)]);
        approve(&library, &anna, ids[2]).await.unwrap();
    }

    async fn an_item_is_put_off_to_a_later_time_only(database: &TestDb) {
        let library = Library::of(database);
        library.meet(&[Someone::moved(1)]).await;
        let anna = library.reviewer("anna", &["710"]).await;
        let id = library.finding(1, FindingKind::AddressChange).await.id;
        let past = only(review::snooze(&library.context, &anna, &[id], at("2026-11-21T10:00:00Z")).await);
        assert_eq!(past.unwrap_err().refusal(), Refusal::Usage);
        only(review::snooze(&library.context, &anna, &[id], at("2026-11-22T10:00:00Z")).await).unwrap();
        assert_eq!(library.state(id).await, "snoozed");
    }
}
