//! What counts as a change of an address in Finland.

use ajantasa::address::{
    AddressLines, AnyAddress, DomesticAddress, Noise, Part, Sameness, compare, compare_in,
};
use ajantasa::municipality::Language;

use super::{both, lines, on, postal, raasepori, text};

/// Compares a street line in Tammisaari.
fn street(line: &str, vtj: &AnyAddress) -> Sameness {
    compare(&lines(line, "10600", "TAMMISAARI"), vtj)
}

fn different(parts: &[Part]) -> Sameness {
    Sameness::Different(parts.to_vec())
}

#[test]
fn writing_habits_are_noise() {
    let vtj = raasepori("8", "A", "012", "B");
    for (line, noise) in [
        ("RAASEPORINTIE 8 a 12B", Noise::Case),
        ("Raaseporintie  8 A 12 b", Noise::Spacing),
        ("Raaseporin tie 8 A 12b", Noise::Spacing),
        ("Raaseporintie8 A 12b", Noise::Spacing),
        ("Raaseporintie 8, A 12b", Noise::Punctuation),
        ("Raaseporintie 8 A-12b", Noise::Punctuation),
        ("Raaseporintie 8A-12b", Noise::HouseLetterOrStair),
        ("Raaseporintie 8 A 012b", Noise::LeadingZeros),
        ("Raaseporintie 8 A as. 12b", Noise::FlatWord),
        ("Raaseporintie 8 A as 12b", Noise::FlatWord),
        ("Raaseporintie 8 A bst 12b", Noise::FlatWord),
        ("Raaseporintie 8 A lgh 12b", Noise::FlatWord),
        ("Raaseporint. 8 A 12b", Noise::Abbreviation),
        ("Raaseporintie 8 12b", Noise::MissingStair),
        ("Raaseporintie 8A 12b", Noise::HouseLetterOrStair),
        ("Raaseporintie 8 A 12b, 2. krs", Noise::FloorOrBuilding),
        ("Raaseporintie 8 A 12b rak. 3", Noise::FloorOrBuilding),
        ("c/o Mallila, Raaseporintie 8 A 12b", Noise::CareOfInStreet),
    ] {
        assert_eq!(street(line, &vtj), Sameness::Noise(noise), "{line:?}");
    }
}

#[test]
fn shortened_street_endings_are_noise_in_both_languages() {
    for (line, fi, sv) in [
        ("Kirkkok. 8", "Kirkkokatu", ""),
        ("Kirkko k. 8", "Kirkkokatu", ""),
        ("Asemat. 8", "Asematie", ""),
        ("Kyrkog. 8", "", "Kyrkogatan"),
        ("Stationsv. 8", "", "Stationsvägen"),
    ] {
        let vtj = on(fi, sv, ["8", "", "", ""]);
        assert_eq!(street(line, &vtj), Sameness::Noise(Noise::Abbreviation), "{line:?}");
    }
}

#[test]
fn dashes_and_composition_are_noise() {
    let dashed = on("Etelä-Suomentie", "", ["6a-6b", "", "", ""]);
    assert_eq!(street("Etelä–Suomentie 6a–6b", &dashed), Sameness::Noise(Noise::Dash));
    assert_eq!(street("Etelä-Suomentie 6a - 6b", &dashed), Sameness::Noise(Noise::Spacing));
    assert!(!street("Etelä-Suomentie 6 a - 6 b", &dashed).is_change());
    assert_eq!(street("Etela\u{308}-Suomentie 6a-6b", &dashed), Sameness::Noise(Noise::Composition));
    let decomposed = on("Etela\u{308}-Suomentie", "", ["6a-6b", "", "", ""]);
    assert_eq!(street("Etelä-Suomentie 6a-6b", &decomposed), Sameness::Noise(Noise::Composition));
}

#[test]
fn another_letter_is_another_street() {
    let vtj = on("Ränsintie", "", ["8", "", "", ""]);
    assert_eq!(street("Ransintie 8", &vtj), different(&[Part::Street]));
    assert_eq!(street("Ränsintie 8", &vtj), Sameness::Same);
}

#[test]
fn another_door_is_a_difference_that_names_its_part() {
    let vtj = raasepori("8", "A", "012", "B");
    for (line, parts) in [
        ("Raaseporintie 9 A 12b", vec![Part::Number]),
        ("Raaseporintie 8 B 12b", vec![Part::Stair]),
        ("Raaseporintie 8 A 13b", vec![Part::Flat]),
        ("Raaseporintie 8 A 12", vec![Part::SplitLetter]),
        ("Raaseporintie 8 A 12c", vec![Part::SplitLetter]),
        ("Raaseporintie 8A 13b", vec![Part::Flat]),
        ("Raaseporintie 8 A", vec![Part::Flat, Part::SplitLetter]),
        ("Raaseporintie 8", vec![Part::Stair, Part::Flat, Part::SplitLetter]),
        ("Kirkkokatu 8 A 12b", vec![Part::Street]),
        ("Raaseporintie 8 A 12b, PL 20", vec![Part::PostBox]),
        ("", vec![Part::Street, Part::Number, Part::Stair, Part::Flat, Part::SplitLetter]),
    ] {
        assert_eq!(street(line, &vtj), different(&parts), "{line:?}");
    }
}

#[test]
fn a_house_letter_and_a_stair_are_one_letter_but_not_none() {
    assert_eq!(
        street("Raaseporintie 8 A", &raasepori("8a", "", "", "")),
        Sameness::Noise(Noise::HouseLetterOrStair)
    );
    assert_eq!(
        street("Raaseporintie 8a", &raasepori("8", "A", "", "")),
        Sameness::Noise(Noise::HouseLetterOrStair)
    );
    assert_eq!(
        street("Raaseporintie 8a 12", &raasepori("8", "A", "012", "")).as_str(),
        "house_letter_or_stair"
    );
    assert_eq!(street("Raaseporintie 8 b 12", &raasepori("8a", "", "012", "")), different(&[Part::Stair]));
    // Without a flat the letter is the door: it is not noise when it is missing.
    assert_eq!(street("Raaseporintie 8", &raasepori("8", "A", "", "")), different(&[Part::Stair]));
}

#[test]
fn digits_never_run_from_one_part_into_the_next() {
    assert_eq!(
        street("Raaseporintie 1 12", &raasepori("11", "", "002", "")),
        different(&[Part::Number, Part::Flat])
    );
    assert_eq!(
        street("Raaseporintie 5 7", &raasepori("5-7", "", "", "")),
        different(&[Part::Number, Part::Flat])
    );
    assert_eq!(street("Raaseporintie 6a", &raasepori("6a-6b", "", "", "")), different(&[Part::Number]));
}

#[test]
fn the_other_language_is_the_same_place() {
    let vtj = raasepori("8", "A", "012", "");
    for (line, town) in [
        ("Raseborgsvägen 8 A 12", "EKENÄS"),
        ("RASEBORGSVÄGEN 8 A 12", "Ekenäs"),
        ("Raseborgsv. 8 A bst 12", "Ekenäs"),
        ("Raseborgsvägen 8 A 12", "Tammisaari"),
        ("Raaseporintie 8 A 12", "EKENÄS"),
        ("Raaseporintie 8 A 12", "Tammisaari/Ekenäs"),
    ] {
        assert_eq!(compare(&lines(line, "10600", town), &vtj), Sameness::LanguageVariant, "{line}, {town}");
    }
    let swedish = lines("Raseborgsvägen 8 A 12", "10600", "EKENÄS");
    assert_eq!(compare_in(&swedish, &vtj, Language::Sv), Sameness::Same);
    assert_eq!(compare_in(&vtj.lines(Language::Fi), &vtj, Language::Sv), Sameness::LanguageVariant);
}

#[test]
fn the_other_language_does_not_hide_another_door() {
    let vtj = raasepori("8", "A", "012", "");
    assert_eq!(compare(&lines("Raseborgsvägen 8 A 13", "10600", "EKENÄS"), &vtj), different(&[Part::Flat]));
    assert_eq!(compare(&lines("Raseborgsvägen 8 A 12", "10600", "HANGÖ"), &vtj), different(&[Part::City]));
    assert_eq!(
        compare(&lines("Raseborgsvägen 8 A 12", "10650", "EKENÄS"), &vtj),
        different(&[Part::PostalCode])
    );
}

#[test]
fn a_town_that_vtj_names_in_one_language_is_known_by_its_other_name() {
    for (sent, own) in [
        ("HANKO", "Hangö"),
        ("Inkoo", "Ingå"),
        ("KARIS", "Karjaa"),
        ("SIUNTIO", "Sjundeå"),
        ("VANDA", "Vantaa"),
    ] {
        let vtj = AnyAddress::Domestic(DomesticAddress {
            street: both("Kirkkokatu", ""),
            number: text("1"),
            postal_code: text("10900"),
            post_town: both(sent, ""),
            ..DomesticAddress::default()
        });
        assert_eq!(compare(&lines("Kirkkokatu 1", "10900", own), &vtj), Sameness::LanguageVariant, "{sent}");
    }
}

#[test]
fn an_own_care_of_line_and_the_country_column_make_no_difference() {
    let vtj = raasepori("8", "A", "012", "");
    let with = |care_of: &str, country: &str| AddressLines {
        care_of: care_of.to_owned(),
        country: country.to_owned(),
        ..lines("Raaseporintie 8 A 12", "10600", "TAMMISAARI")
    };
    for country in ["", "FI", "fi", "FI "] {
        assert_eq!(compare(&with("c/o Mallila", country), &vtj), Sameness::Same, "{country:?}");
    }
    assert!(!compare(&with("", "AX"), &vtj).is_change());
    assert_eq!(compare(&with("", "SE"), &vtj), different(&[Part::Country]));
}

#[test]
fn a_postal_code_in_another_column_is_noise() {
    let vtj = raasepori("8", "", "", "");
    for (line, code, town) in
        [("Raaseporintie 8", "", "10600 Tammisaari"), ("Raaseporintie 8, 10600 Tammisaari", "", "")]
    {
        let found = compare(&lines(line, code, town), &vtj);
        assert_eq!(found, Sameness::Noise(Noise::PostalCodePlace), "{line}, {code} {town}");
    }
    assert!(!compare(&lines("Raaseporintie 8", "FI-10600", "Tammisaari"), &vtj).is_change());
    assert_eq!(compare(&lines("Raaseporintie 8", "", "Tammisaari"), &vtj), different(&[Part::PostalCode]));
}

#[test]
fn boxes_and_poste_restante_are_compared_by_what_they_are() {
    let boxed = postal("PL 55", "");
    for line in ["PB 55", "P.O. Box 55", "pl. 55", "PL55"] {
        let found = compare(&lines(line, "10601", "TAMMISAARI"), &boxed);
        assert!(!found.is_change(), "{line}: {found:?}");
    }
    assert_eq!(compare(&lines("PL 56", "10601", "TAMMISAARI"), &boxed), different(&[Part::PostBox]));
    let waiting = postal("Poste restante", "");
    assert!(!compare(&lines("Noutoposti", "10601", "TAMMISAARI"), &waiting).is_change());
    assert!(compare(&lines("PL 55", "10601", "TAMMISAARI"), &waiting).is_change());
}

#[test]
fn a_care_of_that_vtj_itself_sends_counts() {
    let vtj = postal("c/o Mallila, Kirkkokatu 1", "");
    let mut own = lines("Kirkkokatu 1", "10601", "TAMMISAARI");
    assert_eq!(compare(&own, &vtj), different(&[Part::CareOf]));
    own.care_of = "c/o MALLILA".to_owned();
    assert!(!compare(&own, &vtj).is_change());
}

#[test]
fn what_vtj_does_not_say_is_no_difference() {
    let code_only =
        AnyAddress::Domestic(DomesticAddress { postal_code: text("10600"), ..DomesticAddress::default() });
    assert!(!street("Raaseporintie 8", &code_only).is_change());
    let no_code = AnyAddress::Domestic(DomesticAddress {
        street: both("Kirkkokatu", ""),
        ..DomesticAddress::default()
    });
    assert!(!street("Kirkkokatu", &no_code).is_change());
    assert_eq!(street("Kirkkokatu 1", &no_code), different(&[Part::Number]));
}

#[test]
fn islands_villages_and_odd_lines_are_compared_whole() {
    assert_eq!(street("SKÄRLANDET 12", &on("", "Skärlandet", ["12", "", "", ""])).as_str(), "case");
    assert_eq!(street("Kotiniemi", &on("Kotiniemi", "", ["", "", "", ""])), Sameness::Same);
    assert_eq!(street("Kotiniemi 3", &on("Kotiniemi", "", ["", "", "", ""])), different(&[Part::Number]));
    assert_eq!(street("Raaseporintie 8 takapiha", &raasepori("8", "", "", "")), different(&[Part::Other]));
}
