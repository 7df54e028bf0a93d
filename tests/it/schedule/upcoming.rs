//! What is shown of the next runs: the times that will start, with everything a person needs to trust them.

use ajantasa::municipality::Language;
use ajantasa::schedule::CronExpression;
use ajantasa::schedule::holiday::Holiday;
use ajantasa::schedule::upcoming::{ClockChange, Upcoming, upcoming};
use chrono::{Datelike as _, NaiveDate};
use serde_json::json;

use super::at;

fn next(cron: &str, from: &str, count: usize, language: Language, skip: &[Holiday]) -> Vec<Upcoming> {
    upcoming(&CronExpression::parse(cron).unwrap(), at(from), count, language, skip)
}

#[test]
fn a_run_is_shown_with_weekday_local_time_offset_and_the_change_of_the_clocks() {
    let runs = next("30 3 * * *", "2027-03-27T12:00:00+02:00", 2, Language::Fi, &[]);
    assert_eq!(
        serde_json::to_value(&runs).unwrap(),
        json!([
            {
                "at": "2027-03-28T04:00:00+03:00",
                "weekday": "sunnuntai",
                "local": "28.3.2027 04.00",
                "offset": "+03:00",
                "clock_change": "spring_forward",
                "holiday": null
            },
            {
                "at": "2027-03-29T03:30:00+03:00",
                "weekday": "maanantai",
                "local": "29.3.2027 03.30",
                "offset": "+03:00",
                "clock_change": null,
                "holiday": null
            }
        ])
    );
    let [autumn] = &next("30 3 * * *", "2027-10-30T12:00:00+03:00", 1, Language::Sv, &[])[..] else {
        panic!()
    };
    assert_eq!((autumn.weekday, autumn.clock_change), ("söndag", Some(ClockChange::FallBack)));
    let [english] = &next("30 3 * * *", "2027-10-30T12:00:00+03:00", 1, Language::En, &[])[..] else {
        panic!()
    };
    assert_eq!((english.weekday, english.local.as_str()), ("Sunday", "31.10.2027 03:30"));
}

#[test]
fn the_runs_shown_are_those_that_start() {
    let expression = CronExpression::parse("*/15 3 * * *").unwrap();
    let from = at("2027-10-29T12:00:00+03:00");
    let shown: Vec<_> =
        upcoming(&expression, from, 50, Language::En, &[]).iter().map(|run| run.at.to_utc()).collect();
    assert_eq!(shown, expression.iter_after(from).take(50).collect::<Vec<_>>());
}

#[test]
fn the_clocks_change_on_two_days_of_every_year() {
    for year in 2026..2036 {
        let days = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days();
        let changes: Vec<_> = days
            .take_while(|day| day.year() == year)
            .filter_map(|day| Some((ClockChange::on(day)?, day.month(), day.weekday())))
            .collect();
        let sunday = chrono::Weekday::Sun;
        assert_eq!(changes, [(ClockChange::SpringForward, 3, sunday), (ClockChange::FallBack, 10, sunday)]);
    }
}

#[test]
fn a_run_on_a_holiday_to_be_left_out_names_it_and_others_do_not() {
    let from = "2026-12-23T12:00:00+02:00";
    let skipped = |skip: &[Holiday]| -> Vec<Option<Holiday>> {
        next("0 6 * * *", from, 4, Language::Fi, skip).into_iter().map(|run| run.holiday).collect()
    };
    assert_eq!(
        skipped(&Holiday::ALL),
        [Some(Holiday::ChristmasEve), Some(Holiday::ChristmasDay), Some(Holiday::SecondDayOfChristmas), None]
    );
    assert_eq!(skipped(&[Holiday::ChristmasDay]), [None, Some(Holiday::ChristmasDay), None, None]);
    assert_eq!(skipped(&[]), [None; 4]);
}
