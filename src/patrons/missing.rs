//! Patrons who are not in the file any more: kept, marked, and no longer asked about.

use uuid::Uuid;

use super::import::Import;
use super::{BATCH_ROWS, PatronsError};
use crate::audit;
use crate::store::{self, data_key};

/// Marks everyone whom the import has not seen. Returns how many.
pub(super) async fn mark(import: &Import<'_>) -> Result<u64, PatronsError> {
    let context = import.context;
    let limit = i64::try_from(BATCH_ROWS).unwrap_or(i64::MAX);
    let mut missing = 0;
    loop {
        let mut tx = context.db.read().await?;
        let ids = store::patron_upkeep::unseen(&mut tx, import.id, import.bad_id, limit).await?;
        drop(tx);
        if ids.is_empty() {
            return Ok(missing);
        }
        mark_some(import, &ids).await?;
        missing += ids.len() as u64;
    }
}

async fn mark_some(import: &Import<'_>, ids: &[Uuid]) -> Result<(), PatronsError> {
    let context = import.context;
    let now = context.clock.now();
    let keyring = data_key::keyring(&context.db, &context.vault, ids).await?;
    let mut tx = import.lease.begin().await?;
    store::patron::mark_missing(&mut tx, ids, now).await?;
    let rows = store::patron::by_ids(&mut tx, ids).await?;
    let patron_ids: Vec<String> = rows.into_iter().map(|row| row.patron_id).collect();
    let related = store::patron_upkeep::related(&mut tx, &patron_ids, &[]).await?;
    store::due::register_row_changed(&mut tx, ids).await?;
    store::due::register_row_changed(&mut tx, &related).await?;
    let mut events = Vec::with_capacity(ids.len());
    for &id in ids {
        store::finding::make_stale(&mut tx, id, "in_register", now).await?;
        events.push(context.event("patron.import.missing").about_known(keyring.tag(id)));
    }
    audit::record(&mut tx, &events).await?;
    tx.commit("import.missing").await?;
    Ok(())
}
