//! What happened about one patron, newest first: kinds, purposes, outcomes and times, and no value.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A finding of a patron.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundRow {
    /// The finding.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// Whose word it rests on.
    pub source: String,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A decision about a finding of a patron.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DecidedRow {
    /// The finding.
    pub finding: Uuid,
    /// The finding's kind.
    pub kind: String,
    /// What was decided.
    pub verdict: String,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// Who decided, by name of the account; none where the account is not there.
    pub actor: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// A question to VTJ that named a patron.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AskedRow {
    /// When it was about to be sent.
    pub requested_at: DateTime<Utc>,
    /// The interface.
    pub interface: String,
    /// The purpose.
    pub purpose: String,
    /// Who asked.
    pub actor: String,
    /// `sent` until it is answered; then the class of the outcome.
    pub outcome: String,
    /// What came of a question about this patron alone.
    pub result: Option<String>,
}

/// A look at a patron.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LookRow {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What was looked at, as the audit log calls it.
    pub action: String,
}

/// Up to `limit` findings of a patron, those that wait for their slice left out.
///
/// # Errors
/// When they cannot be read.
pub async fn found(tx: &mut Tx, patron: Uuid, limit: i64) -> Result<Vec<FoundRow>> {
    let sql = "SELECT id, kind, state, source, opened_at, updated_at FROM finding
         WHERE patron = $1 AND NOT held_back ORDER BY opened_at DESC, id DESC LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(patron).bind(limit).fetch_all(conn).await?))
}

/// Up to `limit` decisions about a patron's findings.
///
/// # Errors
/// When they cannot be read.
pub async fn decided(tx: &mut Tx, patron: Uuid, limit: i64) -> Result<Vec<DecidedRow>> {
    let sql = "SELECT d.finding, f.kind, d.verdict, d.reason, a.name AS actor, d.decided_at
         FROM finding f JOIN decision d ON d.finding = f.id LEFT JOIN account a ON a.id = d.account
         WHERE f.patron = $1 ORDER BY d.decided_at DESC, d.id DESC LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(patron).bind(limit).fetch_all(conn).await?))
}

/// Up to `limit` questions to VTJ that named a patron.
///
/// # Errors
/// When they cannot be read.
pub async fn asked(tx: &mut Tx, patron: Uuid, limit: i64) -> Result<Vec<AskedRow>> {
    let sql = "SELECT d.requested_at, d.interface, d.purpose, d.actor, d.outcome, d.result
         FROM disclosure_subject s JOIN disclosure d ON d.id = s.disclosure
         WHERE s.patron = $1 ORDER BY d.requested_at DESC, d.id DESC LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(patron).bind(limit).fetch_all(conn).await?))
}

/// Up to `limit` looks at the subject of a tag by members of staff and by commands.
///
/// # Errors
/// When they cannot be read.
pub async fn looks(tx: &mut Tx, subject_tag: &[u8], limit: i64) -> Result<Vec<LookRow>> {
    let sql = "SELECT at, actor, action FROM audit
         WHERE subject_tag = $1 AND actor_kind <> 'task' AND action IN ('patron.show', 'patron.find', 'finding.show',
             'finding.list', 'disclosures.list', 'disclosures.export', 'run.show')
         ORDER BY sequence DESC LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(subject_tag).bind(limit).fetch_all(conn).await?))
}
