//! What stands in an answer, as it stands there: texts without space around them, an empty one absent.
//!
//! Nothing here is judged, and nothing has a `Debug`: the texts hold identity codes and addresses.

use crate::address::Bilingual;
use crate::identity_code::IdentityCode;
use crate::municipality::FieldGroup;
use crate::person::{AddressKind, GuardianRole, PersonName};

/// A whole SOAP envelope.
#[derive(Default)]
pub(super) struct Envelope {
    /// The id of the message in X-Road's header.
    pub message_id: Option<String>,
    /// The wrapper of the answer.
    pub wrapper: Option<Wrapper>,
    /// The code of a SOAP fault.
    pub fault: Option<String>,
    /// Who was asked about, as the service repeats it.
    pub echoed: Option<Named>,
    /// A fault of the service, over X-Road.
    pub service_fault: Option<ServiceFault>,
    /// The message about the person.
    pub message: Option<Message>,
}

/// Which operation answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    /// Over X-Road.
    XRoad,
    /// The direct service.
    Direct,
}

/// A text that should be an identity code.
#[derive(PartialEq, Eq)]
pub(super) enum Named {
    /// It is.
    Code(IdentityCode),
    /// It is something else.
    SomethingElse,
}

/// `faultCode` and `faultString`.
#[derive(Default)]
pub(super) struct ServiceFault {
    /// The return code.
    pub code: Option<String>,
    /// What it means, in Finnish. Never repeated: it may hold anything.
    pub text: Option<String>,
}

/// `VTJHenkiloVastaussanoma`.
#[derive(Default)]
pub(super) struct Message {
    /// The product that answered (`sanomatunnus`).
    pub product: Option<String>,
    /// `Paluukoodi`.
    pub return_code: Option<String>,
    /// The announcement to users, with the date in front of it.
    pub notice: Option<String>,
    /// Who was looked for.
    pub searched: Option<Named>,
    /// What became of the search key (`hakuperustePaluukoodi`).
    pub search_state: Option<String>,
    /// The person.
    pub person: Option<Box<Person>>,
}

/// `Henkilo`.
#[derive(Default)]
pub(super) struct Person {
    /// The field groups whose elements are there, each at least once.
    pub carried: Vec<FieldGroup>,
    pub code: Option<Named>,
    /// `voimassaolokoodi`: `Some` where the attribute is there, empty or not.
    pub validity: Option<String>,
    pub birth_date: Option<String>,
    /// `Some` where one of the elements of names is there.
    pub name: Option<PersonName>,
    pub name_in_use: Option<String>,
    /// The best address first.
    pub addresses: Vec<Address>,
    pub home_municipality: Option<String>,
    /// `Kuollut`: `1` is true and `0` false; `None` where it is empty.
    pub dead: Option<bool>,
    /// Whether `Kuollut` says anything else.
    pub dead_in_other_words: bool,
    pub date_of_death: Option<String>,
    pub date_of_declaration: Option<String>,
    pub language: Option<String>,
    /// `TurvakieltoTieto`: `Some` where the element is there, and true unless it is empty or `0`.
    pub protected: Option<bool>,
    pub guardians: Vec<Guardian>,
    pub has_custodians: bool,
    pub has_guardianship: bool,
}

/// One address in either shape.
#[derive(serde::Serialize)]
pub(super) struct Address {
    pub kind: AddressKind,
    /// Whether any text stands in it. A list without an address has one entry without a text.
    pub filled: bool,
    /// `ParasOsoiteTieto`.
    pub best: bool,
    pub line: Bilingual,
    pub street: Bilingual,
    pub number: Option<String>,
    pub stair: Option<String>,
    pub flat: Option<String>,
    pub split_letter: Option<String>,
    pub postal_code: Option<String>,
    pub post_town: Bilingual,
    pub foreign_line: Option<String>,
    pub locality: Option<String>,
    pub locality_and_country: Option<String>,
    pub country: Option<String>,
    pub country_name: Option<String>,
    pub starts: Option<String>,
    pub ends: Option<String>,
}

impl Address {
    pub(super) fn of(kind: AddressKind) -> Self {
        Self {
            kind,
            filled: false,
            best: false,
            line: Bilingual::default(),
            street: Bilingual::default(),
            number: None,
            stair: None,
            flat: None,
            split_letter: None,
            postal_code: None,
            post_town: Bilingual::default(),
            foreign_line: None,
            locality: None,
            locality_and_country: None,
            country: None,
            country_name: None,
            starts: None,
            ends: None,
        }
    }
}

/// A custodian or a legal guardian.
pub(super) struct Guardian {
    pub role: GuardianRole,
    /// Whether any text stands in it. A list without anybody has one entry without a text.
    pub filled: bool,
    pub code: Option<IdentityCode>,
    pub name: PersonName,
    /// The end of a legal guardian's task, or of the guardianship they are named in.
    pub ends: Option<String>,
}
