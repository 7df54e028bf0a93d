//! Schedules in the Swedish of Finland.

use super::super::upcoming::ClockChange;
use super::{Absent, Day, Nights, Row, Time, Times, Which, Words, joined, spelled};

/// Monday first.
pub(super) const WEEKDAYS: [&str; 7] =
    ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"];
const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];

pub(super) struct Swedish;

impl Words for Swedish {
    fn day(&self, day: &Day) -> String {
        let in_months = match &day.months {
            None => String::new(),
            Some(rows) => format!(" i {}", months(rows)),
        };
        match &day.which {
            Which::Every => format!("varje dag{in_months}"),
            Which::WorkingDays => format!("varje vardag (måndag till fredag){in_months}"),
            Which::Weekdays(days) => {
                let names: Vec<String> =
                    days.iter().map(|&day| WEEKDAYS[day as usize - 1].to_owned()).collect();
                format!("varje {}{in_months}", joined(&names, "och"))
            }
            Which::OfMonth { days, absent } => {
                let of = match &day.months {
                    None => "varje månad".to_owned(),
                    // One day and one month are written as a date: den 1 maj.
                    Some(rows) => match rows[..] {
                        [(first, last)] if first == last => months(rows),
                        _ => format!("i {}", months(rows)),
                    },
                };
                let absent = match absent {
                    Absent::Never => "",
                    Absent::LeapDay => " (29 februari endast under skottår)",
                    Absent::SomeMonths => " (i de månader som har dagen)",
                };
                format!("den {} {of}{absent}", numbers(days))
            }
        }
    }

    fn times(&self, times: &Times) -> String {
        match times {
            Times::EveryMinutes(step) => every_minutes(*step),
            Times::EveryHour(minutes) if minutes[..] == [(0, 0)] => "varje hel timme".to_owned(),
            Times::EveryHour(minutes) if minutes[..] == [(1, 1)] => "varje timme 1 minut över".to_owned(),
            Times::EveryHour(minutes) => format!("varje timme {} minuter över", numbers(minutes)),
            Times::MinutesBetween(step, stretches) => {
                let stretches: Vec<String> = stretches.iter().map(|&ends| between(ends)).collect();
                format!("{} kl. {}", every_minutes(*step), joined(&stretches, "och"))
            }
            Times::HoursBetween(1, ends) => format!("varje timme kl. {}", between(*ends)),
            Times::HoursBetween(2, ends) => format!("varannan timme kl. {}", between(*ends)),
            Times::HoursBetween(step, ends) => format!("var {step}:e timme kl. {}", between(*ends)),
            Times::At(times) => {
                let times: Vec<String> = times.iter().map(|&time| clock(time)).collect();
                format!("kl. {}", joined(&times, "och"))
            }
            Times::Grid { minutes, hours } => {
                format!("vid minuterna {} under timmarna {}", numbers(minutes), numbers(hours))
            }
        }
    }

    fn nights(&self, nights: &Nights) -> String {
        let become_of = |change: &ClockChange| match (change, nights.once) {
            (ClockChange::SpringForward, true) => "när sommartiden börjar en gång kl. 4.00",
            (ClockChange::SpringForward, false) => "när sommartiden börjar inte alls",
            (ClockChange::FallBack, true) => "när sommartiden slutar endast första gången",
            (ClockChange::FallBack, false) => "när sommartiden slutar båda gångerna",
        };
        let said: Vec<&str> = nights.changes.iter().map(become_of).collect();
        let what = if nights.named { "det som infaller kl. 3.00–3.59: " } else { "" };
        format!("{what}{}", said.join("; "))
    }

    fn between(&self) -> &'static str {
        " "
    }
}

fn every_minutes(step: u32) -> String {
    match step {
        1 => "varje minut".to_owned(),
        2 => "varannan minut".to_owned(),
        _ => format!("var {step}:e minut"),
    }
}

fn between((first, last): (Time, Time)) -> String {
    format!("{}–{}", clock(first), clock(last))
}

fn clock(time: Time) -> String {
    format!("{}.{:02}", time.hour, time.minute)
}

fn numbers(rows: &[Row]) -> String {
    joined(&spelled(rows, |number| number.to_string(), |first, last| format!("{first}–{last}")), "och")
}

fn months(rows: &[Row]) -> String {
    let name = |month: u32| MONTHS[month as usize - 1];
    let words = spelled(
        rows,
        |month| name(month).to_owned(),
        |first, last| format!("{}–{}", name(first), name(last)),
    );
    joined(&words, "och")
}
