//! The list as it is seen in a browser.

use ajantasa::finding::RejectReason;
use ajantasa::review::listing::PAGE;
use ajantasa::review::{self, Rejection};
use axum::http::StatusCode;

use super::super::Site;
use super::{LUKAS, cards, link};
use crate::scenario::{on_both, small};

on_both! {
    async fn pages_lead_there_and_back_while_cases_are_decided(place: Place) {
        let site = Site::of_movers(&place, 60).await;
        let account = site.reviewer("maija", &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let context = &site.scenario.context;
        let reject = async |card: &str| {
            let sql = format!("SELECT CAST(patron_id AS TEXT) FROM patron WHERE card_number = '{card}'");
            assert_eq!(site.scenario.texts(&sql).await.len(), 1);
            let items = review::list(context, &review::Viewer::Anonymous, &review::Filter {
                card_number: Some(card.to_owned()),
                ..review::Filter::default()
            }).await.unwrap();
            let rejection = Rejection { reason: RejectReason::RegisterLags, note: None };
            review::reject(context, &account, &[items[0].id], rejection).await.remove(0).1.unwrap();
        };
        let first = browser.get("/queue").await.ok();
        first.says("60 cases");
        assert!(link(&first.text, "prev").is_none());
        let one = cards(&first.text);
        assert_eq!(one.len(), PAGE);
        // One already seen, and one not yet seen.
        reject(&one[PAGE - 1]).await;
        let hidden = small::card(51);
        reject(&hidden).await;
        let second = browser.get(&link(&first.text, "next").unwrap()).await.ok();
        let two = cards(&second.text);
        let third = browser.get(&link(&second.text, "next").unwrap()).await.ok();
        let three = cards(&third.text);
        assert!(link(&third.text, "next").is_none());
        let mut there = [one.clone(), two.clone(), three.clone()].concat();
        assert_eq!(there.len(), 59);
        there.sort();
        there.dedup();
        assert_eq!(there.len(), 59, "nothing is there twice");
        assert!(!there.contains(&hidden));
        reject(&two[0]).await;
        let back = browser.get(&link(&third.text, "prev").unwrap()).await.ok();
        let mut wanted = two.clone();
        wanted.remove(0);
        wanted.insert(0, one[PAGE - 2].clone());
        assert_eq!(cards(&back.text), wanted, "what was decided has gone, and the page is full");
        let start = browser.get(&link(&back.text, "prev").unwrap()).await.ok();
        assert_eq!(cards(&start.text), one[..PAGE - 2]);
        assert!(link(&start.text, "prev").is_none());
        start.says("57 cases");
        let odd = browser.get("/queue?after=nonsense&kind=none&older=-3&x=%FF").await.ok();
        assert_eq!(cards(&odd.text).len(), PAGE);
    }

    async fn every_row_says_in_three_languages_what_it_is(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", ajantasa::staff::Role::Reviewer, &LUKAS, false).await;
        let mut browser = site.signed_in("maija").await;
        for (language, words) in [
            ("fi", ["Tarkistusjono", "Osoitteenmuutos", "14 päivää jäljellä", "Kuolinpäivä"]),
            ("sv", ["Granskningskö", "Adressändring", "14 dagar kvar", "Dödsdag"]),
            ("en", ["Review queue", "Address change", "14 days left", "Date of death"]),
        ] {
            browser.post("/language", &[("language", language), ("back", "/queue")]).await;
            let deaths = browser.get("/queue?kind=death").await.ok();
            let page = browser.get("/queue").await.ok();
            for word in words {
                assert!(page.text.contains(word) || deaths.text.contains(word), "{word} in {}", page.text);
            }
            page.does_not_say("Unknown localization");
            assert!(page.text.contains("<caption") && page.text.contains("<th scope=\"col\">"));
            let filtered = browser.get("/queue?kind=address_change&state=new&municipality=710&language=none&assignee=nobody&older=1&newer=9&due=week&order=due&library=Ekenäs").await.ok();
            filtered.does_not_say("Unknown localization");
            let unknown = browser.post("/queue/search", &[("card", "000"), ("list", "")]).await;
            unknown.does_not_say("Unknown localization");
        }
        let row = browser.get("/queue").await.ok();
        row.says("<del>").says("<ins>").says("Street line");
    }

    async fn filters_in_use_are_shown_and_each_can_be_taken_away(place: Place) {
        let site = Site::with_queue(&place).await;
        let account = site.reviewer("maija", &LUKAS, false).await;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get("/queue?kind=death&kind=name_change&municipality=710&junk=1").await.ok();
        page.says("Kind: Death").says("Kind: Name change").says("Municipality: Raasepori");
        page.says("href=\"/queue?kind=name_change&#38;municipality=710\"");
        page.says("?list=kind%3Dname_change%26kind%3Ddeath%26municipality%3D710\"");
        assert!(page.text.contains("value=\"death\" checked"));
        let none = browser.get("/queue?library=Nowhere").await.ok();
        none.says("Nothing to review").says("No case is like the filters").does_not_say("last read");
        site.scenario.execute("UPDATE finding SET state = 'closed'").await;
        let empty = browser.get("/queue").await.ok();
        empty.says("Every case has been dealt with.").says("last read 21.11.2026 at 14:00");
        let _ = account;
    }

    async fn a_card_leads_to_its_case_and_is_in_no_address(place: Place) {
        let site = Site::with_queue(&place).await;
        let (protected, open) = site.everything().await;
        let account = site.reviewer("maija", &LUKAS, false).await;
        site.account("leena", ajantasa::staff::Role::Reviewer, &LUKAS, true).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/queue").await.ok();
        let times = |card: &str| open.iter().filter(|item| item.card_number == card).count();
        let lukas = |card: &&String| !card.starts_with("2092");
        let single = open.iter().map(|item| &item.card_number).filter(lukas).find(|card| times(card) == 1).unwrap();
        let id = open.iter().find(|item| item.card_number == *single).unwrap().id;
        let answer = browser.post("/queue/search", &[("card", &format!(" {single} ")), ("list", "kind=death")]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, format!("/queue/{id}").as_str()));
        let searches = "SELECT count(*) FROM audit WHERE action = 'finding.search' AND actor = 'maija'";
        assert_eq!(site.scenario.number(searches).await, 1);
        let several = open.iter().map(|item| &item.card_number).filter(lukas).find(|card| times(card) > 1).unwrap();
        let answer = browser.post("/queue/search", &[("card", several), ("list", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(cards(&answer.text).len() > 1 && cards(&answer.text).iter().all(|card| card == several));
        answer.says("href=\"#card\"");
        let empty = browser.post("/queue/search", &[("card", "  "), ("list", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);

        // Unknown, protected, another municipality's, and without a case: one answer.
        let unknown = browser.post("/queue/search", &[("card", "1"), ("list", "")]).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let elsewhere = open.iter().map(|item| item.card_number.as_str()).find(|card| card.starts_with("2092"));
        let hidden = protected.iter().map(|item| item.card_number.as_str());
        let hidden = hidden.filter(|card| times(card) == 0);
        for card in hidden.chain(elsewhere).chain(["' OR 1=1 --", "<script>"]) {
            let answer = browser.post("/queue/search", &[("card", card), ("list", "")]).await;
            assert_eq!((answer.status, &answer.text), (unknown.status, &unknown.text), "{card}");
        }
        let mut cleared = site.signed_in("leena").await;
        cleared.get("/queue").await.ok();
        for item in &protected {
            if times(&item.card_number) == 0 {
                let answer = cleared.post("/queue/search", &[("card", &item.card_number), ("list", "")]).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "the ordinary queue has no protected case");
            }
        }
        let _ = account;
    }

    async fn the_queue_is_the_reviewers(place: Place) {
        let site = Site::new(&place).await;
        for (name, role) in [("anna", ajantasa::staff::Role::Administrator), ("tarkko", ajantasa::staff::Role::Auditor)] {
            site.account(name, role, &[], false).await;
            let mut browser = site.signed_in(name).await;
            for path in ["/queue", "/protected", "/queue/00000000-0000-0000-0000-000000000000/reveal"] {
                assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{name} {path}");
            }
            for path in ["/queue/search", "/queue/views/add", "/queue/views/remove"] {
                assert_eq!(browser.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{name} {path}");
            }
        }
        site.account("maija", ajantasa::staff::Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let empty = browser.get("/queue").await.ok();
        empty.says("Every case has been dealt with.").says("have not been read yet");
        for (path, fields) in [
            ("/queue/search", &[("cards", "1")][..]),
            ("/queue/views/add", &[("name", "x")]),
            ("/queue/views/remove", &[("view", "1"), ("list", "")]),
        ] {
            assert_eq!(browser.post(path, fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
    }
}
