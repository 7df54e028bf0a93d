//! The days a segment's numbers stand for, seen from today.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use chrono_tz::Europe::Helsinki;

/// The latest birth date of somebody who is `years` old on a day. Who was born on the 29th of February is a year
/// older from the 1st of March on where there is no 29th.
pub fn born_at_latest(day: NaiveDate, years: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(years.saturating_mul(12))).unwrap_or(NaiveDate::MIN)
}

/// The instant before which somebody was last verified who was verified more than `months` calendar months before
/// today: the beginning, in Helsinki, of the day so many months ago.
pub fn verified_before(today: NaiveDate, months: u32) -> DateTime<Utc> {
    let day = today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
    // The clocks of Helsinki do not change at midnight.
    midnight.and_local_timezone(Helsinki).earliest().map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}

/// The latest oldest due date of a debt that goes to the collector by `days` from today.
pub fn due_at_latest(today: NaiveDate, days: u32, minimum_days_overdue: u32) -> NaiveDate {
    let by = today.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
    by.checked_sub_days(Days::new(u64::from(minimum_days_overdue))).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_birthday_on_the_29th_of_february_comes_on_the_1st_of_march() {
        assert!(born_at_latest(day("2027-02-28"), 15) < day("2012-02-29"));
        assert!(born_at_latest(day("2027-03-01"), 15) >= day("2012-02-29"));
        assert_eq!(born_at_latest(day("2028-02-29"), 15), day("2013-02-28"));
    }

    #[test]
    fn months_are_counted_on_helsinkis_calendar() {
        assert_eq!(verified_before(day("2026-11-21"), 6).to_rfc3339(), "2026-05-20T21:00:00+00:00");
        assert_eq!(verified_before(day("2026-08-31"), 6).to_rfc3339(), "2026-02-27T22:00:00+00:00");
    }

    #[test]
    fn a_debt_is_due_for_collection_so_many_days_after_its_oldest_due_date() {
        assert_eq!(due_at_latest(day("2026-11-21"), 14, 60), day("2026-10-06"));
    }
}
