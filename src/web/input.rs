//! What a request brings, as a handler takes it: the identifier of a path, a form, what follows a question mark.
//!
//! Whatever cannot be read is a page of ours in the visitor's language. No handler takes these from elsewhere.

use std::ops::Deref;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum_extra::extract as extra;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::WebError;

/// A form. One that lacks a field, has one too many or one that cannot be read is [`WebError::BadForm`].
#[derive(Debug, Clone)]
pub(super) struct Form<T>(pub(super) T);

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let form = extra::Form::<T>::from_request(request, state).await;
        form.map(|extra::Form(form)| Self(form)).map_err(|_| WebError::BadForm)
    }
}

/// What follows the question mark of an address. What cannot be read is [`WebError::BadAddress`].
#[derive(Debug, Clone)]
pub(super) struct Query<T>(pub(super) T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let query = extra::Query::<T>::from_request_parts(parts, state).await;
        query.map(|extra::Query(query)| Self(query)).map_err(|_| WebError::BadAddress)
    }
}

/// The identifier in a path. What is none names nothing: [`WebError::NotFound`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let Word(word) = Word::from_request_parts(parts, state).await?;
        word.parse().map(Self).map_err(|_| WebError::NotFound)
    }
}

/// The word in a path.
#[derive(Debug, Clone)]
pub(super) struct Word(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Word {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(word)| Self(word)).map_err(|_| WebError::NotFound)
    }
}
