//! Data keys that a kill has left and nothing needs any more: destroyed by housekeeping, so that no copy of
//! what they sealed opens any more.
//!
//! Three kinds: keys of the forgotten; keys of nobody, made for patrons whose import was never committed; and
//! old versions of replaced keys, below every version that still seals something. Keys are looked at a day
//! after they were made, when whoever may have been about to use them has ended.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Context, Task, TaskError};
use crate::lease::Lease;
use crate::store::{data_key, installation, key_upkeep, patron_upkeep};
use crate::{audit, patrons};

/// How old a key is before it is looked at.
const AGE: TimeDelta = TimeDelta::days(1);
/// Patrons looked up at a time.
const PAGE: i64 = 500;
/// Pages of one round; the next round goes on behind them. A round looks at a hundred thousand patrons.
const PAGES: u32 = 200;
/// More keys of nobody than this are not left by killed imports, which leave one batch each: rather, the keys
/// belong to another database.
const MOST_OF_NOBODY: usize = 2_000;
/// Where the next round begins to look for keys of nobody.
const BEGIN: &str = "spent_keys.begin";

/// Destroys them. Returns how many keys there were. The audit record stands before.
pub(super) async fn destroy(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let forgotten = patrons::destroy_left_keys(&context.db).await?;
    let replaced = destroy_replaced(context, lease).await?;
    let of_nobody = destroy_of_nobody(context, lease).await?;
    Ok(forgotten + replaced + of_nobody)
}

async fn destroy_replaced(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let before = context.clock.now() - AGE;
    let (mut spent, mut after) = (Vec::new(), Uuid::nil());
    for _ in 0..PAGES {
        let mut keys = context.db.read_keys().await?;
        let page = key_upkeep::holders_of_several(&mut keys, before, after, PAGE).await?;
        drop(keys);
        let Some(&(last, _)) = page.last() else { break };
        after = last;
        let oldest: BTreeMap<Uuid, i64> = page.into_iter().collect();
        let patrons: Vec<Uuid> = oldest.keys().copied().collect();
        let mut read = context.db.read().await?;
        let needed = key_upkeep::oldest_needed(&mut read, &patrons).await?;
        drop(read);
        let unneeded = needed
            .into_iter()
            .filter(|(patron, version)| oldest.get(patron).is_some_and(|oldest| oldest < version));
        spent.extend(unneeded.map(|(patron, version)| (patron, version - 1)));
    }
    if spent.is_empty() {
        return Ok(0);
    }
    record(context, lease, format!("replaced keys of {} patrons", spent.len())).await?;
    Ok(data_key::destroy_up_to(&context.db, &spent).await?)
}

async fn destroy_of_nobody(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let mut read = context.db.read().await?;
    let begin = installation::get(&mut read, BEGIN).await?;
    let register = patron_upkeep::count(&mut read).await?;
    drop(read);
    let begin = begin.and_then(|text| text.parse().ok()).unwrap_or(Uuid::nil());
    let (found, end) = of_nobody(context, begin).await?;
    if found.len() > MOST_OF_NOBODY || (register == 0 && !found.is_empty()) {
        tracing::warn!(
            keys = found.len(),
            "the database has no row for many data keys: is it another database than theirs? No key was destroyed; see `ajantasa backup restore`"
        );
        return Ok(0);
    }
    let destroyed = if found.is_empty() { 0 } else { destroy_unused(context, lease, &found).await? };
    if end != begin {
        let mut tx = lease.begin().await?;
        installation::set(&mut tx, BEGIN, &end.to_string()).await?;
        tx.commit("housekeeping.keys").await?;
    }
    Ok(destroyed)
}

/// Who has a key and no row, and where the next round begins: behind the last page, or anew.
async fn of_nobody(context: &Context, begin: Uuid) -> Result<(Vec<Uuid>, Uuid), TaskError> {
    let before = context.clock.now() - AGE;
    let (mut found, mut after) = (Vec::new(), begin);
    for _ in 0..PAGES {
        let mut keys = context.db.read_keys().await?;
        let page = key_upkeep::holders(&mut keys, before, after, PAGE).await?;
        drop(keys);
        let Some(&last) = page.last() else { return Ok((found, Uuid::nil())) };
        after = last;
        let mut read = context.db.read().await?;
        found.extend(key_upkeep::without_row(&mut read, &page).await?);
        if context.is_stopping() || found.len() > MOST_OF_NOBODY {
            break;
        }
    }
    Ok((found, after))
}

/// Destroys the keys of those who still have no row while nobody imports. An import that was stopped for a
/// day and goes on now has lost its lease, and commits nothing.
async fn destroy_unused(context: &Context, lease: &Lease, found: &[Uuid]) -> Result<u64, TaskError> {
    let Some(alone) = Lease::take(&context.db, patrons::LEASE, &context.holder).await? else { return Ok(0) };
    let mut tx = alone.begin().await?;
    let unused = key_upkeep::without_row(&mut tx, found).await?;
    tx.commit("housekeeping.keys").await?;
    let destroyed = if unused.is_empty() {
        0
    } else {
        record(context, lease, format!("keys of {} patrons never imported", unused.len())).await?;
        patron_upkeep::destroy_keys(&context.db, &unused).await?
    };
    alone.release().await?;
    Ok(destroyed)
}

async fn record(context: &Context, lease: &Lease, detail: String) -> Result<(), TaskError> {
    let mut tx = lease.begin().await?;
    audit::record(&mut tx, &[context.event(Task::Housekeeping, "data_key.destroy").detail(detail)]).await?;
    tx.commit("housekeeping.keys").await?;
    Ok(())
}
