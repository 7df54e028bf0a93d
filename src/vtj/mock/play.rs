//! What an entry of the log makes of a person's base data.
//!
//! For each data group an entry names, the person's records of that group are replaced by the entry's
//! records that are in force. `LISATTY`, `MUUTETTU`, `KORJATTU` and `LISATIETO` give the record itself unless
//! it has ended; `KORJATTAVA`, the wrong value before its correction, gives nothing; `POISTETTU` gives the
//! records under its `voimassaolevatTiedot`, or none. A group of which an entry says only `KORJATTAVA`, or
//! an attribute that VTJ does not have, stays as it was. Base data carries no change attributes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::date::PartialDate;
use crate::identity_code::IdentityCode;

/// The keys under which a record says that it has ended or will.
const END_DATES: [&str; 4] = ["loppupv", "kunnastaPoisMuuttopv", "huoltosuhteenLoppupv", "paatymispv"];

/// Groups of this kind hold ended records by their nature.
const FORMER: [&str; 2] = ["EDELLINEN_", "ENTINEN_"];

/// The data group of a code change.
const CODE_CHANGE: &str = "HENKILOTUNNUS_KORJAUS";

/// The base data of a person of whom nothing is known yet.
pub(super) fn no_groups() -> Box<RawValue> {
    raw("[]".to_owned())
}

/// The base data after an entry, or nothing when the entry leaves it as it is.
pub(super) fn after(base: &RawValue, entry: &RawValue, today: NaiveDate) -> Option<Box<RawValue>> {
    let entry: Vec<Value> = serde_json::from_str(entry.get()).ok()?;
    let mut named: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in entry {
        let Value::Object(record) = record else { continue };
        let Some(group) = record.get("tietoryhma").and_then(Value::as_str).map(str::to_owned) else {
            continue;
        };
        if let Some(in_force) = in_force(&group, record, today) {
            named.entry(group).or_default().extend(in_force);
        }
    }
    if named.is_empty() {
        return None;
    }
    let base: Vec<&RawValue> = serde_json::from_str(base.get()).ok()?;
    let kept =
        base.into_iter().filter(|record| group_name(record).is_none_or(|group| !named.contains_key(&group)));
    let kept = kept.map(|record| record.get().to_owned());
    let new = named.values().flatten().map(Value::to_string);
    Some(raw(format!("[{}]", kept.chain(new).collect::<Vec<_>>().join(","))))
}

/// The name of a data group's record, if it has one.
pub(super) fn group_name(record: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        tietoryhma: String,
    }
    serde_json::from_str::<Named>(record.get()).ok().map(|named| named.tietoryhma)
}

/// The codes that the code-change records of a group list name, wrong ones left out.
pub(super) fn codes_named(groups: &RawValue) -> Vec<IdentityCode> {
    if !groups.get().contains(CODE_CHANGE) {
        return Vec::new();
    }
    let Ok(Value::Array(groups)) = serde_json::from_str(groups.get()) else { return Vec::new() };
    let wrong =
        |record: &Value| matches!(record["muutosattribuutti"].as_str(), Some("KORJATTAVA" | "POISTETTU"));
    let changes = groups.iter().filter(|record| record["tietoryhma"] == CODE_CHANGE && !wrong(record));
    let mut codes = Vec::new();
    for record in changes {
        let former = record["edellisetHenkilotunnukset"].as_array().into_iter().flatten();
        let named = [&record["aktiivinenHenkilotunnus"], &record["muutettuHenkilotunnus"]];
        let texts = named.into_iter().chain(former).filter_map(Value::as_str);
        codes.extend(texts.filter_map(|text| IdentityCode::parse(text).ok()));
    }
    codes
}

/// The records that an entry's record puts in force; nothing when it says nothing about that.
fn in_force(group: &str, mut record: Map<String, Value>, today: NaiveDate) -> Option<Vec<Value>> {
    let attribute = record.remove("muutosattribuutti");
    let instead = record.remove("voimassaolevatTiedot");
    match attribute.as_ref().map(|attribute| attribute.as_str().unwrap_or_default()) {
        None | Some("LISATTY" | "MUUTETTU" | "KORJATTU" | "LISATIETO") => {
            let ended = !FORMER.iter().any(|former| group.starts_with(former)) && has_ended(&record, today);
            Some(if ended { Vec::new() } else { vec![Value::Object(record)] })
        }
        Some("POISTETTU") => {
            let Some(Value::Array(instead)) = instead else { return Some(Vec::new()) };
            Some(instead.into_iter().filter_map(|record| plain(group, record)).collect())
        }
        Some(_) => None,
    }
}

/// A record of `voimassaolevatTiedot` as base data has it; the group's name is often left out there.
fn plain(group: &str, record: Value) -> Option<Value> {
    let Value::Object(mut record) = record else { return None };
    record.remove("muutosattribuutti");
    record.entry("tietoryhma").or_insert_with(|| Value::from(group));
    Some(Value::Object(record))
}

fn has_ended(record: &Map<String, Value>, today: NaiveDate) -> bool {
    END_DATES.iter().filter_map(|key| record.get(*key)).filter_map(date).any(|end| end.last_day() <= today)
}

/// A date as VTJ writes it, `{"arvo": …, "tarkkuus": …}`; one that cannot be read ends nothing.
pub(super) fn date(value: &Value) -> Option<PartialDate> {
    let date = PartialDate::parse(value["arvo"].as_str()?).ok()?;
    let PartialDate::Day(day) = date else { return Some(date) };
    Some(match value["tarkkuus"].as_str() {
        Some("VUOSI") => PartialDate::year_of(day),
        Some("KUUKAUSI") => PartialDate::month_of(day),
        _ => date,
    })
}

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).expect("joined from JSON texts")
}
