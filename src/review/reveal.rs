//! Opening what is masked of a protected case: with a reason, for ten minutes, told to somebody else.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::case::Case;
use super::error::ReviewError;
use super::{actor, keyring_of, refused};
use crate::audit::{self, Event};
use crate::identity_code::IdentityCode;
use crate::staff::{ProvedAccount, Role};
use crate::store::account::AccountRow;
pub use crate::store::reveal::Notice;
use crate::store::{self, Tx, new_id};
use crate::task::Context;

/// For how long a case stays open.
pub const OPEN_FOR: TimeDelta = TimeDelta::minutes(10);
/// The fewest characters of a reason.
pub const REASON_LEAST: usize = 10;
/// The most.
pub const REASON_MOST: usize = 500;
/// Characters of an identity code.
const CODE_CHARACTERS: usize = 11;
/// Notices shown together.
const NOTICES: i64 = 100;

/// Whom somebody can name to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The account.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: Role,
}

/// Opens a protected case for an account, tells somebody, and records both. Until when it is open.
///
/// # Errors
/// When the account may not decide it, when the case needs no clearance, when the reason does not do, when the one to
/// be told cannot be, or when it cannot be recorded.
pub async fn reveal(
    context: &Context,
    account: &ProvedAccount,
    finding: Uuid,
    reason: &str,
    tell: Uuid,
) -> Result<DateTime<Utc>, ReviewError> {
    if !account.may_see_protected() {
        return Err(ReviewError::Unknown(finding));
    }
    let keyring = keyring_of(context, finding).await?;
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, finding).await?.ok_or(ReviewError::Unknown(finding))?;
    if let Err(error) = can_be_opened(&mut tx, account, &case).await {
        drop(tx);
        return Err(refused(context, &actor(account), &case, error).await);
    }
    let reason = checked(reason)?;
    let others = others(&mut tx, context, account).await?;
    let told = others.iter().find(|told| told.id == tell).ok_or(ReviewError::NobodyTold)?;
    let now = context.clock.now();
    let row = store::reveal::RevealRow {
        id: new_id(now),
        finding,
        account: account.id,
        reason: reason.to_owned(),
        at: now,
        until: now + OPEN_FOR,
    };
    store::reveal::insert(&mut tx, &row).await?;
    store::reveal::tell(&mut tx, new_id(now), told.id, row.id, now).await?;
    let event = case.event(context, actor(account), &context.os_user, "finding.reveal");
    audit::record(&mut tx, &[event.detail(format!("reveal {}, told {}", row.id, told.name))]).await?;
    tx.commit("review.reveal").await?;
    Ok(row.until)
}

/// Whether an account may open a case: asked before the form is shown.
///
/// # Errors
/// As of [`reveal`], but for what the form says.
pub async fn offer(context: &Context, account: &ProvedAccount, finding: Uuid) -> Result<(), ReviewError> {
    if !account.may_see_protected() {
        return Err(ReviewError::Unknown(finding));
    }
    let keyring = keyring_of(context, finding).await?;
    let mut read = context.db.read().await?;
    let case = Case::load(&mut read, &keyring, finding).await?.ok_or(ReviewError::Unknown(finding))?;
    let checked = can_be_opened(&mut read, account, &case).await;
    drop(read);
    match checked {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(context, &actor(account), &case, error).await),
    }
}

async fn can_be_opened(tx: &mut Tx, account: &ProvedAccount, case: &Case<'_>) -> Result<(), ReviewError> {
    case.may_decide(tx, account).await?;
    if case.finding.held_back {
        return Err(ReviewError::HeldBack);
    }
    if case.needs_clearance()? { Ok(()) } else { Err(ReviewError::Unknown(case.finding.id)) }
}

/// A reason that can be kept, without what surrounds it.
fn checked(reason: &str) -> Result<&str, ReviewError> {
    let reason = reason.trim();
    let characters: Vec<char> = reason.chars().collect();
    let is_code = |part: &[char]| IdentityCode::parse_typed(&part.iter().collect::<String>()).is_ok();
    if !(REASON_LEAST..=REASON_MOST).contains(&characters.len())
        || characters.windows(CODE_CHARACTERS).any(is_code)
    {
        return Err(ReviewError::ReasonNeeded);
    }
    Ok(reason)
}

/// Whether an account has what is masked of a case open.
///
/// # Errors
/// When it cannot be read.
pub async fn is_open(context: &Context, account: &ProvedAccount, finding: Uuid) -> Result<bool, ReviewError> {
    Ok(open_until(context, account, finding).await?.is_some())
}

/// Until when an account has what is masked of a case open, if it has.
///
/// # Errors
/// When it cannot be read.
pub async fn open_until(
    context: &Context,
    account: &ProvedAccount,
    finding: Uuid,
) -> Result<Option<DateTime<Utc>>, ReviewError> {
    if !account.may_see_protected() {
        return Ok(None);
    }
    let mut read = context.db.read().await?;
    Ok(store::reveal::open_until(&mut read, account.id, finding, context.clock.now()).await?)
}

/// Whom an account can name to be told: other reviewers with the right to protected cases, and administrators.
///
/// # Errors
/// When they cannot be read.
pub async fn whom_to_tell(context: &Context, account: &ProvedAccount) -> Result<Vec<Told>, ReviewError> {
    let mut read = context.db.read().await?;
    others(&mut read, context, account).await
}

/// Whether an account is one of those who can be told.
pub fn can_be_told(account: &ProvedAccount) -> bool {
    is_told(account.role, account.may_protected)
}

fn is_told(role: Role, may_protected: bool) -> bool {
    role == Role::Administrator || (role == Role::Reviewer && may_protected)
}

async fn others(tx: &mut Tx, context: &Context, account: &ProvedAccount) -> Result<Vec<Told>, ReviewError> {
    let today = context.clock.today();
    let told = |row: AccountRow| {
        let role = Role::from_word(&row.role)?;
        let is_here = row.disabled_at.is_none() && row.ends_on >= today && row.id != account.id;
        (is_here && is_told(role, row.may_protected)).then_some(Told { id: row.id, name: row.name, role })
    };
    Ok(store::account::all(tx).await?.into_iter().filter_map(told).collect())
}

/// What an account has been told: what it has not seen first.
///
/// # Errors
/// When it cannot be read.
pub async fn notices(context: &Context, account: &ProvedAccount) -> Result<Vec<Notice>, ReviewError> {
    let mut read = context.db.read().await?;
    Ok(store::reveal::notices(&mut read, account.id, NOTICES).await?)
}

/// Notes that an account has seen a notice, and records it; false when it has none such that it has not seen.
///
/// # Errors
/// When it cannot be stored.
pub async fn acknowledge(
    context: &Context,
    account: &ProvedAccount,
    notice: Uuid,
) -> Result<bool, ReviewError> {
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let Some(finding) = store::reveal::seen(&mut tx, account.id, notice, now).await? else {
        return Ok(false);
    };
    let event = Event::new(now, actor(account), &context.os_user, "notice.seen");
    let event = Event { finding: Some(finding), ..event }.detail(format!("notice {notice}"));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("notice.seen").await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_holds_no_identity_code() {
        assert_eq!(checked("  returned mail, call first ").unwrap(), "returned mail, call first");
        for bad in ["", "too short", "          ", "about 150365-901X it is", &"x".repeat(501)] {
            assert!(matches!(checked(bad), Err(ReviewError::ReasonNeeded)), "{bad}");
        }
    }
}
