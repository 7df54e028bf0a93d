//! What an account has lately decided, and what of it can still be taken back.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::case::Case;
use super::decide::undo_until;
use super::error::ReviewError;
use super::{Viewer, look};
use crate::audit;
use crate::finding::{FindingKind, FindingState};
use crate::staff::ProvedAccount;
use crate::store::decision::DecisionRow;
use crate::store::{self, data_key};
use crate::task::Context;

/// A decision of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    /// The item.
    pub finding: Uuid,
    /// What it is.
    pub kind: FindingKind,
    /// The state it is in now.
    pub state: FindingState,
    /// The patron's card.
    pub card_number: String,
    /// `approve`, `reject`, `snooze`, `undo` or `revert`.
    pub verdict: String,
    /// Whether the text was put into other words.
    pub edited: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when it can be taken back.
    pub undo_until: Option<DateTime<Utc>>,
    /// When an approval takes effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// Until when the item is put off.
    pub snoozed_until: Option<DateTime<Utc>>,
}

impl Mine {
    fn of(
        context: &Context,
        case: &Case<'_>,
        row: DecisionRow,
        is_last: bool,
        window: Duration,
    ) -> store::Result<Self> {
        let now = context.clock.now();
        let undo = is_last.then(|| undo_until(&case.finding, &row, window)).flatten();
        Ok(Self {
            finding: case.finding.id,
            kind: case.finding.kind()?,
            state: case.finding.state()?,
            card_number: case.patron.card_number.clone(),
            verdict: row.verdict,
            edited: row.edited,
            at: row.decided_at,
            undo_until: undo.filter(|until| *until > now),
            effective_at: case.finding.effective_at,
            snoozed_until: case.finding.snoozed_until,
        })
    }
}

/// The decisions of an account since an instant, the newest first, as far as it may still see their items. The look is
/// in the audit log by then.
///
/// # Errors
/// When they cannot be read, or the look cannot be recorded.
pub async fn mine(
    context: &Context,
    account: &ProvedAccount,
    since: DateTime<Utc>,
    limit: i64,
    window: Duration,
) -> Result<Vec<Mine>, ReviewError> {
    let viewer = Viewer::Proved(account.clone());
    let mut read = context.db.read().await?;
    let rows = store::decision::of_account(&mut read, account.id, since, limit).await?;
    let (mut found, mut looks) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(finding) = store::finding::get(&mut read, row.finding).await? else { continue };
        let last = store::decision::of_finding(&mut read, finding.id).await?.into_iter().next();
        let is_last = last.is_some_and(|last| last.id == row.id);
        let keyring = data_key::keyring(&context.db, &context.vault, &[finding.patron]).await?;
        for case in Case::of(&mut read, &keyring, vec![finding]).await? {
            if case.is_visible_to(account).is_ok() {
                looks.push(look(context, &viewer, &case, "finding.list"));
                found.push(Mine::of(context, &case, row.clone(), is_last, window)?);
            }
        }
    }
    drop(read);
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &looks).await?;
    tx.commit("review.mine").await?;
    Ok(found)
}

/// The last word about an item, if it is the account's own. Of the patron nothing is to be shown by it.
///
/// # Errors
/// When it cannot be read.
pub async fn my_last(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
    window: Duration,
) -> Result<Option<Mine>, ReviewError> {
    let mut read = context.db.read().await?;
    let Some(finding) = store::finding::get(&mut read, id).await? else { return Ok(None) };
    let last = store::decision::of_finding(&mut read, id).await?.into_iter().next();
    let Some(last) = last.filter(|last| last.account == account.id) else { return Ok(None) };
    let keyring = data_key::Keyring::default();
    let Some(case) = Case::of(&mut read, &keyring, vec![finding]).await?.pop() else { return Ok(None) };
    if case.is_visible_to(account).is_err() {
        return Ok(None);
    }
    Ok(Some(Mine::of(context, &case, last, true, window)?))
}
