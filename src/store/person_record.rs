//! A person record as it is sealed: the same facts, in a form that can be written and read back.

use serde::{Deserialize, Serialize};

use super::{Result, StoreError};
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants, Language};
use crate::person::{CodeStatus, Contact, Death, Guardian, GuardianRole, PersonName, PersonRecord};
use crate::protected::{Protected, Protection};

/// What is sealed of a person.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SealedPerson {
    /// The code VTJ is asked about: the register's, or the one that replaced it.
    pub code: Option<String>,
    /// The register's code when that was decided.
    pub register_code: Option<String>,
    /// VTJ's last answer.
    pub record: Option<StoredRecord>,
    /// What the change feed said of a death since base data last spoke of it.
    pub death_signal: Option<Death>,
    /// The part of an answer that could not be understood, for review.
    pub unreadable: Option<String>,
    /// The guardians a person last took note of.
    pub known_guardians: Option<Vec<StoredGuardian>>,
}

impl SealedPerson {
    /// The code VTJ is asked about.
    ///
    /// # Errors
    /// When the stored text is not a code.
    pub fn followed_code(&self) -> Result<Option<IdentityCode>> {
        self.code.as_deref().map(code).transpose()
    }
}

/// A person record at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRecord {
    code: String,
    code_status: StoredCodeStatus,
    former_codes: Vec<String>,
    birth_date: Option<PartialDate>,
    name: Option<PersonName>,
    contact: Contact,
    protection: Protection,
    protection_said: Option<bool>,
    death: Option<Death>,
    contact_language: Option<Language>,
    guardians: Option<Vec<StoredGuardian>>,
    grants: Vec<FieldGroup>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredCodeStatus {
    NotSaid,
    Valid,
    ReplacedBy(String),
    Passivated,
}

/// A guardian at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredGuardian {
    code: Option<String>,
    name: PersonName,
    role: GuardianRole,
}

impl From<&PersonRecord> for StoredRecord {
    fn from(record: &PersonRecord) -> Self {
        Self {
            code: record.code.expose().to_owned(),
            code_status: match &record.code_status {
                CodeStatus::NotSaid => StoredCodeStatus::NotSaid,
                CodeStatus::Valid => StoredCodeStatus::Valid,
                CodeStatus::ReplacedBy(code) => StoredCodeStatus::ReplacedBy(code.expose().to_owned()),
                CodeStatus::Passivated => StoredCodeStatus::Passivated,
            },
            former_codes: record.former_codes.iter().map(|code| code.expose().to_owned()).collect(),
            birth_date: record.birth_date,
            name: record.name.clone(),
            contact: record.contact.for_sealing().clone(),
            protection: record.protection(),
            protection_said: record.protection_said,
            death: record.death,
            contact_language: record.contact_language,
            guardians: record.guardians.as_ref().map(|guardians| guardians.iter().map(Into::into).collect()),
            grants: record.grants.iter().collect(),
        }
    }
}

impl StoredRecord {
    /// The record as the core knows it.
    ///
    /// # Errors
    /// When a stored code is not one.
    pub fn record(&self) -> Result<PersonRecord> {
        Ok(PersonRecord {
            code: code(&self.code)?,
            code_status: match &self.code_status {
                StoredCodeStatus::NotSaid => CodeStatus::NotSaid,
                StoredCodeStatus::Valid => CodeStatus::Valid,
                StoredCodeStatus::ReplacedBy(text) => CodeStatus::ReplacedBy(code(text)?),
                StoredCodeStatus::Passivated => CodeStatus::Passivated,
            },
            former_codes: self.former_codes.iter().map(|text| code(text)).collect::<Result<_>>()?,
            birth_date: self.birth_date,
            name: self.name.clone(),
            contact: Protected::new(self.contact.clone(), self.protection),
            protection_said: self.protection_said,
            death: self.death,
            contact_language: self.contact_language,
            guardians: match &self.guardians {
                None => None,
                Some(guardians) => {
                    Some(guardians.iter().map(StoredGuardian::guardian).collect::<Result<_>>()?)
                }
            },
            grants: Grants::new(self.grants.iter().copied()),
        })
    }

    /// The same record without any contact details, and with what VTJ said of protection kept: how answers
    /// about a protected person are stored.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { contact: Contact::default(), ..self.clone() }
    }

    /// What the record says of a death.
    pub fn death(&self) -> Option<Death> {
        self.death
    }

    /// The same record without anything that leads to a door: what is kept when protection starts.
    #[must_use]
    pub fn without_contact(&self) -> Self {
        Self { contact: Contact::default(), protection: Protection::Yes, ..self.clone() }
    }
}

impl From<&Guardian> for StoredGuardian {
    fn from(guardian: &Guardian) -> Self {
        Self {
            code: guardian.code.as_ref().map(|code| code.expose().to_owned()),
            name: guardian.name.clone(),
            role: guardian.role,
        }
    }
}

impl StoredGuardian {
    /// The guardian as the core knows them.
    ///
    /// # Errors
    /// When a stored code is not one.
    pub fn guardian(&self) -> Result<Guardian> {
        Ok(Guardian {
            code: self.code.as_deref().map(code).transpose()?,
            name: self.name.clone(),
            role: self.role,
        })
    }
}

fn code(text: &str) -> Result<IdentityCode> {
    IdentityCode::parse(text).map_err(|_| StoreError::inconsistent("person", "sealed"))
}
