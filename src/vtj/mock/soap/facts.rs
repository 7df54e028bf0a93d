//! A person's base data, as the description of a person reads it.

use chrono::NaiveDate;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::play;
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;

/// The data groups of one person.
#[derive(Debug, Clone, Default)]
pub struct Facts(Vec<Map<String, Value>>);

/// What base data says of the code that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is valid.
    Valid,
    /// Another one is.
    ReplacedBy(IdentityCode),
    /// None is.
    Passive,
}

impl Facts {
    /// Reads the data groups.
    pub fn of(groups: &RawValue) -> Self {
        let groups: Vec<Value> = serde_json::from_str(groups.get()).unwrap_or_default();
        let map = |value| match value {
            Value::Object(map) => Some(map),
            _ => None,
        };
        Self(groups.into_iter().filter_map(map).collect())
    }

    /// The records of a group that hold.
    pub fn records<'f>(&'f self, group: &'f str) -> impl Iterator<Item = &'f Map<String, Value>> {
        self.0.iter().filter(move |record| text(record, "tietoryhma") == group && !is_passive(record))
    }

    /// The records of every group whose name begins so.
    pub fn records_like<'f>(&'f self, start: &'f str) -> impl Iterator<Item = &'f Map<String, Value>> {
        let like = move |record: &&Map<String, Value>| text(record, "tietoryhma").starts_with(start);
        self.0.iter().filter(like).filter(|record| !is_passive(record))
    }

    /// Whether an order withholds where the person can be found: it is said, or a group withholds fields.
    pub fn is_protected(&self) -> bool {
        let ordered =
            |record: &&Map<String, Value>| record.get("turvakieltoAktiivinen") == Some(&Value::Bool(true));
        let withheld = |record: &Map<String, Value>| {
            record.get("turvakiellonAlaisetKentat").is_some_and(|list| !list.is_null())
        };
        self.records("TURVAKIELTO").any(|record| ordered(&record)) || self.0.iter().any(withheld)
    }

    /// Whether a part of an address is of another type than it should be.
    pub fn have_an_odd_address(&self) -> bool {
        let texts = ["katunumero", "huoneistokirjain", "huoneistonumero", "jakokirjain", "postinumero"];
        let odd = |record: &Map<String, Value>, key: &str| {
            record.get(key).is_some_and(|value| !value.is_null() && !value.is_string())
        };
        self.0.iter().any(|record| texts.iter().any(|key| odd(record, key)))
    }

    /// What is said of the code.
    pub fn standing(&self, code: &IdentityCode) -> Standing {
        let rows = || self.0.iter().filter(|record| text(record, "tietoryhma") == "HENKILOTUNNUS_KORJAUS");
        let active =
            |row: &Map<String, Value>| IdentityCode::parse(text(row, "aktiivinenHenkilotunnus")).ok();
        if let Some(active) = rows().find_map(active) {
            return if active == *code { Standing::Valid } else { Standing::ReplacedBy(active) };
        }
        let no_code = |row: &Map<String, Value>| row.get("aktiivinenHenkilotunnus") == Some(&Value::Null);
        let ended = |row: &Map<String, Value>| {
            is_passive(row) || (no_code(row) && text(row, "voimassaolo") != "AKTIIVI")
        };
        if rows().any(ended) { Standing::Passive } else { Standing::Valid }
    }
}

fn is_passive(record: &Map<String, Value>) -> bool {
    text(record, "voimassaolo") == "PASSIIVI"
}

/// A text without the space around it; empty where there is none.
pub fn text<'r>(record: &'r Map<String, Value>, key: &str) -> &'r str {
    record.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The first of the keys that holds a text.
pub fn first_text<'r>(record: &'r Map<String, Value>, keys: [&str; 2]) -> &'r str {
    keys.into_iter().map(|key| text(record, key)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// A text in one language of a bilingual one. A text that is not bilingual is Finnish.
pub fn in_language<'r>(record: &'r Map<String, Value>, key: &str, language: &str) -> &'r str {
    match record.get(key) {
        Some(Value::Object(both)) => text(both, language),
        Some(Value::String(one)) if language == "fi" => one.trim(),
        _ => "",
    }
}

/// A text in either language.
pub fn in_any_language<'r>(record: &'r Map<String, Value>, key: &str) -> &'r str {
    let languages = ["fi", "sv"].into_iter();
    languages
        .map(|language| in_language(record, key, language))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// A date, no more precise than it is known.
pub fn date(record: &Map<String, Value>, key: &str) -> Option<PartialDate> {
    let value = record.get(key)?;
    if value["tarkkuus"] == "EI_TIEDOSSA" { None } else { play::date(value) }
}

/// A date in eight digits, `00` for a month or day that is not known; empty where there is none.
pub fn digits(record: &Map<String, Value>, key: &str) -> String {
    match date(record, key) {
        None => String::new(),
        Some(PartialDate::Day(day)) => day.format("%Y%m%d").to_string(),
        Some(PartialDate::Month { year, month }) => format!("{year:04}{month:02}00"),
        Some(PartialDate::Year(year)) => format!("{year:04}0000"),
    }
}

/// Whether a record has ended by a day.
pub fn has_ended(record: &Map<String, Value>, key: &str, today: NaiveDate) -> bool {
    date(record, key).is_some_and(|ends| ends.last_day() < today)
}
