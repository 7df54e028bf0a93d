//! What is said when a case cannot be shown, or an act cannot be done.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::came::Came;
use super::words;
use crate::review::ReviewError;
use crate::store::StoreError;
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::visit::{Visit, page_with};

#[derive(Template)]
#[template(path = "case/conflict.html")]
struct ConflictPage {
    frame: Frame,
    what: Vec<String>,
    open: String,
    back: String,
}

/// The answer to an act that was not done because of how the case stands now.
pub(super) fn conflict(
    visit: &Visit,
    id: Uuid,
    came: &Came,
    error: ReviewError,
) -> Result<Response, WebError> {
    let Some(what) = told(visit, &error) else { return Err(error.into()) };
    let page = ConflictPage {
        frame: visit.frame(visit.t("case-conflict-title")),
        what,
        open: came.to_case(id),
        back: came.to_list(),
    };
    page_with(StatusCode::CONFLICT, &page)
}

/// How a case stands, in words; nothing where there are none for it.
pub(in crate::web) fn told(visit: &Visit, error: &ReviewError) -> Option<Vec<String>> {
    let l = visit.language;
    let moved = |what: &str| l.t1("case-conflict-moved", "what", words::moved(l, what));
    Some(match error {
        ReviewError::ChangedMeanwhile { state, moved: what } => {
            let mut told = vec![l.t1("case-conflict-changed", "state", words::state(l, *state))];
            told.extend(what.as_deref().map(moved));
            told
        }
        ReviewError::NotOpen(state) => vec![l.t1("case-conflict-decided", "state", words::state(l, *state))],
        ReviewError::Moved(what) => vec![moved(what)],
        ReviewError::CauseGone => vec![l.t("case-conflict-gone")],
        ReviewError::WindowClosed => vec![l.t("case-conflict-undo")],
        ReviewError::OwnCard => vec![l.t("case-conflict-own-card")],
        ReviewError::Frozen => vec![l.t("case-frozen")],
        ReviewError::NotConfirmable(_) => vec![l.t("case-not-confirmable")],
        ReviewError::RegisterMoved(what) => {
            vec![l.t1("case-conflict-register", "what", words::moved(l, what))]
        }
        ReviewError::NewerItem => vec![l.t("case-conflict-newer")],
        ReviewError::NotRevertible => vec![l.t("case-conflict-not-revertible")],
        ReviewError::RegisterSilent => vec![l.t("case-conflict-silent")],
        // Somebody else was faster by a hair.
        ReviewError::Store(StoreError::Conflict(_)) => vec![l.t("case-conflict-again")],
        _ => return None,
    })
}
