//! Rows that could not be imported, and the file that lists them.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::{Column, RowFault};

/// What stands in place of an identity code.
const MASK: &str = "***";

/// A row that is not imported.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line where the row begins, from 1; the header is line 1.
    pub line: u64,
    /// What is wrong; holds no value of the row.
    pub fault: RowFault,
    /// The cells in the order of the file, identity codes masked. Their number need not be the header's.
    cells: Vec<String>,
}

impl BadRow {
    pub(super) fn new(line: u64, fault: RowFault, texts: Vec<String>, columns: &[Column]) -> Self {
        let columns: Vec<Option<Column>> = columns.iter().copied().map(Some).collect();
        Self::beside(line, fault, texts, &columns)
    }

    /// As [`BadRow::new`], of a file in which other columns stand beside those of a patron file.
    pub(super) fn beside(line: u64, fault: RowFault, texts: Vec<String>, columns: &[Option<Column>]) -> Self {
        // When cells cannot be told apart or are shifted, a code can stand in any of them.
        let in_place = texts.len() == columns.len() && fault != RowFault::Quotes;
        let masked =
            |(at, text): (usize, String)| match columns.get(at).copied().flatten().filter(|_| in_place) {
                Some(Column::IdentityCode) if !text.trim().is_empty() => MASK.to_owned(),
                Some(Column::PatronId | Column::CardNumber) => mask_codes(&text, 4),
                Some(_) | None => mask_codes(&text, 0),
            };
        let cells = texts.into_iter().enumerate().map(masked).collect();
        Self { line, fault, cells }
    }

    /// What is wrong, in words, without any value of the row.
    pub fn reason(&self) -> String {
        self.fault.to_string()
    }

    /// The cells, identity codes masked.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }
}

impl std::fmt::Debug for BadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BadRow of line {}: {}", self.line, self.fault)
    }
}

/// Masks what looks like an identity code: six digits, a century sign, and what of its last four characters
/// is there, at least `tail` of them.
fn mask_codes(text: &str, tail: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let length = code_length(&characters[at..]);
        if length >= 7 + tail {
            masked.push_str(MASK);
            at += length;
        } else {
            masked.push(characters[at]);
            at += 1;
        }
    }
    masked
}

/// How many characters at the beginning look like an identity code or the beginning of one.
fn code_length(characters: &[char]) -> usize {
    let starts = characters.len() >= 7
        && characters[..6].iter().all(char::is_ascii_digit)
        && "+-YXWVUABCDEF".contains(characters[6].to_ascii_uppercase());
    if !starts {
        return 0;
    }
    7 + characters[7..].iter().take(4).take_while(|character| character.is_ascii_alphanumeric()).count()
}

/// Where the rejected rows of a file are listed: `patrons.csv.rejected.csv`.
pub fn rejected_path(imported: &Path) -> PathBuf {
    let mut name = imported.as_os_str().to_owned();
    name.push(".rejected.csv");
    PathBuf::from(name)
}

/// The list of rejected rows: the file's own columns plus `line` and `reason`, for its owner alone. Made at
/// the first rejected row; without one there is no file.
#[derive(Debug)]
pub struct RejectedWriter {
    path: PathBuf,
    columns: Vec<&'static str>,
    writer: Option<csv::Writer<BufWriter<File>>>,
    written: u64,
}

impl RejectedWriter {
    /// Removes the list of an earlier import and stands ready.
    ///
    /// # Errors
    /// When the earlier list cannot be removed.
    pub fn new(path: PathBuf, columns: &[Column]) -> io::Result<Self> {
        Self::with_names(path, columns.iter().map(|column| column.as_str()).collect())
    }

    /// As [`RejectedWriter::new`], for a file with other columns.
    ///
    /// # Errors
    /// When the earlier list cannot be removed.
    pub fn with_names(path: PathBuf, columns: Vec<&'static str>) -> io::Result<Self> {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        Ok(Self { path, columns, writer: None, written: 0 })
    }

    /// Adds a row. Missing cells are empty, cells beyond the last column are left out (the reason says how
    /// many there were).
    ///
    /// # Errors
    /// When the file cannot be made or written.
    pub fn write(&mut self, row: &BadRow) -> io::Result<()> {
        if self.writer.is_none() {
            self.writer = Some(self.create()?);
        }
        let width = self.columns.len();
        let cells = row.cells.iter().map(String::as_str).chain(std::iter::repeat("")).take(width);
        let (line, reason) = (row.line.to_string(), row.reason());
        if let Some(writer) = &mut self.writer {
            writer.write_record(cells.chain([line.as_str(), reason.as_str()]))?;
            self.written += 1;
        }
        Ok(())
    }

    /// How many rows were listed.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Ends the list. Returns its path, or `None` when nothing was rejected.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> io::Result<Option<PathBuf>> {
        let Some(mut writer) = self.writer else {
            return Ok(None);
        };
        writer.flush()?;
        Ok(Some(self.path))
    }

    fn create(&self) -> io::Result<csv::Writer<BufWriter<File>>> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut writer = csv::Writer::from_writer(BufWriter::new(options.open(&self.path)?));
        writer.write_record(self.columns.iter().copied().chain(["line", "reason"]))?;
        Ok(writer)
    }
}
