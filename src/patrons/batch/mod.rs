//! One batch of an import: what its rows mean for the register, and one transaction for all of it.

mod plan;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::import::Import;
use super::{PatronsError, digest};
use crate::patron_file::{BadRow, Row};
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::{self, StoreError};

use plan::Plan;

/// How often a batch is planned anew because a correction was written meanwhile.
const ATTEMPTS: u32 = 5;

/// What came of a batch.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    /// By line.
    pub(super) rejected: Vec<BadRow>,
}

/// The patrons of the register that a batch touches.
struct Found {
    /// By the register's identifier.
    patrons: BTreeMap<String, PatronRow>,
    /// By card, where a row gives it to a patron who does not have it.
    holders: BTreeMap<String, PatronRow>,
}

/// The new patrons of a batch, and the keys made for them.
struct Fresh {
    ids: BTreeMap<String, Uuid>,
    keyring: Keyring,
}

/// Imports the rows of a batch.
pub(super) async fn process(
    import: &Import<'_>,
    rows: Vec<Result<Row, BadRow>>,
) -> Result<Outcome, PatronsError> {
    let in_bad_rows: Vec<String> =
        rows.iter().filter(|row| row.is_err()).filter_map(|row| import.patron_id(row)).collect();
    let mut good = Vec::with_capacity(rows.len());
    let mut rejected = Vec::new();
    for row in rows {
        match row {
            Ok(row) => good.push(row),
            Err(bad) => rejected.push(bad),
        }
    }
    let found = look_up(import, &good).await?;
    let mut repeated = Vec::new();
    let good = plan::admit(import, &found, good, &mut repeated);
    let fresh = make_keys(import, &found, &good).await?;
    let in_bad_rows = in_bad_rows.into_iter().chain(repeated.iter().map(|(id, _)| id.clone())).collect();
    let (mut outcome, unopened) = commit(import, found, &good, &fresh, in_bad_rows).await?;
    rejected.extend(repeated.into_iter().map(|(_, bad)| bad));
    rejected.extend(good.into_iter().filter(|row| unopened.contains(&row.patron_id)).map(reject_unopened));
    rejected.sort_by_key(|bad| bad.line);
    outcome.rejected = rejected;
    Ok(outcome)
}

fn reject_unopened(row: Row) -> BadRow {
    row.reject(
        "patron_id: what the register holds of this patron does not open; restore the data keys from their newest copy, then import again",
    )
}

/// Commits the rows. Returns also the register's identifiers of the patrons whose stored rows do not open.
async fn commit(
    import: &Import<'_>,
    mut found: Found,
    good: &[Row],
    fresh: &Fresh,
    in_bad_rows: Vec<String>,
) -> Result<(Outcome, BTreeSet<String>), PatronsError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let keyring = open_keys(import, &found, good).await?;
        let plan = Plan::make(import, &found, good, fresh, &keyring, &in_bad_rows)?;
        // Another look tells a row that is damaged from one that was sealed with a new key meanwhile.
        let again = attempt < ATTEMPTS && !plan.unopened.is_empty();
        let unopened = plan.unopened.clone();
        let outcome = Outcome {
            added: plan.added.len() as u64,
            changed: plan.changed.len() as u64,
            unchanged: plan.unchanged.len() as u64,
            rejected: Vec::new(),
        };
        if !again {
            match write::write(import, plan, &keyring, fresh).await {
                // A row was corrected meanwhile, or sealed with a new key because protection began.
                Err(StoreError::Conflict(_) | StoreError::Taken | StoreError::Seal(_))
                    if attempt < ATTEMPTS => {}
                result => return Ok(result.map(|()| (outcome, unopened))?),
            }
        }
        found = look_up(import, good).await?;
    }
}

async fn look_up(import: &Import<'_>, rows: &[Row]) -> Result<Found, StoreError> {
    let patron_ids: Vec<String> = rows.iter().map(|row| row.patron_id.clone()).collect();
    let mut tx = import.context.db.read().await?;
    let patrons = store::patron::by_patron_ids(&mut tx, &patron_ids).await?;
    let patrons: BTreeMap<String, PatronRow> =
        patrons.into_iter().map(|row| (row.patron_id.clone(), row)).collect();
    // Whoever has the card already is nobody else.
    let has_it =
        |row: &Row| patrons.get(&row.patron_id).is_some_and(|known| known.card_number == row.card_number);
    let cards: Vec<String> =
        rows.iter().filter(|row| !has_it(row)).map(|row| row.card_number.clone()).collect();
    let holders = store::patron::by_card_numbers(&mut tx, &cards).await?;
    let holders = holders.into_iter().map(|row| (row.card_number.clone(), row)).collect();
    Ok(Found { patrons, holders })
}

/// The keys of everyone whom the batch may change.
async fn open_keys(import: &Import<'_>, found: &Found, rows: &[Row]) -> Result<Keyring, StoreError> {
    let moved = |row: &Row| {
        let known = found.patrons.get(&row.patron_id)?;
        (!import.is_unchanged(row, known)).then_some(known.id)
    };
    let holders = found.holders.values().map(|row| row.id);
    let mut ids: Vec<Uuid> = rows.iter().filter_map(moved).chain(holders).collect();
    ids.sort_unstable();
    ids.dedup();
    data_key::keyring(&import.context.db, &import.context.vault, &ids).await
}

/// Makes data keys for the patrons that are not known yet. A key without a patron, left by a kill right
/// behind this, opens nothing.
async fn make_keys(import: &Import<'_>, found: &Found, good: &[Row]) -> Result<Fresh, StoreError> {
    let context = import.context;
    let now = context.clock.now();
    let ids: BTreeMap<String, Uuid> = good
        .iter()
        .filter(|row| !found.patrons.contains_key(&row.patron_id))
        .map(|row| (row.patron_id.clone(), store::new_id(now)))
        .collect();
    let made: Vec<Uuid> = ids.values().copied().collect();
    let keyring = data_key::create(&context.db, &context.vault, &made, now).await?;
    Ok(Fresh { ids, keyring })
}

impl Import<'_> {
    /// Whether a row says what the last import brought, of a patron who is not missing.
    fn is_unchanged(&self, row: &Row, known: &PatronRow) -> bool {
        known.in_register && digest::is_last_row(&self.context.vault, row, &self.present, &known.row_digest)
    }

    fn patron_id(&self, row: &Result<Row, BadRow>) -> Option<String> {
        super::import::patron_id(row, &self.columns)
    }
}
