//! How long the change feed has been silent, and what that means: VTJ keeps changes for two weeks.

use chrono::{DateTime, TimeDelta, Utc};

/// A day and an hour without an answer is no pause between two nightly rounds any more.
pub const SILENT_AFTER: TimeDelta = TimeDelta::hours(25);
/// From this day there are four left to act.
pub const URGENT_AFTER: TimeDelta = TimeDelta::days(10);
/// VTJ keeps changes for so long; behind an older cursor some may be lost.
pub const LOST_AFTER: TimeDelta = TimeDelta::days(14);

/// What the age of the oldest change cursor means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Silence {
    /// The feed speaks.
    Fine,
    /// It has not been asked with success for 25 hours.
    Silent,
    /// For ten days of the fourteen.
    Urgent,
    /// For more than fourteen days: changes may be lost, and everyone would have to be read again.
    Lost,
}

impl Silence {
    /// Every state, from the best to the worst.
    pub const ALL: [Self; 4] = [Self::Fine, Self::Silent, Self::Urgent, Self::Lost];

    /// What a silence of this length means.
    pub fn of(age: TimeDelta) -> Self {
        if age > LOST_AFTER {
            Self::Lost
        } else if age >= URGENT_AFTER {
            Self::Urgent
        } else if age >= SILENT_AFTER {
            Self::Silent
        } else {
            Self::Fine
        }
    }

    /// The word in the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Silent => "silent",
            Self::Urgent => "urgent",
            Self::Lost => "lost",
        }
    }
}

/// Whole days until changes may be lost; 0 on the last.
pub fn days_left(age: TimeDelta) -> i64 {
    (LOST_AFTER - age).num_days().max(0)
}

/// The warning that goes with a pause of the feed until an instant; nothing for a short one. `since` is when the
/// oldest list was last asked about with success, or now.
pub fn pause_warning(since: DateTime<Utc>, until: DateTime<Utc>) -> Option<String> {
    let age = until - since;
    match Silence::of(age) {
        Silence::Fine | Silence::Silent => None,
        Silence::Urgent => Some(format!(
            "by the end of this pause the change feed will have been silent for {} days; VTJ keeps changes for 14, so nothing may go wrong then",
            age.num_days()
        )),
        Silence::Lost => Some(format!(
            "by the end of this pause the change feed will have been silent for {} days; VTJ keeps changes for 14, so everyone will have to be read again, at a price: see `ajantasa doctor --first-run`",
            age.num_days()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_grows_worse_at_25_hours_at_10_days_and_after_14() {
        let second = TimeDelta::seconds(1);
        for (age, silence) in [
            (TimeDelta::hours(-5), Silence::Fine),
            (SILENT_AFTER - second, Silence::Fine),
            (TimeDelta::hours(25), Silence::Silent),
            (TimeDelta::days(10) - second, Silence::Silent),
            (TimeDelta::days(10), Silence::Urgent),
            (TimeDelta::days(14), Silence::Urgent),
            (TimeDelta::days(14) + second, Silence::Lost),
        ] {
            assert_eq!(Silence::of(age), silence, "{age}");
        }
    }

    #[test]
    fn days_are_counted_down_to_none() {
        assert_eq!([10, 13, 14, 20].map(|days| days_left(TimeDelta::days(days))), [4, 1, 0, 0]);
        assert_eq!(days_left(TimeDelta::days(10) + TimeDelta::hours(1)), 3);
    }

    #[test]
    fn only_a_long_pause_is_warned_of_and_a_silence_before_it_counts() {
        let now: DateTime<Utc> = "2027-01-01T12:00:00Z".parse().unwrap();
        let until = |days| now + TimeDelta::days(days);
        assert_eq!(pause_warning(now, until(9)), None);
        assert!(pause_warning(now, until(10)).is_some_and(|text| text.contains("10 days")));
        assert!(pause_warning(now, until(15)).is_some_and(|text| text.contains("read again")));
        assert!(
            pause_warning(now - TimeDelta::days(8), until(9)).is_some_and(|text| text.contains("17 days"))
        );
    }
}
