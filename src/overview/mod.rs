//! What the first page of the staff tells: what needs somebody today, how the queue stands, what ran, what was decided.
//!
//! Everything is a count, never of a person. Who is not cleared for protected cases is told nothing that a protected
//! person has a part in; administrators and auditors are told of all municipalities, reviewers of their own.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;

use crate::budget::{self, BudgetError, Standing};
use crate::feed::{self, Feed};
use crate::finding::FindingKind;
use crate::patrons;
use crate::runs::{self, RunView};
use crate::staff::{ProvedAccount, Role};
use crate::store::StoreError;
use crate::store::overview::{self as counts, Counted, RuleCount};
use crate::store::run::Filter;
use crate::switch::{self, Stop};
use crate::task::Context;

/// How many ages the queue is parted into: to 7, 14 and 30 days, and older.
pub const AGES: usize = 4;
/// The last day of each age but the oldest, in days.
pub const AGE_DAYS: [u64; AGES - 1] = [7, 14, 30];
/// Weeks that are looked back on.
pub const WEEKS: usize = 12;
/// Runs that are shown.
const RUNS: i64 = 8;

/// What the first page tells.
#[derive(Debug)]
pub struct Overview {
    /// The queue by kind, in the order of the kinds.
    pub queue: Vec<KindAges>,
    /// How many of the queue's cases are in the protected queue; nothing for who does not see that.
    pub protected: Option<i64>,
    /// How many of them are overdue, by the time that each kind is allowed.
    pub overdue: i64,
    /// How many cases are assigned to the account.
    pub assigned: i64,
    /// Approvals and rejections by kind.
    pub decisions: Vec<KindWeeks>,
    /// The Mondays of the weeks, the oldest first.
    pub weeks: Vec<NaiveDate>,
    /// What each rule led to in those weeks.
    pub rules: Vec<RuleCount>,
    /// The newest runs.
    pub runs: Vec<RunView>,
    /// How the change feed stands; nothing where nobody is followed.
    pub feed: Option<Feed>,
    /// The single-person queries, where they are configured.
    pub budget: Option<Standing>,
    /// The stop of every query, while there is one.
    pub stop: Option<Stop>,
}

/// How many cases of a kind are how old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindAges {
    /// The kind.
    pub kind: String,
    /// How many, by age.
    pub cases: [i64; AGES],
}

/// How many decisions about a kind were made in each week, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindWeeks {
    /// The kind.
    pub kind: String,
    /// How many, by week.
    pub decisions: [i64; WEEKS],
}

impl KindAges {
    /// How many of them.
    pub fn total(&self) -> i64 {
        self.cases.iter().sum()
    }
}

impl Overview {
    /// How many cases there is something to do about.
    pub fn open(&self) -> i64 {
        self.queue.iter().map(KindAges::total).sum()
    }

    /// How many of them are in the ordinary queue.
    pub fn ordinary(&self) -> i64 {
        self.open() - self.protected.unwrap_or_default()
    }

    /// How many decisions were made in a week.
    pub fn of_week(&self, week: usize) -> i64 {
        self.decisions.iter().map(|kind| kind.decisions[week]).sum()
    }
}

/// Why there is nothing to tell.
#[derive(Debug, thiserror::Error)]
pub enum OverviewError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The runs cannot be read.
    #[error(transparent)]
    Runs(#[from] runs::RunError),
    /// The budget cannot be read.
    #[error(transparent)]
    Budget(#[from] BudgetError),
}

/// What an account is told.
///
/// # Errors
/// When something cannot be read.
pub async fn overview(context: &Context, account: &ProvedAccount) -> Result<Overview, OverviewError> {
    let now = context.clock.now();
    let today = context.clock.today();
    let counted = Counted {
        municipalities: (account.role == Role::Reviewer)
            .then(|| account.municipalities.iter().cloned().collect()),
        protected: account.may_see_protected(),
    };
    let ages = AGE_DAYS.map(|days| midnight(today - Days::new(days)));
    let weeks = mondays(today);
    let begin: Vec<DateTime<Utc>> = weeks.iter().rev().map(|monday| midnight(*monday)).collect();
    let oldest = begin.last().copied().unwrap_or(now);
    let mut read = context.db.read().await?;
    let queue = counts::queue(&mut read, &counted, &ages).await?;
    let protected = if counted.protected && counted.municipalities.is_some() {
        Some(counts::protected(&mut read, &counted).await?)
    } else {
        None
    };
    let queue = by_kind(queue.into_iter().map(|row| (row.kind, row.age, row.cases)));
    let overdue = counts::overdue(&mut read, &counted, midnight(today)).await?;
    let assigned = counts::assigned(&mut read, &counted, account.id).await?;
    let decisions = by_kind(
        counts::decisions(&mut read, &counted, &begin)
            .await?
            .into_iter()
            .map(|row| (row.kind, row.week, row.decisions)),
    );
    let rules = counts::rules(&mut read, &counted, oldest).await?;
    let feed = feed::look(&mut read, &context.settings, now).await?;
    let stop = switch::state(&mut read, now).await?;
    drop(read);
    let runs = runs::list(&patrons::Context::from(context), &Filter::default(), RUNS).await?;
    let budget = match budget::standing(&context.db, &context.settings, today).await {
        Ok(standing) => Some(standing),
        Err(BudgetError::NotConfigured) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Overview {
        queue: queue.into_iter().map(|(kind, cases)| KindAges { kind, cases }).collect(),
        protected,
        overdue,
        assigned,
        decisions: decisions
            .into_iter()
            .map(|(kind, mut decisions): (_, [i64; WEEKS])| {
                decisions.reverse();
                KindWeeks { kind, decisions }
            })
            .collect(),
        weeks,
        rules,
        runs,
        feed,
        budget,
        stop,
    })
}

/// Counts of kinds as one row a kind, in the order of the kinds.
fn by_kind<const N: usize>(counts: impl Iterator<Item = (String, i64, i64)>) -> Vec<(String, [i64; N])> {
    let mut rows: BTreeMap<Option<FindingKind>, (String, [i64; N])> = BTreeMap::new();
    for (kind, place, count) in counts {
        let (_, row) = rows.entry(FindingKind::from_word(&kind)).or_insert_with(|| (kind, [0; N]));
        if let Some(cell) = usize::try_from(place).ok().and_then(|place| row.get_mut(place)) {
            *cell += count;
        }
    }
    rows.into_values().collect()
}

/// The beginning of a day in Helsinki.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(chrono::NaiveTime::MIN);
    // The clock is never changed at midnight in Helsinki.
    Helsinki.from_local_datetime(&local).earliest().map_or(local.and_utc(), |at| at.with_timezone(&Utc))
}

/// The Mondays of the weeks that are looked back on, this week's last.
fn mondays(today: NaiveDate) -> Vec<NaiveDate> {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let mut mondays: Vec<NaiveDate> = (0..).take(WEEKS).map(|weeks| monday - Days::new(7 * weeks)).collect();
    mondays.reverse();
    mondays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_in_helsinki() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        let weeks = mondays(today);
        assert_eq!(weeks.len(), WEEKS);
        assert_eq!(weeks[WEEKS - 1].to_string(), "2026-11-16");
        assert_eq!(weeks[0].to_string(), "2026-08-31");
        assert_eq!(midnight(weeks[WEEKS - 1]).to_rfc3339(), "2026-11-15T22:00:00+00:00");
        assert_eq!(midnight(weeks[0]).to_rfc3339(), "2026-08-30T21:00:00+00:00");
    }
}
