//! Each misbehaviour of the query about one person.

use super::*;

const FOUND: &str = "010783-952D";

#[tokio::test]
async fn every_return_code_comes_where_it_usually_does_or_where_it_is_wanted() {
    let vtj = population().await;
    let question = Question::about(FOUND);
    for (code, text) in RETURN_CODES {
        vtj.fault(&json!({ "kind": "return_code", "code": code, "count": 2 })).await;
        let [x_road, direct] = vtj.both(&question).await;
        let with_person = ["0000", "0018"].contains(&code);
        assert_eq!((return_code(&x_road), return_code(&direct)), (code, code));
        assert_eq!(x_road.contains("<faultCode>"), !with_person, "{code}");
        assert!(!direct.contains("<faultCode>") && x_road.contains(text) && direct.contains(text));
        assert_eq!(direct.contains("<Henkilo>"), with_person, "{code}");
    }
    vtj.fault(&json!({ "kind": "return_code", "code": "0002", "in_message": true, "count": 2 })).await;
    for answer in vtj.both(&question).await {
        assert!(answer.contains("koodi=\"0002\"") && !answer.contains("<Henkilo>"));
    }
}

#[tokio::test]
async fn every_fault_of_a_security_server_comes_in_either_spelling_with_200() {
    let vtj = population().await;
    for (code, text) in FAULTS {
        for snake in [false, true] {
            vtj.fault(&json!({ "kind": "xroad_error", "code": code, "snake_case": snake })).await;
            let answer = said(vtj.over_x_road(&Question::about(FOUND))).await;
            let expected = if snake { snake_case(code) } else { code.to_owned() };
            assert_eq!((one(&answer, "faultcode"), one(&answer, "faultstring")), (&*expected, text));
            assert!(!one(&answer, "faultDetail").is_empty() && !answer.contains("s:Header"));
        }
    }
    assert_eq!(snake_case("Server.ServerProxy.AccessDenied"), "server.serverproxy.access_denied");
    assert_eq!(snake_case("Server.ServerProxy.IOError"), "server.serverproxy.io_error");
    assert_eq!(snake_case("Client.InvalidSoap"), "client.invalid_soap");
}

#[tokio::test]
async fn a_fault_stays_with_the_form_it_is_set_for() {
    let vtj = population().await;
    vtj.fault(&json!({ "kind": "return_code", "path": "soap-direct" })).await;
    assert_eq!(return_code(&said(vtj.over_x_road(&Question::about(FOUND))).await), "0000");
    vtj.answer("perustiedot", &json!({ "hetulista": [FOUND] })).await;
    assert_eq!(return_code(&said(vtj.directly(&Question::about(FOUND))).await), "-1800");
    vtj.fault(&json!({ "kind": "wrong_type" })).await;
    assert_eq!(return_code(&said(vtj.directly(&Question::about(FOUND))).await), "0000");
}

#[tokio::test]
async fn bodies_can_be_no_answer_at_all() {
    let vtj = population().await;
    let ask = async |kind: Value| {
        vtj.fault(&kind).await;
        vtj.over_x_road(&Question::about(FOUND)).send().await.unwrap()
    };
    let response = ask(json!({ "kind": "html_200" })).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let response = ask(json!({ "kind": "empty" })).await;
    assert_eq!((response.status().as_u16(), response.bytes().await.unwrap().len()), (200, 0));
    let response = ask(json!({ "kind": "garbage" })).await;
    assert!(std::str::from_utf8(&response.bytes().await.unwrap()).is_err());
    let response = ask(json!({ "kind": "status", "status": 502 })).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (502, &"text/html; charset=utf-8".parse().unwrap())
    );
    let response = ask(json!({ "kind": "throttle", "retry_after": 7 })).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    let response = ask(json!({ "kind": "status", "status": 302 })).await;
    assert_eq!(response.headers()["location"], "/");
    let response = ask(json!({ "kind": "wrong_content_type" })).await;
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(ask(json!({ "kind": "cut_off" })).await.bytes().await.is_err());
    let text = ask(json!({ "kind": "truncate" })).await.text().await.unwrap();
    assert!(text.starts_with("<?xml") && !text.contains("</s:Envelope>"));
    let text = ask(json!({ "kind": "oversized", "bytes": 100_000 })).await.text().await.unwrap();
    assert!(text.len() > 100_000 && text.trim_end().ends_with("</s:Envelope>"));
    let response = ask(json!({ "kind": "service_fault" })).await;
    assert_eq!(response.status(), 500);
    assert!(one(&response.text().await.unwrap(), "faultstring").contains(FOUND), "as the real one may");
    let early = vtj.over_x_road(&Question::about(FOUND)).timeout(Duration::from_millis(50));
    vtj.fault(&json!({ "kind": "latency", "millis": 600_000 })).await;
    assert!(early.send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn another_person_can_be_described_or_another_question_answered() {
    let vtj = population().await;
    for (kind, echoed, described) in [
        (json!({ "kind": "wrong_person", "count": 2 }), true, false),
        (json!({ "kind": "wrong_person", "keep_code": true, "count": 2 }), true, true),
        (json!({ "kind": "wrong_echo", "count": 2 }), false, false),
    ] {
        vtj.fault(&kind).await;
        for answer in vtj.both(&Question::about(FOUND)).await {
            assert_eq!(return_code(&answer), "0000");
            let person = inside(&answer, "Henkilo");
            let outside = answer.replace(person, "");
            assert_ne!(one(person, "Sukunimi"), "Testholm", "{kind}");
            assert_eq!(all(&outside, "Henkilotunnus").iter().all(|code| *code == FOUND), echoed, "{kind}");
            assert_eq!(one(person, "Henkilotunnus") == FOUND, described, "{kind}");
        }
    }
    vtj.fault(&json!({ "kind": "wrong_person", "code": "120483-914V" })).await;
    assert_eq!(one(&vtj.both(&Question::about(FOUND)).await[0], "Sukunimi"), "Testholm", "set for another");
    assert_ne!(one(&vtj.both(&Question::about("120483-914V")).await[0], "Sukunimi"), "Testberg");
    vtj.fault(&json!({ "kind": "absent_person", "count": 2 })).await;
    for answer in vtj.both(&Question::about(FOUND)).await {
        assert!(return_code(&answer) == "0001" && !answer.contains("<Henkilo>"));
    }
}

#[tokio::test]
async fn single_things_can_be_wrong_or_missing() {
    let vtj = population().await;
    let question = Question::about(FOUND);
    let ask = async |kind: &str| {
        vtj.fault(&json!({ "kind": kind, "count": 2 })).await;
        vtj.both(&question).await
    };
    let [x_road, _] = ask("wrong_message_id").await;
    assert_ne!(one(&x_road, "id"), question.id);
    for answer in ask("wrong_product").await {
        assert!(answer.contains("sanomatunnus=\"PERUSSANOMA 2\""));
    }
    for answer in ask("wrong_wrapper").await {
        assert!(answer.contains("HenkilonTunnistusKyselyResponse"));
    }
    for answer in ask("no_return_code").await {
        assert!(!answer.contains("<Paluukoodi") && answer.contains("<Henkilo>"));
    }
    for answer in ask("no_person").await {
        assert!(return_code(&answer) == "0000" && !answer.contains("<Henkilo>"));
    }
    for answer in ask("notice").await {
        assert_eq!(one(&answer, "InfoS"), "21.11.2026 12:00 Simulated notice: a break on Sunday");
    }
    vtj.fault(&json!({ "kind": "unmarked", "count": 2 })).await;
    assert_eq!(return_code(&vtj.both(&question).await[0]), "0000", "nothing to leave unmarked");
    for answer in vtj.both(&Question::about("240877-989P")).await {
        assert_eq!(
            (return_code(&answer), one(inside(&answer, "Henkilo"), "Henkilotunnus")),
            ("0000", "250877-990C")
        );
        assert!(!answer.contains("Koodi=\"2\"") && !answer.contains("koodi=\"2\""));
    }
}

#[tokio::test]
async fn the_same_can_be_written_otherwise() {
    let vtj = population().await;
    let question = Question::about("231195-918U");
    let [usual, _] = vtj.both(&question).await;
    for kind in ["other_prefixes", "pretty", "reordered", "broken_text", "iso_8859_1"] {
        vtj.fault(&json!({ "kind": kind, "count": 2 })).await;
        for call in [vtj.over_x_road(&question), vtj.directly(&question)] {
            let response = call.send().await.unwrap();
            let media = response.headers()["content-type"].to_str().unwrap().to_owned();
            let bytes = response.bytes().await.unwrap();
            let text = if kind == "iso_8859_1" {
                assert!(std::str::from_utf8(&bytes).is_err() && media.ends_with("ISO-8859-1"));
                bytes.iter().map(|byte| char::from(*byte)).collect()
            } else {
                String::from_utf8(bytes.to_vec()).unwrap()
            };
            assert_ne!(text, usual);
            let name = match kind {
                "iso_8859_1" => "Geah&#269;&#269;al",
                "broken_text" => "G",
                _ => "Geahččal",
            };
            assert!(all(&text, "Sukunimi").iter().any(|found| found.trim() == name), "{kind}: {text}");
            match kind {
                "other_prefixes" => {
                    assert!(text.contains("<ns2:Envelope xmlns:ns2=") && !text.contains(" xmlns="));
                }
                "iso_8859_1" => assert!(text.contains("encoding=\"ISO-8859-1\"") && text.contains("Áile")),
                "broken_text" => {
                    assert!(text.contains("<Sukunimi>G<!-- in two --><![CDATA[eahččal]]></Sukunimi>"));
                }
                "reordered" => assert!(text.find("<Turvakielto>") < text.find("<Sukunimi>")),
                _ => assert!(text.contains('\n')),
            }
        }
    }
}

#[tokio::test]
async fn answers_can_be_made_to_harm_their_reader() {
    let vtj = population().await;
    let ask = async |fault: Value| {
        vtj.fault(&fault).await;
        said(vtj.directly(&Question::about(FOUND))).await
    };
    assert!(ask(json!({ "kind": "doctype" })).await.contains("?><!DOCTYPE s:Envelope><s:Envelope"));
    let text = ask(json!({ "kind": "external_entity" })).await;
    assert!(text.contains("SYSTEM \"file:///etc/hostname\"") && text.contains("<Sukunimi>&x;</Sukunimi>"));
    let text = ask(json!({ "kind": "bomb" })).await;
    assert!(text.contains("<!ENTITY e9 \"&e8;&e8;") && text.contains("<Sukunimi>&e9;</Sukunimi>"));
    assert_eq!(ask(json!({ "kind": "deep" })).await.matches("<n>").count(), 100_000);
    assert!(ask(json!({ "kind": "attributes" })).await.contains(" a199999=\"\"/>"));
    assert_eq!(ask(json!({ "kind": "elements", "bytes": 80_000 })).await.matches("<n>x</n>").count(), 10_000);
}
