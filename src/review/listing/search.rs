//! The cases of one card.

use uuid::Uuid;

use super::filter::ListFilter;
use super::{ListItem, shown};
use crate::audit::{self, Event};
use crate::review::{ReviewError, actor};
use crate::staff::ProvedAccount;
use crate::store;
use crate::task::Context;

/// What a search for a card found.
#[derive(Debug)]
pub enum CardSearch {
    /// Nothing that the account may see: no such card, none of its cases to review, another's or a protected one.
    Nothing,
    /// One case.
    One(Uuid),
    /// Several, oldest first; they are recorded as shown.
    Several(Vec<ListItem>),
}

/// Looks for the cases of a card among those of a list. That somebody searched is recorded, found or not.
///
/// # Errors
/// When something cannot be read, or the search cannot be recorded.
pub async fn find_card(
    context: &Context,
    account: &ProvedAccount,
    protected: bool,
    card_number: &str,
) -> Result<CardSearch, ReviewError> {
    let filter = ListFilter { protected, ..ListFilter::default() };
    let selection = filter.selection(context, account);
    let mut read = context.db.read().await?;
    let rows = store::queue::of_card(&mut read, &selection, card_number.trim()).await?;
    let found: Vec<Uuid> = rows.iter().map(|row| row.finding).collect();
    let event = Event::new(context.clock.now(), actor(account), &context.os_user, "finding.search");
    let only = match found[..] {
        [only] => Some(only),
        _ => None,
    };
    let event = Event { finding: only, ..event }.detail(format!("found {}", found.len()));
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("review.search").await?;
    Ok(match only {
        Some(only) => CardSearch::One(only),
        None if found.is_empty() => CardSearch::Nothing,
        None => CardSearch::Several(shown(context, account, &filter, &selection, read, rows).await?),
    })
}
