//! What a page says when it cannot do what was asked.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;
use super::visit::{Visit, page_with};
use crate::review::ReviewError;
use crate::staff::StaffError;
use crate::store::StoreError;

/// Why a request is not answered by its own page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The account's role has no business there.
    #[error("the role has no business there")]
    NotAllowed,
    /// There is no such page or thing, or it is another's.
    #[error("there is no such page")]
    NotFound,
    /// A form that none of our own pages sent in this session.
    #[error("the form was not sent by a page of this session")]
    ForeignForm,
    /// A body that is no form.
    #[error("a form was expected")]
    NotAForm,
    /// A form that lacks a field, has one too many, or one that cannot be read.
    #[error("the form cannot be read")]
    BadForm,
    /// What follows the question mark of an address cannot be read.
    #[error("the address cannot be read")]
    BadAddress,
    /// A form that is too large.
    #[error("the form is too large")]
    TooLarge,
    /// The account may not do this one thing; says why, in the language of the page.
    #[error("{0}")]
    Refused(String),
    /// Something else has been done to it meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// A case does not stand so that this could be done.
    #[error("{0}")]
    Review(Box<ReviewError>),
    /// The database does not answer in time.
    #[error("the database does not answer")]
    Unavailable(#[source] StoreError),
    /// A fault of the program or the machine.
    #[error("{0:#}")]
    Internal(anyhow::Error),
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() { Self::Unavailable(error) } else { Self::Internal(error.into()) }
    }
}

impl From<StaffError> for WebError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NotProved => Self::SignedOut,
            StaffError::NotAllowed(_) => Self::NotAllowed,
            StaffError::NotFound => Self::NotFound,
            StaffError::Store(error) => error.into(),
            error => Self::Internal(error.into()),
        }
    }
}

impl From<ReviewError> for WebError {
    /// What is another's or needs clearance looks like what is not there.
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Unknown(_)
            | ReviewError::OutOfScope
            | ReviewError::NeedsClearance
            | ReviewError::Disqualified
            | ReviewError::HeldBack => Self::NotFound,
            ReviewError::NotReviewer => Self::NotAllowed,
            ReviewError::Store(error) if !matches!(error, StoreError::Conflict(_)) => error.into(),
            error => Self::Review(Box::new(error)),
        }
    }
}

impl WebError {
    fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NotAllowed | Self::Refused(_) | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BadForm => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BadAddress => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) | Self::Review(_) => StatusCode::CONFLICT,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The texts of its page: `error-NAME-title` and `error-NAME-help`.
    fn name(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::NotAllowed => "not-allowed",
            Self::NotFound => "not-found",
            Self::ForeignForm => "foreign-form",
            Self::NotAForm | Self::BadForm => "bad-form",
            Self::BadAddress => "bad-address",
            Self::TooLarge => "too-large",
            Self::Refused(_) => "refused",
            Self::Conflict(_) | Self::Review(_) => "conflict",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }
}

impl IntoResponse for WebError {
    /// The error travels with the answer to where the language is known.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    help: String,
    /// What moved, where something did.
    detail: Option<String>,
}

/// The page of an error.
pub(super) fn page(visit: &Visit, error: &WebError) -> Response {
    match error {
        WebError::SignedOut => return super::sign_in::signed_out(visit),
        WebError::Internal(_) | WebError::Unavailable(_) => log(error),
        _ => {}
    }
    let (title, help) = (format!("error-{}-title", error.name()), format!("error-{}-help", error.name()));
    let detail = match error {
        WebError::Conflict(what) | WebError::Refused(what) => Some(what.clone()),
        WebError::Review(error) => super::case::told(visit, error).map(|told| told.join(" ")),
        _ => None,
    };
    let page = ErrorPage { frame: visit.frame(visit.t(&title)), help: visit.t(&help), detail };
    page_with(error.status(), &page).unwrap_or_else(|error| without_visit(&error))
}

/// An answer where not even the visitor is known.
pub(super) fn without_visit(error: &WebError) -> Response {
    log(error);
    plain(error.status(), "the service cannot answer now; try again in a moment")
}

fn log(error: &WebError) {
    tracing::error!(error = error as &dyn std::error::Error, "a page could not be made");
}

/// A line of text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, text).into_response()
}

/// Every path that is none of ours.
pub(super) async fn nothing_here(visit: Visit) -> WebError {
    if visit.account().is_none() { WebError::SignedOut } else { WebError::NotFound }
}
