//! What the last import brought of a patron, remembered as keyed digests.
//!
//! The first part covers the whole row and its columns: a row equal to the last one is known by it alone.
//! Behind it stands a short digest of each column that can be corrected, so that of a changed row only those
//! columns win which the library itself has changed; a correction beside them stays.

use std::collections::BTreeSet;

use super::columns::{CORRECTABLE, in_file, stored};
use crate::patron_file::{Column, Row};
use crate::seal::Vault;
use crate::store::patron::{PatronRow, SealedColumns};

/// Bytes of the part that covers the whole row.
const WHOLE_BYTES: usize = 16;
/// Bytes kept of a column's digest: a change is overlooked once in four thousand million.
const COLUMN_BYTES: usize = 4;
/// Stands for a column that no import has brought yet.
const NEVER: [u8; COLUMN_BYTES] = [0xFF; COLUMN_BYTES];

/// The digest of a file's row. Columns that the file does not have keep what `last` says of them.
pub(super) fn of_row(vault: &Vault, row: &Row, present: &BTreeSet<Column>, last: &[u8]) -> Vec<u8> {
    let mut digest = whole(vault, row, present);
    for (at, column) in CORRECTABLE.into_iter().enumerate() {
        if present.contains(&column) {
            digest.extend_from_slice(&one(vault, column, &in_file(row, column)));
        } else {
            digest.extend_from_slice(part(last, at));
        }
    }
    digest
}

/// Whether the file's row is equal to the one of the last import, columns included.
pub(super) fn is_last_row(vault: &Vault, row: &Row, present: &BTreeSet<Column>, last: &[u8]) -> bool {
    last.get(..WHOLE_BYTES).is_some_and(|last| whole(vault, row, present) == last)
}

/// The digest of a patron whose row no longer says what the last import brought: the next row is compared
/// column by column.
pub(super) fn without_whole(last: &[u8]) -> Vec<u8> {
    let mut digest = vec![0; WHOLE_BYTES];
    digest.extend_from_slice(last.get(WHOLE_BYTES..).unwrap_or_default());
    digest
}

/// The columns in which the file says something else than at the last import, and something else than the
/// register holds.
pub(super) fn moved(
    digest: &[u8],
    row: &Row,
    present: &BTreeSet<Column>,
    known: &PatronRow,
    sealed: &SealedColumns,
) -> Vec<Column> {
    let differs = |column: &Column| match column {
        Column::Protected => row.protected && !known.protected_mark,
        column => in_file(row, *column) != stored(known, sealed, *column),
    };
    let brought_before = |column: &Column| {
        CORRECTABLE
            .iter()
            .position(|correctable| correctable == column)
            .is_some_and(|at| part(digest, at) == part(&known.row_digest, at))
    };
    present.iter().copied().filter(|column| differs(column) && !brought_before(column)).collect()
}

fn whole(vault: &Vault, row: &Row, present: &BTreeSet<Column>) -> Vec<u8> {
    let texts: Vec<_> = present.iter().map(|column| (column.as_str(), in_file(row, *column))).collect();
    let mut parts: Vec<&[u8]> = vec![b"patron row"];
    for (name, text) in &texts {
        parts.push(name.as_bytes());
        parts.push(text.as_bytes());
    }
    let mut digest = vault.digest(&parts);
    digest.resize(WHOLE_BYTES, 0);
    digest
}

fn one(vault: &Vault, column: Column, text: &str) -> [u8; COLUMN_BYTES] {
    let digest = vault.digest(&[b"patron column", column.as_str().as_bytes(), text.as_bytes()]);
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

fn part(digest: &[u8], at: usize) -> &[u8] {
    let start = WHOLE_BYTES + at * COLUMN_BYTES;
    digest.get(start..start + COLUMN_BYTES).unwrap_or(&NEVER)
}
