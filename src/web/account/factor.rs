//! Another app that makes codes, in place of the one in force.

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::sign_in::App;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use crate::staff::{StaffError, factor, own};

const PATH: &str = "/account/app";
const CONFIRM: &str = "/account/app/confirm";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Who::SignedIn, show)
        .post(PATH, Who::SignedIn, prepare)
        .get(CONFIRM, Who::SignedIn, show_new)
        .post(CONFIRM, Who::SignedIn, confirm)
}

#[derive(Template)]
#[template(path = "account_app.html")]
struct AppPage {
    frame: Frame,
    /// The new app; none before a code of the old one has been given.
    app: Option<App>,
    /// Why it was not taken.
    problem: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    ask(&visit, StatusCode::OK, None)
}

fn ask(visit: &Visit, status: StatusCode, problem: Option<String>) -> Result<Response, WebError> {
    let frame = visit.frame(visit.t("account-app-title"));
    page_with(status, &AppPage { frame, app: None, problem })
}

async fn prepare(visit: Visit, form: Form<Code>) -> Result<Response, WebError> {
    let context = visit.context();
    match own::prepare_app(super::holder(&visit, &context)?, &form.code).await {
        Ok(()) => Ok(Redirect::to(CONFIRM).into_response()),
        Err(StaffError::NotProved) => {
            ask(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(visit.t("sign-in-code-wrong")))
        }
        Err(error) => Err(error.into()),
    }
}

async fn show_new(visit: Visit) -> Result<Response, WebError> {
    show_pending(&visit, StatusCode::OK, None).await
}

async fn show_pending(
    visit: &Visit,
    status: StatusCode,
    problem: Option<String>,
) -> Result<Response, WebError> {
    let account = visit.actor()?;
    let Some(pending) = factor::pending(&visit.context(), account.id, &account.name).await? else {
        return Ok(Redirect::to(PATH).into_response());
    };
    let frame = visit.frame(visit.t("account-app-title"));
    page_with(status, &AppPage { frame, app: Some(App::of(&pending)), problem })
}

async fn confirm(visit: Visit, form: Form<Code>) -> Result<Response, WebError> {
    let context = visit.context();
    match own::confirm_app(super::holder(&visit, &context)?, &form.code).await {
        Ok(()) => Ok(Redirect::to("/account?done=app").into_response()),
        Err(StaffError::NotProved) => {
            let problem = visit.t("sign-in-code-wrong");
            show_pending(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}
