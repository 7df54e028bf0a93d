//! What a visitor chooses for the pages: language and theme.

use crate::web::input::Form;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::visit::{LANGUAGE_COOKIE, THEME_COOKIE, Visit};
use super::super::{Language, Routes, Theme, Who};
use super::cookie::{choice_cookie, set_cookie};
use super::next::is_ours;
use crate::staff::own;
use crate::store;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/language", Who::Anyone, choose_language).post("/theme", Who::Anyone, choose_theme)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageChoice {
    language: String,
    back: String,
}

async fn choose_language(visit: Visit, form: Form<LanguageChoice>) -> Result<Response, WebError> {
    let language = Language::from_code(&form.language).ok_or(WebError::BadForm)?;
    let context = visit.context();
    let mut response = Redirect::to(&back(&form.back, "language")).into_response();
    if let Ok(session) = visit.session() {
        own::choose_language(&context, session, Some(language), language).await?;
        return Ok(response);
    }
    // Of an account nothing is noted before all that is asked for has been seen.
    if let Ok(half) = visit.half() {
        let mut tx = context.db.begin().await?;
        store::session::set_language(&mut tx, half.row.id, language.as_str()).await?;
        tx.commit("session.language").await?;
    }
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
    format!("{}#{focus}", if is_ours(path) { path } else { "/" })
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
