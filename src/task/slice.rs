//! The daily slice: opens the next of the findings that a first load holds back, at the end of `reconcile`.

use uuid::Uuid;

use super::{Context, Report, Task, TaskError};
use crate::audit::{self, Event};
use crate::finding::slice::room;
use crate::lease::Lease;
use crate::slice::{ended, number, priorities};
use crate::store::data_key::{self, Keyring};
use crate::store::slice::SliceRow;
use crate::store::{self, Tx};

/// Findings opened in one transaction.
const BATCH: u64 = 500;

/// Opens as many as today has room for.
pub(super) async fn open_due(context: &Context, lease: &Lease, report: &mut Report) -> Result<(), TaskError> {
    if store::slice::get(&mut context.db.read().await?).await?.per_day.is_none() {
        return Ok(());
    }
    let mut goes_on = true;
    while goes_on && !context.is_stopping() {
        goes_on = open_some(context, lease, report).await?;
    }
    Ok(())
}

/// Opens some; false when there is no more to open today.
async fn open_some(context: &Context, lease: &Lease, report: &mut Report) -> Result<bool, TaskError> {
    let today = context.clock.today();
    let mut tx = lease.begin().await?;
    let mut row = store::slice::locked(&mut tx).await?;
    let Some(per_day) = row.per_day.map(number) else { return Ok(false) };
    let room = room(per_day, row.opened_on, number(row.opened_that_day), today);
    let limit = i64::try_from(room.min(BATCH)).unwrap_or_default();
    let due = if limit > 0 {
        store::slice::next(&mut tx, &priorities(&row.priorities), limit).await?
    } else {
        Vec::new()
    };
    if due.is_empty() {
        let left = number(store::slice::left(&mut tx).await?);
        report.waiting += left;
        if left == 0 && is_over(&mut tx, &row).await? {
            end(context, tx, row).await?;
        }
        return Ok(false);
    }
    let (findings, patrons): (Vec<Uuid>, Vec<Uuid>) = due.iter().copied().unzip();
    let opened = store::slice::open(&mut tx, &findings, context.clock.now()).await?;
    let count = i64::try_from(opened).unwrap_or(i64::MAX);
    row.opened_that_day = if row.opened_on == Some(today) { row.opened_that_day + count } else { count };
    row.opened_on = Some(today);
    row.opened += count;
    store::slice::set(&mut tx, &row).await?;
    let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
    audit::record(&mut tx, &events(context, &keyring, &due)).await?;
    tx.commit("reconcile.slice").await?;
    report.changed += opened;
    Ok(opened > 0)
}

/// Whether a first load is over: something has been opened, and everyone has been read.
async fn is_over(tx: &mut Tx, row: &SliceRow) -> Result<bool, TaskError> {
    Ok(row.opened > 0 && !store::slice::somebody_is_not_read(tx).await?)
}

async fn end(context: &Context, mut tx: Tx, row: SliceRow) -> Result<(), TaskError> {
    let detail = format!("ended by itself; {} cases were opened in slices", row.opened);
    store::slice::set(&mut tx, &ended(row)).await?;
    let event = context.event(Task::Reconcile, "first_load.end").detail(detail);
    audit::record(&mut tx, &[event]).await?;
    tx.commit("reconcile.slices_end").await?;
    Ok(())
}

fn events(context: &Context, keyring: &Keyring, due: &[(Uuid, Uuid)]) -> Vec<Event> {
    let event = |(finding, patron): &(Uuid, Uuid)| {
        // Of somebody whose keys are gone there is no tag to speak of.
        let tag = keyring.newest(*patron).ok().map(|key| key.subject_tag);
        let event = context.event(Task::Reconcile, "finding.release").about_known(tag);
        Event { finding: Some(*finding), ..event }
    };
    due.iter().map(event).collect()
}
