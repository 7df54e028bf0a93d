//! One question about one person: asked for one purpose, by one member of staff or one run of a schedule,
//! answered now.
//!
//! The single query of VTJ serves a case at a time: a debt, a letter that came back, a person at the desk, a
//! death to confirm. It keeps the promises of the bulk tasks. Who may ask about whom is decided first
//! (`admit`); question, budget and audit record commit together before anything is sent (`ask`); an answer
//! that belongs to the person is kept by the code that keeps base data (`keep`); what it differs in goes to
//! the queue, and what is shown is masked (`present`).
//!
//! Nothing is written to the patron register here, and nobody's answer is kept for anybody else.

mod admit;
mod again;
mod answer;
mod ask;
mod asker;
mod gate;
mod outcome;
mod present;
mod reuse;
mod run;
mod trust;
mod weigh;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use again::{Remembered, beside_kept, remember, remembered};
pub use asker::{Asker, ScheduleAsker};
pub use outcome::CheckOutcome;
pub use run::{RunCheck, in_run};

use crate::audit::{self, Actor};
use crate::budget::BudgetError;
use crate::protected::Protection;
use crate::review::QueueItem;
use crate::seal::SealError;
use crate::staff::{ProvedAccount, Role};
use crate::store::StoreError;
use crate::task::{Context, TaskError};

/// What came of a question about one person, as much of it as the asker may see.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The card that was asked about.
    pub card_number: String,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// Whether there is an order of non-disclosure, as far as this answer and our records tell.
    pub protection: Protection,
    /// Whether anything was sent to VTJ for this.
    pub asked_vtj: bool,
    /// The outcome in words, without any personal value.
    pub reason: String,
    /// When VTJ answered; nothing where there is no answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// Whether this is the answer to an earlier question that is young enough.
    pub reused: bool,
    /// What somebody should know beside, such as a ceiling that comes near.
    pub warnings: Vec<String>,
    /// The differences in the queue that this answer speaks of.
    pub items: Vec<QueueItem>,
    /// What VTJ says beside what the register says.
    pub beside: Vec<Beside>,
    /// The question in the disclosure log whose answer this is.
    pub request: Option<Uuid>,
    /// Why the next question, about whomever, would not be sent either.
    pub stopped: Option<Stopped>,
    /// Our own refusal in a word: `role`, `other_municipality`, `own_card`, `no_permit`, `purpose`, or why a patron
    /// may not be asked about.
    pub refused: Option<&'static str>,
}

/// What keeps every question from being sent for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// There is no room under a ceiling.
    Ceiling,
    /// Every query to VTJ has been stopped by somebody.
    QueriesStopped,
    /// VTJ fails and is left alone until then; or somebody else just tries the settings.
    Breaker(DateTime<Utc>),
    /// A setting, a certificate, a password or a permit has to be put right first.
    Configuration,
}

/// One column: the register's value and VTJ's. What is masked is `None`; what is not there is empty.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct Beside {
    /// The column's name in the patron file.
    pub field: &'static str,
    /// The register's value.
    pub register: Option<String>,
    /// VTJ's value.
    pub vtj: Option<String>,
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ***", self.field)
    }
}

/// Why there is nothing to say at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// No patron has the card.
    #[error("no patron has this card; see `ajantasa patrons list`")]
    UnknownCard,
    /// A reason is needed: it stands in the disclosure log.
    #[error("say with a few words why it is asked: --reason TEXT, at most {0} characters")]
    NoReason(usize),
    /// The database did not do what was asked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The question could not be booked.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// The answer could not be kept.
    #[error(transparent)]
    Task(#[from] TaskError),
}

impl From<SealError> for CheckError {
    fn from(error: SealError) -> Self {
        Self::Store(error.into())
    }
}

/// Characters of a reason, at most: a sentence or two.
pub const REASON_MAX: usize = 500;

/// Asks VTJ about the patron with a card, for a purpose, on behalf of a proved account.
///
/// The reason is the asker's own words for the disclosure log. Whoever may not be asked about by this account
/// is refused without asking, and so is a purpose that is not open.
///
/// # Errors
/// When no patron has the card, no reason is given, or the database fails. What VTJ does or does not answer
/// is an outcome, never an error.
pub async fn person(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
    purpose: &str,
    reason: &str,
) -> Result<Checked, CheckError> {
    person_in_run(context, account, card, purpose, reason, None).await
}

/// As [`person`], as one of many questions of a run, which the disclosure log names.
///
/// # Errors
/// As [`person`].
pub async fn person_in_run(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
    purpose: &str,
    reason: &str,
    run: Option<Uuid>,
) -> Result<Checked, CheckError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        return Err(CheckError::NoReason(REASON_MAX));
    }
    let subject = match admit::subject(context, account, card).await? {
        Ok(subject) => subject,
        Err(refusal) => return refuse(context, account, card, None, &refusal).await,
    };
    let wanted = match admit::wanted(context, &subject, purpose)? {
        Ok(wanted) => wanted,
        Err(refusal) => return refuse(context, account, card, Some(&subject), &refusal).await,
    };
    asked_about(context, Asker::Account { account, run }, &subject, &wanted, reason).await
}

/// Asks about somebody who may be asked about, unless an earlier answer is young enough.
async fn asked_about(
    context: &Context,
    asker: Asker<'_>,
    subject: &admit::Subject,
    wanted: &admit::Wanted<'_>,
    reason: &str,
) -> Result<Checked, CheckError> {
    let (Some(query), Some(rules)) = (&context.query, &context.settings.query) else {
        let reason = "VTJ's single query is not configured: write [vtj.query] in the configuration";
        return Ok(Checked {
            outcome: CheckOutcome::ConfigurationFault,
            stopped: Some(Stopped::Configuration),
            ..Checked::nothing(&subject.row.card_number, subject.protection()?, reason)
        });
    };
    let question = ask::Question {
        query,
        rules,
        subject,
        municipality: wanted.municipality,
        rule: wanted.rule,
        grants: &wanted.grants,
        asker,
        reason,
    };
    if let Some(checked) = reuse::young_answer(context, &question, &wanted.code).await? {
        return Ok(checked);
    }
    answer::asked(context, &question, &wanted.code).await
}

/// Lets settings that VTJ has refused be tried once more, after the cause was put right at VTJ's side. For a
/// reviewer only, as asking is.
///
/// # Errors
/// When the database fails.
pub async fn try_settings_again(context: &Context, account: &ProvedAccount) -> Result<(), CheckError> {
    let Some(query) = context.query.as_ref().filter(|_| account.role == Role::Reviewer) else {
        return Ok(());
    };
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let mut tx = context.db.begin().await?;
    gate::grant_trial(&mut tx, query).await?;
    audit::record(&mut tx, &[context.event_of(&actor, "check.try_again")]).await?;
    tx.commit("check.try_again").await?;
    Ok(())
}

/// Our own refusal: nothing is asked, and that somebody wanted to is in the audit log.
async fn refuse(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
    subject: Option<&admit::Subject>,
    refusal: &admit::Refusal,
) -> Result<Checked, CheckError> {
    let actor = Actor::Account { id: account.id, name: account.name.clone() };
    let event = context.event_of(&actor, "check.refuse").detail(&refusal.reason);
    let tag = subject.and_then(|subject| subject.keyring.newest(subject.row.id).ok());
    let event = match tag {
        Some(key) => event.about(key.subject_tag),
        None => event,
    };
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("check.refuse").await?;
    let refused = Some(refusal.word);
    Ok(Checked { refused, ..Checked::nothing(card, Protection::Unknown, &refusal.reason) })
}

impl Checked {
    /// Nothing was asked, by our own refusal until another outcome is set.
    fn nothing(card: &str, protection: Protection, reason: impl Into<String>) -> Self {
        Self {
            card_number: card.to_owned(),
            outcome: CheckOutcome::Refused,
            protection,
            asked_vtj: false,
            reason: reason.into(),
            answered_at: None,
            reused: false,
            warnings: Vec::new(),
            items: Vec::new(),
            beside: Vec::new(),
            request: None,
            stopped: None,
            refused: None,
        }
    }
}
