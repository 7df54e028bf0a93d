//! One question to VTJ: its row in the disclosure log first, then the attempts, then the outcome.

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Context, Task, TaskError};
use crate::audit::Actor;
use crate::lease::Lease;
use crate::municipality::Municipality;
use crate::store::disclosure::DisclosureRow;
use crate::store::{self, Tx};
use crate::switch;
use crate::vtj::call::Call;
use crate::vtj::error::VtjError;
use crate::vtj::retry::{Breaker, BreakerPolicy, BreakerRow, retry};
use crate::vtj::wire::data_groups;

/// The breaker of the change interface.
const INTERFACE: &str = "changes";

/// What is about to be asked.
pub(super) struct Question<'a> {
    pub(super) asker: Asker<'a>,
    /// `perustiedot`, `muutokset` or `kirjausavain`.
    pub(super) interface: &'static str,
    pub(super) municipality: &'a Municipality,
    /// The follow list and its version, for changes.
    pub(super) list: Option<(Uuid, i64)>,
    /// Whom it is about by name, for base data.
    pub(super) subjects: &'a [Uuid],
    /// How many people it is about.
    pub(super) persons_asked: usize,
}

/// Who asks: a task, or a run of a schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// The word in the two logs.
    pub(crate) task: &'static str,
    /// The schedule or the member of staff; without it, the operating-system user of the process.
    pub(crate) name: Option<&'a str>,
    /// The run, and the epoch under which it works.
    pub(crate) run: Option<(Uuid, i64)>,
}

impl Asker<'_> {
    /// A task.
    pub(crate) fn task(task: Task) -> Self {
        Self { task: task.as_str(), name: None, run: None }
    }
}

/// An answer, and the request that is still to be finished with it.
pub(super) struct Answered<T> {
    pub(super) value: T,
    pub(super) request: Uuid,
    attempts: i64,
}

/// Asks, after the question is in the disclosure log. The caller finishes the request in the transaction
/// that stores the answer.
pub(super) async fn ask<T>(
    context: &Context,
    lease: &Lease,
    question: &Question<'_>,
    operation: impl AsyncFn(&Call, DateTime<Utc>) -> Result<T, VtjError>,
) -> Result<Answered<T>, TaskError> {
    let breaker = admit(context).await?;
    let request = write_down(context, lease, question).await?;
    let call = Call::recorded(request, context.settings.upkeep.clone(), question.municipality.code.clone());
    let failed = Mutex::new(None);
    let attempt = async || {
        let mut failed = failed.lock().await;
        if let Some(error) = failed.take()
            && is_stopped(context).await
        {
            return Ok(Err(error));
        }
        let answer = operation(&call, context.clock.now()).await;
        *failed = answer.as_ref().err().cloned();
        answer.map(Ok)
    };
    let result = retry(&context.settings.retry, |_| (), attempt).await.flatten();
    let attempts = i64::from(call.attempts().max(1));
    note_breaker(context, breaker, result.as_ref().err()).await?;
    match result {
        Ok(value) => Ok(Answered { value, request, attempts }),
        Err(error) => {
            let mut tx = lease.begin().await?;
            let now = context.clock.now();
            store::disclosure::finish(&mut tx, request, error.class(), attempts, None, now).await?;
            tx.commit("ask.failed").await?;
            Err(error.into())
        }
    }
}

impl<T> Answered<T> {
    /// Notes in the transaction that stores the answer how many people came back.
    pub(super) async fn finish(&self, tx: &mut Tx, answered: usize, at: DateTime<Utc>) -> store::Result<()> {
        let answered = i64::try_from(answered).unwrap_or(i64::MAX);
        store::disclosure::finish(tx, self.request, "answered", self.attempts, Some(answered), at).await
    }
}

/// Whether a failed question is not repeated: the queries have been stopped since it was written down.
async fn is_stopped(context: &Context) -> bool {
    let stopped = async {
        let mut read = context.db.read().await?;
        switch::state(&mut read, context.clock.now()).await
    };
    // Where nobody can tell, nothing more is sent.
    !matches!(stopped.await, Ok(None))
}

async fn write_down(context: &Context, lease: &Lease, question: &Question<'_>) -> Result<Uuid, TaskError> {
    let now = context.clock.now();
    let upkeep = &context.settings.upkeep;
    let row = DisclosureRow {
        id: store::new_id(now),
        requested_at: now,
        interface: question.interface.to_owned(),
        municipality: question.municipality.code.as_str().to_owned(),
        purpose: upkeep.purpose.as_str().to_owned(),
        legal_basis: upkeep.legal_basis.clone(),
        actor: question.asker.name.map_or_else(|| context.os_user.clone(), str::to_owned),
        task: question.asker.task.to_owned(),
        run: question.asker.run.map(|(run, _)| run),
        field_groups: data_groups(&question.municipality.grants).join(" "),
        list: question.list.map(|(list, _)| list),
        list_version: question.list.map(|(_, version)| version),
        persons_asked: i64::try_from(question.persons_asked).unwrap_or(i64::MAX),
        persons_answered: None,
        attempts: 1,
        outcome: "sent".to_owned(),
        finished_at: None,
        ..DisclosureRow::default()
    };
    let mut event = context
        .event_of(&Actor::Task(question.asker.task), "vtj.ask")
        .detail(format!("{} for {} people of {}", question.interface, row.persons_asked, row.municipality));
    event.purpose = Some(row.purpose.clone());
    event.request = Some(row.id);
    let mut tx = lease.begin().await?;
    if let Some(stop) = switch::admit(&mut tx, now).await? {
        return Err(TaskError::QueriesStopped(Box::new(stop)));
    }
    store::disclosure::insert(&mut tx, &row).await?;
    store::disclosure::insert_subjects(&mut tx, row.id, question.subjects).await?;
    crate::audit::record(&mut tx, &[event]).await?;
    tx.commit("ask.disclosure").await?;
    Ok(row.id)
}

async fn admit(context: &Context) -> Result<Breaker, TaskError> {
    let mut tx = context.db.read().await?;
    let row = store::round::breaker(&mut tx, INTERFACE).await?;
    let breaker = row
        .and_then(|(state, failures, until)| {
            let failures = u32::try_from(failures).unwrap_or(u32::MAX);
            Breaker::from_row(&BreakerRow { state, failures, until })
        })
        .unwrap_or_default();
    breaker
        .admit(&BreakerPolicy::default(), context.clock.now())
        .map_err(|left| TaskError::LeftAlone { failures: left.failures, until: left.until })
}

async fn note_breaker(context: &Context, before: Breaker, error: Option<&VtjError>) -> Result<(), TaskError> {
    let after = before.after(error, &BreakerPolicy::default(), context.clock.now());
    if after == Breaker::default() && before == Breaker::default() {
        return Ok(());
    }
    let row = after.to_row();
    let mut tx = context.db.begin().await?;
    store::round::set_breaker(&mut tx, INTERFACE, &row.state, i64::from(row.failures), row.until).await?;
    tx.commit("ask.breaker").await?;
    Ok(())
}
