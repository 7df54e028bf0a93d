//! How a run stands, in the language of the page.

use crate::runs::{Refused, RunError, RunView};
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;
use crate::task::TaskError;
use crate::web::Language;
use crate::web::errors::WebError;
use crate::web::schedule::{Badge, not_allowed};
use crate::web::texts::Argument as _;
use crate::web::visit::Visit;

/// A state as icon and word.
pub(super) fn badge(l: Language, state: &str) -> Badge {
    let (class, icon) = match RunState::from_word(state) {
        Some(RunState::Planned) => ("plain", "…"),
        Some(RunState::Running) => ("plain", "▶"),
        Some(RunState::WaitingForBudget) => ("warn", "‖"),
        Some(RunState::Done) => ("good", "✓"),
        Some(RunState::PartlyDone) => ("warn", "!"),
        Some(RunState::Failed | RunState::Missed) => ("bad", "✕"),
        Some(RunState::Skipped) | None => ("plain", "○"),
    };
    Badge::new(class, icon, state_word(l, state))
}

/// The word of a state.
pub(in crate::web) fn state_word(l: Language, state: &str) -> String {
    l.known(&format!("run-state-{state}")).unwrap_or_else(|| state.to_owned())
}

/// How far a run is, as it is said and drawn.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Bar {
    /// How many people it is done with.
    pub(super) done: i64,
    /// How many people it is about.
    pub(super) people: i64,
    /// The same in words, with the rate and the time left.
    pub(super) text: String,
}

impl Bar {
    /// Nothing where there are no people to count.
    pub(super) fn of(l: Language, run: &RunView) -> Option<Self> {
        let people = run.people.filter(|people| *people > 0)?;
        let done = (run.asked + run.put_aside + run.left_out).min(people);
        let counted = [("done", done.value()), ("people", people.value())];
        let text = match (run.people_per_second, run.seconds_left) {
            (Some(rate), Some(left)) => {
                let [done, people] = counted;
                let values = [
                    done,
                    people,
                    ("rate", l.decimal(format!("{rate:.1}")).value()),
                    ("left", time_left(l, left).value()),
                ];
                l.with("run-progress-rate", &values)
            }
            _ => l.with("run-progress", &counted),
        };
        Some(Self { done, people, text })
    }
}

/// A time to wait, rounded up.
fn time_left(l: Language, seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds of a run, rounded up"
    )]
    let seconds = seconds.max(0.0).ceil() as u64;
    match seconds {
        0..60 => l.t1("run-seconds", "count", seconds),
        60..7200 => l.t1("run-minutes", "count", seconds.div_ceil(60)),
        _ => l.t1("run-hours", "count", seconds.div_ceil(3600)),
    }
}

/// Where a run stands and why, in a sentence.
pub(super) fn standing(l: Language, run: &RunView) -> String {
    let state = RunState::from_word(&run.state);
    let reason = run.reason.as_deref().and_then(Reason::from_word);
    let reason = reason.map(|reason| l.t(&format!("run-reason-{}", reason.as_str())));
    let id = match state {
        Some(RunState::Missed) if run.missed_count.is_some_and(|count| count > 1) => {
            "run-said-missed_many".to_owned()
        }
        Some(state) => format!("run-said-{}", state.as_str()),
        None => return run.state.clone(),
    };
    let said = l.t1(&id, "count", run.missed_count.unwrap_or(1));
    match reason {
        Some(reason) => l.t2("run-said-because", "said", said, "reason", reason),
        None => said,
    }
}

/// What was not checked, in a sentence; nothing while nobody has been chosen.
pub(super) fn unchecked(l: Language, run: &RunView) -> Option<String> {
    let people = run.people?;
    let values =
        [("people", people.value()), ("left", run.not_checked.value()), ("failed", run.put_aside.value())];
    let id = match (people, run.not_checked, run.put_aside) {
        (0, ..) => "run-unchecked-nobody_selected",
        (_, 0, 0) => "run-unchecked-nobody",
        (_, 0, _) => "run-unchecked-failed",
        (_, _, 0) => "run-unchecked-left",
        _ => "run-unchecked-both",
    };
    Some(l.with(id, &values))
}

/// The page of an act or a look that was refused.
pub(in crate::web) fn failed(visit: &Visit, error: RunError) -> WebError {
    let l = visit.language;
    match error {
        RunError::UnknownSchedule(_) | RunError::UnknownRun(_) => WebError::NotFound,
        RunError::NotAllowed(why) => WebError::Refused(not_allowed(visit, &why)),
        RunError::Refused(why) => WebError::Conflict(refused(l, &why)),
        RunError::HeldElsewhere => WebError::Conflict(l.t("run-refused-held")),
        RunError::Task(TaskError::Store(error)) | RunError::Store(error) => {
            crate::web::schedule::of_store(visit, error)
        }
        RunError::Task(error) => WebError::Internal(error.into()),
    }
}

fn refused(l: Language, why: &Refused) -> String {
    let id = format!("run-refused-{}", why.as_str());
    match why {
        Refused::Paused { until, .. } => l.t1(&id, "until", l.time(*until)),
        Refused::AnotherOpen { state, .. }
        | Refused::Ended { state, .. }
        | Refused::NotEnded { state, .. } => l.t1(&id, "state", state_word(l, state)),
        Refused::EndedMeanwhile(_)
        | Refused::RoundUnderWay
        | Refused::OfTask(_)
        | Refused::RetriedBy { .. }
        | Refused::NobodyLeft { .. }
        | Refused::Removed => l.t(&id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_reason_has_its_text() {
        for state in RunState::ALL {
            for id in ["run-state", "run-said"].map(|id| format!("{id}-{}", state.as_str())) {
                assert!(Language::Sv.known(&id).is_some(), "{id}");
            }
        }
        for reason in Reason::ALL {
            let id = format!("run-reason-{}", reason.as_str());
            assert!(Language::Sv.known(&id).is_some(), "{id}");
        }
    }
}
