//! What is sent.

use ajantasa::vtj::changes::{Auth, ChangesClient, MOST_PEOPLE_OF_BASE_DATA};
use ajantasa::vtj::error::VtjError;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::server::{Reply, Server};
use super::*;

fn body(request: &str) -> Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}

#[tokio::test]
async fn a_call_for_changes_holds_the_cursor_as_a_number_the_list_and_nothing_else() {
    let server = Server::plain(vec![Reply::json(200, "", EMPTY_PAGE)]);
    let call = call();
    let page = ask(&ChangesClient::new(&plain(&server)).unwrap(), &call).await.unwrap();
    assert_eq!((page.next_cursor, page.up_to_date, page.entries.len()), (12, true, 0));
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /api/v1/muutokset HTTP/1.1\r\n"));
    assert_eq!(body(request), json!({"viimeisinKirjausavain": 11, "hetulista": [ASKED, OTHER]}));
    assert_eq!(header(request, "accept"), Some("application/json"));
    assert_eq!(header(request, "content-type"), Some("application/json"));
    assert_eq!(header(request, "authorization"), Some("Basic ZGVtbzpzNGxhc2FuYQ=="));
    assert_eq!(header(request, "x-road-id"), Some(call.x_road_id(1).to_string().as_str()));
    assert_eq!(header(request, "x-road-client"), None);
    assert_eq!(header(request, "mutp-tunnus"), None);
}

#[tokio::test]
async fn the_older_headers_the_subsystem_and_a_gateways_header_are_sent() {
    let server = Server::plain(vec![Reply::json(200, "", EMPTY_PAGE)]);
    let mut settings = plain(&server);
    settings.auth = Auth::MutpHeaders;
    settings.x_road_client = Some("FI/MUN/1234567-1/kirjasto".to_owned());
    settings.extra_headers.insert("X-API-KEY".to_owned(), SecretString::from("avain"));
    ask(&ChangesClient::new(&settings).unwrap(), &call()).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(header(request, "mutp-tunnus"), Some("demo"));
    assert_eq!(header(request, "mutp-salasana"), Some(PASSWORD));
    assert_eq!(header(request, "x-road-client"), Some("FI/MUN/1234567-1/kirjasto"));
    assert_eq!(header(request, "x-api-key"), Some("avain"));
    assert_eq!(header(request, "authorization"), None);
}

#[tokio::test]
async fn base_data_is_asked_for_with_exactly_the_granted_groups() {
    let server = Server::plain(vec![Reply::json(200, "", r#"{"perustiedot": []}"#)]);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    let data = client.base_data(&codes(), &grants(), &call(), now()).await.unwrap();
    assert!(data.persons.is_empty());
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /api/v1/perustiedot HTTP/1.1\r\n"));
    let groups = ["KUOLINPAIVA", "KUOLLEEKSIJULISTAMISPAIVA", "TURVAKIELTO"];
    assert_eq!(body(request), json!({"hetulista": [ASKED, OTHER], "tietoryhmat": groups}));
}

#[tokio::test]
async fn the_first_cursor_is_asked_for_by_date() {
    let server = Server::plain(vec![Reply::json(200, "", r#"{"viimeisinKirjausavain": 5446623423}"#)]);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    let date = "2026-11-20".parse().unwrap();
    assert_eq!(client.first_cursor(date, &call(), now()).await, Ok(5_446_623_423));
    assert!(server.requests()[0].starts_with("GET /api/v1/kirjausavain/2026-11-20 HTTP/1.1\r\n"));
}

#[tokio::test]
async fn nothing_is_sent_about_nobody_or_about_too_many() {
    let server = Server::plain(vec![]);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    let call = call();
    let nobody = client.changes(1, &[], &grants(), &call, now()).await.unwrap_err();
    assert!(matches!(nobody, VtjError::BadRequest { .. }));
    let many = vec![codes().remove(0); MOST_PEOPLE_OF_BASE_DATA + 1];
    let many = client.base_data(&many, &grants(), &call, now()).await.unwrap_err();
    assert!(matches!(many, VtjError::BadRequest { .. }));
    assert_eq!(call.attempts(), 0);
}

#[test]
fn settings_that_cannot_be_sent_are_named() {
    let refused = |change: fn(&mut ajantasa::vtj::changes::ChangesSettings)| {
        let mut settings = settings("http://127.0.0.1:1/".to_owned());
        change(&mut settings);
        let error = ChangesClient::new(&settings).unwrap_err();
        assert!(error.is_configuration() && !error.to_string().contains("sala"), "{error}");
        error.to_string()
    };
    let username = refused(|settings| settings.username = "de:mo".to_owned());
    assert!(username.starts_with("vtj.changes.username"), "{username}");
    let mutp = refused(|settings| {
        settings.auth = Auth::MutpHeaders;
        settings.password = SecretString::from("sala\nsana");
    });
    assert!(mutp.starts_with("vtj.changes.password"), "{mutp}");
    let client = refused(|settings| settings.x_road_client = Some("FI/\n".to_owned()));
    assert!(client.starts_with("vtj.changes.x_road_client"), "{client}");
    let twice = refused(|settings| {
        settings.extra_headers.insert("Authorization".to_owned(), SecretString::from("sala"));
    });
    assert!(twice.starts_with("vtj.changes.extra_headers"), "{twice}");
}
