//! The paths that are read: which element may stand where, and in which namespace.
//!
//! An element at any other place, or of any other name or namespace, is passed over with all that is in it.
//! The order of elements means nothing.

use super::names::Space;
use crate::person::{AddressKind, GuardianRole};

/// Where the reader is. Named by what the place means, not by its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Outside the root.
    Document,
    Envelope,
    Header,
    Body,
    Fault,
    /// The wrapper of the answer over X-Road; the request it repeats is [`Place::Echo`].
    XRoadAnswer,
    /// The wrapper of the direct answer.
    DirectAnswer,
    Echo,
    /// What holds the message, or over X-Road a fault of the service.
    Response,
    Message,
    Notices,
    SearchKeys,
    Person,
    LastName,
    FirstNames,
    NameInUse,
    Address(AddressKind),
    HomeMunicipality,
    Death,
    DeclaredDead,
    Protection,
    ContactLanguage,
    Guardianship,
    Guardian(GuardianRole),
    GuardianLastName,
    GuardianFirstNames,
    /// Text that is read.
    Leaf(Leaf),
}

/// A text that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    MessageId,
    FaultCode,
    EchoedCode,
    ServiceFaultCode,
    ServiceFaultText,
    Notice,
    /// `Paluukoodi`, of which the attribute is read.
    ReturnCode,
    SearchedCode,
    Code,
    BirthDate,
    LastName,
    FirstNames,
    NameInUse,
    Best,
    Line(Language),
    Street(Language),
    Number,
    Stair,
    Flat,
    SplitLetter,
    PostalCode,
    PostTown(Language),
    ForeignLine,
    Locality,
    LocalityAndCountry,
    Country,
    CountryName,
    Starts,
    Ends,
    Municipality,
    Dead,
    DateOfDeath,
    DateOfDeclaration,
    Protected,
    LanguageCode,
    GuardianshipEnds,
    GuardianCode,
    GuardianBirthDate,
    GuardianEnds,
    GuardianLastName,
    GuardianFirstNames,
}

/// The two languages of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Fi,
    Sv,
}

/// The place of an element inside another, and the namespace it must be in; `None` where nothing is read.
pub(super) fn inside(parent: Place, name: &str) -> Option<(Place, Space)> {
    let (place, space) = match parent {
        Place::Document => (named(name, &[("Envelope", Place::Envelope)])?, Space::Soap),
        Place::Envelope => (named(name, &[("Body", Place::Body), ("Header", Place::Header)])?, Space::Soap),
        Place::Header => (named(name, &[("id", Place::Leaf(Leaf::MessageId))])?, Space::XRoad),
        Place::Body => match name {
            "HenkilonTunnusKyselyResponse" => (Place::XRoadAnswer, Space::Service),
            "TeeHenkilonTunnusKyselyResponse" => (Place::DirectAnswer, Space::Direct),
            "Fault" => (Place::Fault, Space::Soap),
            _ => return None,
        },
        Place::Fault => (named(name, &[("faultcode", Place::Leaf(Leaf::FaultCode))])?, Space::Plain),
        Place::XRoadAnswer => {
            (named(name, &[("request", Place::Echo), ("response", Place::Response)])?, Space::Service)
        }
        Place::DirectAnswer => {
            (named(name, &[("TeeHenkilonTunnusKyselyResult", Place::Response)])?, Space::Direct)
        }
        Place::Echo => (named(name, &[("Henkilotunnus", Place::Leaf(Leaf::EchoedCode))])?, Space::Service),
        Place::Response => match name {
            "VTJHenkiloVastaussanoma" => (Place::Message, Space::Message),
            "faultCode" => (Place::Leaf(Leaf::ServiceFaultCode), Space::Service),
            "faultString" => (Place::Leaf(Leaf::ServiceFaultText), Space::Service),
            _ => return None,
        },
        Place::Leaf(_) => return None,
        in_message => (in_the_message(in_message, name)?, Space::Message),
    };
    Some((place, space))
}

fn named(name: &str, known: &[(&str, Place)]) -> Option<Place> {
    known.iter().find(|(one, _)| *one == name).map(|&(_, place)| place)
}

fn in_the_message(parent: Place, name: &str) -> Option<Place> {
    let leaf = match parent {
        Place::Message => return in_the_root(name),
        Place::Person => return in_the_person(name),
        Place::Address(_) => in_an_address(name)?,
        Place::Guardianship => return in_a_guardianship(name),
        Place::Guardian(_) => return in_a_guardian(name),
        Place::Notices if matches!(name, "InfoS" | "InfoR" | "InfoE") => Leaf::Notice,
        Place::SearchKeys if name == "Henkilotunnus" => Leaf::SearchedCode,
        Place::LastName if name == "Sukunimi" => Leaf::LastName,
        Place::FirstNames if name == "Etunimet" => Leaf::FirstNames,
        Place::NameInUse if name == "Kutsumanimi" => Leaf::NameInUse,
        Place::HomeMunicipality if name == "Kuntanumero" => Leaf::Municipality,
        Place::Death if name == "Kuollut" => Leaf::Dead,
        Place::Death if name == "Kuolinpvm" => Leaf::DateOfDeath,
        Place::DeclaredDead if name == "Kuolleeksijulistamispvm" => Leaf::DateOfDeclaration,
        Place::Protection if name == "TurvakieltoTieto" => Leaf::Protected,
        Place::ContactLanguage if matches!(name, "Kielikoodi" | "Asiointikielikoodi" | "Tietokoodi") => {
            Leaf::LanguageCode
        }
        Place::GuardianLastName if name == "Sukunimi" => Leaf::GuardianLastName,
        Place::GuardianFirstNames if name == "Etunimet" => Leaf::GuardianFirstNames,
        _ => return None,
    };
    Some(Place::Leaf(leaf))
}

fn in_the_root(name: &str) -> Option<Place> {
    Some(match name {
        "Asiakasinfo" => Place::Notices,
        "Paluukoodi" => Place::Leaf(Leaf::ReturnCode),
        "Hakuperusteet" => Place::SearchKeys,
        "Henkilo" => Place::Person,
        _ => return None,
    })
}

/// The person's parts. Addresses come in one line or split; the split shapes have names of their own for the
/// permanent and the temporary address, and share the postal one.
fn in_the_person(name: &str) -> Option<Place> {
    Some(match name {
        "Henkilotunnus" => Place::Leaf(Leaf::Code),
        "Syntymaaika" => Place::Leaf(Leaf::BirthDate),
        "NykyinenSukunimi" => Place::LastName,
        "NykyisetEtunimet" => Place::FirstNames,
        "NykyinenKutsumanimi" => Place::NameInUse,
        "VakinainenKotimainenLahiosoite" | "VakinainenKotimainenOsoite" => {
            Place::Address(AddressKind::PermanentDomestic)
        }
        "VakinainenUlkomainenLahiosoite" | "VakinainenUlkomainenOsoite" => {
            Place::Address(AddressKind::PermanentForeign)
        }
        "TilapainenKotimainenLahiosoite" | "TilapainenKotimainenOsoite" => {
            Place::Address(AddressKind::TemporaryDomestic)
        }
        "TilapainenUlkomainenLahiosoite" | "TilapainenUlkomainenOsoite" => {
            Place::Address(AddressKind::TemporaryForeign)
        }
        "KotimainenPostiosoite" => Place::Address(AddressKind::PostalDomestic),
        "UlkomainenPostiosoite" => Place::Address(AddressKind::PostalForeign),
        "Kotikunta" => Place::HomeMunicipality,
        "Kuolintiedot" => Place::Death,
        "Kuolleeksijulistamistiedot" => Place::DeclaredDead,
        "Asiointikieli" => Place::ContactLanguage,
        "Turvakielto" => Place::Protection,
        "Huoltaja" => Place::Guardian(GuardianRole::Custodian),
        "Edunvalvonta" => Place::Guardianship,
        _ => return None,
    })
}

fn in_an_address(name: &str) -> Option<Leaf> {
    use Language::{Fi, Sv};
    Some(match name {
        "LahiosoiteS" | "PostiosoiteS" => Leaf::Line(Fi),
        "LahiosoiteR" | "PostiosoiteR" => Leaf::Line(Sv),
        "Postinumero" => Leaf::PostalCode,
        "PostitoimipaikkaS" => Leaf::PostTown(Fi),
        "PostitoimipaikkaR" => Leaf::PostTown(Sv),
        "AsuminenAlkupvm" | "PostiosoiteAlkupvm" => Leaf::Starts,
        "AsuminenLoppupvm" | "PostiosoiteLoppupvm" => Leaf::Ends,
        "UlkomainenLahiosoite" => Leaf::ForeignLine,
        "UlkomainenPaikkakunta" => Leaf::Locality,
        "UlkomainenPaikkakuntaJaValtioS"
        | "UlkomainenPaikkakuntaJaValtioR"
        | "UlkomainenPaikkakuntaJaValtioSelvakielinen" => Leaf::LocalityAndCountry,
        "Valtiokoodi3" => Leaf::Country,
        "ValtioS" | "ValtioR" | "ValtioSelvakielinen" => Leaf::CountryName,
        "KatuS" => Leaf::Street(Fi),
        "KatuR" => Leaf::Street(Sv),
        "Katunumero" => Leaf::Number,
        "Porraskirjain" => Leaf::Stair,
        "Huoneistonumero" => Leaf::Flat,
        "Jakokirjain" => Leaf::SplitLetter,
        "ParasOsoiteTieto" => Leaf::Best,
        _ => return None,
    })
}

fn in_a_guardianship(name: &str) -> Option<Place> {
    Some(match name {
        "HenkiloEdunvalvoja" => Place::Guardian(GuardianRole::LegalGuardian),
        "Paattymispvm" => Place::Leaf(Leaf::GuardianshipEnds),
        _ => return None,
    })
}

/// A guardian's names stand in elements of their own, or directly.
fn in_a_guardian(name: &str) -> Option<Place> {
    Some(match name {
        "Henkilotunnus" => Place::Leaf(Leaf::GuardianCode),
        "Syntymaaika" => Place::Leaf(Leaf::GuardianBirthDate),
        "TehtavaLoppupvm" => Place::Leaf(Leaf::GuardianEnds),
        "NykyinenSukunimi" => Place::GuardianLastName,
        "NykyisetEtunimet" => Place::GuardianFirstNames,
        "Sukunimi" => Place::Leaf(Leaf::GuardianLastName),
        "Etunimet" => Place::Leaf(Leaf::GuardianFirstNames),
        _ => return None,
    })
}
