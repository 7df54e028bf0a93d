//! How often a client may ask.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use uuid::Uuid;

/// Requests of a client a minute, in the long run.
pub(in crate::web) const PER_MINUTE: u32 = 600;
/// Requests of a client at once, after a pause.
pub(in crate::web) const AT_ONCE: u32 = 120;

/// The share of every client, in this process.
#[derive(Debug, Default)]
pub(in crate::web) struct Limits {
    clients: Mutex<BTreeMap<Uuid, Arc<DefaultDirectRateLimiter>>>,
}

impl Limits {
    /// Counts a request of a client; or says in how many seconds there is room for one.
    pub(super) fn take(&self, client: Uuid) -> Result<(), u64> {
        let limiter = {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(clients.entry(client).or_insert_with(|| Arc::new(new())))
        };
        limiter.check().map_err(|until| {
            let wait: Duration = until.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

fn new() -> DefaultDirectRateLimiter {
    let some = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    DefaultDirectRateLimiter::direct(Quota::per_minute(some(PER_MINUTE)).allow_burst(some(AT_ONCE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_asks_too_often_waits_and_another_does_not() {
        let limits = Limits::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let refused = (0..10 * AT_ONCE).find_map(|_| limits.take(one).err());
        assert_eq!(refused, Some(1));
        assert_eq!(limits.take(other), Ok(()));
    }
}
