//! Runs of schedules: what was and what was not checked, and starting one by hand.

use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ROOT;
use super::admit::Caller;
use super::cases::with_next;
use super::input::{self, Body, Id, Query};
use super::problem::{Kind, Problem};
use super::words::RunStateWord;
use crate::audit::Actor;
use crate::patrons;
use crate::planning::{self, PlanningError};
use crate::runs::{self, RunView, Shown};
use crate::staff::Role;
use crate::store::run::Filter;

/// How many of those who were put aside one answer names.
const PEOPLE: usize = 200;

/// What can go wrong with starting a run.
pub(super) const PROBLEMS: &[Kind] = &[
    Kind::BadRequest,
    Kind::ReadsOnly,
    Kind::ScheduleChanged,
    Kind::NotStartable,
    Kind::TryAgain,
    Kind::TooLarge,
    Kind::NotJson,
    Kind::Unusable,
];

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// One state only.
    #[param(inline)]
    state: Option<RunStateWord>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<usize>,
    /// Where to go on, as the `Link` of the answer before says.
    #[param(pattern = "^[A-Za-z0-9_-]{21}[AQgw]$")]
    after: Option<String>,
}

/// A run in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct RunItem {
    id: Uuid,
    /// The schedule, by name.
    #[schema(example = "ekenas-quarterly")]
    schedule: String,
    /// Its identifier.
    schedule_id: Uuid,
    /// The version of it that the run carries out.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// `schedule`, `catch_up`, `by_hand` or `retry`.
    #[schema(example = "schedule")]
    origin: String,
    #[schema(value_type = RunStateWord, inline)]
    state: String,
    /// Why it stands there, as a word.
    reason: Option<String>,
    /// When it was due; null when it was started by hand.
    due_at: Option<DateTime<Utc>>,
    /// When it was planned.
    planned_at: Option<DateTime<Utc>>,
    /// When it began.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// When it goes on, if it waits.
    try_again_at: Option<DateTime<Utc>>,
    /// Who started it: an account, or where its schedule comes from.
    #[schema(example = "configuration")]
    started_by: String,
    /// The run it goes on from.
    retry_of: Option<Uuid>,
    /// How many due times were missed in a row.
    missed_count: Option<i64>,
    /// Since when.
    missed_since: Option<DateTime<Utc>>,
    /// How many people it is about.
    people: Option<i64>,
    /// How many VTJ has answered about.
    asked: i64,
    /// How many may not be asked about any more.
    left_out: i64,
    /// How many were put aside; of a round of a task, rows.
    put_aside: i64,
    /// How many nobody was asked about.
    not_checked: i64,
    /// How many answers were new; of a round of a task, rows changed.
    changed: i64,
    /// Requests that were answered.
    requests: i64,
    /// Batches done.
    batches: i64,
}

impl From<RunView> for RunItem {
    fn from(run: RunView) -> Self {
        Self {
            id: run.id,
            schedule: run.schedule,
            schedule_id: run.schedule_id,
            version: run.version,
            origin: run.origin,
            state: run.state,
            reason: run.reason,
            due_at: run.due_at,
            planned_at: run.planned_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
            try_again_at: run.try_again_at,
            started_by: run.started_by,
            retry_of: run.retry_of,
            missed_count: run.missed_count,
            missed_since: run.missed_since,
            people: run.people,
            asked: run.asked,
            left_out: run.left_out,
            put_aside: run.put_aside,
            not_checked: run.not_checked,
            changed: run.changed,
            requests: run.requests,
            batches: run.batches,
        }
    }
}

/// How many were left out for a reason.
#[derive(Serialize, ToSchema)]
pub(super) struct LeftOut {
    /// The reason.
    reason: String,
    /// How many.
    people: i64,
}

/// Somebody who was put aside.
#[derive(Serialize, ToSchema)]
pub(super) struct PutAside {
    /// The card; null for a protected person, and where the patron's data key is gone.
    card_number: Option<String>,
    /// Why.
    why: String,
}

/// A run by itself.
#[derive(Serialize, ToSchema)]
pub(super) struct Run {
    #[serde(flatten)]
    item: RunItem,
    /// Where it stands, and what was not checked, in an English sentence.
    in_words: String,
    /// The budget of its version.
    #[schema(minimum = 0)]
    budget: Option<u32>,
    /// The purpose of its version.
    purpose: Option<String>,
    /// Questions to VTJ in the disclosure log, those without an answer included.
    disclosures: i64,
    /// How many needed no question: an earlier answer was young enough.
    reused: i64,
    /// Cases that rest on what it asked.
    cases: i64,
    /// Why people were left out.
    left_out_because: Vec<LeftOut>,
    /// Who was put aside, 200 at most; nobody for administrators, who read no people.
    put_aside_people: Vec<PutAside>,
}

impl From<Shown> for Run {
    fn from(shown: Shown) -> Self {
        let left_out = shown.left_out_because.into_iter();
        let put_aside = shown.put_aside_people.into_iter();
        Self {
            item: shown.run.into(),
            in_words: shown.in_words,
            budget: shown.budget,
            purpose: shown.purpose,
            disclosures: shown.disclosures,
            reused: shown.reused,
            cases: shown.cases,
            left_out_because: left_out.map(|of| LeftOut { reason: of.reason, people: of.people }).collect(),
            put_aside_people: put_aside
                .map(|of| PutAside { card_number: of.card_number, why: of.why })
                .collect(),
        }
    }
}

/// Runs, the newest first.
#[utoipa::path(
    get, path = "/api/v1/runs", operation_id = "listRuns", tag = "runs", params(ListQuery),
    responses((status = 200, description = "The runs.", body = Vec<RunItem>,
        headers(("Link" = String, description = "`rel=\"next\"`: where the next ones are; absent when these are the last.")))),
    security(("client" = [])),
)]
pub(super) async fn list(caller: Caller, query: Query<ListQuery>) -> Result<Response, Problem> {
    let limit = input::limit(query.0.limit)?;
    let state = query.0.state.map(|state| state.0.as_str().to_owned());
    let before = query.0.after.as_deref().map(place).transpose()?;
    let filter = Filter { state: state.clone(), before, ..Filter::default() };
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut found = runs::list(&patrons::Context::from(&caller.context), &filter, most).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| is_more).map(|last| {
        let mut to = form_urlencoded::Serializer::new(String::new());
        if let Some(state) = &state {
            to.append_pair("state", state);
        }
        to.append_pair("limit", &limit.to_string());
        to.append_pair("after", &URL_SAFE_NO_PAD.encode(last.id.as_bytes()));
        to.finish()
    });
    let items: Vec<RunItem> = found.into_iter().map(RunItem::from).collect();
    Ok(with_next(Json(items).into_response(), "/runs", next))
}

fn place(word: &str) -> Result<Uuid, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(word).ok();
    let id = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
    id.ok_or_else(|| Problem::bad("`after` is no place that a list has named"))
}

/// One run. Whoever of its people is named is in the audit log.
#[utoipa::path(
    get, path = "/api/v1/runs/{id}", operation_id = "showRun", tag = "runs",
    params(("id" = Uuid, Path, description = "The run.")),
    responses((status = 200, description = "The run.", body = Run)),
    security(("client" = [])),
)]
pub(super) async fn show(caller: Caller, id: Id) -> Result<Response, Problem> {
    Ok(Json(one(&caller, id.0).await?).into_response())
}

async fn one(caller: &Caller, id: Uuid) -> Result<Run, Problem> {
    let Caller { account, context } = caller;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    // Administrators read no people.
    let most = if account.role == Role::Auditor { PEOPLE } else { 0 };
    Ok(runs::show(&patrons::Context::from(context), &actor, id, most).await?.into())
}

/// Which schedule is to run now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {
    /// The schedule, by name.
    #[schema(example = "ekenas-quarterly")]
    schedule: String,
    /// The version of it that is meant: what it asks, costs and brings has been looked at.
    #[serde(deserialize_with = "input::whole")]
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 1)]
    version: i64,
}

/// Plans a run of a schedule now; the service carries it out as one that is due.
#[utoipa::path(
    post, path = "/api/v1/runs", operation_id = "startRun", tag = "runs",
    request_body(content = Start, description = "The schedule.", content_type = "application/json"),
    responses((status = 201, description = "It is planned.", body = Run,
        headers(("Location" = String, description = "Where the run is.")))),
    security(("client" = [])),
)]
pub(super) async fn start(caller: Caller, start: Body<Start>) -> Result<Response, Problem> {
    let Caller { account, context } = &caller;
    let Start { schedule, version } = start.0;
    let planned = planning::list(context).await.map_err(of_planning)?;
    let planned = planned.into_iter().find(|one| one.name == schedule);
    let unknown = || Problem::of(Kind::Unusable).saying("there is no schedule of this name");
    let in_force = planned.ok_or_else(unknown)?.in_force.map(|in_force| in_force.version);
    if in_force != Some(version) {
        let problem = Problem::of(Kind::ScheduleChanged);
        return Err(match in_force {
            Some(version) => problem.saying(format!("version {version} is in force")),
            None => problem.saying("none is in force yet"),
        });
    }
    let id = runs::plan(context, account, &schedule).await?;
    let mut response = (StatusCode::CREATED, Json(one(&caller, id).await?)).into_response();
    if let Ok(location) = HeaderValue::try_from(format!("{ROOT}/runs/{id}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

fn of_planning(error: PlanningError) -> Problem {
    match error {
        PlanningError::Store(error) => error.into(),
        error => Problem::of(Kind::Unusable).saying(error.to_string()),
    }
}
