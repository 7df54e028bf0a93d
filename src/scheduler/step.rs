//! What a schedule does next, as a pure function of the clock and its last due time.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

use crate::schedule::CronExpression;

/// A last due time this far ahead of the clock comes from a clock that was wrong. Less is an ordinary
/// correction of the clock, and waiting it out is what keeps a due time from starting twice.
pub const CLOCK_CORRECTION: TimeDelta = TimeDelta::hours(1);

/// The most due times of one schedule that are gone through one by one: a week of minutes. Of more, the first so
/// many are counted, and the newest is found without them.
pub const MOST_DUE: usize = 7 * 24 * 60;

/// How far back the newest missed due time is looked for, step by step.
const LOOK_BACK: [TimeDelta; 5] = [
    TimeDelta::hours(2),
    TimeDelta::days(2),
    TimeDelta::days(32),
    TimeDelta::days(367),
    // From one 29 February to the next across a year 1900 or 2100.
    TimeDelta::days(8 * 366),
];

/// What a schedule does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// What is known of it cannot be true: it counts from this instant on.
    Begin(DateTime<Utc>),
    /// These due times have come and have not been started, in order; at least one and at most [`MOST_DUE`].
    Due(Vec<DateTime<Utc>>),
    /// Its next due time.
    WaitUntil(DateTime<Utc>),
    /// It is not due any more.
    Never,
}

/// Since when due times count: since the last one, but not from before the version in force, whose times they are.
/// An instant in the future is no beginning: the clock was wrong then, or is now.
pub fn counts_from(
    now: DateTime<Utc>,
    last_due: Option<DateTime<Utc>>,
    in_force_since: DateTime<Utc>,
) -> DateTime<Utc> {
    let since = (in_force_since <= now).then_some(in_force_since);
    last_due.max(since).unwrap_or(in_force_since)
}

/// Decides what a schedule does next whose due times count from an instant on.
pub fn next_step(now: DateTime<Utc>, from: DateTime<Utc>, expression: &CronExpression) -> Step {
    if from - now > CLOCK_CORRECTION {
        return Step::Begin(now.trunc_subsecs(6));
    }
    match expression.next_after(from) {
        None => Step::Never,
        Some(next) if next > now => Step::WaitUntil(next),
        Some(_) => Step::Due(due_between(from, now, expression)),
    }
}

fn due_between(from: DateTime<Utc>, now: DateTime<Utc>, expression: &CronExpression) -> Vec<DateTime<Utc>> {
    let mut due: Vec<_> = expression.iter_after(from).take_while(|due| *due <= now).take(MOST_DUE).collect();
    if due.len() == MOST_DUE
        && let Some(last) = due.last_mut()
    {
        *last = newest_due(*last, now, expression);
    }
    due
}

/// The newest due time up to now, `missed` being one; found without going through years of minutes.
fn newest_due(missed: DateTime<Utc>, now: DateTime<Utc>, expression: &CronExpression) -> DateTime<Utc> {
    let first = LOOK_BACK
        .iter()
        .map(|back| now - *back)
        .take_while(|from| *from > missed)
        .find_map(|from| expression.next_after(from).filter(|due| *due <= now))
        .unwrap_or(missed);
    expression.iter_after(first).take_while(|due| *due <= now).last().unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn cron(text: &str) -> CronExpression {
        CronExpression::parse(text).unwrap()
    }

    /// Every due time started while the clock goes from one instant to another in steps of a minute.
    fn started(from: &str, to: &str, expression: &str) -> Vec<String> {
        let (mut now, expression) = (at(from), cron(expression));
        let mut last_due = now;
        let mut started = Vec::new();
        while now <= at(to) {
            if let Step::Due(due) = next_step(now, last_due, &expression) {
                last_due = *due.last().unwrap();
                started.extend(due.iter().map(|due| due.format("%H:%MZ").to_string()));
            }
            now += TimeDelta::minutes(1);
        }
        started
    }

    #[test]
    fn a_nightly_task_starts_once_when_the_clock_goes_forward() {
        assert_eq!(started("2027-03-27T22:00:01Z", "2027-03-28T12:00:00Z", "30 3 * * *"), ["01:00Z"]);
    }

    #[test]
    fn a_nightly_task_starts_once_when_the_clock_goes_back() {
        assert_eq!(started("2027-10-30T21:00:01Z", "2027-10-31T12:00:00Z", "30 3 * * *"), ["00:30Z"]);
    }

    #[test]
    fn an_hourly_task_starts_every_hour_of_both_nights() {
        let spring = started("2027-03-27T22:00:01Z", "2027-03-28T03:00:00Z", "7 * * * *");
        assert_eq!(spring, ["22:07Z", "23:07Z", "00:07Z", "01:07Z", "02:07Z"]);
        let autumn = started("2027-10-30T22:00:01Z", "2027-10-31T03:00:00Z", "7 * * * *");
        assert_eq!(autumn, ["22:07Z", "23:07Z", "00:07Z", "01:07Z", "02:07Z"]);
    }

    #[test]
    fn every_due_time_that_nobody_was_there_for_is_found_once() {
        let expression = cron("7 * * * *");
        let step = next_step(at("2027-05-04T10:30:00Z"), at("2027-05-04T07:07:00Z"), &expression);
        let due = ["2027-05-04T08:07:00Z", "2027-05-04T09:07:00Z", "2027-05-04T10:07:00Z"].map(at);
        assert_eq!(step, Step::Due(due.into()));
        let after = next_step(at("2027-05-04T10:30:00Z"), at("2027-05-04T10:07:00Z"), &expression);
        assert_eq!(after, Step::WaitUntil(at("2027-05-04T11:07:00Z")));
    }

    #[test]
    fn of_a_year_of_missed_minutes_a_week_is_counted_and_the_newest_is_found() {
        let step = next_step(at("2028-05-04T10:30:30Z"), at("2027-05-04T10:30:00Z"), &cron("* * * * *"));
        let Step::Due(due) = step else { panic!("{step:?}") };
        assert_eq!(due.len(), MOST_DUE);
        assert_eq!((due[0], due[MOST_DUE - 1]), (at("2027-05-04T10:31:00Z"), at("2028-05-04T10:30:00Z")));
        let rare = next_step(at("2031-01-01T00:00:30Z"), at("2024-02-28T22:00:00Z"), &cron("0 0 29 2 *"));
        assert_eq!(rare, Step::Due(vec![at("2028-02-28T22:00:00Z")]));
    }

    #[test]
    fn a_clock_set_back_a_year_is_not_waited_out() {
        let now = at("2026-05-04T10:30:15Z");
        assert_eq!(next_step(now, at("2027-05-04T10:07:00Z"), &cron("7 * * * *")), Step::Begin(now));
        let from = counts_from(now, Some(now), at("2027-01-01T00:00:00Z"));
        assert_eq!(next_step(now, from, &cron("7 * * * *")), Step::WaitUntil(at("2026-05-04T11:07:00Z")));
    }

    #[test]
    fn a_clock_corrected_by_seconds_starts_nothing_twice() {
        let step = next_step(at("2027-05-04T10:06:58Z"), at("2027-05-04T10:07:00Z"), &cron("7 * * * *"));
        assert_eq!(step, Step::WaitUntil(at("2027-05-04T11:07:00Z")));
    }

    #[test]
    fn a_new_version_counts_from_when_it_is_in_force() {
        let (now, made) = (at("2027-05-04T10:30:00Z"), at("2027-05-04T10:00:00Z"));
        assert_eq!(counts_from(now, None, made), made);
        assert_eq!(counts_from(now, Some(at("2027-05-01T00:00:00Z")), made), made);
        assert_eq!(counts_from(now, Some(at("2027-05-04T10:07:00Z")), made), at("2027-05-04T10:07:00Z"));
    }
}
