//! Reading a world from a folder: who lives there, and what will happen to them.
//!
//! People are in `population/*.json` (one person or an array each, in the order of the file names) or in
//! `population.jsonl`; the log is in `changes.json` (an array) or `changes.jsonl`. Files with a line per
//! person are read line by line. Unknown keys are passed over. Only codes with the individual numbers
//! 900–999 are taken: no real person can get into the simulation. Errors name the file and the line or the
//! number of the person or entry (from 1), never a code or any other content.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::model::{Entry, PartsError, Person, World};
use crate::identity_code::{IdentityCode, IdentityCodeError};

/// Why a folder could not be read as a world.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder cannot be read.
    #[error("cannot read {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds no population.
    #[error("{} has neither population.jsonl nor population/*.json: name the folder that holds them", folder.display())]
    NoPopulation {
        /// The folder.
        folder: PathBuf,
    },
    /// A person or an entry is not as it must be.
    #[error("{}, {place}: {problem}", file.display())]
    Content {
        /// The file.
        file: PathBuf,
        /// The line, or the number of the person or entry.
        place: String,
        /// What is wrong.
        problem: Problem,
    },
    /// People and entries do not fit together.
    #[error("the population in {} does not fit together", folder.display())]
    Parts {
        /// The folder.
        folder: PathBuf,
        /// What does not fit.
        source: PartsError,
    },
}

/// What is wrong with a person or an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not JSON of the expected shape. The parser's own words may quote the content, so they are left out.
    #[error("not the JSON that is expected there (line {line}, column {column})")]
    Json {
        /// The line within the text.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A key is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The code is not well-formed.
    #[error("henkilotunnus: {0}")]
    Code(IdentityCodeError),
    /// The code could be a real person's.
    #[error(
        "henkilotunnus: the individual number must be 900–999, so that no real person is in the simulation"
    )]
    RealCode,
    /// The groups are not an array.
    #[error("tietoryhmat must be an array")]
    Groups,
    /// The instant cannot be read.
    #[error("muutospv must be an instant such as 2026-03-14T22:00:00.000Z")]
    Instant,
}

/// A person as the files have it.
#[derive(Deserialize)]
struct PersonText {
    henkilotunnus: Option<String>,
    tietoryhmat: Option<Box<RawValue>>,
}

/// An entry as the files have it.
#[derive(Deserialize)]
struct EntryText {
    kirjausavain: Option<i64>,
    muutospv: Option<String>,
    henkilotunnus: Option<String>,
    tietoryhmat: Option<Box<RawValue>>,
}

impl World {
    /// Reads the world in a folder; nothing of it has been played yet.
    ///
    /// # Errors
    /// Says which file and which line or entry is wrong, and how; never the content.
    pub fn load(folder: &Path, today: NaiveDate) -> Result<Self, LoadError> {
        let people = read_population(folder)?;
        let entries = read_log(folder)?;
        Self::from_parts(people, entries, today)
            .map_err(|source| LoadError::Parts { folder: folder.to_owned(), source })
    }
}

fn read_population(folder: &Path) -> Result<Vec<Person>, LoadError> {
    let mut people = Vec::new();
    let lines = folder.join("population.jsonl");
    let apart = folder.join("population");
    let mut files = 0;
    if lines.is_file() {
        files += 1;
        read_lines(&lines, person, &mut people)?;
    }
    if apart.is_dir() {
        for file in json_files(&apart)? {
            files += 1;
            read_array(&file, person, &mut people)?;
        }
    }
    if files == 0 {
        return Err(LoadError::NoPopulation { folder: folder.to_owned() });
    }
    Ok(people)
}

fn read_log(folder: &Path) -> Result<Vec<Entry>, LoadError> {
    let mut entries = Vec::new();
    let (lines, array) = (folder.join("changes.jsonl"), folder.join("changes.json"));
    if lines.is_file() {
        read_lines(&lines, entry, &mut entries)?;
    }
    if array.is_file() {
        read_array(&array, entry, &mut entries)?;
    }
    Ok(entries)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::File { file: folder.to_owned(), source };
    let mut files = Vec::new();
    for found in std::fs::read_dir(folder).map_err(unreadable)? {
        let file = found.map_err(unreadable)?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a file with one `T` per line, blank lines passed over.
fn read_lines<T, W>(
    file: &Path,
    read: fn(T) -> Result<W, Problem>,
    into: &mut Vec<W>,
) -> Result<(), LoadError>
where
    T: for<'a> Deserialize<'a>,
{
    let unreadable = |source| LoadError::File { file: file.to_owned(), source };
    let mut reader = BufReader::with_capacity(1 << 20, File::open(file).map_err(unreadable)?);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let item = serde_json::from_slice(&line).map_err(|error| json(&error)).and_then(read);
        into.push(item.map_err(|problem| content(file, format!("line {number}"), problem))?);
    }
    Ok(())
}

/// Reads a file with one `T` or an array of them.
fn read_array<T, W>(
    file: &Path,
    read: fn(T) -> Result<W, Problem>,
    into: &mut Vec<W>,
) -> Result<(), LoadError>
where
    T: for<'a> Deserialize<'a>,
{
    let text = std::fs::read(file).map_err(|source| LoadError::File { file: file.to_owned(), source })?;
    let whole = |error: &serde_json::Error| content(file, "whole file".to_owned(), json(error));
    let items: Vec<&RawValue> = if text.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(&text).map_err(|error| whole(&error))?
    } else {
        vec![serde_json::from_slice(&text).map_err(|error| whole(&error))?]
    };
    for (at, item) in items.into_iter().enumerate() {
        let item = serde_json::from_str(item.get()).map_err(|error| json(&error)).and_then(read);
        into.push(item.map_err(|problem| content(file, format!("entry {}", at + 1), problem))?);
    }
    Ok(())
}

fn person(text: PersonText) -> Result<Person, Problem> {
    Ok(Person { code: code(text.henkilotunnus)?, groups: groups(text.tietoryhmat)? })
}

fn entry(text: EntryText) -> Result<Entry, Problem> {
    let at = text.muutospv.ok_or(Problem::Missing("muutospv"))?;
    Ok(Entry {
        key: text.kirjausavain.ok_or(Problem::Missing("kirjausavain"))?,
        at: DateTime::parse_from_rfc3339(&at).map_err(|_| Problem::Instant)?.with_timezone(&Utc),
        code: code(text.henkilotunnus)?,
        groups: groups(text.tietoryhmat)?,
    })
}

fn code(text: Option<String>) -> Result<IdentityCode, Problem> {
    let text = text.ok_or(Problem::Missing("henkilotunnus"))?;
    let code = IdentityCode::parse(&text).map_err(Problem::Code)?;
    if code.is_test() { Ok(code) } else { Err(Problem::RealCode) }
}

fn groups(groups: Option<Box<RawValue>>) -> Result<Box<RawValue>, Problem> {
    let groups = groups.ok_or(Problem::Missing("tietoryhmat"))?;
    if groups.get().starts_with('[') { Ok(groups) } else { Err(Problem::Groups) }
}

fn json(error: &serde_json::Error) -> Problem {
    Problem::Json { line: error.line(), column: error.column() }
}

fn content(file: &Path, place: String, problem: Problem) -> LoadError {
    LoadError::Content { file: file.to_owned(), place, problem }
}
