//! Where a statement about a patron comes from: VTJ, or another provider that the library has asked.
//!
//! A library may check contact and personal data from VTJ "or from the services of another outside
//! maintainer". Such a provider is a weaker source: it speaks of names, address and language only, never of a
//! death and never of non-disclosure, and everywhere where its word stands, its name stands too.

use chrono::{DateTime, Utc};

use crate::municipality::Language;
use crate::protected::Protected;

/// A provider's name has at most so many characters.
const LONGEST_PROVIDER: usize = 40;

/// What stands before a provider's name.
const EXTERNAL: &str = "external:";

/// Where a statement comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Source {
    /// The Population Information System.
    #[default]
    Vtj,
    /// Another provider.
    External(Provider),
}

impl Source {
    /// The word in the database, in JSON and in the register's own record of sources: `vtj`, or
    /// `external:NAME`.
    pub fn word(&self) -> String {
        match self {
            Self::Vtj => "vtj".to_owned(),
            Self::External(provider) => format!("{EXTERNAL}{}", provider.as_str()),
        }
    }

    /// Reads the word that [`Source::word`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.strip_prefix(EXTERNAL) {
            Some(name) => Provider::new(name).ok().map(Self::External),
            None => (word == "vtj").then_some(Self::Vtj),
        }
    }
}

/// The name of a provider other than VTJ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provider(String);

/// A word that cannot be the name of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Other characters, or too many, or none.
    #[error(
        "a provider's name has 1 to {LONGEST_PROVIDER} characters of a-z, 0-9, `-`, `_` and `.`, and begins with a letter"
    )]
    Shape,
    /// VTJ is not another provider.
    #[error("vtj is the Population Information System itself: name the provider that the file comes from")]
    Vtj,
}

impl Provider {
    /// Reads a name. Capital letters are taken for small ones, so that one provider has one name.
    ///
    /// # Errors
    /// When the word cannot be a name.
    pub fn new(name: &str) -> Result<Self, ProviderError> {
        let name = name.trim().to_ascii_lowercase();
        let fits = name.len() <= LONGEST_PROVIDER
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name
                .chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "-_.".contains(one));
        match (fits, name.as_str()) {
            (false, _) => Err(ProviderError::Shape),
            (true, "vtj") => Err(ProviderError::Vtj),
            (true, _) => Ok(Self(name)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a provider says of a patron. `None` is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who says so.
    pub provider: Provider,
    /// From when it holds, by the provider's word; else when it was received.
    pub said_at: DateTime<Utc>,
    /// Surname.
    pub last_name: Option<String>,
    /// First names.
    pub first_names: Option<String>,
    /// Where the person can be found. Protected when the patron is.
    pub address: Protected<ClaimedAddress>,
    /// The language the person wants to be written to in.
    pub language: Option<Language>,
}

/// What a provider says, as it is read and sealed. `None` is not said.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Said {
    /// Surname.
    pub last_name: Option<String>,
    /// First names.
    pub first_names: Option<String>,
    /// The address columns.
    pub address: ClaimedAddress,
    /// The contact language.
    pub language: Option<Language>,
}

impl Said {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// The address columns as far as a provider says something of them.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ClaimedAddress {
    /// Street line.
    pub street_address: Option<String>,
    /// c/o line.
    pub care_of: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Post town.
    pub city: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_reads_back_what_it_writes() {
        let posti = Source::External(Provider::new("Posti-Moves").unwrap());
        assert_eq!(posti.word(), "external:posti-moves");
        for source in [Source::Vtj, posti] {
            assert_eq!(Source::from_word(&source.word()), Some(source));
        }
        for word in ["", "VTJ", "external:", "external:vtj", "external:two words", "posti"] {
            assert_eq!(Source::from_word(word), None, "{word}");
        }
    }

    #[test]
    fn a_provider_is_one_plain_word_and_not_vtj() {
        for name in ["", "1st", "-x", "a b", "ä", "a;b", "a\n", &"a".repeat(41)] {
            let expected =
                if name == "a\n" { Ok(Provider("a".to_owned())) } else { Err(ProviderError::Shape) };
            assert_eq!(Provider::new(name), expected, "{name:?}");
        }
        assert_eq!(Provider::new(" VTJ "), Err(ProviderError::Vtj));
        assert_eq!(Provider::new("moves.example_2").unwrap().as_str(), "moves.example_2");
    }
}
