//! What a process that died left behind, and what the register did not say at once: the register is asked.

use uuid::Uuid;

use super::attempt::{self, End, conclude, event, intent, invalid, names};
use super::{BATCH, unless_of_one_row};
use crate::audit;
use crate::finding::FindingState;
use crate::lease::Lease;
use crate::register::{EmbeddedRegister, PatronRegister as _, Standing};
use crate::review::case::Case;
use crate::store::finding::FindingRow;
use crate::store::{self, data_key};
use crate::task::{Context, Report, TaskError};

/// Findings that were being carried out when a process died, and those whose outcome is unknown. The lease
/// is ours, so nobody else is at work on them.
pub(super) async fn left_behind(
    context: &Context,
    lease: &Lease,
    report: &mut Report,
) -> Result<(), TaskError> {
    for state in [FindingState::OutcomeUnknown, FindingState::Applying] {
        let mut after = Uuid::nil();
        loop {
            let mut read = context.db.read().await?;
            let rows = store::finding::in_state(&mut read, state, after, BATCH).await?;
            drop(read);
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in rows {
                if context.is_stopping() {
                    return Ok(());
                }
                report.examined += 1;
                unless_of_one_row(&row, settle(context, lease, &row, report).await, report)?;
            }
        }
    }
    Ok(())
}

/// Asks the register what became of one finding.
async fn settle(
    context: &Context,
    lease: &Lease,
    row: &FindingRow,
    report: &mut Report,
) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, &[row.patron]).await?;
    let mut tx = context.db.read().await?;
    let Some(case) = Case::load(&mut tx, &keyring, row.id).await? else { return Ok(()) };
    let attempt = store::apply_attempt::unfinished(&mut tx, row.id).await?;
    let asked = intent(&mut tx, context, &case, attempt.unwrap_or_default()).await?;
    drop(tx);
    let end = if row.sealed.is_none() {
        // Protection began meanwhile and wiped what was to be written.
        End::Gone
    } else if asked.changes.is_empty() {
        // The effect of such a kind commits with its outcome, and there is none.
        return again(context, lease, &case, attempt).await;
    } else {
        match attempt::standing(context, &asked).await {
            Ok(Standing::Taken) if context.register.capabilities().reads_back => End::Confirmed,
            Ok(Standing::Taken) => End::Written,
            Ok(Standing::Untouched) => return again(context, lease, &case, attempt).await,
            Ok(Standing::Other(other)) => End::Conflict(names(&other)),
            Ok(Standing::Gone) => End::Gone,
            Err(error) => {
                tracing::warn!(finding = %row.id, %error, "the patron register does not say what became of a correction");
                report.errors += 1;
                if row.state == FindingState::OutcomeUnknown.as_str() {
                    return Ok(());
                }
                End::Unknown
            }
        }
    };
    if end != End::Unknown {
        report.changed += 1;
    }
    conclude(context, lease, row.id, attempt, end).await
}

/// The register holds the old value: the finding is carried out once more.
async fn again(
    context: &Context,
    lease: &Lease,
    case: &Case<'_>,
    attempt: Option<Uuid>,
) -> Result<(), TaskError> {
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let review = case.finding.review()?.retry(now).map_err(invalid)?;
    if let Some(attempt) = attempt {
        store::apply_attempt::finish(&mut tx, attempt, "unknown", now).await?;
    }
    store::finding::update(&mut tx, &case.finding.clone().with_review(review)).await?;
    audit::record(&mut tx, &[event(context, case, "again", "")]).await?;
    tx.commit("apply.again").await?;
    Ok(())
}

/// Findings that were written where nothing can be read back: a later import of the register shows them.
pub(super) async fn seen_again(
    context: &Context,
    lease: &Lease,
    report: &mut Report,
) -> Result<(), TaskError> {
    let imported = EmbeddedRegister::new(context.db.clone(), std::sync::Arc::clone(&context.vault));
    let mut after = Uuid::nil();
    loop {
        let mut read = context.db.read().await?;
        let rows = store::finding::written_and_seen_again(&mut read, after, BATCH).await?;
        drop(read);
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            report.examined += 1;
            unless_of_one_row(&row, see(context, lease, &imported, &row, report).await, report)?;
        }
    }
}

async fn see(
    context: &Context,
    lease: &Lease,
    imported: &EmbeddedRegister,
    row: &FindingRow,
    report: &mut Report,
) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, &[row.patron]).await?;
    let mut read = context.db.read().await?;
    let Some(case) = Case::load(&mut read, &keyring, row.id).await? else { return Ok(()) };
    drop(read);
    let changes = case.content()?.written().to_vec();
    let fields: Vec<_> = changes.iter().map(|change| change.field).collect();
    let values = imported.read(&case.patron.patron_id, &fields).await?;
    let end = match Standing::of(&values, &changes) {
        // Another column changed; the correction has not been taken in yet.
        Standing::Untouched => {
            let mut seen = case.finding.clone().with_review(case.finding.review()?);
            seen.patron_version = case.patron.version;
            let mut tx = lease.begin().await?;
            store::finding::update(&mut tx, &seen).await?;
            tx.commit("apply.seen").await?;
            report.skipped += 1;
            return Ok(());
        }
        _ if row.sealed.is_none() => End::Gone,
        Standing::Taken => End::Confirmed,
        Standing::Other(other) => End::Conflict(names(&other)),
        Standing::Gone => End::Gone,
    };
    report.changed += 1;
    conclude(context, lease, row.id, None, end).await
}
