//! The stop of every query to VTJ: all interfaces in one place, what is under way, what goes on, and the commands.

pub mod command;
mod feed;
#[cfg(feature = "fault-points")]
mod kills;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ajantasa::check::{self, CheckOutcome, Checked};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::switch::{self, Stop, SwitchError};
use ajantasa::task::{self, FetchMode, Task, TaskError};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::check::{Query, site};
use crate::scenario::{Place, Scenario, Setup, on_both, small};

/// An account of a role, proved by the operating-system user.
pub fn account(role: Role) -> ProvedAccount {
    ProvedAccount {
        id: Uuid::from_u128(9),
        name: "aino".to_owned(),
        role,
        may_protected: false,
        municipalities: BTreeSet::from(["710".to_owned()]),
        own_card: None,
        os_user: "tester".to_owned(),
    }
}

async fn stop(site: &Scenario) -> Stop {
    switch::stop(&site.context, &account(Role::Administrator), "a wrong permit", None).await.unwrap()
}

async fn resume(site: &Scenario) {
    switch::resume(&site.context, &account(Role::Administrator)).await.unwrap();
}

/// People who are followed, on a site with both interfaces.
async fn followed(place: &Place) -> Scenario {
    let world = small::world(small::people(3), Vec::new());
    let setup = Setup { world: Some(world), attempts: 2, ..Setup::default() };
    let site = site(place, setup, Query::default()).await;
    site.import(&small::register(3)).await;
    site.until_idle().await;
    site
}

async fn ask(site: &Scenario) -> Checked {
    let anna = ProvedAccount { name: "anna".to_owned(), ..account(Role::Reviewer) };
    check::person(&site.context, &anna, &small::card(1), "desk", "a card renewed").await.unwrap()
}

/// How often VTJ was asked, whatever for.
async fn calls(site: &Scenario) -> i64 {
    let mut calls = 0;
    for operation in ["perustiedot", "muutokset", "kirjausavain", "soap", "soap-direct"] {
        calls += site.calls(operation).await;
    }
    calls
}

#[track_caller]
fn is_stopped(result: &Result<task::Report, TaskError>) {
    assert!(matches!(result, Err(TaskError::QueriesStopped(_))), "{result:?}");
}

const DISCLOSURES: &str = "SELECT count(*) FROM disclosure";
const EVERYONE_IS_DUE: &str = "UPDATE person SET refresh_due_at = '2026-11-21T00:00:00+00:00'";

on_both! {
    async fn nothing_is_asked_by_any_interface_while_the_queries_are_stopped(place: Place) {
        let site = followed(&place).await;
        site.execute(EVERYONE_IS_DUE).await;
        let before = (site.number(DISCLOSURES).await, calls(&site).await);
        stop(&site).await;
        is_stopped(&site.run(Task::Fetch).await);
        is_stopped(&site.run(Task::Refresh).await);
        is_stopped(&task::run_with(&site.context, Task::Fetch, FetchMode::Reload).await);
        assert!(matches!(task::probe::run(&site.context).await, Err(TaskError::QueriesStopped(_))));
        let checked = ask(&site).await;
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Transient, false));
        for word in ["aino", "a wrong permit", "until somebody resumes", "resume-queries"] {
            assert!(checked.reason.contains(word), "{word}: {}", checked.reason);
        }
        site.execute("UPDATE follow_list SET cursor_key = NULL, cursor_at = NULL").await;
        is_stopped(&site.run(Task::Fetch).await);
        assert_eq!((site.number(DISCLOSURES).await, calls(&site).await), before);
        assert_eq!(site.number("SELECT count(*) FROM query_ledger").await, 0);
        assert_eq!(site.number("SELECT count(*) FROM breaker").await, 0, "a stop is no failure of VTJ");
        resume(&site).await;
        site.until_idle().await;
        assert_eq!(ask(&site).await.outcome, CheckOutcome::Found);
    }

    async fn a_full_reload_forgets_nothing_while_it_could_not_ask(place: Place) {
        let site = followed(&place).await;
        stop(&site).await;
        is_stopped(&task::run_with(&site.context, Task::Fetch, FetchMode::Reload).await);
        assert_eq!(site.number("SELECT count(*) FROM follow_list WHERE cursor_key IS NULL").await, 0);
        assert_eq!(site.number("SELECT count(*) FROM person WHERE refresh_due_at IS NOT NULL").await, 0);
    }

    async fn what_needs_no_vtj_goes_on_and_the_rounds_end(place: Place) {
        let site = followed(&place).await;
        stop(&site).await;
        for task in [Task::Enrol, Task::Refresh, Task::Reconcile, Task::Apply, Task::Estate, Task::Housekeeping] {
            site.run(task).await.unwrap();
        }
        let (reports, result) = task::run_until_idle(&site.context).await;
        assert!(matches!(result, Err(TaskError::QueriesStopped(_))), "{result:?}");
        assert_eq!(reports.iter().map(|report| report.errors).sum::<u64>(), 1);
        assert_eq!(site.number("SELECT count(*) FROM task_run WHERE outcome = 'failed'").await, 1);
    }

    async fn a_question_under_way_is_kept_and_the_next_batch_is_not_asked(place: Place) {
        let site = Scenario::of_testdata(&place).await;
        site.import_register().await;
        site.run(Task::Enrol).await.unwrap();
        site.fault(json!({ "kind": "latency", "millis": 1500, "count": 0, "path": "perustiedot" })).await;
        let brake = async {
            while site.calls("perustiedot").await == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stop(&site).await;
        };
        let (refreshed, ()) = tokio::join!(site.run(Task::Refresh), brake);
        is_stopped(&refreshed);
        assert_eq!(site.texts("SELECT outcome FROM disclosure").await, ["answered"]);
        assert!(site.number("SELECT count(*) FROM person WHERE answer = 'found'").await > 0);
        assert_eq!(site.calls("perustiedot").await, 1);
        site.mend().await;
        resume(&site).await;
        site.until_idle().await;
        let left = "SELECT count(*) FROM person WHERE answer = 'not_asked' AND follow_state <> 'unfollowed'";
        assert_eq!(site.number(left).await, 0);
    }

    async fn a_failed_question_is_not_repeated_after_the_stop(place: Place) {
        let mut site = followed(&place).await;
        let settings = Arc::make_mut(&mut site.context.settings);
        settings.retry.first_pause = Duration::from_secs(1);
        settings.query.as_mut().unwrap().retry.first_pause = Duration::from_secs(1);
        site.execute(EVERYONE_IS_DUE).await;
        site.fault(json!({ "kind": "status", "status": 503, "count": 0 })).await;
        let before = calls(&site).await;
        let brake = async {
            while calls(&site).await == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stop(&site).await;
        };
        let (refreshed, ()) = tokio::join!(site.run(Task::Refresh), brake);
        assert!(matches!(refreshed, Err(TaskError::Vtj(_))), "{refreshed:?}");
        assert_eq!(calls(&site).await, before + 1);
        resume(&site).await;
        let before = calls(&site).await;
        let brake = async {
            while calls(&site).await == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stop(&site).await;
        };
        let (checked, ()) = tokio::join!(ask(&site), brake);
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Transient, true));
        assert_eq!(calls(&site).await, before + 1);
        assert_eq!(site.number("SELECT count(*) FROM query_ledger").await, 1);
        assert_eq!(site.number("SELECT count(*) FROM query_ledger WHERE state = 'reserved'").await, 0);
    }

    async fn a_stop_with_an_end_is_over_when_it_has_come(place: Place) {
        let site = followed(&place).await;
        let aino = account(Role::Administrator);
        let until = site.context.clock.now() + TimeDelta::hours(2);
        switch::stop(&site.context, &aino, "maintenance at VTJ", Some(until)).await.unwrap();
        site.clock.advance(TimeDelta::hours(2) - TimeDelta::microseconds(1));
        is_stopped(&site.run(Task::Fetch).await);
        site.clock.advance(TimeDelta::microseconds(1));
        site.run(Task::Fetch).await.unwrap();
        assert!(matches!(switch::resume(&site.context, &aino).await, Err(SwitchError::NotStopped)));
    }

    async fn only_an_administrator_stops_and_always_with_a_reason_that_can_be_shown(place: Place) {
        let site = followed(&place).await;
        let aino = account(Role::Administrator);
        for role in [Role::Reviewer, Role::Auditor] {
            let refused = switch::stop(&site.context, &account(role), "x", None).await;
            assert!(matches!(refused, Err(SwitchError::NotAdministrator)));
            let refused = switch::resume(&site.context, &account(role)).await;
            assert!(matches!(refused, Err(SwitchError::NotAdministrator)));
        }
        for reason in ["", "  ", &"x".repeat(501), "two\nlines"] {
            let refused = switch::stop(&site.context, &aino, reason, None).await;
            assert!(matches!(refused, Err(SwitchError::NoReason)), "{reason:?}");
        }
        let code = format!("asked about {}", small::code(1));
        let refused = switch::stop(&site.context, &aino, &code, None).await.unwrap_err();
        assert!(matches!(refused, SwitchError::CodeInReason) && !refused.to_string().contains(&small::code(1)));
        let past = Some(site.context.clock.now());
        assert!(matches!(switch::stop(&site.context, &aino, "x", past).await, Err(SwitchError::EndHasPassed(_))));
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action LIKE 'queries.%'").await, 0);
        stop(&site).await;
        stop(&site).await;
        resume(&site).await;
        let told = site.texts("SELECT action || ' ' || actor || ' ' || detail FROM audit WHERE action LIKE 'queries.%' ORDER BY sequence").await;
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], "queries.stop aino until resumed: a wrong permit");
        assert!(told[2].starts_with("queries.resume aino stopped by aino since 2026-11-21T14:00:00+02:00"), "{told:?}");
    }
}
