//! What the library's register says of a person: a row of the patron file.

use chrono::{Datelike, Days, NaiveDate};

use crate::municipality::Language;
use crate::patron_file::Column;

use super::chance::{Chance, Question};
use super::person::{Class, Home, Person, class, home};
use super::vtj::World;

/// Patrons born in this many of the last years before today have a guarantor. Below the age at which a
/// guarantee ends (15), so that no guarantee is due to end.
const GUARANTEED_YEARS: i32 = 13;

/// How many neighbours are looked at for a guarantor. Four of five are fit, so this is never reached.
const GUARANTOR_SEARCH: u64 = 200;

/// The patron's number in the register.
pub(super) fn patron_id(index: u64) -> String {
    format!("P{:08}", index + 1)
}

/// The row, in the order of the columns.
pub(super) fn row(world: World, person: &Person, persons: u64) -> Vec<String> {
    let home = home(world.chance, person.index, 0);
    let guarantor = guarantor(world, person, persons).map(|index| Person::new(world.chance, index));
    let noise = noise(world.chance, person, &home);
    let known = Known { world, person, home, guarantor, noise };
    Column::ALL.into_iter().map(|column| cell(&known, column)).collect()
}

/// What a row is written from.
struct Known<'a> {
    world: World,
    person: &'a Person,
    home: Home,
    guarantor: Option<Person>,
    noise: Option<Noise>,
}

fn cell(known: &Known, column: Column) -> String {
    let Known { world, person, home, guarantor, noise } = known;
    let (chance, index) = (world.chance, person.index);
    let loans = chance.draw(Question::Register, index, 12).saturating_sub(4);
    let past =
        |most: u64| (world.today - Days::new(1 + chance.draw(Question::Order, index, most))).to_string();
    match column {
        Column::PatronId => patron_id(index),
        Column::CardNumber => format!("2090{:010}", index + 1),
        Column::IdentityCode => person.code.expose().to_owned(),
        Column::LastName if *noise == Some(Noise::UpperCaseName) => person.last_name.to_uppercase(),
        Column::LastName => person.last_name.clone(),
        Column::FirstNames => person.first_names.clone(),
        Column::BirthDate => birth_date(person).to_string(),
        Column::StreetAddress => street_line(person, home, *noise),
        Column::PostalCode => home.place.postal_code.to_owned(),
        Column::City => town(person, home, *noise),
        Column::Email if chance.one_in(Question::Register, index, 2) => {
            format!("{}@example.org", patron_id(index).to_lowercase())
        }
        Column::Language => person.language.map_or("", Language::as_str).to_owned(),
        Column::PatronGroup => if guaranteed(*world, person) { "child" } else { "adult" }.to_owned(),
        Column::Municipality => home.place.code.to_owned(),
        Column::HomeLibrary | Column::OwningLibrary => home.place.name.to_owned(),
        Column::RegisteredOn => past(900),
        Column::LastActiveOn => past(300),
        Column::LastPatronEditOn if chance.one_in(Question::Order, index, 3) => past(700),
        Column::GuarantorPatronId => {
            guarantor.as_ref().map_or_else(String::new, |adult| patron_id(adult.index))
        }
        Column::GuarantorName => guarantor
            .as_ref()
            .map_or_else(String::new, |adult| format!("{} {}", adult.last_name, adult.first_names)),
        Column::OpenLoans => loans.to_string(),
        Column::UnpaidFees => match chance.draw(Question::Money, index, 400) {
            half_euros @ 0..40 => format!("{}.{:02}", half_euros / 2, (half_euros % 2) * 50),
            _ => "0.00".to_owned(),
        },
        Column::OldestDueDate if loans > 0 => (world.today + Days::new(loans * 3)).to_string(),
        Column::CardExpiresOn => (world.today + Days::new(200 + loans * 50)).to_string(),
        Column::Kind => "person".to_owned(),
        Column::Notes if chance.one_in(Question::Money, index, 50) => "wrong_contact_details".to_owned(),
        Column::CareOf
        | Column::Country
        | Column::AlternativeAddress
        | Column::Phone
        | Column::Email
        | Column::LastPatronEditOn
        | Column::OldestDueDate
        | Column::Protected
        | Column::Notes => String::new(),
    }
}

fn birth_date(person: &Person) -> NaiveDate {
    let birth = person.code.birth_date();
    if person.class == Class::WrongBirthDate { birth + Days::new(1) } else { birth }
}

fn guaranteed(world: World, person: &Person) -> bool {
    person.code.birth_date().year() > world.today.year() - GUARANTEED_YEARS
}

/// The nearest adult about whom there is nothing to find.
fn guarantor(world: World, person: &Person, persons: u64) -> Option<u64> {
    if !guaranteed(world, person) {
        return None;
    }
    (1..GUARANTOR_SEARCH.min(persons)).map(|step| (person.index + step) % persons).find(|&index| {
        class(world.chance, index) == Class::Same && !guaranteed(world, &Person::new(world.chance, index))
    })
}

/// A way of writing the same thing otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noise {
    UpperCaseStreet,
    DoubleSpace,
    LeadingZeros,
    FlatWord,
    ShortKatu,
    UpperCaseName,
    SmallTown,
}

fn noise(chance: Chance, person: &Person, home: &Home) -> Option<Noise> {
    if person.class != Class::FormatNoise {
        return None;
    }
    let all = [
        Noise::UpperCaseStreet,
        Noise::DoubleSpace,
        Noise::LeadingZeros,
        Noise::FlatWord,
        Noise::ShortKatu,
        Noise::UpperCaseName,
        Noise::SmallTown,
    ];
    let drawn = chance.pick(Question::Noise, person.index, &all);
    let fits = match drawn {
        Noise::LeadingZeros | Noise::FlatWord => home.flat.is_some(),
        Noise::ShortKatu => !person.writes_swedish(home.place) && home.street.0.ends_with("katu"),
        Noise::UpperCaseStreet | Noise::DoubleSpace | Noise::UpperCaseName | Noise::SmallTown => true,
    };
    Some(if fits { drawn } else { Noise::UpperCaseStreet })
}

/// Whether the register's address is in Swedish: in the other language for a language variant.
fn in_swedish(person: &Person, home: &Home) -> bool {
    person.writes_swedish(home.place) != (person.class == Class::LanguageVariant)
}

fn street_line(person: &Person, home: &Home, noise: Option<Noise>) -> String {
    let street = if in_swedish(person, home) { home.street.1 } else { home.street.0 };
    let street = match noise {
        Some(Noise::ShortKatu) => format!("{}k.", street.trim_end_matches("katu")),
        _ => street.to_owned(),
    };
    let space = if noise == Some(Noise::DoubleSpace) { "  " } else { " " };
    let mut line = format!("{street}{space}{}", home.number);
    if let Some((stair, flat, split)) = home.flat {
        let flat = match noise {
            Some(Noise::LeadingZeros) => format!("{flat:03}"),
            Some(Noise::FlatWord) => format!("as. {flat}"),
            _ => flat.to_string(),
        };
        let split = split.map_or(String::new(), String::from);
        line.extend([space, &stair.to_string(), " ", &flat, &split]);
    }
    if noise == Some(Noise::UpperCaseStreet) { line.to_uppercase() } else { line }
}

fn town(person: &Person, home: &Home, noise: Option<Noise>) -> String {
    let town = if in_swedish(person, home) { home.place.town.1 } else { home.place.town.0 };
    if noise != Some(Noise::SmallTown) {
        return town.to_owned();
    }
    let mut letters = town.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}
