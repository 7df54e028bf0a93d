//! The address groups: permanent, temporary, postal and contact address, in Finland and abroad.

use super::Unreadable;
use super::fields::Fields;
use crate::address::{AnyAddress, DomesticAddress, ForeignAddress, PostalAddress};
use crate::person::{AddressKind, DatedAddress};

/// The kind of address that a data group holds.
pub(super) fn kind_of(data_group: &str) -> Option<AddressKind> {
    Some(match data_group {
        "VAKINAINEN_KOTIMAINEN_OSOITE" => AddressKind::PermanentDomestic,
        "VAKINAINEN_ULKOMAINEN_OSOITE" => AddressKind::PermanentForeign,
        "TILAPAINEN_KOTIMAINEN_OSOITE" => AddressKind::TemporaryDomestic,
        "TILAPAINEN_ULKOMAINEN_OSOITE" => AddressKind::TemporaryForeign,
        "KOTIMAINEN_POSTIOSOITE" => AddressKind::PostalDomestic,
        "ULKOMAINEN_POSTIOSOITE" => AddressKind::PostalForeign,
        "KOTIMAINEN_YHTEYSOSOITE" => AddressKind::ContactDomestic,
        "ULKOMAINEN_YHTEYSOSOITE" => AddressKind::ContactForeign,
        _ => return None,
    })
}

/// Reads an address with its validity. `None` where the group holds neither a street nor a postal code, as
/// one whose fields are withheld.
pub(super) fn read(kind: AddressKind, fields: Fields<'_>) -> Result<Option<DatedAddress>, Unreadable> {
    let address = match kind {
        AddressKind::PermanentDomestic | AddressKind::TemporaryDomestic => domestic(fields)?,
        AddressKind::PostalDomestic => postal(fields)?,
        AddressKind::ContactDomestic => match postal(fields)? {
            Some(AnyAddress::Postal(PostalAddress { line, .. }))
                if line.fi.is_none() && line.sv.is_none() =>
            {
                domestic(fields)?
            }
            contact => contact,
        },
        AddressKind::PermanentForeign
        | AddressKind::TemporaryForeign
        | AddressKind::PostalForeign
        | AddressKind::ContactForeign => foreign(fields)?,
    };
    let (starts, ends) = (fields.date("alkupv")?, fields.date("loppupv")?);
    Ok(address.map(|address| DatedAddress { kind, address, starts, ends }))
}

fn domestic(fields: Fields<'_>) -> Result<Option<AnyAddress>, Unreadable> {
    let address = DomesticAddress {
        street: fields.bilingual("katunimi")?,
        number: fields.text("katunumero")?,
        stair: fields.text("huoneistokirjain")?,
        flat: fields.text("huoneistonumero")?,
        split_letter: fields.text("jakokirjain")?,
        postal_code: fields.text("postinumero")?,
        post_town: fields.bilingual("postitoimipaikka")?,
    };
    let nowhere = address.street.fi.is_none() && address.street.sv.is_none() && address.postal_code.is_none();
    Ok((!nowhere).then_some(AnyAddress::Domestic(address)))
}

fn postal(fields: Fields<'_>) -> Result<Option<AnyAddress>, Unreadable> {
    let address = PostalAddress {
        line: fields.bilingual("postiosoite")?,
        postal_code: fields.text("postinumero")?,
        post_town: fields.bilingual("postitoimipaikka")?,
    };
    let nowhere = address.line.fi.is_none() && address.line.sv.is_none() && address.postal_code.is_none();
    Ok((!nowhere).then_some(AnyAddress::Postal(address)))
}

/// An address abroad. The permanent and the postal groups name the same things differently.
fn foreign(fields: Fields<'_>) -> Result<Option<AnyAddress>, Unreadable> {
    let either = |one: &str, other: &str| match fields.text_in_any_language(one)? {
        Some(text) => Ok(Some(text)),
        None => fields.text_in_any_language(other),
    };
    let address = ForeignAddress {
        line: either("lahiosoite", "postiosoite")?,
        extra_line: fields.text_in_any_language("postiosoiteLisarivi")?,
        locality: either("paikkakunta", "postitoimipaikka")?,
        country: fields.text("valtiokoodi")?,
        country_name: fields.text_in_any_language("valtionimi")?,
    };
    let nowhere = address.line.is_none() && address.extra_line.is_none() && address.locality.is_none();
    Ok((!nowhere).then_some(AnyAddress::Foreign(address)))
}
