//! Runs, newest first, of one schedule or in one state if wanted.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::words::{badge, failed, state_word, unchecked};
use crate::patrons;
use crate::runs::{self, RunView};
use crate::schedule::run_state::RunState;
use crate::store;
use crate::store::run::Filter;
use crate::web::errors::WebError;
use crate::web::input::Query;
use crate::web::schedule::{Badge, READERS, Stopped};
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Language, Routes};

/// Runs on a page.
const PAGE: usize = 50;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/runs", READERS, list)
}

/// A run in a list.
pub(in crate::web) struct RunRow {
    pub(in crate::web) id: Uuid,
    pub(in crate::web) schedule: String,
    pub(in crate::web) at: String,
    pub(in crate::web) origin: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) people: String,
    pub(in crate::web) asked: i64,
    /// What was not checked, in words.
    pub(in crate::web) unchecked: Option<String>,
}

impl RunRow {
    pub(in crate::web) fn of(l: Language, run: RunView) -> Self {
        let is_over = run.finished_at.is_some();
        Self {
            id: run.id,
            at: run.due_at.or(run.planned_at).map(|at| l.time(at)).unwrap_or_default(),
            origin: l.t(&format!("run-origin-{}", run.origin)),
            badge: badge(l, &run.state),
            people: run.people.map(|people| people.to_string()).unwrap_or_default(),
            asked: run.asked,
            unchecked: unchecked(l, &run).filter(|_| is_over),
            schedule: run.schedule,
        }
    }
}

/// Which runs are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Wanted {
    /// A schedule, by its identifier.
    schedule: String,
    state: String,
    /// The last run of the page before.
    after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "run/list.html")]
struct ListPage {
    frame: Frame,
    stopped: Option<Stopped>,
    /// Identifier, name, and whether it is the one wanted.
    schedules: Vec<(Uuid, String, bool)>,
    /// Word, text, and whether it is the one wanted.
    states: Vec<(&'static str, String, bool)>,
    rows: Vec<RunRow>,
    /// Where the next page is.
    next: Option<String>,
    is_first: bool,
    first: String,
    is_filtered: bool,
}

async fn list(visit: Visit, wanted: Query<Wanted>) -> Result<Response, WebError> {
    let (context, l) = (visit.context(), visit.language);
    let heads = store::schedule::heads(&mut context.db.read().await?).await?;
    let schedule = wanted.schedule.parse::<Uuid>().ok();
    let chosen = heads.iter().find(|head| Some(head.id) == schedule);
    if chosen.is_none() && !wanted.schedule.is_empty() {
        return Err(WebError::NotFound);
    }
    let state = RunState::from_word(&wanted.state);
    let filter = Filter {
        name: chosen.map(|head| head.name.clone()),
        state: state.map(|state| state.as_str().to_owned()),
        since: None,
        before: wanted.after,
    };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = runs::list(&patrons::Context::from(&context), &filter, limit).await;
    let found = found.map_err(|error| failed(&visit, error))?;
    let query = query(schedule, state);
    let last = found.get(PAGE - 1).filter(|_| found.len() > PAGE).map(|run| run.id);
    page(&ListPage {
        frame: visit.frame(visit.t("run-title")),
        stopped: Stopped::now(&visit).await?,
        is_filtered: chosen.is_some() || state.is_some(),
        schedules: heads.into_iter().map(|head| (head.id, head.name, Some(head.id) == schedule)).collect(),
        states: RunState::ALL
            .map(|one| (one.as_str(), state_word(l, one.as_str()), Some(one) == state))
            .into(),
        rows: found.into_iter().take(PAGE).map(|run| RunRow::of(l, run)).collect(),
        next: last.map(|last| format!("/runs?{query}after={last}")),
        is_first: wanted.after.is_none(),
        first: format!("/runs?{query}"),
    })
}

/// The same filter in an address.
fn query(schedule: Option<Uuid>, state: Option<RunState>) -> String {
    let schedule = schedule.map(|id| format!("schedule={id}&")).unwrap_or_default();
    let state = state.map(|state| format!("state={}&", state.as_str())).unwrap_or_default();
    format!("{schedule}{state}")
}
