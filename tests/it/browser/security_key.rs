//! A security key in real Chromium, played by ChromeDriver's virtual authenticator.

use std::str::FromStr;

use ajantasa::staff::Role;
use ajantasa::web::Settings;
use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use reqwest::Url;
use serde_json::{Value, json};

use super::{Desk, Window, with_desk_of};
use crate::web::second_factor::{code, codes_of};
use crate::web::{PASSWORD, Site};

/// Plugs a virtual key in: one that says that somebody touched it.
#[derive(Debug)]
struct PlugIn;

impl WebDriverCompatibleCommand for PlugIn {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/webauthn/authenticator", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": false, "hasUserVerification": false,
        });
        (Method::POST, Some(body.to_string()))
    }
}

async fn adds_a_key_and_signs_in_with_it(desk: &mut Desk) {
    let plugged: Value = desk.window.issue_cmd(PlugIn).await.unwrap();
    assert!(plugged.is_string(), "{plugged}");
    desk.site.account("maija", Role::Reviewer, &["710"], false).await;
    desk.sign_in("maija").await;
    let page = desk.window.source().await.unwrap();
    let secret = codes_of(&page).remove(0);
    desk.fill("#code", &code(&secret, desk.site.scenario.context.clock.now())).await;
    desk.submit("main form button.main").await;

    desk.go("/account/security-keys").await;
    desk.fill("#name", "blue").await;
    desk.fill("#password", PASSWORD).await;
    desk.picture("security-keys").await;
    desk.submit("main form button.main").await;
    assert_eq!(desk.axe().await, [""; 0]);
    desk.picture("security-key-new").await;
    desk.submit("form[data-key] button").await;
    desk.until("return document.body.innerText.includes('The security key has been added')").await;
    assert_eq!(desk.axe().await, [""; 0]);

    desk.submit(".own form[action='/sign-out'] button").await;
    desk.sign_in("maija").await;
    assert_eq!(desk.axe().await, [""; 0]);
    desk.picture("security-key-use").await;
    desk.submit("form[data-key] button").await;
    desk.go("/account/security-keys").await;
    let page = desk.text().await;
    assert!(page.contains("blue") && !page.contains("never"), "{page}");
    let how = "SELECT detail FROM audit WHERE action = 'session.begin' ORDER BY sequence DESC LIMIT 1";
    let how = desk.site.scenario.texts(how).await;
    assert!(how[0].ends_with("by password and security key"), "{how:?}");
}

#[test]
fn a_security_key_is_added_and_signs_in() {
    let site = async |place| Site::guarded_with(&place, Settings::default()).await;
    with_desk_of(Window::WIDE, "localhost", &site, &adds_a_key_and_signs_in_with_it);
}

#[test]
fn without_script_the_code_is_asked_for_all_the_same() {
    let site = async |place| Site::guarded_with(&place, Settings::default()).await;
    with_desk_of(Window::WITHOUT_SCRIPT, "localhost", &site, &async |desk: &mut Desk| {
        desk.site.account("maija", Role::Reviewer, &["710"], false).await;
        desk.sign_in("maija").await;
        let secret = codes_of(&desk.window.source().await.unwrap()).remove(0);
        desk.fill("#code", &code(&secret, desk.site.scenario.context.clock.now())).await;
        desk.submit("main form button.main").await;
        desk.go("/account/security-keys").await;
        desk.fill("#name", "blue").await;
        desk.fill("#password", PASSWORD).await;
        desk.submit("main form button.main").await;
        let page = desk.text().await;
        assert!(page.contains("needs script") && !page.contains("knows no security keys"), "{page}");
    });
}
