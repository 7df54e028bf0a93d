//! Every route of the interface with every role, and without a token.

use ajantasa::staff::Role;
use ajantasa::web::{self, RouteRule, Who};
use axum::http::StatusCode;
use serde_json::json;

use super::super::Site;
use super::{Api, Reply};
use crate::scenario::on_both;

fn path(rule: &RouteRule) -> String {
    rule.path.replace("{id}", "01a20161-0000-7000-8000-000000000000").replace("{name}", "changed")
}

async fn ask(api: &Api, rule: &RouteRule) -> Reply {
    if rule.method == "GET" {
        return api.get(&path(rule)).await;
    }
    let body = if rule.path == "/runs" {
        json!({"schedule": "none", "version": 1})
    } else {
        json!({"act": "approve"})
    };
    api.post(&path(rule), "\"1\"", &body).await
}

on_both! {
    async fn each_route_lets_in_the_roles_it_names_and_nobody_else(place: Place) {
        let site = Site::with_queue(&place).await;
        let stranger = site.stranger();
        for rule in web::api_rules() {
            let reply = ask(&stranger, &rule).await;
            if rule.who == Who::Anyone {
                reply.ok();
            } else {
                assert_eq!(reply.problem("unauthorized").status, StatusCode::UNAUTHORIZED, "{}", rule.path);
            }
        }
        for role in Role::ALL {
            let name = role.as_str();
            site.account(name, role, &["710"], false).await;
            let acting = site.client(name, "acts", true).await;
            let reading = site.client(name, "reads", false).await;
            for rule in web::api_rules() {
                let what = format!("{name} {} {}", rule.method, rule.path);
                let reply = ask(&acting, &rule).await;
                assert!(reply.status.as_u16() < 500, "{what}: {}", reply.status);
                let may = rule.who.admits(role);
                assert_eq!(reply.status == StatusCode::FORBIDDEN, !may, "{what}: {}", reply.text);
                let read = ask(&reading, &rule).await;
                if may && rule.method == "POST" {
                    assert_eq!(read.problem("reads-only").status, StatusCode::FORBIDDEN, "{what}");
                } else {
                    assert_eq!(read.status, reply.status, "{what}");
                }
            }
        }
    }

    async fn a_session_opens_nothing_here_and_a_token_nothing_there(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let mut browser = site.signed_in("maija").await;
        let answer = browser.get("/api/v1/cases").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let fields = [("token", browser.token.clone())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let form = browser.send("POST", "/api/v1/runs", Some(&fields), &[]).await;
        assert_eq!(form.status, StatusCode::UNAUTHORIZED);
        let bearer = format!("Bearer {}", api.token);
        for path in ["/queue", "/account", "/account/clients", "/overview"] {
            let answer = site.browser().send("GET", path, None, &[("authorization", &bearer)]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
        let cookie = format!("ajantasa={}", &api.token[4..]);
        let answer = site.browser().send("GET", "/queue", None, &[("cookie", &cookie)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let word = browser.cookies["ajantasa"].clone();
        for token in [word.clone(), format!("ajt_{word}"), String::new(), "ajt_".to_owned(), api.token[..46].to_owned()] {
            let other = Api { token, ..api.clone() };
            assert_eq!(other.get("/cases").await.problem("unauthorized").status, StatusCode::UNAUTHORIZED);
        }
        for (header, value) in [("authorization", api.token.clone()), ("authorization", format!("Basic {}", api.token))] {
            let reply = site.stranger().send("GET", "/cases", &[(header, &value)], Vec::new()).await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{value}");
        }
        let twice = api.send("GET", "/cases", &[("authorization", "Bearer x")], Vec::new()).await;
        assert_eq!(twice.status, StatusCode::UNAUTHORIZED);
        let elsewhere = site.stranger().send("GET", "/openapi.json", &[("host", "evil.example")], Vec::new()).await;
        // Two names are none.
        assert!(elsewhere.status.is_success() || elsewhere.status == StatusCode::MISDIRECTED_REQUEST);
        assert!(!bearer.is_empty());
    }
}
