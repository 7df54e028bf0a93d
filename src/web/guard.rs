//! Who comes to a route, and whose form is taken.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::errors::WebError;
use super::routes::FORM_BYTES;
use super::visit::{Visit, text_of};
use super::{Web, Who};

/// The field of every form that holds the word of its session.
const TOKEN_FIELD: &str = "token";

/// Lets a request through to its handler, or answers in its place.
pub(super) async fn admit(
    State((web, who)): State<(Arc<Web>, Who)>,
    visit: Visit,
    request: Request,
    next: Next,
) -> Response {
    match check(&web, who, &visit, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn check(web: &Web, who: Who, visit: &Visit, request: Request) -> Result<Request, WebError> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_from_here(web, request.headers()) {
        return Err(WebError::ForeignForm);
    }
    if has_nul(form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())) {
        return Err(WebError::BadAddress);
    }
    if who == Who::HalfSignedIn {
        if visit.account().is_some() {
            return Err(WebError::NotFound);
        }
        visit.half()?;
    } else if who != Who::Anyone {
        let account = visit.actor()?;
        if !who.admits(account.role) {
            return Err(WebError::NotAllowed);
        }
    }
    if changes { with_token(request, visit.form_word()).await } else { Ok(request) }
}

/// Whether a form was sent by one of our own pages: the browser must say so.
fn is_from_here(web: &Web, headers: &HeaderMap) -> bool {
    let site = text_of(headers, "sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    let (Some(origin), Some(host)) = (text_of(headers, ORIGIN.as_str()), text_of(headers, HOST.as_str()))
    else {
        return false;
    };
    match &web.settings.origin {
        Some(ours) if origin.eq_ignore_ascii_case(ours) => true,
        _ => {
            origin.eq_ignore_ascii_case(&format!("{}://{host}", web.own_scheme())) && web.is_our_host(headers)
        }
    }
}

/// Takes the token out of a form, when it is that of the session. Without a session there is nothing to act in the name
/// of; a token that is left over from an earlier one is taken out all the same.
async fn with_token(request: Request, word: Option<&str>) -> Result<Request, WebError> {
    let (mut parts, body) = request.into_parts();
    let is_form = text_of(&parts.headers, CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(WebError::NotAForm);
    }
    let bytes = to_bytes(body, FORM_BYTES).await.map_err(|_| WebError::TooLarge)?;
    let (tokens, fields): (Vec<_>, Vec<_>) =
        form_urlencoded::parse(&bytes).partition(|(name, _)| name == TOKEN_FIELD);
    if let Some(word) = word {
        let [(_, token)] = &tokens[..] else { return Err(WebError::ForeignForm) };
        if !is_same(token.as_bytes(), word.as_bytes()) {
            return Err(WebError::ForeignForm);
        }
    }
    if has_nul(fields.iter().map(|(name, value)| (name, value))) {
        return Err(WebError::BadForm);
    }
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    parts.headers.remove(CONTENT_LENGTH);
    Ok(Request::from_parts(parts, Body::from(rest)))
}

/// Whether a name or a value holds the one character that no database stores.
fn has_nul(mut pairs: impl Iterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> bool {
    pairs.any(|(name, value)| name.as_ref().contains('\0') || value.as_ref().contains('\0'))
}

/// Compares without telling by time how much agrees.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}
