//! Schedules as administrators plan them: named records, of which every content is a version that stays.
//!
//! A schedule comes from the configuration file or from an administrator. [`sync`] keeps the first kind true to the
//! file; the functions here make and change the second kind, for the command line and the pages alike. A pause keeps
//! everything and is looked at when a run would start.
//!
//! Who plans is an administrator of every municipality that a schedule is about, before and after a change; rounds of
//! tasks are about all of them. What makes a refresh ask about many more people (`weight`) waits as a version of its
//! own until a second administrator approves it; the version in force stays meanwhile. Two acts of one account, one
//! operating-system user or one session are those of one person.
//!
//! Every change commits with its record in the audit log. Of two who change at once, the second is told to look again.

mod approve;
mod authority;
mod change;
mod configuration;
pub mod dry_run;
mod error;
pub mod estimate;
mod history;
mod pause;
pub mod preview;
mod show;
mod weight;

use crate::audit::{Actor, Event};
use crate::schedule::check::Known;
use crate::schedule::definition::Definition;
use crate::staff::ProvedAccount;
use crate::store::schedule::{HeadRow, VersionRow};
use crate::store::{self, StoreError, Tx};
use crate::task::Context;

pub use approve::{approve, withdraw};
pub use authority::{demand, not_allowed};
pub use change::{Edit, Outcome, StartWithin, add, edit, remove};
pub use configuration::{Synced, clash_message, clashes, sync};
pub use error::{NotAllowed, OfOthers, PlanningError, Same, Unusable};
pub use history::{Happened, What, history};
pub(crate) use pause::close_over;
pub use pause::{LONGEST_PAUSE, end_pauses_over, pause, resume};
pub use show::{InWords, LastRun, Pause, Planned, VersionShown, list, show, show_by_id};
pub use weight::{Size, Weight, count, second_needed};

/// The word for a schedule of the configuration file, in the database and in output.
pub const CONFIGURATION: &str = "configuration";
/// The word for a schedule that an administrator made.
pub const ADMINISTRATOR: &str = "administrator";

/// The version that a schedule starts by.
const IN_FORCE: &str = "in_force";
/// A version that waits for a second administrator.
const WAITING: &str = "waiting";
/// A version that was in force.
const FORMER: &str = "former";

/// Who plans.
#[derive(Debug, Clone, Copy)]
pub struct Administrator<'a> {
    /// The account.
    pub account: &'a ProvedAccount,
    /// What tells the session from every other, where there is one.
    pub session: Option<&'a str>,
}

impl Administrator<'_> {
    fn event(&self, context: &Context, action: &'static str, detail: String) -> Event {
        let actor = Actor::Account { id: self.account.id, name: self.account.name.clone() };
        Event::new(context.clock.now(), actor, &self.account.os_user, action).detail(detail)
    }
}

/// What the configuration says that definitions depend on.
pub fn known(context: &Context) -> Known<'_> {
    let settings = &context.settings;
    Known {
        municipalities: settings.municipalities.keys().map(String::as_str).collect(),
        purposes: settings.purposes.iter().map(|(name, rule)| (name.as_str(), rule)).collect(),
        changes: context.changes.is_some(),
        query: settings.query.is_some(),
        segment: &settings.segment,
    }
}

/// A schedule and every version it has had.
struct Loaded {
    head: HeadRow,
    versions: Vec<VersionRow>,
}

impl Loaded {
    /// The schedule of a name that has not been removed.
    async fn named(tx: &mut Tx, name: &str) -> Result<Self, PlanningError> {
        let head = store::schedule::named(tx, name).await?;
        let head = head.filter(|head| head.removed_at.is_none());
        let head = head.ok_or_else(|| PlanningError::Unknown(name.to_owned()))?;
        let versions = store::schedule::versions(tx, head.id).await?;
        Ok(Self { head, versions })
    }

    /// The same, locked until the end of the transaction. `seen` is the newest version that the caller has seen.
    async fn locked(tx: &mut Tx, name: &str, seen: i64) -> Result<Self, PlanningError> {
        let Self { head, .. } = Self::named(tx, name).await?;
        store::schedule::lock(tx, head.id).await?;
        let loaded = Self::named(tx, name).await?;
        let newest = loaded.newest_number();
        if newest != seen {
            return Err(PlanningError::Moved { name: name.to_owned(), seen, newest });
        }
        Ok(loaded)
    }

    fn newest_number(&self) -> i64 {
        self.versions.last().map_or(0, |version| version.version)
    }

    fn in_state(&self, state: &str) -> Option<&VersionRow> {
        self.versions.iter().find(|version| version.state == state)
    }

    fn definition_in(&self, state: &str) -> Result<Option<Definition>, StoreError> {
        self.in_state(state).map(definition).transpose()
    }
}

/// The content of a version.
fn definition(version: &VersionRow) -> Result<Definition, StoreError> {
    let table = "schedule_version";
    Definition::from_json(&version.definition).map_err(|_| StoreError::inconsistent(table, "definition"))
}
