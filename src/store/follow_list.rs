//! Follow lists: whose changes are asked for, each list with its own cursor.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on, one_row, pieces};

/// A list as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FollowList {
    /// Its identifier.
    pub id: Uuid,
    /// The municipality whose permit it is asked under.
    pub municipality: String,
    /// VTJ's key up to which changes have been received.
    pub cursor_key: Option<i64>,
    /// When that key was received.
    pub cursor_at: Option<DateTime<Utc>>,
    /// When VTJ last said that there is no more.
    pub caught_up_at: Option<DateTime<Utc>>,
    /// Grows with every change of membership.
    pub version: i64,
    /// How many people are on it.
    pub members: i64,
    /// When it was made, or when its people were last read again from base data.
    pub created_at: DateTime<Utc>,
}

const COLUMNS: &str = "id, municipality, cursor_key, cursor_at, caught_up_at, version, members, created_at";

/// Every list that has members, oldest first.
///
/// # Errors
/// When they cannot be read.
pub async fn all(tx: &mut Tx) -> Result<Vec<FollowList>> {
    on!(tx, conn => {
        let mut query =
            QueryBuilder::new(format!("SELECT {COLUMNS} FROM follow_list WHERE members > 0 ORDER BY id"));
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// One list.
///
/// # Errors
/// When there is no such list.
pub async fn get(tx: &mut Tx, id: Uuid) -> Result<FollowList> {
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM follow_list WHERE id = "));
        query.push_bind(id);
        Ok(query.build_query_as().fetch_one(conn).await?)
    })
}

/// The oldest list of a municipality with room, or a new one.
///
/// # Errors
/// When it cannot be stored.
pub async fn with_room(
    tx: &mut Tx,
    municipality: &str,
    list_size: i64,
    new: Uuid,
    at: DateTime<Utc>,
) -> Result<FollowList> {
    let found: Option<FollowList> = on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM follow_list WHERE municipality = "));
        query.push_bind(municipality).push(" AND members < ").push_bind(list_size).push(" ORDER BY id LIMIT 1");
        query.build_query_as().fetch_optional(conn).await?
    });
    if let Some(list) = found {
        return Ok(list);
    }
    let sql =
        "INSERT INTO follow_list (id, municipality, version, members, created_at) VALUES ($1, $2, 0, 0, $3)";
    on!(tx, conn => sqlx::query(sql).bind(new).bind(municipality).bind(at).execute(conn).await?.rows_affected());
    get(tx, new).await
}

/// Puts people on a list: one new version of it.
///
/// # Errors
/// When the list changed meanwhile.
pub async fn join(tx: &mut Tx, list: &FollowList, members: &[(Uuid, Vec<u8>)]) -> Result<()> {
    let version = list.version + 1;
    for members in pieces(members) {
        on!(tx, conn => {
            let mut query =
                QueryBuilder::new("INSERT INTO follow_member (list, patron, code_index, joined_version) ");
            query.push_values(members, |mut row, (patron, code_index)| {
                row.push_bind(list.id).push_bind(patron).push_bind(code_index).push_bind(version);
            });
            query.build().execute(conn).await?;
        });
    }
    let sql =
        "UPDATE follow_list SET version = version + 1, members = members + $2 WHERE id = $1 AND version = $3";
    let added = i64::try_from(members.len()).unwrap_or(i64::MAX);
    let rows = on!(tx, conn => sqlx::query(sql).bind(list.id).bind(added).bind(list.version)
        .execute(conn).await?.rows_affected());
    one_row(rows, "the follow list")
}

/// Takes a patron off every list.
///
/// # Errors
/// When it cannot be stored.
pub async fn leave(tx: &mut Tx, patron: Uuid) -> Result<()> {
    let sql = "SELECT list FROM follow_member WHERE patron = $1 AND left_version IS NULL ORDER BY list";
    let lists: Vec<Uuid> = on!(tx, conn => sqlx::query_scalar(sql).bind(patron).fetch_all(conn).await?);
    for list in lists {
        let grow = "UPDATE follow_list SET version = version + 1, members = members - 1 WHERE id = $1";
        on!(tx, conn => sqlx::query(grow).bind(list).execute(conn).await?.rows_affected());
        let leave = "UPDATE follow_member
             SET left_version = (SELECT version FROM follow_list WHERE id = $1)
             WHERE list = $1 AND patron = $2 AND left_version IS NULL";
        on!(tx, conn => sqlx::query(leave).bind(list).bind(patron).execute(conn).await?.rows_affected());
    }
    Ok(())
}

/// Which of these patrons are on any list.
///
/// # Errors
/// When they cannot be read.
pub async fn followed(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<Uuid> = on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "SELECT DISTINCT patron FROM follow_member WHERE left_version IS NULL AND patron IN (",
            );
            in_list!(query, patrons);
            query.push(") ORDER BY patron");
            query.build_query_scalar().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}

/// The patrons on a list now, in the order they are asked about.
///
/// # Errors
/// When they cannot be read.
pub async fn members(tx: &mut Tx, list: Uuid) -> Result<Vec<Uuid>> {
    let sql = "SELECT patron FROM follow_member WHERE list = $1 AND left_version IS NULL ORDER BY patron";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(list).fetch_all(conn).await?))
}

/// Moves a list's cursor from the key it was read at to the next.
///
/// # Errors
/// When another process moved it meanwhile.
pub async fn advance(
    tx: &mut Tx,
    list: &FollowList,
    next: i64,
    caught_up: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE follow_list
         SET cursor_key = $2, cursor_at = $3, caught_up_at = CASE WHEN $4 THEN $3 ELSE caught_up_at END
         WHERE id = $1 AND cursor_key IS NOT DISTINCT FROM $5";
    let rows = on!(tx, conn => sqlx::query(sql).bind(list.id).bind(next).bind(at).bind(caught_up)
        .bind(list.cursor_key).execute(conn).await?.rows_affected());
    one_row(rows, "the cursor")
}

/// Forgets every cursor, so that the next fetch takes a new one. The people are read again by refresh.
///
/// # Errors
/// When it cannot be stored.
pub async fn forget_cursors(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE follow_list SET cursor_key = NULL, cursor_at = NULL, created_at = $1 WHERE members > 0";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}

/// The members of the lists, to be read again.
///
/// # Errors
/// When it cannot be stored.
pub async fn mark_members_for_refresh(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64> {
    let sql = "UPDATE person SET refresh_due_at = $1, refresh_attempts = 0 WHERE follow_state = 'following'";
    on!(tx, conn => Ok(sqlx::query(sql).bind(at).execute(conn).await?.rows_affected()))
}

/// The patrons on any of these lists who are asked about under these codes.
///
/// # Errors
/// When they cannot be read.
pub async fn members_by_code(tx: &mut Tx, list: Uuid, indexes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, Uuid)>> {
    let mut found = Vec::new();
    for indexes in indexes.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Vec<u8>, Uuid)> = on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "SELECT code_index, patron FROM follow_member WHERE left_version IS NULL AND list = ",
            );
            query.push_bind(list).push(" AND code_index IN (");
            in_list!(query, indexes);
            query.push(") ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
