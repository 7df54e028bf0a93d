//! Every account.

use askama::Template;
use axum::response::Response;

use super::super::errors::WebError;
use super::super::visit::{Visit, page};
use super::super::{Frame, Routes, Who};
use super::State;
use crate::staff::administer::{self, Listed};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/administration", Who::ADMINISTRATORS, show)
}

#[derive(Template)]
#[template(path = "administration_accounts.html")]
struct AccountsPage {
    frame: Frame,
    accounts: Vec<Row>,
}

struct Row {
    path: String,
    name: String,
    role: String,
    may_protected: bool,
    municipalities: String,
    ends_on: String,
    state: String,
    badge: &'static str,
    sign: &'static str,
    seen: Option<String>,
    sessions: i64,
    has_factor: bool,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let l = visit.language;
    let row = |listed: Listed| {
        let (state, badge, sign) = State::of(&context, &listed).shown(l);
        Row {
            path: super::path_of(listed.row.id),
            role: visit.t(&format!("role-{}", listed.row.role)),
            may_protected: listed.row.may_protected,
            municipalities: super::names_of(&context, l, &listed.municipalities),
            ends_on: l.date(listed.row.ends_on),
            seen: listed.seen_at.map(|at| l.time(at)),
            sessions: listed.sessions,
            has_factor: listed.has_factor,
            name: listed.row.name,
            state,
            badge,
            sign,
        }
    };
    let accounts = administer::list(&context, visit.actor()?).await?;
    let accounts = accounts.into_iter().map(row).collect();
    page(&AccountsPage { frame: visit.frame(visit.t("administration-title")), accounts })
}
