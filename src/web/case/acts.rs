//! Approving, rejecting, taking back, restoring.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::came::Came;
use super::next::next_case;
use super::page::{self, Draft, Problem};
use super::{problem, undo_window};
use crate::finding::RejectReason;
use crate::review::single::{self, Seen};
use crate::review::{self, Rejection, ReviewError};
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::Visit;

/// A note is never longer, in characters.
pub(super) const LONGEST_NOTE: usize = 1000;

/// Goes on to the next case after one was decided.
pub(super) async fn on(visit: &Visit, came: &Came, done: &str, id: Uuid) -> Result<Response, WebError> {
    let next = next_case(visit, came, id).await?;
    Ok(Redirect::to(&came.after(next, done, id)).into_response())
}

/// Stays with a case.
pub(super) fn stay(came: &Came, done: &str, id: Uuid) -> Response {
    Redirect::to(&came.after(Some(id), done, id)).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    version: i64,
    list: String,
}

pub(super) async fn approve(visit: Visit, id: Id, form: Form<Approval>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let seen = Seen { id: id.0, version: form.version };
    let window = undo_window(&visit);
    match single::approve(&visit.context(), visit.actor()?, seen, Vec::new(), window).await {
        Ok(_) => on(&visit, &came, "approved", id.0).await,
        Err(error) => problem::conflict(&visit, id.0, &came, error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    version: i64,
    list: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn reject(visit: Visit, id: Id, form: Form<Refusal>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let reason = RejectReason::from_word(&form.reason);
    let note = Some(form.note.trim().to_owned()).filter(|note| !note.is_empty());
    let l = visit.language;
    let mut problems = Vec::new();
    if reason.is_none() {
        problems.push(Problem::at("reason-patron_newer", l.t("case-reject-reason-missing")));
    }
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        problems.push(Problem::at("note", l.t1("case-reject-note-long", "most", LONGEST_NOTE)));
    }
    if reason == Some(RejectReason::Other) && note.is_none() {
        problems.push(Problem::at("note", l.t("case-reject-note-missing")));
    }
    let draft = Draft { reason: form.reason, note: form.note, ..Draft::default() };
    let (Some(reason), true) = (reason, problems.is_empty()) else {
        return page::again(&visit, id.0, &came, Draft { problems, ..draft }).await;
    };
    let seen = Seen { id: id.0, version: form.version };
    match single::reject(&visit.context(), visit.actor()?, seen, Rejection { reason, note }).await {
        Ok(_) => on(&visit, &came, "rejected", id.0).await,
        Err(error) => problem::conflict(&visit, id.0, &came, error),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {
    list: String,
}

pub(super) async fn undo(visit: Visit, id: Id, form: Form<Plain>) -> Result<Response, WebError> {
    let came = Came::of_form(&form.list);
    let (context, account) = (visit.context(), visit.actor()?);
    match single::take_back(&context, account, id.0, undo_window(&visit)).await {
        Ok(_) => Ok(stay(&came, "undone", id.0)),
        Err(error) => problem::conflict(&visit, id.0, &came, error),
    }
}

pub(super) async fn revert(visit: Visit, id: Id, form: Form<Plain>) -> Result<Response, WebError> {
    let came = Came::of_form(&form.list);
    match review::revert(&visit.context(), visit.actor()?, id.0, undo_window(&visit)).await {
        Ok(decided) => Ok(stay(&came, "reverted", decided.id)),
        Err(error) => problem::conflict(&visit, id.0, &came, error),
    }
}

pub(super) async fn visited(visit: Visit, id: Id, form: Form<Plain>) -> Result<Response, WebError> {
    let came = Came::of_form(&form.list);
    match review::visited(&visit.context(), visit.actor()?, id.0).await {
        Ok(_) => Ok(stay(&came, "visited", id.0)),
        Err(error @ ReviewError::OwnCard) => problem::conflict(&visit, id.0, &came, error),
        Err(error) => Err(error.into()),
    }
}
