//! A schedule as a page for people.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::super::output;
use crate::municipality::Language;
use crate::planning::{LastRun, Pause, Planned, VersionShown};
use crate::schedule::difference::fields;
use crate::schedule::local;
use crate::schedule::upcoming::Upcoming;

/// A time on the clock of Helsinki.
pub(super) fn helsinki(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M").to_string()
}

/// A page of lines, each a word and what there is to say of it.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, what: &str, value: &str) {
        let line = format!("{what:<16} {}", output::printable(value));
        let _ = writeln!(self.0, "{}", line.trim_end());
    }

    pub(super) fn print(&self) -> anyhow::Result<()> {
        output::text(&self.0)
    }
}

/// The schedule as it stands.
pub(super) fn of(planned: &Planned) -> Page {
    let mut page = Page::default();
    page.line("name", &planned.name);
    page.line("from", &planned.origin);
    match &planned.in_force {
        Some(version) => in_force(&mut page, version),
        None if planned.unreadable.is_some() => {}
        None => page.line("version", "none is in force: the first one waits for a second administrator"),
    }
    if let Some(error) = &planned.unreadable {
        page.line("version", error);
    }
    if let Some(waiting) = &planned.waiting {
        page.line("waiting", &in_short(waiting));
        for change in &waiting.changes {
            page.line("", &change.to_string());
        }
        page.line("", &approve_hint(&planned.name));
    }
    if let Some(pause) = &planned.pause {
        page.line("paused", &pause_in_words(pause));
    }
    if let Some(last) = &planned.last_run {
        page.line("last run", &last_run(last));
    }
    for (index, run) in planned.next.iter().enumerate() {
        page.line(if index == 0 { "next" } else { "" }, &upcoming(run));
    }
    if planned.next.is_empty() {
        page.line("next", nothing_next(planned));
    }
    page
}

fn in_force(page: &mut Page, version: &VersionShown) {
    page.line("version", &in_short(version));
    page.line("in words", &version.reading.en);
    page.line("suomeksi", &version.reading.fi);
    page.line("på svenska", &version.reading.sv);
    for (key, value) in fields(&version.definition) {
        page.line(key, &value);
        match (key, &version.segment, &version.legal_basis) {
            ("segment", Some(segment), _) => {
                for words in [&segment.en, &segment.fi, &segment.sv] {
                    page.line("", words);
                }
            }
            ("purpose", _, Some(basis)) => page.line("", basis),
            _ => {}
        }
    }
}

/// A version by number, maker and approver.
fn in_short(version: &VersionShown) -> String {
    let approved = version.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
    let people = version.people.map(|people| format!(", selected {people} people then")).unwrap_or_default();
    format!("{} of {}, by {}{approved}{people}", version.version, helsinki(version.made_at), version.made_by)
}

pub(super) fn approve_hint(name: &str) -> String {
    format!("another administrator runs `ajantasa schedule approve {} --as NAME`", quoted(name))
}

/// A name as it is written in a command.
fn quoted(name: &str) -> String {
    if name.contains(|letter: char| !letter.is_alphanumeric() && !"-_.".contains(letter)) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

pub(super) fn pause_in_words(pause: &Pause) -> String {
    format!("paused until {} because {} (by {})", helsinki(pause.until), pause.because, pause.by)
}

pub(super) fn last_run(last: &LastRun) -> String {
    let reason = last.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!("{} {}{reason}", helsinki(last.planned_at), last.state.replace('_', " "))
}

pub(super) fn upcoming(run: &Upcoming) -> String {
    let mut text = format!("{} {} {}", run.weekday, run.local, run.offset);
    if let Some(change) = run.clock_change {
        let _ = write!(text, ", {}", change.name(Language::En));
    }
    if let Some(holiday) = run.holiday {
        let _ = write!(text, ", left out: {}", holiday.name(Language::En));
    }
    text
}

/// Why nothing is started next.
pub(super) fn nothing_next(planned: &Planned) -> &'static str {
    if planned.unreadable.is_some() {
        return "none: it cannot be read";
    }
    match (&planned.pause, &planned.in_force) {
        (Some(_), _) => "none while it is paused",
        (None, None) => "none before it is approved",
        (None, Some(version)) if !version.definition.enabled => {
            "none: enabled = false in the configuration file"
        }
        (None, Some(_)) => "none",
    }
}
