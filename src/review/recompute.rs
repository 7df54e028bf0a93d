//! The comparison made once more for one patron, so that nobody decides and nothing is written on what has
//! moved meanwhile.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::case::Case;
use crate::finding::{Field, FieldChange, Finding, FindingKind, Review};
use crate::provenance::Source;
use crate::seal::SealError;
use crate::store::finding::{FindingRow, SealedFinding};
use crate::store::{Result, StoreError, Tx};
use crate::task::Context;
use crate::task::known::{self, Standing};
use crate::task::reconcile::{content, evidence_digest, request_of};

/// What a finding looks like today.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// As it was found.
    Same,
    /// Still a difference, and another one.
    Moved(Box<Moved>),
    /// The cause is gone.
    Gone,
}

/// What moved, and how the difference is now.
#[derive(Debug)]
pub(crate) struct Moved {
    /// The columns that moved, `vtj` for another word of VTJ, `source` for another source or
    /// another word of it, `rule` for another rule.
    pub(crate) words: String,
    fresh: Finding,
    standing: Standing,
}

/// Compares a patron with what is known from VTJ once more.
///
/// # Errors
/// When something cannot be read.
pub(crate) async fn recompute(context: &Context, tx: &mut Tx, case: &Case<'_>) -> Result<Verdict> {
    let (standings, unopened) = known::load(context, tx, case.keyring, &[case.patron.id]).await?;
    let Some(standing) = standings.into_iter().next() else { return without_rows(case, &unopened) };
    let held = case.content()?;
    if held.reverts.is_some() {
        return of_register(case, &held);
    }
    let kind = case.finding.kind()?;
    let findings = standing.compare(context).findings;
    let Some(fresh) = findings.into_iter().find(|finding| finding.kind == kind) else {
        return Ok(Verdict::Gone);
    };
    let words = moved(context, case, &standing, &fresh)?;
    Ok(if words.is_empty() {
        Verdict::Same
    } else {
        Verdict::Moved(Box::new(Moved { words, fresh, standing }))
    })
}

/// The verdict about a patron whose rows do not open: the forgotten, who have no key any more, have nothing
/// left to find. A row that is damaged is no proof that the cause is gone.
fn without_rows(case: &Case<'_>, unopened: &[Uuid]) -> Result<Verdict> {
    match case.keyring.newest(case.patron.id) {
        Err(StoreError::Seal(SealError::DoesNotOpen { .. })) => Ok(Verdict::Gone),
        Err(error) => Err(error),
        Ok(_) if unopened.is_empty() => Ok(Verdict::Gone),
        Ok(_) => Err(SealError::DoesNotOpen { table: "patron", column: "sealed" }.into()),
    }
}

/// The verdict about an earlier value to be restored: VTJ has no say in it, the register does.
fn of_register(case: &Case<'_>, held: &SealedFinding) -> Result<Verdict> {
    let columns = case.patron.open(case.keyring)?;
    let is_held = |change: &FieldChange| case.patron.text(&columns, change.field) == change.current;
    Ok(if held.fields.iter().all(is_held) { Verdict::Same } else { Verdict::Gone })
}

/// What differs between a finding as it is stored and as it is now: names of columns, and never a value.
fn moved(context: &Context, case: &Case<'_>, standing: &Standing, fresh: &Finding) -> Result<String> {
    let held = case.content()?;
    let mut words: Vec<&str> = columns(&held.fields, &fresh.fields).into_iter().map(Field::as_str).collect();
    if held.death_date != fresh.death_date {
        words.push("death_date");
    }
    if words.is_empty() && case.finding.evidence_digest != evidence_digest(context, standing, fresh) {
        let of_vtj = fresh.source == Source::Vtj && case.finding.source()? == Source::Vtj;
        words.push(if of_vtj { "vtj" } else { "source" });
    }
    if words.is_empty() && case.finding.rule != fresh.rule.code() {
        words.push("rule");
    }
    Ok(words.join(" "))
}

/// The columns of which either value is another one.
fn columns(held: &[FieldChange], fresh: &[FieldChange]) -> BTreeSet<Field> {
    let missing = |some: &[FieldChange], others: &[FieldChange]| {
        some.iter().filter(|change| !others.contains(change)).map(|change| change.field).collect::<Vec<_>>()
    };
    missing(held, fresh).into_iter().chain(missing(fresh, held)).collect()
}

impl Moved {
    /// The stored finding brought to how it is now, its review moved on.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub(crate) fn refreshed(&self, context: &Context, case: &Case<'_>, review: Review) -> Result<FindingRow> {
        let fresh = &self.fresh;
        let mut row = case.finding.clone().with_review(review);
        fresh.rule.code().clone_into(&mut row.rule);
        row.reason = fresh.reason();
        row.single_review = fresh.single_review;
        row.confirmable = fresh.kind != FindingKind::Death || fresh.can_confirm_death();
        row.evidence_digest = evidence_digest(context, &self.standing, fresh);
        row.patron_version = self.standing.row.version;
        row.record_version = self.standing.person.record_version;
        row.request = request_of(&self.standing, fresh);
        row.source = fresh.source.word();
        let sealed = content(fresh);
        row.reseal(case.keyring.newest(case.patron.id)?, &sealed)?;
        row.classify(&sealed)?;
        Ok(row)
    }
}
