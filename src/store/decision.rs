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
    /// `approve`, `reject`, `snooze`, `undo` or `revert`.
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
    /// Whether what an approval writes was put into other words first.
    pub edited: bool,
    /// Until when the finding was put off before.
    pub snoozed_before: Option<DateTime<Utc>>,
    /// Whether it was put off until a visit before.
    pub visit_before: bool,
}

const COLUMNS: &str = "id, finding, verdict, account, os_user, reason, key_version, sealed_note,
    evidence_digest, patron_version, state_before, decided_at, edited, snoozed_before, visit_before";

/// Stores a decision.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, row: &DecisionRow) -> Result<()> {
    let sql = format!(
        "INSERT INTO decision ({COLUMNS})
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    on!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql))
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
        .bind(row.edited)
        .bind(row.snoozed_before)
        .bind(row.visit_before)
        .execute(conn)
        .await?.rows_affected());
    Ok(())
}

/// One decision.
///
/// # Errors
/// When there is none.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<DecisionRow> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE id = $1");
    on!(tx, conn => Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(conn).await?))
}

/// The decisions about a finding, the newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of_finding(tx: &mut Tx, finding: Uuid) -> Result<Vec<DecisionRow>> {
    let sql = format!("SELECT {COLUMNS} FROM decision WHERE finding = $1 ORDER BY decided_at DESC, id DESC");
    on!(tx, conn => Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(finding).fetch_all(conn).await?))
}

/// The decisions of an account since an instant, the newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn of_account(
    tx: &mut Tx,
    account: Uuid,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DecisionRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM decision WHERE account = $1 AND decided_at >= $2
         ORDER BY decided_at DESC, id DESC LIMIT $3"
    );
    on!(tx, conn => Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(account).bind(since).bind(limit)
        .fetch_all(conn).await?))
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
