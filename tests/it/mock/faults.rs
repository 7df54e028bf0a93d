//! Each misbehaviour, as a client meets it.

use super::*;

#[tokio::test]
async fn statuses_come_with_what_was_asked_for_and_end_by_count() {
    let vtj = Vtj::small().await;
    vtj.fault(&json!({ "kind": "status", "status": 502, "count": 2, "path": "perustiedot" })).await;
    vtj.fault(&json!({ "kind": "throttle", "retry_after": 7 })).await;
    vtj.fault(&json!({ "kind": "xroad_error", "code": "Server.ServerProxy.NetworkError" })).await;
    let response = vtj.ask("muutokset", &follow(0, &[1])).await;
    assert_eq!(response.status(), 429);
    assert_eq!(response.headers()["retry-after"], "7");
    let response = vtj.ask("muutokset", &follow(0, &[1])).await;
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["x-road-error"], "Server.ServerProxy.NetworkError");
    assert_eq!(response.json::<Value>().await.unwrap()["type"], "Server.ServerProxy.NetworkError");
    assert_eq!(vtj.ask("perustiedot", &base(&[1])).await.status(), 502);
    assert_eq!(vtj.ask("perustiedot", &base(&[1])).await.status(), 502);
    vtj.answer("perustiedot", &base(&[1])).await;
    vtj.fault(&json!({ "kind": "status", "status": 302 })).await;
    assert_eq!(vtj.ask("perustiedot", &base(&[1])).await.headers()["location"], "/");
}

#[tokio::test]
async fn a_fault_without_end_goes_on_until_it_is_cleared() {
    let vtj = Vtj::small().await;
    vtj.fault(&json!({ "kind": "status", "count": 0 })).await;
    for _ in 0..5 {
        assert_eq!(vtj.key("2026-11-20").await.status(), 503);
    }
    assert_eq!(vtj.get_json("/_mock/status").await["faults"], 1);
    vtj.fault(&json!({ "kind": "none" })).await;
    assert_eq!(vtj.key("2026-11-20").await.status(), 200);
}

#[tokio::test]
async fn a_fault_that_is_not_one_is_refused() {
    let vtj = Vtj::small().await;
    for fault in [
        json!({}),
        json!({ "kind": "flood" }),
        json!({ "kind": "status", "status": 99 }),
        json!({ "kind": "status", "stauts": 500 }),
        json!({ "kind": "status", "path": "muutos" }),
    ] {
        let response = vtj.bare("/_mock/fault").json(&fault).send().await.unwrap();
        assert_eq!(response.status(), 400, "{fault}");
    }
}

#[tokio::test]
async fn a_late_answer_is_right_and_does_not_hold_up_the_end() {
    let vtj = Vtj::small().await;
    vtj.fault(&json!({ "kind": "latency", "millis": 20 })).await;
    assert_eq!(vtj.changes(1040, &[1]).await["muutokset"].as_array().unwrap().len(), 1);
    vtj.fault(&json!({ "kind": "latency", "millis": 600_000 })).await;
    let early = vtj.post("perustiedot", &base(&[1])).timeout(Duration::from_millis(50));
    assert!(early.send().await.unwrap_err().is_timeout());
    let waiting = tokio::spawn(vtj.post("perustiedot", &base(&[1])).send());
    vtj.mock.stop().await;
    drop(waiting.await);
}

#[tokio::test]
async fn bodies_can_be_anything_but_an_answer() {
    let vtj = Vtj::small().await;
    let right = vtj.ask("perustiedot", &base(&[1])).await.bytes().await.unwrap();
    for (kind, media) in [
        ("garbage", "application/json"),
        ("html", "text/html; charset=utf-8"),
        ("truncate", "application/json"),
    ] {
        vtj.fault(&json!({ "kind": kind })).await;
        let response = vtj.ask("perustiedot", &base(&[1])).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (200, &media.parse().unwrap())
        );
        let body = response.bytes().await.unwrap();
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "{kind}");
    }
    vtj.fault(&json!({ "kind": "wrong_content_type" })).await;
    let response = vtj.ask("perustiedot", &base(&[1])).await;
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.bytes().await.unwrap(), right);
    vtj.fault(&json!({ "kind": "oversized", "bytes": 3_000_000 })).await;
    let body = vtj.ask("perustiedot", &base(&[1])).await.bytes().await.unwrap();
    assert_eq!(body.len(), 3_000_000 + right.len());
}

#[tokio::test]
async fn a_connection_can_end_in_the_middle_of_the_body() {
    let vtj = Vtj::small().await;
    vtj.fault(&json!({ "kind": "cut_off" })).await;
    let response = vtj.ask("perustiedot", &base(&[1])).await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    vtj.answer("perustiedot", &base(&[1])).await;
}

#[tokio::test]
async fn a_person_can_be_another_or_missing_or_unreadable() {
    let vtj = Vtj::small().await;
    let both = base(&[1, 2]);
    vtj.fault(&json!({ "kind": "wrong_person", "code": code(2) })).await;
    let people = vtj.answer("perustiedot", &both).await["perustiedot"].clone();
    assert_eq!(people[0]["henkilotunnus"], code(1));
    assert!([code(3), code(4)].contains(&people[1]["henkilotunnus"].as_str().unwrap().to_owned()));

    vtj.fault(&json!({ "kind": "wrong_person", "keep_code": true, "path": "muutokset" })).await;
    let changes = vtj.changes(0, &[2]).await["muutokset"].clone();
    assert_eq!(changes[0]["henkilotunnus"], code(2));
    assert!(!changes.to_string().contains("Provberg"));

    vtj.fault(&json!({ "kind": "absent_person" })).await;
    let people = vtj.answer("perustiedot", &both).await["perustiedot"].clone();
    assert_eq!(people.as_array().unwrap().len(), 1);
    assert_eq!(people[0]["henkilotunnus"], code(2));

    vtj.fault(&json!({ "kind": "wrong_type", "code": code(2) })).await;
    vtj.answer("perustiedot", &base(&[1])).await;
    let people = vtj.answer("perustiedot", &both).await["perustiedot"].clone();
    assert_eq!(people[0]["tietoryhmat"].to_string().matches("17").count(), 0);
    let group = people[1]["tietoryhmat"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["tietoryhma"] == "HENKILON_NIMI");
    assert_eq!(group.unwrap()["sukunimi"], 17);
}

#[tokio::test]
async fn the_cursor_can_go_back_or_stand_still_and_pages_can_come_again() {
    let vtj = Vtj::of(small_world(), MockSettings { page_size: 2, ..settings() }).await;
    vtj.fault(&json!({ "kind": "cursor_back" })).await;
    assert_eq!(vtj.answer("perustiedot", &base(&[1])).await["ajanTasalla"], true);
    assert_eq!(vtj.changes(1040, &[1]).await["viimeisinKirjausavain"], 40);
    vtj.fault(&json!({ "kind": "cursor_still" })).await;
    let answer = vtj.changes(1040, &[1]).await;
    assert_eq!((&answer["viimeisinKirjausavain"], &answer["ajanTasalla"]), (&json!(1040), &json!(false)));
    assert_eq!(surnames(&answer), ["Loppunen"]);
    vtj.fault(&json!({ "kind": "duplicate_page" })).await;
    assert_eq!(surnames(&vtj.changes(0, &[1]).await), ["Mallila", "Esimerkki"], "nothing to repeat yet");
    let answer = vtj.changes(1030, &[1]).await;
    assert_eq!(surnames(&answer), ["Mallila", "Esimerkki", "Loppunen"]);
    assert_eq!(answer["viimeisinKirjausavain"], 1050);
}
