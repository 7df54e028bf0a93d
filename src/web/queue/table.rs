//! Cases of the queue as rows of a table, one line each.

use uuid::Uuid;

use super::super::case;
use super::super::visit::Visit;
use super::position_word;
use crate::finding::due::DaysLeft;
use crate::finding::{FindingKind, FindingState};
use crate::municipality::Language;
use crate::review::listing::{ListItem, ListPage, Position};
use crate::review::{ItemField, QueueItem};

/// A case.
pub(in crate::web) struct Row {
    pub id: Uuid,
    /// What its box to tick says.
    pub choose: String,
    pub href: String,
    pub icon: &'static str,
    pub kind: String,
    pub card_number: String,
    pub changes: Vec<Change>,
    /// What stands where no column differs.
    pub plain: String,
    pub municipality: String,
    pub library: String,
    pub age: String,
    pub due: Badge,
    pub for_collection: bool,
    pub holder: String,
    pub state: Badge,
}

/// A column that differs.
pub(in crate::web) struct Change {
    pub name: String,
    pub current: Value,
    pub proposed: Value,
}

/// A value of a column.
pub(in crate::web) enum Value {
    Masked,
    Empty,
    Text(String),
}

impl Value {
    fn of(value: Option<&str>) -> Self {
        match value {
            None => Self::Masked,
            Some("") => Self::Empty,
            Some(text) => Self::Text(text.to_owned()),
        }
    }
}

/// A word in a frame, with an icon before it.
pub(in crate::web) struct Badge {
    pub class: &'static str,
    pub icon: &'static str,
    pub text: String,
}

impl Row {
    pub(in crate::web) fn of(visit: &Visit, listed: &ListItem, query: &str) -> Self {
        let (item, l) = (&listed.item, visit.language);
        let masked = || l.t("queue-masked");
        let holder = match (&listed.holder, listed.is_mine) {
            (_, true) => l.t("queue-holder-mine"),
            (Some(name), false) => name.clone(),
            (None, false) => l.t("queue-holder-nobody"),
        };
        let kind = l.t(&format!("kind-{}", item.kind));
        Self {
            id: item.id,
            choose: l.t2("queue-take-one", "card", &item.card_number, "kind", &kind),
            href: href(item, query),
            icon: FindingKind::from_word(item.kind).map_or("", kind_icon),
            kind,
            card_number: item.card_number.clone(),
            changes: item.fields.iter().map(|field| change(l, field)).collect(),
            plain: plain(l, item),
            municipality: item.municipality.as_ref().map_or_else(masked, |code| place(visit, code)),
            library: listed.home_library.clone().unwrap_or_else(masked),
            age: l.t1("queue-age", "days", listed.age_days),
            due: due(l, listed.days_left),
            for_collection: listed.due.for_collection,
            holder,
            state: state(l, item),
        }
    }
}

/// The address of a case; where it is opened from comes with it, so that the next one can be found.
fn href(item: &QueueItem, query: &str) -> String {
    let list: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    if list.is_empty() { format!("/queue/{}", item.id) } else { format!("/queue/{}?list={list}", item.id) }
}

/// The name of a municipality, or its code.
pub(in crate::web) fn place(visit: &Visit, code: &str) -> String {
    let context = visit.context();
    let known = context.settings.municipalities.get(code);
    known.map_or_else(|| code.to_owned(), |known| known.name.text(visit.language).to_owned())
}

/// A sign for a kind, beside its name.
pub(in crate::web) fn kind_icon(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::AddressChange => "⌂",
        FindingKind::MovedAbroad => "→",
        FindingKind::NameChange => "✎",
        FindingKind::Death => "†",
        FindingKind::DeathWithdrawn => "↺",
        FindingKind::ProtectionStarted => "■",
        FindingKind::ProtectionEnded => "□",
        FindingKind::IdentityCodeChanged | FindingKind::IdentityCodePassivated => "#",
        FindingKind::IdentityMismatch => "≠",
        FindingKind::NotInVtj => "∅",
        FindingKind::LanguageChange => "“",
        FindingKind::GuarantorDeceased | FindingKind::GuardianChanged | FindingKind::GuarantorExpires => "∞",
        FindingKind::Unreadable => "?",
    }
}

fn change(l: Language, field: &ItemField) -> Change {
    let read = |text: &Option<String>| text.as_ref().map(|text| case::text(l, field.field, text));
    Change {
        name: l.t(&format!("column-{}", field.field)),
        current: Value::of(read(&field.current).as_deref()),
        proposed: Value::of(read(&field.proposed).as_deref()),
    }
}

fn plain(l: Language, item: &QueueItem) -> String {
    match &item.death_date {
        Some(Some(date)) => l.t1("queue-died", "date", l.partial_date(date)),
        Some(None) => l.t("queue-died-unknown"),
        None => l.t("queue-difference-none"),
    }
}

fn due(l: Language, left: DaysLeft) -> Badge {
    match left {
        DaysLeft::Left(days) => {
            let class = if days <= 3 { "warn" } else { "plain" };
            Badge { class, icon: "○", text: l.t1("queue-due-left", "days", days) }
        }
        DaysLeft::Today => Badge { class: "warn", icon: "◐", text: l.t("queue-due-today") },
        DaysLeft::Late(days) => {
            Badge { class: "bad", icon: "●", text: l.t1("queue-due-late", "days", days) }
        }
    }
}

fn state(l: Language, item: &QueueItem) -> Badge {
    let (class, icon) = match FindingState::from_word(item.state) {
        Some(FindingState::New) => ("plain", "○"),
        Some(FindingState::Opened) => ("plain", "◐"),
        Some(FindingState::Snoozed) => ("plain", "⏸"),
        Some(FindingState::Stale | FindingState::OutcomeUnknown) => ("warn", "!"),
        Some(_) | None => ("plain", "●"),
    };
    Badge { class, icon, text: l.t(&format!("state-{}", item.state)) }
}

/// Where the pages beside this one are.
#[derive(Default)]
pub(in crate::web) struct Pager {
    pub first: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Pager {
    pub(in crate::web) fn of(path: &str, query: &str, page: &ListPage) -> Self {
        let to = |key: &str, place: Position| {
            let and = if query.is_empty() { "" } else { "&" };
            format!("{path}?{query}{and}{key}={}", position_word(place))
        };
        Self {
            first: page
                .before
                .map(|_| if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }),
            before: page.before.map(|place| to("before", place)),
            after: page.after.map(|place| to("after", place)),
        }
    }

    pub(in crate::web) fn is_needed(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}
