//! What the simulated VTJ accepts and how it answers: every rule of the real interface that a client can break.
//!
//! Pure: a request in, a reply out. Paths are `/api/v1/…` and, as through a security server of the national
//! data exchange layer, `/r1/{instance}/{class}/{member}/{subsystem}/{service}/api/v1/…`, where the header
//! `X-Road-Client` is required. A reply never repeats an identity code in an error.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use chrono::{NaiveDate, SecondsFormat};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::model::{Delivered, World};
use super::play;
use crate::identity_code::IdentityCode;

/// People in one base-data request, as the published interface description limits it.
pub const MAX_PEOPLE: usize = 1000;

/// The operations: four of the change interface, and the query about one person in its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// `GET kirjausavain/{date}`: the first cursor.
    Kirjausavain,
    /// `POST muutokset`: changes behind a cursor.
    Muutokset,
    /// `POST perustiedot`: base data now.
    Perustiedot,
    /// `POST perustiedot-vko`: base data of the week.
    #[serde(rename = "perustiedot-vko")]
    PerustiedotVko,
    /// `HenkilonTunnusKysely`: one person, through the national data exchange layer.
    #[serde(rename = "soap")]
    Soap,
    /// `TeeHenkilonTunnusKysely`: one person, direct.
    #[serde(rename = "soap-direct")]
    SoapDirect,
}

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The operation.
    pub endpoint: Endpoint,
    /// The date of `kirjausavain`, as written.
    pub date: Option<String>,
    /// The X-Road service of the path, when it came that way.
    pub service: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The X-Road error code, when the security server and not VTJ refuses.
    pub x_road: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// The body of a request that passed every check.
#[derive(Debug, Default)]
pub struct Asked {
    /// The cursor, of `muutokset`.
    pub cursor: Option<i64>,
    /// The people.
    pub codes: Vec<IdentityCode>,
    /// The data groups wanted, when the request limits them.
    pub groups: Option<BTreeSet<String>>,
}

/// The route of a request.
///
/// # Errors
/// 404 for an unknown path, 405 for a wrong method.
pub fn route(method: &Method, path: &str) -> Result<Route, Refusal> {
    let unknown = || refusal(StatusCode::NOT_FOUND, "no such path");
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (service, rest) = match parts.as_slice() {
        ["r1", rest @ ..] if rest.len() > 5 && rest[..5].iter().all(|part| !part.is_empty()) => {
            (Some(rest[..5].join("/")), &rest[5..])
        }
        all => (None, all),
    };
    let (endpoint, date, expected) = match rest {
        ["api", "v1", "kirjausavain", date] => {
            (Endpoint::Kirjausavain, Some((*date).to_owned()), Method::GET)
        }
        ["api", "v1", "muutokset"] => (Endpoint::Muutokset, None, Method::POST),
        ["api", "v1", "perustiedot"] => (Endpoint::Perustiedot, None, Method::POST),
        ["api", "v1", "perustiedot-vko"] => (Endpoint::PerustiedotVko, None, Method::POST),
        _ => return Err(unknown()),
    };
    if *method != expected {
        return Err(refusal(StatusCode::METHOD_NOT_ALLOWED, format!("this path takes {expected} only")));
    }
    Ok(Route { endpoint, date, service })
}

/// Checks the body of a request that has one.
///
/// # Errors
/// 400 with the rule that is broken.
pub fn read_body(endpoint: Endpoint, body: &[u8]) -> Result<Asked, Refusal> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
        return Err(bad("the body must be a JSON object"));
    };
    let cursor = match endpoint {
        Endpoint::Muutokset => {
            let cursor = body.remove("viimeisinKirjausavain").as_ref().and_then(Value::as_i64);
            Some(cursor.ok_or_else(|| bad("viimeisinKirjausavain must be an integer"))?)
        }
        Endpoint::Kirjausavain
        | Endpoint::Perustiedot
        | Endpoint::PerustiedotVko
        | Endpoint::Soap
        | Endpoint::SoapDirect => None,
    };
    let codes = read_codes(&mut body)?;
    let mut groups = None;
    if endpoint != Endpoint::Muutokset {
        if codes.len() > MAX_PEOPLE {
            return Err(bad(format!("hetulista holds {} codes, {MAX_PEOPLE} are allowed", codes.len())));
        }
        groups = body.remove("tietoryhmat").map(read_groups).transpose()?;
    }
    match body.keys().next() {
        Some(key) => Err(bad(format!("the property {} is not allowed", shown(key)))),
        None => Ok(Asked { cursor, codes, groups }),
    }
}

/// A stranger's key in an error text: only if it is a plain word, because anything else could be a code.
fn shown(key: &str) -> &str {
    let plain = key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_alphabetic());
    if plain { key } else { "(not a plain word)" }
}

fn read_codes(body: &mut Map<String, Value>) -> Result<Vec<IdentityCode>, Refusal> {
    let Some(Value::Array(texts)) = body.remove("hetulista") else {
        return Err(bad("hetulista must be an array"));
    };
    if texts.is_empty() {
        return Err(bad("hetulista must not be empty"));
    }
    let code = |(at, text): (usize, &Value)| {
        let text = text.as_str().ok_or_else(|| bad(format!("hetulista[{at}] must be a string")))?;
        IdentityCode::parse(text).map_err(|_| bad(format!("hetulista[{at}] is not an identity code")))
    };
    texts.iter().enumerate().map(code).collect()
}

fn read_groups(groups: Value) -> Result<BTreeSet<String>, Refusal> {
    let wrong = || bad("tietoryhmat must be an array of strings; leave it out to get every group");
    let Value::Array(groups) = groups else { return Err(wrong()) };
    groups.iter().map(|group| group.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

/// The answer of `kirjausavain`.
///
/// # Errors
/// 400 when the date is not a date.
pub fn log_key(world: &World, date: &str) -> Result<Vec<u8>, Refusal> {
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|read| read.to_string() == date);
    let date = date.ok_or_else(|| bad("the date must be written 2026-03-14"))?;
    Ok(bytes(&json!({ "viimeisinKirjausavain": world.key_at(date) })))
}

/// The answer of `muutokset`.
pub fn changes(world: &World, asked: &Asked, page_size: usize) -> Vec<u8> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer<'a> {
        viimeisin_kirjausavain: i64,
        muutokset: &'a [Delivered<'a>],
        ajan_tasalla: bool,
    }
    let page = world.changes_since(asked.cursor.unwrap_or_default(), &asked.codes, page_size);
    bytes(&Answer {
        viimeisin_kirjausavain: page.cursor,
        muutokset: &page.entries,
        ajan_tasalla: page.up_to_date,
    })
}

/// The answer of `perustiedot`, and with an extraction date that of `perustiedot-vko`.
pub fn base_data(world: &World, asked: &Asked, extracted: Option<NaiveDate>) -> Vec<u8> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer<'a> {
        perustiedot: People<'a>,
        ajan_tasalla: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        poimintapv: Option<NaiveDate>,
    }
    bytes(&Answer { perustiedot: People { world, asked }, ajan_tasalla: true, poimintapv: extracted })
}

/// The people of a base-data answer, each once, written without a copy in between.
struct People<'a> {
    world: &'a World,
    asked: &'a Asked,
}

impl Serialize for People<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Record<'a> {
            henkilotunnus: &'a str,
            tietoryhmat: Groups<'a>,
        }
        let mut people = serializer.serialize_seq(None)?;
        let mut done = BTreeSet::new();
        for code in &self.asked.codes {
            let Some(groups) = self.world.base_data(code) else { continue };
            if done.insert(code) {
                let tietoryhmat = Groups { groups, wanted: self.asked.groups.as_ref() };
                people.serialize_element(&Record { henkilotunnus: code.expose(), tietoryhmat })?;
            }
        }
        people.end()
    }
}

/// A person's data groups, limited to those wanted.
struct Groups<'a> {
    groups: &'a RawValue,
    wanted: Option<&'a BTreeSet<String>>,
}

impl Serialize for Groups<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(wanted) = self.wanted else { return self.groups.serialize(serializer) };
        let all: Vec<&RawValue> =
            serde_json::from_str(self.groups.get()).map_err(serde::ser::Error::custom)?;
        let is_wanted =
            |record: &&RawValue| play::group_name(record).is_some_and(|group| wanted.contains(&group));
        serializer.collect_seq(all.into_iter().filter(is_wanted))
    }
}

impl Serialize for Delivered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entry = serializer.serialize_map(Some(3))?;
        entry.serialize_entry("henkilotunnus", self.code.expose())?;
        entry.serialize_entry("muutospv", &self.at.to_rfc3339_opts(SecondsFormat::Millis, true))?;
        entry.serialize_entry("tietoryhmat", self.groups)?;
        entry.end()
    }
}

/// The body of an error, in the security server's shape when it is the one that refuses.
pub fn error_body(refusal: &Refusal, detail: &str) -> Vec<u8> {
    let status = refusal.status;
    bytes(&match &refusal.x_road {
        Some(code) => json!({ "type": code, "message": refusal.message, "detail": detail }),
        None => json!({
            "status": status.as_u16(),
            "error": status.canonical_reason().unwrap_or_default(),
            "message": refusal.message,
        }),
    })
}

/// A refusal of VTJ's own.
pub fn refusal(status: StatusCode, message: impl Into<String>) -> Refusal {
    Refusal { status, x_road: None, message: message.into() }
}

fn bad(message: impl Into<String>) -> Refusal {
    refusal(StatusCode::BAD_REQUEST, message)
}

fn bytes(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).expect("strings, integers and stored JSON texts only")
}
