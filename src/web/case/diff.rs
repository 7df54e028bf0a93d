//! What differs between the register's text and another, character by character and by part of an address. Pure.

use crate::address::ParsedLine;
use crate::finding::Field;

/// Texts whose table of characters would be larger than this are compared as wholes.
const LARGEST_TABLE: usize = 40_000;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text.
    pub(super) text: String,
    /// Whether the other side does not have it.
    pub(super) changed: bool,
}

/// Two texts in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The register's.
    pub(super) current: Vec<Piece>,
    /// The other.
    pub(super) proposed: Vec<Piece>,
}

/// A part of an address line that differs; `word` is that of [`crate::address::Part`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PartDifference {
    pub(super) word: &'static str,
    pub(super) difference: Difference,
}

/// Two texts with the characters that the other does not have marked. Texts that have little in common are marked as
/// wholes: single letters that happen to agree help nobody to read.
pub(super) fn difference(current: &str, proposed: &str) -> Difference {
    let old: Vec<char> = current.chars().collect();
    let new: Vec<char> = proposed.chars().collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let room = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
    let (middle_old, middle_new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let kept = common(middle_old, middle_new);
    let agree = start + end + kept.len();
    if agree * 2 < old.len().max(new.len()) {
        return Difference { current: whole(current), proposed: whole(proposed) };
    }
    let side = |text: &[char], middle: &[char], kept: Vec<usize>| {
        let unchanged = |at: &usize| kept.contains(&(at - start));
        pieces(text, |at| at < start || at >= start + middle.len() || unchanged(&at))
    };
    let (kept_old, kept_new) = kept.into_iter().unzip();
    Difference { current: side(&old, middle_old, kept_old), proposed: side(&new, middle_new, kept_new) }
}

fn whole(text: &str) -> Vec<Piece> {
    if text.is_empty() { Vec::new() } else { vec![Piece { text: text.to_owned(), changed: true }] }
}

fn pieces(text: &[char], is_kept: impl Fn(usize) -> bool) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (at, letter) in text.iter().enumerate() {
        let changed = !is_kept(at);
        match pieces.last_mut() {
            Some(last) if last.changed == changed => last.text.push(*letter),
            _ => pieces.push(Piece { text: letter.to_string(), changed }),
        }
    }
    pieces
}

/// The places of a longest common sequence, as pairs.
fn common(old: &[char], new: &[char]) -> Vec<(usize, usize)> {
    if old.len() * new.len() > LARGEST_TABLE {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut lengths = vec![0_usize; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// The parts of a street line that differ, in the order of writing; nothing for other columns, or where the two
/// lines differ in their writing only.
pub(super) fn parts(field: Field, current: &str, proposed: &str) -> Vec<PartDifference> {
    if field != Field::StreetAddress {
        return Vec::new();
    }
    let (old, new) = (ParsedLine::parse(current).parts(), ParsedLine::parse(proposed).parts());
    let mut all: Vec<_> = old.iter().chain(&new).map(|(part, _)| *part).collect();
    all.sort_unstable();
    all.dedup();
    let text = |parts: &[(crate::address::Part, String)], wanted| {
        let of_part = parts.iter().filter(|(part, _)| *part == wanted).map(|(_, text)| text.as_str());
        of_part.collect::<Vec<_>>().join(" ")
    };
    let differing = all.into_iter().filter_map(|part| {
        let (old, new) = (text(&old, part), text(&new, part));
        let difference = difference(&old, &new);
        (old != new).then_some(PartDifference { word: part.as_str(), difference })
    });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(pieces: &[Piece]) -> String {
        let mark =
            |piece: &Piece| if piece.changed { format!("[{}]", piece.text) } else { piece.text.clone() };
        pieces.iter().map(mark).collect()
    }

    fn marked(current: &str, proposed: &str) -> (String, String) {
        let difference = difference(current, proposed);
        (shown(&difference.current), shown(&difference.proposed))
    }

    #[test]
    fn only_what_changed_is_marked() {
        let same = |left: &str, right: &str| (left.to_owned(), right.to_owned());
        assert_eq!(marked("Pitkäkatu 5", "Pitkäkatu 15"), same("Pitkäkatu 5", "Pitkäkatu [1]5"));
        assert_eq!(marked("10600", "10610"), same("106[0]0", "106[1]0"));
        assert_eq!(marked("Hagström", "Hagstrom"), same("Hagstr[ö]m", "Hagstr[o]m"));
        assert_eq!(marked("Testinen", "Testinen"), same("Testinen", "Testinen"));
        assert_eq!(marked("c/o Provgren", ""), same("[c/o Provgren]", ""));
        assert_eq!(marked("", "SE"), same("", "[SE]"));
    }

    #[test]
    fn texts_with_little_in_common_are_marked_as_wholes() {
        let (old, new) = marked("EKENÄS", "KARIS");
        assert_eq!((old.as_str(), new.as_str()), ("[EKENÄS]", "[KARIS]"));
    }

    #[test]
    fn a_street_line_differs_by_part() {
        let words = |current: &str, proposed: &str| -> Vec<&'static str> {
            parts(Field::StreetAddress, current, proposed).into_iter().map(|part| part.word).collect()
        };
        assert_eq!(words("Raaseporintie 8 A 12", "Raaseporintie 8 B 13"), ["stair", "flat"]);
        assert_eq!(words("Pitkäkatu 5", "Pitkäkatu 5 b"), ["stair"]);
        assert_eq!(words("Raaseporintie 8 A 12", "PL 55"), ["street", "number", "stair", "flat", "post_box"]);
        assert!(words("Pitkäkatu 5", "Pitkäkatu  5").is_empty());
        assert!(parts(Field::City, "EKENÄS", "KARIS").is_empty());
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_texts_and_what_is_kept_is_the_same_on_both_sides(
            current in "[ abcåäö1-3\u{301}]{0,30}", proposed in "[ abcåäö1-3\u{301}]{0,30}",
        ) {
            let difference = difference(&current, &proposed);
            let text = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            let kept = |pieces: &[Piece]| -> String {
                pieces.iter().filter(|piece| !piece.changed).map(|piece| piece.text.as_str()).collect()
            };
            prop_assert_eq!(text(&difference.current), current);
            prop_assert_eq!(text(&difference.proposed), proposed);
            prop_assert_eq!(kept(&difference.current), kept(&difference.proposed));
        }
    }
}
