//! Making and changing a schedule: the form, the preview before it is saved, and saving.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::fields::{OWN, ScheduleForm, TEXT};
use super::numbers::{self, Numbers};
use super::offer::Offer;
use super::words::{Change, Run, Words, next_runs};
use super::{Acting, FieldProblem, Stopped, back_to, failed, form, planned, problem_of};
use crate::planning::{self, CONFIGURATION, Planned, PlanningError};
use crate::schedule::CronExpression;
use crate::schedule::check;
use crate::schedule::definition::Definition;
use crate::schedule::difference;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::{Visit, page, page_with};
use crate::web::{Frame, Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/schedules/new", Who::ADMINISTRATORS, new)
        .get("/schedules/{id}/edit", Who::ADMINISTRATORS, edit)
        .post("/schedules/preview", Who::ADMINISTRATORS, preview)
        .post("/schedules/change", Who::ADMINISTRATORS, change)
        .post("/schedules", Who::ADMINISTRATORS, save)
}

/// The form with everything it offers.
#[derive(Template)]
#[template(path = "schedule/form.html")]
pub(super) struct FormPage {
    frame: Frame,
    stopped: Option<Stopped>,
    form: ScheduleForm,
    problems: Vec<FieldProblem>,
    offer: Offer,
    is_own: bool,
    explained: Option<Explained>,
    /// How many people it selects, where that was asked.
    pub(super) count: Option<String>,
}

/// What an expression means.
pub(super) struct Explained {
    pub(super) reading: String,
    pub(super) next: Vec<Run>,
}

impl Explained {
    pub(super) fn of(visit: &Visit, cron: &CronExpression) -> Self {
        let l = visit.language;
        let next = next_runs(l, cron, visit.context().clock.now(), &[]);
        Self { reading: cron.reading(l), next }
    }
}

impl FormPage {
    pub(super) async fn new(
        visit: &Visit,
        form: ScheduleForm,
        problems: Vec<FieldProblem>,
    ) -> Result<Self, WebError> {
        let title = if form.schedule.is_empty() { "schedule-new-title" } else { "schedule-edit-title" };
        let explained = CronExpression::parse(&form.expression).ok().filter(|_| form.when == OWN);
        Ok(Self {
            stopped: Stopped::now(visit).await?,
            frame: visit.frame(visit.t(title)),
            offer: Offer::of(&Words::of(visit), &form, visit.actor()?),
            is_own: form.when == OWN,
            explained: explained.map(|cron| Explained::of(visit, &cron)),
            count: None,
            form,
            problems,
        })
    }

    /// What is wrong with a field.
    fn problem(&self, field: &str) -> Option<&FieldProblem> {
        problem_of(&self.problems, field)
    }

    fn is_text(&self) -> bool {
        self.form.by == TEXT
    }
}

/// The form once more, with what is not right.
async fn not_right(
    visit: &Visit,
    form: ScheduleForm,
    problems: Vec<FieldProblem>,
) -> Result<Response, WebError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &FormPage::new(visit, form, problems).await?)
}

async fn new(visit: Visit) -> Result<Response, WebError> {
    let own = &visit.actor()?.municipalities;
    let configured = visit.context().settings.municipalities.clone();
    let own: Vec<String> = own.iter().filter(|code| configured.contains_key(*code)).cloned().collect();
    page(&FormPage::new(&visit, ScheduleForm::new(&own), Vec::new()).await?)
}

async fn edit(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let planned = planned(&visit, id).await?;
    if planned.origin == CONFIGURATION {
        return Err(failed(&visit, PlanningError::OfConfiguration(planned.name)));
    }
    let version = planned.waiting.as_ref().or(planned.in_force.as_ref());
    let version = version.ok_or_else(|| WebError::Conflict(visit.t("schedule-state-unreadable")))?;
    demand(&visit, &version.definition).await?;
    let form = ScheduleForm::of(&visit.context(), id, &planned.name, planned.newest_version, version);
    page(&FormPage::new(&visit, form, Vec::new()).await?)
}

/// Refuses whoever may not plan a definition.
pub(super) async fn demand(visit: &Visit, definition: &Definition) -> Result<(), WebError> {
    let acting = Acting::of(visit)?;
    let may = planning::demand(&visit.context(), &acting.by(), &[definition]).await;
    may.map_err(|error| failed(visit, error))
}

/// What a schedule would do, before it is saved.
#[derive(Template)]
#[template(path = "schedule/preview.html")]
struct PreviewPage {
    frame: Frame,
    stopped: Option<Stopped>,
    form: ScheduleForm,
    name: String,
    facts: Vec<(String, String)>,
    reading: String,
    next: Vec<Run>,
    numbers: Option<Numbers>,
    /// What differs from the version in force.
    changes: Option<Vec<Change>>,
    /// Why a second administrator is needed.
    weight: Option<String>,
}

async fn preview(visit: Visit, form: Form<ScheduleForm>) -> Result<Response, WebError> {
    let (form, words, context) = (form.0, Words::of(&visit), visit.context());
    let definition = match checked(&words, &form) {
        Ok(definition) => definition,
        Err(problems) => return not_right(&visit, form, problems).await,
    };
    demand(&visit, &definition).await?;
    let before = before(&visit, &form).await?;
    let name = before.as_ref().map_or_else(|| form.name.clone(), |before| before.name.clone());
    let numbers = match numbers::of(&visit, before.as_ref().map(|_| name.as_str()), &definition).await {
        Ok(numbers) => numbers,
        Err(error) => return of_fields(&visit, form, error).await,
    };
    let in_force = before.as_ref().and_then(|before| before.in_force.as_ref());
    let in_force = in_force.map(|version| &version.definition);
    let people = planning::count(&context, &definition).await.map_err(|error| failed(&visit, error))?;
    let limit = context.settings.two_person_people;
    let weight = planning::second_needed(in_force, &definition, people, limit);
    let l = visit.language;
    let facts =
        difference::fields(&definition).into_iter().filter(|(field, _)| !["cron", "enabled"].contains(field));
    page(&PreviewPage {
        stopped: Stopped::now(&visit).await?,
        frame: visit.frame(visit.t("schedule-preview-title")),
        name,
        facts: facts.map(|(field, said)| (words.field(field), words.value(field, &said))).collect(),
        reading: definition.cron.reading(l),
        next: next_runs(l, &definition.cron, context.clock.now(), &definition.holidays()),
        numbers,
        changes: in_force.map(|before| words.changes(&difference::between(Some(before), &definition))),
        weight: weight.map(|weight| words.weight(&weight)),
        form,
    })
}

/// The definition of a form whose name can be used, too.
fn checked(words: &Words, form: &ScheduleForm) -> Result<Definition, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    if form.id().is_none() && check::name(&form.name).is_err() {
        problems.push(FieldProblem::new("name", words.l.t("schedule-unusable-name")));
    }
    match form::definition(words, form) {
        Ok(definition) if problems.is_empty() => Ok(definition),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

/// The schedule that a form changes, if it is the one that was seen.
async fn before(visit: &Visit, form: &ScheduleForm) -> Result<Option<Planned>, WebError> {
    if form.schedule.is_empty() {
        return Ok(None);
    }
    let planned = planned(visit, form.id().ok_or(WebError::NotFound)?).await?;
    let seen: i64 = form.seen.parse().map_err(|_| WebError::BadForm)?;
    let newest = planned.newest_version;
    if seen != newest {
        return Err(failed(visit, PlanningError::Moved { name: planned.name, seen, newest }));
    }
    Ok(Some(planned))
}

/// The form once more where an error is about its fields; its own page otherwise.
async fn of_fields(visit: &Visit, form: ScheduleForm, error: PlanningError) -> Result<Response, WebError> {
    match form::of_planning(&Words::of(visit), error) {
        Ok(problems) => not_right(visit, form, problems).await,
        Err(error) => Err(failed(visit, error)),
    }
}

/// Back from the preview to the form, with everything as it was.
async fn change(visit: Visit, form: Form<ScheduleForm>) -> Result<Response, WebError> {
    page(&FormPage::new(&visit, form.0, Vec::new()).await?)
}

async fn save(visit: Visit, form: Form<ScheduleForm>) -> Result<Response, WebError> {
    let (form, words, context) = (form.0, Words::of(&visit), visit.context());
    let definition = match checked(&words, &form) {
        Ok(definition) => definition,
        Err(problems) => return not_right(&visit, form, problems).await,
    };
    let acting = Acting::of(&visit)?;
    let saved = match before(&visit, &form).await? {
        None => planning::add(&context, &acting.by(), &form.name, &definition).await,
        Some(planned) => {
            let (edit, seen) = (form::edit(&definition), Some(planned.newest_version));
            planning::edit(&context, &acting.by(), &planned.name, &edit, seen).await
        }
    };
    let outcome = match saved {
        Ok(outcome) => outcome,
        Err(error) => return of_fields(&visit, form, error).await,
    };
    let done = match &outcome.waits {
        Some(_) => "waits",
        None if outcome.changes.is_empty() => "unchanged",
        None => "saved",
    };
    if let Some(id) = form.id() {
        return Ok(back_to(id, done));
    }
    let planned = planning::show(&context, &form.name).await;
    Ok(planned.map_or_else(|_| Redirect::to("/schedules").into_response(), |one| back_to(one.id, done)))
}
