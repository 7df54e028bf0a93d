//! What nobody in earnest sends.

use axum::http::StatusCode;
use serde_json::json;

use super::super::Site;
use super::super::case::{MOVED, last_record, moved, since};
use crate::scenario::on_both;

const JSON: (&str, &str) = ("content-type", "application/json");

on_both! {
    async fn a_body_that_is_not_as_described_changes_nothing_and_is_not_repeated(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        let tag = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{id}/decisions");
        let before = last_record(&site).await;
        let deep = "[".repeat(20_000);
        let deep_value = format!("{{\"act\":\"reject\",\"reason\":\"other\",\"note\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
        let bodies: Vec<Vec<u8>> = vec![
            b"".to_vec(),
            b"null".to_vec(),
            b"[]".to_vec(),
            b"\"approve\"".to_vec(),
            b"{}".to_vec(),
            b"{\"act\":\"approve\"".to_vec(),
            b"{\"act\":\"approve\"}{}".to_vec(),
            b"{\"act\":\"approve\",\"act\":\"approve\"}".to_vec(),
            b"{\"act\":\"APPROVE\"}".to_vec(),
            b"{\"act\":null}".to_vec(),
            b"{\"act\":1}".to_vec(),
            b"{\"act\":{\"approve\":{}}}".to_vec(),
            b"{\"act\":\"approve\",\"now\":true}".to_vec(),
            b"{\"act\":\"approve\",\"010190-999W\":true}".to_vec(),
            b"{\"act\":\"reject\"}".to_vec(),
            b"{\"act\":\"reject\",\"reason\":\"010190-999W\"}".to_vec(),
            b"{\"act\":\"reject\",\"reason\":[\"other\"],\"note\":\"x\"}".to_vec(),
            b"{\"act\":\"reject\",\"reason\":\"other\",\"note\":7}".to_vec(),
            b"{\"act\":\"reject\",\"reason\":\"patron_newer\",\"until\":\"2026-12-01\"}".to_vec(),
            b"{\"act\":\"snooze\",\"until\":\"2026-13-01\"}".to_vec(),
            b"{\"act\":\"snooze\",\"until\":1e308}".to_vec(),
            b"{\"act\":\"snooze\",\"until\":\"2026-12-01T00:00:00Z\"}".to_vec(),
            b"{\"act\":\"reveal\"}".to_vec(),
            b"{\"act\":\"approve\xff\"}".to_vec(),
            b"\xff\xfe{\x00}\x00".to_vec(),
            deep.into_bytes(),
            deep_value.into_bytes(),
        ];
        for body in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            let reply = api.send("POST", &path, &[JSON, ("if-match", &tag)], body).await;
            assert_eq!(reply.problem("bad-request").status, StatusCode::BAD_REQUEST, "{shown}");
            assert!(!reply.text.contains("010190"), "{}", reply.text);
        }
        let mut large = b"{\"act\":\"reject\",\"reason\":\"other\",\"note\":\"".to_vec();
        large.resize(1 << 20, b'x');
        large.extend(b"\"}");
        let reply = api.send("POST", &path, &[JSON, ("if-match", &tag)], large).await;
        assert_eq!(reply.problem("too-large").status, StatusCode::PAYLOAD_TOO_LARGE);
        for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/problem+json"] {
            let body = b"{\"act\":\"approve\"}".to_vec();
            let reply = api.send("POST", &path, &[("content-type", kind), ("if-match", &tag)], body).await;
            assert_eq!(reply.problem("not-json").status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        }
        assert!(since(&site, before).await.is_empty(), "nothing was done");
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 0);
        let body = b" {\"act\" : \"approve\"} ".to_vec();
        let headers = [("content-type", "Application/JSON; charset=utf-8"), ("if-match", tag.as_str())];
        api.send("POST", &path, &headers, body).await.ok();
    }

    async fn a_path_that_is_none_says_nothing_of_what_it_was(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        for path in ["/cases/010190-999W", "/cases/%00", "/cases/{01a20161-0000-7000-8000-000000000000}", "/cases/01a20161000070008000000000000000", "/cases/%FF%FE"] {
            let reply = api.get(path).await;
            assert_eq!(reply.problem("bad-request").status, StatusCode::BAD_REQUEST, "{path}");
            assert!(!reply.text.contains("010190"));
            assert_eq!(reply.json()["instance"], "/api/v1/cases/{id}");
        }
        for path in ["", "/", "/cases/", "/010190-999W", "/cases/1/2/3", "/problems/010190-999W", "/openapi.yaml"] {
            let reply = api.get(path).await;
            assert_eq!(reply.problem("not-found").status, StatusCode::NOT_FOUND, "{path}");
            assert!(!reply.text.contains("010190"));
        }
        for (method, path, allowed) in [("DELETE", "/cases", "GET,HEAD"), ("PUT", "/runs", "GET,HEAD,POST"), ("POST", "/openapi.json", "GET,HEAD")] {
            let reply = api.send(method, path, &[], Vec::new()).await;
            assert_eq!(reply.problem("method-not-allowed").status, StatusCode::METHOD_NOT_ALLOWED);
            let mut methods: Vec<&str> = reply.header("allow").split(',').map(str::trim).collect();
            methods.sort_unstable();
            assert_eq!(methods.join(","), allowed, "{path}");
        }
    }

    async fn a_note_is_data_whatever_stands_in_it(place: Place) {
        let site = Site::with_queue(&place).await;
        let api = site.maijas_client().await;
        let id = moved(&site, MOVED).await;
        let tag = api.get(&format!("/cases/{id}")).await.ok().header("etag").to_owned();
        let path = format!("/cases/{id}/decisions");
        let note = "'; DROP TABLE finding; -- \u{0}\u{202e}<script>\u{1F600}";
        api.post(&path, &tag, &json!({"act": "reject", "reason": "other", "note": note})).await.ok();
        assert_eq!(api.get(&path).await.ok().json()[0]["note"], note);
    }
}
