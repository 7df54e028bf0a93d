//! Entries of the disclosure log as a table, as CSV and, one of them, as a screen.

use std::fmt::Write as _;

use anyhow::Context as _;

use super::super::{Format, output};
use crate::disclosures::{BY_HAND, Entry, Noted, Trail};
use crate::schedule::local;

/// What stands for a masked value where people read.
const MASKED: &str = "***";

pub(super) fn list(format: Format, entries: &[Entry]) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(entries),
        Format::Csv => output::text(&csv(entries)?),
        Format::Table => {
            let header = [
                "requested",
                "interface",
                "for",
                "purpose",
                "by",
                "card",
                "asked",
                "answered",
                "attempts",
                "outcome",
            ];
            output::list(format, entries, &header, |entry| {
                vec![
                    entry.at.to_string(),
                    entry.interface.clone(),
                    masked(entry.municipality.as_ref()),
                    entry.purpose.clone(),
                    format!("{} ({})", entry.task, masked(entry.actor.as_ref())),
                    entry.card_number.clone().unwrap_or_default(),
                    masked(entry.persons_asked.as_ref()),
                    entry.id.map_or_else(|| MASKED.to_owned(), |_| cell(entry.persons_answered.as_ref())),
                    masked(entry.attempts.as_ref()),
                    entry.result.clone().unwrap_or_else(|| entry.outcome.clone()),
                ]
            })
        }
    }
}

/// The header of the CSV.
const HEADER: [&str; 25] = [
    "id",
    "requested_at",
    "interface",
    "municipality",
    "purpose",
    "legal_basis",
    "actor",
    "task",
    "field_groups",
    "follow_list",
    "follow_list_version",
    "persons_asked",
    "persons_answered",
    "attempts",
    "outcome",
    "finished_at",
    "card_number",
    "product",
    "end_user",
    "run",
    "result",
    "return_code",
    "handed_out_on",
    "recipient",
    "decided_by",
];

pub(super) fn csv(entries: &[Entry]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER)?;
    for entry in entries {
        writer.write_record([
            cell(entry.id.as_ref()),
            entry.at.to_string(),
            entry.interface.clone(),
            cell(entry.municipality.as_ref()),
            entry.purpose.clone(),
            cell(entry.legal_basis.as_ref()),
            cell(entry.actor.as_ref()),
            entry.task.clone(),
            groups(entry, " "),
            cell(entry.follow_list.as_ref()),
            cell(entry.follow_list_version.as_ref()),
            cell(entry.persons_asked.as_ref()),
            cell(entry.persons_answered.as_ref()),
            cell(entry.attempts.as_ref()),
            entry.outcome.clone(),
            entry.finished_at.map(output::time).unwrap_or_default(),
            cell(entry.card_number.as_ref()),
            cell(entry.product.as_ref()),
            cell(entry.end_user.as_ref()),
            cell(entry.run.as_ref()),
            cell(entry.result.as_ref()),
            cell(entry.return_code.as_ref()),
            cell(entry.handed_out_on.as_ref()),
            cell(entry.recipient.as_ref()),
            cell(entry.decided_by.as_ref()),
        ])?;
    }
    let bytes = writer.into_inner().context("the rows cannot be written")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn cell<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// A value, or what stands for a masked one where people read.
fn masked<T: ToString>(value: Option<&T>) -> String {
    value.map_or_else(|| MASKED.to_owned(), ToString::to_string)
}

fn groups(entry: &Entry, between: &str) -> String {
    entry.field_groups.as_ref().map(|groups| groups.join(between)).unwrap_or_default()
}

/// One entry on one screen: by whom, why, and what followed.
pub(super) fn screen(trail: &Trail) -> String {
    let mut page = Screen(String::new());
    if trail.entry.interface == BY_HAND {
        page.by_hand(&trail.entry);
    } else {
        page.request(trail);
    }
    page.0
}

struct Screen(String);

impl Screen {
    fn line(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.0, "{name:<10}{}", output::printable(value));
    }

    fn by_hand(&mut self, entry: &Entry) {
        self.line("by hand", &masked(entry.id.as_ref()));
        self.line("written", &format!("{} by {}", noted(entry.at), masked(entry.actor.as_ref())));
        self.line("handed", &cell(entry.handed_out_on.as_ref()));
        self.about(entry);
        self.line("what", &groups(entry, ", "));
        self.line("to", &masked(entry.recipient.as_ref()));
        self.line("law", &masked(entry.legal_basis.as_ref()));
        self.line("decided", &masked(entry.decided_by.as_ref()));
    }

    fn request(&mut self, trail: &Trail) {
        let entry = &trail.entry;
        self.line("query", &masked(entry.id.as_ref()));
        self.line("time", &noted(entry.at));
        let kind = if trail.account.is_some() { "account" } else { "operating-system user" };
        match &entry.actor {
            Some(actor) => self.line("by", &format!("{actor} ({kind}), {}", entry.task)),
            None => self.line("by", &format!("{MASKED}, {}", entry.task)),
        }
        if let Some(run) = entry.run {
            self.line("run", &run.to_string());
        }
        let why = match (&trail.reason, &trail.account) {
            (Some(reason), _) => format!("{}: {reason}", entry.purpose),
            (None, Some(_)) => format!("{}: {MASKED}", entry.purpose),
            (None, None) if entry.actor.is_none() => format!("{}: {MASKED}", entry.purpose),
            (None, None) => entry.purpose.clone(),
        };
        self.line("why", &why);
        self.line("basis", &cell(entry.legal_basis.as_ref()));
        self.about(entry);
        let product = entry.product.as_ref().map(|product| format!(" {product}")).unwrap_or_default();
        self.line("asked", &format!("{}{product}: {}", entry.interface, groups(entry, " ")));
        if let Some(end_user) = &entry.end_user {
            self.line("end user", end_user);
        }
        self.came_of_it(entry);
        for message in &trail.messages {
            let settled = message.settled_at.map(in_helsinki).unwrap_or_default();
            self.line(
                &format!("message {}", message.number),
                &format!(
                    "{} {} {} {settled}",
                    message.message_id,
                    message.state,
                    message.outcome.as_deref().unwrap_or("under way")
                ),
            );
        }
        self.followed(trail);
    }

    fn about(&mut self, entry: &Entry) {
        let place = entry.municipality.as_deref().unwrap_or(MASKED);
        let whom = match &entry.card_number {
            Some(card) => format!("card {card}"),
            None => format!("{} people", masked(entry.persons_asked.as_ref())),
        };
        self.line("about", &format!("{whom}, municipality {place}"));
    }

    fn came_of_it(&mut self, entry: &Entry) {
        let result = entry.result.as_ref().unwrap_or(&entry.outcome);
        let code = entry.return_code.as_ref().map(|code| format!(", return code {code}")).unwrap_or_default();
        let at = entry.finished_at.map(|at| format!(", {}", in_helsinki(at))).unwrap_or_default();
        let attempts = masked(entry.attempts.as_ref());
        self.line("result", &format!("{result}{code} after {attempts} attempts{at}"));
    }

    fn followed(&mut self, trail: &Trail) {
        if trail.followed.is_empty() {
            self.line("followed", "nothing that anybody had to decide");
        }
        for followed in &trail.followed {
            let decided = match (&followed.verdict, &followed.decided_by, followed.decided_at) {
                (Some(verdict), by, Some(at)) => {
                    let reason =
                        followed.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                    format!("{verdict}{reason} by {} {}", by.as_deref().unwrap_or("?"), in_helsinki(at))
                }
                _ => "not decided".to_owned(),
            };
            let line = format!(
                "{} {} {}: {decided}",
                followed.kind,
                masked(followed.finding.as_ref()),
                followed.state
            );
            self.line("followed", &line);
        }
    }
}

fn noted(at: Noted) -> String {
    match at {
        Noted::At(at) => in_helsinki(at),
        Noted::On(day) => day.to_string(),
    }
}

/// A time as people read it: the wall clock of Helsinki, with its offset.
fn in_helsinki(at: chrono::DateTime<chrono::Utc>) -> String {
    local(at).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}
