//! Names of people: whether the register's and VTJ's name are one and the same, however they are written.
//!
//! Case, the order of first names, a hyphen or a space, the kind of apostrophe and the composition of
//! Unicode characters are ways of writing. A different letter is a different name: `a` is not `ä`, and the
//! Sámi letters are letters of their own. A particle (`af`, `von`, `de`, `van der`, `al-`) is a part of the
//! surname. The module never builds a name and never inflects one.

use unicode_normalization::UnicodeNormalization;

use crate::person::PersonName;

/// How a name in the register stands to the name in VTJ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameSameness {
    /// The same text.
    Same,
    /// The same name in another writing: case, order of first names, hyphen or space, composition.
    Written,
    /// The register holds some of the first names only, such as the name in use.
    Part,
    /// Another name.
    Different,
}

/// Compares surnames. A surname that VTJ does not state differs from nothing.
pub fn compare_surname(register: &str, vtj: &str) -> NameSameness {
    let stated = tokens(vtj);
    if stated.is_empty() || register == vtj.trim() {
        NameSameness::Same
    } else if tokens(register) == stated {
        NameSameness::Written
    } else {
        NameSameness::Different
    }
}

/// Compares first names. First names that VTJ does not state differ from nothing.
pub fn compare_first_names(register: &str, vtj: &PersonName) -> NameSameness {
    let stated = tokens(&vtj.first_names);
    let held = tokens(register);
    if stated.is_empty() || register == vtj.first_names.trim() {
        NameSameness::Same
    } else if sorted(&held) == sorted(&stated) {
        NameSameness::Written
    } else if !held.is_empty() && is_part(&held, &stated) || is_name_in_use(&held, vtj) {
        NameSameness::Part
    } else {
        NameSameness::Different
    }
}

/// Whether the surname can be the person's: the same in any writing, or not stated by VTJ.
pub fn surname_fits(register: &str, vtj: &str) -> bool {
    compare_surname(register, vtj) != NameSameness::Different
}

/// Whether the first names can be the person's: the first first name agrees, or the register holds the name
/// in use, or all first names in another order.
pub fn first_name_fits(register: &str, vtj: &PersonName) -> bool {
    let stated = tokens(&vtj.first_names);
    let held = tokens(register);
    stated.is_empty()
        || held.first().is_some_and(|first| stated.first() == Some(first))
        || sorted(&held) == sorted(&stated)
        || vtj
            .name_in_use
            .as_deref()
            .map(tokens)
            .is_some_and(|used| !used.is_empty() && is_part(&used, &held))
}

/// A name in one way of writing, for keyed hashes: equal for two names that differ in writing only.
pub fn one_writing(name: &str) -> String {
    tokens(name).join(" ")
}

/// Stands between surname and first names in [`searched_name`]; no name has it.
const BETWEEN: &str = "/ ";

/// Surname and first names in one way of writing, to be searched: `testinen/ anna maria`.
pub fn searched_name(last_name: &str, first_names: &str) -> String {
    let part = |name: &str| one_writing(name).replace('/', " ");
    format!("{}{BETWEEN}{}", part(last_name), part(first_names))
}

/// The parts of a name in lower case, composed, without hyphens and spaces.
fn tokens(name: &str) -> Vec<String> {
    if name.is_ascii() && !name.contains('`') {
        let parts = name.split(|character: char| character.is_whitespace() || character == '-');
        return parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect();
    }
    let written: String = name.chars().map(one_apostrophe).collect();
    written
        .to_lowercase()
        .nfc()
        .collect::<String>()
        .split(|character: char| character.is_whitespace() || is_dash(character))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn one_apostrophe(character: char) -> char {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{b4}' | '`' => '\'',
        other => other,
    }
}

fn sorted(parts: &[String]) -> Vec<&String> {
    let mut parts: Vec<&String> = parts.iter().collect();
    parts.sort();
    parts
}

fn is_part(part: &[String], whole: &[String]) -> bool {
    part.iter().all(|name| whole.contains(name))
}

fn is_name_in_use(held: &[String], vtj: &PersonName) -> bool {
    !held.is_empty() && vtj.name_in_use.as_deref().is_some_and(|used| tokens(used) == held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(first_names: &str, name_in_use: Option<&str>) -> PersonName {
        PersonName {
            last_name: "Testinen".to_owned(),
            first_names: first_names.to_owned(),
            name_in_use: name_in_use.map(str::to_owned),
        }
    }

    #[test]
    fn ways_of_writing_a_surname_are_no_difference() {
        for (register, vtj) in [
            ("TESTINEN", "Testinen"),
            ("Mallila Testinen", "Mallila-Testinen"),
            ("Mallila – Testinen", "Mallila-Testinen"),
            ("Al Testi", "al-Testi"),
            ("O’Testi", "O'Testi"),
            ("Ma\u{0308}llila", "Mällila"),
            ("Testinen", ""),
        ] {
            assert_ne!(compare_surname(register, vtj), NameSameness::Different, "{register} / {vtj}");
        }
    }

    #[test]
    fn a_letter_a_particle_or_an_order_makes_another_surname() {
        for (register, vtj) in [
            ("Mallila", "Mällila"),
            ("Sara", "Sára"),
            ("Duolljá", "Đuolljá"),
            ("Provberg", "von Provberg"),
            ("Mallila-Testinen", "Testinen-Mallila"),
        ] {
            assert_eq!(compare_surname(register, vtj), NameSameness::Different, "{register} / {vtj}");
        }
    }

    #[test]
    fn some_of_the_first_names_are_no_difference_and_one_more_is() {
        let vtj = person("Anna-Maria Liisa", Some("Maria"));
        for register in ["Anna Maria Liisa", "liisa anna-maria", "Maria", "Liisa", "Anna-Maria"] {
            assert_ne!(compare_first_names(register, &vtj), NameSameness::Different, "{register}");
        }
        for register in ["Anna-Maria Liisa Elsa", "Annamaria", "", "A."] {
            assert_eq!(compare_first_names(register, &vtj), NameSameness::Different, "{register}");
        }
    }

    #[test]
    fn the_first_first_name_or_the_name_in_use_fits() {
        let vtj = person("Anna Liisa", Some("Liisa"));
        assert!(first_name_fits("Anna", &vtj));
        assert!(first_name_fits("Liisa", &vtj));
        assert!(first_name_fits("Liisa Anna", &person("Anna Liisa", None)));
        assert!(!first_name_fits("Liisa", &person("Anna Liisa", None)));
        assert!(!first_name_fits("Elsa", &vtj));
    }
}
