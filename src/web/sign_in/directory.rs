//! Signing in by the city's own directory: the way there, the way back, and what is told where it fails.
//!
//! The way back carries the directory's code in its address, so it is never a page: it leads on at once, to a page that
//! leads on by itself. Only from there, a page of ours, does the browser send the cookie of the session along, which is
//! kept from requests that another site began.

use std::sync::Arc;

use askama::Template;
use axum::http::header::{HeaderName, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;
use uuid::Uuid;

use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use super::{cookie, next, second_factor};
use crate::directory::DirectoryError;
use crate::staff::directory::{self, Answer, NotSignedIn, Refusal, Way};
use crate::staff::sign_in::{Begun, Step};
use crate::task::Context;
use crate::web::input::Query;

/// Where the directory sends browsers back to.
const RETURN: &str = "/sign-in/directory/return";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in/directory", Who::Anyone, leave)
        .get(RETURN, Who::Anyone, come_back)
        .get("/sign-in/directory/arrived", Who::Anyone, arrived)
        .get("/sign-in/directory/onward", Who::SignedIn, onward)
        .get("/sign-in/directory/problem", Who::Anyone, problem)
        .get("/sign-in/directory/signed-out", Who::Anyone, signed_out)
}

fn way(visit: &Visit) -> Result<Arc<Way>, WebError> {
    visit.web.settings.directory.clone().ok_or(WebError::NotFound)
}

/// The text of the button on the sign-in page.
pub(super) fn button(visit: &Visit) -> Option<String> {
    let way = visit.web.settings.directory.as_ref()?;
    Some(visit.language.t1("directory-button", "name", way.name.text(visit.language)))
}

/// Where a sign-out leads.
pub(super) async fn after_sign_out(
    visit: &Visit,
    context: &Context,
    account: Uuid,
) -> Result<&'static str, WebError> {
    let Some(way) = &visit.web.settings.directory else { return Ok("/") };
    let has_end = directory::end_address(context, way, account).await?.is_some();
    Ok(if has_end { "/sign-in/directory/signed-out" } else { "/" })
}

async fn leave(visit: Visit) -> Result<Response, WebError> {
    let (way, context) = (way(&visit)?, visit.context());
    let redirect = format!("{}{RETURN}", visit.origin);
    match directory::send(&context, &way, &redirect).await {
        Ok(sent) => {
            let mut response = to(&sent.address)?;
            cookie::set_ticket(&mut response, &visit.web, &sent.ticket);
            Ok(response)
        }
        Err(error) => fail(error),
    }
}

/// What the directory sends back. Whatever else it says is of no interest.
#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
    code: Option<SecretString>,
    iss: Option<String>,
}

async fn come_back(visit: Visit, query: Query<Returned>) -> Result<Response, WebError> {
    let (way, context) = (way(&visit)?, visit.context());
    let Query(Returned { state, code, iss }) = query;
    let answer = Answer {
        state: state.as_deref().unwrap_or_default(),
        code,
        iss: iss.as_deref(),
        ticket: visit.ticket.as_ref(),
    };
    let mut response = match directory::come_back(visit.entrance(&context), &way, answer).await {
        Ok(begun) => go_on(&visit, &begun)?,
        Err(error) => fail(error)?,
    };
    cookie::remove_ticket(&mut response, &visit.web);
    Ok(response)
}

fn go_on(visit: &Visit, begun: &Begun) -> Result<Response, WebError> {
    let step = if matches!(begun.step, Step::SecondFactor) { "half" } else { "whole" };
    let mut response = to(&format!("/sign-in/directory/arrived?step={step}"))?;
    cookie::set_session(&mut response, &visit.web, &begun.token);
    if let Step::Done(device) | Step::Codes(device) = &begun.step {
        cookie::set_device(&mut response, &visit.web, device);
    }
    Ok(response)
}

fn to(address: &str) -> Result<Response, WebError> {
    let location =
        HeaderValue::from_str(address).map_err(|error| WebError::Internal(anyhow::Error::new(error)))?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// Leads to the page that tells what is wrong: nothing but a word of ours is in its address.
fn fail(error: NotSignedIn) -> Result<Response, WebError> {
    let why = match error {
        NotSignedIn::Staff(error) => return Err(error.into()),
        NotSignedIn::NotSent => "late",
        NotSignedIn::Declined => "declined",
        NotSignedIn::Directory(error) => {
            let text = error.to_string();
            tracing::warn!(error = text, "nobody is signed in by the directory");
            if matches!(error, DirectoryError::NotProved(_)) { "not-proved" } else { "unreachable" }
        }
        NotSignedIn::Refused(Refusal::NoRole) => "no-role",
        NotSignedIn::Refused(Refusal::TwoRoles) => "two-roles",
        NotSignedIn::Refused(Refusal::Excluded) => "excluded",
        NotSignedIn::Refused(Refusal::Closed) => "closed",
        NotSignedIn::Refused(Refusal::NoAdministrator) => "no-administrator",
    };
    to(&format!("/sign-in/directory/problem?why={why}"))
}

#[derive(Template)]
#[template(path = "directory.html")]
struct DirectoryPage {
    frame: Frame,
    /// What is so.
    text: String,
    /// Where it leads on, and the text of the link.
    links: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrived {
    step: Option<String>,
}

/// A page that leads on by itself, and by a link.
async fn arrived(visit: Visit, query: Query<Arrived>) -> Result<Response, WebError> {
    way(&visit)?;
    let is_half = query.step.as_deref() == Some("half");
    let onward = if is_half { second_factor::PATH } else { "/sign-in/directory/onward" };
    let page = DirectoryPage {
        frame: visit.frame(visit.t("directory-arrived-title")),
        text: visit.t("directory-arrived"),
        links: vec![(onward.to_owned(), visit.t("directory-onward"))],
    };
    let mut response = page_with(StatusCode::OK, &page)?;
    let refresh = HeaderValue::from_str(&format!("0; url={onward}")).ok();
    if let Some(refresh) = refresh {
        response.headers_mut().insert(HeaderName::from_static("refresh"), refresh);
    }
    Ok(response)
}

/// To the page that was asked for before.
async fn onward(visit: Visit) -> Result<Response, WebError> {
    way(&visit)?;
    let is_page = visit.next.as_deref().is_some_and(next::is_page);
    Ok(if is_page { super::arrive(&visit) } else { Redirect::to("/").into_response() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Problem {
    why: String,
}

/// What can be told, each with a text.
const PROBLEMS: [&str; 9] = [
    "late",
    "declined",
    "not-proved",
    "unreachable",
    "no-role",
    "two-roles",
    "excluded",
    "closed",
    "no-administrator",
];

async fn problem(visit: Visit, query: Query<Problem>) -> Result<Response, WebError> {
    let way = way(&visit)?;
    let why = query.why.as_str();
    if !PROBLEMS.contains(&why) {
        return Err(WebError::NotFound);
    }
    let again = visit.language.t1("directory-again", "name", way.name.text(visit.language));
    let page = DirectoryPage {
        frame: visit.frame(visit.t("directory-problem-title")),
        text: visit.t(&format!("directory-problem-{why}")),
        links: vec![
            ("/sign-in/directory".to_owned(), again),
            ("/".to_owned(), visit.t("directory-by-password")),
        ],
    };
    let status = if why == "unreachable" { StatusCode::BAD_GATEWAY } else { StatusCode::FORBIDDEN };
    page_with(status, &page)
}

/// The session here has ended; that of the directory ends by a link.
async fn signed_out(visit: Visit) -> Result<Response, WebError> {
    let end = way(&visit)?.directory.end_address();
    let end = end.map(|address| (address, visit.t("directory-end")));
    let page = DirectoryPage {
        frame: visit.frame(visit.t("directory-signed-out-title")),
        text: visit.t("directory-signed-out"),
        links: end.into_iter().chain([("/".to_owned(), visit.t("directory-sign-in-again"))]).collect(),
    };
    page_with(StatusCode::OK, &page)
}
