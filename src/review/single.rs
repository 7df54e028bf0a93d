//! Decisions about one item by somebody who has it before their eyes: they hold for the version that was seen, and may
//! be taken back for a while by who made them.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::decide::{Decided, Effect, Rejection, Wish, one};
use super::error::ReviewError;
use crate::finding::Field;
use crate::staff::ProvedAccount;
use crate::task::Context;

/// An item as somebody has seen it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The item.
    pub id: Uuid,
    /// Its version, which grows with every change.
    pub version: i64,
}

/// Approves the item; with `texts`, in other words than were proposed. The columns not named stay as proposed.
///
/// # Errors
/// When it cannot be approved, or has changed since it was seen.
pub async fn approve(
    context: &Context,
    account: &ProvedAccount,
    seen: Seen,
    texts: Vec<(Field, String)>,
    window: Duration,
) -> Result<Decided, ReviewError> {
    let wish = Wish::Approve { effect: Effect::After(window), alone: true, edits: texts };
    one(context, account, seen.id, Some(seen.version), &wish).await
}

/// Rejects the item.
///
/// # Errors
/// When it cannot be rejected, or has changed since it was seen.
pub async fn reject(
    context: &Context,
    account: &ProvedAccount,
    seen: Seen,
    rejection: Rejection,
) -> Result<Decided, ReviewError> {
    one(context, account, seen.id, Some(seen.version), &Wish::Reject(rejection)).await
}

/// Puts the item off until an instant; with `visit`, until the patron visits, at the latest until that instant.
///
/// # Errors
/// When it cannot be put off, or has changed since it was seen.
pub async fn snooze(
    context: &Context,
    account: &ProvedAccount,
    seen: Seen,
    until: DateTime<Utc>,
    visit: bool,
) -> Result<Decided, ReviewError> {
    one(context, account, seen.id, Some(seen.version), &Wish::Snooze { until, visit }).await
}

/// Takes the account's own last word about an item back: an approval while its window is open, a rejection or putting
/// off `within` a time. The item is as it was before.
///
/// # Errors
/// [`ReviewError::WindowClosed`] when the last word is somebody else's, holds no longer, or is too long ago.
pub async fn take_back(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
    within: Duration,
) -> Result<Decided, ReviewError> {
    one(context, account, id, None, &Wish::TakeBack { within }).await
}

/// The same of the version that somebody has seen.
///
/// # Errors
/// As [`take_back`]; and when it has changed since it was seen.
pub async fn take_back_seen(
    context: &Context,
    account: &ProvedAccount,
    seen: Seen,
    within: Duration,
) -> Result<Decided, ReviewError> {
    one(context, account, seen.id, Some(seen.version), &Wish::TakeBack { within }).await
}
