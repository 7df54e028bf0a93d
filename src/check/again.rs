//! What a question brought, shown once more from what is stored.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Beside, CheckError, Checked, Stopped, admit, answer, present};
use crate::protected::Protection;
use crate::staff::{ProvedAccount, note};
use crate::task::{Context, known};

/// What VTJ said beside what the register says, by the last answer that is kept: what the account would be shown of
/// an answer for this purpose. The caller records the look.
///
/// # Errors
/// As [`person`](super::person). Whoever may not ask is shown nothing.
pub async fn beside_kept(
    context: &Context,
    account: &ProvedAccount,
    card: &str,
    purpose: &str,
) -> Result<Vec<Beside>, CheckError> {
    let Ok(subject) = admit::subject(context, account, card).await? else { return Ok(Vec::new()) };
    let Ok(wanted) = admit::wanted(context, &subject, purpose)? else { return Ok(Vec::new()) };
    let mut read = context.db.read().await?;
    let told = answer::tells_protection(&mut read).await?;
    let (mut standings, _) = known::load(context, &mut read, &subject.keyring, &[subject.row.id]).await?;
    drop(read);
    let Some(standing) = standings.pop() else { return Ok(Vec::new()) };
    let protection = match standing.person.protection()? {
        _ if standing.is_protected() => Protection::Yes,
        Protection::No if !told => Protection::Unknown,
        said => said,
    };
    Ok(present::beside(context, &standing, &wanted.grants, protection))
}

/// What came of a question, kept sealed for the session's next page: words, and no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The patron.
    pub patron: Uuid,
    /// The outcome, see [`CheckOutcome`](super::CheckOutcome).
    pub outcome: String,
    /// The purpose.
    pub purpose: String,
    /// Our own refusal in a word.
    pub refused: Option<String>,
    /// Whether anything was sent to VTJ.
    pub asked_vtj: bool,
    /// Whether it is the answer to an earlier question.
    pub reused: bool,
    /// When VTJ answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What keeps every question from being sent: `ceiling`, `queries_stopped`, `breaker` or `configuration`.
    pub stopped: Option<String>,
    /// What somebody should know beside.
    pub warnings: Vec<String>,
}

/// Keeps what came of a question for the session's next page.
///
/// # Errors
/// When it cannot be stored.
pub async fn remember(
    context: &Context,
    session: Uuid,
    patron: Uuid,
    purpose: &str,
    checked: &Checked,
) -> Result<(), CheckError> {
    let stopped = checked.stopped.map(|stopped| match stopped {
        Stopped::Ceiling => "ceiling",
        Stopped::QueriesStopped => "queries_stopped",
        Stopped::Breaker(_) => "breaker",
        Stopped::Configuration => "configuration",
    });
    let remembered = Remembered {
        patron,
        outcome: checked.outcome.as_str().to_owned(),
        purpose: purpose.to_owned(),
        refused: checked.refused.map(str::to_owned),
        asked_vtj: checked.asked_vtj,
        reused: checked.reused,
        answered_at: checked.answered_at,
        stopped: stopped.map(str::to_owned),
        warnings: checked.warnings.clone(),
    };
    let mut tx = context.db.begin().await?;
    note::keep(context, &mut tx, session, note::Kind::Check, &remembered).await?;
    tx.commit("check.remember").await?;
    Ok(())
}

/// What came of the session's last question, if it was about this patron.
///
/// # Errors
/// When it cannot be read.
pub async fn remembered(
    context: &Context,
    session: Uuid,
    patron: Uuid,
) -> Result<Option<Remembered>, CheckError> {
    let read: Option<Remembered> = note::read(context, session, note::Kind::Check).await?;
    Ok(read.filter(|read| read.patron == patron))
}
