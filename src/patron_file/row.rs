//! One row of a patron file as values.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::identity_code::{IdentityCode, IdentityCodeError};
use crate::municipality::{Language, MunicipalityCode};
use crate::patron::{Note, PatronKind};

use super::header::Header;
use super::{BadRow, Column};

/// No cell is longer, in characters.
const LONGEST_CELL: usize = 500;

/// Euros have at most this many digits, so that cents fit many times over.
const MOST_EURO_DIGITS: usize = 9;

/// A row of a patron file. A column that the file does not have reads as empty here;
/// [`Row::text`] tells the two apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Row {
    /// The line where the row begins, from 1; the header is line 1.
    pub line: u64,
    /// The register's identifier.
    pub patron_id: String,
    /// The card.
    pub card_number: String,
    /// The identity code.
    pub identity_code: Option<IdentityCode>,
    /// Surname, or an organisation's name.
    pub last_name: String,
    /// First names; may be empty for an organisation.
    pub first_names: String,
    /// Date of birth.
    pub birth_date: Option<NaiveDate>,
    /// Street line.
    pub street_address: String,
    /// c/o line.
    pub care_of: String,
    /// Postal code.
    pub postal_code: String,
    /// Post town.
    pub city: String,
    /// Country, two upper-case letters; empty is Finland.
    pub country: String,
    /// An address the patron gave beside the first.
    pub alternative_address: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// The language the library writes in.
    pub language: Option<Language>,
    /// The register's group.
    pub patron_group: String,
    /// One of the configured municipalities.
    pub municipality: MunicipalityCode,
    /// The library the patron chose.
    pub home_library: String,
    /// When the patron was registered.
    pub registered_on: Option<NaiveDate>,
    /// When the patron was last active.
    pub last_active_on: Option<NaiveDate>,
    /// When the patron last edited their own data.
    pub last_patron_edit_on: Option<NaiveDate>,
    /// The patron who answers for this one's loans; empty is none.
    pub guarantor_patron_id: String,
    /// The guarantor's name.
    pub guarantor_name: String,
    /// Number of open loans.
    pub open_loans: Option<u32>,
    /// Unpaid fees in cents.
    pub unpaid_fees_cents: Option<i64>,
    /// The earliest due date among the open loans.
    pub oldest_due_date: Option<NaiveDate>,
    /// The library to which the debt is owed.
    pub owning_library: String,
    /// When the card expires.
    pub card_expires_on: Option<NaiveDate>,
    /// A person or an organisation.
    pub kind: PatronKind,
    /// The library's own mark of protection. `false` clears nothing.
    pub protected: bool,
    /// Marks of the library.
    pub notes: BTreeSet<Note>,
    /// The trimmed cells in the order of the file, with their columns.
    cells: Vec<(Column, String)>,
}

/// What is wrong with a row. Names the column, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Too many or too few cells.
    #[error("{found} cells instead of {expected}: put cells that hold the separator in quotes")]
    Width {
        /// Cells in the row.
        found: usize,
        /// Columns in the header.
        expected: usize,
    },
    /// Quotes that do not match.
    #[error("the quotes do not match: write two for one inside a quoted cell")]
    Quotes,
    /// A line that is too long to be a row.
    #[error("the line is too long to be a row")]
    TooLongLine,
    /// Bytes that are not text.
    #[error("not UTF-8: save the file as UTF-8, or give its encoding")]
    Encoding,
    /// A required cell is empty.
    #[error("{}: must not be empty", .0.as_str())]
    Empty(Column),
    /// A cell over 500 characters.
    #[error("{}: longer than 500 characters", .0.as_str())]
    TooLong(Column),
    /// A line break or another control character.
    #[error("{}: a line break or another control character", .0.as_str())]
    Control(Column),
    /// A character that turns the direction of writing, and can hide text.
    #[error("{}: a character that changes the direction of writing", .0.as_str())]
    Direction(Column),
    /// Not a date.
    #[error("{}: not a date, write 2026-11-21", .0.as_str())]
    Date(Column),
    /// Not an amount.
    #[error("{}: not an amount, write 12.50", .0.as_str())]
    Money(Column),
    /// Not a count.
    #[error("{}: not a whole number", .0.as_str())]
    Number(Column),
    /// Not one of the words that may stand there.
    #[error("{}: write {expected}", .column.as_str())]
    Word {
        /// The column.
        column: Column,
        /// The words.
        expected: &'static str,
    },
    /// Not an identity code.
    #[error("identity_code: {0}")]
    Code(IdentityCodeError),
    /// The municipality is not configured.
    #[error("municipality: not one of the configured codes of three digits")]
    Municipality,
    /// A fault that the reader of the whole file finds.
    #[error("{0}")]
    Other(&'static str),
}

impl Row {
    /// Reads the cells of a row; gives them back with the first fault found.
    pub(super) fn parse(
        line: u64,
        texts: Vec<String>,
        header: &Header,
        municipalities: &BTreeSet<MunicipalityCode>,
    ) -> Result<Self, (RowFault, Vec<String>)> {
        let trimmed = texts.iter().map(|text| text.trim().to_owned());
        let cells = Cells(header.order().iter().copied().zip(trimmed).collect());
        match cells.plain().and_then(|()| cells.values(line, municipalities)) {
            Ok(row) => Ok(Self { cells: cells.0, ..row }),
            Err(fault) => Err((fault, texts)),
        }
    }

    /// The trimmed text of a cell as it stands in the file; `None` when the file has no such column.
    pub fn text(&self, column: Column) -> Option<&str> {
        self.cells.iter().find(|(known, _)| *known == column).map(|(_, text)| text.as_str())
    }

    /// The row as a rejected one, for a reason that only the reader of the whole file can see, such as a
    /// repeated identifier. The reason must not hold a value of the row.
    #[must_use]
    pub fn reject(self, reason: &'static str) -> BadRow {
        let (columns, texts): (Vec<Column>, Vec<String>) = self.cells.into_iter().unzip();
        BadRow::new(self.line, RowFault::Other(reason), texts, &columns)
    }
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row of line {}: ***", self.line)
    }
}

/// Whether a text may stand in a column of an address or a name of a person: one line of harmless text, a name where
/// one must be, a country of two letters. The same as for a cell of a file.
///
/// # Errors
/// What is wrong with it.
pub fn check_cell(column: Column, text: &str) -> Result<(), RowFault> {
    let cells = Cells(vec![(column, text.to_owned())]);
    cells.plain()?;
    match column {
        Column::LastName | Column::FirstNames => cells.required(column).map(drop),
        Column::Country => cells.country().map(drop),
        _ => Ok(()),
    }
}

/// The trimmed cells of a row.
pub(super) struct Cells(pub(super) Vec<(Column, String)>);

impl Cells {
    /// Whether every cell is one line of harmless text.
    pub(super) fn plain(&self) -> Result<(), RowFault> {
        for (column, text) in &self.0 {
            if text.len() > LONGEST_CELL && text.chars().count() > LONGEST_CELL {
                return Err(RowFault::TooLong(*column));
            }
            if text.chars().any(|character| {
                character.is_control() && character != '\t' || matches!(character, '\u{2028}' | '\u{2029}')
            }) {
                return Err(RowFault::Control(*column));
            }
            if text.chars().any(turns_direction) {
                return Err(RowFault::Direction(*column));
            }
        }
        Ok(())
    }

    fn values(&self, line: u64, municipalities: &BTreeSet<MunicipalityCode>) -> Result<Row, RowFault> {
        let text = |column| self.get(column).to_owned();
        let kind = self.kind()?;
        let municipality = MunicipalityCode::parse(self.required(Column::Municipality)?)
            .ok()
            .filter(|code| municipalities.contains(code))
            .ok_or(RowFault::Municipality)?;
        if kind == PatronKind::Person {
            self.required(Column::FirstNames)?;
        }
        Ok(Row {
            line,
            patron_id: self.required(Column::PatronId)?.to_owned(),
            card_number: self.required(Column::CardNumber)?.to_owned(),
            identity_code: self.code()?,
            last_name: self.required(Column::LastName)?.to_owned(),
            first_names: text(Column::FirstNames),
            birth_date: self.date(Column::BirthDate)?,
            street_address: text(Column::StreetAddress),
            care_of: text(Column::CareOf),
            postal_code: text(Column::PostalCode),
            city: text(Column::City),
            country: self.country()?,
            alternative_address: text(Column::AlternativeAddress),
            phone: text(Column::Phone),
            email: text(Column::Email),
            language: self.language()?,
            patron_group: text(Column::PatronGroup),
            municipality,
            home_library: text(Column::HomeLibrary),
            registered_on: self.date(Column::RegisteredOn)?,
            last_active_on: self.date(Column::LastActiveOn)?,
            last_patron_edit_on: self.date(Column::LastPatronEditOn)?,
            guarantor_patron_id: text(Column::GuarantorPatronId),
            guarantor_name: text(Column::GuarantorName),
            open_loans: self.count(Column::OpenLoans)?,
            unpaid_fees_cents: self.cents(Column::UnpaidFees)?,
            oldest_due_date: self.date(Column::OldestDueDate)?,
            owning_library: text(Column::OwningLibrary),
            card_expires_on: self.date(Column::CardExpiresOn)?,
            kind,
            protected: self.mark(Column::Protected)?,
            notes: self.notes()?,
            cells: Vec::new(),
        })
    }

    pub(super) fn get(&self, column: Column) -> &str {
        self.0.iter().find(|(known, _)| *known == column).map_or("", |(_, text)| text)
    }

    fn required(&self, column: Column) -> Result<&str, RowFault> {
        Some(self.get(column)).filter(|text| !text.is_empty()).ok_or(RowFault::Empty(column))
    }

    /// The value of a cell that is not empty.
    fn optional<T>(
        &self,
        column: Column,
        fault: RowFault,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, RowFault> {
        match self.get(column) {
            "" => Ok(None),
            text => read(text).map(Some).ok_or(fault),
        }
    }

    fn code(&self) -> Result<Option<IdentityCode>, RowFault> {
        let text = self.get(Column::IdentityCode);
        (!text.is_empty()).then(|| IdentityCode::parse_typed(text)).transpose().map_err(RowFault::Code)
    }

    fn date(&self, column: Column) -> Result<Option<NaiveDate>, RowFault> {
        self.optional(column, RowFault::Date(column), date)
    }

    fn count(&self, column: Column) -> Result<Option<u32>, RowFault> {
        self.optional(column, RowFault::Number(column), |text| {
            digits(text).then(|| text.parse().ok()).flatten()
        })
    }

    /// `12.50` as 1250; a patron with a credit has a minus sign.
    fn cents(&self, column: Column) -> Result<Option<i64>, RowFault> {
        self.optional(column, RowFault::Money(column), |text| {
            let (sign, amount) = text.strip_prefix('-').map_or((1, text), |amount| (-1, amount));
            let (euros, cents) = amount.split_once('.').unwrap_or((amount, "00"));
            let fits = digits(euros) && euros.len() <= MOST_EURO_DIGITS && digits(cents) && cents.len() == 2;
            let whole = fits.then(|| format!("{euros}{cents}").parse::<i64>().ok()).flatten()?;
            Some(sign * whole)
        })
    }

    pub(super) fn country(&self) -> Result<String, RowFault> {
        let fault = RowFault::Word { column: Column::Country, expected: "two letters, such as SE" };
        let read = |text: &str| {
            (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()))
                .then(|| text.to_ascii_uppercase())
        };
        Ok(self.optional(Column::Country, fault, read)?.unwrap_or_default())
    }

    pub(super) fn language(&self) -> Result<Option<Language>, RowFault> {
        let fault = RowFault::Word { column: Column::Language, expected: "fi, sv, en or nothing" };
        self.optional(Column::Language, fault, Language::from_code)
    }

    fn kind(&self) -> Result<PatronKind, RowFault> {
        match self.get(Column::Kind) {
            "" | "person" => Ok(PatronKind::Person),
            "organisation" => Ok(PatronKind::Organisation),
            _ => Err(RowFault::Word { column: Column::Kind, expected: "person, organisation or nothing" }),
        }
    }

    fn mark(&self, column: Column) -> Result<bool, RowFault> {
        match self.get(column) {
            "" => Ok(false),
            "yes" => Ok(true),
            _ => Err(RowFault::Word { column, expected: "yes or nothing" }),
        }
    }

    fn notes(&self) -> Result<BTreeSet<Note>, RowFault> {
        let fault = RowFault::Word {
            column: Column::Notes,
            expected: "borrowing_ban, use_ban, wrong_contact_details, invoice_sent, restricted, objected \
                       or pre_registration, with ; between them",
        };
        let words = self.get(Column::Notes).split(';').map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| Note::from_word(word).ok_or_else(|| fault.clone())).collect()
    }
}

/// A date as the file writes it, `2026-11-21`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    shape.then(|| text.parse().ok()).flatten()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The Unicode characters that set or end a direction of writing.
fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}
