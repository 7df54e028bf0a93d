//! Every route with every role: who is let in, and that no form changes anything without session, origin and token.

use ajantasa::staff::Role;
use ajantasa::web::{self, RouteRule, Who};
use axum::http::StatusCode;

use super::{Browser, Site};
use crate::scenario::on_both;

/// A path with something that is not there in its variable parts.
fn path(rule: &RouteRule) -> String {
    let parts = rule.path.split('/').map(|part| match part.strip_prefix('{') {
        Some("id}" | "number}") => "01a20161-0000-7000-8000-000000000000",
        Some(_) => "none",
        None => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether it is a form of somebody who is signed in, or of anybody.
fn is_own_post(rule: &RouteRule) -> bool {
    rule.method == "POST" && rule.who != Who::HalfSignedIn
}

async fn ask(
    browser: &mut Browser,
    rule: &RouteRule,
    headers: &[(&str, &str)],
    token: Option<&str>,
) -> StatusCode {
    let fields: Vec<(&str, &str)> = token.map(|token| ("token", token)).into_iter().collect();
    let fields = (rule.method == "POST").then_some(&fields[..]);
    browser.send(rule.method, &path(rule), fields, headers).await.status
}

on_both! {
    async fn each_route_lets_in_the_roles_it_names_and_nobody_else(place: Place) {
        let site = Site::with_queue(&place).await;
        let mut cells = 0;
        for role in Role::ALL {
            let name = role.as_str();
            site.account(name, role, &["710"], false).await;
            for rule in web::rules() {
                // Each cell with a session of its own: one of them ends it.
                let mut browser = site.signed_in(name).await;
                let token = browser.token.clone();
                let status = ask(&mut browser, &rule, &[], Some(&token)).await;
                let what = format!("{name} {} {}", rule.method, rule.path);
                assert!(status.as_u16() < 500, "{what}: {status}");
                if rule.who == Who::HalfSignedIn {
                    assert_eq!(status, StatusCode::NOT_FOUND, "{what}: the second factor has been given");
                } else if rule.who.admits(role) {
                    assert!(![StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status), "{what}: {status}");
                } else {
                    assert_eq!(status, StatusCode::FORBIDDEN, "{what}");
                }
                cells += 1;
            }
        }
        assert_eq!(cells, 3 * web::rules().len());
    }

    async fn nobody_is_let_in_without_a_session(place: Place) {
        let site = Site::new(&place).await;
        for rule in web::rules().iter().filter(|rule| rule.who != Who::Anyone) {
            let mut browser = site.browser();
            let status = ask(&mut browser, rule, &[], None).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {}", rule.method, rule.path);
        }
    }

    async fn no_form_is_taken_from_elsewhere_or_without_the_word_of_its_session(place: Place) {
        let site = Site::new(&place).await;
        for role in Role::ALL {
            let name = role.as_str();
            site.account(name, role, &["710"], role == Role::Reviewer).await;
            let mut browser = site.signed_in(name).await;
            let token = browser.token.clone();
            let before = site.scenario.number("SELECT count(*) FROM audit").await;
            for rule in web::rules().iter().filter(|rule| is_own_post(rule)) {
                let what = format!("{name} {}", rule.path);
                let foreign = [("origin", "https://example.org"), ("sec-fetch-site", "cross-site")];
                assert_eq!(ask(&mut browser, rule, &foreign, Some(&token)).await, StatusCode::FORBIDDEN, "{what}");
                let silent = [("origin", ""), ("sec-fetch-site", "")];
                assert_eq!(ask(&mut browser, rule, &silent, Some(&token)).await, StatusCode::FORBIDDEN, "{what}");
                assert_eq!(ask(&mut browser, rule, &[], None).await, StatusCode::FORBIDDEN, "{what}");
                assert_eq!(ask(&mut browser, rule, &[], Some("0000")).await, StatusCode::FORBIDDEN, "{what}");
            }
            assert_eq!(site.scenario.number("SELECT count(*) FROM audit").await, before, "nothing was done");
        }
    }
}
