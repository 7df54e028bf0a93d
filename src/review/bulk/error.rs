//! Why bulk approval did not go on.

use uuid::Uuid;

use super::BulkState;
use crate::review::ReviewError;
use crate::store::StoreError;

/// Why bulk approval did not go on.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// There is no such batch, or it is another's.
    #[error("there is no such batch")]
    Unknown,
    /// The account is no reviewer.
    #[error("only a reviewer decides; this account is another role's")]
    NotReviewer,
    /// The account is no administrator.
    #[error("only an administrator allows a class again; this account is another role's")]
    NotAdministrator,
    /// The municipality is not the account's.
    #[error("the municipality is not this account's")]
    OutOfScope,
    /// Findings of the class are decided one by one.
    #[error("findings of this class are decided one by one")]
    NotBulk,
    /// Too many invented cases of the class were let pass.
    #[error("bulk approval of this class is stopped until an administrator allows it again")]
    ClassStopped,
    /// The class is not stopped.
    #[error("bulk approval of this class is not stopped")]
    NotStopped,
    /// Another batch has to be finished or cancelled first.
    #[error("another batch is unfinished: go on with it or cancel it first")]
    Unfinished(Uuid),
    /// Nothing of the class may be approved in bulk now.
    #[error("no case of this class can be approved in bulk now")]
    Empty,
    /// The batch is not where this can be done.
    #[error("the batch is {}; this cannot be done now", .0.as_str())]
    WrongState(BulkState),
    /// Another sample than this one is to be judged.
    #[error("this sample is not the one to be judged now; look at the batch again")]
    OtherSample,
    /// The undo window has passed.
    #[error("the batch cannot be undone: the undo window has passed")]
    WindowClosed,
    /// A reason is needed, and everybody may read it.
    #[error("say why with a few words, without any personal value")]
    NoReason,
    /// A case could not be reviewed.
    #[error(transparent)]
    Review(ReviewError),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ReviewError> for BulkError {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Store(error) => Self::Store(error),
            error => Self::Review(error),
        }
    }
}
