//! Writes the plan of a batch: rows, what is due because of them, findings and the audit log, in one
//! transaction.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::super::columns::stored;
use super::super::import::Import;
use super::Fresh;
use super::plan::{Changed, Plan};
use crate::audit::{self, Event};
use crate::finding::FindingState;
use crate::patron_file::Column;
use crate::store::data_key::Keyring;
use crate::store::finding::FindingRow;
use crate::store::{self, StoreError, Tx, patron_upkeep};

/// Writes everything, or nothing.
pub(super) async fn write(
    import: &Import<'_>,
    plan: Plan,
    keyring: &Keyring,
    fresh: &Fresh,
) -> Result<(), StoreError> {
    let mut tx = import.lease.begin().await?;
    rows(&mut tx, import, &plan).await?;
    due(&mut tx, &plan).await?;
    let mut events = Vec::new();
    for row in &plan.added {
        let tag = fresh.keyring.newest(row.id)?.subject_tag;
        events.push(import.context.event("patron.import.add").about(tag));
    }
    for changed in &plan.changed {
        let tag = keyring.newest(changed.row.id)?.subject_tag;
        events.push(import.context.event("patron.import.change").about(tag).detail(changed.what_moved()));
    }
    for cardless in &plan.cardless {
        let event = import.context.event("patron.import.change").about_known(keyring.tag(cardless.id));
        events.push(event.detail("card_number, which another patron has now"));
    }
    findings(&mut tx, import, &plan.changed, keyring, &mut events).await?;
    audit::record(&mut tx, &events).await?;
    tx.commit("import.batch").await
}

/// The rows of the register. Cards are given free before others take them.
async fn rows(tx: &mut Tx, import: &Import<'_>, plan: &Plan) -> Result<(), StoreError> {
    for &id in &plan.released {
        patron_upkeep::release_card(tx, id).await?;
    }
    for row in plan.cardless.iter().chain(plan.changed.iter().map(|changed| &changed.row)) {
        store::patron::update(tx, row).await?;
    }
    store::patron::insert(tx, &plan.added).await?;
    store::person::insert(tx, &plan.persons).await?;
    store::patron::mark_seen(tx, &plan.unchanged, import.id).await?;
    for (id, digest) in &plan.digests {
        patron_upkeep::set_digest(tx, *id, digest).await?;
    }
    patron_upkeep::mark_present(tx, &plan.in_bad_rows, import.bad_id).await
}

/// Makes the admissibility test and the comparison due for everyone whose row moved, whom they guarantee,
/// and who shares a code with them.
async fn due(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    let rows = plan.added.iter().chain(plan.changed.iter().map(|changed| &changed.row));
    let patron_ids: Vec<String> = rows.clone().map(|row| row.patron_id.clone()).collect();
    let before = plan.changed.iter().filter_map(|changed| changed.code_before.clone());
    let mut codes: Vec<Vec<u8>> = rows.filter_map(|row| row.code_index.clone()).chain(before).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut moved: Vec<Uuid> = plan.changed.iter().map(|changed| changed.row.id).collect();
    moved.extend(patron_upkeep::related(tx, &patron_ids, &codes).await?);
    moved.sort_unstable();
    moved.dedup();
    // For the new ones it is due already.
    let added: BTreeSet<Uuid> = plan.added.iter().map(|row| row.id).collect();
    moved.retain(|id| !added.contains(id));
    store::due::register_row_changed(tx, &moved).await
}

/// Confirms what the file shows to be written, and makes stale what was found before the row moved.
async fn findings(
    tx: &mut Tx,
    import: &Import<'_>,
    changed: &[Changed],
    keyring: &Keyring,
    events: &mut Vec<Event>,
) -> Result<(), StoreError> {
    let now = import.context.clock.now();
    let by_id: BTreeMap<Uuid, &Changed> = changed.iter().map(|one| (one.row.id, one)).collect();
    let ids: Vec<Uuid> = by_id.keys().copied().collect();
    let mut confirmed = Vec::new();
    let mut stale = BTreeSet::new();
    for finding in store::finding::open_of(tx, &ids).await? {
        let Some(one) = by_id.get(&finding.patron) else { continue };
        if finding.state()? == FindingState::Written && is_shown(&finding, one, keyring)? {
            confirmed.push(finding);
        } else if stale.insert(finding.patron) {
            store::finding::make_stale(tx, one.row.id, &one.what_moved(), now).await?;
        }
    }
    for mut finding in confirmed {
        FindingState::Confirmed.as_str().clone_into(&mut finding.state);
        finding.updated_at = now;
        finding.version += 1;
        store::finding::update(tx, &finding).await?;
        let tag = keyring.newest(finding.patron)?.subject_tag;
        let event = import.context.event("finding.confirm").about(tag);
        events.push(Event { finding: Some(finding.id), ..event });
    }
    Ok(())
}

/// Whether the register's file now holds every value that a finding proposed.
fn is_shown(finding: &FindingRow, changed: &Changed, keyring: &Keyring) -> Result<bool, StoreError> {
    let fields = match finding.open(keyring) {
        Ok(content) => content.fields,
        // Nobody can tell any more what was proposed: it is compared anew.
        Err(error) if error.is_of_one_row() => return Ok(false),
        Err(error) => return Err(error),
    };
    let holds = |field: &crate::finding::FieldChange| {
        Column::from_word(field.field.as_str())
            .is_some_and(|column| stored(&changed.row, &changed.sealed, column) == field.proposed)
    };
    Ok(!fields.is_empty() && fields.iter().all(holds))
}
