//! Reading a patron file into the register.
//!
//! Before anything is written, the header is checked and the file is read once to see how many of the known
//! patrons it lacks. That takes eight bytes a known patron; everything else is read in batches.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::batch::{self, Outcome};
use super::source::{Counted, Opened};
use super::{BATCH_ROWS, Context, PatronsError, Source, io, missing};
use crate::audit;
use crate::lease::Lease;
use crate::patron_file::{BadRow, Column, Encoding, Reader, RejectedWriter, Row};
use crate::store;

/// Bytes of bad rows after which a batch ends: a bad row can be as long as a line may be.
const BATCH_BAD_BYTES: usize = 1024 * 1024;

/// How a file is imported.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How its characters are written.
    pub encoding: Encoding,
    /// Whether it may lose any number of patrons.
    pub allow_shrink: bool,
    /// The share of patrons, in per cent, that it may lose without being told so.
    pub max_shrink_percent: u32,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Rows read, the header left out.
    pub rows: u64,
    /// Patrons that were not known.
    pub added: u64,
    /// Patrons whose row changed.
    pub changed: u64,
    /// Patrons whose row did not change.
    pub unchanged: u64,
    /// Bad rows.
    pub rejected: u64,
    /// Patrons who are not in the file any more.
    pub missing: u64,
    /// Where the bad rows are listed.
    pub rejected_file: Option<PathBuf>,
    /// Whether others than the owner can read the file.
    pub readable_by_others: bool,
}

/// How far an import is: bytes of the file, read once or twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub done: u64,
    /// Bytes to read in all.
    pub total: u64,
}

/// One import on its way.
pub(super) struct Import<'a> {
    pub(super) context: &'a Context,
    pub(super) lease: &'a Lease,
    /// The import; the mark of patrons whose row was good.
    pub(super) id: Uuid,
    /// The mark of patrons whose row was bad: they are in the file all the same.
    pub(super) bad_id: Uuid,
    /// The columns that the file has, in its order.
    pub(super) columns: Vec<Column>,
    /// The same as a set.
    pub(super) present: BTreeSet<Column>,
}

/// Imports a patron file. `progress` is called after every batch.
///
/// # Errors
/// When the header is not that of a patron file, when too many patrons would be lost, when another process
/// imports, or when file or database fail. Batches committed until then stay, and the next import of the same
/// file goes on from there.
pub async fn import(
    context: &Context,
    source: &Source,
    options: Options,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<ImportReport, PatronsError> {
    let file = Opened::open(source, context.clock.now())?;
    let passes = if options.allow_shrink { 1 } else { 2 };
    let read = Arc::new(AtomicU64::new(0));
    let mut tell = || progress(Progress { done: read.load(Ordering::Relaxed), total: file.bytes * passes });
    let reader = open(context, &file, options, &read)?;
    let rejected_path = source.rejected_path();
    let rejected = RejectedWriter::new(rejected_path.clone(), reader.columns_in_order())
        .map_err(io(&rejected_path, "the list of an earlier import cannot be replaced"))?;
    let lease = context.lease().await?;
    let done = async {
        if !options.allow_shrink {
            refuse_shrink(context, reader, options.max_shrink_percent, &mut tell).await?;
            read.store(file.bytes, Ordering::Relaxed);
        }
        let reader = open(context, &file, options, &read)?;
        run(context, &lease, reader, (rejected, rejected_path), &mut tell).await
    };
    let result = done.await;
    let released = lease.release().await;
    let report = result?;
    released?;
    Ok(ImportReport { readable_by_others: file.readable_by_others, ..report })
}

type FileReader = Reader<Counted<std::fs::File>>;

fn open(
    context: &Context,
    file: &Opened,
    options: Options,
    read: &Arc<AtomicU64>,
) -> Result<FileReader, PatronsError> {
    let input = file.rewound(read.clone())?;
    Ok(Reader::new(input, options.encoding, context.municipalities.clone())?)
}

/// Reads the whole file and counts the known patrons in it, good rows and bad.
async fn refuse_shrink(
    context: &Context,
    mut reader: FileReader,
    max_percent: u32,
    tell: &mut (dyn FnMut() + Send),
) -> Result<(), PatronsError> {
    let mut tx = context.db.read().await?;
    let known = u64::try_from(store::patron::count_in_register(&mut tx).await?).unwrap_or_default();
    if known == 0 {
        return Ok(());
    }
    let columns = reader.columns_in_order().to_vec();
    let hasher = RandomState::new();
    let mut found: Vec<u64> = Vec::new();
    let mut more = true;
    while more {
        let rows = next_batch(&mut reader)?;
        more = !rows.is_empty();
        let ids: Vec<String> = rows.iter().filter_map(|row| patron_id(row, &columns)).collect();
        let here = store::patron_upkeep::known(&mut tx, &ids).await?;
        found.extend(here.iter().map(|id| hasher.hash_one(id)));
        tell();
    }
    found.sort_unstable();
    found.dedup();
    let lost = known.saturating_sub(found.len() as u64);
    if lost * 100 > known * u64::from(max_percent) {
        return Err(PatronsError::Shrink { lost, known, max_percent });
    }
    Ok(())
}

async fn run(
    context: &Context,
    lease: &Lease,
    mut reader: FileReader,
    (mut rejected, rejected_path): (RejectedWriter, PathBuf),
    tell: &mut (dyn FnMut() + Send),
) -> Result<ImportReport, PatronsError> {
    let id = store::new_id(context.clock.now());
    let import = Import {
        context,
        lease,
        id,
        bad_id: store::new_id(context.clock.now()),
        columns: reader.columns_in_order().to_vec(),
        present: reader.columns().clone(),
    };
    begin(&import).await?;
    let mut report = ImportReport::default();
    loop {
        let rows = next_batch(&mut reader)?;
        if rows.is_empty() {
            break;
        }
        report.rows += rows.len() as u64;
        let outcome = batch::process(&import, rows).await?;
        list_rejected(&mut rejected, &rejected_path, &outcome)?;
        report.added += outcome.added;
        report.changed += outcome.changed;
        report.unchanged += outcome.unchanged;
        report.rejected += outcome.rejected.len() as u64;
        tell();
    }
    report.missing = missing::mark(&import).await?;
    report.rejected_file = rejected.finish().map_err(io(&rejected_path, "cannot be written"))?;
    end(&import, &report).await?;
    Ok(report)
}

/// The next rows of the file, good and bad. None: its end.
fn next_batch(reader: &mut FileReader) -> Result<Vec<Result<Row, BadRow>>, PatronsError> {
    let mut rows = Vec::new();
    let mut bad_bytes = 0;
    while rows.len() < BATCH_ROWS && bad_bytes < BATCH_BAD_BYTES {
        let Some(row) = reader.next_row()? else { break };
        if let Err(bad) = &row {
            bad_bytes += bad.cells().iter().map(String::len).sum::<usize>();
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The patron a row is about, as far as a bad row tells.
pub(super) fn patron_id(row: &Result<Row, BadRow>, columns: &[Column]) -> Option<String> {
    match row {
        Ok(row) => Some(row.patron_id.clone()),
        Err(bad) => {
            let at = columns.iter().position(|column| *column == Column::PatronId)?;
            let cell = bad.cells().get(at)?.trim().trim_matches('"');
            Some(cell.to_owned()).filter(|cell| !cell.is_empty() && !cell.contains('\0'))
        }
    }
}

fn list_rejected(
    rejected: &mut RejectedWriter,
    path: &std::path::Path,
    outcome: &Outcome,
) -> Result<(), PatronsError> {
    outcome
        .rejected
        .iter()
        .try_for_each(|bad| rejected.write(bad))
        .map_err(io(path, "the rejected rows cannot be written"))
}

async fn begin(import: &Import<'_>) -> Result<(), PatronsError> {
    let context = import.context;
    let detail = format!("begun; columns {}", super::columns::names(&import.columns));
    let event = context.event("patron.import").detail(detail);
    let mut tx = import.lease.begin().await?;
    store::round::begin_import(&mut tx, import.id, &context.os_user, context.clock.now()).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("import.begin").await?;
    Ok(())
}

async fn end(import: &Import<'_>, report: &ImportReport) -> Result<(), PatronsError> {
    let context = import.context;
    let counts = serde_json::json!({
        "rows": report.rows, "added": report.added, "changed": report.changed,
        "unchanged": report.unchanged, "rejected": report.rejected, "missing": report.missing,
    });
    let detail = format!(
        "ended; rows {}, added {}, changed {}, unchanged {}, rejected {}, missing {}",
        report.rows, report.added, report.changed, report.unchanged, report.rejected, report.missing
    );
    let event = context.event("patron.import").detail(detail);
    let mut tx = import.lease.begin().await?;
    store::round::finish_import(&mut tx, import.id, &counts.to_string(), context.clock.now()).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("import.end").await?;
    Ok(())
}
