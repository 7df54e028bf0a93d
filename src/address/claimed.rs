//! Comparing: whether the patron register and a source that writes lines mean the same address.

use super::compare::is_finland;
use super::fold::key;
use super::sameness::{Noise, Part, Sameness};
use super::{AddressLines, AnyAddress, Bilingual, PostalAddress, compare};

/// Compares the patron register's address with one that another source than VTJ gives as lines. At home the
/// rules are those of [`compare()`]; abroad street, place and country are compared as wholes.
pub fn compare_lines(current: &AddressLines, claimed: &AddressLines) -> Sameness {
    if is_finland(&claimed.country) {
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let in_finnish = |text: &str| Bilingual { fi: said(text), sv: None };
        compare(
            current,
            &AnyAddress::Postal(PostalAddress {
                line: in_finnish(&claimed.street_address),
                postal_code: said(&claimed.postal_code),
                post_town: in_finnish(&claimed.city),
            }),
        )
    } else {
        abroad(current, claimed)
    }
}

fn abroad(current: &AddressLines, claimed: &AddressLines) -> Sameness {
    let place = |lines: &AddressLines| key(&format!("{}{}", lines.postal_code, lines.city));
    let country = |lines: &AddressLines| lines.country.trim().to_uppercase();
    let parts: Vec<Part> = [
        (Part::Street, key(&current.street_address) != key(&claimed.street_address)),
        (Part::City, place(current) != place(claimed)),
        (Part::Country, country(current) != country(claimed)),
    ]
    .into_iter()
    .filter_map(|(part, differs)| differs.then_some(part))
    .collect();
    if !parts.is_empty() {
        Sameness::Different(parts)
    } else if current == claimed {
        Sameness::Same
    } else {
        Sameness::Noise(Noise::Case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(street_address: &str, postal_code: &str, city: &str, country: &str) -> AddressLines {
        AddressLines {
            street_address: street_address.to_owned(),
            postal_code: postal_code.to_owned(),
            city: city.to_owned(),
            country: country.to_owned(),
            ..AddressLines::default()
        }
    }

    #[test]
    fn another_writing_is_no_change_at_home_or_abroad() {
        let home = lines("Raaseporintie 8 A 12", "10600", "TAMMISAARI", "");
        for other in [
            lines("raaseporintie 8 a 12", "10600", "Tammisaari", "FI"),
            lines("Raaseporintie 8 A as. 12", "10600", "Ekenäs", ""),
        ] {
            assert!(!compare_lines(&home, &other).is_change(), "{other:?}");
        }
        let away = lines("Provgatan 1", "111 22", "STOCKHOLM", "SE");
        assert!(!compare_lines(&away, &lines("PROVGATAN 1", "", "11122 Stockholm", "se")).is_change());
    }

    #[test]
    fn another_door_town_or_country_is_a_change() {
        let home = lines("Raaseporintie 8 A 12", "10600", "TAMMISAARI", "");
        for other in [
            lines("Ratatie 11", "10600", "TAMMISAARI", ""),
            lines("Raaseporintie 8 A 12", "02100", "ESPOO", ""),
            lines("Raaseporintie 8 A 12", "10600", "TAMMISAARI", "SE"),
        ] {
            assert!(compare_lines(&home, &other).is_change(), "{other:?}");
        }
        let away = lines("Provgatan 1", "111 22", "STOCKHOLM", "SE");
        assert!(compare_lines(&away, &home).is_change());
        assert!(compare_lines(&away, &lines("Provgatan 1", "111 22", "STOCKHOLM", "NO")).is_change());
    }
}
