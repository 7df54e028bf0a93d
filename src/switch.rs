//! The switch of every question to VTJ: an administrator stops them all at once, and resumes.
//!
//! It is the emergency brake: any administrator may pull it, with a reason; an end is optional, and a stop is
//! over when its end has come. Everyone who is about to write a question down reads the switch in that very
//! transaction and holds it until the commit ([`admit`]), so that nothing passes after the stop has been
//! committed. A question that is under way is answered and kept. What needs no VTJ goes on.
//!
//! A stop is no failure of VTJ: no breaker counts it.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::audit::{self, Actor, Event};
use crate::identity_code::IdentityCode;
use crate::schedule::local;
use crate::staff::ProvedAccount;
use crate::store::switch::{self, SwitchRow};
use crate::store::{Result, StoreError, Tx};
use crate::task::Context;

/// Characters of a reason, at most: a sentence or two.
pub const REASON_MAX: usize = 500;

/// A stop that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; without it, until somebody resumes.
    pub until: Option<DateTime<Utc>>,
    /// Why, in the administrator's words.
    pub reason: String,
    /// The administrator.
    pub actor: String,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = match self.until {
            Some(until) => format!("until {}", in_words(until)),
            None => "until somebody resumes them".to_owned(),
        };
        write!(
            f,
            "every query to VTJ is stopped: by {} since {}, {until}, because: {}; an administrator resumes with `ajantasa schedule resume-queries --as NAME`",
            self.actor,
            in_words(self.since),
            self.reason
        )
    }
}

/// An instant on the clock of Helsinki.
fn in_words(at: DateTime<Utc>) -> String {
    local(at).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// Why the switch was not moved.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// The account is no administrator.
    #[error("only an administrator stops and resumes the queries to VTJ; this account is another role's")]
    NotAdministrator,
    /// A reason is needed.
    #[error(
        "say with a few words why the queries are stopped: --reason TEXT, at most {REASON_MAX} characters"
    )]
    NoReason,
    /// The reason is shown everywhere.
    #[error("--reason holds an identity code: leave it out, the reason is shown to everybody")]
    CodeInReason,
    /// The end has passed.
    #[error("--until {0} has passed: write a later time, or leave it out")]
    EndHasPassed(String),
    /// There is no stop to end.
    #[error("the queries to VTJ are not stopped")]
    NotStopped,
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stops every query to VTJ, or gives a stop another reason and end.
///
/// # Errors
/// When the account is no administrator, the reason cannot be shown, the end has passed, or the database fails.
pub async fn stop(
    context: &Context,
    account: &ProvedAccount,
    reason: &str,
    until: Option<DateTime<Utc>>,
) -> std::result::Result<Stop, SwitchError> {
    let now = context.clock.now();
    if !account.may_administer() {
        return Err(SwitchError::NotAdministrator);
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX || reason.chars().any(char::is_control) {
        return Err(SwitchError::NoReason);
    }
    if IdentityCode::is_in(reason) {
        return Err(SwitchError::CodeInReason);
    }
    if let Some(until) = until.filter(|until| *until <= now) {
        return Err(SwitchError::EndHasPassed(in_words(until)));
    }
    let row = SwitchRow {
        stopped_at: now,
        until,
        reason: reason.to_owned(),
        account: account.id,
        actor: account.name.clone(),
    };
    let end = until.map_or_else(|| "until resumed".to_owned(), |until| format!("until {}", in_words(until)));
    let event = event(context, account, "queries.stop").detail(format!("{end}: {reason}"));
    let mut tx = context.db.begin().await?;
    switch::stop(&mut tx, &row).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("queries.stop").await?;
    Ok(Stop::of(row))
}

/// Lets queries to VTJ be asked again.
///
/// # Errors
/// When the account is no administrator, nothing is stopped, or the database fails.
pub async fn resume(context: &Context, account: &ProvedAccount) -> std::result::Result<Stop, SwitchError> {
    if !account.may_administer() {
        return Err(SwitchError::NotAdministrator);
    }
    let mut tx = context.db.begin().await?;
    let Some(stop) = admit(&mut tx, context.clock.now()).await? else { return Err(SwitchError::NotStopped) };
    switch::resume(&mut tx).await?;
    let detail = format!("stopped by {} since {}", stop.actor, in_words(stop.since));
    audit::record(&mut tx, &[event(context, account, "queries.resume").detail(detail)]).await?;
    tx.commit("queries.resume").await?;
    Ok(stop)
}

/// The stop that is in force, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn state(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Stop>> {
    Ok(switch::get(tx).await?.and_then(|row| in_force(row, now)))
}

/// The same for whoever is about to write a question down: asked before anything else in that transaction, it
/// stays as it is until the commit. Nothing may be asked while there is a stop.
///
/// # Errors
/// When the database does not answer.
pub async fn admit(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<Stop>> {
    Ok(switch::held(tx).await?.and_then(|row| in_force(row, now)))
}

/// What everybody who looks should know: who has stopped the queries, and why.
///
/// # Errors
/// When the database does not answer.
pub async fn banner(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<String>> {
    Ok(state(tx, now).await?.map(|stop| stop.to_string()))
}

fn in_force(row: SwitchRow, now: DateTime<Utc>) -> Option<Stop> {
    row.until.is_none_or(|until| now < until).then(|| Stop::of(row))
}

fn event(context: &Context, account: &ProvedAccount, action: &'static str) -> Event {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    Event { os_user: account.os_user.clone(), ..context.event_of(&actor, action) }
}

impl Stop {
    fn of(row: SwitchRow) -> Self {
        Self { since: row.stopped_at, until: row.until, reason: row.reason, actor: row.actor }
    }
}
