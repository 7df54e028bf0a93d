//! The task `refresh`: base data of those who are marked, at most a thousand a request, one municipality a
//! request.
//!
//! An answer belongs to the person asked about, or it is nobody's: code, birth date and names are checked
//! before anything is kept. Absent is not empty: silence about a death, or about protection, changes
//! neither.

mod answer;
mod of_run;
pub(crate) mod single;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

pub(crate) use super::ask::Asker;
use super::ask::{Answered, Question, ask};
use super::{Context, Report, Task, TaskError, protect};
use crate::audit::{self, Actor};
use crate::identity_code::IdentityCode;
use crate::lease::Lease;
use crate::municipality::Municipality;
use crate::patron::{Inadmissible, Patron};
use crate::protected::Protection;
use crate::store;
use crate::store::asked::AskedRow;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::{PersonRow, SealedPerson};
use crate::vtj::wire::BaseData;
use of_run::Settled;

/// People in one request: VTJ takes no more.
const BATCH: i64 = 1000;
/// Someone VTJ does not speak of, or whose data cannot be understood, is asked about again after so many
/// days.
const ASK_AGAIN_DAYS: i64 = 7;

pub(crate) use answer::PersonAnswer;
pub(super) use answer::{adopt_code, surname_hash};

/// Does one round.
///
/// # Errors
/// When VTJ or the database fails or the lease is lost. Batches that are done stay.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    for (code, municipality) in &context.settings.municipalities {
        loop {
            let now = context.clock.now();
            let mut read = context.db.read().await?;
            let due = store::due::refresh_due(&mut read, code, now, BATCH).await?;
            drop(read);
            if due.is_empty() || context.is_stopping() {
                break;
            }
            let by = Asker::task(Task::Refresh);
            read_batch(context, lease, by, municipality, due, &mut report).await?;
        }
    }
    let mut read = context.db.read().await?;
    let later = store::due::count_refresh_later(&mut read, context.clock.now()).await?;
    report.waiting = u64::try_from(later).unwrap_or_default();
    Ok(report)
}

/// Everything known of the people of one batch.
pub(super) struct Batch {
    pub(super) persons: Vec<AskedRow>,
    pub(super) patrons: BTreeMap<Uuid, Patron>,
    pub(super) known: BTreeMap<Uuid, SealedPerson>,
    pub(super) keyring: Keyring,
}

/// Asks for base data of some people of one municipality, and keeps it. What came of those of a run is noted on the
/// run in the same transaction.
///
/// # Errors
/// When VTJ or the database fails or the lease is lost.
pub(crate) async fn read_batch(
    context: &Context,
    lease: &Lease,
    by: Asker<'_>,
    municipality: &Municipality,
    due: Vec<AskedRow>,
    report: &mut Report,
) -> Result<(), TaskError> {
    let client = context.changes.as_ref().ok_or(TaskError::NoInterface("refresh"))?;
    let mut batch = open_batch(context, lease, by, due, report).await?;
    let mut asked: BTreeMap<IdentityCode, Vec<Uuid>> = BTreeMap::new();
    for person in &batch.persons {
        if let Some(code) =
            batch.known.get(&person.patron).map(SealedPerson::followed_code).transpose()?.flatten()
        {
            asked.entry(code).or_default().push(person.patron);
        }
    }
    if asked.is_empty() {
        return Ok(());
    }
    let codes: Vec<IdentityCode> = asked.keys().cloned().collect();
    let subjects: Vec<Uuid> = asked.values().flatten().copied().collect();
    let question = Question {
        asker: by,
        interface: "perustiedot",
        municipality,
        list: None,
        subjects: &subjects,
        persons_asked: codes.len(),
    };
    let answered = ask(context, lease, &question, async |call, now| {
        client.base_data(&codes, &municipality.grants, call, now).await
    })
    .await?;
    store_batch(context, lease, by, (municipality, &asked), &mut batch, answered, report).await
}

/// Opens the rows of a batch; whoever does not open is put aside and not asked about.
async fn open_batch(
    context: &Context,
    lease: &Lease,
    by: Asker<'_>,
    due: Vec<AskedRow>,
    report: &mut Report,
) -> Result<Batch, TaskError> {
    let ids: Vec<Uuid> = due.iter().map(|person| person.patron).collect();
    let mut read = context.db.read().await?;
    let rows = store::patron::by_ids(&mut read, &ids).await?;
    drop(read);
    let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
    let rows: BTreeMap<Uuid, PatronRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut batch = Batch { persons: Vec::new(), patrons: BTreeMap::new(), known: BTreeMap::new(), keyring };
    let (mut unopened, mut settled) = (Vec::new(), Settled::default());
    for person in due {
        match rows.get(&person.patron).map(|row| open(&batch.keyring, row, &person)) {
            Some(Ok((patron, known))) if known.followed_code().is_ok_and(|code| code.is_some()) => {
                if let Some(reason) = inadmissible(context, by, &patron) {
                    settled.leave_out(reason.as_str(), person.patron);
                    continue;
                }
                batch.known.insert(person.patron, known);
                batch.patrons.insert(person.patron, patron);
                batch.persons.push(person);
            }
            _ => unopened.push(person),
        }
    }
    if !unopened.is_empty() || !settled.is_empty() {
        report.errors += u64::try_from(unopened.len()).unwrap_or(u64::MAX);
        put_aside(lease, by, &unopened, settled).await?;
    }
    Ok(batch)
}

/// Why a patron of a run may not be asked about any more. Whom the task asks about, `enrol` has judged.
fn inadmissible(context: &Context, by: Asker<'_>, patron: &Patron) -> Option<Inadmissible> {
    by.run?;
    patron.admissible(context.admission(patron.municipality.as_str())).err()
}

/// Opens everything that an answer about a patron is judged by and kept with.
fn open(keyring: &Keyring, row: &PatronRow, person: &AskedRow) -> store::Result<(Patron, SealedPerson)> {
    keyring.newest(row.id)?;
    Ok((row.patron(keyring, Protection::Yes)?, person.open(keyring)?))
}

/// Takes the mark off people whose rows do not open. A row that was sealed with a new key meanwhile is left
/// as it is, and still due.
async fn put_aside(
    lease: &Lease,
    by: Asker<'_>,
    unopened: &[AskedRow],
    mut settled: Settled,
) -> Result<(), TaskError> {
    let read_as: BTreeMap<Uuid, i64> =
        unopened.iter().map(|person| (person.patron, person.key_version)).collect();
    let ids: Vec<Uuid> = read_as.keys().copied().collect();
    let mut tx = lease.begin().await?;
    for mut person in store::person::locked(&mut tx, &ids).await? {
        if read_as.get(&person.patron) == Some(&person.key_version) {
            tracing::warn!(patron.id = %person.patron, "a patron's rows do not open; VTJ is not asked about the patron");
            person.refresh_due_at = None;
            person.refresh_attempts += 1;
            store::person::update(&mut tx, &person).await?;
            settled.failed.push(person.patron);
        }
    }
    settled.note(&mut tx, by, None).await?;
    tx.commit("refresh.unopened").await?;
    Ok(())
}

async fn store_batch(
    context: &Context,
    lease: &Lease,
    by: Asker<'_>,
    (municipality, asked): (&Municipality, &BTreeMap<IdentityCode, Vec<Uuid>>),
    batch: &mut Batch,
    mut answered: Answered<BaseData>,
    report: &mut Report,
) -> Result<(), TaskError> {
    let mut read = context.db.read().await?;
    let ids: Vec<Uuid> = batch.persons.iter().map(|person| person.patron).collect();
    let surnames: BTreeSet<(Uuid, Vec<u8>)> =
        store::surname::of_patrons(&mut read, &ids).await?.into_iter().collect();
    drop(read);
    let people = std::mem::take(&mut answered.value.persons);
    let mut answers = answer::sort(context, municipality, asked, batch, &surnames, people, report)?;
    let about = answers.values().filter(|answer| answer.is_about_the_person()).count();
    let starting: Vec<Uuid> = batch
        .persons
        .iter()
        .filter(|person| person.protection != Protection::Yes.as_str())
        .map(|person| person.patron)
        .filter(|patron| answers.get(patron).is_some_and(answer::PersonAnswer::starts_protection))
        .collect();
    protect::new_keys(context, &mut batch.keyring, &starting).await?;

    let mut tx = lease.begin().await?;
    let mut writer = answer::Writer::new(
        context,
        municipality,
        answered.request,
        (Actor::Task(by.task), "person.refresh"),
    );
    // The rows may have moved while VTJ was asked. Whoever is asked about under another code now stays due.
    let asked_as: BTreeMap<Uuid, &AskedRow> =
        batch.persons.iter().map(|person| (person.patron, person)).collect();
    let same_code = |person: &PersonRow| {
        asked_as.get(&person.patron).is_some_and(|asked| asked.code_index == person.code_index)
    };
    let mut settled = Settled::default();
    let mut persons = store::person::locked(&mut tx, &ids).await?;
    persons.retain(|person| answers.contains_key(&person.patron) && same_code(person));
    for person in &mut persons {
        let Some(answer) = answers.remove(&person.patron) else { continue };
        settled.add(person.patron, &answer);
        let opened = batch
            .known
            .remove(&person.patron)
            .filter(|_| asked_as.get(&person.patron).is_some_and(|asked| asked.sealed == person.sealed));
        let known = match opened {
            Some(known) => known,
            None => person.open(&batch.keyring)?,
        };
        writer.write(&mut tx, &batch.keyring, person, known, answer).await?;
    }
    store::surname::remember(&mut tx, &writer.surnames).await?;
    writer.join_lists(&mut tx, &mut persons).await?;
    let (same, recoded): (Vec<PersonRow>, Vec<PersonRow>) = persons.into_iter().partition(same_code);
    store::person::update_answers(&mut tx, &same).await?;
    store::person::update_all(&mut tx, &recoded).await?;
    writer.wake_dependents(&mut tx, &batch.patrons).await?;
    answered.finish(&mut tx, about, context.clock.now()).await?;
    settled.changed = writer.changed;
    settled.note(&mut tx, by, Some(answered.request)).await?;
    audit::record(&mut tx, &writer.events).await?;
    tx.commit("refresh.batch").await?;
    report.examined += u64::try_from(same.len() + recoded.len()).unwrap_or(u64::MAX);
    report.changed += writer.changed;
    report.skipped += writer.same;
    report.errors += writer.failed;
    let written = same.iter().chain(&recoded).map(|person| person.patron);
    let wiped: Vec<Uuid> = written.filter(|patron| starting.contains(patron)).collect();
    protect::destroy_old_keys(context, &wiped).await
}
