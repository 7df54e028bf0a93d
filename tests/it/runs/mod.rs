//! Runs of schedules: what is due becomes runs, and refreshes are carried out.

mod bad_days;
mod commands;
mod due;
mod refreshing;

use ajantasa::planning;
use ajantasa::runs::{Worker, list};
use ajantasa::schedule::definition::{AddressRefresh, Definition, OverBudget, ScheduleEntry, Work};
use ajantasa::schedule::{CronExpression, Task};
use ajantasa::scheduler::{self, Observer};
use ajantasa::segment::Segment;
use ajantasa::store::run::Filter;
use ajantasa::task::{Report, TaskError};
use chrono::{DateTime, Utc};

use crate::scenario::Scenario;

/// Hears nothing.
struct Silent;

impl Observer for Silent {
    fn starts(&self, _: Task) {}
    fn ended(&self, _: Task, _: &Result<Report, TaskError>) {}
}

fn cron(text: &str) -> CronExpression {
    CronExpression::parse(text).unwrap()
}

/// A round of a task that has little to do.
fn round(expression: &str) -> Definition {
    Definition::of_task(Task::Estate, cron(expression))
}

/// A refresh of everybody of Raasepori, daily at six.
fn refresh(budget: u32) -> Definition {
    let refresh = AddressRefresh {
        municipalities: ["710".to_owned()].into(),
        purpose: "register_upkeep".to_owned(),
        segment: Segment::everyone(),
        budget,
        over_budget: OverBudget::Wait,
    };
    Definition::new(Work::AddressRefresh(refresh), cron("0 6 * * *"))
}

/// Makes the records say that there are these schedules.
async fn schedules(scenario: &Scenario, of: &[(&str, Definition)]) {
    let entries: Vec<ScheduleEntry> = of
        .iter()
        .map(|(name, definition)| ScheduleEntry { name: (*name).to_owned(), definition: definition.clone() })
        .collect();
    let context = &scenario.context;
    planning::sync(&context.db, &*context.clock, "tester", &entries).await.unwrap();
}

/// Sets the clock.
fn set_clock(scenario: &Scenario, at: &str) {
    let at: DateTime<Utc> = at.parse().unwrap();
    scenario.clock.advance(at - scenario.context.clock.now());
}

/// Makes runs of what is due now.
async fn look(scenario: &Scenario) {
    scheduler::look(&scenario.context).await.unwrap();
}

/// Carries out the planned rounds.
async fn rounds(scenario: &Scenario) {
    scheduler::do_rounds(&scenario.context, &Silent, &scenario.context.stop).await.unwrap();
}

/// Carries out the refresh whose turn it is.
async fn work(scenario: &Scenario) {
    Worker::default().pass(&scenario.context).await.unwrap();
}

/// Every run, oldest first: schedule, due time, state, reason, origin, how many due times it counts.
async fn said(scenario: &Scenario) -> Vec<String> {
    let mut runs = list(&(&scenario.context).into(), &Filter::default(), 1000).await.unwrap();
    runs.sort_by_key(|run| (run.due_at, run.planned_at, run.id));
    runs.iter()
        .map(|run| {
            let due = run.due_at.map_or_else(|| "-".to_owned(), |at| at.format("%d %H:%M").to_string());
            let mut words = vec![run.schedule.clone(), due, run.state.clone()];
            words.extend(run.reason.clone());
            words.extend((run.origin != "schedule").then(|| run.origin.clone()));
            words.extend(run.missed_count.map(|count| count.to_string()));
            words.join(" ")
        })
        .collect()
}

/// The numbers of the newest run: people, asked, put aside, left out, not checked.
async fn numbers(scenario: &Scenario) -> (i64, i64, i64, i64, i64) {
    let runs = list(&(&scenario.context).into(), &Filter::default(), 1).await.unwrap();
    let run = &runs[0];
    (run.people.unwrap_or(-1), run.asked, run.put_aside, run.left_out, run.not_checked)
}
