//! Accounts of others, how the libraries are reached, and what the configuration file says. Nothing here is about a
//! patron.

mod account;
mod configuration;
pub(super) mod contacts;
mod list;
mod new;

use super::{Language, Routes};
use crate::staff::Role;
use crate::staff::administer::{Listed, Problem};
use crate::task::Context;

pub(super) fn routes(routes: Routes) -> Routes {
    contacts::routes(configuration::routes(account::routes(new::routes(list::routes(routes)))))
}

/// The path of an account's page.
fn path_of(id: uuid::Uuid) -> String {
    format!("/administration/accounts/{id}")
}

/// A role to choose.
struct RoleChoice {
    word: &'static str,
    text: String,
    is_chosen: bool,
}

fn roles(l: Language, chosen: Option<Role>) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        word: role.as_str(),
        text: l.t(&format!("role-{role}")),
        is_chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

/// A municipality to choose.
struct MunicipalityChoice {
    code: String,
    name: String,
    is_chosen: bool,
}

fn municipalities(context: &Context, l: Language, chosen: &[String]) -> Vec<MunicipalityChoice> {
    let choice = |(code, known): (&String, &crate::municipality::Municipality)| MunicipalityChoice {
        code: code.clone(),
        name: known.name.text(l).to_owned(),
        is_chosen: chosen.contains(code),
    };
    context.settings.municipalities.iter().map(choice).collect()
}

/// The names of municipalities; of one that is not configured, its code.
fn names_of(context: &Context, l: Language, codes: &[String]) -> String {
    let name = |code: &String| {
        let known = context.settings.municipalities.get(code);
        known.map_or_else(|| code.clone(), |known| known.name.text(l).to_owned())
    };
    codes.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    InForce,
    Ended,
    Closed,
}

impl State {
    fn of(context: &Context, listed: &Listed) -> Self {
        if listed.row.disabled_at.is_some() {
            Self::Closed
        } else if listed.row.ends_on < context.clock.today() {
            Self::Ended
        } else {
            Self::InForce
        }
    }

    /// The word's text, its frame and its sign.
    fn shown(self, l: Language) -> (String, &'static str, &'static str) {
        match self {
            Self::InForce => (l.t("administration-state-in-force"), "good", "✓"),
            Self::Ended => (l.t("administration-state-ended"), "warn", "!"),
            Self::Closed => (l.t("administration-state-closed"), "plain", "×"),
        }
    }
}

/// The field that a problem is with, and its text.
fn told(l: Language, problem: Problem) -> (&'static str, String) {
    let (field, id) = match problem {
        Problem::Name => ("name", "administration-problem-name"),
        Problem::NameTaken => ("name", "administration-problem-taken"),
        Problem::EndDate => ("ends_on", "administration-problem-end"),
        Problem::NoMunicipality => ("municipality", "administration-problem-no-municipality"),
        Problem::UnknownMunicipality => ("municipality", "administration-problem-unknown-municipality"),
        Problem::Clearance => ("may_protected", "administration-problem-clearance"),
        Problem::Excluded => ("role", "administration-problem-excluded"),
        Problem::Closed => ("content", "administration-problem-closed"),
        Problem::OfDirectory => ("content", "administration-problem-of-directory"),
    };
    (field, l.t(id))
}
