//! What followed a request to VTJ: the findings made from its answer, and what was decided about them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A finding made from an answer, with the decision in force.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConsequenceRow {
    /// The finding.
    pub finding: Uuid,
    /// Its kind.
    pub kind: String,
    /// The state of its review, or `held_back` while it waits for its slice.
    pub state: String,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// `approve`, `reject`, `snooze` or `undo`.
    pub verdict: Option<String>,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// The account that decided.
    pub decided_by: Option<String>,
}

/// The findings made from the answer to a request, in the order in which they were made, at most so many.
///
/// # Errors
/// When they cannot be read.
pub async fn of_request(tx: &mut Tx, request: Uuid, limit: i64) -> Result<Vec<ConsequenceRow>> {
    let sql = "SELECT f.id AS finding, f.kind, CASE WHEN f.held_back THEN 'held_back' ELSE f.state END AS state, f.opened_at, d.verdict, d.reason, d.decided_at,
             a.name AS decided_by
         FROM finding f
         LEFT JOIN decision d ON d.id = f.decision
         LEFT JOIN account a ON a.id = d.account
         WHERE f.request = $1
         ORDER BY f.opened_at, f.id LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(request).bind(limit).fetch_all(conn).await?))
}
