//! Readers of the lists: municipalities, purposes.

use std::collections::{BTreeMap, BTreeSet};

use super::problem::nearest;
use super::reader::{Found, Section};
use super::values;
use super::vtj::MOST_QUERIES;
use crate::municipality::{FieldGroup, Grants, Language, Municipality, MunicipalityCode, MunicipalityName};
use crate::purpose::{GroundedPurpose, Purpose, PurposeRule, default_rules};
use crate::quota::Ceilings;

/// The municipalities, and the ceilings of those that have their own.
pub(super) fn municipalities(
    root: &mut Section<'_>,
) -> (Vec<Municipality>, BTreeMap<MunicipalityCode, Ceilings>) {
    let mut read: Vec<Municipality> = Vec::new();
    let mut ceilings = BTreeMap::new();
    for mut section in root.tables("municipality") {
        let municipality = municipality(&mut section);
        let own = Ceilings {
            day: section.number_if_set("query_daily_ceiling", &MOST_QUERIES),
            month: section.number_if_set("query_monthly_ceiling", &MOST_QUERIES),
        };
        if let Some(municipality) = municipality {
            if own != Ceilings::default() {
                ceilings.insert(municipality.code.clone(), own);
            }
            if read.iter().any(|known| known.code == municipality.code) {
                let code = municipality.code.as_str();
                section.problem(None, format!("{}: {code} is there twice", section.name("code")), None);
            }
            read.push(municipality);
        }
        section.finish();
    }
    (read, ceilings)
}

fn municipality(section: &mut Section<'_>) -> Option<Municipality> {
    let code =
        section.needed("code", |text| MunicipalityCode::parse(text).map_err(|error| error.to_string()));
    let name = municipality_name(section);
    let languages = closed_list(section, "languages", &Language::from_code, &["fi", "sv", "en"]);
    let granted = field_groups(section);
    let propose_temporary_address = section.flag("propose_temporary_address", false);
    Some(Municipality {
        code: code?,
        name: name?,
        languages: languages?,
        grants: Grants::new(granted?),
        propose_temporary_address,
    })
}

/// A name in three languages; the Finnish one where another is left out.
pub(super) fn municipality_name(section: &mut Section<'_>) -> Option<MunicipalityName> {
    let mut name = section.table("name");
    if !name.is_present() {
        if !section.has("name") {
            let hint = "write name = { fi = \"…\", sv = \"…\", en = \"…\" }".to_owned();
            section.problem(None, format!("{}: this key is needed", section.name("name")), Some(hint));
        }
        return None;
    }
    let fi = name.needed("fi", values::some_text);
    let sv = name.parsed("sv", values::some_text);
    let en = name.parsed("en", values::some_text);
    name.finish();
    let fi = fi?;
    Some(MunicipalityName { sv: sv.unwrap_or_else(|| fi.clone()), en: en.unwrap_or_else(|| fi.clone()), fi })
}

/// A list of words of a closed set: needed, not empty, no word twice.
fn closed_list<T: PartialEq>(
    section: &mut Section<'_>,
    key: &'static str,
    convert: &dyn Fn(&str) -> Option<T>,
    known: &[&str],
) -> Option<Vec<T>> {
    let name = section.name(key);
    let is_given = section.has(key);
    let words = section.texts(key);
    if !is_given || words.as_ref().is_some_and(Vec::is_empty) {
        let hint = Some(format!("choose from {}", known.join(", ")));
        section.problem(None, format!("{name}: at least one is needed"), hint);
        return None;
    }
    let mut read = Vec::new();
    for Found { value: word, line } in words? {
        match convert(&word) {
            Some(value) if read.contains(&value) => {
                section.problem(Some(line), format!("{name}: {word:?} is there twice"), None);
            }
            Some(value) => read.push(value),
            None => section.problem(Some(line), format!("{name}: unknown {word:?}"), nearest(&word, known)),
        }
    }
    Some(read)
}

/// The field groups of a permit or a purpose.
fn field_groups(section: &mut Section<'_>) -> Option<Vec<FieldGroup>> {
    let known: Vec<&str> = FieldGroup::ALL.iter().map(|group| group.as_str()).collect();
    let group = |word: &str| FieldGroup::ALL.into_iter().find(|group| group.as_str() == word);
    closed_list(section, "field_groups", &group, &known)
}

/// The default purposes, then those of the file. One with a default's name changes that one.
pub(super) fn purposes(root: &mut Section<'_>, municipalities: &[Municipality]) -> Vec<PurposeRule> {
    let mut read = default_rules();
    let mut named = Vec::new();
    for mut section in root.tables("purpose") {
        let purpose = section.needed("name", |text| Purpose::new(text).map_err(|error| error.to_string()));
        let legal_basis = section.needed("legal_basis", values::some_text);
        let groups = section.has("field_groups").then(|| field_groups(&mut section)).flatten();
        let open_to = purpose_municipalities(&mut section, municipalities);
        let ceilings = Ceilings {
            day: section.number_if_set("daily_ceiling", &MOST_QUERIES),
            month: section.number_if_set("monthly_ceiling", &MOST_QUERIES),
        };
        let urgent = section.flag_if_set("urgent");
        if let (Some(purpose), Some(legal_basis)) = (purpose, legal_basis) {
            if named.contains(&purpose) {
                let name = purpose.as_str();
                section.problem(None, format!("{}: {name:?} is there twice", section.name("name")), None);
            }
            section.mark(format!("purpose.{}", purpose.as_str()));
            named.push(purpose.clone());
            let rule = PurposeRule::new(GroundedPurpose { purpose, legal_basis });
            let rule = PurposeRule {
                groups: groups.map(BTreeSet::from_iter),
                municipalities: open_to,
                ceilings,
                urgent: urgent.unwrap_or(rule.urgent),
                ..rule
            };
            match read.iter_mut().find(|known| known.name() == rule.name()) {
                Some(known) => *known = rule,
                None => read.push(rule),
            }
        }
        section.finish();
    }
    read
}

/// The municipalities that may use a purpose: some of those that the file has.
fn purpose_municipalities(
    section: &mut Section<'_>,
    municipalities: &[Municipality],
) -> Option<BTreeSet<MunicipalityCode>> {
    let known: Vec<&str> = municipalities.iter().map(|one| one.code.as_str()).collect();
    let code =
        |word: &str| municipalities.iter().map(|one| &one.code).find(|code| code.as_str() == word).cloned();
    section
        .has("municipalities")
        .then(|| closed_list(section, "municipalities", &code, &known))
        .flatten()
        .map(BTreeSet::from_iter)
}
