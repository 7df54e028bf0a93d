//! The task `refresh`: base data of those who are marked, at most a thousand a request, one municipality a
//! request.
//!
//! An answer belongs to the person asked about, or it is nobody's: code, birth date and names are checked
//! before anything is kept. Absent is not empty: silence about a death, or about protection, changes
//! neither.

mod answer;
pub(crate) mod single;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::ask::{Answered, Question, ask};
use super::{Context, Report, Task, TaskError, protect};
use crate::audit::{self, Actor};
use crate::identity_code::IdentityCode;
use crate::lease::Lease;
use crate::municipality::Municipality;
use crate::protected::Protection;
use crate::store;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::{PersonRow, SealedPerson};
use crate::vtj::changes::ChangesClient;
use crate::vtj::wire::BaseData;

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
            let due = store::person::refresh_due(&mut read, code, now, BATCH).await?;
            drop(read);
            if due.is_empty() || context.is_stopping() {
                break;
            }
            let client = context.changes.as_ref().ok_or(TaskError::NoInterface("refresh"))?;
            read_batch(context, lease, client, municipality, due, &mut report).await?;
        }
    }
    let mut read = context.db.read().await?;
    let later = store::person::count_refresh_later(&mut read, context.clock.now()).await?;
    report.waiting = u64::try_from(later).unwrap_or_default();
    Ok(report)
}

/// Everything known of the people of one batch.
pub(super) struct Batch {
    pub(super) persons: Vec<PersonRow>,
    pub(super) patrons: BTreeMap<Uuid, PatronRow>,
    pub(super) known: BTreeMap<Uuid, SealedPerson>,
    pub(super) keyring: Keyring,
}

async fn read_batch(
    context: &Context,
    lease: &Lease,
    client: &ChangesClient,
    municipality: &Municipality,
    due: Vec<PersonRow>,
    report: &mut Report,
) -> Result<(), TaskError> {
    let mut batch = open_batch(context, lease, due, report).await?;
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
        task: Task::Refresh,
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
    store_batch(context, lease, municipality, &asked, &mut batch, answered, report).await
}

/// Opens the rows of a batch; whoever does not open is put aside and not asked about.
async fn open_batch(
    context: &Context,
    lease: &Lease,
    due: Vec<PersonRow>,
    report: &mut Report,
) -> Result<Batch, TaskError> {
    let ids: Vec<Uuid> = due.iter().map(|person| person.patron).collect();
    let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
    let mut read = context.db.read().await?;
    let rows = store::patron::by_ids(&mut read, &ids).await?;
    drop(read);
    let mut batch = Batch { persons: Vec::new(), patrons: BTreeMap::new(), known: BTreeMap::new(), keyring };
    let mut unopened = Vec::new();
    for person in due {
        match person.open(&batch.keyring) {
            Ok(known) if known.code.is_some() => {
                batch.known.insert(person.patron, known);
                batch.persons.push(person);
            }
            Ok(_) | Err(_) => unopened.push(person),
        }
    }
    batch.patrons = rows.into_iter().map(|row| (row.id, row)).collect();
    if !unopened.is_empty() {
        report.errors += u64::try_from(unopened.len()).unwrap_or(u64::MAX);
        let mut tx = lease.begin().await?;
        for mut person in unopened {
            person.refresh_due_at = None;
            person.refresh_attempts += 1;
            store::person::update(&mut tx, &person).await?;
        }
        tx.commit("refresh.unopened").await?;
    }
    Ok(batch)
}

async fn store_batch(
    context: &Context,
    lease: &Lease,
    municipality: &Municipality,
    asked: &BTreeMap<IdentityCode, Vec<Uuid>>,
    batch: &mut Batch,
    answered: Answered<BaseData>,
    report: &mut Report,
) -> Result<(), TaskError> {
    let mut read = context.db.read().await?;
    let ids: Vec<Uuid> = batch.persons.iter().map(|person| person.patron).collect();
    let surnames: BTreeSet<(Uuid, Vec<u8>)> =
        store::person::earlier_surnames(&mut read, &ids).await?.into_iter().collect();
    drop(read);
    let answers = answer::sort(context, municipality, asked, batch, &surnames, &answered.value, report)?;
    let starting: Vec<PersonRow> = batch
        .persons
        .iter()
        .filter(|person| person.protection != Protection::Yes.as_str())
        .filter(|person| answers.get(&person.patron).is_some_and(answer::PersonAnswer::starts_protection))
        .cloned()
        .collect();
    protect::new_keys(context, &mut batch.keyring, &starting).await?;
    let started: Vec<Uuid> = starting.iter().map(|person| person.patron).collect();

    let mut tx = lease.begin().await?;
    let mut writer = answer::Writer::new(
        context,
        municipality,
        answered.request,
        (Actor::Task(Task::Refresh.as_str()), "person.refresh"),
    );
    // The rows may have moved while VTJ was asked. Whoever is asked about under another code now stays due.
    let asked_as: BTreeMap<Uuid, Option<Vec<u8>>> =
        batch.persons.iter().map(|person| (person.patron, person.code_index.clone())).collect();
    batch.persons = store::person::locked(&mut tx, &ids).await?;
    batch.persons.retain(|person| {
        answers.contains_key(&person.patron) && asked_as.get(&person.patron) == Some(&person.code_index)
    });
    for person in &mut batch.persons {
        let Some(answer) = answers.get(&person.patron) else { continue };
        writer.write(&mut tx, &batch.keyring, person, answer).await?;
    }
    store::person::remember_surnames(&mut tx, &writer.surnames).await?;
    writer.join_lists(&mut tx, &mut batch.persons).await?;
    store::person::update_all(&mut tx, &batch.persons).await?;
    writer.wake_dependents(&mut tx, &batch.patrons).await?;
    answered
        .finish(
            &mut tx,
            answers.values().filter(|answer| answer.is_about_the_person()).count(),
            context.clock.now(),
        )
        .await?;
    audit::record(&mut tx, &writer.events).await?;
    tx.commit("refresh.batch").await?;
    report.examined += u64::try_from(batch.persons.len()).unwrap_or(u64::MAX);
    report.changed += writer.changed;
    report.skipped += writer.same;
    report.errors += writer.failed;
    let wiped: Vec<PersonRow> =
        batch.persons.iter().filter(|person| started.contains(&person.patron)).cloned().collect();
    protect::destroy_old_keys(context, &wiped).await
}
