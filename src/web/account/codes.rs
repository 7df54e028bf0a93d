//! One-time codes on paper: seen once, to be printed, and made anew.

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::sign_in;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use crate::staff::factor::{self, Once};
use crate::staff::{StaffError, own};

const PATH: &str = "/account/codes";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Who::SignedIn, show).post(PATH, Who::SignedIn, renew).post(
        "/account/codes/kept",
        Who::SignedIn,
        keep,
    )
}

#[derive(Template)]
#[template(path = "account_codes.html")]
struct CodesPage {
    frame: Frame,
    name: String,
    /// The codes, while they can be seen.
    codes: Vec<String>,
    left: i64,
    /// Why no new ones were made.
    problem: Option<String>,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    render(&visit, StatusCode::OK, None).await
}

async fn render(visit: &Visit, status: StatusCode, problem: Option<String>) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let shown = factor::shown(&context, account.id, account.id, Once::Codes).await?;
    let codes = shown.map(|shown| shown.expose_secret().lines().map(str::to_owned).collect());
    let page = CodesPage {
        frame: visit.frame(visit.t("account-codes-title")),
        name: account.name.clone(),
        codes: codes.unwrap_or_default(),
        left: factor::codes_left(&context, account.id).await?,
        problem,
    };
    page_with(status, &page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

async fn renew(visit: Visit, form: Form<Code>) -> Result<Response, WebError> {
    let context = visit.context();
    match own::renew_codes(super::holder(&visit, &context)?, &form.code).await {
        Ok(()) => Ok(Redirect::to(PATH).into_response()),
        Err(StaffError::NotProved) => {
            let problem = visit.t("sign-in-code-wrong");
            render(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn keep(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    own::hide_codes(super::holder(&visit, &context)?).await?;
    Ok(sign_in::arrive(&visit))
}
