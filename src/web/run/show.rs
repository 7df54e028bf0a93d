//! One run: how it stands, how far it is, what was not checked and who was put aside.

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use super::words::{Bar, badge, failed, standing, unchecked};
use crate::audit::Actor;
use crate::patrons;
use crate::runs::{self, RunView, Shown};
use crate::store;
use crate::web::errors::WebError;
use crate::web::input::{Id, Query};
use crate::web::schedule::{Badge, Done, READERS, Stopped, Words, when};
use crate::web::visit::{Visit, page};
use crate::web::{Frame, Routes};

/// How many of those who were put aside the page names.
const PEOPLE: usize = 200;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/runs/{id}", READERS, show)
}

#[derive(Template)]
#[template(path = "run/show.html")]
struct ShowPage {
    frame: Frame,
    stopped: Option<Stopped>,
    id: Uuid,
    schedule: String,
    /// The schedule's page, while it is there.
    schedule_page: Option<Uuid>,
    badge: Badge,
    standing: String,
    unchecked: Option<String>,
    /// What the program noted, in English.
    note: Option<String>,
    is_over: bool,
    bar: Option<Bar>,
    facts: Vec<(String, String)>,
    left_out: Vec<(String, i64)>,
    /// Card, if it may be shown, and why.
    put_aside: Vec<(Option<String>, String)>,
    put_aside_more: i64,
    retry_of: Option<Uuid>,
    may_cancel: bool,
    may_retry: bool,
}

async fn show(visit: Visit, Id(id): Id, done: Query<Done>) -> Result<Response, WebError> {
    let (context, l, words) = (visit.context(), visit.language, Words::of(&visit));
    let account = visit.actor()?;
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let shown = runs::show(&patrons::Context::from(&context), &actor, id, PEOPLE).await;
    let shown = shown.map_err(|error| failed(&visit, error))?;
    let heads = store::schedule::heads(&mut context.db.read().await?).await?;
    let is_there = heads.iter().any(|head| head.id == shown.run.schedule_id);
    let is_over = shown.run.finished_at.is_some();
    let is_refresh = shown.purpose.is_some();
    let may_act = account.may_administer() && is_there;
    let named = i64::try_from(shown.put_aside_people.len()).unwrap_or_default();
    page(&ShowPage {
        frame: visit.frame(visit.t("run-one-title")).with_done(done.text(l, "run")),
        stopped: Stopped::now(&visit).await?,
        id,
        schedule: shown.run.schedule.clone(),
        schedule_page: is_there.then_some(shown.run.schedule_id),
        badge: badge(l, &shown.run.state),
        standing: standing(l, &shown.run),
        unchecked: unchecked(l, &shown.run).filter(|_| is_over),
        note: shown.run.note.clone(),
        is_over,
        bar: Bar::of(l, &shown.run),
        facts: facts(&words, &shown),
        left_out: shown
            .left_out_because
            .iter()
            .map(|one| (words.left_out(&one.reason), one.people))
            .collect(),
        put_aside: shown
            .put_aside_people
            .into_iter()
            .map(|one| (one.card_number, words.left_out(&one.why)))
            .collect(),
        put_aside_more: if is_refresh { (shown.run.put_aside - named).max(0) } else { 0 },
        retry_of: shown.run.retry_of,
        may_cancel: may_act && !is_over,
        may_retry: may_act && is_over && is_refresh && (shown.run.not_checked > 0 || shown.run.put_aside > 0),
    })
}

/// The numbers of a run.
fn facts(words: &Words, shown: &Shown) -> Vec<(String, String)> {
    let (l, run): (_, &RunView) = (words.l, &shown.run);
    let fact = |word: &str, value: String| (l.t(&format!("run-fact-{word}")), value);
    let mut facts = vec![
        fact("origin", l.t(&format!("run-origin-{}", run.origin))),
        fact("started_by", crate::web::schedule::maker(l, &run.started_by)),
        fact("version", run.version.to_string()),
    ];
    let times = [
        ("due_at", run.due_at),
        ("planned_at", run.planned_at),
        ("started_at", run.started_at),
        ("finished_at", run.finished_at),
        ("try_again_at", run.try_again_at),
    ];
    facts.extend(times.into_iter().filter_map(|(word, at)| Some(fact(word, when(l, at?)))));
    facts.extend(shown.purpose.as_deref().map(|purpose| fact("purpose", words.purpose(purpose))));
    facts.extend(shown.budget.map(|budget| fact("budget", budget.to_string())));
    facts.extend(run.people.map(|people| fact("people", people.to_string())));
    let numbers = [
        ("asked", run.asked),
        ("reused", shown.reused),
        ("left_out", run.left_out),
        ("put_aside", run.put_aside),
        ("not_checked", run.not_checked),
        ("changed", run.changed),
        ("requests", run.requests),
        ("disclosures", shown.disclosures),
        ("cases", shown.cases),
    ];
    facts.extend(numbers.into_iter().map(|(word, number)| fact(word, number.to_string())));
    facts
}
