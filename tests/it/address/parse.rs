//! Taking a line apart.

use ajantasa::address::{AddressLines, ParsedLine, Part, Warning};

use super::lines;

/// The parts of a line as `part=text`, in the order of writing.
fn parts(line: &str) -> String {
    let words = |(part, text): (Part, String)| format!("{}={text}", part.as_str());
    ParsedLine::parse(line).parts().into_iter().map(words).collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_way_of_writing_a_door_gives_its_parts() {
    for (line, expected) in [
        ("Raaseporintie 8 A 12b", "street=Raaseporintie | number=8 | stair=A | flat=12 | split_letter=b"),
        ("Teikäläistentie 2a B 12", "street=Teikäläistentie | number=2a | stair=B | flat=12"),
        ("Teikäläistentie 2 a B 12", "street=Teikäläistentie | number=2a | stair=B | flat=12"),
        ("Kyrkog.8 B", "street=Kyrkog. | number=8 | stair=B"),
        ("24. kesäkuun katu 3", "street=24. kesäkuun katu | number=3"),
        ("Kirkkokatu 1 as. 1", "street=Kirkkokatu | number=1 | flat=1"),
        ("Kirkkokatu 1 as 1", "street=Kirkkokatu | number=1 | flat=1"),
        ("Kirkkokatu 1 asunto 1", "street=Kirkkokatu | number=1 | flat=1"),
        ("Kirkkokatu 1, huoneisto 1", "street=Kirkkokatu | number=1 | flat=1"),
        ("Kirkkokatu as. 1", "street=Kirkkokatu | flat=1"),
        ("Kirkkokatu 1 as.1", "street=Kirkkokatu | number=1 | flat=1"),
        ("Kyrkogatan 1 bst 3", "street=Kyrkogatan | number=1 | flat=3"),
        ("Kyrkogatan 1 B lgh 003c", "street=Kyrkogatan | number=1 | stair=B | flat=3 | split_letter=c"),
        ("Raaseporintie 8 A", "street=Raaseporintie | number=8 | stair=A"),
        ("Raaseporintie 8A", "street=Raaseporintie | number=8A"),
        ("Raaseporintie 8A 12", "street=Raaseporintie | number=8A | flat=12"),
        ("Raaseporintie 8 A12b", "street=Raaseporintie | number=8 | stair=A | flat=12 | split_letter=b"),
        ("Raaseporintie 8 A-12", "street=Raaseporintie | number=8 | stair=A | flat=12"),
        ("Raaseporintie 8A12", "street=Raaseporintie | number=8 | stair=A | flat=12"),
        ("Raaseporintie8 A 12", "street=Raaseporintie | number=8 | stair=A | flat=12"),
        ("Raaseporintie8", "street=Raaseporintie | number=8"),
        ("Raaseporintie 8 porras A 12", "street=Raaseporintie | number=8 | stair=A | flat=12"),
        ("Puistotie 6a-6b", "street=Puistotie | number=6a-6b"),
        ("Puistotie 5 – 7 B 3", "street=Puistotie | number=5-7 | stair=B | flat=3"),
        ("Puistotie 10h5", "street=Puistotie | number=10h5"),
        ("Puistotie 8 A 000", "street=Puistotie | number=8 | stair=A"),
        ("3. linja 5 B 2", "street=3. linja | number=5 | stair=B | flat=2"),
        ("Iso Puistotie 5", "street=Iso Puistotie | number=5"),
        ("Skärlandet 12", "street=Skärlandet | number=12"),
        ("Kotiniemi", "street=Kotiniemi"),
        ("", ""),
    ] {
        assert_eq!(parts(line), expected, "{line:?}");
    }
}

#[test]
fn floors_buildings_boxes_and_names_are_told_apart_from_the_door() {
    for (line, expected) in [
        ("Ratatie 11, 2. krs", "street=Ratatie | number=11 | floor=2. krs"),
        ("Ratatie 11 2.krs", "street=Ratatie | number=11 | floor=2. krs"),
        ("Banvägen 11 vån 2", "street=Banvägen | number=11 | floor=2. krs"),
        ("Ratatie 11 rak. 3 A 5", "street=Ratatie | number=11 | stair=A | flat=5 | building=rak. 3"),
        ("Vanha talo 3", "street=Vanha talo | number=3"),
        ("PL 55", "post_box=PL 55"),
        ("PB 55", "post_box=PL 55"),
        ("P.O. Box 55", "post_box=PL 55"),
        ("P.O.Box 55", "post_box=PL 55"),
        ("PL55", "post_box=PL 55"),
        ("Raaseporintie 37, PL 20", "street=Raaseporintie | number=37 | post_box=PL 20"),
        ("Poste restante", "post_box=Poste restante"),
        ("POSTE RESTANTE", "post_box=Poste restante"),
        ("Noutoposti", "post_box=Poste restante"),
        (
            "c/o Mallila, Kirkkokatu 1 A 2",
            "care_of=c/o Mallila | street=Kirkkokatu | number=1 | stair=A | flat=2",
        ),
        ("Kirkkokatu 1 C/O Aino Mallila", "care_of=c/o Aino Mallila | street=Kirkkokatu | number=1"),
        ("c/o Aino Mallila Kirkkokatu 1", "care_of=c/o Aino Mallila | street=Kirkkokatu | number=1"),
        ("c/o Mallila PL 55", "care_of=c/o Mallila | post_box=PL 55"),
        (
            "Kirkkokatu 1, 10600 Tammisaari",
            "street=Kirkkokatu | number=1 | postal_code=10600 | city=Tammisaari",
        ),
        ("PL 1100, 01030 Vantaan kaupunki", "post_box=PL 1100 | postal_code=01030 | city=Vantaan kaupunki"),
        ("Kirkkokatu 1 pihan puolella", "street=Kirkkokatu | number=1 | other=pihan puolella"),
    ] {
        assert_eq!(parts(line), expected, "{line:?}");
    }
}

#[test]
fn what_is_doubtful_is_a_warning_and_not_an_error() {
    for (line, expected) in [
        ("Raaseporintie 8 A", vec![Warning::HouseLetterOrStair]),
        ("Raaseporintie 8 A 12", vec![]),
        ("Kotiniemi", vec![Warning::NoNumber]),
        ("PL 55", vec![]),
        ("c/o Mallila, Kirkkokatu 1", vec![Warning::CareOfInStreet]),
        ("c/o Mallila Kirkkokatu 1", vec![Warning::CareOfInStreet, Warning::CareOfRunsIntoStreet]),
        ("Kirkkokatu 1 pihan puolella", vec![Warning::UnknownWords]),
    ] {
        assert_eq!(ParsedLine::parse(line).warnings, expected, "{line:?}");
    }
}

#[test]
fn a_box_code_beside_a_street_and_a_customer_as_town_are_warnings() {
    let warnings = |address: AddressLines| address.parsed().warnings;
    assert_eq!(warnings(lines("Kirkkokatu 1", "10611", "RAASEPORI")), [Warning::BoxCodeWithStreet]);
    assert_eq!(warnings(lines("PL 55", "10601", "TAMMISAARI")), []);
    assert_eq!(warnings(lines("PL 1100", "01030", "Vantaan kaupunki")), [Warning::CustomerAsTown]);
    assert_eq!(warnings(lines("PL 1100", "", "01030 Vantaan kaupunki")), [Warning::CustomerAsTown]);
}

#[test]
fn a_town_on_the_street_line_stands_aside_for_its_own_column() {
    let parsed = lines("Kirkkokatu 1, 10600 Tammisaari", "10900", "Hanko").parsed();
    assert_eq!((parsed.postal_code.as_deref(), parsed.town.as_deref()), (Some("10900"), Some("Hanko")));
}
