//! Requests that no page of ours sends: each is answered by a page of ours, in the visitor's language.

use std::fs;
use std::path::Path;

use ajantasa::staff::Role;
use ajantasa::web::{self, RouteRule, Who};
use axum::http::{StatusCode, header};

use super::{Answer, Browser, PASSWORD, Site};
use crate::scenario::on_both;

/// What may stand in a variable part of a path.
const WORDS: &[&str] = &[
    "none",
    "%FF",
    "%00",
    "..%2F..%2Fetc",
    "01a20161",
    "01a20161-0000-7000-8000-00000000000g",
    "01a20161-0000-7000-8000-000000000000",
    "%3Cscript%3E",
];

/// What may follow a question mark.
const QUERIES: &[&str] = &[
    "",
    "?",
    "?done=a&done=b",
    "?done=%FF%FE",
    "?library=%00&municipality=%00&schedule=%00&state=%00",
    "?nothing=of&the=kind",
    "?=&&=&%",
    "?list=%FF&case=none&after=none&before=1_2&page=-1&cron=%00",
    "?asked=answered&done=approved&case=01a20161-0000-7000-8000-000000000000",
];

/// What may be sent as a form.
const BODIES: &[&[u8]] = &[
    b"",
    b"nothing=of&the=kind",
    b"&&&==&",
    b"%FF=%FE&%00=%00",
    b"\xff\xfe\x00=\x80",
    b"version=none&list=&reason=&note=&to=nobody&until=never",
    b"name=a&name=b&list=a&list=b&version=1&version=2&code=1&code=2",
    b"id=&schedule=&seen=9999999999999999999999&case=x&view=x&notice=x&sample=x&verdict=fits",
];

fn paths(rule: &RouteRule) -> Vec<String> {
    if !rule.path.contains('{') {
        return vec![rule.path.to_owned()];
    }
    let filled = |word: &str| {
        let parts = rule.path.split('/').map(|part| if part.starts_with('{') { word } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    WORDS.iter().map(|word| filled(word)).chain([filled(&"x".repeat(3000))]).collect()
}

/// That an answer is one of our own: the page frame in the visitor's language, a way on, or a file of ours.
#[track_caller]
fn is_ours(answer: &Answer, what: &str) {
    let status = answer.status;
    assert!(status.as_u16() < 500, "{what}: {status} {}", answer.text);
    let kind =
        answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if status.is_redirection() {
        assert!(answer.location().starts_with('/') && !answer.location().starts_with("//"), "{what}");
        return;
    }
    if status == StatusCode::OK && !kind.starts_with("text/html") {
        return;
    }
    assert!(kind.starts_with("text/html"), "{what}: {status} {kind} {}", answer.text);
    for part in ["<html lang=\"sv\"", "<a class=\"brand\" href=\"/\">", "<main id=\"content\"", "<h1"] {
        // Parts of pages are asked for by the script, with a header of its own.
        assert!(answer.text.contains(part), "{what}: {status}, no {part} in {}", answer.text);
    }
    assert!(!answer.text.contains("Unknown localization"), "{what}");
}

/// A browser for a route, whose user may come there.
async fn visitor(site: &Site, who: Who) -> Browser {
    let mut browser = site.browser();
    browser.language = "sv";
    let name = match who {
        Who::Anyone => return browser,
        Who::HalfSignedIn | Who::SignedIn => Role::Reviewer.as_str(),
        Who::Roles(roles) => roles[0].as_str(),
    };
    browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
    browser.get(if who == Who::HalfSignedIn { "/sign-in/second-factor" } else { "/account" }).await;
    browser
}

async fn throw_at(site: &Site, rule: &RouteRule) {
    let mut browser = visitor(site, rule.who).await;
    for path in paths(rule) {
        for query in QUERIES {
            let address = format!("{path}{query}");
            if rule.method == "GET" {
                is_ours(&browser.get(&address).await, &format!("GET {address}"));
                continue;
            }
            let token = format!("&token={}", browser.token).into_bytes();
            for body in BODIES {
                let body = [body, &token[..]].concat();
                let what = format!("POST {address} {}", String::from_utf8_lossy(&body));
                is_ours(&browser.send_body("POST", &address, body, &[]).await, &what);
                if rule.path == "/sign-out" {
                    browser = visitor(site, rule.who).await;
                }
            }
            if !query.is_empty() {
                break;
            }
        }
        if rule.method == "POST" {
            for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x", ""] {
                let answer = browser.send("POST", &path, Some(&[]), &[("content-type", kind)]).await;
                is_ours(&answer, &format!("POST {path} as {kind}"));
                assert!(answer.status.is_client_error(), "POST {path} as {kind}");
            }
            let large = [b"note=".to_vec(), vec![b'x'; 300 * 1024]].concat();
            let answer = browser.send_body("POST", &path, large, &[]).await;
            is_ours(&answer, &format!("POST {path}, large"));
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
    }
}

on_both! {
    async fn whatever_a_request_holds_the_answer_is_a_page_of_ours(place: Place) {
        let site = Site::with_queue(&place).await;
        for role in Role::ALL {
            site.account(role.as_str(), role, &["710"], role == Role::Reviewer).await;
        }
        for rule in web::rules().iter().filter(|rule| rule.who != Who::HalfSignedIn) {
            throw_at(&site, rule).await;
        }
    }

    async fn so_it_is_between_the_password_and_the_second_factor(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("reviewer", Role::Reviewer, &["710"], false).await;
        for rule in web::rules().iter().filter(|rule| rule.who == Who::HalfSignedIn) {
            throw_at(&site, rule).await;
        }
    }

    async fn a_mistake_in_an_address_says_what_to_do(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let bad = browser.get("/bulk?nothing=1").await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST);
        bad.says("The address cannot be read").says("Follow a link or a menu entry");
        for path in ["/queue/none", "/queue/%FF", "/patrons/none", "/bulk/none", "/nothing"] {
            let gone = browser.get(path).await;
            assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
            gone.says("There is no such page");
        }
        let bad = browser.post("/queue/views/remove", &[("view", "none"), ("list", "")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        bad.says("The form cannot be read").says("Open the page again");
    }
}

/// Every handler takes what it takes by the extractors of `src/web/input.rs`.
#[test]
fn no_handler_takes_a_form_a_path_or_a_query_by_itself() {
    fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut found);
    let allowed = ["input.rs", "assets.rs"];
    let mut looked_at = 0;
    for path in found.iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs")) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        looked_at += 1;
        for line in text.lines().filter(|line| line.trim_start().starts_with("use axum")) {
            let words: Vec<&str> = line.split(|sign: char| !sign.is_ascii_alphanumeric()).collect();
            let taken =
                ["Form", "Path", "Query", "Json", "Multipart"].iter().find(|word| words.contains(word));
            // The interface for programs has problems of its own instead of pages.
            let is_of_programs = path.components().any(|part| part.as_os_str() == "api");
            let may = allowed.contains(&name) || is_of_programs;
            assert!(taken.is_none() || may, "{}: {line}", path.display());
        }
    }
    assert!(looked_at > 50);
}
