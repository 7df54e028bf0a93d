//! Signing in by a directory: a pretended one that says what a test wants, and a real one.

mod pretended;
mod real;
mod refused;

use std::collections::BTreeMap;
use std::sync::Arc;

use ajantasa::directory::{Directory, DirectorySettings};
use ajantasa::municipality::MunicipalityName;
use ajantasa::staff::Role;
use ajantasa::staff::directory::{Rules, Way};
use ajantasa::web::Settings;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde_json::json;

use super::{Browser, PASSWORD, Site};
use crate::scenario::{Place, Scenario, Setup, on_both};
use pretended::Pretended;

/// The way in by a directory, as the tests configure it.
fn way(issuer: &str, acr_values: &[&str], asks_second_factor: bool) -> Arc<Way> {
    let settings = DirectorySettings {
        issuer: issuer.to_owned(),
        client_id: "ajantasa".to_owned(),
        client_secret: SecretString::from("a secret of the tests"),
        ca_pem: None,
        scopes: vec!["profile".to_owned()],
        acr_values: acr_values.iter().map(|way| (*way).to_owned()).collect(),
    };
    let named = [("decides", Role::Reviewer), ("sets up", Role::Administrator), ("inspects", Role::Auditor)];
    let rules = Rules {
        claim_name: "preferred_username".to_owned(),
        claim_roles: "groups".to_owned(),
        roles: named.map(|(value, role)| (value.to_owned(), role)).into(),
        claim_municipalities: Some("towns".to_owned()),
        municipalities: BTreeMap::new(),
        protected: Some(("groups".to_owned(), "cleared".to_owned())),
        asks_second_factor,
        days: 30,
    };
    let name = MunicipalityName {
        fi: "Kaupungin tunnus".to_owned(),
        sv: "Stadens konto".to_owned(),
        en: "City account".to_owned(),
    };
    Arc::new(Way { directory: Directory::new(settings).unwrap(), rules, name })
}

/// Pages with a pretended directory, and with an administrator of their own.
async fn site(place: &Place) -> (Site, Pretended) {
    site_of(place, &[], false).await
}

async fn site_of(place: &Place, acr_values: &[&str], asks_second_factor: bool) -> (Site, Pretended) {
    let scenario = Scenario::new(place, Setup::default()).await;
    let pretended = Pretended::start(scenario.clock.clone()).await;
    let directory = Some(way(&pretended.url, acr_values, asks_second_factor));
    // Where the directory's accounts are not asked here, those with a password are not either.
    let settings = Settings { directory, is_second_factor_off: !asks_second_factor, ..Settings::default() };
    let site = Site::with_settings(scenario, settings);
    site.account("anna", Role::Administrator, &[], false).await;
    (site, pretended)
}

/// Goes from our answer to the way back on to the page that was asked for.
async fn arrive(browser: &mut Browser, answer: &super::Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(answer.location(), "/sign-in/directory/arrived?step=whole");
    let page = browser.get(answer.location()).await.ok();
    assert_eq!(page.headers["refresh"], "0; url=/sign-in/directory/onward");
    page.says("href=\"/sign-in/directory/onward\"");
    browser.get("/sign-in/directory/onward").await.location().to_owned()
}

/// Why the way back led to nobody.
fn why(answer: &super::Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().strip_prefix("/sign-in/directory/problem?why=").unwrap_or_else(|| panic!("{answer:?}"))
}

on_both! {
    async fn the_first_sign_in_makes_an_account_and_leads_to_the_page_that_was_asked_for(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut browser = site.browser();
        browser.get("/account").await.says("Sign in: City account").says("href=\"/sign-in/directory\"");
        let sent = pretended.sent(&mut browser).await;
        assert_eq!(sent.query["response_type"], "code");
        assert_eq!(sent.query["code_challenge_method"], "S256");
        assert_eq!(sent.query["scope"], "openid profile");
        assert_eq!(sent.query["redirect_uri"], "http://127.0.0.1:8080/sign-in/directory/return");
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": ["decides", "x"], "towns": ["755", "710"] })).await;
        assert_eq!(arrive(&mut browser, &answer).await, "/account");
        browser.get("/account").await.ok().says("maija").says("reviewer").says("Raasepori").says("Siuntio");
        let found = site.scenario.texts("SELECT name FROM account WHERE password_hash IS NULL AND os_login IS NULL AND NOT may_protected").await;
        assert_eq!(found, ["maija"]);
        assert_eq!(site.recorded().await, ["account.add", "session.begin"]);
        let detail = site.scenario.texts("SELECT detail FROM audit ORDER BY sequence").await.join(" ");
        assert!(detail.contains("municipalities 710 755") && detail.contains("by directory"), "{detail}");
        let refused = site.browser().post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.signed_in("anna").await.get("/account").await.status, StatusCode::OK, "the way by password");
    }

    async fn an_account_is_the_subjects_and_never_that_of_a_name(place: Place) {
        let (site, pretended) = site(&place).await;
        site.account("maija", Role::Auditor, &[], false).await;
        for _ in 0..2 {
            let mut browser = site.browser();
            let sent = pretended.sent(&mut browser).await;
            let claims = json!({ "groups": "decides", "towns": "710", "email": "maija@example.org" });
            let answer = pretended.vouches(&mut browser, &sent, claims).await;
            arrive(&mut browser, &answer).await;
            browser.get("/account").await.ok().says("maija-2").says("reviewer");
        }
        let mut other = site.browser();
        let sent = pretended.sent(&mut other).await;
        let claims = json!({ "sub": "somebody else", "groups": "decides", "towns": "710" });
        let answer = pretended.vouches(&mut other, &sent, claims).await;
        arrive(&mut other, &answer).await;
        other.get("/account").await.ok().says("maija-3");
        assert_eq!(site.scenario.number("SELECT count(*) FROM account").await, 4);
    }

    async fn what_the_directory_changes_is_changed_at_the_next_sign_in_and_ends_the_other_sessions(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut old = site.browser();
        let sent = pretended.sent(&mut old).await;
        let answer = pretended.vouches(&mut old, &sent, json!({ "groups": ["decides", "cleared"], "towns": ["710", "755"] })).await;
        arrive(&mut old, &answer).await;
        old.get("/protected").await.ok();
        let mut same = site.browser();
        let sent = pretended.sent(&mut same).await;
        let answer = pretended.vouches(&mut same, &sent, json!({ "groups": ["cleared", "decides"], "towns": ["755", "710"] })).await;
        arrive(&mut same, &answer).await;
        old.get("/account").await.ok();
        let mut new = site.browser();
        let sent = pretended.sent(&mut new).await;
        let answer = pretended.vouches(&mut new, &sent, json!({ "groups": ["decides"], "towns": ["710"] })).await;
        arrive(&mut new, &answer).await;
        new.get("/account").await.ok().does_not_say("Siuntio");
        for ended in [&mut old, &mut same] {
            assert_eq!(ended.get("/account").await.status, StatusCode::UNAUTHORIZED);
        }
        let recorded = site.recorded().await;
        assert_eq!(recorded.iter().filter(|action| *action == "account.rights").count(), 1, "{recorded:?}");
    }

    async fn each_sign_in_prolongs_the_account_and_without_one_it_ends(place: Place) {
        let (site, pretended) = site(&place).await;
        for _ in 0..2 {
            let mut browser = site.browser();
            let sent = pretended.sent(&mut browser).await;
            let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects" })).await;
            arrive(&mut browser, &answer).await;
            let wanted = (ajantasa::clock::Clock::today(&*site.scenario.clock) + chrono::TimeDelta::days(30)).to_string();
            let ends = site.scenario.texts("SELECT CAST(ends_on AS TEXT) FROM account WHERE name = 'maija'").await;
            assert_eq!(ends, [wanted]);
            site.scenario.clock.advance(chrono::TimeDelta::days(20));
        }
    }

    async fn the_second_factor_is_asked_for_here_or_demanded_of_the_directory(place: Place) {
        let (site, pretended) = site_of(&place, &[], true).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects" })).await;
        assert_eq!(answer.location(), "/sign-in/directory/arrived?step=half");
        let page = browser.get(answer.location()).await.ok();
        assert_eq!(page.headers["refresh"], "0; url=/sign-in/second-factor");
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
        browser.get("/sign-in/second-factor").await.ok().says("maija");
    }

    async fn a_directory_that_asks_for_the_second_factor_must_say_so(place: Place) {
        let (site, pretended) = site_of(&place, &["urn:two"], false).await;
        for (acr, comes_in) in [(json!("urn:one"), false), (json!(null), false), (json!("urn:two"), true)] {
            let mut browser = site.browser();
            let sent = pretended.sent(&mut browser).await;
            assert_eq!(sent.query["acr_values"], "urn:two");
            let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects", "acr": acr })).await;
            if comes_in {
                arrive(&mut browser, &answer).await;
            } else {
                assert_eq!(why(&answer), "not-proved", "{acr}");
            }
        }
    }

    async fn whoever_signs_out_may_end_the_session_at_the_directory_too(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects" })).await;
        arrive(&mut browser, &answer).await;
        browser.get("/account").await.ok();
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!(answer.location(), "/sign-in/directory/signed-out");
        let end = format!("href=\"{}/end?client_id=ajantasa\"", pretended.url);
        browser.get(answer.location()).await.ok().says(&end);
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
        let mut local = site.signed_in("anna").await;
        assert_eq!(local.post("/sign-out", &[]).await.location(), "/");
    }
}
