//! Counts for the first page of the staff. No count is of a person, and for who is not cleared no protected person
//! and no kind that tells of protection is in any of them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, in_list, on};
use crate::finding::FindingKind;

/// Whose cases are counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// The municipalities; `None` is every one.
    pub municipalities: Option<Vec<String>>,
    /// Whether protected people and the kinds that tell of protection are counted.
    pub protected: bool,
}

impl Counted {
    /// Whether nothing can be counted.
    fn is_nothing(&self) -> bool {
        self.municipalities.as_ref().is_some_and(Vec::is_empty)
    }
}

/// How many cases of a kind are of an age.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueCount {
    /// The kind.
    pub kind: String,
    /// The age: 0 is since the first of the instants asked with, and so on.
    pub age: i64,
    /// How many.
    pub cases: i64,
}

/// How many decisions about a kind fell in a week.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WeekCount {
    /// The kind.
    pub kind: String,
    /// The week: 0 begins with the first of the instants asked with.
    pub week: i64,
    /// How many.
    pub decisions: i64,
}

/// How many decisions a rule led to, and how many of them were rejections.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleCount {
    /// The code of the rule.
    pub rule: String,
    /// Approvals and rejections.
    pub decisions: i64,
    /// Rejections.
    pub rejected: i64,
}

/// The condition on patron `p` and finding `f` that holds for whose cases are counted.
macro_rules! counted {
    ($query:expr, $counted:expr) => {{
        if let Some(municipalities) = &$counted.municipalities {
            // SQLite would rather read everybody of the municipalities; those of the findings are to be read.
            $query.push(" AND CASE WHEN p.municipality IN (");
            in_list!($query, municipalities);
            $query.push(") THEN 1 ELSE 0 END = 1");
        }
        if !$counted.protected {
            // The protected are few, and in indexes of their own.
            $query.push(
                " AND f.patron NOT IN (SELECT id FROM patron WHERE protected_mark)
                  AND f.patron NOT IN (SELECT patron FROM person WHERE protection = 'yes') AND f.kind NOT IN (",
            );
            let hidden = FindingKind::ALL.into_iter().filter(|kind| kind.needs_clearance());
            in_list!($query, hidden.map(FindingKind::as_str));
            $query.push(")");
        }
    }};
}

/// The column that says between which of some instants, the newest first, another falls.
macro_rules! between {
    ($query:expr, $column:literal, $instants:expr) => {{
        $query.push("CAST(CASE");
        for (number, instant) in $instants.iter().enumerate() {
            $query.push(concat!(" WHEN ", $column, " >= ")).push_bind(*instant);
            $query.push(format!(" THEN {number}"));
        }
        $query.push(format!(" ELSE {} END AS BIGINT)", $instants.len()));
    }};
}

const JOINED: &str = " FROM finding f JOIN patron p ON p.id = f.patron";

/// The condition on the queue's entry `e` that holds for whose cases are counted.
macro_rules! in_queue {
    ($query:expr, $counted:expr) => {{
        // Both words, so that the index that begins with them is read.
        $query.push(if $counted.protected {
            " WHERE e.shielded IN (TRUE, FALSE)"
        } else {
            " WHERE e.shielded = FALSE"
        });
        if let Some(municipalities) = &$counted.municipalities {
            $query.push(" AND e.municipality IN (");
            in_list!($query, municipalities);
            $query.push(")");
        }
    }};
}

/// How many cases there is something to do about, by kind and age. `ages`: the instants that part the ages, the
/// newest first.
///
/// # Errors
/// When they cannot be counted.
pub async fn queue(tx: &mut Tx, counted: &Counted, ages: &[DateTime<Utc>]) -> Result<Vec<QueueCount>> {
    if counted.is_nothing() {
        return Ok(Vec::new());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT e.kind, ");
        between!(query, "e.opened_at", ages);
        query.push(" AS age, count(*) AS cases FROM queue_entry e");
        in_queue!(query, counted);
        query.push(" GROUP BY 1, 2 ORDER BY 1, 2");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many of them are in the protected queue; none for who does not see that.
///
/// # Errors
/// When they cannot be counted.
pub async fn protected(tx: &mut Tx, counted: &Counted) -> Result<i64> {
    if counted.is_nothing() || !counted.protected {
        return Ok(0);
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT count(*) FROM queue_entry e");
        in_queue!(query, counted);
        query.push(" AND e.shielded = TRUE");
        Ok(query.build_query_scalar().fetch_one(conn).await?)
    })
}

/// How many of them were due before an instant, by the time that each kind is allowed. The file for the collection
/// agency lies ahead and makes nothing late.
///
/// # Errors
/// When they cannot be counted.
pub async fn overdue(tx: &mut Tx, counted: &Counted, before: DateTime<Utc>) -> Result<i64> {
    if counted.is_nothing() {
        return Ok(0);
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT count(*) FROM queue_entry e");
        in_queue!(query, counted);
        query.push(" AND e.due_at < ").push_bind(before);
        Ok(query.build_query_scalar().fetch_one(conn).await?)
    })
}

/// How many of them are assigned to an account.
///
/// # Errors
/// When they cannot be counted.
pub async fn assigned(tx: &mut Tx, counted: &Counted, account: Uuid) -> Result<i64> {
    if counted.is_nothing() {
        return Ok(0);
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT count(*) FROM assignment a JOIN queue_entry e ON e.finding = a.finding");
        in_queue!(query, counted);
        query.push(" AND a.account = ").push_bind(account);
        Ok(query.build_query_scalar().fetch_one(conn).await?)
    })
}

/// The decisions that are counted: what was put off or taken back is none.
const DECIDED: &str = " JOIN decision d ON d.finding = f.id WHERE d.verdict NOT IN ('snooze', 'undo')
    AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.finding = d.finding AND u.verdict = 'undo'
        AND u.decided_at >= d.decided_at AND d.verdict = 'approve') AND d.decided_at >= ";

/// How many decisions were made since the last of some instants, by kind and by which of them it was made after.
/// `weeks`: where the weeks begin, the newest first.
///
/// # Errors
/// When they cannot be counted.
pub async fn decisions(tx: &mut Tx, counted: &Counted, weeks: &[DateTime<Utc>]) -> Result<Vec<WeekCount>> {
    let Some(since) = weeks.last().filter(|_| !counted.is_nothing()) else { return Ok(Vec::new()) };
    on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT f.kind, ");
        between!(query, "d.decided_at", weeks);
        query.push(" AS week, count(*) AS decisions").push(JOINED).push(DECIDED).push_bind(*since);
        counted!(query, counted);
        query.push(" GROUP BY 1, 2 ORDER BY 1, 2");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many approvals and rejections each rule led to since an instant, the most decided first.
///
/// # Errors
/// When they cannot be counted.
pub async fn rules(tx: &mut Tx, counted: &Counted, since: DateTime<Utc>) -> Result<Vec<RuleCount>> {
    if counted.is_nothing() {
        return Ok(Vec::new());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "SELECT f.rule, count(*) AS decisions, count(CASE WHEN d.verdict = 'reject' THEN 1 END) AS rejected",
        );
        query.push(JOINED).push(DECIDED).push_bind(since).push(" AND d.verdict IN ('approve', 'reject')");
        counted!(query, counted);
        query.push(" GROUP BY f.rule ORDER BY 2 DESC, 1");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}
