//! An envelope while it is read: what begins and ends at each place.
//!
//! Of a text that comes twice where one belongs the first is kept, except where one of the two would hide
//! something: protection and death hold as soon as either says so, and two answers, two people or two return
//! codes are refused.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;

use super::message::{Address, Envelope, Guardian, Message, Named, Person, ServiceFault, Wrapper};
use super::place::{Language, Leaf, Place};
use crate::address::Bilingual;
use crate::identity_code::IdentityCode;
use crate::municipality::FieldGroup;
use crate::person::{GuardianRole, PersonName};

/// What has been read so far.
#[derive(Default)]
pub(super) struct Draft<'t> {
    /// The text of the open leaf, a part of the message unless it came in pieces.
    pub text: Cow<'t, str>,
    envelope: Envelope,
    message: Option<Message>,
    person: Option<Box<Person>>,
    address: Option<Address>,
    guardian: Option<Guardian>,
    /// How many guardians there were before the open guardianship.
    guardians_before: usize,
    guardianship_ends: Option<String>,
}

const TWICE: &str = "it holds two answers";

impl Draft<'_> {
    /// An element opens at a place.
    pub(super) fn begin(&mut self, place: Place, attributes: &[Attribute<'_>]) -> Result<(), &'static str> {
        match place {
            Place::XRoadAnswer => return self.wrap(Wrapper::XRoad),
            Place::DirectAnswer => return self.wrap(Wrapper::Direct),
            Place::Fault => {
                if self.envelope.wrapper.is_some() || self.envelope.fault.is_some() {
                    return Err(TWICE);
                }
                self.envelope.fault = Some(String::new());
            }
            Place::Message => {
                if self.message.is_some() {
                    return Err(TWICE);
                }
                let product = attribute(attributes, "sanomatunnus")?;
                self.message = Some(Message { product, ..Message::default() });
            }
            Place::Person => {
                if self.person.is_some() {
                    return Err("it describes two people");
                }
                self.person = Some(Box::default());
            }
            Place::Leaf(leaf) => {
                self.text = Cow::default();
                return self.begin_leaf(leaf, attributes);
            }
            Place::ContactLanguage => self.text = Cow::default(),
            _ => {}
        }
        self.begin_part(place);
        Ok(())
    }

    fn wrap(&mut self, wrapper: Wrapper) -> Result<(), &'static str> {
        if self.envelope.wrapper.is_some() || self.envelope.fault.is_some() {
            return Err(TWICE);
        }
        self.envelope.wrapper = Some(wrapper);
        Ok(())
    }

    fn begin_leaf(&mut self, leaf: Leaf, attributes: &[Attribute<'_>]) -> Result<(), &'static str> {
        match (leaf, self.message.as_mut(), self.person.as_mut()) {
            (Leaf::ReturnCode, Some(message), _) => {
                if message.return_code.is_some() {
                    return Err("it has two return codes");
                }
                message.return_code = attribute(attributes, "koodi")?;
            }
            (Leaf::SearchedCode, Some(message), _) => {
                message.search_state = attribute(attributes, "hakuperustePaluukoodi")?;
            }
            (Leaf::Code, _, Some(person)) => {
                if person.code.is_some() {
                    return Err("it gives a person two identity codes");
                }
                person.validity = attribute(attributes, "voimassaolokoodi")?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_part(&mut self, place: Place) {
        let Some(person) = self.person.as_mut() else { return };
        match place {
            Place::Address(kind) => {
                person.carried.push(FieldGroup::Address);
                self.address = Some(Address::of(kind));
            }
            Place::HomeMunicipality => person.carried.push(FieldGroup::Address),
            Place::LastName | Place::FirstNames => {
                person.name.get_or_insert_default();
            }
            Place::Death | Place::DeclaredDead => person.carried.push(FieldGroup::Death),
            Place::ContactLanguage => person.carried.push(FieldGroup::Language),
            Place::Guardianship => {
                person.has_guardianship = true;
                self.guardians_before = person.guardians.len();
            }
            Place::Guardian(role) => {
                person.has_custodians |= role == GuardianRole::Custodian;
                self.guardian = Some(Guardian::of(role));
            }
            _ => {}
        }
    }

    /// The element at a place closes.
    pub(super) fn end(&mut self, place: Place) -> Result<(), &'static str> {
        match place {
            Place::Leaf(leaf) => {
                if self.text.is_empty() && !place.means_something_when_empty() {
                    return Ok(());
                }
                let text = std::mem::take(&mut self.text);
                let kept = text.trim();
                if kept.bytes().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
                    return Err("a text holds a control character");
                }
                self.keep(leaf, kept);
            }
            Place::ContactLanguage => {
                let text = std::mem::take(&mut self.text);
                self.keep(Leaf::LanguageCode, text.trim());
            }
            Place::Address(_) => self.end_address(),
            Place::Guardian(_) => self.end_guardian(),
            Place::Guardianship => self.end_guardianship(),
            _ => {}
        }
        Ok(())
    }

    /// The best address goes to the front, so that of several equals it is the first.
    fn end_address(&mut self) {
        if let (Some(person), Some(address)) = (self.person.as_mut(), self.address.take())
            && address.filled
        {
            let at = if address.best { 0 } else { person.addresses.len() };
            person.addresses.insert(at, address);
        }
    }

    fn end_guardian(&mut self) {
        if let (Some(person), Some(guardian)) = (self.person.as_mut(), self.guardian.take())
            && guardian.filled
        {
            person.guardians.push(guardian);
        }
    }

    fn end_guardianship(&mut self) {
        let ends = self.guardianship_ends.take();
        if let Some(person) = self.person.as_mut() {
            for guardian in person.guardians.iter_mut().skip(self.guardians_before) {
                if ends.is_some() {
                    guardian.ends.clone_from(&ends);
                }
            }
        }
    }

    fn keep(&mut self, leaf: Leaf, text: &str) {
        match leaf {
            Leaf::MessageId => first(&mut self.envelope.message_id, text),
            Leaf::FaultCode => {
                let fault = self.envelope.fault.get_or_insert_default();
                if fault.is_empty() {
                    text.clone_into(fault);
                }
            }
            Leaf::EchoedCode => named(&mut self.envelope.echoed, text),
            Leaf::ServiceFaultCode => first(&mut self.service_fault().code, text),
            Leaf::ServiceFaultText => first(&mut self.service_fault().text, text),
            Leaf::Notice => self.keep_in_message(|message| first(&mut message.notice, text)),
            Leaf::SearchedCode => self.keep_in_message(|message| named(&mut message.searched, text)),
            Leaf::ReturnCode => {}
            Leaf::GuardianshipEnds => first(&mut self.guardianship_ends, text),
            Leaf::GuardianCode
            | Leaf::GuardianBirthDate
            | Leaf::GuardianEnds
            | Leaf::GuardianLastName
            | Leaf::GuardianFirstNames => {
                if let Some(guardian) = self.guardian.as_mut() {
                    guardian.keep(leaf, text);
                }
            }
            leaf => match (self.address.as_mut(), self.person.as_mut()) {
                (Some(address), _) => address.keep(leaf, text),
                (None, Some(person)) => person.keep(leaf, text),
                (None, None) => {}
            },
        }
    }

    fn service_fault(&mut self) -> &mut ServiceFault {
        self.envelope.service_fault.get_or_insert_default()
    }

    fn keep_in_message(&mut self, keep: impl FnOnce(&mut Message)) {
        if let Some(message) = self.message.as_mut() {
            keep(message);
        }
    }

    /// The envelope that was read.
    pub(super) fn finish(mut self) -> Envelope {
        self.envelope.message = self.message.map(|message| Message { person: self.person, ..message });
        self.envelope
    }
}

impl Person {
    fn keep(&mut self, leaf: Leaf, text: &str) {
        match leaf {
            Leaf::Code => named(&mut self.code, text),
            Leaf::BirthDate => first(&mut self.birth_date, text),
            Leaf::LastName => filled(&mut self.name.get_or_insert_default().last_name, text),
            Leaf::FirstNames => filled(&mut self.name.get_or_insert_default().first_names, text),
            Leaf::NameInUse => first(&mut self.name_in_use, text),
            Leaf::Municipality => first(&mut self.home_municipality, text),
            Leaf::Dead => match text {
                "" => {}
                "1" => self.dead = Some(true),
                "0" => self.dead = self.dead.or(Some(false)),
                _ => self.dead_in_other_words = true,
            },
            Leaf::DateOfDeath => first(&mut self.date_of_death, text),
            Leaf::DateOfDeclaration => first(&mut self.date_of_declaration, text),
            Leaf::Protected => self.protected = Some(self.protected == Some(true) || says_yes(text)),
            Leaf::LanguageCode => first(&mut self.language, text),
            _ => {}
        }
    }
}

impl Address {
    fn keep(&mut self, leaf: Leaf, text: &str) {
        self.filled |= !text.is_empty();
        match leaf {
            Leaf::Best => self.best |= text == "1",
            Leaf::Line(language) => in_language(&mut self.line, language, text),
            Leaf::Street(language) => in_language(&mut self.street, language, text),
            Leaf::Number => first(&mut self.number, text),
            Leaf::Stair => first(&mut self.stair, text),
            Leaf::Flat => first(&mut self.flat, text),
            Leaf::SplitLetter => first(&mut self.split_letter, text),
            Leaf::PostalCode => first(&mut self.postal_code, text),
            Leaf::PostTown(language) => in_language(&mut self.post_town, language, text),
            Leaf::ForeignLine => first(&mut self.foreign_line, text),
            Leaf::Locality => first(&mut self.locality, text),
            Leaf::LocalityAndCountry => first(&mut self.locality_and_country, text),
            Leaf::Country => first(&mut self.country, text),
            Leaf::CountryName => first(&mut self.country_name, text),
            Leaf::Starts => first(&mut self.starts, text),
            Leaf::Ends => first(&mut self.ends, text),
            _ => {}
        }
    }
}

impl Guardian {
    fn of(role: GuardianRole) -> Self {
        Self { role, filled: false, code: None, name: PersonName::default(), ends: None }
    }

    /// A code that is not well formed is as good as none.
    fn keep(&mut self, leaf: Leaf, text: &str) {
        self.filled |= !text.is_empty() && leaf != Leaf::GuardianEnds;
        match leaf {
            Leaf::GuardianEnds => first(&mut self.ends, text),
            Leaf::GuardianCode if self.code.is_none() => self.code = IdentityCode::parse(text).ok(),
            Leaf::GuardianLastName => filled(&mut self.name.last_name, text),
            Leaf::GuardianFirstNames => filled(&mut self.name.first_names, text),
            _ => {}
        }
    }
}

/// Anything but nothing and `0` says yes, so that an unforeseen value protects.
fn says_yes(text: &str) -> bool {
    !matches!(text, "" | "0")
}

fn first(slot: &mut Option<String>, text: &str) {
    if slot.is_none() && !text.is_empty() {
        *slot = Some(text.to_owned());
    }
}

fn filled(slot: &mut String, text: &str) {
    if slot.is_empty() {
        slot.push_str(text);
    }
}

fn in_language(slot: &mut Bilingual, language: Language, text: &str) {
    match language {
        Language::Fi => first(&mut slot.fi, text),
        Language::Sv => first(&mut slot.sv, text),
    }
}

/// Two different codes at one place are not that of the person asked about.
fn named(slot: &mut Option<Named>, text: &str) {
    if text.is_empty() {
        return;
    }
    let new = IdentityCode::parse(text).map_or(Named::SomethingElse, Named::Code);
    let same = slot.as_ref().is_none_or(|known| *known == new);
    *slot = Some(if same { new } else { Named::SomethingElse });
}

/// An attribute without a namespace.
fn attribute(attributes: &[Attribute<'_>], name: &str) -> Result<Option<String>, &'static str> {
    let Some(attribute) = attributes.iter().find(|one| one.key.into_inner() == name) else { return Ok(None) };
    let value = attribute
        .normalized_value(XmlVersion::Explicit1_0)
        .map_err(|_| "an attribute of it cannot be read")?;
    Ok(Some(value.trim().to_owned()))
}
