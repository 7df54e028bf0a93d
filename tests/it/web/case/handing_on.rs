//! Giving cases to each other, and handing over what one must not decide.

use ajantasa::staff::Role;
use axum::http::StatusCode;

use super::super::Site;
use super::{MOVED, last_record, moved, send, since};
use crate::scenario::on_both;

on_both! {
    async fn a_case_is_taken_given_and_given_back(place: Place) {
        let site = Site::with_queue(&place).await;
        let maija = site.account("maija", Role::Reviewer, &["710"], false).await;
        let pekka = site.account("pekka", Role::Reviewer, &["710", "078"], false).await;
        let elina = site.account("elina", Role::Reviewer, &["078"], false).await;
        let aino = site.account("aino", Role::Administrator, &["710"], false).await;
        let id = moved(&site, MOVED).await;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get(&format!("/queue/{id}")).await.ok();
        page.says("nobody").says("pekka</option>").does_not_say("elina").does_not_say("aino").does_not_say("maija</option>");
        for (to, holder) in [("me", "maija"), (&pekka.to_string(), "pekka"), (&maija.to_string(), "maija"), ("nobody", "nobody")] {
            let before = last_record(&site).await;
            let answer = send(&mut browser, id, "assign", &[("to", to)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
            assert_eq!(since(&site, before).await, ["finding.assign"]);
            let page = browser.get(answer.location().split('#').next().unwrap()).await.ok();
            page.says("The handler was changed").says(&format!("<dt>Handler</dt><dd>{holder}</dd>"));
        }
        for other in [elina, aino] {
            let answer = send(&mut browser, id, "assign", &[("to", &other.to_string())]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.says("<a href=\"#assign-to\">");
        }
        send(&mut browser, id, "assign", &[("to", &pekka.to_string())]).await;
        site.scenario.execute("UPDATE account SET ends_on = '2026-11-20' WHERE name = 'pekka'").await;
        browser.get(&format!("/queue/{id}")).await.ok().says("<dt>Handler</dt><dd>nobody</dd>").does_not_say("pekka");
    }

    async fn a_case_is_handed_over_before_its_details_open_and_never_shown_again(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let pekka = site.account("pekka", Role::Reviewer, &["710"], false).await;
        let id = moved(&site, MOVED).await;
        let mut maija = site.signed_in("maija").await;
        let before = last_record(&site).await;
        let page = maija.get(&format!("/queue/{id}/disqualified?list=kind%3Ddeath")).await.ok();
        page.does_not_say(MOVED).does_not_say("Raaseporintie").does_not_say("address").says("value=\"kind=death\"");
        let opened = site.scenario.number("SELECT count(*) FROM case_view").await;
        assert_eq!((opened, since(&site, before).await.len()), (0, 0));
        let answer = send(&mut maija, id, "disqualify", &[("to", &pekka.to_string())]).await;
        assert_eq!(since(&site, before).await, ["finding.disqualify"]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        maija.get(answer.location().split('#').next().unwrap()).await.ok().says("It was noted that you are disqualified");
        for path in ["", "/disqualified"] {
            assert_eq!(maija.get(&format!("/queue/{id}{path}")).await.status, StatusCode::NOT_FOUND);
        }
        maija.get("/queue").await.ok().does_not_say(&id.to_string());
        let mut pekka = site.signed_in("pekka").await;
        pekka.get(&format!("/queue/{id}")).await.ok().says("<dt>Handler</dt><dd>pekka</dd>").does_not_say("maija</option>");
    }
}
