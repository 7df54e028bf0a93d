//! What counts as a change of an address abroad.

use ajantasa::address::{AddressLines, AnyAddress, Noise, Part, Sameness, compare};

use super::{abroad, lines, raasepori};

fn in_country(street: &str, code: &str, town: &str, country: &str) -> AddressLines {
    AddressLines { country: country.to_owned(), ..lines(street, code, town) }
}

fn stockholm() -> AnyAddress {
    abroad("Provgatan 1", "", "111 22 STOCKHOLM", "752", "")
}

#[test]
fn the_same_address_abroad_is_the_same_in_any_writing() {
    let is = |address: AddressLines| compare(&address, &stockholm());
    assert_eq!(is(in_country("Provgatan 1", "", "111 22 STOCKHOLM", "SE")), Sameness::Same);
    assert_eq!(is(in_country("Provgatan 1", "", "111 22 Stockholm", "SE")), Sameness::Noise(Noise::Case));
    let parted = Sameness::Noise(Noise::PostalCodePlace);
    assert_eq!(is(in_country("Provgatan 1", "11122", "Stockholm", "se")), parted);
    let london = abroad("Mill Road 2", "", "LONDON SW1A 1AA", "826", "");
    assert_eq!(compare(&in_country("Mill Road 2", "SW1A 1AA", "London", "GB"), &london), parted);
}

#[test]
fn another_line_town_code_or_country_is_a_difference() {
    for (address, part) in [
        (in_country("Provgatan 2", "", "111 22 STOCKHOLM", "SE"), Part::Street),
        (in_country("Provgatan 1", "", "VISBY", "SE"), Part::City),
        (in_country("Provgatan 1", "", "STOCKHOLM", "SE"), Part::City),
        (in_country("Provgatan 1", "", "111 22 STOCKHOLM", "NO"), Part::Country),
        (in_country("Provgatan 1", "", "111 22 STOCKHOLM", ""), Part::Country),
    ] {
        assert_eq!(compare(&address, &stockholm()), Sameness::Different(vec![part]), "{address:?}");
    }
}

#[test]
fn a_patron_who_moved_abroad_or_home_again_has_another_country() {
    let home = lines("Raaseporintie 8", "10600", "TAMMISAARI");
    let Sameness::Different(parts) = compare(&home, &stockholm()) else { panic!("a change") };
    assert!(parts.contains(&Part::Country) && parts.contains(&Part::City));
    let back = compare(&in_country("Provgatan 1", "", "111 22 STOCKHOLM", "SE"), &raasepori("8", "", "", ""));
    assert!(matches!(back, Sameness::Different(parts) if parts.contains(&Part::Country)));
}

#[test]
fn a_country_known_in_words_only_is_compared_by_its_words() {
    let vtj = abroad("Rruga 1", "", "PRISHTINA", "998", "Kosovo");
    assert_eq!(compare(&in_country("Rruga 1", "", "PRISHTINA, Kosovo", ""), &vtj), Sameness::Same);
    assert!(!compare(&in_country("Rruga 1", "", "Prishtina", "XK"), &vtj).is_change());
    assert_eq!(
        compare(&in_country("Rruga 1", "", "Prishtina", ""), &vtj),
        Sameness::Different(vec![Part::City])
    );
    // `FI` and nothing are one: the column cannot say it better than the word behind the town.
    assert_eq!(compare(&in_country("Rruga 1", "", "PRISHTINA, Kosovo", "FI"), &vtj), Sameness::Same);
}

#[test]
fn a_foreign_object_with_the_code_of_finland_is_in_finland() {
    let vtj = abroad("Kirkkokatu 1", "", "10600 TAMMISAARI", "246", "");
    assert!(!compare(&in_country("Kirkkokatu 1", "10600", "Tammisaari", ""), &vtj).is_change());
}
