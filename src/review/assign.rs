//! Whose an item is, and who must not touch it.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::case::Case;
use super::error::ReviewError;
use super::{actor, keyring_of, refused};
use crate::audit;
use crate::staff::{ProvedAccount, Role};
use crate::store::{self, Tx, account, assignment};
use crate::task::Context;

/// Gives an item to an account, or back to everybody. It is a name beside it and keeps nobody from deciding.
///
/// # Errors
/// [`ReviewError::NotTheirs`] when the account may not decide it.
pub async fn assign(
    context: &Context,
    by: &ProvedAccount,
    id: Uuid,
    to: Option<Uuid>,
) -> Result<(), ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = may_hand_on(&case, by) {
        drop(tx);
        return Err(refused(context, &actor(by), &case, error).await);
    }
    match to {
        Some(to) => give(context, &mut tx, &case, by, to).await?,
        None => assignment::clear(&mut tx, id).await?,
    }
    let word = match to {
        None => "to nobody",
        Some(to) if to == by.id => "to the own account",
        Some(_) => "to a colleague",
    };
    let event = case.event(context, actor(by), &by.os_user, "finding.assign").detail(word);
    audit::record(&mut tx, &[event]).await?;
    tx.commit("review.assign").await?;
    Ok(())
}

/// Gives several items to the account itself, each with its own record. How many those were: what is not the account's
/// to decide, or not there any more, is left as it is, and nothing tells which of the two it was.
///
/// # Errors
/// When something cannot be read or stored; the items before it have been given by then.
pub async fn take(context: &Context, by: &ProvedAccount, ids: &BTreeSet<Uuid>) -> Result<usize, ReviewError> {
    let mut taken = 0;
    for id in ids {
        match assign(context, by, *id, Some(by.id)).await {
            Ok(()) => taken += 1,
            Err(error @ ReviewError::Store(_)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(taken)
}

/// Says that an account is disqualified about the patron of an item: it goes to a colleague or back to everybody, and
/// none of the patron's items is ever shown to the account again.
///
/// # Errors
/// [`ReviewError::NotTheirs`] when the colleague may not decide it.
pub async fn disqualify(
    context: &Context,
    by: &ProvedAccount,
    id: Uuid,
    to: Option<Uuid>,
) -> Result<(), ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = may_hand_on(&case, by) {
        drop(tx);
        return Err(refused(context, &actor(by), &case, error).await);
    }
    store::disqualification::declare(&mut tx, by.id, case.patron.id, now).await?;
    assignment::clear_of_patron(&mut tx, by.id, case.patron.id).await?;
    store::case_view::end_of_patron(&mut tx, by.id, case.patron.id).await?;
    if let Some(to) = to {
        if to == by.id {
            return Err(ReviewError::NotTheirs);
        }
        give(context, &mut tx, &case, by, to).await?;
    }
    let word = if to.is_some() { "to a colleague" } else { "to everybody" };
    let event = case.event(context, actor(by), &by.os_user, "finding.disqualify").detail(word);
    audit::record(&mut tx, &[event]).await?;
    tx.commit("review.disqualify").await?;
    Ok(())
}

/// The patron was here: every item of the patron that waited for it is open again. How many those were.
///
/// # Errors
/// When the account may not decide the item.
pub async fn visited(context: &Context, by: &ProvedAccount, id: Uuid) -> Result<usize, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = case.may_decide(&mut tx, by).await {
        drop(tx);
        return Err(refused(context, &actor(by), &case, error).await);
    }
    let waiting = store::awaited_visit::of_patron(&mut tx, case.patron.id).await?;
    for finding in &waiting {
        let Some(row) = store::finding::get(&mut tx, *finding).await? else { continue };
        let review = row.review()?.wake(now)?;
        store::finding::update(&mut tx, &row.with_review(review)).await?;
        store::awaited_visit::set(&mut tx, *finding, false).await?;
    }
    let event = case.event(context, actor(by), &by.os_user, "finding.visit");
    audit::record(&mut tx, &[event.detail(format!("woken {}", waiting.len()))]).await?;
    tx.commit("review.visit").await?;
    Ok(waiting.len())
}

/// Whether an account has an item to hand on: nothing of the item is shown by the answer.
///
/// # Errors
/// When there is no such item, or it is not the account's to see.
pub async fn is_at_hand(
    context: &Context,
    by: &ProvedAccount,
    id: Uuid,
) -> Result<Vec<Colleague>, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let mut read = context.db.read().await?;
    let case = Case::load(&mut read, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = may_hand_on(&case, by) {
        drop(read);
        return Err(refused(context, &actor(by), &case, error).await);
    }
    colleagues(context, &mut read, &case, by).await
}

/// Somebody to whom an item can be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The account.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// Who else may be given an item.
pub(super) async fn colleagues(
    context: &Context,
    tx: &mut Tx,
    case: &Case<'_>,
    but: &ProvedAccount,
) -> Result<Vec<Colleague>, ReviewError> {
    let today = context.clock.today();
    let cleared = case.needs_clearance()?;
    let all = assignment::candidates(tx, &case.patron.municipality, cleared, today).await?;
    let free = all.into_iter().filter(|(id, _)| *id != but.id && !case.disqualified.contains(id));
    Ok(free.map(|(id, name)| Colleague { id, name }).collect())
}

/// Whoever sees an item may hand it on, also one on a card of their own.
fn may_hand_on(case: &Case<'_>, account: &ProvedAccount) -> Result<(), ReviewError> {
    if account.role != Role::Reviewer {
        return Err(ReviewError::NotReviewer);
    }
    if case.finding.held_back {
        return Err(ReviewError::HeldBack);
    }
    case.is_visible_to(account)
}

async fn give(
    context: &Context,
    tx: &mut Tx,
    case: &Case<'_>,
    by: &ProvedAccount,
    to: Uuid,
) -> Result<(), ReviewError> {
    let holder = if to == by.id { by.clone() } else { colleague(context, tx, case, by, to).await? };
    case.may_decide(tx, &holder).await.map_err(|error| match error {
        ReviewError::Store(_) => error,
        _ => ReviewError::NotTheirs,
    })?;
    assignment::give(tx, case.finding.id, to, by.id, context.clock.now()).await?;
    Ok(())
}

/// A colleague as the account that would decide.
async fn colleague(
    context: &Context,
    tx: &mut Tx,
    case: &Case<'_>,
    by: &ProvedAccount,
    to: Uuid,
) -> Result<ProvedAccount, ReviewError> {
    if !colleagues(context, tx, case, by).await?.iter().any(|one| one.id == to) {
        return Err(ReviewError::NotTheirs);
    }
    let row = account::get(tx, to).await?;
    Ok(ProvedAccount {
        id: row.id,
        name: row.name,
        role: Role::Reviewer,
        may_protected: row.may_protected,
        municipalities: account::municipalities(tx, to).await?.into_iter().collect(),
        own_card: row.own_card,
        os_user: String::new(),
    })
}
