//! The patron file: the register's patrons as CSV, read row by row and written back.
//!
//! UTF-8 (or ISO-8859-1), a header, comma or semicolon. The header is checked before any row is read: an
//! unknown, a missing or a repeated column stops the import. After that one bad row stops nothing: it is
//! handed out with its line and its reason, for the file of rejected rows, and reading goes on.
//!
//! * A missing column and an empty cell are different: [`Reader::columns`] says which columns there are.
//! * Cells are trimmed. A cell holds one line of at most 500 characters, without control characters (but
//!   tabs) and without characters that turn the direction of writing.
//! * A quote opens a cell at its first character and closes it at its last; anything else is a bad row. A
//!   strict reader is needed, and therefore our own: a lenient one reads on to the end of the file behind
//!   one forgotten quote, and takes the second line of a cell for a row of its own.
//! * Reasons name the column and what is wrong, never the value.
//! * Values are written exactly as they are, also those that begin with `=`: a spreadsheet's rules are not
//!   the file's, and a value that is exported and imported must stay the same.

mod cells;
mod claims;
mod column;
mod export;
mod header;
mod reject;
mod row;

pub use cells::Encoding;
pub use claims::{ClaimLine, ClaimReader};
pub use column::Column;
pub use export::{ExportRow, Writer};
pub use reject::{BadRow, RejectedWriter, rejected_path};
pub use row::{Row, RowFault, check_cell};

use std::collections::BTreeSet;
use std::io::Read;

use crate::municipality::MunicipalityCode;

use cells::{Record, Records};
use header::Header;

/// Why a file cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum PatronFileError {
    /// Nothing in it.
    #[error("the file is empty: the first line must name the columns")]
    Empty,
    /// The header is not text in the encoding asked for.
    #[error("the first line is not {0}: save the file as UTF-8, or give its encoding")]
    Encoding(&'static str),
    /// A quote in the header is not closed, or stands in the middle of a name.
    #[error("the quotes in the first line do not match: write the column names without quotes")]
    HeaderQuotes,
    /// A column that is not known.
    #[error("column {position}{name} is not known; the nearest is {nearest:?}")]
    UnknownColumn {
        /// Which column, from 1.
        position: usize,
        /// Its name in quotes behind a space, or nothing if it looks like data.
        name: String,
        /// The known name most like it.
        nearest: &'static str,
    },
    /// A column that stands twice.
    #[error("column {name:?} stands twice in the first line: leave one")]
    RepeatedColumn {
        /// Its name.
        name: &'static str,
    },
    /// A required column is not there.
    #[error(
        "column {name:?} is missing: the first line must name patron_id, card_number, last_name, first_names and municipality"
    )]
    MissingColumn {
        /// Its name.
        name: &'static str,
    },
    /// A file of another source that says of nobody anything.
    #[error(
        "the first line must name patron_id or card_number, and one or more of last_name, first_names, street_address, care_of, postal_code, city, country and language"
    )]
    NothingClaimed,
    /// Reading failed.
    #[error("the file cannot be read further, from line {line} on")]
    Read {
        /// The line.
        line: u64,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A patron file being read.
pub struct Reader<R> {
    records: Records<R>,
    header: Header,
    municipalities: BTreeSet<MunicipalityCode>,
    encoding: Encoding,
}

impl<R: Read> Reader<R> {
    /// Opens a file: finds the separator and checks the header. Rows must be of one of `municipalities`.
    ///
    /// # Errors
    /// When the header is not that of a patron file, or nothing can be read.
    pub fn new(
        input: R,
        encoding: Encoding,
        municipalities: BTreeSet<MunicipalityCode>,
    ) -> Result<Self, PatronFileError> {
        let mut records = Records::new(input);
        let header = Header::read(&mut records, encoding)?;
        Ok(Self { records, header, municipalities, encoding })
    }

    /// The columns that the file has. Of any other nothing is said, and nothing must be changed.
    pub fn columns(&self) -> &BTreeSet<Column> {
        self.header.present()
    }

    /// The columns in the order of the file, for the file of rejected rows.
    pub fn columns_in_order(&self) -> &[Column] {
        self.header.order()
    }

    /// The next row, good or bad. Empty lines are passed over.
    ///
    /// # Errors
    /// When reading itself fails; the rows handed out until then are whole.
    pub fn next_row(&mut self) -> Result<Option<Result<Row, BadRow>>, PatronFileError> {
        let width = self.header.order().len();
        let Some(record) = self.records.next(width)? else {
            return Ok(None);
        };
        let (line, cells, fault) = match record {
            Record::Cells { line, cells } => (line, cells, None),
            Record::Broken { line, fault, cells } => (line, cells, Some(fault)),
        };
        let mut texts = Vec::with_capacity(cells.len());
        let mut is_text = true;
        for cell in cells {
            let (text, whole) = self.encoding.decode(cell);
            is_text &= whole;
            texts.push(text);
        }
        let fault = fault
            .or_else(|| {
                (texts.len() != width).then_some(RowFault::Width { found: texts.len(), expected: width })
            })
            .or_else(|| (!is_text).then_some(RowFault::Encoding));
        let row = match fault {
            Some(fault) => Err((fault, texts)),
            None => Row::parse(line, texts, &self.header, &self.municipalities),
        };
        Ok(Some(row.map_err(|(fault, texts)| BadRow::new(line, fault, texts, self.header.order()))))
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Result<Row, BadRow>, PatronFileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

impl<R> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("columns", &self.header.order()).finish_non_exhaustive()
    }
}
