//! When a scheduled task is due: cron wording read on the Helsinki wall clock.
//!
//! The wording is the five fields of crontab (minute, hour, day of the month, month, weekday), with names
//! and the shorthands from `@hourly` to `@yearly`. It is rewritten for the `cron` crate, which is then
//! asked about wall-clock times only, as if they were UTC: asked about Helsinki time it skips a day or a
//! year at the spring change, starts twice in the autumn and can even return a time that has passed. The
//! way from the wall clock to instants is ours, and follows the rule of ISC cron:
//!
//! * an hour field that starts with `*` means "all the time": times that the spring change leaves out are
//!   left out, and both passes of the repeated autumn hour run;
//! * any other hour means "once a day at": a time that is left out starts at the first instant after the
//!   gap (04:00), and a repeated time starts in the first pass only.
//!
//! What two cron programs would read differently is refused, with what to write instead.

pub mod check;
pub mod definition;
pub mod difference;
mod error;
mod field;
pub mod holiday;
pub mod preset;
mod reading;
pub mod run_reason;
pub mod run_state;
pub mod silence;
mod task;
pub mod upcoming;
pub mod zone;

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::Helsinki;
use chrono_tz::Tz;

use field::{DAY, Field, HOUR, MINUTE, MONTH, WEEKDAY};

pub use error::CronError;
pub use task::Task;

/// How far a wall-clock time may lie behind the last instant and still be due: the repeated autumn hour.
const FOLD_HOURS: i64 = 1;

/// The `cron` crate knows no later year.
const LAST_YEAR: i32 = 2100;

/// How far apart the ends of a gap can lie; the search for the end of a gap goes no further.
const LONGEST_GAP_MINUTES: i64 = 180;

/// A cron expression: the times of the Helsinki wall clock at which something is due.
#[derive(Debug, Clone)]
pub struct CronExpression {
    text: String,
    wall_clock: cron::Schedule,
    fields: Fields,
}

/// What the fields of an expression mean.
#[derive(Debug, Clone)]
struct Fields {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
    /// Whether the hour field starts with `*`, so that clock changes are passed through as they come.
    every_hour: bool,
}

impl CronExpression {
    /// Reads a cron expression.
    ///
    /// # Errors
    /// Says which field is wrong and what to write instead.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let text = text.trim();
        let written = if text.starts_with('@') { shorthand(text)? } else { text };
        let fields: Vec<&str> = written.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(match fields.len() {
                found @ 6..=7 => CronError::Seconds(found),
                found => CronError::FieldCount(found),
            });
        };
        let minutes = Field::parse(&MINUTE, minute)?;
        let hours = Field::parse(&HOUR, hour)?;
        let days = Field::parse(&DAY, day)?;
        let months = Field::parse(&MONTH, month)?;
        let weekdays = Field::parse(&WEEKDAY, weekday)?;
        if !days.is_any() && !weekdays.is_any() {
            return Err(CronError::DayAndWeekday {
                day_only: format!("{minute} {hour} {day} {month} *"),
                weekday_only: format!("{minute} {hour} * {month} {weekday}"),
            });
        }
        if !field::some_month_has_such_a_day(&days, &months) {
            return Err(CronError::ImpossibleDate { day: day.to_owned(), month: month.to_owned() });
        }
        let rewritten = format!(
            "0 {} {} {} {} {}",
            minutes.as_numbers(),
            hours.as_numbers(),
            days.as_numbers(),
            months.as_numbers(),
            weekdays.as_weekday_names()
        );
        let wall_clock = rewritten.parse().expect("lists of numbers within bounds are cron's own wording");
        let fields = Fields { minutes, hours, days, months, weekdays, every_hour: hour.starts_with('*') };
        Ok(Self { text: text.to_owned(), wall_clock, fields })
    }

    /// The wording as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first due time strictly later than `after`. `None` when there is none before the year 2100.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if after.year() >= LAST_YEAR {
            return None;
        }
        let from = after.with_timezone(&Helsinki).naive_local() - Duration::hours(FOLD_HOURS);
        let mut next: Option<DateTime<Utc>> = None;
        for wall in self.wall_clock.after(&(from - Duration::seconds(1)).and_utc()) {
            let (first_pass, second_pass) = self.instants(wall.naive_utc());
            // Later wall-clock times cannot be due earlier than this one's first pass.
            if next.is_some_and(|next| first_pass.is_some_and(|first| next <= first)) {
                break;
            }
            next = [next, first_pass, second_pass].into_iter().flatten().filter(|&due| due > after).min();
        }
        next
    }

    /// All due times strictly later than `after`, in order.
    pub fn iter_after(&self, after: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        std::iter::successors(self.next_after(after), |&last| self.next_after(last))
    }

    /// When a wall-clock time is due: never (in a gap), once, or in both passes of a fold.
    fn instants(&self, wall: NaiveDateTime) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        match Helsinki.from_local_datetime(&wall) {
            LocalResult::Single(due) => (Some(due.to_utc()), None),
            LocalResult::Ambiguous(first, second) if self.fields.every_hour => {
                (Some(first.to_utc()), Some(second.to_utc()))
            }
            LocalResult::Ambiguous(first, _) => (Some(first.to_utc()), None),
            LocalResult::None if self.fields.every_hour => (None, None),
            LocalResult::None => (end_of_gap(wall), None),
        }
    }
}

impl std::fmt::Display for CronExpression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for CronExpression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronExpression {}

impl std::str::FromStr for CronExpression {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        Self::parse(text)
    }
}

impl serde::Serialize for CronExpression {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for CronExpression {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// An instant with the offset it has in Helsinki, for showing.
pub fn local(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_timezone(&Helsinki)
}

/// The first instant after the gap that a wall-clock time falls into. Clocks change on whole minutes.
fn end_of_gap(wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    (1..=LONGEST_GAP_MINUTES)
        .find_map(|minutes| Helsinki.from_local_datetime(&(wall + Duration::minutes(minutes))).earliest())
        .map(|first| first.to_utc())
}

/// The five fields a shorthand stands for.
fn shorthand(text: &str) -> Result<&'static str, CronError> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * SUN",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@reboot" => return Err(CronError::Reboot),
        _ => return Err(CronError::Shorthand(text.to_owned())),
    })
}
