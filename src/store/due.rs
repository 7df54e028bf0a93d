//! What is due of each person: the admissibility test, base data, the comparison.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::asked::AskedRow;
use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on};

/// Up to `limit` patrons whose admissibility test is due, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn enrol_due(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM person WHERE enrol_due ORDER BY patron LIMIT $1";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(limit).fetch_all(conn).await?))
}

/// Makes the admissibility test due for everyone but the forgotten: who may be asked about has been decided
/// anew.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_enrol_due_for_all(tx: &mut Tx) -> Result<u64> {
    let sql = "UPDATE person SET enrol_due = TRUE
         WHERE NOT enrol_due AND (unfollowed_because IS NULL OR unfollowed_because <> 'forgotten')";
    on!(tx, conn => Ok(sqlx::query(sql).execute(conn).await?.rows_affected()))
}

/// Makes the admissibility test due again for everyone who is not followed for one reason.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_enrol_due_again(tx: &mut Tx, reason: &str) -> Result<u64> {
    let sql = "UPDATE person SET enrol_due = TRUE WHERE follow_state = 'unfollowed' AND unfollowed_because = $1 AND NOT enrol_due";
    on!(tx, conn => Ok(sqlx::query(sql).bind(reason).execute(conn).await?.rows_affected()))
}

/// Up to `limit` patrons of one municipality whose base data is due, longest due first.
///
/// # Errors
/// When they cannot be read.
pub async fn refresh_due(
    tx: &mut Tx,
    municipality: &str,
    at: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<AskedRow>> {
    let sql = "SELECT patron, code_index, protection, key_version, sealed FROM person
         WHERE refresh_due_at <= $1 AND municipality = $2 AND follow_state <> 'unfollowed'
         ORDER BY refresh_due_at, patron LIMIT $3";
    on!(tx, conn =>
        Ok(sqlx::query_as(sql).bind(at).bind(municipality).bind(limit).fetch_all(conn).await?))
}

/// Leaves people without base data until they are marked again, and counts a failed attempt.
///
/// # Errors
/// When it cannot be stored.
pub async fn give_up_refresh(tx: &mut Tx, patrons: &[Uuid]) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "UPDATE person SET refresh_due_at = NULL, refresh_attempts = refresh_attempts + 1
                 WHERE patron IN (",
            );
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// How many people wait for base data that is not due yet.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_refresh_later(tx: &mut Tx, at: DateTime<Utc>) -> Result<i64> {
    let sql = "SELECT count(*) FROM person WHERE refresh_due_at > $1 AND follow_state <> 'unfollowed'";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(at).fetch_one(conn).await?))
}

/// Up to `limit` patrons after one whose comparison is due, by patron.
///
/// # Errors
/// When they cannot be read.
pub async fn compare_due(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM person WHERE compare_due AND patron > $1 ORDER BY patron LIMIT $2";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn).await?))
}

/// Makes comparison due for those whose day has come.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_compare_due_by_calendar(tx: &mut Tx, today: NaiveDate) -> Result<u64> {
    let sql = "UPDATE person SET compare_due = TRUE, compare_on = NULL WHERE compare_on <= $1";
    on!(tx, conn => Ok(sqlx::query(sql).bind(today).execute(conn).await?.rows_affected()))
}

/// Makes comparison due for some patrons.
///
/// # Errors
/// When it cannot be stored.
pub async fn make_compare_due(tx: &mut Tx, patrons: &[Uuid]) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET compare_due = TRUE WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Makes the admissibility test and the comparison due for patrons whose register row changed.
///
/// # Errors
/// When it cannot be stored.
pub async fn register_row_changed(tx: &mut Tx, patrons: &[Uuid]) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query =
                QueryBuilder::new("UPDATE person SET compare_due = TRUE, enrol_due = TRUE WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Notes that some patrons have been compared, and the day on which the calendar makes that due again; a
/// later change makes it due before.
///
/// # Errors
/// When it cannot be stored.
pub async fn compared(
    tx: &mut Tx,
    patrons: &[Uuid],
    at: DateTime<Utc>,
    next: Option<NaiveDate>,
) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET compare_due = FALSE, compared_at = ");
            query.push_bind(at).push(", compare_on = ").push_bind(next).push(" WHERE patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Marks people for refresh, unless they are due already.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_for_refresh(tx: &mut Tx, patrons: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("UPDATE person SET refresh_due_at = ");
            query.push_bind(at).push(", refresh_attempts = 0 WHERE follow_state <> 'unfollowed' AND patron IN (");
            in_list!(query, patrons);
            query.push(")").build().execute(conn).await?;
        });
    }
    Ok(())
}
