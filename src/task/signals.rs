//! What acts at once from a change itself, inside our own house only: protection masks and wipes, a death
//! freezes the person's open proposals, a new code joins the follow list. Everything else waits for base
//! data.
//!
//! A person's changes are used in the order they came, all in one transaction, and those of many people
//! together. If something about one of them cannot be read, each is taken alone: that person's changes are
//! left for the next round while the others go on. A change registered before one that was used already says
//! nothing new: a replay revives neither a withdrawn death nor an ended order.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Context, Report, Task, TaskError, protect};
use crate::audit::{self, Actor, Event};
use crate::lease::Lease;
use crate::municipality::Grants;
use crate::protected::Protection;
use crate::store::data_key::{self, Keyring};
use crate::store::inbox::InboxRow;
use crate::store::person::{PersonRow, SealedPerson};
use crate::store::{self, StoreError, Tx};
use crate::vtj::wire::{Change, CodeSignal, Signals};

/// A change: when VTJ registered it, and what acts at once.
type Received = (Option<DateTime<Utc>>, Signals);

/// Who acts here.
const FETCH: Actor = Actor::Task("fetch");
/// People whose changes are used together.
const BATCH: i64 = 500;
/// After so many failures a person's changes are put into quarantine; base data is read in any case.
const MOST_ATTEMPTS: i64 = 5;

/// Uses every new change in the inbox. True when somebody's data key was replaced.
pub(super) async fn use_new(
    context: &Context,
    lease: &Lease,
    report: &mut Report,
) -> Result<bool, TaskError> {
    let mut after = Uuid::nil();
    let mut replaced = false;
    loop {
        let mut read = context.db.read().await?;
        let patrons = store::inbox::patrons_with_new(&mut read, after, BATCH).await?;
        drop(read);
        let Some(&last) = patrons.last() else { return Ok(replaced) };
        after = last;
        if context.is_stopping() {
            return Ok(replaced);
        }
        match use_of(context, lease, &patrons).await {
            Err(TaskError::Store(StoreError::Seal(_) | StoreError::Inconsistent { .. })) => {
                for patron in patrons {
                    replaced |= use_of_one(context, lease, patron, report).await?;
                }
            }
            result => replaced |= result?,
        }
    }
}

async fn use_of_one(
    context: &Context,
    lease: &Lease,
    patron: Uuid,
    report: &mut Report,
) -> Result<bool, TaskError> {
    match use_of(context, lease, &[patron]).await {
        Err(TaskError::Store(error @ (StoreError::Seal(_) | StoreError::Inconsistent { .. }))) => {
            tracing::warn!(patron.id = %patron, error = %error, "a person's changes were put aside");
            report.errors += 1;
            put_aside(context, lease, patron).await?;
            Ok(false)
        }
        result => result,
    }
}

async fn put_aside(context: &Context, lease: &Lease, patron: Uuid) -> Result<(), TaskError> {
    let mut tx = lease.begin().await?;
    store::inbox::count_attempt(&mut tx, patron, MOST_ATTEMPTS).await?;
    store::due::mark_for_refresh(&mut tx, &[patron], context.clock.now()).await?;
    tx.commit("fetch.put_aside").await?;
    Ok(())
}

/// Uses the new changes of some people. True when somebody's data key was replaced.
async fn use_of(context: &Context, lease: &Lease, patrons: &[Uuid]) -> Result<bool, TaskError> {
    let mut keyring = data_key::keyring(&context.db, &context.vault, patrons).await?;
    let mut read = context.db.read().await?;
    let rows = store::inbox::new_of(&mut read, patrons).await?;
    let mut persons = store::person::by_patrons(&mut read, patrons).await?;
    drop(read);
    let mut changes: BTreeMap<Uuid, Vec<Received>> = BTreeMap::new();
    for person in &persons {
        changes.insert(person.patron, read_changes(context, person, &keyring, &rows)?);
    }
    let starting: Vec<Uuid> = persons
        .iter()
        .filter(|person| {
            changes[&person.patron].iter().any(|(at, signals)| starts_protection(person, *at, signals))
        })
        .map(|person| person.patron)
        .collect();
    protect::new_keys(context, &mut keyring, &starting).await?;
    let mut tx = lease.begin().await?;
    let mut events = Vec::new();
    // What was decided above holds only while the rows are as they were read.
    let read_as: BTreeMap<Uuid, (i64, String)> = persons
        .iter()
        .map(|person| (person.patron, (person.key_version, person.protection.clone())))
        .collect();
    persons = store::person::locked(&mut tx, patrons).await?;
    if persons
        .iter()
        .any(|person| read_as.get(&person.patron) != Some(&(person.key_version, person.protection.clone())))
    {
        return Err(StoreError::Conflict("a person's row").into());
    }
    for person in &mut persons {
        let mut known = person.open(&keyring)?;
        for (at, signals) in &changes[&person.patron] {
            act(context, &mut tx, &keyring, person, &mut known, *at, signals, &mut events).await?;
        }
        person.reseal(keyring.newest(person.patron)?, &known)?;
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    store::inbox::mark_used(&mut tx, &ids, context.clock.now()).await?;
    store::person::update_all(&mut tx, &persons).await?;
    audit::record(&mut tx, &events).await?;
    tx.commit("fetch.signals").await?;
    let wiped: Vec<Uuid> =
        persons.iter().map(|person| person.patron).filter(|patron| starting.contains(patron)).collect();
    protect::destroy_old_keys(context, &wiped).await?;
    Ok(!wiped.is_empty())
}

fn read_changes(
    context: &Context,
    person: &PersonRow,
    keyring: &Keyring,
    rows: &[InboxRow],
) -> Result<Vec<Received>, TaskError> {
    let grants = context
        .settings
        .municipalities
        .get(&person.municipality)
        .map_or_else(|| Grants::new([]), |municipality| municipality.grants.clone());
    let start = rows.partition_point(|row| row.patron < person.patron);
    let mut changes = Vec::new();
    for row in rows[start..].iter().take_while(|row| row.patron == person.patron) {
        let plain = keyring
            .get(row.patron, row.key_version)?
            .open(store::inbox::place(row.id), row.content()?)
            .map_err(StoreError::from)?;
        let change = Change::from_bytes(&plain).map_err(|_| StoreError::inconsistent("inbox", "sealed"))?;
        changes.push((change.registered_at, change.signals(&grants)));
    }
    Ok(changes)
}

/// Whether a change is newer than the last one of its kind that was used.
fn is_news(at: Option<DateTime<Utc>>, used: Option<DateTime<Utc>>) -> bool {
    match (at, used) {
        (Some(at), Some(used)) => at >= used,
        (None, _) | (_, None) => true,
    }
}

fn starts_protection(person: &PersonRow, at: Option<DateTime<Utc>>, signals: &Signals) -> bool {
    signals.protection == Some(true)
        && person.protection != Protection::Yes.as_str()
        && is_news(at, person.protection_signal_at)
}

#[expect(clippy::too_many_arguments, reason = "one person's state, and one change")]
async fn act(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    person: &mut PersonRow,
    known: &mut SealedPerson,
    at: Option<DateTime<Utc>>,
    signals: &Signals,
    events: &mut Vec<Event>,
) -> Result<(), TaskError> {
    let tag = keyring.newest(person.patron)?.subject_tag;
    if starts_protection(person, at, signals) {
        events.push(protect::start(context, tx, keyring, person, known, &FETCH).await?);
    } else if signals.protection_unclear && person.protection == Protection::No.as_str() {
        Protection::Unknown.as_str().clone_into(&mut person.protection);
        person.compare_due = true;
    }
    if signals.protection.is_some() && is_news(at, person.protection_signal_at) {
        person.protection_signal_at = at.or(person.protection_signal_at);
    }
    if let Some(death) = signals.death
        && is_news(at, person.death_signal_at)
    {
        person.death_signal_at = at.or(person.death_signal_at);
        known.death_signal = Some(death);
        let freeze = death.dead || person.held_as_dead;
        if freeze != person.frozen {
            person.frozen = freeze;
            let word = if freeze { "death.freeze" } else { "death.thaw" };
            events.push(context.event(Task::Fetch, word).about(tag));
        }
        person.compare_due = true;
    }
    match &signals.code {
        None | Some(CodeSignal::Passivated) => {}
        Some(CodeSignal::SignalledOnly) => {
            person.code_change_signalled = true;
            store::follow_list::leave(tx, person.patron).await?;
            "unfollowed".clone_into(&mut person.follow_state);
            person.unfollowed_because = Some("code_changed".to_owned());
            person.list = None;
            person.refresh_due_at = None;
            person.compare_due = true;
            events.push(context.event(Task::Fetch, "person.unfollow").about(tag).detail("code_changed"));
        }
        Some(CodeSignal::ReplacedBy(code)) => {
            if known.code.as_deref() != Some(code.expose()) {
                super::refresh::adopt_code(context, tx, person, known, code).await?;
                events.push(context.event(Task::Fetch, "person.adopt_code").about(tag));
            }
        }
    }
    Ok(())
}
