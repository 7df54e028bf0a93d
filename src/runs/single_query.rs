//! The people of a run, asked about by the query about one person: one by one, each booked before it is sent.

use std::collections::BTreeMap;

use super::way::{Kept, Turn};
use crate::budget::{self, BudgetError};
use crate::check::{self, CheckError, CheckOutcome, RunCheck, ScheduleAsker, Stopped};
use crate::municipality::MunicipalityCode;
use crate::purpose::PurposeRule;
use crate::schedule::definition::AddressRefresh;
use crate::schedule::run_reason::Reason;
use crate::store::StoreError;
use crate::task::{Context, TaskError};

/// Whether so many people, by municipality, can be asked about today, before the first of them is: all or nobody.
pub(super) async fn room(
    context: &Context,
    refresh: &AddressRefresh,
    people: &BTreeMap<String, u32>,
) -> Result<Option<Kept>, TaskError> {
    let rule = match rule(context, refresh) {
        Ok(rule) => rule,
        Err(kept) => return Ok(Some(kept)),
    };
    let queries: Result<BTreeMap<MunicipalityCode, u32>, StoreError> = people
        .iter()
        .map(|(code, count)| Ok((MunicipalityCode::parse(code).map_err(|_| wrong_code())?, *count)))
        .collect();
    let queries = queries?;
    if let Some(code) = queries.keys().find(|code| !rule.is_open_to(code)) {
        let why = format!("purpose {} is not open to municipality {}", rule.name(), code.as_str());
        return Ok(Some(Kept::Failed(Reason::NotUsable, why)));
    }
    match budget::admit_run(context, &queries, rule).await {
        Ok(near) => {
            for usage in near {
                tracing::warn!("a ceiling will be near: {usage}");
            }
            Ok(None)
        }
        Err(error) => {
            let needed: u64 = people.values().map(|count| u64::from(*count)).sum();
            Ok(Some(of_budget(error, &format!("{needed} queries are needed"))?))
        }
    }
}

/// Asks about the people of a turn. Whoever VTJ could not be asked about stays waiting.
pub(super) async fn ask(turn: &Turn<'_>) -> Result<Option<Kept>, TaskError> {
    let rule = match rule(turn.context, turn.refresh) {
        Ok(rule) => rule,
        Err(kept) => return Ok(Some(kept)),
    };
    let asker = ScheduleAsker {
        id: turn.open.run.schedule,
        name: &turn.open.name,
        version: turn.open.run.version,
        municipalities: &turn.refresh.municipalities,
        run: turn.open.run.id,
        os_user: &turn.context.os_user,
        lease: turn.lease,
    };
    for person in turn.people {
        let checked = match check::in_run(turn.context, &asker, person.patron, rule).await {
            Ok(checked) => checked,
            Err(error) => return Ok(Some(of_check(error)?)),
        };
        for warning in &checked.warnings {
            tracing::warn!(schedule = turn.open.name, run = %turn.open.run.id, "{warning}");
        }
        if let Some(kept) = kept_by(turn.context, checked) {
            return Ok(Some(kept));
        }
    }
    Ok(None)
}

/// The purpose of a refresh, and whether its query is there.
fn rule<'a>(context: &'a Context, refresh: &AddressRefresh) -> Result<&'a PurposeRule, Kept> {
    if context.query.is_none() {
        return Err(Kept::Failed(Reason::NotConfigured, BudgetError::NotConfigured.to_string()));
    }
    context.settings.purposes.get(&refresh.purpose).ok_or_else(|| {
        Kept::Failed(Reason::NotUsable, format!("purpose {} is not configured any more", refresh.purpose))
    })
}

/// What one question keeps the run from.
fn kept_by(context: &Context, checked: RunCheck) -> Option<Kept> {
    match checked.stopped {
        Some(Stopped::Ceiling) => Some(Kept::NoRoom(checked.reason)),
        Some(Stopped::QueriesStopped) => Some(Kept::Until(context.clock.now(), checked.reason)),
        Some(Stopped::Breaker(until)) => Some(Kept::Until(until, checked.reason)),
        Some(Stopped::Configuration) => Some(Kept::Failed(Reason::Vtj, checked.reason)),
        None if checked.outcome == CheckOutcome::Transient => Some(Kept::Again(checked.reason)),
        None => None,
    }
}

fn of_budget(error: BudgetError, needed: &str) -> Result<Kept, TaskError> {
    match error {
        BudgetError::CeilingReached(reached) => Ok(Kept::NoRoom(format!("{needed}: {reached}"))),
        BudgetError::NotConfigured => Ok(Kept::Failed(Reason::NotConfigured, error.to_string())),
        BudgetError::Store(error) => Err(error.into()),
    }
}

fn of_check(error: CheckError) -> Result<Kept, TaskError> {
    match error {
        CheckError::Store(error) => Err(error.into()),
        CheckError::Task(error) => Err(error),
        CheckError::Budget(error) => of_budget(error, "one query is needed"),
        error @ (CheckError::UnknownCard | CheckError::NoReason(_)) => {
            Ok(Kept::Failed(Reason::NotUsable, error.to_string()))
        }
    }
}

fn wrong_code() -> StoreError {
    StoreError::inconsistent("run_person", "municipality")
}
