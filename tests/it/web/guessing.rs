//! Guesses at the sign-in: how many are judged, and whom they lock out.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::second_factor::PAGE;
use super::{Answer, Browser, PASSWORD, Site};
use crate::scenario::on_both;

async fn guess(browser: &mut Browser, name: &str) -> Answer {
    browser.post("/sign-in", &[("name", name), ("password", "a wrong password")]).await
}

/// How many passwords were tried, and how many were not, because of a lock.
async fn judged(site: &Site) -> (usize, usize) {
    let details = site.scenario.texts("SELECT detail FROM audit WHERE action = 'account.refuse'").await;
    let locked = details.iter().filter(|detail| detail.ends_with("locked")).count();
    (details.len() - locked, locked)
}

on_both! {
    async fn an_hour_of_guessing_from_everywhere_tries_a_hundred_passwords_and_the_holder_still_comes_in(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut known, secret, _) = site.set_up("maija").await;
        known.post("/sign-out", &[]).await;
        for number in 0..360 {
            let mut browser = site.browser();
            browser.address = format!("198.51.100.{}", number % 100);
            assert_eq!(guess(&mut browser, "maija").await.status, StatusCode::UNAUTHORIZED);
            site.scenario.clock.advance(TimeDelta::seconds(10));
        }
        assert_eq!(judged(&site).await, (100, 260));

        let mut elsewhere = site.browser();
        let right = [("name", "maija"), ("password", PASSWORD)];
        assert_eq!(elsewhere.post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
        site.give_password(&mut known, "maija").await;
        known.get(PAGE).await.ok();
        let answer = known.post(PAGE, &[("code", &site.next_code(&secret))]).await;
        assert_eq!(answer.location(), "/", "{}", answer.text);
        // That the holder has come in gives those who guess no new guesses; the program's restart does not either.
        assert_eq!(elsewhere.post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
        let site = Site::guarded_of(site.scenario);
        let mut elsewhere = site.browser();
        assert_eq!(elsewhere.post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
        site.scenario.clock.advance(TimeDelta::hours(24));
        assert_eq!(elsewhere.post("/sign-in", &right).await.location(), PAGE);
    }

    async fn a_known_device_has_a_count_of_its_own_and_is_known_for_its_own_account_only(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let (mut known, ..) = site.set_up("maija").await;
        known.post("/sign-out", &[]).await;
        guess(&mut known, "maija").await;
        let right = [("name", "maija"), ("password", PASSWORD)];
        assert_eq!(known.post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED, "locked for a second");
        let mut other = site.browser();
        assert_eq!(other.post("/sign-in", &right).await.location(), PAGE, "another device is not");
        // The name of another account is counted for everybody.
        guess(&mut known, "pekka").await;
        let right = [("name", "pekka"), ("password", PASSWORD)];
        assert_eq!(site.browser().post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_word_that_was_planted_makes_no_known_device(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let planted = "ab".repeat(32);
        let mut browser = site.half("maija").await;
        browser.cookies.insert("device".to_owned(), planted.clone());
        let page = browser.get(PAGE).await.ok();
        let secret = super::second_factor::codes_of(&page.text).remove(0);
        browser.post(PAGE, &[("code", &site.code(&secret))]).await;
        assert_ne!(browser.cookies["device"], planted);
        let stored = site.scenario.texts("SELECT 'x' FROM known_device").await;
        assert_eq!(stored.len(), 1);
    }

    async fn one_network_tries_thirty_passwords_an_hour_whatever_the_names(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        for number in 0..120 {
            let mut browser = site.browser();
            browser.address = format!("2001:db8:1:2::{number:x}");
            let answer = guess(&mut browser, &format!("name{number}")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            site.scenario.clock.advance(TimeDelta::seconds(30));
        }
        let (tried, locked) = judged(&site).await;
        assert!(tried <= 30 && tried + locked == 120, "{tried} {locked}");
        let right = [("name", "maija"), ("password", PASSWORD)];
        let mut neighbour = site.browser();
        "2001:db8:1:2:ffff::1".clone_into(&mut neighbour.address);
        let mut stranger = site.browser();
        "2001:db8:1:3::1".clone_into(&mut stranger.address);
        assert_eq!(neighbour.post("/sign-in", &right).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(stranger.post("/sign-in", &right).await.location(), PAGE);
    }

    async fn whatever_is_wrong_the_answer_is_the_same(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("ended", Role::Reviewer, &["710"], false).await;
        site.scenario.execute("UPDATE account SET ends_on = '2026-01-01' WHERE name = 'ended'").await;
        let wrong = guess(&mut site.browser(), "maija").await;
        let locked = guess(&mut site.browser(), "maija").await;
        let unknown = guess(&mut site.browser(), "hunter2").await;
        let unknown_locked = guess(&mut site.browser(), "hunter2").await;
        let ended = site.browser().post("/sign-in", &[("name", "ended"), ("password", PASSWORD)]).await;
        for answer in [locked, unknown, unknown_locked, ended] {
            assert_eq!((answer.status, &answer.text), (wrong.status, &wrong.text));
            assert_eq!(answer.headers, wrong.headers);
        }
        assert_eq!(judged(&site).await, (3, 2));
        let details = site.scenario.texts("SELECT detail FROM audit").await.join("\n");
        assert!(!details.contains("hunter2"), "a name that is none may be a password");
    }

    async fn guesses_made_at_the_same_time_are_judged_one_by_one(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut one, mut two, mut three) = (site.browser(), site.browser(), site.browser());
        tokio::join!(guess(&mut one, "maija"), guess(&mut two, "maija"), guess(&mut three, "maija"));
        // The clock stands still, so the lock of the first holds for the others.
        assert_eq!(judged(&site).await, (1, 2));
    }
}
