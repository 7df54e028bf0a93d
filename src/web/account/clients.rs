//! Clients of the JSON interface that act in the holder's name: made, seen once, revoked.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Language, Routes, Who};
use crate::staff::client::{self, NewClient, Problem};
use crate::staff::factor::{self, Once};
use crate::staff::{Role, StaffError};
use crate::store;
use crate::store::api_client::ApiClientRow;
use crate::web::input::{Form, Query};

const PATH: &str = "/account/clients";
const REVOKE: &str = "/account/clients/revoke";

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get(PATH, Who::SignedIn, show)
        .post(PATH, Who::SignedIn, add)
        .post("/account/clients/kept", Who::SignedIn, keep)
        .post(REVOKE, Who::SignedIn, revoke)
}

/// A client, as it is shown.
pub(in crate::web) struct ClientView {
    pub(in crate::web) id: Uuid,
    pub(in crate::web) name: String,
    pub(in crate::web) may: String,
    pub(in crate::web) made: String,
    pub(in crate::web) ends_on: String,
    pub(in crate::web) used: String,
    pub(in crate::web) state: String,
    /// The class of the state's badge, and its sign.
    pub(in crate::web) badge: (&'static str, &'static str),
    pub(in crate::web) may_revoke: bool,
}

impl ClientView {
    pub(in crate::web) fn of(l: Language, row: ApiClientRow, today: NaiveDate) -> Self {
        let (state, badge) = match (row.revoked_at, client::holds(&row, today)) {
            (Some(at), _) => (l.t1("clients-state-revoked", "time", l.time(at)), ("plain", "○")),
            (None, true) => (l.t("clients-state-in-force"), ("good", "✓")),
            (None, false) => (l.t("clients-state-ended"), ("plain", "○")),
        };
        Self {
            id: row.id,
            may: l.t(if row.may_decide { "clients-may-decide" } else { "clients-may-read" }),
            made: l.time(row.created_at),
            ends_on: l.date(row.ends_on),
            used: row.last_used_at.map_or_else(|| l.t("clients-used-never"), |at| l.time(at)),
            state,
            badge,
            may_revoke: row.revoked_at.is_none(),
            name: row.name,
        }
    }
}

/// What was typed into a form that was not right.
#[derive(Default)]
struct Draft {
    name: String,
    may_decide: bool,
    ends_on: String,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "account_clients.html")]
struct ClientsPage {
    frame: Frame,
    /// The account's name, for what keeps passwords.
    name: String,
    /// The token of a new client, while it can be seen.
    token: Option<String>,
    clients: Vec<ClientView>,
    /// Where a client is revoked.
    revoke: &'static str,
    draft: Draft,
    /// What a client that may do more can do; nothing for who only reads.
    more: Option<String>,
    /// The last day that can be chosen.
    last_day: String,
}

/// What has just been done, as an address tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, asked: Query<Asked>) -> Result<Response, WebError> {
    let done =
        asked.done.as_deref().filter(|done| *done == "revoked").map(|_| visit.t("clients-done-revoked"));
    render(&visit, StatusCode::OK, done, Draft::default()).await
}

async fn render(
    visit: &Visit,
    status: StatusCode,
    done: Option<String>,
    draft: Draft,
) -> Result<Response, WebError> {
    let (context, account, l) = (visit.context(), visit.actor()?, visit.language);
    let rows = client::list(&context, account.id).await?;
    let shown = factor::shown(&context, account.id, account.id, Once::Token).await?;
    let last_day = store::account::get(&mut context.db.read().await?, account.id).await?.ends_on;
    let today = context.clock.today();
    let more = match account.role {
        Role::Reviewer => Some(visit.t("clients-more-reviewer")),
        Role::Administrator => Some(visit.t("clients-more-administrator")),
        Role::Auditor => None,
    };
    let page = ClientsPage {
        frame: visit.frame(visit.t("clients-title")).with_done(done),
        name: account.name.clone(),
        token: shown.map(|token| token.expose_secret().to_owned()),
        clients: rows.into_iter().map(|row| ClientView::of(l, row, today)).collect(),
        revoke: REVOKE,
        draft,
        more,
        last_day: last_day.to_string(),
    };
    page_with(status, &page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    may_decide: Option<String>,
    #[serde(default)]
    ends_on: String,
    password: SecretString,
}

async fn add(visit: Visit, form: Form<Wanted>) -> Result<Response, WebError> {
    let Form(Wanted { name, may_decide, ends_on, password }) = form;
    let context = visit.context();
    let new = NewClient {
        name: name.trim().to_owned(),
        may_decide: may_decide.is_some() && visit.actor()?.role != Role::Auditor,
        ends_on: ends_on.trim().parse().unwrap_or(NaiveDate::MIN),
    };
    let problem = match client::add(super::holder(&visit, &context)?, new, password).await {
        Ok(_) => return Ok(Redirect::to(PATH).into_response()),
        Err(StaffError::NotProved) => ("password", visit.t("clients-problem-password")),
        Err(StaffError::Client(problem)) => told(visit.language, problem),
        Err(error) => return Err(error.into()),
    };
    let draft = Draft { name, may_decide: may_decide.is_some(), ends_on, problem: Some(problem) };
    render(&visit, StatusCode::UNPROCESSABLE_ENTITY, None, draft).await
}

/// What is wrong, and with which field.
fn told(l: Language, problem: Problem) -> (&'static str, String) {
    match problem {
        Problem::Name => ("name", l.t1("clients-problem-name", "most", client::LONGEST_NAME)),
        Problem::NameTaken => ("name", l.t("clients-problem-taken")),
        Problem::EndDate => ("ends_on", l.t("clients-problem-ends")),
        Problem::TooMany => ("name", l.t1("clients-problem-many", "most", client::MOST)),
    }
}

async fn keep(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    client::hide(super::holder(&visit, &context)?).await?;
    Ok(Redirect::to(PATH).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    client: Uuid,
}

async fn revoke(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    let account = visit.actor()?;
    client::revoke(&visit.context(), account, account.id, form.client).await?;
    Ok(Redirect::to("/account/clients?done=revoked").into_response())
}
