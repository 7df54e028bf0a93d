//! Finds data keys that nothing needs any more: those of nobody, and old versions that seal nothing.
//!
//! On SQLite the keys are in a file of their own, so that no statement sees both sides: a page of patrons is
//! read here, and looked up there. Accounts of staff have a key, too: it seals their second factor.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on};

/// A page of those who have a data key made before an instant, after one, by identifier. The transaction is
/// on the keys.
///
/// # Errors
/// When they cannot be read.
pub async fn holders(tx: &mut Tx, before: DateTime<Utc>, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let sql = "SELECT DISTINCT patron FROM data_key
         WHERE patron > $1 AND created_at < $2
         ORDER BY patron LIMIT $3";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(after).bind(before).bind(limit).fetch_all(conn).await?))
}

/// A page of those who have several data keys, the newest made before an instant, after one, by identifier,
/// each with the oldest version there is. The transaction is on the keys.
///
/// # Errors
/// When they cannot be read.
pub async fn holders_of_several(
    tx: &mut Tx,
    before: DateTime<Utc>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, i64)>> {
    let sql = "SELECT patron, min(version) FROM data_key
         WHERE patron > $1
         GROUP BY patron
         HAVING count(*) > 1 AND max(created_at) < $2
         ORDER BY patron LIMIT $3";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(after).bind(before).bind(limit).fetch_all(conn).await?))
}

/// Of these, in their order, those of whom there is no row, neither a patron's (not even the empty one of somebody
/// forgotten) nor an account's.
///
/// # Errors
/// When they cannot be read.
pub async fn without_row(tx: &mut Tx, holders: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut without = Vec::new();
    for holders in holders.chunks(ROWS_PER_STATEMENT) {
        let known: Vec<Uuid> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT id FROM patron WHERE id IN (");
            in_list!(query, holders);
            query.push(") UNION SELECT id FROM account WHERE id IN (");
            in_list!(query, holders);
            query.push(") ORDER BY id");
            query.build_query_scalar().fetch_all(conn).await?
        });
        without.extend(holders.iter().copied().filter(|holder| known.binary_search(holder).is_err()));
    }
    Ok(without)
}

/// Every column that a data key seals: the patron or account, the key's version, and where it is when not empty.
const SEALED: [(&str, &str); 11] = [
    ("id", "patron WHERE length(sealed) > 0"),
    ("patron", "person WHERE sealed IS NOT NULL"),
    ("patron", "inbox WHERE sealed IS NOT NULL"),
    ("patron", "finding WHERE sealed IS NOT NULL"),
    ("patron", "claim WHERE length(sealed) > 0"),
    (
        "patron",
        "(SELECT f.patron, d.key_version FROM decision d JOIN finding f ON f.id = d.finding
          WHERE d.sealed_note IS NOT NULL) AS noted WHERE key_version > 0",
    ),
    (
        "patron",
        "(SELECT s.patron, d.key_version FROM disclosure d JOIN disclosure_subject s ON s.disclosure = d.id
          WHERE d.sealed_reason IS NOT NULL) AS asked WHERE key_version > 0",
    ),
    ("patron", "disclosure_by_hand WHERE length(sealed) > 0"),
    ("account", "second_factor WHERE length(sealed) > 0"),
    ("account", "security_key WHERE length(sealed) > 0"),
    ("account", "shown_once WHERE length(sealed) > 0"),
];

/// The oldest version of the data key that still seals something of each of these patrons, by patron. Of
/// whom nothing is sealed is left out.
///
/// # Errors
/// When it cannot be read.
pub async fn oldest_needed(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, i64)> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT patron, min(key_version) FROM (");
            for (number, (patron, place)) in SEALED.into_iter().enumerate() {
                let union = if number == 0 { "" } else { " UNION ALL " };
                query.push(format!("{union}SELECT {patron} AS patron, key_version FROM {place} AND {patron} IN ("));
                in_list!(query, patrons);
                query.push(")");
            }
            query.push(") AS needed GROUP BY patron ORDER BY patron");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
