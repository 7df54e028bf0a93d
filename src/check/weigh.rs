//! What an answer of VTJ comes to: its outcome, and what of it is to be kept.

use super::ask::{Asked, Question};
use super::{CheckError, CheckOutcome};
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants};
use crate::protected::Protection;
use crate::store::data_key::Keyring;
use crate::task::Context;
use crate::task::refresh::PersonAnswer;
use crate::task::refresh::single::{self, Kept, Said};
use crate::vtj::error::VtjError;
use crate::vtj::query::QueryAnswer;

/// What an answer comes to.
pub(super) struct Conclusion {
    pub(super) outcome: CheckOutcome,
    pub(super) said: Said,
    /// What the answer itself tells of non-disclosure; `None` where it describes nobody.
    pub(super) told: Option<Protection>,
    pub(super) reason: String,
}

/// What an answer, or its lack, comes to.
pub(super) async fn weigh(
    context: &Context,
    question: &Question<'_>,
    kept: &Kept<'_>,
    keyring: &Keyring,
    asked: &Asked,
    successor: Option<IdentityCode>,
) -> Result<Conclusion, CheckError> {
    let plain = |outcome: CheckOutcome, said: Said| Conclusion {
        outcome,
        said,
        told: None,
        reason: sentence(outcome).to_owned(),
    };
    let follows = successor.is_some();
    let named = |outcome: CheckOutcome| if follows { CheckOutcome::Passivated } else { outcome };
    Ok(match &asked.answer {
        Ok(QueryAnswer::Found(described)) => {
            let record = described.record.clone();
            let told = record.protection();
            let answer = single::judge(context, kept, keyring, record, successor.as_ref()).await?;
            let fits = answer.is_about_the_person();
            let carried = Grants::new(described.carried.iter().filter(|group| question.grants.allow(*group)));
            let said = Said::Answer { answer, carried, successor };
            let mut conclusion = Conclusion { told: Some(told), ..plain(named(CheckOutcome::Found), said) };
            if !fits {
                conclusion.told = None;
                "The person VTJ describes does not fit the patron; nothing of the answer is kept or shown."
                    .clone_into(&mut conclusion.reason);
            }
            conclusion
        }
        // One successor is followed, and no chain of them.
        Ok(QueryAnswer::NotFound | QueryAnswer::Passivated { .. }) if follows => {
            plain(CheckOutcome::Passivated, Said::Nothing)
        }
        Ok(QueryAnswer::NotFound) => {
            let said =
                Said::Answer { answer: PersonAnswer::Absent, carried: Grants::new([]), successor: None };
            plain(CheckOutcome::NotFound, said)
        }
        Ok(QueryAnswer::Passivated { .. }) => plain(CheckOutcome::Passivated, Said::CodeEnded),
        Ok(QueryAnswer::DeadNotDisclosed) if question.grants.allow(FieldGroup::Death) => {
            plain(named(CheckOutcome::DeadNotDisclosed), Said::Dead)
        }
        Ok(QueryAnswer::DeadNotDisclosed | QueryAnswer::NotDisclosable) => {
            plain(named(CheckOutcome::NotDisclosable), Said::Nothing)
        }
        Ok(QueryAnswer::Unreadable(unreadable)) => {
            let answer = PersonAnswer::Unreadable(unreadable.raw.clone());
            let said = Said::Answer { answer, carried: Grants::new([]), successor: None };
            let reason = format!(
                "VTJ describes the person in a way that cannot be understood: {}; the answer is kept for review and nothing of it is shown.",
                unreadable.what
            );
            Conclusion { reason, ..plain(CheckOutcome::ProtocolError, said) }
        }
        Err(error) => {
            let outcome = outcome_of(error);
            Conclusion { reason: error.to_string(), ..plain(outcome, Said::Nothing) }
        }
    })
}

/// The outcome of a question that brought no answer.
fn outcome_of(error: &VtjError) -> CheckOutcome {
    match error {
        VtjError::Unavailable { .. } | VtjError::NotReached { .. } | VtjError::Throttled { .. } => {
            CheckOutcome::Transient
        }
        VtjError::Refused { .. } | VtjError::Tls { .. } | VtjError::Configuration { .. } => {
            CheckOutcome::ConfigurationFault
        }
        VtjError::BadRequest { .. } => CheckOutcome::Refused,
        VtjError::Malformed { .. } | VtjError::WrongPerson { .. } => CheckOutcome::ProtocolError,
    }
}

/// An outcome in words.
pub(super) fn sentence(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Found => "VTJ describes the person.",
        CheckOutcome::NotFound => "VTJ knows nobody by this identity code. That says nothing of a death.",
        CheckOutcome::Passivated => "The identity code is no longer valid.",
        CheckOutcome::DeadNotDisclosed => {
            "VTJ says that the person is dead and tells nothing more; what was open is frozen until it is confirmed."
        }
        CheckOutcome::NotDisclosable => "VTJ may not tell about this person; what is known stays as it is.",
        CheckOutcome::Refused => "The question was refused.",
        CheckOutcome::ConfigurationFault => "A setting has to be put right first.",
        CheckOutcome::Transient => "VTJ did not answer; try again later.",
        CheckOutcome::ProtocolError => "The answer cannot be used.",
    }
}
