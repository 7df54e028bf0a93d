//! Patrons: looking for one by card or name, the page of one, and asking VTJ about one now.
//!
//! Nothing of a person is in an address: a search is kept sealed with its session, a patron is named by an identifier
//! that means nothing elsewhere, and what VTJ said is read from what is stored.

mod ask;
mod portrait;
mod words;

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

pub(super) use self::words::{kind, legal_basis, or_itself, purpose};
use super::errors::WebError;
use super::visit::{Visit, page, page_with};
use super::{Frame, Routes, Who};
use crate::identity_code::IdentityCode;
use crate::patrons::find::{self, Hit, LONGEST_SEARCH, MOST_HITS, Searched};
use crate::patrons::{self, Context, PatronsError};
use crate::staff::Role;

/// Who looks at patrons.
const LOOKERS: Who = Who::Roles(&[Role::Reviewer, Role::Auditor]);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/patrons", LOOKERS, form)
        .post("/patrons/search", LOOKERS, search)
        .get("/patrons/results", LOOKERS, results)
        .get("/patrons/{id}", LOOKERS, portrait::show)
        .post("/patrons/{id}/check", Who::REVIEWERS, ask::ask)
}

#[derive(Template)]
#[template(path = "patron_search.html")]
struct SearchPage {
    frame: Frame,
    /// What was searched for.
    text: String,
    error: Option<String>,
    /// The people, where something was searched for.
    found: Option<Vec<Line>>,
    /// Whether there are more than are shown.
    more: Option<String>,
}

/// Somebody who was found.
struct Line {
    id: Uuid,
    name: String,
    card_number: String,
    birth_date: String,
    municipality: String,
    is_protected: bool,
}

async fn form(visit: Visit) -> Result<Response, WebError> {
    page(&search_page(&visit, String::new()))
}

fn search_page(visit: &Visit, text: String) -> SearchPage {
    let frame = visit.frame(visit.t("patron-search-title"));
    SearchPage { frame, text, error: None, found: None, more: None }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Search {
    text: String,
}

async fn search(visit: Visit, form: Form<Search>) -> Result<Response, WebError> {
    let text = form.0.text.trim().to_owned();
    let (error, kept) = if text.is_empty() {
        (Some(visit.t("patron-search-empty")), text.clone())
    } else if text.chars().count() > LONGEST_SEARCH {
        (Some(visit.language.t1("patron-search-long", "most", LONGEST_SEARCH)), text.clone())
    } else if IdentityCode::is_in(&text) {
        (Some(visit.t("patron-search-code")), String::new())
    } else {
        (None, String::new())
    };
    if error.is_some() {
        let page = SearchPage { error, ..search_page(&visit, kept) };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let session = visit.session()?.row.id;
    let leads = find::search(&visit.context(), visit.actor()?, session, &text).await?;
    let to = match leads {
        Searched::One(patron) => format!("/patrons/{patron}"),
        Searched::ByName => "/patrons/results".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn results(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let Some(text) = find::searched(&context, visit.session()?.row.id).await? else {
        return Ok(Redirect::to("/patrons").into_response());
    };
    let found = patrons::find(&Context::from(&context), visit.actor()?, &text).await?;
    let more = found.more.then(|| visit.language.t1("patron-search-more", "most", MOST_HITS));
    let lines = found.hits.into_iter().map(|hit| line(&visit, hit)).collect();
    page(&SearchPage { found: Some(lines), more, ..search_page(&visit, text) })
}

fn line(visit: &Visit, hit: Hit) -> Line {
    let l = visit.language;
    let context = visit.context();
    let municipality = hit.municipality.map(|code| words::municipality(l, &context, &code));
    Line {
        id: hit.id,
        name: format!("{}, {}", hit.last_name, hit.first_names),
        card_number: hit.card_number,
        birth_date: hit.birth_date.map(|date| l.date(date)).unwrap_or_default(),
        municipality: municipality.unwrap_or_else(|| visit.t("patron-masked")),
        is_protected: hit.is_protected,
    }
}

impl From<PatronsError> for WebError {
    fn from(error: PatronsError) -> Self {
        match error {
            PatronsError::UnknownCard | PatronsError::OtherMunicipality => Self::NotFound,
            PatronsError::Store(error) => error.into(),
            error => Self::Internal(error.into()),
        }
    }
}
