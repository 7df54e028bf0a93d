//! What an approved finding changes in our own records, beside the register.

use crate::finding::{Field, FindingKind};
use crate::identity_code::IdentityCode;
use crate::protected::Protection;
use crate::review::case::Case;
use crate::store::person::{PersonRow, SealedPerson, StoredGuardian};
use crate::store::{self, StoreError, Tx};
use crate::task::{Context, TaskError};

/// Carries out the effect of a finding in the transaction of its outcome.
pub(super) async fn carry_out(context: &Context, tx: &mut Tx, case: &Case<'_>) -> Result<(), TaskError> {
    let kind = case.finding.kind()?;
    if !touches_person(kind) {
        return Ok(());
    }
    let patron = case.patron.id;
    // What is replaced is read under a lock: a refresh may be at work on the same person.
    store::person::lock(tx, patron).await?;
    let mut rows = store::person::by_patrons(tx, &[patron]).await?;
    let mut person = rows.pop().ok_or(StoreError::inconsistent("person", "patron"))?;
    let mut known = person.open(case.keyring)?;
    change(context, case, kind, &mut person, &mut known)?;
    if person.sealed.is_some() {
        person.reseal(case.keyring.newest(patron)?, &known)?;
    }
    person.compare_due = true;
    store::person::update(tx, &person).await?;
    let now = context.clock.now();
    match kind {
        FindingKind::Death => {
            store::estate::open(tx, store::new_id(now), patron, case.finding.id, now).await?;
            compare_those_guaranteed(tx, case).await?;
        }
        FindingKind::DeathWithdrawn => compare_those_guaranteed(tx, case).await?,
        FindingKind::ProtectionEnded => store::due::mark_for_refresh(tx, &[patron], now).await?,
        _ => {}
    }
    Ok(())
}

fn touches_person(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::Death
            | FindingKind::DeathWithdrawn
            | FindingKind::ProtectionEnded
            | FindingKind::IdentityCodeChanged
            | FindingKind::GuardianChanged
    )
}

fn change(
    context: &Context,
    case: &Case<'_>,
    kind: FindingKind,
    person: &mut PersonRow,
    known: &mut SealedPerson,
) -> Result<(), TaskError> {
    match kind {
        FindingKind::Death => {
            person.held_as_dead = true;
            person.frozen = true;
        }
        FindingKind::DeathWithdrawn => {
            person.held_as_dead = false;
            person.frozen = false;
            known.death_signal = None;
        }
        FindingKind::ProtectionEnded => {
            Protection::No.as_str().clone_into(&mut person.protection);
        }
        FindingKind::IdentityCodeChanged => take_new_code(context, case, person, known)?,
        FindingKind::GuardianChanged => {
            if let Some(record) = &known.record {
                let guardians = record.record()?.guardians;
                known.known_guardians =
                    guardians.map(|guardians| guardians.iter().map(StoredGuardian::from).collect());
            }
        }
        _ => {}
    }
    Ok(())
}

/// VTJ is asked about the new code from now on, if it is not already.
fn take_new_code(
    context: &Context,
    case: &Case<'_>,
    person: &mut PersonRow,
    known: &mut SealedPerson,
) -> Result<(), TaskError> {
    let fields = case.content()?.fields;
    let Some(change) = fields.iter().find(|change| change.field == Field::IdentityCode) else {
        return Ok(());
    };
    let code =
        IdentityCode::parse(&change.proposed).map_err(|_| StoreError::inconsistent("finding", "sealed"))?;
    person.code_change_signalled = false;
    let index = context.vault.code_index(&code);
    if person.code_index.as_ref() != Some(&index) {
        person.code_index = Some(index);
        known.code = Some(code.expose().to_owned());
    }
    Ok(())
}

/// Those for whom the patron answers are compared again: their guarantor has died, or has not.
async fn compare_those_guaranteed(tx: &mut Tx, case: &Case<'_>) -> Result<(), TaskError> {
    let guaranteed = store::patron::guaranteed_by(tx, &case.patron.patron_id).await?;
    Ok(store::due::make_compare_due(tx, &guaranteed).await?)
}
