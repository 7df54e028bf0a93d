//! Due times against a clock that is watched minute by minute for ten years.
//!
//! The clock is made here, from the calendar and the law alone: the year in days, summer time from the last
//! Sunday of March to the last of October, changed at 03:00 and 04:00. It shares nothing with the program.

use ajantasa::schedule::CronExpression;
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Europe::Helsinki;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::at;
use super::wording::{Known, wordings};

/// The first minute of the table: midnight in Helsinki.
const BEGINNING: &str = "2026-01-01T00:00:00+02:00";
/// 1 January 2026 is a Thursday, counted from Sunday.
const FIRST_WEEKDAY: u32 = 4;
const YEARS: std::ops::Range<u32> = 2026..2036;
/// Expressions with more due times are looked at around the clock changes and at points instead.
const FOLLOWED: usize = 800;
const POINTS: usize = 100;
/// A failing case is made smaller so many times: each is ten years.
const SHRINKING: u32 = 100;

/// A minute of the wall clock; the instant is its place in the table.
#[derive(Debug, Clone, Copy)]
struct Wall {
    minute: u8,
    hour: u8,
    day: u8,
    month: u8,
    weekday: u8,
    pass: Pass,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Pass {
    Ordinary,
    /// An hour of the wall clock has just been left out.
    AfterGap,
    /// This minute of the wall clock has been before.
    Second,
}

struct Decade {
    minutes: Vec<Wall>,
    /// The places of midnights.
    days: Vec<usize>,
    /// The places of the clock changes.
    changes: Vec<usize>,
}

impl Decade {
    fn new() -> Self {
        let mut decade =
            Self { minutes: Vec::with_capacity(5_300_000), days: Vec::new(), changes: Vec::new() };
        let mut weekday = FIRST_WEEKDAY;
        for year in YEARS {
            let february = if year % 4 == 0 { 29 } else { 28 };
            for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for day in 1..=length {
                    let last_sunday = weekday == 0 && day + 7 > length;
                    decade.add_day(month, day, weekday, last_sunday);
                    weekday = (weekday + 1) % 7;
                }
            }
        }
        decade
    }

    fn add_day(&mut self, month: u8, day: u8, weekday: u32, last_sunday: bool) {
        self.days.push(self.minutes.len());
        for hour in 0..24 {
            let passes: &[Pass] = match (month, hour, last_sunday) {
                (3, 3, true) => &[],
                (3, 4, true) => &[Pass::AfterGap],
                (10, 3, true) => &[Pass::Ordinary, Pass::Second],
                _ => &[Pass::Ordinary],
            };
            for &pass in passes {
                if pass != Pass::Ordinary {
                    self.changes.push(self.minutes.len());
                }
                for minute in 0..60 {
                    let pass = if pass == Pass::AfterGap && minute > 0 { Pass::Ordinary } else { pass };
                    let weekday = u8::try_from(weekday).unwrap();
                    self.minutes.push(Wall { minute, hour, day, month, weekday, pass });
                }
            }
        }
    }

    /// The places of all due times. Only the minutes of days that fit are looked at.
    fn due(&self, known: &Known) -> Vec<usize> {
        let sets = Sets::of(known);
        let starts = |wall: Wall| match wall.pass {
            Pass::Ordinary => sets.fit(wall),
            Pass::Second => known.every_hour && sets.fit(wall),
            Pass::AfterGap => {
                let left_out = |minute| sets.fit(Wall { hour: 3, minute, ..wall });
                sets.fit(wall) || (!known.every_hour && (0..60).any(left_out))
            }
        };
        let ends = self.days[1..].iter().copied().chain([self.minutes.len()]);
        let mut due = Vec::new();
        for (begin, end) in self.days.iter().copied().zip(ends) {
            if sets.fit_day(self.minutes[begin]) {
                due.extend((begin..end).filter(|&place| starts(self.minutes[place])));
            }
        }
        due
    }
}

/// The sets as bits: five million minutes are compared for each expression.
struct Sets {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
}

impl Sets {
    fn of(known: &Known) -> Self {
        let bits =
            |set: &std::collections::BTreeSet<u32>| set.iter().fold(0, |bits, number| bits | 1 << number);
        Self {
            minutes: bits(&known.minutes),
            hours: bits(&known.hours),
            days: known.days.as_ref().map_or(u64::MAX, bits),
            months: known.months.as_ref().map_or(u64::MAX, bits),
            weekdays: known.weekdays.as_ref().map_or(u64::MAX, bits),
        }
    }

    fn fit(&self, wall: Wall) -> bool {
        self.minutes >> wall.minute & 1 == 1 && self.hours >> wall.hour & 1 == 1 && self.fit_day(wall)
    }

    fn fit_day(&self, wall: Wall) -> bool {
        self.days >> wall.day & 1 == 1
            && self.months >> wall.month & 1 == 1
            && self.weekdays >> wall.weekday & 1 == 1
    }
}

fn instant(place: usize) -> DateTime<Utc> {
    at(BEGINNING) + Duration::minutes(i64::try_from(place).unwrap())
}

/// The expression's due times in a stretch of the table are exactly those expected.
fn same(known: &Known, expected: &[usize], from: usize, to: usize) -> Result<(), TestCaseError> {
    let expression = CronExpression::parse(&known.text).unwrap();
    let begin = expected.partition_point(|&place| place < from);
    let end = expected.partition_point(|&place| place < to);
    let expected: Vec<_> = expected[begin..end].iter().map(|&place| instant(place)).collect();
    let before = instant(from) - Duration::nanoseconds(1);
    let found: Vec<_> = expression.iter_after(before).take_while(|&due| due < instant(to)).collect();
    prop_assert_eq!(found, expected, "{} from {}", &known.text, instant(from));
    Ok(())
}

fn agrees(decade: &Decade, known: &Known, points: &[prop::sample::Index]) -> Result<(), TestCaseError> {
    let expected = decade.due(known);
    let all = decade.minutes.len();
    if expected.len() <= FOLLOWED {
        return same(known, &expected, 0, all);
    }
    for &change in &decade.changes {
        same(known, &expected, change - 150, change + 150)?;
    }
    let expression = CronExpression::parse(&known.text).unwrap();
    for place in points.iter().map(|point| point.index(all)) {
        let next = expected.get(expected.partition_point(|&due| due <= place)).map(|&due| instant(due));
        let found = expression.next_after(instant(place)).filter(|&due| due < instant(all));
        prop_assert_eq!(found, next, "{} after {}", &known.text, instant(place));
    }
    Ok(())
}

#[test]
fn due_times_are_those_of_a_clock_watched_minute_by_minute_for_ten_years() {
    let decade = Decade::new();
    assert_eq!(decade.minutes.len(), 3_652 * 24 * 60, "ten years with as many hours left out as repeated");
    assert_eq!(decade.changes.len(), 20);
    let cases = if std::env::var_os("AJANTASA_TEST_LONG").is_some() { 400 } else { 40 };
    let points = prop::collection::vec(any::<prop::sample::Index>(), POINTS);
    TestRunner::new(ProptestConfig { max_shrink_iters: SHRINKING, ..ProptestConfig::with_cases(cases) })
        .run(&(wordings(), points), |(known, points)| agrees(&decade, &known, &points))
        .unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn an_independent_reading_agrees_away_from_clock_changes(known in wordings(), day in 0_i64..120) {
        let from = at("2027-05-01T00:00:00Z") + Duration::days(day);
        let to = from + Duration::days(20);
        let oracle: croner::Cron = known.text.parse().unwrap();
        let expected: Vec<DateTime<Utc>> = oracle
            .iter_after(from.with_timezone(&Helsinki))
            .map(|due| due.to_utc())
            .take_while(|&due| due <= to)
            .collect();
        let expression = CronExpression::parse(&known.text).unwrap();
        let found: Vec<_> = expression.iter_after(from).take_while(|&due| due <= to).collect();
        prop_assert_eq!(found, expected, "{}", known.text);
    }
}
