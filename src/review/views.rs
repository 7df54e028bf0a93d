//! Filters of the queue with names, each account's own.

use uuid::Uuid;

use super::actor;
use super::listing::ListFilter;
use crate::audit::{self, Event};
use crate::staff::ProvedAccount;
use crate::store::saved_view::{self, SavedView};
use crate::store::{StoreError, new_id};
use crate::task::Context;

/// The most characters of a name.
pub const NAME_MOST: usize = 60;
/// The most views of an account.
pub const VIEWS_MOST: usize = 20;

/// Why a view was not saved.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// No name, or one that is too long.
    #[error("a view needs a name of 1 to {NAME_MOST} characters")]
    Name,
    /// The account has one of that name.
    #[error("there is a view of that name")]
    Taken,
    /// The account has as many as it can have.
    #[error("an account has at most {VIEWS_MOST} views")]
    TooMany,
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The views of an account, by name.
///
/// # Errors
/// When they cannot be read.
pub async fn list(context: &Context, account: &ProvedAccount) -> Result<Vec<SavedView>, ViewError> {
    let mut read = context.db.read().await?;
    Ok(saved_view::of_account(&mut read, account.id).await?)
}

/// Saves a filter under a name, and records it.
///
/// # Errors
/// When the name does not do, or it cannot be stored.
pub async fn add(
    context: &Context,
    account: &ProvedAccount,
    name: &str,
    filter: &ListFilter,
) -> Result<Uuid, ViewError> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_MOST || name.chars().any(char::is_control) {
        return Err(ViewError::Name);
    }
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    if saved_view::of_account(&mut tx, account.id).await?.len() >= VIEWS_MOST {
        return Err(ViewError::TooMany);
    }
    let view = SavedView {
        id: new_id(now),
        account: account.id,
        name: name.to_owned(),
        filter: filter.to_query(),
        created_at: now,
    };
    match saved_view::insert(&mut tx, &view).await {
        Err(StoreError::Taken) => return Err(ViewError::Taken),
        inserted => inserted?,
    }
    let event = Event::new(now, actor(account), &context.os_user, "view.add");
    audit::record(&mut tx, &[event.detail(format!("view {}", view.id))]).await?;
    tx.commit("view.add").await?;
    Ok(view.id)
}

/// Removes a view of an account, and records it; false when it has none such.
///
/// # Errors
/// When it cannot be stored.
pub async fn remove(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<bool, ViewError> {
    let mut tx = context.db.begin().await?;
    if !saved_view::delete(&mut tx, account.id, id).await? {
        return Ok(false);
    }
    let event = Event::new(context.clock.now(), actor(account), &context.os_user, "view.remove");
    audit::record(&mut tx, &[event.detail(format!("view {id}"))]).await?;
    tx.commit("view.remove").await?;
    Ok(true)
}
