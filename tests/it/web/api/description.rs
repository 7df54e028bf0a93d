//! The description of the interface: generated, committed, and true.
//!
//! With `AJANTASA_UPDATE_DOCUMENTS` set, `src/web/api/openapi.json` is written anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ajantasa::identity_code::IdentityCode;
use ajantasa::web;
use serde_json::Value;

use super::super::Site;
use super::super::case::{MOVED, moved};
use crate::scenario::on_both;

fn description() -> Value {
    serde_json::from_str(&web::document()).unwrap()
}

#[test]
fn the_committed_description_is_what_the_program_generates() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/api/openapi.json");
    let generated = web::document();
    if std::env::var_os("AJANTASA_UPDATE_DOCUMENTS").is_some() {
        fs::write(path, generated).unwrap();
    } else {
        let committed = fs::read_to_string(path).unwrap();
        assert!(committed == generated, "run this test with AJANTASA_UPDATE_DOCUMENTS=1");
    }
}

#[test]
fn the_description_has_every_route_and_no_other_and_no_identity_code() {
    let text = web::document();
    assert!(!IdentityCode::is_in(&text));
    let description = description();
    assert_eq!(description["info"]["license"]["name"], "EUPL-1.2");
    assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut described = BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert((method.to_uppercase(), path.clone()));
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.contains_key("500") && responses.keys().any(|status| status.starts_with('2')),
                "{path}"
            );
            let needs_token = operation.get("security").is_some();
            assert_eq!(needs_token, responses.contains_key("401"), "{path}");
        }
    }
    let routes: BTreeSet<(String, String)> = web::api_rules()
        .iter()
        .map(|rule| (rule.method.to_owned(), format!("/api/v1{}", rule.path)))
        .collect();
    assert_eq!(described, routes);
}

/// The properties that a schema names, through references and parts.
fn properties(description: &Value, schema: &Value, into: &mut BTreeSet<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = description.pointer(name.trim_start_matches('#')).unwrap();
        properties(description, target, into);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        properties(description, part, into);
    }
    into.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
}

on_both! {
    async fn what_is_served_is_the_description_and_answers_have_what_it_says(place: Place) {
        let site = Site::with_queue(&place).await;
        let stranger = site.stranger();
        let served = stranger.get("/openapi.json").await.ok();
        assert_eq!(served.text, web::document());
        assert_eq!(served.header("content-type"), "application/json");
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        let description = description();
        let case = api.get(&format!("/cases/{id}")).await.ok().json();
        let schema = &description["paths"]["/api/v1/cases/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        let mut described = BTreeSet::new();
        properties(&description, schema, &mut described);
        described.remove("death_date");
        let keys: BTreeSet<String> = case.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, described);
    }

    async fn every_type_of_problem_is_an_address_that_tells_what_it_means(place: Place) {
        let site = Site::new(&place).await;
        let stranger = site.stranger();
        let described = description().to_string();
        let mut named = 0;
        for kind in described.split('`').skip(1).step_by(2).filter(|word| word.contains('-') || *word == "changed") {
            let reply = stranger.get(&format!("/problems/{kind}")).await;
            if reply.status.is_success() {
                assert_eq!(reply.json()["type"], format!("/api/v1/problems/{kind}"));
                named += 1;
            }
        }
        assert!(named > 15, "{named}");
    }
}
