//! Clients: made and revoked at the pages, known by their tokens, gone with their accounts.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::super::{PASSWORD, Site};
use crate::scenario::on_both;

/// What is asked to learn whether a token is good.
const ANY: &str = "/cases?limit=1";

on_both! {
    async fn a_client_is_made_with_the_password_and_its_token_seen_for_a_while(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        browser.get("/account").await.ok().says("href=\"/account/clients\"");
        browser.get("/account/clients").await.ok().says("You have no clients").does_not_say("ajt_");
        let before = site.recorded().await.len();
        let form = |name, ends_on, password| [("name", name), ("ends_on", ends_on), ("password", password), ("may_decide", "yes")];
        let long = "n".repeat(41);
        for (name, ends_on, password, field, records) in [
            ("", "2027-06-30", PASSWORD, "name", 0),
            ("two words", "2027-06-30", PASSWORD, "name", 0),
            ("a/b", "2027-06-30", PASSWORD, "name", 0),
            ("010190-999W", "2027-06-30", PASSWORD, "name", 0),
            (&long, "2027-06-30", PASSWORD, "name", 0),
            ("board", "2020-01-01", PASSWORD, "ends_on", 0),
            ("board", "2035-01-01", PASSWORD, "ends_on", 0),
            ("board", "tomorrow", PASSWORD, "ends_on", 0),
            ("board", "2027-06-30", "wrong password", "password", 1),
        ] {
            let count = site.recorded().await.len();
            let answer = browser.post("/account/clients", &form(name, ends_on, password)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {ends_on}");
            answer.says(&format!("<a href=\"#{field}\">")).does_not_say("ajt_").does_not_say("Unknown localization");
            assert_eq!(site.recorded().await.len() - count, records, "{name} {ends_on}");
        }
        assert_eq!(site.recorded().await.split_off(before), ["account.refuse"]);
        site.scenario.clock.advance(TimeDelta::minutes(1));

        let before = site.recorded().await.len();
        let answer = browser.post("/account/clients", &form("board", "2027-06-30", PASSWORD)).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account/clients"));
        assert_eq!(site.recorded().await.split_off(before), ["account.client_add"]);
        let page = browser.get("/account/clients").await.ok();
        page.says("board").says("read and act").says("30.6.2027").says("in force");
        let token = page.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert!(token.starts_with("ajt_") && token.len() == 47);
        let tables = ["SELECT detail FROM audit", "SELECT os_user FROM audit", "SELECT name FROM api_client"];
        for sql in tables {
            assert!(!site.scenario.texts(sql).await.join("\n").contains(&token[4..]), "{sql}");
        }
        let mut other = site.signed_in("maija").await;
        let before = site.recorded().await.len();
        other.post("/account/clients/kept", &[]).await;
        assert_eq!(site.recorded().await.split_off(before), ["account.client_kept"]);
        browser.get("/account/clients").await.ok().does_not_say("ajt_");
        let again = browser.post("/account/clients", &form("board", "2027-06-30", PASSWORD)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        browser.post("/account/clients", &form("phone", "2027-06-30", PASSWORD)).await;
        browser.get("/account/clients").await.ok().says("ajt_");
        site.scenario.clock.advance(TimeDelta::minutes(10));
        browser.get("/account/clients").await.ok().does_not_say("ajt_");
        for language in ["fi", "sv"] {
            browser.post("/language", &[("language", language), ("back", "/account/clients")]).await;
            browser.get("/account/clients").await.ok().does_not_say("Unknown localization").says("board");
        }
    }

    async fn a_client_is_revoked_by_its_holder_or_an_administrator_and_by_nobody_else(place: Place) {
        let site = Site::new(&place).await;
        let maija = site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        let (one, two) = (site.client("maija", "board", true).await, site.client("maija", "phone", false).await);
        for api in [&one, &two] {
            api.get(ANY).await.ok();
        }
        let ids = site.scenario.texts("SELECT name FROM api_client ORDER BY name").await;
        assert_eq!(ids, ["board", "phone"]);
        let mut read = site.scenario.context.db.read().await.unwrap();
        let rows = ajantasa::store::api_client::of_account(&mut read, maija).await.unwrap();
        drop(read);
        let id = |name: &str| rows.iter().find(|row| row.name == name).unwrap().id.to_string();
        let (board, phone) = (id("board"), id("phone"));
        let before = site.recorded().await.len();
        let mut pekka = site.signed_in("pekka").await;
        let answer = pekka.post("/account/clients/revoke", &[("client", &board)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        one.get(ANY).await.ok();
        let mut own = site.signed_in("maija").await;
        let answer = own.post("/account/clients/revoke", &[("client", &board)]).await;
        assert_eq!(answer.location(), "/account/clients?done=revoked");
        own.get("/account/clients?done=revoked").await.ok().says("has been revoked").says("revoked 21.11.2026");
        assert_eq!(own.post("/account/clients/revoke", &[("client", &board)]).await.status, StatusCode::NOT_FOUND);
        one.get(ANY).await.problem("unauthorized");
        two.get(ANY).await.ok();
        let mut anna = site.signed_in("anna").await;
        let page = format!("/administration/accounts/{maija}");
        anna.get(&page).await.ok().says("phone").says("in force").does_not_say("ajt_");
        let answer = anna.post(&format!("{page}/clients"), &[("client", &phone)]).await;
        assert_eq!(answer.location(), format!("{page}?done=client"));
        anna.get(answer.location()).await.ok().says("has been revoked");
        two.get(ANY).await.problem("unauthorized");
        let recorded = site.recorded().await.split_off(before);
        let revoked = recorded.iter().filter(|action| *action == "account.client_revoke").count();
        assert_eq!(revoked, 2, "{recorded:?}");
    }

    async fn a_token_ends_with_its_last_day_its_account_and_what_the_account_may(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        api.get(ANY).await.ok();
        assert_eq!(site.scenario.number("SELECT count(*) FROM api_client WHERE last_used_at IS NOT NULL").await, 1);
        for (wrong, right) in [
            ("UPDATE account SET ends_on = '2026-11-20' WHERE name = 'maija'", "UPDATE account SET ends_on = '2027-11-20' WHERE name = 'maija'"),
            ("UPDATE account SET disabled_at = created_at WHERE name = 'maija'", "UPDATE account SET disabled_at = NULL WHERE name = 'maija'"),
            ("UPDATE api_client SET ends_on = '2026-11-20'", "UPDATE api_client SET ends_on = '2027-11-20'"),
            ("UPDATE api_client SET revoked_at = created_at", "UPDATE api_client SET revoked_at = NULL"),
        ] {
            site.scenario.execute(wrong).await;
            let refused = api.get(ANY).await;
            assert_eq!(refused.problem("unauthorized").status, StatusCode::UNAUTHORIZED, "{wrong}");
            assert!(refused.header("www-authenticate").starts_with("Bearer"));
            site.scenario.execute(right).await;
            api.get(ANY).await.ok();
        }
        site.scenario.execute("DELETE FROM account_municipality").await;
        assert_eq!(api.get("/cases").await.ok().text, "[]");
        site.scenario.execute("UPDATE account SET role = 'administrator' WHERE name = 'maija'").await;
        api.get(ANY).await.problem("not-allowed");
    }

    async fn whoever_asks_too_often_waits(place: Place) {
        let site = Site::new(&place).await;
        let api = site.maijas_client().await;
        let mut refused = None;
        for _ in 0..2000 {
            let reply = api.get("/runs").await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(reply);
                break;
            }
        }
        let refused = refused.expect("nobody was refused");
        assert_eq!(refused.problem("too-many-requests").header("retry-after"), "1");
        site.client("maija", "phone", false).await.get(ANY).await.ok();
    }
}
