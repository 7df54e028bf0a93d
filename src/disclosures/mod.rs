//! The disclosure log as people read and write it: every request to VTJ, and what was handed out by hand.
//!
//! Requests to VTJ get into the log before they are sent, by whoever sends them. Here they are listed, shown with
//! all that followed, and joined by what the law makes a library hand out by hand ([`record`]). Looking is an act:
//! it is in the audit log first, for everybody who is named.
//!
//! Without an account everything is listed, masked: of a protected patron no municipality, and nobody's words of
//! why, to whom, or by which law. A reviewer sees those of the own municipalities, of protected patrons with the
//! right to them; an auditor sees them of everybody who is not protected.

mod entry;
mod record;
mod trail;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use entry::{Entry, Noted};
pub use record::{HandedOut, record};
pub use trail::{Attempt, Consequence, Trail, trail};

use crate::audit::{self, Actor, Event};
use crate::patrons::Context;
use crate::protected::Protection;
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key::{self, Keyring};
use crate::store::disclosure::{self, DisclosureRow, SINGLE};
use crate::store::disclosure_by_hand::{self, ByHandRow};
use crate::store::patron::PatronRow;
use crate::store::{self, StoreError, Tx};

/// Requests read at a time.
const PAGE: i64 = 1000;

/// The word for what is handed out by hand, where requests have their interface.
pub const BY_HAND: &str = "by_hand";
/// Its purpose.
pub const REQUIRED_BY_LAW: &str = "required_by_law";

/// Why the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DisclosuresError {
    /// No patron has this card.
    #[error("no patron has this card; see `ajantasa patrons list`")]
    UnknownCard,
    /// Neither a request nor a message nor something handed out by hand has this identifier.
    #[error("{0}: no request, message or disclosure by hand has this identifier")]
    UnknownId(Uuid),
    /// The account may not do this.
    #[error("{0}")]
    NotAllowed(&'static str),
    /// A text that cannot be kept.
    #[error("{what}: {why}")]
    Text {
        /// Which text.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The day is still to come.
    #[error("nothing has been handed out on a day that is still to come")]
    Future,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those about the patron with this card.
    pub card: Option<String>,
    /// Those for this purpose.
    pub purpose: Option<String>,
    /// Those by this account or operating-system user.
    pub actor: Option<String>,
    /// Those of this run.
    pub run: Option<Uuid>,
    /// Those in which VTJ was told this end user.
    pub end_user: Option<String>,
    /// Those at or after this instant.
    pub since: Option<DateTime<Utc>>,
    /// Those before this instant.
    pub until: Option<DateTime<Utc>>,
}

impl Filter {
    /// Whether it asks for what leads to an account.
    fn is_by_asker(&self) -> bool {
        self.actor.is_some() || self.run.is_some() || self.end_user.is_some()
    }

    fn of_requests(&self, patron: Option<Uuid>) -> disclosure::Filter {
        disclosure::Filter {
            patron,
            purpose: self.purpose.clone(),
            since: self.since,
            until: self.until,
            actor: self.actor.clone(),
            run: self.run,
            end_user: self.end_user.clone(),
        }
    }

    /// The same for what was handed out by hand, unless nothing of it can be meant.
    fn by_hand(&self, patron: Option<Uuid>) -> Option<disclosure_by_hand::Filter> {
        let other_purpose = self.purpose.as_deref().is_some_and(|purpose| purpose != REQUIRED_BY_LAW);
        let of_requests_only = self.run.is_some() || self.end_user.is_some() || other_purpose;
        (!of_requests_only).then(|| disclosure_by_hand::Filter {
            patron,
            actor: self.actor.clone(),
            since: self.since,
            until: self.until,
        })
    }
}

/// Lists the log, oldest first. `action` is how the audit log speaks of it.
///
/// # Errors
/// When the card is unknown, or the look cannot be recorded: nothing is shown then.
pub async fn list(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    filter: &Filter,
    action: &'static str,
) -> Result<Vec<Entry>, DisclosuresError> {
    let mut event = event(context, viewer, action);
    let subject = match &filter.card {
        Some(card) => {
            let known = People::of_card(context, card).await?;
            let (patron, person) = known.only().ok_or(DisclosuresError::UnknownCard)?;
            event.subject_tag = person.tag;
            Some((patron, person.is_protected && !sees_all(viewer)))
        }
        None => None,
    };
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("disclosures.look").await?;
    let patron = subject.map(|(patron, _)| patron);
    let masked = subject.is_some_and(|(_, masked)| masked);
    let mut entries = by_hand(context, viewer, filter.by_hand(patron), action).await?;
    let wanted = filter.of_requests(patron);
    let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
    loop {
        let mut tx = context.db.read().await?;
        let page = disclosure::page(&mut tx, &wanted, after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = (last.requested_at, last.id);
        entries.extend(requests(context, viewer, page, action).await?);
    }
    if filter.is_by_asker() {
        // Whose actor is masked must not be found by asking for the actor.
        entries.retain(|(_, entry)| entry.actor.is_some());
    }
    entries.sort_by_key(|(at, entry)| (*at, entry.id));
    let shown = entries.into_iter().map(|(_, entry)| if masked { entry.without_place() } else { entry });
    Ok(shown.collect())
}

/// Whether the logs lead the viewer from a protected patron to a request: an auditor, and whoever is cleared for
/// protected cases.
pub fn sees_all(viewer: Option<&ProvedAccount>) -> bool {
    viewer.is_some_and(|account| account.role == Role::Auditor || account.may_see_protected())
}

/// Requests as they are shown. Who is named is in the audit log by then.
async fn requests(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    rows: Vec<DisclosureRow>,
    action: &'static str,
) -> Result<Vec<(DateTime<Utc>, Entry)>, DisclosuresError> {
    let single: Vec<Uuid> = rows.iter().filter(|row| row.interface == SINGLE).map(|row| row.id).collect();
    let mut tx = context.db.read().await?;
    let subjects: BTreeMap<Uuid, Uuid> = disclosure::subjects(&mut tx, &single).await?.into_iter().collect();
    drop(tx);
    let people = People::of(context, subjects.values().copied()).await?;
    people.note_look(context, viewer, action).await?;
    let entry = |row: DisclosureRow| {
        let person = subjects.get(&row.id).and_then(|patron| people.0.get(patron));
        (row.requested_at, Entry::of_request(row, person, viewer))
    };
    Ok(rows.into_iter().map(entry).collect())
}

async fn by_hand(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    filter: Option<disclosure_by_hand::Filter>,
    action: &'static str,
) -> Result<Vec<(DateTime<Utc>, Entry)>, DisclosuresError> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let mut tx = context.db.read().await?;
    let rows = disclosure_by_hand::list(&mut tx, &filter).await?;
    drop(tx);
    let people = People::of(context, rows.iter().map(|row| row.patron)).await?;
    people.note_look(context, viewer, action).await?;
    Ok(rows.into_iter().map(|row| (row.recorded_at, people.entry_by_hand(row, viewer))).collect())
}

/// An event of the viewer, or of the operating-system user who calls.
fn event(context: &Context, viewer: Option<&ProvedAccount>, action: &'static str) -> Event {
    let actor =
        viewer.map_or(Actor::OsUser, |account| Actor::Account { id: account.id, name: account.name.clone() });
    Event::new(context.clock.now(), actor, &context.os_user, action)
}

/// Somebody who is named in the log.
struct Person {
    row: PatronRow,
    is_protected: bool,
    /// How the audit log speaks of them; gone when they were forgotten.
    tag: Option<[u8; 16]>,
}

impl Person {
    /// Whether the viewer sees all that the log holds of the person.
    fn is_open_to(&self, viewer: Option<&ProvedAccount>) -> bool {
        let Some(account) = viewer else { return false };
        let own = account.may_decide(&self.row.municipality);
        if self.is_protected {
            own && account.may_see_protected()
        } else {
            own || account.role == Role::Auditor
        }
    }

    /// The card, unless the person was forgotten.
    fn card(&self) -> Option<String> {
        self.tag.map(|_| self.row.card_number.clone())
    }
}

/// People of the log, and their keys.
struct People(BTreeMap<Uuid, Person>, Keyring);

impl People {
    async fn of(context: &Context, patrons: impl Iterator<Item = Uuid>) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = patrons.collect::<BTreeSet<_>>().into_iter().collect();
        let mut tx = context.db.read().await?;
        let rows = store::patron::by_ids(&mut tx, &ids).await?;
        Self::read(context, tx, rows).await
    }

    async fn of_card(context: &Context, card: &str) -> Result<Self, StoreError> {
        let mut tx = context.db.read().await?;
        let rows = store::patron::by_card_numbers(&mut tx, &[card.to_owned()]).await?;
        Self::read(context, tx, rows).await
    }

    async fn read(context: &Context, mut tx: Tx, rows: Vec<PatronRow>) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let persons = store::person::by_patrons(&mut tx, &ids).await?;
        drop(tx);
        let word: BTreeMap<Uuid, &str> =
            persons.iter().map(|person| (person.patron, person.protection.as_str())).collect();
        // Without a row nobody knows; doubt masks.
        let open = [Protection::No.as_str(), Protection::Unknown.as_str()];
        let is_protected = |row: &PatronRow| {
            row.protected_mark || !word.get(&row.id).is_some_and(|word| open.contains(word))
        };
        let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let people = rows.into_iter().map(|row| {
            let tag = keyring.newest(row.id).ok().map(|key| key.subject_tag);
            (row.id, Person { is_protected: is_protected(&row), tag, row })
        });
        Ok(Self(people.collect(), keyring))
    }

    /// The one person there is.
    fn only(&self) -> Option<(Uuid, &Person)> {
        self.0.first_key_value().map(|(patron, person)| (*patron, person))
    }

    /// Writes down that these people are looked at.
    async fn note_look(
        &self,
        context: &Context,
        viewer: Option<&ProvedAccount>,
        action: &'static str,
    ) -> Result<(), StoreError> {
        let events: Vec<Event> = self
            .0
            .values()
            .filter_map(|person| Some(event(context, viewer, action).about(person.tag?)))
            .collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut tx = context.db.begin().await?;
        audit::record(&mut tx, &events).await?;
        tx.commit("disclosures.look").await
    }

    fn entry_by_hand(&self, row: ByHandRow, viewer: Option<&ProvedAccount>) -> Entry {
        let person = self.0.get(&row.patron);
        let sealed = row.open(&self.1).ok();
        Entry::by_hand(row, person, sealed, viewer)
    }
}

/// A free text of the staff: a line, without anybody's identity code.
fn checked_text(what: &'static str, text: &str) -> Result<String, DisclosuresError> {
    let text = text.trim();
    let why = if text.is_empty() {
        "it is empty"
    } else if text.chars().count() > LONGEST_TEXT {
        "it is longer than 300 characters: make it shorter"
    } else if crate::identity_code::IdentityCode::is_in(text) {
        "it holds an identity code: leave it out"
    } else {
        return Ok(text.to_owned());
    };
    Err(DisclosuresError::Text { what, why })
}

/// A line, not a letter. In characters.
const LONGEST_TEXT: usize = 300;
