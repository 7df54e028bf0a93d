//! What an answer means for each person asked about, and how it is kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use uuid::Uuid;

use super::super::{Context, Report, TaskError, protect};
use super::{ASK_AGAIN_DAYS, Batch};
use crate::audit::{Actor, Event};
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Municipality};
use crate::name;
use crate::patron::Patron;
use crate::person::{CodeStatus, PersonRecord};
use crate::protected::Protection;
use crate::reconcile::identity_fits;
use crate::store::data_key::Keyring;
use crate::store::person::{PersonRow, SealedPerson, StoredGuardian, StoredRecord};
use crate::store::{self, StoreError, Tx};
use crate::vtj::wire::UnreadableRow;

/// What VTJ's answer is for one person.
#[derive(Clone)]
pub(crate) enum PersonAnswer {
    /// The answer is about the person.
    Found(Box<PersonRecord>),
    /// The answer is about somebody else; only a keyed digest of it is kept, to recognise it.
    Mismatch(Vec<u8>),
    /// The answer cannot be understood.
    Unreadable(String),
    /// VTJ did not speak of the person.
    Absent,
}

/// One person's part of an answer.
type Row = Result<(IdentityCode, PersonRecord), UnreadableRow>;

impl PersonAnswer {
    pub(super) fn starts_protection(&self) -> bool {
        matches!(self, Self::Found(record) if record.protection() == Protection::Yes)
    }

    pub(crate) fn is_about_the_person(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}

/// Sorts an answer to the people who were asked about.
pub(super) fn sort(
    context: &Context,
    municipality: &Municipality,
    asked: &BTreeMap<IdentityCode, Vec<Uuid>>,
    batch: &Batch,
    surnames: &BTreeSet<(Uuid, Vec<u8>)>,
    people: Vec<Row>,
    report: &mut Report,
) -> Result<BTreeMap<Uuid, PersonAnswer>, TaskError> {
    let mut by_code: BTreeMap<IdentityCode, Result<PersonRecord, UnreadableRow>> = BTreeMap::new();
    let mut others = Vec::new();
    for row in people {
        let code = match &row {
            Ok((code, _)) => Some(code),
            Err(unreadable) => unreadable.code.as_ref(),
        };
        match code.filter(|code| asked.contains_key(code)).cloned() {
            Some(code) => {
                by_code.insert(code, row.map(|(_, record)| record));
            }
            None => others.push(row),
        }
    }
    for (code, record) in others_by_asked_code(asked, others, report) {
        by_code.entry(code).or_insert(Ok(record));
    }
    let mut answers = BTreeMap::new();
    for (code, patrons) in asked {
        let mut read = by_code.remove(code);
        for (left, &patron) in (0..patrons.len()).rev().zip(patrons) {
            let answer = match if left == 0 { read.take() } else { read.clone() } {
                None => PersonAnswer::Absent,
                Some(Err(unreadable)) => {
                    tracing::warn!(patron.id = %patron, reason = %unreadable.why, "a person's base data cannot be understood");
                    PersonAnswer::Unreadable(String::from_utf8_lossy(&unreadable.raw).into_owned())
                }
                Some(Ok(record)) => judge(context, municipality, batch, surnames, patron, record)?,
            };
            answers.insert(patron, answer);
        }
    }
    Ok(answers)
}

/// Answers under a code that was not asked about: the person's own if the code asked about is among the
/// changed or former ones, and otherwise nobody's.
fn others_by_asked_code(
    asked: &BTreeMap<IdentityCode, Vec<Uuid>>,
    others: Vec<Row>,
    report: &mut Report,
) -> BTreeMap<IdentityCode, PersonRecord> {
    let mut found = BTreeMap::new();
    for row in others {
        let record = row.ok().map(|(_, record)| record);
        let code =
            record.as_ref().and_then(|record| asked.keys().find(|code| record.answers_for(code)).cloned());
        if let (Some(record), Some(code)) = (record, code) {
            found.insert(code, record);
        } else {
            tracing::warn!("VTJ answered about somebody who was not asked about; nothing of it was kept");
            report.errors += 1;
        }
    }
    found
}

fn judge(
    context: &Context,
    municipality: &Municipality,
    batch: &Batch,
    surnames: &BTreeSet<(Uuid, Vec<u8>)>,
    patron: Uuid,
    record: PersonRecord,
) -> Result<PersonAnswer, TaskError> {
    let missing = StoreError::inconsistent("person", "patron");
    let opened = batch.patrons.get(&patron).ok_or(missing)?;
    Ok(judge_one(context, municipality, opened, batch.known.get(&patron), surnames, record))
}

/// Whether an answer is about the patron it was asked for. `surnames` are keyed hashes of earlier ones.
pub(super) fn judge_one(
    context: &Context,
    municipality: &Municipality,
    opened: &Patron,
    known: Option<&SealedPerson>,
    surnames: &BTreeSet<(Uuid, Vec<u8>)>,
    mut record: PersonRecord,
) -> PersonAnswer {
    // Asked about under the code that replaced the register's: the register's is a former one, whether or
    // not VTJ lists it.
    if let Some(registered) = &opened.code
        && !record.answers_for(registered)
        && known.is_some_and(|known| {
            known.code.as_deref() == Some(record.code.expose())
                && known.register_code.as_deref() == Some(registered.expose())
        })
    {
        record.former_codes.push(registered.clone());
    }
    let patron = opened.id;
    let has_earlier = surnames.range((patron, Vec::new())..).next().is_some_and(|(of, _)| *of == patron);
    let fits_earlier = has_earlier && surnames.contains(&(patron, surname_hash(context, &opened.last_name)));
    let name_granted = municipality.grants.allow(FieldGroup::Name);
    if identity_fits(opened, &record, fits_earlier, name_granted).is_the_patron() {
        return PersonAnswer::Found(Box::new(record));
    }
    let name = record.name.unwrap_or_default();
    let parts = [b"mismatch".as_slice(), name.last_name.as_bytes(), name.first_names.as_bytes()];
    PersonAnswer::Mismatch(context.vault.digest(&parts))
}

/// The keyed hash by which an earlier surname is recognised.
pub(in crate::task) fn surname_hash(context: &Context, surname: &str) -> Vec<u8> {
    context.vault.digest(&[b"surname", name::one_writing(surname).as_bytes()])
}

/// Keeps the answers to one request, in one transaction.
pub(super) struct Writer<'a> {
    context: &'a Context,
    municipality: &'a Municipality,
    request: Uuid,
    by: (Actor, &'static str),
    pub(super) events: Vec<Event>,
    pub(super) changed: u64,
    pub(super) same: u64,
    pub(super) failed: u64,
    pub(super) surnames: Vec<(Uuid, Vec<u8>)>,
    joining: BTreeSet<Uuid>,
    woken: Vec<Uuid>,
}

impl<'a> Writer<'a> {
    /// `by` is who acts, and the word for it in the audit log.
    pub(super) fn new(
        context: &'a Context,
        municipality: &'a Municipality,
        request: Uuid,
        by: (Actor, &'static str),
    ) -> Self {
        Self {
            context,
            municipality,
            request,
            by,
            events: Vec::new(),
            changed: 0,
            same: 0,
            failed: 0,
            surnames: Vec::new(),
            joining: BTreeSet::new(),
            woken: Vec::new(),
        }
    }

    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        keyring: &Keyring,
        person: &mut PersonRow,
        known: SealedPerson,
        answer: PersonAnswer,
    ) -> Result<(), TaskError> {
        let now = self.context.clock.now();
        let again = now + TimeDelta::days(ASK_AGAIN_DAYS);
        let before = (person.answer.clone(), person.record_digest.clone(), person.protection.clone());
        person.answered_at = Some(now);
        person.refresh_attempts = 0;
        match answer {
            PersonAnswer::Found(record) => self.found(tx, keyring, person, known, *record).await?,
            PersonAnswer::Absent => {
                "absent".clone_into(&mut person.answer);
                person.absent_since = person.absent_since.or(Some(now));
                person.refresh_due_at = Some(again);
            }
            PersonAnswer::Mismatch(digest) => {
                "mismatch".clone_into(&mut person.answer);
                let known = SealedPerson { record: None, ..known };
                person.record_digest = Some(digest);
                person.reseal(keyring.newest(person.patron)?, &known)?;
                person.refresh_due_at = Some(again);
            }
            PersonAnswer::Unreadable(raw) => {
                "unreadable".clone_into(&mut person.answer);
                person.record_digest = Some(self.context.vault.digest(&[b"unreadable", raw.as_bytes()]));
                let known = SealedPerson { unreadable: Some(raw), ..known };
                person.reseal(keyring.newest(person.patron)?, &known)?;
                person.refresh_due_at = Some(again);
                self.failed += 1;
            }
        }
        let after = (person.answer.clone(), person.record_digest.clone(), person.protection.clone());
        if before == after {
            self.same += 1;
            return Ok(());
        }
        self.changed += 1;
        person.record_version += 1;
        person.request = Some(self.request);
        person.compare_due = true;
        let tag = keyring.newest(person.patron)?.subject_tag;
        let (actor, action) = &self.by;
        let mut event = self.context.event_of(actor, action).about(tag).detail(person.answer.clone());
        event.request = Some(self.request);
        event.evidence.clone_from(&person.record_digest);
        self.events.push(event);
        Ok(())
    }

    async fn found(
        &mut self,
        tx: &mut Tx,
        keyring: &Keyring,
        person: &mut PersonRow,
        mut known: SealedPerson,
        mut record: PersonRecord,
    ) -> Result<(), TaskError> {
        if record.protection() == Protection::Yes && person.protection != Protection::Yes.as_str() {
            let event = protect::start(self.context, tx, keyring, person, &mut known, &self.by.0).await?;
            self.events.push(event);
        } else if person.protection != Protection::Yes.as_str() {
            record.protection().as_str().clone_into(&mut person.protection);
        }
        "found".clone_into(&mut person.answer);
        person.absent_since = None;
        person.refresh_due_at = None;
        self.note_death(person, &mut known, &record);
        self.note_names_and_guardians(person, &mut known, &record);
        // Silence about a death says nothing about it.
        record.death = record.death.or(known.record.as_ref().and_then(StoredRecord::death));
        let mut stored = StoredRecord::from(&record);
        if person.protection == Protection::Yes.as_str() {
            stored = stored.emptied();
        }
        let bytes = zeroize::Zeroizing::new(
            serde_json::to_vec(&stored).map_err(|_| StoreError::inconsistent("person", "sealed"))?,
        );
        person.record_digest = Some(self.context.vault.digest(&[b"record", &bytes]));
        known.record = Some(stored);
        known.unreadable = None;
        self.note_code(tx, person, &mut known, &record).await?;
        person.reseal(keyring.newest(person.patron)?, &known)?;
        if person.follow_state == "waiting" && person.refresh_due_at.is_none() {
            self.joining.insert(person.patron);
        }
        Ok(())
    }

    fn note_death(&mut self, person: &mut PersonRow, known: &mut SealedPerson, record: &PersonRecord) {
        if !self.municipality.grants.allow(FieldGroup::Death) {
            return;
        }
        let signalled_dead = known.death_signal.is_some_and(|signal| signal.dead);
        match record.death {
            Some(death) if death.dead => {
                known.death_signal = None;
                if !person.held_as_dead {
                    person.held_as_dead = true;
                    self.woken.push(person.patron);
                }
            }
            // A contradiction: the signal stays, and with it the freeze.
            Some(_) if signalled_dead => {}
            Some(_) => known.death_signal = None,
            None => {}
        }
        let signalled_dead = known.death_signal.is_some_and(|signal| signal.dead);
        person.frozen = person.held_as_dead || signalled_dead;
    }

    fn note_names_and_guardians(
        &mut self,
        person: &PersonRow,
        known: &mut SealedPerson,
        record: &PersonRecord,
    ) {
        if let Some(name) = &record.name {
            let hash = surname_hash(self.context, &name.last_name);
            self.surnames.push((person.patron, hash));
        }
        if known.known_guardians.is_none()
            && let Some(guardians) = record.guardians.as_ref().filter(|guardians| !guardians.is_empty())
        {
            known.known_guardians = Some(guardians.iter().map(StoredGuardian::from).collect());
        }
    }

    async fn note_code(
        &mut self,
        tx: &mut Tx,
        person: &mut PersonRow,
        known: &mut SealedPerson,
        record: &PersonRecord,
    ) -> Result<(), TaskError> {
        match &record.code_status {
            CodeStatus::NotSaid | CodeStatus::Valid => {}
            CodeStatus::Passivated => {
                store::follow_list::leave(tx, person.patron).await?;
                "unfollowed".clone_into(&mut person.follow_state);
                person.unfollowed_because = Some("code_passivated".to_owned());
                person.list = None;
            }
            CodeStatus::ReplacedBy(code) => {
                let is_new = known.code.as_deref() != Some(code.expose())
                    && known.register_code.as_deref() != Some(code.expose());
                if is_new {
                    let first = known.code == known.register_code;
                    adopt_code(self.context, tx, person, known, code).await?;
                    if !first {
                        // A chain of codes is followed one link a week, so that no loop of answers runs us.
                        person.refresh_due_at =
                            Some(self.context.clock.now() + TimeDelta::days(ASK_AGAIN_DAYS));
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts those whose base data is in on lists with room.
    pub(super) async fn join_lists(
        &mut self,
        tx: &mut Tx,
        persons: &mut [PersonRow],
    ) -> Result<(), TaskError> {
        let now = self.context.clock.now();
        let size = i64::from(self.context.settings.list_size);
        let mut waiting: Vec<&mut PersonRow> =
            persons.iter_mut().filter(|person| self.joining.contains(&person.patron)).collect();
        waiting.reverse();
        while !waiting.is_empty() {
            let code = self.municipality.code.as_str();
            let list = store::follow_list::with_room(tx, code, size, store::new_id(now), now).await?;
            let room = usize::try_from(size - list.members).unwrap_or(1).max(1);
            let mut members = Vec::new();
            for person in waiting.drain(waiting.len().saturating_sub(room)..) {
                let Some(code_index) = person.code_index.clone() else { continue };
                members.push((person.patron, code_index));
                person.list = Some(list.id);
                "following".clone_into(&mut person.follow_state);
            }
            store::follow_list::join(tx, &list, &members).await?;
        }
        Ok(())
    }

    /// A death concerns those whom the dead person guarantees.
    pub(super) async fn wake_dependents(
        &self,
        tx: &mut Tx,
        patrons: &BTreeMap<Uuid, Patron>,
    ) -> Result<(), TaskError> {
        for patron in self.woken.iter().filter_map(|id| patrons.get(id)) {
            let dependents = store::patron::guaranteed_by(tx, &patron.patron_id).await?;
            store::due::make_compare_due(tx, &dependents).await?;
        }
        Ok(())
    }
}

/// Follows a person under the code that replaced the register's. The register keeps its code until a person
/// decides.
pub(in crate::task) async fn adopt_code(
    context: &Context,
    tx: &mut Tx,
    person: &mut PersonRow,
    known: &mut SealedPerson,
    code: &IdentityCode,
) -> Result<(), TaskError> {
    store::follow_list::leave(tx, person.patron).await?;
    known.code = Some(code.expose().to_owned());
    person.code_index = Some(context.vault.code_index(code));
    person.list = None;
    person.compare_due = true;
    if person.follow_state != "unfollowed" {
        "waiting".clone_into(&mut person.follow_state);
        person.refresh_due_at = Some(context.clock.now());
    }
    Ok(())
}
