//! Taking the rows that were ticked: they are the visitor's own from then on.

use crate::web::input::Form;
use std::collections::BTreeSet;

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::super::errors::WebError;
use super::super::visit::Visit;
use super::{Problems, render, value};
use crate::review;
use crate::review::listing::{ListFilter, PAGE};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticked {
    /// The rows.
    #[serde(default)]
    case: Vec<Uuid>,
    /// The list they were ticked in.
    list: String,
}

/// Gives the ticked cases to the visitor, as far as they can be.
pub(super) async fn take(visit: Visit, form: Form<Ticked>) -> Result<Response, WebError> {
    let ticked: BTreeSet<Uuid> = form.case.iter().copied().collect();
    if ticked.len() > PAGE {
        return Err(WebError::BadForm);
    }
    if ticked.is_empty() {
        let problems = Problems { take: Some(visit.t("queue-take-none")), ..Problems::default() };
        return render(&visit, &form.list, problems).await;
    }
    let taken = review::take(&visit.context(), visit.actor()?, &ticked).await?;
    let query = ListFilter { protected: false, ..ListFilter::from_query(&form.list) }.to_query();
    let and = if query.is_empty() { "" } else { "&" };
    let (ticked, address) = (ticked.len(), format!("/queue?{query}{and}done=taken"));
    Ok(Redirect::to(&format!("{address}&taken={taken}&ticked={ticked}")).into_response())
}

/// How many were taken, in words.
pub(super) fn done(visit: &Visit, query: &str) -> String {
    let number = |key| value(query, key).and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
    let (taken, ticked) = (number("taken"), number("ticked"));
    if taken < ticked {
        return visit.language.t2("queue-done-taken-some", "count", taken, "ticked", ticked);
    }
    visit.language.t1("queue-done-taken", "count", taken)
}
