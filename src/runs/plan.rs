//! Whom a run is about: chosen once, before the first question, within the budget of its version.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::way::{Kept, Way};
use super::{RUN, state};
use crate::audit::{self, Actor};
use crate::lease::Lease;
use crate::municipality::MunicipalityCode;
use crate::schedule::definition::{AddressRefresh, Definition, OverBudget};
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::segment::Segment;
use crate::store::run::{OpenRun, RunRow};
use crate::store::segment::SegmentScope;
use crate::store::{self, run_person};
use crate::task::{Context, TaskError};

/// A run that waits for its budget looks again after so long.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(10);
/// A run that VTJ kept from going on is tried again after so long.
const TRY_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// So often in a row; then it has failed.
const MOST_TRIES: i64 = 5;

/// What is needed to move one run.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) context: &'a Context,
    pub(super) lease: &'a Lease,
    pub(super) definition: &'a Definition,
    pub(super) refresh: &'a AddressRefresh,
    pub(super) way: Way,
}

impl Desk<'_> {
    fn now(&self) -> DateTime<Utc> {
        self.context.clock.now()
    }

    /// Chooses the people of a run that has not begun, sees whether they may be asked about, and begins it. What it
    /// comes to is in the row.
    pub(super) async fn plan(&self, open: &mut OpenRun) -> Result<(), TaskError> {
        if open.run.started_at.is_none()
            && let Some((state, reason)) = state::held_back(self.now(), open, self.definition)
        {
            return self.end(open, state, Some(reason)).await;
        }
        let is_chosen =
            open.run.people.is_some() && open.run.reason.as_deref() != Some(Reason::OverBudget.as_str());
        if !is_chosen && !self.choose(open).await? {
            return Ok(());
        }
        let waiting = run_person::count_waiting(&mut self.context.db.read().await?, open.run.id).await?;
        let people: BTreeMap<String, u32> = waiting
            .into_iter()
            .map(|(code, count)| (code, u32::try_from(count).unwrap_or(u32::MAX)))
            .collect();
        if let Some(kept) = self.way.room(self.context, self.refresh, &people).await? {
            return self.keep(open, kept).await;
        }
        self.begin(open).await
    }

    /// Freezes the people of the segment as those of the run. False when it does not go on.
    async fn choose(&self, open: &mut OpenRun) -> Result<bool, TaskError> {
        let (segment, scope) = match self.selection() {
            Ok(selection) => selection,
            Err(why) => {
                self.keep(open, Kept::Failed(Reason::NotUsable, why)).await?;
                return Ok(false);
            }
        };
        let counts = store::segment::count(&mut self.context.db.read().await?, &segment, &scope).await?;
        let selected: u64 = counts.iter().map(|(_, people)| people).sum();
        let budget = self.refresh.budget;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        if selected > u64::from(budget) && self.refresh.over_budget == OverBudget::Wait {
            open.run.people = Some(number(selected));
            let note = format!("{selected} people are selected, and the budget is {budget}");
            self.wait(open, Reason::OverBudget, note).await?;
            return Ok(false);
        }
        let mut tx = self.lease.begin().await?;
        let frozen = store::segment::freeze(&mut tx, open.run.id, &segment, &scope, Some(budget)).await?;
        // The register may have moved since it was counted.
        open.run.people = Some(number(selected.max(frozen)));
        open.run.reason = None;
        open.run.note = None;
        RunState::Planned.as_str().clone_into(&mut open.run.state);
        store::run::update(&mut tx, &open.run, Some(self.lease.epoch())).await?;
        tx.commit("run.choose").await?;
        Ok(true)
    }

    /// The segment and what it selects within, or why they cannot be used.
    fn selection(&self) -> Result<(Segment, SegmentScope), String> {
        let settings = &self.context.settings;
        let segment = self.refresh.segment.clone();
        segment.check(&settings.segment).map_err(|error| error.to_string())?;
        let mut municipalities: Vec<MunicipalityCode> = Vec::new();
        for code in &self.refresh.municipalities {
            let known = settings.municipalities.get(code);
            let known = known.ok_or_else(|| format!("municipality {code} is not configured any more"))?;
            municipalities.push(known.code.clone());
        }
        if !settings.purposes.contains_key(&self.refresh.purpose) {
            return Err(format!("purpose {} is not configured any more", self.refresh.purpose));
        }
        let scope = SegmentScope {
            municipalities,
            today: self.context.clock.today(),
            rules: settings.segment.clone(),
        };
        Ok((segment, scope))
    }

    async fn begin(&self, open: &mut OpenRun) -> Result<(), TaskError> {
        let resumed = open.run.started_at.is_some();
        state::to(&mut open.run, RunState::Running)?;
        open.run.reason = None;
        open.run.note = None;
        open.run.try_again_at = None;
        open.run.started_at = open.run.started_at.or(Some(self.now()));
        let people = open.run.people.unwrap_or_default();
        let word = if resumed { "goes on" } else { "begins" };
        self.write(open, "run.begin", &format!("{word}: {people} people, budget {}", self.refresh.budget))
            .await
    }

    /// Notes why a run does not go on now.
    pub(super) async fn keep(&self, open: &mut OpenRun, kept: Kept) -> Result<(), TaskError> {
        match kept {
            Kept::Failed(reason, why) => {
                open.run.note = Some(why);
                self.end(open, RunState::Failed, Some(reason)).await
            }
            Kept::Again(why) if open.run.tries + 1 >= MOST_TRIES => {
                open.run.tries += 1;
                open.run.note = Some(why);
                self.end(open, RunState::Failed, Some(Reason::Vtj)).await
            }
            Kept::Again(why) => {
                open.run.tries += 1;
                self.try_again(open, self.now() + TRY_AGAIN, why).await
            }
            Kept::Until(at, why) => self.try_again(open, at.max(self.now() + TRY_AGAIN), why).await,
            Kept::NoRoom(why) => self.wait(open, Reason::Ceiling, why).await,
        }
    }

    async fn try_again(&self, open: &mut OpenRun, at: DateTime<Utc>, why: String) -> Result<(), TaskError> {
        tracing::warn!(schedule = open.name, run = %open.run.id, why, "a run is tried again at {}", at.to_rfc3339());
        open.run.try_again_at = Some(at);
        open.run.note = Some(why);
        let mut tx = self.lease.begin().await?;
        store::run::update(&mut tx, &open.run, Some(self.lease.epoch())).await?;
        Ok(tx.commit("run.later").await?)
    }

    /// Lets a run wait for room, or ends it when it may not wait any longer.
    async fn wait(&self, open: &mut OpenRun, reason: Reason, note: String) -> Result<(), TaskError> {
        let due = open.run.due_at.unwrap_or(open.run.planned_at);
        open.run.note = Some(note);
        if self.definition.is_too_late(self.now(), due) {
            return match open.run.started_at {
                Some(_) => self.end(open, RunState::PartlyDone, Some(reason)).await,
                None => self.end(open, RunState::Missed, Some(Reason::TooLate)).await,
            };
        }
        let waits_already = open.run.state == RunState::WaitingForBudget.as_str();
        state::to(&mut open.run, RunState::WaitingForBudget)?;
        open.run.reason = Some(reason.as_str().to_owned());
        open.run.try_again_at = Some(self.now() + LOOK_AGAIN);
        if waits_already {
            let mut tx = self.lease.begin().await?;
            store::run::update(&mut tx, &open.run, Some(self.lease.epoch())).await?;
            return Ok(tx.commit("run.later").await?);
        }
        let detail = format!("waits: {}", open.run.note.as_deref().unwrap_or_default());
        self.write(open, "run.wait", &detail).await
    }

    /// Ends a run, with what was not checked in the audit log.
    pub(super) async fn end(
        &self,
        open: &mut OpenRun,
        state: RunState,
        reason: Option<Reason>,
    ) -> Result<(), TaskError> {
        state::set_ended(&mut open.run, state, reason, self.now())?;
        let detail = summary(&open.run);
        self.write(open, "run.end", &detail).await
    }

    /// Stores where a run stands, with its record.
    async fn write(&self, open: &OpenRun, action: &'static str, detail: &str) -> Result<(), TaskError> {
        let detail = format!("{}, version {}, run {}: {detail}", open.name, open.run.version, open.run.id);
        tracing::info!("{detail}");
        let mut event = self.context.event_of(&Actor::Task(RUN), action).detail(detail);
        event.purpose = Some(self.refresh.purpose.clone());
        let mut tx = self.lease.begin().await?;
        store::run::update(&mut tx, &open.run, Some(self.lease.epoch())).await?;
        audit::record(&mut tx, &[event]).await?;
        Ok(tx.commit(action).await?)
    }
}

/// The numbers of a run in words.
fn summary(run: &RunRow) -> String {
    let reason = run.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!(
        "{}{reason}: {} people, {} asked about, {} left out, {} put aside, {} not checked",
        run.state,
        run.people.unwrap_or_default(),
        run.asked,
        run.left_out,
        run.failed,
        run.not_checked()
    )
}
