//! Review: a person looks at findings and decides them.
//!
//! Nothing of a person is shown before the look is in the audit log, and no decision stands without its
//! record. Whoever acts without an account sees everything masked; a reviewer sees the cases of the own
//! municipalities, and protected cases only with the right to them. Before a decision the comparison is made
//! once more: what has moved goes back as stale and says what moved.

mod assign;
pub mod bulk;
pub(crate) mod case;
mod decide;
mod edit;
mod error;
mod item;
pub mod listing;
mod mine;
mod origin;
mod page;
pub(crate) mod recompute;
pub mod remote;
pub mod reveal;
mod revert;
pub mod single;
pub mod views;

use chrono::DateTime;
use uuid::Uuid;

pub use assign::{Colleague, assign, disqualify, is_at_hand, take, visited};
pub use decide::{Decided, Effect, Outcome, Rejection, approve, reject, snooze, undo};
pub use error::{Refusal, ReviewError};
pub use item::{InvoiceAddress, ItemField, QueueItem, Sight};
pub use mine::{Mine, mine, my_last};
pub use origin::Origin;
pub use page::{CaseColumn, OpenCase, Said, open_case};
pub use revert::{RESTORED, REVERTIBLE, revert};

use self::case::Case;
use self::recompute::{Verdict, recompute};
use crate::audit::{self, Actor, Event};
use crate::finding::{FindingKind, FindingState};
use crate::staff::{ProvedAccount, Role};
use crate::store::data_key::{self, Keyring};
use crate::store::{self, Tx};
use crate::task::Context;

/// Items read and shown together.
const PAGE: i64 = 500;

/// Who looks.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// The operating-system user, without an account: sees everything, masked.
    Anonymous,
    /// A proved account.
    Proved(ProvedAccount),
}

impl Viewer {
    fn account(&self) -> Option<&ProvedAccount> {
        match self {
            Self::Anonymous => None,
            Self::Proved(account) => Some(account),
        }
    }

    fn reviewer(&self) -> Option<&ProvedAccount> {
        self.account().filter(|account| account.role == Role::Reviewer)
    }

    fn actor(&self) -> Actor {
        self.account().map_or(Actor::OsUser, actor)
    }
}

fn actor(account: &ProvedAccount) -> Actor {
    Actor::Account { id: account.id, name: account.name.clone() }
}

/// Which items to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The states wanted; empty is what there is still something to do about.
    pub states: Vec<FindingState>,
    /// The kinds wanted; empty is all.
    pub kinds: Vec<FindingKind>,
    /// One municipality only. Items whose municipality is masked are left out then.
    pub municipality: Option<String>,
    /// One card only.
    pub card_number: Option<String>,
    /// At most so many items.
    pub limit: Option<usize>,
}

impl Filter {
    /// The same in the words of the store, for somebody's scope.
    fn stored(&self, viewer: &Viewer) -> store::finding::Filter {
        let own = viewer.reviewer().map(|account| account.municipalities.iter().cloned().collect::<Vec<_>>());
        let municipalities = match (&self.municipality, own) {
            (None, own) => own,
            (Some(wanted), None) => Some(vec![wanted.clone()]),
            (Some(wanted), Some(own)) => Some(own.into_iter().filter(|code| code == wanted).collect()),
        };
        let states =
            if self.states.is_empty() { FindingState::TO_REVIEW.to_vec() } else { self.states.clone() };
        store::finding::Filter {
            states,
            kinds: self.kinds.clone(),
            municipalities,
            card_number: self.card_number.clone(),
        }
    }
}

/// The items of the queue, by the time they were found. Every item shown is in the audit log by then.
///
/// # Errors
/// When something cannot be read, or the look cannot be recorded: nothing is shown then.
pub async fn list(
    context: &Context,
    viewer: &Viewer,
    filter: &Filter,
) -> Result<Vec<QueueItem>, ReviewError> {
    let stored = filter.stored(viewer);
    let limit = filter.limit.unwrap_or(usize::MAX);
    let mut items = Vec::new();
    let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
    if stored.municipalities.as_ref().is_some_and(Vec::is_empty) {
        return Ok(items);
    }
    while items.len() < limit {
        let mut read = context.db.read().await?;
        let rows = store::finding::page(&mut read, &stored, after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = (last.opened_at, last.id);
        let patrons: Vec<Uuid> = rows.iter().map(|row| row.patron).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
        let cases = Case::of(&mut read, &keyring, rows).await?;
        drop(read);
        let page = shown(viewer, filter, &cases, limit - items.len())?;
        record_looks(context, viewer, page.iter().map(|(case, _)| *case), "finding.list").await?;
        items.extend(page.into_iter().map(|(_, item)| item));
    }
    Ok(items)
}

/// The items of a page that the viewer sees, with their cases.
fn shown<'c, 'k>(
    viewer: &Viewer,
    filter: &Filter,
    cases: &'c [Case<'k>],
    limit: usize,
) -> Result<Vec<(&'c Case<'k>, QueueItem)>, ReviewError> {
    let mut page = Vec::new();
    for case in cases {
        if page.len() == limit {
            break;
        }
        match viewer.account().map_or(Ok(()), |account| case.is_visible_to(account)) {
            Ok(()) => {}
            Err(ReviewError::OutOfScope | ReviewError::NeedsClearance | ReviewError::Disqualified) => {
                continue;
            }
            Err(ReviewError::Store(error)) if error.is_of_one_row() => {
                not_listed(case, &error);
                continue;
            }
            Err(error) => return Err(error),
        }
        let Some(item) = listed(viewer, case) else { continue };
        // Asking for a place must not tell where a protected patron lives.
        if filter.municipality.is_none() || item.municipality.is_some() {
            page.push((case, item));
        }
    }
    Ok(page)
}

/// The item of a case; without its columns when they do not open, so that one bad row hides nothing but
/// itself.
fn listed(viewer: &Viewer, case: &Case<'_>) -> Option<QueueItem> {
    let sight = case.sight(viewer.account()).inspect_err(|error| not_listed(case, error)).ok()?;
    listed_as(case, sight)
}

/// The same, as much of it as is seen so.
fn listed_as(case: &Case<'_>, sight: Sight) -> Option<QueueItem> {
    let item = item::item(case, sight).or_else(|error| {
        tracing::warn!(finding = %case.finding.id, %error, "an item of the queue does not open; it is shown without its columns");
        item::without_content(case, sight)
    });
    item.inspect_err(|error| not_listed(case, error)).ok()
}

/// Records that cases are looked at, all or none of them.
async fn record_looks<'c, 'k: 'c>(
    context: &Context,
    viewer: &Viewer,
    cases: impl Iterator<Item = &'c Case<'k>>,
    action: &'static str,
) -> Result<(), ReviewError> {
    let looks: Vec<Event> = cases.map(|case| look(context, viewer, case, action)).collect();
    if looks.is_empty() {
        return Ok(());
    }
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &looks).await?;
    Ok(tx.commit("review.list").await?)
}

/// What there is to review about one patron, masked as for somebody without the right to protected cases. The
/// caller records the look.
pub(crate) async fn masked_items_of(
    tx: &mut Tx,
    keyring: &Keyring,
    patron: Uuid,
) -> store::Result<Vec<QueueItem>> {
    let mut rows = store::finding::open_of(tx, &[patron]).await?;
    rows.retain(|row| {
        !row.held_back && FindingState::TO_REVIEW.iter().any(|state| state.as_str() == row.state)
    });
    rows.sort_by_key(|row| (row.opened_at, row.id));
    let cases = Case::of(tx, keyring, rows).await?;
    cases.iter().map(|case| item::item(case, case.sight(None)?)).collect()
}

fn not_listed(case: &Case<'_>, error: &store::StoreError) {
    tracing::warn!(finding = %case.finding.id, %error, "an item of the queue cannot be read and is left out");
}

fn look(context: &Context, viewer: &Viewer, case: &Case<'_>, action: &'static str) -> Event {
    case.event(context, viewer.actor(), &context.os_user, action)
}

/// One item. For a reviewer this opens it: the comparison is made once more, what has moved is brought up to
/// date and says so, and what has no cause any more is closed.
///
/// # Errors
/// When there is no such item, or it is not the viewer's to see; when the look cannot be recorded.
pub async fn show(context: &Context, viewer: &Viewer, id: Uuid) -> Result<QueueItem, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let (mut tx, case) = looked_at(context, viewer, &keyring, id).await?;
    let item = item::item(&case, case.sight(viewer.account())?)?;
    audit::record(&mut tx, &[look(context, viewer, &case, "finding.show")]).await?;
    tx.commit("review.show").await?;
    Ok(item)
}

/// Reads an item for somebody who may see it, in a transaction in which the look is still to be recorded. For a reviewer
/// it is opened.
async fn looked_at<'k>(
    context: &Context,
    viewer: &Viewer,
    keyring: &'k Keyring,
    id: Uuid,
) -> Result<(Tx, Case<'k>), ReviewError> {
    let mut tx = context.db.begin().await?;
    let mut case = Case::load(&mut tx, keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Some(account) = viewer.account()
        && let Err(error) = case.is_visible_to(account)
    {
        drop(tx);
        return Err(refused(context, &actor(account), &case, error).await);
    }
    if case.finding.held_back {
        return Err(ReviewError::HeldBack);
    }
    if viewer.reviewer().is_some() {
        open(context, &mut tx, &mut case).await?;
    }
    Ok((tx, case))
}

/// Opens an item for a reviewer, brought up to date.
async fn open(context: &Context, tx: &mut Tx, case: &mut Case<'_>) -> Result<(), ReviewError> {
    let now = context.clock.now();
    let Ok(opened) = case.finding.review()?.open(now) else { return Ok(()) };
    let row = match recompute(context, tx, case).await? {
        Verdict::Same if case.finding.state()? == opened.state => return Ok(()),
        Verdict::Same => {
            let mut row = case.finding.clone().with_review(opened);
            if row.change_class.is_none() {
                row.classify(&case.content()?)?;
            }
            row
        }
        Verdict::Moved(moved) => {
            let opened = crate::finding::Review { moved: Some(moved.words.clone()), ..opened };
            moved.refreshed(context, case, opened)?
        }
        Verdict::Gone => {
            store::due::make_compare_due(tx, &[case.patron.id]).await?;
            case.finding.clone().with_review(opened.close(now)?)
        }
    };
    store::finding::update(tx, &row).await?;
    case.finding = row;
    Ok(())
}

/// The keys of the patron of a finding.
async fn keyring_of(context: &Context, id: Uuid) -> Result<Keyring, ReviewError> {
    let mut read = context.db.read().await?;
    let row = store::finding::get(&mut read, id).await?.ok_or(ReviewError::Unknown(id))?;
    drop(read);
    Ok(data_key::keyring(&context.db, &context.vault, &[row.patron]).await?)
}

/// Records that somebody was refused, and hands the reason on.
async fn refused(context: &Context, actor: &Actor, case: &Case<'_>, error: ReviewError) -> ReviewError {
    if error.refusal() != Refusal::NotAllowed {
        return error;
    }
    let event =
        case.event(context, actor.clone(), &context.os_user, "finding.refuse").detail(error.to_string());
    let recorded = async {
        let mut tx = context.db.begin().await?;
        audit::record(&mut tx, &[event]).await?;
        tx.commit("review.refuse").await
    };
    match recorded.await {
        Ok(()) => error,
        Err(failed) => failed.into(),
    }
}
