//! Classes of change: what a proposed correction does, seen from its columns, without saying where or to whom.
//!
//! A class is a word such as `door`. It holds nothing of a person, so that findings can be counted and chosen by
//! it without opening them. Findings of one class look alike, which is what approving many at once rests on.

use super::{Field, FieldChange, FindingKind};
use crate::address::{AddressLines, Part, Sameness, compare_lines};
use crate::person::AddressKind;
use crate::reconcile::Rule;

/// What a finding changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeClass {
    /// Postal code or post town corrected, one of them, at the same street and door.
    PostalCodeOrTown,
    /// Stair, flat or split letter added or changed in the same house.
    Door,
    /// Another door within the same postal area: the first two digits of the postal code agree.
    MovedNearby,
    /// Another door in another postal area of Finland.
    MovedElsewhere,
    /// First names spelled otherwise: as many names, a letter or two apart.
    FirstNameSpelling,
    /// The contact language.
    Language,
    /// Other first names.
    FirstNames,
    /// The surname, with or without the first names.
    Surname,
    /// To or from a post-office box or poste restante.
    PostBox,
    /// An address abroad, before or after.
    Abroad,
    /// Anything else.
    Other,
}

impl ChangeClass {
    /// Every class, those that may be approved in bulk first.
    pub const ALL: [Self; 11] = [
        Self::PostalCodeOrTown,
        Self::Door,
        Self::MovedNearby,
        Self::MovedElsewhere,
        Self::FirstNameSpelling,
        Self::Language,
        Self::FirstNames,
        Self::Surname,
        Self::PostBox,
        Self::Abroad,
        Self::Other,
    ];

    /// The word in the database, in addresses and in the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostalCodeOrTown => "postal_code_or_town",
            Self::Door => "door",
            Self::MovedNearby => "moved_nearby",
            Self::MovedElsewhere => "moved_elsewhere",
            Self::FirstNameSpelling => "first_name_spelling",
            Self::Language => "language",
            Self::FirstNames => "first_names",
            Self::Surname => "surname",
            Self::PostBox => "post_box",
            Self::Abroad => "abroad",
            Self::Other => "other",
        }
    }

    /// Reads the word that [`ChangeClass::as_str`] writes.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == word)
    }

    /// Whether findings of the class may be approved together. A surname is an identity, a box is somebody's
    /// arrangement, an address abroad has no form to check it by, and what fits no class is not of one.
    pub fn allows_bulk(self) -> bool {
        match self {
            Self::PostalCodeOrTown
            | Self::Door
            | Self::MovedNearby
            | Self::MovedElsewhere
            | Self::FirstNameSpelling
            | Self::Language => true,
            Self::FirstNames | Self::Surname | Self::PostBox | Self::Abroad | Self::Other => false,
        }
    }

    /// The class of a finding, by its kind, the code of its rule, and its columns.
    pub fn of(kind: FindingKind, rule: &str, fields: &[FieldChange]) -> Self {
        match kind {
            FindingKind::AddressChange => of_address(rule, fields),
            FindingKind::MovedAbroad => Self::Abroad,
            FindingKind::NameChange => of_name(fields),
            FindingKind::LanguageChange => Self::Language,
            FindingKind::Death
            | FindingKind::DeathWithdrawn
            | FindingKind::ProtectionStarted
            | FindingKind::ProtectionEnded
            | FindingKind::IdentityCodeChanged
            | FindingKind::IdentityCodePassivated
            | FindingKind::IdentityMismatch
            | FindingKind::NotInVtj
            | FindingKind::GuarantorDeceased
            | FindingKind::GuardianChanged
            | FindingKind::GuarantorExpires
            | FindingKind::Unreadable => Self::Other,
        }
    }
}

/// The class of a new address. A temporary address may be a shelter or a hospital: it is of no class with others.
fn of_address(rule: &str, fields: &[FieldChange]) -> ChangeClass {
    let is_of = |kind: AddressKind| rule == Rule::Address(kind).code();
    if is_of(AddressKind::TemporaryDomestic) || is_of(AddressKind::TemporaryForeign) {
        return ChangeClass::Other;
    }
    let (current, proposed) =
        (lines(fields, |change| &change.current), lines(fields, |change| &change.proposed));
    let is_finland = |lines: &AddressLines| matches!(lines.country.trim(), "" | "FI" | "AX");
    if is_of(AddressKind::PermanentForeign)
        || is_of(AddressKind::PostalForeign)
        || !is_finland(&current)
        || !is_finland(&proposed)
    {
        return ChangeClass::Abroad;
    }
    let Sameness::Different(parts) = compare_lines(&current, &proposed) else { return ChangeClass::Other };
    let differs = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
    let only = |wanted: &[Part]| parts.iter().all(|part| wanted.contains(part));
    let had_street =
        changed(fields, Field::StreetAddress).is_none_or(|change| !change.current.trim().is_empty());
    let (code, town) = (differs(&[Part::PostalCode]), differs(&[Part::City]));
    let is_blank = |field| changed(fields, field).is_some_and(|change| change.proposed.trim().is_empty());
    let loses = [Field::StreetAddress, Field::PostalCode, Field::City].into_iter().any(is_blank);
    if differs(&[Part::PostBox]) {
        ChangeClass::PostBox
    } else if loses || !had_street || differs(&[Part::Country]) {
        ChangeClass::Other
    } else if only(&[Part::PostalCode, Part::City]) {
        // The same street name stands in many towns: where code and town both differ, somebody has moved.
        if code && town { moved(fields) } else { ChangeClass::PostalCodeOrTown }
    } else if only(&[Part::Stair, Part::Flat, Part::SplitLetter]) {
        if changed(fields, Field::CareOf).is_some() { ChangeClass::Other } else { ChangeClass::Door }
    } else if differs(&[Part::Street, Part::Number]) || code || town {
        moved(fields)
    } else {
        ChangeClass::Other
    }
}

/// Near or far, by the first two digits of the postal code.
fn moved(fields: &[FieldChange]) -> ChangeClass {
    let Some(code) = changed(fields, Field::PostalCode) else { return ChangeClass::MovedNearby };
    match (area(&code.current), area(&code.proposed)) {
        (Some(from), Some(to)) if from == to => ChangeClass::MovedNearby,
        (Some(_), Some(_)) => ChangeClass::MovedElsewhere,
        _ => ChangeClass::Other,
    }
}

/// The postal area of a Finnish postal code: its first two digits.
fn area(code: &str) -> Option<&str> {
    let code = code.trim();
    let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| &code[..2])
}

fn changed(fields: &[FieldChange], field: Field) -> Option<&FieldChange> {
    fields.iter().find(|change| change.field == field)
}

/// One side of the address columns that differ; what does not differ is blank on both sides.
fn lines(fields: &[FieldChange], side: impl Fn(&FieldChange) -> &String) -> AddressLines {
    let text = |field| changed(fields, field).map(|change| side(change).clone()).unwrap_or_default();
    AddressLines {
        street_address: text(Field::StreetAddress),
        care_of: text(Field::CareOf),
        postal_code: text(Field::PostalCode),
        city: text(Field::City),
        country: text(Field::Country),
    }
}

fn of_name(fields: &[FieldChange]) -> ChangeClass {
    if changed(fields, Field::LastName).is_some() {
        return ChangeClass::Surname;
    }
    match changed(fields, Field::FirstNames) {
        Some(change) if is_spelling(&change.current, &change.proposed) => ChangeClass::FirstNameSpelling,
        Some(_) => ChangeClass::FirstNames,
        None => ChangeClass::Other,
    }
}

/// Whether two first names are as many names, each at most one letter from its counterpart and two in all, none so
/// short that a letter makes another name of it.
fn is_spelling(one: &str, other: &str) -> bool {
    let names = |text: &str| {
        let text = text.to_lowercase();
        let parts = text.split(|c: char| c.is_whitespace() || c == '-').filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let (one, other) = (names(one), names(other));
    if one.is_empty() || one.len() != other.len() {
        return false;
    }
    let edits: Vec<usize> = one.iter().zip(&other).map(|(one, other)| distance(one, other)).collect();
    let long_enough = |(name, edits): (&String, &usize)| *edits == 0 || name.chars().count() >= 4;
    edits.iter().all(|edits| *edits <= 1)
        && (1..=2).contains(&edits.iter().sum::<usize>())
        && one.iter().zip(&edits).all(long_enough)
}

/// Letters to add, leave out or change, to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (to, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *wanted);
            before = row[to + 1];
            row[to + 1] = changed.min(row[to] + 1).min(before + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: Field, current: &str, proposed: &str) -> FieldChange {
        FieldChange { field, current: current.to_owned(), proposed: proposed.to_owned() }
    }

    fn street(current: &str, proposed: &str) -> FieldChange {
        change(Field::StreetAddress, current, proposed)
    }

    fn code(current: &str, proposed: &str) -> FieldChange {
        change(Field::PostalCode, current, proposed)
    }

    fn town(current: &str, proposed: &str) -> FieldChange {
        change(Field::City, current, proposed)
    }

    fn of(fields: &[FieldChange]) -> ChangeClass {
        ChangeClass::of(FindingKind::AddressChange, "address_permanent_domestic", fields)
    }

    #[test]
    fn a_code_or_a_town_at_the_same_street_is_a_correction_and_both_are_a_move() {
        assert_eq!(of(&[code("20600", "10600")]), ChangeClass::PostalCodeOrTown);
        assert_eq!(of(&[town("RAASEPORI", "TAMMISAARI")]), ChangeClass::PostalCodeOrTown);
        assert_eq!(
            of(&[street("koulutie 1", "Koulutie 1"), code("10610", "10600")]),
            ChangeClass::PostalCodeOrTown
        );
        assert_eq!(of(&[code("10600", "33100"), town("TAMMISAARI", "TAMPERE")]), ChangeClass::MovedElsewhere);
        assert_eq!(of(&[code("10600", "10300"), town("TAMMISAARI", "KARJAA")]), ChangeClass::MovedNearby);
        assert_eq!(
            of(&[code("10600", "10610"), town("Ekenäs", "TAMMISAARI")]),
            ChangeClass::PostalCodeOrTown
        );
        assert_eq!(of(&[code("", "10600"), town("", "TAMMISAARI")]), ChangeClass::Other);
    }

    #[test]
    fn a_stair_or_a_flat_in_the_same_house_is_a_door() {
        assert_eq!(of(&[street("Ratatie 11", "Ratatie 11 A 3")]), ChangeClass::Door);
        assert_eq!(of(&[street("Ratatie 11 A 3", "Ratatie 11 B 14")]), ChangeClass::Door);
        assert_eq!(of(&[street("Ratatie 11 A 3", "Ratatie 11 A 3b")]), ChangeClass::Door);
        let with_care_of =
            [street("Ratatie 11", "Ratatie 11 A 3"), change(Field::CareOf, "c/o Testinen", "")];
        assert_eq!(of(&with_care_of), ChangeClass::Other);
        let elsewhere =
            [street("Ratatie 11", "Ratatie 11 A 3"), code("10600", "33100"), town("TAMMISAARI", "TAMPERE")];
        assert_eq!(of(&elsewhere), ChangeClass::MovedElsewhere);
    }

    #[test]
    fn a_move_is_near_or_far_by_the_postal_area() {
        assert_eq!(of(&[street("Ratatie 11", "Koulutie 2")]), ChangeClass::MovedNearby);
        assert_eq!(of(&[street("Ratatie 11", "Ratatie 12")]), ChangeClass::MovedNearby);
        let near = [street("Ratatie 11", "Koulutie 2"), code("10600", "10300"), town("TAMMISAARI", "KARJAA")];
        assert_eq!(of(&near), ChangeClass::MovedNearby);
        let far = [street("Ratatie 11", "Koulutie 2"), code("10600", "33100"), town("TAMMISAARI", "TAMPERE")];
        assert_eq!(of(&far), ChangeClass::MovedElsewhere);
        let unknown = [street("Ratatie 11", "Koulutie 2"), code("", "33100"), town("", "TAMPERE")];
        assert_eq!(of(&unknown), ChangeClass::Other);
        assert_eq!(of(&[street("", "Koulutie 2")]), ChangeClass::Other);
    }

    #[test]
    fn what_is_not_like_the_others_is_in_no_class_of_bulk() {
        for fields in [
            vec![street("Ratatie 11", "PL 5")],
            vec![street("PL 5", "Ratatie 11"), code("10601", "10600")],
            vec![street("Ratatie 11", "Storgatan 5"), change(Field::Country, "", "SE")],
            vec![street("Storgatan 5", "Ratatie 11"), change(Field::Country, "SE", "")],
            vec![code("10600", "")],
            vec![],
        ] {
            assert!(!of(&fields).allows_bulk(), "{:?}", of(&fields));
        }
        let moved = [street("Ratatie 11", "Koulutie 2")];
        for rule in ["address_temporary_domestic", "address_permanent_foreign"] {
            assert!(!ChangeClass::of(FindingKind::AddressChange, rule, &moved).allows_bulk(), "{rule}");
        }
        for kind in FindingKind::ALL {
            let class = ChangeClass::of(kind, "a rule", &[change(Field::IdentityCode, "a", "b")]);
            let may = matches!(kind, FindingKind::LanguageChange);
            assert_eq!(class.allows_bulk(), may, "{kind:?}");
        }
    }

    #[test]
    fn a_letter_is_a_spelling_and_another_name_is_not() {
        let class = |current: &str, proposed: &str| {
            let fields = [change(Field::FirstNames, current, proposed)];
            ChangeClass::of(FindingKind::NameChange, "first_names_differ", &fields)
        };
        for (one, other) in [
            ("Katarina", "Katariina"),
            ("Anna-Maria Elisabet", "Anna-Marja Elisabeth"),
            ("Mikael", "Michael"),
        ] {
            let wanted =
                if other == "Michael" { ChangeClass::FirstNames } else { ChangeClass::FirstNameSpelling };
            assert_eq!(class(one, other), wanted, "{one} {other}");
        }
        for (one, other) in
            [("Maija", "Liisa"), ("Maija", "Maija Liisa"), ("Ari", "Arja"), ("Ida", "Ilda"), ("", "Maija")]
        {
            assert_eq!(class(one, other), ChangeClass::FirstNames, "{one} {other}");
        }
        let both =
            [change(Field::LastName, "Testinen", "Mallila"), change(Field::FirstNames, "Maija", "Maja")];
        assert_eq!(ChangeClass::of(FindingKind::NameChange, "names_differ", &both), ChangeClass::Surname);
    }

    #[test]
    fn words_lead_back() {
        for class in ChangeClass::ALL {
            assert_eq!(ChangeClass::from_word(class.as_str()), Some(class));
        }
    }
}
