//! What an import and a forgetting do to rows of the register beside writing them.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Db, ROWS_PER_STATEMENT, Result, Tx, in_list, on, one_row};

/// The first part of what stands in place of the register's identifiers of a forgotten patron.
pub const FORGOTTEN: &str = "forgotten:";

/// How many of these patrons the register holds, as of the last import. Repeated identifiers count once.
///
/// # Errors
/// When they cannot be counted.
pub async fn known(tx: &mut Tx, patron_ids: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for patron_ids in patron_ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<String> = on!(tx, conn => {
            let mut query =
                QueryBuilder::new("SELECT patron_id FROM patron WHERE in_register AND patron_id IN (");
            in_list!(query, patron_ids);
            query.push(") ORDER BY patron_id");
            query.build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// Takes a card away from a patron, so that another can have it. What stands instead is no card.
///
/// # Errors
/// When it cannot be stored.
pub async fn release_card(tx: &mut Tx, patron: Uuid) -> Result<()> {
    let rows = on!(tx, conn => sqlx::query("UPDATE patron SET card_number = $2 WHERE id = $1")
        .bind(patron).bind(no_card(patron)).execute(conn).await?.rows_affected());
    one_row(rows, "the patron")
}

/// What stands in place of the card of a patron whose card another has now.
pub fn no_card(patron: Uuid) -> String {
    format!("no-card:{patron}")
}

/// Notes that an import saw these patrons, good rows or bad, without changing anything else.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_present(tx: &mut Tx, patron_ids: &[String], import: Uuid) -> Result<()> {
    for patron_ids in patron_ids.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE patron SET last_import = ");
            query.push_bind(import).push(" WHERE patron_id IN (");
            in_list!(query, patron_ids);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Replaces the digest of a row whose values stay.
///
/// # Errors
/// When it cannot be stored.
pub async fn set_digest(tx: &mut Tx, patron: Uuid, digest: &[u8]) -> Result<()> {
    let rows = on!(tx, conn => sqlx::query("UPDATE patron SET row_digest = $2 WHERE id = $1")
        .bind(patron).bind(digest).execute(conn).await?.rows_affected());
    one_row(rows, "the patron")
}

/// Up to `limit` patrons of the register whom neither mark of an import says to be in the file.
///
/// # Errors
/// When they cannot be read.
pub async fn unseen(tx: &mut Tx, good: Uuid, bad: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT id FROM patron
         WHERE last_import <> $1 AND last_import <> $2 AND in_register
         ORDER BY id LIMIT $3";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(good).bind(bad).bind(limit).fetch_all(conn).await?))
}

/// The patrons whom these ones guarantee, and those who share one of these codes.
///
/// # Errors
/// When they cannot be read.
pub async fn related(tx: &mut Tx, patron_ids: &[String], code_indexes: &[Vec<u8>]) -> Result<Vec<Uuid>> {
    let mut found: Vec<Uuid> = Vec::new();
    for patron_ids in patron_ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<Uuid> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT id FROM patron WHERE guarantor_patron_id IN (");
            in_list!(query, patron_ids);
            query.push(") ORDER BY id");
            query.build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    for code_indexes in code_indexes.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<Uuid> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT id FROM patron WHERE code_index IN (");
            in_list!(query, code_indexes);
            query.push(") ORDER BY id");
            query.build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// How many patrons there are, those missing from the last import among them, the forgotten left out.
///
/// # Errors
/// When they cannot be counted.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let sql = "SELECT count(*) FROM patron WHERE length(sealed) > 0";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}

/// Empties every row that speaks of a patron, but keeps what the logs refer to. The register's identifiers
/// are given free: a later import of the same person starts anew.
///
/// # Errors
/// When it cannot be stored.
pub async fn wipe(tx: &mut Tx, patron: Uuid, at: DateTime<Utc>) -> Result<()> {
    let emptied = "UPDATE patron
         SET patron_id = $2, card_number = $2, code_index = NULL, sealed = $3, last_name = '',
             first_names = '', birth_date = NULL, language = NULL, patron_group = '', municipality = '000',
             home_library = '', registered_on = NULL, last_active_on = NULL, last_patron_edit_on = NULL,
             guarantor_patron_id = NULL, open_loans = NULL, unpaid_fees_cents = NULL, oldest_due_date = NULL,
             owning_library = '', card_expires_on = NULL, protected_mark = $4, notes = '', row_digest = $3,
             in_register = $4, sources = '{}', version = version + 1, updated_at = $5, written_name = ''
         WHERE id = $1";
    let nobody = format!("{FORGOTTEN}{patron}");
    let rows = on!(tx, conn => sqlx::query(emptied).bind(patron).bind(nobody).bind(Vec::<u8>::new())
        .bind(false).bind(at).execute(conn).await?.rows_affected());
    one_row(rows, "the patron")?;
    let closed = "UPDATE finding
         SET state = 'closed', moved = NULL, snoozed_until = NULL, effective_at = NULL, held_back = FALSE,
             updated_at = $2, version = version + 1
         WHERE patron = $1 AND state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying',
             'outcome_unknown', 'written')";
    on!(tx, conn => sqlx::query(closed).bind(patron).bind(at).execute(conn).await?.rows_affected());
    let withdrawn = "UPDATE estate_case SET state = 'withdrawn', updated_at = $2
         WHERE patron = $1 AND state = 'opened'";
    on!(tx, conn => sqlx::query(withdrawn).bind(patron).bind(at).execute(conn).await?.rows_affected());
    on!(tx, conn => sqlx::query("DELETE FROM earlier_surname WHERE patron = $1")
        .bind(patron).execute(conn).await?.rows_affected());
    Ok(())
}

/// A page of forgotten patrons after one, by identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn forgotten(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM person
         WHERE unfollowed_because = 'forgotten' AND patron > $1
         ORDER BY patron LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn).await?))
}

/// Destroys every data key of these patrons. Returns how many there still were.
///
/// # Errors
/// When they cannot be deleted.
pub async fn destroy_keys(db: &Db, patrons: &[Uuid]) -> Result<u64> {
    let mut destroyed = 0;
    let mut tx = db.begin_keys().await?;
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        destroyed += on!(&mut tx, conn => {
            let mut query = QueryBuilder::new("DELETE FROM data_key WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?.rows_affected()
        });
    }
    tx.commit("data_key.destroy").await?;
    Ok(destroyed)
}

/// A page of everybody under an order of non-disclosure or the library's own mark, or of whom nothing is
/// known, after one, by identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn protected(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT p.id FROM patron p LEFT JOIN person s ON s.patron = p.id
         WHERE p.id > $1 AND (p.protected_mark OR coalesce(s.protection, 'yes') = 'yes')
         ORDER BY p.id LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn).await?))
}
