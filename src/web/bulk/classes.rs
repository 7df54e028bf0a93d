//! For administrators: how classes stand with their invented cases, and allowing one again. Nobody is in it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Told, done, refused};
use crate::finding::ChangeClass;
use crate::review::bulk::{self, BulkError, ClassState, LAST_PLANTED};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::{Form, Query, Word};
use crate::web::visit::{Visit, page_with};

#[derive(Template)]
#[template(path = "bulk_classes.html")]
struct ClassesPage {
    frame: Frame,
    intro: String,
    has_planted: bool,
    /// The class whose reason was not taken.
    problem: Option<&'static str>,
    classes: Vec<ClassShown>,
}

struct ClassShown {
    word: &'static str,
    name: String,
    planted: i64,
    missed: i64,
    stopped: Option<String>,
    allowed: Option<String>,
}

/// The page.
pub(super) async fn show(visit: Visit, told: Query<Told>) -> Result<Response, WebError> {
    page(&visit, done(&visit, &told), None).await
}

async fn page(
    visit: &Visit,
    done: Option<String>,
    problem: Option<&'static str>,
) -> Result<Response, WebError> {
    let context = visit.context();
    let standing = bulk::classes(&context, visit.actor()?).await.map_err(|error| refused(visit, error))?;
    let l = visit.language;
    let rules = context.settings.review;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(
        status,
        &ClassesPage {
            frame: visit.frame(visit.t("bulk-admin-title")).with_done(done),
            intro: l.t2("bulk-admin-intro", "misses", rules.planted_misses, "of", LAST_PLANTED),
            has_planted: rules.planted_percent > 0,
            problem,
            classes: standing.into_iter().map(|state| class_shown(visit, state)).collect(),
        },
    )
}

fn class_shown(visit: &Visit, state: ClassState) -> ClassShown {
    let l = visit.language;
    let word = state.class.as_str();
    let allowed = state.allowed.map(|(at, name, reason)| {
        let values = [("time", l.time(at)), ("name", name), ("reason", reason)];
        l.with("bulk-admin-allowed", &values.map(|(name, value)| (name, value.into())))
    });
    ClassShown {
        word,
        name: l.t(&format!("bulk-class-{word}")),
        planted: state.planted,
        missed: state.missed,
        stopped: state.stopped_at.map(|at| l.t1("bulk-admin-stopped", "time", l.time(at))),
        allowed,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Allowed {
    reason: String,
}

/// Allows a class again.
pub(super) async fn allow(
    visit: Visit,
    Word(class): Word,
    form: Form<Allowed>,
) -> Result<Response, WebError> {
    let class = ChangeClass::from_word(&class).ok_or(WebError::NotFound)?;
    let context = visit.context();
    match bulk::allow(&context, visit.actor()?, class, &form.reason).await {
        Ok(()) => Ok(Redirect::to("/bulk/classes?done=allowed").into_response()),
        Err(BulkError::NoReason) => page(&visit, None, Some(class.as_str())).await,
        Err(error) => Err(refused(&visit, error)),
    }
}
