//! Files of cards that billing has sent in before collection: each reading, and what was said of each card.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, Tx, on, one_row, pieces};

/// One reading of a file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CollectionRun {
    /// Its identifier.
    pub id: Uuid,
    /// The account on whose behalf.
    pub account: Uuid,
    /// The operating-system user.
    pub os_user: String,
    /// Why, in that person's words.
    pub reason: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; nothing when it did not.
    pub finished_at: Option<DateTime<Utc>>,
    /// Its counts, as JSON.
    pub counts: String,
}

/// What was said of one card.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CollectionCard {
    /// The reading.
    pub run: Uuid,
    /// Which card of the file, from 1.
    pub position: i64,
    /// The patron with the card.
    pub patron: Option<Uuid>,
    /// Who pays.
    pub payer: Option<Uuid>,
    /// `send` or `hold`.
    pub decision: String,
    /// Why it is held: words with a space between them.
    pub why: String,
    /// The question to VTJ that was asked for it.
    pub disclosure: Option<Uuid>,
}

/// Stores that a reading has begun.
///
/// # Errors
/// When it cannot be stored.
pub async fn begin(tx: &mut Tx, run: &CollectionRun) -> Result<()> {
    let sql = "INSERT INTO collection_run (id, account, os_user, reason, started_at, finished_at, counts)
         VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(sql)
        .bind(run.id)
        .bind(run.account)
        .bind(&run.os_user)
        .bind(&run.reason)
        .bind(run.started_at)
        .bind(run.finished_at)
        .bind(&run.counts)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// Stores that a reading has ended.
///
/// # Errors
/// When there is no such reading.
pub async fn finish(tx: &mut Tx, id: Uuid, counts: &str, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE collection_run SET finished_at = $2, counts = $3 WHERE id = $1";
    let rows = on!(tx, conn =>
        sqlx::query(sql).bind(id).bind(at).bind(counts).execute(conn).await?.rows_affected());
    one_row(rows, "the reading")
}

/// Stores what was said of cards.
///
/// # Errors
/// When it cannot be stored.
pub async fn insert(tx: &mut Tx, cards: &[CollectionCard]) -> Result<()> {
    for cards in pieces(cards) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "INSERT INTO collection_card (run, position, patron, payer, decision, why, disclosure) ",
            );
            query.push_values(cards, |mut to, card| {
                to.push_bind(card.run)
                    .push_bind(card.position)
                    .push_bind(card.patron)
                    .push_bind(card.payer)
                    .push_bind(&card.decision)
                    .push_bind(&card.why)
                    .push_bind(card.disclosure);
            });
            query.build().execute(conn).await?;
        });
    }
    Ok(())
}

/// A reading, if there is one.
///
/// # Errors
/// When it cannot be read.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<CollectionRun>> {
    let sql = "SELECT id, account, os_user, reason, started_at, finished_at, counts
         FROM collection_run WHERE id = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(id).fetch_optional(conn).await?))
}

/// Up to `limit` cards of a reading after a position, in the order of the file.
///
/// # Errors
/// When they cannot be read.
pub async fn cards(tx: &mut Tx, run: Uuid, after: i64, limit: i64) -> Result<Vec<CollectionCard>> {
    let sql = "SELECT run, position, patron, payer, decision, why, disclosure
         FROM collection_card
         WHERE run = $1 AND position > $2
         ORDER BY position LIMIT $3";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(run).bind(after).bind(limit).fetch_all(conn).await?))
}

/// Deletes readings that began before an instant, with what was said of their cards. Returns how many readings.
///
/// # Errors
/// When they cannot be deleted.
pub async fn delete_before(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let cards = "DELETE FROM collection_card
         WHERE run IN (SELECT id FROM collection_run WHERE started_at < $1)";
    let runs = "DELETE FROM collection_run WHERE started_at < $1";
    on!(tx, conn => {
        sqlx::query(cards).bind(at).execute(&mut *conn).await?;
        Ok(sqlx::query(runs).bind(at).execute(conn).await?.rows_affected())
    })
}
