//! A patron as the library knows them, and who of them VTJ may be asked about.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::address::AddressLines;
use crate::identity_code::IdentityCode;
use crate::municipality::{Language, MunicipalityCode};
use crate::protected::Protected;

/// A row of the patron register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patron {
    /// Our own identifier, random, never shown to the public.
    pub id: Uuid,
    /// The register's identifier.
    pub patron_id: String,
    /// The card, the reference staff use.
    pub card_number: String,
    /// The identity code, where the library has one.
    pub code: Option<IdentityCode>,
    /// Surname, or an organisation's name.
    pub last_name: String,
    /// First names.
    pub first_names: String,
    /// Date of birth in the register.
    pub birth_date: Option<NaiveDate>,
    /// Where the patron can be reached. Protected when the patron is.
    pub contact: Protected<PatronContact>,
    /// The language the library writes in.
    pub language: Option<Language>,
    /// The municipality whose patron this is.
    pub municipality: MunicipalityCode,
    /// A person or an organisation.
    pub kind: PatronKind,
    /// The library's own mark of protection, which VTJ cannot clear.
    pub protected_mark: bool,
    /// Marks the library has set.
    pub notes: BTreeSet<Note>,
    /// The patron who answers for this one's loans.
    pub guarantor_patron_id: Option<String>,
    /// The guarantor's name as written at registration; not a link.
    pub guarantor_name: Option<String>,
    /// Whether the patron was in the last register file.
    pub in_register: bool,
    /// Grows with every change of the row.
    pub version: i64,
}

/// The columns by which a patron can be reached.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PatronContact {
    /// The address columns.
    #[serde(flatten)]
    pub address: AddressLines,
    /// An address the patron gave beside the first. VTJ never touches it.
    pub alternative_address: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
}

/// A person or an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatronKind {
    /// A person.
    Person,
    /// An institution or another body; never asked about.
    Organisation,
}

/// A mark in the notes column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Lainauskielto.
    BorrowingBan,
    /// Käyttökielto.
    UseBan,
    /// Väärät yhteystiedot.
    WrongContactDetails,
    /// Lasku lähetetty: the address of the invoice must stay in view.
    InvoiceSent,
    /// Processing is restricted (GDPR Article 18).
    Restricted,
    /// The patron has objected (GDPR Article 21).
    Objected,
    /// An online pre-registration, not yet a patron.
    PreRegistration,
}

impl Note {
    /// Every mark, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::BorrowingBan,
        Self::UseBan,
        Self::WrongContactDetails,
        Self::InvoiceSent,
        Self::Restricted,
        Self::Objected,
        Self::PreRegistration,
    ];

    /// The word in the notes column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BorrowingBan => "borrowing_ban",
            Self::UseBan => "use_ban",
            Self::WrongContactDetails => "wrong_contact_details",
            Self::InvoiceSent => "invoice_sent",
            Self::Restricted => "restricted",
            Self::Objected => "objected",
            Self::PreRegistration => "pre_registration",
        }
    }

    /// Reads the word of the notes column.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|note| note.as_str() == word)
    }
}

/// Nobody alive is older; a code that says so has a wrong century sign.
const OLDEST_AGE_YEARS: i32 = 122;

/// Why VTJ may not be asked about a patron.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inadmissible {
    /// An organisation.
    Organisation,
    /// No identity code.
    NoCode,
    /// A code from the range no registered person has, outside test use.
    TestCode,
    /// The date in the code is not the register's birth date.
    BirthDateDisagrees,
    /// The century sign makes the patron impossibly old.
    ImpossibleAge,
    /// Processing is restricted.
    Restricted,
    /// The patron has objected.
    Objected,
    /// A pre-registration.
    PreRegistration,
    /// The municipality has no permit here.
    NoPermit,
    /// Not in the last register file.
    NotInRegister,
}

impl Inadmissible {
    /// The word in reports and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::NoCode => "no_code",
            Self::TestCode => "test_code",
            Self::BirthDateDisagrees => "birth_date_disagrees",
            Self::ImpossibleAge => "impossible_age",
            Self::Restricted => "restricted",
            Self::Objected => "objected",
            Self::PreRegistration => "pre_registration",
            Self::NoPermit => "no_permit",
            Self::NotInRegister => "not_in_register",
        }
    }
}

/// What decides, beside the patron's own row, who may be asked about.
#[derive(Debug, Clone, Copy)]
pub struct Admission {
    /// Whether codes 900–999 are admitted (test use).
    pub allow_test_codes: bool,
    /// Whether the patron's municipality has a permit in this installation.
    pub has_permit: bool,
    /// Today in Helsinki.
    pub today: NaiveDate,
}

impl Patron {
    /// The one test of who may be asked about, for every task and command.
    ///
    /// # Errors
    /// The first reason that forbids asking.
    pub fn admissible(&self, admission: Admission) -> Result<&IdentityCode, Inadmissible> {
        if self.kind == PatronKind::Organisation {
            return Err(Inadmissible::Organisation);
        }
        for (note, reason) in [
            (Note::Restricted, Inadmissible::Restricted),
            (Note::Objected, Inadmissible::Objected),
            (Note::PreRegistration, Inadmissible::PreRegistration),
        ] {
            if self.notes.contains(&note) {
                return Err(reason);
            }
        }
        if !self.in_register {
            return Err(Inadmissible::NotInRegister);
        }
        if !admission.has_permit {
            return Err(Inadmissible::NoPermit);
        }
        let code = self.code.as_ref().ok_or(Inadmissible::NoCode)?;
        if code.is_test() && !admission.allow_test_codes {
            return Err(Inadmissible::TestCode);
        }
        if self.birth_date.is_some_and(|birth_date| birth_date != code.birth_date()) {
            return Err(Inadmissible::BirthDateDisagrees);
        }
        if admission.today.year() - code.birth_date().year() > OLDEST_AGE_YEARS
            || code.birth_date() > admission.today
        {
            return Err(Inadmissible::ImpossibleAge);
        }
        Ok(code)
    }

    /// Full years of age on a day, by the register's birth date or else the code's.
    pub fn age_on(&self, day: NaiveDate) -> Option<i32> {
        let born = self.birth_date.or_else(|| self.code.as_ref().map(IdentityCode::birth_date))?;
        let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
        Some(day.year() - born.year() - i32::from(!had_birthday))
    }
}
