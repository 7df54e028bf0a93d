//! Lists that are read on and on.

use std::collections::BTreeSet;

use ajantasa::staff::Role;
use axum::http::StatusCode;

use super::super::Site;
use super::super::case::{last_record, since};
use super::Api;
use crate::scenario::on_both;

const LUKAS: [&str; 4] = ["078", "149", "710", "755"];

/// Reads a list to its end, in steps; the identifiers in order.
async fn all(api: &Api, first: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut path = first.to_owned();
    loop {
        let reply = api.get(&path).await.ok();
        let items = reply.json();
        ids.extend(items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = reply.header("link").strip_suffix(">; rel=\"next\"") else { return ids };
        assert!(!items.as_array().unwrap().is_empty());
        next.trim_start_matches('<').clone_into(&mut path);
    }
}

on_both! {
    async fn paging_comes_to_every_case_once_in_order_and_records_each(place: Place) {
        let site = Site::with_queue(&place).await;
        for (name, role) in [("leena", Role::Reviewer), ("tarmo", Role::Auditor)] {
            site.account(name, role, &LUKAS, false).await;
            let api = site.client(name, "board", false).await;
            let whole = all(&api, "/cases?limit=100").await;
            assert!(whole.len() > 10, "{}", whole.len());
            for limit in [1, 3, 7] {
                let before = last_record(&site).await;
                let found = all(&api, &format!("/cases?limit={limit}")).await;
                assert_eq!(found, whole, "{name} {limit}");
                let records = since(&site, before).await;
                assert_eq!(records.len(), whole.len(), "one look for each case");
                assert!(records.iter().all(|action| action == "finding.list"));
            }
            let mut by_kind = Vec::new();
            for kind in ajantasa::finding::FindingKind::ALL {
                by_kind.extend(all(&api, &format!("/cases?limit=2&kind={}", kind.as_str())).await);
            }
            let unique: BTreeSet<&String> = by_kind.iter().collect();
            assert_eq!(unique, whole.iter().collect(), "{name}: kinds are told apart");
            assert_eq!(by_kind.len(), whole.len());
        }
    }

    async fn a_filter_is_taken_as_it_is_or_not_at_all(place: Place) {
        let site = Site::with_queue(&place).await;
        let leena = site.account("leena", Role::Reviewer, &LUKAS, false).await;
        let api = site.client("leena", "board", false).await;
        let some = all(&api, "/cases?municipality=710&kind=address_change&kind=death&state=new&limit=4").await;
        assert!(!some.is_empty());
        let everything = api.get("/cases?limit=100").await.ok().json();
        let wanted: Vec<&str> = everything.as_array().unwrap().iter()
            .filter(|item| item["municipality"] == "710" && item["state"] == "new")
            .filter(|item| item["kind"] == "address_change" || item["kind"] == "death")
            .map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(some, wanted);
        assert!(all(&api, "/cases?assignee=me").await.is_empty());
        let case = uuid::Uuid::parse_str(wanted[0]).unwrap();
        let sql = "INSERT INTO assignment (finding, account, assigned_by, assigned_at) VALUES ($1, $2, $2, $3)";
        let context = &site.scenario.context;
        let mut tx = context.db.begin().await.unwrap();
        crate::scenario::on!(&mut tx, conn => sqlx::query(sql).bind(case).bind(leena)
            .bind(context.clock.now()).execute(conn).await.unwrap().rows_affected());
        tx.commit("test").await.unwrap();
        assert_eq!(all(&api, "/cases?assignee=me&protected=false").await, [case.to_string()]);
        assert!(all(&api, "/cases?municipality=999").await.is_empty());
        let before = last_record(&site).await;
        for wrong in [
            "kind=nothing", "kind=", "state=confirmed", "municipality=71", "municipality=%C3%A5", "assignee=leena", "assignee=",
            "limit=0", "limit=101", "limit=x", "limit=-1", "limit=1&limit=2", "after=x", "after=", "protected=maybe",
            "card_number=2071000007", "q=010190-999W", "%FF=%00",
        ] {
            let reply = api.get(&format!("/cases?{wrong}")).await;
            assert_eq!(reply.problem("bad-request").status, StatusCode::BAD_REQUEST, "{wrong}");
            assert!(!reply.text.contains("010190"), "{}", reply.text);
        }
        assert!(since(&site, before).await.is_empty());
    }
}
