//! What the visitor has lately decided, and what was done just now.

use askama::Template;
use axum::response::Response;
use chrono::TimeDelta;
use uuid::Uuid;

use super::came::Came;
use super::{undo_window, words};
use crate::finding::FindingKind;
use crate::review::{self, Mine};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::visit::{Visit, page};

/// How far back the list goes.
const SINCE: TimeDelta = TimeDelta::hours(24);
/// How many decisions are listed.
const MOST: i64 = 100;

/// A decision that can be undone, for a form.
pub(in crate::web) struct Undo {
    pub(in crate::web) id: Uuid,
    /// Which decision, for those who hear the button only.
    pub(in crate::web) of: String,
    /// Until when.
    pub(in crate::web) until: String,
}

/// The same for the list, which comes where no case is left, by the query of its address.
pub(in crate::web) async fn done_before_list(
    visit: &Visit,
    query: &str,
) -> Result<(Option<String>, Option<Undo>), WebError> {
    done(visit, &Came::parse(query)).await
}

/// What was done just now, in words, and how to undo it. Nobody is named.
pub(super) async fn done(visit: &Visit, came: &Came) -> Result<(Option<String>, Option<Undo>), WebError> {
    let (Some(done), Some(id)) = (came.done.as_deref(), came.case) else { return Ok((None, None)) };
    let plain = match done {
        "undone" => "case-done-undone",
        "assigned" => "case-done-assigned",
        "visited" => "case-done-visited",
        "disqualified" => "case-done-disqualified",
        _ => return decided(visit, id).await,
    };
    Ok((Some(visit.t(plain)), None))
}

async fn decided(visit: &Visit, case: Uuid) -> Result<(Option<String>, Option<Undo>), WebError> {
    let last = review::my_last(&visit.context(), visit.actor()?, case, undo_window(visit)).await;
    let Some(last) = last? else { return Ok((None, None)) };
    let l = visit.language;
    let kind = words::kind(l, last.kind);
    let until = last.undo_until.map(|until| l.time(until)).unwrap_or_default();
    let effective = last.effective_at.map(|at| l.time(at)).unwrap_or_default();
    let text = match last.verdict.as_str() {
        "approve" => l.t2("case-done-approved", "kind", &kind, "time", effective),
        "revert" => l.t2("case-done-reverted", "kind", &kind, "time", effective),
        "reject" => l.t1("case-done-rejected", "kind", &kind),
        "snooze" => {
            let back = last.snoozed_until.map(|until| l.time(until)).unwrap_or_default();
            l.t2("case-done-snoozed", "kind", &kind, "time", back)
        }
        _ => return Ok((None, None)),
    };
    let undo = last.undo_until.map(|_| Undo { id: case, of: undo_of(visit, last.kind), until });
    Ok((Some(text), undo))
}

/// Which decision a button undoes.
pub(super) fn undo_of(visit: &Visit, kind: FindingKind) -> String {
    visit.language.t1("case-undo-of", "kind", words::kind(visit.language, kind))
}

#[derive(Template)]
#[template(path = "case/mine.html")]
struct MinePage {
    frame: Frame,
    list: String,
    back: String,
    rows: Vec<Row>,
}

struct Row {
    when: String,
    kind: String,
    card_number: String,
    href: String,
    said: String,
    undo: Option<Undo>,
}

impl Row {
    fn of(visit: &Visit, came: &Came, mine: Mine) -> Self {
        let l = visit.language;
        let edited = if mine.edited { "-edited" } else { "" };
        let undo = mine.undo_until.map(|until| Undo {
            id: mine.finding,
            of: undo_of(visit, mine.kind),
            until: l.t1("case-mine-until", "time", l.time(until)),
        });
        Self {
            when: l.time(mine.at),
            kind: words::kind(l, mine.kind),
            card_number: mine.card_number,
            href: came.to_case(mine.finding),
            said: l.t(&format!("case-mine-verdict-{}{edited}", mine.verdict)),
            undo,
        }
    }
}

pub(super) async fn show(visit: Visit, came: Came) -> Result<Response, WebError> {
    let context = visit.context();
    let since = context.clock.now() - SINCE;
    let mine = review::mine(&context, visit.actor()?, since, MOST, undo_window(&visit)).await;
    let rows = mine?.into_iter().map(|mine| Row::of(&visit, &came, mine));
    let rows = rows.collect();
    let (done, _) = done(&visit, &came).await?;
    page(&MinePage {
        frame: visit.frame(visit.t("case-mine")).with_done(done),
        back: came.to_list(),
        list: came.list,
        rows,
    })
}
