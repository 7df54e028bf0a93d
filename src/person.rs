//! A person as VTJ describes them: the same record whichever interface the answer came by.
//!
//! Absent is not empty: `None` in a record means that VTJ said nothing of it, and nothing is ever cleared
//! because of it. Whatever leads to a person's door is [`Protected`] from the moment it is read.

use chrono::{DateTime, NaiveDate, Utc};

use crate::address::AnyAddress;
use crate::date::PartialDate;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants, Language};
use crate::protected::{Protected, Protection};

/// What one answer of VTJ says about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// The code under which VTJ answered.
    pub code: IdentityCode,
    /// What VTJ says of the code itself.
    pub code_status: CodeStatus,
    /// Codes the person had before. For comparing, never for showing.
    pub former_codes: Vec<IdentityCode>,
    /// The date of birth, where VTJ states it apart from the code.
    pub birth_date: Option<PartialDate>,
    /// Names.
    pub name: Option<PersonName>,
    /// Where the person can be found, and what VTJ says of non-disclosure.
    pub contact: Protected<Contact>,
    /// What VTJ said of non-disclosure in words: an explicit yes or no. `None`: the group did not come, so a
    /// "no" of [`PersonRecord::protection`] is only the absence of an order, and ends nothing.
    pub protection_said: Option<bool>,
    /// What VTJ says of death. `None`: nothing.
    pub death: Option<Death>,
    /// The contact language the person chose.
    pub contact_language: Option<Language>,
    /// The child's custodians and legal guardians. `None`: nothing was said.
    pub guardians: Option<Vec<Guardian>>,
    /// What the municipality's permit granted when the answer was asked for.
    pub grants: Grants,
}

impl PersonRecord {
    /// What this answer says of non-disclosure.
    pub fn protection(&self) -> Protection {
        self.contact.protection()
    }

    /// Whether the answer is about the person whose code was asked for: the code itself, the code it was
    /// changed to, or one of the codes it replaced.
    pub fn answers_for(&self, asked: &IdentityCode) -> bool {
        let successor = match &self.code_status {
            CodeStatus::ReplacedBy(code) => Some(code),
            CodeStatus::Valid | CodeStatus::Passivated | CodeStatus::NotSaid => None,
        };
        &self.code == asked || successor == Some(asked) || self.former_codes.contains(asked)
    }

    /// This answer as it is to be kept, when it covers less than base data does: what it cannot speak of stays
    /// as it was known.
    ///
    /// `carried` is what the answer covers. The product of a single query that does not tell of
    /// non-disclosure has its contact details dropped; what an earlier answer said of both stays. Contact
    /// addresses, which no product carries, stay, too. `held` is the protection in force by our records, and
    /// an earlier "no" holds only while they say so.
    #[must_use]
    pub fn kept_over(self, earlier: Option<&Self>, carried: &Grants, held: Protection) -> Self {
        let untold = self.protection() == Protection::Unknown;
        let Some(earlier) = earlier.filter(|earlier| earlier.is_same_person(&self)) else {
            let nothing = Protected::new(Contact::default(), Protection::Unknown);
            let contact = if untold { nothing } else { self.contact };
            return Self { contact, ..self };
        };
        let contact = match (untold, carried.allow(FieldGroup::Address)) {
            (true, _) => earlier.contact.clone().under(held),
            (false, true) => self.contact.completed(&earlier.contact, Contact::with_contact_addresses),
            (false, false) => self.contact.completed(&earlier.contact, |_, earlier| earlier.clone()),
        };
        let code_status = match self.code_status {
            CodeStatus::NotSaid if earlier.code == self.code => earlier.code_status.clone(),
            said => said,
        };
        let mut former_codes = self.former_codes;
        for former in earlier.former_codes.iter().chain(std::iter::once(&earlier.code)) {
            if *former != self.code && !former_codes.contains(former) {
                former_codes.push(former.clone());
            }
        }
        let contact_language = if carried.allow(FieldGroup::Language) {
            self.contact_language
        } else {
            earlier.contact_language
        };
        Self {
            code_status,
            former_codes,
            birth_date: self.birth_date.or(earlier.birth_date),
            name: PersonName::kept_over(self.name, earlier.name.as_ref()),
            contact,
            protection_said: if untold { earlier.protection_said } else { self.protection_said },
            death: self.death.or(earlier.death),
            contact_language,
            guardians: self.guardians.or_else(|| earlier.guardians.clone()),
            grants: Grants::new(self.grants.iter().chain(earlier.grants.iter())),
            code: self.code,
        }
    }

    /// Whether two answers are about one person, by their codes.
    fn is_same_person(&self, later: &Self) -> bool {
        self.answers_for(&later.code) || later.answers_for(&self.code)
    }
}

/// What VTJ says of an identity code (HENKILOTUNNUS_KORJAUS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeStatus {
    /// Nothing was said, which is the usual case.
    NotSaid,
    /// The code is the person's valid one.
    Valid,
    /// Another code is valid now.
    ReplacedBy(IdentityCode),
    /// The code is no longer valid and has no successor.
    Passivated,
}

/// A person's names.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct PersonName {
    /// Surname, in full character set.
    pub last_name: String,
    /// All first names, in order.
    pub first_names: String,
    /// The name in use (kutsumanimi), where stated.
    pub name_in_use: Option<String>,
}

impl PersonName {
    /// A name as it is to be kept: the name in use stays while the first names do and nothing is said of it.
    fn kept_over(later: Option<Self>, earlier: Option<&Self>) -> Option<Self> {
        let Some(later) = later else { return earlier.cloned() };
        let in_use = earlier
            .filter(|earlier| earlier.first_names == later.first_names)
            .and_then(|earlier| earlier.name_in_use.clone());
        Some(Self { name_in_use: later.name_in_use.or(in_use), ..later })
    }
}

/// Where a person can be found.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Contact {
    /// Every address VTJ sent, with its kind and validity.
    pub addresses: Vec<DatedAddress>,
    /// Home municipality, three digits; `200` is abroad.
    pub home_municipality: Option<String>,
}

impl Contact {
    /// With the addresses of an earlier answer that no single query carries.
    fn with_contact_addresses(mut self, earlier: &Self) -> Self {
        let kept = earlier
            .addresses
            .iter()
            .filter(|dated| matches!(dated.kind, AddressKind::ContactDomestic | AddressKind::ContactForeign));
        self.addresses.extend(kept.cloned());
        self.home_municipality = self.home_municipality.or_else(|| earlier.home_municipality.clone());
        self
    }
}

/// An address, its kind, and when it holds.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DatedAddress {
    /// The kind.
    pub kind: AddressKind,
    /// The address itself.
    pub address: AnyAddress,
    /// First day of validity.
    pub starts: Option<PartialDate>,
    /// Last day of validity.
    pub ends: Option<PartialDate>,
}

impl DatedAddress {
    /// Whether the address holds on a day. An unknown bound does not end it.
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.starts.is_none_or(|starts| starts.first_day() <= day)
            && self.ends.is_none_or(|ends| day <= ends.last_day())
    }
}

/// The kinds of address VTJ keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// VAKINAINEN_KOTIMAINEN_OSOITE
    PermanentDomestic,
    /// VAKINAINEN_ULKOMAINEN_OSOITE
    PermanentForeign,
    /// TILAPAINEN_KOTIMAINEN_OSOITE
    TemporaryDomestic,
    /// TILAPAINEN_ULKOMAINEN_OSOITE
    TemporaryForeign,
    /// KOTIMAINEN_POSTIOSOITE
    PostalDomestic,
    /// ULKOMAINEN_POSTIOSOITE
    PostalForeign,
    /// KOTIMAINEN_YHTEYSOSOITE: the address a protected person has given for contact.
    ContactDomestic,
    /// ULKOMAINEN_YHTEYSOSOITE
    ContactForeign,
}

/// What VTJ says of a death.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Death {
    /// Whether the person is dead or declared dead; `false` is an explicit "no".
    pub dead: bool,
    /// The date as precisely as VTJ said it; never invented.
    pub date: Option<PartialDate>,
    /// Whether a court or the agency declared the death.
    pub declared: bool,
}

/// A custodian of a child or a legal guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardian {
    /// The code, where VTJ gives one. For comparing, never for showing.
    pub code: Option<IdentityCode>,
    /// Surname and first names as sent.
    pub name: PersonName,
    /// What they are.
    pub role: GuardianRole,
}

/// What a guardian is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardianRole {
    /// Custodian of a child (huoltaja).
    Custodian,
    /// Legal guardian (edunvalvoja).
    LegalGuardian,
}

/// The last answer about a person, of whatever kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// VTJ has not been asked, or not yet answered.
    NotAsked,
    /// VTJ described the person.
    Found(Box<PersonRecord>),
    /// VTJ was asked and did not speak of the person. Never a death.
    Absent {
        /// When it was first so.
        since: DateTime<Utc>,
    },
    /// VTJ's answer could not be understood.
    Unreadable,
    /// The answer is about somebody else, and nothing of it was kept.
    Mismatch,
}
