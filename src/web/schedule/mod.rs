//! Schedules: what is planned, when it is due and why; made, changed, paused and started by administrators, read by
//! auditors.
//!
//! The pages call what the `schedule` commands call. A schedule is found by its identifier, since names are free again
//! once a schedule has been removed. Before anything is saved or started a page shows whom it would ask about, what it
//! costs and brings; a change that needs a second administrator says so before and after.

mod count;
mod decide;
mod facts;
mod fields;
mod first_load;
mod form;
mod list;
mod numbers;
mod offer;
mod pause;
mod plan;
mod queries;
mod show;
mod start;
mod words;

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

pub(super) use facts::{Badge, Stopped, maker};
pub(super) use words::{Words, not_allowed, when};

use super::errors::WebError;
use super::visit::Visit;
use super::{Frame, Language, Routes, Who};
use crate::planning::{self, Administrator, Planned, PlanningError};
use crate::staff::{ProvedAccount, Role};
use crate::store::StoreError;

/// Those who read what is planned and what became of it.
pub(super) const READERS: Who = Who::Roles(&[Role::Administrator, Role::Auditor]);

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = list::routes(routes);
    let routes = plan::routes(routes);
    let routes = count::routes(routes);
    let routes = queries::routes(routes);
    let routes = first_load::routes(routes);
    let routes = show::routes(routes);
    let routes = decide::routes(routes);
    let routes = pause::routes(routes);
    start::routes(routes)
}

/// The administrator of a session.
pub(super) struct Acting {
    account: ProvedAccount,
    session: String,
}

impl Acting {
    fn of(visit: &Visit) -> Result<Self, WebError> {
        Ok(Self { account: visit.actor()?.clone(), session: visit.session()?.row.id.to_string() })
    }

    fn by(&self) -> Administrator<'_> {
        Administrator { account: &self.account, session: Some(&self.session) }
    }
}

/// What has just been done, by a word in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Done {
    done: Option<String>,
}

impl Done {
    /// The text of the word; none for a word that is none of ours.
    pub(super) fn text(&self, l: Language, area: &str) -> Option<String> {
        let word = self.done.as_deref()?;
        let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_word { l.known(&format!("{area}-done-{word}")) } else { None }
    }
}

/// A form that says nothing but its word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// A field of a form that is not right, and what to write.
#[derive(Debug, Clone)]
pub(super) struct FieldProblem {
    /// The identifier of the field.
    pub(super) field: &'static str,
    /// What is wrong.
    pub(super) text: String,
    /// More about it, in English.
    pub(super) english: Option<String>,
}

impl FieldProblem {
    pub(super) fn new(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into(), english: None }
    }
}

/// What is wrong with a field, if something is.
pub(super) fn problem_of<'a>(problems: &'a [FieldProblem], field: &str) -> Option<&'a FieldProblem> {
    problems.iter().find(|problem| problem.field == field)
}

/// The schedule of an identifier.
async fn planned(visit: &Visit, id: Uuid) -> Result<Planned, WebError> {
    planning::show_by_id(&visit.context(), id).await.map_err(|error| failed(visit, error))
}

/// Back to a schedule, with what has been done.
fn back_to(id: Uuid, done: &str) -> Response {
    Redirect::to(&format!("/schedules/{id}?done={done}")).into_response()
}

/// The page of an act that was not done.
fn failed(visit: &Visit, error: PlanningError) -> WebError {
    let l = visit.language;
    match error {
        PlanningError::Unknown(_) => WebError::NotFound,
        PlanningError::NotAllowed(why) => WebError::Refused(not_allowed(visit, &why)),
        PlanningError::NameTaken(_) => WebError::Conflict(l.t("schedule-error-name_taken")),
        PlanningError::Input(why) => WebError::Conflict(words::unusable(l, &why)),
        PlanningError::Definition(wrong) => {
            let words = Words::of(visit);
            let all: Vec<String> = wrong.iter().map(|wrong| words.wrong(wrong)).collect();
            WebError::Conflict(all.join(" "))
        }
        PlanningError::OfConfiguration(_) => WebError::Conflict(l.t("schedule-error-of_configuration")),
        PlanningError::Moved { newest, .. } => {
            WebError::Conflict(l.t1("schedule-error-moved", "newest", newest))
        }
        PlanningError::NothingWaits(_) => WebError::Conflict(l.t("schedule-error-nothing_waits")),
        PlanningError::NotPaused(_) => WebError::Conflict(l.t("schedule-error-not_paused")),
        PlanningError::Store(error) => of_store(visit, error),
    }
}

/// What the database says, where somebody else was faster.
pub(super) fn of_store(visit: &Visit, error: StoreError) -> WebError {
    match error {
        StoreError::Conflict(_) => WebError::Conflict(visit.t("schedule-error-changed")),
        error => error.into(),
    }
}

/// What is around a page that names what has been done.
fn frame_done(visit: &Visit, title: String, done: &Done) -> Frame {
    visit.frame(title).with_done(done.text(visit.language, "schedule"))
}
