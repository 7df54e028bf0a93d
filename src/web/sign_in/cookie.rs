//! Cookies: that of a session, of a known device, of where somebody was going, and of choices.

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::TimeDelta;

use super::super::Web;
use super::super::visit::{DEVICE_COOKIE, NEXT_COOKIE};
use crate::staff::device::Device;
use crate::staff::session::Token;

/// How long a browser keeps the word of a known device: the longest that browsers agree to.
const DEVICE_KEPT: TimeDelta = TimeDelta::days(400);
/// How long it is remembered where somebody was going.
const NEXT_KEPT: TimeDelta = TimeDelta::minutes(10);

/// Gives the browser the word of a session, until it is closed.
pub(in crate::web) fn set_session(response: &mut Response, web: &Web, token: &Token) {
    set_cookie(response, &own(web, web.cookie_name(), token.word()));
}

/// Takes the word of a session back.
pub(in crate::web) fn remove_session(response: &mut Response, web: &Web) {
    let mut cookie = own(web, web.cookie_name(), String::new());
    cookie.make_removal();
    set_cookie(response, &cookie);
}

/// Gives the browser the word by which it is known.
pub(in crate::web) fn set_device(response: &mut Response, web: &Web, device: &Device) {
    set_for(response, &own(web, web.named(DEVICE_COOKIE), device.word()), DEVICE_KEPT);
}

/// Remembers where somebody was going.
pub(super) fn set_next(response: &mut Response, web: &Web, path: &str) {
    set_for(response, &own(web, web.named(NEXT_COOKIE), path.to_owned()), NEXT_KEPT);
}

/// Forgets where somebody was going.
pub(super) fn remove_next(response: &mut Response, web: &Web) {
    let mut cookie = own(web, web.named(NEXT_COOKIE), String::new());
    cookie.make_removal();
    set_cookie(response, &cookie);
}

/// Gives a browser that is sent to the directory the word by which it is known again. It comes back by a link of
/// another site, with which a stricter cookie would not go.
#[cfg(feature = "oidc")]
pub(super) fn set_ticket(response: &mut Response, web: &Web, ticket: &crate::staff::directory::Ticket) {
    let mut cookie = own(web, web.named(super::super::visit::DIRECTORY_COOKIE), ticket.word());
    cookie.set_same_site(SameSite::Lax);
    set_for(response, &cookie, crate::staff::directory::SENT_FOR);
}

/// Takes it back.
#[cfg(feature = "oidc")]
pub(super) fn remove_ticket(response: &mut Response, web: &Web) {
    let mut cookie = own(web, web.named(super::super::visit::DIRECTORY_COOKIE), String::new());
    cookie.make_removal();
    set_cookie(response, &cookie);
}

/// A cookie that goes with requests of our own pages only; the browser forgets it when it is closed.
fn own(web: &Web, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(web.is_secure())
        .build()
}

/// A cookie of a choice that tells nothing about anybody.
pub(super) fn choice_cookie(web: &Web, name: &'static str, value: &'static str) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.is_secure())
        .permanent()
        .build()
}

pub(super) fn set_cookie(response: &mut Response, cookie: &Cookie<'static>) {
    append(response, &cookie.to_string());
}

fn set_for(response: &mut Response, cookie: &Cookie<'static>, age: TimeDelta) {
    append(response, &format!("{cookie}; Max-Age={}", age.num_seconds()));
}

fn append(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
