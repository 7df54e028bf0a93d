//! Which class: how many corrections each has, what is left out and why, and the batches made so far.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::{Told, done, municipality, refused};
use crate::finding::ChangeClass;
use crate::finding::bulk::MOST;
use crate::review::bulk::{self, Batch, BulkError, ClassCount};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::{Form, Query};
use crate::web::visit::{Visit, page_with};

/// What the page is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    municipality: Option<String>,
    done: Option<String>,
}

impl Asked {
    /// One municipality; nothing for all.
    fn municipality(&self) -> Option<&str> {
        self.municipality.as_deref().filter(|code| !code.is_empty())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    class: String,
    municipality: Option<String>,
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct ChoosePage {
    frame: Frame,
    problem: Option<Problem>,
    municipalities: Vec<(String, String, bool)>,
    /// The municipality chosen; empty for all.
    chosen: String,
    classes: Vec<ClassShown>,
    alternative_hint: String,
    has_planted: bool,
    batches: Vec<BatchShown>,
}

/// Why a batch was not made.
struct Problem {
    text: String,
    /// The batch that is in the way.
    batch: Option<Uuid>,
}

struct ClassShown {
    word: &'static str,
    name: String,
    help: String,
    admissible: i64,
    left_out: Vec<String>,
    is_stopped: bool,
}

struct BatchShown {
    id: Uuid,
    made: String,
    class: String,
    cases: usize,
    state: String,
    is_unfinished: bool,
}

/// The page.
pub(super) async fn show(visit: Visit, asked: Query<Asked>) -> Result<Response, WebError> {
    let told = Query(Told { done: asked.done.clone() });
    page(&visit, &asked, done(&visit, &told), None).await
}

async fn page(
    visit: &Visit,
    asked: &Asked,
    done: Option<String>,
    problem: Option<Problem>,
) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let chosen = asked.municipality();
    let counts = bulk::overview(&context, account, chosen).await.map_err(|error| refused(visit, error))?;
    let batches = bulk::of_account(&context, account).await.map_err(|error| refused(visit, error))?;
    let l = visit.language;
    let own = account.municipalities.iter().map(|code| {
        (code.clone(), municipality(visit, code), chosen.is_some_and(|chosen| chosen == code.as_str()))
    });
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(
        status,
        &ChoosePage {
            frame: visit.frame(visit.t("bulk-title")).with_done(done),
            problem,
            municipalities: own.collect(),
            chosen: chosen.unwrap_or_default().to_owned(),
            classes: counts.iter().map(|count| class_shown(visit, count)).collect(),
            alternative_hint: l.t1("bulk-alternative-hint", "most", MOST),
            has_planted: context.settings.review.planted_percent > 0,
            batches: batches.iter().map(|batch| batch_shown(visit, batch)).collect(),
        },
    )
}

fn class_shown(visit: &Visit, count: &ClassCount) -> ClassShown {
    let l = visit.language;
    let word = count.class.as_str();
    let left_out = count
        .left_out
        .iter()
        .map(|(reason, number)| l.t1(&format!("bulk-left-out-{}", reason.as_str()), "number", *number));
    ClassShown {
        word,
        name: l.t(&format!("bulk-class-{word}")),
        help: l.t(&format!("bulk-help-{word}")),
        admissible: count.admissible,
        left_out: left_out.collect(),
        is_stopped: count.is_stopped,
    }
}

fn batch_shown(visit: &Visit, batch: &Batch) -> BatchShown {
    let l = visit.language;
    BatchShown {
        id: batch.id,
        made: l.time(batch.created_at),
        class: l.t(&format!("bulk-class-{}", batch.class.as_str())),
        cases: batch.cases,
        state: l.t(&format!("bulk-state-{}", batch.state.as_str())),
        is_unfinished: batch.state.is_unfinished(),
    }
}

/// Makes a batch.
pub(super) async fn begin(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    let class = ChangeClass::from_word(&form.class).ok_or(WebError::BadForm)?;
    let asked = Asked { municipality: form.municipality.clone(), done: None };
    let context = visit.context();
    let made = bulk::prepare(&context, visit.actor()?, class, asked.municipality()).await;
    let problem = match made {
        Ok(id) => return Ok(Redirect::to(&format!("/bulk/{id}")).into_response()),
        Err(BulkError::Unfinished(id)) => {
            Problem { text: visit.t("bulk-problem-unfinished"), batch: Some(id) }
        }
        Err(BulkError::Empty) => Problem { text: visit.t("bulk-problem-empty"), batch: None },
        Err(BulkError::NotBulk) => Problem { text: visit.t("bulk-problem-not-bulk"), batch: None },
        Err(BulkError::ClassStopped) => Problem { text: visit.t("bulk-problem-class-stopped"), batch: None },
        Err(error) => return Err(refused(&visit, error)),
    };
    page(&visit, &asked, None, Some(problem)).await
}
