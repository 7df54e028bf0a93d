//! Who is asked about, when, and what keeps anybody from being asked about.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ajantasa::clock::Clock;
use ajantasa::collection::{self, CollectionError};
use ajantasa::staff::{ProvedAccount, Role};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Debtor, REASON, anna, asked, at_home, cards, out, sent, site, try_cards, why};
use crate::scenario::{Place, Setup, on_both, private, small};

/// A clock that goes on by itself, whenever it is looked at.
#[derive(Debug)]
struct Hasty {
    start: DateTime<Utc>,
    looks: AtomicI64,
    step: TimeDelta,
}

impl Clock for Hasty {
    fn now(&self) -> DateTime<Utc> {
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        self.start + self.step * i32::try_from(looks).unwrap()
    }
}

on_both! {
    async fn a_payer_of_whom_vtj_has_not_spoken_lately_is_asked_about_once(place: Place) {
        let debtors = [Debtor::new(1), Debtor::new(2), Debtor::child(3, "S0001"), Debtor::child(4, "S0001")];
        let site = site(&place, at_home(2), &debtors, "", "").await;
        let (report, lines) = cards(&site, [1, 2, 3, 4, 1]).await;
        assert_eq!(sent(&lines), [true; 5]);
        assert_eq!((report.asked, report.unanswered, asked(&site).await), (2, 0, 2));
        let log = site.texts("SELECT DISTINCT purpose || ' ' || result FROM disclosure").await;
        assert_eq!(log, ["debt_collection found"]);
        let run = format!("SELECT count(*) FROM disclosure d JOIN collection_run r ON d.run = r.id AND r.reason = '{REASON}'");
        assert_eq!(site.number(&run).await, 2);
        let (again, lines) = cards(&site, [1, 2, 3, 4]).await;
        assert_eq!((again.asked, sent(&lines)), (0, vec![true; 4]));
        assert_eq!(asked(&site).await, 2);
    }

    async fn base_data_and_a_followed_list_count_as_vtjs_word_for_two_weeks(place: Place) {
        let site = site(&place, at_home(1), &[Debtor::new(1)], "", "").await;
        site.until_idle().await;
        assert_eq!(cards(&site, [1]).await.0.asked, 0);
        site.clock.advance(TimeDelta::days(13));
        site.until_idle().await;
        site.clock.advance(TimeDelta::days(13));
        let (report, lines) = cards(&site, [1]).await;
        assert_eq!((report.asked, sent(&lines)), (0, vec![true]));
        site.clock.advance(TimeDelta::days(2));
        let (report, lines) = cards(&site, [1]).await;
        assert_eq!((report.asked, asked(&site).await, sent(&lines)), (1, 1, vec![true]));
    }

    async fn what_the_question_brings_up_holds_the_card_and_goes_to_the_queue(place: Place) {
        let people = vec![
            small::person(1, &json!([small::name(), small::address("9"), small::protection(false)])),
            small::person(2, &json!([small::name(), small::address("1"), small::protection(false), small::death(true)])),
            small::person(3, &super::protected()),
        ];
        let debtors = [Debtor::new(1), Debtor::new(2), Debtor::new(3), Debtor::new(4)];
        let site = site(&place, small::world(people, Vec::new()), &debtors, "", "").await;
        let (report, lines) = cards(&site, 1..=4).await;
        assert_eq!(sent(&lines), [false; 4]);
        let why = why(&site, report.run).await;
        assert_eq!(why[0], "under_review");
        assert!(why[1].contains("dead") && why[1].contains("under_review"), "{why:?}");
        assert!(why[2].contains("protected"), "{why:?}");
        assert!(why[3].contains("not_in_vtj"), "{why:?}");
        let kinds = site.kinds().await;
        for (n, kind) in [(1, "address_change"), (2, "death"), (3, "protection_started"), (4, "not_in_vtj")] {
            assert!(kinds.contains(&format!("{} {kind}", small::card(n))), "{kinds:?}");
        }
    }

    async fn a_file_that_needs_more_than_the_budget_asks_about_nobody(place: Place) {
        let debtors: Vec<Debtor> = (1..=3).map(Debtor::new).collect();
        let more = "daily_ceiling = 2\nreserve_percent = 0";
        let site = site(&place, at_home(3), &debtors, more, "").await;
        let all: Vec<String> = (1..=3).map(small::card).collect();
        std::fs::write(out(&site), "of last week").unwrap();
        let refused = try_cards(&site, &anna(), &all).await;
        assert!(matches!(refused, Err(CollectionError::Budget { needed: 3, .. })), "{refused:?}");
        assert_eq!((asked(&site).await, out(&site).exists()), (0, false));
        assert_eq!(site.number("SELECT count(*) FROM query_ledger").await, 0);
        assert_eq!(site.number("SELECT count(*) FROM collection_run WHERE finished_at IS NULL").await, 1);
        let (report, lines) = cards(&site, 1..=2).await;
        assert_eq!((report.asked, sent(&lines)), (2, vec![true; 2]));
        assert!(report.warnings.iter().any(|warning| warning.contains('2')), "{:?}", report.warnings);
    }

    async fn a_payer_about_whom_vtj_does_not_answer_now_is_held(place: Place) {
        let site = site(&place, at_home(1), &[Debtor::new(1)], "attempts = 1", "").await;
        site.fault(json!({ "kind": "empty" })).await;
        let (report, lines) = cards(&site, [1]).await;
        assert_eq!((report.unanswered, sent(&lines)), (1, vec![false]));
        assert_eq!(why(&site, report.run).await, ["protection_unknown not_verified"]);
        site.mend().await;
        site.clock.advance(TimeDelta::hours(1));
        assert_eq!(sent(&cards(&site, [1]).await.1), [true]);
    }

    async fn settings_that_vtj_refuses_leave_no_file(place: Place) {
        let site = site(&place, at_home(2), &[Debtor::new(1), Debtor::new(2)], "", "").await;
        site.fault(json!({ "kind": "return_code", "code": "-1500" })).await;
        let all: Vec<String> = (1..=2).map(small::card).collect();
        let refused = try_cards(&site, &anna(), &all).await;
        assert!(matches!(refused, Err(CollectionError::Configuration(_))), "{refused:?}");
        assert_eq!((asked(&site).await, out(&site).exists()), (1, false));
    }

    async fn nobody_is_asked_about_against_whom_anything_else_speaks(place: Place) {
        let debtors = [
            Debtor { due: "2026-09-23", ..Debtor::new(1) },
            Debtor { owner: "Hanko", ..Debtor::new(2) },
            Debtor { notes: "objected", ..Debtor::new(3) },
            Debtor { protected: "yes", ..Debtor::new(4) },
        ];
        let site = site(&place, at_home(4), &debtors, "", "").await;
        let (report, lines) = cards(&site, 1..=4).await;
        assert_eq!((report.asked, asked(&site).await), (0, 0));
        assert_eq!(sent(&lines), [false; 4]);
    }

    async fn where_the_purpose_is_closed_or_the_query_not_configured_cards_are_held(place: Place) {
        let closed = "[[purpose]]\nname = \"debt_collection\"\nlegal_basis = \"a statute\"\nmunicipalities = [\"078\"]";
        let site = site(&place, at_home(1), &[Debtor::new(1)], "", closed).await;
        let (report, _) = cards(&site, [1]).await;
        assert_eq!(why(&site, report.run).await[0], "purpose_closed protection_unknown not_verified");
        let bare = crate::scenario::Scenario::new(&Place::Sqlite, Setup { world: Some(at_home(1)), ..Setup::default() }).await;
        bare.import(&format!("{}\n{}\n", super::HEADER, Debtor::new(1).row())).await;
        let (report, lines) = cards(&bare, [1]).await;
        assert_eq!((report.asked, report.unanswered, sent(&lines)), (0, 1, vec![false]));
    }

    async fn what_is_not_finished_before_the_file_of_the_week_is_closed_is_held(place: Place) {
        let mut site = site(&place, at_home(2), &[Debtor::new(1), Debtor::new(2)], "", "").await;
        site.until_idle().await;
        // Thursday, half a second before noon in Helsinki.
        let start: DateTime<Utc> = "2026-11-26T09:59:59.500Z".parse().unwrap();
        let hasty = |step| Arc::new(Hasty { start, looks: AtomicI64::new(0), step });
        site.context.clock = hasty(TimeDelta::zero());
        let (report, lines) = cards(&site, 1..=2).await;
        assert_eq!(report.cut_off, Some("2026-11-26T10:00:00Z".parse().unwrap()));
        assert_eq!(sent(&lines), [true; 2]);
        site.context.clock = hasty(TimeDelta::milliseconds(200));
        let (report, lines) = cards(&site, 1..=2).await;
        assert_eq!(sent(&lines), [false; 2]);
        assert_eq!(why(&site, report.run).await, ["late"; 2]);
    }

    async fn an_account_that_may_not_ask_gets_no_file(place: Place) {
        let site = site(&place, at_home(1), &[Debtor::new(1)], "", "").await;
        let all = [small::card(1)];
        for role in [Role::Auditor, Role::Administrator] {
            let refused = try_cards(&site, &ProvedAccount { role, ..anna() }, &all).await;
            assert!(matches!(refused, Err(CollectionError::NotReviewer)));
        }
        let path = site.path("cards.txt");
        private(&path, "300471-912A\n");
        for (reason, wanted) in [("  ", "--reason"), ("of 300471-912A", "--reason"), (REASON, "row 1")] {
            let refused = collection::check_file(&site.context, &anna(), &path, &out(&site), reason).await;
            assert!(refused.unwrap_err().to_string().contains(wanted));
        }
        let same = collection::check_file(&site.context, &anna(), &path, &path, REASON).await;
        assert!(matches!(same, Err(CollectionError::SameFile)));
        assert_eq!((asked(&site).await, out(&site).exists()), (0, false));
    }

    async fn nobody_has_their_own_debt_checked(place: Place) {
        let debtors = [Debtor::new(1), Debtor::child(2, "S0001"), Debtor::new(3)];
        let site = site(&place, at_home(3), &debtors, "", "").await;
        let own = ProvedAccount { own_card: Some(small::card(1)), ..anna() };
        let all: Vec<String> = (1..=3).map(small::card).collect();
        let report = try_cards(&site, &own, &all).await.unwrap();
        assert_eq!((report.send, report.hold, report.asked), (1, 2, 1));
        let why = why(&site, report.run).await;
        assert!(why[0].contains("own_affair") && why[1].contains("own_affair"), "{why:?}");
    }
}
