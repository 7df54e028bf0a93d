//! Invented cases among the samples: wrong on purpose, about nobody.
//!
//! Each looks like a sample of its class and is none: whoever reads it sees that more, or something else, changes
//! than the class says. The names, streets and cards are invented, and no identity code is involved. The towns are of
//! the neighbourhood, so that an invented case is not known by its town.

use chrono::{DateTime, Utc};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use crate::finding::{ChangeClass, Field, FieldChange};
use crate::municipality::Language;
use crate::store::{Result, StoreError, Tx, patron};

const FIRST_NAMES: [&str; 12] = [
    "Aino Maria",
    "Elias Johannes",
    "Saga Linnea",
    "Veikko Olavi",
    "Helmi Sofia",
    "Axel Emil",
    "Kerttu Annikki",
    "Onni Matias",
    "Ellen Viola",
    "Toivo Juhani",
    "Alma Kristiina",
    "Hugo Alexander",
];
const LAST_NAMES: [&str; 12] = [
    "Koivuranta",
    "Lindholm",
    "Saarela",
    "Mattsson",
    "Kallionpää",
    "Björklund",
    "Niittymaa",
    "Ekström",
    "Harjunen",
    "Sundqvist",
    "Lepola",
    "Forsbacka",
];
const STREETS: [(&str, &str); 8] = [
    ("Koivukuja", "Björkgränden"),
    ("Satamakatu", "Hamngatan"),
    ("Kirkkotie", "Kyrkovägen"),
    ("Puistokatu", "Parkgatan"),
    ("Myllytie", "Kvarnvägen"),
    ("Rantatie", "Strandvägen"),
    ("Asemakatu", "Stationsgatan"),
    ("Niittytie", "Ängsvägen"),
];
const TOWNS: [(&str, &str, &str); 14] = [
    ("10600", "TAMMISAARI", "EKENÄS"),
    ("10650", "TAMMISAARI", "EKENÄS"),
    ("10300", "KARJAA", "KARIS"),
    ("10900", "HANKO", "HANGÖ"),
    ("10210", "INKOO", "INGÅ"),
    ("02580", "SIUNTIO", "SJUNDEÅ"),
    ("01300", "VANTAA", "VANDA"),
    ("01600", "VANTAA", "VANDA"),
    ("00500", "HELSINKI", "HELSINGFORS"),
    ("02100", "ESPOO", "ESBO"),
    ("20100", "TURKU", "ÅBO"),
    ("33100", "TAMPERE", "TAMMERFORS"),
    ("65100", "VAASA", "VASA"),
    ("90100", "OULU", "ULEÅBORG"),
];
/// How often another card is tried before no case is planted.
const TRIES: usize = 20;

/// An invented case.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Planted {
    pub(super) card_number: String,
    pub(super) last_name: String,
    pub(super) first_names: String,
    pub(super) municipality: String,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) fields: Vec<FieldChange>,
}

/// What an invented case must look like.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) card_number: String,
    pub(super) municipality: String,
    pub(super) language: Language,
    pub(super) opened_at: DateTime<Utc>,
    /// The first two digits of the postal code, where it has any.
    pub(super) area: String,
}

/// Invents a case that is not of the class. Nothing when no card can be found that nobody has.
pub(super) async fn invent(tx: &mut Tx, class: ChangeClass, model: &Model) -> Result<Option<String>> {
    let Some(card_number) = free_card(tx, &model.card_number).await? else { return Ok(None) };
    let planted = Planted {
        card_number,
        last_name: one_of(&LAST_NAMES),
        first_names: one_of(&FIRST_NAMES),
        municipality: model.municipality.clone(),
        opened_at: model.opened_at,
        fields: Vec::new(),
    };
    let fields = wrong(class, model, &planted);
    let planted = Planted { fields, ..planted };
    serde_json::to_string(&planted).map(Some).map_err(|_| StoreError::inconsistent("bulk_item", "planted"))
}

/// Reads an invented case.
pub(super) fn read(text: &str) -> Result<Planted> {
    serde_json::from_str(text).map_err(|_| StoreError::inconsistent("bulk_item", "planted"))
}

/// A card like another that nobody has.
async fn free_card(tx: &mut Tx, like: &str) -> Result<Option<String>> {
    for _ in 0..TRIES {
        let digits = like.chars().filter(char::is_ascii_digit).count();
        let mut at = 0;
        let changed = like.chars().map(|letter| {
            if !letter.is_ascii_digit() {
                return letter;
            }
            at += 1;
            // The beginning of a card is the library's.
            if at + 4 > digits { char::from(b'0' + rand::rng().random_range(0..10_u8)) } else { letter }
        });
        let card: String = changed.collect();
        if card != like && patron::by_card_numbers(tx, std::slice::from_ref(&card)).await?.is_empty() {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

/// Columns that are not of the class, as everybody can see who reads them.
fn wrong(class: ChangeClass, model: &Model, planted: &Planted) -> Vec<FieldChange> {
    let is_swedish = model.language == Language::Sv;
    let town =
        |(code, fi, sv): (&str, &str, &str)| (code.to_owned(), if is_swedish { sv } else { fi }.to_owned());
    let near: Vec<_> = TOWNS.into_iter().filter(|(code, ..)| code.starts_with(&model.area)).collect();
    let home = near.choose(&mut rand::rng()).copied().unwrap_or(TOWNS[0]);
    let far: Vec<_> = TOWNS.into_iter().filter(|(code, ..)| code[..2] != home.0[..2]).collect();
    let away = town(far.choose(&mut rand::rng()).copied().unwrap_or(TOWNS[13]));
    let home = town(home);
    let streets: Vec<_> = STREETS.sample(&mut rand::rng(), 2).collect();
    let street = |at: usize| {
        let (fi, sv) = streets.get(at).copied().unwrap_or(&STREETS[0]);
        if is_swedish { *sv } else { *fi }
    };
    let number = rand::rng().random_range(2..20_u32);
    let current = format!("{} {number} A {}", street(0), number + 1);
    let change = |field, current: String, proposed: String| FieldChange { field, current, proposed };
    let elsewhere = format!("{} {} B {}", street(1), number + 3, number + 9);
    match class {
        ChangeClass::Door => {
            let proposed = format!("{} {} B {}", street(0), number + 20, number + 4);
            vec![change(Field::StreetAddress, current, proposed)]
        }
        ChangeClass::MovedNearby => vec![
            change(Field::StreetAddress, current, elsewhere),
            change(Field::PostalCode, home.0, away.0),
            change(Field::City, home.1, away.1),
        ],
        ChangeClass::MovedElsewhere => vec![
            change(Field::StreetAddress, current, format!("Storgatan {number}")),
            change(Field::PostalCode, home.0, "111 22".to_owned()),
            change(Field::City, home.1, "STOCKHOLM".to_owned()),
            change(Field::Country, String::new(), "SE".to_owned()),
        ],
        ChangeClass::FirstNameSpelling => {
            let others: Vec<&str> =
                FIRST_NAMES.into_iter().filter(|name| *name != planted.first_names).collect();
            vec![change(Field::FirstNames, planted.first_names.clone(), one_of(&others))]
        }
        ChangeClass::Language => {
            let others: Vec<&str> =
                LAST_NAMES.into_iter().filter(|name| *name != planted.last_name).collect();
            vec![
                change(Field::LastName, planted.last_name.clone(), one_of(&others)),
                change(Field::Language, "fi".to_owned(), "sv".to_owned()),
            ]
        }
        ChangeClass::PostalCodeOrTown
        | ChangeClass::FirstNames
        | ChangeClass::Surname
        | ChangeClass::PostBox
        | ChangeClass::Abroad
        | ChangeClass::Other => {
            vec![change(Field::StreetAddress, current, elsewhere), change(Field::PostalCode, home.0, away.0)]
        }
    }
}

fn one_of(list: &[&str]) -> String {
    list.choose(&mut rand::rng()).copied().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::FindingKind;

    #[test]
    fn an_invented_case_is_never_of_its_class() {
        for class in ChangeClass::ALL.into_iter().filter(|class| class.allows_bulk()) {
            for (language, area) in [(Language::Fi, "10"), (Language::Sv, "01"), (Language::Fi, "")] {
                for _ in 0..50 {
                    let model = Model {
                        card_number: "2071000007".to_owned(),
                        municipality: "710".to_owned(),
                        language,
                        opened_at: DateTime::UNIX_EPOCH,
                        area: area.to_owned(),
                    };
                    let planted = Planted {
                        card_number: String::new(),
                        last_name: one_of(&LAST_NAMES),
                        first_names: one_of(&FIRST_NAMES),
                        municipality: String::new(),
                        opened_at: DateTime::UNIX_EPOCH,
                        fields: Vec::new(),
                    };
                    let fields = wrong(class, &model, &planted);
                    assert!(fields.iter().all(|change| change.current != change.proposed), "{class:?}");
                    let kind = match class {
                        ChangeClass::FirstNameSpelling | ChangeClass::Language => FindingKind::NameChange,
                        _ => FindingKind::AddressChange,
                    };
                    let seen = ChangeClass::of(kind, "address_permanent_domestic", &fields);
                    assert_ne!(
                        seen,
                        class,
                        "{:?}",
                        fields.iter().map(|c| (&c.current, &c.proposed)).collect::<Vec<_>>()
                    );
                }
            }
        }
    }
}
