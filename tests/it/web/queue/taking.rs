//! Taking several cases of the list at once.

use ajantasa::review::listing::PAGE;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use uuid::Uuid;

use super::super::{Answer, Browser, Site};
use super::LUKAS;
use crate::scenario::on_both;

/// The cases that can be ticked on a page.
fn boxes(page: &Answer) -> Vec<String> {
    let boxes = page.text.split("type=\"checkbox\" name=\"case\" value=\"").skip(1);
    boxes.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn take(browser: &mut Browser, list: &str, cases: &[String]) -> Answer {
    let mut fields: Vec<(&str, &str)> = cases.iter().map(|case| ("case", case.as_str())).collect();
    fields.push(("list", list));
    browser.post("/queue/assign", &fields).await
}

on_both! {
    async fn ticked_cases_become_the_visitors_own_with_a_record_each(place: Place) {
        let site = Site::of_movers(&place, 30).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get("/queue?kind=address_change").await.ok();
        page.says("form=\"take\" aria-label=\"Tick card ").says("<form id=\"take\"");
        let cases = boxes(&page);
        assert_eq!(cases.len(), PAGE);
        let assigned = "SELECT count(*) FROM audit WHERE action = 'finding.assign' AND actor = 'maija'";
        let answer = take(&mut browser, "kind=address_change", &cases[..3]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(answer.location(), "/queue?kind=address_change&done=taken&taken=3&ticked=3");
        assert_eq!(site.scenario.number(assigned).await, 3);
        let page = browser.get(answer.location()).await.ok();
        page.says("3 cases are yours now.");
        let mine = browser.get("/queue?assignee=mine").await.ok();
        let mut own = boxes(&mine);
        own.sort();
        let mut wanted = cases[..3].to_vec();
        wanted.sort();
        assert_eq!(own, wanted);
        // The same one twice is one.
        let answer = take(&mut browser, "", &[cases[4].clone(), cases[4].clone()]).await;
        assert_eq!(answer.location(), "/queue?done=taken&taken=1&ticked=1");
        assert_eq!(site.scenario.number(assigned).await, 4);
    }

    async fn no_more_than_a_page_is_taken_and_nothing_without_a_tick(place: Place) {
        let site = Site::of_movers(&place, 30).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/queue").await.ok();
        let none = take(&mut browser, "", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        none.says("<a href=\"#take\">Tick at least one case of the list.</a>");
        let sql = "SELECT count(*) FROM assignment";
        let many: Vec<String> = (0..=PAGE as u128).map(|n| Uuid::from_u128(n).to_string()).collect();
        assert_eq!(take(&mut browser, "", &many).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let odd = take(&mut browser, "", &["no identifier".to_owned()]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.scenario.number(sql).await, 0);
    }

    async fn what_is_not_ones_own_to_decide_is_left_and_nothing_tells_what_it_was(place: Place) {
        let site = Site::with_queue(&place).await;
        let (protected, open) = site.everything().await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let _ = LUKAS;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get("/queue").await.ok();
        let own = boxes(&page)[0].clone();
        let others = open.iter().find(|item| item.municipality.as_deref() == Some("149")).unwrap().id.to_string();
        let mut told = Vec::new();
        for other in [others, protected[0].id.to_string(), Uuid::from_u128(9).to_string()] {
            let answer = take(&mut browser, "", &[own.clone(), other]).await;
            assert_eq!(answer.location(), "/queue?done=taken&taken=1&ticked=2");
            told.push(browser.get(answer.location()).await.ok().text);
        }
        assert!(told[0].contains("1 of the 2 cases that you ticked are yours now."));
        assert!(told.iter().all(|text| *text == told[0]));
        assert_eq!(site.scenario.number("SELECT count(*) FROM assignment").await, 1);
    }
}
