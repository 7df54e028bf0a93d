//! The comparison made once more for one patron, so that nobody decides and nothing is written on what has
//! moved meanwhile.

use std::collections::BTreeSet;

use super::case::Case;
use super::known;
use crate::finding::{Field, FieldChange, Finding, Review};
use crate::reconcile::{Subject, reconcile};
use crate::store::finding::{FindingRow, SealedFinding};
use crate::store::{Result, Tx};
use crate::task::Context;

/// What a finding looks like today.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// As it was found.
    Same,
    /// Still a difference, and another one: what moved, and how it is now.
    Moved(String, Box<Finding>),
    /// The cause is gone.
    Gone,
}

/// Compares a patron with what is known from VTJ once more.
///
/// # Errors
/// When something cannot be read.
pub(crate) async fn recompute(context: &Context, tx: &mut Tx, case: &Case<'_>) -> Result<Verdict> {
    let Some(municipality) = context.settings.municipalities.get(&case.patron.municipality) else {
        return Ok(Verdict::Gone);
    };
    let loaded = known::load(context, tx, case).await?;
    let subject = Subject {
        patron: &loaded.patron,
        answer: &loaded.answer,
        known: &loaded.known,
        municipality,
        today: context.clock.today(),
    };
    let kind = case.finding.kind()?;
    let Some(fresh) = reconcile(&subject).findings.into_iter().find(|finding| finding.kind == kind) else {
        return Ok(Verdict::Gone);
    };
    let moved = moved(context, case, &fresh)?;
    Ok(if moved.is_empty() { Verdict::Same } else { Verdict::Moved(moved, Box::new(fresh)) })
}

/// What differs between a finding as it is stored and as it is now: names of columns, and never a value.
fn moved(context: &Context, case: &Case<'_>, fresh: &Finding) -> Result<String> {
    let held = case.content()?;
    let mut words: Vec<&str> = columns(&held.fields, &fresh.fields).into_iter().map(Field::as_str).collect();
    if held.death_date != fresh.death_date {
        words.push("death_date");
    }
    if words.is_empty() && case.finding.evidence_digest != known::evidence_digest(context, fresh) {
        words.push("vtj");
    }
    if words.is_empty() && case.finding.rule != fresh.rule.code() {
        words.push("rule");
    }
    Ok(words.join(","))
}

/// The columns of which either value is another one.
fn columns(held: &[FieldChange], fresh: &[FieldChange]) -> BTreeSet<Field> {
    let missing = |some: &[FieldChange], others: &[FieldChange]| {
        some.iter().filter(|change| !others.contains(change)).map(|change| change.field).collect::<Vec<_>>()
    };
    missing(held, fresh).into_iter().chain(missing(fresh, held)).collect()
}

/// The stored finding brought to how it is now, its review moved on.
///
/// # Errors
/// When it cannot be sealed.
pub(crate) fn refreshed(
    context: &Context,
    case: &Case<'_>,
    fresh: &Finding,
    review: Review,
) -> Result<FindingRow> {
    let mut row = case.finding.clone().with_review(review);
    fresh.rule.code().clone_into(&mut row.rule);
    row.reason = fresh.reason();
    row.single_review = fresh.single_review;
    row.confirmable = known::is_confirmable(fresh);
    row.evidence_digest = known::evidence_digest(context, fresh);
    row.patron_version = case.patron.version;
    row.record_version = case.person.record_version;
    row.request = case.person.request;
    let content = SealedFinding { fields: fresh.fields.clone(), death_date: fresh.death_date };
    row.reseal(case.keyring.newest(case.patron.id)?, &content)?;
    Ok(row)
}
