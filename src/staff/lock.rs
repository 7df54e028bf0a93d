//! How long an account takes no password after wrong ones.

use chrono::{DateTime, Days, Duration, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;

use crate::clock::helsinki_date;

/// The longest lock short of a whole day, in seconds; a person at a terminal waits for it.
pub const LONGEST_SHORT_SECONDS: i64 = 10;

/// From this many wrong passwords the account takes none for the rest of the day.
pub const FAILURES_OF_A_DAY: i64 = 100;

/// Until when no password is tried after `failures` wrong ones in a row, the last at `at`.
///
/// One second below 3, three below 9, five below 25, ten below 100, then until midnight in Helsinki: a hundred
/// guesses a day, while a person who mistypes hardly notices.
pub fn until(failures: i64, at: DateTime<Utc>) -> DateTime<Utc> {
    if failures < FAILURES_OF_A_DAY { at + short(failures) } else { midnight_after(at) }
}

/// Until when no word for a name, or from a known device, is judged at the staff pages after `failures` wrong ones, the
/// last at `at`: as [`until`], but then for a whole day, so that no two days meet.
pub fn page_until(failures: i64, at: DateTime<Utc>) -> DateTime<Utc> {
    if failures < FAILURES_OF_A_DAY { at + short(failures) } else { at + Duration::days(1) }
}

/// Wrong words from one network that cost it nothing: a library's staff share one, and mistype.
pub const FREE_OF_A_NETWORK: i64 = 10;

/// From this many wrong words none from the network is judged for an hour.
pub const FAILURES_OF_A_NETWORK: i64 = 30;

/// Until when no word from a network is judged after `failures` wrong ones, the last at `at`, whatever the names.
pub fn network_until(failures: i64, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match failures {
        ..FREE_OF_A_NETWORK => None,
        FREE_OF_A_NETWORK..FAILURES_OF_A_NETWORK => Some(at + Duration::minutes(1)),
        _ => Some(at + Duration::hours(1)),
    }
}

fn short(failures: i64) -> Duration {
    Duration::seconds(match failures {
        ..3 => 1,
        3..9 => 3,
        9..25 => 5,
        _ => LONGEST_SHORT_SECONDS,
    })
}

/// The count to go on from: a new day begins with none once the day's lock has ended.
pub fn counted(failures: i64, locked_until: Option<DateTime<Utc>>, at: DateTime<Utc>) -> i64 {
    let day_is_over = failures >= FAILURES_OF_A_DAY && locked_until.is_none_or(|until| until <= at);
    if day_is_over { 0 } else { failures }
}

fn midnight_after(at: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = helsinki_date(at) + Days::new(1);
    let midnight = tomorrow.and_time(chrono::NaiveTime::MIN);
    // Clocks in Helsinki never change at midnight; a day is the answer if they ever should.
    Helsinki.from_local_datetime(&midnight).earliest().map_or(at + Duration::days(1), |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_grows_with_the_failures() {
        let at: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let seconds = |failures| (until(failures, at) - at).num_seconds();
        assert_eq!([1, 2, 3, 8, 9, 24, 25, 99].map(seconds), [1, 1, 3, 3, 5, 5, 10, 10]);
        assert_eq!(until(100, at).to_rfc3339(), "2026-11-21T22:00:00+00:00");
    }

    #[test]
    fn a_new_day_begins_with_no_failures() {
        let at: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        assert_eq!(counted(100, Some(at), at), 0);
        assert_eq!(counted(100, Some(at + Duration::seconds(1)), at), 100);
        assert_eq!(counted(99, Some(at), at), 99);
    }

    #[test]
    fn an_hour_of_guessing_tries_at_most_120_passwords() {
        let start: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        let (mut at, mut failures, mut tried) = (start, 0, 0);
        while at < start + Duration::hours(1) {
            tried += 1;
            failures = counted(failures, Some(at), at) + 1;
            at = until(failures, at);
        }
        assert_eq!(tried, 100);
    }
}
