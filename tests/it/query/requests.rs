//! What is sent, and what becomes of answers on the way.

use quick_xml::NsReader;
use quick_xml::events::Event;

use super::*;
use crate::vtj_client::server::{Reply, Server};

fn xml(body: &[u8]) -> Reply {
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: text/xml;charset=UTF-8\r\n\r\n",
        body.len()
    );
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// What is asked when one attempt is made over a way: head and body.
async fn sent(way: Way, path: &str) -> (String, String) {
    let server = Server::plain(vec![xml(b"")]);
    let error = ask(&settings(&format!("http://{}{path}", server.address), way), AINO).await.unwrap_err();
    assert_eq!(error.class(), "unavailable", "an empty answer is tried later");
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

/// Every element with a text or without children: its namespace, name and text.
fn leaves(body: &str) -> Vec<(String, String, String)> {
    let mut xml = NsReader::from_str(body);
    let (mut leaves, mut open) = (Vec::new(), None);
    loop {
        let (namespace, event) = xml.read_resolved_event().unwrap();
        let namespace = format!("{namespace:?}");
        match event {
            Event::Start(element) => {
                open = Some((namespace, element.local_name().into_inner().to_owned(), String::new()));
            }
            Event::Empty(element) => {
                leaves.push((namespace, element.local_name().into_inner().to_owned(), String::new()));
            }
            Event::Text(text) => {
                if let Some((_, _, known)) = &mut open {
                    known.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                if let Some((_, _, known)) = &mut open {
                    known.extend(["&", &*name, ";"]);
                }
            }
            Event::End(_) => leaves.extend(open.take()),
            Event::Eof => return leaves,
            _ => {}
        }
    }
}

const KEY: [(&str, &str); 13] = [
    ("SoSoNimi", "KIRJASTO1"),
    ("Kayttajatunnus", "S000000"),
    ("Salasana", "s4lasana&lt;&amp;&gt;"),
    ("Loppukayttaja", "aj-000000000000000000000001"),
    ("Laskutustiedot", ""),
    ("Henkilotunnus", AINO),
    ("SahkoinenAsiointitunnus", ""),
    ("VarmenteenMyontaja", ""),
    ("X509Certificate", ""),
    ("VarmenteenVoimassaolotarkistus", ""),
    ("VarmenteenSulkulistatarkistus", ""),
    ("Tunnistusportaali", ""),
    ("Vara1", ""),
];

fn names_and_texts(leaves: &[(String, String, String)]) -> Vec<(&str, &str)> {
    leaves.iter().map(|(_, name, text)| (name.as_str(), text.as_str())).collect()
}

#[tokio::test]
async fn over_x_road_the_headers_and_the_question_are_in_order_and_in_their_namespaces() {
    let (head, body) = sent(x_road(), "/").await;
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    let head = head.to_lowercase();
    assert!(
        head.contains("soapaction: \"\"\r\n") && head.contains("content-type: text/xml; charset=utf-8\r\n")
    );
    let leaves = leaves(&body);
    let id = call().x_road_id(1).to_string();
    let issue = Uuid::from_u128(7).to_string();
    let header = [
        ("xRoadInstance", "FI-TEST"),
        ("memberClass", "MUN"),
        ("memberCode", "1234567-1"),
        ("subsystemCode", "kirjasto"),
        ("xRoadInstance", "FI-TEST"),
        ("memberClass", "GOV"),
        ("memberCode", "0245437-2"),
        ("subsystemCode", "VTJkysely"),
        ("serviceCode", "HenkilonTunnusKysely"),
        ("serviceVersion", "v1"),
        ("id", id.as_str()),
        ("userId", "FI-aj-000000000000000000000001"),
        ("issue", issue.as_str()),
        ("protocolVersion", "4.0"),
    ];
    let all: Vec<(&str, &str)> = header.into_iter().chain(KEY).collect();
    assert_eq!(names_and_texts(&leaves), all);
    assert!(leaves[0].0.contains("http://x-road.eu/xsd/identifiers") && leaves[10].0.contains("xroad.xsd"));
    assert!(leaves[14..].iter().all(|leaf| leaf.0.contains("http://xml.vrk.fi/ws/vtj/vtjkysely/1")));
    assert!(body.contains(r#"<x:client id:objectType="SUBSYSTEM">"#));
    assert!(body.contains(r#"<HenkilonTunnusKysely xmlns="http://xml.vrk.fi/ws/vtj/vtjkysely/1"><request>"#));
}

#[tokio::test]
async fn the_direct_service_gets_its_soap_action_and_no_headers_of_x_road() {
    let (head, body) = sent(Way::Direct, "/sosowebsite/soso.asmx").await;
    assert!(head.starts_with("POST /sosowebsite/soso.asmx HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("soapaction: \"http://tempuri.org/teehenkilontunnuskysely\"\r\n"));
    let leaves = leaves(&body);
    assert_eq!(names_and_texts(&leaves[..1]), [("Header", "")]);
    assert_eq!(names_and_texts(&leaves[1..]), KEY);
    assert!(leaves[1..].iter().all(|leaf| leaf.0.contains("http://tempuri.org/")));
    assert!(!body.contains("x-road.eu"));
}

#[tokio::test]
async fn every_attempt_of_a_call_has_an_id_of_its_own() {
    let server = Server::plain(vec![xml(b""), xml(b"")]);
    let client = QueryClient::new(&settings(&format!("http://{}/", server.address), x_road())).unwrap();
    let call = call();
    for _ in 0..2 {
        client.ask(&code(AINO), &end_user(), &everything(), &call, now()).await.unwrap_err();
    }
    let requests = server.requests();
    for (number, request) in requests.iter().enumerate() {
        let id = call.x_road_id(u32::try_from(number).unwrap() + 1);
        assert!(request.contains(&format!("<x:id>{id}</x:id>")));
    }
    assert_eq!(call.attempts(), 2);
}

#[tokio::test]
async fn an_answer_is_read_from_the_wire_in_the_encoding_it_declares() {
    let id = call().x_road_id(1).to_string();
    let latin: Vec<u8> = file("x-road-iso-8859-1");
    let text = encoding_rs::WINDOWS_1252.decode(&latin).0.replace(&MESSAGE_ID.to_string(), &id);
    let body = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    let server = Server::plain(vec![xml(&body)]);
    let answer = ask(&settings(&format!("http://{}/", server.address), x_road()), AINO).await;
    let Ok(QueryAnswer::Found(described)) = answer else { panic!("{answer:?}") };
    assert_eq!(described.record.name.unwrap().last_name, "Mallila-Öhman");
}

#[tokio::test]
async fn a_status_and_a_body_together_say_what_went_wrong() {
    let fault = String::from_utf8(file("fault-access-denied")).unwrap();
    let html = "<!DOCTYPE html><html><body>Palvelu on poissa</body></html>";
    for (status, headers, body, class) in [
        (500, "", fault.as_str(), "refused"),
        (500, "", html, "unavailable"),
        (502, "", html, "unavailable"),
        (503, "Retry-After: 7\r\n", "", "unavailable"),
        (429, "Retry-After: 7\r\n", "", "throttled"),
        (401, "", html, "refused"),
        (404, "", html, "refused"),
        (302, "Location: http://192.0.2.1/\r\n", "", "malformed"),
        (204, "", "", "malformed"),
        (200, "", html, "unavailable"),
        (200, "", "<html><body/></html>", "unavailable"),
        (200, "", "Server is busy", "unavailable"),
        (200, "", "  \r\n", "unavailable"),
        (200, "", "<a", "malformed"),
        (200, "", "<a/>", "malformed"),
        (500, "", "<a/>", "unavailable"),
    ] {
        let server =
            Server::plain(vec![Reply::of(status, &format!("Content-Type: text/xml\r\n{headers}"), body)]);
        let error = ask(&settings(&format!("http://{}/", server.address), x_road()), AINO).await.unwrap_err();
        assert_eq!(error.class(), class, "{status} {body}");
        assert_eq!(error.retry_after().is_some(), headers.starts_with("Retry"), "{status}");
        is_discreet(&error);
    }
}

#[tokio::test]
async fn a_connection_that_was_never_made_did_not_reach_vtj() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = ask(&settings(&format!("http://{unused}/"), x_road()), AINO).await.unwrap_err();
    assert!(error.is_transient() && !error.reached_vtj(), "{error}");
    let server =
        Server::plain(vec![Reply::Silence(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n<s:".to_vec())]);
    let mut settings = settings(&format!("http://{}/", server.address), x_road());
    settings.limits.deadline = Duration::from_millis(300);
    let error = ask(&settings, AINO).await.unwrap_err();
    assert!(error.is_transient() && error.reached_vtj(), "{error}");
}

#[test]
fn a_client_needs_a_product_and_a_user_name_and_a_safe_address() {
    for (name, change) in [
        ("vtj.query.product", (|settings| settings.product.clear()) as fn(&mut QuerySettings)),
        ("vtj.query.username", |settings| settings.username = " ".to_owned()),
        ("vtj.query.url", |settings| settings.url = "http://192.0.2.1/".to_owned()),
    ] {
        let mut settings = settings("http://localhost/", Way::Direct);
        change(&mut settings);
        let error = QueryClient::new(&settings).unwrap_err();
        assert!(error.to_string().starts_with(name) && !error.reached_vtj(), "{error}");
    }
}
