//! Bulk approval by its pages.

use std::sync::Arc;

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::json;

use super::{Answer, Browser, Site};
use crate::bulk::{change, library, library_of, moved_people, plant};
use crate::scenario::{on_both, small};

/// The pages of a library with so many people who have moved, and Maija who reviews.
async fn site(place: &crate::scenario::Place, people: u32) -> Site {
    let site = Site::of(library(place, people).await);
    site.account("maija", Role::Reviewer, &["710"], false).await;
    site
}

/// A page without what is of one session.
fn without_token(page: &Answer, browser: &Browser) -> String {
    page.text.replace(&browser.token, "TOKEN")
}

/// Makes a batch and returns its path.
async fn begin(browser: &mut Browser) -> String {
    let answer = browser.post("/bulk", &[("class", "moved_nearby"), ("municipality", "")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().to_owned()
}

/// The number of the sample that a page shows.
fn sample(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("name=\"sample\" value=\"").expect("a sample is shown");
    rest.split('"').next().unwrap().to_owned()
}

/// Says of every sample that it fits, until there is none.
async fn pass_all(browser: &mut Browser, path: &str) {
    loop {
        let page = browser.get(path).await;
        if page.status == StatusCode::SEE_OTHER {
            assert_eq!(page.location(), format!("{path}/list"));
            return;
        }
        let number = sample(&page.ok());
        let judged =
            browser.post(&format!("{path}/judge"), &[("sample", &number), ("verdict", "fits")]).await;
        assert_eq!(judged.status, StatusCode::SEE_OTHER, "{}", judged.text);
    }
}

on_both! {
    async fn a_class_is_chosen_sampled_listed_approved_and_undone_by_forms_alone(place: Place) {
        let site = site(&place, 12).await;
        let mut browser = site.signed_in("maija").await;
        let records = async |action: &str| {
            site.scenario.number(&format!("SELECT count(*) FROM audit WHERE action = '{action}'")).await
        };
        browser.get("/bulk").await.ok().says("Moved within the postal area").says(">12<").says("Make a batch");
        let path = begin(&mut browser).await;
        assert_eq!(records("bulk.prepare").await, 1);
        let first = browser.get(&path).await.ok();
        first.says("Sample 1 of 10").says("207200").says("Testinen, Maija").says("Raasepori").says("Pitkäkatu 9");
        first.does_not_say("2072000001</title>").does_not_say("<title>2072");
        assert_eq!(records("bulk.sample").await, 1);
        let early = browser.get(&format!("{path}/list")).await;
        assert_eq!(early.location(), path);
        pass_all(&mut browser, &path).await;
        assert_eq!(records("bulk.judge").await, 10);
        let list = browser.get(&format!("{path}/list")).await.ok();
        list.says("Approve 12 corrections");
        for n in 1..=12 {
            list.says(&small::card(n));
        }
        let answer = browser.post(&format!("{path}/approve"), &[]).await;
        assert_eq!(answer.location(), format!("{path}?done=approved"));
        assert_eq!((records("bulk.approve").await, records("finding.approve").await), (1, 12));
        browser.get(answer.location()).await.ok().says("The batch is approved.").says("Undo the whole batch");
        let again = browser.post(&format!("{path}/approve"), &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        let undone = browser.post(&format!("{path}/undo"), &[]).await;
        assert_eq!(undone.location(), format!("{path}?done=undone"));
        browser.get(undone.location()).await.ok().says("The batch is undone.").does_not_say("Undo the whole batch");
        assert_eq!((records("bulk.undo").await, records("finding.undo").await), (1, 12));
        browser.get("/bulk").await.ok().says("undone").says(">12<");
    }

    async fn an_unfinished_batch_is_gone_on_with_or_cancelled(place: Place) {
        let site = site(&place, 3).await;
        let mut browser = site.signed_in("maija").await;
        let path = begin(&mut browser).await;
        browser.get("/bulk").await.ok().says("samples being looked at").says("Go on").says(&path);
        let refused = browser.post("/bulk", &[("class", "moved_nearby"), ("municipality", "710")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("You have an unfinished batch").says(&format!("<a href=\"{path}\">"));
        let cancelled = browser.post(&format!("{path}/cancel"), &[]).await;
        assert_eq!(cancelled.location(), "/bulk?done=cancelled");
        browser.get(cancelled.location()).await.ok().says("The batch is cancelled.");
        browser.get(&path).await.ok().says("You cancelled the batch.");
        let empty = browser.post("/bulk", &[("class", "door"), ("municipality", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        empty.says("No correction of this class");
        let single = browser.post("/bulk", &[("class", "surname"), ("municipality", "")]).await;
        assert_eq!(single.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = browser.post("/bulk", &[("class", "death"), ("municipality", "")]).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn a_sample_that_does_not_fit_needs_a_reason_and_cancels_the_batch(place: Place) {
        let site = site(&place, 3).await;
        let mut browser = site.signed_in("maija").await;
        let path = begin(&mut browser).await;
        let number = sample(&browser.get(&path).await.ok());
        let judge = format!("{path}/judge");
        for reason in ["", "planted_missed", "<script>"] {
            let fields = [("sample", number.as_str()), ("verdict", "does_not_fit"), ("reason", reason)];
            let missing = browser.post(&judge, &fields).await;
            assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
            missing.says("<a href=\"#reason\">Choose why it does not fit.</a>").says("Pitkäkatu 9");
        }
        let fields = [("sample", number.as_str()), ("verdict", "does_not_fit"), ("reason", "wrong_person")];
        let judged = browser.post(&judge, &fields).await;
        assert_eq!(judged.location(), path);
        browser.get(&path).await.ok().says("One sample was about somebody else.").does_not_say("Pitkäkatu");
        let late = browser.post(&judge, &fields).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 0);
    }

    async fn what_is_anothers_is_not_there_and_roles_without_business_are_turned_away(place: Place) {
        let site = site(&place, 3).await;
        site.account("anna", Role::Reviewer, &["710"], true).await;
        site.account("hanna", Role::Reviewer, &["078"], false).await;
        site.account("aino", Role::Administrator, &[], false).await;
        site.account("auli", Role::Auditor, &[], false).await;
        let mut maija = site.signed_in("maija").await;
        let path = begin(&mut maija).await;
        maija.get(&path).await.ok();
        let before = site.scenario.number("SELECT count(*) FROM audit WHERE action LIKE 'bulk.%'").await;
        let posts: [(&str, &[(&str, &str)]); 4] = [
            ("judge", &[("sample", "0"), ("verdict", "fits")]),
            ("approve", &[]),
            ("cancel", &[]),
            ("undo", &[]),
        ];
        for (name, wanted) in [
            ("anna", StatusCode::NOT_FOUND),
            ("hanna", StatusCode::NOT_FOUND),
            ("aino", StatusCode::FORBIDDEN),
            ("auli", StatusCode::FORBIDDEN),
        ] {
            let mut browser = site.signed_in(name).await;
            for get in [path.clone(), format!("{path}/list")] {
                let answer = browser.get(&get).await;
                assert_eq!(answer.status, wanted, "{name} {get}");
                answer.does_not_say("Pitkäkatu");
            }
            for (act, fields) in posts {
                assert_eq!(browser.post(&format!("{path}/{act}"), fields).await.status, wanted, "{name} {act}");
            }
            let classes = browser.get("/bulk/classes").await.status;
            let wanted = if name == "aino" { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(classes, wanted, "{name}");
            let home = browser.get("/bulk").await;
            let is_reviewer = matches!(name, "anna" | "hanna");
            assert_eq!(home.status == StatusCode::OK, is_reviewer, "{name}");
        }
        let nobody = path.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(maija.get(&nobody).await.status, StatusCode::NOT_FOUND);
        assert_eq!(maija.get("/bulk/classes").await.status, StatusCode::FORBIDDEN);
        let elsewhere = maija.post("/bulk", &[("class", "door"), ("municipality", "078")]).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
        assert_eq!(maija.get("/bulk?municipality=078").await.status, StatusCode::NOT_FOUND);
        let after = site.scenario.number("SELECT count(*) FROM audit WHERE action LIKE 'bulk.%'").await;
        assert_eq!(after, before);
        maija.get(&path).await.ok().says("Sample 1 of 3");
    }

    async fn whoever_is_protected_is_in_no_count_as_if_there_were_no_case(place: Place) {
        // The third has moved and is protected in VTJ, marked by the library, or of unknown protection; or has not moved.
        let mut pages = Vec::new();
        let cases = match place {
            crate::scenario::Place::Sqlite => 4,
            // One database for the whole test: the two that differ most, one after the other.
            crate::scenario::Place::Postgres(_) => 1,
        };
        for case in 0..cases {
            let mut people = moved_people(4);
            let groups = match case {
                0 => json!([small::name(), small::address("1"), small::protection(false), small::death(false)]),
                1 => json!([small::name(), small::address("9"), small::protection(true), small::death(false)]),
                _ => json!([small::name(), small::address("9"), small::protection(false), small::death(false)]),
            };
            people[2] = small::person(3, &groups);
            let site = Site::of(library_of(&place, people, &small::register(4)).await);
            site.account("maija", Role::Reviewer, &["710"], false).await;
            match case {
                2 => change(&site.scenario, "person", "protection = 'unknown'", 3).await,
                3 => change(&site.scenario, "patron", "protected_mark = TRUE", 3).await,
                _ => {}
            }
            let mut browser = site.signed_in("maija").await;
            let page = browser.get("/bulk").await.ok();
            pages.push(without_token(&page, &browser));
            // With an invoice, a guarantee and a freeze it is no more there than without.
            change(&site.scenario, "patron", "notes = 'invoice_sent', guarantor_patron_id = 'S0009'", 3).await;
            change(&site.scenario, "person", "frozen = TRUE", 3).await;
            let page = browser.get("/bulk").await.ok();
            pages.push(without_token(&page, &browser));
            let path = begin(&mut browser).await;
            pass_all(&mut browser, &path).await;
            browser.get(&format!("{path}/list")).await.ok().says("Approve 3 corrections").does_not_say(&small::card(3));
        }
        for page in &pages {
            assert_eq!(page, &pages[0]);
        }
    }

    async fn whoever_becomes_protected_leaves_the_list_like_whatever_is_decided_elsewhere(place: Place) {
        let site = site(&place, 12).await;
        let mut browser = site.signed_in("maija").await;
        let path = begin(&mut browser).await;
        pass_all(&mut browser, &path).await;
        let list = format!("{path}/list");
        change(&site.scenario, "finding", "state = 'closed'", 2).await;
        let closed = browser.get(&list).await.ok();
        closed.says("1 correction of the list is no longer in the queue.").does_not_say(&small::card(2));
        change(&site.scenario, "finding", "state = 'opened'", 2).await;
        change(&site.scenario, "person", "protection = 'yes'", 2).await;
        let protected = browser.get(&list).await.ok();
        assert_eq!(protected.text, closed.text);
        let approved = browser.post(&format!("{path}/approve"), &[]).await;
        let result = browser.get(approved.location()).await.ok();
        result.says("1 correction of the list is no longer in the queue.").does_not_say(&small::card(2));
        result.does_not_say("rotect");
    }

    async fn an_invented_case_is_like_the_others_and_explained_when_it_is_let_pass(place: Place) {
        let mut scenario = library(&place, 3).await;
        plant(&mut scenario);
        let site = Site::of(scenario);
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("aino", Role::Administrator, &[], false).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/bulk").await.ok().says("There may be invented test cases");
        for _ in 0..4 {
            site.scenario.clock.advance(TimeDelta::seconds(1));
            let path = begin(&mut browser).await;
            // With every sample comes an invented case, before it.
            let page = browser.get(&path).await.ok();
            page.says("Sample 1 of 6").says("Raasepori").does_not_say("Testinen");
            let number = sample(&page);
            let fields = [("sample", number.as_str()), ("verdict", "does_not_fit"), ("reason", "another_class")];
            let seen = browser.post(&format!("{path}/judge"), &fields).await;
            assert_eq!(seen.location(), format!("{path}?done=seen"));
            let real = browser.get(seen.location()).await.ok();
            real.says("you saw that it does not fit").says("Testinen");
            let number = sample(&real);
            browser.post(&format!("{path}/judge"), &[("sample", &number), ("verdict", "fits")]).await;
            let number = sample(&browser.get(&path).await.ok());
            let missed = browser.post(&format!("{path}/judge"), &[("sample", &number), ("verdict", "fits")]).await;
            browser.get(missed.location()).await.ok().says("was an invented test case").says("not for you");
        }
        browser.get("/bulk").await.ok().says("Stopped: too many test cases were let pass");
        let stopped = browser.post("/bulk", &[("class", "moved_nearby"), ("municipality", "")]).await;
        assert_eq!(stopped.status, StatusCode::UNPROCESSABLE_ENTITY);
        let mut aino = site.signed_in("aino").await;
        let page = aino.get("/bulk/classes").await.ok();
        page.says("Stopped since").does_not_say("maija").does_not_say("Testinen");
        let allow = "/bulk/classes/moved_nearby/allow";
        let refused = aino.post(allow, &[("reason", "010190-999W")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("#reason-moved_nearby");
        site.scenario.clock.advance(TimeDelta::seconds(1));
        let allowed = aino.post(allow, &[("reason", "<b>we have talked</b>")]).await;
        assert_eq!(allowed.location(), "/bulk/classes?done=allowed");
        aino.get(allowed.location()).await.ok().says("The class is allowed again.").does_not_say("<b>we");
        assert_eq!(aino.post(allow, &[("reason", "again")]).await.status, StatusCode::CONFLICT);
        assert_eq!(aino.post("/bulk/classes/nothing/allow", &[("reason", "x")]).await.status, StatusCode::NOT_FOUND);
        begin(&mut browser).await;
        let recorded = site.scenario.number("SELECT count(*) FROM audit WHERE action = 'bulk.allow'").await;
        assert_eq!(recorded, 1);
    }

    async fn every_page_is_in_three_languages(place: Place) {
        let mut scenario = library(&place, 3).await;
        Arc::make_mut(&mut scenario.context.settings).review.planted_percent = 0;
        let site = Site::of(scenario);
        site.account("maija", Role::Reviewer, &["710", "078"], false).await;
        let mut browser = site.signed_in("maija").await;
        let path = begin(&mut browser).await;
        for (language, choose, sampling) in [
            ("fi", "Muutto saman postialueen sisällä", "Kuuluuko ehdotus luokkaan"),
            ("sv", "Flyttat inom samma postområde", "Hör förslaget till klassen"),
            ("en", "Moved within the postal area", "Does this correction belong to the class"),
        ] {
            browser.post("/language", &[("language", language), ("back", "/bulk")]).await;
            browser.get("/bulk").await.ok().says(choose).does_not_say("Unknown localization").says("name=\"municipality\"");
            browser.get(&path).await.ok().says(sampling).does_not_say("Unknown localization");
        }
        pass_all(&mut browser, &path).await;
        for (language, approve) in [("fi", "Hyväksy 3 ehdotusta"), ("sv", "Godkänn 3 förslag"), ("en", "Approve 3 corrections")] {
            browser.post("/language", &[("language", language), ("back", "/bulk")]).await;
            browser.get(&format!("{path}/list")).await.ok().says(approve).does_not_say("Unknown localization");
        }
    }
}
