//! What an account may know of itself: its role, its municipalities, its sessions.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;

use super::errors::WebError;
use super::visit::{Visit, page};
use super::{Frame, Routes, Who};
use crate::staff::session;
use crate::store;
use crate::store::session::SessionRow;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/", Who::SignedIn, home).get("/account", Who::SignedIn, show).post(
        "/account/sessions/end",
        Who::SignedIn,
        end_session,
    )
}

/// The first page of a role.
async fn home(visit: Visit) -> Redirect {
    let first = visit.frame("").menu.first().map(|entry| entry.href);
    Redirect::to(first.unwrap_or("/account"))
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    role: String,
    may_protected: bool,
    municipalities: Vec<String>,
    sessions: Vec<Shown>,
}

/// A session, as its holder sees it.
struct Shown {
    id: Uuid,
    begun: String,
    used: String,
    address: String,
    agent: String,
    is_this: bool,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let this = visit.session()?.row.id;
    let mut read = context.db.read().await?;
    let rows = store::session::open_of(&mut read, account.id, context.clock.now()).await?;
    drop(read);
    let l = visit.language;
    let municipalities = account.municipalities.iter().map(|code| {
        let known = context.settings.municipalities.get(code);
        known.map_or_else(|| code.clone(), |known| known.name.text(l).to_owned())
    });
    let shown = |row: SessionRow| Shown {
        id: row.id,
        begun: l.time(row.created_at),
        used: l.time(row.seen_at),
        is_this: row.id == this,
        address: row.address,
        agent: row.agent,
    };
    page(&AccountPage {
        frame: visit.frame(visit.t("account-title")),
        name: account.name.clone(),
        role: visit.t(&format!("role-{}", account.role)),
        may_protected: account.may_protected,
        municipalities: municipalities.collect(),
        sessions: rows.into_iter().map(shown).collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    session: Uuid,
}

async fn end_session(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    session::end(&visit.context(), visit.actor()?, form.session).await?;
    Ok(Redirect::to("/account").into_response())
}
