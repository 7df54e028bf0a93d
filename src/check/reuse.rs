//! An answer that is young enough is shown again instead of asking anew, and says so.

use super::ask::{INTERFACE, Question, words};
use super::{CheckError, CheckOutcome, Checked, answer, weigh};
use crate::audit;
use crate::identity_code::IdentityCode;
use crate::protected::Protection;
use crate::review;
use crate::store;
use crate::store::disclosure::DisclosureRow;
use crate::task::{Context, reconcile};

/// The answer to an earlier question about the same code for the same groups, if it is young enough and nothing
/// has been heard of the person since.
pub(super) async fn young_answer(
    context: &Context,
    question: &Question<'_>,
    code: &IdentityCode,
) -> Result<Option<Checked>, CheckError> {
    let patron = question.subject.row.id;
    let since = context.clock.now() - question.rules.reuse;
    let mut read = context.db.read().await?;
    let row = store::disclosure::last_answered_single(&mut read, patron, since).await?;
    drop(read);
    let Some(row) = row else { return Ok(None) };
    let outcome = row.result.as_deref().and_then(CheckOutcome::from_word);
    let (Some(outcome), Some(at)) = (outcome, row.finished_at) else { return Ok(None) };
    if at <= since || !still_answers(context, question, code, &row)? {
        return Ok(None);
    }
    let actor = question.actor();
    let keyring = &question.subject.keyring;
    let mut tx = question.asker.begin(context).await?;
    let standing = reconcile::compare_one(context, &mut tx, keyring, patron, &actor).await?;
    let queue = if question.asker.is_shown() {
        review::masked_items_of(&mut tx, keyring, patron).await?
    } else {
        Vec::new()
    };
    let told = answer::tells_protection(&mut tx).await?;
    let event = question.event(context, "check.reuse", Some(row.id)).detail(outcome.as_str());
    question.note_reuse(&mut tx, outcome, row.id).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("check.reuse").await?;
    let protection = match question.subject.protection()? {
        Protection::No if !told => Protection::Unknown,
        known => known,
    };
    let reason = format!(
        "{} This is the answer to an earlier question; VTJ is asked again when it is {} minutes old.",
        weigh::sentence(outcome),
        question.rules.reuse.num_minutes()
    );
    let checked = Checked {
        outcome,
        answered_at: Some(at),
        reused: true,
        request: Some(row.id),
        ..Checked::nothing(&question.subject.row.card_number, protection, reason)
    };
    Ok(Some(checked.showing(context, question, standing.as_ref(), queue)))
}

/// Whether an earlier answer is one to this question.
fn still_answers(
    context: &Context,
    question: &Question<'_>,
    code: &IdentityCode,
    row: &DisclosureRow,
) -> Result<bool, CheckError> {
    let subject = question.subject;
    let same = row.interface == INTERFACE
        && row.field_groups == words(question.grants)
        && row.municipality == question.municipality.code.as_str()
        && row.product.as_deref() == Some(question.rules.product.as_str());
    let now = context.clock.now();
    let news = subject.person.refresh_due_at.is_some_and(|due| due <= now && row.finished_at < Some(due));
    if !same || news {
        return Ok(false);
    }
    if subject.row.updated_at <= row.requested_at {
        return Ok(true);
    }
    // The row was touched since, by an applied correction for one: what counts is whom the answer is about.
    let known = subject.person.open(&subject.keyring)?;
    let record = known.record.filter(|_| subject.person.answer == "found").map(|record| record.record());
    Ok(record.transpose()?.is_some_and(|record| record.answers_for(code)))
}
