//! Why a review did not go on, and which kind of mistake it was.

use uuid::Uuid;

use crate::finding::{FindingKind, FindingState, InvalidTransition};
use crate::store::StoreError;

/// What kind of mistake a refusal answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The item is unknown, stale or decided already.
    Data,
    /// The command cannot be given so.
    Usage,
    /// The person may not do it.
    NotAllowed,
    /// The database did not do what was asked.
    Store,
}

/// Why a review did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such item.
    #[error("there is no item {0}; see `ajantasa queue list`")]
    Unknown(Uuid),
    /// The account is no reviewer.
    #[error("only a reviewer decides; this account is another role's")]
    NotReviewer,
    /// The patron is of another municipality.
    #[error("the item is of a municipality that is not this account's")]
    OutOfScope,
    /// The case is a protected one.
    #[error("the item is a protected case; it needs an account with the right to protected cases")]
    NeedsClearance,
    /// The card is the reviewer's own, or of someone the reviewer guarantees.
    #[error("nobody decides on their own card or one they guarantee; ask a colleague")]
    OwnCard,
    /// It is stale or decided already.
    #[error("the item is {}: {}", .0.as_str(), what_to_do(*.0))]
    NotOpen(FindingState),
    /// It waits for its slice of a first load.
    #[error(
        "the item is not opened yet: the first load is opened in slices, see `ajantasa schedule first-load`"
    )]
    HeldBack,
    /// A death froze the person's proposals.
    #[error("a death has been reported and freezes the person's other items until it is decided")]
    Frozen,
    /// It cannot be approved as it stands.
    #[error("the item cannot be approved as it stands; clear it up or reject it. {0}")]
    NotConfirmable(String),
    /// It may only be decided by itself.
    #[error("the item may only be decided by itself; name it alone")]
    OneAtATime,
    /// One side moved since it was found.
    #[error("the item is stale: {0} moved since it was found; look again with `ajantasa queue show`")]
    Moved(String),
    /// The cause is gone.
    #[error("the item is closed: the difference is gone")]
    CauseGone,
    /// The undo window cannot be closed at once.
    #[error("{} takes effect after the undo window only; leave --now away", .0.as_str())]
    NoShortcut(FindingKind),
    /// The undo window has passed.
    #[error("the item cannot be undone: the undo window has passed, or nothing was approved")]
    WindowClosed,
    /// A reason that says nothing needs a note.
    #[error("the reason `other` needs a note; add --note")]
    NoteNeeded,
    /// A date that has passed.
    #[error("an item can only be put off to a later day")]
    DateNotAhead,
    /// A reason that says nothing, or too much.
    #[error(
        "say in one or two sentences why the case is opened, at least ten characters, without an identity code"
    )]
    ReasonNeeded,
    /// Nobody is told, or somebody who cannot be.
    #[error(
        "name somebody else to be told: a reviewer with the right to protected cases, or an administrator"
    )]
    NobodyTold,
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn what_to_do(state: FindingState) -> &'static str {
    match state {
        FindingState::Stale => "one side moved since it was found; look again with `ajantasa queue show`",
        FindingState::New | FindingState::Opened | FindingState::Snoozed => "it can be decided",
        FindingState::Decided
        | FindingState::Applying
        | FindingState::OutcomeUnknown
        | FindingState::Written
        | FindingState::Confirmed
        | FindingState::Rejected => "it has been decided already",
        FindingState::Superseded => "a newer item has taken its place",
        FindingState::Closed => "the difference is gone",
    }
}

impl ReviewError {
    /// What kind of mistake it was.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NotReviewer | Self::OutOfScope | Self::NeedsClearance | Self::OwnCard => {
                Refusal::NotAllowed
            }
            Self::NoShortcut(_)
            | Self::NoteNeeded
            | Self::DateNotAhead
            | Self::ReasonNeeded
            | Self::NobodyTold => Refusal::Usage,
            Self::Unknown(_)
            | Self::NotOpen(_)
            | Self::HeldBack
            | Self::Frozen
            | Self::NotConfirmable(_)
            | Self::OneAtATime
            | Self::Moved(_)
            | Self::CauseGone
            | Self::WindowClosed => Refusal::Data,
            Self::Store(_) => Refusal::Store,
        }
    }
}

impl From<InvalidTransition> for ReviewError {
    fn from(error: InvalidTransition) -> Self {
        Self::NotOpen(error.from)
    }
}
