//! Practice: what a learner decided beside what the author of the practice data expected, and the way back to the start.
//!
//! Only a demonstration has it. What was tried is read from the decisions themselves, so starting over forgets it with
//! them. While the database is put back no request is under way: each holds the gate, and those that come meanwhile
//! wait.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::DateTime;
use tokio::sync::{RwLock, RwLockWriteGuard, mpsc, oneshot};
use uuid::Uuid;

use super::case::{kind_name, undo_window};
use super::errors::WebError;
use super::sign_in::cookie;
use super::visit::{Visit, page};
use super::{Frame, Language, Routes, Who};
use crate::review::{self, Mine};
use crate::staff::ProvedAccount;

/// The page.
pub(super) const PATH: &str = "/practice";
/// The form that puts everything back.
const START_OVER: &str = "/practice/start-over";
/// What the address of the page after it says.
const STARTED_OVER: &str = "started-over";
/// Decisions listed, at most.
const MOST: i64 = 500;

/// What a member of staff is expected to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Approve it.
    Approve,
    /// Reject it.
    Reject,
    /// Put it off.
    Snooze,
}

impl Act {
    /// The word of decisions and of the practice data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Snooze => "snooze",
        }
    }

    /// The act of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Approve, Self::Reject, Self::Snooze].into_iter().find(|act| act.as_str() == word)
    }
}

/// What the author of the practice data expects of a case, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What is to be done.
    pub act: Act,
    /// The identifier of the sentence that says why: `practice-why-REASON` in the texts.
    pub reason: String,
}

/// What is expected, by card number and kind of finding.
pub type Expectations = BTreeMap<(String, String), Expected>;

/// A wish to start over.
#[derive(Debug)]
pub struct StartOver {
    /// Who wishes it.
    pub account: ProvedAccount,
    /// To be told when everything is as at the start.
    pub done: oneshot::Sender<()>,
}

/// The practice of a demonstration.
#[derive(Debug)]
pub struct Practice {
    expected: Expectations,
    wishes: mpsc::Sender<StartOver>,
    gate: RwLock<()>,
}

impl Practice {
    /// A practice that hands wishes to start over to `wishes`.
    pub fn new(expected: Expectations, wishes: mpsc::Sender<StartOver>) -> Self {
        Self { expected, wishes, gate: RwLock::new(()) }
    }

    /// Waits until no request is under way, and keeps others waiting until it is dropped.
    pub async fn close_gate(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }

    fn judge(&self, mine: &Mine) -> Option<Judged> {
        let act = Act::from_word(&mine.verdict)?;
        let expected = self.expected.get(&(mine.card_number.clone(), mine.kind.as_str().to_owned()))?;
        Some(Judged { is_right: act == expected.act, expected: expected.clone() })
    }
}

/// A decision beside what was expected.
struct Judged {
    is_right: bool,
    expected: Expected,
}

impl Judged {
    fn told(&self, l: Language) -> Learned {
        let verdict = if self.is_right {
            l.t("practice-right")
        } else {
            l.t(&format!("practice-wrong-{}", self.expected.act.as_str()))
        };
        let why = l.t(&format!("practice-why-{}", self.expected.reason));
        Learned { is_right: self.is_right, verdict, why }
    }
}

/// What a learner is told of a decision.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Whether it was what was expected.
    pub is_right: bool,
    /// The same in words.
    pub verdict: String,
    /// Why.
    pub why: String,
}

/// What of a page belongs to practice.
#[derive(Debug, Clone, Default)]
pub struct Lesson {
    /// What is told of the decision that led to the page.
    pub learned: Option<Learned>,
    /// Whether everything has just been put back.
    pub has_started_over: bool,
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Who::SignedIn, show).post(START_OVER, Who::SignedIn, start_over)
}

/// Around every request: it holds the gate, but for the one that asks for it to be closed.
pub(super) async fn through_gate(
    State(practice): State<Arc<Practice>>,
    request: Request,
    rest: Next,
) -> Response {
    if request.uri().path() == START_OVER {
        return rest.run(request).await;
    }
    let _held = practice.gate.read().await;
    rest.run(request).await
}

/// What of a page belongs to practice: by the codes in its address, and the decision that one of them names.
pub(super) async fn lesson(visit: &Visit, query: &str) -> Result<Option<Lesson>, WebError> {
    let Some(practice) = &visit.web.settings.practice else { return Ok(None) };
    let value = |key: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
    };
    let done = value("done");
    let case = value("case").and_then(|id| id.parse::<Uuid>().ok());
    let mut lesson = Lesson { learned: None, has_started_over: done.as_deref() == Some(STARTED_OVER) };
    let is_decision = matches!(done.as_deref(), Some("approved" | "rejected" | "snoozed" | "edited"));
    if let (Some(account), Some(case), true) = (visit.account(), case, is_decision) {
        let last = review::my_last(&visit.context(), account, case, undo_window(visit)).await;
        let last = last.map_err(|error| WebError::Internal(error.into()))?;
        lesson.learned =
            last.and_then(|mine| practice.judge(&mine)).map(|judged| judged.told(visit.language));
    }
    Ok(Some(lesson))
}

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    frame: Frame,
    /// How many of how many were what was expected.
    sum: String,
    rows: Vec<Row>,
}

struct Row {
    when: String,
    kind: String,
    href: String,
    card_number: String,
    did: String,
    learned: Learned,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let practice = visit.web.settings.practice.clone().ok_or(WebError::NotFound)?;
    let l = visit.language;
    let since = DateTime::UNIX_EPOCH;
    let mine = review::mine(&visit.context(), visit.actor()?, since, MOST, undo_window(&visit)).await;
    let mine = mine.map_err(|error| WebError::Internal(error.into()))?;
    let row = |mine: Mine| {
        let judged = practice.judge(&mine)?;
        Some(Row {
            when: l.time(mine.at),
            kind: kind_name(l, mine.kind),
            href: format!("/queue/{}", mine.finding),
            card_number: mine.card_number,
            did: l.t(&format!("practice-did-{}", mine.verdict)),
            learned: judged.told(l),
        })
    };
    let rows: Vec<Row> = mine.into_iter().filter_map(row).collect();
    let right = rows.iter().filter(|row| row.learned.is_right).count();
    page(&PracticePage {
        frame: visit.frame(visit.t("practice-title")),
        sum: l.t2("practice-sum", "right", right, "count", rows.len()),
        rows,
    })
}

async fn start_over(visit: Visit) -> Result<Response, WebError> {
    let practice = visit.web.settings.practice.clone().ok_or(WebError::NotFound)?;
    let (done, is_done) = oneshot::channel();
    let wish = StartOver { account: visit.actor()?.clone(), done };
    let refused = || WebError::Refused(visit.t("practice-not-started-over"));
    practice.wishes.send(wish).await.map_err(|_| refused())?;
    is_done.await.map_err(|_| refused())?;
    let mut response = Redirect::to(&format!("/?done={STARTED_OVER}")).into_response();
    cookie::remove_session(&mut response, &visit.web);
    Ok(response)
}
