//! Why a person may be asked about: the closed list of purposes, each with its legal basis.
//!
//! A request to VTJ cannot be built without a [`Purpose`]. Installations may add purposes by configuration;
//! none for marketing can be made (the privacy notices promise that data is never used so). A [`PurposeRule`]
//! says under which conditions a single person may be asked about for a purpose.

use std::collections::BTreeSet;

use crate::municipality::{FieldGroup, Grants, Municipality, MunicipalityCode};
use crate::quota::{Ceilings, Urgency};

/// A purpose of use, by its configured name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct Purpose(String);

/// Why a purpose cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PurposeError {
    /// The name is not lower case letters and underscores.
    #[error("purpose {0:?}: use lower case letters a-z and underscores, at most 40")]
    Name(String),
    /// The name speaks of marketing.
    #[error("purpose {0:?}: data of the population register is never used for marketing")]
    Marketing(String),
    /// No legal basis is given.
    #[error("purpose {0:?}: a legal basis is needed, such as the statute and section")]
    NoLegalBasis(String),
}

/// Words that give a purpose away as marketing, in the three languages.
const MARKETING_WORDS: [&str; 9] =
    ["market", "markkin", "advert", "mainos", "reklam", "campaign", "kampanj", "promo", "sales"];

impl Purpose {
    /// Names a purpose.
    ///
    /// # Errors
    /// When the name has other characters than `a-z` and `_`, or speaks of marketing.
    pub fn new(name: &str) -> Result<Self, PurposeError> {
        let well_formed = (1..=40).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !well_formed {
            return Err(PurposeError::Name(name.to_owned()));
        }
        if MARKETING_WORDS.iter().any(|word| name.contains(word)) {
            return Err(PurposeError::Marketing(name.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The upkeep of the whole register through the change interface.
    pub fn register_upkeep() -> Self {
        Self("register_upkeep".to_owned())
    }

    /// A death to confirm before a letter is sent.
    fn confirm_death() -> Self {
        Self("confirm_death".to_owned())
    }

    /// The name, as in configuration, database and JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A purpose and the statute it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroundedPurpose {
    /// The purpose.
    pub purpose: Purpose,
    /// The legal basis, as printed in the disclosure log.
    pub legal_basis: String,
}

impl GroundedPurpose {
    /// Joins a purpose and its legal basis.
    ///
    /// # Errors
    /// When the basis is empty, or the name is refused by [`Purpose::new`].
    pub fn new(name: &str, legal_basis: &str) -> Result<Self, PurposeError> {
        let purpose = Purpose::new(name)?;
        if legal_basis.trim().is_empty() {
            return Err(PurposeError::NoLegalBasis(name.to_owned()));
        }
        Ok(Self { purpose, legal_basis: legal_basis.trim().to_owned() })
    }
}

/// Under which conditions a single person may be asked about for a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurposeRule {
    /// The purpose and its legal basis.
    pub grounded: GroundedPurpose,
    /// The field groups it needs; `None` is whatever the municipality's permit grants.
    pub groups: Option<BTreeSet<FieldGroup>>,
    /// The municipalities that may use it; `None` is every one.
    pub municipalities: Option<BTreeSet<MunicipalityCode>>,
    /// The most queries for it in the whole installation.
    pub ceilings: Ceilings,
    /// Whether it may use the reserve of the day.
    pub urgent: bool,
}

impl PurposeRule {
    /// A purpose that every municipality may use for all that its permit grants, without a ceiling of its own. To
    /// confirm a death is urgent.
    pub fn new(grounded: GroundedPurpose) -> Self {
        let urgent = grounded.purpose == Purpose::confirm_death();
        Self { grounded, groups: None, municipalities: None, ceilings: Ceilings::default(), urgent }
    }

    /// The name of the purpose.
    pub fn name(&self) -> &str {
        self.grounded.purpose.as_str()
    }

    /// What may be asked for: what the permit grants and the purpose needs, and protection always.
    pub fn grants(&self, municipality: &Municipality) -> Grants {
        let needed = |group: &FieldGroup| self.groups.as_ref().is_none_or(|groups| groups.contains(group));
        Grants::new(municipality.grants.iter().filter(needed))
    }

    /// Whether a municipality may use it for single persons. The upkeep of the whole register is for the change
    /// interface alone.
    pub fn is_open_to(&self, municipality: &MunicipalityCode) -> bool {
        self.grounded.purpose != Purpose::register_upkeep()
            && self.municipalities.as_ref().is_none_or(|open_to| open_to.contains(municipality))
    }

    /// Whether its queries may use the reserve.
    pub fn urgency(&self) -> Urgency {
        if self.urgent { Urgency::Urgent } else { Urgency::CanWait }
    }
}

/// The rules of [`default_purposes`].
pub fn default_rules() -> Vec<PurposeRule> {
    default_purposes().into_iter().map(PurposeRule::new).collect()
}

/// The legal basis of keeping the register, as the disclosure log has it.
pub const LIBRARY_TASK: &str = "GDPR 6(1)(c); Public Libraries Act 1492/2016; data permit under Act 661/2009";
/// The legal basis of getting loans and their fees back.
pub const LENDING: &str =
    "GDPR 6(1)(c); Public Libraries Act 1492/2016 section 15; data permit under Act 661/2009";

/// The purposes every installation has, with the statutes that Finnish public libraries cite for them.
pub fn default_purposes() -> Vec<GroundedPurpose> {
    [
        ("register_upkeep", LIBRARY_TASK),
        ("debt_collection", LENDING),
        ("returned_mail", LIBRARY_TASK),
        ("desk", LIBRARY_TASK),
        ("confirm_death", LIBRARY_TASK),
    ]
    .into_iter()
    .map(|(name, basis)| GroundedPurpose { purpose: Purpose(name.to_owned()), legal_basis: basis.to_owned() })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::MunicipalityName;

    #[test]
    fn no_purpose_for_marketing_can_be_made() {
        for name in ["marketing", "suoramarkkinointi", "mainosposti", "reklam"] {
            assert!(matches!(Purpose::new(name), Err(PurposeError::Marketing(_))), "{name}");
        }
    }

    #[test]
    fn a_purpose_needs_a_legal_basis() {
        assert!(matches!(GroundedPurpose::new("inventory", " "), Err(PurposeError::NoLegalBasis(_))));
        assert!(GroundedPurpose::new("inventory", "Act 1/2030").is_ok());
    }

    fn town() -> Municipality {
        Municipality {
            code: MunicipalityCode::parse("710").unwrap(),
            name: MunicipalityName { fi: String::new(), sv: String::new(), en: String::new() },
            languages: Vec::new(),
            grants: Grants::new([FieldGroup::Address, FieldGroup::Name]),
            propose_temporary_address: false,
        }
    }

    fn rule(name: &str) -> PurposeRule {
        PurposeRule::new(GroundedPurpose::new(name, "Act 1/2030").unwrap())
    }

    #[test]
    fn only_what_the_permit_grants_and_the_purpose_needs_is_asked_for_and_protection_always() {
        assert_eq!(rule("desk").grants(&town()), town().grants);
        let groups = Some(BTreeSet::from([FieldGroup::Name, FieldGroup::Death]));
        let narrow = PurposeRule { groups, ..rule("desk") };
        assert_eq!(narrow.grants(&town()), Grants::new([FieldGroup::Name]));
        assert!(narrow.grants(&town()).allow(FieldGroup::Protection));
    }

    #[test]
    fn a_purpose_is_open_to_its_municipalities_and_upkeep_to_none() {
        let elsewhere = MunicipalityCode::parse("078").unwrap();
        let only = PurposeRule { municipalities: Some(BTreeSet::from([elsewhere.clone()])), ..rule("desk") };
        assert!(rule("desk").is_open_to(&town().code));
        assert!(only.is_open_to(&elsewhere) && !only.is_open_to(&town().code));
        assert!(!rule("register_upkeep").is_open_to(&town().code));
    }

    #[test]
    fn to_confirm_a_death_is_urgent() {
        let urgent: Vec<String> =
            default_rules().iter().filter(|rule| rule.urgent).map(|rule| rule.name().to_owned()).collect();
        assert_eq!(urgent, ["confirm_death"]);
    }

    #[test]
    fn every_default_purpose_is_well_formed_and_grounded() {
        for known in default_purposes() {
            assert_eq!(Purpose::new(known.purpose.as_str()), Ok(known.purpose.clone()));
            assert!(!known.legal_basis.is_empty());
        }
    }
}
