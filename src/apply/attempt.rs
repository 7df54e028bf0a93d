//! One finding carried out: intent, write, reading back, outcome.

use uuid::Uuid;

use super::effect;
use crate::audit::{self, Actor, Event};
use crate::finding::{FieldChange, FindingKind, FindingState, Review};
use crate::lease::Lease;
use crate::protected::Protection;
use crate::register::{RegisterError, Standing, Wording, WriteOutcome, WriteSource};
use crate::review::case::Case;
use crate::review::recompute::{Moved, Verdict, recompute};
use crate::store::data_key::{self, Keyring};
use crate::store::finding::FindingRow;
use crate::store::{self, Tx};
use crate::task::{Context, Report, Task, TaskError};

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Read back and found right, or nothing is written for this kind.
    Confirmed,
    /// Written, and to be seen later.
    Written,
    /// Put before the register's own staff.
    Proposed,
    /// The register holds something else, in these columns.
    Conflict(String),
    /// The register has no such patron.
    Gone,
    /// The register did not say.
    Unknown,
}

impl End {
    /// The word in the table of attempts.
    fn word(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Written => "written",
            Self::Proposed => "proposed",
            Self::Conflict(_) => "conflict",
            Self::Gone => "gone",
            Self::Unknown => "unknown",
        }
    }
}

/// What is needed to write, kept between the transactions.
pub(super) struct Intent {
    pub(super) attempt: Uuid,
    pub(super) patron_id: String,
    pub(super) changes: Vec<FieldChange>,
    pub(super) source: WriteSource,
}

/// Carries a due finding out, or says why it waits or goes back.
pub(super) async fn carry_out(
    context: &Context,
    lease: &Lease,
    due: &FindingRow,
    report: &mut Report,
) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, &[due.patron]).await?;
    let Some(intent) = intend(context, lease, &keyring, due.id, report).await? else { return Ok(()) };
    let end = if intent.changes.is_empty() { End::Confirmed } else { write(context, &intent).await };
    if end == End::Unknown {
        report.errors += 1;
    } else {
        report.changed += 1;
    }
    conclude(context, lease, due.id, Some(intent.attempt), end).await
}

/// Checks once more and stores the intent; `None` when the finding waits or has gone back.
async fn intend(
    context: &Context,
    lease: &Lease,
    keyring: &Keyring,
    id: Uuid,
    report: &mut Report,
) -> Result<Option<Intent>, TaskError> {
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let Some(case) = Case::load(&mut tx, keyring, id).await? else { return Ok(None) };
    let Ok(applying) = case.finding.review()?.begin(now) else {
        report.skipped += 1;
        return Ok(None);
    };
    if case.is_frozen() {
        report.waiting += 1;
        return Ok(None);
    }
    if let Some(back) = sent_back(context, &mut tx, &case).await? {
        report.changed += 1;
        set_aside(context, lease, tx, &case, back).await?;
        return Ok(None);
    }
    let attempt = store::new_id(now);
    store::apply_attempt::begin(&mut tx, attempt, id, lease.epoch(), now).await?;
    store::finding::update(&mut tx, &case.finding.clone().with_review(applying)).await?;
    audit::record(&mut tx, &[event(context, &case, "intent", &columns(&case)?)]).await?;
    let intent = intent(&mut tx, context, &case, attempt).await?;
    tx.commit("apply.intent").await?;
    Ok(Some(intent))
}

/// What is needed to write a finding.
pub(super) async fn intent(
    tx: &mut Tx,
    context: &Context,
    case: &Case<'_>,
    attempt: Uuid,
) -> Result<Intent, TaskError> {
    let sealed = case.content()?;
    let wording = if sealed.reverts.is_some() {
        Wording::Restored
    } else if sealed.edited.is_empty() {
        Wording::AsFound
    } else {
        Wording::Edited
    };
    Ok(Intent {
        attempt,
        patron_id: case.patron.patron_id.clone(),
        changes: sealed.written().to_vec(),
        source: WriteSource {
            finding: case.finding.id,
            request: case.finding.request,
            source: case.finding.source()?,
            approved_by: approver(tx, case).await?.name,
            wording,
            at: context.clock.now(),
        },
    })
}

async fn approver(tx: &mut Tx, case: &Case<'_>) -> Result<store::account::AccountRow, TaskError> {
    let decision = case.finding.decision.ok_or(store::StoreError::inconsistent("finding", "decision"))?;
    let decision = store::decision::get(tx, decision).await?;
    Ok(store::account::get(tx, decision.account).await?)
}

/// Why a finding is not carried out after all.
enum Back {
    Stale(Box<Moved>),
    NotCleared,
    Superseded(Option<Uuid>),
    Closed,
}

async fn sent_back(context: &Context, tx: &mut Tx, case: &Case<'_>) -> Result<Option<Back>, TaskError> {
    let kind = case.finding.kind()?;
    let is_address = matches!(kind, FindingKind::AddressChange | FindingKind::MovedAbroad);
    if (is_address && case.protection()? == Protection::Yes) || case.finding.sealed.is_none() {
        let open = store::finding::open_of(tx, &[case.patron.id]).await?;
        let started = open.into_iter().find(|row| row.kind == FindingKind::ProtectionStarted.as_str());
        return Ok(Some(Back::Superseded(started.map(|row| row.id).filter(|id| *id != case.finding.id))));
    }
    Ok(match recompute(context, tx, case).await? {
        Verdict::Moved(moved) => Some(Back::Stale(moved)),
        Verdict::Gone => Some(Back::Closed),
        Verdict::Same if kind.needs_clearance() && !approver(tx, case).await?.may_protected => {
            Some(Back::NotCleared)
        }
        Verdict::Same => None,
    })
}

/// Stores that a finding goes back or away, with an attempt that says so.
async fn set_aside(
    context: &Context,
    lease: &Lease,
    mut tx: Tx,
    case: &Case<'_>,
    back: Back,
) -> Result<(), TaskError> {
    let now = context.clock.now();
    let review = case.finding.review()?;
    let (row, end) = match back {
        Back::Stale(moved) => {
            let words = moved.words.clone();
            let review = review.go_stale(words.clone(), now).map_err(invalid)?;
            (moved.refreshed(context, case, review)?, End::Conflict(words))
        }
        Back::NotCleared => {
            let review = review.go_stale("clearance".to_owned(), now).map_err(invalid)?;
            (case.finding.clone().with_review(review), End::Conflict("clearance".to_owned()))
        }
        Back::Superseded(Some(by)) => {
            (case.finding.clone().with_review(review.supersede(by, now).map_err(invalid)?), End::Gone)
        }
        Back::Superseded(None) | Back::Closed => {
            (case.finding.clone().with_review(review.close(now).map_err(invalid)?), End::Gone)
        }
    };
    let attempt = store::new_id(now);
    store::apply_attempt::begin(&mut tx, attempt, case.finding.id, lease.epoch(), now).await?;
    store::apply_attempt::finish(&mut tx, attempt, end.word(), now).await?;
    store::finding::update(&mut tx, &row).await?;
    store::due::make_compare_due(&mut tx, &[case.patron.id]).await?;
    audit::record(&mut tx, &[event(context, case, &row.state, row.moved.as_deref().unwrap_or_default())])
        .await?;
    tx.commit("apply.outcome").await?;
    Ok(())
}

/// Writes the register and reads it back.
async fn write(context: &Context, intent: &Intent) -> End {
    match context.register.write(&intent.patron_id, &intent.changes, &intent.source).await {
        Ok(WriteOutcome::Proposed) => End::Proposed,
        Ok(WriteOutcome::Gone) => End::Gone,
        Ok(WriteOutcome::Written) if context.register.capabilities().reads_back => {
            match standing(context, intent).await {
                // It said "written" and shows the old value: only another look can tell.
                Ok(Standing::Untouched) | Err(_) => End::Unknown,
                Ok(Standing::Taken) => End::Confirmed,
                Ok(Standing::Other(other)) => End::Conflict(names(&other)),
                Ok(Standing::Gone) => End::Gone,
            }
        }
        Ok(WriteOutcome::Written) => End::Written,
        Ok(WriteOutcome::Conflict) => match standing(context, intent).await {
            Ok(Standing::Other(other)) => End::Conflict(names(&other)),
            Ok(_) | Err(_) => End::Conflict("register".to_owned()),
        },
        Err(RegisterError::Refused(reason)) => {
            tracing::warn!(finding = %intent.source.finding, reason, "the patron register refuses a correction");
            End::Conflict("refused".to_owned())
        }
        Err(error) => {
            tracing::warn!(finding = %intent.source.finding, %error, "the outcome of a correction is unknown");
            End::Unknown
        }
    }
}

/// How the register stands to what was to be written.
pub(super) async fn standing(context: &Context, intent: &Intent) -> Result<Standing, RegisterError> {
    let fields: Vec<_> = intent.changes.iter().map(|change| change.field).collect();
    let values = context.register.read(&intent.patron_id, &fields).await?;
    Ok(Standing::of(&values, &intent.changes))
}

/// The names of some columns.
pub(super) fn names(fields: &[crate::finding::Field]) -> String {
    fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" ")
}

/// Stores what became of a finding, and what follows from it in our own records, in one transaction.
pub(super) async fn conclude(
    context: &Context,
    lease: &Lease,
    id: Uuid,
    attempt: Option<Uuid>,
    end: End,
) -> Result<(), TaskError> {
    let now = context.clock.now();
    let mut read = context.db.read().await?;
    let Some(patron) = store::finding::get(&mut read, id).await?.map(|row| row.patron) else { return Ok(()) };
    drop(read);
    let keyring = data_key::keyring(&context.db, &context.vault, &[patron]).await?;
    let mut tx = lease.begin().await?;
    let Some(case) = Case::load(&mut tx, &keyring, id).await? else { return Ok(()) };
    let state = case.finding.state()?;
    if !matches!(state, FindingState::Applying | FindingState::OutcomeUnknown | FindingState::Written) {
        return Ok(());
    }
    let row = case.finding.clone().with_review(after(case.finding.review()?, &end, now)?);
    if let Some(attempt) = attempt {
        store::apply_attempt::finish(&mut tx, attempt, end.word(), now).await?;
    }
    store::finding::update(&mut tx, &row).await?;
    if matches!(end, End::Confirmed | End::Written | End::Proposed) && state != FindingState::Written {
        effect::carry_out(context, &mut tx, &case).await?;
    }
    if end != End::Unknown {
        store::due::make_compare_due(&mut tx, &[case.patron.id]).await?;
    }
    audit::record(&mut tx, &[event(context, &case, end.word(), &columns(&case)?)]).await?;
    tx.commit("apply.outcome").await?;
    Ok(())
}

fn after(review: Review, end: &End, now: chrono::DateTime<chrono::Utc>) -> Result<Review, TaskError> {
    match end {
        End::Confirmed => review.confirm(now),
        End::Written | End::Proposed => review.written(now),
        End::Conflict(moved) => review.go_stale(moved.clone(), now),
        End::Gone => review.close(now),
        End::Unknown => review.lose_outcome(now),
    }
    .map_err(invalid)
}

/// A way that does not exist can only come from a row that someone changed past us.
pub(super) fn invalid(_: crate::finding::InvalidTransition) -> TaskError {
    TaskError::Store(store::StoreError::inconsistent("finding", "state"))
}

/// The names of the columns of a finding; nothing for a protected person, whose absence of an address would
/// tell by itself.
fn columns(case: &Case<'_>) -> Result<String, TaskError> {
    if case.protection()? == Protection::Yes {
        return Ok(String::new());
    }
    let fields: Vec<_> = case.content()?.written().iter().map(|change| change.field).collect();
    Ok(names(&fields))
}

/// An event of carrying out, with a word and names of columns.
pub(super) fn event(context: &Context, case: &Case<'_>, word: &str, columns: &str) -> Event {
    let actor = Actor::Task(Task::Apply.as_str());
    let detail = format!("{word} {columns}").trim_end().to_owned();
    case.event(context, actor, &context.os_user, "finding.apply").detail(detail)
}
