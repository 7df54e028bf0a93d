//! Items as other programs get them.
//!
//! A program shows an account what the account may see, and never what is masked: of protected people nothing of where
//! they are, whoever asks and whatever is [revealed](super::reveal) on a page meanwhile. Every item is in the audit
//! log before it is handed out.

use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::case::Case;
use super::error::ReviewError;
use super::item::{QueueItem, Sight, item};
use super::listing::{self, Assignee, ListFilter, Position, Turn};
use super::page::{Said, said};
use super::{Filter, Viewer, actor, keyring_of, listed_as, look, looked_at, not_listed, refused};
use crate::audit::{self, Event};
use crate::finding::{FindingKind, FindingState};
use crate::protected::Protection;
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key;
use crate::store::finding::FindingRow;
use crate::store::{self, Tx};
use crate::task::Context;

/// Which items.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The kinds; empty is all.
    pub kinds: BTreeSet<FindingKind>,
    /// The states of what there is still something to do about; empty is all of them.
    pub states: BTreeSet<FindingState>,
    /// One municipality, by its three digits; items whose municipality is masked are left out then.
    pub municipality: Option<String>,
    /// The account's own only.
    pub mine: bool,
    /// Those that need clearance, or those that do not. Without a word a reviewer gets those that do not, as in the
    /// queue, and an auditor all.
    pub protected: Option<bool>,
}

/// An item and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteItem {
    /// The item, masked.
    pub item: QueueItem,
    /// Its version, which grows with every change.
    pub version: i64,
    /// Whether it may be approved as it stands.
    pub confirmable: bool,
}

/// Some items, by the time they were found.
#[derive(Debug)]
pub struct RemotePage {
    /// The items.
    pub items: Vec<RemoteItem>,
    /// Behind which place the next ones come; nothing when these are the last.
    pub after: Option<Position>,
}

/// At most so many items behind a place. What is not the account's to see leaves no gap.
///
/// # Errors
/// When something cannot be read, or the looks cannot be recorded: nothing is handed out then.
pub async fn list(
    context: &Context,
    account: &ProvedAccount,
    wanted: &Wanted,
    after: Option<Position>,
    limit: usize,
) -> Result<RemotePage, ReviewError> {
    let viewer = Viewer::Proved(account.clone());
    let mut found: Vec<(Event, RemoteItem)> = Vec::new();
    let mut place = after;
    while found.len() <= limit {
        let mut read = context.db.read().await?;
        let rows = rows(context, &mut read, account, wanted, place, limit + 1).await?;
        let Some(last) = rows.last() else { break };
        place = Some(Position { at: last.opened_at, finding: last.id });
        let patrons: Vec<Uuid> = rows.iter().map(|row| row.patron).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
        let cases = Case::of(&mut read, &keyring, rows).await?;
        drop(read);
        for case in &cases {
            let Some(sight) = sight(case, account, wanted)? else { continue };
            let Some(item) = listed_as(case, sight) else { continue };
            // Asking for a place must not tell where a protected patron lives.
            if wanted.municipality.is_none() || item.municipality.is_some() {
                found.push((look(context, &viewer, case, "finding.list"), remote(case, item)));
            }
        }
    }
    let is_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|(_, of)| Position { at: of.item.opened_at, finding: of.item.id });
    let (looks, items): (Vec<Event>, Vec<RemoteItem>) = found.into_iter().unzip();
    if !looks.is_empty() {
        let mut tx = context.db.begin().await?;
        audit::record(&mut tx, &looks).await?;
        tx.commit("review.list").await?;
    }
    Ok(RemotePage { items, after: last.filter(|_| is_more) })
}

fn remote(case: &Case<'_>, item: QueueItem) -> RemoteItem {
    RemoteItem { item, version: case.finding.version, confirmable: case.finding.confirmable }
}

/// The next rows of the queue for a reviewer, of all that is to be reviewed for an auditor; in order.
async fn rows(
    context: &Context,
    read: &mut Tx,
    account: &ProvedAccount,
    wanted: &Wanted,
    after: Option<Position>,
    limit: usize,
) -> Result<Vec<FindingRow>, ReviewError> {
    if account.role == Role::Reviewer {
        let filter = ListFilter {
            kinds: wanted.kinds.clone(),
            states: wanted.states.clone(),
            municipality: wanted.municipality.clone(),
            assignee: wanted.mine.then_some(Assignee::Mine),
            protected: wanted.protected == Some(true),
            ..ListFilter::default()
        };
        let turn = after.map_or(Turn::First, Turn::After);
        let rows = store::queue::page(read, &filter.selection(context, account), turn, limit).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.finding).collect();
        let mut findings = store::finding::by_ids(read, &ids).await?;
        findings.sort_by_key(|row| (row.opened_at, row.id));
        return Ok(findings);
    }
    if wanted.mine {
        return Ok(Vec::new());
    }
    let filter = Filter {
        states: wanted.states.iter().copied().collect(),
        kinds: wanted.kinds.iter().copied().collect(),
        municipality: wanted.municipality.clone(),
        ..Filter::default()
    };
    let stored = filter.stored(&Viewer::Proved(account.clone()));
    let from = after.map_or((DateTime::<Utc>::UNIX_EPOCH, Uuid::nil()), |place| (place.at, place.finding));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(store::finding::page(read, &stored, from, limit).await?)
}

/// What is seen of a case in a list; nothing when it is not in this one.
fn sight(case: &Case<'_>, account: &ProvedAccount, wanted: &Wanted) -> Result<Option<Sight>, ReviewError> {
    if account.role == Role::Reviewer {
        return listing::sight(case, account, wanted.protected == Some(true));
    }
    let is_wanted = |needs: bool| wanted.protected.is_none_or(|protected| protected == needs);
    match case.needs_clearance().and_then(|needs| Ok(is_wanted(needs).then_some(case.sight(None)?))) {
        Err(error) if error.is_of_one_row() => {
            not_listed(case, &error);
            Ok(None)
        }
        seen => Ok(seen?),
    }
}

/// One item. For a reviewer this opens it, as its page does.
///
/// # Errors
/// When there is no such item, or it is not the account's to see; when the look cannot be recorded.
pub async fn show(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<RemoteItem, ReviewError> {
    let viewer = Viewer::Proved(account.clone());
    let keyring = keyring_of(context, id).await?;
    let (mut tx, case) = looked_at(context, &viewer, &keyring, id).await?;
    let shown = remote(&case, item(&case, case.sight(None)?)?);
    audit::record(&mut tx, &[look(context, &viewer, &case, "finding.show")]).await?;
    tx.commit("review.show").await?;
    Ok(shown)
}

/// What has been said about an item, the newest first. Notes are for reviewers, and none about the protected.
///
/// # Errors
/// When there is no such item, or it is not the account's to see; when the look cannot be recorded.
pub async fn decisions(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<Vec<Said>, ReviewError> {
    let viewer = Viewer::Proved(account.clone());
    let keyring = keyring_of(context, id).await?;
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = case.is_visible_to(account) {
        drop(tx);
        return Err(refused(context, &actor(account), &case, error).await);
    }
    if case.finding.held_back {
        return Err(ReviewError::HeldBack);
    }
    let rows = store::decision::of_finding(&mut tx, id).await?;
    let masked = account.role != Role::Reviewer || case.protection()? == Protection::Yes;
    let said = said(&mut tx, &case, &rows, masked).await?;
    let event = look(context, &viewer, &case, "finding.show").detail("decisions");
    audit::record(&mut tx, &[event]).await?;
    tx.commit("review.show").await?;
    Ok(said)
}

/// The present version of an item that an account may see.
///
/// # Errors
/// When there is no such item, or it is not the account's to see.
pub async fn version(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<i64, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let mut read = context.db.read().await?;
    let case = Case::load(&mut read, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    case.is_visible_to(account)?;
    Ok(case.finding.version)
}
