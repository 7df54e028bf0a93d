//! Search by card number: a form, so that the number is in no address.

use crate::web::input::Form;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::visit::Visit;
use super::{Problems, render};
use crate::review::listing::{self, CardSearch};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    card: String,
    /// The list it was sent from.
    #[serde(default)]
    list: String,
}

/// Leads to the case of a card, if there is one.
pub(super) async fn search(visit: Visit, form: Form<Wanted>) -> Result<Response, WebError> {
    let card = form.card.trim();
    if card.is_empty() {
        let problems = Problems { search: Some(visit.t("queue-search-empty")), ..Problems::default() };
        return render(&visit, &form.list, problems).await;
    }
    let found = listing::find_card(&visit.context(), visit.actor()?, false, card).await?;
    let problems = match found {
        CardSearch::One(id) => return Ok(Redirect::to(&format!("/queue/{id}")).into_response()),
        CardSearch::Nothing => {
            Problems { search: Some(visit.t("queue-search-nothing")), ..Problems::default() }
        }
        CardSearch::Several(items) => Problems {
            search: Some(visit.t("queue-search-several")),
            found: Some(items),
            ..Problems::default()
        },
    };
    render(&visit, &form.list, problems).await
}
