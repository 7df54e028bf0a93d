//! The exact text that approving an address would write.

use ajantasa::address::{AnyAddress, DomesticAddress};
use ajantasa::municipality::Language::{En, Fi, Sv};

use super::{abroad, both, lines, on, postal, raasepori, text};

#[test]
fn the_street_line_is_written_as_finns_write_it() {
    for (door, expected) in [
        (["8", "A", "012", "B"], "Raaseporintie 8 A 12b"),
        (["8", "a", "012", "b"], "Raaseporintie 8 A 12b"),
        (["8", "A", "000", ""], "Raaseporintie 8 A"),
        (["30", "F", "028", ""], "Raaseporintie 30 F 28"),
        (["30", "", "100", ""], "Raaseporintie 30 100"),
        (["6a-6b", "", "", ""], "Raaseporintie 6a-6b"),
        (["5-7", "B", "003", ""], "Raaseporintie 5-7 B 3"),
        (["10h5", "", "", ""], "Raaseporintie 10h5"),
        (["2a", "B", "012", " "], "Raaseporintie 2a B 12"),
        (["", "", "", ""], "Raaseporintie"),
    ] {
        let [number, stair, flat, split] = door;
        assert_eq!(raasepori(number, stair, flat, split).lines(Fi).street_address, expected, "{door:?}");
    }
}

#[test]
fn the_language_picks_the_form_and_english_reads_as_finnish() {
    let address = raasepori("8", "A", "012", "");
    assert_eq!(address.lines(Fi), lines("Raaseporintie 8 A 12", "10600", "TAMMISAARI"));
    assert_eq!(address.lines(Sv), lines("Raseborgsvägen 8 A 12", "10600", "EKENÄS"));
    assert_eq!(address.lines(En), address.lines(Fi));
}

#[test]
fn a_missing_or_blank_form_is_taken_from_the_other_language_element_by_element() {
    let only_finnish = on("Porotie", "", ["1", "", "", ""]);
    assert_eq!(only_finnish.lines(Sv), lines("Porotie 1", "10600", "EKENÄS"));
    let blank = on("  ", "Strandgatan", ["1", "", "", ""]);
    assert_eq!(blank.lines(Fi), lines("Strandgatan 1", "10600", "TAMMISAARI"));
}

#[test]
fn a_postal_line_is_written_as_sent() {
    assert_eq!(postal("PL 55", "PB 55").lines(Fi), lines("PL 55", "10601", "TAMMISAARI"));
    assert_eq!(postal("Poste restante", "").lines(Sv), lines("Poste restante", "10601", "EKENÄS"));
}

#[test]
fn an_address_abroad_keeps_its_locality_and_gets_two_letters() {
    for (line, extra, locality, country, name, expected) in [
        ("Provgatan 1", "", "111 22 STOCKHOLM", "752", "", ["Provgatan 1", "111 22 STOCKHOLM", "SE"]),
        ("Unit 4", "Mill Road 2", "LONDON", "826", "", ["Unit 4, Mill Road 2", "LONDON", "GB"]),
        ("Road 1", "", "KHARTOUM", "736", "", ["Road 1", "KHARTOUM", "SD"]),
        ("Road 1", "", "ADDIS ABABA", "230", "", ["Road 1", "ADDIS ABABA", "ET"]),
        ("Katu 1", "", "10600 TAMMISAARI", "246", "", ["Katu 1", "10600 TAMMISAARI", ""]),
        ("Rruga 1", "", "PRISHTINA", "998", "Kosovo", ["Rruga 1", "PRISHTINA, Kosovo", ""]),
        ("Rruga 1", "", "", "998", "Kosovo", ["Rruga 1", "Kosovo", ""]),
        ("Rruga 1", "", "PRISHTINA KOSOVO", "998", "Kosovo", ["Rruga 1", "PRISHTINA KOSOVO", ""]),
        ("Rruga 1", "", "PRISHTINA", "000", "Kosovo", ["Rruga 1", "PRISHTINA, Kosovo", ""]),
        ("Provgatan 1", "", "VISBY", "752", "Ruotsi", ["Provgatan 1", "VISBY", "SE"]),
    ] {
        let written = abroad(line, extra, locality, country, name).lines(Fi);
        let found = [written.street_address, written.city, written.country];
        assert_eq!(found, expected, "{country} {name}");
        assert_eq!(written.postal_code, "");
    }
}

#[test]
fn an_object_without_street_and_postal_code_is_no_address() {
    let empty =
        DomesticAddress { number: text("8"), post_town: both("HANKO", "HANGÖ"), ..Default::default() };
    assert!(!AnyAddress::Domestic(empty.clone()).is_usable());
    let coded = DomesticAddress { postal_code: text("10900"), ..empty.clone() };
    assert!(AnyAddress::Domestic(coded).is_usable());
    let named = DomesticAddress { street: both("", "Strandgatan"), ..empty.clone() };
    assert!(AnyAddress::Domestic(named).is_usable());
    let blank = DomesticAddress { street: both(" ", ""), postal_code: text(" "), ..empty };
    assert!(!AnyAddress::Domestic(blank).is_usable());
    assert!(!abroad("", "c/o", "", "752", "").is_usable());
    assert!(abroad("", "", "VISBY", "752", "").is_usable());
}
