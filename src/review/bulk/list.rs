//! The list of a batch as it was frozen, each case in one line.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::sample::reason_to_leave_out;
use super::{BulkError, BulkState, LeftOut, reviewer, shown};
use crate::audit;
use crate::protected::Protection;
use crate::review::actor;
use crate::review::case::Case;
use crate::review::item::ItemField;
use crate::staff::ProvedAccount;
use crate::store::bulk::{self as rows, BulkItemRow};
use crate::store::data_key::Keyring;
use crate::store::{self, StoreError, Tx, data_key};
use crate::task::Context;

/// A case of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The patron's card.
    pub card_number: String,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// The columns that differ; none where it is left out.
    pub fields: Vec<ItemField>,
    /// Why it is not approved with the others.
    pub left_out: Option<LeftOut>,
    /// Whether it was one of the samples.
    pub was_sampled: bool,
}

/// The cases of a batch. While it waits for approval, those that would be approved with their differences; in any
/// state those that are left out with the reason. Everybody shown is in the audit log by then. The second value says
/// how many cases are no longer there.
///
/// # Errors
/// When there is no such batch, its samples are not judged, or the looks cannot be recorded.
pub async fn list(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<(Vec<Line>, usize), BulkError> {
    reviewer(account)?;
    let mut read = context.db.read().await?;
    let row = rows::get(&mut read, account.id, id).await?.ok_or(BulkError::Unknown)?;
    let state = BulkState::of(&row)?;
    if state == BulkState::Sampling {
        return Err(BulkError::WrongState(state));
    }
    let items = rows::items(&mut read, id).await?;
    let (lines, looks, gone) = lines(context, &mut read, account, state, &items).await?;
    drop(read);
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &looks).await?;
    tx.commit("bulk.list").await?;
    Ok((lines, gone))
}

async fn lines(
    context: &Context,
    read: &mut Tx,
    account: &ProvedAccount,
    state: BulkState,
    items: &[BulkItemRow],
) -> Result<(Vec<Line>, Vec<audit::Event>, usize), BulkError> {
    let (mut lines, mut looks, mut gone) = (Vec::new(), Vec::new(), 0);
    let keyring = keyring(context, read, items).await?;
    for item in items {
        let Some(finding) = item.finding else { continue };
        let Some(case) = Case::load(read, &keyring, finding).await? else { continue };
        let now_out = reason_to_leave_out(read, account, &case, item).await?;
        // Whoever must not be seen now is not seen in what was done before either.
        if now_out.is_some_and(|reason| !reason.is_told()) && !is_own_work(account, &case, item) {
            gone += 1;
            continue;
        }
        let noted = item.outcome.as_deref().filter(|word| *word != "approved").and_then(LeftOut::from_word);
        let left_out = match state {
            BulkState::Ready => noted.or(now_out),
            _ => noted,
        };
        if left_out.is_some_and(|reason| !reason.is_told()) {
            gone += 1;
            continue;
        }
        if left_out.is_none() && state == BulkState::Cancelled {
            continue;
        }
        let fields = if left_out.is_none() { shown(&case.content()?.fields) } else { Vec::new() };
        looks.push(case.event(context, actor(account), &account.os_user, "bulk.list"));
        lines.push(Line {
            card_number: case.patron.card_number.clone(),
            opened_at: case.finding.opened_at,
            fields,
            left_out,
            was_sampled: item.verdict.is_some(),
        });
    }
    Ok((lines, looks, gone))
}

/// Whether a case is no longer open because this batch decided it, and may still be seen by whoever did.
fn is_own_work(account: &ProvedAccount, case: &Case<'_>, item: &BulkItemRow) -> bool {
    let is_open = case.protection().is_ok_and(|protection| protection == Protection::No);
    item.decision.is_some() && is_open && account.may_decide(&case.patron.municipality)
}

/// The keys of everybody in a batch.
pub(super) async fn keyring(
    context: &Context,
    tx: &mut Tx,
    items: &[BulkItemRow],
) -> Result<Keyring, StoreError> {
    let mut patrons = Vec::with_capacity(items.len());
    for finding in items.iter().filter_map(|item| item.finding) {
        patrons.extend(store::finding::get(tx, finding).await?.map(|row| row.patron));
    }
    data_key::keyring(&context.db, &context.vault, &patrons).await
}
