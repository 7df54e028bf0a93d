//! Refreshes by base data: from the segment to the cases, and everything that holds them back.

use ajantasa::runs::{self, RunError};
use ajantasa::schedule::definition::{Definition, OverBudget, Work};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store;
use ajantasa::task::Task;
use serde_json::json;
use uuid::Uuid;

use super::{look, numbers, refresh, said, schedules, set_clock, work};
use crate::database::{damage_keys, mend_keys};
use crate::scenario::small::{people, register, world};
use crate::scenario::{Place, Scenario, Setup, on_both};

/// Before the morning on which runs are due.
const EVENING: &str = "2027-01-10T18:00:00Z";
/// The morning.
const MORNING: &str = "2027-01-11T04:00:01Z";

/// An installation with so many patrons of Raasepori who have been read once.
async fn of(place: &Place, count: u32) -> Scenario {
    let world = world(people(count), Vec::new());
    let setup = Setup { world: Some(world), at: EVENING.parse().unwrap(), ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(count)).await;
    scenario.until_idle().await;
    scenario
}

fn first(budget: u32) -> Definition {
    let mut definition = refresh(budget);
    if let Work::AddressRefresh(refresh) = &mut definition.work {
        refresh.over_budget = OverBudget::First;
    }
    definition
}

fn anna() -> ProvedAccount {
    ProvedAccount {
        id: Uuid::from_u128(1),
        name: "anna".to_owned(),
        role: Role::Administrator,
        may_protected: false,
        municipalities: ["710".to_owned()].into(),
        own_card: None,
        os_user: "anna".to_owned(),
    }
}

async fn newest(scenario: &Scenario) -> Uuid {
    let runs = runs::list(&(&scenario.context).into(), &store::run::Filter::default(), 1).await.unwrap();
    runs[0].id
}

async fn shown(scenario: &Scenario) -> runs::Shown {
    runs::show(&(&scenario.context).into(), &ajantasa::audit::Actor::OsUser, newest(scenario).await, 1000)
        .await
        .unwrap()
}

on_both! {
    async fn a_scheduled_refresh_asks_about_its_people_and_says_so(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        let before = scenario.calls("perustiedot").await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
        assert_eq!(numbers(&scenario).await, (3, 3, 0, 0, 0));
        assert_eq!(scenario.calls("perustiedot").await, before + 1);
        let shown = shown(&scenario).await;
        assert_eq!((shown.disclosures, shown.run.requests, shown.run.batches), (1, 1, 1));
        assert_eq!(shown.in_words, "It is done. Nobody of the 3 people is unchecked.");
        let actors = scenario.texts("SELECT actor FROM disclosure WHERE run IS NOT NULL").await;
        assert_eq!(actors, ["schedule daily"]);
        let settled = "SELECT count(*) FROM run_person WHERE state = 'asked' AND disclosure IS NOT NULL";
        assert_eq!(scenario.number(settled).await, 3);
        work(&scenario).await;
        assert_eq!(scenario.calls("perustiedot").await, before + 1, "it is asked once");
    }

    async fn a_run_over_its_budget_waits_and_asks_nothing_and_is_cancelled(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", refresh(2))]).await;
        let before = scenario.calls("perustiedot").await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 waiting_for_budget over_budget"]);
        let waits = shown(&scenario).await;
        assert_eq!(waits.run.note.as_deref(), Some("3 people are selected, and the budget is 2"));
        assert_eq!(waits.run.people, Some(3));
        // A version with room does not change the run that is under way.
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, "2027-01-11T05:00:01Z");
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 waiting_for_budget over_budget"]);
        assert_eq!((shown(&scenario).await.run.version, shown(&scenario).await.budget), (1, Some(2)));
        let id = newest(&scenario).await;
        runs::cancel(&scenario.context, &anna(), id).await.unwrap();
        assert_eq!(said(&scenario).await, ["daily 11 04:00 skipped cancelled"]);
        assert_eq!(scenario.calls("perustiedot").await, before);
        // The next one is of the new version.
        set_clock(&scenario, "2027-01-12T04:00:01Z");
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await[1], "daily 12 04:00 done");
        assert_eq!(shown(&scenario).await.run.version, 2);
    }

    async fn those_unverified_longest_come_first_and_the_rest_is_said_not_to_be_checked(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", first(2))]).await;
        scenario.execute("UPDATE person SET answered_at = '2026-01-01T00:00:00+00:00'
            WHERE patron IN (SELECT id FROM patron WHERE patron_id IN ('S0001', 'S0003'))").await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 partly_done over_budget"]);
        assert_eq!(numbers(&scenario).await, (3, 2, 0, 0, 1));
        assert!(shown(&scenario).await.in_words.ends_with("1 of the 3 people were NOT checked."));
        let asked = scenario.texts("SELECT p.patron_id FROM run_person r JOIN patron p ON p.id = r.patron
            ORDER BY p.patron_id").await;
        assert_eq!(asked, ["S0001", "S0003"]);
    }

    async fn who_may_not_be_asked_about_any_more_is_left_out_with_the_reason(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        // Objected since the last enrol; the test is made again when the run opens the person.
        scenario.execute("UPDATE patron SET notes = 'objected' WHERE patron_id = 'S0002'").await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
        assert_eq!(numbers(&scenario).await, (3, 2, 0, 1, 0));
        assert_eq!(shown(&scenario).await.left_out_because[0].reason, "objected");
    }

    async fn one_bad_person_is_put_aside_and_listed_and_tried_again_by_a_retry(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, MORNING);
        let mut tx = scenario.context.db.read().await.unwrap();
        let bad = store::patron::by_patron_ids(&mut tx, &["S0002".to_owned()]).await.unwrap()[0].id;
        drop(tx);
        let keys = damage_keys(&scenario.context.db, bad).await;
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 partly_done errors"]);
        assert_eq!(numbers(&scenario).await, (3, 2, 1, 0, 0));
        let aside = shown(&scenario).await.put_aside_people;
        assert_eq!((aside.len(), aside[0].why.as_str()), (1, "unreadable"));
        assert_eq!(scenario.number("SELECT count(*) FROM audit WHERE action = 'run.show'").await, 1);
        mend_keys(&scenario.context.db, &keys).await;
        assert_eq!(shown(&scenario).await.put_aside_people[0].card_number.as_deref(), Some("2072000002"));

        let earlier = newest(&scenario).await;
        let mut other = anna();
        other.municipalities = ["078".to_owned()].into();
        let refused = runs::retry(&scenario.context, &other, earlier).await.unwrap_err();
        assert!(matches!(refused, RunError::NotAllowed(_)), "{refused}");
        let (id, lease) = runs::retry(&scenario.context, &anna(), earlier).await.unwrap();
        let lease = lease.unwrap();
        runs::carry_out(&scenario.context, &lease, id, &mut |_| {}).await.unwrap();
        lease.release().await.unwrap();
        assert_eq!(said(&scenario).await[0], "daily - done retry");
        assert_eq!(numbers(&scenario).await, (1, 1, 0, 0, 0));
        let again = runs::retry(&scenario.context, &anna(), earlier).await.unwrap_err();
        assert!(again.to_string().contains("has gone on from"), "{again}");
        let nobody = runs::retry(&scenario.context, &anna(), id).await.unwrap_err();
        assert!(nobody.to_string().contains("nobody of run"), "{nobody}");
    }

    async fn vtj_down_is_tried_five_times_and_then_the_run_says_who_was_not_checked(place: Place) {
        let scenario = of(&place, 2).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        scenario.fault(json!({ "kind": "status", "status": 503, "count": 0, "retry_after": 0 })).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 running"]);
        work(&scenario).await;
        assert_eq!(scenario.number("SELECT tries FROM run").await, 1, "it waits a minute");
        for minute in 1..60 {
            set_clock(&scenario, &format!("2027-01-11T04:{minute:02}:30Z"));
            work(&scenario).await;
        }
        for hour in 5..23 {
            set_clock(&scenario, &format!("2027-01-11T{hour:02}:00:30Z"));
            work(&scenario).await;
        }
        assert_eq!(said(&scenario).await, ["daily 11 04:00 failed vtj"]);
        let words = shown(&scenario).await.in_words;
        assert!(words.contains("2 of the 2 people were NOT checked."), "{words}");
        scenario.mend().await;
        // A day later all is well.
        set_clock(&scenario, "2027-01-12T04:00:01Z");
        look(&scenario).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await[1], "daily 12 04:00 done");
    }

    async fn a_configuration_fault_ends_a_run_at_once(place: Place) {
        let scenario = of(&place, 2).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        scenario.fault(json!({ "kind": "status", "status": 401, "count": 0 })).await;
        work(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 failed vtj"]);
        assert_eq!(numbers(&scenario).await, (2, 0, 0, 0, 2));
    }

    async fn a_run_by_hand_obeys_pause_and_overlap_and_the_rights_of_its_starter(place: Place) {
        let scenario = of(&place, 2).await;
        schedules(&scenario, &[("daily", refresh(1))]).await;
        let context = &scenario.context;
        let mut reviewer = anna();
        reviewer.role = Role::Reviewer;
        assert!(matches!(runs::start(context, &reviewer, "daily").await, Err(RunError::NotAllowed(_))));
        assert!(matches!(runs::start(context, &anna(), "none").await, Err(RunError::UnknownSchedule(_))));
        let started = runs::start(context, &anna(), "daily").await.unwrap();
        assert!(matches!(runs::start(context, &anna(), "daily").await, Err(RunError::HeldElsewhere)));
        runs::carry_out(context, &started.lease, started.id, &mut |_| {}).await.unwrap();
        started.lease.release().await.unwrap();
        assert_eq!(said(&scenario).await, ["daily - waiting_for_budget over_budget by_hand"]);
        let refused = runs::start(context, &anna(), "daily").await.unwrap_err();
        assert!(refused.to_string().contains("has not ended"), "{refused}");
        runs::cancel(context, &anna(), started.id).await.unwrap();
        assert!(runs::cancel(context, &anna(), started.id).await.is_err());
        scenario.execute("UPDATE schedule SET paused_at = '2027-01-01T00:00:00+00:00', paused_by = 'x',
            paused_until = '2027-02-01T00:00:00+00:00', paused_because = 'x'").await;
        let paused = runs::start(context, &anna(), "daily").await.unwrap_err();
        assert!(paused.to_string().contains("is paused until"), "{paused}");
    }

    async fn a_new_address_is_a_case_of_the_run_that_found_it(place: Place) {
        let scenario = of(&place, 3).await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        scenario.execute("UPDATE person SET compare_due = FALSE").await;
        // The people of the simulation live elsewhere than the register says from now on.
        let moved = crate::scenario::small::changed(crate::scenario::small::address("9"), "LISATTY");
        let log = vec![crate::scenario::small::entry(1, 1, &json!([moved]))];
        let mut moved_world = world(people(3), log);
        moved_world.set_today(scenario.context.clock.today());
        moved_world.play(1);
        *scenario.mock.world().lock().unwrap() = moved_world;
        set_clock(&scenario, MORNING);
        look(&scenario).await;
        work(&scenario).await;
        let shown = shown(&scenario).await;
        assert_eq!((shown.run.changed, shown.cases), (1, 1), "{shown:?}");
        assert_eq!(scenario.queue().await.len(), 1);
        assert_eq!(scenario.run(Task::Reconcile).await.unwrap().changed, 0);
    }
}
