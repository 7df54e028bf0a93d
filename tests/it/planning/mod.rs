//! Schedules as administrators plan them, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod changing;
mod configuration;
mod pausing;
mod two;

use std::collections::BTreeSet;
use std::sync::Arc;

use ajantasa::audit::{self, AuditRow};
use ajantasa::planning::{Administrator, PlanningError};
use ajantasa::schedule::CronExpression;
use ajantasa::schedule::definition::{AddressRefresh, Definition, OverBudget, ScheduleEntry, Work};
use ajantasa::segment::Segment;
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::task::Task;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::scenario::{Place, Scenario};

/// Every municipality of a scenario.
const ALL: [&str; 5] = ["078", "092", "149", "710", "755"];

/// A scenario with the patrons of the test data, of whom it is known who may be asked about.
async fn scenario(place: &Place) -> Scenario {
    let scenario = Scenario::of_testdata(place).await;
    scenario.import_register().await;
    scenario.run(Task::Enrol).await.unwrap();
    scenario
}

/// Lets this many people be enough for one administrator.
fn limit(scenario: &mut Scenario, people: u32) {
    Arc::make_mut(&mut scenario.context.settings).two_person_people = people;
}

fn later(scenario: &Scenario, minutes: i64) {
    scenario.clock.advance(TimeDelta::minutes(minutes));
}

/// An administrator of some municipalities, at a computer of their own.
fn administrator(name: &str, municipalities: &[&str]) -> ProvedAccount {
    account(name, name, Role::Administrator, municipalities)
}

fn account(name: &str, os_user: &str, role: Role, municipalities: &[&str]) -> ProvedAccount {
    let id = name.bytes().fold(0_u128, |id, byte| id * 256 + u128::from(byte));
    ProvedAccount {
        id: Uuid::from_u128(id),
        name: name.to_owned(),
        role,
        may_protected: false,
        municipalities: municipalities.iter().map(|code| (*code).to_owned()).collect(),
        own_card: None,
        os_user: os_user.to_owned(),
    }
}

fn by(account: &ProvedAccount) -> Administrator<'_> {
    Administrator { account, session: None }
}

fn cron(text: &str) -> CronExpression {
    CronExpression::parse(text).unwrap()
}

/// A refresh of one municipality's patrons for the upkeep of the register.
fn refresh(segment: &str, budget: u32) -> Definition {
    let refresh = AddressRefresh {
        municipalities: BTreeSet::from(["710".to_owned()]),
        purpose: "register_upkeep".to_owned(),
        segment: Segment::parse(segment).unwrap(),
        budget,
        over_budget: OverBudget::Wait,
    };
    Definition::new(Work::AddressRefresh(refresh), cron("0 6 * * WED"))
}

fn entry(name: &str, cron_text: &str) -> ScheduleEntry {
    ScheduleEntry { name: name.to_owned(), definition: Definition::of_task(Task::Fetch, cron(cron_text)) }
}

/// What the audit log says of schedules: action, actor and detail.
async fn audited(scenario: &Scenario) -> Vec<String> {
    let filter = audit::Filter { action: Some("schedule.".to_owned()), ..audit::Filter::default() };
    let rows = audit::page(&mut scenario.context.db.read().await.unwrap(), &filter, 0, 100).await.unwrap();
    let words = |row: &AuditRow| format!("{} {} {}", row.action, row.actor, row.detail);
    rows.iter().map(words).collect()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, PlanningError>, says: &str) -> PlanningError {
    let error = result.expect_err("it is refused");
    assert!(error.to_string().contains(says), "{says:?} is not in: {error}");
    error
}
