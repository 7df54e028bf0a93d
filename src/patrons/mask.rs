//! What of a patron may be shown: one place for export, list and show.
//!
//! A person under an order of non-disclosure, or under the library's own mark, has no address, no way to be
//! reached, no municipality, no home library, no notes and no guarantee here. A guarantee that ties a
//! patron to such a person is not shown on the other side either. Doubt masks: a patron of whom nothing is
//! known whether they are protected because a row is lacking counts as protected. The identity code is never
//! shown.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Context;
use super::columns::stored;
use crate::patron_file::Column;
use crate::protected::{Clearance, Protection};
use crate::seal::SealError;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::{PatronRow, SealedColumns};
use crate::store::person::PersonRow;
use crate::store::{self, StoreError, Tx};

/// A patron with what decides of what may be shown.
pub struct Shown {
    /// The row.
    pub row: PatronRow,
    /// What is known from VTJ.
    pub person: Option<PersonRow>,
    /// The tag by which the audit log speaks of the patron.
    pub subject_tag: [u8; 16],
    sealed: SealedColumns,
    masked: bool,
    guarantee_masked: bool,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({})", self.row.id)
    }
}

impl Shown {
    /// The protection in force: VTJ's word, or the library's own mark.
    pub fn protection(&self) -> Protection {
        let own = if self.row.protected_mark { Protection::Yes } else { Protection::No };
        let said = self.person.as_ref().and_then(|person| person.protection().ok()).unwrap_or_default();
        own.or(said)
    }

    /// Whether the patron is masked.
    pub fn is_masked(&self) -> bool {
        self.masked
    }

    /// The text of a column; `None` when it is masked.
    pub fn cell(&self, column: Column) -> Option<Cow<'_, str>> {
        let guarantee = matches!(column, Column::GuarantorPatronId | Column::GuarantorName);
        let hidden = column == Column::IdentityCode
            || self.masked && (column.is_contact() || column == Column::Notes)
            || self.guarantee_masked && guarantee;
        (!hidden).then(|| stored(&self.row, &self.sealed, column))
    }

    /// The text of a column for a person who is cleared; `None` for the identity code.
    pub fn cleared_cell(&self, column: Column, _clearance: &Clearance) -> Option<Cow<'_, str>> {
        (column != Column::IdentityCode).then(|| stored(&self.row, &self.sealed, column))
    }
}

/// How often rows are read again whose key is replaced meanwhile, because protection begins.
const ATTEMPTS: u32 = 5;

/// Opens rows for showing. Forgotten patrons are left out, also those whose row came back with an old
/// backup: without its key a row says nothing. A damaged row is left out with a warning.
///
/// # Errors
/// When the rows cannot be read.
pub async fn open(context: &Context, rows: Vec<PatronRow>) -> Result<Vec<Shown>, StoreError> {
    let mut shown = Vec::with_capacity(rows.len());
    for (id, opened) in open_each(context, rows).await? {
        match opened {
            Err(error) if error.is_of_one_row() => {
                tracing::warn!(patron.id = %id, %error, "a patron's row does not open and is left out");
            }
            opened => shown.push(opened?),
        }
    }
    Ok(shown)
}

/// Opens the row of one patron for showing; `None` when there is none or the patron has been forgotten.
///
/// # Errors
/// When the row cannot be read or opened.
pub async fn open_one(context: &Context, rows: Vec<PatronRow>) -> Result<Option<Shown>, StoreError> {
    open_each(context, rows).await?.pop().map(|(_, opened)| opened).transpose()
}

async fn open_each(
    context: &Context,
    mut rows: Vec<PatronRow>,
) -> Result<Vec<(Uuid, Result<Shown, StoreError>)>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut keyring = Keyring::default();
    for _ in 0..ATTEMPTS {
        keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let opens = |row: &PatronRow| row.sealed.is_empty() || !is_forgotten(row, &keyring);
        if rows.iter().all(opens) {
            break;
        }
        rows = store::patron::by_ids(&mut context.db.read().await?, &ids).await?;
    }
    let mut tx = context.db.read().await?;
    let mut persons = persons(&mut tx, &ids).await?;
    let hidden_guarantors = hidden_guarantors(&mut tx, &rows).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        if is_forgotten(&row, &keyring) {
            continue;
        }
        let person = persons.remove(&row.id);
        let masked = is_protected(&row, person.as_ref());
        let guarantee_masked =
            row.guarantor_patron_id.as_ref().is_some_and(|guarantor| hidden_guarantors.contains(guarantor));
        let id = row.id;
        let opened =
            keyring.get(id, row.key_version).and_then(|key| Ok((key.subject_tag, row.open(&keyring)?)));
        shown.push((
            id,
            opened.map(|(subject_tag, sealed)| Shown {
                row,
                person,
                subject_tag,
                sealed,
                masked,
                guarantee_masked,
            }),
        ));
    }
    Ok(shown)
}

/// Which of some patrons are protected, so that not even their municipality may be told; their rows need not open.
///
/// # Errors
/// When the rows cannot be read.
pub async fn protected_among(tx: &mut Tx, rows: &[PatronRow]) -> Result<BTreeSet<Uuid>, StoreError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let persons = persons(tx, &ids).await?;
    let protected = rows.iter().filter(|row| is_protected(row, persons.get(&row.id)));
    Ok(protected.map(|row| row.id).collect())
}

/// Whether the key is gone. A key that is there and does not open is no proof of that.
fn is_forgotten(row: &PatronRow, keyring: &Keyring) -> bool {
    let gone = |error| matches!(error, StoreError::Seal(SealError::DoesNotOpen { .. }));
    row.sealed.is_empty() || keyring.get(row.id, row.key_version).is_err_and(gone)
}

fn is_protected(row: &PatronRow, person: Option<&PersonRow>) -> bool {
    row.protected_mark
        || person
            .is_none_or(|person| !matches!(person.protection(), Ok(Protection::No | Protection::Unknown)))
}

async fn persons(tx: &mut Tx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, PersonRow>, StoreError> {
    let persons = store::person::by_patrons(tx, ids).await?;
    Ok(persons.into_iter().map(|person| (person.patron, person)).collect())
}

/// Which of the patrons who guarantee these ones are protected.
async fn hidden_guarantors(tx: &mut Tx, rows: &[PatronRow]) -> Result<BTreeSet<String>, StoreError> {
    let named: BTreeSet<String> = rows.iter().filter_map(|row| row.guarantor_patron_id.clone()).collect();
    let named: Vec<String> = named.into_iter().collect();
    let guarantors = store::patron::by_patron_ids(tx, &named).await?;
    let ids: Vec<Uuid> = guarantors.iter().map(|row| row.id).collect();
    let persons = persons(tx, &ids).await?;
    Ok(guarantors
        .into_iter()
        .filter(|row| is_protected(row, persons.get(&row.id)))
        .map(|row| row.patron_id)
        .collect())
}
