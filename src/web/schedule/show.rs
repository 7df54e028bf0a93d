//! One schedule: what it says, its next runs, what has happened to it and what became of its runs.

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use super::facts::{Badge, Fact, facts, made, maker};
use super::words::{Change, Run, Words, next_runs};
use super::{Acting, Done, READERS, Stopped, failed, frame_done, list, planned};
use crate::patrons;
use crate::planning::{self, CONFIGURATION, Happened, Planned, What};
use crate::runs;
use crate::store::run::Filter;
use crate::task::Context;
use crate::web::errors::WebError;
use crate::web::input::{Id, Query};
use crate::web::run::{self, RunRow};
use crate::web::texts::Argument as _;
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Language, Routes};

/// How many of its runs the page shows.
const RUNS: i64 = 10;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/schedules/{id}", READERS, show)
}

#[derive(Template)]
#[template(path = "schedule/show.html")]
struct ShowPage {
    frame: Frame,
    id: Uuid,
    name: String,
    badge: Badge,
    origin: String,
    is_of_configuration: bool,
    stopped: Option<Stopped>,
    pause: Option<PauseShown>,
    unreadable: Option<String>,
    in_force: Option<Version>,
    waiting: Option<Version>,
    nothing_next: String,
    next: Vec<Run>,
    runs: Vec<RunRow>,
    history: Vec<Line>,
    acts: Acts,
}

struct PauseShown {
    said: String,
    because: String,
}

/// What a version says.
struct Version {
    number: i64,
    made: String,
    people: Option<String>,
    facts: Vec<Fact>,
    changes: Vec<Change>,
    /// Why it waits.
    because: Option<String>,
}

/// Something that has happened.
struct Line {
    at: String,
    said: String,
    because: Option<String>,
    changes: Vec<Change>,
}

/// What the account may do with it now.
struct Acts {
    /// Whether it is an administrator's.
    any: bool,
    /// The words of the acts.
    can: Vec<&'static str>,
    /// Why another administrator is to do it.
    refused: Option<String>,
}

impl Acts {
    fn can(&self, act: &str) -> bool {
        self.can.contains(&act)
    }
}

async fn show(visit: Visit, Id(id): Id, done: Query<Done>) -> Result<Response, WebError> {
    let (context, words) = (visit.context(), Words::of(&visit));
    let planned = planned(&visit, id).await?;
    let history = planning::history(&context, &planned.name).await;
    let history = history.map_err(|error| failed(&visit, error))?;
    let l = visit.language;
    let next = planned.in_force.as_ref().filter(|_| !planned.next.is_empty()).map(|version| {
        let definition = &version.definition;
        next_runs(l, &definition.cron, context.clock.now(), &definition.holidays())
    });
    page(&ShowPage {
        id,
        badge: Badge::of(l, &planned),
        origin: l.t(&format!("schedule-origin-{}", planned.origin)),
        is_of_configuration: planned.origin == CONFIGURATION,
        stopped: Stopped::now(&visit).await?,
        pause: planned.pause.as_ref().map(|pause| PauseShown {
            said: l.with(
                "schedule-paused",
                &[
                    ("who", pause.by.value()),
                    ("since", l.time(pause.since).value()),
                    ("until", l.time(pause.until).value()),
                ],
            ),
            because: pause.because.clone(),
        }),
        in_force: planned.in_force.as_ref().map(|version| shown(&words, version, None)),
        waiting: planned
            .waiting
            .as_ref()
            .map(|version| shown(&words, version, weight(&context, &words, &planned))),
        nothing_next: list::next(&words, &planned),
        next: next.unwrap_or_default(),
        runs: newest(&context, &visit, &planned).await?,
        history: history.iter().map(|one| line(&words, one)).collect(),
        acts: acts(&visit, &context, &planned).await?,
        unreadable: planned.unreadable,
        frame: frame_done(&visit, planned.name.clone(), &done),
        name: planned.name,
    })
}

fn shown(words: &Words, version: &planning::VersionShown, because: Option<String>) -> Version {
    let l = words.l;
    let people = version.people.and_then(|people| u64::try_from(people).ok());
    Version {
        number: version.version,
        made: made(l, version),
        people: people.map(|people| l.t1("schedule-selected-then", "count", people)),
        facts: facts(words, version),
        changes: words.changes(&version.changes),
        because,
    }
}

/// Why the version that waits needs a second administrator.
fn weight(context: &Context, words: &Words, planned: &Planned) -> Option<String> {
    let waiting = planned.waiting.as_ref()?;
    let before = planned.in_force.as_ref().map(|version| &version.definition);
    let people = waiting.people.and_then(|people| u64::try_from(people).ok());
    let limit = context.settings.two_person_people;
    planning::second_needed(before, &waiting.definition, people, limit).map(|weight| words.weight(&weight))
}

async fn newest(context: &Context, visit: &Visit, planned: &Planned) -> Result<Vec<RunRow>, WebError> {
    let filter = Filter { name: Some(planned.name.clone()), ..Filter::default() };
    let runs = runs::list(&patrons::Context::from(context), &filter, RUNS).await;
    let runs = runs.map_err(|error| run::failed(visit, error))?;
    let own = runs.into_iter().filter(|run| run.schedule_id == planned.id);
    Ok(own.map(|view| RunRow::of(visit.language, view)).collect())
}

async fn acts(visit: &Visit, context: &Context, planned: &Planned) -> Result<Acts, WebError> {
    let acting = Acting::of(visit)?;
    let definitions: Vec<_> =
        planned.in_force.iter().chain(&planned.waiting).map(|version| &version.definition).collect();
    let any = acting.account.may_administer();
    let refused = planning::not_allowed(context, &acting.account, &definitions).await?;
    let may = refused.is_none() && planned.unreadable.is_none();
    let (is_own, is_in_force) = (planned.origin != CONFIGURATION, planned.in_force.is_some());
    let acts = [
        ("run", is_in_force && planned.pause.is_none()),
        ("edit", is_own),
        ("pause", is_in_force),
        ("resume", planned.pause.is_some()),
        ("remove", is_own),
        ("decide", planned.waiting.is_some()),
    ];
    Ok(Acts {
        any,
        can: acts.into_iter().filter(|(_, can)| may && *can).map(|(act, _)| act).collect(),
        refused: refused.map(|why| super::not_allowed(visit, &why)),
    })
}

fn line(words: &Words, one: &Happened) -> Line {
    let l: Language = words.l;
    let by = maker(l, &one.by);
    let version = one.version.unwrap_or_default();
    let said = match one.what {
        What::Made => {
            let state = one.state.as_deref().unwrap_or_default();
            let state = l.known(&format!("schedule-version-state-{state}")).unwrap_or_default();
            let values = [("version", version.value()), ("by", by.value()), ("state", state.value())];
            l.with("schedule-happened-made", &values)
        }
        What::Approved => l.t2("schedule-happened-approved", "version", version, "by", by),
        What::Withdrawn => l.t2("schedule-happened-withdrawn", "version", version, "by", by),
        What::Paused => {
            let until = one.until.map(|until| l.time(until)).unwrap_or_default();
            l.t2("schedule-happened-paused", "by", by, "until", until)
        }
        What::Resumed => l.t1("schedule-happened-resumed", "by", by),
        What::PauseOver => l.t("schedule-happened-pause_over"),
        What::Removed => l.t1("schedule-happened-removed", "by", by),
    };
    let changes = words.changes(&one.changes);
    Line { at: l.time(one.at), said, because: one.because.clone(), changes }
}
