//! The case that comes next.

use uuid::Uuid;

use super::came::Came;
use super::problem;
use crate::review;
use crate::web::errors::WebError;
use crate::web::visit::Visit;

/// The next case that waits for the visitor after one.
pub(super) async fn next_case(visit: &Visit, _came: &Came, after: Uuid) -> Result<Option<Uuid>, WebError> {
    let around = review::neighbours(&visit.context(), visit.actor()?, after).await;
    Ok(around.map_err(problem::web)?.after)
}
