//! What goes wrong, as a problem document (RFC 9457).

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::header::{ALLOW, CONTENT_TYPE, ETAG, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::ROOT;
use crate::review::ReviewError;
use crate::runs::RunError;
use crate::staff::StaffError;
use crate::store::StoreError;
use crate::task::TaskError;

/// The media type of a problem document.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// The kinds of problems: the word of the type, the status, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    BadRequest,
    Unauthorized,
    NotAllowed,
    ReadsOnly,
    OwnCard,
    NotFound,
    MethodNotAllowed,
    NotOpen,
    Stale,
    CauseGone,
    WindowClosed,
    NotApprovable,
    TryAgain,
    ScheduleChanged,
    NotStartable,
    Changed,
    TooLarge,
    NotJson,
    Misdirected,
    Unusable,
    PreconditionRequired,
    TooMany,
    Internal,
    Unavailable,
}

impl Kind {
    pub(super) const ALL: [Self; 24] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::NotAllowed,
        Self::ReadsOnly,
        Self::OwnCard,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotOpen,
        Self::Stale,
        Self::CauseGone,
        Self::WindowClosed,
        Self::NotApprovable,
        Self::TryAgain,
        Self::ScheduleChanged,
        Self::NotStartable,
        Self::Changed,
        Self::TooLarge,
        Self::NotJson,
        Self::Misdirected,
        Self::Unusable,
        Self::PreconditionRequired,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The word of its type, its status, and its title.
    #[rustfmt::skip]
    fn about(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::BadRequest => ("bad-request", StatusCode::BAD_REQUEST, "The request cannot be read as it is described."),
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED, "The request has no token of a client in force."),
            Self::NotAllowed => ("not-allowed", StatusCode::FORBIDDEN, "The account's role has no business here."),
            Self::ReadsOnly => ("reads-only", StatusCode::FORBIDDEN, "The client may read only."),
            Self::OwnCard => ("own-card", StatusCode::FORBIDDEN, "Nobody decides on their own card or one they guarantee."),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "There is no such thing, or it is not the account's to see."),
            Self::MethodNotAllowed => ("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "This cannot be done here."),
            Self::NotOpen => ("not-open", StatusCode::CONFLICT, "The case is not open to a decision."),
            Self::Stale => ("stale", StatusCode::CONFLICT, "VTJ or the register has moved since the case was found."),
            Self::CauseGone => ("cause-gone", StatusCode::CONFLICT, "The difference is gone, and the case is closed."),
            Self::WindowClosed => ("window-closed", StatusCode::CONFLICT, "There is nothing of the account's to take back, or the time for it has passed."),
            Self::NotApprovable => ("not-approvable", StatusCode::CONFLICT, "The case cannot be approved as it stands."),
            Self::TryAgain => ("try-again", StatusCode::CONFLICT, "Somebody else did something at the same time; try again."),
            Self::ScheduleChanged => ("schedule-changed", StatusCode::CONFLICT, "Another version of the schedule is in force."),
            Self::NotStartable => ("not-startable", StatusCode::CONFLICT, "A run of the schedule cannot be started now."),
            Self::Changed => ("changed", StatusCode::PRECONDITION_FAILED, "The case has changed since it was read."),
            Self::TooLarge => ("too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            Self::NotJson => ("not-json", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json."),
            Self::Misdirected => ("misdirected", StatusCode::MISDIRECTED_REQUEST, "This address is not one of this service."),
            Self::Unusable => ("unusable", StatusCode::UNPROCESSABLE_ENTITY, "The request can be read, and what it asks for cannot be done."),
            Self::PreconditionRequired => ("precondition-required", StatusCode::PRECONDITION_REQUIRED, "A decision needs If-Match with the ETag of the case."),
            Self::TooMany => ("too-many-requests", StatusCode::TOO_MANY_REQUESTS, "The client asks too often."),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR, "The service has a fault; its log says more."),
            Self::Unavailable => ("unavailable", StatusCode::SERVICE_UNAVAILABLE, "The service cannot answer now; try again in a moment."),
        }
    }

    pub(super) fn name(self) -> &'static str {
        self.about().0
    }

    pub(super) fn status(self) -> StatusCode {
        self.about().1
    }

    pub(super) fn title(self) -> &'static str {
        self.about().2
    }

    /// The kind of an answer that no code of ours has made.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// Something that went wrong with a request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    kind: Kind,
    detail: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn of(kind: Kind) -> Self {
        let header = (kind == Kind::Unauthorized)
            .then_some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"ajantasa\"")));
        Self { kind, detail: None, headers: header.into_iter().collect() }
    }

    /// A request that cannot be read, and why; without anything of what it holds.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::of(Kind::BadRequest).saying(detail)
    }

    /// The client asks again in some seconds.
    pub(super) fn wait(seconds: u64) -> Self {
        Self::of(Kind::TooMany).with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub(super) fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With the version of the case as it is now.
    pub(super) fn at_version(self, version: i64) -> Self {
        match HeaderValue::try_from(format!("\"{version}\"")) {
            Ok(tag) => self.with(ETAG, tag),
            Err(_) => self,
        }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    fn fault(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a request of the interface could not be answered");
        Self::of(Kind::Internal)
    }
}

impl IntoResponse for Problem {
    /// The problem travels with the answer to where the path is known.
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// A problem document.
#[derive(Serialize, ToSchema)]
#[schema(title = "Problem", as = Problem)]
pub(super) struct Document {
    /// What kind of problem it is, as an address behind that of the service, where it is told in a sentence.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems/changed")]
    kind: String,
    /// The same in a sentence, in English.
    #[schema(example = "The case has changed since it was read.")]
    title: &'static str,
    /// The status of the answer.
    #[schema(example = 412, minimum = 400, maximum = 599)]
    status: u16,
    /// What exactly went wrong here. Nothing of what was sent is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The route, with `{…}` for its variable parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/cases/{id}/decisions")]
    instance: Option<String>,
}

impl Document {
    fn of(kind: Kind, detail: Option<String>, instance: Option<&str>) -> Self {
        Self {
            kind: format!("{ROOT}/problems/{}", kind.name()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail,
            instance: instance.map(|route| format!("{ROOT}{route}")),
        }
    }
}

/// Makes a document of an answer that went wrong.
pub(super) fn document(mut response: Response, instance: &str) -> Response {
    let ours = response.extensions_mut().remove::<Arc<Problem>>();
    let Problem { kind, detail, headers } = ours.map_or_else(
        || {
            let allow = response.headers_mut().remove(ALLOW).map(|methods| (ALLOW, methods));
            let kind = Kind::of_status(response.status());
            Problem { kind, detail: None, headers: allow.into_iter().collect() }
        },
        Arc::unwrap_or_clone,
    );
    let body = Json(Document::of(kind, detail, Some(instance)));
    let mut response = (kind.status(), body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response.headers_mut().extend(headers);
    response
}

/// What a kind of problem means.
#[utoipa::path(
    get, path = "/api/v1/problems/{name}", operation_id = "showProblem", tag = "interface",
    params(("name" = String, Path, description = "The last part of a problem's type.", example = "changed")),
    responses((status = 200, description = "The kind of problem.", body = Document)),
)]
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Problem> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    let kind = kind.ok_or_else(|| Problem::of(Kind::NotFound))?;
    Ok(Json(Document::of(kind, None, None)).into_response())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::of(Kind::TryAgain),
            error if error.is_transient() => {
                tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
                Self::of(Kind::Unavailable)
            }
            error => Self::fault(&error),
        }
    }
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NotProved => Self::of(Kind::Unauthorized),
            StaffError::NotAllowed(_) => Self::of(Kind::NotAllowed),
            StaffError::NotFound => Self::of(Kind::NotFound),
            StaffError::Store(error) => error.into(),
            error => Self::fault(&error),
        }
    }
}

impl From<ReviewError> for Problem {
    /// What is another's is nothing.
    fn from(error: ReviewError) -> Self {
        let kind = match error {
            ReviewError::Store(error) => return error.into(),
            ReviewError::Unknown(_)
            | ReviewError::OutOfScope
            | ReviewError::NeedsClearance
            | ReviewError::Disqualified
            | ReviewError::HeldBack => return Self::of(Kind::NotFound),
            ReviewError::NotReviewer => return Self::of(Kind::NotAllowed),
            ReviewError::OwnCard => Kind::OwnCard,
            ReviewError::ChangedMeanwhile { .. } => Kind::Changed,
            ReviewError::NotOpen(_) => Kind::NotOpen,
            ReviewError::Moved(_) => Kind::Stale,
            ReviewError::CauseGone => Kind::CauseGone,
            ReviewError::WindowClosed => Kind::WindowClosed,
            ReviewError::Frozen | ReviewError::NotConfirmable(_) | ReviewError::OneAtATime => {
                Kind::NotApprovable
            }
            ReviewError::NoteNeeded | ReviewError::DateNotAhead => Kind::Unusable,
            ReviewError::RegisterSilent => Kind::Unavailable,
            error @ (ReviewError::NothingToWrite
            | ReviewError::BadText(..)
            | ReviewError::NotTheirs
            | ReviewError::NotRevertible
            | ReviewError::RegisterMoved(_)
            | ReviewError::NewerItem
            | ReviewError::NoShortcut(_)
            | ReviewError::ReasonNeeded
            | ReviewError::NobodyTold) => return Self::of(Kind::Unusable).saying(error.to_string()),
        };
        match &error {
            ReviewError::ChangedMeanwhile { state, moved } => {
                let what = moved.as_ref().map(|what| format!("; what moved: {what}")).unwrap_or_default();
                Self::of(kind).saying(format!("it is {} now{what}", state.as_str()))
            }
            ReviewError::Moved(what) => Self::of(kind).saying(format!("what moved: {what}")),
            ReviewError::NotOpen(state) => Self::of(kind).saying(format!("it is {}", state.as_str())),
            ReviewError::NoteNeeded => Self::of(kind).saying("the reason `other` needs a note"),
            ReviewError::DateNotAhead => Self::of(kind).saying("a case is put off to a later day"),
            ReviewError::Frozen => {
                Self::of(kind).saying("a death has been reported and is to be decided first")
            }
            _ => Self::of(kind),
        }
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        match error {
            RunError::UnknownRun(_) => Self::of(Kind::NotFound),
            RunError::UnknownSchedule(_) => {
                Self::of(Kind::Unusable).saying("there is no schedule of this name")
            }
            RunError::NotAllowed(why) => Self::of(Kind::NotAllowed).saying(why.to_string()),
            RunError::Refused(why) => Self::of(Kind::NotStartable).saying(why.to_string()),
            RunError::HeldElsewhere => Self::of(Kind::TryAgain),
            RunError::Task(TaskError::Store(error)) | RunError::Store(error) => error.into(),
            RunError::Task(error) => Self::fault(&error),
        }
    }
}
