//! What an account may know of itself and change: its role, its municipalities, its sessions; its password and its
//! second factor.

mod clients;
mod codes;
mod factor;
mod keys;
mod language;
mod password;

use crate::web::input::{Form, Query};
use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use self::language::Choice;
pub(super) use clients::ClientView;

use super::errors::WebError;
use super::visit::{Visit, page};
use super::{Frame, Routes, Who};
use crate::staff::own::Holder;
use crate::staff::{self, session};
use crate::store;
use crate::store::session::SessionRow;
use crate::task::Context;

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes.get("/", Who::SignedIn, home).get("/account", Who::SignedIn, show).post(
        "/account/sessions/end",
        Who::SignedIn,
        end_session,
    );
    let routes = clients::routes(keys::routes(language::routes(routes)));
    factor::routes(codes::routes(password::routes(routes)))
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
    ends_on: String,
    languages: Vec<Choice>,
    /// One-time codes left; none where no second factor is asked for.
    codes_left: Option<i64>,
    sessions: Vec<Shown>,
}

/// What has just been done, as an address tells it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    done: Option<String>,
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

async fn show(visit: Visit, asked: Query<Asked>) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let this = visit.session()?.row.id;
    let mut read = context.db.read().await?;
    let rows = store::session::open_of(&mut read, account.id, context.clock.now()).await?;
    let ends_on = store::account::get(&mut read, account.id).await?.ends_on;
    let language = store::account::language(&mut read, account.id).await?;
    drop(read);
    let codes_left = if visit.web.asks_second_factor() {
        Some(staff::factor::codes_left(&context, account.id).await?)
    } else {
        None
    };
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
        frame: visit.frame(visit.t("account-title")).with_done(done(&visit, asked.done.as_deref())),
        name: account.name.clone(),
        role: visit.t(&format!("role-{}", account.role)),
        may_protected: account.may_protected,
        municipalities: municipalities.collect(),
        ends_on: l.date(ends_on),
        languages: language::choices(&visit, language.as_deref()),
        codes_left,
        sessions: rows.into_iter().map(shown).collect(),
    })
}

fn done(visit: &Visit, what: Option<&str>) -> Option<String> {
    let id = match what? {
        "password" => "account-password-done",
        "language" => "account-language-done",
        "app" => "account-app-done",
        _ => return None,
    };
    Some(visit.t(id))
}

/// Who changes something of their own.
fn holder<'a>(visit: &'a Visit, context: &'a Context) -> Result<Holder<'a>, WebError> {
    Ok(Holder { context, session: visit.session()?, visitor: &visit.visitor, device: visit.device.as_ref() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    session: Uuid,
}

async fn end_session(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    if !session::end(&visit.context(), visit.actor()?, form.session).await? {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to("/account").into_response())
}
