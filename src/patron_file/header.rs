//! The first line of a patron file: which columns there are, and in which order.

use std::collections::BTreeSet;
use std::io::Read;

use super::cells::{Encoding, Records};
use super::{Column, PatronFileError};

/// A longer name than this is not repeated in a message.
const LONGEST_NAME_SHOWN: usize = 40;

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Header {
    order: Vec<Column>,
    present: BTreeSet<Column>,
}

impl Header {
    pub(super) fn read<R: Read>(
        records: &mut Records<R>,
        encoding: Encoding,
    ) -> Result<Self, PatronFileError> {
        let order = columns(records, encoding, &Column::ALL, Column::as_str)?;
        let present: BTreeSet<Column> = order.iter().copied().collect();
        if let Some(missing) = Column::REQUIRED.into_iter().find(|column| !present.contains(column)) {
            return Err(PatronFileError::MissingColumn { name: missing.as_str() });
        }
        Ok(Self { order, present })
    }

    pub(super) fn order(&self) -> &[Column] {
        &self.order
    }

    pub(super) fn present(&self) -> &BTreeSet<Column> {
        &self.present
    }
}

/// The columns that the first line names, each of them one of `known`.
pub(super) fn columns<R: Read, C: Copy + PartialEq>(
    records: &mut Records<R>,
    encoding: Encoding,
    known: &[C],
    name_of: fn(C) -> &'static str,
) -> Result<Vec<C>, PatronFileError> {
    let cells = records.header()?.ok_or(PatronFileError::Empty)?;
    let names: Vec<&'static str> = known.iter().copied().map(name_of).collect();
    let mut order: Vec<C> = Vec::with_capacity(cells.len());
    for (at, cell) in cells.into_iter().enumerate() {
        let (text, is_text) = encoding.decode(cell);
        if !is_text {
            return Err(PatronFileError::Encoding("UTF-8"));
        }
        let name = text.trim();
        let column = known.iter().copied().find(|column| name_of(*column) == name);
        let column = column.ok_or_else(|| unknown(at + 1, name, &names))?;
        if order.contains(&column) {
            return Err(PatronFileError::RepeatedColumn { name: name_of(column) });
        }
        order.push(column);
    }
    Ok(order)
}

/// The error for an unknown name. In a file without a header the "name" is somebody's data: anything that
/// holds a digit or is long is not repeated.
fn unknown(position: usize, name: &str, known: &[&'static str]) -> PatronFileError {
    let could_be_a_name = name.chars().count() <= LONGEST_NAME_SHOWN
        && name.chars().all(|character| character.is_alphabetic() || "_- .".contains(character));
    let lower = name.to_lowercase();
    let alike = |column: &&str| strsim::damerau_levenshtein(&lower, column);
    let nearest = known.iter().copied().min_by_key(alike).unwrap_or(Column::PatronId.as_str());
    let name = if could_be_a_name { format!(" {name:?}") } else { String::new() };
    PatronFileError::UnknownColumn { position, name, nearest }
}
