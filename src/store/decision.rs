//! Decisions: what a named person said about a finding.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Result, Tx, on};

/// A decision as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DecisionRow {
    /// Its identifier.
    pub id: Uuid,
    /// The finding.
    pub finding: Uuid,
    /// `approve`, `reject`, `snooze` or `undo`.
    pub verdict: String,
    /// The account that decided.
    pub account: Uuid,
    /// The operating-system user who ran the command.
    pub os_user: String,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// Which data key sealed the note.
    pub key_version: i64,
    /// A free note, sealed.
    pub sealed_note: Option<Vec<u8>>,
    /// The evidence that was decided on.
    pub evidence_digest: Vec<u8>,
    /// The version of the patron's row that was decided on.
    pub patron_version: i64,
    /// The state the finding was in, to which an undone approval goes back.
    pub state_before: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Stores a decision.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &DecisionRow) -> Result<()> {
    let sql =
        "INSERT INTO decision (id, finding, verdict, account, os_user, reason, key_version, sealed_note,
             evidence_digest, patron_version, state_before, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    on!(tx, conn => sqlx::query(sql)
        .bind(row.id)
        .bind(row.finding)
        .bind(&row.verdict)
        .bind(row.account)
        .bind(&row.os_user)
        .bind(&row.reason)
        .bind(row.key_version)
        .bind(&row.sealed_note)
        .bind(&row.evidence_digest)
        .bind(row.patron_version)
        .bind(&row.state_before)
        .bind(row.decided_at)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// One decision.
///
/// # Errors
/// When there is none.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<DecisionRow> {
    let sql = "SELECT id, finding, verdict, account, os_user, reason, key_version, sealed_note,
             evidence_digest, patron_version, state_before, decided_at
         FROM decision
         WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_one(conn).await?))
}

/// Empties the notes about a patron: what is done when protection starts.
///
/// # Errors
/// When it cannot be stored.
pub async fn wipe_notes(tx: &mut Tx, patron: Uuid) -> Result<()> {
    let sql = "UPDATE decision SET sealed_note = NULL
         WHERE finding IN (SELECT id FROM finding WHERE patron = $1)";
    on!(tx, conn => sqlx::query(sql).bind(patron).execute(conn).await?.rows_affected());
    Ok(())
}
