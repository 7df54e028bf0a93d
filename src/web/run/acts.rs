//! Cancelling a run, and going on with those of an ended one who were not checked.

use axum::response::{IntoResponse as _, Redirect, Response};

use super::words::failed;
use crate::runs::{self, Cancelled};
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::schedule::Nothing;
use crate::web::visit::Visit;
use crate::web::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/runs/{id}/cancel", Who::ADMINISTRATORS, cancel).post(
        "/runs/{id}/retry",
        Who::ADMINISTRATORS,
        retry,
    )
}

async fn cancel(visit: Visit, Id(id): Id, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let cancelled = runs::cancel(&visit.context(), visit.actor()?, id).await;
    let done = match cancelled.map_err(|error| failed(&visit, error))? {
        Cancelled::Ended => "cancelled",
        Cancelled::Asked => "cancel_asked",
    };
    Ok(Redirect::to(&format!("/runs/{id}?done={done}")).into_response())
}

async fn retry(visit: Visit, Id(id): Id, form: Form<Nothing>) -> Result<Response, WebError> {
    let Form(Nothing {}) = form;
    let retried = runs::retry(&visit.context(), visit.actor()?, id).await;
    let (later, lease) = retried.map_err(|error| failed(&visit, error))?;
    // The daemon carries it out.
    if let Some(lease) = lease {
        lease.release().await?;
    }
    Ok(Redirect::to(&format!("/runs/{later}?done=retried")).into_response())
}
