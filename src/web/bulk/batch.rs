//! One batch: the sample to be judged now, or what has become of it.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::frozen::{Excluded, excluded};
use super::{Difference, Told, differences, done, municipality, refused};
use crate::review::bulk::{self, Batch, BulkState, Ending, Sample, Verdict};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id, Query};
use crate::web::visit::{Visit, page, page_with};

#[derive(Template)]
#[template(path = "bulk_sample.html")]
struct SamplePage {
    frame: Frame,
    id: Uuid,
    problem: Option<String>,
    progress: String,
    judged: usize,
    samples: usize,
    class: String,
    help: String,
    has_planted: bool,
    number: i64,
    card_number: String,
    name: String,
    municipality: String,
    found: String,
    differences: Vec<Difference>,
    misfits: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "bulk_result.html")]
struct ResultPage {
    frame: Frame,
    id: Uuid,
    ending: Option<String>,
    class: String,
    state: String,
    made: String,
    effective: Option<String>,
    cases: usize,
    approved: usize,
    left_out: Vec<String>,
    can_undo: bool,
    excluded: Vec<Excluded>,
    gone: Option<String>,
}

/// The page of a batch.
pub(super) async fn show(visit: Visit, Id(id): Id, told: Query<Told>) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let batch = bulk::get(&context, account, id).await.map_err(|error| refused(&visit, error))?;
    match batch.state {
        BulkState::Sampling => sample_page(&visit, id, done(&visit, &told), None).await,
        BulkState::Ready => Ok(Redirect::to(&format!("/bulk/{id}/list")).into_response()),
        BulkState::Approved | BulkState::Cancelled | BulkState::Undone => {
            result_page(&visit, &batch, done(&visit, &told)).await
        }
    }
}

/// The next sample; where there is none, the batch has moved on and shows how.
async fn sample_page(
    visit: &Visit,
    id: Uuid,
    done: Option<String>,
    problem: Option<String>,
) -> Result<Response, WebError> {
    let context = visit.context();
    let account = visit.actor()?;
    let sample = bulk::next_sample(&context, account, id).await.map_err(|error| refused(visit, error))?;
    let Some(sample) = sample else {
        return Ok(Redirect::to(&format!("/bulk/{id}")).into_response());
    };
    let batch = bulk::get(&context, account, id).await.map_err(|error| refused(visit, error))?;
    let l = visit.language;
    let Sample { number, card_number, last_name, first_names, municipality: code, opened_at, fields } =
        sample;
    let word = batch.class.as_str();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(
        status,
        &SamplePage {
            frame: visit.frame(visit.t("bulk-sample-title")).with_done(done),
            id,
            problem,
            progress: l.t2("bulk-sample-progress", "number", batch.judged + 1, "of", batch.samples),
            judged: batch.judged,
            samples: batch.samples,
            class: l.t(&format!("bulk-class-{word}")),
            help: l.t(&format!("bulk-help-{word}")),
            has_planted: context.settings.review.planted_percent > 0,
            number,
            card_number,
            name: format!("{last_name}, {first_names}"),
            municipality: municipality(visit, &code),
            found: l.time(opened_at),
            differences: differences(l, &fields),
            misfits: Ending::MISFITS
                .map(|ending| (ending.as_str(), l.t(&format!("bulk-misfit-{}", ending.as_str()))))
                .to_vec(),
        },
    )
}

async fn result_page(visit: &Visit, batch: &Batch, done: Option<String>) -> Result<Response, WebError> {
    let context = visit.context();
    let listed = bulk::list(&context, visit.actor()?, batch.id).await;
    let (lines, gone) = listed.map_err(|error| refused(visit, error))?;
    let l = visit.language;
    let left_out = batch
        .left_out
        .iter()
        .map(|(reason, number)| l.t1(&format!("bulk-left-out-{}", reason.as_str()), "number", *number));
    page(&ResultPage {
        frame: visit.frame(visit.t("bulk-result-title")).with_done(done),
        id: batch.id,
        ending: batch.ending.map(|ending| l.t(&format!("bulk-ending-{}", ending.as_str()))),
        class: l.t(&format!("bulk-class-{}", batch.class.as_str())),
        state: l.t(&format!("bulk-state-{}", batch.state.as_str())),
        made: l.time(batch.created_at),
        effective: batch.effective_at.filter(|_| batch.state == BulkState::Approved).map(|at| l.time(at)),
        cases: batch.cases,
        approved: batch.approved,
        left_out: left_out.collect(),
        can_undo: batch.can_undo,
        excluded: excluded(l, &lines),
        gone: (gone > 0).then(|| l.t1("bulk-gone", "number", gone)),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judgement {
    sample: i64,
    verdict: String,
    reason: Option<String>,
}

/// Judges the sample that was shown.
pub(super) async fn judge(visit: Visit, Id(id): Id, form: Form<Judgement>) -> Result<Response, WebError> {
    let verdict = match form.verdict.as_str() {
        "fits" => Verdict::Fits,
        "does_not_fit" => {
            let reason = form.reason.as_deref().unwrap_or_default();
            match Ending::MISFITS.into_iter().find(|ending| ending.as_str() == reason) {
                Some(ending) => Verdict::DoesNotFit(ending),
                None => return sample_page(&visit, id, None, Some(visit.t("bulk-misfit-missing"))).await,
            }
        }
        _ => return Err(WebError::BadForm),
    };
    let context = visit.context();
    let judged = bulk::judge(&context, visit.actor()?, id, form.sample, verdict).await;
    let judged = judged.map_err(|error| refused(&visit, error))?;
    let to = match (judged.state, judged.was_planted) {
        (BulkState::Cancelled, _) => format!("/bulk/{id}"),
        (_, true) => format!("/bulk/{id}?done=seen"),
        (BulkState::Ready, false) => format!("/bulk/{id}/list"),
        (_, false) => format!("/bulk/{id}?done=fits"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Cancels it.
pub(super) async fn cancel(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let context = visit.context();
    bulk::cancel(&context, visit.actor()?, id).await.map_err(|error| refused(&visit, error))?;
    Ok(Redirect::to("/bulk?done=cancelled").into_response())
}

/// Takes all of it back.
pub(super) async fn undo(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let context = visit.context();
    bulk::undo(&context, visit.actor()?, id).await.map_err(|error| refused(&visit, error))?;
    Ok(Redirect::to(&format!("/bulk/{id}?done=undone")).into_response())
}
