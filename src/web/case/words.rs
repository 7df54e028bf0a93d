//! The words of a case: what the codes of the domain are called on its pages.

use crate::finding::{FindingKind, FindingState};
use crate::municipality::Language;
use crate::patron_file::Column;
use crate::reconcile::{Remark, Rule};
use crate::review::{Origin, QueueItem, RESTORED};

/// What can have moved beside a column of the patron file.
const MOVED: [&str; 8] =
    ["vtj", "source", "rule", "death_date", "clearance", "register", "refused", "in_register"];

/// What a case is.
pub(super) fn kind(l: Language, kind: FindingKind) -> String {
    l.t(&format!("kind-{}", kind.as_str()))
}

/// The state of a review.
pub(super) fn state(l: Language, state: FindingState) -> String {
    l.t(&format!("case-state-{}", state.as_str()))
}

/// A column of the patron file.
pub(super) fn column(l: Language, word: &str) -> String {
    l.t(&format!("column-{word}"))
}

/// A value as it is read: a code of a language by its name, a date in the reader's way, data as they are.
pub(in crate::web) fn text(l: Language, column: &str, text: &str) -> String {
    match column {
        "language" => l.known(&format!("language-{text}")).unwrap_or_else(|| text.to_owned()),
        "birth_date" => text.parse().map_or_else(|_| text.to_owned(), |date| l.date(date)),
        _ => text.to_owned(),
    }
}

/// What moved, as a list of words.
pub(super) fn moved(l: Language, words: &str) -> String {
    let name = |word: &str| {
        if Column::ALL.iter().any(|column| column.as_str() == word) {
            return column(l, word);
        }
        let known = if MOVED.contains(&word) { word } else { "other" };
        l.t(&format!("case-moved-{known}"))
    };
    words.split_whitespace().map(name).collect::<Vec<_>>().join(", ")
}

/// Why a case is there: the rule first, then what must be known beside it.
pub(super) fn why(l: Language, item: &QueueItem) -> Vec<String> {
    let known = item.rule == RESTORED || Rule::ALL.iter().any(|rule| rule.code() == item.rule);
    if !known {
        return vec![item.reason.clone()];
    }
    let mut sentences = vec![l.t(&format!("case-why-{}", item.rule))];
    if let Some(provider) = item.source.strip_prefix("external:") {
        sentences.push(l.t1("case-why-source", "provider", provider));
    }
    // What was picked is told beside a rule of another kind; the reason holds its sentence.
    let picked = Rule::ALL.iter().filter(|rule| matches!(rule, Rule::Address(_)) && rule.code() != item.rule);
    let mut picked = picked.filter(|rule| item.reason.contains(rule.sentence())).map(|rule| rule.code());
    let alone = Remark::ALONE.iter().filter(|remark| item.reason.contains(remark.sentence()));
    // Several kinds of address share a sentence; one of them is enough.
    sentences.extend(picked.next().map(|code| l.t(&format!("case-why-{code}"))));
    sentences.extend(alone.map(|remark| l.t(&format!("case-remark-{}", remark.code()))));
    sentences
}

/// Where a value came from, in a sentence.
pub(super) fn source(l: Language, origin: &Origin) -> String {
    match origin.source.as_str() {
        "import" => l.t("case-source-import"),
        "vtj" => l.t("case-source-vtj"),
        RESTORED => l.t("case-source-restored"),
        other => l.t1("case-source-external", "provider", other.strip_prefix("external:").unwrap_or(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Part;
    use crate::finding::RejectReason;
    use crate::web::language::ALL;

    #[track_caller]
    fn is_there(l: Language, id: &str) {
        let text = l.t(id);
        assert!(!text.starts_with("Unknown localization"), "{id} in {}", l.as_str());
        if l != Language::En {
            assert_ne!(text, Language::En.t(id), "{id} in {}", l.as_str());
        }
    }

    #[test]
    fn every_code_has_its_words_in_every_language() {
        for l in ALL {
            for rule in Rule::ALL {
                is_there(l, &format!("case-why-{}", rule.code()));
            }
            is_there(l, &format!("case-why-{RESTORED}"));
            for remark in Remark::ALONE {
                is_there(l, &format!("case-remark-{}", remark.code()));
            }
            for kind in FindingKind::ALL {
                is_there(l, &format!("kind-{}", kind.as_str()));
            }
            for state in FindingState::ALL {
                is_there(l, &format!("case-state-{}", state.as_str()));
            }
            for column in Column::ALL {
                is_there(l, &format!("column-{}", column.as_str()));
            }
            for word in MOVED {
                is_there(l, &format!("case-moved-{word}"));
            }
            is_there(l, "case-moved-other");
            for reason in RejectReason::ALL {
                is_there(l, &format!("case-reason-{}", reason.as_str()));
            }
            for verdict in ["approve", "reject", "snooze", "undo", "revert", "approve-edited"] {
                is_there(l, &format!("case-said-{verdict}"));
            }
            for part in [
                Part::CareOf,
                Part::Street,
                Part::Number,
                Part::Stair,
                Part::Flat,
                Part::SplitLetter,
                Part::Floor,
                Part::Building,
                Part::PostBox,
                Part::Other,
                Part::PostalCode,
                Part::City,
                Part::Country,
            ] {
                is_there(l, &format!("case-part-{}", part.as_str()));
            }
        }
    }

    #[test]
    fn what_no_text_is_known_for_is_told_in_the_words_of_the_code() {
        assert_eq!(moved(Language::En, "city vtj"), "Post town, VTJ’s word");
        assert_eq!(moved(Language::En, "of_tomorrow"), "something else");
    }
}
