//! Filters with names: three for everybody, and each account's own.

use crate::web::input::Form;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::errors::WebError;
use super::super::visit::Visit;
use super::{Problems, render};
use crate::finding::FindingState;
use crate::review::listing::{Assignee, DueWindow, ListFilter, QueueOrder};
use crate::review::views::{self, NAME_MOST, VIEWS_MOST, ViewError};

/// A view.
pub(super) struct View {
    pub href: String,
    pub name: String,
    /// Its identifier, where it is the account's own.
    pub id: Option<Uuid>,
    pub is_current: bool,
}

/// The views and the form of a new one.
pub(super) struct Views {
    pub all: Vec<View>,
    pub problem: Option<Problem>,
}

/// What was wrong with a new view.
pub(super) struct Problem {
    pub text: String,
    pub name: String,
}

impl Views {
    pub(super) async fn of(
        visit: &Visit,
        filter: &ListFilter,
        problem: Option<Problem>,
    ) -> Result<Self, WebError> {
        let query = filter.to_query();
        let view = |name: String, filter: String, id| View {
            is_current: filter == query,
            href: format!("/queue?{filter}"),
            name,
            id,
        };
        let ready = ready().into_iter().map(|(text, filter)| view(visit.t(text), filter.to_query(), None));
        let own = views::list(&visit.context(), visit.actor()?).await?;
        let own = own.into_iter().map(|own| view(own.name, own.filter, Some(own.id)));
        Ok(Self { all: ready.chain(own).collect(), problem })
    }
}

/// The views that everybody has.
fn ready() -> [(&'static str, ListFilter); 3] {
    let all = ListFilter::default;
    [
        ("queue-view-mine", ListFilter { assignee: Some(Assignee::Mine), ..all() }),
        ("queue-view-overdue", ListFilter { due: Some(DueWindow::Overdue), order: QueueOrder::Due, ..all() }),
        ("queue-view-new", ListFilter { states: [FindingState::New].into(), newer_than: Some(1), ..all() }),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewView {
    name: String,
    /// The filter, as a query.
    list: String,
}

pub(super) async fn add(visit: Visit, form: Form<NewView>) -> Result<Response, WebError> {
    let filter = ListFilter { protected: false, ..ListFilter::from_query(&form.list) };
    let text = match views::add(&visit.context(), visit.actor()?, &form.name, &filter).await {
        Ok(_) => return Ok(done(&filter, "view-saved")),
        Err(ViewError::Name) => visit.language.t1("queue-view-problem-name", "most", NAME_MOST),
        Err(ViewError::Taken) => visit.t("queue-view-problem-taken"),
        Err(ViewError::TooMany) => visit.language.t1("queue-view-problem-too-many", "most", VIEWS_MOST),
        Err(ViewError::Store(error)) => return Err(error.into()),
    };
    let problem = Problem { text, name: form.name.clone() };
    render(&visit, &form.list, Problems { view: Some(problem), ..Problems::default() }).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    view: Uuid,
    list: String,
}

pub(super) async fn remove(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    if !views::remove(&visit.context(), visit.actor()?, form.view).await? {
        return Err(WebError::NotFound);
    }
    let filter = ListFilter { protected: false, ..ListFilter::from_query(&form.list) };
    Ok(done(&filter, "view-removed"))
}

fn done(filter: &ListFilter, code: &str) -> Response {
    let query = filter.to_query();
    let and = if query.is_empty() { "" } else { "&" };
    Redirect::to(&format!("/queue?{query}{and}done={code}")).into_response()
}
