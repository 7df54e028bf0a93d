//! The people of a run, one by one: each is asked about as anybody is, and what came of it is noted on the run's
//! own row of the person in the same transaction.
//!
//! A kill between two people therefore neither loses nor repeats anything that was answered: whoever has an
//! answer is not waiting any more. A question whose process died before its answer came in is asked again, and
//! what was booked for it stays booked.

use uuid::Uuid;

use super::admit::Refusal;
use super::ask::Question;
use super::asker::{Asker, RUN, ScheduleAsker};
use super::{CheckError, CheckOutcome, Checked, Stopped, admit, asked_about};
use crate::audit::{self, Actor, Event};
use crate::protected::Protection;
use crate::purpose::PurposeRule;
use crate::store::run::Counted;
use crate::store::{self, StoreError, Tx};
use crate::task::refresh::single::Said;
use crate::task::{Context, TaskError};

/// What came of one person of a run. Nothing of the person is shown to anybody: the differences are in the queue.
#[derive(Debug, Clone)]
pub struct RunCheck {
    /// What came of it.
    pub outcome: CheckOutcome,
    /// Whether anything was sent to VTJ for this.
    pub asked_vtj: bool,
    /// Whether an earlier answer was young enough, so that nothing had to be asked.
    pub reused: bool,
    /// The question in the disclosure log whose answer this is.
    pub request: Option<Uuid>,
    /// The outcome in words, without any personal value.
    pub reason: String,
    /// What somebody should know beside, such as a ceiling that comes near.
    pub warnings: Vec<String>,
    /// Why the next question would not be sent either.
    pub stopped: Option<Stopped>,
}

/// What is noted on a person's row of a run.
#[derive(Debug, Clone, Copy, Default)]
struct Noted {
    /// `asked`, `failed` or `left_out`.
    state: &'static str,
    /// Why, where it is not `asked`.
    why: Option<&'static str>,
    /// The question whose answer it rests on.
    request: Option<Uuid>,
    /// Whether that question was asked just now.
    is_asked: bool,
    /// Whether the answer was news.
    is_news: bool,
}

impl Noted {
    /// Somebody who may not be asked about any more.
    fn left_out(word: &'static str) -> Self {
        Self { state: "left_out", why: Some(word), ..Self::default() }
    }

    /// Somebody whose rows do not open, or whom VTJ describes in a way that cannot be understood.
    fn unreadable() -> Self {
        Self { state: "failed", why: Some("unreadable"), ..Self::default() }
    }

    /// What an answer comes to for the run; `None` where the person is still to be asked about.
    fn of(outcome: CheckOutcome, request: Uuid) -> Option<Self> {
        let (state, why) = match outcome {
            CheckOutcome::Found
            | CheckOutcome::NotFound
            | CheckOutcome::Passivated
            | CheckOutcome::DeadNotDisclosed
            | CheckOutcome::NotDisclosable => ("asked", None),
            CheckOutcome::Refused | CheckOutcome::ProtocolError => ("failed", Some("vtj")),
            CheckOutcome::ConfigurationFault | CheckOutcome::Transient => return None,
        };
        Some(Self { state, why, request: Some(request), ..Self::default() })
    }
}

impl Question<'_> {
    /// Notes on the run's rows, if a run asks, what came of a question that was sent, in the transaction that
    /// stores it. `kept`: what of the answer is kept. `is_news`: whether more is known now than before.
    pub(super) async fn note_answer(
        &self,
        tx: &mut Tx,
        (outcome, kept): (CheckOutcome, &Said),
        request: Uuid,
        is_news: bool,
    ) -> Result<(), StoreError> {
        let Asker::Schedule(schedule) = self.asker else { return Ok(()) };
        let Some(noted) = Noted::of(outcome, request) else { return Ok(()) };
        let is_unreadable = !outcome.is_answer() && !matches!(kept, Said::Nothing);
        let noted =
            if is_unreadable { Noted { request: Some(request), ..Noted::unreadable() } } else { noted };
        schedule.note(tx, self.subject.row.id, &Noted { is_asked: true, is_news, ..noted }).await
    }

    /// The same where an earlier answer served.
    pub(super) async fn note_reuse(
        &self,
        tx: &mut Tx,
        outcome: CheckOutcome,
        request: Uuid,
    ) -> Result<(), StoreError> {
        let Asker::Schedule(schedule) = self.asker else { return Ok(()) };
        let Some(noted) = Noted::of(outcome, request) else { return Ok(()) };
        schedule.note(tx, self.subject.row.id, &noted).await
    }
}

impl ScheduleAsker<'_> {
    /// Settles the person's row, and counts it on the run's.
    async fn note(&self, tx: &mut Tx, patron: Uuid, noted: &Noted) -> Result<(), StoreError> {
        let Noted { state, why, request, .. } = *noted;
        let settled = store::run_person::settle(tx, self.run, &[patron], state, why, request).await?;
        let settled = i64::try_from(settled).unwrap_or(i64::MAX);
        let if_so = |so: bool| if so { settled } else { 0 };
        let counted = Counted {
            asked: if_so(state == "asked"),
            failed: if_so(state == "failed"),
            left_out: if_so(state == "left_out"),
            changed: if_so(noted.is_news),
            requests: if_so(noted.is_asked),
            batches: if_so(noted.is_asked),
        };
        store::run::count(tx, self.run, self.lease.epoch(), &counted).await
    }
}

/// Asks VTJ about one person of a run, for the run's purpose.
///
/// The person's row of the run is settled with the answer. It stays as it is, so that the person is asked about
/// later, where VTJ could not be asked or did not answer.
///
/// # Errors
/// When the database fails or the lease is lost. What VTJ does or does not answer is an outcome, never an error.
pub async fn in_run(
    context: &Context,
    schedule: &ScheduleAsker<'_>,
    patron: Uuid,
    purpose: &PurposeRule,
) -> Result<RunCheck, CheckError> {
    if let Some(answered) = answered_before(context, schedule, patron).await? {
        return Ok(answered);
    }
    match question(context, schedule, patron, purpose).await {
        Ok(checked) => Ok(RunCheck::from(checked)),
        Err(CheckError::Store(error) | CheckError::Task(TaskError::Store(error)))
            if error.is_of_one_row() =>
        {
            tracing::warn!(patron.id = %patron, %error, "a patron of a run cannot be read and is put aside");
            let reason = "the patron's rows cannot be read";
            Ok(refuse(context, schedule, patron, None, reason, &Noted::unreadable()).await?.into())
        }
        Err(error) => Err(error),
    }
}

async fn question(
    context: &Context,
    schedule: &ScheduleAsker<'_>,
    patron: Uuid,
    purpose: &PurposeRule,
) -> Result<Checked, CheckError> {
    let subject = match admit::subject_of_run(context, schedule, patron).await? {
        Ok(subject) => subject,
        Err(Refusal { word, reason }) => {
            return refuse(context, schedule, patron, None, &reason, &Noted::left_out(word)).await;
        }
    };
    match admit::wanted(context, &subject, purpose.name())? {
        Ok(wanted) => {
            let reason = format!("schedule {}, version {}", schedule.name, schedule.version);
            asked_about(context, Asker::Schedule(schedule), &subject, &wanted, &reason).await
        }
        Err(Refusal { word, reason }) => {
            refuse(context, schedule, patron, Some(&subject), &reason, &Noted::left_out(word)).await
        }
    }
}

/// A question of this run about the person that was answered: its process died before it had noted that, after
/// the first of the two questions that a replaced code makes.
async fn answered_before(
    context: &Context,
    schedule: &ScheduleAsker<'_>,
    patron: Uuid,
) -> Result<Option<RunCheck>, CheckError> {
    let mut read = context.db.read().await?;
    let answered = store::disclosure::answered_in_run(&mut read, schedule.run, patron).await?;
    drop(read);
    let Some((request, result)) = answered else { return Ok(None) };
    let Some(outcome) = CheckOutcome::from_word(&result) else { return Ok(None) };
    let Some(noted) = Noted::of(outcome, request) else { return Ok(None) };
    let mut tx = schedule.lease.begin().await?;
    schedule.note(&mut tx, patron, &Noted { is_asked: true, ..noted }).await?;
    tx.commit("check.noted").await?;
    Ok(Some(RunCheck {
        outcome,
        asked_vtj: false,
        reused: false,
        request: Some(request),
        reason: "This run has asked before.".to_owned(),
        warnings: Vec::new(),
        stopped: None,
    }))
}

/// Our own refusal: nothing is asked, and why is in the audit log and on the person's row of the run.
async fn refuse(
    context: &Context,
    schedule: &ScheduleAsker<'_>,
    patron: Uuid,
    subject: Option<&admit::Subject>,
    reason: &str,
    noted: &Noted,
) -> Result<Checked, CheckError> {
    let tag = subject.and_then(|subject| subject.keyring.newest(patron).ok()).map(|key| key.subject_tag);
    let event = Event {
        os_user: schedule.os_user.to_owned(),
        ..context.event_of(&Actor::Task(RUN), "check.refuse").about_known(tag).detail(reason)
    };
    let mut tx = schedule.lease.begin().await?;
    schedule.note(&mut tx, patron, noted).await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("check.refuse").await?;
    Ok(Checked::nothing("", Protection::Unknown, reason))
}

impl From<Checked> for RunCheck {
    fn from(checked: Checked) -> Self {
        Self {
            outcome: checked.outcome,
            asked_vtj: checked.asked_vtj,
            reused: checked.reused,
            request: checked.request,
            reason: checked.reason,
            warnings: checked.warnings,
            stopped: checked.stopped,
        }
    }
}
