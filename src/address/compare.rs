//! Comparing: whether the patron register and VTJ mean the same address in Finland, part by part.
//!
//! The Finnish and the Swedish form of VTJ are equals, for the street and for the town apart, so that a
//! Swedish street beside a Finnish town is no change either. Writing habits are noise. Only what leads a
//! letter to another door is a difference. An element that VTJ did not send is never a difference.

use unicode_normalization::UnicodeNormalization;

use super::fold::{key, lower, runs, street_key, tidy};
use super::line::ParsedLine;
use super::sameness::{Noise, Part, Sameness};
use super::{AddressLines, AnyAddress, foreign, towns};
use crate::municipality::Language;

/// Compares the patron register's address with one from VTJ, as seen from the Finnish form: an address that
/// is in Swedish where VTJ knows both is a [`Sameness::LanguageVariant`].
pub fn compare(current: &AddressLines, vtj: &AnyAddress) -> Sameness {
    compare_in(current, vtj, Language::Fi)
}

/// Compares as [`compare`] does, as seen from the form in a chosen language. Whether there is a difference,
/// and in which parts, is the same for every language; only the word for sameness is not.
pub fn compare_in(current: &AddressLines, vtj: &AnyAddress, language: Language) -> Sameness {
    let chosen = vtj.lines(language);
    if same_text(current, &chosen) {
        return Sameness::Same;
    }
    match vtj {
        AnyAddress::Foreign(address) => foreign::compare(current, address, &chosen),
        AnyAddress::Domestic(_) | AnyAddress::Postal(_) => domestic(current, vtj, &chosen, language),
    }
}

/// What comparing some of the parts found.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) parts: Vec<Part>,
    pub(super) noise: Option<Noise>,
}

impl Outcome {
    pub(super) fn differ(&mut self, part: Part) {
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// Keeps the more telling of two classes.
    pub(super) fn note(&mut self, noise: Noise) {
        self.noise = Some(self.noise.map_or(noise, |known| known.min(noise)));
    }

    pub(super) fn into_sameness(mut self, variant: bool, writing: Option<Noise>) -> Sameness {
        self.parts.sort_unstable();
        match (self.parts.is_empty(), variant, self.noise.or(writing)) {
            (false, _, _) => Sameness::Different(self.parts),
            (true, true, _) => Sameness::LanguageVariant,
            (true, false, Some(noise)) => Sameness::Noise(noise),
            (true, false, None) => Sameness::Same,
        }
    }
}

fn domestic(current: &AddressLines, vtj: &AnyAddress, chosen: &AddressLines, language: Language) -> Sameness {
    let other = vtj.lines(match language {
        Language::Sv => Language::Fi,
        Language::Fi | Language::En => Language::Sv,
    });
    if same_text(current, &other) {
        return Sameness::LanguageVariant;
    }
    let line = current.parsed();
    let in_chosen = street(&line, current, chosen);
    let in_other = street(&line, current, &other);
    let names_street = |outcome: &Outcome| outcome.parts.contains(&Part::Street);
    let street_variant = in_other.parts.len() < in_chosen.parts.len()
        || (names_street(&in_chosen) && !names_street(&in_other));
    let (mut outcome, street_form) = if street_variant { (in_other, &other) } else { (in_chosen, chosen) };

    let town_variant = match town(line.town.as_deref().unwrap_or_default(), &chosen.city, &other.city) {
        TownMatch::Chosen => false,
        TownMatch::OtherLanguage => true,
        TownMatch::Different => {
            outcome.differ(Part::City);
            false
        }
    };
    postal_code(current, &line, chosen, &mut outcome);
    if !is_finland(&current.country) {
        outcome.differ(Part::Country);
    }
    let writing = writing(
        &[&current.street_address, &current.postal_code, &current.city].map(String::as_str).join("\n"),
        &[&street_form.street_address, &chosen.postal_code, &chosen.city].map(String::as_str).join("\n"),
    );
    outcome.into_sameness(street_variant || town_variant, writing)
}

fn street(current: &ParsedLine, columns: &AddressLines, form: &AddressLines) -> Outcome {
    let mut outcome = Outcome::default();
    if form.street_address.is_empty() {
        return outcome;
    }
    let (mut ours, mut theirs) = (current.clone(), ParsedLine::parse(&form.street_address));
    if letter_as_stair(&mut ours, &theirs) || letter_as_stair(&mut theirs, &ours) {
        outcome.note(Noise::HouseLetterOrStair);
    }
    if let Some(name) = &theirs.care_of {
        let own = ours.care_of.as_deref().unwrap_or(&columns.care_of);
        let own_key = key(own);
        let own_key = if lower(&tidy(own)).starts_with("c/o") { &own_key[2..] } else { &own_key };
        if own_key != key(name) {
            outcome.differ(Part::CareOf);
        }
    } else if ours.care_of.is_some() {
        outcome.note(Noise::CareOfInStreet);
    }
    let ((our_street, our_short), (their_street, their_short)) =
        (street_key(&ours.street), street_key(&theirs.street));
    if our_street != their_street {
        outcome.differ(Part::Street);
    } else if our_short != their_short {
        outcome.note(Noise::Abbreviation);
    }
    if ours.post_box != theirs.post_box || ours.poste_restante != theirs.poste_restante {
        outcome.differ(Part::PostBox);
    }
    if ours.rest.as_deref().map(key) != theirs.rest.as_deref().map(key) {
        outcome.differ(Part::Other);
    }
    door(&ours, &theirs, &mut outcome);
    beside(ours.floor.as_ref(), theirs.floor.as_ref(), Part::Floor, &mut outcome);
    beside(ours.building.as_ref(), theirs.building.as_ref(), Part::Building, &mut outcome);
    if ours.flat_word != theirs.flat_word {
        outcome.note(Noise::FlatWord);
    }
    if ours.flat_zeros != theirs.flat_zeros {
        outcome.note(Noise::LeadingZeros);
    }
    outcome
}

/// Number, stair, flat and split letter.
fn door(ours: &ParsedLine, theirs: &ParsedLine, outcome: &mut Outcome) {
    let row = |text: &Option<String>| text.as_deref().map(lower).map(|text| runs(&text));
    let differing: Vec<Part> = [
        (Part::Number, &ours.number, &theirs.number),
        (Part::Stair, &ours.stair, &theirs.stair),
        (Part::Flat, &ours.flat, &theirs.flat),
        (Part::SplitLetter, &ours.split_letter, &theirs.split_letter),
    ]
    .into_iter()
    .filter_map(|(part, our, their)| (row(our) != row(their)).then_some(part))
    .collect();
    let one_lacks_stair = ours.stair.is_some() != theirs.stair.is_some();
    if differing.is_empty() {
        return;
    }
    if ours.row() == theirs.row() {
        outcome.note(Noise::HouseLetterOrStair);
    } else if differing == [Part::Stair] && one_lacks_stair && ours.flat.is_some() {
        outcome.note(Noise::MissingStair);
    } else {
        for part in differing {
            outcome.differ(part);
        }
    }
}

/// A floor or a building counts where both sides name one.
fn beside(ours: Option<&String>, theirs: Option<&String>, part: Part, outcome: &mut Outcome) {
    match (ours, theirs) {
        (Some(our), Some(their)) if key(our) != key(their) => outcome.differ(part),
        (Some(_), None) | (None, Some(_)) => outcome.note(Noise::FloorOrBuilding),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

/// Where the letter is written on to the number on one side and stands apart as a stair on the other, reads
/// it as a stair on both, so that the parts can be compared.
fn letter_as_stair(one: &mut ParsedLine, other: &ParsedLine) -> bool {
    let (Some(number), None, Some(plain), Some(_)) = (&one.number, &one.stair, &other.number, &other.stair)
    else {
        return false;
    };
    let Some(letter) = number.strip_prefix(plain.as_str()) else { return false };
    if letter.chars().count() != 1 || !letter.chars().all(char::is_alphabetic) {
        return false;
    }
    one.stair = Some(letter.to_uppercase());
    one.number = Some(plain.clone());
    true
}

enum TownMatch {
    Chosen,
    OtherLanguage,
    Different,
}

fn town(ours: &str, chosen: &str, other: &str) -> TownMatch {
    let (our, chosen, other) = (key(ours), key(chosen), key(other));
    if chosen.is_empty() || our == chosen {
        return TownMatch::Chosen;
    }
    let known = |name: &str| name == chosen || name == other || towns::same_town(name, &chosen);
    // `TAMMISAARI/EKENÄS`: both forms at once.
    if known(&our) || (ours.contains('/') && ours.split('/').all(|name| known(&key(name)))) {
        TownMatch::OtherLanguage
    } else {
        TownMatch::Different
    }
}

fn postal_code(current: &AddressLines, line: &ParsedLine, form: &AddressLines, outcome: &mut Outcome) {
    let digits = |text: &str| key(text).trim_start_matches("fi").trim_start_matches("ax").to_owned();
    if form.postal_code.is_empty() {
        return;
    }
    if digits(line.postal_code.as_deref().unwrap_or_default()) != digits(&form.postal_code) {
        outcome.differ(Part::PostalCode);
    } else if current.postal_code.trim().is_empty() {
        outcome.note(Noise::PostalCodePlace);
    }
}

/// Whether the country column means Finland. Nothing is Finland, and so is Åland, which has a code of its own.
pub(super) fn is_finland(country: &str) -> bool {
    matches!(key(country).as_str(), "" | "fi" | "fin" | "ax" | "suomi" | "finland")
}

fn same_text(current: &AddressLines, form: &AddressLines) -> bool {
    let country = |lines: &AddressLines| match lines.country.trim().to_uppercase().as_str() {
        "FI" => String::new(),
        country => country.to_owned(),
    };
    current.street_address == form.street_address
        && current.postal_code == form.postal_code
        && current.city == form.city
        && country(current) == country(form)
}

/// The habit that parts two writings of the same address: the last one that has to be folded away.
pub(super) fn writing(ours: &str, theirs: &str) -> Option<Noise> {
    let composed = |text: &str| text.nfc().collect::<String>();
    let one_case = |text: &str| lower(&composed(text));
    let one_dash = |text: &str| lower(&text.split('\n').map(tidy).collect::<Vec<_>>().join("\n"));
    let spaceless = |text: String| text.split_whitespace().collect::<String>();
    if ours == theirs {
        None
    } else if composed(ours) == composed(theirs) {
        Some(Noise::Composition)
    } else if one_case(ours) == one_case(theirs) {
        Some(Noise::Case)
    } else if one_dash(ours) == one_dash(theirs) && spaceless(one_case(ours)) != spaceless(one_case(theirs)) {
        Some(Noise::Dash)
    } else if spaceless(one_dash(ours)) == spaceless(one_dash(theirs)) {
        Some(Noise::Spacing)
    } else {
        Some(Noise::Punctuation)
    }
}
