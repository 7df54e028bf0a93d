//! Pauses: who, why, until when, and how they end.

use ajantasa::clock::Clock as _;
use ajantasa::planning::{self, PlanningError, What};
use ajantasa::store;
use ajantasa::task::Task;
use chrono::{DateTime, TimeDelta, Utc};

use super::{administrator, audited, by, later, refresh, refused, scenario};
use crate::scenario::{Scenario, on_both};

fn in_days(scenario: &Scenario, days: i64) -> DateTime<Utc> {
    scenario.clock.now() + TimeDelta::days(days)
}

async fn happened(scenario: &Scenario) -> Vec<(What, String)> {
    let history = planning::history(&scenario.context, "a").await.unwrap();
    history.into_iter().map(|one| (one.what, one.by)).collect()
}

on_both! {
    async fn a_paused_schedule_shows_no_next_run_and_says_until_when_and_why(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo, una) = (&scenario.context, administrator("bo", &["710"]), administrator("una", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        later(&scenario, 1);
        let until = in_days(&scenario, 10);
        planning::pause(context, &by(&una), "a", " the register moves ", until).await.unwrap();
        let shown = planning::show(context, "a").await.unwrap();
        let pause = shown.pause.unwrap();
        assert_eq!((pause.because.as_str(), pause.by.as_str(), pause.until), ("the register moves", "una", until));
        assert!(shown.next.is_empty() && shown.in_force.is_some());
        later(&scenario, 1);
        planning::resume(context, &by(&bo), "a").await.unwrap();
        assert_eq!(planning::show(context, "a").await.unwrap().next.len(), 10);
        refused(planning::resume(context, &by(&bo), "a").await, "not paused");
        let wanted = [(What::Made, "bo"), (What::Paused, "una"), (What::Resumed, "bo")];
        assert_eq!(happened(&scenario).await, wanted.map(|(what, who)| (what, who.to_owned())));
        let said = audited(&scenario).await;
        assert_eq!(said[1..], ["schedule.pause una a until 2026-12-01T14:01:00+02:00", "schedule.resume bo a"]);
        assert!(!said.iter().any(|line| line.contains("moves")), "the reason is free text");
    }

    async fn a_pause_needs_a_reason_and_an_end_within_a_year(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        let soon = in_days(&scenario, 1);
        for (reason, until) in [
            (" ", soon),
            ("for 010190-999W", soon),
            ("why", scenario.clock.now()),
            ("why", in_days(&scenario, -1)),
            ("why", in_days(&scenario, 367)),
        ] {
            let result = planning::pause(context, &by(&bo), "a", reason, until).await;
            assert!(matches!(result, Err(PlanningError::Input(_))), "{reason} {until}");
        }
        let ann = administrator("ann", &["078"]);
        refused(planning::pause(context, &by(&ann), "a", "why", soon).await, "no administrator of 710");
        assert!(planning::show(context, "a").await.unwrap().pause.is_none());
        planning::pause(context, &by(&bo), "a", "why", in_days(&scenario, 366)).await.unwrap();
    }

    async fn a_pause_that_is_over_ends_by_itself_and_is_closed_once(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        later(&scenario, 1);
        planning::pause(context, &by(&bo), "a", "why", in_days(&scenario, 2)).await.unwrap();
        assert_eq!(planning::end_pauses_over(context).await.unwrap(), 0);
        later(&scenario, 3 * 24 * 60);
        let shown = planning::show(context, "a").await.unwrap();
        assert!(shown.pause.is_none() && shown.next.len() == 10, "it is over before anybody closes it");
        refused(planning::resume(context, &by(&bo), "a").await, "not paused");
        scenario.run(Task::Housekeeping).await.unwrap();
        assert_eq!(planning::end_pauses_over(context).await.unwrap(), 0);
        assert_eq!(happened(&scenario).await[2], (What::PauseOver, "its end".to_owned()));
        assert_eq!(audited(&scenario).await[2..], ["schedule.pause_over schedule a"]);
        let head = store::schedule::named(&mut context.db.read().await.unwrap(), "a").await.unwrap().unwrap();
        assert_eq!((head.paused_at, head.paused_until, head.paused_by), (None, None, None));
    }

    async fn a_pause_can_be_given_another_end(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        later(&scenario, 1);
        planning::pause(context, &by(&bo), "a", "why", in_days(&scenario, 2)).await.unwrap();
        later(&scenario, 1);
        let until = in_days(&scenario, 20);
        planning::pause(context, &by(&bo), "a", "longer", until).await.unwrap();
        assert_eq!(planning::show(context, "a").await.unwrap().pause.unwrap().until, until);
        let what: Vec<What> = happened(&scenario).await.into_iter().map(|one| one.0).collect();
        assert_eq!(what, [What::Made, What::Paused, What::Resumed, What::Paused]);
        planning::remove(context, &by(&bo), "a").await.unwrap();
        assert_eq!(scenario.number("SELECT count(*) FROM schedule_pause WHERE ended_at IS NULL").await, 0);
    }
}
