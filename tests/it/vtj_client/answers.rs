//! What is understood of answers, and what is not.

use ajantasa::vtj::changes::{ChangesClient, check_progress};
use ajantasa::vtj::error::VtjError;
use ajantasa::vtj::wire::BaseData;
use serde_json::json;

use super::server::{Reply, Server};
use super::*;

async fn base_data(body: &serde_json::Value) -> BaseData {
    let server = Server::plain(vec![Reply::json(200, "", &body.to_string())]);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    client.base_data(&codes(), &grants(), &call(), now()).await.unwrap()
}

#[tokio::test]
async fn a_person_unknown_to_vtj_is_absent_and_an_unknown_group_is_counted_by_name() {
    let data =
        base_data(&json!({"ajanTasalla": true, "perustiedot": [{"henkilotunnus": ASKED, "tietoryhmat": [
            {"tietoryhma": "UUSI_RYHMA", "jotain": {"muuta": [1, 2]}},
            {"tietoryhma": "KUOLINPAIVA", "kuollut": false, "uusi": null},
        ]}]}))
        .await;
    assert_eq!(data.persons.len(), 1);
    assert_eq!(data.dropped.get("UUSI_RYHMA"), Some(&1));
    let (_, person) = data.persons[0].as_ref().unwrap();
    assert!(!person.death.unwrap().dead);
}

#[tokio::test]
async fn a_wrong_type_inside_one_person_leaves_the_others() {
    let data = base_data(&json!({"perustiedot": [
        {"henkilotunnus": ASKED, "tietoryhmat": [{"tietoryhma": "KUOLINPAIVA", "kuollut": "ehkä"}]},
        {"henkilotunnus": OTHER, "tietoryhmat": []},
        {"henkilotunnus": {}, "tietoryhmat": []},
    ]}))
    .await;
    let read: Vec<bool> = data.persons.iter().map(Result::is_ok).collect();
    assert_eq!(read, [false, true, false]);
}

#[tokio::test]
async fn what_is_no_answer_of_the_interface_is_malformed() {
    for (reply, word) in [
        (Reply::of(200, "Content-Type: text/html\r\n", "<html>Salakatu</html>"), "web page"),
        (Reply::of(200, "Content-Type: application/xml\r\n", EMPTY_PAGE), "content type"),
        (Reply::of(200, "", EMPTY_PAGE), "no content type"),
        (Reply::json(200, "", "<html>Salakatu</html>"), "not JSON"),
        (Reply::json(200, "", ""), "cut off"),
        (Reply::json(200, "", &EMPTY_PAGE[..40]), "cut off"),
        (Reply::json(200, "", r#"{"viimeisinKirjausavain": 12, "muutokset": []}"#), "ajanTasalla"),
        (Reply::json(200, "", r#"{"viimeisinKirjausavain": "010180-9015"}"#), "wrong type"),
        (Reply::json(200, "", r#"{"viimeisinKirjausavain": 1, "muutokset": "Salakatu"}"#), "wrong type"),
        (Reply::json(200, "", "[]"), "lacks"),
        (Reply::json(204, "", ""), "status is 204"),
        (Reply::json(200, "", &"x".repeat(20_001)), "larger than 20000 bytes"),
    ] {
        let error = error_of(reply).await;
        assert_eq!(error.class(), "malformed", "{word}: {error}");
        assert!(error.to_string().contains(word), "{word}: {error}");
        assert!(!error.is_transient() && !error.is_configuration());
    }
}

#[tokio::test]
async fn an_answer_that_does_not_say_its_size_is_cut_at_the_cap() {
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000)).repeat(6);
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let error = error_of(Reply::Silence(format!("{head}{chunk}").into_bytes())).await;
    assert!(error.to_string().contains("larger than 20000 bytes"), "{error}");
}

#[tokio::test]
async fn a_cursor_that_goes_back_or_stands_still_is_a_protocol_error() {
    for (cursor, up_to_date, fine) in
        [(10, true, false), (10, false, false), (11, false, false), (11, true, true), (12, false, true)]
    {
        let body = json!({"viimeisinKirjausavain": cursor, "muutokset": [], "ajanTasalla": up_to_date});
        let page = page_of(Reply::json(200, "", &body.to_string())).await.unwrap();
        let checked = check_progress(11, &page);
        assert_eq!(checked.is_ok(), fine, "{cursor} {up_to_date}");
        assert!(checked.is_ok() || matches!(checked, Err(VtjError::Malformed { .. })));
    }
}
