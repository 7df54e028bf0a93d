//! Changing one's own password.

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use crate::staff::{StaffError, own};

const PATH: &str = "/account/password";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Who::SignedIn, show).post(PATH, Who::SignedIn, change)
}

#[derive(Template)]
#[template(path = "account_password.html")]
struct PasswordPage {
    frame: Frame,
    name: String,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, String)>,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    render(&visit, StatusCode::OK, None)
}

fn render(
    visit: &Visit,
    status: StatusCode,
    problem: Option<(&'static str, String)>,
) -> Result<Response, WebError> {
    let frame = visit.frame(visit.t("account-password-title"));
    page_with(status, &PasswordPage { frame, name: visit.actor()?.name.clone(), problem })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Passwords {
    old: SecretString,
    new_password: SecretString,
    again: SecretString,
}

async fn change(visit: Visit, form: Form<Passwords>) -> Result<Response, WebError> {
    let Form(Passwords { old, new_password, again }) = form;
    let problem = if new_password.expose_secret() == again.expose_secret() {
        let context = visit.context();
        match own::change_password(super::holder(&visit, &context)?, old, new_password).await {
            Ok(()) => return Ok(Redirect::to("/account?done=password").into_response()),
            Err(StaffError::NotProved) => ("old", visit.t("account-password-wrong")),
            Err(StaffError::Password(_)) => ("new_password", visit.t("account-password-short")),
            Err(error) => return Err(error.into()),
        }
    } else {
        ("again", visit.t("account-password-differs"))
    };
    render(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem))
}
