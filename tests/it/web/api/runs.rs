//! Runs: read by auditors and administrators, started by administrators.

use ajantasa::runs::Worker;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::Site;
use super::super::case::{last_record, since};
use super::super::schedule::{fields, saved};
use crate::scenario::on_both;

on_both! {
    async fn a_run_is_started_by_hand_and_read(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        site.account("cia", Role::Administrator, &["078"], false).await;
        site.account("tarmo", Role::Auditor, &[], false).await;
        let mut browser = site.signed_in("anna").await;
        saved(&mut browser, &fields("a", "300")).await;
        let api = site.client("anna", "plans", true).await;
        let before = last_record(&site).await;
        for (body, kind, status) in [
            (json!({"schedule": "none", "version": 1}), "unusable", StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"schedule": "a\u{0}", "version": 1}), "unusable", StatusCode::UNPROCESSABLE_ENTITY),
            (json!({"schedule": "a", "version": 9}), "schedule-changed", StatusCode::CONFLICT),
            (json!({"schedule": "a"}), "bad-request", StatusCode::BAD_REQUEST),
            (json!({"schedule": "a", "version": "1"}), "bad-request", StatusCode::BAD_REQUEST),
            (json!({"schedule": "a", "version": 1, "now": true}), "bad-request", StatusCode::BAD_REQUEST),
        ] {
            let reply = api.post("/runs", "", &body).await;
            assert_eq!(reply.problem(kind).status, status, "{body}");
        }
        let other = site.client("cia", "plans", true).await;
        let start = json!({"schedule": "a", "version": 1});
        assert_eq!(other.post("/runs", "", &start).await.problem("not-allowed").status, StatusCode::FORBIDDEN);
        assert!(!since(&site, before).await.contains(&"run.start".to_owned()));

        let before = last_record(&site).await;
        let started = api.post("/runs", "", &start).await;
        assert_eq!(started.status, StatusCode::CREATED, "{}", started.text);
        assert_eq!(since(&site, before).await, ["run.start"]);
        let run = started.header("location").to_owned();
        assert_eq!(started.json()["state"], "planned");
        assert_eq!(started.json()["started_by"], "anna");
        assert_eq!(api.post("/runs", "", &start).await.problem("not-startable").status, StatusCode::CONFLICT);
        assert_eq!(site.scenario.texts("SELECT os_user FROM audit WHERE action = 'run.start'").await, ["api:anna/plans"]);

        Worker::default().pass(&site.scenario.context).await.unwrap();
        let auditor = site.client("tarmo", "reads", false).await;
        let before = last_record(&site).await;
        let shown = api.get(&run).await.ok().json();
        assert_eq!(shown["put_aside_people"], json!([]), "administrators read no people");
        assert!(since(&site, before).await.is_empty());
        let audited = auditor.get(&run).await.ok().json();
        let people = audited["put_aside_people"].as_array().unwrap().len();
        assert_eq!(json!(people), audited["put_aside"]);
        assert!(people > 0, "somebody is put aside");
        assert_eq!(since(&site, before).await, vec!["run.show"; people]);
        assert_eq!(shown["in_words"], audited["in_words"]);
        for at in ["planned_at", "started_at", "finished_at"] {
            assert!(shown[at].as_str().unwrap().ends_with('Z'), "{at}");
        }
        assert_eq!(shown["due_at"], Value::Null);
        assert_eq!(api.get("/runs/01a20161-0000-7000-8000-000000000000").await.problem("not-found").status, StatusCode::NOT_FOUND);
    }

    async fn runs_are_listed_in_steps_newest_first(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        let mut browser = site.signed_in("anna").await;
        let api = site.client("anna", "plans", true).await;
        for name in ["a", "b", "c"] {
            saved(&mut browser, &fields(name, "300")).await;
            let started = api.post("/runs", "", &json!({"schedule": name, "version": 1})).await;
            assert_eq!(started.status, StatusCode::CREATED, "{}", started.text);
            site.scenario.clock.advance(chrono::TimeDelta::seconds(1));
        }
        let names = |reply: &super::Reply| -> Vec<String> {
            reply.json().as_array().unwrap().iter().map(|run| run["schedule"].as_str().unwrap().to_owned()).collect()
        };
        let first = api.get("/runs?limit=2&state=planned").await.ok();
        assert_eq!(names(&first), ["c", "b"]);
        let next = first.header("link").strip_suffix(">; rel=\"next\"").unwrap().trim_start_matches('<').to_owned();
        let second = api.get(&next).await.ok();
        assert_eq!((names(&second), second.header("link")), (vec!["a".to_owned()], ""));
        assert_eq!(names(&api.get("/runs").await.ok()), ["c", "b", "a"]);
        assert_eq!(api.get("/runs?state=missed").await.ok().text, "[]");
        for wrong in ["state=x", "limit=0", "after=%00", "schedule=a"] {
            api.get(&format!("/runs?{wrong}")).await.problem("bad-request");
        }
    }
}
