//! Addresses: what VTJ says in parts and two languages, what the patron register holds as lines, and
//! whether the two are the same place.
//!
//! [`AnyAddress::lines`] is the text that approving an address would write. [`compare()`] tells a change from a
//! writing habit and from the other national language. [`ParsedLine`] takes a street line apart.

mod claimed;
mod compare;
mod country;
mod fold;
mod foreign;
mod line;
mod render;
mod sameness;
mod towns;
mod words;

pub use claimed::compare_lines;
pub use compare::{compare, compare_in};
pub use country::alpha2;
pub use line::{ParsedLine, Warning};
pub use sameness::{Noise, Part, Sameness};

/// A text in Finnish and Swedish. Either may be missing, and both are equals.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Bilingual {
    /// The Finnish form.
    pub fi: Option<String>,
    /// The Swedish form.
    pub sv: Option<String>,
}

/// A street address in Finland, in the parts VTJ sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct DomesticAddress {
    /// Street, island or village.
    pub street: Bilingual,
    /// Number as sent: `11`, `6a-6b`, `3b`, `5-7`.
    pub number: Option<String>,
    /// Stair or building letter.
    pub stair: Option<String>,
    /// Flat number as sent, with its leading zeros; `000` is none.
    pub flat: Option<String>,
    /// Split letter of the flat.
    pub split_letter: Option<String>,
    /// Postal code, five digits.
    pub postal_code: Option<String>,
    /// Post town.
    pub post_town: Bilingual,
}

/// A postal address in Finland: one free line, such as a box or poste restante.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct PostalAddress {
    /// The delivery line.
    pub line: Bilingual,
    /// Postal code, five digits.
    pub postal_code: Option<String>,
    /// Post town.
    pub post_town: Bilingual,
}

/// An address abroad, in the writing of its country.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ForeignAddress {
    /// The delivery line.
    pub line: Option<String>,
    /// A second line.
    pub extra_line: Option<String>,
    /// Town, often with a postal code in it.
    pub locality: Option<String>,
    /// Country, ISO 3166-1 numeric (`752`); `998` is named in words only.
    pub country: Option<String>,
    /// Country in words, where the code does not tell.
    pub country_name: Option<String>,
}

/// An address of any shape.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnyAddress {
    /// A street address in Finland.
    Domestic(DomesticAddress),
    /// A postal line in Finland.
    Postal(PostalAddress),
    /// An address abroad.
    Foreign(ForeignAddress),
}

/// The address columns of the patron register, as lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct AddressLines {
    /// Street line: `Raaseporintie 8 A 12b`.
    pub street_address: String,
    /// c/o line.
    pub care_of: String,
    /// Postal code.
    pub postal_code: String,
    /// Post town.
    pub city: String,
    /// Country, ISO 3166-1 alpha-2; empty is Finland.
    pub country: String,
}
