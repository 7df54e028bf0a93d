//! Schedules in English.

use super::super::upcoming::ClockChange;
use super::{Absent, Day, Nights, Row, Time, Times, Which, Words, joined, spelled};

/// Monday first.
pub(super) const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) struct English;

impl Words for English {
    fn day(&self, day: &Day) -> String {
        let in_months = match &day.months {
            None => String::new(),
            Some(rows) => format!(" in {}", months(rows)),
        };
        match &day.which {
            Which::Every => format!("every day{in_months}"),
            Which::WorkingDays => format!("every weekday (Monday to Friday){in_months}"),
            Which::Weekdays(days) => {
                let names: Vec<String> =
                    days.iter().map(|&day| WEEKDAYS[day as usize - 1].to_owned()).collect();
                format!("every {}{in_months}", joined(&names, "and"))
            }
            Which::OfMonth { days, absent } => {
                let days =
                    spelled(days, ordinal, |first, last| format!("{} to {}", ordinal(first), ordinal(last)));
                let of = day.months.as_ref().map_or_else(|| "every month".to_owned(), |rows| months(rows));
                let absent = match absent {
                    Absent::Never => "",
                    Absent::LeapDay => " (29 February in leap years only)",
                    Absent::SomeMonths => " (in months that have the day)",
                };
                format!("on the {} of {of}{absent}", joined(&days, "and"))
            }
        }
    }

    fn times(&self, times: &Times) -> String {
        match times {
            Times::EveryMinutes(step) => every_minutes(*step),
            Times::EveryHour(minutes) if minutes[..] == [(0, 0)] => "every hour on the hour".to_owned(),
            Times::EveryHour(minutes) if minutes[..] == [(1, 1)] => "every hour at 1 minute past".to_owned(),
            Times::EveryHour(minutes) => format!("every hour at {} minutes past", numbers(minutes)),
            Times::MinutesBetween(step, stretches) => {
                let stretches: Vec<String> = stretches.iter().map(|&ends| between(ends)).collect();
                format!("{} {}", every_minutes(*step), joined(&stretches, "and"))
            }
            Times::HoursBetween(1, ends) => format!("every hour {}", between(*ends)),
            Times::HoursBetween(step, ends) => format!("every {step} hours {}", between(*ends)),
            Times::At(times) => {
                let times: Vec<String> = times.iter().map(|&time| clock(time)).collect();
                format!("at {}", joined(&times, "and"))
            }
            Times::Grid { minutes, hours } => {
                format!("at minutes {} of the hours {}", numbers(minutes), numbers(hours))
            }
        }
    }

    fn nights(&self, nights: &Nights) -> String {
        let become_of = |change: &ClockChange| match (change, nights.once) {
            (ClockChange::SpringForward, true) => "when summer time begins, once at 04:00",
            (ClockChange::SpringForward, false) => "when summer time begins, left out",
            (ClockChange::FallBack, true) => "when summer time ends, the first time round only",
            (ClockChange::FallBack, false) => "when summer time ends, both times round",
        };
        let said: Vec<&str> = nights.changes.iter().map(become_of).collect();
        let what = if nights.named { "what falls between 03:00 and 03:59: " } else { "" };
        format!("{what}{}", said.join("; "))
    }

    fn between(&self) -> &'static str {
        ", "
    }
}

fn every_minutes(step: u32) -> String {
    if step == 1 { "every minute".to_owned() } else { format!("every {step} minutes") }
}

fn between((first, last): (Time, Time)) -> String {
    format!("between {} and {}", clock(first), clock(last))
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour, time.minute)
}

fn numbers(rows: &[Row]) -> String {
    joined(&spelled(rows, |number| number.to_string(), |first, last| format!("{first} to {last}")), "and")
}

fn months(rows: &[Row]) -> String {
    let name = |month: u32| MONTHS[month as usize - 1];
    let words = spelled(
        rows,
        |month| name(month).to_owned(),
        |first, last| format!("{} to {}", name(first), name(last)),
    );
    joined(&words, "and")
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 10, number) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}
