//! What happens the moment protection starts: everything of VTJ's that leads to a door is wiped, and the
//! person's data key is replaced, so that no copy of the old ciphertext opens any more.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Context, TaskError};
use crate::audit::{Actor, Event};
use crate::protected::Protection;
use crate::store::data_key::{self, Keyring};
use crate::store::person::{PersonRow, SealedPerson};
use crate::store::{self, Tx};

/// Makes a new data key for each person whose protection is about to start. The key is durable before
/// anything is sealed with it.
pub(super) async fn new_keys(
    context: &Context,
    keyring: &mut Keyring,
    patrons: &[Uuid],
) -> Result<(), TaskError> {
    Ok(data_key::replace(&context.db, &context.vault, keyring, patrons, context.clock.now()).await?)
}

/// Starts protection in the transaction of whatever said so. The person's row is changed but not stored.
pub(super) async fn start(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    person: &mut PersonRow,
    known: &mut SealedPerson,
    actor: &Actor,
) -> Result<Event, TaskError> {
    let now = context.clock.now();
    let key = keyring.newest(person.patron)?;
    Protection::Yes.as_str().clone_into(&mut person.protection);
    person.protection_period += 1;
    person.compare_due = true;
    known.record = known.record.as_ref().map(store::person::StoredRecord::without_contact);
    known.unreadable = None;
    person.reseal(key, known)?;
    for row in store::patron::by_ids(tx, &[person.patron]).await? {
        let columns = row.open(keyring)?;
        store::patron::reseal(tx, &row, key.version, &store::patron::seal(key, &columns)?).await?;
    }
    store::inbox::wipe(tx, person.patron, now).await?;
    store::claim::delete_of(tx, person.patron).await?;
    close_open_findings(tx, person, now).await?;
    store::finding::wipe(tx, person.patron).await?;
    store::decision::wipe_notes(tx, person.patron).await?;
    // Why somebody was asked about stays for whoever has to answer for it.
    store::disclosure::reseal_reasons(tx, keyring, person.patron).await?;
    store::disclosure_by_hand::reseal(tx, keyring, person.patron).await?;
    Ok(context.event_of(actor, "protection.start").about(key.subject_tag))
}

/// What was proposed was sealed with the old key and may show a door. Comparison makes anew what may be.
async fn close_open_findings(tx: &mut Tx, person: &PersonRow, now: DateTime<Utc>) -> Result<(), TaskError> {
    for mut finding in store::finding::open_of(tx, &[person.patron]).await? {
        if matches!(finding.state.as_str(), "applying" | "written" | "outcome_unknown") {
            continue;
        }
        "closed".clone_into(&mut finding.state);
        finding.effective_at = None;
        finding.snoozed_until = None;
        finding.sealed = None;
        finding.held_back = false;
        finding.updated_at = now;
        finding.version += 1;
        store::finding::update(tx, &finding).await?;
    }
    Ok(())
}

/// Destroys the keys that seal nothing that is left, after the transaction that replaced them. What still
/// needs a key is asked of the rows themselves: another process may have been at them.
pub(super) async fn destroy_old_keys(context: &Context, patrons: &[Uuid]) -> Result<(), TaskError> {
    if patrons.is_empty() {
        return Ok(());
    }
    let mut read = context.db.read().await?;
    let needed = store::key_upkeep::oldest_needed(&mut read, patrons).await?;
    drop(read);
    let spent: Vec<(Uuid, i64)> = needed.into_iter().map(|(patron, oldest)| (patron, oldest - 1)).collect();
    data_key::destroy_up_to(&context.db, &spent).await?;
    Ok(())
}
