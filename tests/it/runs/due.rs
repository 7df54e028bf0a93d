//! Which runs are made of what is due.

use ajantasa::schedule::definition::{Definition, Overlap};
use ajantasa::schedule::holiday::Holiday;
use chrono::TimeDelta;

use super::{look, round, rounds, said, schedules, set_clock};
use crate::scenario::{Place, Scenario, Setup, on_both};

/// An installation without patrons, at an instant.
async fn at(place: &Place, at: &str) -> Scenario {
    Scenario::new(place, Setup { at: at.parse().unwrap(), ..Setup::default() }).await
}

/// Lets the clock go on minute by minute to an instant, looking each time.
async fn minutes_to(scenario: &Scenario, end: &str) {
    let end = end.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    while scenario.context.clock.now() < end {
        scenario.clock.advance(TimeDelta::minutes(1));
        look(scenario).await;
    }
}

async fn pause(scenario: &Scenario, from: &str, until: &str) {
    let sql = format!(
        "UPDATE schedule SET paused_at = '{from}', paused_until = '{until}', paused_because = 'x', paused_by = 'anna'"
    );
    scenario.execute(&sql).await;
}

on_both! {
    async fn each_due_time_is_one_run_however_often_it_is_looked_at(place: Place) {
        let scenario = at(&place, "2027-01-11T03:59:00Z").await;
        schedules(&scenario, &[("daily", round("0 6 * * *"))]).await;
        look(&scenario).await;
        assert!(said(&scenario).await.is_empty());
        set_clock(&scenario, "2027-01-11T04:00:01Z");
        for _ in 0..3 {
            look(&scenario).await;
        }
        assert_eq!(said(&scenario).await, ["daily 11 04:00 planned"]);
        rounds(&scenario).await;
        look(&scenario).await;
        assert_eq!(said(&scenario).await, ["daily 11 04:00 done"]);
    }

    async fn of_a_hundred_missed_starts_one_is_made_up_for_and_one_row_says_ninety_nine(place: Place) {
        let scenario = at(&place, "2027-01-01T00:00:00Z").await;
        schedules(&scenario, &[("hourly", round("0 * * * *"))]).await;
        set_clock(&scenario, "2027-01-05T04:30:00Z");
        for _ in 0..2 {
            look(&scenario).await;
            rounds(&scenario).await;
        }
        let expected = ["hourly 05 03:00 missed nobody_ran 99", "hourly 05 04:00 done catch_up"];
        assert_eq!(said(&scenario).await, expected);
    }

    async fn what_may_not_start_late_is_missed_and_says_why(place: Place) {
        let scenario = at(&place, "2027-01-11T03:00:00Z").await;
        let strict = Definition { start_within_minutes: Some(30), ..round("0 6 * * *") };
        let never = Definition { catch_up: false, ..round("0 6 * * *") };
        schedules(&scenario, &[("never", never), ("strict", strict.clone())]).await;
        set_clock(&scenario, "2027-01-11T04:31:00Z");
        look(&scenario).await;
        let expected = ["never 11 04:00 missed nobody_ran 1", "strict 11 04:00 missed too_late 1"];
        assert_eq!(said(&scenario).await, expected);
        // Planned in time, and nobody got round to it.
        schedules(&scenario, &[("strict", strict)]).await;
        set_clock(&scenario, "2027-01-12T04:00:01Z");
        look(&scenario).await;
        set_clock(&scenario, "2027-01-12T04:40:00Z");
        rounds(&scenario).await;
        assert_eq!(said(&scenario).await[2], "strict 12 04:00 missed too_late 1");
    }

    async fn an_earlier_run_that_has_not_ended_is_not_overtaken(place: Place) {
        let scenario = at(&place, "2027-01-11T03:59:00Z").await;
        let queue = Definition { overlap: Overlap::Queue, ..round("0 6,7 * * *") };
        schedules(&scenario, &[("forbid", round("0 6,7 * * *")), ("queue", queue)]).await;
        minutes_to(&scenario, "2027-01-11T05:01:00Z").await;
        let mut expected = vec![
            "forbid 11 04:00 planned",
            "queue 11 04:00 planned",
            "forbid 11 05:00 skipped overlap",
            "queue 11 05:00 planned",
        ];
        let mut found = said(&scenario).await;
        expected.sort_unstable();
        found.sort();
        assert_eq!(found, expected);
    }

    async fn holidays_and_pauses_are_obeyed_when_a_run_would_start(place: Place) {
        let scenario = at(&place, "2027-01-05T12:00:00Z").await;
        let definition = Definition { skip_holidays: [Holiday::Epiphany].into(), ..round("0 6 * * *") };
        schedules(&scenario, &[("daily", definition)]).await;
        set_clock(&scenario, "2027-01-06T04:00:01Z");
        look(&scenario).await;
        set_clock(&scenario, "2027-01-07T04:00:01Z");
        look(&scenario).await;
        // Paused after it was planned, and before it began.
        pause(&scenario, "2027-01-07T04:00:02+00:00", "2027-01-09T00:00:00+00:00").await;
        set_clock(&scenario, "2027-01-07T04:00:05Z");
        rounds(&scenario).await;
        set_clock(&scenario, "2027-01-08T04:00:01Z");
        look(&scenario).await;
        set_clock(&scenario, "2027-01-09T04:00:01Z");
        look(&scenario).await;
        let expected = [
            "daily 06 04:00 skipped holiday",
            "daily 07 04:00 skipped paused",
            "daily 08 04:00 skipped paused",
            "daily 09 04:00 planned",
        ];
        assert_eq!(said(&scenario).await, expected);
    }

    async fn a_disabled_schedule_makes_no_runs_and_does_not_catch_up(place: Place) {
        let scenario = at(&place, "2027-01-11T00:00:00Z").await;
        let off = Definition { enabled: false, ..round("0 6 * * *") };
        schedules(&scenario, &[("daily", off)]).await;
        set_clock(&scenario, "2027-01-14T12:00:00Z");
        look(&scenario).await;
        schedules(&scenario, &[("daily", round("0 6 * * *"))]).await;
        look(&scenario).await;
        assert!(said(&scenario).await.is_empty());
    }

    async fn a_clock_that_jumps_a_year_and_back_neither_skips_nor_doubles(place: Place) {
        let scenario = at(&place, "2027-01-11T03:59:00Z").await;
        schedules(&scenario, &[("daily", round("0 6 * * *"))]).await;
        set_clock(&scenario, "2027-01-11T04:00:01Z");
        look(&scenario).await;
        rounds(&scenario).await;
        // A year ahead: what lies between was missed, by this clock.
        set_clock(&scenario, "2028-01-11T04:00:30Z");
        look(&scenario).await;
        rounds(&scenario).await;
        let ahead = ["daily 11 04:00 done", "daily 10 04:00 missed nobody_ran 364", "daily 11 04:00 done"];
        assert_eq!(said(&scenario).await, ahead);
        // And back: the next morning is not waited for a year.
        set_clock(&scenario, "2027-01-11T04:05:00Z");
        look(&scenario).await;
        set_clock(&scenario, "2027-01-12T04:00:01Z");
        look(&scenario).await;
        rounds(&scenario).await;
        let done = said(&scenario).await;
        assert_eq!(done.iter().filter(|run| run.contains(" done")).count(), 3, "{done:?}");
        // A year later that clock comes to a time it has been at before: it starts all the same.
        set_clock(&scenario, "2028-01-11T03:59:00Z");
        look(&scenario).await;
        rounds(&scenario).await;
        set_clock(&scenario, "2028-01-11T04:00:02Z");
        look(&scenario).await;
        rounds(&scenario).await;
        let done = said(&scenario).await.iter().filter(|run| *run == "daily 11 04:00 done").count();
        assert_eq!(done, 3);
    }

    async fn both_nights_of_the_clock_change_start_what_the_rule_says(place: Place) {
        let scenario = at(&place, "2027-03-27T23:30:00Z").await;
        let all = [
            ("half-hourly", round("*/30 * * * *")),
            ("nightly", round("30 3 * * *")),
            ("quarters", round("*/15 3 * * *")),
        ];
        let queue = all.map(|(name, one)| (name, Definition { overlap: Overlap::Queue, ..one }));
        schedules(&scenario, &queue).await;
        minutes_to(&scenario, "2027-03-28T01:29:00Z").await;
        // The gap from 03:00 to 04:00 is at 01:00Z: what falls in it starts once, at 04:00.
        let expected = [
            "half-hourly 28 00:00 planned",
            "half-hourly 28 00:30 planned",
            "half-hourly 28 01:00 planned",
            "nightly 28 01:00 planned",
            "quarters 28 01:00 planned",
        ];
        assert_eq!(said(&scenario).await, expected);

        rounds(&scenario).await;
        scenario.execute("DELETE FROM run").await;
        set_clock(&scenario, "2027-10-30T23:45:00Z");
        look(&scenario).await;
        scenario.execute("DELETE FROM run").await;
        minutes_to(&scenario, "2027-10-31T02:14:00Z").await;
        // The hour from 03:00 to 04:00 comes at 00:00Z and again at 01:00Z; the second is for wildcards only.
        let expected = [
            "half-hourly 31 00:00 planned",
            "quarters 31 00:00 planned",
            "quarters 31 00:15 planned",
            "half-hourly 31 00:30 planned",
            "nightly 31 00:30 planned",
            "quarters 31 00:30 planned",
            "quarters 31 00:45 planned",
            "half-hourly 31 01:00 planned",
            "half-hourly 31 01:30 planned",
            "half-hourly 31 02:00 planned",
        ];
        let mut found = said(&scenario).await;
        let mut wanted = expected.map(str::to_owned).to_vec();
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);
    }

    async fn two_schedules_of_one_task_at_one_time_do_one_round(place: Place) {
        let scenario = at(&place, "2027-01-11T03:59:00Z").await;
        schedules(&scenario, &[("a", round("0 6 * * *")), ("b", round("0 6 * * *"))]).await;
        set_clock(&scenario, "2027-01-11T04:00:01Z");
        look(&scenario).await;
        rounds(&scenario).await;
        let mut found = said(&scenario).await;
        found.sort();
        assert_eq!(found, ["a 11 04:00 done", "b 11 04:00 skipped done_already"]);
        assert_eq!(scenario.number("SELECT count(*) FROM task_run").await, 1);
    }
}
