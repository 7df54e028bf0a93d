//! One's own security keys: a list, adding one, removing one.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;
use uuid::Uuid;

use super::super::errors::WebError;
use super::super::visit::{Visit, page, page_with};
use super::super::{Frame, Routes, Who};
use super::Asked;
use crate::staff::factor::key;
use crate::staff::{KeyProblem, StaffError, own};
use crate::web::input::{Form, Query};

const PATH: &str = "/account/security-keys";
const NEW: &str = "/account/security-keys/new";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Who::SignedIn, show)
        .post(PATH, Who::SignedIn, ask)
        .get(NEW, Who::SignedIn, show_new)
        .post(NEW, Who::SignedIn, add)
        .post("/account/security-keys/remove", Who::SignedIn, remove)
}

#[derive(Template)]
#[template(path = "account_keys.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<Shown>,
    /// Whether keys work under the address of the pages.
    is_possible: bool,
    name: String,
    longest: usize,
    /// What is wrong, and with which field.
    problem: Option<(String, String)>,
}

struct Shown {
    id: Uuid,
    name: String,
    added: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "account_key_new.html")]
struct NewPage {
    frame: Frame,
    name: String,
    /// What the browser is to hand to the key.
    options: String,
}

/// Where a second factor is asked for, there are keys.
fn demand(visit: &Visit) -> Result<(), WebError> {
    if visit.web.asks_second_factor() { Ok(()) } else { Err(WebError::NotFound) }
}

async fn show(visit: Visit, asked: Query<Asked>) -> Result<Response, WebError> {
    let done = match asked.done.as_deref() {
        Some("added") => Some(visit.t("security-key-done-added")),
        Some("removed") => Some(visit.t("security-key-done-removed")),
        _ => None,
    };
    let mut whole = whole(&visit, String::new(), None).await?;
    whole.frame = whole.frame.with_done(done);
    page(&whole)
}

async fn whole(visit: &Visit, name: String, problem: Option<(String, String)>) -> Result<KeysPage, WebError> {
    demand(visit)?;
    let l = visit.language;
    let keys = key::list(&visit.context(), visit.actor()?.id).await?;
    let shown = |key: key::Listed| Shown {
        id: key.id,
        name: key.name,
        added: l.time(key.added_at),
        used: key.last_used_at.map(|at| l.time(at)),
    };
    Ok(KeysPage {
        frame: visit.frame(visit.t("security-key-title")),
        keys: keys.into_iter().map(shown).collect(),
        is_possible: visit.key_site.is_some(),
        name,
        longest: key::LONGEST_NAME,
        problem,
    })
}

/// The page again, with what was wrong.
async fn again(visit: &Visit, name: String, field: &str, text: String) -> Result<Response, WebError> {
    let whole = whole(visit, name, Some((field.to_owned(), text))).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &whole)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    name: String,
    password: SecretString,
}

async fn ask(visit: Visit, form: Form<Wish>) -> Result<Response, WebError> {
    demand(&visit)?;
    let site = visit.key_site.as_ref().ok_or(WebError::NotFound)?;
    let Form(Wish { name, password }) = form;
    let name = name.trim().to_owned();
    let context = visit.context();
    match own::ask_for_key(super::holder(&visit, &context)?, site, &name, password).await {
        Ok(()) => Ok(Redirect::to(NEW).into_response()),
        Err(StaffError::NotProved) => {
            again(&visit, name, "password", visit.t("account-password-wrong")).await
        }
        Err(StaffError::Key(problem)) => {
            let id = if problem == KeyProblem::TooMany {
                "security-key-problem-many"
            } else {
                "security-key-problem-name"
            };
            again(&visit, name, "name", visit.t(id)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show_new(visit: Visit) -> Result<Response, WebError> {
    demand(&visit)?;
    let session = visit.session()?.row.id;
    let Some((options, name)) = key::being_added(&visit.context(), session).await? else {
        return Ok(Redirect::to(PATH).into_response());
    };
    page(&NewPage { frame: visit.frame(visit.t("security-key-new-title")), name, options })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    answer: String,
}

async fn add(visit: Visit, form: Form<Answer>) -> Result<Response, WebError> {
    demand(&visit)?;
    let site = visit.key_site.as_ref().ok_or(WebError::NotFound)?;
    let context = visit.context();
    match own::add_key(super::holder(&visit, &context)?, site, &form.answer).await {
        Ok(()) => Ok(Redirect::to("/account/security-keys?done=added").into_response()),
        Err(StaffError::NotProved) => {
            again(&visit, String::new(), "name", visit.t("security-key-not-added")).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    key: Uuid,
    password: SecretString,
}

async fn remove(visit: Visit, form: Form<Removal>) -> Result<Response, WebError> {
    demand(&visit)?;
    let Form(Removal { key, password }) = form;
    let context = visit.context();
    let field = format!("password-{key}");
    match own::remove_key(super::holder(&visit, &context)?, key, password).await {
        Ok(()) => Ok(Redirect::to("/account/security-keys?done=removed").into_response()),
        Err(StaffError::NotProved) => {
            again(&visit, String::new(), &field, visit.t("account-password-wrong")).await
        }
        Err(StaffError::Key(_)) => {
            again(&visit, String::new(), &field, visit.t("security-key-problem-last")).await
        }
        Err(error) => Err(error.into()),
    }
}
