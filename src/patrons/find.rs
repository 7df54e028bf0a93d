//! Looking for a patron by card or by name, within what an account may see.
//!
//! Whoever may not see a person finds nobody: another municipality's patron, and for who is not cleared a protected
//! one, are as unknown as a card that nobody has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::mask::{self, Shown};
use super::{Context, PatronsError};
use crate::audit::{self, Actor};
use crate::patron_file::Column;
use crate::staff::{ProvedAccount, Role, note};
use crate::store::patron::PatronRow;
use crate::store::patron_search::{self, ByName};
use crate::store::{self, StoreError, Tx};

/// How many people are shown at most.
pub const MOST_HITS: usize = 20;
/// Characters of what is looked for, at most.
pub const LONGEST_SEARCH: usize = 100;

/// Whom an account may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    /// The municipalities; `None` is every one.
    municipalities: Option<BTreeSet<String>>,
    /// Whether protected people are seen.
    pub(super) is_cleared: bool,
}

impl Reach {
    /// Whom an account may see: a reviewer the patrons of the own municipalities, an auditor all but the protected,
    /// an administrator nobody.
    pub(super) fn of(account: &ProvedAccount) -> Self {
        let municipalities = match account.role {
            Role::Reviewer => Some(account.municipalities.clone()),
            Role::Auditor => None,
            Role::Administrator => Some(BTreeSet::new()),
        };
        Self { municipalities, is_cleared: account.may_see_protected() }
    }

    /// Whether somebody is within it.
    pub(super) async fn holds(&self, tx: &mut Tx, row: &PatronRow) -> Result<bool, StoreError> {
        let is_theirs = self.municipalities.as_ref().is_none_or(|own| own.contains(&row.municipality));
        if !is_theirs || row.sealed.is_empty() {
            return Ok(false);
        }
        let protected = mask::protected_among(tx, std::slice::from_ref(row)).await?;
        Ok(self.is_cleared || protected.is_empty())
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The people, by name.
    pub hits: Vec<Hit>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// Somebody who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The patron.
    pub id: Uuid,
    /// The card.
    pub card_number: String,
    /// The surname.
    pub last_name: String,
    /// The first names.
    pub first_names: String,
    /// The birth date.
    pub birth_date: Option<NaiveDate>,
    /// The municipality's code; none of a protected person.
    pub municipality: Option<String>,
    /// Whether only the cleared see the person.
    pub is_protected: bool,
}

impl From<&Shown> for Hit {
    fn from(patron: &Shown) -> Self {
        Self {
            id: patron.row.id,
            card_number: patron.row.card_number.clone(),
            last_name: patron.row.last_name.clone(),
            first_names: patron.row.first_names.clone(),
            birth_date: patron.row.birth_date,
            municipality: patron.cell(Column::Municipality).map(std::borrow::Cow::into_owned),
            is_protected: patron.is_masked(),
        }
    }
}

/// The patron with exactly this card, if the account may see the patron. Nothing of the patron is shown, so nothing
/// is recorded.
///
/// # Errors
/// When it cannot be read.
pub async fn by_card(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
) -> Result<Option<Uuid>, StoreError> {
    let mut read = context.db.read().await?;
    let row = store::patron::by_card_numbers(&mut read, &[card.trim().to_owned()]).await?.pop();
    let Some(row) = row else { return Ok(None) };
    Ok(Reach::of(account).holds(&mut read, &row).await?.then_some(row.id))
}

/// The card of a patron, if the account may see the patron. Nothing of the patron is shown, so nothing is recorded.
///
/// # Errors
/// When it cannot be read.
pub async fn card_of(
    context: &Context,
    account: &ProvedAccount,
    patron: Uuid,
) -> Result<Option<String>, StoreError> {
    let mut read = context.db.read().await?;
    let Some(row) = store::patron::by_ids(&mut read, &[patron]).await?.pop() else { return Ok(None) };
    Ok(Reach::of(account).holds(&mut read, &row).await?.then_some(row.card_number))
}

/// Where a search leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// To the one patron with this card.
    One(Uuid),
    /// To the list of those of a name; what was searched is kept for the session.
    ByName,
}

/// Begins a search, and records that somebody searched. What was searched for stands in no record.
///
/// # Errors
/// When it cannot be read or stored.
pub async fn search(
    context: &crate::task::Context,
    account: &ProvedAccount,
    session: Uuid,
    text: &str,
) -> Result<Searched, StoreError> {
    let card = by_card(&Context::from(context), account, text).await?;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let how = if card.is_some() { "by card" } else { "by name" };
    let event = context.event_of(&actor, "patron.search").detail(how);
    let mut tx = context.db.begin().await?;
    if card.is_none() {
        note::keep(context, &mut tx, session, note::Kind::Search, &text).await?;
    }
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.search").await?;
    Ok(card.map_or(Searched::ByName, Searched::One))
}

/// What the session searched for last.
///
/// # Errors
/// When it cannot be read.
pub async fn searched(context: &crate::task::Context, session: Uuid) -> Result<Option<String>, StoreError> {
    note::read(context, session, note::Kind::Search).await
}

/// The people of a name whom the account may see: how the surname begins, and perhaps one of the first names, in
/// either order. Everybody who is shown is in the audit log by then.
///
/// # Errors
/// When they cannot be read, or the look cannot be recorded: nobody is shown then.
pub async fn find(context: &Context, account: &ProvedAccount, text: &str) -> Result<Found, PatronsError> {
    let reach = Reach::of(account);
    let limit = i64::try_from(MOST_HITS + 1).unwrap_or(i64::MAX);
    let mut read = context.db.read().await?;
    let mut rows: BTreeMap<(String, String, String), PatronRow> = BTreeMap::new();
    for (last_name, first_name) in readings(text) {
        let wanted = ByName {
            last_name,
            first_name,
            municipalities: reach.municipalities.as_ref().map(|own| own.iter().cloned().collect()),
            protected: reach.is_cleared,
        };
        for row in patron_search::by_name(&mut read, &wanted, limit).await? {
            rows.insert((row.last_name.clone(), row.first_names.clone(), row.patron_id.clone()), row);
        }
    }
    drop(read);
    let more = rows.len() > MOST_HITS;
    let rows: Vec<PatronRow> = rows.into_values().take(MOST_HITS).collect();
    let shown = mask::open(context, rows).await?;
    // An order may have begun since they were read.
    let shown: Vec<Shown> =
        shown.into_iter().filter(|patron| reach.is_cleared || !patron.is_masked()).collect();
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let events: Vec<_> = shown
        .iter()
        .map(|patron| {
            let mut event = context.event("patron.find").about(patron.subject_tag);
            event.actor = actor.clone();
            event
        })
        .collect();
    if !events.is_empty() {
        let mut tx = context.db.begin().await?;
        audit::record(&mut tx, &events).await?;
        tx.commit("patron.find").await?;
    }
    Ok(Found { hits: shown.iter().map(Hit::from).collect(), more })
}

/// As what a text can be read: surname and first name in either order, or a surname of several words.
fn readings(text: &str) -> Vec<(String, String)> {
    let text = text.trim();
    if text.chars().count() > LONGEST_SEARCH {
        return Vec::new();
    }
    if let Some((last_name, first_name)) = text.split_once(',') {
        return vec![(last_name.trim().to_owned(), first_name.trim().to_owned())];
    }
    let mut readings = vec![(text.to_owned(), String::new())];
    if let Some((first, rest)) = text.split_once(char::is_whitespace) {
        readings.push((first.to_owned(), rest.trim().to_owned()));
    }
    if let Some((rest, last)) = text.rsplit_once(char::is_whitespace) {
        readings.push((last.to_owned(), rest.trim().to_owned()));
    }
    readings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_either_order_and_a_comma_decides() {
        let pair = |last: &str, first: &str| (last.to_owned(), first.to_owned());
        assert_eq!(readings(" Testinen "), [pair("Testinen", "")]);
        assert_eq!(
            readings("Anna Testinen"),
            [pair("Anna Testinen", ""), pair("Anna", "Testinen"), pair("Testinen", "Anna")]
        );
        assert_eq!(readings("von Provberg, Anna"), [pair("von Provberg", "Anna")]);
        assert_eq!(readings(&"a".repeat(LONGEST_SEARCH + 1)), []);
    }
}
