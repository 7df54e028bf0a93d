//! A case as its page shows it.

use super::diff::{self, Piece};
use super::page::Draft;
use super::words;
use crate::finding::Field;
use crate::municipality::Language;
use crate::reconcile::Rule;
use crate::review::{CaseColumn, OpenCase, Origin, RESTORED, Said};

/// A cell of the table of what differs; nothing when it is masked.
pub(super) type Cell = Option<Vec<Piece>>;

/// A column that differs, or a part of one.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) current: Cell,
    pub(super) proposed: Cell,
    pub(super) is_part: bool,
}

/// Where a value came from.
pub(super) struct OriginView {
    pub(super) name: String,
    /// What, and its words.
    pub(super) facts: Vec<(String, String)>,
}

/// A decision that was made about the case.
pub(super) struct SaidView {
    pub(super) line: String,
    pub(super) reason: Option<String>,
    pub(super) note: Option<String>,
}

/// A field of the form in which the proposal is put into other words.
pub(super) struct EditField {
    pub(super) column: &'static str,
    pub(super) name: String,
    pub(super) text: String,
}

/// The columns that differ, each with its parts.
pub(super) fn lines(l: Language, columns: &[CaseColumn]) -> Vec<Line> {
    let mut lines = Vec::new();
    for column in columns {
        let name = words::column(l, column.field.as_str());
        let read =
            |text: &Option<String>| text.as_ref().map(|text| words::text(l, column.field.as_str(), text));
        let (Some(current), Some(proposed)) = (&read(&column.current), &read(&column.proposed)) else {
            let plain = |text: &Option<String>| read(text).map(|text| vec![Piece { text, changed: false }]);
            let (current, proposed) = (plain(&column.current), plain(&column.proposed));
            lines.push(Line { name, current, proposed, is_part: false });
            continue;
        };
        let line = |name, difference: diff::Difference, is_part| Line {
            name,
            current: Some(difference.current),
            proposed: Some(difference.proposed),
            is_part,
        };
        lines.push(line(name, diff::difference(current, proposed), false));
        for part in diff::parts(column.field, current, proposed) {
            lines.push(line(l.t(&format!("case-part-{}", part.word)), part.difference, true));
        }
    }
    lines
}

/// The columns that do not differ, as name and text; nothing when masked.
pub(super) fn unchanged(l: Language, columns: &[CaseColumn]) -> Vec<(String, Option<String>)> {
    let read = |column: &CaseColumn| {
        let (name, text) = (column.field.as_str(), column.current.as_ref());
        (words::column(l, name), text.map(|text| words::text(l, name, text)))
    };
    columns.iter().map(read).collect()
}

/// Where the register's values came from.
pub(super) fn origins(l: Language, open: &OpenCase) -> Vec<OriginView> {
    let all = open.differing.iter().chain(&open.unchanged);
    let shown = all.filter(|column| column.current.as_ref().is_some_and(|text| !text.is_empty()));
    let of = |column: &CaseColumn| {
        let origin = column.origin.as_ref()?;
        Some(OriginView { name: words::column(l, column.field.as_str()), facts: facts(l, origin) })
    };
    shown.filter_map(of).collect()
}

fn facts(l: Language, origin: &Origin) -> Vec<(String, String)> {
    let rule = origin
        .rule
        .as_ref()
        .filter(|code| *code == RESTORED || Rule::ALL.iter().any(|rule| rule.code() == code.as_str()));
    let facts = [
        ("case-origin", Some(words::source(l, origin))),
        ("case-origin-at", origin.at.map(|at| l.time(at))),
        ("case-origin-asked", origin.asked_at.map(|at| l.time(at))),
        ("case-origin-rule", rule.map(|code| l.t(&format!("case-why-{code}")))),
        ("case-origin-by", origin.approved_by.clone()),
        ("case-origin-edited", origin.edited_by.clone()),
    ];
    facts.into_iter().filter_map(|(id, text)| Some((l.t(id), text?))).collect()
}

/// What has been decided about the case.
pub(super) fn said(l: Language, said: &[Said]) -> Vec<SaidView> {
    let one = |said: &Said| {
        let edited = if said.edited { "-edited" } else { "" };
        let verdict = l.t(&format!("case-said-{}{edited}", said.verdict));
        let values = [("name", said.by.clone()), ("verdict", verdict), ("time", l.time(said.at))];
        let values = values.map(|(name, text)| (name, crate::web::texts::Argument::value(&text)));
        let reason = said.reason.as_ref().map(|code| l.t(&format!("case-reason-{code}")));
        SaidView {
            line: l.with("case-history-line", &values),
            reason: reason.map(|reason| l.t1("case-history-reason", "reason", reason)),
            note: said.note.clone(),
        }
    };
    said.iter().map(one).collect()
}

/// The fields in which the proposal is put into other words, as they were typed or as they are proposed.
pub(super) fn edit_fields(l: Language, open: &OpenCase, draft: &Draft) -> Vec<EditField> {
    if !open.editable {
        return Vec::new();
    }
    let text = |field: Field| {
        let typed = draft.texts.iter().find(|(column, _)| *column == field).map(|(_, text)| text.clone());
        let column = open.differing.iter().chain(&open.unchanged).find(|column| column.field == field);
        typed.or_else(|| column?.proposed.clone()).unwrap_or_default()
    };
    let fields = open.kind.editable().iter().map(|&field| EditField {
        column: field.as_str(),
        name: words::column(l, field.as_str()),
        text: text(field),
    });
    fields.collect()
}
