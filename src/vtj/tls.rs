//! Whom we trust, who we are, and how long the certificates last.
//!
//! DVV's own endpoint presents a chain to a root that no public store holds, and a security server usually
//! presents a certificate of its own or of an internal authority. So `https` always needs a CA file, which
//! alone is trusted; the security server's own certificate may be that file. The host name is always
//! checked.

use std::sync::Once;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::error::VtjError;

/// The files of `[vtj.tls]`, read.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// Trusted certificates in PEM (`ca_file`).
    pub ca_pem: Option<Vec<u8>>,
    /// Our certificate with its chain, and its key, in one PEM text (`client_identity_file`).
    pub client_identity_pem: Option<SecretString>,
}

/// Makes `ring` the process's cryptography, once. A provider that is already there stays.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The only error is that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Adds trust and identity to a client. Without a CA file nothing at all is trusted.
pub(super) fn apply(
    builder: reqwest::ClientBuilder,
    settings: &TlsSettings,
) -> Result<reqwest::ClientBuilder, VtjError> {
    install_provider();
    let trusted = match &settings.ca_pem {
        None => Vec::new(),
        Some(pem) => trusted(pem)?,
    };
    let builder = builder.tls_certs_only(trusted);
    match &settings.client_identity_pem {
        None => Ok(builder),
        Some(pem) => {
            let identity = reqwest::Identity::from_pem(pem.expose_secret().as_bytes()).map_err(|_| {
                wrong("client_identity_file", "it must hold a certificate and its private key, both in PEM")
            })?;
            Ok(builder.identity(identity))
        }
    }
}

fn trusted(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, VtjError> {
    let trusted = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
    if trusted.is_empty() {
        return Err(wrong("ca_file", "it holds no certificate in PEM"));
    }
    Ok(trusted)
}

/// An error of a key of `[vtj.tls]`.
pub(super) fn wrong(key: &str, what: &str) -> VtjError {
    VtjError::Configuration { setting: format!("vtj.tls.{key}"), what: what.to_owned() }
}

/// Whole days until the first certificate of a PEM file ends; negative when it has ended. `None` where the
/// file holds no certificate that can be read.
pub fn certificate_days(pem: &[u8], now: DateTime<Utc>) -> Option<i64> {
    x509_parser::pem::Pem::iter_from_buffer(pem)
        .filter_map(Result::ok)
        .filter(|section| section.label == "CERTIFICATE")
        .filter_map(|section| section.parse_x509().ok().map(|found| found.validity().not_after.timestamp()))
        .min()
        .map(|ends| (ends - now.timestamp()).div_euclid(SECONDS_OF_A_DAY))
}

const SECONDS_OF_A_DAY: i64 = 86_400;

/// What a failure of the TLS layer means for the person who configures it, if the error is one.
pub(super) fn failure(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return meaning(tls);
        }
        // An I/O error hides the error it was made of from its own `source`.
        if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = failure(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn meaning(error: &rustls::Error) -> Option<&'static str> {
    use rustls::{AlertDescription as Alert, CertificateError as Bad, Error};
    Some(match error {
        Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => {
            "the server's certificate has expired; its owner must renew it"
        }
        Error::InvalidCertificate(Bad::NotValidYet | Bad::NotValidYetContext { .. }) => {
            "the server's certificate is not valid yet; check the clocks"
        }
        Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            "the server's certificate is for another host; check the address"
        }
        Error::InvalidCertificate(Bad::UnknownIssuer) => {
            "the server's certificate is of an authority that is not in vtj.tls.ca_file"
        }
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => {
            "the server's certificate is not acceptable; check the address and vtj.tls.ca_file"
        }
        Error::AlertReceived(
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError
            | Alert::HandshakeFailure,
        ) => "the server wants another client certificate, or one at all; check vtj.tls.client_identity_file",
        Error::AlertReceived(Alert::ProtocolVersion) | Error::PeerIncompatible(_) => {
            "the server speaks no version of TLS that is safe (1.2 or 1.3)"
        }
        Error::InvalidMessage(_) => "the server does not speak TLS at that port; check the address",
        _ => return None,
    })
}
