//! The words of patrons' pages: columns, their values, kinds, purposes.

use chrono::NaiveDate;

use crate::municipality::Language;
use crate::patron_file::Column;
use crate::purpose::{LENDING, LIBRARY_TASK};
use crate::task::Context;

/// A text, or what it was to be the text of, where there is none.
pub(in crate::web) fn or_itself(l: Language, id: &str, word: &str) -> String {
    l.known(id).unwrap_or_else(|| word.replace('_', " "))
}

/// A kind of finding in words.
pub(in crate::web) fn kind(l: Language, word: &str) -> String {
    or_itself(l, &format!("kind-{word}"), word)
}

/// A purpose in words; one of the configuration's own by its name.
pub(in crate::web) fn purpose(l: Language, name: &str) -> String {
    or_itself(l, &format!("purpose-{name}"), name)
}

/// The legal basis of a purpose; one of the configuration's own as it is written there.
pub(in crate::web) fn legal_basis(l: Language, text: &str) -> String {
    match text {
        LIBRARY_TASK => l.t("legal-basis-library-task"),
        LENDING => l.t("legal-basis-lending"),
        own => own.to_owned(),
    }
}

/// A column in words.
pub(super) fn column(l: Language, name: &str) -> String {
    or_itself(l, &format!("column-{name}"), name)
}

/// The name of a municipality; its code where it is not configured.
pub(super) fn municipality(l: Language, context: &Context, code: &str) -> String {
    let known = context.settings.municipalities.get(code);
    known.map_or_else(|| code.to_owned(), |known| known.name.text(l).to_owned())
}

/// A value as it is shown: dates and words of ours in the language of the page, data as they are.
pub(super) fn value(l: Language, context: &Context, column: Column, text: &str) -> String {
    match column {
        Column::Municipality => municipality(l, context, text),
        Column::Language => or_itself(l, &format!("language-{text}"), text),
        Column::Kind => or_itself(l, &format!("patron-is-{text}"), text),
        Column::Protected => l.t("patron-yes"),
        Column::Notes => {
            let words: Vec<String> = text
                .split(';')
                .filter(|note| !note.is_empty())
                .map(|note| or_itself(l, &format!("patron-note-{note}"), note))
                .collect();
            words.join(", ")
        }
        Column::UnpaidFees => l.t1("patron-euros", "amount", l.decimal(text)),
        Column::BirthDate
        | Column::RegisteredOn
        | Column::LastActiveOn
        | Column::LastPatronEditOn
        | Column::OldestDueDate
        | Column::CardExpiresOn => {
            text.parse::<NaiveDate>().map_or_else(|_| text.to_owned(), |date| l.date(date))
        }
        _ => text.to_owned(),
    }
}
