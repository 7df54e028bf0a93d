//! What a schedule does next, as a pure function of the clock and its last due time.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Timelike as _, Utc};

use crate::schedule::CronExpression;

/// A last due time this far ahead of the clock comes from a clock that was wrong. Less is an ordinary
/// correction of the clock, and waiting it out is what keeps a due time from starting twice.
pub const CLOCK_CORRECTION: TimeDelta = TimeDelta::hours(1);

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing is known of it, or what is known cannot be true: it counts from this instant on.
    Begin(DateTime<Utc>),
    /// This due time has come and has not been started. Earlier ones that were missed are not made up for.
    Due(DateTime<Utc>),
    /// Its next due time.
    WaitUntil(DateTime<Utc>),
    /// It is not due any more.
    Never,
}

/// Decides what a schedule does next.
pub fn next_step(now: DateTime<Utc>, last_due: Option<DateTime<Utc>>, expression: &CronExpression) -> Step {
    let Some(last_due) = last_due else { return Step::Begin(beginning(now)) };
    if last_due - now > CLOCK_CORRECTION {
        return Step::Begin(beginning(now));
    }
    match expression.next_after(last_due) {
        None => Step::Never,
        Some(next) if next > now => Step::WaitUntil(next),
        Some(next) => Step::Due(newest_due(next, now, expression)),
    }
}

/// Whether a stored instant is a due time, which falls on a whole minute, and not a [`Step::Begin`].
pub fn is_due_time(stored: DateTime<Utc>) -> bool {
    stored.second() == 0 && stored.nanosecond() == 0
}

/// An instant from which a schedule counts, told apart from a due time.
fn beginning(now: DateTime<Utc>) -> DateTime<Utc> {
    let now = now.trunc_subsecs(6);
    if is_due_time(now) { now + TimeDelta::microseconds(1) } else { now }
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
        let mut last_due = Some(now);
        let mut started = Vec::new();
        while now <= at(to) {
            if let Step::Due(due) = next_step(now, last_due, &expression) {
                last_due = Some(due);
                started.push(due.format("%H:%MZ").to_string());
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
    fn of_the_due_times_missed_only_the_newest_is_made_up_for() {
        let expression = cron("7 * * * *");
        let step = next_step(at("2027-05-04T10:30:00Z"), Some(at("2027-05-01T08:07:00Z")), &expression);
        assert_eq!(step, Step::Due(at("2027-05-04T10:07:00Z")));
        let after = next_step(at("2027-05-04T10:30:00Z"), Some(at("2027-05-04T10:07:00Z")), &expression);
        assert_eq!(after, Step::WaitUntil(at("2027-05-04T11:07:00Z")));
    }

    #[test]
    fn a_year_of_missed_minutes_is_one_due_time() {
        let step =
            next_step(at("2028-05-04T10:30:30Z"), Some(at("2027-05-04T10:30:00Z")), &cron("* * * * *"));
        assert_eq!(step, Step::Due(at("2028-05-04T10:30:00Z")));
        let rare =
            next_step(at("2031-01-01T00:00:30Z"), Some(at("2024-02-28T22:00:00Z")), &cron("0 0 29 2 *"));
        assert_eq!(rare, Step::Due(at("2028-02-28T22:00:00Z")));
    }

    #[test]
    fn a_clock_set_back_a_year_is_not_waited_out() {
        let now = at("2026-05-04T10:30:15Z");
        assert_eq!(next_step(now, Some(at("2027-05-04T10:07:00Z")), &cron("7 * * * *")), Step::Begin(now));
    }

    #[test]
    fn a_clock_corrected_by_seconds_starts_nothing_twice() {
        let step =
            next_step(at("2027-05-04T10:06:58Z"), Some(at("2027-05-04T10:07:00Z")), &cron("7 * * * *"));
        assert_eq!(step, Step::WaitUntil(at("2027-05-04T11:07:00Z")));
    }

    #[test]
    fn a_schedule_seen_first_counts_from_now() {
        let now = at("2027-05-04T10:07:00Z");
        let step = next_step(now, None, &cron("7 * * * *"));
        let Step::Begin(from) = step else { panic!("{step:?}") };
        assert!(!is_due_time(from) && from > now);
        let next = next_step(from, Some(from), &cron("7 * * * *"));
        assert_eq!(next, Step::WaitUntil(at("2027-05-04T11:07:00Z")));
    }
}
