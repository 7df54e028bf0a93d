//! Cron wording on the Helsinki wall clock, on ordinary days and in both nights of a clock change.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::collections::BTreeSet;

use ajantasa::schedule::{CronError, CronExpression, local};
use chrono::{DateTime, Datelike, Duration, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Europe::Helsinki;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// Due times as local text with offset.
fn due(cron: &str, from: &str, count: usize) -> Vec<String> {
    let expression = CronExpression::parse(cron).unwrap();
    expression
        .iter_after(at(from))
        .take(count)
        .map(|due| local(due).format("%m-%dT%H:%M%:z").to_string())
        .collect()
}

#[test]
fn a_daily_time_in_the_spring_gap_starts_once_at_four() {
    assert_eq!(
        due("30 3 * * *", "2027-03-27T12:00:00+02:00", 3),
        ["03-28T04:00+03:00", "03-29T03:30+03:00", "03-30T03:30+03:00"]
    );
    assert_eq!(
        due("*/15 3 * * *", "2027-03-27T12:00:00+02:00", 2),
        ["03-28T04:00+03:00", "03-29T03:00+03:00"]
    );
    assert_eq!(
        due("30 3 * * SUN", "2027-03-27T12:00:00+02:00", 2),
        ["03-28T04:00+03:00", "04-04T03:30+03:00"]
    );
    assert_eq!(
        due("30 3 28 3 *", "2027-03-27T12:00:00+02:00", 2),
        ["03-28T04:00+03:00", "03-28T03:30+03:00"]
    );
    assert_eq!(
        due("30 3,4 * * *", "2027-03-27T12:00:00+02:00", 3),
        ["03-28T04:00+03:00", "03-28T04:30+03:00", "03-29T03:30+03:00"]
    );
}

#[test]
fn an_every_hour_wording_leaves_the_spring_gap_out() {
    assert_eq!(
        due("*/30 * * * *", "2027-03-28T02:15:00+02:00", 3),
        ["03-28T02:30+02:00", "03-28T04:00+03:00", "03-28T04:30+03:00"]
    );
    assert_eq!(due("30 * * * *", "2027-03-28T02:15:00+02:00", 2), ["03-28T02:30+02:00", "03-28T04:30+03:00"]);
}

#[test]
fn a_daily_time_in_the_autumn_fold_starts_in_the_first_pass_only() {
    assert_eq!(due("30 3 * * *", "2027-10-30T12:00:00+03:00", 2), ["10-31T03:30+03:00", "11-01T03:30+02:00"]);
    assert_eq!(
        due("*/15 3 * * *", "2027-10-31T03:40:00+03:00", 2),
        ["10-31T03:45+03:00", "11-01T03:00+02:00"]
    );
    assert_eq!(due("*/15 3 * * *", "2027-10-31T03:40:00+02:00", 1), ["11-01T03:00+02:00"]);
    assert_eq!(due("*/15 3 * * *", "2027-10-30T12:00:00+03:00", 5)[4], "11-01T03:00+02:00");
}

#[test]
fn an_every_hour_wording_runs_both_passes_in_order() {
    assert_eq!(
        due("*/30 * * * *", "2027-10-31T02:30:00+03:00", 5),
        [
            "10-31T03:00+03:00",
            "10-31T03:30+03:00",
            "10-31T03:00+02:00",
            "10-31T03:30+02:00",
            "10-31T04:00+02:00"
        ]
    );
    let year = CronExpression::parse("*/30 * * * *").unwrap();
    let end = at("2028-01-01T00:00:00+02:00");
    let fires: Vec<_> =
        year.iter_after(at("2026-12-31T23:59:59+02:00")).take_while(|&due| due < end).collect();
    assert_eq!(fires.len(), 17_520);
    assert!(fires.is_sorted_by(|a, b| a < b));
}

#[test]
fn a_due_time_is_strictly_later_also_by_a_fraction_of_a_second() {
    assert_eq!(due("30 3 * * *", "2026-11-21T03:29:59.999999+02:00", 1), ["11-21T03:30+02:00"]);
    assert_eq!(due("30 3 * * *", "2026-11-21T03:30:00+02:00", 1), ["11-22T03:30+02:00"]);
    assert_eq!(due("30 3 * * *", "2026-11-21T03:30:00.000001+02:00", 1), ["11-22T03:30+02:00"]);
}

#[test]
fn weekdays_are_those_of_crontab_and_of_people() {
    for sunday in ["0", "7", "SUN", "sun"] {
        assert_eq!(due(&format!("0 6 * * {sunday}"), "2026-11-21T12:00:00Z", 1), ["11-22T06:00+02:00"]);
    }
    for working_days in ["1-5", "MON-FRI", "1,2,3,4,5"] {
        assert_eq!(
            due(&format!("0 6 * * {working_days}"), "2026-11-20T12:00:00Z", 2),
            ["11-23T06:00+02:00", "11-24T06:00+02:00"]
        );
    }
    for weekend in ["6-7", "SAT-SUN", "6,0", "SAT,SUN"] {
        assert_eq!(
            due(&format!("0 6 * * {weekend}"), "2026-11-20T12:00:00Z", 2),
            ["11-21T06:00+02:00", "11-22T06:00+02:00"]
        );
    }
    assert_eq!(due("0 6 * * 0-7", "2026-11-20T12:00:00Z", 2).len(), 2);
}

#[test]
fn the_shorthands_mean_what_they_say() {
    let from = "2026-11-21T12:10:00Z";
    assert_eq!(due("@hourly", from, 1), ["11-21T15:00+02:00"]);
    assert_eq!(due("@daily", from, 1), ["11-22T00:00+02:00"]);
    assert_eq!(due("@weekly", from, 2), ["11-22T00:00+02:00", "11-29T00:00+02:00"]);
    assert_eq!(due("@monthly", from, 1), ["12-01T00:00+02:00"]);
    assert_eq!(due("@yearly", from, 1), ["01-01T00:00+02:00"]);
    assert_eq!(due("0 3 1 JAN,JUL ?", from, 2), ["01-01T03:00+02:00", "07-01T03:00+03:00"]);
}

#[test]
fn what_cron_programs_read_differently_is_refused_with_what_to_write() {
    for (text, part_of_the_message) in [
        ("30 3 * *", "has five fields, this has 4"),
        ("", "has five fields, this has 0"),
        ("0 30 3 * * *", "leave out the seconds"),
        ("0 30 3 * * * 2027", "leave out the seconds"),
        ("@reboot", "write one, such as @daily"),
        ("@fortnightly", "@weekly"),
        ("0 3 L * *", "from 1 to 28"),
        ("0 3 15W * *", "MON-FRI in the weekday field"),
        ("0 3 * * MON#1", "1-7 as day of the month"),
        ("0 3 * * 5L", "write the weekday alone"),
        ("0 3 13 * FRI", "make two schedules"),
        ("0 3 */2 * MON", "make two schedules"),
        ("0 3 31 2 *", "no year has such a day"),
        ("0 3 30,31 FEB *", "no year has such a day"),
        ("0 3 31 4,6,9,11 *", "no year has such a day"),
        ("0 22-2 * * *", "write 22-23,0-2"),
        ("5/15 * * * *", "write 5-59/15"),
        ("*/0 * * * *", "a step is a number"),
        ("*/99 * * * *", "a step is a number"),
        ("60 * * * *", "from 0 to 59"),
        ("0 24 * * *", "from 0 to 23"),
        ("0 3 0 * *", "from 1 to 31"),
        ("0 3 * 13 *", "from 1 to 12"),
        ("0 3 * * 8", "from 0 to 7"),
        ("0 3 * * Sunday", "from 0 to 7"),
        ("0 3,,4 * * *", "from 0 to 23"),
        ("-5 3 * * *", "from 0 to 59"),
        ("+5 3 * * *", "from 0 to 59"),
        ("0 3 * foo *", "from 1 to 12"),
        ("? 3 * * *", "from 0 to 59"),
    ] {
        let message = CronExpression::parse(text).expect_err(text).to_string();
        assert!(message.contains(part_of_the_message), "{text}: {message}");
    }
    assert_eq!(CronExpression::parse("0 3 29 2 *").map(|_| ()), Ok::<(), CronError>(()));
}

#[test]
fn the_end_of_the_calendar_is_no_due_time_and_no_crash() {
    let daily = CronExpression::parse("@daily").unwrap();
    for end in [DateTime::<Utc>::MAX_UTC, at("9999-12-31T23:59:59Z"), at("2100-06-01T00:00:00Z")] {
        assert_eq!(daily.next_after(end), None);
    }
    assert!(daily.next_after(at("1999-12-31T23:59:59Z")).is_some());
    assert!(daily.next_after(DateTime::<Utc>::MIN_UTC).is_none_or(|due| due > DateTime::<Utc>::MIN_UTC));
}

#[test]
fn the_wording_is_kept_as_it_was_given() {
    assert_eq!(CronExpression::parse(" @daily ").unwrap().to_string(), "@daily");
}

/// A wording whose meaning is known as sets, for the evaluator below.
#[derive(Debug, Clone)]
struct Known {
    text: String,
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    every_hour: bool,
    days: Option<BTreeSet<u32>>,
    months: Option<BTreeSet<u32>>,
    weekdays: Option<BTreeSet<u32>>,
}

impl Known {
    fn fits(&self, wall: NaiveDateTime) -> bool {
        let in_set =
            |set: &Option<BTreeSet<u32>>, value: u32| set.as_ref().is_none_or(|set| set.contains(&value));
        self.minutes.contains(&wall.minute())
            && self.hours.contains(&wall.hour())
            && in_set(&self.days, wall.day())
            && in_set(&self.months, wall.month())
            && in_set(&self.weekdays, wall.weekday().num_days_from_sunday())
    }
}

/// Minute by minute: which instants in (from, to] are due.
fn by_the_minute(known: &Known, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut due = Vec::new();
    let mut minute = from.with_second(0).unwrap().with_nanosecond(0).unwrap() + Duration::minutes(1);
    while minute <= to {
        let wall = minute.with_timezone(&Helsinki).naive_local();
        let before = (minute - Duration::minutes(1)).with_timezone(&Helsinki).naive_local();
        let second_pass = Helsinki.from_local_datetime(&wall).latest().unwrap().to_utc() == minute
            && Helsinki.from_local_datetime(&wall).earliest().unwrap().to_utc() != minute;
        let mut starts = known.fits(wall) && (known.every_hour || !second_pass);
        if !known.every_hour && wall - before > Duration::minutes(1) {
            let mut skipped = before + Duration::minutes(1);
            while skipped < wall {
                starts |= known.fits(skipped);
                skipped += Duration::minutes(1);
            }
        }
        if starts {
            due.push(minute);
        }
        minute += Duration::minutes(1);
    }
    due
}

/// A field of one to three numbers, ranges and steps between bounds, and the numbers it means.
fn field(low: u32, high: u32) -> impl Strategy<Value = (String, BTreeSet<u32>)> {
    prop_oneof![
        prop::collection::btree_set(low..=high, 1..4)
            .prop_map(|set| { (set.iter().map(u32::to_string).collect::<Vec<_>>().join(","), set) }),
        (low..=high, low..=high, 1..=high.max(2)).prop_map(move |(a, b, step)| {
            let (a, b) = (a.min(b), a.max(b));
            let step = step.min(high);
            (format!("{a}-{b}/{step}"), (a..=b).step_by(step as usize).collect())
        }),
        (1..=high)
            .prop_map(move |step| { (format!("*/{step}"), (low..=high).step_by(step as usize).collect()) }),
        Just(("*".to_owned(), (low..=high).collect())),
    ]
}

fn wordings() -> impl Strategy<Value = Known> {
    let night = prop_oneof![
        3 => prop::collection::btree_set(2_u32..=4, 1..3).prop_map(|set| {
            (set.iter().map(u32::to_string).collect::<Vec<_>>().join(","), set)
        }),
        2 => field(0, 23),
    ];
    (field(0, 59), night, field(1, 31), field(1, 12), field(0, 6), any::<bool>())
        .prop_map(|(minute, hour, day, month, weekday, by_day)| {
            let some = |field: &(String, BTreeSet<u32>)| (field.0 != "*").then(|| field.1.clone());
            let (day_text, weekday_text) =
                if by_day { (day.0.as_str(), "*") } else { ("*", weekday.0.as_str()) };
            Known {
                text: format!("{} {} {day_text} {} {weekday_text}", minute.0, hour.0, month.0),
                every_hour: hour.0.starts_with('*'),
                minutes: minute.1,
                hours: hour.1,
                days: some(&day).filter(|_| by_day),
                months: some(&month),
                weekdays: some(&weekday).filter(|_| !by_day),
            }
        })
        .prop_filter("impossible dates are refused", |known| CronExpression::parse(&known.text).is_ok())
}

/// The days on which a window is put: anywhere in ten years, and around both changes of each.
fn starts() -> impl Strategy<Value = DateTime<Utc>> {
    let anywhere =
        (0_i64..10 * 365 * 24 * 60).prop_map(|minute| at("2026-01-01T00:00:00Z") + Duration::minutes(minute));
    let near_a_change = (2026..2036, any::<bool>(), 0_i64..36 * 3600).prop_map(|(year, spring, second)| {
        let month_end = if spring { (year, 3, 31) } else { (year, 10, 31) };
        let last = chrono::NaiveDate::from_ymd_opt(month_end.0, month_end.1, month_end.2).unwrap();
        let sunday = last - Duration::days(i64::from(last.weekday().num_days_from_sunday()));
        sunday.and_hms_opt(0, 0, 0).unwrap().and_utc() - Duration::hours(24) + Duration::seconds(second)
    });
    prop_oneof![1 => anywhere, 3 => near_a_change]
}

fn agrees(known: &Known, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<(), TestCaseError> {
    let expression = CronExpression::parse(&known.text).unwrap();
    let found: Vec<_> = expression.iter_after(from).take_while(|&due| due <= to).collect();
    prop_assert_eq!(found, by_the_minute(known, from, to), "{} from {}", known.text, from);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn due_times_are_those_of_a_clock_watched_minute_by_minute(known in wordings(), from in starts()) {
        agrees(&known, from, from + Duration::hours(60))?;
    }
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

/// Ten years of every minute; minutes of computing, so only on request.
#[test]
fn ten_years_agree_minute_by_minute_when_long_tests_are_on() {
    if std::env::var_os("AJANTASA_TEST_LONG").is_none() {
        return;
    }
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2036-01-01T00:00:00Z"));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(12));
    runner.run(&wordings(), |known| agrees(&known, from, to)).unwrap();
}
