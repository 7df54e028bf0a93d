//! The words of an address line: which of them name a box, a floor, a building, a stair or a flat.

use super::fold::{key, lower};
use super::line::{ParsedLine, Warning};

const BOX: [&str; 6] = ["pl", "pb", "box", "postilokero", "postbox", "pobox"];
const FLOOR: [&str; 6] = ["krs", "kerros", "vån", "våning", "vn", "floor"];
const BUILDING: [&str; 4] = ["rak", "rakennus", "bygg", "byggnad"];
/// Words that may also end a street's or a farm's name, and count only behind a number.
const BUILDING_BEHIND_NUMBER: [&str; 2] = ["talo", "hus"];
const STAIR: [&str; 6] = ["porras", "rappu", "rp", "trappa", "trapp", "uppgång"];
/// The longer word before the one it begins with.
const FLAT: [&str; 10] =
    ["asunto", "as", "huoneisto", "huon", "hst", "bst", "bostad", "lgh", "lägenhet", "apt"];

/// A building is named by a letter or by a number of at most this many characters.
const BUILDING_NAME_MAX: usize = 3;

/// Takes `c/o` and the name behind it out of a segment. Where nothing else parts the name from the street,
/// the last word before the first number begins the street.
pub(super) fn take_care_of(line: &mut ParsedLine, words: &mut Vec<String>, only_segment: bool) {
    let Some(at) = words.iter().position(|word| lower(word).starts_with("c/o")) else { return };
    let mut name = words.split_off(at);
    let glued: String = name.remove(0).chars().skip("c/o".len()).skip_while(|c| *c == ':').collect();
    if !glued.is_empty() {
        name.insert(0, glued);
    }
    line.warnings.push(Warning::CareOfInStreet);
    if only_segment
        && at == 0
        && let Some(number) = name.iter().skip(2).position(|word| starts_with_digit(word))
    {
        words.extend(name.split_off(number + 1));
        line.warnings.push(Warning::CareOfRunsIntoStreet);
    }
    line.care_of = Some(name.join(" ")).filter(|name| !name.is_empty());
}

/// Takes a postal code of five digits and the town behind it out of a segment.
pub(super) fn take_postal_code(line: &mut ParsedLine, words: &mut Vec<String>) {
    let Some(at) = words.iter().position(|word| postal_code(word).is_some()) else { return };
    let tail = words.split_off(at);
    line.postal_code = postal_code(&tail[0]);
    line.town = Some(tail[1..].join(" ")).filter(|town| !town.is_empty());
}

/// A leading postal code parted from the text behind it.
pub(super) fn split_postal_code(text: &str) -> (Option<String>, String) {
    let (first, behind) = text.split_once(' ').unwrap_or((text, ""));
    match postal_code(first) {
        Some(code) => (Some(code), behind.to_owned()),
        None => (None, text.to_owned()),
    }
}

fn postal_code(word: &str) -> Option<String> {
    let digits = lower(word).trim_start_matches("fi-").to_owned();
    (digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// Joins a number range that was written with spaces: `5 - 7`, `6a- 6b`.
pub(super) fn join_ranges(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if starts_with_digit(last) && (word == "-" || continues_range(last, &word)) => {
                last.push_str(&word);
            }
            Some(_) | None => joined.push(word),
        }
    }
    joined
}

fn continues_range(last: &str, word: &str) -> bool {
    if last.ends_with('-') {
        starts_with_digit(word)
    } else {
        word.strip_prefix('-').is_some_and(starts_with_digit)
    }
}

/// Takes out everything that a word in front of it, or behind it, names: box, poste restante, floor,
/// building; drops the words for stair and flat and leaves what they name in place.
pub(super) fn take_marked(line: &mut ParsedLine, words: &mut Vec<String>) {
    take_box(line, words);
    take_poste_restante(line, words);
    take_floor(line, words);
    take_building(line, words);
    if let Some(at) = (1..words.len()).find(|&at| STAIR.contains(&key(&words[at]).as_str()))
        && number_before(words, at)
        && words.get(at + 1).is_some_and(|word| key(word).chars().count() == 1)
    {
        words.remove(at);
    }
    take_flat_word(line, words);
}

fn take_box(line: &mut ParsedLine, words: &mut Vec<String>) {
    for at in 0..words.len() {
        let word = key(&words[at]);
        let glued = BOX.iter().find_map(|name| word.strip_prefix(name)).filter(|number| all_digits(number));
        if let Some(number) = glued {
            line.post_box = Some(number.to_owned());
            words.remove(at);
            return;
        }
        if BOX.contains(&word.as_str()) && words.get(at + 1).is_some_and(|word| all_digits(&key(word))) {
            line.post_box = Some(key(&words[at + 1]));
            let from = if at > 0 && key(&words[at - 1]) == "po" { at - 1 } else { at };
            words.drain(from..=at + 1);
            return;
        }
    }
}

fn take_poste_restante(line: &mut ParsedLine, words: &mut Vec<String>) {
    let keys: Vec<String> = words.iter().map(|word| key(word)).collect();
    let one = keys.iter().position(|word| word == "posterestante" || word == "noutoposti");
    let two = keys.windows(2).position(|pair| pair[0] == "poste" && pair[1] == "restante");
    if let Some(at) = two {
        words.drain(at..at + 2);
    } else if let Some(at) = one {
        words.remove(at);
    }
    line.poste_restante = one.is_some() || two.is_some();
}

fn take_floor(line: &mut ParsedLine, words: &mut Vec<String>) {
    for at in 1..words.len() {
        let word = key(&words[at]);
        let glued = FLOOR.iter().find_map(|name| word.strip_suffix(name)).filter(|floor| all_digits(floor));
        if let Some(floor) = glued {
            line.floor = Some(floor.to_owned());
            words.remove(at);
            return;
        }
        if !FLOOR.contains(&word.as_str()) {
            continue;
        }
        let ordinal = words[at - 1].ends_with('.');
        let before = all_digits(&key(&words[at - 1])) && (ordinal || number_before(words, at - 1));
        let behind = words.get(at + 1).is_some_and(|word| all_digits(&key(word)));
        if before && (ordinal || !behind) {
            line.floor = Some(key(&words[at - 1]));
            words.drain(at - 1..=at);
            return;
        }
        if behind {
            line.floor = Some(key(&words[at + 1]));
            words.drain(at..=at + 1);
            return;
        }
    }
}

fn take_building(line: &mut ParsedLine, words: &mut Vec<String>) {
    for at in 1..words.len().saturating_sub(1) {
        let word = key(&words[at]);
        let named = BUILDING.contains(&word.as_str())
            || (BUILDING_BEHIND_NUMBER.contains(&word.as_str()) && number_before(words, at));
        let name = key(&words[at + 1]);
        let short = !name.is_empty() && name.chars().count() <= BUILDING_NAME_MAX;
        if named && short && (all_digits(&name) || name.chars().count() == 1) {
            line.building = Some(words[at + 1].trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
            words.drain(at..=at + 1);
            return;
        }
    }
}

/// Drops the word for "flat". Without a house number before it the flat is taken at once, or it would be read
/// as the number.
fn take_flat_word(line: &mut ParsedLine, words: &mut Vec<String>) {
    for at in 1..words.len() {
        let word = lower(&words[at]);
        let glued = FLAT
            .iter()
            .find_map(|name| word.strip_prefix(name))
            .map(|flat| flat.trim_start_matches(['.', ':']));
        let flat = match glued {
            Some("") => match words.get(at + 1) {
                Some(next) if is_flat(next) => words.remove(at + 1),
                Some(_) | None => continue,
            },
            Some(flat) if is_flat(flat) => flat.to_owned(),
            Some(_) | None => continue,
        };
        line.flat_word = true;
        if number_before(words, at) {
            words[at] = flat;
        } else {
            words.remove(at);
            if let Some((_, digits, split)) = stair_flat_split(flat.trim_end_matches('.')) {
                line.set_flat(digits, split);
            }
        }
        return;
    }
}

fn is_flat(word: &str) -> bool {
    matches!(stair_flat_split(word.trim_end_matches('.')), Some(("", digits, _)) if !digits.is_empty())
}

fn number_before(words: &[String], at: usize) -> bool {
    words[..at].iter().skip(1).any(|word| starts_with_digit(word))
}

/// Parts a house number from the street word it was written on to: `Raaseporintie8`.
pub(super) fn split_glued_number(mut words: Vec<String>) -> Vec<String> {
    const SHORTEST_STREET: usize = 3;
    let glued = |word: &String| {
        let letters = word.chars().take_while(|c| !c.is_ascii_digit());
        let street = letters.clone().count() >= SHORTEST_STREET
            && letters.clone().all(|c| c.is_alphabetic() || c == '-' || c == '.');
        street.then(|| word.find(|c: char| c.is_ascii_digit())).flatten()
    };
    let until = number_position(&words).unwrap_or(words.len());
    if let Some((at, cut)) = words[..until].iter().enumerate().find_map(|(at, word)| Some((at, glued(word)?)))
    {
        let number = words[at].split_off(cut);
        words.insert(at + 1, number);
    }
    words
}

/// Where the house number stands: the first word that begins with a digit, except an ordinal that belongs to
/// the street (`3. linja`). At the start of a line only where nothing else can be the number.
pub(super) fn number_position(words: &[String]) -> Option<usize> {
    let is_ordinal = |at: usize| {
        let street_word = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count() > 1;
        words[at].ends_with('.') && words.get(at + 1).is_some_and(street_word)
    };
    let found = (1..words.len()).find(|&at| starts_with_digit(&words[at]) && !is_ordinal(at));
    found.or_else(|| (words.len() == 1 && starts_with_digit(&words[0])).then_some(0))
}

/// A house number, and what was written on to it: `8A12` is `8` and `A12`; `2a`, `6a-6b` and `10h5` are whole.
pub(super) fn split_number(word: &str) -> (String, Option<String>) {
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let (number, behind) =
        word.split_once('/').map_or((word, None), |(number, behind)| (number, Some(behind)));
    let after_digits = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let letter = after_digits.chars().next();
    match stair_flat_split(after_digits) {
        Some((_, digits, _))
            if behind.is_none()
                && !digits.is_empty()
                && !after_digits.contains('-')
                && letter != Some('h') =>
        {
            let at = number.len() - after_digits.len();
            (number[..at].to_owned(), Some(after_digits.to_owned()))
        }
        Some(_) | None => (number.to_owned(), behind.map(str::to_owned)),
    }
}

/// Letters, digits and a split letter of a word such as `A`, `12`, `12b`, `A12b` or `A-12`; nothing else.
pub(super) fn stair_flat_split(word: &str) -> Option<(&str, &str, &str)> {
    const LONGEST_STAIR: usize = 2;
    let letters_end = word.find(|c: char| !c.is_alphabetic()).unwrap_or(word.len());
    let (letters, behind) = word.split_at(letters_end);
    let behind = if letters.is_empty() { behind } else { behind.strip_prefix('-').unwrap_or(behind) };
    let digits_end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
    let (digits, split) = behind.split_at(digits_end);
    let fits = letters.chars().count() <= LONGEST_STAIR
        && split.chars().count() <= 1
        && split.chars().all(char::is_alphabetic)
        && (split.is_empty() || !digits.is_empty())
        && !(letters.is_empty() && digits.is_empty());
    fits.then_some((letters, digits, split))
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
