//! Properties that hold for every address.

use ajantasa::address::{
    AddressLines, AnyAddress, Bilingual, DomesticAddress, ParsedLine, Sameness, compare, compare_in,
};
use ajantasa::municipality::Language;
use proptest::option;
use proptest::prelude::*;

fn domestic(street: &'static str) -> impl Strategy<Value = DomesticAddress> {
    (
        (option::of(street), option::of(street)),
        option::of("[1-9][0-9]{0,2}[a-h]?|[1-9][0-9]?[a-c]?-[1-9][0-9]?[a-c]?"),
        option::of("[A-Ha-h]"),
        option::of("[0-9]{3}"),
        option::of("[A-Ca-c]"),
        option::of("[0-9]{5}"),
        (option::of("[A-ZÅÄÖ]{2,12}"), option::of("[A-ZÅÄÖ]{2,12}")),
    )
        .prop_map(|(street, number, stair, flat, split_letter, postal_code, town)| DomesticAddress {
            street: Bilingual { fi: street.0, sv: street.1 },
            number,
            stair,
            flat,
            split_letter,
            postal_code,
            post_town: Bilingual { fi: town.0, sv: town.1 },
        })
}

proptest! {
    #[test]
    fn what_would_be_written_is_the_same_address(address in domestic(".{0,24}")) {
        let address = AnyAddress::Domestic(address);
        for language in [Language::Fi, Language::Sv] {
            let written = address.lines(language);
            let found = compare(&written, &address);
            prop_assert!(matches!(found, Sameness::Same | Sameness::LanguageVariant), "{found:?}");
            prop_assert_eq!(compare_in(&written, &address, language), Sameness::Same);
        }
    }

    #[test]
    fn whether_there_is_a_change_does_not_depend_on_the_language(
        one in domestic("[A-ZÄÖ][a-zäö]{3,9}(tie|katu|vägen)"),
        other in domestic("[A-ZÄÖ][a-zäö]{3,9}(tie|katu|vägen)"),
    ) {
        let (one, other) = (AnyAddress::Domestic(one), AnyAddress::Domestic(other));
        let current = one.lines(Language::Fi);
        let fi = compare_in(&current, &other, Language::Fi).is_change();
        prop_assert_eq!(fi, compare_in(&current, &other, Language::Sv).is_change());
    }

    #[test]
    fn a_written_line_gives_its_parts_back(
        street in "[A-ZÅÄÖ][a-zåäö]{3,12}(tie|katu|gatan|vägen)",
        number in "[1-9][0-9]{0,2}[a-h]?|[1-9][0-9]?-[1-9][0-9]?",
        stair in option::of("[A-H]"),
        flat in option::of("[1-9][0-9]{0,2}"),
        split in option::of("[a-c]"),
    ) {
        let split = split.filter(|_| flat.is_some());
        let address = DomesticAddress {
            street: Bilingual { fi: Some(street.clone()), sv: None },
            number: Some(number.clone()),
            stair: stair.clone(),
            flat: flat.as_ref().map(|flat| format!("{flat:0>3}")),
            split_letter: split.clone(),
            ..DomesticAddress::default()
        };
        let parsed = ParsedLine::parse(&address.street_line(Language::Fi));
        prop_assert_eq!(parsed.street, street);
        prop_assert_eq!(parsed.number, Some(number));
        prop_assert_eq!((parsed.stair, parsed.flat, parsed.split_letter), (stair, flat, split));
        prop_assert_eq!(parsed.rest, None);
    }

    #[test]
    fn any_text_parses_and_compares(text in any::<String>(), code in any::<String>(), town in any::<String>()) {
        let lines = AddressLines { street_address: text, postal_code: code, city: town, ..AddressLines::default() };
        lines.parsed().parts();
        compare(&lines, &super::raasepori("8", "A", "012", "B"));
        compare(&lines, &super::abroad("Provgatan 1", "", "111 22 STOCKHOLM", "752", ""));
    }

    #[test]
    fn any_row_of_the_words_of_addresses_parses(
        words in prop::collection::vec("c/o|PL|krs|rak\\.|as\\.|bst|porras|-|A|8|8a|12b|A12|[0-9]{5}|FI-10600|,|/|\\.|poste|restante|tie", 0..9)
    ) {
        let line = words.join(" ");
        let parsed = ParsedLine::parse(&line);
        prop_assert_eq!(&parsed, &ParsedLine::parse(&line.replace(' ', "  ")));
    }
}
