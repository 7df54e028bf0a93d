//! Why cards of a file were held, for those who may know.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{CollectionError, Why};
use crate::audit::{self, Actor};
use crate::protected::Protection;
use crate::staff::{ProvedAccount, Role};
use crate::store::collection::CollectionCard;
use crate::store::data_key;
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, StoreError, Tx};
use crate::task::Context;

/// Cards read and shown together.
const PAGE: i64 = 500;

/// What was said of one card, and why.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CardReasons {
    /// Which card of the file, from 1.
    pub position: i64,
    /// The card; nothing where no patron has it any more.
    pub card_number: Option<String>,
    /// `send` or `hold`.
    pub decision: String,
    /// The words of the reasons; nothing where they are masked.
    pub reasons: Option<Vec<&'static str>>,
    /// The reasons in plain English; nothing where they are masked.
    pub in_words: Option<String>,
    /// The card of who pays, where it is another one.
    pub payer_card_number: Option<String>,
    /// The question to VTJ that was asked for it.
    pub request: Option<Uuid>,
}

/// The cards of a file with the reasons, in the order of the file. A reviewer sees those of the own
/// municipalities; reasons that speak of a protected patron need the right to such cases. The look is in the
/// audit log first.
///
/// # Errors
/// When there is no such file, or the account is no reviewer's; when something cannot be read or recorded.
pub async fn reasons(
    context: &Context,
    account: &ProvedAccount,
    run: Uuid,
) -> Result<Vec<CardReasons>, CollectionError> {
    if account.role != Role::Reviewer {
        return Err(CollectionError::NotReviewer);
    }
    let mut read = context.db.read().await?;
    store::collection::get(&mut read, run).await?.ok_or(CollectionError::UnknownRun)?;
    drop(read);
    let (mut shown, mut after) = (Vec::new(), 0);
    loop {
        let mut read = context.db.read().await?;
        let cards = store::collection::cards(&mut read, run, after, PAGE).await?;
        let Some(last) = cards.last() else { return Ok(shown) };
        after = last.position;
        let people = People::of(&mut read, &cards).await?;
        drop(read);
        let cards: Vec<&CollectionCard> = cards.iter().filter(|card| people.are_of(account, card)).collect();
        record(context, account, run, &cards).await?;
        shown.extend(cards.into_iter().map(|card| people.shown(account, card)));
    }
}

/// Writes down who has been looked at.
async fn record(
    context: &Context,
    account: &ProvedAccount,
    run: Uuid,
    cards: &[&CollectionCard],
) -> Result<(), CollectionError> {
    let patrons: Vec<Uuid> = cards.iter().filter_map(|card| card.patron).collect();
    let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let events: Vec<_> = patrons
        .iter()
        .filter_map(|patron| keyring.newest(*patron).ok())
        .map(|key| {
            context.event_of(&actor, "collection.reasons").about(key.subject_tag).detail(format!("run {run}"))
        })
        .collect();
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &events).await?;
    Ok(tx.commit("collection.reasons").await?)
}

/// The patrons of a page of cards.
struct People {
    rows: BTreeMap<Uuid, PatronRow>,
    persons: BTreeMap<Uuid, PersonRow>,
}

impl People {
    async fn of(tx: &mut Tx, cards: &[CollectionCard]) -> Result<Self, StoreError> {
        let mut ids: Vec<Uuid> = cards.iter().flat_map(|card| [card.patron, card.payer]).flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = store::patron::by_ids(tx, &ids).await?;
        let persons = store::person::by_patrons(tx, &ids).await?;
        Ok(Self {
            rows: rows.into_iter().map(|row| (row.id, row)).collect(),
            persons: persons.into_iter().map(|row| (row.patron, row)).collect(),
        })
    }

    /// Whether a card is the account's to see. A card of nobody tells nothing of anybody.
    fn are_of(&self, account: &ProvedAccount, card: &CollectionCard) -> bool {
        let row = card.patron.and_then(|id| self.rows.get(&id));
        row.is_none_or(|row| account.may_decide(&row.municipality))
    }

    fn is_protected(&self, id: Uuid) -> bool {
        let marked = self.rows.get(&id).is_none_or(|row| row.protected_mark);
        let person = self.persons.get(&id);
        marked
            || person.is_none_or(|row| !matches!(row.protection(), Ok(Protection::No | Protection::Unknown)))
    }

    fn shown(&self, account: &ProvedAccount, card: &CollectionCard) -> CardReasons {
        let known = |id: Uuid| self.rows.get(&id).filter(|row| !row.sealed.is_empty());
        let number = |id: Uuid| known(id).map(|row| row.card_number.clone());
        let people = || [card.patron, card.payer].into_iter().flatten();
        // A payer of another municipality is not this account's either.
        let theirs = people().all(|id| known(id).is_some_and(|row| account.may_decide(&row.municipality)));
        let masked = people().any(|id| self.is_protected(id)) && !(theirs && account.may_see_protected());
        let reasons: Vec<Why> = card.why.split(' ').filter_map(Why::from_word).collect();
        CardReasons {
            position: card.position,
            card_number: card.patron.and_then(number),
            decision: card.decision.clone(),
            reasons: (!masked).then(|| reasons.iter().map(|why| why.as_str()).collect()),
            in_words: (!masked)
                .then(|| reasons.iter().map(|why| why.sentence()).collect::<Vec<_>>().join(" ")),
            payer_card_number: card
                .payer
                .filter(|payer| Some(*payer) != card.patron && !masked && theirs)
                .and_then(number),
            request: card.disclosure.filter(|_| !masked),
        }
    }
}
