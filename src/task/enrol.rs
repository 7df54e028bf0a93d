//! The task `enrol`: who is followed. Whoever may be asked about is; whoever may not is taken off the same
//! day.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Context, Report, Task, TaskError};
use crate::audit::{self, Event};
use crate::identity_code::IdentityCode;
use crate::lease::Lease;
use crate::patron::Inadmissible;
use crate::protected::Protection;
use crate::store::data_key::{self, Keyring};
use crate::store::patron::PatronRow;
use crate::store::person::{PersonRow, SealedPerson};
use crate::store::{self, Tx};

/// Patrons judged in one transaction.
const BATCH: i64 = 500;
/// Why somebody is not followed whose rows cannot be read.
pub(super) const DOES_NOT_OPEN: &str = "does_not_open";

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    notice_changed_rules(context, lease).await?;
    loop {
        let mut read = context.db.read().await?;
        let due = store::due::enrol_due(&mut read, BATCH).await?;
        drop(read);
        if due.is_empty() || context.is_stopping() {
            return Ok(report);
        }
        judge(context, lease, &due, &mut report).await?;
    }
}

/// When the configuration decides anew who may be asked about or what is granted, everybody is judged
/// again, and read again.
async fn notice_changed_rules(context: &Context, lease: &Lease) -> Result<(), TaskError> {
    let mut rules = format!("test codes: {}", context.settings.allow_test_codes);
    for (code, municipality) in &context.settings.municipalities {
        let groups: Vec<&str> =
            municipality.grants.iter().map(crate::municipality::FieldGroup::as_str).collect();
        rules.push_str(&["; ", code, ": ", &groups.join(" ")].concat());
    }
    let mut tx = lease.begin().await?;
    let before = store::installation::get(&mut tx, "admission").await?;
    if before.as_deref() == Some(rules.as_str()) {
        return Ok(());
    }
    store::installation::set(&mut tx, "admission", &rules).await?;
    if before.is_some() {
        store::due::make_enrol_due_for_all(&mut tx).await?;
        store::follow_list::mark_members_for_refresh(&mut tx, context.clock.now()).await?;
    }
    audit::record(&mut tx, &[context.event(Task::Enrol, "admission.rules").detail(rules)]).await?;
    tx.commit("enrol.rules").await?;
    Ok(())
}

async fn judge(context: &Context, lease: &Lease, due: &[Uuid], report: &mut Report) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, due).await?;
    let mut tx = lease.begin().await?;
    let patrons = store::patron::by_ids(&mut tx, due).await?;
    let patrons: BTreeMap<Uuid, PatronRow> = patrons.into_iter().map(|row| (row.id, row)).collect();
    let listed: BTreeSet<Uuid> = store::follow_list::followed(&mut tx, due).await?.into_iter().collect();
    let mut judged = Vec::with_capacity(due.len());
    let mut events = Vec::new();
    for mut person in store::person::by_patrons(&mut tx, due).await? {
        let Some(patron) = patrons.get(&person.patron) else { continue };
        let is_listed = listed.contains(&person.patron);
        match judge_one(context, &mut tx, &keyring, (patron, is_listed), &mut person, &mut events).await {
            Ok(true) => report.changed += 1,
            Ok(false) => report.skipped += 1,
            Err(TaskError::Store(error)) if error.is_of_one_row() => {
                if opens_now(context, &mut tx, person.patron).await? {
                    // Still due: the next batch reads the new key.
                    continue;
                }
                tracing::warn!(patron.id = %person.patron, %error, "a patron's rows do not open; the patron is not followed");
                report.errors += 1;
                events.extend(give_up(context, &mut tx, &keyring, &mut person).await?);
            }
            Err(error) => return Err(error),
        }
        report.examined += 1;
        person.enrol_due = false;
        judged.push(person);
    }
    store::person::update_all(&mut tx, &judged).await?;
    audit::record(&mut tx, &events).await?;
    tx.commit("enrol.batch").await?;
    Ok(())
}

/// Follows or unfollows one patron; true when that is a change.
async fn judge_one(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    (row, is_listed): (&PatronRow, bool),
    person: &mut PersonRow,
    events: &mut Vec<Event>,
) -> Result<bool, TaskError> {
    if person.unfollowed_because.as_deref() == Some("forgotten") {
        return Ok(false);
    }
    let patron = row.patron(keyring, person.protection()?)?;
    let known = person.open(keyring)?;
    let tag = keyring.newest(row.id)?.subject_tag;
    let verdict = patron.admissible(context.admission(&row.municipality)).map_err(Inadmissible::as_str);
    let verdict = verdict.and_then(|code| still_valid(person, &known, code).map(|()| code));
    match verdict {
        Err(reason) => {
            if person.unfollowed_because.as_deref() == Some(reason) {
                return Ok(false);
            }
            if is_listed {
                store::follow_list::leave(tx, row.id).await?;
            }
            unfollow(person, reason);
            events.push(context.event(Task::Enrol, "person.unfollow").about(tag).detail(reason));
        }
        Ok(code) => {
            let same_code = known.register_code.as_deref() == Some(code.expose());
            if person.follow_state != "unfollowed" && same_code && person.municipality == row.municipality {
                return Ok(false);
            }
            if is_listed {
                store::follow_list::leave(tx, row.id).await?;
            }
            follow(context, keyring, row, person, known, code)?;
            events.push(context.event(Task::Enrol, "person.follow").about(tag));
        }
    }
    Ok(true)
}

/// Whether a patron's rows open with the keys there are now. They may have been sealed with a new key after
/// the keys of the batch were read; locked, they stay as they are.
async fn opens_now(context: &Context, tx: &mut Tx, patron: Uuid) -> Result<bool, TaskError> {
    store::patron::lock(tx, patron).await?;
    store::person::lock(tx, patron).await?;
    let rows = store::patron::by_ids(tx, &[patron]).await?;
    let persons = store::person::by_patrons(tx, &[patron]).await?;
    let keyring = data_key::keyring(&context.db, &context.vault, &[patron]).await?;
    Ok(keyring.newest(patron).is_ok()
        && rows.iter().all(|row| row.patron(&keyring, Protection::Unknown).is_ok())
        && persons.iter().all(|person| person.protection().is_ok() && person.open(&keyring).is_ok()))
}

/// Takes off somebody whose rows do not open: after a restored backup without the key, for one.
async fn give_up(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    person: &mut PersonRow,
) -> Result<Option<Event>, TaskError> {
    if person.unfollowed_because.as_deref() == Some(DOES_NOT_OPEN) {
        return Ok(None);
    }
    store::follow_list::leave(tx, person.patron).await?;
    unfollow(person, DOES_NOT_OPEN);
    let event = context.event(Task::Enrol, "person.unfollow").detail(DOES_NOT_OPEN);
    Ok(Some(event.about_known(keyring.tag(person.patron))))
}

/// A code that VTJ has called invalid is not asked about again until the register holds another.
fn still_valid(person: &PersonRow, known: &SealedPerson, code: &IdentityCode) -> Result<(), &'static str> {
    if known.register_code.as_deref() != Some(code.expose()) {
        return Ok(());
    }
    match person.unfollowed_because.as_deref() {
        Some("code_passivated") => Err("code_passivated"),
        Some("code_changed") => Err("code_changed"),
        _ => Ok(()),
    }
}

fn unfollow(person: &mut PersonRow, reason: &str) {
    "unfollowed".clone_into(&mut person.follow_state);
    person.unfollowed_because = Some(reason.to_owned());
    person.list = None;
    person.refresh_due_at = None;
    person.compare_due = true;
}

fn follow(
    context: &Context,
    keyring: &Keyring,
    row: &PatronRow,
    person: &mut PersonRow,
    mut known: SealedPerson,
    code: &IdentityCode,
) -> Result<(), TaskError> {
    "waiting".clone_into(&mut person.follow_state);
    person.unfollowed_because = None;
    person.list = None;
    row.municipality.clone_into(&mut person.municipality);
    person.refresh_due_at = Some(context.clock.now());
    person.refresh_attempts = 0;
    person.compare_due = true;
    if known.register_code.as_deref() != Some(code.expose()) && known.code.as_deref() != Some(code.expose()) {
        // Another code: what was known belongs to the old one. Protection stays until a person ends it.
        known = SealedPerson { known_guardians: None, ..SealedPerson::default() };
        "not_asked".clone_into(&mut person.answer);
        person.record_digest = None;
        person.absent_since = None;
        person.frozen = false;
        person.held_as_dead = false;
    }
    person.code_change_signalled = false;
    known.code = Some(code.expose().to_owned());
    known.register_code = Some(code.expose().to_owned());
    person.code_index = Some(context.vault.code_index(code));
    person.reseal(keyring.newest(row.id)?, &known)?;
    Ok(())
}
