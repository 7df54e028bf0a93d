//! The first page of the staff: what needs somebody today, and how everything stands.

mod chart;

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use self::chart::{Bar, Chart};
use super::errors::WebError;
use super::patron::kind;
use super::visit::{Visit, page};
use super::{Frame, Language, Routes, Who};
use crate::budget::{Part, Standing};
use crate::feed::{self, Feed};
use crate::overview::{self, Overview, OverviewError};
use crate::quota::Scope;
use crate::runs::{RunError, RunView};
use crate::service;
use crate::staff::Role;
use crate::store::overview::RuleCount;

/// Days before the end of a certificate from which it is pointed out.
const CERTIFICATE_SOON: i64 = 30;
/// Decisions below which a share says nothing.
const FEW: i64 = 5;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/overview", Who::Roles(&Role::ALL), show)
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    /// Whether the account works on the queue.
    is_reviewer: bool,
    /// Cases of the ordinary queue.
    ordinary: i64,
    /// Those of the protected queue, for who is cleared.
    protected: Option<i64>,
    overdue: i64,
    assigned: i64,
    queue: Chart,
    ages: Vec<String>,
    queue_rows: Vec<Row>,
    decisions: Chart,
    week_rows: Vec<Row>,
    kinds: Vec<String>,
    rules: Vec<RuleLine>,
    runs: Vec<RunLine>,
    /// What is in order or not, and whether it is.
    health: Vec<Health>,
}

/// A row of a table of counts.
struct Row {
    label: String,
    counts: Vec<i64>,
    total: i64,
}

/// What a rule led to.
struct RuleLine {
    rule: String,
    decisions: i64,
    rejected: i64,
    /// The share of rejections, where there are enough decisions for one.
    share: Option<String>,
}

/// A run.
struct RunLine {
    id: Uuid,
    schedule: String,
    at: String,
    state: String,
    not_checked: i64,
    is_bad: bool,
}

/// How one thing stands.
struct Health {
    what: String,
    words: String,
    is_good: bool,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let l = visit.language;
    let account = visit.actor()?;
    let overview = overview::overview(&visit.context(), account).await?;
    let ages = (0..overview::AGES).map(|age| visit.t(&format!("overview-age-{age}"))).collect();
    page(&OverviewPage {
        frame: visit.frame(visit.t("overview-title")),
        is_reviewer: account.role == Role::Reviewer,
        ordinary: overview.ordinary(),
        protected: overview.protected,
        overdue: overview.overdue,
        assigned: overview.assigned,
        queue: queue_chart(l, &overview),
        ages,
        queue_rows: queue_rows(l, &overview),
        decisions: decisions_chart(l, &overview),
        week_rows: week_rows(l, &overview),
        kinds: overview.decisions.iter().map(|row| kind(l, &row.kind)).collect(),
        rules: overview.rules.iter().map(|row| rule_line(l, row)).collect(),
        runs: overview.runs.iter().map(|run| run_line(l, run)).collect(),
        health: health(&visit, &overview),
    })
}

fn queue_chart(l: Language, overview: &Overview) -> Chart {
    let bar = |row: &overview::KindAges| Bar { label: kind(l, &row.kind), value: row.total() };
    Chart {
        id: "queue-chart",
        title: l.t("overview-queue-chart"),
        bars: overview.queue.iter().map(bar).collect(),
    }
}

fn queue_rows(l: Language, overview: &Overview) -> Vec<Row> {
    let row = |row: &overview::KindAges| Row {
        label: kind(l, &row.kind),
        counts: row.cases.to_vec(),
        total: row.total(),
    };
    overview.queue.iter().map(row).collect()
}

fn decisions_chart(l: Language, overview: &Overview) -> Chart {
    let bar = |(week, monday): (usize, &chrono::NaiveDate)| Bar {
        label: l.date(*monday),
        value: overview.of_week(week),
    };
    Chart {
        id: "decisions-chart",
        title: l.t("overview-decisions-chart"),
        bars: overview.weeks.iter().enumerate().map(bar).collect(),
    }
}

fn week_rows(l: Language, overview: &Overview) -> Vec<Row> {
    let row = |(week, monday): (usize, &chrono::NaiveDate)| Row {
        label: l.date(*monday),
        counts: overview.decisions.iter().map(|kind| kind.decisions[week]).collect(),
        total: overview.of_week(week),
    };
    overview.weeks.iter().enumerate().map(row).collect()
}

fn rule_line(l: Language, row: &RuleCount) -> RuleLine {
    let share = (row.decisions >= FEW).then(|| row.rejected * 100 / row.decisions);
    RuleLine {
        rule: super::patron::or_itself(l, &format!("overview-rule-{}", row.rule), &row.rule),
        decisions: row.decisions,
        rejected: row.rejected,
        share: share.map(|share| l.t1("overview-percent", "share", share)),
    }
}

fn run_line(l: Language, run: &RunView) -> RunLine {
    let at = run.finished_at.or(run.started_at).or(run.planned_at);
    RunLine {
        id: run.id,
        schedule: run.schedule.clone(),
        at: at.map(|at| l.time(at)).unwrap_or_default(),
        state: l.t(&format!("overview-run-{}", run.state)),
        not_checked: run.not_checked,
        is_bad: run.not_checked > 0
            || matches!(run.state.as_str(), "failed" | "partly_done" | "missed" | "skipped"),
    }
}

/// How the feed, the certificates, the budget and the switch stand.
fn health(visit: &Visit, overview: &Overview) -> Vec<Health> {
    let l = visit.language;
    let mut lines = Vec::new();
    if let Some(stop) = &overview.stop {
        lines.push(Health {
            what: l.t("overview-queries"),
            words: l.t2("overview-queries-stopped", "name", &stop.actor, "time", l.time(stop.since)),
            is_good: false,
        });
    }
    lines.push(overview.feed.as_ref().map_or_else(
        || Health { what: l.t("overview-feed"), words: l.t("overview-feed-nobody"), is_good: true },
        |feed| feed_line(l, feed),
    ));
    lines.extend(certificates(visit));
    lines.extend(overview.budget.iter().flat_map(|standing| budget_lines(l, standing)));
    lines
}

fn feed_line(l: Language, feed: &Feed) -> Health {
    let since = l.time(feed.since);
    let words = match feed.silence {
        feed::Silence::Fine => l.t1("overview-feed-fine", "time", since),
        feed::Silence::Silent => l.t2("overview-feed-silent", "hours", feed.age.num_hours(), "time", since),
        feed::Silence::Urgent => {
            l.t2("overview-feed-urgent", "days", feed::days_left(feed.age), "time", since)
        }
        feed::Silence::Lost => l.t1("overview-feed-lost", "time", since),
    };
    Health { what: l.t("overview-feed"), words, is_good: feed.silence == feed::Silence::Fine }
}

fn certificates(visit: &Visit) -> Vec<Health> {
    let l = visit.language;
    let Some(known) = &visit.web.settings.certificates else { return Vec::new() };
    let (config, secrets) = &**known;
    let line = |(file, days): (&'static str, Option<i64>)| Health {
        what: l.t(&format!("overview-certificate-{file}")),
        words: match days {
            Some(days) if days >= 0 => l.t1("overview-certificate-days", "days", days),
            Some(_) => l.t("overview-certificate-over"),
            None => l.t("overview-certificate-unreadable"),
        },
        is_good: days.is_some_and(|days| days > CERTIFICATE_SOON),
    };
    service::certificates(config, secrets, visit.context().clock.now()).into_iter().map(line).collect()
}

/// How far the ceilings of the whole installation are used.
fn budget_lines(l: Language, standing: &Standing) -> Vec<Health> {
    let whole = standing.lines.iter().find(|line| line.scope == Scope::Installation);
    let is_near = !standing.near.is_empty();
    let line = |id: &str, part: Part| Health {
        what: l.t(id),
        words: match part.ceiling {
            Some(ceiling) => l.t2("overview-budget-of", "used", part.used, "ceiling", ceiling),
            None => l.t1("overview-budget-used", "used", part.used),
        },
        is_good: !is_near,
    };
    whole
        .map(|whole| vec![line("overview-budget-day", whole.day), line("overview-budget-month", whole.month)])
        .unwrap_or_default()
}

impl From<OverviewError> for WebError {
    fn from(error: OverviewError) -> Self {
        match error {
            OverviewError::Store(error) | OverviewError::Runs(RunError::Store(error)) => error.into(),
            error => Self::Internal(error.into()),
        }
    }
}
