//! Why a review did not go on, and which kind of mistake it was.

use uuid::Uuid;

use crate::finding::{Field, FindingKind, FindingState, InvalidTransition};
use crate::patron_file::RowFault;
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
    /// The reviewer has said to be disqualified about the patron.
    #[error("the account is disqualified about this patron; a colleague decides")]
    Disqualified,
    /// Something has been done to it since it was looked at.
    #[error("the item is {} now: somebody has done something to it since it was opened", .state.as_str())]
    ChangedMeanwhile {
        /// The state it is in.
        state: FindingState,
        /// What moved, as column names.
        moved: Option<String>,
    },
    /// A text that a column cannot hold.
    #[error("{}: {}", .0.as_str(), .1)]
    BadText(Field, RowFault),
    /// What was put in the place of the proposal changes nothing, or the kind has nothing to put otherwise.
    #[error("nothing would be written: the text is what the register has")]
    NothingToWrite,
    /// The colleague may not decide it.
    #[error("this colleague may not decide the item")]
    NotTheirs,
    /// It was written too long ago, or nothing was written.
    #[error("the item cannot be reverted: it was not written, or more than 90 days ago")]
    NotRevertible,
    /// The register holds another value than was written, in these columns.
    #[error("the item cannot be reverted: {0} changed in the register since it was written")]
    RegisterMoved(String),
    /// There is a newer item about the same columns.
    #[error("there is a newer item about the same; decide that one")]
    NewerItem,
    /// The patron register does not answer.
    #[error("the patron register does not answer; try again")]
    RegisterSilent,
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
            Self::NotReviewer
            | Self::OutOfScope
            | Self::NeedsClearance
            | Self::OwnCard
            | Self::Disqualified => Refusal::NotAllowed,
            Self::NoShortcut(_)
            | Self::NoteNeeded
            | Self::DateNotAhead
            | Self::ReasonNeeded
            | Self::NobodyTold
            | Self::BadText(..)
            | Self::NothingToWrite
            | Self::NotTheirs => Refusal::Usage,
            Self::Unknown(_)
            | Self::NotOpen(_)
            | Self::HeldBack
            | Self::Frozen
            | Self::NotConfirmable(_)
            | Self::OneAtATime
            | Self::Moved(_)
            | Self::CauseGone
            | Self::ChangedMeanwhile { .. }
            | Self::NotRevertible
            | Self::RegisterMoved(_)
            | Self::NewerItem
            | Self::WindowClosed => Refusal::Data,
            Self::RegisterSilent | Self::Store(_) => Refusal::Store,
        }
    }
}

impl From<InvalidTransition> for ReviewError {
    fn from(error: InvalidTransition) -> Self {
        Self::NotOpen(error.from)
    }
}
