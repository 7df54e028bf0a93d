//! The keys of one JSON object of a data group, read by type.

use serde_json::{Map, Value};

use super::Unreadable;
use crate::address::Bilingual;
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;

/// The keys of one object inside a data group.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    group: &'a str,
    map: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The keys of an object; `group` is named when something is wrong.
    pub(super) fn of(group: &'a str, value: &'a Value) -> Result<Self, Unreadable> {
        match value {
            Value::Object(map) => Ok(Self { group, map }),
            _ => Err(unreadable(group, "it holds something that is not an object".to_owned())),
        }
    }

    /// The same keys, as those of a data group.
    pub(super) fn in_group(self, group: &'a str) -> Self {
        Self { group, ..self }
    }

    /// The name of the data group.
    pub(super) fn group(&self) -> &'a str {
        self.group
    }

    /// What is wrong with a key.
    pub(super) fn wrong(&self, key: &str, what: &str) -> Unreadable {
        unreadable(self.group, format!("{key} {what}"))
    }

    /// The value of a key, unless it is absent or null.
    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// Whether the key is there with the value null.
    pub(super) fn is_null(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(Value::is_null)
    }

    /// A text without the space around it; an empty one is absent.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, Unreadable> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(non_empty(text)),
            Some(_) => Err(self.wrong(key, "is not a text")),
        }
    }

    /// The first of several keys that holds a text: a twin in full character set before the plain one.
    pub(super) fn first_text(&self, keys: &[&str]) -> Result<Option<String>, Unreadable> {
        for key in keys {
            if let Some(text) = self.text(key)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// A text, or one of the two languages of a bilingual text.
    pub(super) fn text_in_any_language(&self, key: &str) -> Result<Option<String>, Unreadable> {
        match self.value(key) {
            Some(Value::Object(_)) => {
                let text = self.bilingual(key)?;
                Ok(text.fi.or(text.sv))
            }
            _ => self.text(key),
        }
    }

    /// A yes or no.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Unreadable> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(key, "is not true or false")),
        }
    }

    /// A text in Finnish and Swedish; either may be missing, and so may both.
    pub(super) fn bilingual(&self, key: &str) -> Result<Bilingual, Unreadable> {
        match self.object(key)? {
            None => Ok(Bilingual::default()),
            Some(text) => Ok(Bilingual { fi: text.text("fi")?, sv: text.text("sv")? }),
        }
    }

    /// An object under a key.
    pub(super) fn object(&self, key: &str) -> Result<Option<Fields<'a>>, Unreadable> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Fields { group: self.group, map })),
            Some(_) => Err(self.wrong(key, "is not an object")),
        }
    }

    /// The objects of an array under a key; `None` where there is no array.
    pub(super) fn objects(&self, key: &str) -> Result<Option<Vec<Fields<'a>>>, Unreadable> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let Value::Array(items) = value else { return Err(self.wrong(key, "is not an array")) };
        items
            .iter()
            .map(|item| match item {
                Value::Object(map) => Ok(Fields { group: self.group, map }),
                _ => Err(self.wrong(key, "holds something that is not an object")),
            })
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// An identity code.
    pub(super) fn code(&self, key: &str) -> Result<Option<IdentityCode>, Unreadable> {
        match self.text(key)? {
            None => Ok(None),
            Some(text) => {
                IdentityCode::parse(&text).map(Some).map_err(|_| self.wrong(key, "is not an identity code"))
            }
        }
    }

    /// A date with its precision (`arvo`, `tarkkuus`).
    pub(super) fn date(&self, key: &str) -> Result<Option<PartialDate>, Unreadable> {
        let Some(date) = self.object(key)? else { return Ok(None) };
        let Some(text) = date.text("arvo")? else { return Ok(None) };
        let precision = date.text("tarkkuus")?;
        if precision.as_deref() == Some("EI_TIEDOSSA") {
            return Ok(None);
        }
        dated(&text, precision.as_deref()).map(Some).ok_or_else(|| self.wrong(key, "is not a date"))
    }
}

/// A date no more precise than VTJ says. `arvo` is a full date at every precision, so its day is cut off
/// where it is not known; of a precision we do not know, only the year is believed.
fn dated(text: &str, precision: Option<&str>) -> Option<PartialDate> {
    let cut = match precision {
        None | Some("PAIVA") => text,
        Some("KUUKAUSI") => text.get(..7).unwrap_or(text),
        Some(_) => text.get(..4).unwrap_or(text),
    };
    PartialDate::parse(cut).ok()
}

/// The text without the space around it, unless nothing is left.
fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// An error that names a data group, if its name looks like one.
pub(super) fn unreadable(group: &str, what: String) -> Unreadable {
    Unreadable { group: safe_name(group), what }
}

/// Longest name of a data group that is repeated. The longest known has 48 characters.
const LONGEST_NAME: usize = 80;

/// The name of a data group as it may be printed and counted: whatever does not look like one is `(other)`,
/// so that no value that went astray is ever repeated. A digit is not admitted for the same reason.
pub(super) fn safe_name(name: &str) -> String {
    let looks_right = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if looks_right { name.to_owned() } else { "(other)".to_owned() }
}
