//! One person who does not exist: who they are, where they live, and in what VTJ and the register differ.
//!
//! A person is a function of the seed and of their index, so any of them can be made at any time, and
//! nothing is kept in memory.

use crate::finding::FindingKind;
use crate::identity_code::IdentityCode;
use crate::municipality::Language;

use super::chance::{Chance, Question};
use super::codes;
use super::places::{FIRST_NAMES, LAST_BEGINNINGS, LAST_ENDINGS, PLACES, Place};

/// In what VTJ and the register differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Moved,
    MovedAndRenamed,
    Dead,
    Protected,
    Renamed,
    /// The same in substance: letter case, spacing, `as.`, leading zeros, `k.` for `katu`.
    FormatNoise,
    /// The same address in the other language.
    LanguageVariant,
    /// A temporary address beside the permanent one. Nothing to propose.
    Temporary,
    Abroad,
    CodeChanged,
    NotInVtj,
    /// VTJ's person has other names.
    OtherPerson,
    /// The register's birth date is not the code's.
    WrongBirthDate,
    LanguageChosen,
    Same,
}

/// Shares of the classes, of ten thousand. The rest is the same on both sides.
const SHARES: [(Class, u64); 14] = [
    (Class::Moved, 380),
    (Class::MovedAndRenamed, 20),
    (Class::Dead, 60),
    (Class::Protected, 100),
    (Class::Renamed, 80),
    (Class::FormatNoise, 1_000),
    (Class::LanguageVariant, 200),
    (Class::Temporary, 200),
    (Class::Abroad, 30),
    (Class::CodeChanged, 10),
    (Class::NotInVtj, 20),
    (Class::OtherPerson, 5),
    (Class::WrongBirthDate, 5),
    (Class::LanguageChosen, 50),
];

impl Class {
    /// What a comparison shall find, when nothing else has happened.
    pub(super) fn findings(self) -> &'static [FindingKind] {
        match self {
            Self::Moved => &[FindingKind::AddressChange],
            Self::MovedAndRenamed => &[FindingKind::AddressChange, FindingKind::NameChange],
            Self::Dead => &[FindingKind::Death],
            Self::Protected => &[FindingKind::ProtectionStarted],
            Self::Renamed => &[FindingKind::NameChange],
            Self::Abroad => &[FindingKind::MovedAbroad],
            Self::CodeChanged => &[FindingKind::IdentityCodeChanged],
            Self::NotInVtj => &[FindingKind::NotInVtj],
            Self::OtherPerson | Self::WrongBirthDate => &[FindingKind::IdentityMismatch],
            Self::LanguageChosen => &[FindingKind::LanguageChange],
            Self::FormatNoise | Self::LanguageVariant | Self::Temporary | Self::Same => &[],
        }
    }

    /// Whether the change log may tell of a move of such a person without making the truth unclear.
    pub(super) fn may_move(self) -> bool {
        match self {
            Self::Moved
            | Self::MovedAndRenamed
            | Self::Renamed
            | Self::FormatNoise
            | Self::LanguageVariant
            | Self::Temporary
            | Self::LanguageChosen
            | Self::Same => true,
            Self::Dead
            | Self::Protected
            | Self::Abroad
            | Self::CodeChanged
            | Self::NotInVtj
            | Self::OtherPerson
            | Self::WrongBirthDate => false,
        }
    }

    /// Whether the difference can come by the change log. The others are there from the beginning.
    fn can_be_logged(self) -> bool {
        match self {
            Self::Moved
            | Self::MovedAndRenamed
            | Self::Dead
            | Self::Protected
            | Self::Renamed
            | Self::Temporary
            | Self::Abroad
            | Self::CodeChanged
            | Self::LanguageChosen => true,
            Self::FormatNoise
            | Self::LanguageVariant
            | Self::NotInVtj
            | Self::OtherPerson
            | Self::WrongBirthDate
            | Self::Same => false,
        }
    }
}

/// The class of a person.
pub(super) fn class(chance: Chance, index: u64) -> Class {
    let mut drawn = chance.draw(Question::Class, index, 10_000);
    for (class, share) in SHARES {
        if drawn < share {
            return class;
        }
        drawn -= share;
    }
    Class::Same
}

/// Whether the person's difference comes by the change log; otherwise the first comparison finds it.
pub(super) fn in_log(chance: Chance, index: u64) -> bool {
    class(chance, index).can_be_logged() && chance.one_in(Question::InLog, index, 2)
}

/// A person, as the register knows them.
#[derive(Debug)]
pub(super) struct Person {
    pub index: u64,
    pub class: Class,
    pub in_log: bool,
    pub code: IdentityCode,
    pub last_name: String,
    pub first_names: String,
    /// The language the library writes in.
    pub language: Option<Language>,
}

impl Person {
    pub(super) fn new(chance: Chance, index: u64) -> Self {
        let class = class(chance, index);
        let language = match chance.draw(Question::Language, index, 100) {
            0..70 => Some(Language::Fi),
            70..95 => Some(Language::Sv),
            // A choice of language is compared with Finnish or Swedish.
            _ if class == Class::LanguageChosen => Some(Language::Fi),
            95..98 => Some(Language::En),
            _ => None,
        };
        Self {
            index,
            class,
            in_log: in_log(chance, index),
            code: codes::code(index),
            last_name: last_name(chance, index, 0),
            first_names: first_names(chance, index, 0),
            language,
        }
    }

    /// Whether the person's address is written in Swedish in the register.
    pub(super) fn writes_swedish(&self, place: &Place) -> bool {
        match self.language {
            Some(Language::Sv) => true,
            Some(Language::Fi) => false,
            Some(Language::En) | None => place.swedish_first,
        }
    }
}

/// A surname; another `turn` gives another one, different at both ends.
pub(super) fn last_name(chance: Chance, index: u64, turn: usize) -> String {
    let drawn = chance.draw_index(Question::LastName, index, LAST_BEGINNINGS.len() * LAST_ENDINGS.len());
    let beginning = LAST_BEGINNINGS[(drawn / LAST_ENDINGS.len() + 5 * turn) % LAST_BEGINNINGS.len()];
    let ending = LAST_ENDINGS[(drawn + 3 * turn) % LAST_ENDINGS.len()];
    format!("{beginning}{ending}")
}

/// First names; another `turn` gives others.
pub(super) fn first_names(chance: Chance, index: u64, turn: usize) -> String {
    let first = chance.draw_index(Question::FirstName, index, FIRST_NAMES.len());
    let other = 1 + chance.draw_index(Question::SecondName, index, FIRST_NAMES.len() - 1);
    // No name of one turn is a name of the next.
    let shift = if other == 7 || other == FIRST_NAMES.len() - 7 { 8 } else { 7 };
    let names = [first, first + other].map(|at| FIRST_NAMES[(at + shift * turn) % FIRST_NAMES.len()]);
    if chance.one_in(Question::SecondName, index, 3) { names[0].to_owned() } else { names.join(" ") }
}

/// A home in one of the places.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub place: &'static Place,
    pub street: (&'static str, &'static str),
    pub number: String,
    /// Stair, flat and split letter; none for a house.
    pub flat: Option<(char, u64, Option<char>)>,
}

/// Where the person lives after so many moves; 0 is the address in the register.
pub(super) fn home(chance: Chance, index: u64, moves: u64) -> Home {
    let mixed = index.wrapping_add(moves.wrapping_mul(0x00A5_A5A5_A5A5));
    // Two moves of three stay in the municipality of the register.
    let stays = moves == 0 || chance.draw(Question::Moves, mixed, 3) > 0;
    let place = &PLACES[chance.draw_index(Question::Place, if stays { index } else { mixed }, PLACES.len())];
    let street_at = chance.draw(Question::Street, index, 8) + moves;
    // The number differs from that of every earlier home of the person, whatever the street.
    let number = 1 + (chance.draw(Question::House, index, 97) + 7 * moves) % 97;
    let letter = if chance.one_in(Question::House, mixed, 40) { "b" } else { "" };
    let flat = (chance.draw(Question::Dwelling, mixed, 3) > 0).then(|| {
        let drawn = chance.draw(Question::Flat, mixed, 6 * 40);
        let stair = char::from(b'A' + u8::try_from(drawn % 6).expect("below six"));
        let split = chance.one_in(Question::Flat, mixed, 12).then_some('b');
        (stair, 1 + drawn / 6, split)
    });
    Home {
        place,
        street: place.streets[usize::try_from(street_at % 8).expect("below eight")],
        number: format!("{number}{letter}"),
        flat,
    }
}
