//! Pausing a schedule: everything stays, nothing is started, until a date or until somebody resumes it.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::change::demand_for;
use super::{Administrator, Loaded, PlanningError, Unusable};
use crate::audit::{self, Actor, Event};
use crate::identity_code::IdentityCode;
use crate::schedule::local;
use crate::store::schedule::{self as rows, PauseRow};
use crate::store::{StoreError, Tx, new_id};
use crate::task::Context;

/// The longest pause: what is not wanted for longer is removed.
pub const LONGEST_PAUSE: TimeDelta = TimeDelta::days(366);

/// The longest reason, in characters.
const LONGEST_REASON: usize = 300;

/// Who ends a pause whose time is over.
pub(super) const ITS_END: &str = "its end";

/// Pauses a schedule, of the configuration file too. One that is paused gets the new end and reason.
///
/// # Errors
/// When the reason or the end cannot be used, the account may not plan the schedule, or the database fails.
pub async fn pause(
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    because: &str,
    until: DateTime<Utc>,
) -> Result<(), PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    demand_for(context, by, &loaded).await?;
    let because = reason(because)?;
    let at = context.clock.now();
    if until <= at || until > at + LONGEST_PAUSE {
        return Err(Unusable::PauseEnd(local(at + LONGEST_PAUSE).date_naive()).into());
    }
    let mut tx = context.db.begin().await?;
    rows::lock(&mut tx, loaded.head.id).await?;
    rows::end_pause(&mut tx, loaded.head.id, at, &by.account.name).await?;
    let row = PauseRow {
        id: new_id(at),
        schedule: loaded.head.id,
        begun_at: at,
        until,
        because,
        actor: by.account.name.clone(),
        os_user: by.account.os_user.clone(),
        ended_at: None,
        ended_by: None,
    };
    rows::pause(&mut tx, &row).await?;
    let detail = format!("{name} until {}", local(until).to_rfc3339_opts(SecondsFormat::Secs, false));
    audit::record(&mut tx, &[by.event(context, "schedule.pause", detail)]).await?;
    Ok(tx.commit("schedule.pause").await?)
}

/// Ends the pause of a schedule.
///
/// # Errors
/// When it is not paused, the account may not plan it, or the database fails.
pub async fn resume(context: &Context, by: &Administrator<'_>, name: &str) -> Result<(), PlanningError> {
    let loaded = Loaded::named(&mut context.db.read().await?, name).await?;
    demand_for(context, by, &loaded).await?;
    let at = context.clock.now();
    let mut tx = context.db.begin().await?;
    rows::lock(&mut tx, loaded.head.id).await?;
    let is_paused = loaded.head.paused_until.is_some_and(|until| at < until);
    if !rows::end_pause(&mut tx, loaded.head.id, at, &by.account.name).await? || !is_paused {
        return Err(PlanningError::NotPaused(name.to_owned()));
    }
    audit::record(&mut tx, &[by.event(context, "schedule.resume", name.to_owned())]).await?;
    Ok(tx.commit("schedule.resume").await?)
}

/// Closes the pauses whose time is over, and says how many. Nothing waits for it: whoever starts a schedule looks at
/// the end of its pause.
///
/// # Errors
/// When the database fails.
pub async fn end_pauses_over(context: &Context) -> Result<u64, StoreError> {
    let at = context.clock.now();
    if rows::pauses_over(&mut context.db.read().await?, at).await?.is_empty() {
        return Ok(0);
    }
    let mut tx = context.db.begin().await?;
    let events = close_over(context, &mut tx).await?;
    audit::record(&mut tx, &events).await?;
    tx.commit("schedule.pause_over").await?;
    Ok(u64::try_from(events.len()).unwrap_or_default())
}

/// Closes the pauses whose time is over, and returns what the audit log has to say of it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn close_over(context: &Context, tx: &mut Tx) -> Result<Vec<Event>, StoreError> {
    let at = context.clock.now();
    let mut events = Vec::new();
    for head in rows::pauses_over(tx, at).await? {
        if rows::end_pause_over(tx, head.id, at, ITS_END).await? {
            let event = Event::new(at, Actor::Task("schedule"), &context.os_user, "schedule.pause_over");
            events.push(event.detail(head.name));
        }
    }
    Ok(events)
}

fn reason(text: &str) -> Result<String, PlanningError> {
    let text = text.trim();
    let why = if text.is_empty() {
        Unusable::NoReason
    } else if text.chars().count() > LONGEST_REASON {
        Unusable::LongReason
    } else if IdentityCode::is_in(text) {
        Unusable::CodeInReason
    } else {
        return Ok(text.to_owned());
    };
    Err(why.into())
}
