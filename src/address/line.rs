//! A Finnish address line, taken apart: street, number, stair, flat, split letter, and what else people write.
//!
//! Parsing never fails. What is doubtful is kept as a [`Warning`], what is not understood stays in
//! [`ParsedLine::rest`] and is compared as it stands. The line of VTJ and the line of the patron register go
//! through the same parser, so that an odd line equals itself whatever becomes of its parts.

use super::fold::{lower, runs, tidy, without_leading_zeros};
use super::sameness::Part;
use super::{AddressLines, words};

/// The parts of an address line. Texts are as written, with tidy spaces, dashes and composition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedLine {
    /// The name after `c/o`.
    pub care_of: Option<String>,
    /// Street, island or village, without its number.
    pub street: String,
    /// House number: `8`, `2a`, `6a-6b`, `5-7`, `10h5`.
    pub number: Option<String>,
    /// Stair, a capital. A lone letter behind the number may also be a house letter.
    pub stair: Option<String>,
    /// Flat without leading zeros.
    pub flat: Option<String>,
    /// Split letter of the flat, small.
    pub split_letter: Option<String>,
    /// Floor: the `2` of `2. krs`.
    pub floor: Option<String>,
    /// Building: the `3` of `rak. 3`.
    pub building: Option<String>,
    /// Number of a post-office box (PL, PB, P.O. Box).
    pub post_box: Option<String>,
    /// Poste restante or noutoposti.
    pub poste_restante: bool,
    /// A postal code written on the line.
    pub postal_code: Option<String>,
    /// A town written behind that code.
    pub town: Option<String>,
    /// Words that fit nowhere.
    pub rest: Option<String>,
    /// What is doubtful, in the order it was met.
    pub warnings: Vec<Warning>,
    /// Whether a word such as `as.` stood before the flat.
    pub(super) flat_word: bool,
    /// Whether the flat had leading zeros.
    pub(super) flat_zeros: bool,
}

/// Something doubtful about a line that parsed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// `8 A`: a house letter or a stair.
    HouseLetterOrStair,
    /// No house number.
    NoNumber,
    /// A c/o inside the street line.
    CareOfInStreet,
    /// No comma parts the c/o name from the street; the last word before the number was taken for the street.
    CareOfRunsIntoStreet,
    /// A postal code ending in 1, which boxes and large customers have, beside a street line.
    BoxCodeWithStreet,
    /// The town is a customer's name, as in `01030 Vantaan kaupunki`.
    CustomerAsTown,
    /// Some words fit nowhere.
    UnknownWords,
}

impl Warning {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HouseLetterOrStair => "house_letter_or_stair",
            Self::NoNumber => "no_number",
            Self::CareOfInStreet => "care_of_in_street",
            Self::CareOfRunsIntoStreet => "care_of_runs_into_street",
            Self::BoxCodeWithStreet => "box_code_with_street",
            Self::CustomerAsTown => "customer_as_town",
            Self::UnknownWords => "unknown_words",
        }
    }
}

impl ParsedLine {
    /// Takes a line apart. Any text parses.
    pub fn parse(text: &str) -> Self {
        let mut line = Self::default();
        let segments: Vec<String> =
            text.split([',', ';', '\n', '\r']).map(tidy).filter(|segment| !segment.is_empty()).collect();
        let mut words = Vec::new();
        for segment in &segments {
            let mut of_segment: Vec<String> = segment.split(' ').map(str::to_owned).collect();
            words::take_care_of(&mut line, &mut of_segment, segments.len() == 1);
            words::take_postal_code(&mut line, &mut of_segment);
            words.append(&mut of_segment);
        }
        let mut words = words::join_ranges(words);
        words::take_marked(&mut line, &mut words);
        line.take_street_and_number(words);
        line.warn();
        line
    }

    /// The parts in the order of writing, for showing two lines side by side word by word.
    pub fn parts(&self) -> Vec<(Part, String)> {
        let marked =
            |word: &str, value: &Option<String>| value.as_ref().map(|value| format!("{word} {value}"));
        let poste_restante = self.poste_restante.then(|| "Poste restante".to_owned());
        [
            (Part::CareOf, marked("c/o", &self.care_of)),
            (Part::Street, Some(self.street.clone()).filter(|street| !street.is_empty())),
            (Part::Number, self.number.clone()),
            (Part::Stair, self.stair.clone()),
            (Part::Flat, self.flat.clone()),
            (Part::SplitLetter, self.split_letter.clone()),
            (Part::Floor, self.floor.as_ref().map(|floor| format!("{floor}. krs"))),
            (Part::Building, marked("rak.", &self.building)),
            (Part::PostBox, marked("PL", &self.post_box)),
            (Part::PostBox, poste_restante),
            (Part::Other, self.rest.clone()),
            (Part::PostalCode, self.postal_code.clone()),
            (Part::City, self.town.clone()),
        ]
        .into_iter()
        .filter_map(|(part, value)| Some((part, value?)))
        .collect()
    }

    /// Number, stair, flat and split letter as one row of digits, letters and range dashes: `8A 12`, `8 A 12`
    /// and `8 a 012` are the same row.
    pub(super) fn row(&self) -> Vec<String> {
        let texts = [&self.number, &self.stair, &self.flat, &self.split_letter];
        let mut row: Vec<String> = Vec::new();
        for text in texts.into_iter().flatten() {
            row.extend(runs(&lower(text)));
        }
        row
    }

    fn take_street_and_number(&mut self, words: Vec<String>) {
        let words = words::split_glued_number(words);
        let Some(at) = words::number_position(&words) else {
            self.street = words.join(" ");
            return;
        };
        self.street = words[..at].join(" ");
        let (number, behind) = words::split_number(&words[at]);
        self.number = Some(number);
        let mut rest: Vec<&str> = Vec::new();
        let tail = behind.iter().chain(&words[at + 1..]);
        for word in tail.flat_map(|word| word.split('/')) {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() && (!rest.is_empty() || !self.take_tail_word(word)) {
                rest.push(word);
            }
        }
        self.rest = Some(rest.join(" ")).filter(|rest| !rest.is_empty());
    }

    /// Puts one word behind the number into its place; false if there is none for it.
    fn take_tail_word(&mut self, word: &str) -> bool {
        let Some((letters, digits, split)) = words::stair_flat_split(word) else { return false };
        match (letters, digits, split) {
            (letters, "", "") => self.take_letters(letters),
            (letters, digits, split) => {
                if self.flat.is_some() || (!letters.is_empty() && self.stair.is_some()) {
                    return false;
                }
                if !letters.is_empty() {
                    self.stair = Some(letters.to_uppercase());
                }
                self.set_flat(digits, split);
                true
            }
        }
    }

    /// A lone letter is the stair; of two in a row the first is the house's: `12 b A 4`. Behind the flat it is
    /// the split letter.
    fn take_letters(&mut self, letters: &str) -> bool {
        let single = letters.chars().count() == 1;
        match (&self.number, &self.stair, &self.flat) {
            (_, None, None) => self.stair = Some(letters.to_uppercase()),
            (Some(number), Some(house), None) if single && number.ends_with(|c: char| c.is_ascii_digit()) => {
                self.number = Some(format!("{number}{}", house.to_lowercase()));
                self.stair = Some(letters.to_uppercase());
            }
            (_, _, Some(_)) if single && self.split_letter.is_none() => {
                self.split_letter = Some(letters.to_lowercase());
            }
            (_, _, _) => return false,
        }
        true
    }

    /// Keeps a flat; `000` is none.
    pub(super) fn set_flat(&mut self, digits: &str, split: &str) {
        let bare = without_leading_zeros(digits);
        self.flat_zeros |= bare.len() < digits.len();
        self.flat = Some(bare.to_owned()).filter(|flat| !flat.is_empty());
        self.split_letter = Some(split.to_lowercase()).filter(|split| !split.is_empty());
    }

    fn warn(&mut self) {
        let has_place = self.post_box.is_some() || self.poste_restante;
        if self.stair.is_some() && self.flat.is_none() {
            self.warnings.push(Warning::HouseLetterOrStair);
        }
        if self.number.is_none() && !self.street.is_empty() && !has_place {
            self.warnings.push(Warning::NoNumber);
        }
        if self.rest.is_some() {
            self.warnings.push(Warning::UnknownWords);
        }
    }
}

/// Words that make a town a customer: authorities and companies with a postal code of their own.
const CUSTOMERS: [&str; 10] =
    ["kaupunki", "kunta", "stad", "kommun", "oy", "oyj", "ab", "abp", "virasto", "kirjasto"];

impl AddressLines {
    /// The street line taken apart, with the warnings that its neighbours in the other columns give. A postal
    /// code and a town on the street line stand aside for those in their own columns.
    pub fn parsed(&self) -> ParsedLine {
        let mut line = ParsedLine::parse(&self.street_address);
        let (code, town) = words::split_postal_code(&tidy(&self.city));
        if !town.is_empty() {
            line.town = Some(town);
        }
        let column = tidy(&self.postal_code);
        if !column.is_empty() {
            line.postal_code = Some(column);
        } else if code.is_some() {
            line.postal_code = code;
        }
        let boxed = line.post_box.is_some() || line.poste_restante;
        if !boxed
            && !line.street.is_empty()
            && line.postal_code.as_ref().is_some_and(|code| code.ends_with('1'))
        {
            line.warnings.push(Warning::BoxCodeWithStreet);
        }
        let customer = |town: &String| lower(town).split(' ').any(|word| CUSTOMERS.contains(&word));
        if line.town.as_ref().is_some_and(customer) {
            line.warnings.push(Warning::CustomerAsTown);
        }
        line
    }
}
