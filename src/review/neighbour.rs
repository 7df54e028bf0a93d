//! The items before and after one in the queue, for going from one to the next.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::case::Case;
use super::error::ReviewError;
use crate::finding::FindingState;
use crate::staff::ProvedAccount;
use crate::store::data_key::Keyring;
use crate::store::finding::{Filter, FindingRow};
use crate::store::{self, Tx};
use crate::task::Context;

/// Items read at once.
const PAGE: i64 = 20;

/// What waits for a decision now: what is put off does not.
const WAITING: [FindingState; 3] = [FindingState::New, FindingState::Opened, FindingState::Stale];

/// The items around one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The one before.
    pub before: Option<Uuid>,
    /// The one after, or the first of all after the last.
    pub after: Option<Uuid>,
}

/// The items that wait for an account before and after one, by the time they were found. Nothing of them is shown.
///
/// # Errors
/// When they cannot be read.
pub async fn neighbours(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<Neighbours, ReviewError> {
    let mut read = context.db.read().await?;
    let here = store::finding::get(&mut read, id).await?.ok_or(ReviewError::Unknown(id))?;
    let filter = Filter {
        states: WAITING.to_vec(),
        municipalities: Some(account.municipalities.iter().cloned().collect()),
        ..Filter::default()
    };
    if account.municipalities.is_empty() {
        return Ok(Neighbours::default());
    }
    let at = (here.opened_at, here.id);
    let before = first(&mut read, account, &filter, at, Way::Back).await?;
    let after = match first(&mut read, account, &filter, at, Way::On).await? {
        Some(after) => Some(after),
        None => first(&mut read, account, &filter, (DateTime::UNIX_EPOCH, Uuid::nil()), Way::On).await?,
    };
    Ok(Neighbours { before, after: after.filter(|after| *after != id) })
}

#[derive(Clone, Copy)]
enum Way {
    Back,
    On,
}

/// The first item in a direction that an account may see.
async fn first(
    tx: &mut Tx,
    account: &ProvedAccount,
    filter: &Filter,
    from: (DateTime<Utc>, Uuid),
    way: Way,
) -> Result<Option<Uuid>, ReviewError> {
    let mut from = from;
    loop {
        let rows: Vec<FindingRow> = match way {
            Way::Back => store::finding::page_before(tx, filter, from, PAGE).await?,
            Way::On => store::finding::page(tx, filter, from, PAGE).await?,
        };
        let Some(last) = rows.last() else { return Ok(None) };
        from = (last.opened_at, last.id);
        // Whether an account may see an item is not sealed.
        let keyring = Keyring::default();
        for case in Case::of(tx, &keyring, rows).await? {
            match case.is_visible_to(account) {
                Ok(()) => return Ok(Some(case.finding.id)),
                Err(ReviewError::Store(error)) if !error.is_of_one_row() => return Err(error.into()),
                Err(_) => {}
            }
        }
    }
}
