//! A municipality: one controller of the register, what its data permit grants, and its languages.
//!
//! Each municipality names the groups of fields it may use. Only granted groups are asked for; of anything
//! else that arrives, the name is counted and the content dropped before it is stored.

use std::collections::BTreeSet;

/// The three-digit code of a municipality, leading zeros kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct MunicipalityCode(String);

/// A text that is not a municipality code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("municipality {0:?}: write the three digits of the code, such as 710")]
pub struct NotAMunicipality(pub String);

impl MunicipalityCode {
    /// Reads a code of three digits.
    ///
    /// # Errors
    /// When the text is not three digits.
    pub fn parse(text: &str) -> Result<Self, NotAMunicipality> {
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAMunicipality(text.to_owned()))
        }
    }

    /// The three digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A language in which a library writes to a patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Finnish.
    Fi,
    /// Swedish.
    Sv,
    /// English.
    En,
}

impl Language {
    /// The two letters of ISO 639-1.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fi => "fi",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// Reads the two letters.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Fi, Self::Sv, Self::En].into_iter().find(|known| known.as_str() == code)
    }
}

/// A group of fields that a data permit grants or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldGroup {
    /// Addresses and home municipality. Implies [`FieldGroup::Protection`].
    Address,
    /// Names.
    Name,
    /// Death and declaration of death.
    Death,
    /// Non-disclosure for personal safety. Asked for about everyone.
    Protection,
    /// Changes of the identity code, and the birth date.
    IdentityCode,
    /// The chosen contact language.
    Language,
    /// Custodians of a child, and legal guardians.
    Guardians,
}

impl FieldGroup {
    /// Every group, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Address,
        Self::Name,
        Self::Death,
        Self::Protection,
        Self::IdentityCode,
        Self::Language,
        Self::Guardians,
    ];

    /// The word used in configuration and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::Death => "death",
            Self::Protection => "protection",
            Self::IdentityCode => "identity_code",
            Self::Language => "language",
            Self::Guardians => "guardians",
        }
    }
}

/// The groups a permit grants; never without protection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Grants(BTreeSet<FieldGroup>);

impl Grants {
    /// The grants of a permit. Protection is added: it is asked for about everyone, whatever a permit lists.
    pub fn new(groups: impl IntoIterator<Item = FieldGroup>) -> Self {
        let mut groups: BTreeSet<FieldGroup> = groups.into_iter().collect();
        groups.insert(FieldGroup::Protection);
        Self(groups)
    }

    /// Whether a group is granted.
    pub fn allow(&self, group: FieldGroup) -> bool {
        self.0.contains(&group)
    }

    /// The granted groups in order.
    pub fn iter(&self) -> impl Iterator<Item = FieldGroup> + '_ {
        self.0.iter().copied()
    }
}

/// What comparison must know of the municipality of a patron.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// The code.
    pub code: MunicipalityCode,
    /// Its name in Finnish, Swedish and English.
    pub name: MunicipalityName,
    /// Its languages, the first one first.
    pub languages: Vec<Language>,
    /// What its permit grants.
    pub grants: Grants,
    /// Whether a temporary address may be proposed. It may be a shelter or a hospital: off unless turned on.
    pub propose_temporary_address: bool,
}

/// A name in three languages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MunicipalityName {
    /// In Finnish.
    pub fi: String,
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
}

impl MunicipalityName {
    /// The name in a language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Fi => &self.fi,
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}

impl Municipality {
    /// The language of an address when the patron has not chosen Finnish or Swedish: the first of the
    /// municipality's that an address can be written in.
    pub fn first_address_language(&self) -> Language {
        self.languages.iter().copied().find(|&language| language != Language::En).unwrap_or(Language::Fi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_is_granted_whatever_a_permit_lists() {
        assert!(Grants::new([FieldGroup::Name]).allow(FieldGroup::Protection));
        assert!(!Grants::new([FieldGroup::Name]).allow(FieldGroup::Address));
    }

    #[test]
    fn a_municipality_code_is_three_digits() {
        assert!(MunicipalityCode::parse("078").is_ok());
        for text in ["78", "0780", "07a", ""] {
            assert!(MunicipalityCode::parse(text).is_err(), "{text}");
        }
    }
}
