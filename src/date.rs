//! A date as precise as the register said it, and no more precise.
//!
//! VTJ sends a full calendar date with its precision beside it (`PAIVA`, `KUUKAUSI`, `VUOSI`). The day of a
//! date known to the month is not a fact, so it is dropped when the date is read.

use chrono::{Datelike, NaiveDate};

/// A date known to the day, the month or the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PartialDate {
    /// Known to the day.
    Day(NaiveDate),
    /// Known to the month.
    Month {
        /// The year.
        year: i32,
        /// The month, 1–12.
        month: u32,
    },
    /// Known to the year.
    Year(i32),
}

/// A text that is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date: write 2026-03-14, 2026-03 or 2026")]
pub struct NotADate(pub String);

impl PartialDate {
    /// The date cut to a month.
    pub fn month_of(date: NaiveDate) -> Self {
        Self::Month { year: date.year(), month: date.month() }
    }

    /// The date cut to a year.
    pub fn year_of(date: NaiveDate) -> Self {
        Self::Year(date.year())
    }

    /// Reads `2026-03-14`, `2026-03` or `2026`.
    ///
    /// # Errors
    /// When the text is none of the three, or the date does not exist.
    pub fn parse(text: &str) -> Result<Self, NotADate> {
        let wrong = || NotADate(text.to_owned());
        let mut parts = text.split('-');
        let year = parts.next().filter(|part| part.len() == 4).ok_or_else(wrong)?;
        let year: i32 = year.parse().map_err(|_| wrong())?;
        let rest: Vec<u32> = parts.map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        match rest[..] {
            [] => Ok(Self::Year(year)),
            [month] if (1..=12).contains(&month) => Ok(Self::Month { year, month }),
            [month, day] => NaiveDate::from_ymd_opt(year, month, day).map(Self::Day).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }

    /// The earliest day the date can mean.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Self::Day(date) => date,
            Self::Month { year, month } => NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default(),
            Self::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default(),
        }
    }

    /// The latest day the date can mean.
    pub fn last_day(self) -> NaiveDate {
        let next = match self {
            Self::Day(date) => return date,
            Self::Month { year, month: 12 } | Self::Year(year) => NaiveDate::from_ymd_opt(year + 1, 1, 1),
            Self::Month { year, month } => NaiveDate::from_ymd_opt(year, month + 1, 1),
        };
        next.and_then(|first| first.pred_opt()).unwrap_or_default()
    }

    /// Whether both can mean one and the same day.
    pub fn can_be(self, other: Self) -> bool {
        self.first_day() <= other.last_day() && other.first_day() <= self.last_day()
    }
}

impl std::fmt::Display for PartialDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Year(year) => write!(f, "{year:04}"),
        }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for PartialDate {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_precisely_as_it_is_known() {
        for text in ["2026-03-14", "2026-03", "2026"] {
            assert_eq!(PartialDate::parse(text).unwrap().to_string(), text);
        }
        for text in ["2026-02-30", "2026-13", "26", "2026-03-14T00:00", ""] {
            assert!(PartialDate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_month_spans_its_days() {
        let march = PartialDate::parse("2026-12").unwrap();
        assert_eq!(march.first_day().to_string(), "2026-12-01");
        assert_eq!(march.last_day().to_string(), "2026-12-31");
        assert!(march.can_be(PartialDate::parse("2026-12-09").unwrap()));
        assert!(!march.can_be(PartialDate::parse("2027").unwrap()));
    }
}
