//! A library system that takes corrections as a file: its own export is read, a correction file is written.
//!
//! The export is as old as its last writing, so what was written cannot be read back: a correction is known
//! to have been taken when a later export shows it. Corrections written since the export count as held, so
//! that none is written twice. An empty cell of a correction leaves its column alone; a column that is to become
//! empty holds a dash.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use csv::{ReaderBuilder, StringRecord};

use super::{Capabilities, PatronRegister, RegisterError, Standing, Values, WriteOutcome, WriteSource};
use crate::finding::{Field, FieldChange};

/// Columns that name the patron.
const PATRON_ID: &str = "patron_id";
const CARD_NUMBER: &str = "card_number";

/// The columns of a correction, in the patron file's order.
const FIELDS: [Field; 10] = [
    Field::IdentityCode,
    Field::LastName,
    Field::FirstNames,
    Field::BirthDate,
    Field::StreetAddress,
    Field::CareOf,
    Field::PostalCode,
    Field::City,
    Field::Country,
    Field::Language,
];

/// The pair of files.
#[derive(Debug, Clone)]
pub struct CsvRegister(Arc<Files>);

#[derive(Debug)]
struct Files {
    export: PathBuf,
    corrections: PathBuf,
    /// One writer at a time within this process; between processes the lease of the task sees to it.
    writing: Mutex<()>,
}

/// One row, by column.
struct Row {
    card_number: String,
    values: Vec<(Field, String)>,
}

impl CsvRegister {
    /// The register whose export is one file, and which takes corrections from another.
    pub fn new(export: PathBuf, corrections: PathBuf) -> Self {
        Self(Arc::new(Files { export, corrections, writing: Mutex::new(()) }))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, RegisterError> {
        let files = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || work(&files))
            .await
            .map_err(|_| RegisterError::Unavailable("reading its files was broken off".to_owned()))?
    }
}

#[async_trait]
impl PatronRegister for CsvRegister {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { writes: true, conditional: false, reads_back: false, proposes: false }
    }

    async fn read(&self, patron_id: &str, fields: &[Field]) -> Result<Values, RegisterError> {
        let (patron_id, fields) = (patron_id.to_owned(), fields.to_vec());
        self.blocking(move |files| Ok(files.held(&patron_id)?.map(|row| row.only(&fields)))).await
    }

    async fn write(
        &self,
        patron_id: &str,
        changes: &[FieldChange],
        _source: &WriteSource,
    ) -> Result<WriteOutcome, RegisterError> {
        let (patron_id, changes) = (patron_id.to_owned(), changes.to_vec());
        self.blocking(move |files| files.correct(&patron_id, &changes)).await
    }
}

impl Row {
    fn only(&self, fields: &[Field]) -> Vec<(Field, String)> {
        fields.iter().map(|&field| (field, self.get(field).to_owned())).collect()
    }

    fn get(&self, field: Field) -> &str {
        self.values.iter().find(|(column, _)| *column == field).map_or("", |(_, value)| value)
    }
}

impl Files {
    /// What the register holds: the export, and over it the corrections written since.
    fn held(&self, patron_id: &str) -> Result<Option<Row>, RegisterError> {
        let Some(mut row) = last_row(&self.export, patron_id)? else { return Ok(None) };
        if self.corrections_are_newer()
            && let Some(corrected) = last_row(&self.corrections, patron_id)?
        {
            for (field, value) in corrected.values.into_iter().filter(|(_, value)| !value.is_empty()) {
                let value = if value == CLEARED { String::new() } else { value };
                row.values.retain(|(column, _)| *column != field);
                row.values.push((field, value));
            }
        }
        Ok(Some(row))
    }

    fn corrections_are_newer(&self) -> bool {
        let written = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
        written(&self.corrections).is_some_and(|at| written(&self.export).is_none_or(|export| at >= export))
    }

    fn correct(&self, patron_id: &str, changes: &[FieldChange]) -> Result<WriteOutcome, RegisterError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(row) = self.held(patron_id)? else { return Ok(WriteOutcome::Gone) };
        let fields: Vec<Field> = changes.iter().map(|change| change.field).collect();
        match Standing::of(&Some(row.only(&fields)), changes) {
            Standing::Untouched => {}
            Standing::Taken => return Ok(WriteOutcome::Written),
            Standing::Other(_) => return Ok(WriteOutcome::Conflict),
            Standing::Gone => return Ok(WriteOutcome::Gone),
        }
        // Corrections written since the export are carried along, so that the last row says everything.
        let earlier =
            if self.corrections_are_newer() { last_row(&self.corrections, patron_id)? } else { None };
        let cell = |field: Field| {
            let change = changes.iter().find(|change| change.field == field);
            let carried = earlier.as_ref().map_or("", |row| row.get(field));
            change
                .map_or(carried, |change| if change.proposed.is_empty() { CLEARED } else { &change.proposed })
        };
        let cells = [patron_id, &row.card_number].into_iter().chain(FIELDS.map(cell));
        append(&self.corrections, &record(cells)?).map_err(|error| failed(&self.corrections, &error))?;
        Ok(WriteOutcome::Written)
    }
}

/// What stands in a cell that is to become empty; an empty cell of a correction changes nothing.
const CLEARED: &str = "-";

/// The last row of a patron in a file, if there is one. A file that does not exist has none.
fn last_row(path: &Path, patron_id: &str) -> Result<Option<Row>, RegisterError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, &error)),
    };
    let mut reader = BufReader::new(file);
    let start = reader.fill_buf().map_err(|error| failed(path, &error))?;
    let head = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let parts = |wanted: u8| head.split(|byte| *byte == wanted).count();
    let delimiter = if parts(b';') > parts(b',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
    let unreadable =
        || RegisterError::Unavailable(format!("{} cannot be read as CSV in UTF-8", path.display()));
    let header = reader.headers().map_err(|_| unreadable())?.clone();
    let column =
        |name: &str| header.iter().position(|cell| cell.trim_start_matches('\u{feff}').trim() == name);
    let id = column(PATRON_ID).ok_or_else(unreadable)?;
    let (card, places) = (column(CARD_NUMBER), FIELDS.map(|field| (field, column(field.as_str()))));
    let (mut found, mut record) = (None, StringRecord::new());
    while reader.read_record(&mut record).map_err(|_| unreadable())? {
        if record.get(id).map(str::trim) == Some(patron_id) {
            let cell =
                |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim().to_owned();
            let values = places.iter().map(|&(field, at)| (field, cell(at))).collect();
            found = Some(Row { card_number: cell(card), values });
        }
    }
    Ok(found)
}

/// One line of the correction file, line breaks in cells made spaces.
fn record<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, RegisterError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells = cells.map(|cell| cell.replace(|letter: char| letter.is_control(), " "));
    let refused = || RegisterError::Refused("a correction cannot be written as CSV".to_owned());
    writer.write_record(cells.collect::<Vec<_>>()).map_err(|_| refused())?;
    writer.into_inner().map_err(|_| refused())
}

/// Adds a line and makes it durable. A line that an earlier crash cut off is taken away first.
fn append(path: &Path, line: &[u8]) -> std::io::Result<()> {
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    let end = end_of_last_line(&mut file)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let mut text = Vec::new();
    if end == 0 {
        let names = [PATRON_ID, CARD_NUMBER].into_iter().chain(FIELDS.map(Field::as_str));
        text.extend_from_slice(names.collect::<Vec<_>>().join(",").as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(line);
    file.write_all(&text)?;
    file.sync_all()?;
    if end == 0
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Where the last whole line ends.
fn end_of_last_line(file: &mut File) -> std::io::Result<u64> {
    const STEP: u64 = 4096;
    let mut end = file.seek(SeekFrom::End(0))?;
    while end > 0 {
        let start = end.saturating_sub(STEP);
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::new();
        (&mut *file).take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

fn failed(path: &Path, error: &std::io::Error) -> RegisterError {
    RegisterError::Unavailable(format!("{}: {error}", path.display()))
}
