//! Taking back what has been written: a new decision by a named person, carried out like any other.

use chrono::{DateTime, Duration, TimeDelta, Utc};
use uuid::Uuid;

use super::case::Case;
use super::decide::Decided;
use super::error::ReviewError;
use super::{actor, keyring_of, refused};
use crate::audit;
use crate::finding::{FieldChange, FindingState};
use crate::register::Standing;
use crate::staff::ProvedAccount;
use crate::store::decision::DecisionRow;
use crate::store::finding::{FindingRow, SealedFinding, seal};
use crate::store::{self, StoreError, Tx};
use crate::task::Context;

/// The word in the place of a rule, for an earlier value that a person wants back.
pub const RESTORED: &str = "restored";
/// For so long after it was written, a correction can be reverted.
pub const REVERTIBLE: TimeDelta = TimeDelta::days(90);

/// Wants the value back that the register held before a correction, if it still holds what was written. The new item is
/// approved, and written once its window has passed.
///
/// # Errors
/// When the item was not written, too long ago, or the register has moved since.
pub async fn revert(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
    window: Duration,
) -> Result<Decided, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let mut read = context.db.read().await?;
    let case = Case::load(&mut read, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    let allowed = case.may_decide(&mut read, account).await;
    let until = until(&mut read, &case).await?;
    drop(read);
    if let Err(error) = allowed {
        return Err(refused(context, &actor(account), &case, error).await);
    }
    if until.is_none_or(|until| until <= context.clock.now()) {
        return Err(ReviewError::NotRevertible);
    }
    let written = case.content()?.written().to_vec();
    let fields: Vec<_> = written.iter().map(|change| change.field).collect();
    let held = context.register.read(&case.patron.patron_id, &fields).await;
    let held = held.map_err(|_| ReviewError::RegisterSilent)?;
    if Standing::of(&held, &written) != Standing::Taken {
        let other = written.iter().filter(|change| !holds(&held, change)).map(|change| change.field.as_str());
        return Err(ReviewError::RegisterMoved(other.collect::<Vec<_>>().join(" ")));
    }

    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    let (finding, decision) = restoring(context, account, &case, &written, window)?;
    match store::finding::insert(&mut tx, std::slice::from_ref(&finding)).await {
        Err(StoreError::Taken) => return Err(ReviewError::NewerItem),
        inserted => inserted?,
    }
    store::decision::insert(&mut tx, &decision).await?;
    let event = case
        .event(context, actor(account), &account.os_user, "finding.revert")
        .detail(format!("{} -> {}", case.finding.state, finding.state));
    let event = audit::Event { finding: Some(finding.id), decision: Some(decision.id), ..event };
    audit::record(&mut tx, &[event]).await?;
    tx.commit("review.revert").await?;
    Ok(Decided {
        id: finding.id,
        state: FindingState::Decided,
        effective_at: finding.effective_at,
        snoozed_until: None,
    })
}

fn holds(held: &crate::register::Values, change: &FieldChange) -> bool {
    held.iter().flatten().any(|(field, value)| *field == change.field && *value == change.proposed)
}

/// Until when an item can be reverted; `None` when nothing was written that can be.
pub(super) async fn until(tx: &mut Tx, case: &Case<'_>) -> Result<Option<DateTime<Utc>>, ReviewError> {
    let row = &case.finding;
    if row.state()? != FindingState::Confirmed
        || !row.kind()?.may_be_reverted()
        || case.content()?.written().is_empty()
    {
        return Ok(None);
    }
    let written = store::apply_attempt::written_at(tx, row.id).await?;
    Ok(written.map(|at| at + REVERTIBLE))
}

/// The item that restores, and its decision.
fn restoring(
    context: &Context,
    account: &ProvedAccount,
    case: &Case<'_>,
    written: &[FieldChange],
    window: Duration,
) -> Result<(FindingRow, DecisionRow), ReviewError> {
    let now = context.clock.now();
    let (id, decision) = (store::new_id(now), store::new_id(now));
    let back = |change: &FieldChange| FieldChange {
        field: change.field,
        current: change.proposed.clone(),
        proposed: change.current.clone(),
    };
    let sealed = SealedFinding {
        fields: written.iter().map(back).collect(),
        reverts: Some(case.finding.id),
        ..SealedFinding::default()
    };
    let key = case.keyring.newest(case.patron.id)?;
    let finding = FindingRow {
        id,
        state: FindingState::Decided.as_str().to_owned(),
        rule: RESTORED.to_owned(),
        reason: "A person wants the value back that the register held before a correction.".to_owned(),
        moved: None,
        single_review: true,
        patron_version: case.patron.version,
        request: None,
        key_version: key.version,
        sealed: Some(seal(key, id, &sealed)?),
        opened_at: now,
        updated_at: now,
        snoozed_until: None,
        effective_at: Some(now + window),
        decision: Some(decision),
        version: 1,
        ..case.finding.clone()
    };
    let decision = DecisionRow {
        id: decision,
        finding: id,
        verdict: "revert".to_owned(),
        account: account.id,
        os_user: account.os_user.clone(),
        reason: None,
        key_version: key.version,
        sealed_note: None,
        evidence_digest: finding.evidence_digest.clone(),
        patron_version: finding.patron_version,
        state_before: FindingState::Confirmed.as_str().to_owned(),
        decided_at: now,
        edited: false,
        snoozed_before: None,
        visit_before: false,
    };
    Ok((finding, decision))
}
