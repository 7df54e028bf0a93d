//! The language in which an account wants its pages.

use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::staff::own;
use crate::web::errors::WebError;
use crate::web::input::Form;
use crate::web::visit::Visit;
use crate::web::{Language, Routes, Who, language};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/account/language", Who::SignedIn, choose)
}

/// A language to choose.
pub(super) struct Choice {
    /// Its code; empty for that of the browser.
    pub(super) code: &'static str,
    pub(super) text: String,
    /// The language of the text.
    pub(super) lang: &'static str,
    pub(super) is_chosen: bool,
}

/// What can be chosen, with what is.
pub(super) fn choices(visit: &Visit, chosen: Option<&str>) -> Vec<Choice> {
    let browser = Choice {
        code: "",
        text: visit.t("account-language-browser"),
        lang: visit.language.as_str(),
        is_chosen: chosen.is_none(),
    };
    let choice = |of: Language| Choice {
        code: of.as_str(),
        text: language::own_name(of).to_owned(),
        lang: of.as_str(),
        is_chosen: chosen == Some(of.as_str()),
    };
    std::iter::once(browser).chain(language::ALL.into_iter().map(choice)).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    /// Empty for that of the browser.
    language: String,
}

async fn choose(visit: Visit, headers: HeaderMap, form: Form<Chosen>) -> Result<Response, WebError> {
    let wanted = match form.language.as_str() {
        "" => None,
        code => Some(Language::from_code(code).ok_or(WebError::BadForm)?),
    };
    let shown = wanted.unwrap_or_else(|| language::wanted(&headers));
    own::choose_language(&visit.context(), visit.session()?, wanted, shown).await?;
    Ok(Redirect::to("/account?done=language").into_response())
}
