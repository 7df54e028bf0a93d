//! Rendering: the lines that approving an address from VTJ would write to the patron register.

use super::country;
use super::fold::{key, said, without_leading_zeros};
use super::{AddressLines, AnyAddress, Bilingual, DomesticAddress, ForeignAddress, PostalAddress};
use crate::municipality::Language;

impl Bilingual {
    /// The form in a language, or the other one where it is missing or blank. English reads as Finnish.
    pub fn in_language(&self, language: Language) -> Option<&str> {
        let (fi, sv) = (said(self.fi.as_deref()), said(self.sv.as_deref()));
        match language {
            Language::Fi | Language::En => fi.or(sv),
            Language::Sv => sv.or(fi),
        }
    }
}

impl AnyAddress {
    /// The exact text that approval would write, in Finnish or Swedish. A form that is missing in one
    /// language is taken from the other, element by element; English reads as Finnish. An address never
    /// carries a c/o line of its own: `care_of` is empty.
    pub fn lines(&self, language: Language) -> AddressLines {
        match self {
            Self::Domestic(address) => AddressLines {
                street_address: address.street_line(language),
                postal_code: text(address.postal_code.as_deref()),
                city: text(address.post_town.in_language(language)),
                ..AddressLines::default()
            },
            Self::Postal(PostalAddress { line, postal_code, post_town }) => AddressLines {
                street_address: text(line.in_language(language)),
                postal_code: text(postal_code.as_deref()),
                city: text(post_town.in_language(language)),
                ..AddressLines::default()
            },
            Self::Foreign(address) => AddressLines {
                street_address: address.delivery_line(),
                city: address.city(),
                country: text(address.country_letters()),
                ..AddressLines::default()
            },
        }
    }

    /// Whether there is an address at all: one without street and postal code, or abroad without delivery
    /// line and locality, says nothing.
    pub fn is_usable(&self) -> bool {
        match self {
            Self::Domestic(DomesticAddress { street, postal_code, .. })
            | Self::Postal(PostalAddress { line: street, postal_code, .. }) => {
                street.in_language(Language::Fi).is_some() || said(postal_code.as_deref()).is_some()
            }
            Self::Foreign(address) => {
                said(address.line.as_deref()).is_some() || said(address.locality.as_deref()).is_some()
            }
        }
    }
}

impl DomesticAddress {
    /// Street, number, stair and flat on one line: `Raaseporintie 8 A 12b`. Leading zeros of the flat are cut
    /// and `000` is no flat, the stair is a capital, the split letter is small and stands directly behind
    /// the flat's number.
    pub fn street_line(&self, language: Language) -> String {
        let flat = said(self.flat.as_deref()).map_or("", without_leading_zeros);
        let split = said(self.split_letter.as_deref()).unwrap_or_default().to_lowercase();
        let words = [
            text(self.street.in_language(language)),
            text(said(self.number.as_deref())),
            said(self.stair.as_deref()).unwrap_or_default().to_uppercase(),
            format!("{flat}{split}"),
        ];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl ForeignAddress {
    /// The country's two letters; `None` for Finland and for a country that is known in words only.
    pub fn country_letters(&self) -> Option<&'static str> {
        let digits = said(self.country.as_deref())?;
        if country::is_finland(digits) { None } else { country::alpha2(digits) }
    }

    /// The country's name, where that is all there is: code `998`, or one the standard does not know.
    pub fn country_in_words(&self) -> Option<&str> {
        let coded = said(self.country.as_deref()).and_then(country::alpha2);
        if coded.is_some() { None } else { said(self.country_name.as_deref()) }
    }

    /// Locality as sent. A country known in words only has no two letters to stand in the country column, so
    /// its name follows the locality, `Prishtina, Kosovo`, unless the locality already ends in it.
    fn city(&self) -> String {
        let locality = text(self.locality.as_deref());
        match self.country_in_words() {
            Some(name) if !key(&locality).ends_with(&key(name)) => joined(&locality, name),
            Some(_) | None => locality,
        }
    }

    fn delivery_line(&self) -> String {
        joined(&text(self.line.as_deref()), &text(self.extra_line.as_deref()))
    }
}

fn joined(first: &str, second: &str) -> String {
    [first, second].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

fn text(text: Option<&str>) -> String {
    said(text).unwrap_or_default().to_owned()
}
