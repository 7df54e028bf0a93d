//! The queue as a list for reviewers: filtered, ordered, paged and counted by the database, recorded before it is
//! shown.
//!
//! Protected people and the kinds that need clearance are in no list, count or search here, for nobody, unless the
//! cleared ask for exactly those ([`ListFilter::protected`]); their values stay masked then
//! ([`reveal`](super::reveal)). What the rows of the queue say of protection is proved once more by the case itself.

mod beside;
mod facets;
mod filter;
mod search;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use beside::{Neighbours, neighbours, next};
pub use facets::{Facets, RecentCounts};
pub use filter::{Assignee, DueWindow, ListFilter, PatronLanguage, order_word};
pub use search::{CardSearch, find_card};

use super::case::Case;
use super::error::ReviewError;
use super::item::{QueueItem, Sight};
use super::{Viewer, listed_as, record_looks};
use crate::finding::due::{DaysLeft, Due};
use crate::protected::Protection;
use crate::staff::ProvedAccount;
use crate::store::data_key::{self, Keyring};
use crate::store::finding::FindingRow;
pub use crate::store::queue::{Position, QueueOrder, Turn};
use crate::store::queue::{QueueRow, Selection};
use crate::store::{self, Tx};
use crate::task::{Context, Report, Task};

/// Cases on a page.
pub const PAGE: usize = 25;

/// A case of the list.
#[derive(Debug, Clone)]
pub struct ListItem {
    /// The case, as much of it as is shown.
    pub item: QueueItem,
    /// The patron's home library, unless masked.
    pub home_library: Option<String>,
    /// By when it is due.
    pub due: Due,
    /// How many days are left until then.
    pub days_left: DaysLeft,
    /// Since how many days of the calendar it has been there.
    pub age_days: i64,
    /// The name of the account whose it is.
    pub holder: Option<String>,
    /// Whether it is the viewer's own.
    pub is_mine: bool,
}

/// A page of the list.
#[derive(Debug)]
pub struct ListPage {
    /// The cases, in order.
    pub items: Vec<ListItem>,
    /// Where the page before begins; nothing when this is the first.
    pub before: Option<Position>,
    /// Where the page after begins; nothing when this is the last.
    pub after: Option<Position>,
    /// How many there are.
    pub facets: Facets,
}

/// A page of the list. Every case shown is in the audit log by then.
///
/// # Errors
/// When something cannot be read, or the looks cannot be recorded: nothing is shown then.
pub async fn page(
    context: &Context,
    account: &ProvedAccount,
    filter: &ListFilter,
    turn: Turn,
) -> Result<ListPage, ReviewError> {
    let selection = filter.selection(context, account);
    let mut read = context.db.read().await?;
    let mut rows = store::queue::page(&mut read, &selection, turn, PAGE + 1).await?;
    if rows.is_empty() && matches!(turn, Turn::Before(_)) {
        // All that was before has been dealt with.
        drop(read);
        return Box::pin(page(context, account, filter, Turn::First)).await;
    }
    let (before, after) = turns(&selection, &mut rows, turn);
    let facets = facets::read(&mut read, context, account, filter).await?;
    let items = shown(context, account, filter, &selection, read, rows).await?;
    Ok(ListPage { items, before, after, facets })
}

/// Cuts the rows to a page, and says where the pages beside it begin.
fn turns(
    selection: &Selection,
    rows: &mut Vec<QueueRow>,
    turn: Turn,
) -> (Option<Position>, Option<Position>) {
    let is_more = rows.len() > PAGE;
    let is_back = matches!(turn, Turn::Before(_));
    if is_more && is_back {
        rows.remove(0);
    }
    rows.truncate(PAGE);
    let first = rows.first().map(|row| selection.position(row));
    let last = rows.last().map(|row| selection.position(row));
    match turn {
        Turn::First => (None, last.filter(|_| is_more)),
        Turn::After(_) => (first, last.filter(|_| is_more)),
        Turn::Before(_) => (first.filter(|_| is_more), last),
    }
}

/// The cases of some rows as they are shown; recorded.
async fn shown(
    context: &Context,
    account: &ProvedAccount,
    filter: &ListFilter,
    selection: &Selection,
    mut read: Tx,
    rows: Vec<QueueRow>,
) -> Result<Vec<ListItem>, ReviewError> {
    let (keyring, findings) = keys_of(context, &mut read, &rows).await?;
    let cases = Case::of(&mut read, &keyring, findings).await?;
    drop(read);
    let cases: BTreeMap<Uuid, Case<'_>> = cases.into_iter().map(|case| (case.finding.id, case)).collect();
    let mut listed = Vec::new();
    for row in rows {
        let Some(case) = cases.get(&row.finding) else { continue };
        let Some(sight) = sight(case, account, filter.protected)? else { continue };
        let Some(item) = listed_as(case, sight) else { continue };
        listed.push((case, list_item(context, account, selection, case, sight, item, row)?));
    }
    let viewer = Viewer::Proved(account.clone());
    record_looks(context, &viewer, listed.iter().map(|(case, _)| *case), "finding.list").await?;
    Ok(listed.into_iter().map(|(_, item)| item).collect())
}

async fn keys_of(
    context: &Context,
    read: &mut Tx,
    rows: &[QueueRow],
) -> Result<(Keyring, Vec<FindingRow>), ReviewError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.finding).collect();
    let findings = store::finding::by_ids(read, &ids).await?;
    let patrons: Vec<Uuid> = findings.iter().map(|row| row.patron).collect();
    Ok((data_key::keyring(&context.db, &context.vault, &patrons).await?, findings))
}

/// What is seen of a case in the list of the protected or of the others; nothing when it belongs to the other one, or
/// is not the account's to see.
pub(super) fn sight(
    case: &Case<'_>,
    account: &ProvedAccount,
    protected: bool,
) -> Result<Option<Sight>, ReviewError> {
    let is_seen = match case.is_visible_to(account).and_then(|()| Ok(case.needs_clearance()?)) {
        Ok(needs_clearance) => needs_clearance == protected,
        Err(ReviewError::OutOfScope | ReviewError::NeedsClearance | ReviewError::Disqualified) => false,
        Err(ReviewError::Store(error)) if error.is_of_one_row() => {
            super::not_listed(case, &error);
            false
        }
        Err(error) => return Err(error),
    };
    if !is_seen {
        return Ok(None);
    }
    // In the list even the cleared see nothing of where a protected person is.
    Ok(Some(Sight { cleared: false, ..case.sight(Some(account))? }))
}

fn list_item(
    context: &Context,
    account: &ProvedAccount,
    selection: &Selection,
    case: &Case<'_>,
    sight: Sight,
    item: QueueItem,
    row: QueueRow,
) -> Result<ListItem, ReviewError> {
    let now = context.clock.now();
    let due = Due::of(case.finding.kind()?, row.opened_at, selection.cut_off_of(row.debt_since));
    let age = crate::clock::helsinki_date(now) - crate::clock::helsinki_date(row.opened_at);
    Ok(ListItem {
        item,
        home_library: (sight.protection != Protection::Yes).then_some(row.home_library),
        due,
        days_left: due.days_left(now),
        age_days: age.num_days(),
        is_mine: row.holder == Some(account.id),
        holder: row.holder_name,
    })
}

/// What the last reading of base data did: shown where there is nothing to review. Nothing in it tells what was found
/// or about whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastReading {
    /// When it began.
    pub at: DateTime<Utc>,
    /// About how many people VTJ was read.
    pub people: u64,
}

/// The last round in which VTJ's base data were read and that ended well.
///
/// # Errors
/// When it cannot be read.
pub async fn last_reading(context: &Context) -> Result<Option<LastReading>, ReviewError> {
    let mut read = context.db.read().await?;
    let now = context.clock.now();
    let found = store::round::newest_done(&mut read, Task::Refresh.as_str(), now).await?;
    Ok(found.map(|(at, report)| {
        let people = serde_json::from_str::<Report>(&report).map_or(0, |report| report.examined);
        LastReading { at, people }
    }))
}
