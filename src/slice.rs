//! Slices of a first load: an administrator chooses how many cases are opened a day, and which first.
//!
//! While there are slices, `reconcile` holds back what can wait ([`crate::finding::slice`]) and opens so many a
//! Helsinki day, those of the chosen priorities first, then the oldest. What is held back is compared, replaced
//! and closed like any other finding, and nobody sees or counts it. A check of one person opens what is held back
//! of that person. When everyone has been read and nothing is left, the slices end by themselves.

use chrono::{DateTime, Utc};

use crate::audit::{self, Actor, Event};
use crate::finding::slice::{Priority, days_left};
use crate::staff::ProvedAccount;
use crate::store::slice::{self, SliceRow};
use crate::store::{Result, StoreError, Tx};
use crate::task::Context;

/// How slices stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slices {
    /// How many cases are opened a Helsinki day.
    pub per_day: u64,
    /// Which are opened first.
    pub priorities: Vec<Priority>,
    /// The administrator who chose.
    pub actor: String,
    /// Since when.
    pub begun_at: DateTime<Utc>,
    /// How many have been opened so far.
    pub opened: u64,
    /// How many are held back.
    pub left: u64,
}

/// Why slices were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SliceError {
    /// The account is no administrator.
    #[error("only an administrator chooses slices; this account is another role's")]
    NotAdministrator,
    /// No case a day would never end.
    #[error("--per-day 0 would never end: write at least 1")]
    Nobody,
    /// There are none to end.
    #[error("there are no slices: every case is opened as it is found")]
    NoSlices,
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets so many cases be opened a day from now on. What is open stays open.
///
/// # Errors
/// When the account is no administrator, the number is none, or the database fails.
pub async fn begin(
    context: &Context,
    account: &ProvedAccount,
    per_day: u32,
    priorities: &[Priority],
) -> std::result::Result<Slices, SliceError> {
    if !account.may_administer() {
        return Err(SliceError::NotAdministrator);
    }
    if per_day == 0 {
        return Err(SliceError::Nobody);
    }
    let words: Vec<&str> = priorities.iter().map(|priority| priority.as_str()).collect();
    let detail = format!("{per_day} a day, first {}", words.join(", "));
    let mut tx = context.db.begin().await?;
    let before = slice::locked(&mut tx).await?;
    let row = SliceRow {
        per_day: Some(i64::from(per_day)),
        priorities: words.join(" "),
        actor: account.name.clone(),
        begun_at: Some(before.begun_at.unwrap_or_else(|| context.clock.now())),
        ..before
    };
    slice::set(&mut tx, &row).await?;
    audit::record(&mut tx, &[event(context, account, "first_load.slices").detail(detail)]).await?;
    let slices = state(&mut tx).await?.ok_or(StoreError::inconsistent("slice", "per_day"))?;
    tx.commit("first_load.slices").await?;
    Ok(slices)
}

/// Ends the slices and opens everything that is held back. Returns how many that were.
///
/// # Errors
/// When the account is no administrator, there are no slices, or the database fails.
pub async fn end(context: &Context, account: &ProvedAccount) -> std::result::Result<u64, SliceError> {
    if !account.may_administer() {
        return Err(SliceError::NotAdministrator);
    }
    let mut tx = context.db.begin().await?;
    let row = slice::locked(&mut tx).await?;
    if row.per_day.is_none() {
        return Err(SliceError::NoSlices);
    }
    let opened = slice::open_all(&mut tx, context.clock.now()).await?;
    slice::set(&mut tx, &ended(row)).await?;
    let detail = format!("ended; all {opened} cases left are opened");
    audit::record(&mut tx, &[event(context, account, "first_load.end").detail(detail)]).await?;
    tx.commit("first_load.end").await?;
    Ok(opened)
}

/// How slices stand; nothing while there are none.
///
/// # Errors
/// When the database does not answer.
pub async fn state(tx: &mut Tx) -> Result<Option<Slices>> {
    let row = slice::get(tx).await?;
    let left = number(slice::left(tx).await?);
    let (Some(per_day), Some(begun_at)) = (row.per_day, row.begun_at) else { return Ok(None) };
    let priorities = priorities(&row.priorities);
    let (per_day, opened) = (number(per_day), number(row.opened));
    Ok(Some(Slices { per_day, priorities, actor: row.actor, begun_at, opened, left }))
}

/// What everybody who looks at the queue should know; nothing while there are no slices.
///
/// # Errors
/// When the database does not answer.
pub async fn banner(tx: &mut Tx) -> Result<Option<String>> {
    Ok(state(tx).await?.map(|slices| slices.in_words()))
}

impl Slices {
    /// How many cases are left, and for how long.
    pub fn in_words(&self) -> String {
        let days = days_left(self.left, self.per_day);
        let days = if days == 1 { "about 1 day".to_owned() } else { format!("about {days} days") };
        format!("first load: {} left, {days} at {} a day", self.left, self.per_day)
    }
}

/// The same row without slices.
pub(crate) fn ended(row: SliceRow) -> SliceRow {
    SliceRow {
        per_day: None,
        begun_at: None,
        opened_on: None,
        opened_that_day: 0,
        opened: 0,
        priorities: String::new(),
        ..row
    }
}

/// The priorities as they are stored.
pub(crate) fn priorities(words: &str) -> Vec<Priority> {
    words.split(' ').filter_map(Priority::from_word).collect()
}

/// A count of the database.
pub(crate) fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn event(context: &Context, account: &ProvedAccount, action: &'static str) -> Event {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    Event { os_user: account.os_user.clone(), ..context.event_of(&actor, action) }
}
