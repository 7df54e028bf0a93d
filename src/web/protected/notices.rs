//! What somebody is told about cases that others have opened: the case's identifier and the reason, and nothing of
//! the patron.

use crate::web::input::Form;
use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::Frame;
use super::super::errors::WebError;
use super::super::visit::{Visit, page};
use crate::review::reveal::{self, Notice};

#[derive(Template)]
#[template(path = "protected/notices.html")]
struct NoticesPage {
    frame: Frame,
    notices: Vec<Shown>,
}

struct Shown {
    id: Uuid,
    at: String,
    by: String,
    case: String,
    reason: String,
    seen: Option<String>,
}

pub(super) async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let l = visit.language;
    let account = visit.actor()?;
    let found = reveal::notices(&visit.context(), account).await?;
    // What somebody wrote may tell of the patron.
    let reads_people = account.may_see_protected();
    let shown = |notice: Notice| Shown {
        id: notice.id,
        at: l.time(notice.at),
        by: notice.by,
        case: notice.finding.to_string(),
        reason: if reads_people { notice.reason } else { visit.t("notices-reason-hidden") },
        seen: notice.seen_at.map(|at| l.time(at)),
    };
    let done = (query.as_deref() == Some("done=seen")).then(|| visit.t("notices-done-seen"));
    page(&NoticesPage {
        frame: visit.frame(visit.t("notices-title")).with_done(done),
        notices: found.into_iter().map(shown).collect(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    notice: Uuid,
}

pub(super) async fn seen(visit: Visit, form: Form<Chosen>) -> Result<Response, WebError> {
    let known = reveal::acknowledge(&visit.context(), visit.actor()?, form.notice).await?;
    if known { Ok(Redirect::to("/notices?done=seen").into_response()) } else { Err(WebError::NotFound) }
}
