//! Pausing, resuming and removing a schedule.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;
use serde::Deserialize;
use uuid::Uuid;

use super::words::unusable;
use super::{Acting, FieldProblem, Nothing, back_to, failed, planned, problem_of};
use crate::feed::{self, Silence};
use crate::planning::{self, Planned, PlanningError, Unusable};
use crate::schedule::Task;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::{Visit, page, page_with};
use crate::web::{Frame, Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/schedules/{id}/pause", Who::ADMINISTRATORS, ask_pause)
        .post("/schedules/{id}/pause", Who::ADMINISTRATORS, pause)
        .post("/schedules/{id}/resume", Who::ADMINISTRATORS, resume)
        .get("/schedules/{id}/remove", Who::ADMINISTRATORS, ask_remove)
        .post("/schedules/{id}/remove", Who::ADMINISTRATORS, remove)
}

/// Why a schedule is paused, and until when.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PauseForm {
    reason: String,
    /// A day, as browsers send it.
    until: String,
    /// Whether what the pause leads to has been read.
    known: String,
}

#[derive(Template)]
#[template(path = "schedule/pause.html")]
struct PausePage {
    frame: Frame,
    id: Uuid,
    name: String,
    form: PauseForm,
    problems: Vec<FieldProblem>,
    /// What a pause of the change feed leads to.
    warning: Option<String>,
    /// What everybody should know of a pause of the change feed.
    is_of_feed: bool,
}

impl PausePage {
    fn new(visit: &Visit, planned: &Planned, form: PauseForm, problems: Vec<FieldProblem>) -> Self {
        Self {
            frame: visit.frame(visit.t("schedule-pause-title")),
            id: planned.id,
            name: planned.name.clone(),
            form,
            problems,
            warning: None,
            is_of_feed: is_of_feed(planned),
        }
    }

    fn problem(&self, field: &str) -> Option<&FieldProblem> {
        problem_of(&self.problems, field)
    }
}

fn is_of_feed(planned: &Planned) -> bool {
    let version = planned.in_force.as_ref();
    version.and_then(|version| version.definition.task()) == Some(Task::Fetch)
}

/// The beginning of a day in Helsinki.
pub(super) fn midnight(day: &str) -> Option<DateTime<Utc>> {
    let day: NaiveDate = day.trim().parse().ok()?;
    Helsinki.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map(|at| at.to_utc())
}

async fn ask_pause(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let planned = planned(&visit, id).await?;
    page(&PausePage::new(&visit, &planned, PauseForm::default(), Vec::new()))
}

async fn pause(visit: Visit, Id(id): Id, form: Form<PauseForm>) -> Result<Response, WebError> {
    let (form, l) = (form.0, visit.language);
    let planned = planned(&visit, id).await?;
    let mut problems = Vec::new();
    let until = midnight(&form.until);
    if form.reason.trim().is_empty() {
        problems.push(FieldProblem::new("reason", unusable(l, &Unusable::NoReason)));
    }
    if until.is_none() {
        problems.push(FieldProblem::new("until", l.t("schedule-write-day")));
    }
    let Some(until) = until.filter(|_| problems.is_empty()) else {
        return not_right(&PausePage::new(&visit, &planned, form, problems));
    };
    let warning = if is_of_feed(&planned) { warning(&visit, until).await? } else { None };
    if warning.is_some() && form.known.is_empty() {
        let problem = FieldProblem::new("known", l.t("schedule-pause-known"));
        let asked = PausePage::new(&visit, &planned, form, vec![problem]);
        return not_right(&PausePage { warning, ..asked });
    }
    let acting = Acting::of(&visit)?;
    let paused = planning::pause(&visit.context(), &acting.by(), &planned.name, &form.reason, until).await;
    match paused {
        Ok(()) => Ok(back_to(id, "paused")),
        Err(PlanningError::Input(why)) => {
            let field = if matches!(why, Unusable::PauseEnd(_)) { "until" } else { "reason" };
            let problem = FieldProblem::new(field, unusable(l, &why));
            not_right(&PausePage::new(&visit, &planned, form, vec![problem]))
        }
        Err(error) => Err(failed(&visit, error)),
    }
}

fn not_right(shown: &PausePage) -> Result<Response, WebError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, shown)
}

/// What a pause of the change feed leads to; nothing for a short one.
async fn warning(visit: &Visit, until: DateTime<Utc>) -> Result<Option<String>, WebError> {
    let (context, l) = (visit.context(), visit.language);
    let now = context.clock.now();
    let feed = feed::look(&mut context.db.read().await?, &context.settings, now).await?;
    let age = until - feed.map_or(now, |feed| feed.since);
    Ok(match Silence::of(age) {
        Silence::Fine | Silence::Silent => None,
        Silence::Urgent => Some(l.t1("schedule-pause-urgent", "days", age.num_days())),
        Silence::Lost => Some(l.t1("schedule-pause-lost", "days", age.num_days())),
    })
}

async fn resume(visit: Visit, Id(id): Id, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let (acting, name) = (Acting::of(&visit)?, planned(&visit, id).await?.name);
    let resumed = planning::resume(&visit.context(), &acting.by(), &name).await;
    resumed.map_err(|error| failed(&visit, error))?;
    Ok(back_to(id, "resumed"))
}

#[derive(Template)]
#[template(path = "schedule/remove.html")]
struct RemovePage {
    frame: Frame,
    id: Uuid,
    name: String,
}

async fn ask_remove(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let name = planned(&visit, id).await?.name;
    page(&RemovePage { frame: visit.frame(visit.t("schedule-remove-title")), id, name })
}

async fn remove(visit: Visit, Id(id): Id, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let (acting, name) = (Acting::of(&visit)?, planned(&visit, id).await?.name);
    let removed = planning::remove(&visit.context(), &acting.by(), &name).await;
    removed.map_err(|error| failed(&visit, error))?;
    Ok(Redirect::to("/schedules?done=removed").into_response())
}
