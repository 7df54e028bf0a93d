//! Cases that need clearance: their own queue, masked, and opening one with a reason, told to somebody else.
//!
//! For reviewers with the right to protected cases; for every other reviewer these pages are not there.

mod notices;
mod reveal;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;

use super::errors::WebError;
use super::queue::table::{Pager, Row, Value};
use super::queue::turn;
use super::visit::{Visit, page};
use super::{Frame, Routes, Who};
use crate::review::listing::{self, ListFilter};
use crate::staff::Role;

pub(super) fn routes(routes: Routes) -> Routes {
    let told = Who::Roles(&[Role::Reviewer, Role::Administrator]);
    routes
        .get("/protected", Who::REVIEWERS, show)
        .get("/queue/{id}/reveal", Who::REVIEWERS, reveal::ask)
        .post("/queue/{id}/reveal", Who::REVIEWERS, reveal::open)
        .get("/notices", told, notices::show)
        .post("/notices/seen", told, notices::seen)
}

#[derive(Template)]
#[template(path = "protected/list.html")]
struct ListPage {
    frame: Frame,
    total: String,
    rows: Vec<Row>,
    pager: Pager,
}

async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let account = visit.actor()?;
    if !account.may_see_protected() {
        return Err(WebError::NotFound);
    }
    let filter = ListFilter { protected: true, ..ListFilter::default() };
    let turn = turn(&query.unwrap_or_default());
    let listed = listing::page(&visit.context(), account, &filter, turn).await?;
    let query = filter.to_query();
    page(&ListPage {
        frame: visit.frame(visit.t("protected-title")),
        total: visit.language.t1("queue-total", "count", listed.facets.total),
        rows: listed.items.iter().map(|item| Row::of(&visit, item, &query)).collect(),
        pager: Pager::of("/protected", &query, &listed),
    })
}
