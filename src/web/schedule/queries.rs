//! The switch of every question to VTJ: stopped and resumed on a page of its own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::pause::midnight;
use super::{FieldProblem, Nothing, Stopped, problem_of};
use crate::switch::{self, REASON_MAX, SwitchError};
use crate::web::errors::WebError;
use crate::web::input::Form;
use crate::web::visit::{Visit, page, page_with};
use crate::web::{Frame, Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/schedules/queries", Who::ADMINISTRATORS, ask)
        .post("/schedules/queries/stop", Who::ADMINISTRATORS, stop)
        .post("/schedules/queries/resume", Who::ADMINISTRATORS, resume)
}

/// Why everything is stopped, and until when.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StopForm {
    reason: String,
    /// A day, as browsers send it; empty for a stop without an end.
    until: String,
}

#[derive(Template)]
#[template(path = "schedule/queries.html")]
struct QueriesPage {
    frame: Frame,
    stopped: Option<Stopped>,
    form: StopForm,
    problems: Vec<FieldProblem>,
}

impl QueriesPage {
    async fn new(visit: &Visit, form: StopForm, problems: Vec<FieldProblem>) -> Result<Self, WebError> {
        let frame = visit.frame(visit.t("schedule-queries-title"));
        Ok(Self { frame, stopped: Stopped::now(visit).await?, form, problems })
    }

    fn problem(&self, field: &str) -> Option<&FieldProblem> {
        problem_of(&self.problems, field)
    }
}

async fn ask(visit: Visit) -> Result<Response, WebError> {
    page(&QueriesPage::new(&visit, StopForm::default(), Vec::new()).await?)
}

async fn stop(visit: Visit, form: Form<StopForm>) -> Result<Response, WebError> {
    let (form, l) = (form.0, visit.language);
    let until = midnight(&form.until);
    if until.is_none() && !form.until.trim().is_empty() {
        let problem = FieldProblem::new("until", l.t("schedule-write-day"));
        return not_right(&QueriesPage::new(&visit, form, vec![problem]).await?);
    }
    let stopped = switch::stop(&visit.context(), visit.actor()?, &form.reason, until).await;
    let problem = match stopped {
        Ok(_) => return Ok(Redirect::to("/schedules?done=stopped").into_response()),
        Err(SwitchError::NoReason) => {
            let most = u64::try_from(REASON_MAX).unwrap_or(u64::MAX);
            FieldProblem::new("reason", l.t1("schedule-queries-reason", "most", most))
        }
        Err(SwitchError::CodeInReason) => FieldProblem::new("reason", l.t("schedule-unusable-code")),
        Err(SwitchError::EndHasPassed(_)) => FieldProblem::new("until", l.t("schedule-end-passed")),
        Err(error) => return Err(failed(&visit, error)),
    };
    not_right(&QueriesPage::new(&visit, form, vec![problem]).await?)
}

fn not_right(shown: &QueriesPage) -> Result<Response, WebError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, shown)
}

async fn resume(visit: Visit, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let resumed = switch::resume(&visit.context(), visit.actor()?).await;
    resumed.map_err(|error| failed(&visit, error))?;
    Ok(Redirect::to("/schedules?done=queries_resumed").into_response())
}

fn failed(visit: &Visit, error: SwitchError) -> WebError {
    match error {
        SwitchError::NotAdministrator => WebError::NotAllowed,
        SwitchError::NotStopped => WebError::Conflict(visit.t("schedule-queries-not_stopped")),
        SwitchError::NoReason | SwitchError::CodeInReason | SwitchError::EndHasPassed(_) => WebError::BadForm,
        SwitchError::Store(error) => super::of_store(visit, error),
    }
}
