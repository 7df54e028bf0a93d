//! Certificates: whom the client trusts, and whom it refuses.

use std::sync::Arc;

use ajantasa::vtj::changes::ChangesClient;
use ajantasa::vtj::error::VtjError;
use ajantasa::vtj::tls::{TlsSettings, certificate_days, install_provider};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::RootCertStore;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use secrecy::SecretString;

use super::server::{Reply, Server};
use super::*;

/// An authority of one test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate with its key.
pub struct Issued {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Issued {
    /// Certificate and key in one PEM text.
    pub fn identity(&self) -> SecretString {
        SecretString::from(format!("{}{}", self.certificate.pem(), self.key.serialize_pem()))
    }
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A certificate from 2020 to the first day of a year.
    pub fn issue(&self, host: &str, last_year: i32) -> Issued {
        self.issue_from(host, 2020, last_year)
    }

    /// A certificate from the first day of a year to that of another.
    pub fn issue_from(&self, host: &str, first_year: i32, last_year: i32) -> Issued {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(first_year, 1, 1);
        params.not_after = date_time_ymd(last_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued { certificate, key }
    }

    fn pem(&self) -> Vec<u8> {
        self.certificate.pem().into_bytes()
    }
}

/// A server with a certificate, which may want one of its clients.
pub fn server_config(issued: &Issued, clients: Option<&Authority>) -> rustls::ServerConfig {
    install_provider();
    let builder = rustls::ServerConfig::builder();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
        }
    };
    let key = PrivateKeyDer::Pkcs8(issued.key.serialize_der().into());
    builder.with_single_cert(vec![issued.certificate.der().clone()], key).unwrap()
}

async fn ask_over_tls(server: &Server, tls: TlsSettings) -> Result<ChangesPage, VtjError> {
    let mut settings = settings(format!("https://{}/api/v1", server.address));
    settings.tls = tls;
    ask(&ChangesClient::new(&settings).unwrap(), &call()).await
}

/// Trust in one authority alone.
pub fn trusting(authority: &Authority) -> TlsSettings {
    TlsSettings { ca_pem: Some(authority.pem()), client_identity_pem: None }
}

fn page() -> Vec<Reply> {
    vec![Reply::json(200, "", EMPTY_PAGE)]
}

#[tokio::test]
async fn a_server_of_the_given_authority_is_trusted() {
    let authority = Authority::new();
    let server = Server::tls(server_config(&authority.issue("127.0.0.1", 2120), None), page());
    assert!(ask_over_tls(&server, trusting(&authority)).await.is_ok());
}

#[tokio::test]
async fn a_security_servers_own_certificate_can_be_the_trusted_one() {
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let pem = certificate.pem().into_bytes();
    let server = Server::tls(server_config(&Issued { certificate, key }, None), page());
    let tls = TlsSettings { ca_pem: Some(pem), client_identity_pem: None };
    assert!(ask_over_tls(&server, tls).await.is_ok());
}

#[tokio::test]
async fn a_wrong_authority_host_or_date_is_refused_before_anything_is_sent() {
    let authority = Authority::new();
    let stranger = Authority::new();
    for (issued, trusted, word) in [
        (authority.issue("127.0.0.1", 2120), &stranger, "vtj.tls.ca_file"),
        (authority.issue("security-server.example", 2120), &authority, "another host"),
        (authority.issue("127.0.0.1", 2021), &authority, "expired"),
        (authority.issue_from("127.0.0.1", 2110, 2120), &authority, "not valid yet"),
    ] {
        let server = Server::tls(server_config(&issued, None), page());
        let error = ask_over_tls(&server, trusting(trusted)).await.unwrap_err();
        assert_eq!(error.class(), "tls", "{error}");
        assert!(error.is_configuration() && error.to_string().contains(word), "{word}: {error}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_wants_a_client_certificate_gets_ours_or_the_setting_is_named() {
    let authority = Authority::new();
    let issued = authority.issue("127.0.0.1", 2120);
    let server = Server::tls(server_config(&issued, Some(&authority)), page());
    let error = ask_over_tls(&server, trusting(&authority)).await.unwrap_err();
    assert_eq!(error.class(), "tls", "{error}");
    assert!(error.to_string().contains("vtj.tls.client_identity_file"), "{error}");

    let ours = authority.issue("ajantasa", 2120);
    let tls = TlsSettings { client_identity_pem: Some(ours.identity()), ..trusting(&authority) };
    let server = Server::tls(server_config(&issued, Some(&authority)), page());
    assert!(ask_over_tls(&server, tls).await.is_ok());
}

#[tokio::test]
async fn a_server_without_tls_is_named_as_such() {
    let authority = Authority::new();
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = plain.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0_u8; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    });
    let mut settings = settings(format!("https://{address}/"));
    settings.tls = trusting(&authority);
    let error = ask(&ChangesClient::new(&settings).unwrap(), &call()).await.unwrap_err();
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[test]
fn files_that_hold_no_certificate_or_no_key_are_named() {
    let authority = Authority::new();
    let build = |tls: TlsSettings| {
        let mut settings = settings("https://127.0.0.1:1/".to_owned());
        settings.tls = tls;
        ChangesClient::new(&settings).unwrap_err().to_string()
    };
    let ca = build(TlsSettings { ca_pem: Some(b"nothing".to_vec()), client_identity_pem: None });
    assert!(ca.starts_with("vtj.tls.ca_file"), "{ca}");
    let only_certificate = String::from_utf8(authority.pem()).unwrap();
    let identity = build(TlsSettings {
        client_identity_pem: Some(SecretString::from(only_certificate)),
        ..trusting(&authority)
    });
    assert!(identity.starts_with("vtj.tls.client_identity_file"), "{identity}");
}

#[test]
fn the_days_left_are_those_of_the_certificate_that_ends_first() {
    let authority = Authority::new();
    let (soon, late) = (authority.issue("a", 2027), authority.issue("b", 2120));
    let pem = format!("{}{}{}", late.certificate.pem(), late.key.serialize_pem(), soon.certificate.pem());
    assert_eq!(certificate_days(pem.as_bytes(), now()), Some(40));
    let ended = authority.issue("c", 2026).certificate.pem();
    assert_eq!(certificate_days(ended.as_bytes(), now()), Some(-325));
    assert_eq!(certificate_days(b"nothing", now()), None);
}
