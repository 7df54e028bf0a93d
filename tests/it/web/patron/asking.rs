//! Asking VTJ about one patron now, by the page.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::json;

use super::{id_of, is_impersonal};
use crate::check::{self, Query};
use crate::scenario::{Place, Setup, on_both, small};
use crate::web::{Answer, Browser, Site};

/// A site whose single query is the simulation's, with some people of whom the first has moved.
async fn site(place: &Place) -> Site {
    let mut people = small::people(3);
    people[0] = small::person(1, &json!([small::name(), small::address("9"), small::protection(false)]));
    let world = small::world(people, Vec::new());
    let scenario =
        check::site(place, Setup { world: Some(world), attempts: 2, ..Setup::default() }, Query::default())
            .await;
    scenario.import(&small::register(3)).await;
    let site = Site::of(scenario);
    site.account("maija", Role::Reviewer, &["710"], false).await;
    site
}

async fn ask(browser: &mut Browser, id: &str, purpose: &str) -> Answer {
    browser.get(&format!("/patrons/{id}")).await.ok();
    let fields = [("purpose", purpose), ("reason", "a card renewed at the desk")];
    let sent = browser.post(&format!("/patrons/{id}/check"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    is_impersonal(sent.location());
    let to = sent.location().split('#').next().unwrap().to_owned();
    browser.get(&to).await
}

on_both! {
    async fn an_answer_is_shown_beside_the_register_and_its_case_is_linked(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(1)).await;
        let mut browser = site.signed_in("maija").await;
        let before = browser.get(&format!("/patrons/{id}")).await.ok();
        before.says("at the desk").says("returned mail").does_not_say("upkeep of the register").does_not_say("Pitkäkatu 9");
        let page = ask(&mut browser, &id, "desk").await.ok();
        page.says("VTJ described a person").says("VTJ answered on").says("Pitkäkatu 1").says("Pitkäkatu 9");
        page.says("href=\"/queue/").says("Address change").says("Asked of VTJ singly, purpose patron at the desk (maija).");
        assert_eq!(site.scenario.texts("SELECT result || ' ' || purpose || ' ' || actor FROM disclosure").await, ["found desk maija"]);
        // What VTJ said is shown to who has just asked, and to nobody by an address alone.
        browser.get(&format!("/patrons/{id}")).await.ok().does_not_say("Pitkäkatu 9");
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut other = site.signed_in("pekka").await;
        other.get(&format!("/patrons/{id}?asked=answered")).await.ok().does_not_say("Pitkäkatu 9");
        let second = id_of(&site, &small::card(2)).await;
        browser.get(&format!("/patrons/{second}?asked=answered")).await.ok().does_not_say("VTJ described a person");
        // A second question is answered by the first.
        ask(&mut browser, &id, "desk").await.ok().says("This is an earlier answer").says("VTJ was not asked again");
        assert_eq!(site.scenario.number("SELECT count(*) FROM disclosure").await, 1);
    }

    async fn every_outcome_is_told_in_three_languages(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(2)).await;
        for (code, outcome) in [
            ("0001", ["VTJ ei tunne henkilötunnusta", "BDS känner inte till personbeteckningen", "VTJ does not know the identity code"]),
            ("0002", ["ei ole enää voimassa", "gäller inte längre", "no longer valid"]),
            ("0007", ["henkilö on kuollut", "personen avliden", "the person is dead"]),
            ("0019", ["ei luovuta tietoja", "lämnar inte ut uppgifter", "may not tell about this person"]),
            ("-1904", ["Kysely torjuttiin", "Förfrågan avvisades", "The question was refused"]),
            ("0016", ["vastausta ei voi käyttää", "Svaret från BDS kan inte användas", "answer cannot be used"]),
            ("-1500", ["on korjattava ensin", "måste rättas först", "has to be put right first"]),
        ] {
            site.scenario.clock.advance(chrono::TimeDelta::days(1));
            site.scenario.fault(json!({ "kind": "return_code", "code": code })).await;
            let mut browser = site.signed_in("maija").await;
            let page = ask(&mut browser, &id, "desk").await.ok();
            page.says(outcome[2]);
            for (language, words) in [("fi", outcome[0]), ("sv", outcome[1])] {
                browser.post("/language", &[("language", language), ("back", "/")]).await;
                let asked = browser.get(&format!("/patrons/{id}?asked=answered")).await.ok();
                asked.says(words).does_not_say("patron-");
            }
            browser.post("/language", &[("language", "en"), ("back", "/")]).await;
            site.scenario.mend().await;
            site.scenario.execute("DELETE FROM installation WHERE name = 'query.settings'").await;
        }
    }

    async fn a_vtj_that_fails_is_told_as_such_and_the_patron_page_stays(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(1)).await;
        let mut browser = site.signed_in("maija").await;
        site.scenario.fault(json!({ "kind": "status", "status": 503, "count": 0 })).await;
        let page = ask(&mut browser, &id, "desk").await.ok();
        page.says("VTJ did not answer").says("Try again later").says("Pitkäkatu 1").does_not_say("Pitkäkatu 9");
        site.scenario.mend().await;
    }

    async fn a_purpose_that_is_not_open_is_refused_and_nothing_is_asked(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(1)).await;
        let mut browser = site.signed_in("maija").await;
        for purpose in ["register_upkeep", "whim", ""] {
            let page = ask(&mut browser, &id, purpose).await.ok();
            page.says("The question was refused").says("no purpose for which one person").says("VTJ was not asked.");
        }
        assert_eq!(site.scenario.number("SELECT count(*) FROM disclosure").await, 0);
        site.scenario.execute(&format!("UPDATE account SET own_card = '{}' WHERE name = 'maija'", small::card(1))).await;
        ask(&mut browser, &id, "desk").await.ok().says("Nobody asks about their own card");
        assert_eq!(site.scenario.number("SELECT count(*) FROM audit WHERE action = 'check.refuse'").await, 4);
    }

    async fn a_question_without_a_reason_or_with_a_code_in_it_is_not_sent(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(1)).await;
        let mut browser = site.signed_in("maija").await;
        let path = format!("/patrons/{id}/check");
        let missing = browser.post(&path, &[("purpose", "returned_mail"), ("reason", " ")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
        missing.says("href=\"#reason\"").says("<option value=\"returned_mail\" selected>");
        let code = small::code(1);
        let with_code = browser.post(&path, &[("purpose", "desk"), ("reason", &format!("she showed {code}"))]).await;
        assert_eq!(with_code.status, StatusCode::UNPROCESSABLE_ENTITY);
        with_code.does_not_say(&code);
        assert_eq!(site.scenario.number("SELECT count(*) FROM disclosure").await, 0);
    }

    async fn whoever_may_not_see_a_patron_asks_nothing_about_them(place: Place) {
        let site = site(&place).await;
        let id = id_of(&site, &small::card(1)).await;
        site.account("liisa", Role::Reviewer, &["078"], true).await;
        site.account("tuomo", Role::Auditor, &[], false).await;
        let path = format!("/patrons/{id}/check");
        let fields = [("purpose", "desk"), ("reason", "curious")];
        let foreign = site.signed_in("liisa").await.post(&path, &fields).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let auditor = site.signed_in("tuomo").await.post(&path, &fields).await;
        assert_eq!(auditor.status, StatusCode::FORBIDDEN);
        assert_eq!(site.scenario.number("SELECT count(*) FROM disclosure").await, 0);
    }

    async fn an_order_that_begins_with_the_answer_hides_the_patron_at_once(place: Place) {
        let site = site(&place).await;
        site.account("suvi", Role::Reviewer, &["710"], true).await;
        let people = vec![small::person(1, &json!([small::name(), small::address("7771"), small::protection(true)]))];
        *site.scenario.mock.world().lock().unwrap() = small::world(people, Vec::new());
        let id = id_of(&site, &small::card(1)).await;
        let page = ask(&mut site.signed_in("maija").await, &id, "desk").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        page.does_not_say("7771").does_not_say("Pitkäkatu");
        let page = ask(&mut site.signed_in("suvi").await, &id, "desk").await.ok();
        page.says("in force").does_not_say("7771");
    }
}
