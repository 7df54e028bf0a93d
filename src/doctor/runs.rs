//! What became of the runs of schedules lately.

use chrono::{DateTime, TimeDelta, Utc};

use super::Check;
use crate::schedule::run_state::RunState;
use crate::store::{self, Result, Tx};

/// A week: what is due weekly is in it.
const LATELY: TimeDelta = TimeDelta::days(7);

/// Runs that failed, were missed, or wait for their budget; otherwise one line that all is well.
pub(super) async fn runs(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    for (state, what) in [(RunState::Failed, "failed"), (RunState::Missed, "were missed")] {
        let ended = store::run::ended_since(tx, state.as_str(), now - LATELY).await?;
        if !ended.is_empty() {
            let of: Vec<String> = ended.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            checks.push(Check::warn(
                "runs",
                format!("runs of the last seven days {what}: {}", of.join(", ")),
                format!(
                    "see why with `ajantasa run list --state {}` and `ajantasa run show ID`",
                    state.as_str()
                ),
            ));
        }
    }
    for open in store::run::open(tx).await? {
        if open.run.state == RunState::WaitingForBudget.as_str() {
            let note = open.run.note.unwrap_or_default();
            checks.push(Check::warn(
                "runs",
                format!("a run of {} waits for its budget: {note}", open.name),
                format!("let it wait, or `ajantasa run cancel {} --as NAME`", open.run.id),
            ));
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok(
            "runs",
            "none failed, was missed or waits for its budget in the last seven days",
        ));
    }
    Ok(checks)
}
