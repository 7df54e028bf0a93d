//! The silence of the feed: when it is told, how loud, and what a reload would take.

use std::sync::Arc;

use ajantasa::clock::Clock;
use ajantasa::config;
use ajantasa::doctor;
use ajantasa::feed::{self, Feed, Silence};
use ajantasa::task::{self, Task, TaskError};
use chrono::TimeDelta;

use super::followed;
use crate::scenario::{Scenario, Setup, on_both};

async fn look(site: &Scenario) -> Option<Feed> {
    let mut tx = site.context.db.read().await.unwrap();
    feed::look(&mut tx, &site.context.settings, site.context.clock.now()).await.unwrap()
}

/// The state and the text of the doctor's line.
async fn line(site: &Scenario) -> (String, String) {
    let config = config::load(&site.path("ajantasa.toml"), |_| Ok(())).unwrap();
    let clock: Arc<dyn Clock> = site.clock.clone();
    let checks = doctor::database(&config, &site.context.db, None, &*clock).await;
    let cursor = checks.into_iter().find(|check| check.check == "cursor").unwrap();
    let text = format!("{} {}", cursor.message, cursor.what_to_do.unwrap_or_default());
    (cursor.state.to_string(), text)
}

on_both! {
    async fn silence_is_told_from_25_hours_shouted_at_day_10_and_past_14_a_reload_is_offered(place: Place) {
        let site = followed(&place).await;
        let second = TimeDelta::seconds(1);
        let mut age = TimeDelta::zero();
        for (at, silence, state, words) in [
            (TimeDelta::hours(25) - second, Silence::Fine, "ok", "24 hours old"),
            (TimeDelta::hours(25), Silence::Silent, "warn", "the feed is silent"),
            (TimeDelta::days(10) - second, Silence::Silent, "warn", "239 hours"),
            (TimeDelta::days(10), Silence::Urgent, "warn", "4 DAYS LEFT"),
            (TimeDelta::days(14), Silence::Urgent, "warn", "0 DAYS LEFT"),
            (TimeDelta::days(14) + second, Silence::Lost, "wrong", "run fetch --reload"),
        ] {
            site.clock.advance(at - age);
            age = at;
            let feed = look(&site).await.unwrap();
            assert_eq!((feed.silence, feed.age), (silence, at));
            assert_eq!(feed.banner().is_some(), silence != Silence::Fine, "{at}");
            let (found, text) = line(&site).await;
            assert!(found == state && text.contains(words), "{at}: {found} {text}");
        }
        let cost = "3 people, 1 requests, 0.03 EUR, 1 minutes at most";
        assert!(line(&site).await.1.contains(cost), "{:?}", line(&site).await);
        assert!(look(&site).await.unwrap().banner().unwrap().contains(cost));
    }

    async fn a_reload_is_offered_with_its_cost_and_never_started_by_itself(place: Place) {
        let site = followed(&place).await;
        site.clock.advance(TimeDelta::days(15));
        let asked = site.calls("perustiedot").await;
        let (_, result) = task::run_until_idle(&site.context).await;
        let error = result.unwrap_err();
        assert!(matches!(error, TaskError::CursorTooOld { lists: 1, .. }), "{error}");
        for words in ["ajantasa run fetch --reload", "3 people, 1 requests, 0.03 EUR, 1 minutes at most"] {
            assert!(error.to_string().contains(words), "{error}");
        }
        assert_eq!(site.calls("perustiedot").await, asked);
        assert_eq!(look(&site).await.unwrap().lost, 1);
        task::run_with(&site.context, Task::Fetch, task::FetchMode::Reload).await.unwrap();
        assert_eq!(look(&site).await.unwrap().silence, Silence::Fine);
    }

    async fn an_installation_that_follows_nobody_is_not_alarmed(place: Place) {
        let site = Scenario::new(&place, Setup::default()).await;
        site.clock.advance(TimeDelta::days(20));
        assert_eq!(look(&site).await, None);
        assert_eq!(line(&site).await.0, "ok");
    }

    async fn lists_of_a_municipality_without_a_permit_alarm_nobody(place: Place) {
        let mut site = followed(&place).await;
        site.clock.advance(TimeDelta::days(20));
        Arc::make_mut(&mut site.context.settings).municipalities.clear();
        assert_eq!(look(&site).await, None);
    }

    async fn a_stop_of_the_queries_does_not_hide_the_silence_it_makes(place: Place) {
        let site = followed(&place).await;
        super::stop(&site).await;
        site.clock.advance(TimeDelta::days(11));
        task::run(&site.context, Task::Fetch).await.unwrap_err();
        assert_eq!(look(&site).await.unwrap().silence, Silence::Urgent);
    }
}
