//! Why a person may be asked about: the closed list of purposes, each with its legal basis.
//!
//! A request to VTJ cannot be built without a [`Purpose`]. Installations may add purposes by configuration;
//! none for marketing can be made (the privacy notices promise that data is never used so).

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

/// The purposes every installation has, with the statutes that Finnish public libraries cite for them.
pub fn default_purposes() -> Vec<GroundedPurpose> {
    let library_task = "GDPR 6(1)(c); Public Libraries Act 1492/2016; data permit under Act 661/2009";
    let lending = "GDPR 6(1)(c); Public Libraries Act 1492/2016 section 15; data permit under Act 661/2009";
    [
        ("register_upkeep", library_task),
        ("debt_collection", lending),
        ("returned_mail", library_task),
        ("desk", library_task),
        ("confirm_death", library_task),
    ]
    .into_iter()
    .map(|(name, basis)| GroundedPurpose { purpose: Purpose(name.to_owned()), legal_basis: basis.to_owned() })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn every_default_purpose_is_well_formed_and_grounded() {
        for known in default_purposes() {
            assert_eq!(Purpose::new(known.purpose.as_str()), Ok(known.purpose.clone()));
            assert!(!known.legal_basis.is_empty());
        }
    }
}
