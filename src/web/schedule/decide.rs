//! The second administrator: a version that waits is put in force, or withdrawn.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Acting, back_to, failed, planned};
use crate::planning;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::Visit;
use crate::web::{Routes, Who};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.post("/schedules/{id}/approve", Who::ADMINISTRATORS, approve).post(
        "/schedules/{id}/withdraw",
        Who::ADMINISTRATORS,
        withdraw,
    )
}

/// The version as the page showed it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    version: i64,
}

async fn approve(visit: Visit, Id(id): Id, form: Form<Seen>) -> Result<Response, WebError> {
    let (seen, acting) = (form.0, Acting::of(&visit)?);
    let name = planned(&visit, id).await?.name;
    let approved = planning::approve(&visit.context(), &acting.by(), &name, Some(seen.version)).await;
    approved.map_err(|error| failed(&visit, error))?;
    Ok(back_to(id, "approved"))
}

async fn withdraw(visit: Visit, Id(id): Id, form: Form<Seen>) -> Result<Response, WebError> {
    let (seen, acting) = (form.0, Acting::of(&visit)?);
    let planned = planned(&visit, id).await?;
    let withdrawn =
        planning::withdraw(&visit.context(), &acting.by(), &planned.name, Some(seen.version)).await;
    withdrawn.map_err(|error| failed(&visit, error))?;
    // Without a version in force the schedule is gone with it.
    Ok(match planned.in_force {
        Some(_) => back_to(id, "withdrawn"),
        None => Redirect::to("/schedules?done=withdrawn").into_response(),
    })
}
