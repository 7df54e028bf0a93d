//! Who has said to be disqualified about whom.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ROWS_PER_STATEMENT, Result, Tx, in_list, on};

/// Notes that an account is disqualified about a patron; once is enough.
///
/// # Errors
/// When it cannot be stored.
pub async fn declare(tx: &mut Tx, account: Uuid, patron: Uuid, at: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO disqualification (account, patron, declared_at) VALUES ($1, $2, $3)
         ON CONFLICT (account, patron) DO NOTHING";
    on!(tx, conn => sqlx::query(sql).bind(account).bind(patron).bind(at).execute(conn).await?.rows_affected());
    Ok(())
}

/// The accounts that are disqualified about some patrons, each as patron and account.
///
/// # Errors
/// When they cannot be read.
pub async fn of_patrons(tx: &mut Tx, patrons: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    let mut found = Vec::new();
    for patrons in patrons.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<(Uuid, Uuid)> = on!(tx, conn => {
            let mut query = QueryBuilder::new("SELECT patron, account FROM disqualification WHERE patron IN (");
            in_list!(query, patrons);
            query.push(") ORDER BY patron, account");
            query.build_query_as().fetch_all(conn).await?
        });
        found.extend(rows);
    }
    Ok(found)
}
