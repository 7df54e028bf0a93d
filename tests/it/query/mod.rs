//! The single-person query: what is sent, what answers mean, and what hostile answers cannot do.

#![expect(clippy::unwrap_used, reason = "a test ends where something it needs is missing")]

mod fuzz;
mod hostile;
mod outcomes;
mod requests;
mod samples;
mod trust;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use ajantasa::identity_code::IdentityCode;
use ajantasa::municipality::{FieldGroup, Grants, MunicipalityCode};
use ajantasa::purpose::GroundedPurpose;
use ajantasa::vtj::call::Call;
use ajantasa::vtj::error::VtjError;
use ajantasa::vtj::http::HttpLimits;
use ajantasa::vtj::query::{
    Described, EndUser, QueryAnswer, QueryClient, QuerySettings, Way, XRoadClient, read_answer,
};
use ajantasa::vtj::tls::TlsSettings;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

/// The people of `testdata/query`.
const AINO: &str = "021172-9147";
const PROTECTED: &str = "140385-901E";
const DEAD: &str = "300641-923J";
const OLD: &str = "050599-931U";
const NEW: &str = "050599Y933W";
const CHILD: &str = "070815A9427";

const PASSWORD: &str = "s4lasana<&>";
/// The id of the message in every file over X-Road.
const MESSAGE_ID: Uuid = Uuid::from_u128(0x5b0f_6c1e_6f0a_4a39_9f36_1d1c_6f2f_7a10);

fn x_road() -> Way {
    let client = XRoadClient::parse("FI-TEST/MUN/1234567-1/kirjasto").unwrap();
    Way::XRoad { client, service_instance: "FI-TEST".to_owned() }
}

fn settings(url: &str, way: Way) -> QuerySettings {
    QuerySettings {
        url: url.to_owned(),
        way,
        product: "KIRJASTO1".to_owned(),
        username: "S000000".to_owned(),
        password: SecretString::from(PASSWORD),
        requests_per_second: NonZeroU32::new(1000).unwrap(),
        limits: HttpLimits {
            connect_timeout: Duration::from_secs(2),
            deadline: Duration::from_secs(4),
            max_body_bytes: 16 * 1024 * 1024,
        },
        tls: TlsSettings::default(),
    }
}

fn code(text: &str) -> IdentityCode {
    IdentityCode::parse(text).unwrap()
}

fn everything() -> Grants {
    Grants::new(FieldGroup::ALL)
}

fn end_user() -> EndUser {
    EndUser::new("aj-000000000000000000000001").unwrap()
}

fn call() -> Call {
    let purpose = GroundedPurpose::new("desk", "Act 1/2030").unwrap();
    Call::recorded(Uuid::from_u128(7), purpose, MunicipalityCode::parse("710").unwrap())
}

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

async fn ask(settings: &QuerySettings, asked: &str) -> Result<QueryAnswer, VtjError> {
    QueryClient::new(settings).unwrap().ask(&code(asked), &end_user(), &everything(), &call(), now()).await
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/query")
}

/// The bytes of a file of `testdata/query`.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.xml"))).unwrap()
}

/// The way by which a file came.
fn way_of(name: &str) -> Way {
    if name.starts_with("direct") { Way::Direct } else { x_road() }
}

fn read_for(body: &[u8], way: Way, asked: &str, grants: &Grants) -> Result<QueryAnswer, VtjError> {
    read_answer(body, None, &settings("http://localhost/", way), &code(asked), grants, MESSAGE_ID)
}

/// What a text says when it answers a question about somebody, over X-Road.
fn read(body: &str, asked: &str) -> Result<QueryAnswer, VtjError> {
    read_for(body.as_bytes(), x_road(), asked, &everything())
}

/// What a file says when somebody is asked about.
fn answer(name: &str, asked: &str) -> Result<QueryAnswer, VtjError> {
    read_for(&file(name), way_of(name), asked, &everything())
}

/// The person whom a file describes.
fn found(name: &str, asked: &str) -> Described {
    match answer(name, asked) {
        Ok(QueryAnswer::Found(described)) => *described,
        other => panic!("{name}: {other:?}"),
    }
}

/// A file as text, with one text in it replaced.
fn changed(name: &str, from: &str, to: &str) -> String {
    let text = String::from_utf8(file(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    text.replace(from, to)
}

/// Proves that an error tells nothing of the people, addresses and passwords of the tests.
fn is_discreet(error: &VtjError) {
    let text = format!("{error} {error:?}");
    for secret in [AINO, PROTECTED, DEAD, OLD, NEW, CHILD, PASSWORD, "Koetie", "Mallila", "Testinen"] {
        assert!(!text.contains(secret), "an error tells a secret");
    }
}
