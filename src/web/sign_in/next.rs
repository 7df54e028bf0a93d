//! Where somebody was going before signing in: the path of a page of ours, without anything behind a question mark.

use std::sync::LazyLock;

use axum::http::Method;
use axum::http::request::Parts;

use super::super::visit::text_of;
use super::super::{RouteRule, Who};

/// The pages that somebody can be on the way to.
static PAGES: LazyLock<Vec<RouteRule>> = LazyLock::new(|| {
    let is_page = |rule: &RouteRule| {
        let is_way_in = rule.path.starts_with("/sign-in/");
        rule.method == "GET" && rule.path != "/" && !is_way_in && rule.who != Who::HalfSignedIn
    };
    super::super::rules().into_iter().filter(is_page).collect()
});

/// Whether a text is a path that stays here.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.~%".contains(&byte))
}

/// Whether a text is the path of a page, whatever its variable parts.
pub(in crate::web) fn is_page(path: &str) -> bool {
    is_ours(path) && PAGES.iter().any(|rule| fits(rule.path, path))
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let is_same =
        |(wanted, part): (&&str, &&str)| wanted == part || (wanted.starts_with('{') && !part.is_empty());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(is_same)
}

/// The page that a request asks for, if a person at a browser does so: no part of a page, no stream.
pub(in crate::web) fn asked(request: &Parts) -> Option<String> {
    let is_person = request.method == Method::GET
        && text_of(&request.headers, "hx-request").is_none()
        && text_of(&request.headers, "sec-fetch-dest").is_none_or(|dest| dest == "document");
    let path = request.uri.path();
    (is_person && is_page(path)).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_remembered() {
        assert!(is_page("/account"));
        for other in
            ["/", "/sign-in", "/sign-out", "/no/such/page", "//account", "/account?x=1", "/account/", ""]
        {
            assert!(!is_page(other), "{other}");
        }
    }

    #[test]
    fn variable_parts_of_a_path_may_be_anything_but_nothing() {
        assert!(fits("/queue/{id}", "/queue/018f") && !fits("/queue/{id}", "/queue/"));
        assert!(!fits("/queue/{id}", "/queue/1/2") && !fits("/queue/{id}", "/patrons/1"));
    }
}
