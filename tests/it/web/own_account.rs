//! What the holder of an account changes of it.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::second_factor::{PAGE, codes_of};
use super::{PASSWORD, Site};
use crate::scenario::on_both;

const NEW: &str = "toinen hyvä salasana";

on_both! {
    async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut browser, secret, _) = site.set_up("maija").await;
        let mut other = site.half("maija").await;
        other.post(PAGE, &[("code", &site.next_code(&secret))]).await;
        other.get("/account").await.ok();
        browser.get("/account/password").await.ok();
        let before = site.recorded().await.len();
        for (old, new, again, told) in [
            (PASSWORD, "kq7", "kq7", "href=\"#new_password\""),
            (PASSWORD, NEW, "something else", "href=\"#again\""),
            ("not the old one", NEW, NEW, "href=\"#old\""),
        ] {
            let form = [("old", old), ("new_password", new), ("again", again)];
            let answer = browser.post("/account/password", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            answer.says(told).does_not_say(new);
        }
        assert_eq!(site.recorded().await.split_off(before), ["account.refuse"], "a wrong old password is a guess");
        other.get("/account").await.ok();
        site.scenario.clock.advance(TimeDelta::seconds(1));
        let form = [("old", PASSWORD), ("new_password", NEW), ("again", NEW)];
        let answer = browser.post("/account/password", &form).await;
        assert_eq!(answer.location(), "/account?done=password", "{}", answer.text);
        assert_eq!(site.recorded().await.split_off(before), ["account.refuse", "account.password"]);
        browser.get("/account?done=password").await.ok().says("The password has been changed");
        assert_eq!(other.get("/account").await.status, StatusCode::UNAUTHORIZED);
        let answer = site.browser().post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        site.scenario.clock.advance(TimeDelta::seconds(1));
        let answer = site.browser().post("/sign-in", &[("name", "maija"), ("password", NEW)]).await;
        assert_eq!(answer.location(), PAGE);
    }

    async fn new_one_time_codes_take_the_place_of_the_old_ones_for_a_fresh_code(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut browser, secret, old) = site.set_up("maija").await;
        browser.post("/account/codes/kept", &[]).await;
        let before = site.recorded().await.len();
        let used = site.code(&secret);
        let answer = browser.post("/account/codes", &[("code", &used)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = browser.post("/account/codes", &[("code", &site.next_code(&secret))]).await;
        assert_eq!(answer.location(), "/account/codes", "{}", answer.text);
        let new = codes_of(&browser.get("/account/codes").await.ok().text);
        assert_eq!(new.len(), 10);
        assert_eq!(site.recorded().await.split_off(before), ["account.refuse", "account.codes"]);
        let mut half = site.half("maija").await;
        assert_eq!(half.post(PAGE, &[("code", &old[0])]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.scenario.clock.advance(TimeDelta::seconds(1));
        assert_eq!(half.post(PAGE, &[("code", &new[0])]).await.status, StatusCode::SEE_OTHER);
    }

    async fn another_app_takes_over_when_a_code_of_it_is_given(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut browser, old, printed) = site.set_up("maija").await;
        browser.post("/account/codes/kept", &[]).await;
        let before = site.recorded().await.len();
        assert_eq!(browser.get("/account/app/confirm").await.location(), "/account/app", "nothing is pending");
        browser.get("/account/app").await.ok();
        let answer = browser.post("/account/app", &[("code", &printed[0])]).await;
        assert_eq!(answer.location(), "/account/app/confirm", "{}", answer.text);
        let page = browser.get("/account/app/confirm").await.ok();
        let new = codes_of(&page.text).remove(0);
        assert_ne!(new, old);
        let mut half = site.half("maija").await;
        let answer = half.post(PAGE, &[("code", &site.next_code(&old))]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "the old one is in force until then");
        let answer = browser.post("/account/app/confirm", &[("code", &site.code(&new))]).await;
        assert_eq!(answer.location(), "/account?done=app", "{}", answer.text);
        let mut half = site.half("maija").await;
        let answer = half.post(PAGE, &[("code", &site.next_code(&old))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.scenario.clock.advance(TimeDelta::seconds(1));
        assert_eq!(half.post(PAGE, &[("code", &site.code(&new))]).await.status, StatusCode::SEE_OTHER);
        let recorded: Vec<String> =
            site.recorded().await.split_off(before).into_iter().filter(|action| action.contains("factor")).collect();
        assert_eq!(recorded, ["account.factor_prepare", "account.factor"]);
    }

    async fn without_a_second_factor_nothing_is_said_of_one(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/account").await.ok().says("/account/password").does_not_say("/account/codes");
        let answer = browser.post("/account/codes", &[("code", "000000")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
