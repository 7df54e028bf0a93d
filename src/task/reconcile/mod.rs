//! The task `reconcile`: compares those for whom anything moved, and keeps the queue true.
//!
//! At most one finding per patron and kind is open. A difference that is still the same is left alone; one
//! whose register side moved goes back as stale; one whose evidence changed is replaced; one whose cause is
//! gone is closed. What a person rejected is not put before anybody again until VTJ says something else.
//!
//! In a first load in slices, new findings that can wait are held back, and the slice of the day is opened at the end
//! of the round.

mod changes;
mod queue;

use std::collections::BTreeMap;

use uuid::Uuid;

pub(super) use changes::Changes;
pub use changes::{content, evidence_digest, request_of};
pub(super) use queue::Queue;

use super::known::{self, Standing};
use super::{Context, Report, Task, TaskError, slice};
use crate::audit::{self, Actor};
use crate::lease::Lease;
use crate::store::data_key::{self, Keyring};
use crate::store::{self, Tx};

/// Patrons compared in one transaction.
const BATCH: i64 = 500;

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    let mut tx = lease.begin().await?;
    store::due::make_compare_due_by_calendar(&mut tx, context.clock.today()).await?;
    tx.commit("reconcile.calendar").await?;
    let mut after = Uuid::nil();
    loop {
        let mut read = context.db.read().await?;
        let due = store::due::compare_due(&mut read, after, BATCH).await?;
        drop(read);
        let Some(&last) = due.last() else { break };
        after = last;
        if context.is_stopping() {
            return Ok(report);
        }
        compare_batch(context, lease, &due, &mut report).await?;
    }
    slice::open_due(context, lease, &mut report).await?;
    Ok(report)
}

async fn compare_batch(
    context: &Context,
    lease: &Lease,
    due: &[Uuid],
    report: &mut Report,
) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, due).await?;
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let (standings, unopened) = known::load(context, &mut tx, &keyring, due).await?;
    let mut queue = Queue::load(&mut tx, due).await?;
    let waiting = waiting(&mut tx, &Actor::Task(Task::Reconcile.as_str())).await?;
    let mut changes = Changes::new(context, &keyring, Actor::Task(Task::Reconcile.as_str()));
    changes.waiting = waiting;
    // Whoever does not open stays due: it may be a row that was sealed anew this moment.
    let mut done = Vec::new();
    for standing in &standings {
        report.examined += 1;
        if waits_for_base_data(standing, now) {
            report.waiting += 1;
            continue;
        }
        let before = changes.lengths();
        match changes.keep_true(standing, &mut queue) {
            Ok(()) => {}
            Err(TaskError::Store(error)) if error.is_of_one_row() => {
                tracing::warn!(patron.id = %standing.row.id, %error, "a patron's findings do not open; they stay as they are");
                changes.go_back(before);
                report.errors += 1;
                continue;
            }
            Err(error) => return Err(error),
        }
        if changes.lengths() == before {
            report.skipped += 1;
        } else {
            report.changed += 1;
        }
        done.push(standing.row.id);
    }
    report.errors += u64::try_from(unopened.len()).unwrap_or(u64::MAX);
    for row in &changes.updates {
        store::finding::update(&mut tx, row).await?;
    }
    store::finding::insert(&mut tx, &changes.inserts).await?;
    let next: BTreeMap<Uuid, _> = standings
        .iter()
        .map(|standing| (standing.row.id, standing.next_day(context.clock.today())))
        .collect();
    let mut by_day: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
    for patron in done {
        by_day.entry(next.get(&patron).copied().flatten()).or_default().push(patron);
    }
    for (day, patrons) in by_day {
        store::due::compared(&mut tx, &patrons, now, day).await?;
    }
    let audit_after = store::planted("audit_after");
    if !audit_after {
        audit::record(&mut tx, &changes.events).await?;
    }
    tx.commit("reconcile.batch").await?;
    if audit_after {
        let mut tx = lease.begin().await?;
        audit::record(&mut tx, &changes.events).await?;
        tx.commit("reconcile.batch").await?;
    }
    Ok(())
}

/// Compares one patron in the transaction of whoever just learnt something, and keeps the queue true; hands
/// back what was compared. Nothing where the rows do not open.
pub(crate) async fn compare_one(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    patron: Uuid,
    actor: &Actor,
) -> Result<Option<Standing>, TaskError> {
    let (mut standings, _) = known::load(context, tx, keyring, &[patron]).await?;
    let Some(standing) = standings.pop() else { return Ok(None) };
    let now = context.clock.now();
    if waits_for_base_data(&standing, now) {
        return Ok(Some(standing));
    }
    let mut queue = Queue::load(tx, &[patron]).await?;
    let waiting = waiting(tx, actor).await?;
    let mut changes = Changes::new(context, keyring, actor.clone());
    changes.waiting = waiting;
    changes.keep_true(&standing, &mut queue)?;
    for row in &changes.updates {
        store::finding::update(tx, row).await?;
    }
    store::finding::insert(tx, &changes.inserts).await?;
    audit::record(tx, &changes.events).await?;
    let next = standing.next_day(context.clock.today());
    store::due::compared(tx, &[patron], now, next).await?;
    Ok(Some(standing))
}

/// What becomes of a finding that can wait for its slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// There are no slices: it is opened. One that is held back stays so until it is opened with the others.
    No,
    /// It is held back.
    HeldBack,
    /// Somebody is at this very person: it is opened, and so is one that was held back.
    Opened,
}

/// The slices as they are until the transaction ends.
async fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Waiting, TaskError> {
    match actor {
        Actor::Account { .. } => Ok(Waiting::Opened),
        Actor::OsUser | Actor::Task(_) => {
            let slices = store::slice::held(tx).await?;
            Ok(if slices.per_day.is_some() { Waiting::HeldBack } else { Waiting::No })
        }
    }
}

/// Findings after a signal of death are raised when base data of the same run agrees or is silent.
pub(super) fn waits_for_base_data(standing: &Standing, now: chrono::DateTime<chrono::Utc>) -> bool {
    standing.person.frozen && standing.person.refresh_due_at.is_some_and(|due| due <= now)
}
