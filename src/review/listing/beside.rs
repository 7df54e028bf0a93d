//! The cases before and after one in a list.

use std::slice;

use uuid::Uuid;

use super::{Assignee, ListFilter, Position, QueueRow, Selection, Turn, keys_of, sight};
use crate::finding::{FindingKind, FindingState};
use crate::review::case::Case;
use crate::review::error::ReviewError;
use crate::staff::ProvedAccount;
use crate::store::queue::Holder;
use crate::store::{self, Tx};
use crate::task::Context;

/// Rows of the queue looked through at once.
const LOOKED_THROUGH: usize = 8;

/// The cases around one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The one before.
    pub before: Option<Uuid>,
    /// The one after, or the first of all after the last.
    pub after: Option<Uuid>,
}

/// Which way to look for the nearest case.
#[derive(Debug, Clone, Copy)]
enum Way {
    Back,
    On,
}

/// The next case in a filter's order after one, that the account may decide and that is nobody else's; the first of
/// all without one. What is put off is not next, unless the filter names that state.
///
/// # Errors
/// When something cannot be read.
pub async fn next(
    context: &Context,
    account: &ProvedAccount,
    filter: &ListFilter,
    after: Option<Uuid>,
) -> Result<Option<Uuid>, ReviewError> {
    let Some(selection) = waiting(context, account, filter) else { return Ok(None) };
    let mut read = context.db.read().await?;
    let turn = match after {
        Some(id) => place(&mut read, &selection, id).await?.map_or(Turn::First, Turn::After),
        None => Turn::First,
    };
    Search { context, account, selection }.nearest(&mut read, turn, Way::On).await
}

/// The cases before and after one that [`next`] would lead to. Nothing of them is shown.
///
/// # Errors
/// When something cannot be read.
pub async fn neighbours(
    context: &Context,
    account: &ProvedAccount,
    filter: &ListFilter,
    id: Uuid,
) -> Result<Neighbours, ReviewError> {
    let Some(selection) = waiting(context, account, filter) else { return Ok(Neighbours::default()) };
    let mut read = context.db.read().await?;
    let Some(here) = place(&mut read, &selection, id).await? else { return Ok(Neighbours::default()) };
    let search = Search { context, account, selection };
    let before = search.nearest(&mut read, Turn::Before(here), Way::Back).await?;
    let after = match search.nearest(&mut read, Turn::After(here), Way::On).await? {
        Some(after) => Some(after),
        None => search.nearest(&mut read, Turn::First, Way::On).await?,
    };
    Ok(Neighbours { before, after: after.filter(|after| *after != id) })
}

/// What waits for the account in a filter; nothing where the filter shows what waits for somebody else.
fn waiting(context: &Context, account: &ProvedAccount, filter: &ListFilter) -> Option<Selection> {
    let mut selection = filter.selection(context, account);
    if filter.states.is_empty() {
        selection.states = vec![FindingState::New, FindingState::Opened, FindingState::Stale];
    }
    selection.holder = Some(match filter.assignee {
        None => Holder::NobodyOr(account.id),
        Some(Assignee::Nobody) => Holder::Nobody,
        Some(Assignee::Mine) => Holder::Account(account.id),
        Some(Assignee::Colleague(id)) if id == account.id => Holder::Account(id),
        Some(Assignee::Colleague(_)) => return None,
    });
    Some(selection)
}

struct Search<'a> {
    context: &'a Context,
    account: &'a ProvedAccount,
    selection: Selection,
}

impl Search<'_> {
    /// The nearest case from a place that the account may decide.
    async fn nearest(&self, read: &mut Tx, from: Turn, way: Way) -> Result<Option<Uuid>, ReviewError> {
        let mut turn = from;
        loop {
            let mut rows = store::queue::page(read, &self.selection, turn, LOOKED_THROUGH).await?;
            if let Way::Back = way {
                rows.reverse();
            }
            let Some(last) = rows.last() else { return Ok(None) };
            let last = self.selection.position(last);
            turn = match way {
                Way::Back => Turn::Before(last),
                Way::On => Turn::After(last),
            };
            // One by one: it is nearly always the first.
            for row in rows {
                if self.is_decidable(read, &row).await? {
                    return Ok(Some(row.finding));
                }
            }
        }
    }

    /// Whether the account may decide it: not on the own card, nor one that somebody guarantees.
    async fn is_decidable(&self, read: &mut Tx, row: &QueueRow) -> Result<bool, ReviewError> {
        let (keyring, findings) = keys_of(self.context, read, slice::from_ref(row)).await?;
        let cases = Case::of(read, &keyring, findings).await?;
        let Some(case) = cases.first() else { return Ok(false) };
        let is_seen = sight(case, self.account, self.selection.shielded)?.is_some();
        Ok(is_seen && case.may_decide(read, self.account).await.is_ok())
    }
}

/// Where a case stands in an order, or stood before it left the queue.
async fn place(read: &mut Tx, selection: &Selection, id: Uuid) -> store::Result<Option<Position>> {
    let Some((kind, opened_at, debt_since)) = store::queue::place_of(read, id).await? else {
        return Ok(None);
    };
    let Some(kind) = FindingKind::from_word(&kind) else {
        return Err(store::StoreError::inconsistent("finding", "kind"));
    };
    let due_at = opened_at + kind.time_allowed();
    let row = QueueRow {
        finding: id,
        opened_at,
        due_at,
        debt_since,
        home_library: String::new(),
        holder: None,
        holder_name: None,
    };
    Ok(Some(selection.position(&row)))
}
