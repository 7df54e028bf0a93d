//! The second administrator: a version that waits comes into force, or is withdrawn.

use super::change::{demand_for, demand_usable};
use super::weight::{count, demand_another};
use super::{Administrator, IN_FORCE, Loaded, Outcome, PlanningError, WAITING, definition};
use crate::audit;
use crate::schedule::difference;
use crate::store::schedule::{self as rows, Approval};
use crate::task::Context;

/// Puts the version that waits in force, as a second administrator. `seen` is its number as the administrator saw it,
/// if that is known.
///
/// # Errors
/// When none waits, another than the one seen waits, it cannot be used any more, the account may not plan it or counts
/// as the one who made it, or the database fails.
pub async fn approve(
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    seen: Option<i64>,
) -> Result<Outcome, PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    demand_for(context, by, &loaded).await?;
    let waiting = loaded.in_state(WAITING).ok_or_else(|| PlanningError::NothingWaits(name.to_owned()))?;
    demand_seen(name, waiting.version, seen)?;
    demand_another(waiting, by)?;
    let after = definition(waiting)?;
    demand_usable(context, &after)?;
    let outcome = Outcome {
        version: waiting.version,
        changes: difference::between(loaded.definition_in(IN_FORCE)?.as_ref(), &after),
        people: count(context, &after).await?,
        waits: None,
    };
    let mut tx = context.db.begin().await?;
    Loaded::locked(&mut tx, name, loaded.newest_number()).await?;
    rows::end_in_force(&mut tx, loaded.head.id).await?;
    let account = by.account;
    let approval = Approval {
        at: context.clock.now(),
        account: account.id,
        name: &account.name,
        os_user: &account.os_user,
    };
    rows::approve(&mut tx, loaded.head.id, waiting.version, approval).await?;
    let detail = format!("{name} version {} of {}", waiting.version, waiting.actor);
    audit::record(&mut tx, &[by.event(context, "schedule.approve", detail)]).await?;
    tx.commit("schedule.approve").await?;
    Ok(outcome)
}

/// Withdraws the version that waits; the one in force stays. Whoever may plan the schedule may, its maker too. Of a
/// schedule that never was in force, nothing remains to start: it is removed with it.
///
/// # Errors
/// When none waits, another than the one seen waits, the account may not plan it, or the database fails.
pub async fn withdraw(
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    seen: Option<i64>,
) -> Result<i64, PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    demand_for(context, by, &loaded).await?;
    let waiting = loaded.in_state(WAITING).ok_or_else(|| PlanningError::NothingWaits(name.to_owned()))?;
    demand_seen(name, waiting.version, seen)?;
    let at = context.clock.now();
    let mut tx = context.db.begin().await?;
    Loaded::locked(&mut tx, name, loaded.newest_number()).await?;
    rows::withdraw(&mut tx, loaded.head.id, at, &by.account.name).await?;
    if loaded.in_state(IN_FORCE).is_none() {
        rows::end_pause(&mut tx, loaded.head.id, at, &by.account.name).await?;
        rows::remove(&mut tx, loaded.head.id, at, &by.account.name).await?;
    }
    let detail = format!("{name} version {} of {}", waiting.version, waiting.actor);
    audit::record(&mut tx, &[by.event(context, "schedule.withdraw", detail)]).await?;
    tx.commit("schedule.withdraw").await?;
    Ok(waiting.version)
}

fn demand_seen(name: &str, newest: i64, seen: Option<i64>) -> Result<(), PlanningError> {
    match seen {
        Some(seen) if seen != newest => Err(PlanningError::Moved { name: name.to_owned(), seen, newest }),
        _ => Ok(()),
    }
}
