//! Signing in and out: a password, the second factor, and then the page that was asked for.

mod choice;
pub(super) mod cookie;
#[cfg(feature = "oidc")]
mod directory;
pub(super) mod next;
pub(super) mod picture;
mod second_factor;

use crate::web::input::Form;
use askama::Template;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use super::errors::{self, WebError};
use super::visit::{Visit, page_with};
use super::{Frame, Routes, Who};
pub(super) use second_factor::App;

use crate::staff::sign_in::{self, Begun, Step};
use crate::staff::{StaffError, session};

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes.post("/sign-in", Who::Anyone, begin).post("/sign-out", Who::SignedIn, sign_out);
    #[cfg(feature = "oidc")]
    let routes = directory::routes(routes);
    choice::routes(second_factor::routes(routes))
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// Why the last attempt failed.
    error: Option<String>,
    /// The text of the button that leads to the city's directory, where there is one.
    directory: Option<String>,
}

/// What everybody gets who is not signed in, whatever they asked for. Where they were going is remembered.
pub(super) fn signed_out(visit: &Visit) -> Response {
    let mut response = page(visit, None);
    if let Some(path) = &visit.asked {
        cookie::set_next(&mut response, &visit.web, path);
    }
    response
}

fn page(visit: &Visit, error: Option<String>) -> Response {
    let mut frame = visit.frame(visit.t("sign-in-title"));
    // The same page for every path.
    "/".clone_into(&mut frame.path);
    page_with(StatusCode::UNAUTHORIZED, &SignInPage { frame, error, directory: directory_button(visit) })
        .unwrap_or_else(|error| errors::without_visit(&error))
}

#[cfg(feature = "oidc")]
fn directory_button(visit: &Visit) -> Option<String> {
    directory::button(visit)
}

#[cfg(not(feature = "oidc"))]
fn directory_button(_visit: &Visit) -> Option<String> {
    None
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: SecretString,
}

async fn begin(visit: Visit, form: Form<Credentials>) -> Result<Response, WebError> {
    let context = visit.context();
    let Form(Credentials { name, password }) = form;
    match sign_in::by_password(visit.entrance(&context), name.trim(), password).await {
        Ok(begun) => Ok(go_on(&visit, &begun)),
        Err(StaffError::NotProved) => Ok(page(&visit, Some(visit.t("sign-in-failed")))),
        Err(error) => Err(error.into()),
    }
}

/// Leads to what comes next, with the word of the session that was begun.
fn go_on(visit: &Visit, begun: &Begun) -> Response {
    let mut response = match &begun.step {
        Step::SecondFactor => Redirect::to(second_factor::PATH).into_response(),
        Step::Codes(_) => Redirect::to("/account/codes").into_response(),
        Step::Done(_) => arrive(visit),
    };
    cookie::set_session(&mut response, &visit.web, &begun.token);
    if let Step::Done(device) | Step::Codes(device) = &begun.step {
        cookie::set_device(&mut response, &visit.web, device);
    }
    response
}

/// Leads to the page that was asked for before signing in, or to the first one of the role.
pub(super) fn arrive(visit: &Visit) -> Response {
    let mut response = Redirect::to(visit.next.as_deref().unwrap_or("/")).into_response();
    if visit.next.is_some() {
        cookie::remove_next(&mut response, &visit.web);
    }
    response
}

async fn sign_out(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let session = visit.session()?;
    session::end(&context, &session.account, session.row.id).await?;
    #[cfg(feature = "oidc")]
    let next = directory::after_sign_out(&visit, &context, session.account.id).await?;
    #[cfg(not(feature = "oidc"))]
    let next = "/";
    let mut response = Redirect::to(next).into_response();
    cookie::remove_session(&mut response, &visit.web);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}
