//! Signing in and out, and what stands before every page.

use ajantasa::staff::{Role, session};
use axum::http::{StatusCode, header};
use chrono::TimeDelta;

use super::{PASSWORD, Site};
use crate::scenario::on_both;

on_both! {
    async fn whoever_is_not_signed_in_gets_the_same_page_everywhere(place: Place) {
        let site = Site::new(&place).await;
        let mut browser = site.browser();
        let first = browser.get("/").await;
        assert_eq!(first.status, StatusCode::UNAUTHORIZED);
        for path in ["/account", "/no/such/page", "/queue/1"] {
            let answer = browser.get(path).await;
            assert_eq!((answer.status, answer.text), (first.status, first.text.clone()), "{path}");
        }
    }

    async fn a_session_begins_with_a_password_and_ends_with_its_holders_word(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.browser();
        let wrong = browser.post("/sign-in", &[("name", "maija"), ("password", "wrong password")]).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        let unknown = browser.post("/sign-in", &[("name", "nobody"), ("password", "wrong password")]).await;
        assert_eq!(wrong.text, unknown.text);
        assert!(browser.cookies.is_empty());
        site.scenario.clock.advance(TimeDelta::minutes(1));

        let mut browser = site.signed_in("maija").await;
        browser.get("/account").await.ok().says("maija").says("reviewer").says("Raasepori").says("this session");
        let word = browser.cookies["ajantasa"].clone();
        assert_eq!(browser.post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
        let mut stolen = site.browser();
        stolen.cookies.insert("ajantasa".to_owned(), word);
        assert_eq!(stolen.get("/account").await.status, StatusCode::UNAUTHORIZED);
        let recorded = site.scenario.texts("SELECT action FROM audit WHERE action LIKE 'session.%' ORDER BY sequence").await;
        assert_eq!(recorded, ["session.begin", "session.end"]);
    }

    async fn a_session_ends_unused_after_a_while_and_in_any_case_after_a_day(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let mut used = TimeDelta::zero();
        while used + session::IDLE < session::ABSOLUTE {
            let pause = session::IDLE - TimeDelta::seconds(1);
            site.scenario.clock.advance(pause);
            used += pause;
            browser.get("/account").await.ok();
        }
        site.scenario.clock.advance(session::IDLE - TimeDelta::seconds(1));
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
        let mut browser = site.signed_in("maija").await;
        site.scenario.clock.advance(session::IDLE);
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn an_account_that_has_ended_acts_no_more(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        site.scenario.execute("UPDATE account SET ends_on = '2026-01-01' WHERE name = 'maija'").await;
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_form_of_another_page_or_another_session_changes_nothing(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let token = browser.token.clone();
        let good = [("token", token.as_str())];
        for headers in [
            [("origin", "https://example.org"), ("sec-fetch-site", "same-origin")],
            [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "cross-site")],
            [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "none")],
            [("origin", ""), ("sec-fetch-site", "")],
        ] {
            let answer = browser.send("POST", "/sign-out", Some(&good), &headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        }
        for fields in [&[][..], &[("token", "0000")], &[("token", &token[..]), ("token", &token[..])]] {
            let answer = browser.send("POST", "/sign-out", Some(fields), &[]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{fields:?}");
        }
        let mut other = site.signed_in("maija").await;
        let foreign = other.send("POST", "/sign-out", Some(&good), &[]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let host = browser.send("GET", "/account", None, &[("host", "evil.example")]).await;
        assert_eq!(host.status, StatusCode::MISDIRECTED_REQUEST);
        browser.get("/account").await.ok();
    }

    async fn an_account_without_a_page_of_its_own_sees_itself_and_no_patron(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        let mut browser = site.signed_in("anna").await;
        let home = browser.get("/").await;
        assert_eq!(home.status, StatusCode::SEE_OTHER);
        let page = browser.get("/account").await.ok();
        page.says("anna").does_not_say("2071000007");
    }

    async fn the_language_is_the_browsers_until_somebody_chooses(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.browser();
        browser.language = "sv-FI,sv;q=0.9,en;q=0.5";
        browser.get("/").await.says("<html lang=\"sv\"").says("Användarnamn");
        browser.post("/language", &[("language", "fi"), ("back", "/account")]).await;
        browser.get("/").await.says("<html lang=\"fi\"").says("Käyttäjätunnus");
        browser.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        let page = browser.get("/account").await.ok();
        page.says("<html lang=\"fi\"").says("Avoimet istunnot");
        let answer = browser.post("/language", &[("language", "sv"), ("back", "/account")]).await;
        assert_eq!(answer.location(), "/account#language");
        browser.get("/account").await.ok().says("Öppna sessioner");
    }

    async fn every_answer_says_what_a_browser_must_not_do(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        for path in ["/account", "/", "/no/such/page"] {
            let answer = browser.get(path).await;
            assert_eq!(
                answer.headers[header::CONTENT_SECURITY_POLICY],
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                 connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            );
            for (name, value) in [
                ("cache-control", "no-store"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.headers[name], value, "{path}");
            }
        }
    }

    async fn who_asked_for_a_page_comes_there_after_signing_in(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let sign_in = [("name", "maija"), ("password", PASSWORD)];
        let mut browser = site.browser();
        browser.get("/account/password").await;
        browser.post("/sign-in", &[("name", "maija"), ("password", "wrong password")]).await;
        site.scenario.clock.advance(TimeDelta::seconds(1));
        assert_eq!(browser.post("/sign-in", &sign_in).await.location(), "/account/password");
        assert!(!browser.cookies.contains_key("next"), "it leads there once");

        for path in ["/", "/no/such/page", "/sign-out", "/assets/x/y", "/account/password?x=1"] {
            let mut browser = site.browser();
            browser.get(path).await;
            let next = browser.cookies.get("next").map(String::as_str);
            assert_eq!(next, path.contains('?').then_some("/account/password"), "{path}");
        }
        let mut browser = site.browser();
        for headers in [("hx-request", "true"), ("sec-fetch-dest", "empty")] {
            browser.send("GET", "/account", None, &[headers]).await;
            assert!(!browser.cookies.contains_key("next"), "{headers:?}");
        }
        for planted in ["//example.org", "https://example.org/", "/no/such/page", "/account%0d%0a"] {
            let mut browser = site.browser();
            browser.cookies.insert("next".to_owned(), planted.to_owned());
            assert_eq!(browser.post("/sign-in", &sign_in).await.location(), "/", "{planted}");
        }
    }

    async fn every_sign_in_begins_another_session(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let planted = "cd".repeat(32);
        let mut browser = site.browser();
        browser.cookies.insert("ajantasa".to_owned(), planted.clone());
        browser.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        let first = browser.cookies["ajantasa"].clone();
        assert_ne!(first, planted);
        browser.get("/account").await.ok();
        browser.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        assert_ne!(browser.cookies["ajantasa"], first);
    }
}
