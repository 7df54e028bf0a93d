//! Addresses: what is written, what is read, and what counts as a change.

mod compare;
mod foreign;
mod parse;
mod properties;
mod render;

use ajantasa::address::{
    AddressLines, AnyAddress, Bilingual, DomesticAddress, ForeignAddress, PostalAddress,
};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn both(fi: &str, sv: &str) -> Bilingual {
    Bilingual { fi: text(fi), sv: text(sv) }
}

/// Raaseporintie/Raseborgsvägen in Tammisaari/Ekenäs, at a door of number, stair, flat and split letter.
fn raasepori(number: &str, stair: &str, flat: &str, split: &str) -> AnyAddress {
    on("Raaseporintie", "Raseborgsvägen", [number, stair, flat, split])
}

fn on(fi: &str, sv: &str, [number, stair, flat, split]: [&str; 4]) -> AnyAddress {
    AnyAddress::Domestic(DomesticAddress {
        street: both(fi, sv),
        number: text(number),
        stair: text(stair),
        flat: text(flat),
        split_letter: text(split),
        postal_code: text("10600"),
        post_town: both("TAMMISAARI", "EKENÄS"),
    })
}

fn postal(fi: &str, sv: &str) -> AnyAddress {
    AnyAddress::Postal(PostalAddress {
        line: both(fi, sv),
        postal_code: text("10601"),
        post_town: both("TAMMISAARI", "EKENÄS"),
    })
}

fn abroad(line: &str, extra: &str, locality: &str, country: &str, name: &str) -> AnyAddress {
    AnyAddress::Foreign(ForeignAddress {
        line: text(line),
        extra_line: text(extra),
        locality: text(locality),
        country: text(country),
        country_name: text(name),
    })
}

/// The patron register's columns: street, postal code, town.
fn lines(street: &str, code: &str, town: &str) -> AddressLines {
    AddressLines {
        street_address: street.to_owned(),
        postal_code: code.to_owned(),
        city: town.to_owned(),
        ..AddressLines::default()
    }
}
