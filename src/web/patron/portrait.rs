//! The page of one patron: what the register says, what VTJ last said, open cases, and what happened when.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::words;
use crate::check::{self, CheckError, Remembered};
use crate::patrons::{self, Happened, Origin, Portrait, Valued, What};
use crate::protected::Protection;
use crate::staff::Role;
use crate::store::disclosure::SINGLE;
use crate::store::patron_history::{AskedRow, DecidedRow};
use crate::web::errors::WebError;
use crate::web::input::{Id, Query};
use crate::web::visit::{Visit, page_with};
use crate::web::{Frame, Language};

#[derive(Template)]
#[template(path = "patron.html")]
struct PatronPage {
    frame: Frame,
    id: Uuid,
    name: String,
    card_number: String,
    /// Whether an order of non-disclosure is in force.
    is_protected: bool,
    protection: String,
    follow: String,
    in_register: bool,
    answer: String,
    values: Vec<Line>,
    cases: Vec<CaseLine>,
    /// Whether the cases are the account's to open.
    may_review: bool,
    happened: Vec<HappenedLine>,
    /// What came of the question that was just asked.
    check: Option<CheckShown>,
    /// The form to ask VTJ; none where nothing can be asked.
    form: Option<AskForm>,
}

/// A value and where it came from.
struct Line {
    column: String,
    /// Nothing where it is masked.
    text: Option<String>,
    origin: String,
}

/// A case that has not ended.
struct CaseLine {
    id: Uuid,
    kind: String,
    state: String,
    found: String,
}

/// Something that happened.
struct HappenedLine {
    at: String,
    words: String,
    more: Option<String>,
}

/// What came of a question.
struct CheckShown {
    outcome: String,
    help: String,
    is_answer: bool,
    more: Vec<String>,
    warnings: Vec<String>,
    beside: Vec<BesideLine>,
}

/// The register beside VTJ; nothing where it is masked.
struct BesideLine {
    field: String,
    register: Option<String>,
    vtj: Option<String>,
}

/// The form to ask VTJ.
pub(super) struct AskForm {
    purposes: Vec<(String, String, bool)>,
    reason: String,
    /// Which field is wrong, and why.
    error: Option<String>,
}

/// What was typed into the form, and what is wrong with it.
pub(super) struct Typed {
    pub(super) purpose: String,
    pub(super) reason: String,
    pub(super) error: String,
}

#[derive(Deserialize)]
pub(super) struct After {
    /// What came of a question, as one of a few codes.
    asked: Option<String>,
}

pub(super) async fn show(visit: Visit, Id(id): Id, Query(after): Query<After>) -> Result<Response, WebError> {
    let code = after.asked.filter(|code| super::ask::CODES.contains(&code.as_str()));
    answer(&visit, id, code.as_deref(), None).await
}

/// The page of a patron; with a form that was not right, where there is one.
pub(super) async fn answer(
    visit: &Visit,
    id: Uuid,
    asked: Option<&str>,
    typed: Option<Typed>,
) -> Result<Response, WebError> {
    let l = visit.language;
    let context = visit.context();
    let account = visit.actor()?;
    let portrait = patrons::portrait(&patrons::Context::from(&context), account, id).await?;
    let remembered = match asked {
        Some(_) => check::remembered(&context, visit.session()?.row.id, id).await?,
        None => None,
    };
    let check = match &remembered {
        Some(remembered) => Some(check_shown(visit, &portrait, remembered).await?),
        None => None,
    };
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let done = remembered.as_ref().and(asked).map(|code| visit.t(&format!("patron-asked-{code}")));
    let may_review = account.role == Role::Reviewer;
    let page = PatronPage {
        frame: visit.frame(visit.t("patron-title")).with_done(done),
        id,
        is_protected: portrait.protection == Protection::Yes,
        protection: visit.t(&format!("patron-protection-{}", portrait.protection.as_str())),
        follow: follow(l, &portrait),
        in_register: portrait.in_register,
        answer: last_answer(l, &portrait),
        values: values(visit, &portrait.values),
        cases: portrait
            .cases
            .iter()
            .map(|case| CaseLine {
                id: case.id,
                kind: words::kind(l, &case.kind),
                state: visit.t(&format!("patron-state-{}", case.state)),
                found: l.date(crate::clock::helsinki_date(case.opened_at)),
            })
            .collect(),
        may_review,
        happened: portrait.history.iter().map(|happened| happened_line(l, happened)).collect(),
        check,
        form: if may_review { ask_form(visit, &portrait, typed) } else { None },
        name: portrait.name,
        card_number: portrait.card_number,
    };
    page_with(status, &page)
}

fn follow(l: Language, portrait: &Portrait) -> String {
    match &portrait.unfollowed_because {
        Some(because) => words::or_itself(l, &format!("patron-unfollowed-{because}"), because),
        None => l.t(&format!("patron-follow-{}", portrait.follow)),
    }
}

/// What VTJ last said, as a kind of answer with its time.
fn last_answer(l: Language, portrait: &Portrait) -> String {
    match portrait.answered_at {
        Some(at) => l.t1(&format!("patron-answer-{}", portrait.answer), "time", l.time(at)),
        None => l.t("patron-answer-none"),
    }
}

/// The values there are, and those that are masked.
fn values(visit: &Visit, values: &[Valued]) -> Vec<Line> {
    let l = visit.language;
    let context = visit.context();
    let shown = values.iter().filter(|value| value.text.as_deref() != Some(""));
    let line = |value: &Valued| Line {
        column: words::column(l, value.column.as_str()),
        text: value.text.as_ref().map(|text| words::value(l, &context, value.column, text)),
        origin: value.origin.as_ref().map(|origin| origin_words(l, origin)).unwrap_or_default(),
    };
    shown.map(line).collect()
}

fn origin_words(l: Language, origin: &Origin) -> String {
    let since = origin.since.map(|at| l.time(at)).unwrap_or_default();
    let name = origin.approved_by.clone().unwrap_or_default();
    match origin.source.as_str() {
        "import" => l.t1("patron-origin-import", "time", since),
        "vtj" => l.t2("patron-origin-vtj", "time", since, "name", name),
        source => {
            let provider = source.strip_prefix("external:").unwrap_or(source).to_owned();
            l.with(
                "patron-origin-external",
                &[("provider", provider.into()), ("time", since.into()), ("name", name.into())],
            )
        }
    }
}

fn happened_line(l: Language, happened: &Happened) -> HappenedLine {
    let (words, more) = match &happened.what {
        What::Found(row) => (l.t1("patron-did-found", "kind", words::kind(l, &row.kind)), None),
        What::Decided(row) => decided_words(l, row),
        What::Asked(row) => asked_words(l, row),
        What::Looked(row) => (l.t1("patron-did-look", "name", &row.actor), None),
    };
    HappenedLine { at: l.time(happened.at), words, more }
}

fn decided_words(l: Language, row: &DecidedRow) -> (String, Option<String>) {
    let id = match row.verdict.as_str() {
        "approve" => "patron-did-approve",
        "reject" => "patron-did-reject",
        "snooze" => "patron-did-snooze",
        "undo" => "patron-did-undo",
        _ => "patron-did-decide",
    };
    let name = row.actor.clone().unwrap_or_else(|| l.t("patron-somebody"));
    let words = l.t2(id, "kind", words::kind(l, &row.kind), "name", name);
    let reason = row.reason.as_ref().filter(|_| row.verdict == "reject");
    (words, reason.map(|reason| words::or_itself(l, &format!("patron-reject-{reason}"), reason)))
}

fn asked_words(l: Language, row: &AskedRow) -> (String, Option<String>) {
    let purpose = words::purpose(l, &row.purpose);
    let id = if row.interface == SINGLE { "patron-did-ask" } else { "patron-did-read" };
    let came = match &row.result {
        Some(result) => l.known(&format!("patron-outcome-{result}")),
        None if row.outcome == "answered" => None,
        None => Some(l.t("patron-did-unanswered")),
    };
    (l.t2(id, "purpose", purpose, "name", &row.actor), came)
}

async fn check_shown(
    visit: &Visit,
    portrait: &Portrait,
    remembered: &Remembered,
) -> Result<CheckShown, WebError> {
    let l = visit.language;
    let outcome = check::CheckOutcome::from_word(&remembered.outcome);
    let is_answer = outcome.is_some_and(check::CheckOutcome::is_answer);
    let context = visit.context();
    let beside = if is_answer {
        let card = &portrait.card_number;
        check::beside_kept(&context, visit.actor()?, card, &remembered.purpose).await?
    } else {
        Vec::new()
    };
    let mut more = Vec::new();
    if let Some(refused) = &remembered.refused {
        let id = format!("patron-refused-{refused}");
        let unfollowed = format!("patron-unfollowed-{refused}");
        more.push(l.known(&id).unwrap_or_else(|| words::or_itself(l, &unfollowed, refused)));
    }
    if let Some(stopped) = &remembered.stopped {
        more.push(l.t(&format!("patron-stopped-{stopped}")));
    }
    if let Some(at) = remembered.answered_at {
        let id = if remembered.reused { "patron-check-reused" } else { "patron-check-now" };
        more.push(l.t1(id, "time", l.time(at)));
    } else if !remembered.asked_vtj {
        more.push(l.t("patron-check-not-asked"));
    }
    Ok(CheckShown {
        outcome: l.t(&format!("patron-outcome-{}", remembered.outcome)),
        help: l.t(&format!("patron-outcome-{}-help", remembered.outcome)),
        is_answer,
        more,
        warnings: remembered.warnings.clone(),
        beside: beside
            .into_iter()
            .map(|line| BesideLine {
                field: words::column(l, line.field),
                register: line.register,
                vtj: line.vtj,
            })
            .collect(),
    })
}

/// The form to ask VTJ, where the query is configured and a purpose is open to the patron's municipality.
fn ask_form(visit: &Visit, portrait: &Portrait, typed: Option<Typed>) -> Option<AskForm> {
    let l = visit.language;
    let context = visit.context();
    context.query.as_ref()?;
    let municipality = context.settings.municipalities.get(&portrait.municipality)?;
    let (chosen, reason, error) = match typed {
        Some(typed) => (typed.purpose, typed.reason, Some(typed.error)),
        None => (String::new(), String::new(), None),
    };
    let open = context.settings.purposes.values().filter(|rule| rule.is_open_to(&municipality.code));
    let purposes: Vec<_> = open
        .map(|rule| (rule.name().to_owned(), words::purpose(l, rule.name()), rule.name() == chosen))
        .collect();
    (!purposes.is_empty()).then_some(AskForm { purposes, reason, error })
}

impl From<CheckError> for WebError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::UnknownCard => Self::NotFound,
            CheckError::Store(error) => error.into(),
            error => Self::Internal(error.into()),
        }
    }
}
