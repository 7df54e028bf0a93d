//! Wrong people, wrong passwords, a VTJ that is down, and two who ask at once.

use std::time::Duration;

use ajantasa::vtj::retry::RetryPolicy;
use chrono::TimeDelta;
use serde_json::json;

use super::{CheckOutcome, Query, Way, ask, asked, few, gist, reread};
use crate::scenario::{Place, on_both, private, small};

on_both! {
    async fn somebody_elses_answer_is_a_security_event_and_nothing_is_kept(place: Place) {
        for way in [Way::XRoad, Way::Direct] {
            let site = few(&place, Query { way, ..Query::default() }).await;
            for kind in ["wrong_echo", "wrong_person"] {
                site.fault(json!({ "kind": kind })).await;
                let checked = ask(&site, &small::card(1)).await;
                site.mend().await;
                if checked.outcome == CheckOutcome::Found {
                    // Everybody here has one name and one birth date: the code alone tells them apart.
                    panic!("{kind}: {}", checked.reason);
                }
                assert_eq!(gist(&checked), (CheckOutcome::ProtocolError, true, "unknown", vec![]), "{kind}");
                assert!(checked.beside.is_empty());
            }
            assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'check.wrong_person'").await, 2);
            assert_eq!(site.number("SELECT count(*) FROM person WHERE answer <> 'not_asked'").await, 0);
            assert_eq!(site.number("SELECT count(*) FROM finding").await, 0);
            let outcomes = site.texts("SELECT DISTINCT result || ' ' || outcome FROM disclosure").await;
            assert_eq!(outcomes, ["protocol_error wrong_person"]);
            if matches!(place, Place::Postgres(_)) {
                return;
            }
        }
    }

    async fn a_wrong_password_is_tried_three_times_at_most_and_a_new_one_at_once(place: Place) {
        let mut site = few(&place, Query { more: "reuse_minutes = 0", ..Query::default() }).await;
        private(&site.path("password"), "wrong\n");
        reread(&mut site).await;
        for minute in 0..120 {
            let checked = ask(&site, &small::card(1 + minute % 3)).await;
            assert_eq!(checked.outcome, CheckOutcome::ConfigurationFault, "{}", checked.reason);
            site.clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(asked(&site).await, 3);
        assert_eq!(site.number("SELECT count(*) FROM disclosure").await, 3);
        assert!(ask(&site, &small::card(1)).await.reason.contains("until [vtj.query]"));
        // A person may grant one more trial, once the cause is mended at the other end.
        ajantasa::check::try_settings_again(&site.context, &super::anna()).await.unwrap();
        assert_eq!(ask(&site, &small::card(1)).await.outcome, CheckOutcome::ConfigurationFault);
        assert!(!ask(&site, &small::card(1)).await.asked_vtj);
        assert_eq!(asked(&site).await, 4);
        private(&site.path("password"), "demo\n");
        reread(&mut site).await;
        assert_eq!(ask(&site, &small::card(1)).await.outcome, CheckOutcome::Found);
    }

    async fn many_at_once_with_a_wrong_password_are_one_try(place: Place) {
        let mut site = few(&place, Query { more: "reuse_minutes = 0", ..Query::default() }).await;
        private(&site.path("password"), "wrong\n");
        reread(&mut site).await;
        site.fault(json!({ "kind": "latency", "millis": 300, "count": 0 })).await;
        let cards: Vec<String> = (1..=3).chain(1..=3).map(small::card).collect();
        let all = futures_all(cards.iter().map(|card| ask(&site, card))).await;
        assert_eq!(asked(&site).await, 1);
        let faults = all.iter().filter(|one| one.outcome == CheckOutcome::ConfigurationFault).count();
        assert!(faults >= 1 && all.iter().all(|one| !one.outcome.is_answer()));
    }

    async fn two_who_ask_about_one_person_at_once_both_get_the_answer(place: Place) {
        let site = super::one(&place, &super::moved(), Query { more: "reuse_minutes = 0", ..Query::default() }).await;
        // The first question of an installation is a trial by itself.
        ask(&site, &small::card(1)).await;
        site.clock.advance(TimeDelta::days(1));
        let card = small::card(1);
        let both = futures_all([ask(&site, &card), ask(&site, &card), ask(&site, &card)]).await;
        for checked in &both {
            assert_eq!(gist(checked), (CheckOutcome::Found, true, "no", vec!["address_change"]));
        }
        assert_eq!(site.number("SELECT count(*) FROM finding").await, 1);
        assert_eq!(site.number("SELECT count(*) FROM query_ledger WHERE state = 'spent'").await, 4);
    }

    async fn attempts_are_counted_and_booked_one_by_one(place: Place) {
        let mut site = few(&place, Query::default()).await;
        let settings = std::sync::Arc::make_mut(&mut site.context.settings);
        let pause = Duration::from_millis(1);
        settings.query.as_mut().unwrap().retry =
            RetryPolicy { tries: 3, first_pause: pause, ..RetryPolicy::default() };
        site.fault(json!({ "kind": "return_code", "code": "-1800", "count": 2 })).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(checked.outcome, CheckOutcome::Found, "{}", checked.reason);
        assert_eq!(site.number("SELECT attempts FROM disclosure").await, 3);
        let ledger = site.texts("SELECT number || ' ' || state || ' ' || outcome FROM query_ledger ORDER BY number").await;
        assert_eq!(ledger, ["1 spent unavailable", "2 spent unavailable", "3 spent answered"]);
    }

    async fn a_ceiling_ends_the_attempts_of_a_question(place: Place) {
        let more = "daily_ceiling = 2\nreserve_percent = 0";
        let mut site = few(&place, Query { more, ..Query::default() }).await;
        let settings = std::sync::Arc::make_mut(&mut site.context.settings);
        settings.query.as_mut().unwrap().retry.tries = 5;
        site.fault(json!({ "kind": "empty", "count": 0 })).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Transient, true));
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM query_ledger").await), (2, 2));
        assert_eq!(site.number("SELECT attempts FROM disclosure").await, 2);
    }

    async fn a_vtj_that_is_down_is_left_alone_and_what_never_reached_it_is_given_back(place: Place) {
        let mut site = few(&place, Query { more: "attempts = 1", ..Query::default() }).await;
        let path = site.path("ajantasa.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        // A port where nobody listens.
        let url = format!("url = \"{}/\"", site.mock.url());
        private(&path, &text.replace(&url, "url = \"http://127.0.0.1:9/\""));
        reread(&mut site).await;
        for _ in 0..8 {
            let checked = ask(&site, &small::card(1)).await;
            assert_eq!(checked.outcome, CheckOutcome::Transient, "{}", checked.reason);
            site.clock.advance(TimeDelta::seconds(1));
        }
        assert_eq!(site.number("SELECT count(*) FROM disclosure").await, 6, "then the breaker is open");
        assert_eq!(site.texts("SELECT DISTINCT state FROM query_ledger").await, ["refunded"]);
        assert_eq!(asked(&site).await, 0);
    }

    async fn a_person_whose_row_changes_meanwhile_gets_no_answer_of_before(place: Place) {
        let site = few(&place, Query::default()).await;
        site.until_idle().await;
        site.fault(json!({ "kind": "latency", "millis": 600 })).await;
        let card = small::card(1);
        let change = async {
            tokio::time::sleep(Duration::from_millis(250)).await;
            site.execute("UPDATE person SET code_index = NULL").await;
        };
        let (checked, ()) = tokio::join!(ask(&site, &card), change);
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Transient, true));
        assert_eq!(site.texts("SELECT result FROM disclosure WHERE result IS NOT NULL").await, ["transient"]);
    }
}

/// Waits for all of them, each going on while the others wait.
async fn futures_all<T>(all: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.into_iter().map(|one| Box::pin(one)).collect();
    let mut done: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in waiting.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().map(Option::unwrap).collect()
}
