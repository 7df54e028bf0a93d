//! What the simulated VTJ refuses, and how.

use super::*;

#[tokio::test]
async fn credentials_are_asked_for_in_either_form() {
    let vtj = Vtj::small().await;
    let body = base(&[1]);
    let call = || vtj.bare("/api/v1/perustiedot").json(&body);
    let status = async |request: RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(call()).await, 401);
    assert_eq!(status(call().basic_auth("demo", Some("wrong"))).await, 401);
    assert_eq!(status(call().basic_auth("other", Some("demo"))).await, 401);
    assert_eq!(status(call().header("authorization", "Bearer demo")).await, 401);
    assert_eq!(status(call().header("MUTP-Tunnus", "demo")).await, 401);
    assert_eq!(status(call().basic_auth("demo", Some("demo"))).await, 200);
    assert_eq!(status(call().header("MUTP-Tunnus", "demo").header("MUTP-Salasana", "demo")).await, 200);
    let key = vtj.client.get(format!("{}/api/v1/kirjausavain/2026-11-20", vtj.mock.url()));
    assert_eq!(status(key).await, 401);
}

#[tokio::test]
async fn a_body_that_is_not_json_by_its_type_is_415() {
    let vtj = Vtj::small().await;
    for (media, status) in [
        (None, 415),
        (Some("text/plain"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("application/json; charset=iso-8859-1"), 415),
        (Some("application/json"), 200),
        (Some("application/json;charset=UTF-8"), 200),
    ] {
        let call = vtj.bare("/api/v1/perustiedot").basic_auth("demo", Some("demo"));
        let call = media.into_iter().fold(call, |call, media| call.header("content-type", media));
        let response = call.body(base(&[1]).to_string()).send().await.unwrap();
        assert_eq!(response.status(), status, "{media:?}");
    }
}

#[tokio::test]
async fn bodies_outside_the_schema_are_400() {
    let vtj = Vtj::small().await;
    let one = list(&[1]);
    for operation in ["perustiedot", "perustiedot-vko"] {
        for body in [
            json!([]),
            json!({}),
            json!({ "hetulista": [] }),
            json!({ "hetulista": null }),
            json!({ "hetulista": "x" }),
            json!({ "hetulista": [5] }),
            json!({ "hetulista": ["010190-999"] }),
            json!({ "hetulista": one, "tietoryhmat": null }),
            json!({ "hetulista": one, "tietoryhmat": "HENKILON_NIMI" }),
            json!({ "hetulista": one, "tietoryhmat": [1] }),
            json!({ "hetulista": one, "tuotekoodi": "mutpT1" }),
            json!({ "hetulista": one, "viimeisinKirjausavain": 1 }),
        ] {
            vtj.refused(operation, &body).await;
        }
    }
    for body in [
        json!({ "hetulista": one }),
        json!({ "hetulista": one, "viimeisinKirjausavain": "1000" }),
        json!({ "hetulista": one, "viimeisinKirjausavain": 1000.5 }),
        json!({ "hetulista": one, "viimeisinKirjausavain": null }),
        json!({ "hetulista": [], "viimeisinKirjausavain": 1000 }),
        json!({ "viimeisinKirjausavain": 1000 }),
        json!({ "hetulista": one, "viimeisinKirjausavain": 1000, "tuotekoodi": "mutpT1" }),
        json!({ "hetulista": one, "viimeisinKirjausavain": 1000, "tietoryhmat": ["HENKILON_NIMI"] }),
    ] {
        vtj.refused("muutokset", &body).await;
    }
}

#[tokio::test]
async fn a_refusal_never_repeats_a_code() {
    let vtj = Vtj::small().await;
    let wrong = format!("{}x", code(1));
    let said = vtj.refused("perustiedot", &json!({ "hetulista": [code(2), wrong] })).await;
    assert_eq!(said, "hetulista[1] is not an identity code");
    let said = vtj.refused("perustiedot", &json!({ "hetulista": [code(2)], code(1): 1 })).await;
    assert!(!said.contains(&code(1)), "{said}");
}

#[tokio::test]
async fn base_data_is_asked_of_at_most_a_thousand_people() {
    let vtj = Vtj::small().await;
    let people: Vec<u32> = (0..=1000).collect();
    vtj.refused("perustiedot", &base(&people)).await;
    let answer = vtj.answer("perustiedot", &base(&people[..1000])).await;
    assert_eq!(answer["perustiedot"].as_array().unwrap().len(), 4);
    assert_eq!(vtj.changes(0, &people).await["muutokset"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused() {
    let vtj = Vtj::small().await;
    for path in ["/api/v1/muutos", "/api/v2/muutokset", "/r1/FI/GOV/api/v1/muutokset", "/muutokset"] {
        let response = vtj.bare(path).basic_auth("demo", Some("demo")).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.headers()["x-simulation"], SIMULATION);
    }
    let get = vtj.client.get(format!("{}/api/v1/muutokset", vtj.mock.url()));
    assert_eq!(get.send().await.unwrap().status(), 405);
    for date in ["2026-2-1", "2026-02-30", "today", "20261120"] {
        assert_eq!(vtj.key(date).await.status(), 400, "{date}");
    }
}

#[tokio::test]
async fn the_x_road_path_wants_a_client_and_echoes_the_message_id() {
    let vtj = Vtj::small().await;
    let path = "/r1/FI/GOV/0245437-2/VTJmutpa/VTJmutpa/api/v1/perustiedot";
    let call = || vtj.bare(path).basic_auth("demo", Some("demo")).json(&base(&[1]));
    for call in [call(), call().header("X-Road-Client", "kirjasto")] {
        let response = call.send().await.unwrap();
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["x-road-error"], "Client.InvalidHttpHeader");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["type"], "Client.InvalidHttpHeader");
        assert!(body["message"].is_string() && body["detail"].is_string());
    }
    let call = call().header("X-Road-Client", "FI/MUN/1234567-1/kirjasto");
    let response = call.header("X-Road-Id", "a1").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-road-id"], "a1");
    assert!(response.headers().contains_key("x-road-request-id"));
    assert!(!response.headers().contains_key("x-road-error"));
    assert_eq!(response.json::<Value>().await.unwrap()["perustiedot"][0]["henkilotunnus"], code(1));
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for listen in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let settings = MockSettings { listen: listen.parse().unwrap(), ..settings() };
        let error = RunningMock::start_with(small_world(), settings.clone()).await.unwrap_err();
        assert!(matches!(error, MockError::NotLoopback(_)), "{error}");
        assert!(matches!(serve(settings, async {}).await, Err(MockError::NotLoopback(_))));
    }
    let running = RunningMock::start_with(small_world(), settings()).await.unwrap();
    let taken = MockSettings { listen: running.addr, ..settings() };
    let error = RunningMock::start_with(small_world(), taken).await.unwrap_err();
    assert!(matches!(error, MockError::Listen { .. }), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn every_page_says_that_it_is_a_simulation() {
    let vtj = Vtj::small().await;
    let response = vtj.client.get(vtj.mock.url()).send().await.unwrap();
    assert_eq!(response.headers()["x-simulation"], SIMULATION);
    assert!(response.text().await.unwrap().contains("This is a simulation"));
    let status = vtj.get_json("/_mock/status").await;
    assert!(status["simulation"].as_str().unwrap().contains("This is a simulation"));
    assert_eq!((&status["people"], &status["entries"], &status["left"]), (&json!(4), &json!(5), &json!(0)));
    assert!(!status.to_string().contains(&code(1)));
}
