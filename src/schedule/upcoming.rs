//! The next due times of an expression as people read them: weekday, wall clock, offset, clock changes, holidays.
//!
//! The times are those of [`CronExpression::next_after`], which also starts the runs: what is shown is what
//! will happen.

use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveTime, Offset as _, SecondsFormat, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Europe::Helsinki;
use serde::{Serialize, Serializer};

use super::holiday::Holiday;
use super::reading::weekday_name;
use super::{CronExpression, local};
use crate::municipality::Language;

/// What the clocks of Helsinki do on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockChange {
    /// Summer time begins: 03:00 becomes 04:00.
    SpringForward,
    /// Summer time ends: 04:00 becomes 03:00.
    FallBack,
}

impl ClockChange {
    /// The word in commands and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SpringForward => "spring_forward",
            Self::FallBack => "fall_back",
        }
    }

    /// What it is called.
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::SpringForward, Language::Fi) => "kesäaika alkaa",
            (Self::SpringForward, Language::Sv) => "sommartiden börjar",
            (Self::SpringForward, Language::En) => "summer time begins",
            (Self::FallBack, Language::Fi) => "kesäaika päättyy",
            (Self::FallBack, Language::Sv) => "sommartiden slutar",
            (Self::FallBack, Language::En) => "summer time ends",
        }
    }

    /// What the clocks do on a day in Helsinki. `None` on all but two days of a year.
    pub fn on(date: NaiveDate) -> Option<Self> {
        let begins =
            |date: NaiveDate| Helsinki.from_local_datetime(&date.and_time(NaiveTime::MIN)).earliest();
        let length = begins(date.succ_opt()?)? - begins(date)?;
        match length.cmp(&TimeDelta::days(1)) {
            std::cmp::Ordering::Less => Some(Self::SpringForward),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self::FallBack),
        }
    }
}

/// One due time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upcoming {
    /// When, with the offset that Helsinki has then. In JSON RFC 3339 to the second.
    #[serde(serialize_with = "to_the_second")]
    pub at: DateTime<FixedOffset>,
    /// The weekday, in the language asked for.
    pub weekday: &'static str,
    /// Date and time on the wall clock, such as `28.3.2027 04.00`; in English `28.3.2027 04:00`.
    pub local: String,
    /// The offset, such as `+03:00`.
    pub offset: String,
    /// What the clocks do on that day.
    pub clock_change: Option<ClockChange>,
    /// The holiday for which this time is left out. `None`: it starts.
    pub holiday: Option<Holiday>,
}

impl Upcoming {
    /// A due time as people read it. `skip` are the holidays that are left out.
    pub fn new(at: DateTime<Utc>, language: Language, skip: &[Holiday]) -> Self {
        let here = local(at);
        let clock = match language {
            Language::Fi | Language::Sv => "%-d.%-m.%Y %H.%M",
            Language::En => "%-d.%-m.%Y %H:%M",
        };
        Self {
            at: here.with_timezone(&here.offset().fix()),
            weekday: weekday_name(chrono::Datelike::weekday(&here), language),
            local: here.format(clock).to_string(),
            offset: here.format("%:z").to_string(),
            clock_change: ClockChange::on(here.date_naive()),
            holiday: Holiday::among(skip, at),
        }
    }
}

/// The next `count` due times strictly later than `after`, those included that are left out for a holiday.
/// Fewer where the calendar ends.
pub fn upcoming(
    expression: &CronExpression,
    after: DateTime<Utc>,
    count: usize,
    language: Language,
    skip: &[Holiday],
) -> Vec<Upcoming> {
    expression.iter_after(after).take(count).map(|at| Upcoming::new(at, language, skip)).collect()
}

fn to_the_second<S: Serializer>(at: &DateTime<FixedOffset>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, false))
}
