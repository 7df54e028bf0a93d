//! The way of one question: written down, booked and admitted in one transaction, then sent, then each further
//! attempt booked before it goes out.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::CheckError;
use super::admit::Subject;
use super::asker::Asker;
use super::gate::{self, NotSent};
use crate::audit::{self, Actor, Event};
use crate::budget::{self, BudgetError, Settled};
use crate::identity_code::IdentityCode;
use crate::municipality::{Grants, Municipality};
use crate::purpose::PurposeRule;
use crate::store::disclosure::{self, DisclosureRow, SingleOutcome};
use crate::store::{self, Tx};
use crate::switch;
use crate::task::{Context, QueryRules, SingleQuery};
use crate::vtj::call::Call;
use crate::vtj::error::VtjError;
use crate::vtj::query::{EndUser, QueryAnswer};
use crate::vtj::retry::retry;

/// The interface in the disclosure log.
pub(super) const INTERFACE: &str = "vtjkysely";

/// Who asks about whom, for what.
pub(super) struct Question<'a> {
    pub(super) query: &'a SingleQuery,
    pub(super) rules: &'a QueryRules,
    pub(super) subject: &'a Subject,
    pub(super) municipality: &'a Municipality,
    pub(super) rule: &'a PurposeRule,
    pub(super) grants: &'a Grants,
    pub(super) asker: Asker<'a>,
    pub(super) reason: &'a str,
}

impl Question<'_> {
    /// Who acts.
    pub(super) fn actor(&self) -> Actor {
        self.asker.actor()
    }

    /// An event about the person asked about.
    pub(super) fn event(&self, context: &Context, action: &'static str, request: Option<Uuid>) -> Event {
        let key = self.subject.keyring.newest(self.subject.row.id).ok();
        Event {
            os_user: self.asker.os_user().to_owned(),
            subject_tag: key.map(|key| key.subject_tag),
            purpose: Some(self.rule.name().to_owned()),
            request,
            ..context.event_of(&self.actor(), action)
        }
    }
}

/// A question that was sent, with what came of it; its request is still to be finished.
pub(super) struct Asked {
    /// The answer, or why there is none.
    pub(super) answer: Result<QueryAnswer, VtjError>,
    /// The request in the disclosure log.
    pub(super) request: Uuid,
    /// Ceilings that are near.
    pub(super) warnings: Vec<String>,
    /// The message of the last attempt.
    pub(super) message: Uuid,
    pub(super) attempts: u32,
}

/// Asks about one code, after the question is in the disclosure log and its first attempt is booked.
pub(super) async fn ask(
    context: &Context,
    question: &Question<'_>,
    code: &IdentityCode,
) -> Result<Result<Asked, NotSent>, CheckError> {
    let end_user = question.asker.end_user(&context.vault);
    let request = store::new_id(context.clock.now());
    let call = Call::recorded(request, question.rule.grounded.clone(), question.municipality.code.clone());
    let warnings = match write_down(context, question, &call, &end_user).await? {
        Ok(warnings) => warnings,
        Err(not_sent) => return Ok(Err(not_sent)),
    };
    let attempts =
        Attempts { context, question, call: &call, booked: AtomicU32::new(1), last: Mutex::new(None) };
    let answer =
        retry(&question.rules.retry, |_| (), || async { attempts.next(code, &end_user).await }).await;
    let answer = match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Stopped::NoMore(error))) | Err(error) => Err(error),
        Ok(Err(Stopped::Failed(error))) => return Err(error),
    };
    let booked = attempts.booked.load(Ordering::Relaxed);
    Ok(Ok(Asked { answer, request, warnings, message: call.x_road_id(booked), attempts: booked }))
}

async fn write_down(
    context: &Context,
    question: &Question<'_>,
    call: &Call,
    end_user: &EndUser,
) -> Result<Result<Vec<String>, NotSent>, CheckError> {
    let now = context.clock.now();
    let row = row(question, call, end_user, now)?;
    let patron = question.subject.row.id;
    let mut tx = question.asker.begin(context).await?;
    if let Some(stop) = switch::admit(&mut tx, now).await? {
        return Ok(Err(NotSent::Stopped(stop)));
    }
    disclosure::insert(&mut tx, &row).await?;
    disclosure::insert_subjects(&mut tx, row.id, &[patron]).await?;
    let warnings = match book(context, &mut tx, question, call, 1).await {
        Ok(warnings) => warnings,
        Err(BudgetError::CeilingReached(reached)) => return Ok(Err(NotSent::Ceiling(reached.to_string()))),
        Err(error) => return Err(error.into()),
    };
    if let Err(not_sent) = gate::admit(&mut tx, question.query, now).await? {
        return Ok(Err(not_sent));
    }
    let groups = row.field_groups;
    let event = question.event(context, "vtj.ask", Some(row.id));
    audit::record(&mut tx, &[event.detail(format!("{INTERFACE} for {groups}"))]).await?;
    tx.commit("check.disclosure").await?;
    Ok(Ok(warnings))
}

fn row(
    question: &Question<'_>,
    call: &Call,
    end_user: &EndUser,
    now: DateTime<Utc>,
) -> Result<DisclosureRow, CheckError> {
    let key = question.subject.keyring.newest(question.subject.row.id)?;
    let id = call.disclosure();
    Ok(DisclosureRow {
        id,
        requested_at: now,
        interface: INTERFACE.to_owned(),
        municipality: question.municipality.code.as_str().to_owned(),
        purpose: question.rule.name().to_owned(),
        legal_basis: question.rule.grounded.legal_basis.clone(),
        actor: question.asker.name(),
        task: question.asker.task().to_owned(),
        field_groups: words(question.grants),
        persons_asked: 1,
        attempts: 1,
        outcome: "sent".to_owned(),
        account: question.asker.account(),
        run: question.asker.run(),
        product: Some(question.rules.product.clone()),
        end_user: Some(end_user.as_str().to_owned()),
        key_version: Some(key.version),
        sealed_reason: Some(disclosure::seal_reason(key, id, question.reason)?),
        ..DisclosureRow::default()
    })
}

/// The groups asked for, as the disclosure log keeps them.
pub(super) fn words(grants: &Grants) -> String {
    let words: Vec<&str> = grants.iter().map(crate::municipality::FieldGroup::as_str).collect();
    words.join(" ")
}

async fn book(
    context: &Context,
    tx: &mut Tx,
    question: &Question<'_>,
    call: &Call,
    number: u32,
) -> Result<Vec<String>, BudgetError> {
    let request = budget::Request {
        id: call.x_road_id(number),
        disclosure: call.disclosure(),
        number,
        municipality: &question.municipality.code,
        purpose: question.rule,
        urgent: question.subject.cannot_wait()?,
    };
    let near = budget::reserve(tx, context, &request).await?;
    Ok(near.iter().map(|usage| format!("a ceiling is near: {usage}")).collect())
}

/// Why no further attempt was made.
enum Stopped {
    /// A ceiling is reached, or the queries have been stopped; the failure of the attempt before stands.
    NoMore(VtjError),
    /// The attempt could not be booked.
    Failed(CheckError),
}

/// The attempts of one question.
struct Attempts<'a> {
    context: &'a Context,
    question: &'a Question<'a>,
    call: &'a Call,
    /// How many are booked.
    booked: AtomicU32,
    /// Why the last one failed.
    last: Mutex<Option<VtjError>>,
}

impl Attempts<'_> {
    async fn next(
        &self,
        code: &IdentityCode,
        end_user: &EndUser,
    ) -> Result<Result<QueryAnswer, Stopped>, VtjError> {
        let mut last = self.last.lock().await;
        if let Some(error) = last.take() {
            match self.book(&error).await {
                Ok(true) => {}
                Ok(false) => return Ok(Err(Stopped::NoMore(error))),
                Err(failed) => return Ok(Err(Stopped::Failed(failed))),
            }
        }
        let client = &self.question.query.client;
        let now = self.context.clock.now();
        let answer = client.ask(code, end_user, self.question.grants, self.call, now).await;
        *last = answer.as_ref().err().cloned();
        answer.map(Ok)
    }

    /// Settles the attempt before and books the next; false when there is no room for it, or nothing may be asked
    /// any more.
    async fn book(&self, error: &VtjError) -> Result<bool, CheckError> {
        let number = self.booked.load(Ordering::Relaxed) + 1;
        let mut tx = self.question.asker.begin(self.context).await?;
        if switch::admit(&mut tx, self.context.clock.now()).await?.is_some() {
            return Ok(false);
        }
        disclosure::count_attempt(&mut tx, self.call.disclosure()).await?;
        match book(self.context, &mut tx, self.question, self.call, number).await {
            Ok(_) => {}
            Err(BudgetError::CeilingReached(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let before = self.call.x_road_id(number - 1);
        budget::settle(&mut tx, before, settled(Err(error)), error.class(), self.context.clock.now()).await?;
        tx.commit("check.attempt").await?;
        self.booked.store(number, Ordering::Relaxed);
        Ok(true)
    }
}

fn settled(answer: Result<&QueryAnswer, &VtjError>) -> Settled {
    match answer {
        Err(error) if !error.reached_vtj() => Settled::Refunded,
        Ok(_) | Err(_) => Settled::Spent,
    }
}

impl Asked {
    /// Ends the request in the transaction of its consequences: what was booked is settled, the breakers learn of
    /// it, and the disclosure log has the outcome. `result` is the word of the outcome.
    pub(super) async fn finish(
        &self,
        context: &Context,
        tx: &mut Tx,
        question: &Question<'_>,
        result: &'static str,
    ) -> Result<(), CheckError> {
        let now = context.clock.now();
        let error = self.answer.as_ref().err();
        let class = error.map_or("answered", VtjError::class);
        budget::settle(tx, self.message, settled(self.answer.as_ref()), class, now).await?;
        let came = SingleOutcome {
            outcome: class,
            result,
            return_code: self.answer.as_ref().ok().map(return_code),
            attempts: i64::from(self.attempts),
            answered: self.answer.as_ref().ok().map(persons),
        };
        disclosure::finish_single(tx, self.request, &came, now).await?;
        gate::learn(tx, question.query, error, now).await
    }
}

/// VTJ's return code of an answer.
fn return_code(answer: &QueryAnswer) -> &str {
    match answer {
        QueryAnswer::Found(described) | QueryAnswer::Passivated { described: Some(described), .. } => {
            described.code_said
        }
        QueryAnswer::NotFound => "0001",
        QueryAnswer::Passivated { described: None, .. } => "0002",
        QueryAnswer::DeadNotDisclosed => "0007",
        QueryAnswer::NotDisclosable => "0019",
    }
}

fn persons(answer: &QueryAnswer) -> i64 {
    match answer {
        QueryAnswer::Found(_) => 1,
        QueryAnswer::Passivated { described, .. } => i64::from(described.is_some()),
        QueryAnswer::NotFound | QueryAnswer::DeadNotDisclosed | QueryAnswer::NotDisclosable => 0,
    }
}
