//! What of the queue somebody wants to see, as it stands in an address: codes, and nothing of a person.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate};
use uuid::Uuid;

use crate::clock::helsinki_midnight;
use crate::finding::{FindingKind, FindingState};
use crate::municipality::Language;
use crate::staff::{ProvedAccount, Role};
use crate::store::queue::{CollectionFile, Holder, QueueOrder, Selection};
use crate::task::Context;

/// The most days a filter can name: ten years.
const MOST_DAYS: u16 = 3650;
/// The most characters of a home library's name.
const LIBRARY_CHARACTERS: usize = 64;

/// Whose cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignee {
    /// Those of whoever looks.
    Mine,
    /// Those of nobody.
    Nobody,
    /// Those of a colleague, by the account's identifier.
    Colleague(Uuid),
}

/// The patron's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatronLanguage {
    /// One that the library knows.
    Known(Language),
    /// None is known.
    Unknown,
}

impl PatronLanguage {
    /// Every one, in the order of the form.
    pub const ALL: [Self; 4] =
        [Self::Known(Language::Fi), Self::Known(Language::Sv), Self::Known(Language::En), Self::Unknown];

    /// The word of a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Known(language) => language.as_str(),
            Self::Unknown => "none",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == word)
    }

    /// As the table of the queue writes it.
    pub(super) fn stored(self) -> &'static str {
        match self {
            Self::Known(language) => language.as_str(),
            Self::Unknown => "",
        }
    }
}

/// By when a case is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueWindow {
    /// Before today.
    Overdue,
    /// From today to the end of Sunday.
    ThisWeek,
}

impl DueWindow {
    /// Every one, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Overdue, Self::ThisWeek];

    /// The word of a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::ThisWeek => "week",
        }
    }
}

/// The word of an order.
pub fn order_word(order: QueueOrder) -> &'static str {
    match order {
        QueueOrder::Oldest => "oldest",
        QueueOrder::Due => "due",
    }
}

/// What of the queue somebody wants to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListFilter {
    /// The kinds; empty is all.
    pub kinds: BTreeSet<FindingKind>,
    /// The states of what there is still something to do about; empty is all of them.
    pub states: BTreeSet<FindingState>,
    /// One municipality, by its three digits.
    pub municipality: Option<String>,
    /// One home library.
    pub home_library: Option<String>,
    /// One language of the patron.
    pub language: Option<PatronLanguage>,
    /// Whose.
    pub assignee: Option<Assignee>,
    /// Found more than so many days ago.
    pub older_than: Option<u16>,
    /// Found so many days ago or later; 1 is since yesterday.
    pub newer_than: Option<u16>,
    /// By when they are due.
    pub due: Option<DueWindow>,
    /// In which order.
    pub order: QueueOrder,
    /// The cases that need clearance, in place of the others; for the cleared only.
    pub protected: bool,
}

impl ListFilter {
    /// Reads the query of an address. What is unknown is ignored, and what cannot be is left out.
    pub fn from_query(query: &str) -> Self {
        let mut filter = Self::default();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            filter.set(&key, &value);
        }
        filter
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "kind" => self.kinds.extend(FindingKind::from_word(value)),
            "state" => {
                let state = FindingState::from_word(value);
                self.states.extend(state.filter(|state| FindingState::TO_REVIEW.contains(state)));
            }
            "municipality" => keep(&mut self.municipality, municipality(value)),
            "library" => keep(&mut self.home_library, library(value)),
            "language" => keep(&mut self.language, PatronLanguage::from_word(value)),
            "assignee" => keep(&mut self.assignee, assignee(value)),
            "older" => keep(&mut self.older_than, days(value)),
            "newer" => keep(&mut self.newer_than, days(value)),
            "due" => {
                keep(&mut self.due, DueWindow::ALL.into_iter().find(|window| window.as_str() == value));
            }
            "order" if value == order_word(QueueOrder::Due) => self.order = QueueOrder::Due,
            "queue" if value == "protected" => self.protected = true,
            _ => {}
        }
    }

    /// Writes what [`ListFilter::from_query`] reads.
    pub fn to_query(&self) -> String {
        let mut to = form_urlencoded::Serializer::new(String::new());
        let mut add = |key: &str, value: Option<&str>| {
            if let Some(value) = value {
                to.append_pair(key, value);
            }
        };
        add("queue", self.protected.then_some("protected"));
        for kind in &self.kinds {
            add("kind", Some(kind.as_str()));
        }
        for state in &self.states {
            add("state", Some(state.as_str()));
        }
        add("municipality", self.municipality.as_deref());
        add("library", self.home_library.as_deref());
        add("language", self.language.map(PatronLanguage::as_str));
        add("assignee", self.assignee.map(assignee_word).as_deref());
        add("older", self.older_than.map(|days| days.to_string()).as_deref());
        add("newer", self.newer_than.map(|days| days.to_string()).as_deref());
        add("due", self.due.map(DueWindow::as_str));
        add("order", (self.order != QueueOrder::default()).then(|| order_word(self.order)));
        to.finish()
    }

    /// Whether nothing is left out by it.
    pub fn is_everything(&self) -> bool {
        *self == Self { order: self.order, protected: self.protected, ..Self::default() }
    }

    /// The rows of the queue that an account may see of it.
    pub(in crate::review) fn selection(&self, context: &Context, account: &ProvedAccount) -> Selection {
        let today = context.clock.today();
        let before = |days: u16| helsinki_midnight(today - Days::new(u64::from(days)));
        let may_see = account.role == Role::Reviewer && (!self.protected || account.may_see_protected());
        let wanted = |code: &&String| self.municipality.as_ref().is_none_or(|only| only == *code);
        let municipalities = account.municipalities.iter().filter(|_| may_see).filter(wanted);
        Selection {
            shielded: self.protected,
            municipalities: municipalities.cloned().collect(),
            kinds: self.kinds.iter().copied().collect(),
            states: self.states.iter().copied().collect(),
            home_library: self.home_library.clone(),
            language: self.language.map(|language| language.stored().to_owned()),
            holder: self.assignee.map(|assignee| match assignee {
                Assignee::Mine => Holder::Account(account.id),
                Assignee::Nobody => Holder::Nobody,
                Assignee::Colleague(id) => Holder::Account(id),
            }),
            opened_before: self.older_than.map(before),
            opened_since: self.newer_than.map(before),
            due_from: (self.due == Some(DueWindow::ThisWeek)).then(|| helsinki_midnight(today)),
            due_before: self.due.map(|window| match window {
                DueWindow::Overdue => helsinki_midnight(today),
                DueWindow::ThisWeek => helsinki_midnight(next_monday(today)),
            }),
            order: self.order,
            collection: collection_file(context),
            today,
        }
    }
}

/// The next file for the collection agency, and which debts it takes up.
fn collection_file(context: &Context) -> Option<CollectionFile> {
    let rules = &context.settings.collection;
    let overdue_since = context.clock.today() - Days::new(u64::from(rules.minimum_days_overdue));
    let cut_off = rules.cut_off.next_after(context.clock.now())?;
    Some(CollectionFile { cut_off, overdue_since })
}

fn next_monday(day: NaiveDate) -> NaiveDate {
    day + Days::new(u64::from(7 - day.weekday().num_days_from_monday()))
}

/// The last good value holds, as the last of two form fields of one name does.
fn keep<T>(held: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *held = value;
    }
}

fn municipality(text: &str) -> Option<String> {
    crate::municipality::MunicipalityCode::parse(text).ok().map(|code| code.as_str().to_owned())
}

fn library(text: &str) -> Option<String> {
    let fits =
        !text.is_empty() && text.chars().count() <= LIBRARY_CHARACTERS && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn days(text: &str) -> Option<u16> {
    text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))
}

fn assignee(word: &str) -> Option<Assignee> {
    match word {
        "mine" => Some(Assignee::Mine),
        "nobody" => Some(Assignee::Nobody),
        id => id.parse().ok().map(Assignee::Colleague),
    }
}

/// The word of a filter.
fn assignee_word(assignee: Assignee) -> String {
    match assignee {
        Assignee::Mine => "mine".to_owned(),
        Assignee::Nobody => "nobody".to_owned(),
        Assignee::Colleague(id) => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> ListFilter {
        ListFilter {
            kinds: BTreeSet::from([FindingKind::Death, FindingKind::AddressChange]),
            states: BTreeSet::from([FindingState::New, FindingState::Stale]),
            municipality: Some("710".to_owned()),
            home_library: Some("Ekenäs & Karis".to_owned()),
            language: Some(PatronLanguage::Unknown),
            assignee: Some(Assignee::Colleague(Uuid::from_u128(7))),
            older_than: Some(7),
            newer_than: Some(30),
            due: Some(DueWindow::ThisWeek),
            order: QueueOrder::Due,
            protected: true,
        }
    }

    #[test]
    fn a_filter_comes_back_from_its_query() {
        for filter in [ListFilter::default(), full()] {
            assert_eq!(ListFilter::from_query(&filter.to_query()), filter);
        }
        assert_eq!(ListFilter::default().to_query(), "");
        assert!(ListFilter::default().is_everything() && !full().is_everything());
    }

    #[test]
    fn what_is_unknown_is_ignored_and_what_cannot_be_is_left_out() {
        let query = "kind=nothing&kind=&state=confirmed&state=rejected&municipality=71&library=&language=de\
                     &assignee=somebody&older=0&older=-1&older=9999&newer=x&due=never&order=backwards&q=150365-901X";
        assert_eq!(ListFilter::from_query(query), ListFilter::default());
        assert_eq!(ListFilter::from_query("%FF=%00&library=%00&&&==").to_query(), "");
    }

    #[test]
    fn a_week_ends_with_sunday() {
        for day in ["2026-11-16", "2026-11-21", "2026-11-22"] {
            assert_eq!(next_monday(day.parse().unwrap()), "2026-11-23".parse().unwrap(), "{day}");
        }
    }
}
