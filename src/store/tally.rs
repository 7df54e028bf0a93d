//! Counts for the metrics and for the doctor. No count joins protection with a place or with a person.

use chrono::{DateTime, Utc};

use super::{Result, Tx, on};

/// How many people are in each follow state, and of those not followed, why.
///
/// # Errors
/// When they cannot be counted.
pub async fn follow_states(tx: &mut Tx) -> Result<Vec<(String, Option<String>, i64)>> {
    let sql = "SELECT follow_state, unfollowed_because, count(*) FROM person
         GROUP BY follow_state, unfollowed_because ORDER BY follow_state, unfollowed_because";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_all(conn).await?))
}

/// About how many people VTJ has answered, and about how many of them it said whether they are protected.
///
/// # Errors
/// When they cannot be counted.
pub async fn answers(tx: &mut Tx) -> Result<(i64, i64)> {
    let sql = "SELECT count(*), count(CASE WHEN protection <> 'unknown' THEN 1 END) FROM person
         WHERE answer = 'found'";
    on!(tx, conn => Ok(sqlx::query_as(sql).fetch_one(conn).await?))
}

/// When a request about changes was last answered.
///
/// # Errors
/// When it cannot be read.
pub async fn last_answer(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let sql =
        "SELECT max(requested_at) FROM disclosure WHERE interface = 'muutokset' AND outcome = 'answered'";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}

/// When the cursor that has not moved for longest was received; lists without one count from when they were
/// made.
///
/// # Errors
/// When it cannot be read.
pub async fn oldest_cursor(tx: &mut Tx) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT min(CASE WHEN cursor_key IS NULL THEN created_at ELSE cursor_at END) FROM follow_list
         WHERE members > 0";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).fetch_one(conn).await?))
}
