//! The answer to a question about one person, kept by the code that keeps base data.
//!
//! A single query may carry less than base data, and it may say what base data says in other words: that the
//! code is no longer valid, or that the person is dead and nothing is told. What it does not speak of stays as
//! it was known, and base data that is due stays due.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::super::{Context, TaskError, protect};
use super::adopt_code;
use super::answer::{self, PersonAnswer, Writer};
use crate::audit::{Actor, Event};
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants, Municipality};
use crate::person::{CodeStatus, Contact, Death, PersonRecord};
use crate::protected::{Protected, Protection};
use crate::store::data_key::Keyring;
use crate::store::patron::PatronRow;
use crate::store::person::{PersonRow, SealedPerson};
use crate::store::{self, Tx};

/// Where an answer goes: the patron's rows and keys as they were read before VTJ was asked.
pub(crate) struct Kept<'a> {
    pub(crate) municipality: &'a Municipality,
    pub(crate) row: &'a PatronRow,
    pub(crate) person: &'a PersonRow,
    /// The question whose answer this is.
    pub(crate) request: Uuid,
    pub(crate) actor: &'a Actor,
}

/// What a single query said of the person who was asked about.
pub(crate) enum Said {
    /// Somebody is described; whether it is the patron has been judged.
    Answer {
        /// The judged answer.
        answer: PersonAnswer,
        /// What the answer covers.
        carried: Grants,
        /// The code under which the person was described, where it replaced the one the register holds.
        successor: Option<IdentityCode>,
    },
    /// The code is no longer valid, and nothing more can be used.
    CodeEnded,
    /// The person is dead, and nothing more is told.
    Dead,
    /// Nothing that changes what is known.
    Nothing,
}

/// Whether a description is of the patron.
pub(crate) async fn judge(
    context: &Context,
    kept: &Kept<'_>,
    keyring: &Keyring,
    mut record: PersonRecord,
    successor: Option<&IdentityCode>,
) -> Result<PersonAnswer, TaskError> {
    let opened = kept.row.patron(keyring, Protection::Yes)?;
    let known = kept.person.open(keyring)?;
    if let (Some(registered), Some(_)) = (&opened.code, successor)
        && !record.answers_for(registered)
    {
        record.former_codes.push(registered.clone());
    }
    let mut read = context.db.read().await?;
    let surnames: BTreeSet<(Uuid, Vec<u8>)> =
        store::surname::of_patrons(&mut read, &[kept.row.id]).await?.into_iter().collect();
    drop(read);
    Ok(answer::judge_one(context, kept.municipality, &opened, Some(&known), &surnames, record))
}

/// Makes the new data key of a person whose protection this answer starts, before anything is sealed with it.
/// True when it does.
pub(crate) async fn prepare(
    context: &Context,
    keyring: &mut Keyring,
    person: &PersonRow,
    said: &Said,
) -> Result<bool, TaskError> {
    let starts = match said {
        Said::Answer { answer, .. } => {
            answer.starts_protection() && person.protection != Protection::Yes.as_str()
        }
        Said::CodeEnded | Said::Dead | Said::Nothing => false,
    };
    if starts {
        protect::new_keys(context, keyring, &[person.patron]).await?;
    }
    Ok(starts)
}

/// Keeps what was said, in the transaction of the question's outcome. Whether it was news; `None` when the
/// person's row moved meanwhile, so that the answer belongs to a question nobody would ask now.
pub(crate) async fn keep(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    kept: &Kept<'_>,
    said: &Said,
) -> Result<Option<bool>, TaskError> {
    if matches!(said, Said::Nothing) {
        return Ok(Some(false));
    }
    let Some(mut person) = store::person::locked(tx, &[kept.row.id]).await?.pop() else { return Ok(None) };
    let (was, version) = (kept.person, person.record_version);
    if (&person.code_index, person.key_version) != (&was.code_index, was.key_version) {
        return Ok(None);
    }
    let events = match said {
        Said::Nothing => Vec::new(),
        Said::Dead => vec![dead(context, keyring, kept, &mut person)?],
        Said::CodeEnded if kept.municipality.grants.allow(FieldGroup::IdentityCode) => {
            let ended = ended(kept, keyring, &person)?;
            write(context, tx, keyring, kept, &mut person, &ended, &Grants::new([]), None).await?
        }
        Said::CodeEnded => vec![code_signalled(context, tx, keyring, kept, &mut person).await?],
        Said::Answer { answer, carried, successor } => {
            write(context, tx, keyring, kept, &mut person, answer, carried, successor.as_ref()).await?
        }
    };
    store::person::update(tx, &person).await?;
    crate::audit::record(tx, &events).await?;
    Ok(Some(person.record_version != version))
}

/// Destroys the old data key of a person whose protection has started, after the transaction.
pub(crate) async fn finish(context: &Context, person: &PersonRow) -> Result<(), TaskError> {
    protect::destroy_old_keys(context, &[person.patron]).await
}

#[expect(clippy::too_many_arguments, reason = "one person's state, and one answer")]
async fn write(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    kept: &Kept<'_>,
    person: &mut PersonRow,
    answer: &PersonAnswer,
    carried: &Grants,
    successor: Option<&IdentityCode>,
) -> Result<Vec<Event>, TaskError> {
    let due = person.refresh_due_at;
    let mut known = person.open(keyring)?;
    let earlier = known.record.as_ref().map(store::person::StoredRecord::record).transpose()?;
    let completed = match answer {
        PersonAnswer::Found(record) => {
            let record = (**record).clone().kept_over(earlier.as_ref(), carried, person.protection()?);
            Some(PersonAnswer::Found(Box::new(record)))
        }
        PersonAnswer::Mismatch(_) | PersonAnswer::Unreadable(_) | PersonAnswer::Absent => None,
    };
    if known.code.is_none() {
        // Not enrolled yet: the answer is to the register's own code, which enrolling then finds it under.
        let registered = kept.row.open(keyring)?.code;
        known.code.clone_from(&registered);
        known.register_code = registered;
        person.reseal(keyring.newest(person.patron)?, &known)?;
    }
    let by = (kept.actor.clone(), "person.check");
    let mut writer = Writer::new(context, kept.municipality, kept.request, by);
    writer.write(tx, keyring, person, known, completed.unwrap_or_else(|| answer.clone())).await?;
    if let (PersonAnswer::Found(_), Some(code)) = (answer, successor) {
        let mut known = person.open(keyring)?;
        if known.code.as_deref() != Some(code.expose()) {
            adopt_code(context, tx, person, &mut known, code).await?;
            person.reseal(keyring.newest(person.patron)?, &known)?;
        }
    }
    // Base data that is due says more than this answer, and is asked for all the same.
    person.refresh_due_at = [due, person.refresh_due_at].into_iter().flatten().min();
    store::surname::remember(tx, &writer.surnames).await?;
    let patrons = BTreeMap::from([(kept.row.id, kept.row.patron(keyring, Protection::Yes)?)]);
    writer.wake_dependents(tx, &patrons).await?;
    Ok(writer.events)
}

/// What is known of a person whose code has ended: everything as it was, but the code.
fn ended(kept: &Kept<'_>, keyring: &Keyring, person: &PersonRow) -> Result<PersonAnswer, TaskError> {
    let known = person.open(keyring)?;
    let earlier = known.record.as_ref().map(store::person::StoredRecord::record).transpose()?;
    let asked = match known.followed_code()? {
        Some(code) => code,
        None => kept.row.patron(keyring, Protection::Yes)?.code.ok_or_else(no_code)?,
    };
    let record = match earlier.filter(|earlier| earlier.answers_for(&asked)) {
        Some(earlier) => {
            let contact = earlier.contact.under(person.protection()?);
            PersonRecord { code_status: CodeStatus::Passivated, contact, ..earlier }
        }
        None => PersonRecord {
            code: asked,
            code_status: CodeStatus::Passivated,
            former_codes: Vec::new(),
            birth_date: None,
            name: None,
            contact: Protected::new(Contact::default(), Protection::Unknown),
            protection_said: None,
            death: None,
            contact_language: None,
            guardians: None,
            grants: kept.municipality.grants.clone(),
        },
    };
    Ok(PersonAnswer::Found(Box::new(record)))
}

fn no_code() -> store::StoreError {
    store::StoreError::inconsistent("patron", "sealed")
}

/// A change of code whose content the permit does not grant: the person is not followed until staff enter the
/// code.
async fn code_signalled(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    kept: &Kept<'_>,
    person: &mut PersonRow,
) -> Result<Event, TaskError> {
    person.code_change_signalled = true;
    store::follow_list::leave(tx, person.patron).await?;
    "unfollowed".clone_into(&mut person.follow_state);
    person.unfollowed_because = Some("code_changed".to_owned());
    person.list = None;
    person.refresh_due_at = None;
    person.compare_due = true;
    let tag = keyring.newest(person.patron)?.subject_tag;
    Ok(event(context, kept, "person.unfollow").about(tag).detail("code_changed"))
}

/// A death of which nothing else is told freezes what is open, like one in the change log, until base data
/// speaks.
fn dead(
    context: &Context,
    keyring: &Keyring,
    kept: &Kept<'_>,
    person: &mut PersonRow,
) -> Result<Event, TaskError> {
    let key = keyring.newest(person.patron)?;
    let known = SealedPerson {
        death_signal: Some(Death { dead: true, date: None, declared: false }),
        ..person.open(keyring)?
    };
    person.reseal(key, &known)?;
    person.frozen = true;
    person.compare_due = true;
    if person.follow_state != "unfollowed" {
        person.refresh_due_at = Some(context.clock.now());
    }
    Ok(event(context, kept, "death.freeze").about(key.subject_tag))
}

fn event(context: &Context, kept: &Kept<'_>, action: &'static str) -> Event {
    Event { request: Some(kept.request), ..context.event_of(kept.actor, action) }
}
