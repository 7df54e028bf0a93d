//! Parts of pages that several of them show: badge, stop of the queries, what a version says.

use chrono::{DateTime, Utc};

use super::words::Words;
use crate::planning::{Planned, VersionShown};
use crate::schedule::difference;
use crate::switch;
use crate::web::Language;
use crate::web::errors::WebError;
use crate::web::texts::Argument as _;
use crate::web::visit::Visit;

/// A state as icon and word.
#[derive(Debug, Clone)]
pub(in crate::web) struct Badge {
    pub(in crate::web) class: &'static str,
    pub(in crate::web) icon: &'static str,
    pub(in crate::web) text: String,
}

impl Badge {
    pub(in crate::web) fn new(class: &'static str, icon: &'static str, text: String) -> Self {
        Self { class, icon, text }
    }

    /// How a schedule stands.
    pub(super) fn of(l: Language, planned: &Planned) -> Self {
        let enabled = planned.in_force.as_ref().map(|version| version.definition.enabled);
        if planned.unreadable.is_some() {
            return Self::new("bad", "✕", l.t("schedule-state-unreadable"));
        }
        match (&planned.pause, enabled) {
            (Some(_), _) => Self::new("warn", "‖", l.t("schedule-state-paused")),
            (None, None) => Self::new("warn", "…", l.t("schedule-state-waiting")),
            (None, Some(false)) => Self::new("plain", "○", l.t("schedule-state-disabled")),
            (None, Some(true)) => Self::new("good", "●", l.t("schedule-state-in_force")),
        }
    }
}

/// The stop of every query, in words.
#[derive(Debug, Clone)]
pub(in crate::web) struct Stopped {
    pub(in crate::web) said: String,
    pub(in crate::web) reason: String,
}

impl Stopped {
    /// The stop that is in force, if there is one.
    pub(in crate::web) async fn now(visit: &Visit) -> Result<Option<Self>, WebError> {
        let (context, l) = (visit.context(), visit.language);
        let stop = switch::state(&mut context.db.read().await?, context.clock.now()).await?;
        Ok(stop.map(|stop| {
            let since = l.time(stop.since);
            let said = match stop.until {
                Some(until) => {
                    let id = "schedule-stopped-until";
                    let values = [
                        ("who", stop.actor.value()),
                        ("since", since.value()),
                        ("until", l.time(until).value()),
                    ];
                    l.with(id, &values)
                }
                None => l.t2("schedule-stopped", "who", &stop.actor, "since", since),
            };
            Self { said, reason: stop.reason }
        }))
    }
}

/// One thing that a version says.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: String,
    /// The same as the program writes it, or the statute of a purpose.
    pub(super) detail: Option<String>,
    /// Whether the detail is written for the program.
    pub(super) is_code: bool,
}

/// All that a content says.
pub(super) fn facts(words: &Words, version: &VersionShown) -> Vec<Fact> {
    let fact = |(field, said): (&'static str, String)| {
        let (detail, is_code) = match field {
            "segment" | "cron" => (Some(said.clone()), true),
            "purpose" => (words.legal_basis(&said), false),
            _ => (None, false),
        };
        Fact { name: words.field(field), value: words.value(field, &said), detail, is_code }
    };
    let fields = difference::fields(&version.definition);
    let is_worth_saying =
        |field: &(&'static str, String)| field.0 != "enabled" || !version.definition.enabled;
    fields.into_iter().filter(is_worth_saying).map(fact).collect()
}

/// By whom a version was made and approved, and when.
pub(super) fn made(l: Language, version: &VersionShown) -> String {
    let by = maker(l, &version.made_by);
    let at: DateTime<Utc> = version.made_at;
    let mut values =
        vec![("version", version.version.value()), ("by", by.value()), ("at", l.time(at).value())];
    let Some(approver) = &version.approved_by else { return l.with("schedule-version-made", &values) };
    values.push(("approver", approver.value()));
    l.with("schedule-version-approved", &values)
}

/// Who made a version: an account, or the configuration file.
pub(in crate::web) fn maker(l: Language, name: &str) -> String {
    match name {
        "configuration" => l.t("schedule-origin-configuration"),
        "its end" => l.t("schedule-its-end"),
        name => name.to_owned(),
    }
}
