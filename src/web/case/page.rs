//! The page of one case.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::acts::LONGEST_NOTE;
use super::came::Came;
use super::mine::{self, Undo};
use super::view::{EditField, Line, OriginView, SaidView};
use super::{undo_window, view, words};
use crate::finding::{Before, Field, FindingState, RejectReason};
use crate::protected::Protection;
use crate::review::listing::{self, ListFilter, Neighbours};
use crate::review::{self, Colleague, OpenCase};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::Id;
use crate::web::visit::{Visit, page_with};

/// Something that is wrong with a form.
pub(super) struct Problem {
    /// The field.
    pub(super) field: String,
    /// What to do.
    pub(super) text: String,
}

impl Problem {
    pub(super) fn at(field: &str, text: String) -> Self {
        Self { field: field.to_owned(), text }
    }
}

/// What was typed into a form that was not right.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) problems: Vec<Problem>,
    pub(super) reason: String,
    pub(super) note: String,
    pub(super) until: String,
    pub(super) visit: bool,
    pub(super) texts: Vec<(Field, String)>,
}

impl Draft {
    fn error_at(&self, field: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.field == field).map(|problem| problem.text.as_str())
    }

    /// Whether something is wrong with a field whose name begins so.
    fn is_about(&self, start: &str) -> bool {
        self.problems.iter().any(|problem| problem.field.starts_with(start))
    }
}

#[derive(Template)]
#[template(path = "case/page.html")]
#[expect(clippy::struct_excessive_bools, reason = "what is shown of a page, each by itself")]
struct CasePage {
    frame: Frame,
    id: Uuid,
    version: i64,
    list: String,
    draft: Draft,
    /// The case decided just before.
    before: Option<Undo>,
    kind: String,
    /// Whose case it is, surname first, and the card.
    name: String,
    card_number: String,
    why: Vec<String>,
    stale: Option<String>,
    facts: Vec<(String, String)>,
    state: String,
    /// The class of the state's badge, and its sign.
    badge: (&'static str, &'static str),
    others: Vec<String>,
    is_protected: bool,
    is_in_doubt: bool,
    lines: Vec<Line>,
    proposed_by: String,
    unchanged: Vec<(String, Option<String>)>,
    origins: Vec<OriginView>,
    said: Vec<SaidView>,
    is_open: bool,
    may_approve: bool,
    /// Why it cannot be approved.
    not_approvable: Option<String>,
    reasons: Vec<(&'static str, String)>,
    most: usize,
    edit: Vec<EditField>,
    awaits_visit: bool,
    undo: Option<Undo>,
    revert_until: Option<String>,
    is_mine: bool,
    has_holder: bool,
    colleagues: Vec<Colleague>,
    disqualified: String,
    next: Option<String>,
    previous: Option<String>,
    back: String,
}

pub(super) async fn show(visit: Visit, id: Id, came: Came) -> Result<Response, WebError> {
    render(&visit, id.0, &came, Draft::default(), StatusCode::OK).await
}

/// The page again, with a form that was not right.
pub(super) async fn again(visit: &Visit, id: Uuid, came: &Came, draft: Draft) -> Result<Response, WebError> {
    render(visit, id, came, draft, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn render(
    visit: &Visit,
    id: Uuid,
    came: &Came,
    draft: Draft,
    status: StatusCode,
) -> Result<Response, WebError> {
    let (context, account) = (visit.context(), visit.actor()?);
    let session = visit.session()?.row.id;
    let revealed = review::reveal::is_open(&context, account, id).await?;
    let open = review::open_case(&context, account, session, id, revealed, undo_window(visit)).await;
    let open = open?;
    let list = ListFilter::from_query(&came.list);
    let around = listing::neighbours(&context, account, &list, id).await?;
    let (done, before) = mine::done(visit, came).await?;
    // What can be undone of this very case stands beside its state.
    let before = before.filter(|before| before.id != id);
    let page = of(visit, came, open, draft, around, (done, before))?;
    page_with(status, &page)
}

fn of(
    visit: &Visit,
    came: &Came,
    open: OpenCase,
    draft: Draft,
    around: Neighbours,
    (done, before): (Option<String>, Option<Undo>),
) -> Result<CasePage, WebError> {
    let l = visit.language;
    let me = visit.actor()?.id;
    let item = &open.item;
    let state = FindingState::from_word(item.state).unwrap_or(FindingState::Closed);
    let is_open = Before::of(state).is_some();
    let not_approvable = if item.frozen {
        Some(visit.t("case-frozen"))
    } else {
        (!open.confirmable).then(|| visit.t("case-not-confirmable"))
    };
    let kind = words::kind(l, open.kind);
    let undo = open.undo_until.map(|until| Undo {
        id: item.id,
        of: mine::undo_of(visit, open.kind),
        until: l.time(until),
    });
    let opened = |name: &str, since| l.t2("case-other-open", "name", name, "time", l.time(since));
    Ok(CasePage {
        frame: visit.frame(l.t1("case-title", "kind", &kind)).with_done(done),
        id: item.id,
        version: open.seen.version,
        list: came.list.clone(),
        before,
        kind,
        name: format!("{}, {}", open.last_name, open.first_names).trim_end_matches(", ").to_owned(),
        card_number: item.card_number.clone(),
        why: words::why(l, item),
        stale: item
            .moved
            .as_deref()
            .filter(|_| is_open || state == FindingState::Stale)
            .map(|what| l.t1("case-stale", "what", words::moved(l, what))),
        facts: facts(visit, &open),
        state: words::state(l, state),
        badge: badge(state),
        others: open.others.iter().map(|other| opened(&other.name, other.opened_at)).collect(),
        is_protected: open.protection == Protection::Yes,
        is_in_doubt: open.protection == Protection::Unknown,
        lines: view::lines(l, &open.differing),
        proposed_by: visit.t("case-proposed"),
        unchanged: view::unchanged(l, &open.unchanged),
        origins: view::origins(l, &open),
        said: view::said(l, &open.said),
        is_open,
        may_approve: is_open && not_approvable.is_none(),
        not_approvable: not_approvable.filter(|_| is_open),
        reasons: RejectReason::ALL
            .map(|reason| (reason.as_str(), visit.t(&format!("case-reason-{}", reason.as_str()))))
            .into(),
        most: LONGEST_NOTE,
        edit: view::edit_fields(l, &open, &draft),
        awaits_visit: open.awaits_visit,
        undo,
        revert_until: open.revert_until.map(|until| l.time(until)),
        is_mine: open.holder.as_ref().is_some_and(|holder| holder.account == me),
        has_holder: open.holder.is_some(),
        disqualified: came.to_act(item.id, "disqualified"),
        next: around.after.map(|next| came.to_case(next)),
        previous: around.before.map(|previous| came.to_case(previous)),
        back: came.to_list(),
        colleagues: open.colleagues,
        draft,
    })
}

/// What is known around the case, as name and text.
fn facts(visit: &Visit, open: &OpenCase) -> Vec<(String, String)> {
    let l = visit.language;
    let item = &open.item;
    let context = visit.context();
    let municipality = item.municipality.as_ref().map(|code| {
        let known = context.settings.municipalities.get(code);
        known.map_or_else(|| code.clone(), |known| known.name.text(l).to_owned())
    });
    let death = item.death_date.as_ref();
    let death = death
        .map(|date| date.as_ref().map_or_else(|| visit.t("case-death-unknown"), |date| l.partial_date(date)));
    let put_off = item.snoozed_until.filter(|_| item.state == "snoozed").map(|until| l.time(until));
    let visit_waits = put_off.as_ref().filter(|_| open.awaits_visit);
    let visit_waits = visit_waits.map(|until| l.t1("case-awaits-visit", "time", until));
    let effective = item.effective_at.filter(|_| item.state == "decided");
    let facts = [
        ("case-municipality", Some(municipality.unwrap_or_else(|| visit.t("case-masked")))),
        ("case-death-date", death),
        ("case-opened-at", Some(l.time(item.opened_at))),
        ("case-asked-at", open.asked_at.map(|at| l.time(at))),
        ("case-answered-at", open.answered_at.map(|at| l.time(at))),
        ("case-patron-edit", open.last_patron_edit_on.map(|on| l.date(on))),
        ("case-invoice", item.invoice_address.as_ref().map(review::InvoiceAddress::one_line)),
        ("case-snoozed-until", visit_waits.or(put_off)),
        ("case-effective-at", effective.map(|at| l.time(at))),
        (
            "case-holder",
            Some(
                open.holder
                    .as_ref()
                    .map_or_else(|| visit.t("case-holder-nobody"), |holder| holder.name.clone()),
            ),
        ),
    ];
    facts.into_iter().filter_map(|(id, text)| Some((l.t(id), text?))).collect()
}

/// The class of a state's badge, and its sign.
fn badge(state: FindingState) -> (&'static str, &'static str) {
    match state {
        FindingState::Stale | FindingState::OutcomeUnknown => ("warn", "!"),
        FindingState::Decided | FindingState::Confirmed | FindingState::Written => ("good", "✓"),
        FindingState::Rejected => ("bad", "✕"),
        _ => ("plain", "○"),
    }
}
