//! Schedules in Finnish.

use super::super::upcoming::ClockChange;
use super::{Absent, Day, Nights, Row, Time, Times, Which, Words, joined, spelled};

/// Monday first.
pub(super) const WEEKDAYS: [&str; 7] =
    ["maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"];
/// The months are these with -kuu and its cases.
const MONTHS: [&str; 12] =
    ["tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"];

pub(super) struct Finnish;

impl Words for Finnish {
    fn day(&self, day: &Day) -> String {
        let in_months = match &day.months {
            None => String::new(),
            Some(rows) => format!(" {}", in_months(rows)),
        };
        match &day.which {
            Which::Every => format!("joka päivä{in_months}"),
            Which::WorkingDays => format!("arkisin (maanantaista perjantaihin){in_months}"),
            Which::Weekdays(days) => {
                // maanantai, maanantaisin; keskiviikko, keskiviikkoisin.
                let names: Vec<String> =
                    days.iter().map(|&day| format!("{}sin", stem(WEEKDAYS[day as usize - 1]))).collect();
                format!("{}{in_months}", joined(&names, "ja"))
            }
            Which::OfMonth { days, absent } => {
                let days = spelled(days, |day| format!("{day}."), |first, last| format!("{first}.–{last}."));
                let of =
                    day.months.as_ref().map_or_else(|| "joka kuukauden".to_owned(), |rows| of_months(rows));
                let absent = match absent {
                    Absent::Never => "",
                    Absent::LeapDay => " (29.2. vain karkausvuosina)",
                    Absent::SomeMonths => " (niinä kuukausina, joissa päivä on)",
                };
                format!("{of} {} päivä{absent}", joined(&days, "ja"))
            }
        }
    }

    fn times(&self, times: &Times) -> String {
        match times {
            Times::EveryMinutes(step) => every_minutes(*step),
            Times::EveryHour(minutes) if minutes[..] == [(0, 0)] => "tasatunnein".to_owned(),
            Times::EveryHour(minutes) if minutes[..] == [(1, 1)] => "joka tunti minuutin yli".to_owned(),
            Times::EveryHour(minutes) => format!("joka tunti {} minuuttia yli", numbers(minutes)),
            Times::MinutesBetween(step, stretches) => {
                let stretches: Vec<String> = stretches.iter().map(|&ends| between(ends)).collect();
                format!("{} klo {}", every_minutes(*step), joined(&stretches, "ja"))
            }
            Times::HoursBetween(1, ends) => format!("tunnin välein klo {}", between(*ends)),
            Times::HoursBetween(step, ends) => format!("{step} tunnin välein klo {}", between(*ends)),
            Times::At(times) => {
                let times: Vec<String> = times.iter().map(|&time| clock(time)).collect();
                format!("klo {}", joined(&times, "ja"))
            }
            Times::Grid { minutes, hours } => {
                format!("minuuteilla {} tuntien {} aikana", numbers(minutes), numbers(hours))
            }
        }
    }

    fn nights(&self, nights: &Nights) -> String {
        let become_of = |change: &ClockChange| match (change, nights.once) {
            (ClockChange::SpringForward, true) => "kesäajan alkaessa kerran klo 4.00",
            (ClockChange::SpringForward, false) => "kesäajan alkaessa ei lainkaan",
            (ClockChange::FallBack, true) => "kesäajan päättyessä vain ensimmäisellä kerralla",
            (ClockChange::FallBack, false) => "kesäajan päättyessä molemmilla kerroilla",
        };
        let said: Vec<&str> = nights.changes.iter().map(become_of).collect();
        let what = if nights.named { "klo 3.00–3.59 osuvat: " } else { "" };
        format!("{what}{}", said.join("; "))
    }

    fn between(&self) -> &'static str {
        " "
    }
}

/// Before -sin a weekday keeps its i or gets one.
fn stem(weekday: &str) -> String {
    if weekday.ends_with('i') { weekday.to_owned() } else { format!("{weekday}i") }
}

fn every_minutes(step: u32) -> String {
    if step == 1 { "joka minuutti".to_owned() } else { format!("{step} minuutin välein") }
}

fn between((first, last): (Time, Time)) -> String {
    format!("{}–{}", clock(first), clock(last))
}

fn clock(time: Time) -> String {
    format!("{}.{:02}", time.hour, time.minute)
}

fn numbers(rows: &[Row]) -> String {
    joined(&spelled(rows, |number| number.to_string(), |first, last| format!("{first}–{last}")), "ja")
}

/// In which months: `toukokuussa`, `kesäkuusta elokuuhun`.
fn in_months(rows: &[Row]) -> String {
    let name = |month: u32| MONTHS[month as usize - 1];
    let words = spelled(
        rows,
        |month| format!("{}kuussa", name(month)),
        |first, last| format!("{}kuusta {}kuuhun", name(first), name(last)),
    );
    joined(&words, "ja")
}

/// Of which months: `toukokuun`, `kesä–elokuun`.
fn of_months(rows: &[Row]) -> String {
    let name = |month: u32| MONTHS[month as usize - 1];
    let words = spelled(
        rows,
        |month| format!("{}kuun", name(month)),
        |first, last| format!("{}–{}kuun", name(first), name(last)),
    );
    joined(&words, "ja")
}
