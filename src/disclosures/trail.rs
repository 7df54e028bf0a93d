//! One entry of the disclosure log with all that belongs to it: by whom, why, and what followed.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::entry::{maybe_whole_seconds, whole_seconds};
use super::{DisclosuresError, Entry, People, event, sees_all};
use crate::audit;
use crate::patrons::Context;
use crate::quota::Price;
use crate::staff::ProvedAccount;
use crate::store::consequence::{self, ConsequenceRow};
use crate::store::disclosure::{self, DisclosureRow, SINGLE};
use crate::store::query_ledger::{self, LedgerRow};
use crate::store::{account, disclosure_by_hand};

/// Of an answer about a thousand people, so many findings are shown at most.
const MOST_CONSEQUENCES: i64 = 200;

/// An entry and all that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trail {
    /// The entry itself.
    #[serde(flatten)]
    pub entry: Entry,
    /// The account of the member of staff, by name.
    pub account: Option<String>,
    /// The staff's own words of why it was asked, for those who may read them.
    pub reason: Option<String>,
    /// The messages that were sent to VTJ for it.
    pub messages: Vec<Attempt>,
    /// The findings made from its answer.
    pub followed: Vec<Consequence>,
}

/// A message sent to VTJ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// Which attempt, from 1.
    pub number: i64,
    /// The identifier under which VTJ and the security servers know it.
    pub message_id: Uuid,
    /// `reserved`, `spent` or `refunded`.
    pub state: String,
    /// The class of what came of it.
    pub outcome: Option<String>,
    /// Its price in euros; nothing when it was given back.
    pub price_eur: f64,
    /// When it was booked, right before it was sent.
    #[serde(serialize_with = "whole_seconds")]
    pub reserved_at: DateTime<Utc>,
    /// When its outcome was known.
    #[serde(serialize_with = "maybe_whole_seconds")]
    pub settled_at: Option<DateTime<Utc>>,
}

/// A finding made from the answer, with the decision in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consequence {
    /// The finding; masked where it would lead from a protected patron to a request about many.
    pub finding: Option<Uuid>,
    /// Its kind.
    pub kind: String,
    /// The state of its review, or `held_back` while it waits for its slice.
    pub state: String,
    /// When it was found.
    #[serde(serialize_with = "whole_seconds")]
    pub opened_at: DateTime<Utc>,
    /// `approve`, `reject`, `snooze` or `undo`.
    pub verdict: Option<String>,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    #[serde(serialize_with = "maybe_whole_seconds")]
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<LedgerRow> for Attempt {
    fn from(row: LedgerRow) -> Self {
        let paid = if row.state == "refunded" { 0 } else { row.price_micro_euros };
        Self {
            number: row.number,
            message_id: row.id,
            state: row.state,
            outcome: row.outcome,
            price_eur: Price { micro_euros: u64::try_from(paid).unwrap_or_default() }.euros(),
            reserved_at: row.reserved_at,
            settled_at: row.settled_at,
        }
    }
}

impl From<ConsequenceRow> for Consequence {
    fn from(row: ConsequenceRow) -> Self {
        Self {
            finding: Some(row.finding),
            kind: row.kind,
            state: row.state,
            opened_at: row.opened_at,
            verdict: row.verdict,
            reason: row.reason,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        }
    }
}

/// An entry with all that belongs to it: `id` is a request's, a message's, or that of a disclosure by hand.
///
/// # Errors
/// When there is none, or the look cannot be recorded: nothing is shown then.
pub async fn trail(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    id: Uuid,
) -> Result<Trail, DisclosuresError> {
    let mut tx = context.db.read().await?;
    let request = query_ledger::disclosure_of(&mut tx, id).await?.unwrap_or(id);
    if let Some(row) = disclosure::get(&mut tx, request).await? {
        drop(tx);
        return of_request(context, viewer, row).await;
    }
    let row = disclosure_by_hand::get(&mut tx, id).await?.ok_or(DisclosuresError::UnknownId(id))?;
    drop(tx);
    let people = People::of(context, [row.patron].into_iter()).await?;
    note_look(context, viewer, &people, id).await?;
    let entry = people.entry_by_hand(row, viewer);
    let account = entry.actor.clone();
    Ok(Trail { entry, account, reason: None, messages: Vec::new(), followed: Vec::new() })
}

async fn of_request(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    row: DisclosureRow,
) -> Result<Trail, DisclosuresError> {
    let mut tx = context.db.read().await?;
    let subjects = match row.interface.as_str() {
        SINGLE => disclosure::subjects(&mut tx, &[row.id]).await?,
        _ => Vec::new(),
    };
    let messages = query_ledger::of_disclosure(&mut tx, row.id).await?;
    let followed = consequence::of_request(&mut tx, row.id, MOST_CONSEQUENCES).await?;
    let account = match row.account {
        Some(id) => Some(account::get(&mut tx, id).await?.name),
        None => None,
    };
    drop(tx);
    let people = People::of(context, subjects.iter().map(|(_, patron)| *patron)).await?;
    note_look(context, viewer, &people, row.id).await?;
    let person = people.only();
    let reason = person
        .filter(|(_, person)| person.is_open_to(viewer))
        .and_then(|(patron, _)| people.1.get(patron, row.key_version?).ok())
        .and_then(|key| row.reason(key).ok()?);
    let is_named = row.interface == SINGLE || sees_all(viewer);
    let followed = followed.into_iter().map(Consequence::from);
    let followed = followed.map(|one| if is_named { one } else { Consequence { finding: None, ..one } });
    let entry = Entry::of_request(row, person.map(|(_, person)| person), viewer);
    let account = account.filter(|_| entry.actor.is_some());
    Ok(Trail {
        entry,
        account,
        reason,
        messages: messages.into_iter().map(Attempt::from).collect(),
        followed: followed.collect(),
    })
}

async fn note_look(
    context: &Context,
    viewer: Option<&ProvedAccount>,
    people: &People,
    id: Uuid,
) -> Result<(), DisclosuresError> {
    let mut event = event(context, viewer, "disclosures.show");
    event.request = Some(id);
    event.subject_tag = people.only().and_then(|(_, person)| person.tag);
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("disclosures.look").await?;
    Ok(())
}
