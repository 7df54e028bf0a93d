//! The rate of requests: never more than so many in any one second.
//!
//! Two rules together. A pacer (governor) keeps requests apart by a little less than their share of a second,
//! so that they do not come in bursts. A window holds back a request until the one that came a full share
//! before it is more than a second old, which is the promise itself; because it counts from what was really
//! sent, a late timer costs once a second and not once a request.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The length of the window: a second and what the way to the server may shorten the distance of two
/// requests by.
const WINDOW: Duration = Duration::from_millis(1012);

/// The distance kept between two requests, in hundredths of their share of a second.
const PACE_PERCENT: u32 = 90;

/// A limit on the requests of one process. Clones share it.
#[derive(Debug, Clone)]
pub struct Rate {
    per_second: usize,
    start: Instant,
    pacer: Arc<RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<Duration>>>,
    /// When the last requests were let through. Held while waiting, so that nobody overtakes.
    sent: Arc<Mutex<VecDeque<Instant>>>,
}

impl Rate {
    /// At most so many requests in any one second.
    pub fn per_second(requests: NonZeroU32) -> Self {
        let apart = WINDOW * PACE_PERCENT / 100 / requests.get();
        // A share of a second is nothing only beyond a thousand million requests.
        let quota = Quota::with_period(apart.max(Duration::from_nanos(1)))
            .expect("a period that is longer than nothing is a quota");
        let start = Instant::now();
        Self {
            per_second: usize::try_from(requests.get()).unwrap_or(usize::MAX),
            start,
            pacer: Arc::new(RateLimiter::direct_with_clock(quota, RuntimeClock { start })),
            sent: Arc::default(),
        }
    }

    /// Waits until a request may be sent, and counts it.
    pub async fn wait(&self) {
        let mut sent = self.sent.lock().await;
        while let Err(early) = self.pacer.check() {
            tokio::time::sleep_until(self.start + early.earliest_possible()).await;
        }
        if let Some(&oldest) = sent.front()
            && sent.len() >= self.per_second
        {
            tokio::time::sleep_until(oldest + WINDOW).await;
            sent.pop_front();
        }
        sent.push_back(Instant::now());
    }
}

/// The clock of the runtime, which a test can hold.
#[derive(Debug, Clone)]
struct RuntimeClock {
    start: Instant,
}

impl Clock for RuntimeClock {
    /// Since the limit was made.
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times, since the first, at which requests are let through.
    async fn times(per_second: u32, requests: usize, late: Duration) -> Vec<Duration> {
        let rate = Rate::per_second(NonZeroU32::new(per_second).unwrap());
        let mut times = Vec::new();
        let first = Instant::now();
        for _ in 0..requests {
            rate.wait().await;
            times.push(first.elapsed());
            tokio::time::sleep(late).await;
        }
        times
    }

    fn most_in_a_second(times: &[Duration]) -> usize {
        let second = Duration::from_secs(1);
        times
            .iter()
            .map(|&start| times.iter().filter(|&&time| time >= start && time < start + second).count())
            .max()
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_requests_than_the_limit_and_hardly_fewer() {
        for per_second in [1, 2, 7, 50, 300] {
            for late in [Duration::ZERO, Duration::from_millis(2)] {
                let requests = per_second as usize * 20 + 1;
                let times = times(per_second, requests, late).await;
                assert!(most_in_a_second(&times) <= per_second as usize, "{per_second} a second");
                let reached = 20.0 * f64::from(per_second) / times.last().unwrap().as_secs_f64();
                assert!(reached > f64::from(per_second) * 0.98, "{reached} of {per_second} a second");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_do_not_come_in_bursts_after_a_pause() {
        let rate = Rate::per_second(NonZeroU32::new(10).unwrap());
        rate.wait().await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        let start = Instant::now();
        for _ in 0..3 {
            rate.wait().await;
        }
        assert!(start.elapsed() > Duration::from_millis(180));
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_that_gives_up_frees_no_room() {
        let rate = Rate::per_second(NonZeroU32::new(2).unwrap());
        rate.wait().await;
        rate.wait().await;
        let gave_up = tokio::time::timeout(Duration::from_millis(300), rate.wait()).await;
        assert!(gave_up.is_err());
        let start = Instant::now();
        rate.wait().await;
        assert!(start.elapsed() > Duration::from_millis(200));
    }
}
