//! The life of a case: listed, read, decided, taken back.

use ajantasa::finding::FindingKind;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::super::Site;
use super::super::case::{MOVED, MOVED_TOO, case_of, last_record, moved, since};
use crate::scenario::on_both;

on_both! {
    async fn a_case_is_listed_read_approved_and_taken_back(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let list = api.get("/cases?kind=address_change&limit=100").await.ok().json();
        let id = moved(&site, MOVED).await;
        let item = list.as_array().unwrap().iter().find(|item| item["id"] == json!(id)).unwrap().clone();
        let keys: Vec<&String> = item.as_object().unwrap().keys().collect();
        let wanted = ["card_number", "fields", "id", "kind", "municipality", "opened_at", "reason", "state", "version"];
        let mut sorted = keys.clone();
        sorted.sort();
        assert_eq!(sorted, wanted);
        assert_eq!(item["card_number"], MOVED);
        assert_eq!(item["fields"][0]["proposed"], "Pitkäkatu 3 B 12b");

        let before = last_record(&site).await;
        let shown = api.get(&format!("/cases/{id}")).await.ok();
        let tag = shown.header("etag").to_owned();
        let case = shown.json();
        assert_eq!(tag, format!("\"{}\"", case["version"]));
        assert_eq!((&case["state"], &case["confirmable"]), (&json!("opened"), &json!(true)));
        let decisions = format!("/cases/{id}/decisions");
        let approved = api.post(&decisions, &tag, &json!({"act": "approve"})).await.ok();
        assert_eq!(since(&site, before).await, ["finding.show", "finding.approve"]);
        assert_eq!(approved.json()["state"], "decided");
        assert!(approved.json()["effective_at"].is_string());
        let tag = approved.header("etag").to_owned();
        assert_eq!(api.get(&format!("/cases/{id}")).await.header("etag"), tag, "the answer names the version there is");

        let before = last_record(&site).await;
        let undone = api.post(&decisions, &tag, &json!({"act": "undo"})).await.ok();
        assert_eq!(since(&site, before).await, ["finding.undo"]);
        assert_eq!(undone.json()["state"], "opened");
        let said = api.get(&decisions).await.ok().json();
        let acts: Vec<&str> = said.as_array().unwrap().iter().map(|one| one["act"].as_str().unwrap()).collect();
        assert_eq!(acts, ["undo", "approve"]);
        assert!(said.as_array().unwrap().iter().all(|one| one["by"] == "maija"));
        let who = "SELECT DISTINCT os_user FROM audit WHERE actor = 'maija' AND action IN ('finding.approve', 'finding.undo', 'finding.list')";
        assert_eq!(site.scenario.texts(who).await, ["api:maija/board"]);
        let who = "SELECT DISTINCT actor FROM audit WHERE action = 'finding.approve'";
        assert_eq!(site.scenario.texts(who).await, ["maija"]);
        assert_eq!(site.scenario.texts("SELECT DISTINCT os_user FROM decision").await, ["api:maija/board"]);
    }

    async fn a_case_is_rejected_with_a_note_or_put_off(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let (one, other) = (moved(&site, MOVED).await, moved(&site, MOVED_TOO).await);
        let tag = api.get(&format!("/cases/{one}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{one}/decisions");
        let bare = api.post(&path, &tag, &json!({"act": "reject", "reason": "other"})).await;
        assert_eq!(bare.problem("unusable").status, StatusCode::UNPROCESSABLE_ENTITY);
        let long = json!({"act": "reject", "reason": "other", "note": "n".repeat(1001)});
        assert_eq!(api.post(&path, &tag, &long).await.status, StatusCode::BAD_REQUEST);
        let before = last_record(&site).await;
        let noted = json!({"act": "reject", "reason": "other", "note": " moved again "});
        assert_eq!(api.post(&path, &tag, &noted).await.ok().json()["state"], "rejected");
        assert_eq!(since(&site, before).await, ["finding.reject"]);
        let said = &api.get(&path).await.ok().json()[0];
        assert_eq!((&said["reason"], &said["note"]), (&json!("other"), &json!("moved again")));

        let tag = api.get(&format!("/cases/{other}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{other}/decisions");
        for until in ["2026-01-01", "2030-01-01"] {
            let answer = api.post(&path, &tag, &json!({"act": "snooze", "until": until})).await;
            assert_eq!(answer.problem("unusable").status, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
        }
        let before = last_record(&site).await;
        let later = site.scenario.context.clock.today() + chrono::Days::new(7);
        let put_off = api.post(&path, &tag, &json!({"act": "snooze", "until": later})).await.ok();
        assert_eq!(since(&site, before).await, ["finding.snooze"]);
        assert_eq!(put_off.json()["state"], "snoozed");
        assert!(put_off.json()["snoozed_until"].is_string());
    }

    async fn a_decision_holds_for_the_version_that_was_read(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        let old = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{id}/decisions");
        let approve = json!({"act": "approve"});
        let before = last_record(&site).await;
        let without = api.post(&path, "", &approve).await;
        assert_eq!(without.problem("precondition-required").status, StatusCode::PRECONDITION_REQUIRED);
        for odd in ["*", "W/\"2\"", "2", "\"2\", \"3\"", "\"99999999999999999999\""] {
            assert_eq!(api.post(&path, odd, &approve).await.problem("bad-request").status, StatusCode::BAD_REQUEST, "{odd}");
        }
        assert!(since(&site, before).await.is_empty());
        let later = site.scenario.context.clock.today() + chrono::Days::new(7);
        let moved_on = api.post(&path, &old, &json!({"act": "snooze", "until": later})).await.ok();
        let now = moved_on.header("etag").to_owned();
        let before = last_record(&site).await;
        let stale = api.post(&path, &old, &approve).await;
        assert_eq!(stale.problem("changed").status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(stale.header("etag"), now);
        assert!(since(&site, before).await.is_empty(), "nothing was done");
        api.post(&path, &now, &approve).await.ok();
    }

    async fn what_moved_is_put_aside_and_named(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED_TOO).await;
        let tag = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let text = crate::scenario::register().replace("Pitkäkatu 5,", "Pitkäkatu 50,");
        assert_ne!(text, crate::scenario::register());
        site.scenario.import(&text).await;
        let path = format!("/cases/{id}/decisions");
        let answer = api.post(&path, &tag, &json!({"act": "approve"})).await;
        assert_eq!(answer.problem("changed").status, StatusCode::PRECONDITION_FAILED);
        assert!(answer.json()["detail"].as_str().unwrap().contains("street_address"), "{}", answer.text);
        let now = answer.header("etag").to_owned();
        assert_ne!(now, tag);
        let not_open = api.post(&path, &now, &json!({"act": "approve"})).await;
        assert_eq!(not_open.problem("not-open").status, StatusCode::CONFLICT);
        let seen = api.get(&format!("/cases/{id}")).await.ok();
        assert!(seen.json()["moved"].as_str().unwrap().contains("street_address"), "{}", seen.text);
    }

    async fn two_words_of_one_account_are_one_accounts(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let other = site.client("maija", "phone", true).await;
        let id = moved(&site, MOVED).await;
        let tag = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{id}/decisions");
        let tag = api.post(&path, &tag, &json!({"act": "approve"})).await.ok().header("etag").to_owned();
        other.post(&path, &tag, &json!({"act": "undo"})).await.ok();
        assert_eq!(site.scenario.number("SELECT count(DISTINCT account) FROM decision").await, 1);
    }

    async fn nobody_decides_on_the_own_card_and_a_frozen_case_waits(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        site.scenario.execute(&format!("UPDATE account SET own_card = '{MOVED}' WHERE name = 'maija'")).await;
        let tag = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let answer = api.post(&format!("/cases/{id}/decisions"), &tag, &json!({"act": "approve"})).await;
        assert_eq!(answer.problem("own-card").status, StatusCode::FORBIDDEN);
        let other = moved(&site, MOVED_TOO).await;
        let tag = api.get(&format!("/cases/{other}")).await.ok().header("etag").to_owned();
        site.scenario.execute("UPDATE person SET frozen = TRUE").await;
        let answer = api.post(&format!("/cases/{other}/decisions"), &tag, &json!({"act": "approve"})).await;
        assert_eq!(answer.problem("not-approvable").status, StatusCode::CONFLICT);
    }

    async fn a_death_tells_its_date_as_precise_as_it_is(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("leena", Role::Reviewer, &["078", "149", "710", "755"], false).await;
        let api = site.client("leena", "board", false).await;
        let deaths = api.get("/cases?kind=death").await.ok().json();
        assert!(!deaths.as_array().unwrap().is_empty());
        for death in deaths.as_array().unwrap() {
            assert!(death.as_object().unwrap().contains_key("death_date"), "{death}");
            assert_eq!(death["fields"], json!([]));
            let id: Uuid = death["id"].as_str().unwrap().parse().unwrap();
            let card = death["card_number"].as_str().unwrap();
            assert_eq!(case_of(&site, card, FindingKind::Death).await, id);
        }
    }
}
