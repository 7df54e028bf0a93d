//! Looking for a patron by card or name.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::{id_of, search};
use crate::scenario::on_both;
use crate::web::Site;

on_both! {
    async fn a_card_leads_to_its_patron_and_a_name_to_a_list(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/patrons").await.ok().says("Library card number or name");
        search(&mut browser, " 2071000007 ").await.ok().says("Kokeilija Jonna Elina").says("Raaseporintie 8 A 4");
        let list = search(&mut browser, "kokeilija").await.ok();
        list.says("Found: 2").says("Kokeilija, Jonna Elina").says("Kokeilija, Aapo Oliver");
        for text in ["Kokeilija Jonna", "jonna KOKEILIJA", "koke, el", "Kokeilija,Jonna"] {
            let list = search(&mut browser, text).await.ok();
            list.says("Found: 1").says("Kokeilija, Jonna Elina").says("Raasepori").does_not_say("Aapo");
        }
        search(&mut browser, "Nobody at all").await.ok().says("Found: 0").says("Nobody was found");
        // The card of somebody is in no result of a name, and a part of a card finds nobody.
        search(&mut browser, "207100000").await.ok().says("Found: 0");
    }

    async fn everybody_in_a_list_is_in_the_audit_log_and_the_words_of_the_search_are_not(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        search(&mut browser, "kokeilija").await.ok();
        let looks = "SELECT actor_kind || ' ' || actor || ' ' || action || ' ' || (CASE WHEN subject_tag IS NULL THEN 0 ELSE 1 END)
             FROM audit WHERE action LIKE 'patron.%' AND actor = 'maija' ORDER BY sequence";
        let found = "account maija patron.find 1";
        assert_eq!(site.scenario.texts(looks).await, ["account maija patron.search 0", found, found]);
        let kept = site.scenario.texts("SELECT detail FROM audit WHERE action = 'patron.search'").await;
        assert_eq!(kept, ["by name"]);
        assert_eq!(site.scenario.number("SELECT count(*) FROM session_note").await, 1);
        let words = site.scenario.number("SELECT count(*) FROM session_note WHERE sealed = CAST('\"kokeilija\"' AS BLOB)");
        if matches!(place, crate::scenario::Place::Sqlite) {
            assert_eq!(words.await, 0);
        }
    }

    async fn another_librarys_patrons_are_found_by_nobody_but_auditors(place: Place) {
        let site = Site::with_queue(&place).await;
        for code in ["710", "078", "149", "755"] {
            site.account(&format!("of-{code}"), Role::Reviewer, &[code], true).await;
        }
        site.account("tuomo", Role::Auditor, &[], false).await;
        for (card, name, home) in [
            ("2071000007", "Kokeilija", "710"),
            ("2071000038", "Splitmark", "078"),
            ("2071000044", "Provholm", "149"),
            ("2071000048", "Asemakoe", "755"),
        ] {
            for code in ["710", "078", "149", "755"] {
                let mut browser = site.signed_in(&format!("of-{code}")).await;
                for text in [card, name] {
                    let page = search(&mut browser, text).await.ok();
                    let hits = page.text.matches(&format!(">{name}")).count() + page.text.matches("<h2 id=\"values\">").count();
                    assert_eq!(hits > 0, code == home, "{text} by {code}");
                }
                let page = browser.get(&format!("/patrons/{}", id_of(&site, card).await)).await;
                let wanted = if code == home { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(page.status, wanted, "{card} by {code}");
            }
            let mut browser = site.signed_in("tuomo").await;
            search(&mut browser, card).await.ok().says(name);
            search(&mut browser, name).await.ok().says(name);
        }
    }

    async fn a_protected_person_is_unknown_to_who_is_not_cleared(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("tuomo", Role::Auditor, &[], false).await;
        site.account("suvi", Role::Reviewer, &["710"], true).await;
        // An order by VTJ's word, and the library's own mark.
        for (card, name, address) in [("2071000058", "Suojattu", "Raaseporintie 50"), ("2071000063", "Merkki-Vanha", "Raaseporintie 60")] {
            let id = id_of(&site, card).await;
            for who in ["maija", "tuomo"] {
                let mut browser = site.signed_in(who).await;
                let by_card = search(&mut browser, card).await.ok();
                let unknown = search(&mut browser, "9999999999").await.ok();
                assert_eq!(by_card.text.replace(card, "9999999999"), unknown.text, "{who}");
                search(&mut browser, name).await.ok().says("Found: 0");
                let page = browser.get(&format!("/patrons/{id}")).await;
                let nobody = uuid::Uuid::from_u128(7).to_string();
                let other = browser.get(&format!("/patrons/{nobody}")).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND);
                assert_eq!(page.text.replace(&id, &nobody), other.text);
            }
            let mut browser = site.signed_in("suvi").await;
            search(&mut browser, name).await.ok().says("Found: 1").says("Non-disclosure");
            search(&mut browser, card).await.ok().says(name).says(address).says("in force");
        }
    }

    async fn what_cannot_be_searched_is_said_and_not_echoed(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let empty = browser.post("/patrons/search", &[("text", "  ")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        empty.says("class=\"problem\"").says("href=\"#text\"").says("aria-describedby=\"text-hint problem\"");
        let code = browser.post("/patrons/search", &[("text", "150365-901X")]).await;
        assert_eq!(code.status, StatusCode::UNPROCESSABLE_ENTITY);
        code.does_not_say("150365");
        let long = browser.post("/patrons/search", &[("text", &"x".repeat(101))]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(browser.get("/patrons/results").await.location(), "/patrons");
        let hostile = "<script>alert('x')</script>\"'%_!";
        search(&mut browser, hostile).await.ok().says("Found: 0").does_not_say("<script>alert");
        for path in ["/patrons/1", "/patrons/x'--", "/patrons/00000000-0000-0000-0000-000000000000"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn a_search_is_forgotten_with_its_session(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        search(&mut browser, "kokeilija").await.ok();
        let mut other = site.signed_in("maija").await;
        assert_eq!(other.get("/patrons/results").await.location(), "/patrons");
        browser.get("/patrons/results").await.ok().says("Found: 2");
        browser.post("/sign-out", &[]).await;
        assert_eq!(site.scenario.number("SELECT count(*) FROM session_note").await, 0);

        search(&mut other, "kokeilija").await.ok();
        site.scenario.clock.advance(TimeDelta::minutes(10));
        other.get("/account").await.ok();
        site.scenario.clock.advance(TimeDelta::minutes(6));
        assert_eq!(other.get("/patrons/results").await.location(), "/patrons");
        site.scenario.run(ajantasa::task::Task::Housekeeping).await.unwrap();
        assert_eq!(site.scenario.number("SELECT count(*) FROM session_note").await, 0);
    }

    async fn more_than_twenty_hits_ask_for_a_narrower_search(place: Place) {
        let site = Site::of(crate::scenario::Scenario::new(&place, crate::scenario::Setup {
            world: Some(crate::scenario::small::world(Vec::new(), Vec::new())),
            ..crate::scenario::Setup::default()
        }).await);
        site.scenario.import(&crate::scenario::small::register(25)).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let list = search(&mut browser, "Testinen").await.ok();
        list.says("There are more than 20 hits");
        assert_eq!(list.text.matches("<a href=\"/patrons/").count(), 20);
        assert_eq!(site.scenario.number("SELECT count(*) FROM audit WHERE action = 'patron.find'").await, 20);
    }

    async fn administrators_have_no_way_to_a_patron(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        let mut browser = site.signed_in("anna").await;
        let id = id_of(&site, "2071000007").await;
        for path in ["/patrons", "/patrons/results", &format!("/patrons/{id}")] {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            answer.does_not_say("Kokeilija");
        }
        assert_eq!(browser.post("/patrons/search", &[("text", "2071000007")]).await.status, StatusCode::FORBIDDEN);
        browser.get("/overview").await.ok().does_not_say("/patrons").does_not_say("Kokeilija");
    }
}
