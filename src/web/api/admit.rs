//! Who comes to a route: a client in force, not too often, whose account has the role.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::{Kind, Problem};
use crate::staff::ProvedAccount;
use crate::staff::client::{self, Client, Token};
use crate::task::Context;
use crate::web::{Web, Who};

/// A request's client, and what it works with.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) account: ProvedAccount,
    pub(super) context: Context,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::of(Kind::Unauthorized))
    }
}

/// Lets a request through to its handler, or answers in its place.
pub(super) async fn admit(
    State((web, who)): State<(Arc<Web>, Who)>,
    mut request: Request,
    next: Next,
) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let token = token(request.headers());
    match check(&web, who, token, changes).await {
        Ok(caller) => {
            request.headers_mut().remove(AUTHORIZATION);
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn check(web: &Web, who: Who, token: Option<Token>, changes: bool) -> Result<Caller, Problem> {
    let token = token.ok_or_else(|| Problem::of(Kind::Unauthorized))?;
    let found = client::find(&web.context("api"), &token).await?;
    let Client { row, account } = found.ok_or_else(|| Problem::of(Kind::Unauthorized))?;
    web.api_limits.take(row.id).map_err(Problem::wait)?;
    if !who.admits(account.role) {
        return Err(Problem::of(Kind::NotAllowed));
    }
    if changes && !row.may_decide {
        return Err(Problem::of(Kind::ReadsOnly));
    }
    Ok(Caller { context: web.context(&account.os_user), account })
}

/// The token of the one `Authorization` header.
fn token(headers: &HeaderMap) -> Option<Token> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, word) = only.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { Token::parse(word.trim()) } else { None }
}
