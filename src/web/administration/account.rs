//! One account, and what an administrator may do with it.

use crate::web::input::{Form, Id, Query};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::ClientView;
use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use super::{MunicipalityChoice, RoleChoice, State};
use crate::staff::administer::{self, Problem, Rights};
use crate::staff::factor::{self, Once};
use crate::staff::{Role, StaffError, client};

pub(super) fn routes(routes: Routes) -> Routes {
    let who = Who::ADMINISTRATORS;
    routes
        .get("/administration/accounts/{id}", who, show)
        .post("/administration/accounts/{id}/end-date", who, set_end)
        .post("/administration/accounts/{id}/rights", who, set_rights)
        .post("/administration/accounts/{id}/close", who, close)
        .post("/administration/accounts/{id}/password", who, new_password)
        .post("/administration/accounts/{id}/password/handed-over", who, hide_password)
        .post("/administration/accounts/{id}/second-factor", who, reset_factor)
        .post("/administration/accounts/{id}/sessions", who, end_sessions)
        .post("/administration/accounts/{id}/clients", who, revoke_client)
}

#[derive(Template)]
#[template(path = "administration_account.html")]
struct AccountPage {
    frame: Frame,
    path: String,
    name: String,
    role: String,
    may_protected: bool,
    municipality_names: String,
    /// The last day, to be read and to be sent.
    ends_on: String,
    ends_on_value: String,
    state: String,
    badge: &'static str,
    sign: &'static str,
    seen: Option<String>,
    sessions: i64,
    clients: Vec<ClientView>,
    /// Where a client is revoked.
    revoke: String,
    has_factor: bool,
    asks_second_factor: bool,
    /// A first password, while it can be seen.
    password: Option<String>,
    /// Why nothing of it can be changed here; none where it can.
    fixed: Option<String>,
    roles: Vec<RoleChoice>,
    municipalities: Vec<MunicipalityChoice>,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, String)>,
}

/// What has just been done, as an address tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Id(id): Id, asked: Query<Asked>) -> Result<Response, WebError> {
    render(&visit, StatusCode::OK, id, done(&visit, asked.done.as_deref()), None).await
}

fn done(visit: &Visit, what: Option<&str>) -> Option<String> {
    let id = match what? {
        "added" => "administration-done-added",
        "end" => "administration-done-end",
        "rights" => "administration-done-rights",
        "closed" => "administration-done-closed",
        "password" => "administration-done-password",
        "handed" => "administration-done-handed",
        "factor" => "administration-done-factor",
        "sessions" => "administration-done-sessions",
        "client" => "clients-done-revoked",
        _ => return None,
    };
    Some(visit.t(id))
}

async fn render(
    visit: &Visit,
    status: StatusCode,
    id: Uuid,
    done: Option<String>,
    problem: Option<Problem>,
) -> Result<Response, WebError> {
    let context = visit.context();
    let l = visit.language;
    let admin = visit.actor()?;
    let listed = administer::find(&context, admin, id).await?;
    let password = factor::shown(&context, id, admin.id, Once::Password).await?;
    let clients = client::list(&context, id).await?;
    let today = context.clock.today();
    let account_state = State::of(&context, &listed);
    let (state, badge, sign) = account_state.shown(l);
    let fixed = if id == admin.id {
        Some(visit.t("administration-own"))
    } else {
        (account_state == State::Closed).then(|| visit.t("administration-closed-help"))
    };
    let page = AccountPage {
        frame: visit.frame(visit.t("administration-account-title")).with_done(done),
        path: super::path_of(id),
        revoke: format!("{}/clients", super::path_of(id)),
        role: visit.t(&format!("role-{}", listed.row.role)),
        may_protected: listed.row.may_protected,
        municipality_names: super::names_of(&context, l, &listed.municipalities),
        ends_on: l.date(listed.row.ends_on),
        ends_on_value: listed.row.ends_on.to_string(),
        state,
        badge,
        sign,
        seen: listed.seen_at.map(|at| l.time(at)),
        sessions: listed.sessions,
        clients: clients.into_iter().map(|row| ClientView::of(l, row, today)).collect(),
        has_factor: listed.has_factor,
        asks_second_factor: visit.web.asks_second_factor(),
        password: password.map(|password| password.expose_secret().to_owned()),
        fixed,
        roles: super::roles(l, Role::from_word(&listed.row.role)),
        municipalities: super::municipalities(&context, l, &listed.municipalities),
        problem: problem.map(|problem| super::told(l, problem)),
        name: listed.row.name,
    };
    page_with(status, &page)
}

/// Leads back to the account's page, which says what was done or what is wrong.
async fn answer(
    visit: &Visit,
    id: Uuid,
    done: &'static str,
    result: Result<(), StaffError>,
) -> Result<Response, WebError> {
    match result {
        Ok(()) => Ok(Redirect::to(&format!("{}?done={done}", super::path_of(id))).into_response()),
        Err(StaffError::Account(problem)) => {
            render(visit, StatusCode::UNPROCESSABLE_ENTITY, id, None, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndDate {
    ends_on: String,
}

async fn set_end(visit: Visit, Id(id): Id, form: Form<EndDate>) -> Result<Response, WebError> {
    let ends_on = form.ends_on.trim().parse().unwrap_or(NaiveDate::MIN);
    let result = administer::set_end(&visit.context(), visit.actor()?, id, ends_on).await;
    answer(&visit, id, "end", result).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    role: String,
    #[serde(default)]
    municipality: Vec<String>,
    may_protected: Option<String>,
}

async fn set_rights(visit: Visit, Id(id): Id, form: Form<Given>) -> Result<Response, WebError> {
    let Form(Given { role, municipality, may_protected }) = form;
    let rights = Rights {
        role: Role::from_word(&role).ok_or(WebError::BadForm)?,
        municipalities: municipality,
        may_protected: may_protected.is_some(),
    };
    let result = administer::set_rights(&visit.context(), visit.actor()?, id, rights).await;
    answer(&visit, id, "rights", result).await
}

async fn close(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let result = administer::close(&visit.context(), visit.actor()?, id).await;
    answer(&visit, id, "closed", result).await
}

async fn new_password(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let result = administer::new_password(&visit.context(), visit.actor()?, id).await;
    answer(&visit, id, "password", result).await
}

async fn hide_password(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let result = administer::hide_password(&visit.context(), visit.actor()?, id).await;
    answer(&visit, id, "handed", result).await
}

async fn reset_factor(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let result = administer::reset_factor(&visit.context(), visit.actor()?, id).await;
    answer(&visit, id, "factor", result).await
}

async fn end_sessions(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let result = administer::end_sessions(&visit.context(), visit.actor()?, id).await;
    answer(&visit, id, "sessions", result).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    client: Uuid,
}

async fn revoke_client(visit: Visit, Id(id): Id, form: Form<Chosen>) -> Result<Response, WebError> {
    let result = client::revoke(&visit.context(), visit.actor()?, id, form.client).await;
    answer(&visit, id, "client", result).await
}
