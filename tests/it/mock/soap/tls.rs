//! TLS on which both sides show a certificate, and the certificates.

use super::*;

use std::os::unix::fs::PermissionsExt as _;

use ajantasa::vtj::mock::{CA_FILE, CLIENT_FILE, MockTls, MockTlsError, ServerCertificate};
use ajantasa::vtj::tls::certificate_days;
use secrecy::ExposeSecret as _;

/// Who connects, and whom they trust.
fn client(trusted: &MockTls, identity: Option<&MockTls>) -> reqwest::Client {
    let ca = reqwest::Certificate::from_pem(&trusted.ca_pem).unwrap();
    let mut builder = reqwest::Client::builder().tls_certs_only([ca]).connect_timeout(Duration::from_secs(5));
    if let Some(tls) = identity {
        let pem = tls.client_identity_pem.expose_secret().as_bytes().to_owned();
        builder = builder.identity(reqwest::Identity::from_pem(&pem).unwrap());
    }
    builder.build().unwrap()
}

async fn serving(tls: &MockTls, client: reqwest::Client) -> Vtj {
    let settings = MockSettings { tls: Some(tls.clone()), ..settings() };
    Vtj { mock: RunningMock::start_with(small_world(), settings).await.unwrap(), client }
}

#[tokio::test]
async fn both_interfaces_are_served_to_a_client_with_the_right_certificate() {
    let tls = MockTls::make(ServerCertificate::Right).unwrap();
    let vtj = serving(&tls, client(&tls, Some(&tls))).await;
    assert!(vtj.mock.url().starts_with("https://127.0.0.1:"));
    vtj.answer("perustiedot", &base(&[1])).await;
    for answer in vtj.both(&Question::about(&code(1))).await {
        assert_eq!(return_code(&answer), "0000");
    }
    let by_name = format!("https://localhost:{}/_mock/status", vtj.mock.addr.port());
    assert_eq!(vtj.client.get(by_name).send().await.unwrap().status(), 200);
    vtj.mock.stop().await;
}

#[tokio::test]
async fn a_client_without_a_certificate_or_with_a_strangers_is_not_served() {
    let (tls, other) =
        (MockTls::make(ServerCertificate::Right).unwrap(), MockTls::make(ServerCertificate::Right).unwrap());
    for identity in [None, Some(&other)] {
        let vtj = serving(&tls, client(&tls, identity)).await;
        assert!(vtj.over_x_road(&Question::about(&code(1))).send().await.is_err());
        assert_eq!(vtj.mock.world().lock().unwrap().people(), 4, "and it runs on");
    }
    let vtj = serving(&tls, client(&tls, Some(&tls))).await;
    let plain = format!("http://{}/_mock/status", vtj.mock.addr);
    assert!(vtj.client.get(plain).send().await.is_err());
    assert_eq!(vtj.get_json("/_mock/status").await["people"], 4, "a failed handshake holds up nobody");
}

#[tokio::test]
async fn a_server_can_show_a_certificate_that_no_client_should_accept() {
    for kind in [ServerCertificate::Expired, ServerCertificate::NotYetValid, ServerCertificate::OtherHost] {
        let tls = MockTls::make(kind).unwrap();
        let vtj = serving(&tls, client(&tls, Some(&tls))).await;
        let error = vtj.over_x_road(&Question::about(&code(1))).send().await.unwrap_err();
        assert!(error.is_connect(), "{kind:?}: {error:?}");
    }
}

#[test]
fn a_folder_is_filled_once_and_its_keys_are_for_their_owner_alone() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("tls");
    let made = MockTls::in_folder(&folder).unwrap();
    let again = MockTls::in_folder(&folder).unwrap();
    assert_eq!(
        (&made.ca_pem, std::fs::read(folder.join(CA_FILE)).unwrap()),
        (&again.ca_pem, made.ca_pem.clone())
    );
    assert_eq!(
        std::fs::read_to_string(folder.join(CLIENT_FILE)).unwrap(),
        again.client_identity_pem.expose_secret()
    );
    for file in [CLIENT_FILE, "server.pem"] {
        let bits = std::fs::metadata(folder.join(file)).unwrap().permissions().mode();
        assert_eq!(bits & 0o777, 0o600, "{file}");
    }
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    assert!(certificate_days(again.client_identity_pem.expose_secret().as_bytes(), now) > Some(30_000));
    assert!(!format!("{made:?}").contains("PRIVATE"));

    std::fs::remove_file(folder.join(CLIENT_FILE)).unwrap();
    let error = MockTls::in_folder(&folder).unwrap_err();
    assert!(matches!(error, MockTlsError::Incomplete { .. }), "{error}");
    std::fs::write(folder.join(CLIENT_FILE), "x").unwrap();
    std::fs::write(folder.join("server.pem"), "x").unwrap();
    let error = MockTls::in_folder(&folder).unwrap_err();
    assert!(error.to_string().contains("server.pem"), "{error}");
}
