//! The slices of a first load: how many cases are opened a day, and which first.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Done, FieldProblem, Nothing, READERS, frame_done, problem_of};
use crate::finding::slice::{Priority, days_left};
use crate::slice::{self, SliceError, Slices};
use crate::web::errors::WebError;
use crate::web::input::{Form, Query};
use crate::web::texts::Argument as _;
use crate::web::visit::{Visit, page, page_with};
use crate::web::{Frame, Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/schedules/first-load", READERS, show)
        .post("/schedules/first-load", Who::ADMINISTRATORS, begin)
        .post("/schedules/first-load/end", Who::ADMINISTRATORS, end)
}

/// How many a day, and in which order.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SliceForm {
    per_day: String,
    /// What comes first, then what comes next; empty for nothing.
    first: Vec<String>,
}

/// A place in the order, with what may stand there.
struct Place {
    label: String,
    choices: Vec<(&'static str, String, bool)>,
}

#[derive(Template)]
#[template(path = "schedule/first_load.html")]
struct SlicePage {
    frame: Frame,
    may_act: bool,
    /// How the slices stand.
    state: Option<String>,
    order: String,
    form: SliceForm,
    places: Vec<Place>,
    problems: Vec<FieldProblem>,
}

impl SlicePage {
    async fn new(
        visit: &Visit,
        frame: Frame,
        form: Option<SliceForm>,
        problems: Vec<FieldProblem>,
    ) -> Result<Self, WebError> {
        let (context, l) = (visit.context(), visit.language);
        let slices = slice::state(&mut context.db.read().await?).await?;
        let form = form.unwrap_or_else(|| SliceForm::of(slices.as_ref()));
        let name = |priority: &Priority| l.t(&format!("schedule-priority-{}", priority.as_str()));
        let order =
            slices.iter().flat_map(|slices| &slices.priorities).map(name).collect::<Vec<_>>().join(", ");
        let places = (0..Priority::ALL.len()).map(|place| Place {
            label: l.t1("schedule-slices-place", "place", place + 1),
            choices: Priority::ALL
                .iter()
                .map(|one| {
                    let is_chosen = form.first.get(place).is_some_and(|word| word == one.as_str());
                    (one.as_str(), name(one), is_chosen)
                })
                .collect(),
        });
        Ok(Self {
            frame,
            may_act: visit.actor()?.may_administer(),
            state: slices.as_ref().map(|slices| said(visit, slices)),
            order,
            places: places.collect(),
            form,
            problems,
        })
    }

    fn problem(&self, field: &str) -> Option<&FieldProblem> {
        problem_of(&self.problems, field)
    }
}

impl SliceForm {
    fn of(slices: Option<&Slices>) -> Self {
        let words = |all: &[Priority]| all.iter().map(|one| one.as_str().to_owned()).collect();
        match slices {
            Some(slices) => Self { per_day: slices.per_day.to_string(), first: words(&slices.priorities) },
            None => Self { per_day: String::new(), first: words(&Priority::USUAL) },
        }
    }
}

/// How slices stand, in a sentence.
fn said(visit: &Visit, slices: &Slices) -> String {
    let l = visit.language;
    let values = [
        ("per_day", slices.per_day.value()),
        ("opened", slices.opened.value()),
        ("left", slices.left.value()),
        ("days", days_left(slices.left, slices.per_day).value()),
        ("who", slices.actor.value()),
        ("since", l.time(slices.begun_at).value()),
    ];
    l.with("schedule-slices-state", &values)
}

async fn show(visit: Visit, done: Query<Done>) -> Result<Response, WebError> {
    let frame = frame_done(&visit, visit.t("schedule-slices-title"), &done);
    page(&SlicePage::new(&visit, frame, None, Vec::new()).await?)
}

async fn begin(visit: Visit, form: Form<SliceForm>) -> Result<Response, WebError> {
    let form = form.0;
    let mut first: Vec<Priority> = Vec::new();
    for priority in form.first.iter().filter_map(|word| Priority::from_word(word)) {
        if !first.contains(&priority) {
            first.push(priority);
        }
    }
    let per_day = form.per_day.trim().parse::<u32>().ok().filter(|per_day| *per_day > 0);
    let Some(per_day) = per_day else {
        let problem = FieldProblem::new("per_day", visit.t("schedule-slices-number"));
        let frame = visit.frame(visit.t("schedule-slices-title"));
        let shown = SlicePage::new(&visit, frame, Some(form), vec![problem]).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    let begun = slice::begin(&visit.context(), visit.actor()?, per_day, &first).await;
    begun.map_err(|error| failed(&visit, error))?;
    Ok(Redirect::to("/schedules/first-load?done=slices").into_response())
}

async fn end(visit: Visit, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let ended = slice::end(&visit.context(), visit.actor()?).await;
    ended.map_err(|error| failed(&visit, error))?;
    Ok(Redirect::to("/schedules/first-load?done=slices_ended").into_response())
}

fn failed(visit: &Visit, error: SliceError) -> WebError {
    match error {
        SliceError::NotAdministrator => WebError::NotAllowed,
        SliceError::Nobody => WebError::BadForm,
        SliceError::NoSlices => WebError::Conflict(visit.t("schedule-slices-none")),
        SliceError::Store(error) => super::of_store(visit, error),
    }
}
