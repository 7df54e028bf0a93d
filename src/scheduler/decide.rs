//! Which runs the due times of a schedule make, as a pure function.
//!
//! | due time | what it makes |
//! |---|---|
//! | the newest, in time | a run |
//! | the newest, late | a run that makes up for it once, if the schedule says so and it may still start |
//! | those before it that nobody was there for | one `missed` run that counts them |
//! | on a holiday that is left out | a `skipped` run |
//! | during a pause | one `skipped` run a Helsinki day, however often the schedule is due |
//! | while an earlier run has not ended, or queries are stopped | a `skipped` run |

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::clock::helsinki_date;
use crate::schedule::definition::{Definition, Overlap};
use crate::schedule::holiday::Holiday;
use crate::schedule::run_reason::Reason;
use crate::schedule::run_state::RunState;

/// What holds a schedule back, beside its definition.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing {
    /// From when to when it is paused.
    pub paused: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The Helsinki day of the newest due time that was skipped for a pause.
    pub pause_noted_on: Option<NaiveDate>,
    /// Whether an earlier run of it has not ended.
    pub has_open_run: bool,
    /// Whether what it starts would ask VTJ while every query is stopped.
    pub queries_stopped: bool,
    /// How long after its due time a start is in time: as long as it takes to look again, and a little.
    pub in_time: TimeDelta,
}

impl Standing {
    fn is_paused_at(&self, at: DateTime<Utc>) -> bool {
        self.paused.is_some_and(|(from, until)| from <= at && at < until)
    }
}

/// A run to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// Whether it makes up for a due time that nobody was there for.
    pub is_catch_up: bool,
    /// Where it stands.
    pub state: RunState,
    /// Why, where it is not planned.
    pub reason: Option<Reason>,
    /// Of due times missed in a row: the first, and how many.
    pub missed: Option<(DateTime<Utc>, i64)>,
}

/// The runs that due times make, which have come and have not been gone through, in order.
pub fn runs_of(
    now: DateTime<Utc>,
    due: &[DateTime<Utc>],
    definition: &Definition,
    standing: &Standing,
) -> Vec<NewRun> {
    let mut runs = Vec::new();
    if !definition.enabled {
        return runs;
    }
    let holidays = definition.holidays();
    let mut to_start = Vec::with_capacity(due.len());
    let mut pause_noted_on = standing.pause_noted_on;
    for &at in due {
        if standing.is_paused_at(at) {
            let day = helsinki_date(at);
            if pause_noted_on.is_none_or(|noted| noted < day) {
                pause_noted_on = Some(day);
                runs.push(skipped(at, Reason::Paused));
            }
        } else if Holiday::among(&holidays, at).is_some() {
            runs.push(skipped(at, Reason::Holiday));
        } else {
            to_start.push(at);
        }
    }
    let Some((&newest, earlier)) = to_start.split_last() else { return runs };
    match start(now, newest, definition, standing) {
        Ok(run) => {
            runs.extend(missed(earlier, Reason::NobodyRan));
            runs.push(run);
        }
        Err(reason) => runs.extend(missed(&to_start, reason)),
    }
    runs
}

/// The run of the newest due time, or why it is missed.
fn start(
    now: DateTime<Utc>,
    newest: DateTime<Utc>,
    definition: &Definition,
    standing: &Standing,
) -> Result<NewRun, Reason> {
    let late = now - newest;
    let is_catch_up = late > standing.in_time;
    if standing.is_paused_at(now) {
        return Ok(skipped(newest, Reason::Paused));
    }
    if definition.is_too_late(now, newest) {
        return Err(Reason::TooLate);
    }
    if is_catch_up && !definition.catch_up {
        return Err(Reason::NobodyRan);
    }
    let held = if standing.queries_stopped {
        Some(Reason::QueriesStopped)
    } else if standing.has_open_run && definition.overlap == Overlap::Forbid {
        Some(Reason::Overlap)
    } else {
        None
    };
    let state = if held.is_some() { RunState::Skipped } else { RunState::Planned };
    Ok(NewRun { due_at: newest, is_catch_up, state, reason: held, missed: None })
}

fn skipped(due_at: DateTime<Utc>, reason: Reason) -> NewRun {
    NewRun { due_at, is_catch_up: false, state: RunState::Skipped, reason: Some(reason), missed: None }
}

/// One run for due times missed in a row.
fn missed(due: &[DateTime<Utc>], reason: Reason) -> Option<NewRun> {
    let (&since, &due_at) = (due.first()?, due.last()?);
    let missed = Some((since, i64::try_from(due.len()).unwrap_or(i64::MAX)));
    Some(NewRun { due_at, is_catch_up: false, state: RunState::Missed, reason: Some(reason), missed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{CronExpression, Task};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn daily() -> Definition {
        Definition::of_task(Task::Fetch, CronExpression::parse("0 6 * * *").unwrap())
    }

    fn standing() -> Standing {
        Standing { in_time: TimeDelta::minutes(1), ..Standing::default() }
    }

    /// Mornings of January 2027 at six in Helsinki.
    fn mornings(days: std::ops::RangeInclusive<u32>) -> Vec<DateTime<Utc>> {
        days.map(|day| at(&format!("2027-01-{day:02}T04:00:00Z"))).collect()
    }

    /// State, reason, whether it makes up, and how many it counts.
    fn said(runs: &[NewRun]) -> Vec<String> {
        runs.iter()
            .map(|run| {
                let reason = run.reason.map_or("", Reason::as_str);
                let count = run.missed.map_or(0, |(_, count)| count);
                let up = if run.is_catch_up { "up" } else { "" };
                format!("{} {} {reason} {up} {count}", run.due_at.format("%d"), run.state.as_str())
            })
            .collect()
    }

    #[test]
    fn a_due_time_in_time_is_a_run() {
        let runs = runs_of(at("2027-01-04T04:00:01Z"), &mornings(4..=4), &daily(), &standing());
        assert_eq!(said(&runs), ["04 planned   0"]);
    }

    #[test]
    fn late_ones_are_one_missed_run_that_counts_them_and_one_that_makes_up() {
        let now = at("2027-01-20T12:00:00Z");
        let runs = runs_of(now, &mornings(11..=20), &daily(), &standing());
        assert_eq!(said(&runs), ["19 missed nobody_ran  9", "20 planned  up 0"]);
        let none = Definition { catch_up: false, ..daily() };
        assert_eq!(said(&runs_of(now, &mornings(11..=20), &none, &standing())), ["20 missed nobody_ran  10"]);
        let late = Definition { start_within_minutes: Some(60), ..daily() };
        assert_eq!(said(&runs_of(now, &mornings(11..=20), &late, &standing())), ["20 missed too_late  10"]);
    }

    #[test]
    fn a_holiday_is_skipped_and_the_day_before_it_is_made_up_for() {
        let definition = Definition { skip_holidays: [Holiday::Epiphany].into(), ..daily() };
        let runs = runs_of(at("2027-01-06T04:00:01Z"), &mornings(5..=6), &definition, &standing());
        assert_eq!(said(&runs), ["06 skipped holiday  0", "05 planned  up 0"]);
    }

    #[test]
    fn a_pause_leaves_one_run_a_day_and_nothing_starts_in_it() {
        let paused = Some((at("2027-01-03T00:00:00Z"), at("2027-01-05T00:00:00Z")));
        let every_six = [at("2027-01-03T04:00:00Z"), at("2027-01-03T10:00:00Z"), at("2027-01-04T04:00:00Z")];
        let standing = Standing { paused, ..standing() };
        let now = at("2027-01-04T04:00:01Z");
        let runs = runs_of(now, &every_six, &daily(), &standing);
        assert_eq!(said(&runs), ["03 skipped paused  0", "04 skipped paused  0"]);
        let noted = Standing { pause_noted_on: Some(helsinki_date(now)), ..standing };
        assert!(runs_of(now, &mornings(4..=4), &daily(), &noted).is_empty());
        // Due before the pause, and nobody was there: it is not started in the pause either.
        let runs = runs_of(now, &mornings(1..=2), &daily(), &standing);
        assert_eq!(said(&runs), ["01 missed nobody_ran  1", "02 skipped paused  0"]);
    }

    #[test]
    fn an_earlier_run_that_has_not_ended_or_a_stop_of_queries_keeps_it_from_starting() {
        let now = at("2027-01-04T04:00:01Z");
        let open = Standing { has_open_run: true, ..standing() };
        assert_eq!(said(&runs_of(now, &mornings(4..=4), &daily(), &open)), ["04 skipped overlap  0"]);
        let queue = Definition { overlap: Overlap::Queue, ..daily() };
        assert_eq!(said(&runs_of(now, &mornings(4..=4), &queue, &open)), ["04 planned   0"]);
        let stopped = Standing { queries_stopped: true, ..standing() };
        let runs = runs_of(now, &mornings(4..=4), &daily(), &stopped);
        assert_eq!(said(&runs), ["04 skipped queries_stopped  0"]);
        let off = Definition { enabled: false, ..daily() };
        assert!(runs_of(now, &mornings(1..=4), &off, &standing()).is_empty());
    }
}
