//! Forgetting a patron: no longer followed, every value emptied, the data key destroyed, the audit kept.
//!
//! The row stays as an empty one, because logs of requests refer to it. The register's identifiers are given
//! free, so a later import of the same person starts anew, with a key and a tag of its own. First everything
//! is emptied in one transaction, then the key is destroyed; killed in between, housekeeping destroys it
//! ([`destroy_left_keys`]).

use uuid::Uuid;

use super::{BATCH_ROWS, Context, PatronsError};
use crate::audit;
use crate::identity_code::IdentityCode;
use crate::lease::Lease;
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, Db, StoreError, data_key, patron_upkeep};

/// A reason is a line, not a letter. In characters.
const LONGEST_REASON: usize = 300;

/// Forgets the patron with a card.
///
/// # Errors
/// [`PatronsError::UnknownCard`]; [`PatronsError::Reason`] for a reason that is empty, too long or holds an
/// identity code; when another process imports; when the database fails.
pub async fn forget(context: &Context, card: &str, reason: &str) -> Result<(), PatronsError> {
    let reason = checked(reason)?;
    let lease = context.lease().await?;
    let result = forget_under(context, &lease, card, reason).await;
    let released = lease.release().await;
    result?;
    Ok(released?)
}

async fn forget_under(
    context: &Context,
    lease: &Lease,
    card: &str,
    reason: &str,
) -> Result<(), PatronsError> {
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let row = store::patron::by_card_numbers(&mut tx, &[card.to_owned()])
        .await?
        .pop()
        .filter(|row| !row.sealed.is_empty())
        .ok_or(PatronsError::UnknownCard)?;
    let keyring = data_key::keyring(&context.db, &context.vault, &[row.id]).await?;
    let mut event = context.event("patron.forget").detail(reason);
    // Without a key there is no tag either; that the act happened is recorded all the same.
    if let Ok(key) = keyring.newest(row.id) {
        event = event.about(key.subject_tag);
    }
    let related = patron_upkeep::related(&mut tx, std::slice::from_ref(&row.patron_id), &codes(&row)).await?;
    store::follow_list::leave(&mut tx, row.id).await?;
    patron_upkeep::wipe(&mut tx, row.id, now).await?;
    store::finding::wipe(&mut tx, row.id).await?;
    store::decision::wipe_notes(&mut tx, row.id).await?;
    store::inbox::wipe(&mut tx, row.id, now).await?;
    store::claim::delete_of(&mut tx, row.id).await?;
    store::due::register_row_changed(&mut tx, &related).await?;
    store::person::update(&mut tx, &forgotten(row.id)).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.forget").await?;
    patron_upkeep::destroy_keys(&context.db, &[row.id]).await?;
    Ok(())
}

/// Destroys the keys of forgotten patrons that a kill has left. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub async fn destroy_left_keys(db: &Db) -> Result<u64, StoreError> {
    let limit = i64::try_from(BATCH_ROWS).unwrap_or(i64::MAX);
    let (mut destroyed, mut after) = (0, Uuid::nil());
    loop {
        let mut tx = db.read().await?;
        let page = patron_upkeep::forgotten(&mut tx, after, limit).await?;
        drop(tx);
        let Some(&last) = page.last() else { return Ok(destroyed) };
        after = last;
        destroyed += patron_upkeep::destroy_keys(db, &page).await?;
    }
}

fn codes(row: &PatronRow) -> Vec<Vec<u8>> {
    row.code_index.iter().cloned().collect()
}

/// The row of a person of whom nothing is known and nothing is due.
fn forgotten(patron: Uuid) -> PersonRow {
    PersonRow {
        unfollowed_because: Some("forgotten".to_owned()),
        enrol_due: false,
        compare_due: false,
        ..PersonRow::new(patron, "000")
    }
}

fn checked(reason: &str) -> Result<&str, PatronsError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(PatronsError::Reason("the reason is empty: say why the patron is forgotten"));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(PatronsError::Reason("the reason is longer than 300 characters: make it shorter"));
    }
    if IdentityCode::is_in(reason) {
        return Err(PatronsError::Reason("the reason holds an identity code: leave it out, the log is kept"));
    }
    Ok(reason)
}
