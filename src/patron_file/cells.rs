//! From bytes to the cells of one row: lines, quotes and encoding.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};

use super::{PatronFileError, RowFault};

/// A line longer than this is not kept: 31 cells of 500 characters need less.
const LONGEST_LINE_BYTES: u64 = 256 * 1024;

/// Over how many lines a quoted cell is followed, to see that they are one row. Longer cells do not occur
/// in address fields; behind a forgotten quote the search must end soon.
const LONGEST_CELL_LINES: usize = 10;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// ISO-8859-1; the characters that Windows adds to it are read too.
    Latin1,
}

impl Encoding {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Latin1 => "iso-8859-1",
        }
    }

    /// Reads the word of the command line, in any letter case.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Utf8, Self::Latin1].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word))
    }

    /// The text of a cell, and whether every byte of it could be read.
    pub(super) fn decode(self, cell: Vec<u8>) -> (String, bool) {
        match self {
            Self::Utf8 => match String::from_utf8(cell) {
                Ok(text) => (text, true),
                Err(wrong) => (String::from_utf8_lossy(wrong.as_bytes()).into_owned(), false),
            },
            Self::Latin1 => {
                (encoding_rs::WINDOWS_1252.decode_without_bom_handling(&cell).0.into_owned(), true)
            }
        }
    }
}

/// One row as bytes.
pub(super) enum Record {
    /// The cells, quotes removed.
    Cells {
        /// Where it begins.
        line: u64,
        cells: Vec<Vec<u8>>,
    },
    /// A row whose cells cannot be told apart.
    Broken {
        line: u64,
        fault: RowFault,
        /// Whatever stands there, cut at the separators.
        cells: Vec<Vec<u8>>,
    },
}

/// A line as it stands in the file, without its end.
struct Line {
    number: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

/// The rows of a file, one after another.
pub(super) struct Records<R> {
    input: BufReader<R>,
    /// Lines that were looked at and not used.
    ahead: VecDeque<Line>,
    lines_read: u64,
    separator: u8,
}

/// Why a line cannot be cut into cells.
enum Uncut {
    /// The last cell's quote is not closed: it may go on in the next line.
    Open,
    /// A quote stands where none may stand.
    Wrong,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::new(input), ahead: VecDeque::new(), lines_read: 0, separator: b',' }
    }

    /// The first line, cut at commas or semicolons, whichever it has more of.
    pub(super) fn header(&mut self) -> Result<Option<Vec<Vec<u8>>>, PatronFileError> {
        let Some(mut line) = self.line()? else {
            return Ok(None);
        };
        if line.bytes.starts_with(b"\xEF\xBB\xBF") {
            line.bytes.drain(..3);
        }
        if line.bytes.starts_with(b"\xFF\xFE") || line.bytes.starts_with(b"\xFE\xFF") {
            return Err(PatronFileError::Encoding("UTF-8 but UTF-16"));
        }
        if line.bytes.is_empty() && !line.too_long {
            return Ok(None);
        }
        let count = |sought: u8| line.bytes.split(|&byte| byte == sought).count();
        if count(b';') > count(b',') {
            self.separator = b';';
        }
        cut(&line.bytes, self.separator).map(Some).map_err(|_| PatronFileError::HeaderQuotes)
    }

    /// The next row that is not an empty line. A quoted cell is followed over several lines only if they
    /// make one whole row of the expected width; otherwise the first line alone is broken.
    pub(super) fn next(&mut self, width: usize) -> Result<Option<Record>, PatronFileError> {
        let first = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.bytes.is_empty() && !line.too_long => {}
                Some(line) => break line,
            }
        };
        let line = first.number;
        if first.too_long {
            return Ok(Some(Record::Broken { line, fault: RowFault::TooLongLine, cells: Vec::new() }));
        }
        match cut(&first.bytes, self.separator) {
            Ok(cells) => return Ok(Some(Record::Cells { line, cells })),
            Err(Uncut::Wrong) => {}
            Err(Uncut::Open) => {
                if let Some(cells) = self.joined(&first.bytes, width)? {
                    return Ok(Some(Record::Cells { line, cells }));
                }
            }
        }
        let cells = first.bytes.split(|&byte| byte == self.separator).map(<[u8]>::to_vec).collect();
        Ok(Some(Record::Broken { line, fault: RowFault::Quotes, cells }))
    }

    /// The cells of a row that goes on over the next lines, if that is what it does.
    fn joined(&mut self, first: &[u8], width: usize) -> Result<Option<Vec<Vec<u8>>>, PatronFileError> {
        let mut bytes = first.to_vec();
        let mut looked_at = VecDeque::new();
        let mut whole = None;
        while looked_at.len() < LONGEST_CELL_LINES {
            let Some(line) = self.line()? else { break };
            bytes.push(b'\n');
            bytes.extend_from_slice(&line.bytes);
            let too_long = line.too_long;
            looked_at.push_back(line);
            match cut(&bytes, self.separator) {
                Ok(cells) if cells.len() == width && !too_long => whole = Some(cells),
                Err(Uncut::Open) if !too_long => continue,
                Ok(_) | Err(Uncut::Open | Uncut::Wrong) => {}
            }
            break;
        }
        if whole.is_none() {
            looked_at.append(&mut self.ahead);
            self.ahead = looked_at;
        }
        Ok(whole)
    }

    fn line(&mut self) -> Result<Option<Line>, PatronFileError> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let number = self.lines_read + 1;
        let failed = |source| PatronFileError::Read { line: number, source };
        let mut bytes = Vec::new();
        let mut limited = self.input.by_ref().take(LONGEST_LINE_BYTES);
        if limited.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            return Ok(None);
        }
        self.lines_read = number;
        let mut too_long = false;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        } else if bytes.len() as u64 == LONGEST_LINE_BYTES {
            too_long = true;
            bytes.clear();
            self.input.skip_until(b'\n').map_err(failed)?;
        }
        Ok(Some(Line { number, bytes, too_long }))
    }
}

/// Cuts a row at its separators. A quoted cell begins and ends with a quote; two stand for one.
fn cut(bytes: &[u8], separator: u8) -> Result<Vec<Vec<u8>>, Uncut> {
    let mut cells = Vec::new();
    let mut rest = bytes;
    loop {
        let (cell, after) = if let Some(inner) = rest.strip_prefix(b"\"") {
            quoted(inner)?
        } else {
            let end = rest.iter().position(|&byte| byte == separator).unwrap_or(rest.len());
            if rest[..end].contains(&b'"') {
                return Err(Uncut::Wrong);
            }
            (rest[..end].to_vec(), &rest[end..])
        };
        cells.push(cell);
        match after.split_first() {
            None => return Ok(cells),
            Some((&byte, next)) if byte == separator => rest = next,
            Some(_) => return Err(Uncut::Wrong),
        }
    }
}

/// The cell behind an opening quote, and what follows its closing quote.
fn quoted(inner: &[u8]) -> Result<(Vec<u8>, &[u8]), Uncut> {
    let mut cell = Vec::new();
    let mut rest = inner;
    loop {
        let end = rest.iter().position(|&byte| byte == b'"').ok_or(Uncut::Open)?;
        cell.extend_from_slice(&rest[..end]);
        match rest[end + 1..].strip_prefix(b"\"") {
            Some(after_two) => {
                cell.push(b'"');
                rest = after_two;
            }
            None => return Ok((cell, &rest[end + 1..])),
        }
    }
}
