//! "Run now": what a run would ask, confirmed before it is planned.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::numbers::{self, Numbers};
use super::plan::demand;
use super::words::Words;
use super::{Stopped, planned};
use crate::runs;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Routes, Who, run};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/schedules/{id}/run", Who::ADMINISTRATORS, ask).post(
        "/schedules/{id}/run",
        Who::ADMINISTRATORS,
        start,
    )
}

#[derive(Template)]
#[template(path = "schedule/run.html")]
struct RunPage {
    frame: Frame,
    stopped: Option<Stopped>,
    id: Uuid,
    name: String,
    does: String,
    version: i64,
    numbers: Option<Numbers>,
}

async fn ask(visit: Visit, Id(id): Id) -> Result<Response, WebError> {
    let planned = planned(&visit, id).await?;
    let version = planned.in_force.ok_or_else(|| WebError::Conflict(visit.t("schedule-none-waiting")))?;
    demand(&visit, &version.definition).await?;
    page(&RunPage {
        stopped: Stopped::now(&visit).await?,
        frame: visit.frame(visit.t("schedule-run-title")),
        id,
        does: Words::of(&visit).work(&version.definition),
        version: version.version,
        numbers: numbers::of_schedule(&visit, &planned.name, &version.definition).await?,
        name: planned.name,
    })
}

/// The version whose numbers were confirmed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    version: i64,
}

async fn start(visit: Visit, Id(id): Id, form: Form<Confirmed>) -> Result<Response, WebError> {
    let confirmed = form.version;
    let planned = planned(&visit, id).await?;
    if planned.in_force.as_ref().map(|version| version.version) != Some(confirmed) {
        return Err(WebError::Conflict(visit.t("schedule-error-changed")));
    }
    let run = runs::plan(&visit.context(), visit.actor()?, &planned.name).await;
    let run = run.map_err(|error| run::failed(&visit, error))?;
    Ok(Redirect::to(&format!("/runs/{run}?done=started")).into_response())
}
