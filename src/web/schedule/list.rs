//! Every schedule: what it does, when it is due next, how it stands.

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use super::facts::Badge;
use super::words::Words;
use super::{Done, READERS, Stopped, failed, frame_done, when};
use crate::planning::{self, Planned};
use crate::web::errors::WebError;
use crate::web::input::Query;
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Routes, run};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/schedules", READERS, list)
}

#[derive(Template)]
#[template(path = "schedule/list.html")]
struct ListPage {
    frame: Frame,
    may_act: bool,
    stopped: Option<Stopped>,
    rows: Vec<Row>,
}

/// A schedule in the list.
struct Row {
    id: Uuid,
    name: String,
    does: String,
    reading: String,
    next: String,
    badge: Badge,
    origin: String,
    waits: bool,
    last: Option<(Uuid, String)>,
    error: Option<String>,
}

async fn list(visit: Visit, done: Query<Done>) -> Result<Response, WebError> {
    let planned = planning::list(&visit.context()).await.map_err(|error| failed(&visit, error))?;
    let words = Words::of(&visit);
    page(&ListPage {
        may_act: visit.actor()?.may_administer(),
        stopped: Stopped::now(&visit).await?,
        rows: planned.into_iter().map(|planned| row(&words, planned)).collect(),
        frame: frame_done(&visit, visit.t("schedule-title"), &done),
    })
}

fn row(words: &Words, planned: Planned) -> Row {
    let l = words.l;
    let version = planned.in_force.as_ref().or(planned.waiting.as_ref());
    let last = planned.last_run.as_ref().map(|last| {
        let state = run::state_word(l, &last.state);
        (last.id, l.t2("schedule-last-run", "at", l.time(last.planned_at), "state", state))
    });
    Row {
        id: planned.id,
        does: version.map(|version| words.work(&version.definition)).unwrap_or_default(),
        reading: version.map(|version| version.reading.get(l).to_owned()).unwrap_or_default(),
        next: next(words, &planned),
        badge: Badge::of(l, &planned),
        origin: l.t(&format!("schedule-origin-{}", planned.origin)),
        waits: planned.waiting.is_some(),
        last,
        error: planned.unreadable,
        name: planned.name,
    }
}

/// The next run, or why there is none.
pub(super) fn next(words: &Words, planned: &Planned) -> String {
    let l = words.l;
    let next = planned.next.iter().find(|run| run.holiday.is_none());
    match (&planned.pause, next, &planned.in_force) {
        (Some(pause), ..) => l.t1("schedule-none-paused", "until", l.time(pause.until)),
        (None, Some(next), _) => when(l, next.at.to_utc()),
        (None, None, None) if planned.unreadable.is_none() => l.t("schedule-none-waiting"),
        (None, None, _) => l.t("schedule-none"),
    }
}
