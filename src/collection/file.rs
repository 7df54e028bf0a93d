//! The file from billing and the file back.
//!
//! In: one card on a line, or CSV with a column `card_number`; nothing else of it is read. Back: the same cards
//! in the same order, each with `send` or with one and the same words for every reason to hold.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::CollectionError;
use crate::identity_code::IdentityCode;

/// What stands for a card that may be sent on.
pub const SEND: &str = "send";
/// What stands for a card that may not, whatever the reason.
pub const HOLD: &str = "hold: ask the library";

/// A file larger than this is not the work of one week.
const LARGEST_FILE_BYTES: u64 = 32 * 1024 * 1024;
/// A longer line holds no card.
const LONGEST_CARD: usize = 100;
/// The column with the card.
const CARD_NUMBER: &str = "card_number";

/// Reads the cards of a file, in its order.
pub(super) fn read(path: &Path) -> Result<Vec<String>, CollectionError> {
    let io = |doing| move |source| CollectionError::Io { path: path.to_owned(), doing, source };
    let file = File::open(path).map_err(io("cannot be opened"))?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io("cannot be read"))?;
    if bytes.len() as u64 > LARGEST_FILE_BYTES {
        return Err(CollectionError::File("the file is larger than 32 MiB: give the cards alone".to_owned()));
    }
    cards(&bytes)
}

fn cards(bytes: &[u8]) -> Result<Vec<String>, CollectionError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| CollectionError::File("the file is not UTF-8: save it as UTF-8".to_owned()))?;
    let first = text.lines().next().unwrap_or_default();
    let separator = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut cards = Vec::new();
    let mut column = None;
    for (at, record) in reader.records().enumerate() {
        let record = record
            .map_err(|_| CollectionError::File(format!("row {} cannot be read: check its quotes", at + 1)))?;
        if at == 0 {
            column = record.iter().position(|cell| cell == CARD_NUMBER);
            if column.is_some() {
                continue;
            }
        }
        let is_row = column.is_some();
        let cell = match column {
            Some(column) => record.get(column).unwrap_or_default(),
            None if record.len() == 1 => &record[0],
            None => {
                let message = format!(
                    "row {} has several cells, and the first row names no column card_number",
                    at + 1
                );
                return Err(CollectionError::File(message));
            }
        };
        if cell.is_empty() && !is_row {
            continue;
        }
        cards.push(card(cell, at + 1)?);
    }
    if cards.is_empty() {
        return Err(CollectionError::File("the file holds no card".to_owned()));
    }
    Ok(cards)
}

/// A card as it may be written back. What is refused is not repeated.
fn card(cell: &str, row: usize) -> Result<String, CollectionError> {
    let characters: Vec<char> = cell.chars().collect();
    let fault = if cell.is_empty() {
        "holds no card"
    } else if characters.len() > LONGEST_CARD || characters.iter().any(|one| one.is_control()) {
        "holds no card but something longer"
    } else if characters
        .windows(11)
        .any(|part| IdentityCode::parse_typed(&part.iter().collect::<String>()).is_ok())
    {
        "holds an identity code: give the card number instead"
    } else {
        return Ok(cell.to_owned());
    };
    Err(CollectionError::File(format!("row {row} {fault}")))
}

/// Removes the file back of an earlier reading: whoever finds none knows that there is none.
pub(super) fn remove_earlier(path: &Path) -> Result<(), CollectionError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(CollectionError::Io {
            path: path.to_owned(),
            doing: "is there from before and cannot be removed",
            source,
        }),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The file back, written and not yet in its place. Dropped, nothing of it remains.
#[derive(Debug)]
pub(super) struct Begun {
    temporary: PathBuf,
    path: PathBuf,
}

impl Begun {
    /// Writes the file beside its place, for its owner alone.
    pub(super) fn write<'a>(
        path: &Path,
        id: uuid::Uuid,
        rows: impl Iterator<Item = (&'a str, bool)>,
    ) -> Result<Self, CollectionError> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{id}.part"));
        let begun = Self { temporary: PathBuf::from(name), path: path.to_owned() };
        let io = |doing| move |source| CollectionError::Io { path: path.to_owned(), doing, source };
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&begun.temporary).map_err(io("cannot be made"))?;
        let written = || -> std::io::Result<()> {
            let mut writer = csv::Writer::from_writer(BufWriter::new(&file));
            writer.write_record([CARD_NUMBER, "decision"])?;
            for (card, send) in rows {
                writer.write_record([card, if send { SEND } else { HOLD }])?;
            }
            writer.into_inner().map_err(csv::IntoInnerError::into_error)?.flush()?;
            file.sync_all()
        };
        written().map_err(io("cannot be written"))?;
        Ok(begun)
    }

    /// Puts the file in its place, whole.
    pub(super) fn put(self) -> Result<(), CollectionError> {
        std::fs::rename(&self.temporary, &self.path).map_err(|source| CollectionError::Io {
            path: self.path.clone(),
            doing: "cannot be put in its place",
            source,
        })
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        // Once it is in its place there is nothing here to remove.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        cards(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn cards_stand_on_lines_or_in_a_column_and_keep_their_order() {
        let expected = Ok(vec!["2072".to_owned(), "2071".to_owned(), "2072".to_owned()]);
        assert_eq!(read("2072\r\n2071\n\n 2072 \n"), expected);
        assert_eq!(read("\u{FEFF}card_number\n2072\n2071\n2072\n"), expected);
        assert_eq!(read("sum;card_number;title\n1,50;2072;x\n2;2071;y\n3;\"2072\";z\n"), expected);
    }

    #[test]
    fn what_holds_no_card_is_refused_without_being_repeated() {
        for (text, words) in [
            ("", "no card"),
            ("card_number\n", "no card"),
            ("card,sum\n2072,1\n", "row 1 has several cells"),
            ("card_number,sum\n2072,1\n,2\n", "row 3 holds no card"),
            ("300471-912A\n", "row 1 holds an identity code"),
            ("2072\nx 300471-912a\n", "row 2 holds an identity code"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text:?}: {error}");
            assert!(!error.contains("912"), "{error}");
        }
        assert!(cards(b"\xE4\n").is_err());
    }
}
