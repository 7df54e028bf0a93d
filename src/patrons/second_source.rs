//! What another provider than VTJ says of patrons: read from its file, kept sealed, and compared.
//!
//! A statement is kept for each patron and provider, the last one. It is not kept of those about whom
//! nobody may be asked, and of a protected patron nothing is kept of where they can be found. Findings are
//! made by the task `reconcile`, which runs at the end; where another process is at it, they come with its
//! next round.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;
use uuid::Uuid;

use super::source::{Counted, Opened};
use super::{BATCH_ROWS, Context, PatronsError, Progress, Source, io};
use crate::audit;
use crate::lease::Lease;
use crate::patron::{Note, PatronKind};
use crate::patron_file::{BadRow, ClaimLine, ClaimReader, Encoding, RejectedWriter};
use crate::protected::Protection;
use crate::provenance::{ClaimedAddress, Provider, Said, Source as Origin};
use crate::store::claim::ClaimRow;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, StoreError, Tx};

/// How often a batch is begun anew because a patron's key was replaced meanwhile: protection began.
const ATTEMPTS: u32 = 5;

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct SourceReport {
    /// Whose file it is.
    pub provider: String,
    /// Rows read, the header left out.
    pub rows: u64,
    /// Statements kept: new ones, and ones that say something else than before.
    pub taken: u64,
    /// Statements that say the same as before, or that hold from an earlier day than the one kept.
    pub unchanged: u64,
    /// Rows of which nothing is kept: they say nothing, or they are of patrons about whom nothing is asked.
    pub skipped: u64,
    /// Bad rows.
    pub rejected: u64,
    /// Open findings that rest on this provider's word about the patrons of the file.
    pub findings: u64,
    /// Where the bad rows are listed.
    pub rejected_file: Option<PathBuf>,
    /// Whether others than the owner can read the file.
    pub readable_by_others: bool,
    /// Whether another process compares, so that the findings of this file are still to come.
    pub compared_elsewhere: bool,
}

/// Reads the file of a provider, keeps what it says, and compares.
///
/// # Errors
/// When the header is not that of such a file, when another process imports, or when file or database fail.
/// Batches committed until then stay, and the next reading of the same file goes on from there.
pub async fn import_source(
    tasks: &crate::task::Context,
    source: &Source,
    provider: &Provider,
    encoding: Encoding,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<SourceReport, PatronsError> {
    let context = Context::from(tasks);
    let file = Opened::open(source, context.clock.now())?;
    let read = Arc::new(AtomicU64::new(0));
    let mut tell = || progress(Progress { done: read.load(Ordering::Relaxed), total: file.bytes });
    let reader = ClaimReader::new(file.rewound(read.clone())?, encoding, context.clock.today())?;
    let rejected_path = source.rejected_path();
    let rejected = RejectedWriter::with_names(rejected_path.clone(), reader.names())
        .map_err(io(&rejected_path, "the list of an earlier import cannot be replaced"))?;
    let lease = context.lease().await?;
    let mut import = Import {
        context: &context,
        lease: &lease,
        provider,
        seen: BTreeSet::new(),
        report: SourceReport { provider: provider.as_str().to_owned(), ..SourceReport::default() },
    };
    let result = import.run(reader, (rejected, rejected_path), &mut tell).await;
    let Import { seen, mut report, .. } = import;
    let released = lease.release().await;
    result?;
    released?;
    report.readable_by_others = file.readable_by_others;
    report.compared_elsewhere = !compare(tasks).await?;
    report.findings = count_findings(&context, provider, &seen).await?;
    Ok(report)
}

/// Runs the task that compares. Returns whether it ran here.
async fn compare(tasks: &crate::task::Context) -> Result<bool, PatronsError> {
    use crate::task::{Task, TaskError};
    match crate::task::run(tasks, Task::Reconcile).await {
        Ok(_) => Ok(true),
        Err(TaskError::HeldElsewhere(_) | TaskError::Store(StoreError::LeaseLost(_))) => Ok(false),
        Err(TaskError::Store(error)) => Err(error.into()),
        // The task asks nobody and writes no register.
        Err(error) => Err(PatronsError::Compare(error.to_string())),
    }
}

async fn count_findings(
    context: &Context,
    provider: &Provider,
    patrons: &BTreeSet<Uuid>,
) -> Result<u64, StoreError> {
    let patrons: Vec<Uuid> = patrons.iter().copied().collect();
    let word = Origin::External(provider.clone()).word();
    let mut count = 0;
    for patrons in patrons.chunks(BATCH_ROWS) {
        let open = store::finding::open_of(&mut context.db.read().await?, patrons).await?;
        count += open.iter().filter(|finding| finding.source == word).count() as u64;
    }
    Ok(count)
}

/// One reading on its way.
struct Import<'a> {
    context: &'a Context,
    lease: &'a Lease,
    provider: &'a Provider,
    /// The patrons of whom a row has been read.
    seen: BTreeSet<Uuid>,
    report: SourceReport,
}

/// A good row with its patron.
struct Known {
    patron: PatronRow,
    said: Said,
    as_of: Option<NaiveDate>,
}

impl Import<'_> {
    async fn run(
        &mut self,
        mut reader: ClaimReader<Counted<std::fs::File>>,
        (mut rejected, path): (RejectedWriter, PathBuf),
        tell: &mut (dyn FnMut() + Send),
    ) -> Result<(), PatronsError> {
        self.record("begun".to_owned(), "import_source.begin").await?;
        loop {
            let rows = next_batch(&mut reader)?;
            if rows.is_empty() {
                break;
            }
            self.report.rows += rows.len() as u64;
            let (known, mut bad) = self.look_up(rows).await?;
            bad.sort_by_key(|bad| bad.line);
            self.report.rejected += bad.len() as u64;
            bad.iter()
                .try_for_each(|bad| rejected.write(bad))
                .map_err(io(&path, "the rejected rows cannot be written"))?;
            self.keep(known).await?;
            tell();
        }
        self.report.rejected_file = rejected.finish().map_err(io(&path, "cannot be written"))?;
        let SourceReport { rows, taken, unchanged, skipped, rejected, .. } = &self.report;
        let counts = format!(
            "ended; rows {rows}, taken {taken}, unchanged {unchanged}, skipped {skipped}, rejected {rejected}"
        );
        self.record(counts, "import_source.end").await
    }

    async fn record(&self, detail: String, commit: &'static str) -> Result<(), PatronsError> {
        let detail = format!("{}: {detail}", self.provider.as_str());
        let mut tx = self.lease.begin().await?;
        audit::record(&mut tx, &[self.context.event("patron.import_source").detail(detail)]).await?;
        Ok(tx.commit(commit).await?)
    }

    /// The patrons of the rows, and the rows that are of nobody, or of somebody of whom an earlier row was.
    async fn look_up(
        &mut self,
        rows: Vec<Result<ClaimLine, BadRow>>,
    ) -> Result<(Vec<Known>, Vec<BadRow>), PatronsError> {
        let good = || rows.iter().filter_map(|row| row.as_ref().ok());
        let ids: Vec<String> = good().filter_map(|row| row.patron_id.clone()).collect();
        let cards: Vec<String> = good().filter_map(|row| row.card_number.clone()).collect();
        let mut tx = self.context.db.read().await?;
        let by_id = store::patron::by_patron_ids(&mut tx, &ids).await?;
        let by_card = store::patron::by_card_numbers(&mut tx, &cards).await?;
        drop(tx);
        let by_id: BTreeMap<&str, &PatronRow> =
            by_id.iter().map(|row| (row.patron_id.as_str(), row)).collect();
        let by_card: BTreeMap<&str, &PatronRow> =
            by_card.iter().map(|row| (row.card_number.as_str(), row)).collect();
        let (mut known, mut bad) = (Vec::new(), Vec::new());
        for row in rows {
            let row = match row {
                Ok(row) => row,
                Err(row) => {
                    bad.push(row);
                    continue;
                }
            };
            match patron_of(&row, &by_id, &by_card) {
                Ok(patron) if self.seen.insert(patron.id) => {
                    known.push(Known { patron: patron.clone(), said: row.said, as_of: row.as_of });
                }
                Ok(_) => bad.push(row.reject("the patron stands in an earlier row of the file")),
                Err(reason) => bad.push(row.reject(reason)),
            }
        }
        Ok((known, bad))
    }

    /// Keeps what is said, in one transaction.
    async fn keep(&mut self, known: Vec<Known>) -> Result<(), PatronsError> {
        let ids: Vec<Uuid> = known.iter().map(|known| known.patron.id).collect();
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.try_keep(&known, &ids).await {
                Err(StoreError::Conflict(_) | StoreError::Seal(_)) if attempt < ATTEMPTS => {}
                Err(error) => return Err(error.into()),
                Ok((taken, unchanged, skipped)) => {
                    self.report.taken += taken;
                    self.report.unchanged += unchanged;
                    self.report.skipped += skipped;
                    return Ok(());
                }
            }
        }
    }

    async fn try_keep(&self, known: &[Known], ids: &[Uuid]) -> Result<(u64, u64, u64), StoreError> {
        let context = self.context;
        let keyring = data_key::keyring(&context.db, &context.vault, ids).await?;
        let mut tx = self.lease.begin().await?;
        let persons = store::person::locked(&mut tx, ids).await?;
        let persons: BTreeMap<Uuid, PersonRow> = persons.into_iter().map(|row| (row.patron, row)).collect();
        let kept = kept(&mut tx, self.provider, ids).await?;
        let (mut taken, mut unchanged, mut skipped) = (Vec::new(), 0, 0);
        let mut events = Vec::new();
        for one in known {
            let Some(said) = admitted(one, persons.get(&one.patron.id)) else {
                skipped += 1;
                continue;
            };
            let key = keyring.newest(one.patron.id)?;
            let sealed_later = persons.get(&one.patron.id).is_some_and(|row| row.key_version > key.version);
            if sealed_later {
                return Err(StoreError::Conflict("the patron's key"));
            }
            if !is_news(&said, one.as_of, kept.get(&one.patron.id), &keyring)? {
                unchanged += 1;
                continue;
            }
            let now = context.clock.now();
            let id = store::new_id(now);
            let row = ClaimRow {
                id,
                patron: one.patron.id,
                provider: self.provider.as_str().to_owned(),
                said_at: one.as_of.map_or(now, beginning),
                received_at: now,
                key_version: key.version,
                sealed: store::claim::seal(key, id, &said)?,
            };
            store::claim::put(&mut tx, &row).await?;
            let detail = Origin::External(self.provider.clone()).word();
            events.push(context.event("patron.claim").about(key.subject_tag).detail(detail));
            taken.push(one.patron.id);
        }
        store::due::make_compare_due(&mut tx, &taken).await?;
        audit::record(&mut tx, &events).await?;
        tx.commit("import_source.batch").await?;
        Ok((taken.len() as u64, unchanged, skipped))
    }
}

fn next_batch(
    reader: &mut ClaimReader<Counted<std::fs::File>>,
) -> Result<Vec<Result<ClaimLine, BadRow>>, PatronsError> {
    let mut rows = Vec::new();
    while rows.len() < BATCH_ROWS {
        let Some(row) = reader.next_row()? else { break };
        rows.push(row);
    }
    Ok(rows)
}

/// The patron of a row; the reason why there is none.
fn patron_of<'a>(
    row: &ClaimLine,
    by_id: &BTreeMap<&str, &'a PatronRow>,
    by_card: &BTreeMap<&str, &'a PatronRow>,
) -> Result<&'a PatronRow, &'static str> {
    let of_id = row.patron_id.as_deref().map(|id| by_id.get(id).copied());
    let of_card = row.card_number.as_deref().map(|card| by_card.get(card).copied());
    match (of_id, of_card) {
        (Some(None), _) => Err("patron_id: no patron has it"),
        (_, Some(None)) => Err("card_number: no patron has it"),
        (Some(Some(one)), Some(Some(other))) if one.id != other.id => {
            Err("patron_id and card_number: they are of different patrons")
        }
        (Some(Some(patron)), _) | (None, Some(Some(patron))) => Ok(patron),
        (None, None) => Err("patron_id and card_number: one of them must not be empty"),
    }
}

/// What may be kept of a statement; `None` if nothing.
fn admitted(one: &Known, person: Option<&PersonRow>) -> Option<Said> {
    let patron = &one.patron;
    let marked = [Note::Restricted, Note::Objected, Note::PreRegistration];
    let notes = patron.notes();
    let is_compared = patron.in_register
        && !patron.sealed.is_empty()
        && patron.kind().is_ok_and(|kind| kind == PatronKind::Person)
        && !marked.iter().any(|note| notes.contains(note));
    let person = person.filter(|_| is_compared)?;
    let mut said = one.said.clone();
    let protected =
        patron.protected_mark || !matches!(person.protection(), Ok(Protection::No | Protection::Unknown));
    if protected {
        said.address = ClaimedAddress::default();
    }
    (!said.is_empty()).then_some(said)
}

/// The statements of the provider that are kept, by patron.
async fn kept(
    tx: &mut Tx,
    provider: &Provider,
    patrons: &[Uuid],
) -> Result<BTreeMap<Uuid, ClaimRow>, StoreError> {
    let rows = store::claim::of_patrons(tx, patrons).await?;
    Ok(rows
        .into_iter()
        .filter(|row| row.provider == provider.as_str())
        .map(|row| (row.patron, row))
        .collect())
}

/// Whether a statement is another one than the one kept, and not an earlier one.
fn is_news(
    said: &Said,
    as_of: Option<NaiveDate>,
    kept: Option<&ClaimRow>,
    keyring: &Keyring,
) -> Result<bool, StoreError> {
    let Some(kept) = kept else { return Ok(true) };
    let same = kept.open(keyring)? == *said;
    Ok(match as_of.map(beginning) {
        None => !same,
        Some(at) => at > kept.said_at || (at == kept.said_at && !same),
    })
}

/// The beginning of a day in Helsinki.
fn beginning(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clocks in Helsinki never change at midnight; the day in UTC is the answer if they ever should.
    Helsinki.from_local_datetime(&midnight).earliest().map_or(midnight.and_utc(), |at| at.to_utc())
}
