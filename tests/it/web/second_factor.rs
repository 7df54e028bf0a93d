//! The second factor: setting it up, giving it, and what a session may do before.

use ajantasa::staff::Role;
use ajantasa::staff::session;
use ajantasa::web::{self, Who};
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use totp_rs::{Builder, Secret};

use super::{Browser, PASSWORD, Site};
use crate::scenario::on_both;

/// The page of the second factor.
pub const PAGE: &str = "/sign-in/second-factor";

/// The code that an app shows.
pub fn code(secret: &str, at: DateTime<Utc>) -> String {
    let secret = Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let app = Builder::new().with_secret(secret).build().unwrap();
    app.generate(u64::try_from(at.timestamp()).unwrap()).to_string()
}

/// The words of a page that are set as code.
pub fn codes_of(text: &str) -> Vec<String> {
    text.split("<code>").skip(1).map(|rest| rest.split("</code>").next().unwrap().to_owned()).collect()
}

impl Site {
    pub fn code(&self, secret: &str) -> String {
        code(secret, self.scenario.context.clock.now())
    }

    /// A browser that has given name and password.
    pub async fn half(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        self.give_password(&mut browser, name).await;
        browser
    }

    pub async fn give_password(&self, browser: &mut Browser, name: &str) {
        browser.get("/").await;
        let answer = browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, PAGE), "{}", answer.text);
        // The word of the half session's form is on its page.
        browser.get(PAGE).await.ok();
    }

    /// Sets up the second factor of an account: a browser that is signed in, the secret, and the printed codes.
    pub async fn set_up(&self, name: &str) -> (Browser, String, Vec<String>) {
        let mut browser = self.half(name).await;
        let page = browser.get(PAGE).await.ok();
        let secret = codes_of(&page.text).remove(0);
        let answer = browser.post(PAGE, &[("code", &self.code(&secret))]).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, "/account/codes"),
            "{}",
            answer.text
        );
        let printed = codes_of(&browser.get("/account/codes").await.ok().text);
        (browser, secret, printed)
    }

    /// The next code of an app.
    pub fn next_code(&self, secret: &str) -> String {
        self.scenario.clock.advance(TimeDelta::seconds(30));
        self.code(secret)
    }
}

on_both! {
    async fn the_first_sign_in_sets_up_an_app_and_prints_ten_codes_once(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let before = site.recorded().await.len();
        let mut browser = site.half("maija").await;
        let page = browser.get(PAGE).await.ok();
        page.says("maija").says("<svg class=\"code\"").does_not_say("Choose a password");
        let again = browser.get(PAGE).await.ok();
        assert_eq!(codes_of(&page.text), codes_of(&again.text), "looking changes nothing");
        let wrong = browser.post(PAGE, &[("code", "000000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        wrong.says("href=\"#code\"");
        site.scenario.clock.advance(TimeDelta::seconds(1));

        let half = browser.cookies["ajantasa"].clone();
        let secret = codes_of(&page.text).remove(0);
        let answer = browser.post(PAGE, &[("code", &site.code(&secret))]).await;
        assert_eq!(answer.location(), "/account/codes", "{}", answer.text);
        assert_ne!(browser.cookies["ajantasa"], half, "the word is another one");
        let mut stolen = site.browser();
        stolen.cookies.insert("ajantasa".to_owned(), half);
        assert_eq!(stolen.get(PAGE).await.status, StatusCode::UNAUTHORIZED, "the half session has ended");

        let printed = codes_of(&browser.get("/account/codes").await.ok().text);
        assert_eq!(printed.len(), 10);
        assert_eq!(browser.post("/account/codes/kept", &[]).await.location(), "/");
        let after = browser.get("/account/codes").await.ok();
        after.says("One-time codes left: 10.").does_not_say(&printed[0]);
        let recorded = site.recorded().await.split_off(before);
        assert_eq!(recorded, ["account.prove", "account.refuse", "session.begin", "account.codes_kept"]);
        let details = site.scenario.texts("SELECT detail FROM audit").await.join("\n");
        assert!(!details.contains(&printed[0]) && !details.contains(&secret));
    }

    async fn codes_that_nobody_took_over_are_shown_for_ten_minutes(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Auditor, &[], false).await;
        let (mut browser, _, printed) = site.set_up("maija").await;
        site.scenario.clock.advance(TimeDelta::minutes(9));
        browser.get("/account/codes").await.ok().says(&printed[9]);
        site.scenario.clock.advance(TimeDelta::minutes(1));
        browser.get("/account/codes").await.ok().does_not_say(&printed[9]);
    }

    async fn every_role_is_asked_for_it_and_a_code_works_once(place: Place) {
        let site = Site::guarded(&place).await;
        for (name, role) in [("anna", Role::Administrator), ("maija", Role::Reviewer), ("tarmo", Role::Auditor)] {
            site.account(name, role, &["710"], false).await;
            let (_, secret, printed) = site.set_up(name).await;
            let mut browser = site.half(name).await;
            let used = site.code(&secret);
            assert_eq!(browser.post(PAGE, &[("code", &used)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
            let next = site.next_code(&secret);
            assert_eq!(browser.post(PAGE, &[("code", &next)]).await.status, StatusCode::SEE_OTHER, "{name}");
            browser.get("/account").await.ok().says(name);

            for (given, taken) in [(&next, false), (&printed[3], true), (&printed[3], false), (&printed[4].to_lowercase(), true)] {
                site.scenario.clock.advance(TimeDelta::seconds(3));
                let mut browser = site.half(name).await;
                let answer = browser.post(PAGE, &[("code", given)]).await;
                assert_eq!(answer.status == StatusCode::SEE_OTHER, taken, "{name} {given}");
                site.scenario.clock.advance(TimeDelta::seconds(3));
            }
            browser.get("/account").await.ok().says("One-time codes left: 8.");
        }
    }

    async fn a_session_without_the_factor_reaches_nothing_else(place: Place) {
        let site = Site::guarded(&place).await;
        let id = site.account("maija", Role::Administrator, &["710"], false).await;
        let mut half = site.half("maija").await;
        half.get(PAGE).await.ok();
        let token = half.token.clone();
        let before = site.recorded().await.len();
        for rule in web::rules().into_iter().filter(|rule| !matches!(rule.who, Who::Anyone | Who::HalfSignedIn)) {
            let path = rule.path.replace("{id}", &id.to_string());
            let form = [("token", token.as_str())];
            let fields = (rule.method == "POST").then_some(&form[..]);
            let answer = half.clone().send(rule.method, &path, fields, &[]).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {path}", rule.method);
        }
        assert_eq!(site.recorded().await.len(), before);
        let (mut whole, ..) = site.set_up("maija").await;
        assert_eq!(whole.get(PAGE).await.status, StatusCode::NOT_FOUND);
        assert_eq!(whole.post(PAGE, &[("code", "000000")]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(site.browser().get(PAGE).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_half_session_ends_soon(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut half = site.half("maija").await;
        site.scenario.clock.advance(session::HALF - TimeDelta::seconds(1));
        half.get(PAGE).await.ok();
        site.scenario.clock.advance(TimeDelta::seconds(1));
        assert_eq!(half.get(PAGE).await.status, StatusCode::UNAUTHORIZED);
        // The form of the page before carries a token of the session that is over.
        let answer = half.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), PAGE, "{}", answer.text);
    }

    async fn wrong_codes_are_counted_and_locked_like_passwords(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (_, secret, _) = site.set_up("maija").await;
        let mut half = site.half("maija").await;
        let right = site.next_code(&secret);
        half.post(PAGE, &[("code", "000000")]).await;
        let locked = half.post(PAGE, &[("code", &right)]).await;
        assert_eq!(locked.status, StatusCode::UNPROCESSABLE_ENTITY, "for a second none is judged");
        // A right password does not clear what wrong codes have counted.
        for _ in 0..99 {
            site.scenario.clock.advance(TimeDelta::seconds(61));
            if half.get(PAGE).await.status == StatusCode::UNAUTHORIZED {
                half.address = format!("2001:db8:{:x}::1", site.scenario.context.clock.now().timestamp() % 65_000);
                site.give_password(&mut half, "maija").await;
            }
            half.post(PAGE, &[("code", "000000")]).await;
        }
        site.scenario.clock.advance(TimeDelta::hours(1));
        let mut other = site.browser();
        let answer = other.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "for the rest of the day");
        let wrong = site.scenario.texts("SELECT detail FROM audit WHERE detail LIKE '%wrong code'").await;
        assert_eq!(wrong.len(), 100);
    }
}
