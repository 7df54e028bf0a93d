//! While a form is filled in: how many people it selects, and what an expression means. Both are parts of a page where
//! a script asks for them, and whole pages otherwise.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::fields::ScheduleForm;
use super::plan::{Explained, FormPage, demand};
use super::words::{Words, cron_problem};
use super::{FieldProblem, READERS, failed, form};
use crate::planning;
use crate::schedule::CronExpression;
use crate::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use crate::web::errors::WebError;
use crate::web::input::{Form, Query};
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Language, Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/schedules/count", Who::ADMINISTRATORS, count).get("/schedules/explain", READERS, explain)
}

/// When a definition would run of which only the selection is known; the count does not depend on it.
const ANY_TIME: &str = "@daily";

#[derive(Template)]
#[template(path = "schedule/count.html")]
struct CountPart {
    said: String,
}

async fn count(visit: Visit, headers: HeaderMap, form: Form<ScheduleForm>) -> Result<Response, WebError> {
    let form = form.0;
    match counted(&visit, &form).await? {
        Ok(said) if is_part(&headers) => page(&CountPart { said }),
        Err(problems) if is_part(&headers) => {
            let said: Vec<String> = problems.into_iter().map(|problem| problem.text).collect();
            page(&CountPart { said: said.join(" ") })
        }
        Ok(said) => {
            let mut whole = FormPage::new(&visit, form, Vec::new()).await?;
            whole.count = Some(said);
            page(&whole)
        }
        Err(problems) => page(&FormPage::new(&visit, form, problems).await?),
    }
}

/// How many people a form selects, with the selection as a sentence.
async fn counted(visit: &Visit, form: &ScheduleForm) -> Result<Result<String, Vec<FieldProblem>>, WebError> {
    let selection = match form::selection(&Words::of(visit), form) {
        Ok(selection) => selection,
        Err(problems) => return Ok(Err(problems)),
    };
    let l = visit.language;
    let reading = selection.segment.reading(l);
    let refresh = AddressRefresh {
        municipalities: selection.municipalities,
        purpose: form.purpose.clone(),
        segment: selection.segment,
        budget: 1,
        over_budget: OverBudget::default(),
    };
    let cron = CronExpression::parse(ANY_TIME).map_err(|error| WebError::Internal(error.into()))?;
    let definition = Definition::new(Work::AddressRefresh(refresh), cron);
    demand(visit, &definition).await?;
    let people =
        planning::count(&visit.context(), &definition).await.map_err(|error| failed(visit, error))?;
    Ok(Ok(l.t2("schedule-counted", "count", people.unwrap_or_default(), "reading", reading)))
}

/// An expression to explain.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    expression: String,
}

/// What is said of an expression.
struct Answer {
    explained: Option<Explained>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "schedule/explained.html")]
struct ExplainPart {
    l: Language,
    answer: Answer,
}

#[derive(Template)]
#[template(path = "schedule/explain.html")]
struct ExplainPage {
    frame: Frame,
    l: Language,
    expression: String,
    answer: Answer,
}

async fn explain(visit: Visit, headers: HeaderMap, asked: Query<Asked>) -> Result<Response, WebError> {
    let l = visit.language;
    let expression = asked.0.expression;
    let answer = match CronExpression::parse(&expression) {
        _ if expression.trim().is_empty() => Answer { explained: None, problem: None },
        Ok(cron) => Answer { explained: Some(Explained::of(&visit, &cron)), problem: None },
        Err(error) => Answer { explained: None, problem: Some(cron_problem(l, &error)) },
    };
    if is_part(&headers) {
        return page(&ExplainPart { l, answer });
    }
    page(&ExplainPage { frame: visit.frame(visit.t("schedule-explain-title")), l, expression, answer })
}

/// Whether a script asks for a part of a page.
fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}
