//! VTJ's data groups (tietoryhmät) and the field groups of a permit that they belong to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::safe_name;
use crate::municipality::{FieldGroup, Grants};

/// Non-disclosure for personal safety.
pub(super) const PROTECTION: &str = "TURVAKIELTO";
/// A change of the identity code, or the state of the code.
pub(super) const CODE_CHANGE: &str = "HENKILOTUNNUS_KORJAUS";
/// The day of death.
pub(super) const DEATH: &str = "KUOLINPAIVA";
/// A declaration of death.
pub(super) const DECLARED_DEAD: &str = "KUOLLEEKSIJULISTAMISPAIVA";
/// The list of the fields that an order withholds from a group. Its presence is the signal, not its content.
pub(super) const WITHHELD: &str = "turvakiellonAlaisetKentat";

/// The data groups to ask for under a permit, in a fixed order, `TURVAKIELTO` always among them.
pub fn data_groups(grants: &Grants) -> Vec<&'static str> {
    FieldGroup::ALL
        .into_iter()
        .filter(|&group| group == FieldGroup::Protection || grants.allow(group))
        .flat_map(|group| asked_for(group).iter().copied())
        .collect()
}

/// The field group that a data group belongs to; `None` for one that no permit of ours can grant.
pub fn field_group_of(data_group: &str) -> Option<FieldGroup> {
    if data_group == "HUOLTAJA" || data_group.starts_with("HUOLTAJA_") {
        return Some(FieldGroup::Guardians);
    }
    FieldGroup::ALL.into_iter().find(|&group| asked_for(group).contains(&data_group))
}

fn asked_for(group: FieldGroup) -> &'static [&'static str] {
    match group {
        FieldGroup::Address => &[
            "VAKINAINEN_KOTIMAINEN_OSOITE",
            "VAKINAINEN_ULKOMAINEN_OSOITE",
            "TILAPAINEN_KOTIMAINEN_OSOITE",
            "TILAPAINEN_ULKOMAINEN_OSOITE",
            "KOTIMAINEN_POSTIOSOITE",
            "ULKOMAINEN_POSTIOSOITE",
            "KOTIMAINEN_YHTEYSOSOITE",
            "ULKOMAINEN_YHTEYSOSOITE",
            "KOTIKUNTA",
        ],
        FieldGroup::Name => &["HENKILON_NIMI", "KUTSUMANIMI"],
        FieldGroup::Death => &[DEATH, DECLARED_DEAD],
        FieldGroup::Protection => &[PROTECTION],
        FieldGroup::IdentityCode => &[CODE_CHANGE, "SYNTYMAPAIVA"],
        FieldGroup::Language => &["ASIOINTIKIELI"],
        FieldGroup::Guardians => &["HUOLTAJA_SUPPEA", "EDUNVALVONTA"],
    }
}

/// Whether the content of a data group may be read under a permit.
pub(super) fn granted(data_group: &str, asked: &Grants) -> bool {
    field_group_of(data_group).is_some_and(|group| asked.allow(group))
}

/// The name of the data group an element of `tietoryhmat` is.
pub(super) fn name_of(element: &Value) -> Option<&str> {
    element.get("tietoryhma").and_then(Value::as_str)
}

/// Keeps what is granted; of the rest, counts the name and drops the content. An ungranted change of the
/// identity code leaves its bare name: that the person can no longer be followed must be known.
pub(super) fn keep_granted(
    elements: Vec<Value>,
    asked: &Grants,
    dropped: &mut BTreeMap<String, u64>,
) -> Vec<Value> {
    elements
        .into_iter()
        .filter_map(|element| {
            let name = name_of(&element).unwrap_or_default();
            if granted(name, asked) {
                return Some(element);
            }
            *dropped.entry(safe_name(name)).or_default() += 1;
            (name == CODE_CHANGE).then(|| serde_json::json!({ "tietoryhma": CODE_CHANGE }))
        })
        .collect()
}
