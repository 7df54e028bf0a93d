//! Whole answers: a page of changes, base data of many people, and the first cursor.
//!
//! An answer is read person by person: one that cannot be understood becomes an [`UnreadableRow`] and the
//! rest goes on. Only what stands around the people must be right, or the answer is no answer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::fields::{Fields, unreadable};
use super::groups::keep_granted;
use super::person::person;
use super::signals::{Signals, signals};
use super::{Unreadable, groups};
use crate::identity_code::IdentityCode;
use crate::municipality::Grants;
use crate::person::PersonRecord;

/// Why an answer as a whole cannot be used. Holds places and kinds, never a part of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAnswer {
    /// The answer stops in the middle.
    #[error("the answer is cut off at line {line}, column {column}")]
    CutOff {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The answer is not JSON.
    #[error("the answer is not JSON at line {line}, column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// The answer is JSON, but not of the promised shape.
    #[error("the answer lacks {missing}, or it has the wrong type there")]
    Shape {
        /// The keys that must be there.
        missing: &'static str,
    },
}

/// A change, or what is left of one that could not be understood.
pub type RawEntry = Result<Change, UnreadableRow>;

/// One change of one person: one registration, with every granted group it touched.
#[derive(Clone, PartialEq)]
pub struct Change {
    /// The code under which the person is followed.
    pub code: IdentityCode,
    /// When VTJ registered the change (`muutospv`); sometimes only the local midnight of the day, and not
    /// the day from which the fact holds.
    pub registered_at: Option<DateTime<Utc>>,
    /// The granted data groups in VTJ's order, and the bare name of an ungranted change of the code.
    pub groups: Vec<Value>,
}

impl Change {
    /// What acts at once.
    pub fn signals(&self, asked: &Grants) -> Signals {
        signals(&self.code, &self.groups, asked)
    }

    /// The change as JSON with its keys in order: the same bytes for the same change whenever it comes. To
    /// be sealed, and to be recognised by a keyed hash; nothing else may be done with it.
    pub fn to_bytes(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct InOrder<'a> {
            henkilotunnus: &'a str,
            muutospv: Option<String>,
            tietoryhmat: &'a [Value],
        }
        let change = InOrder {
            henkilotunnus: self.code.expose(),
            muutospv: self.registered_at.map(|at| at.to_rfc3339()),
            tietoryhmat: &self.groups,
        };
        serde_json::to_vec(&change).expect("texts and JSON values can always be written")
    }

    /// Reads what [`Change::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are not such a change.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut value: Value = serde_json::from_slice(bytes)
            .map_err(|_| unreadable("tietoryhmat", "the stored change is not JSON".to_owned()))?;
        take_change(&mut value)
    }
}

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.groups.iter().filter_map(groups::name_of).collect();
        f.debug_struct("Change")
            .field("registered_at", &self.registered_at)
            .field("groups", &names)
            .finish_non_exhaustive()
    }
}

/// One person's part of an answer that could not be understood.
#[derive(Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Whom it is about, if that much could be read.
    pub code: Option<IdentityCode>,
    /// What is wrong.
    pub why: Unreadable,
    /// The part as it came, ungranted groups left out as far as they can be told apart. To be sealed.
    pub raw: Vec<u8>,
}

impl std::fmt::Debug for UnreadableRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnreadableRow").field("why", &self.why).finish_non_exhaustive()
    }
}

/// One page of changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangesPage {
    /// The cursor of the next call, also when the page is empty.
    pub next_cursor: i64,
    /// Whether nothing more waits (`ajanTasalla`).
    pub up_to_date: bool,
    /// The changes in VTJ's order.
    pub entries: Vec<RawEntry>,
    /// Names of groups that came without being granted, and how often.
    pub dropped: BTreeMap<String, u64>,
}

impl ChangesPage {
    /// Reads the answer of `muutokset`.
    ///
    /// # Errors
    /// When the answer is not JSON, or cursor, changes or `ajanTasalla` are missing or of a wrong type.
    pub fn read(body: &[u8], asked: &Grants) -> Result<Self, NotAnAnswer> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer<'a> {
            viimeisin_kirjausavain: i64,
            #[serde(borrow)]
            muutokset: Vec<&'a RawValue>,
            ajan_tasalla: bool,
        }
        let answer: Answer<'_> = serde_json::from_slice(body)
            .map_err(|error| not_an_answer(&error, "viimeisinKirjausavain, muutokset and ajanTasalla"))?;
        let mut dropped = BTreeMap::new();
        let entries = answer.muutokset.iter().map(|raw| read_change(raw, asked, &mut dropped)).collect();
        Ok(Self {
            next_cursor: answer.viimeisin_kirjausavain,
            up_to_date: answer.ajan_tasalla,
            entries,
            dropped,
        })
    }
}

/// Base data of the people who were asked about. People unknown to VTJ, or not permitted, are just absent.
#[derive(Clone, PartialEq)]
pub struct BaseData {
    /// Each person's code, and what the granted groups say.
    pub persons: Vec<Result<(IdentityCode, PersonRecord), UnreadableRow>>,
    /// `ajanTasalla`, where it was sent; its meaning here is not documented.
    pub up_to_date: Option<bool>,
    /// Names of groups that came without being granted, and how often.
    pub dropped: BTreeMap<String, u64>,
}

impl std::fmt::Debug for BaseData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BaseData")
            .field("persons", &self.persons.len())
            .field("up_to_date", &self.up_to_date)
            .field("dropped", &self.dropped)
            .finish()
    }
}

impl BaseData {
    /// Reads the answer of `perustiedot`.
    ///
    /// # Errors
    /// When the answer is not JSON, or `perustiedot` is missing or no array.
    pub fn read(body: &[u8], asked: &Grants) -> Result<Self, NotAnAnswer> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer<'a> {
            #[serde(borrow)]
            perustiedot: Vec<&'a RawValue>,
            ajan_tasalla: Option<bool>,
        }
        let answer: Answer<'_> = serde_json::from_slice(body)
            .map_err(|error| not_an_answer(&error, "perustiedot, or ajanTasalla as true or false"))?;
        let mut dropped = BTreeMap::new();
        let persons = answer
            .perustiedot
            .iter()
            .map(|raw| read_person(read_change(raw, asked, &mut dropped)?, asked))
            .collect();
        Ok(Self { persons, up_to_date: answer.ajan_tasalla, dropped })
    }
}

/// Reads the answer of `kirjausavain`: the cursor of the start of a day.
///
/// # Errors
/// When the answer is not JSON, or holds no cursor.
pub fn read_first_cursor(body: &[u8]) -> Result<i64, NotAnAnswer> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        viimeisin_kirjausavain: i64,
    }
    let answer: Answer =
        serde_json::from_slice(body).map_err(|error| not_an_answer(&error, "viimeisinKirjausavain"))?;
    Ok(answer.viimeisin_kirjausavain)
}

/// What the JSON reader complains of, without the value it would quote.
fn not_an_answer(error: &serde_json::Error, missing: &'static str) -> NotAnAnswer {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => NotAnAnswer::CutOff { line, column },
        serde_json::error::Category::Syntax => NotAnAnswer::NotJson { line, column },
        serde_json::error::Category::Data | serde_json::error::Category::Io => NotAnAnswer::Shape { missing },
    }
}

fn read_change(raw: &RawValue, asked: &Grants, dropped: &mut BTreeMap<String, u64>) -> RawEntry {
    let row = |code, why, raw: &str| UnreadableRow { code, why, raw: raw.as_bytes().to_vec() };
    let Ok(mut value) = serde_json::from_str::<Value>(raw.get()) else {
        let why = unreadable("tietoryhmat", "the person's part is nested too deep".to_owned());
        return Err(row(None, why, raw.get()));
    };
    if let Some(Value::Array(elements)) = value.get_mut("tietoryhmat") {
        let (whole, nameless): (Vec<Value>, Vec<Value>) =
            std::mem::take(elements).into_iter().partition(|element| groups::name_of(element).is_some());
        let nameless = nameless.len();
        *elements = keep_granted(whole, asked, dropped);
        if nameless > 0 {
            let code = Fields::of("henkilotunnus", &value).and_then(|fields| fields.code("henkilotunnus"));
            let why = unreadable("tietoryhmat", format!("{nameless} of the data groups have no name"));
            return Err(row(code.ok().flatten(), why, &value.to_string()));
        }
    }
    take_change(&mut value).map_err(|why| {
        let known = Fields::of("henkilotunnus", &value).and_then(|fields| fields.code("henkilotunnus"));
        row(known.ok().flatten(), why, &value.to_string())
    })
}

/// Reads a person at once: as JSON, a thousand people take many times the room.
fn read_person(change: Change, asked: &Grants) -> Result<(IdentityCode, PersonRecord), UnreadableRow> {
    let mut whole = serde_json::Map::new();
    whole.insert("henkilotunnus".to_owned(), change.code.expose().into());
    whole.insert("tietoryhmat".to_owned(), Value::Array(change.groups));
    let whole = Value::Object(whole);
    match person(&whole, asked) {
        Ok(record) => Ok((change.code, record)),
        Err(why) => Err(UnreadableRow { code: Some(change.code), why, raw: whole.to_string().into_bytes() }),
    }
}

/// Takes the change out of its JSON, which stays whole if it cannot be understood.
fn take_change(value: &mut Value) -> Result<Change, Unreadable> {
    let fields = Fields::of("henkilotunnus", value)?;
    let code = fields
        .code("henkilotunnus")?
        .ok_or_else(|| unreadable("henkilotunnus", "the identity code is missing".to_owned()))?;
    let registered_at = fields
        .value("muutospv")
        .and_then(Value::as_str)
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        .map(|at| at.with_timezone(&Utc));
    match value.get_mut("tietoryhmat") {
        Some(Value::Array(groups)) => Ok(Change { code, registered_at, groups: std::mem::take(groups) }),
        _ => Err(unreadable("tietoryhmat", "the data groups are missing or no array".to_owned())),
    }
}
