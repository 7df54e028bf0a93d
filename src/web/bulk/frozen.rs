//! The list as it was frozen, shown in full, and its approval in one act.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::{Difference, differences, refused};
use crate::municipality::Language;
use crate::review::bulk::{self, BulkState, Line};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::Id;
use crate::web::visit::{Visit, page};

#[derive(Template)]
#[template(path = "bulk_list.html")]
struct ListPage {
    frame: Frame,
    id: Uuid,
    class: String,
    help: String,
    lines: Vec<LineShown>,
    approve: String,
    excluded: Vec<Excluded>,
    gone: Option<String>,
}

struct LineShown {
    card_number: String,
    differences: Vec<Difference>,
    was_sampled: bool,
}

/// A correction that is left out, and why.
pub(super) struct Excluded {
    pub(super) card_number: String,
    pub(super) reason: String,
}

/// The corrections of a list that are left out.
pub(super) fn excluded(l: Language, lines: &[Line]) -> Vec<Excluded> {
    let excluded = |line: &Line| {
        let reason = line.left_out?;
        let reason = l.t(&format!("bulk-reason-{}", reason.as_str()));
        Some(Excluded { card_number: line.card_number.clone(), reason })
    };
    lines.iter().filter_map(excluded).collect()
}

/// The list of a batch whose samples all fit.
pub(super) async fn show(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let batch = bulk::get(&context, account, id).await.map_err(|error| refused(&visit, error))?;
    if batch.state != BulkState::Ready {
        return Ok(Redirect::to(&format!("/bulk/{id}")).into_response());
    }
    let (lines, gone) = bulk::list(&context, account, id).await.map_err(|error| refused(&visit, error))?;
    let l = visit.language;
    let shown: Vec<LineShown> = lines
        .iter()
        .filter(|line| line.left_out.is_none())
        .map(|line| LineShown {
            card_number: line.card_number.clone(),
            differences: differences(l, &line.fields),
            was_sampled: line.was_sampled,
        })
        .collect();
    let word = batch.class.as_str();
    page(&ListPage {
        frame: visit.frame(visit.t("bulk-list-title")),
        id,
        class: l.t(&format!("bulk-class-{word}")),
        help: l.t(&format!("bulk-help-{word}")),
        approve: l.t1("bulk-approve", "number", shown.len()),
        lines: shown,
        excluded: excluded(l, &lines),
        gone: (gone > 0).then(|| l.t1("bulk-gone", "number", gone)),
    })
}

/// Approves it.
pub(super) async fn approve(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let context = visit.context();
    let approved = bulk::approve(&context, visit.actor()?, id).await;
    let batch = approved.map_err(|error| refused(&visit, error))?;
    let done = if batch.state == BulkState::Approved { "?done=approved" } else { "" };
    Ok(Redirect::to(&format!("/bulk/{id}{done}")).into_response())
}
