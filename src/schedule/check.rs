//! Whether a definition can be used here: what the configuration and the permits must say for it.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{AddressRefresh, Definition};
use crate::municipality::MunicipalityCode;
use crate::purpose::{Purpose, PurposeRule};
use crate::segment::SegmentRules;

/// The most people a budget can name: more than any register has.
pub const MOST_BUDGET: u32 = 10_000_000;

/// The longest name of an administrator's schedule, in characters.
const LONGEST_NAME: usize = 60;

/// What the configuration says that definitions depend on.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The municipalities with a permit, by code.
    pub municipalities: BTreeSet<&'a str>,
    /// Every purpose, by name.
    pub purposes: BTreeMap<&'a str, &'a PurposeRule>,
    /// Whether the change interface is configured.
    pub changes: bool,
    /// Whether the single-person query is configured.
    pub query: bool,
    /// What segments depend on.
    pub segment: &'a SegmentRules,
}

/// What is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The key of the configuration file that says it.
    pub key: &'static str,
    /// What is wrong, for who says it in other words.
    pub problem: Problem,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// What can be wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It names no municipality.
    NoMunicipality,
    /// These have no permit here.
    UnknownMunicipalities(Vec<String>),
    /// The segment depends on what the configuration does not say.
    Segment,
    /// No run can have such a budget.
    Budget,
    /// No start can be so late.
    StartWithin,
    /// There is no such purpose.
    UnknownPurpose,
    /// The change interface is not configured.
    NoChangeInterface,
    /// The purpose is not open to these municipalities.
    NotOpenTo(Vec<String>),
    /// The single-person query is not configured.
    NoQueryInterface,
}

impl Problem {
    /// The word of the texts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoMunicipality => "no_municipality",
            Self::UnknownMunicipalities(_) => "unknown_municipalities",
            Self::Segment => "segment",
            Self::Budget => "budget",
            Self::StartWithin => "start_within",
            Self::UnknownPurpose => "unknown_purpose",
            Self::NoChangeInterface => "no_change_interface",
            Self::NotOpenTo(_) => "not_open_to",
            Self::NoQueryInterface => "no_query_interface",
        }
    }

    /// The codes of the municipalities it is about.
    pub fn codes(&self) -> &[String] {
        match self {
            Self::UnknownMunicipalities(codes) | Self::NotOpenTo(codes) => codes,
            Self::NoMunicipality
            | Self::Segment
            | Self::Budget
            | Self::StartWithin
            | Self::UnknownPurpose
            | Self::NoChangeInterface
            | Self::NoQueryInterface => &[],
        }
    }
}

/// Everything that keeps a definition from being used.
pub fn wrong(definition: &Definition, known: &Known<'_>) -> Vec<Wrong> {
    let mut found = Vec::new();
    if let Some(refresh) = definition.refresh() {
        found.extend(municipalities(refresh, known));
        found.extend(purpose(refresh, known));
        found.extend(
            refresh
                .segment
                .check(known.segment)
                .err()
                .map(|error| of("segment", Problem::Segment, error.to_string())),
        );
        if !(1..=MOST_BUDGET).contains(&refresh.budget) {
            found.push(of(
                "budget",
                Problem::Budget,
                format!("write 1 to {MOST_BUDGET}: the most people one run may ask about"),
            ));
        }
    }
    if definition.start_within_minutes == Some(0) {
        found.push(of(
            "start_within",
            Problem::StartWithin,
            "write at least one minute, such as 6h".to_owned(),
        ));
    }
    found
}

/// Why a schedule of an administrator cannot have a name.
///
/// # Errors
/// Says what to write.
pub fn name(name: &str) -> Result<(), String> {
    let length = name.chars().count();
    let plain = |letter: char| letter.is_alphanumeric() || " -_.".contains(letter);
    if !(1..=LONGEST_NAME).contains(&length) || name.trim() != name || !name.chars().all(plain) {
        return Err(format!(
            "{name:?}: a name has 1 to {LONGEST_NAME} letters, digits, spaces, and - _ . between them"
        ));
    }
    Ok(())
}

fn of(key: &'static str, problem: Problem, message: String) -> Wrong {
    Wrong { key, problem, message }
}

fn municipalities(refresh: &AddressRefresh, known: &Known<'_>) -> Option<Wrong> {
    let list = || known.municipalities.iter().copied().collect::<Vec<_>>().join(", ");
    if refresh.municipalities.is_empty() {
        return Some(of(
            "municipalities",
            Problem::NoMunicipality,
            format!("name at least one of {}", list()),
        ));
    }
    let unknown: Vec<&str> = refresh
        .municipalities
        .iter()
        .map(String::as_str)
        .filter(|code| !known.municipalities.contains(code))
        .collect();
    (!unknown.is_empty()).then(|| {
        let message =
            format!("{} is not configured as [[municipality]]: choose from {}", unknown.join(", "), list());
        let codes = unknown.iter().map(|code| (*code).to_owned()).collect();
        of("municipalities", Problem::UnknownMunicipalities(codes), message)
    })
}

fn purpose(refresh: &AddressRefresh, known: &Known<'_>) -> Vec<Wrong> {
    let name = refresh.purpose.as_str();
    let Some(rule) = known.purposes.get(name) else {
        let names = known.purposes.keys().copied().collect::<Vec<_>>().join(", ");
        return vec![of(
            "purpose",
            Problem::UnknownPurpose,
            format!("{name:?} is not known: choose from {names}, or add a [[purpose]]"),
        )];
    };
    if name == Purpose::register_upkeep().as_str() {
        let message =
            "the upkeep of the register asks by base data of the change interface: write [vtj.changes]";
        return if known.changes {
            Vec::new()
        } else {
            vec![of("purpose", Problem::NoChangeInterface, message.to_owned())]
        };
    }
    let closed = |code: &&String| {
        MunicipalityCode::parse(code).is_ok_and(|municipality| !rule.is_open_to(&municipality))
    };
    let closed: Vec<&str> = refresh.municipalities.iter().filter(closed).map(String::as_str).collect();
    let mut found = Vec::new();
    if !closed.is_empty() {
        let codes = closed.iter().map(|code| (*code).to_owned()).collect();
        let closed = closed.join(", ");
        found.push(of(
            "purpose",
            Problem::NotOpenTo(codes),
            format!("{name} is not open to {closed}: leave these out, or open the [[purpose]] to them"),
        ));
    }
    if !known.query {
        found.push(of(
            "purpose",
            Problem::NoQueryInterface,
            format!("{name} asks by the single-person query: write [vtj.query], or take register_upkeep"),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purpose::default_rules;
    use crate::schedule::CronExpression;
    use crate::schedule::definition::{OverBudget, Work};
    use crate::segment::Segment;

    fn says(change: impl FnOnce(&mut AddressRefresh), query: bool) -> Vec<String> {
        let rules = default_rules();
        let known = Known {
            municipalities: BTreeSet::from(["710", "078"]),
            purposes: rules.iter().map(|rule| (rule.name(), rule)).collect(),
            changes: true,
            query,
            segment: &SegmentRules::default(),
        };
        let mut refresh = AddressRefresh {
            municipalities: BTreeSet::from(["710".to_owned()]),
            purpose: "debt_collection".to_owned(),
            segment: Segment::parse("open_debts").unwrap(),
            budget: 200,
            over_budget: OverBudget::Wait,
        };
        change(&mut refresh);
        let cron = CronExpression::parse("0 6 * * 3").unwrap();
        let definition = Definition::new(Work::AddressRefresh(refresh), cron);
        wrong(&definition, &known)
            .into_iter()
            .map(|wrong| format!("{}: {}", wrong.key, wrong.message))
            .collect()
    }

    #[test]
    fn what_fits_the_configuration_can_be_used() {
        assert_eq!(says(|_| {}, true), [""; 0]);
        let upkeep = |refresh: &mut AddressRefresh| {
            refresh.purpose = "register_upkeep".to_owned();
            refresh.budget = 40_000;
        };
        assert_eq!(says(upkeep, false), [""; 0]);
    }

    #[test]
    fn each_problem_says_what_to_write() {
        for (found, part) in [
            (says(|one| one.municipalities.clear(), true), "name at least one of 078, 710"),
            (says(|one| one.municipalities.extend(["091".to_owned()]), true), "091 is not configured"),
            (says(|one| one.purpose = "debts".to_owned(), true), "choose from confirm_death, "),
            (says(|one| one.budget = 0, true), "budget: write 1 to"),
            (says(|one| one.segment = Segment::parse("home_service").unwrap(), true), "home_service_groups"),
            (says(|_| {}, false), "write [vtj.query]"),
        ] {
            assert!(found.len() == 1 && found[0].contains(part), "{part:?} is not in {found:?}");
        }
    }

    #[test]
    fn a_name_has_letters_digits_and_a_few_marks() {
        for good in ["ennen perintää", "a", "Öbacka_2.b-c"] {
            assert_eq!(name(good), Ok(()));
        }
        for bad in ["", " a", "a ", "a/b", "a\nb", &"ä".repeat(61)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
