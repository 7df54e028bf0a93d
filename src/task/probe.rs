//! One harmless question to VTJ, to see whether it answers: the change key of today. Nobody is asked about;
//! it is in the disclosure log like any request.

use super::ask::{Asker, Question, ask};
use super::{Context, Task, TaskError};
use crate::lease::Lease;

/// The lease under which VTJ is tried.
const LEASE: &str = "probe";

/// Asks VTJ for the change key of today.
///
/// # Errors
/// When VTJ does not answer as it should, or the question cannot be written down first.
pub async fn run(context: &Context) -> Result<(), TaskError> {
    let client = context.changes.as_ref().ok_or(TaskError::NoInterface(LEASE))?;
    let Some(municipality) = context.settings.municipalities.values().next() else {
        return Err(TaskError::NoInterface(LEASE));
    };
    let lease =
        Lease::take(&context.db, LEASE, &context.holder).await?.ok_or(TaskError::HeldElsewhere(LEASE))?;
    let question = Question {
        asker: Asker::task(Task::Fetch),
        interface: "kirjausavain",
        municipality,
        list: None,
        subjects: &[],
        persons_asked: 0,
    };
    let today = context.clock.today();
    let answer =
        ask(context, &lease, &question, async |call, now| client.first_cursor(today, call, now).await)
            .await?;
    let mut tx = lease.begin().await?;
    answer.finish(&mut tx, 0, context.clock.now()).await?;
    tx.commit("probe.answer").await?;
    lease.release().await?;
    Ok(())
}
