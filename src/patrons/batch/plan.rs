//! What the rows of a batch mean: who is new, who changed and how, whose card goes to another.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::super::columns::{copy, in_file, names, stored};
use super::super::digest;
use super::super::import::Import;
use super::{Found, Fresh};
use crate::patron_file::{BadRow, Column, Row};
use crate::store::data_key::Keyring;
use crate::store::patron::{PatronRow, SealedColumns, seal};
use crate::store::person::PersonRow;
use crate::store::{StoreError, patron_upkeep};

/// A patron whose row changes.
pub(super) struct Changed {
    pub(super) row: PatronRow,
    pub(super) sealed: SealedColumns,
    /// The columns whose values change. None: the patron was missing and is back.
    pub(super) moved: Vec<Column>,
    /// The keyed hash of the code before.
    pub(super) code_before: Option<Vec<u8>>,
}

impl Changed {
    /// The names of the columns that moved.
    pub(super) fn what_moved(&self) -> String {
        if self.moved.is_empty() { "in_register".to_owned() } else { names(&self.moved) }
    }
}

/// Everything that one transaction will write.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) added: Vec<PatronRow>,
    pub(super) persons: Vec<PersonRow>,
    pub(super) changed: Vec<Changed>,
    /// Patrons to whom nothing happened.
    pub(super) unchanged: Vec<Uuid>,
    /// New digests of rows that say the same in another way, or with other columns.
    pub(super) digests: Vec<(Uuid, Vec<u8>)>,
    /// Patrons whose card another row claims.
    pub(super) released: Vec<Uuid>,
    /// Those of them who have no card now, because no row of this batch gives them one.
    pub(super) cardless: Vec<PatronRow>,
    /// The register's identifiers of patrons whose stored rows do not open: their rows are not taken.
    pub(super) unopened: BTreeSet<String>,
    /// The register's identifiers in bad rows: these patrons are not missing.
    pub(super) in_bad_rows: Vec<String>,
}

/// Sorts out rows whose patron or card came before in this import.
pub(super) fn admit(
    import: &Import<'_>,
    found: &Found,
    rows: Vec<Row>,
    repeated: &mut Vec<(String, BadRow)>,
) -> Vec<Row> {
    let seen = |row: &PatronRow| row.last_import == import.id;
    let mut patrons = BTreeSet::new();
    let mut cards = BTreeSet::new();
    let mut good = Vec::with_capacity(rows.len());
    for row in rows {
        let patron_came = found.patrons.get(&row.patron_id).is_some_and(seen);
        let holder = found.holders.get(&row.card_number);
        let card_came = holder.is_some_and(|holder| holder.patron_id != row.patron_id && seen(holder));
        let reason = if patron_came || patrons.contains(&row.patron_id) {
            "patron_id: repeated, an earlier row of the file has it"
        } else if card_came || cards.contains(&row.card_number) {
            "card_number: repeated, an earlier row of the file has it"
        } else {
            patrons.insert(row.patron_id.clone());
            cards.insert(row.card_number.clone());
            good.push(row);
            continue;
        };
        repeated.push((row.patron_id.clone(), row.reject(reason)));
    }
    good
}

impl Plan {
    pub(super) fn make(
        import: &Import<'_>,
        found: &Found,
        rows: &[Row],
        fresh: &Fresh,
        keyring: &Keyring,
        in_bad_rows: &[String],
    ) -> Result<Self, StoreError> {
        let mut plan = Self::default();
        for row in rows {
            match found.patrons.get(&row.patron_id) {
                Some(known) => match plan.compare(import, row, known, keyring) {
                    Err(error) if error.is_of_one_row() => {
                        plan.unopened.insert(row.patron_id.clone());
                    }
                    result => result?,
                },
                None => plan.add(import, row, fresh)?,
            }
        }
        plan.release(import, found, rows);
        let taken = |id: &&str| !plan.unopened.contains(*id);
        let mine: BTreeSet<&str> = rows.iter().map(|row| row.patron_id.as_str()).filter(taken).collect();
        // A good row of the same patron says more than a bad one.
        let came = |id: &String| found.patrons.get(id).is_some_and(|known| known.last_import == import.id);
        let bad = in_bad_rows.iter().chain(&plan.unopened);
        plan.in_bad_rows = bad.filter(|id| !mine.contains(id.as_str()) && !came(id)).cloned().collect();
        Ok(plan)
    }

    fn compare(
        &mut self,
        import: &Import<'_>,
        row: &Row,
        known: &PatronRow,
        keyring: &Keyring,
    ) -> Result<(), StoreError> {
        if import.is_unchanged(row, known) {
            self.unchanged.push(known.id);
            return Ok(());
        }
        let digest = digest::of_row(&import.context.vault, row, &import.present, &known.row_digest);
        let mut sealed = known.open(keyring)?;
        let moved = digest::moved(&digest, row, &import.present, known, &sealed);
        if moved.is_empty() && known.in_register {
            self.unchanged.push(known.id);
            self.digests.push((known.id, digest));
            return Ok(());
        }
        let mut changed = known.clone();
        for &column in &moved {
            copy(row, column, &mut changed, &mut sealed);
        }
        if moved.contains(&Column::IdentityCode) {
            changed.code_index = row.identity_code.as_ref().map(|code| import.context.vault.code_index(code));
        }
        let key = keyring.newest(known.id)?;
        changed.sealed = seal(key, &sealed)?;
        changed.key_version = key.version;
        changed.sources = without(&known.sources, &moved)?;
        changed.row_digest = digest;
        changed.in_register = true;
        changed.last_import = import.id;
        changed.version += 1;
        changed.updated_at = import.context.clock.now();
        let code_before = known.code_index.clone();
        self.changed.push(Changed { row: changed, sealed, moved, code_before });
        Ok(())
    }

    fn add(&mut self, import: &Import<'_>, from: &Row, fresh: &Fresh) -> Result<(), StoreError> {
        let id = *fresh.ids.get(&from.patron_id).ok_or(StoreError::Conflict("the patron"))?;
        let key = fresh.keyring.newest(id)?;
        let now = import.context.clock.now();
        let mut row = empty(id, import.id, now);
        let mut sealed = SealedColumns::default();
        for column in Column::ALL {
            copy(from, column, &mut row, &mut sealed);
        }
        let vault = &import.context.vault;
        row.code_index = from.identity_code.as_ref().map(|code| vault.code_index(code));
        row.row_digest = digest::of_row(vault, from, &import.present, &[]);
        row.key_version = key.version;
        row.sealed = seal(key, &sealed)?;
        debug_assert!(Column::ALL.iter().all(|c| in_file(from, *c) == stored(&row, &sealed, *c)));
        self.persons.push(PersonRow::new(id, &row.municipality));
        self.added.push(row);
        Ok(())
    }

    /// Finds the patrons whose card a row gives to another.
    fn release(&mut self, import: &Import<'_>, found: &Found, rows: &[Row]) {
        for row in rows {
            let Some(holder) = found.holders.get(&row.card_number) else { continue };
            if holder.patron_id == row.patron_id || self.unopened.contains(&row.patron_id) {
                continue;
            }
            self.released.push(holder.id);
            if !self.changed.iter().any(|changed| changed.row.id == holder.id) {
                let mut cardless = holder.clone();
                cardless.card_number = patron_upkeep::no_card(holder.id);
                cardless.row_digest = digest::without_whole(&holder.row_digest);
                cardless.version += 1;
                cardless.updated_at = import.context.clock.now();
                self.cardless.push(cardless);
            }
        }
    }
}

/// The sources without those of columns that now come from the file.
fn without(sources: &str, moved: &[Column]) -> Result<String, StoreError> {
    let mut kept: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(sources).map_err(|_| StoreError::inconsistent("patron", "sources"))?;
    kept.retain(|name, _| !moved.iter().any(|column| column.as_str() == name));
    Ok(serde_json::Value::Object(kept).to_string())
}

fn empty(id: Uuid, import: Uuid, at: chrono::DateTime<chrono::Utc>) -> PatronRow {
    PatronRow {
        id,
        patron_id: String::new(),
        card_number: String::new(),
        code_index: None,
        key_version: 1,
        sealed: Vec::new(),
        last_name: String::new(),
        first_names: String::new(),
        birth_date: None,
        language: None,
        patron_group: String::new(),
        municipality: String::new(),
        home_library: String::new(),
        registered_on: None,
        last_active_on: None,
        last_patron_edit_on: None,
        guarantor_patron_id: None,
        open_loans: None,
        unpaid_fees_cents: None,
        oldest_due_date: None,
        owning_library: String::new(),
        card_expires_on: None,
        kind: String::new(),
        protected_mark: false,
        notes: String::new(),
        row_digest: Vec::new(),
        in_register: true,
        last_import: import,
        sources: "{}".to_owned(),
        version: 1,
        created_at: at,
        updated_at: at,
    }
}
