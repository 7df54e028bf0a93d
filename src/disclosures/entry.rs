//! One entry of the disclosure log as it is shown, and what of it is masked.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{BY_HAND, Person, REQUIRED_BY_LAW, sees_all};
use crate::clock::helsinki_date;
use crate::staff::ProvedAccount;
use crate::store::disclosure::DisclosureRow;
use crate::store::disclosure_by_hand::{ByHandRow, SealedByHand};

/// When something is in the log, as exactly as the viewer may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// To the second.
    At(DateTime<Utc>),
    /// The day in Helsinki alone.
    On(NaiveDate),
}

impl fmt::Display for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => f.write_str(&shown(*at)),
            Self::On(day) => day.fmt(f),
        }
    }
}

impl Serialize for Noted {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A request to VTJ, or something that was handed out by hand. What is masked is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its identifier.
    pub id: Option<Uuid>,
    /// When it was about to be sent, or was written down.
    #[serde(rename = "requested_at")]
    pub at: Noted,
    /// The interface, or [`BY_HAND`].
    pub interface: String,
    /// The municipality, unless the patron is protected.
    pub municipality: Option<String>,
    /// The purpose.
    pub purpose: String,
    /// The legal basis. Of what was handed out by hand, for those who may read it.
    pub legal_basis: Option<String>,
    /// Who asked, or wrote it down. Masked about a protected patron: an account's municipalities are known.
    pub actor: Option<String>,
    /// The task or command.
    pub task: String,
    /// The field groups asked for, or the columns handed out.
    pub field_groups: Option<Vec<String>>,
    /// The follow list.
    pub follow_list: Option<Uuid>,
    /// Its version, which says who was on it.
    pub follow_list_version: Option<i64>,
    /// How many people it was about.
    pub persons_asked: Option<i64>,
    /// How many came back.
    pub persons_answered: Option<i64>,
    /// How often it was sent.
    pub attempts: Option<i64>,
    /// `sent`, `answered`, the class of the error, or `handed_out`.
    pub outcome: String,
    /// When the answer was in.
    #[serde(serialize_with = "maybe_whole_seconds")]
    pub finished_at: Option<DateTime<Utc>>,
    /// The card of the one person it was about.
    pub card_number: Option<String>,
    /// The product that was asked for.
    pub product: Option<String>,
    /// The end user VTJ was told.
    pub end_user: Option<String>,
    /// The run it was part of.
    pub run: Option<Uuid>,
    /// What came of a question about one person.
    pub result: Option<String>,
    /// VTJ's return code.
    pub return_code: Option<String>,
    /// When it was handed out.
    pub handed_out_on: Option<NaiveDate>,
    /// To whom it was handed out.
    pub recipient: Option<String>,
    /// Who decided that it had to be.
    pub decided_by: Option<String>,
}

impl Entry {
    pub(super) fn of_request(
        row: DisclosureRow,
        person: Option<&Person>,
        viewer: Option<&ProvedAccount>,
    ) -> Self {
        let has_place = person.is_none_or(|person| !person.is_protected || person.is_open_to(viewer));
        let has_actor = person.is_none_or(|person| !person.is_protected) || sees_all(viewer);
        Self {
            id: Some(row.id),
            at: Noted::At(row.requested_at),
            interface: row.interface,
            municipality: has_place.then_some(row.municipality),
            purpose: row.purpose,
            legal_basis: Some(row.legal_basis),
            actor: has_actor.then_some(row.actor),
            task: row.task,
            field_groups: Some(words(&row.field_groups)),
            follow_list: row.list,
            follow_list_version: row.list_version,
            persons_asked: Some(row.persons_asked),
            persons_answered: row.persons_answered,
            attempts: Some(row.attempts),
            outcome: row.outcome,
            finished_at: row.finished_at,
            card_number: person.and_then(Person::card),
            product: row.product,
            end_user: row.end_user.filter(|_| has_actor),
            run: row.run.filter(|_| has_actor),
            result: row.result,
            return_code: row.return_code,
            handed_out_on: None,
            recipient: None,
            decided_by: None,
        }
    }

    pub(super) fn by_hand(
        row: ByHandRow,
        person: Option<&Person>,
        sealed: Option<SealedByHand>,
        viewer: Option<&ProvedAccount>,
    ) -> Self {
        let is_open = person.is_some_and(|person| person.is_open_to(viewer));
        let has_place = is_open || person.is_some_and(|person| !person.is_protected);
        let sealed = sealed.filter(|_| is_open);
        let has_actor = person.is_some_and(|person| !person.is_protected) || sees_all(viewer);
        Self {
            id: Some(row.id),
            at: Noted::At(row.recorded_at),
            interface: BY_HAND.to_owned(),
            municipality: has_place.then_some(row.municipality),
            purpose: REQUIRED_BY_LAW.to_owned(),
            legal_basis: is_open.then_some(row.legal_basis),
            actor: has_actor.then_some(row.actor),
            task: "record".to_owned(),
            field_groups: Some(words(&row.fields)),
            follow_list: None,
            follow_list_version: None,
            persons_asked: Some(1),
            persons_answered: None,
            attempts: Some(0),
            outcome: "handed_out".to_owned(),
            finished_at: None,
            card_number: person.and_then(Person::card),
            product: None,
            end_user: None,
            run: None,
            result: None,
            return_code: None,
            handed_out_on: Some(row.handed_out_on),
            recipient: sealed.as_ref().map(|sealed| sealed.recipient.clone()),
            decided_by: sealed.map(|sealed| sealed.decided_by),
        }
    }

    /// Without what tells where a protected patron's library is, and without what would find the same request in
    /// the list of all, which does: its identifier, its times, its counts, and the groups it asked for.
    pub(super) fn without_place(self) -> Self {
        let at = match self.at {
            Noted::At(at) => Noted::On(helsinki_date(at)),
            Noted::On(day) => Noted::On(day),
        };
        Self {
            id: None,
            at,
            municipality: None,
            field_groups: None,
            follow_list: None,
            follow_list_version: None,
            persons_asked: None,
            persons_answered: None,
            attempts: None,
            finished_at: None,
            run: None,
            ..self
        }
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A time as it is shown: RFC 3339 in UTC, whole seconds.
pub(super) fn shown(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

pub(super) fn whole_seconds<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&shown(*at))
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
pub(super) fn maybe_whole_seconds<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => whole_seconds(at, to),
        None => to.serialize_none(),
    }
}
