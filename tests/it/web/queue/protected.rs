//! The queue of cases that need clearance, and opening one.

use ajantasa::review::reveal;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::super::Site;
use super::{LUKAS, cards};
use crate::scenario::{on_both, small};

on_both! {
    async fn the_cleared_see_which_cases_there_are_and_no_value(place: Place) {
        let site = Site::of_movers(&place, 3).await;
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE, home_library = 'Ekenäs' WHERE patron_id = 'S0002'").await;
        site.account("maija", Role::Reviewer, &LUKAS, false).await;
        site.account("leena", Role::Reviewer, &LUKAS, true).await;
        let mut maija = site.signed_in("maija").await;
        let missing = maija.get("/no/such/page").await;
        let answer = maija.get("/protected").await;
        assert_eq!((answer.status, answer.text.replace("\"/protected\"", "\"/no/such/page\"")), (StatusCode::NOT_FOUND, missing.text));
        let page = maija.get("/queue").await.ok();
        page.does_not_say("/protected").does_not_say("/notices").does_not_say(&small::card(2));
        let mut leena = site.signed_in("leena").await;
        let page = leena.get("/protected").await.ok();
        assert_eq!(cards(&page.text), [small::card(2)]);
        page.says("masked").does_not_say("Pitkäkatu").does_not_say("Ekenäs").does_not_say("Raasepori");
        page.says("?list=queue%3Dprotected\"");
        let looks = "SELECT count(*) FROM audit WHERE action = 'finding.list' AND actor = 'leena'";
        assert_eq!(site.scenario.number(looks).await, 1);
        leena.get("/queue").await.ok().does_not_say(&small::card(2)).says("href=\"/protected\"");
        for language in ["fi", "sv"] {
            leena.post("/language", &[("language", language), ("back", "/protected")]).await;
            leena.get("/protected").await.ok().does_not_say("Unknown localization");
        }
    }

    async fn a_case_is_opened_with_a_reason_for_ten_minutes_and_somebody_is_told(place: Place) {
        let site = Site::of_movers(&place, 3).await;
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'S0002'").await;
        let (protected, open) = site.everything().await;
        let (case, ordinary) = (protected[0].id, open[0].id);
        let leena = site.reviewer("leena", &LUKAS, true).await;
        let kaisa = site.reviewer("kaisa", &["078"], true).await;
        let maija = site.reviewer("maija", &LUKAS, false).await;
        let anna = site.account("anna", Role::Administrator, &[], false).await;
        let context = &site.scenario.context;
        let path = format!("/queue/{case}/reveal");
        let records = async || {
            site.scenario.texts("SELECT action FROM audit WHERE action IN ('finding.reveal', 'notice.seen') ORDER BY sequence").await
        };
        let mut browser = site.signed_in("leena").await;
        let page = browser.get(&path).await.ok();
        page.says("anna (").says("kaisa (").does_not_say("leena (").does_not_say("maija (").does_not_say(&small::card(2));
        page.says(&case.to_string()).does_not_say("Unknown localization");
        let anna_word = anna.to_string();
        for (reason, tell, field) in [
            ("too short", anna_word.as_str(), "#reason"),
            (&format!("the code {}", small::code(1)), &anna_word, "#reason"),
            ("mail came back, calling", "", "#tell"),
            ("mail came back, calling", "nonsense", "#tell"),
            ("mail came back, calling", &leena.id.to_string(), "#tell"),
            ("mail came back, calling", &maija.id.to_string(), "#tell"),
        ] {
            let answer = browser.post(&path, &[("reason", reason), ("tell", tell)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason} {tell}");
            answer.says(&format!("href=\"{field}\"")).says(reason);
        }
        assert!(!reveal::is_open(context, &leena, case).await.unwrap());
        assert!(records().await.is_empty());

        let fields = [("reason", "mail came back, calling"), ("tell", anna_word.as_str())];
        let answer = browser.post(&path, &fields).await;
        let wanted = format!("/queue/{case}?done=revealed");
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, wanted.as_str()));
        assert_eq!(records().await, ["finding.reveal"]);
        assert!(reveal::is_open(context, &leena, case).await.unwrap());
        assert!(!reveal::is_open(context, &leena, ordinary).await.unwrap());
        for other in [&kaisa, &maija] {
            assert!(!reveal::is_open(context, other, case).await.unwrap());
        }
        // Who is no longer cleared has nothing open.
        let no_longer = ajantasa::staff::ProvedAccount { may_protected: false, ..leena.clone() };
        assert!(!reveal::is_open(context, &no_longer, case).await.unwrap());

        let mut told = site.signed_in("anna").await;
        let page = told.get("/notices").await.ok();
        page.says("leena").says(&case.to_string()).does_not_say("mail came back");
        page.does_not_say(&small::card(2)).does_not_say("Testinen").does_not_say("Pitkäkatu");
        let notice = page.text.split("name=\"notice\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut other = site.signed_in("kaisa").await;
        other.get("/notices").await.ok().does_not_say("mail came back");
        assert_eq!(other.post("/notices/seen", &[("notice", &notice)]).await.status, StatusCode::NOT_FOUND);
        let answer = told.post("/notices/seen", &[("notice", &notice)]).await;
        assert_eq!(answer.location(), "/notices?done=seen");
        assert_eq!(records().await, ["finding.reveal", "notice.seen"]);
        told.get("/notices?done=seen").await.ok().says("marked as seen").does_not_say("name=\"notice\"");
        assert_eq!(told.post("/notices/seen", &[("notice", &notice)]).await.status, StatusCode::NOT_FOUND);

        site.scenario.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
        assert!(reveal::is_open(context, &leena, case).await.unwrap());
        site.scenario.clock.advance(TimeDelta::seconds(1));
        assert!(!reveal::is_open(context, &leena, case).await.unwrap());
    }

    async fn whoever_may_not_see_a_case_finds_no_form_to_open_it(place: Place) {
        let site = Site::of_movers(&place, 3).await;
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'S0002'").await;
        let (protected, open) = site.everything().await;
        let anna = site.account("anna", Role::Administrator, &[], false).await.to_string();
        site.account("leena", Role::Reviewer, &["710"], true).await;
        site.account("kaisa", Role::Reviewer, &["078"], true).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let fields = [("reason", "mail came back, calling"), ("tell", anna.as_str())];
        let unknown = uuid::Uuid::nil();
        for (name, case) in [
            ("maija", protected[0].id),
            ("maija", open[0].id),
            ("maija", unknown),
            ("kaisa", protected[0].id),
            ("kaisa", unknown),
            ("leena", open[0].id),
            ("leena", unknown),
        ] {
            let mut browser = site.signed_in(name).await;
            let missing = browser.get("/no/such/page").await;
            let path = format!("/queue/{case}/reveal");
            let answer = browser.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {case}");
            // The page carries its own address for the way back and stands under the queue; nothing else differs.
            let text = answer.text.replace(&path, "/no/such/page").replace(" aria-current=\"page\"", "");
            assert_eq!(text, missing.text, "{name} {case}");
            let answer = browser.post(&path, &fields).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name} {case}");
        }
        assert_eq!(site.scenario.number("SELECT count(*) FROM reveal").await, 0);
        assert_eq!(site.scenario.number("SELECT count(*) FROM notice").await, 0);
    }

    async fn a_notice_waits_on_the_pages_of_a_cleared_reviewer(place: Place) {
        let site = Site::of_movers(&place, 2).await;
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id = 'S0002'").await;
        let case = site.everything().await.0[0].id;
        let leena = site.reviewer("leena", &["710"], true).await;
        let kaisa = site.reviewer("kaisa", &["710"], true).await;
        reveal::reveal(&site.scenario.context, &leena, case, "mail came back, calling", kaisa.id).await.unwrap();
        let mut browser = site.signed_in("kaisa").await;
        for path in ["/queue", "/protected"] {
            browser.get(path).await.ok().says("You have 1 new notice.");
        }
        let mut browser = site.signed_in("leena").await;
        browser.get("/queue").await.ok().does_not_say("new notice");
    }
}
