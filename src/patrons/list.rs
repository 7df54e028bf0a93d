//! The patrons in a list: who is followed, and who is not and why.

use super::{BATCH_ROWS, Context, PatronsError, mask};
use crate::audit;
use crate::patron_file::Column;
use crate::store;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// The card.
    pub card_number: String,
    /// The register's identifier.
    pub patron_id: String,
    /// Surname, then first names.
    pub name: String,
    /// The municipality; nothing for a protected patron.
    pub municipality: Option<String>,
    /// `unfollowed`, `waiting` or `following`.
    pub follow: String,
    /// Why the patron is not followed.
    pub reason: Option<String>,
    /// Whether the last import had the patron.
    pub in_register: bool,
}

/// A list that the audit log knows of, and how far it has been read.
#[derive(Debug)]
pub struct Listing {
    after: String,
}

/// Begins a list of all patrons, by patron_id. The audit log says so before the first page.
///
/// # Errors
/// When the audit log cannot be written.
pub async fn list(context: &Context) -> Result<Listing, PatronsError> {
    let mut tx = context.db.begin().await?;
    let count = store::patron_upkeep::count(&mut tx).await?;
    let event = context.event("patron.list").detail(format!("patrons {count}"));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.list").await?;
    Ok(Listing { after: String::new() })
}

/// The next page of a list; an empty one ends it.
///
/// # Errors
/// When it cannot be read.
pub async fn list_page(context: &Context, listing: &mut Listing) -> Result<Vec<Listed>, PatronsError> {
    let limit = i64::try_from(BATCH_ROWS).unwrap_or(i64::MAX);
    loop {
        let page = store::patron::page(&mut context.db.read().await?, &listing.after, limit).await?;
        let Some(last) = page.last() else { return Ok(Vec::new()) };
        listing.after.clone_from(&last.patron_id);
        let shown = mask::open(context, page).await?;
        if !shown.is_empty() {
            return Ok(shown.iter().map(listed).collect());
        }
    }
}

fn listed(patron: &mask::Shown) -> Listed {
    let row = &patron.row;
    let person = patron.person.as_ref();
    Listed {
        card_number: row.card_number.clone(),
        patron_id: row.patron_id.clone(),
        name: format!("{} {}", row.last_name, row.first_names).trim_end().to_owned(),
        municipality: patron.cell(Column::Municipality).map(std::borrow::Cow::into_owned),
        follow: person.map_or_else(|| "unfollowed".to_owned(), |person| person.follow_state.clone()),
        reason: person.and_then(|person| person.unfollowed_because.clone()),
        in_register: row.in_register,
    }
}
