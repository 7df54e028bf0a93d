//! Writing a patron file: every column, UTF-8, comma.

use std::io::{self, Write};

use super::Column;

/// A row to be written. The identity code is never written, and a masked row has no contact columns,
/// whatever was set.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportRow {
    cells: [String; Column::ALL.len()],
    masked: bool,
}

impl Default for ExportRow {
    fn default() -> Self {
        Self::new()
    }
}

impl ExportRow {
    /// A row of empty cells.
    pub fn new() -> Self {
        Self { cells: std::array::from_fn(|_| String::new()), masked: false }
    }

    /// Sets a cell. The text is written as it is.
    pub fn set(&mut self, column: Column, text: impl Into<String>) -> &mut Self {
        self.cells[column as usize] = text.into();
        self
    }

    /// Leaves the contact columns empty: the patron is protected, or it is not known that they are not.
    pub fn mask(&mut self) -> &mut Self {
        self.masked = true;
        self
    }

    /// What will be written in a column.
    pub fn get(&self, column: Column) -> &str {
        let hidden = column == Column::IdentityCode || (self.masked && column.is_contact());
        if hidden { "" } else { &self.cells[column as usize] }
    }
}

impl std::fmt::Debug for ExportRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExportRow: ***")
    }
}

/// A patron file being written.
#[derive(Debug)]
pub struct Writer<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> Writer<W> {
    /// Writes to `output`, which need not be buffered.
    pub fn new(output: W) -> Self {
        Self { csv: csv::Writer::from_writer(output) }
    }

    /// Writes the names of all columns.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_header(&mut self) -> io::Result<()> {
        Ok(self.csv.write_record(Column::ALL.map(Column::as_str))?)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write_row(&mut self, row: &ExportRow) -> io::Result<()> {
        Ok(self.csv.write_record(Column::ALL.map(|column| row.get(column)))?)
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}
