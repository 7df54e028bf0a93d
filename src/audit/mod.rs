//! The audit log: what happened, who did it, about whom, why, and by what evidence.
//!
//! Rows are written in the transaction of the effect they speak of, and before a person is shown. They hold
//! no personal value: a person is a random tag, kept with the person's data key and gone with it. Numbers
//! are dense, taken from one locked row, so that a missing row shows.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::store::{Result, Tx, on, pieces};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A proved account, by name.
    Account {
        /// The account's identifier.
        id: Uuid,
        /// Its name.
        name: String,
    },
    /// The operating-system user who ran a command.
    OsUser,
    /// A task, by name.
    Task(&'static str),
}

impl Actor {
    fn words(&self, os_user: &str) -> (&'static str, String) {
        match self {
            Self::Account { name, .. } => ("account", name.clone()),
            Self::OsUser => ("os_user", os_user.to_owned()),
            Self::Task(task) => ("task", (*task).to_owned()),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// The operating-system user of the process.
    pub os_user: String,
    /// What: a noun and a verb, such as `finding.approve`.
    pub action: &'static str,
    /// About whom.
    pub subject_tag: Option<[u8; 16]>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// By which request to VTJ.
    pub request: Option<Uuid>,
    /// Which finding.
    pub finding: Option<Uuid>,
    /// Which decision.
    pub decision: Option<Uuid>,
    /// Keyed digest of the evidence.
    pub evidence: Option<Vec<u8>>,
    /// More, without any personal value: names of columns, words of states, counts.
    pub detail: String,
}

impl Event {
    /// An event of which only the essentials are known.
    pub fn new(at: DateTime<Utc>, actor: Actor, os_user: &str, action: &'static str) -> Self {
        Self {
            at,
            actor,
            os_user: os_user.to_owned(),
            action,
            subject_tag: None,
            purpose: None,
            request: None,
            finding: None,
            decision: None,
            evidence: None,
            detail: String::new(),
        }
    }

    /// About a person.
    #[must_use]
    pub fn about(self, subject_tag: [u8; 16]) -> Self {
        Self { subject_tag: Some(subject_tag), ..self }
    }

    /// About a person whose tag may be gone with the key.
    #[must_use]
    pub fn about_known(self, subject_tag: Option<[u8; 16]>) -> Self {
        Self { subject_tag, ..self }
    }

    /// With detail, which holds no personal value.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// A row of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuditRow {
    /// Its number; no number is missing.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `account`, `os_user` or `task`.
    pub actor_kind: String,
    /// The name of the actor.
    pub actor: String,
    /// The operating-system user of the process.
    pub os_user: String,
    /// What.
    pub action: String,
    /// About whom.
    pub subject_tag: Option<Vec<u8>>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// By which request.
    pub request: Option<Uuid>,
    /// Which finding.
    pub finding: Option<Uuid>,
    /// Which decision.
    pub decision: Option<Uuid>,
    /// Keyed digest of the evidence.
    pub evidence: Option<Vec<u8>>,
    /// More.
    pub detail: String,
}

const COLUMNS: &str =
    "sequence, at, actor_kind, actor, os_user, action, subject_tag, purpose, request, finding,
    decision, evidence, detail";

/// Writes events, in order, in the transaction of their effect, and last in it: the log has one head, and a
/// process that held it while waiting for another row could wait for one that waits for the head.
///
/// # Errors
/// When they cannot be written; the effect must not happen then.
pub async fn record(tx: &mut Tx, events: &[Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let sql = "UPDATE audit_head SET last_sequence = last_sequence + $1 WHERE id = 1 RETURNING last_sequence";
    let last: i64 = on!(tx, conn => sqlx::query_scalar(sql).bind(count).fetch_one(conn).await?);
    let mut next = last - count + 1;
    for events in pieces(events) {
        let first = next;
        next += i64::try_from(events.len()).unwrap_or(i64::MAX);
        on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("INSERT INTO audit ({COLUMNS}) "));
            query.push_values((first..).zip(events), |mut row, (sequence, event)| {
                let (actor_kind, actor) = event.actor.words(&event.os_user);
                row.push_bind(sequence)
                    .push_bind(event.at)
                    .push_bind(actor_kind)
                    .push_bind(actor)
                    .push_bind(&event.os_user)
                    .push_bind(event.action)
                    .push_bind(event.subject_tag.map(|tag| tag.to_vec()))
                    .push_bind(&event.purpose)
                    .push_bind(event.request)
                    .push_bind(event.finding)
                    .push_bind(event.decision)
                    .push_bind(&event.evidence)
                    .push_bind(&event.detail);
            });
            query.build().execute(conn).await?.rows_affected()
        });
    }
    Ok(())
}

/// Which rows to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Rows about this subject.
    pub subject_tag: Option<[u8; 16]>,
    /// Rows of this actor.
    pub actor: Option<String>,
    /// Rows whose action begins so.
    pub action: Option<String>,
    /// Rows about this finding.
    pub finding: Option<Uuid>,
    /// Rows at or after this instant.
    pub since: Option<DateTime<Utc>>,
    /// Rows before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// A page of the log after a number, in order.
///
/// # Errors
/// When it cannot be read.
pub async fn page(tx: &mut Tx, filter: &Filter, after: i64, limit: i64) -> Result<Vec<AuditRow>> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM audit WHERE sequence > "));
        query.push_bind(after);
        if let Some(tag) = filter.subject_tag {
            query.push(" AND subject_tag = ").push_bind(tag.to_vec());
        }
        if let Some(actor) = &filter.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(action) = &filter.action {
            query.push(" AND substr(action, 1, ").push_bind(i32::try_from(action.len()).unwrap_or(i32::MAX));
            query.push(") = ").push_bind(action);
        }
        if let Some(finding) = filter.finding {
            query.push(" AND finding = ").push_bind(finding);
        }
        if let Some(since) = filter.since {
            query.push(" AND at >= ").push_bind(since);
        }
        if let Some(until) = filter.until {
            query.push(" AND at < ").push_bind(until);
        }
        query.push(" ORDER BY sequence LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// The number of the last row, and how many rows there are: equal while none is missing.
///
/// # Errors
/// When it cannot be read.
pub async fn head_and_count(tx: &mut Tx) -> Result<(i64, i64)> {
    let sql = "SELECT (SELECT last_sequence FROM audit_head WHERE id = 1), (SELECT count(*) FROM audit)";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_one(conn).await?))
}
