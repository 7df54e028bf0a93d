//! The ways in which the people of a run are asked about.
//!
//! The purpose decides: the upkeep of the register is served by base data, many people in a request; every other
//! purpose by the single-person query, one person in a request, with its ceilings. A way answers two questions:
//! whether there is room for so many people now (`Way::room`), and what came of some of them (`Way::ask`).

use std::collections::BTreeMap;

use super::{base_data, single_query};
use crate::lease::Lease;
use crate::schedule::definition::AddressRefresh;
use crate::schedule::run_reason::Reason;
use crate::store::run::OpenRun;
use crate::store::run_person::Waiting;
use crate::task::{Context, Settings, TaskError};
use chrono::{DateTime, Utc};

/// How the people of a run are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Base data of the change interface.
    BaseData,
    /// The query about one person.
    SingleQuery,
}

/// Some people of a run, of one municipality, whose turn has come.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// What is worked with.
    pub context: &'a Context,
    /// The lease under which the run works: every transaction proves it.
    pub lease: &'a Lease,
    /// The run, with its schedule.
    pub open: &'a OpenRun,
    /// What its version says.
    pub refresh: &'a AddressRefresh,
    /// The people, still waiting; never empty.
    pub people: &'a [Waiting],
}

/// Why a run does not go on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// VTJ did not answer, and it counts as a try.
    Again(String),
    /// VTJ is left alone until an instant.
    Until(DateTime<Utc>, String),
    /// There is no room under a ceiling.
    NoRoom(String),
    /// It cannot go on at all.
    Failed(Reason, String),
}

impl Way {
    /// The way that a refresh is asked.
    pub fn of(settings: &Settings, refresh: &AddressRefresh) -> Self {
        if refresh.purpose == settings.upkeep.purpose.as_str() { Self::BaseData } else { Self::SingleQuery }
    }

    /// How many people at most have a turn together.
    pub(super) fn batch(self) -> i64 {
        match self {
            Self::BaseData => base_data::BATCH,
            Self::SingleQuery => 1,
        }
    }

    /// Whether so many people, by municipality, can be asked about now, before the first of them is; why not.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn room(
        self,
        context: &Context,
        refresh: &AddressRefresh,
        people: &BTreeMap<String, u32>,
    ) -> Result<Option<Kept>, TaskError> {
        match self {
            Self::BaseData if context.changes.is_none() => {
                let message = TaskError::NoInterface("a refresh").to_string();
                Ok(Some(Kept::Failed(Reason::NotConfigured, message)))
            }
            Self::BaseData => Ok(None),
            Self::SingleQuery => single_query::room(context, refresh, people).await,
        }
    }

    /// Asks about some people, and notes on the run's rows what came of them, in the transaction of the answers.
    /// Whoever is left waiting has another turn.
    ///
    /// # Errors
    /// When VTJ or the database fails or the lease is lost.
    pub(super) async fn ask(self, turn: &Turn<'_>) -> Result<Option<Kept>, TaskError> {
        match self {
            Self::BaseData => base_data::ask(turn).await.map(|()| None),
            Self::SingleQuery => single_query::ask(turn).await,
        }
    }
}
