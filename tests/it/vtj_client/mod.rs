//! The client of VTJ's change interface against servers that behave and misbehave.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs is missing")]

mod answers;
mod faults;
mod requests;
pub mod server;
pub mod trust;

use std::collections::BTreeMap;
use std::time::Duration;

use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::{FieldGroup, Grants, MunicipalityCode};
use ajantasa::purpose::GroundedPurpose;
use ajantasa::vtj::call::Call;
use ajantasa::vtj::changes::{Auth, ChangesClient, ChangesSettings};
use ajantasa::vtj::error::VtjError;
use ajantasa::vtj::http::HttpLimits;
use ajantasa::vtj::tls::TlsSettings;
use ajantasa::vtj::wire::ChangesPage;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use server::{Reply, Server};

const ASKED: &str = "010180-9015";
const OTHER: &str = "020180-902U";
const PASSWORD: &str = "s4lasana";
const EMPTY_PAGE: &str = r#"{"viimeisinKirjausavain": 12, "muutokset": [], "ajanTasalla": true}"#;

fn settings(base_url: String) -> ChangesSettings {
    ChangesSettings {
        base_url,
        auth: Auth::Basic,
        username: "demo".to_owned(),
        password: SecretString::from(PASSWORD),
        x_road_client: None,
        extra_headers: BTreeMap::new(),
        limits: HttpLimits {
            connect_timeout: Duration::from_secs(2),
            deadline: Duration::from_secs(4),
            max_body_bytes: 20_000,
        },
        tls: TlsSettings::default(),
    }
}

fn plain(server: &Server) -> ChangesSettings {
    settings(format!("http://{}/api/v1", server.address))
}

fn call() -> Call {
    let purpose = GroundedPurpose::new("register_upkeep", "Act 1/2030").unwrap();
    Call::recorded(uuid::Uuid::from_u128(7), purpose, MunicipalityCode::parse("710").unwrap())
}

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn codes() -> Vec<IdentityCode> {
    [ASKED, OTHER].iter().map(|code| IdentityCode::parse(code).unwrap()).collect()
}

fn grants() -> Grants {
    Grants::new([FieldGroup::Death])
}

async fn ask(client: &ChangesClient, call: &Call) -> Result<ChangesPage, VtjError> {
    client.changes(11, &codes(), &grants(), call, now()).await
}

/// The page that one reply gives.
async fn page_of(reply: Reply) -> Result<ChangesPage, VtjError> {
    let server = Server::plain(vec![reply]);
    ask(&ChangesClient::new(&plain(&server)).unwrap(), &call()).await
}

/// The error that one reply gives, proved to tell no secret.
async fn error_of(reply: Reply) -> VtjError {
    let error = page_of(reply).await.unwrap_err();
    for secret in [ASKED, OTHER, PASSWORD, "Salakatu"] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
    error
}
