//! What becomes of an answer: whose it is, what of it is kept, and what is said of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ask::{self, Asked, Question};
use super::gate::NotSent;
use super::trust::{Closed, MOST_REFUSALS};
use super::weigh::{Conclusion, weigh};
use super::{CheckError, CheckOutcome, Checked, Stopped};
use crate::audit::{self, Actor, Event};
use crate::identity_code::IdentityCode;
use crate::protected::Protection;
use crate::review::{self, QueueItem};
use crate::store::data_key::{self, Keyring};
use crate::store::{self, StoreError, Tx};
use crate::task::known::Standing;
use crate::task::refresh::single::{self, Kept, Said};
use crate::task::{Context, TaskError, reconcile};
use crate::vtj::error::VtjError;
use crate::vtj::query::QueryAnswer;

/// The fact that says whether the product tells of non-disclosure: `seen` or `absent`.
const TELLS_PROTECTION: &str = "query.turvakielto";
/// How often an answer is stored anew when somebody else was at the same rows.
const STORE_ATTEMPTS: u32 = 4;

/// Asks, and once more where the code has been replaced.
pub(super) async fn asked(
    context: &Context,
    question: &Question<'_>,
    code: &IdentityCode,
) -> Result<Checked, CheckError> {
    let first = match ask::ask(context, question, code).await? {
        Ok(asked) => believed(context, question, code, asked).await?,
        Err(not_sent) => return not_asked(question, not_sent, false),
    };
    let successor = match &first.answer {
        Ok(QueryAnswer::Passivated { successor: Some(successor), .. }) if successor != code => {
            successor.clone()
        }
        Ok(_) | Err(_) => return conclude(context, question, first, None).await,
    };
    note_passivated(context, question, &first).await?;
    match ask::ask(context, question, &successor).await? {
        Ok(second) => {
            let second = believed(context, question, &successor, second).await?;
            let checked = conclude(context, question, second, Some(successor)).await?;
            Ok(Checked { warnings: [first.warnings, checked.warnings].concat(), ..checked })
        }
        Err(not_sent) => not_asked(question, not_sent, true),
    }
}

/// The same answer; or, where it is under another code that VTJ does not call a new one, somebody else's, unless
/// birth date and names both say that it is the same person.
async fn believed(
    context: &Context,
    question: &Question<'_>,
    code: &IdentityCode,
    asked: Asked,
) -> Result<Asked, CheckError> {
    let described = match &asked.answer {
        Ok(QueryAnswer::Passivated { described: Some(described), .. }) if !described.passive_said => {
            described
        }
        Ok(_) | Err(_) => return Ok(asked),
    };
    let record = &described.record;
    let actor = question.actor();
    let kept = question.kept(asked.request, &actor);
    let keyring = &question.subject.keyring;
    let fits = record.name.is_some()
        && record.code.birth_date() == code.birth_date()
        && single::judge(context, &kept, keyring, record.clone(), Some(&record.code))
            .await?
            .is_about_the_person();
    if fits {
        return Ok(asked);
    }
    Ok(Asked { answer: Err(VtjError::WrongPerson { at: ask::INTERFACE }), ..asked })
}

/// The first of two questions is over: its code has ended. That is not lost, whatever becomes of the second.
async fn note_passivated(
    context: &Context,
    question: &Question<'_>,
    first: &Asked,
) -> Result<(), CheckError> {
    let outcome = CheckOutcome::Passivated.as_str();
    let mut tx = question.asker.begin(context).await?;
    first.finish(context, &mut tx, question, outcome).await?;
    store::due::mark_for_refresh(&mut tx, &[question.subject.row.id], context.clock.now()).await?;
    let event = question.event(context, "check.answer", Some(first.request)).detail(outcome);
    audit::record(&mut tx, &[event]).await?;
    tx.commit("check.passivated").await?;
    Ok(())
}

/// Keeps what an answer says and tells of it. `successor` is the code asked about where it is not the one the
/// first question was about.
async fn conclude(
    context: &Context,
    question: &Question<'_>,
    asked: Asked,
    successor: Option<IdentityCode>,
) -> Result<Checked, CheckError> {
    let patron = question.subject.row.id;
    let actor = question.actor();
    let kept = question.kept(asked.request, &actor);
    let mut keyring = data_key::keyring(&context.db, &context.vault, &[patron]).await?;
    let mut conclusion = weigh(context, question, &kept, &keyring, &asked, successor).await?;
    let starts = single::prepare(context, &mut keyring, kept.person, &conclusion.said).await?;
    let stored = loop_store(context, question, &kept, &keyring, &asked, &mut conclusion).await?;
    if starts {
        single::finish(context, kept.person).await?;
    }
    if matches!(asked.answer, Err(VtjError::WrongPerson { .. })) {
        tracing::error!(
            request.id = %asked.request,
            "VTJ answered a question about one person with somebody else; nothing of the answer was kept, tell DVV"
        );
    }
    let protection = match (stored.protection, conclusion.told) {
        (Protection::No, Some(Protection::Unknown)) => Protection::Unknown,
        (held, _) => held,
    };
    let notice = match &asked.answer {
        Ok(QueryAnswer::Found(described)) => described.notice.as_ref(),
        Ok(_) | Err(_) => None,
    };
    let notice = notice.map(|notice| format!("VTJ announces: {notice}"));
    let checked = Checked {
        outcome: conclusion.outcome,
        asked_vtj: true,
        answered_at: conclusion.outcome.is_answer().then_some(stored.at),
        request: Some(asked.request),
        warnings: asked.warnings.into_iter().chain(notice).collect(),
        stopped: (conclusion.outcome == CheckOutcome::ConfigurationFault).then_some(Stopped::Configuration),
        ..Checked::nothing(&question.subject.row.card_number, protection, conclusion.reason)
    };
    Ok(checked.showing(context, question, stored.standing.as_ref(), stored.queue))
}

/// What is known once an answer is stored.
struct Stored {
    at: DateTime<Utc>,
    protection: Protection,
    standing: Option<Standing>,
    queue: Vec<QueueItem>,
}

/// Stores an answer, again when somebody else was at the same rows, and gives it up as one to another question
/// when the patron's row is another one now.
async fn loop_store(
    context: &Context,
    question: &Question<'_>,
    kept: &Kept<'_>,
    keyring: &Keyring,
    asked: &Asked,
    conclusion: &mut Conclusion,
) -> Result<Stored, CheckError> {
    let mut attempt = 1;
    loop {
        match store_once(context, question, kept, keyring, asked, conclusion).await {
            Ok(Some(stored)) => return Ok(stored),
            Ok(None) => {
                conclusion.outcome = CheckOutcome::Transient;
                conclusion.said = Said::Nothing;
                conclusion.told = None;
                "The patron's row changed while VTJ was asked; nothing of the answer was kept, ask again."
                    .clone_into(&mut conclusion.reason);
            }
            Err(CheckError::Store(error) | CheckError::Task(TaskError::Store(error)))
                if attempt < STORE_ATTEMPTS && was_in_the_way(&error) =>
            {
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn was_in_the_way(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict(_) | StoreError::Taken | StoreError::Unavailable(_))
}

/// Stores an answer with all its consequences in one transaction; `None` where it is not to be kept.
async fn store_once(
    context: &Context,
    question: &Question<'_>,
    kept: &Kept<'_>,
    keyring: &Keyring,
    asked: &Asked,
    conclusion: &Conclusion,
) -> Result<Option<Stored>, CheckError> {
    let patron = kept.row.id;
    let mut tx = question.asker.begin(context).await?;
    asked.finish(context, &mut tx, question, conclusion.outcome.as_str()).await?;
    let Some(is_news) = single::keep(context, &mut tx, keyring, kept, &conclusion.said).await? else {
        return Ok(None);
    };
    let came = (conclusion.outcome, &conclusion.said);
    question.note_answer(&mut tx, came, asked.request, is_news).await?;
    // What was described and cannot be understood is a finding too, although it answers nothing.
    let speaks = conclusion.outcome.is_answer() || !matches!(conclusion.said, Said::Nothing);
    let standing = if speaks {
        reconcile::compare_one(context, &mut tx, keyring, patron, kept.actor).await?
    } else {
        None
    };
    let queue = if speaks && question.asker.is_shown() {
        review::masked_items_of(&mut tx, keyring, patron).await?
    } else {
        Vec::new()
    };
    if let Some(told) = conclusion.told {
        note_whether_protection_is_told(&mut tx, told != Protection::Unknown).await?;
    }
    let protection = match &standing {
        Some(standing) if standing.is_protected() => Protection::Yes,
        Some(standing) => standing.person.protection()?,
        None => question.subject.protection()?,
    };
    audit::record(&mut tx, &events(context, question, asked, conclusion)).await?;
    tx.commit("check.answer").await?;
    Ok(Some(Stored { at: context.clock.now(), protection, standing, queue }))
}

fn events(context: &Context, question: &Question<'_>, asked: &Asked, conclusion: &Conclusion) -> Vec<Event> {
    let event = |action| question.event(context, action, Some(asked.request));
    let answer = event("check.answer").detail(conclusion.outcome.as_str());
    let wrong = matches!(asked.answer, Err(VtjError::WrongPerson { .. }));
    std::iter::once(answer).chain(wrong.then(|| event("check.wrong_person"))).collect()
}

/// Remembers whether the product tells of non-disclosure, where that is news.
async fn note_whether_protection_is_told(tx: &mut Tx, told: bool) -> Result<(), CheckError> {
    let word = if told { "seen" } else { "absent" };
    let known = store::installation::get(tx, TELLS_PROTECTION).await?;
    if known.as_deref() != Some(word) {
        store::installation::set(tx, TELLS_PROTECTION, word).await?;
    }
    Ok(())
}

/// Whether the product tells of non-disclosure, as far as it has been seen.
pub(super) async fn tells_protection(tx: &mut Tx) -> Result<bool, CheckError> {
    Ok(store::installation::get(tx, TELLS_PROTECTION).await?.as_deref() != Some("absent"))
}

/// Nothing was sent, or nothing more.
fn not_asked(question: &Question<'_>, not_sent: NotSent, asked_before: bool) -> Result<Checked, CheckError> {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let (outcome, stopped, reason) = match not_sent {
        NotSent::Closed(Closed::UntilChanged(why)) => {
            let text = format!(
                "VTJ has refused these settings {MOST_REFUSALS} times and is not asked again until [vtj.query] or [vtj.tls] changes, or with --try-again once it is mended at VTJ's side: {why}"
            );
            (CheckOutcome::ConfigurationFault, Stopped::Configuration, text)
        }
        NotSent::Closed(Closed::Paused(why, until)) => {
            let text = format!("the settings do not work and are tried again after {}: {why}", time(until));
            (CheckOutcome::ConfigurationFault, Stopped::Configuration, text)
        }
        NotSent::Closed(Closed::OnTrial(until)) => {
            let text = "the settings are new and another question is just trying them; try again in a moment";
            (CheckOutcome::Transient, Stopped::Breaker(until), text.to_owned())
        }
        NotSent::LeftAlone(until) => {
            let text = format!("VTJ fails and is left alone until {}", time(until));
            (CheckOutcome::Transient, Stopped::Breaker(until), text)
        }
        NotSent::Ceiling(why) => (CheckOutcome::Transient, Stopped::Ceiling, why),
        NotSent::Stopped(stop) => (CheckOutcome::Transient, Stopped::QueriesStopped, stop.to_string()),
    };
    let subject = question.subject;
    Ok(Checked {
        outcome,
        asked_vtj: asked_before,
        stopped: Some(stopped),
        ..Checked::nothing(&subject.row.card_number, subject.protection()?, reason)
    })
}

impl<'a> Question<'a> {
    /// Where an answer goes.
    fn kept(&self, request: Uuid, actor: &'a Actor) -> Kept<'a> {
        let Self { subject, municipality, .. } = *self;
        Kept { municipality, row: &subject.row, person: &subject.person, request, actor }
    }
}
