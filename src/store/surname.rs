//! Surnames VTJ gave earlier, as keyed hashes: compared, never shown.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on, pieces};

/// Remembers surnames VTJ gave earlier.
///
/// # Errors
/// When they cannot be stored.
pub async fn remember(tx: &mut Tx, surnames: &[(Uuid, Vec<u8>)]) -> Result<()> {
    for surnames in pieces(surnames) {
        on!(tx, conn => {
            let mut query = QueryBuilder::new("INSERT INTO earlier_surname (patron, surname_hash) ");
            query.push_values(surnames, |mut to, (patron, hash)| {
                to.push_bind(patron).push_bind(hash);
            });
            query.push(" ON CONFLICT DO NOTHING").build().execute(conn).await?;
        });
    }
    Ok(())
}

/// Which of these (patron, surname) pairs VTJ gave earlier.
///
/// # Errors
/// When they cannot be read.
pub async fn of_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, Vec<u8>)> = on!(tx, conn => {
            let mut query =
                QueryBuilder::new("SELECT patron, surname_hash FROM earlier_surname WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron, surname_hash");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
