//! Signing in and out, and what a visitor chooses for the pages: language and theme.

use askama::Template;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::Form;
use axum_extra::extract::cookie::{Cookie, SameSite};
use secrecy::SecretString;
use serde::Deserialize;

use super::errors::{self, WebError};
use super::visit::{LANGUAGE_COOKIE, THEME_COOKIE, Visit, page_with};
use super::{Frame, Language, Routes, Theme, Web, Who};
use crate::staff::session::{self, login_of};
use crate::staff::{self, Proof, StaffError};
use crate::store;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/sign-in", Who::Anyone, sign_in)
        .post("/sign-out", Who::SignedIn, sign_out)
        .post("/language", Who::Anyone, choose_language)
        .post("/theme", Who::Anyone, choose_theme)
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    /// Why the last attempt failed.
    error: Option<String>,
}

/// What everybody gets who is not signed in, whatever they asked for.
pub(super) fn signed_out(visit: &Visit) -> Response {
    page(visit, None)
}

fn page(visit: &Visit, error: Option<String>) -> Response {
    let mut frame = visit.frame(visit.t("sign-in-title"));
    // The same page for every path.
    "/".clone_into(&mut frame.path);
    page_with(StatusCode::UNAUTHORIZED, &SignInPage { frame, error })
        .unwrap_or_else(|error| errors::without_visit(&error))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: SecretString,
}

async fn sign_in(visit: Visit, form: Form<Credentials>) -> Result<Response, WebError> {
    let context = visit.context();
    let Form(Credentials { name, password }) = form;
    let proof = Proof::Password(password);
    let proved = staff::prove(&context.db, &*context.clock, name.trim(), proof, "web").await;
    let mut account = match proved {
        Ok(account) => account,
        Err(StaffError::NotProved) => return Ok(page(&visit, Some(visit.t("sign-in-failed")))),
        Err(error) => return Err(error.into()),
    };
    account.os_user = login_of(&account.name);
    let token = session::begin(&context, &account, &visit.visitor).await?;
    let mut response = Redirect::to("/").into_response();
    set_cookie(&mut response, &own_cookie(&visit.web, token.word()));
    Ok(response)
}

async fn sign_out(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let session = visit.session()?;
    session::end(&context, &session.account, session.row.id).await?;
    let mut response = Redirect::to("/").into_response();
    let mut cookie = own_cookie(&visit.web, String::new());
    cookie.make_removal();
    set_cookie(&mut response, &cookie);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    Ok(response)
}

/// The cookie of a session; the browser forgets it when it is closed.
fn own_cookie(web: &Web, word: String) -> Cookie<'static> {
    Cookie::build((web.cookie_name(), word))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(web.is_secure())
        .build()
}

/// A cookie of a choice that tells nothing about anybody.
fn choice_cookie(web: &Web, name: &'static str, value: &'static str) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.is_secure())
        .permanent()
        .build()
}

fn set_cookie(response: &mut Response, cookie: &Cookie<'static>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageChoice {
    language: String,
    back: String,
}

async fn choose_language(visit: Visit, form: Form<LanguageChoice>) -> Result<Response, WebError> {
    let language = Language::from_code(&form.language).ok_or(WebError::BadForm)?;
    if let Ok(session) = visit.session() {
        let context = visit.context();
        let mut tx = context.db.begin().await?;
        store::session::set_language(&mut tx, session.row.id, language.as_str()).await?;
        tx.commit("session.language").await?;
    }
    let mut response = Redirect::to(&back(&form.back, "language")).into_response();
    set_cookie(&mut response, &choice_cookie(&visit.web, LANGUAGE_COOKIE, language.as_str()));
    Ok(response)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeChoice {
    theme: String,
    back: String,
}

async fn choose_theme(visit: Visit, form: Form<ThemeChoice>) -> Result<Response, WebError> {
    let theme = Theme::from_word(&form.theme).ok_or(WebError::BadForm)?;
    let mut response = Redirect::to(&back(&form.back, "theme")).into_response();
    set_cookie(&mut response, &choice_cookie(&visit.web, THEME_COOKIE, theme.as_str()));
    Ok(response)
}

/// Where a choice leads back to: a path of ours, with the focus on the choice.
fn back(path: &str, focus: &str) -> String {
    let is_ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~%".contains(&byte));
    format!("{}#{focus}", if is_ours { path } else { "/" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_leads_back_to_a_path_of_ours_only() {
        assert_eq!(back("/queue/1", "theme"), "/queue/1#theme");
        for foreign in ["//example.org", "https://example.org", "/\\example.org", "/a\r\nx: y", ""] {
            assert_eq!(back(foreign, "theme"), "/#theme", "{foreign}");
        }
    }
}
