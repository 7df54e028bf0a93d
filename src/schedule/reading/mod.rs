//! A cron expression in plain words: Finnish, Swedish and English.
//!
//! The words are made from the sets of numbers that the fields mean, not from how they are written, so that two
//! expressions with the same due times read alike and a reading says exactly when something is due. Where the
//! expression has times between 03:00 and 04:00, the reading also says what becomes of them on the two nights
//! on which the clocks change. To add a language: a file that
//! implements [`Words`].

mod en;
mod fi;
mod sv;

use std::collections::BTreeSet;

use chrono::Weekday;

use super::upcoming::ClockChange;
use super::{CronExpression, Fields};
use crate::municipality::Language;

/// Up to so many times of a day are listed rather than described.
const LISTED: usize = 4;
/// Up to so many are listed where no short description fits.
const LISTED_AT_MOST: usize = 12;
/// More stretches of a day than this are read as hours and minutes.
const STRETCHES: usize = 3;
/// A row of numbers or names from this length on is read by its ends.
const ROW: usize = 3;
/// The clocks of Helsinki change in this hour: it is left out in spring and comes twice in autumn.
const CHANGING_HOUR: u32 = 3;
/// The days on which the last Sunday of March and October can be.
const LAST_SUNDAY: std::ops::RangeInclusive<u32> = 25..=31;

/// A time on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Time {
    hour: u32,
    minute: u32,
}

/// Numbers without a break between, first and last.
type Row = (u32, u32);

/// On which days.
#[derive(Debug, PartialEq, Eq)]
struct Day {
    which: Which,
    /// `None`: every month.
    months: Option<Vec<Row>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Which {
    Every,
    /// Monday to Friday.
    WorkingDays,
    /// From Monday 1 to Sunday 7.
    Weekdays(Vec<u32>),
    OfMonth {
        days: Vec<Row>,
        absent: Absent,
    },
}

/// Whether there are months, among those meant, without one of the days.
#[derive(Debug, PartialEq, Eq)]
enum Absent {
    Never,
    /// 29 February alone.
    LeapDay,
    SomeMonths,
}

/// At which times of the day.
#[derive(Debug, PartialEq, Eq)]
enum Times {
    /// All day, every so many minutes from the full hour.
    EveryMinutes(u32),
    /// Every hour at these minutes.
    EveryHour(Vec<Row>),
    /// Every so many minutes, in stretches from the first to the last time.
    MinutesBetween(u32, Vec<(Time, Time)>),
    /// Every so many hours, from the first to the last time.
    HoursBetween(u32, (Time, Time)),
    At(Vec<Time>),
    /// These minutes of these hours.
    Grid {
        minutes: Vec<Row>,
        hours: Vec<Row>,
    },
}

/// What the clock changes do to times between 03:00 and 04:00.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Nights {
    /// The expression has other times as well, so the hour has to be named.
    named: bool,
    /// Times that are left out run at 04:00, repeated ones once; otherwise they are left out and repeated.
    once: bool,
    /// The nights on which it has any.
    changes: Vec<ClockChange>,
}

/// What a language has to say.
trait Words {
    /// The days, such as `every Monday in May`.
    fn day(&self, day: &Day) -> String;
    /// The times, such as `at 06:00`.
    fn times(&self, times: &Times) -> String;
    /// The nights of the clock changes, without brackets.
    fn nights(&self, nights: &Nights) -> String;
    /// What stands between days and times that are not points of the clock.
    fn between(&self) -> &'static str;
}

impl CronExpression {
    /// The expression in plain words: every due time, and no other, is what they say.
    pub fn reading(&self, language: Language) -> String {
        let words: &dyn Words = match language {
            Language::Fi => &fi::Finnish,
            Language::Sv => &sv::Swedish,
            Language::En => &en::English,
        };
        let day = Day::of(&self.fields);
        let times = Times::of(&self.fields);
        let mut reading = match (&day, &times) {
            (_, Times::At(_)) => format!("{} {}", words.day(&day), words.times(&times)),
            (Day { which: Which::Every, months: None }, _) => words.times(&times),
            _ => format!("{}{}{}", words.day(&day), words.between(), words.times(&times)),
        };
        if let Some(nights) = Nights::of(&self.fields) {
            reading = format!("{reading} ({})", words.nights(&nights));
        }
        reading
    }
}

/// The name of a weekday, as it stands beside a date.
pub(super) fn weekday_name(weekday: Weekday, language: Language) -> &'static str {
    let index = weekday.num_days_from_monday() as usize;
    match language {
        Language::Fi => fi::WEEKDAYS[index],
        Language::Sv => sv::WEEKDAYS[index],
        Language::En => en::WEEKDAYS[index],
    }
}

impl Day {
    fn of(fields: &Fields) -> Self {
        let months = fields.months.numbers();
        let days = fields.days.numbers();
        let weekdays: BTreeSet<u32> =
            fields.weekdays.numbers().iter().map(|&number| if number == 0 { 7 } else { number }).collect();
        let which = if days.len() < 31 {
            Which::OfMonth { days: rows(days), absent: Absent::of(days, months) }
        } else if weekdays.len() == 7 {
            Which::Every
        } else if weekdays == BTreeSet::from([1, 2, 3, 4, 5]) {
            Which::WorkingDays
        } else {
            Which::Weekdays(weekdays.into_iter().collect())
        };
        Self { which, months: (months.len() < 12).then(|| rows(months)) }
    }
}

impl Absent {
    fn of(days: &BTreeSet<u32>, months: &BTreeSet<u32>) -> Self {
        let last = days.last().copied().unwrap_or(1);
        let longest = |month: u32| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if months.iter().any(|&month| last > longest(month)) {
            Self::SomeMonths
        } else if months.contains(&2) && days.contains(&29) {
            Self::LeapDay
        } else {
            Self::Never
        }
    }
}

impl Times {
    fn of(fields: &Fields) -> Self {
        let (minutes, hours) = (fields.minutes.numbers(), fields.hours.numbers());
        let step = even_step(minutes, 60);
        if hours.len() == 24 {
            return match step {
                Some(step) if step < 60 => Self::EveryMinutes(step),
                _ => Self::EveryHour(rows(minutes)),
            };
        }
        let count = minutes.len() * hours.len();
        let stretches = rows(hours);
        let (first, last) = (minutes.first().copied().unwrap_or(0), minutes.last().copied().unwrap_or(0));
        let many = minutes.len() >= LISTED || (minutes.len() > 1 && count > LISTED);
        if let Some(step) = step.filter(|_| many && stretches.len() <= STRETCHES) {
            let ends = stretches
                .iter()
                .map(|&(from, to)| (Time { hour: from, minute: first }, Time { hour: to, minute: last }));
            return Self::MinutesBetween(step, ends.collect());
        }
        if minutes.len() == 1
            && count > LISTED
            && let Some((step, from, to)) = progression(hours)
        {
            let ends = (Time { hour: from, minute: first }, Time { hour: to, minute: first });
            return Self::HoursBetween(step, ends);
        }
        if count <= LISTED_AT_MOST {
            let at = hours.iter().flat_map(|&hour| minutes.iter().map(move |&minute| Time { hour, minute }));
            return Self::At(at.collect());
        }
        Self::Grid { minutes: rows(minutes), hours: stretches }
    }
}

impl Nights {
    fn of(fields: &Fields) -> Option<Self> {
        let hours = fields.hours.numbers();
        // Hour after hour, whatever the clocks do: nothing is left out and nothing comes early.
        let goes_on = fields.every_hour && hours.len() == 24;
        if goes_on || !hours.contains(&CHANGING_HOUR) {
            return None;
        }
        let some_sunday = fields.weekdays.numbers().iter().any(|weekday| weekday % 7 == 0)
            && fields.days.numbers().iter().any(|day| LAST_SUNDAY.contains(day));
        let months = fields.months.numbers();
        let changes: Vec<ClockChange> = [(3, ClockChange::SpringForward), (10, ClockChange::FallBack)]
            .into_iter()
            .filter(|(month, _)| some_sunday && months.contains(month))
            .map(|(_, change)| change)
            .collect();
        let nights = Self { named: hours.len() > 1, once: !fields.every_hour, changes };
        (!nights.changes.is_empty()).then_some(nights)
    }
}

/// The numbers as rows without a break, in order.
fn rows(numbers: &BTreeSet<u32>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for &number in numbers {
        match rows.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => rows.push((number, number)),
        }
    }
    rows
}

/// The step, if the numbers go from 0 round the whole clock in even steps. A single 0 is a step of the whole.
fn even_step(numbers: &BTreeSet<u32>, whole: u32) -> Option<u32> {
    let count =
        u32::try_from(numbers.len()).ok().filter(|&count| count > 0 && whole.is_multiple_of(count))?;
    let step = whole / count;
    numbers.iter().zip((0..).step_by(step as usize)).all(|(&number, even)| number == even).then_some(step)
}

/// Step, first and last, if the numbers go in even steps.
fn progression(numbers: &BTreeSet<u32>) -> Option<(u32, u32, u32)> {
    let (&first, &last) = (numbers.first()?, numbers.last()?);
    let step = numbers.iter().nth(1)? - first;
    let even = numbers.iter().zip((first..).step_by(step as usize)).all(|(&number, even)| number == even);
    even.then_some((step, first, last))
}

/// Rows as words: short rows number by number, longer ones by their ends.
fn spelled(rows: &[Row], one: impl Fn(u32) -> String, ends: impl Fn(u32, u32) -> String) -> Vec<String> {
    let mut words = Vec::new();
    for &(first, last) in rows {
        if (last - first) as usize + 1 >= ROW {
            words.push(ends(first, last));
        } else {
            words.extend((first..=last).map(&one));
        }
    }
    words
}

/// `a, b and c`.
fn joined(words: &[String], and: &str) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} {and} {last}", before.join(", ")),
    }
}
