//! Runs as people read them: what was and what was not checked, and who was put aside.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::error::RunError;
use crate::audit::{self, Actor, Event};
use crate::patrons::{self, mask};
use crate::schedule::definition::Definition;
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::store::data_key;
use crate::store::run::{Filter, NamedRun, RunRow};
use crate::store::{self, run_person};

/// People put aside that are read together.
const PAGE: i64 = 500;

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunView {
    /// Its identifier.
    pub id: Uuid,
    /// The schedule, by name.
    pub schedule: String,
    /// Its identifier.
    pub schedule_id: Uuid,
    /// The version of it that the run carries out.
    pub version: i64,
    /// `schedule`, `catch_up`, `by_hand` or `retry`.
    pub origin: String,
    /// See [`RunState`].
    pub state: String,
    /// See [`Reason`].
    pub reason: Option<String>,
    /// More about the reason.
    pub note: Option<String>,
    /// When it was due; none when it was started by hand.
    #[serde(with = "seconds")]
    pub due_at: Option<DateTime<Utc>>,
    /// When it was planned.
    #[serde(with = "seconds")]
    pub planned_at: Option<DateTime<Utc>>,
    /// When it began.
    #[serde(with = "seconds")]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(with = "seconds")]
    pub finished_at: Option<DateTime<Utc>>,
    /// When it goes on, if it waits.
    #[serde(with = "seconds")]
    pub try_again_at: Option<DateTime<Utc>>,
    /// Who started it: an account, or where its schedule comes from.
    pub started_by: String,
    /// The run it goes on from.
    pub retry_of: Option<Uuid>,
    /// How many due times were missed in a row, and since when.
    pub missed_count: Option<i64>,
    /// Since when.
    #[serde(with = "seconds")]
    pub missed_since: Option<DateTime<Utc>>,
    /// How many people it is about.
    pub people: Option<i64>,
    /// How many VTJ has answered about.
    pub asked: i64,
    /// How many may not be asked about any more.
    pub left_out: i64,
    /// How many were put aside; of a round of a task, rows.
    pub put_aside: i64,
    /// How many nobody was asked about.
    pub not_checked: i64,
    /// How many answers were new; of a round of a task, rows changed.
    pub changed: i64,
    /// Requests that were answered.
    pub requests: i64,
    /// Batches done.
    pub batches: i64,
    /// People a second, over the time of the run.
    pub people_per_second: Option<f64>,
    /// Seconds until its end, at that rate, while it runs.
    pub seconds_left: Option<f64>,
}

/// One run with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    /// Its numbers.
    #[serde(flatten)]
    pub run: RunView,
    /// Where it stands, and what was not checked, in a sentence.
    pub in_words: String,
    /// The budget of its version.
    pub budget: Option<u32>,
    /// The purpose of its version.
    pub purpose: Option<String>,
    /// Questions to VTJ in the disclosure log, those without an answer included.
    pub disclosures: i64,
    /// Of those VTJ has answered about, how many needed no question of the run: an earlier answer was young enough.
    pub reused: i64,
    /// Findings that rest on what it asked.
    pub cases: i64,
    /// Why people were left out.
    pub left_out_because: Vec<LeftOut>,
    /// Who was put aside.
    pub put_aside_people: Vec<PutAside>,
}

/// How many were left out for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The reason.
    pub reason: String,
    /// How many.
    pub people: i64,
}

/// Somebody who was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PutAside {
    /// The card; nothing of a protected person, and where the patron's data key is gone.
    pub card_number: Option<String>,
    /// Why.
    pub why: String,
}

/// Runs, newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn list(context: &patrons::Context, filter: &Filter, limit: i64) -> Result<Vec<RunView>, RunError> {
    let rows = store::run::list(&mut context.db.read().await?, filter, limit).await?;
    let now = context.clock.now();
    Ok(rows.into_iter().map(|row| view(row, now)).collect())
}

/// How one run stands, without anybody's name.
///
/// # Errors
/// When there is none, or it cannot be read.
pub async fn one(context: &patrons::Context, id: Uuid) -> Result<RunView, RunError> {
    let mut read = context.db.read().await?;
    let run = store::run::get(&mut read, id).await?.ok_or(RunError::UnknownRun(id))?;
    let name = store::run::schedule_name(&mut read, run.schedule).await?;
    drop(read);
    Ok(view(NamedRun { run, name }, context.clock.now()))
}

/// One run, with at most so many of those who were put aside. Whoever of its people is named is in the audit log first.
///
/// # Errors
/// When there is none, or it cannot be read.
pub async fn show(
    context: &patrons::Context,
    viewer: &Actor,
    id: Uuid,
    most: usize,
) -> Result<Shown, RunError> {
    let mut read = context.db.read().await?;
    let run = store::run::get(&mut read, id).await?.ok_or(RunError::UnknownRun(id))?;
    let name = store::run::schedule_name(&mut read, run.schedule).await?;
    let version = store::schedule::versions(&mut read, run.schedule).await?;
    let version = version.into_iter().find(|version| version.version == run.version);
    let definition = version.and_then(|version| Definition::from_json(&version.definition).ok());
    let refresh = definition.as_ref().and_then(Definition::refresh);
    let disclosures = store::run::count_disclosures(&mut read, id).await?;
    let cases = store::run::count_findings(&mut read, id).await?;
    let left_out = run_person::left_out(&mut read, id).await?;
    let reused = run_person::count_reused(&mut read, id).await?;
    drop(read);
    Ok(Shown {
        in_words: in_words(&run),
        budget: refresh.map(|refresh| refresh.budget),
        purpose: refresh.map(|refresh| refresh.purpose.clone()),
        disclosures,
        reused,
        cases,
        left_out_because: left_out.into_iter().map(|(reason, people)| LeftOut { reason, people }).collect(),
        put_aside_people: put_aside(context, viewer, id, most).await?,
        run: view(NamedRun { run, name }, context.clock.now()),
    })
}

/// Who was put aside, in the order of the run.
async fn put_aside(
    context: &patrons::Context,
    viewer: &Actor,
    id: Uuid,
    most: usize,
) -> Result<Vec<PutAside>, RunError> {
    let mut all = Vec::new();
    let mut after = i64::MIN;
    loop {
        let mut read = context.db.read().await?;
        let room = i64::try_from(most - all.len()).unwrap_or(PAGE).min(PAGE);
        let page = run_person::put_aside(&mut read, id, after, room).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.position;
        let ids: Vec<Uuid> = page.iter().map(|person| person.patron).collect();
        let rows = store::patron::by_ids(&mut read, &ids).await?;
        let protected = mask::protected_among(&mut read, &rows).await?;
        drop(read);
        let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let events: Vec<_> = ids
            .iter()
            .map(|patron| {
                let event = Event::new(context.clock.now(), viewer.clone(), &context.os_user, "run.show");
                event.about_known(keyring.tag(*patron)).detail(format!("run {id}, put aside"))
            })
            .collect();
        let mut tx = context.db.begin().await?;
        audit::record(&mut tx, &events).await?;
        tx.commit("run.show").await.map_err(RunError::from)?;
        all.extend(page.into_iter().map(|person| {
            PutAside {
                // The schedule's municipalities would tell where a protected person belongs.
                card_number: rows
                    .iter()
                    .find(|row| row.id == person.patron && !protected.contains(&row.id))
                    .filter(|row| keyring.tag(row.id).is_some())
                    .map(|row| row.card_number.clone()),
                why: person.why,
            }
        }));
    }
}

/// Where a run stands, in a sentence: what was not checked above all.
pub fn in_words(run: &RunRow) -> String {
    let reason = run.reason.as_deref().and_then(Reason::from_word);
    let because = reason.map(|reason| format!(" because {}", reason.in_words())).unwrap_or_default();
    let note = run.note.as_deref().map(|note| format!(" ({note})")).unwrap_or_default();
    let left = match (run.people, run.not_checked()) {
        (None, _) => String::new(),
        (Some(0), _) => " Nobody was selected.".to_owned(),
        (Some(people), 0) if run.failed == 0 => format!(" Nobody of the {people} people is unchecked."),
        (Some(people), 0) => format!(" {} of the {people} people could not be checked.", run.failed),
        (Some(people), left) if run.failed == 0 => {
            format!(" {left} of the {people} people were NOT checked.")
        }
        (Some(people), left) => {
            format!(" {left} of the {people} people were NOT checked, and {} could not be.", run.failed)
        }
    };
    let state = RunState::from_word(&run.state);
    let said = match state {
        Some(RunState::Planned) => "It is planned".to_owned(),
        Some(RunState::Running) => "It is under way".to_owned(),
        Some(RunState::WaitingForBudget) => format!("It waits{because}{note}"),
        Some(RunState::Done) => "It is done".to_owned(),
        Some(RunState::PartlyDone) => format!("It is partly done{because}{note}"),
        Some(RunState::Failed) if run.people.is_none() => {
            format!("It failed before anything was done{because}{note}")
        }
        Some(RunState::Failed) => format!("It failed{because}{note}"),
        Some(RunState::Skipped) => format!("It was skipped{because}"),
        Some(RunState::Missed) => match run.missed_count {
            Some(count) if count > 1 => format!("{count} due times in a row were missed{because}"),
            _ => format!("It was missed{because}"),
        },
        None => run.state.clone(),
    };
    format!("{said}.{left}")
}

fn view(NamedRun { run, name }: NamedRun, now: DateTime<Utc>) -> RunView {
    let done = run.asked + run.failed + run.left_out;
    let seconds = run.started_at.map(|from| (run.finished_at.unwrap_or(now) - from).num_milliseconds());
    let number = |count: i64| {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds and people are far below 2^52")]
        let count = count as f64;
        count
    };
    let per_second = seconds
        .filter(|milliseconds| *milliseconds > 0 && done > 0 && run.people.is_some())
        .map(|milliseconds| number(done) * 1000.0 / number(milliseconds));
    let runs = run.state == RunState::Running.as_str();
    let left = number((run.people.unwrap_or_default() - done).max(0));
    RunView {
        not_checked: run.not_checked(),
        seconds_left: per_second.filter(|_| runs).map(|rate| left / rate),
        people_per_second: per_second,
        id: run.id,
        schedule: name,
        schedule_id: run.schedule,
        version: run.version,
        origin: run.origin,
        state: run.state,
        reason: run.reason,
        note: run.note,
        due_at: run.due_at,
        planned_at: Some(run.planned_at),
        started_at: run.started_at,
        finished_at: run.finished_at,
        try_again_at: run.try_again_at,
        started_by: run.actor,
        retry_of: run.retry_of,
        missed_count: run.missed_count,
        missed_since: run.missed_since,
        people: run.people,
        asked: run.asked,
        left_out: run.left_out,
        put_aside: run.failed,
        changed: run.changed,
        requests: run.requests,
        batches: run.batches,
    }
}

/// Times as every output has them: RFC 3339 in UTC, whole seconds.
mod seconds {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
    pub(super) fn serialize<S: Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
        at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).serialize(to)
    }
}
