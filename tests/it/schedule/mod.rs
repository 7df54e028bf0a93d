//! Cron wording on the Helsinki wall clock, on ordinary days and in both nights of a clock change.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod commands;
mod decade;
mod reading;
mod upcoming;
mod wording;
mod zone;

use ajantasa::schedule::{CronError, CronExpression, local};
use chrono::{DateTime, Utc};

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

/// Everything that is due from the evening before a clock change until 05:00, as local text with offset.
fn night(cron: &str, day: &str) -> Vec<String> {
    let expression = CronExpression::parse(cron).unwrap();
    let from = at(&format!("{day}T00:00:00Z")) - chrono::Duration::hours(1);
    expression
        .iter_after(from)
        .map(local)
        .take_while(|due| due.naive_local() <= from.naive_utc() + chrono::Duration::hours(6))
        .map(|due| due.format("%H:%M%:z").to_string())
        .collect()
}

#[test]
fn both_nights_of_2027_go_as_their_tables_say() {
    let (spring, autumn) = ("2027-03-28", "2027-10-31");
    for (cron, day, expected) in [
        ("30 3 * * *", spring, "04:00+03:00"),
        ("30 3 * * *", autumn, "03:30+03:00"),
        ("*/30 * * * *", spring, "01:30+02:00 02:00+02:00 02:30+02:00 04:00+03:00 04:30+03:00 05:00+03:00"),
        (
            "*/30 * * * *",
            autumn,
            "02:30+03:00 03:00+03:00 03:30+03:00 03:00+02:00 03:30+02:00 04:00+02:00 04:30+02:00 05:00+02:00",
        ),
        ("*/15 3 * * *", spring, "04:00+03:00"),
        ("*/15 3 * * *", autumn, "03:00+03:00 03:15+03:00 03:30+03:00 03:45+03:00"),
        ("0 */3 * * *", spring, ""),
        ("0 */3 * * *", autumn, "03:00+03:00 03:00+02:00"),
        ("0 0-23/3 * * *", spring, "04:00+03:00"),
        ("0 0-23/3 * * *", autumn, "03:00+03:00"),
        ("0 3,4 * * *", spring, "04:00+03:00"),
        ("0 3,4 * * *", autumn, "03:00+03:00 04:00+02:00"),
    ] {
        assert_eq!(night(cron, day).join(" "), expected, "{cron} on {day}");
    }
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
        ("0 3 13 * FRI", "make two schedules, 0 3 13 * * and 0 3 * * FRI"),
        ("0 3 */2 * MON", "make two schedules"),
        ("0 3 31 2 *", "no year has such a day"),
        ("0 3 30,31 FEB *", "no year has such a day"),
        ("0 3 31 4,6,9,11 *", "no year has such a day"),
        ("0 22-2 * * *", "write 22-23,0-2"),
        ("0 23-0 * * *", "write 23,0"),
        ("0 22-2/3 * * *", "write 22,1"),
        ("0 6 * * FRI-MON", "write 5-7,0-1"),
        ("0 6 * * FRI-MON/2", "write 5,0"),
        ("0 6 * NOV-FEB *", "write 11-12,1-2"),
        ("5/15 * * * *", "write 5-59/15"),
        ("*/0 * * * *", "a step is a number"),
        ("*/99 * * * *", "a step is a number"),
        ("60 * * * *", "from 0 to 59"),
        ("0 24 * * *", "from 0 to 23"),
        ("0 3 0 * *", "from 1 to 31"),
        ("0 3 * 13 *", "from 1 to 12"),
        ("0 3 * * 8", "from 0 to 7"),
        ("0 3 * * Sunday", "from 0 to 7 or a name from MON to SUN"),
        ("0 3 * * ma-pe", "a name from MON to SUN"),
        ("0 3,,4 * * *", "from 0 to 23"),
        ("-5 3 * * *", "from 0 to 59"),
        ("+5 3 * * *", "from 0 to 59"),
        ("0 3 * foo *", "from 1 to 12 or a name from JAN to DEC"),
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
