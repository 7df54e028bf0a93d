//! What is another's, and what is masked.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::Site;
use super::super::case::{MOVED, last_record, moved, since};
use crate::scenario::{Place, on_both};

const LUKAS: [&str; 4] = ["078", "149", "710", "755"];

/// The test data with one patron, who has moved, protected.
async fn with_protected(place: &Place) -> (Site, Uuid) {
    let site = Site::with_queue(place).await;
    let id = moved(&site, MOVED).await;
    site.scenario
        .execute(&format!("UPDATE patron SET protected_mark = TRUE WHERE card_number = '{MOVED}'"))
        .await;
    (site, id)
}

/// Every text of an answer, in depth.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| texts(one, into)),
        Value::Object(all) => all.values().for_each(|one| texts(one, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

on_both! {
    async fn anothers_case_is_none_byte_for_byte(place: Place) {
        let (site, protected) = with_protected(&place).await;
        let maija = site.maijas_client().await;
        site.account("kaisa", Role::Reviewer, &["078"], true).await;
        let kaisa = site.client("kaisa", "board", true).await;
        let none = Uuid::nil();
        let abroad = {
            site.account("leena", Role::Reviewer, &LUKAS, false).await;
            let list = site.client("leena", "board", false).await.get("/cases?limit=100&municipality=755").await.ok().json();
            list[0]["id"].as_str().unwrap().parse::<Uuid>().unwrap()
        };
        for (api, what) in [(&maija, [protected, abroad]), (&kaisa, [protected, abroad])] {
            let missing = api.get(&format!("/cases/{none}")).await;
            missing.problem("not-found");
            let said = api.get(&format!("/cases/{none}/decisions")).await;
            let decide = api.post(&format!("/cases/{none}/decisions"), "\"1\"", &json!({"act": "approve"})).await;
            let bare = api.post(&format!("/cases/{none}/decisions"), "", &json!({"act": "approve"})).await;
            for id in what {
                for (path, method, wanted) in [
                    (format!("/cases/{id}"), "GET", &missing),
                    (format!("/cases/{id}/decisions"), "GET", &said),
                ] {
                    let reply = api.send(method, &path, &[], Vec::new()).await;
                    assert_eq!((reply.status, &reply.text, &reply.headers), (wanted.status, &wanted.text, &wanted.headers));
                }
                for act in ["approve", "undo"] {
                    let reply = api.post(&format!("/cases/{id}/decisions"), "\"1\"", &json!({"act": act})).await;
                    assert_eq!((reply.status, &reply.text, &reply.headers), (decide.status, &decide.text, &decide.headers));
                }
                let reply = api.post(&format!("/cases/{id}/decisions"), "", &json!({"act": "approve"})).await;
                assert_eq!((reply.status, &reply.text), (bare.status, &bare.text));
            }
        }
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 0);
    }

    async fn of_the_protected_nothing_of_where_they_are_goes_out_to_anybody(place: Place) {
        let (site, id) = with_protected(&place).await;
        site.account("leena", Role::Reviewer, &LUKAS, true).await;
        site.account("tarmo", Role::Auditor, &[], false).await;
        let anna = site.account("anna", Role::Administrator, &[], false).await.to_string();
        let leena = site.client("leena", "board", true).await;
        let tarmo = site.client("tarmo", "audit", false).await;
        let listed = leena.get("/cases?protected=true&limit=100").await.ok();
        assert!(listed.text.contains(&id.to_string()));
        assert!(!leena.get("/cases?limit=100").await.ok().text.contains(&id.to_string()));
        let audited = tarmo.get("/cases?limit=100").await.ok();
        assert!(audited.text.contains(&id.to_string()));
        assert!(!tarmo.get("/cases?limit=100&municipality=710").await.ok().text.contains(&id.to_string()));
        // Opened on the page, the case stays masked here.
        let mut browser = site.signed_in("leena").await;
        let fields = [("reason", "mail came back, calling"), ("tell", anna.as_str())];
        let revealed = browser.post(&format!("/queue/{id}/reveal"), &fields).await;
        assert_eq!(revealed.status, StatusCode::SEE_OTHER, "{}", revealed.text);
        browser.get(&format!("/queue/{id}")).await.ok().says("Pitkäkatu 3 B 12b");
        for (api, list) in [(&leena, &listed), (&tarmo, &audited)] {
            let before = last_record(&site).await;
            let shown = api.get(&format!("/cases/{id}")).await.ok();
            let said = api.get(&format!("/cases/{id}/decisions")).await.ok();
            assert_eq!(since(&site, before).await, ["finding.show", "finding.show"]);
            let item = list.json().as_array().unwrap().iter().find(|item| item["id"] == json!(id)).unwrap().clone();
            for one in [&item, &shown.json()] {
                assert_eq!(one["municipality"], Value::Null);
                for field in one["fields"].as_array().unwrap() {
                    assert_eq!((&field["current"], &field["proposed"]), (&Value::Null, &Value::Null), "{field}");
                }
            }
            let case = shown.json();
            assert_eq!((&case["invoice_sent"], &case["invoice_address"]), (&Value::Null, &Value::Null));
            for text in [&item.to_string(), &shown.text, &said.text] {
                for place in ["Pitkäkatu 3", "Raaseporintie 8", "710"] {
                    let found = text.replace(MOVED, "").replace(&id.to_string(), "");
                    assert!(!found.contains(place), "{place}: {text}");
                }
            }
        }
    }

    async fn an_ordinary_reviewers_lists_are_the_same_whether_somebody_is_protected_or_has_no_case(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        let paths = ["/cases?limit=100", "/cases?limit=3", "/cases?kind=address_change&limit=1", "/cases?protected=true", "/cases?protected=false"];
        let ask = async || {
            let mut all = Vec::new();
            for path in paths {
                let reply = api.get(path).await.ok();
                all.push((reply.text.clone(), reply.header("link").to_owned()));
            }
            all
        };
        let with = ask().await;
        site.scenario.execute(&format!("UPDATE patron SET protected_mark = TRUE WHERE card_number = '{MOVED}'")).await;
        let protected = ask().await;
        assert_ne!(with, protected);
        assert_eq!(protected[3].0, "[]");
        site.scenario.execute(&format!("UPDATE patron SET protected_mark = FALSE WHERE card_number = '{MOVED}'")).await;
        assert_eq!(ask().await, with);
        site.scenario.execute("UPDATE finding SET state = 'closed' WHERE kind = 'address_change' AND patron IN (SELECT id FROM patron WHERE card_number = '2071000007')").await;
        assert_eq!(ask().await, protected);
        assert!(!protected.iter().any(|(text, _)| text.contains(&id.to_string())));
    }

    async fn no_answer_holds_an_identity_code(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("leena", Role::Reviewer, &LUKAS, true).await;
        site.account("tarmo", Role::Auditor, &[], false).await;
        let mut walked = 0;
        for name in ["leena", "tarmo"] {
            let api = site.client(name, "board", false).await;
            for list in ["/cases?limit=100", "/cases?protected=true&limit=100"] {
                for item in api.get(list).await.ok().json().as_array().unwrap() {
                    let id = item["id"].as_str().unwrap();
                    if walked % 100 == 90 {
                        // The share of a client is not what this is about.
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                    }
                    let mut all = Vec::new();
                    texts(item, &mut all);
                    texts(&api.get(&format!("/cases/{id}")).await.json(), &mut all);
                    for text in all {
                        assert!(!ajantasa::identity_code::IdentityCode::is_in(&text), "{id}");
                    }
                    walked += 1;
                }
            }
        }
        assert!(walked > 20, "{walked}");
    }
}
