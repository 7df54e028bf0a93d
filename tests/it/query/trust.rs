//! Certificates of both ends: nothing is sent to a server that is not trusted.

use super::*;
use crate::vtj_client::server::{Reply, Server};
use crate::vtj_client::trust::{Authority, server_config, trusting};

fn of(server: &Server, tls: TlsSettings) -> QuerySettings {
    QuerySettings { tls, ..settings(&format!("https://{}/", server.address), Way::Direct) }
}

fn aino() -> Vec<Reply> {
    let body = String::from_utf8(file("direct-found")).unwrap();
    vec![Reply::of(200, "Content-Type: text/xml; charset=utf-8\r\n", &body)]
}

#[tokio::test]
async fn with_both_certificates_in_order_the_person_is_found() {
    let authority = Authority::new();
    let config = server_config(&authority.issue("127.0.0.1", 2120), Some(&authority));
    let server = Server::tls(config, aino());
    let ours = authority.issue("ajantasa", 2120).identity();
    let tls = TlsSettings { client_identity_pem: Some(ours), ..trusting(&authority) };
    assert!(matches!(ask(&of(&server, tls), AINO).await, Ok(QueryAnswer::Found(_))));
}

#[tokio::test]
async fn a_server_with_a_wrong_certificate_gets_neither_password_nor_code() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (issued, trusted, word) in [
        (authority.issue("127.0.0.1", 2120), &stranger, "vtj.tls.ca_file"),
        (authority.issue("vtj.example", 2120), &authority, "another host"),
        (authority.issue("127.0.0.1", 2021), &authority, "expired"),
        (authority.issue_from("127.0.0.1", 2110, 2120), &authority, "not valid yet"),
    ] {
        let server = Server::tls(server_config(&issued, None), aino());
        let error = ask(&of(&server, trusting(trusted)), AINO).await.unwrap_err();
        assert_eq!((error.class(), error.reached_vtj()), ("tls", false), "{error}");
        assert!(error.is_configuration() && error.to_string().contains(word), "{word}: {error}");
        assert!(server.requests().is_empty());
        is_discreet(&error);
    }
}

#[tokio::test]
async fn a_client_without_the_certificate_that_is_wanted_is_told_which_setting() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for identity in [
        None,
        Some(stranger.issue("ajantasa", 2120).identity()),
        Some(authority.issue("ajantasa", 2021).identity()),
    ] {
        let tls = TlsSettings { client_identity_pem: identity, ..trusting(&authority) };
        let mut error = refused(&authority, &tls).await;
        // With TLS 1.3 the refusal may come before the request is under way, and is lost with the connection.
        for _ in 0..10 {
            if error.class() == "unavailable" {
                error = refused(&authority, &tls).await;
            }
        }
        assert_eq!(error.class(), "tls", "{error}");
        assert!(error.to_string().contains("vtj.tls.client_identity_file"), "{error}");
    }
}

async fn refused(authority: &Authority, tls: &TlsSettings) -> VtjError {
    let config = server_config(&authority.issue("127.0.0.1", 2120), Some(authority));
    let server = Server::tls(config, aino());
    ask(&of(&server, tls.clone()), AINO).await.unwrap_err()
}
