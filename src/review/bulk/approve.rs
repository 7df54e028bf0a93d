//! The one act: approving a batch, taking it back, or cancelling it.

use uuid::Uuid;

use super::list::keyring;
use super::sample::reason_to_leave_out;
use super::{Batch, BulkError, BulkState, Ending, LeftOut, batch, class_of, event, held, moved_on, reviewer};
use crate::audit;
use crate::review::ReviewError;
use crate::review::case::Case;
use crate::review::decide::{approve_within, undo_within};
use crate::staff::ProvedAccount;
use crate::store::bulk::{self as rows, BulkItemRow};
use crate::store::{Tx, bulk_class};
use crate::task::Context;

/// Approves the cases of a batch whose samples all fit: each compared once more, with a decision and a record of its
/// own, all with effect at one instant. What has moved or is no longer admissible is left out.
///
/// # Errors
/// When there is no such batch, it is not ready, or its class has been stopped; when the database fails. Nothing is
/// approved then.
pub async fn approve(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<Batch, BulkError> {
    reviewer(account)?;
    let mut read = context.db.read().await?;
    let items = rows::items(&mut read, id).await?;
    let keyring = keyring(context, &mut read, &items).await?;
    drop(read);
    let mut tx = context.db.begin().await?;
    let (mut row, mut items) = held(&mut tx, account, id).await?;
    let state = BulkState::of(&row)?;
    if state != BulkState::Ready {
        return Err(BulkError::WrongState(state));
    }
    if bulk_class::is_stopped(&mut tx, class_of(&row)?.as_str()).await? {
        return Err(BulkError::ClassStopped);
    }
    let now = context.clock.now();
    let effective_at = now + context.settings.review.undo_window;
    let mut events = Vec::new();
    let mut approved = 0_usize;
    for item in items.iter_mut().filter(|item| item.outcome.is_none()) {
        let Some(finding) = item.finding else { continue };
        let case = Case::load(&mut tx, &keyring, finding).await?.ok_or(BulkError::Unknown)?;
        let mut left_out = reason_to_leave_out(&mut tx, account, &case, item).await?;
        if left_out.is_none() {
            let decided = approve_within(context, &mut tx, account, &case, effective_at).await;
            left_out = note(item, &mut events, decided)?;
            approved += usize::from(left_out.is_none());
        }
        if let Some(reason) = left_out {
            item.outcome = Some(reason.as_str().to_owned());
        }
        rows::update_item(&mut tx, item).await?;
    }
    if approved == 0 {
        moved_on(&mut row, BulkState::Cancelled, Some(Ending::NothingLeft), now);
    } else {
        moved_on(&mut row, BulkState::Approved, None, now);
        row.effective_at = Some(effective_at);
    }
    rows::update(&mut tx, &row).await?;
    let left_out = items.iter().filter(|item| item.finding.is_some() && item.decision.is_none()).count();
    let detail = format!("{}: {approved} approved, {left_out} left out", row.class);
    events.push(event(context, account, "bulk.approve").detail(detail));
    audit::record(&mut tx, &events).await?;
    tx.commit("bulk.approve").await?;
    Ok(batch(&row, &items, now)?)
}

/// Notes what came of a decision: why the case is left out, if it is.
fn note(
    item: &mut BulkItemRow,
    events: &mut Vec<audit::Event>,
    decided: Result<(audit::Event, Result<crate::store::finding::FindingRow, ReviewError>), ReviewError>,
) -> Result<Option<LeftOut>, BulkError> {
    match decided {
        Ok((event, Ok(row))) => {
            item.outcome = Some("approved".to_owned());
            item.decision = row.decision;
            events.push(event);
            Ok(None)
        }
        Ok((event, Err(_))) => {
            events.push(event);
            Ok(Some(LeftOut::Moved))
        }
        Err(ReviewError::Store(error)) if error.is_of_one_row() => Ok(Some(LeftOut::Unreadable)),
        Err(ReviewError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Some(LeftOut::Moved)),
    }
}

/// Takes a whole batch back while its undo window is open: every case is as it was before. Cases that somebody has
/// taken back singly meanwhile, or that have moved, stay as they are.
///
/// # Errors
/// When there is no such batch, it is not approved, or its window has passed.
pub async fn undo(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<Batch, BulkError> {
    reviewer(account)?;
    let mut read = context.db.read().await?;
    let items = rows::items(&mut read, id).await?;
    let keyring = keyring(context, &mut read, &items).await?;
    drop(read);
    let mut tx = context.db.begin().await?;
    let (mut row, items) = held(&mut tx, account, id).await?;
    let state = BulkState::of(&row)?;
    if state != BulkState::Approved {
        return Err(BulkError::WrongState(state));
    }
    let now = context.clock.now();
    if row.effective_at.is_none_or(|effective| effective <= now) {
        return Err(BulkError::WindowClosed);
    }
    let mut events = Vec::new();
    for item in items.iter().filter(|item| item.decision.is_some()) {
        events.extend(undo_one(context, &mut tx, account, &keyring, item).await?);
    }
    moved_on(&mut row, BulkState::Undone, None, now);
    rows::update(&mut tx, &row).await?;
    let detail = format!("{}: {} taken back", row.class, events.len());
    events.push(event(context, account, "bulk.undo").detail(detail));
    audit::record(&mut tx, &events).await?;
    tx.commit("bulk.undo").await?;
    Ok(batch(&row, &items, now)?)
}

/// Takes one approval back, if it is still the one that the batch made.
async fn undo_one(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    keyring: &crate::store::data_key::Keyring,
    item: &BulkItemRow,
) -> Result<Option<audit::Event>, BulkError> {
    let Some(finding) = item.finding else { return Ok(None) };
    let Some(case) = Case::load(tx, keyring, finding).await? else { return Ok(None) };
    if case.finding.decision != item.decision {
        return Ok(None);
    }
    match undo_within(context, tx, account, &case).await {
        Ok(event) => Ok(Some(event)),
        Err(ReviewError::Store(error)) if !error.is_of_one_row() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Cancels a batch that is not approved. Its cases stay in the queue.
///
/// # Errors
/// When there is no such batch, or it has ended.
pub async fn cancel(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<(), BulkError> {
    reviewer(account)?;
    let mut tx = context.db.begin().await?;
    let (mut row, _) = held(&mut tx, account, id).await?;
    let state = BulkState::of(&row)?;
    if !state.is_unfinished() {
        return Err(BulkError::WrongState(state));
    }
    moved_on(&mut row, BulkState::Cancelled, Some(Ending::ByHand), context.clock.now());
    rows::update(&mut tx, &row).await?;
    audit::record(&mut tx, &[event(context, account, "bulk.cancel").detail(row.class)]).await?;
    tx.commit("bulk.cancel").await?;
    Ok(())
}
