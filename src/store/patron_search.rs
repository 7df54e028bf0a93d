//! Patrons looked for by name, and the names in one way of writing that they are found by.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::patron::{COLUMNS, PatronRow};
use super::{Result, Tx, in_list, on};
use crate::name;

/// The last character there is: every text that begins with a prefix is below the prefix and this.
const LAST: char = '\u{10ffff}';

/// Whom to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByName {
    /// How the surname begins.
    pub last_name: String,
    /// How one of the first names begins; empty is any.
    pub first_name: String,
    /// The municipalities to look in; `None` is every one.
    pub municipalities: Option<Vec<String>>,
    /// Whether people under an order of non-disclosure, or under the library's own mark, may be found.
    pub protected: bool,
}

/// Up to `limit` patrons of a name, by name and patron_id. The forgotten are nobody.
///
/// # Errors
/// When they cannot be read.
pub async fn by_name(tx: &mut Tx, wanted: &ByName, limit: i64) -> Result<Vec<PatronRow>> {
    let begins = name::one_writing(&wanted.last_name.replace('/', " "));
    if begins.is_empty() || wanted.municipalities.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let columns =
        COLUMNS.split(',').map(|column| format!("p.{}", column.trim())).collect::<Vec<_>>().join(", ");
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT {columns} FROM patron p JOIN person n ON n.patron = p.id WHERE p.written_name >= "
        ));
        query.push_bind(begins.clone()).push(" AND p.written_name < ").push_bind(format!("{begins}{LAST}"));
        if let Some(municipalities) = &wanted.municipalities {
            // SQLite would rather read everybody of the municipalities; the few of the name are to be read.
            query.push(" AND CASE WHEN p.municipality IN (");
            in_list!(query, municipalities);
            query.push(") THEN 1 ELSE 0 END = 1");
        }
        let first_name = name::one_writing(&wanted.first_name);
        if !first_name.is_empty() {
            query.push(" AND p.written_name LIKE ").push_bind(format!("%/% {}%", escaped(&first_name)));
            query.push(" ESCAPE '!'");
        }
        if !wanted.protected {
            query.push(" AND NOT p.protected_mark AND n.protection IN ('no', 'unknown')");
        }
        query.push(" AND n.unfollowed_because IS DISTINCT FROM 'forgotten'");
        query.push(" ORDER BY p.written_name, p.patron_id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// A text in which nothing stands for anything else.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Up to `limit` patrons whose name has not been written to be searched: identifier, surname, first names.
///
/// # Errors
/// When they cannot be read.
pub async fn not_written(tx: &mut Tx, limit: i64) -> Result<Vec<(Uuid, String, String)>> {
    let sql = "SELECT id, last_name, first_names FROM patron WHERE written_name IS NULL ORDER BY id LIMIT $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(limit).fetch_all(conn).await?))
}

/// Writes the name of a patron to be searched, unless somebody else has meanwhile.
///
/// # Errors
/// When it cannot be stored.
pub async fn write(tx: &mut Tx, patron: Uuid, last_name: &str, first_names: &str) -> Result<()> {
    let sql = "UPDATE patron SET written_name = $2 WHERE id = $1 AND written_name IS NULL";
    let written = name::searched_name(last_name, first_names);
    on!(tx, conn => sqlx::query(sql).bind(patron).bind(written).execute(conn).await?.rows_affected());
    Ok(())
}
