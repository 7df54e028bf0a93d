//! Misbehaviour on request: what `POST /_mock/fault` can make the simulated VTJ do wrong.
//!
//! The body is an object: `kind`, `count` (how many calls it spoils, 1 when left out, 0 = until cleared),
//! `path` (only this operation: `kirjausavain`, `muutokset`, `perustiedot`, `perustiedot-vko`, and of the
//! query about one person `soap` through the data exchange layer, `soap-direct` without it), and what the
//! kind takes. What the kinds from `return_code` on do, and the others to the query about one person, is
//! told in [`super::soap::fault`].
//!
//! | kind | what happens | takes |
//! |---|---|---|
//! | `none` | every fault is cleared | |
//! | `latency` | the right answer, late | `millis` (1000) |
//! | `status` | this status and an error body; a 3xx leads to `/` | `status` (503), `retry_after` seconds |
//! | `throttle` | 429 | `retry_after` seconds (1) |
//! | `xroad_error` | an error of the security server, `X-Road-Error` set | `status` (500), `code` (`Server.ServerProxy.ServiceFailed`) |
//! | `garbage` | 200, JSON promised, bytes that are neither JSON nor UTF-8 | |
//! | `html` | 200 and a web page | |
//! | `truncate` | the first half of the answer, complete as HTTP | |
//! | `cut_off` | the connection ends in the middle of the body, which begins with a MiB of spaces | |
//! | `wrong_content_type` | the right answer as `text/plain` | |
//! | `oversized` | the right answer behind very many spaces | `bytes` (64 MiB) |
//! | `wrong_person` | someone's place is taken by a person who was not asked about | `code`, `keep_code` (the code asked stays, the data are the other's) |
//! | `absent_person` | someone is missing | `code` |
//! | `wrong_type` | every value in someone's data groups has another JSON type | `code` |
//! | `cursor_back` | the returned cursor is 1000 behind the one sent | |
//! | `cursor_still` | the returned cursor is the one sent, `ajanTasalla` false | |
//! | `duplicate_page` | what was delivered before comes again, before what is new | |
//! | `return_code` … | only of the query about one person | |
//!
//! `code` in the three kinds about a person is the identity code of the one to hit; without it the first
//! of the answer. Faults stack: a call is spoiled by the first one that applies to it, and a fault is used
//! up only by a call that it spoiled.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::model::World;
use super::protocol::{Asked, Endpoint, Refusal};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the table of the module says what each does")]
pub enum FaultKind {
    None,
    Latency,
    Status,
    Throttle,
    #[serde(rename = "xroad_error")]
    XRoadError,
    Garbage,
    #[serde(alias = "html_200")]
    Html,
    Truncate,
    CutOff,
    WrongContentType,
    Oversized,
    WrongPerson,
    AbsentPerson,
    WrongType,
    CursorBack,
    CursorStill,
    DuplicatePage,
    ReturnCode,
    ServiceFault,
    Empty,
    WrongEcho,
    WrongMessageId,
    WrongProduct,
    WrongWrapper,
    NoReturnCode,
    NoPerson,
    Unmarked,
    Notice,
    Doctype,
    ExternalEntity,
    Bomb,
    Deep,
    Attributes,
    Elements,
    #[serde(rename = "iso_8859_1")]
    Latin,
    OtherPrefixes,
    Reordered,
    Pretty,
    BrokenText,
}

impl FaultKind {
    /// Whether only the query about one person can be spoiled so.
    fn is_of_soap(self) -> bool {
        self as u8 >= Self::ReturnCode as u8
    }
}

/// A misbehaviour and what it takes; the module's table says which kind takes what.
#[derive(Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the table of the module says what each is for")]
pub struct Fault {
    pub kind: FaultKind,
    #[serde(default = "once")]
    pub count: u32,
    pub path: Option<Endpoint>,
    pub status: Option<u16>,
    pub retry_after: Option<u64>,
    pub millis: Option<u64>,
    pub bytes: Option<usize>,
    pub code: Option<String>,
    #[serde(default)]
    pub keep_code: bool,
    #[serde(default)]
    pub snake_case: bool,
    pub in_message: Option<bool>,
}

fn once() -> u32 {
    1
}

/// The longest delay that can be asked for.
const MAX_DELAY: Duration = Duration::from_mins(10);

/// The largest oversized answer, so that a slip of the finger does not fill the memory.
const MAX_BYTES: usize = 1 << 30;

/// How far `cursor_back` goes back.
const STEP_BACK: i64 = 1000;

/// An answer on its way out.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The content type.
    pub content_type: &'static str,
    /// Headers besides.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How long it is held back.
    pub delay: Option<Duration>,
    /// Whether the connection ends in the middle of the body.
    pub cut_off: bool,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: StatusCode, body: Vec<u8>) -> Self {
        let content_type = "application/json";
        Self { status, content_type, headers: Vec::new(), body, delay: None, cut_off: false }
    }
}

/// The faults that are set.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault, or clears all.
    ///
    /// # Errors
    /// When a status is not one.
    pub fn set(&mut self, fault: Fault) -> Result<(), &'static str> {
        if fault.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status must be 200–599");
        }
        if fault.kind == FaultKind::None {
            self.0.clear();
        } else {
            self.0.push(fault);
        }
        Ok(())
    }

    /// How many faults are set.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Spoils an answer by the first fault that applies to it, and counts that fault down.
    pub fn spoil(
        &mut self,
        endpoint: Endpoint,
        asked: &Asked,
        world: &World,
        page: usize,
        reply: Reply,
    ) -> Spoiled {
        let spoiled = self.first(endpoint, |fault| fault.apply(asked, world, page, &reply));
        spoiled.unwrap_or(Spoiled::Reply(reply))
    }

    /// What the first fault makes of a call that it can spoil, and counts that fault down.
    pub fn first<T>(&mut self, endpoint: Endpoint, apply: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        for at in 0..self.0.len() {
            let fault = &mut self.0[at];
            if fault.path.is_some_and(|path| path != endpoint) {
                continue;
            }
            let Some(spoiled) = apply(fault) else { continue };
            if fault.count == 1 {
                self.0.remove(at);
            } else {
                fault.count = fault.count.saturating_sub(1);
            }
            return Some(spoiled);
        }
        None
    }
}

/// What is left of an answer.
pub enum Spoiled {
    /// This, or the answer as it was.
    Reply(Reply),
    /// A refusal in its place.
    Refusal(Refusal, Vec<(&'static str, String)>),
}

impl Fault {
    /// The spoiled answer, or nothing when the fault cannot spoil this one.
    fn apply(&self, asked: &Asked, world: &World, page: usize, right: &Reply) -> Option<Spoiled> {
        let mut reply = right.clone();
        match self.kind {
            FaultKind::None => return None,
            FaultKind::Latency => reply.delay = Some(self.delay()),
            FaultKind::Status => return Some(self.refuse(503, None, None)),
            FaultKind::Throttle => return Some(self.refuse(429, Some(1), None)),
            FaultKind::XRoadError => {
                let code = self.code.clone().unwrap_or_else(|| "Server.ServerProxy.ServiceFailed".to_owned());
                return Some(self.refuse(500, None, Some(code)));
            }
            FaultKind::Garbage => reply = Reply::json(StatusCode::OK, GARBAGE.to_vec()),
            FaultKind::Html => {
                reply = Reply::json(StatusCode::OK, WEB_PAGE.as_bytes().to_vec());
                reply.content_type = "text/html; charset=utf-8";
            }
            FaultKind::Truncate => reply.body.truncate(reply.body.len() / 2),
            FaultKind::CutOff => reply.cut_off = true,
            FaultKind::WrongContentType => reply.content_type = "text/plain; charset=utf-8",
            FaultKind::Oversized => {
                let mut body = vec![b' '; self.amount(64 << 20)];
                body.append(&mut reply.body);
                reply.body = body;
            }
            kind if kind.is_of_soap() => return None,
            _ => {
                if reply.status != StatusCode::OK {
                    return None;
                }
                let mut body = serde_json::from_slice(&reply.body).ok()?;
                self.distort(&mut body, asked, world, page)?;
                reply.body = body.to_string().into_bytes();
            }
        }
        Some(Spoiled::Reply(reply))
    }

    /// How long an answer is held back.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.millis.unwrap_or(1000)).min(MAX_DELAY)
    }

    /// How much of something there is to be, within reason.
    pub fn amount(&self, usual: usize) -> usize {
        self.bytes.unwrap_or(usual).min(MAX_BYTES)
    }

    fn refuse(&self, status: u16, retry_after: Option<u64>, x_road: Option<String>) -> Spoiled {
        let status = StatusCode::from_u16(self.status.unwrap_or(status)).unwrap_or(StatusCode::BAD_GATEWAY);
        let mut headers = Vec::new();
        if let Some(seconds) = self.retry_after.or(retry_after) {
            headers.push(("retry-after", seconds.to_string()));
        }
        if status.is_redirection() {
            headers.push(("location", "/".to_owned()));
        }
        let message = "a fault was asked for".to_owned();
        Spoiled::Refusal(Refusal { status, x_road, message }, headers)
    }

    /// Changes the right answer; nothing when there is nothing in it to change.
    fn distort(&self, body: &mut Value, asked: &Asked, world: &World, page: usize) -> Option<()> {
        match self.kind {
            FaultKind::WrongPerson => {
                let (code, groups) = world.stranger(&asked.codes)?;
                let record = self.record(body)?;
                if !self.keep_code {
                    record["henkilotunnus"] = Value::from(code.expose());
                }
                record["tietoryhmat"] = serde_json::from_str(groups.get()).ok()?;
            }
            FaultKind::AbsentPerson => {
                let code = self.record(body)?["henkilotunnus"].clone();
                records(body)?.retain(|record| record["henkilotunnus"] != code);
            }
            FaultKind::WrongType => {
                for group in self.record(body)?["tietoryhmat"].as_array_mut()? {
                    for (key, value) in group.as_object_mut()? {
                        if key != "tietoryhma" && key != "muutosattribuutti" {
                            *value = of_another_type(value);
                        }
                    }
                }
            }
            FaultKind::CursorBack => {
                *body.get_mut("viimeisinKirjausavain")? = Value::from(asked.cursor? - STEP_BACK);
            }
            FaultKind::CursorStill => {
                *body.get_mut("viimeisinKirjausavain")? = Value::from(asked.cursor?);
                *body.get_mut("ajanTasalla")? = Value::from(false);
            }
            FaultKind::DuplicatePage => {
                let before = world.changes_before(asked.cursor?, &asked.codes, page);
                let again = before.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>().ok()?;
                if again.is_empty() {
                    return None;
                }
                records(body)?.splice(0..0, again);
            }
            _ => return None,
        }
        Some(())
    }

    /// The record to hit: the one with the code, or the first.
    fn record<'b>(&self, body: &'b mut Value) -> Option<&'b mut Value> {
        let is_it = |record: &&mut Value| {
            self.code.as_ref().is_none_or(|code| record["henkilotunnus"] == code.as_str())
        };
        records(body)?.iter_mut().find(is_it)
    }
}

/// The people of a base-data answer or the entries of a change answer.
fn records(body: &mut Value) -> Option<&mut Vec<Value>> {
    let key = if body.get("perustiedot").is_some() { "perustiedot" } else { "muutokset" };
    body.get_mut(key)?.as_array_mut()
}

/// A value where a reader expects another.
fn of_another_type(value: &Value) -> Value {
    match value {
        Value::String(_) => json!(17),
        Value::Bool(_) | Value::Number(_) => json!("?"),
        Value::Null | Value::Array(_) | Value::Object(_) => json!(true),
    }
}

/// Neither JSON nor UTF-8.
pub(super) const GARBAGE: &[u8] = b"\x00\xff\xfe{]\xc3\x28 simulated garbage \x80\x81";

/// What a captive gateway or a maintenance page would send.
pub(super) const WEB_PAGE: &str = "<!DOCTYPE html><html><head><title>Simulation</title></head>\
    <body><h1>Simulated maintenance page</h1></body></html>";
