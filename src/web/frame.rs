//! What is around every page: title, menu, language, theme, and what everybody should know.

use super::practice::Lesson;
use super::visit::Visit;
use super::{Language, assets, language};
use crate::staff::{ProvedAccount, Role};

/// Light, dark, or as the machine has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the machine has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The word of the cookie and of the style sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }
}

/// An entry of the menu.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it leads.
    pub href: &'static str,
    /// Its text.
    pub text: String,
    /// Whether the page belongs to it.
    pub is_current: bool,
}

/// The menu: address, text, and whose it is.
const MENU: &[(&str, &str, &[Role])] = &[
    ("/overview", "menu-overview", &[Role::Reviewer, Role::Auditor, Role::Administrator]),
    ("/queue", "menu-queue", &[Role::Reviewer]),
    ("/bulk", "menu-bulk", &[Role::Reviewer]),
    ("/protected", "menu-protected", &[Role::Reviewer]),
    ("/patrons", "menu-patrons", &[Role::Reviewer, Role::Auditor]),
    ("/schedules", "menu-schedules", &[Role::Administrator, Role::Auditor]),
    ("/runs", "menu-runs", &[Role::Administrator, Role::Auditor]),
    ("/bulk/classes", "menu-bulk-classes", &[Role::Administrator]),
    ("/notices", "menu-notices", &[Role::Reviewer, Role::Administrator]),
    ("/administration", "menu-administration", &[Role::Administrator]),
];

/// What of the menu is for reviewers with the right to protected cases only.
const FOR_THE_CLEARED: [&str; 2] = ["/protected", "/notices"];

/// What is around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language of the page.
    pub l: Language,
    /// The title; nothing of a person is in it.
    pub title: String,
    /// The menu of the role.
    pub menu: Vec<Entry>,
    /// The name of the account that is signed in.
    pub account: Option<String>,
    /// The word that forms carry.
    pub token: String,
    /// The theme.
    pub theme: Theme,
    /// The path, to come back to.
    pub path: String,
    /// What everybody should know: that something is not the real thing, or has been stopped.
    pub notices: Vec<String>,
    /// That the account has notices that it has not seen.
    pub unseen: Option<String>,
    /// What has just been done, in words.
    pub done: Option<String>,
    /// What of the page belongs to practice; none outside of practice.
    pub lesson: Option<Lesson>,
}

impl Frame {
    pub(super) fn new(visit: &Visit, title: String) -> Self {
        let l = visit.language;
        let account = visit.account();
        let menu = MENU
            .iter()
            .filter(|(href, _, roles)| account.is_some_and(|account| is_for(account, href, roles)))
            .map(|(href, text, _)| Entry { href, text: l.t(text), is_current: belongs(&visit.path, href) })
            .collect();
        Self {
            l,
            title,
            menu,
            account: account.map(|account| account.name.clone()),
            token: visit.form_word().unwrap_or_default().to_owned(),
            theme: visit.theme,
            path: visit.path.clone(),
            notices: notices(visit),
            unseen: (visit.unseen > 0).then(|| l.t1("frame-unseen", "count", visit.unseen)),
            done: None,
            lesson: visit.lesson.clone(),
        }
    }

    /// The same with what has just been done.
    #[must_use]
    pub fn with_done(self, done: Option<String>) -> Self {
        Self { done, ..self }
    }

    /// The address of a file that goes with the pages.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// What the browser checks that file against.
    pub fn integrity(&self, name: &str) -> &'static str {
        assets::integrity(name)
    }

    /// Code and own name of every language, and whether it is that of the page.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        let shown = |of: Language| (of.as_str(), language::own_name(of), of == self.l);
        language::ALL.into_iter().map(shown).collect()
    }

    /// Every theme with whether it is that of the page.
    pub fn themes(&self) -> Vec<(Theme, bool)> {
        Theme::ALL.into_iter().map(|theme| (theme, theme == self.theme)).collect()
    }
}

fn is_for(account: &ProvedAccount, href: &str, roles: &[Role]) -> bool {
    let needs_clearance = account.role == Role::Reviewer && FOR_THE_CLEARED.contains(&href);
    roles.contains(&account.role) && (!needs_clearance || account.may_see_protected())
}

fn belongs(path: &str, href: &str) -> bool {
    path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
}

fn notices(visit: &Visit) -> Vec<String> {
    let settings = &visit.web.settings;
    let context = visit.context();
    let mut notices = Vec::new();
    if settings.is_demo {
        notices.push(visit.t("notice-demo"));
    } else if settings.is_simulated {
        notices.push(visit.t("notice-simulated"));
    }
    if context.settings.observe {
        notices.push(visit.t("notice-observe"));
    }
    if context.clock.notice().is_some() {
        let now = visit.language.time(context.clock.now());
        notices.push(visit.language.t1("notice-clock", "time", now));
    }
    notices
}
