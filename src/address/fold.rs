//! Folding: the form of a text in which writing habits no longer show.
//!
//! Case, spacing, punctuation, dash kind and Unicode composition disappear; letters do not: `a` and `ä` stay
//! two letters, because two streets may differ in nothing else.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Composed form, one kind of dash, one kind of space, ends trimmed. Case and punctuation stay.
pub(super) fn tidy(text: &str) -> String {
    if is_plain(text) {
        return one_space(text);
    }
    let composed: String = text.nfkc().map(|c| if is_dash(c) { '-' } else { c }).collect();
    one_space(&composed)
}

fn one_space(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !tidied.is_empty() {
            tidied.push(' ');
        }
        tidied.push_str(word);
    }
    tidied
}

/// Whether a text is its own composed form and has the letters of Finnish and Swedish at most, each with one
/// small and one capital form, as nearly every text here. `ß` and `ÿ` are left to the general way.
fn is_plain(text: &str) -> bool {
    text.is_ascii() || text.chars().all(|c| c.is_ascii() || (matches!(c, 'À'..='þ') && c != 'ß'))
}

fn plain_lower(c: char) -> char {
    match c {
        'À'..='Þ' if c != '×' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        _ => c.to_ascii_lowercase(),
    }
}

/// Letters, digits and nothing else, in one case.
pub(super) fn key(text: &str) -> String {
    if is_plain(text) {
        return text.chars().filter(|c| c.is_alphanumeric()).map(plain_lower).collect();
    }
    lower(&tidy(text)).chars().filter(|&c| c.is_alphanumeric() || is_combining_mark(c)).collect()
}

/// One case. By way of capitals, so that `ß` and `SS`, or the two Greek sigmas, are one.
pub(super) fn lower(text: &str) -> String {
    if is_plain(text) {
        return text.chars().map(plain_lower).collect();
    }
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
}

/// The words that a street's last part is shortened to, and what they stand for.
const SHORTENED: [(&str, &str); 4] = [("k.", "katu"), ("t.", "tie"), ("g.", "gatan"), ("v.", "vägen")];

/// A street's name without its writing habits, and whether a shortened ending (`k.`, `t.`, `g.`, `v.`) was
/// written out.
pub(super) fn street_key(street: &str) -> (String, bool) {
    let plain = lower(&tidy(street));
    for (short, long) in SHORTENED {
        if let Some(stem) = plain.strip_suffix(short)
            && !stem.is_empty()
        {
            return (key(&format!("{stem}{long}")), true);
        }
    }
    (key(&plain), false)
}

/// Digits without their leading zeros.
pub(super) fn without_leading_zeros(digits: &str) -> &str {
    digits.trim_start_matches('0')
}

/// A text that is more than blanks, trimmed.
pub(super) fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Runs of digits without leading zeros, single letters, and the dashes of a range. A dash behind a letter is
/// a way of writing (`8 A-12`, `6 a - 6 b`) and is left out.
pub(super) fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut in_number = false;
    for c in text.chars().filter(|&c| c.is_alphanumeric() || c == '-') {
        if c == '-' && !in_number {
            continue;
        }
        match runs.last_mut() {
            Some(last) if in_number && c.is_ascii_digit() => {
                if last == "0" {
                    last.clear();
                }
                last.push(c);
            }
            Some(_) | None => runs.push(c.to_string()),
        }
        in_number = c.is_ascii_digit();
    }
    runs
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00ad}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The general way, for every text.
    fn slow_lower(text: &str) -> String {
        text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect()
    }

    fn slow_tidy(text: &str) -> String {
        let composed: String = text.nfkc().map(|c| if is_dash(c) { '-' } else { c }).collect();
        composed.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn slow_key(text: &str) -> String {
        let lowered = slow_lower(&slow_tidy(text));
        lowered.chars().filter(|&c| c.is_alphanumeric() || is_combining_mark(c)).collect()
    }

    #[test]
    fn the_short_way_of_plain_texts_gives_what_the_general_way_gives() {
        for c in (0..=0x2ff).filter_map(char::from_u32) {
            let text = format!(" {c}a{c}  A {c}");
            assert_eq!(lower(&text), slow_lower(&text), "{c:?}");
            assert_eq!(tidy(&text), slow_tidy(&text), "{c:?}");
            assert_eq!(key(&text), slow_key(&text), "{c:?}");
        }
    }
}
