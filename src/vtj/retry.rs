//! When a request is tried again, and when not at all: attempts with growing pauses, and a circuit breaker.
//!
//! The only module that uses the `backoff` package, and of it only the intervals: its own loop would hide
//! attempts from whoever counts them. Everything asked of VTJ is a reading, so repeating it is harmless.

use std::time::Duration;

use backoff::ExponentialBackoffBuilder;
use backoff::backoff::Backoff as _;
use chrono::{DateTime, TimeDelta, Utc};

use super::error::VtjError;

/// How often and how soon a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all.
    pub tries: u32,
    /// The pause after the first failure; it doubles from there, and varies by half either way.
    pub first_pause: Duration,
    /// The longest pause of our own choice.
    pub longest_pause: Duration,
    /// The longest `Retry-After` that is waited for. A longer one ends the attempts: the next run comes
    /// later than that, or asks later.
    pub longest_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 3,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(30),
            longest_retry_after: Duration::from_mins(2),
        }
    }
}

/// One attempt that is over.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Counted from 1.
    pub number: u32,
    /// Why it failed, if it did.
    pub error: Option<&'a VtjError>,
}

/// Tries until an attempt succeeds, fails for good, or the tries are used up. Every attempt is told to
/// `count` when it is over. `Retry-After` lengthens a pause and never shortens it.
///
/// # Errors
/// The error of the last attempt.
pub async fn retry<T, F: Future<Output = Result<T, VtjError>>>(
    policy: &RetryPolicy,
    mut count: impl FnMut(Attempt<'_>),
    mut operation: impl FnMut() -> F,
) -> Result<T, VtjError> {
    let mut pauses = ExponentialBackoffBuilder::new()
        .with_initial_interval(policy.first_pause)
        .with_multiplier(2.0)
        .with_max_interval(policy.longest_pause)
        .with_max_elapsed_time(None)
        .build();
    let mut number = 1;
    loop {
        let result = operation().await;
        count(Attempt { number, error: result.as_ref().err() });
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let asked = error.retry_after().unwrap_or_default();
        if !error.is_transient() || number >= policy.tries || asked > policy.longest_retry_after {
            return Err(error);
        }
        let pause = pauses.next_backoff().unwrap_or(policy.longest_pause).max(asked);
        tracing::info!(
            error.class = error.class(),
            attempt = number,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "a request to VTJ failed and is repeated"
        );
        tokio::time::sleep(pause).await;
        number += 1;
    }
}

/// When the breaker opens, and how often it lets a trial through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row after which nothing is sent.
    pub failures_to_open: u32,
    /// Time between trials while nothing else is sent.
    pub trial_interval: TimeDelta,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures_to_open: 6, trial_interval: TimeDelta::seconds(30) }
    }
}

/// The circuit breaker: after failures in a row nothing is sent but a trial now and then.
///
/// Pure, and kept as a row, so that the daemon and a command beside it agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaker {
    /// Requests are sent.
    Closed {
        /// Failures in a row.
        failures: u32,
    },
    /// Nothing is sent until a time.
    Open {
        /// Failures in a row.
        failures: u32,
        /// When a trial may be made.
        until: DateTime<Utc>,
    },
    /// A trial is under way; nothing else is sent.
    HalfOpen {
        /// Failures in a row before the trial.
        failures: u32,
        /// When another trial may be made, should this one never report.
        until: DateTime<Utc>,
    },
}

/// The breaker as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BreakerRow {
    /// `closed`, `open` or `half_open`.
    pub state: String,
    /// Failures in a row.
    pub failures: u32,
    /// When a trial may be made; `None` while closed.
    pub until: Option<DateTime<Utc>>,
}

/// Nothing may be sent yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("VTJ failed {failures} times in a row and is left alone until {until}")]
pub struct LeftAlone {
    /// Failures in a row.
    pub failures: u32,
    /// When a trial may be made.
    pub until: DateTime<Utc>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl Breaker {
    /// Whether a request may be sent now; if so, the breaker as it is to be kept before it is sent.
    ///
    /// A time further away than one interval comes from a clock that was set back, and is not waited for.
    ///
    /// # Errors
    /// [`LeftAlone`] until the next trial is due.
    pub fn admit(self, policy: &BreakerPolicy, now: DateTime<Utc>) -> Result<Self, LeftAlone> {
        match self {
            Self::Closed { .. } => Ok(self),
            Self::Open { failures, until } | Self::HalfOpen { failures, until } => {
                if now < until && until <= now + policy.trial_interval {
                    return Err(LeftAlone { failures, until });
                }
                Ok(Self::HalfOpen { failures, until: now + policy.trial_interval })
            }
        }
    }

    /// The breaker after a request. A wrong request of our own says nothing of VTJ and counts as an answer.
    #[must_use]
    pub fn after(self, error: Option<&VtjError>, policy: &BreakerPolicy, now: DateTime<Utc>) -> Self {
        match error {
            None | Some(VtjError::BadRequest { .. }) => Self::default(),
            Some(_) => self.failed(policy, now),
        }
    }

    fn failed(self, policy: &BreakerPolicy, now: DateTime<Utc>) -> Self {
        let until = now + policy.trial_interval;
        match self {
            Self::Closed { failures } if failures + 1 < policy.failures_to_open => {
                Self::Closed { failures: failures + 1 }
            }
            Self::Closed { failures } | Self::Open { failures, .. } | Self::HalfOpen { failures, .. } => {
                Self::Open { failures: failures.saturating_add(1), until }
            }
        }
    }

    /// The breaker as it is kept.
    pub fn to_row(self) -> BreakerRow {
        let (state, failures, until) = match self {
            Self::Closed { failures } => ("closed", failures, None),
            Self::Open { failures, until } => ("open", failures, Some(until)),
            Self::HalfOpen { failures, until } => ("half_open", failures, Some(until)),
        };
        BreakerRow { state: state.to_owned(), failures, until }
    }

    /// Reads what [`Breaker::to_row`] wrote; `None` for anything else.
    pub fn from_row(row: &BreakerRow) -> Option<Self> {
        let failures = row.failures;
        match (row.state.as_str(), row.until) {
            ("closed", None) => Some(Self::Closed { failures }),
            ("open", Some(until)) => Some(Self::Open { failures, until }),
            ("half_open", Some(until)) => Some(Self::HalfOpen { failures, until }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unavailable() -> VtjError {
        VtjError::Unavailable { at: "muutokset", what: "status 503".to_owned(), retry_after: None }
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    #[test]
    fn the_breaker_opens_after_failures_and_lets_one_trial_through_at_a_time() {
        let policy = BreakerPolicy { failures_to_open: 3, trial_interval: TimeDelta::seconds(30) };
        let failed = |breaker: Breaker, second| breaker.after(Some(&unavailable()), &policy, at(second));
        let mut breaker = Breaker::default();
        for second in 0..3 {
            breaker = breaker.admit(&policy, at(second)).unwrap();
            breaker = failed(breaker, second);
        }
        assert_eq!(breaker, Breaker::Open { failures: 3, until: at(32) });
        assert_eq!(breaker.admit(&policy, at(31)), Err(LeftAlone { failures: 3, until: at(32) }));
        let trial = breaker.admit(&policy, at(32)).unwrap();
        assert!(trial.admit(&policy, at(40)).is_err());
        assert!(trial.admit(&policy, at(62)).is_ok(), "a trial that never reports does not hold for ever");
        assert_eq!(failed(trial, 33), Breaker::Open { failures: 4, until: at(63) });
        assert_eq!(trial.after(None, &policy, at(33)), Breaker::default());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_hold_the_breaker_open() {
        let policy = BreakerPolicy::default();
        let breaker = Breaker::Open { failures: 6, until: at(100_000) };
        assert!(breaker.admit(&policy, at(0)).is_ok());
    }

    #[test]
    fn the_breaker_is_kept_as_a_row() {
        for breaker in [
            Breaker::Closed { failures: 2 },
            Breaker::Open { failures: 6, until: at(1) },
            Breaker::HalfOpen { failures: 7, until: at(2) },
        ] {
            assert_eq!(Breaker::from_row(&breaker.to_row()), Some(breaker));
        }
        let wrong = BreakerRow { state: "open".to_owned(), failures: 1, until: None };
        assert_eq!(Breaker::from_row(&wrong), None);
    }
}
