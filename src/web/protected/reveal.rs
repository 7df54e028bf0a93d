//! Opening what is masked of one case.

use crate::web::input::{Form, Id};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::Frame;
use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use crate::review::ReviewError;
use crate::review::reveal::{self, OPEN_FOR, REASON_LEAST, REASON_MOST, Told};

#[derive(Template)]
#[template(path = "protected/reveal.html")]
struct RevealPage {
    frame: Frame,
    id: Uuid,
    intro: String,
    reason_hint: String,
    reason: String,
    told: Vec<Choice>,
    reason_problem: Option<String>,
    tell_problem: Option<String>,
}

/// Somebody who can be told.
struct Choice {
    id: Uuid,
    text: String,
    is_chosen: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    reason: String,
    /// The account that is told; empty when nobody has been chosen.
    tell: String,
}

/// The form: nothing of the patron is on it.
pub(super) async fn ask(visit: Visit, id: Id) -> Result<Response, WebError> {
    reveal::offer(&visit.context(), visit.actor()?, id.0).await?;
    form(&visit, id.0, &Asked::default(), None).await
}

/// Opens the case and leads to it.
pub(super) async fn open(visit: Visit, id: Id, asked: Form<Asked>) -> Result<Response, WebError> {
    let tell = asked.tell.parse().unwrap_or_default();
    match reveal::reveal(&visit.context(), visit.actor()?, id.0, &asked.reason, tell).await {
        Ok(_) => Ok(Redirect::to(&format!("/queue/{}?done=revealed", id.0)).into_response()),
        Err(problem @ (ReviewError::ReasonNeeded | ReviewError::NobodyTold)) => {
            form(&visit, id.0, &asked, Some(&problem)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn form(
    visit: &Visit,
    id: Uuid,
    asked: &Asked,
    problem: Option<&ReviewError>,
) -> Result<Response, WebError> {
    let l = visit.language;
    let told = reveal::whom_to_tell(&visit.context(), visit.actor()?).await?;
    let choice = |told: Told| {
        let role = l.t(&format!("role-{}", told.role));
        Choice {
            text: l.t2("reveal-tell-option", "name", told.name, "role", role),
            is_chosen: asked.tell == told.id.to_string(),
            id: told.id,
        }
    };
    let reason_problem = matches!(problem, Some(ReviewError::ReasonNeeded))
        .then(|| l.t2("reveal-problem-reason", "least", REASON_LEAST, "most", REASON_MOST));
    let tell_problem = matches!(problem, Some(ReviewError::NobodyTold)).then(|| l.t("reveal-problem-tell"));
    let page = RevealPage {
        frame: visit.frame(visit.t("reveal-title")),
        id,
        intro: l.t1("reveal-intro", "minutes", OPEN_FOR.num_minutes()),
        reason_hint: l.t1("reveal-reason-hint", "least", REASON_LEAST),
        reason: asked.reason.clone(),
        told: told.into_iter().map(choice).collect(),
        reason_problem,
        tell_problem,
    };
    page_with(if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}
