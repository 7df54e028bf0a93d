//! The case that comes next.

use uuid::Uuid;

use super::came::Came;
use crate::review::listing::{self, ListFilter};
use crate::web::errors::WebError;
use crate::web::visit::Visit;

/// The next case of the list somebody came from that waits for the visitor after one.
pub(super) async fn next_case(visit: &Visit, came: &Came, after: Uuid) -> Result<Option<Uuid>, WebError> {
    let filter = ListFilter::from_query(&came.list);
    Ok(listing::next(&visit.context(), visit.actor()?, &filter, Some(after)).await?)
}
