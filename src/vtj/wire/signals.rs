//! What acts at once from a change itself: protection, death, and a change of the identity code.
//!
//! Everything else in a change only says that the person must be looked up. The order of the groups is
//! meaningful and old values stand after new ones, so each record is taken by its `muutosattribuutti`.

use serde_json::Value;

use super::fields::Fields;
use super::groups::{self, CODE_CHANGE, DEATH, DECLARED_DEAD, PROTECTION, WITHHELD};
use super::{Unreadable, code, person};
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;
use crate::municipality::Grants;
use crate::person::{CodeStatus, Death};

/// What a change says that must act before the person is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signals {
    /// Non-disclosure began (`true`) or was said to have ended (`false`). Of two statements, `true` wins.
    pub protection: Option<bool>,
    /// TURVAKIELTO came and could not be understood. Until the person is looked up, nothing is known.
    pub protection_unclear: bool,
    /// A death, or a death taken back (`dead: false`).
    pub death: Option<Death>,
    /// The identity code changed.
    pub code: Option<CodeSignal>,
    /// Something was not understood: an unknown `muutosattribuutti`, a wrong type, a correction without its
    /// right value, a removal that does not say what is in force now.
    pub uncertain: bool,
}

impl Signals {
    /// Whether anything acts at once. Everything else waits for base data, and the change itself has been
    /// used up as soon as its person is marked.
    pub fn act_at_once(&self) -> bool {
        self.protection.is_some() || self.protection_unclear || self.death.is_some() || self.code.is_some()
    }
}

/// What a change says of the identity code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeSignal {
    /// Another code is valid now.
    ReplacedBy(IdentityCode),
    /// The code is no longer valid and has no successor.
    Passivated,
    /// The code changed, and the permit does not grant how.
    SignalledOnly,
}

/// Reads the signals of one change of the person with this code. Never fails: what is not understood makes
/// the signals uncertain.
pub fn signals(code: &IdentityCode, groups: &[Value], asked: &Grants) -> Signals {
    let mut reading = Reading::new(asked, code);
    // Protection first, wherever it stands in the entry.
    for group in groups.iter().filter(|group| groups::name_of(group) == Some(PROTECTION)) {
        reading.take(group);
    }
    for group in groups.iter().filter(|group| groups::name_of(group) != Some(PROTECTION)) {
        reading.take(group);
    }
    reading.finish()
}

/// The kind of a change (`muutosattribuutti`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attribute {
    /// LISATTY, MUUTETTU, KORJATTU, or LISATIETO, which repeats what is in force.
    InForce,
    /// KORJATTAVA: the wrong value that is about to be corrected. Never applied.
    ToCorrect,
    /// POISTETTU: removed as wrong.
    Removed,
    /// A word we do not know, or none.
    Unknown,
}

impl Attribute {
    fn of(fields: Fields<'_>) -> Self {
        match fields.value("muutosattribuutti").and_then(Value::as_str) {
            Some("LISATTY" | "MUUTETTU" | "KORJATTU" | "LISATIETO") => Self::InForce,
            Some("KORJATTAVA") => Self::ToCorrect,
            Some("POISTETTU") => Self::Removed,
            _ => Self::Unknown,
        }
    }
}

/// Whether and when a person died, as one group says it.
type Said = (bool, Option<PartialDate>);

struct Reading<'a> {
    asked: &'a Grants,
    code: &'a IdentityCode,
    signals: Signals,
    death: Option<Said>,
    declared: Option<Said>,
    code_rows: Vec<code::CodeRow>,
    /// Groups whose wrong value was announced and whose right one has not come yet.
    awaiting_correction: Vec<String>,
}

impl<'a> Reading<'a> {
    fn new(asked: &'a Grants, code: &'a IdentityCode) -> Self {
        Self {
            asked,
            code,
            signals: Signals::default(),
            death: None,
            declared: None,
            code_rows: Vec::new(),
            awaiting_correction: Vec::new(),
        }
    }

    fn take(&mut self, group: &Value) {
        let Some(name) = groups::name_of(group) else {
            self.signals.uncertain = true;
            return;
        };
        if !groups::granted(name, self.asked) {
            if name == CODE_CHANGE {
                self.signals.code = Some(CodeSignal::SignalledOnly);
            }
            return;
        }
        let Ok(fields) = Fields::of(name, group) else {
            self.signals.uncertain = true;
            return;
        };
        let attribute = Attribute::of(fields);
        self.follow_corrections(name, attribute);
        if attribute != Attribute::ToCorrect && withholds(fields) {
            self.signals.protection = Some(true);
        }
        let taken = match name {
            PROTECTION => self.take_protection(fields, attribute),
            DEATH => take_death(fields, attribute, "kuolinpv", &mut self.death),
            DECLARED_DEAD => take_death(fields, attribute, "kuolleeksijulistamispv", &mut self.declared),
            CODE_CHANGE => self.take_code(fields, attribute),
            _ => Ok(()),
        };
        let removed_to_nothing =
            attribute == Attribute::Removed && in_force_now(fields).is_none_or(<[Value]>::is_empty);
        self.signals.uncertain |= taken.is_err() || removed_to_nothing || attribute == Attribute::Unknown;
        self.signals.protection_unclear |= taken.is_err() && name == PROTECTION;
    }

    fn follow_corrections(&mut self, name: &str, attribute: Attribute) {
        match attribute {
            Attribute::ToCorrect => self.awaiting_correction.push(name.to_owned()),
            Attribute::InForce | Attribute::Removed | Attribute::Unknown => {
                if let Some(at) = self.awaiting_correction.iter().position(|waiting| waiting == name) {
                    self.awaiting_correction.remove(at);
                }
            }
        }
    }

    /// A "yes" under an unknown word is believed, a "no" is not. A removal ends nothing unless what is in
    /// force now says so.
    fn take_protection(&mut self, fields: Fields<'_>, attribute: Attribute) -> Result<(), Unreadable> {
        let rows = match attribute {
            Attribute::ToCorrect => return Ok(()),
            Attribute::InForce | Attribute::Unknown => vec![fields],
            Attribute::Removed => fields.objects("voimassaolevatTiedot")?.unwrap_or_default(),
        };
        for row in rows {
            let active = row.flag("turvakieltoAktiivinen")?;
            let active = active.ok_or_else(|| row.wrong("turvakieltoAktiivinen", "is missing"))?;
            if active {
                self.signals.protection = Some(true);
            } else if attribute != Attribute::Unknown {
                self.signals.protection = self.signals.protection.or(Some(false));
            }
        }
        Ok(())
    }

    fn take_code(&mut self, fields: Fields<'_>, attribute: Attribute) -> Result<(), Unreadable> {
        let rows = match attribute {
            Attribute::ToCorrect | Attribute::Unknown => return Ok(()),
            Attribute::InForce => vec![fields],
            Attribute::Removed => fields.objects("voimassaolevatTiedot")?.unwrap_or_default(),
        };
        for row in rows {
            self.code_rows.push(code::read(row)?);
        }
        Ok(())
    }

    fn finish(mut self) -> Signals {
        self.signals.death = person::together(self.death, self.declared);
        match code::status(self.code, &self.code_rows) {
            Some(CodeStatus::ReplacedBy(new)) => self.signals.code = Some(CodeSignal::ReplacedBy(new)),
            Some(CodeStatus::Passivated) => self.signals.code = Some(CodeSignal::Passivated),
            Some(CodeStatus::NotSaid | CodeStatus::Valid) => {}
            None => self.signals.uncertain = true,
        }
        self.signals.uncertain |= !self.awaiting_correction.is_empty();
        self.signals
    }
}

/// Takes what a record says of death, in the order of the entry. A date that cannot be read makes the entry
/// uncertain and does not hide the death itself.
fn take_death(
    fields: Fields<'_>,
    attribute: Attribute,
    date_key: &str,
    said: &mut Option<Said>,
) -> Result<(), Unreadable> {
    match attribute {
        Attribute::ToCorrect | Attribute::Unknown => {}
        Attribute::InForce => {
            let dead = person::dead(fields)?;
            *said = Some((dead, None));
            *said = Some((dead, person::date_of_death(fields, dead, date_key)?));
        }
        Attribute::Removed => {
            *said = Some((false, None));
            for row in fields.objects("voimassaolevatTiedot")?.unwrap_or_default() {
                if person::dead(row)? {
                    *said = Some((true, None));
                    *said = Some((true, person::date_of_death(row, true, date_key)?));
                }
            }
        }
    }
    Ok(())
}

/// Whether an order withholds fields from a record or from what is in force instead of it.
fn withholds(fields: Fields<'_>) -> bool {
    let inside = in_force_now(fields).is_some_and(|rows| rows.iter().any(|row| row.get(WITHHELD).is_some()));
    inside || fields.value(WITHHELD).is_some()
}

fn in_force_now(fields: Fields<'_>) -> Option<&[Value]> {
    fields.value("voimassaolevatTiedot").and_then(Value::as_array).map(Vec::as_slice)
}
