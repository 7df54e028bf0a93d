//! The form of the filters, with how many cases each choice has, and what is chosen now.

use std::collections::BTreeMap;

use super::super::visit::Visit;
use super::table::{kind_icon, place};
use crate::finding::{FindingKind, FindingState};
use crate::municipality::Language;
use crate::review::listing::{
    Assignee, DueWindow, Facets, ListFilter, PatronLanguage, QueueOrder, order_word,
};

/// One of several that can be chosen.
pub(super) struct Choice {
    pub value: String,
    pub text: String,
    pub icon: &'static str,
    /// How many cases there are, in brackets; empty where they are not counted.
    pub count: String,
    pub is_chosen: bool,
}

/// A list to choose one of.
pub(super) struct Select {
    pub name: &'static str,
    pub label: String,
    pub choices: Vec<Choice>,
}

/// A number to write.
pub(super) struct Number {
    pub name: &'static str,
    pub label: String,
    pub value: String,
}

/// A filter in use, and the address without it.
pub(super) struct Chip {
    pub text: String,
    pub remove: String,
    pub href: String,
}

/// The form.
pub(super) struct Filters {
    pub kinds: Vec<Choice>,
    pub states: Vec<Choice>,
    pub selects: Vec<Select>,
    pub numbers: Vec<Number>,
    pub chips: Vec<Chip>,
}

impl Filters {
    pub(super) fn of(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Self {
        let selects = vec![
            municipalities(visit, filter, facets),
            libraries(visit, filter, facets),
            languages(visit, filter, facets),
            assignees(visit, filter, facets),
            due(visit, filter),
            order(visit, filter),
        ];
        let number = |name, label: &str, value: Option<u16>| Number {
            name,
            label: visit.t(label),
            value: value.map(|days| days.to_string()).unwrap_or_default(),
        };
        Self {
            kinds: kinds(visit, filter, facets),
            states: states(visit, filter, facets),
            // What leaves no choice is not asked.
            selects: selects
                .into_iter()
                .filter(|select| select.choices.len() > 2 || select.is_chosen())
                .collect(),
            numbers: vec![
                number("older", "queue-filter-older", filter.older_than),
                number("newer", "queue-filter-newer", filter.newer_than),
            ],
            chips: chips(visit, filter, facets),
        }
    }
}

impl Select {
    fn is_chosen(&self) -> bool {
        self.choices.iter().any(|choice| choice.is_chosen && !choice.value.is_empty())
    }
}

fn count(l: Language, counts: &BTreeMap<String, i64>, word: &str) -> String {
    l.t1("queue-filter-count", "count", counts.get(word).copied().unwrap_or_default())
}

fn kinds(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Vec<Choice> {
    let shown = |kind: &FindingKind| {
        filter.kinds.contains(kind) || facets.kinds.get(kind.as_str()).is_some_and(|count| *count > 0)
    };
    let choice = |kind: FindingKind| Choice {
        value: kind.as_str().to_owned(),
        text: visit.t(&format!("kind-{}", kind.as_str())),
        icon: kind_icon(kind),
        count: count(visit.language, &facets.kinds, kind.as_str()),
        is_chosen: filter.kinds.contains(&kind),
    };
    FindingKind::ALL.into_iter().filter(shown).map(choice).collect()
}

fn states(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Vec<Choice> {
    let choice = |state: FindingState| Choice {
        value: state.as_str().to_owned(),
        text: visit.t(&format!("state-{}", state.as_str())),
        icon: "",
        count: count(visit.language, &facets.states, state.as_str()),
        is_chosen: filter.states.contains(&state),
    };
    FindingState::TO_REVIEW.into_iter().map(choice).collect()
}

/// A list whose first entry is no choice.
fn select(visit: &Visit, name: &'static str, label: &str, choices: Vec<Choice>) -> Select {
    let none = Choice {
        value: String::new(),
        text: visit.t("queue-filter-all"),
        icon: "",
        count: String::new(),
        is_chosen: choices.iter().all(|choice| !choice.is_chosen),
    };
    Select { name, label: visit.t(label), choices: std::iter::once(none).chain(choices).collect() }
}

fn municipalities(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Select {
    let choice = |(code, _): (&String, &i64)| Choice {
        value: code.clone(),
        text: place(visit, code),
        icon: "",
        count: count(visit.language, &facets.municipalities, code),
        is_chosen: filter.municipality.as_ref() == Some(code),
    };
    let choices = facets.municipalities.iter().map(choice).collect();
    select(visit, "municipality", "queue-filter-municipality", choices)
}

fn libraries(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Select {
    let named = facets.libraries.iter().filter(|(library, _)| !library.is_empty());
    let choice = |(library, _): (&String, &i64)| Choice {
        value: library.clone(),
        text: library.clone(),
        icon: "",
        count: count(visit.language, &facets.libraries, library),
        is_chosen: filter.home_library.as_ref() == Some(library),
    };
    select(visit, "library", "queue-filter-library", named.map(choice).collect())
}

fn languages(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Select {
    let choice = |language: PatronLanguage| {
        let stored = if language == PatronLanguage::Unknown { "" } else { language.as_str() };
        Choice {
            value: language.as_str().to_owned(),
            text: visit.t(&format!("language-{}", language.as_str())),
            icon: "",
            count: count(visit.language, &facets.languages, stored),
            is_chosen: filter.language == Some(language),
        }
    };
    select(visit, "language", "queue-filter-language", PatronLanguage::ALL.into_iter().map(choice).collect())
}

fn assignees(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Select {
    let choice = |value: String, text: String, assignee| Choice {
        value,
        text,
        icon: "",
        count: String::new(),
        is_chosen: filter.assignee == Some(assignee),
    };
    let own = visit.account().map(|account| account.id);
    let mut choices = vec![
        choice("mine".to_owned(), visit.t("queue-assignee-mine"), Assignee::Mine),
        choice("nobody".to_owned(), visit.t("queue-assignee-nobody"), Assignee::Nobody),
    ];
    let colleagues = facets.holders.iter().filter(|(id, _)| Some(*id) != own);
    choices
        .extend(colleagues.map(|(id, name)| choice(id.to_string(), name.clone(), Assignee::Colleague(*id))));
    select(visit, "assignee", "queue-filter-assignee", choices)
}

fn due(visit: &Visit, filter: &ListFilter) -> Select {
    let choice = |window: DueWindow| Choice {
        value: window.as_str().to_owned(),
        text: visit.t(&format!("queue-due-{}", window.as_str())),
        icon: "",
        count: String::new(),
        is_chosen: filter.due == Some(window),
    };
    select(visit, "due", "queue-filter-due", DueWindow::ALL.into_iter().map(choice).collect())
}

fn order(visit: &Visit, filter: &ListFilter) -> Select {
    let choice = |order: QueueOrder| Choice {
        value: order_word(order).to_owned(),
        text: visit.t(&format!("queue-order-{}", order_word(order))),
        icon: "",
        count: String::new(),
        is_chosen: filter.order == order,
    };
    let choices = [QueueOrder::Oldest, QueueOrder::Due].into_iter().map(choice).collect();
    Select { name: "order", label: visit.t("queue-filter-order"), choices }
}

/// What is chosen, each with the address at which it is not.
fn chips(visit: &Visit, filter: &ListFilter, facets: &Facets) -> Vec<Chip> {
    let l = visit.language;
    let mut chips = Vec::new();
    let mut add = |name: &str, value: String, without: &dyn Fn(&mut ListFilter)| {
        let mut rest = filter.clone();
        without(&mut rest);
        let name = l.t(name);
        chips.push(Chip {
            text: l.t2("queue-chip", "name", &name, "value", &value),
            remove: l.t2("queue-chip-remove", "name", &name, "value", &value),
            href: format!("/queue?{}", rest.to_query()),
        });
    };
    for kind in &filter.kinds {
        let word = l.t(&format!("kind-{}", kind.as_str()));
        add("queue-filter-kind", word, &|rest| rest.kinds.retain(|other| other != kind));
    }
    for state in &filter.states {
        let word = l.t(&format!("state-{}", state.as_str()));
        add("queue-filter-state", word, &|rest| rest.states.retain(|other| other != state));
    }
    if let Some(code) = &filter.municipality {
        add("queue-filter-municipality", place(visit, code), &|rest| rest.municipality = None);
    }
    if let Some(library) = &filter.home_library {
        add("queue-filter-library", library.clone(), &|rest| rest.home_library = None);
    }
    if let Some(language) = filter.language {
        let word = l.t(&format!("language-{}", language.as_str()));
        add("queue-filter-language", word, &|rest| rest.language = None);
    }
    if let Some(assignee) = filter.assignee {
        add("queue-filter-assignee", assignee_text(visit, assignee, facets), &|rest| rest.assignee = None);
    }
    if let Some(days) = filter.older_than {
        add("queue-filter-older", days.to_string(), &|rest| rest.older_than = None);
    }
    if let Some(days) = filter.newer_than {
        add("queue-filter-newer", days.to_string(), &|rest| rest.newer_than = None);
    }
    if let Some(window) = filter.due {
        let word = l.t(&format!("queue-due-{}", window.as_str()));
        add("queue-filter-due", word, &|rest| rest.due = None);
    }
    chips
}

fn assignee_text(visit: &Visit, assignee: Assignee, facets: &Facets) -> String {
    match assignee {
        Assignee::Mine => visit.t("queue-assignee-mine"),
        Assignee::Nobody => visit.t("queue-assignee-nobody"),
        Assignee::Colleague(id) => {
            let known = facets.holders.iter().find(|(holder, _)| *holder == id);
            known.map_or_else(|| visit.t("queue-assignee-colleague"), |(_, name)| name.clone())
        }
    }
}
