//! Bulk approval: many cases of one class, after a sample of them has been looked at one by one.
//!
//! ```text
//! prepare ─▶ sampling ─▶ ready ─▶ approved ─▶ undone
//!            │ every sample is    │ the list as it was frozen, shown in full
//!            │ shown and judged   │
//!            └──────▶ cancelled ◀─┘   one sample that does not fit cancels all of it
//! ```
//!
//! A batch is its maker's alone, and a named person's act as every other decision: each case is compared once more
//! and gets a decision of its own. What has moved, and what may no longer be approved so, is left out and says why
//! ([`crate::finding::bulk`]). Each step is one transaction, so that a process that dies leaves a batch which can be
//! gone on with. The list never grows.
//!
//! Invented cases can be planted among the samples. They are wrong on purpose, about nobody, and never written.
//! Whoever lets one pass has the batch cancelled; a class of which too many pass stops bulk approval until an
//! administrator allows it again. What is counted is the class, and never the person.

mod approve;
mod class;
mod error;
mod facts;
mod list;
mod planted;
mod prepare;
mod sample;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use approve::{approve, cancel, undo};
pub use class::{ClassCount, ClassState, LAST_PLANTED, allow, classes, overview};
pub use error::BulkError;
pub use list::{Line, list};
pub use prepare::prepare;
pub use sample::{Judged, Sample, Verdict, judge, next_sample};

use super::actor;
use super::item::ItemField;
use crate::audit::Event;
use crate::finding::ChangeClass;
use crate::finding::bulk::Exclusion;
use crate::staff::{ProvedAccount, Role};
use crate::store::bulk::{self as rows, BulkItemRow, BulkRow};
use crate::store::{StoreError, Tx};
use crate::task::Context;

/// Batches of an account that are listed.
const LISTED: i64 = 10;

/// How far a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkState {
    /// Its samples are being looked at.
    Sampling,
    /// Every sample fits; the list can be approved.
    Ready,
    /// Approved in one act.
    Approved,
    /// Ended without any approval.
    Cancelled,
    /// Approved and taken back.
    Undone,
}

impl BulkState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Sampling, Self::Ready, Self::Approved, Self::Cancelled, Self::Undone];

    /// The word in the database and in the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sampling => "sampling",
            Self::Ready => "ready",
            Self::Approved => "approved",
            Self::Cancelled => "cancelled",
            Self::Undone => "undone",
        }
    }

    /// Whether something remains to be done before it can be approved or cancelled.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Sampling | Self::Ready)
    }

    fn of(row: &BulkRow) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == row.state);
        found.ok_or(StoreError::inconsistent("bulk", "state"))
    }
}

/// Why a batch was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By its maker.
    ByHand,
    /// A sample is a change of another class.
    AnotherClass,
    /// A sample is about somebody else.
    WrongPerson,
    /// What would be written for a sample is wrong.
    WrongValue,
    /// The patron of a sample has told the library something newer.
    PatronNewer,
    /// A sample does not fit for another reason.
    Other,
    /// An invented case was let pass.
    PlantedMissed,
    /// Every case had moved or been decided.
    NothingLeft,
}

impl Ending {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::ByHand,
        Self::AnotherClass,
        Self::WrongPerson,
        Self::WrongValue,
        Self::PatronNewer,
        Self::Other,
        Self::PlantedMissed,
        Self::NothingLeft,
    ];

    /// Why a sample may not fit, in the order of the form.
    pub const MISFITS: [Self; 5] =
        [Self::AnotherClass, Self::WrongPerson, Self::WrongValue, Self::PatronNewer, Self::Other];

    /// The word in the database and in the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::AnotherClass => "another_class",
            Self::WrongPerson => "wrong_person",
            Self::WrongValue => "wrong_value",
            Self::PatronNewer => "patron_newer",
            Self::Other => "other",
            Self::PlantedMissed => "planted_missed",
            Self::NothingLeft => "nothing_left",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == word)
    }
}

/// Why a case of a batch is not approved with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It may not be approved in bulk any more.
    Excluded(Exclusion),
    /// It has moved, or somebody has worked on it, since the list was frozen.
    Moved,
    /// It does not open.
    Unreadable,
}

impl LeftOut {
    /// The word in the database and in the texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Excluded(reason) => reason.as_str(),
            Self::Moved => "moved",
            Self::Unreadable => "unreadable",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "moved" => Some(Self::Moved),
            "unreadable" => Some(Self::Unreadable),
            word => Exclusion::from_word(word).map(Self::Excluded),
        }
    }

    /// Whether the account may be told which case it is. What is not there is counted with what has gone.
    pub fn is_told(self) -> bool {
        self != Self::Excluded(Exclusion::NotThere)
    }
}

/// A batch as its maker sees it; nothing of a person is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its identifier.
    pub id: Uuid,
    /// The class of all its cases.
    pub class: ChangeClass,
    /// The municipality it was made for; nothing for all of the account's.
    pub municipality: Option<String>,
    /// How far it has come.
    pub state: BulkState,
    /// Why it was cancelled.
    pub ending: Option<Ending>,
    /// What was left out when it was made, and how many of each.
    pub left_out: Vec<(Exclusion, i64)>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its approvals take effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// Whether all of it can still be taken back.
    pub can_undo: bool,
    /// Cases on the list.
    pub cases: usize,
    /// Cases to be looked at singly.
    pub samples: usize,
    /// How many of them have been judged.
    pub judged: usize,
    /// Cases approved.
    pub approved: usize,
}

/// The newest batches of an account.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(context: &Context, account: &ProvedAccount) -> Result<Vec<Batch>, BulkError> {
    let mut read = context.db.read().await?;
    let mut batches = Vec::new();
    for row in rows::of_account(&mut read, account.id, LISTED).await? {
        let items = rows::items(&mut read, row.id).await?;
        batches.push(batch(&row, &items, context.clock.now())?);
    }
    Ok(batches)
}

/// One batch of an account.
///
/// # Errors
/// When there is none, or it is another's.
pub async fn get(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<Batch, BulkError> {
    let mut read = context.db.read().await?;
    let row = rows::get(&mut read, account.id, id).await?.ok_or(BulkError::Unknown)?;
    let items = rows::items(&mut read, id).await?;
    Ok(batch(&row, &items, context.clock.now())?)
}

fn batch(row: &BulkRow, items: &[BulkItemRow], now: DateTime<Utc>) -> Result<Batch, StoreError> {
    let state = BulkState::of(row)?;
    let ending = row
        .ended_because
        .as_deref()
        .map(|word| Ending::from_word(word).ok_or(StoreError::inconsistent("bulk", "ended_because")));
    let count = |wanted: &dyn Fn(&BulkItemRow) -> bool| items.iter().filter(|item| wanted(item)).count();
    Ok(Batch {
        id: row.id,
        class: class_of(row)?,
        municipality: row.municipality.clone(),
        state,
        ending: ending.transpose()?,
        left_out: left_out(&row.left_out)?,
        created_at: row.created_at,
        effective_at: row.effective_at,
        can_undo: state == BulkState::Approved && row.effective_at.is_some_and(|effective| now < effective),
        cases: count(&|item| item.finding.is_some()),
        samples: count(&|item| item.sample.is_some() && (item.outcome.is_none() || item.verdict.is_some())),
        judged: count(&|item| item.verdict.is_some()),
        approved: count(&|item| item.decision.is_some()),
    })
}

fn class_of(row: &BulkRow) -> Result<ChangeClass, StoreError> {
    ChangeClass::from_word(&row.class).ok_or(StoreError::inconsistent("bulk", "class"))
}

/// Reads `stale 2;guarantee 1`.
fn left_out(text: &str) -> Result<Vec<(Exclusion, i64)>, StoreError> {
    let one = |part: &str| {
        let (word, number) = part.split_once(' ')?;
        Some((Exclusion::from_word(word)?, number.parse().ok()?))
    };
    let parts = text.split(';').filter(|part| !part.is_empty());
    parts.map(|part| one(part).ok_or(StoreError::inconsistent("bulk", "left_out"))).collect()
}

/// The batch of an account, held until the transaction ends, with its cases.
async fn held(
    tx: &mut Tx,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<(BulkRow, Vec<BulkItemRow>), BulkError> {
    let row = rows::locked(tx, account.id, id).await?.ok_or(BulkError::Unknown)?;
    let items = rows::items(tx, id).await?;
    Ok((row, items))
}

/// Moves a batch on.
fn moved_on(row: &mut BulkRow, state: BulkState, ending: Option<Ending>, now: DateTime<Utc>) {
    state.as_str().clone_into(&mut row.state);
    row.ended_because = ending.map(|ending| ending.as_str().to_owned());
    row.updated_at = now;
}

/// The case that is to be looked at next.
fn pending(items: &[BulkItemRow]) -> Option<&BulkItemRow> {
    let open =
        items.iter().filter(|item| item.sample.is_some() && item.verdict.is_none() && item.outcome.is_none());
    open.min_by_key(|item| item.sample)
}

fn reviewer(account: &ProvedAccount) -> Result<(), BulkError> {
    if account.role == Role::Reviewer { Ok(()) } else { Err(BulkError::NotReviewer) }
}

fn event(context: &Context, account: &ProvedAccount, action: &'static str) -> Event {
    Event { os_user: account.os_user.clone(), ..context.event_of(&actor(account), action) }
}

/// Changes as they are shown: nothing of them is masked, because nobody protected is in a batch.
fn shown(fields: &[crate::finding::FieldChange]) -> Vec<ItemField> {
    let shown = |change: &crate::finding::FieldChange| ItemField {
        field: change.field.as_str(),
        current: Some(change.current.clone()),
        proposed: Some(change.proposed.clone()),
    };
    fields.iter().map(shown).collect()
}
