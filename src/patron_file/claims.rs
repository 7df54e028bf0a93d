//! The file of another source than VTJ: what a provider says of patrons, in columns of the patron file.
//!
//! `patron_id` or `card_number` names the patron, or both. Any of the columns of names, address and language
//! may follow, and `as_of`, the day from which the statement holds. There is no column for a death, an order
//! of non-disclosure or an identity code, so that no such file can speak of them. An empty cell says nothing.

use std::io::Read;

use chrono::NaiveDate;

use super::cells::{Encoding, Record, Records};
use super::row::{Cells, date};
use super::{BadRow, Column, PatronFileError, RowFault, header};
use crate::provenance::{ClaimedAddress, Said};

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClaimColumn {
    /// One that the patron file has too.
    Patron(Column),
    /// From when the statement holds.
    AsOf,
}

/// Every column.
const COLUMNS: [ClaimColumn; 11] = [
    ClaimColumn::Patron(Column::PatronId),
    ClaimColumn::Patron(Column::CardNumber),
    ClaimColumn::Patron(Column::LastName),
    ClaimColumn::Patron(Column::FirstNames),
    ClaimColumn::Patron(Column::StreetAddress),
    ClaimColumn::Patron(Column::CareOf),
    ClaimColumn::Patron(Column::PostalCode),
    ClaimColumn::Patron(Column::City),
    ClaimColumn::Patron(Column::Country),
    ClaimColumn::Patron(Column::Language),
    ClaimColumn::AsOf,
];

impl ClaimColumn {
    fn as_str(self) -> &'static str {
        match self {
            Self::Patron(column) => column.as_str(),
            Self::AsOf => "as_of",
        }
    }

    fn patron(self) -> Option<Column> {
        match self {
            Self::Patron(column) => Some(column),
            Self::AsOf => None,
        }
    }

    fn names_the_patron(self) -> bool {
        matches!(self, Self::Patron(Column::PatronId | Column::CardNumber))
    }

    fn says_something(self) -> bool {
        !self.names_the_patron() && self != Self::AsOf
    }
}

/// One row: of whom something is said, and what.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimLine {
    /// The line where the row begins, from 1; the header is line 1.
    pub line: u64,
    /// The register's identifier.
    pub patron_id: Option<String>,
    /// The card.
    pub card_number: Option<String>,
    /// What is said.
    pub said: Said,
    /// From when it holds.
    pub as_of: Option<NaiveDate>,
    texts: Vec<String>,
    columns: Vec<Option<Column>>,
}

impl ClaimLine {
    /// The row as a rejected one, for a reason that only the register can tell. The reason must not hold a
    /// value of the row.
    #[must_use]
    pub fn reject(self, reason: &'static str) -> BadRow {
        BadRow::beside(self.line, RowFault::Other(reason), self.texts, &self.columns)
    }
}

impl std::fmt::Debug for ClaimLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClaimLine of line {}: ***", self.line)
    }
}

/// A file of another source being read.
pub struct ClaimReader<R> {
    records: Records<R>,
    order: Vec<ClaimColumn>,
    encoding: Encoding,
    today: NaiveDate,
}

impl<R: Read> ClaimReader<R> {
    /// Opens a file: finds the separator and checks the header. No statement may hold from a day after
    /// `today`.
    ///
    /// # Errors
    /// When a column is not known or stands twice, when the columns say of nobody anything, or nothing can
    /// be read.
    pub fn new(input: R, encoding: Encoding, today: NaiveDate) -> Result<Self, PatronFileError> {
        let mut records = Records::new(input);
        let order = header::columns(&mut records, encoding, &COLUMNS, ClaimColumn::as_str)?;
        let whom = order.iter().any(|column| column.names_the_patron());
        if !whom || !order.iter().any(|column| column.says_something()) {
            return Err(PatronFileError::NothingClaimed);
        }
        Ok(Self { records, order, encoding, today })
    }

    /// The names of the columns in the order of the file, for the file of rejected rows.
    pub fn names(&self) -> Vec<&'static str> {
        self.order.iter().map(|column| column.as_str()).collect()
    }

    /// The next row, good or bad. Empty lines are passed over.
    ///
    /// # Errors
    /// When reading itself fails; the rows handed out until then are whole.
    pub fn next_row(&mut self) -> Result<Option<Result<ClaimLine, BadRow>>, PatronFileError> {
        let width = self.order.len();
        let Some(record) = self.records.next(width)? else { return Ok(None) };
        let (line, cells, fault) = match record {
            Record::Cells { line, cells } => (line, cells, None),
            Record::Broken { line, fault, cells } => (line, cells, Some(fault)),
        };
        let (texts, whole): (Vec<String>, Vec<bool>) =
            cells.into_iter().map(|cell| self.encoding.decode(cell)).unzip();
        let fault = fault
            .or_else(|| {
                (texts.len() != width).then_some(RowFault::Width { found: texts.len(), expected: width })
            })
            .or_else(|| whole.contains(&false).then_some(RowFault::Encoding));
        let columns: Vec<Option<Column>> = self.order.iter().map(|column| column.patron()).collect();
        let read = match fault {
            Some(fault) => Err(fault),
            None => self.read(line, &texts),
        };
        Ok(Some(match read {
            Ok(row) => Ok(ClaimLine { texts, columns, ..row }),
            Err(fault) => Err(BadRow::beside(line, fault, texts, &columns)),
        }))
    }

    fn read(&self, line: u64, texts: &[String]) -> Result<ClaimLine, RowFault> {
        let mut as_of = None;
        let mut cells = Vec::with_capacity(texts.len());
        for (column, text) in self.order.iter().zip(texts) {
            match column {
                ClaimColumn::Patron(column) => cells.push((*column, text.trim().to_owned())),
                ClaimColumn::AsOf => as_of = self.day(text.trim())?,
            }
        }
        let cells = Cells(cells);
        cells.plain()?;
        let filled = |column| Some(cells.get(column).to_owned()).filter(|text| !text.is_empty());
        let (patron_id, card_number) = (filled(Column::PatronId), filled(Column::CardNumber));
        if patron_id.is_none() && card_number.is_none() {
            return Err(RowFault::Other("patron_id and card_number: one of them must not be empty"));
        }
        let said = Said {
            last_name: filled(Column::LastName),
            first_names: filled(Column::FirstNames),
            address: ClaimedAddress {
                street_address: filled(Column::StreetAddress),
                care_of: filled(Column::CareOf),
                postal_code: filled(Column::PostalCode),
                city: filled(Column::City),
                country: Some(cells.country()?).filter(|country| !country.is_empty()),
            },
            language: cells.language()?,
        };
        let (texts, columns) = (Vec::new(), Vec::new());
        Ok(ClaimLine { line, patron_id, card_number, said, as_of, texts, columns })
    }

    fn day(&self, text: &str) -> Result<Option<NaiveDate>, RowFault> {
        if text.is_empty() {
            return Ok(None);
        }
        let day = date(text).ok_or(RowFault::Other("as_of: not a date, write 2026-11-21"))?;
        if day > self.today {
            return Err(RowFault::Other("as_of: a day that has not come"));
        }
        Ok(Some(day))
    }
}

impl<R> std::fmt::Debug for ClaimReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClaimReader").field("columns", &self.order).finish_non_exhaustive()
    }
}
