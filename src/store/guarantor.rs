//! Those who guarantee others, as far as a comparison looks at them.

use sqlx::QueryBuilder;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on};

/// A patron who guarantees another.
#[derive(Debug, sqlx::FromRow)]
pub struct GuarantorRow {
    /// The register's identifier.
    pub patron_id: String,
    /// The library's own mark of protection.
    pub protected_mark: bool,
    /// Whether our records hold the person as dead.
    pub held_as_dead: bool,
    /// The protection in force by VTJ's word.
    pub protection: String,
}

/// The guarantors whom the register calls so, by patron_id.
///
/// # Errors
/// When they cannot be read.
pub async fn by_patron_ids(tx: &mut Tx, patron_ids: &[String]) -> Result<Vec<GuarantorRow>> {
    let mut found = Vec::with_capacity(patron_ids.len());
    for patron_ids in patron_ids.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<GuarantorRow> = on!(tx, conn => {
            let mut query = QueryBuilder::new(
                "SELECT p.patron_id, p.protected_mark, s.held_as_dead, s.protection
                 FROM patron p JOIN person s ON s.patron = p.id
                 WHERE p.patron_id IN (",
            );
            in_list!(query, patron_ids);
            query.push(") ORDER BY p.patron_id");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
