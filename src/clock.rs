//! Time, passed in wherever it is needed: whole microseconds of UTC, and the Helsinki calendar date.
//!
//! PostgreSQL keeps microseconds; a finer clock would make a value read back differ from the value
//! written. Nothing else in the crate asks the system for the time (the lints forbid it), except leases,
//! which trust the database's clock alone.

use std::sync::Mutex;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Duration, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;

/// Where the time comes from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;

    /// Today in Helsinki, whose calendar every date of the register and of VTJ follows.
    fn today(&self) -> NaiveDate {
        helsinki_date(self.now())
    }

    /// What to tell the user when the time is not the real one.
    fn notice(&self) -> Option<String> {
        None
    }

    /// How many times faster than time it runs.
    fn speed(&self) -> f64 {
        1.0
    }
}

/// The calendar date in Helsinki at an instant.
pub fn helsinki_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Helsinki).date_naive()
}

/// When a day begins in Helsinki.
pub fn helsinki_midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Clocks in Helsinki never change at midnight; that of Greenwich is the answer if they ever should.
    Helsinki.from_local_datetime(&midnight).earliest().map_or(midnight.and_utc(), |at| at.to_utc())
}

/// Cuts an instant to whole microseconds.
pub fn whole_micros(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at)
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// A clock that starts at a chosen instant and may run faster than time does.
#[derive(Debug)]
pub struct SimulatedClock {
    start: DateTime<Utc>,
    speed: f64,
    started: Instant,
}

impl SimulatedClock {
    /// A clock that shows `start` now and runs `speed` times as fast as time does.
    pub fn new(start: DateTime<Utc>, speed: f64) -> Self {
        Self { start: whole_micros(start), speed, started: Instant::now() }
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed_micros = self.started.elapsed().as_secs_f64() * self.speed * 1e6;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a simulated span stays far below i64 microseconds"
        )]
        let elapsed = Duration::microseconds(elapsed_micros as i64);
        self.start + elapsed
    }

    fn notice(&self) -> Option<String> {
        Some(format!("simulated clock: started at {}, speed x{}", self.start.to_rfc3339(), self.speed))
    }

    fn speed(&self) -> f64 {
        self.speed
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    /// A clock that stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(whole_micros(now)))
    }

    /// Moves the clock by `by`, forward or back.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_changes_at_midnight_in_helsinki() {
        let summer: DateTime<Utc> = "2026-06-30T21:00:00Z".parse().unwrap();
        assert_eq!(helsinki_date(summer).to_string(), "2026-07-01");
        let winter: DateTime<Utc> = "2026-11-20T21:59:59Z".parse().unwrap();
        assert_eq!(helsinki_date(winter).to_string(), "2026-11-20");
    }

    #[test]
    fn the_system_clock_returns_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1000, 0);
    }
}
