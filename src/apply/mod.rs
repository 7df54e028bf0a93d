//! The task `apply`: carries out what a person has approved, once the undo window has passed.
//!
//! For each finding: the intent is stored; the register is written outside any transaction of ours, on
//! condition that it holds what was decided on; it is read back; the outcome is stored. Before the intent
//! the comparison is made once more, and what has moved goes back to the queue. A process that dies in
//! between leaves the intent behind, and the next one asks the register what became of it: nothing is ever
//! written blindly a second time.

mod attempt;
mod effect;
mod recover;

use chrono::DateTime;
use uuid::Uuid;

use crate::lease::Lease;
use crate::store::{self, finding::FindingRow};
use crate::task::{Context, Report, TaskError};

/// Findings read at once.
const BATCH: i64 = 200;

/// Does one round.
///
/// # Errors
/// When it stopped before its end.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    if context.settings.observe {
        let now = context.clock.now();
        let mut read = context.db.read().await?;
        let due = store::finding::count_due_to_apply(&mut read, now).await?;
        report.waiting = count(due) + count(store::finding::count_waiting(&mut read, now).await?);
        return Ok(report);
    }
    recover::left_behind(context, lease, &mut report).await?;
    recover::seen_again(context, lease, &mut report).await?;
    due(context, lease, &mut report).await?;
    let mut read = context.db.read().await?;
    report.waiting += count(store::finding::count_waiting(&mut read, context.clock.now()).await?);
    Ok(report)
}

/// Carries out every approved finding whose undo window had passed when the round began.
async fn due(context: &Context, lease: &Lease, report: &mut Report) -> Result<(), TaskError> {
    let now = context.clock.now();
    let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
    loop {
        let mut read = context.db.read().await?;
        let rows = store::finding::due_to_apply(&mut read, now, after, BATCH).await?;
        drop(read);
        let Some(last) = rows.last() else { return Ok(()) };
        after = (last.effective_at.unwrap_or(now), last.id);
        for row in rows {
            if context.is_stopping() {
                return Ok(());
            }
            report.examined += 1;
            unless_of_one_row(&row, attempt::carry_out(context, lease, &row, report).await, report)?;
        }
    }
}

/// A finding whose rows do not open stays as it is, and is tried again in the next round; the others go on.
fn unless_of_one_row(
    row: &FindingRow,
    result: Result<(), TaskError>,
    report: &mut Report,
) -> Result<(), TaskError> {
    match result {
        Err(TaskError::Store(error)) if error.is_of_one_row() => {
            tracing::warn!(finding = %row.id, %error, "a finding cannot be carried out: its rows do not open");
            report.errors += 1;
            Ok(())
        }
        result => result,
    }
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
