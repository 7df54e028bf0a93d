//! The rate of requests: never more than so many in any one second.
//!
//! Two rules together. A window holds back a request until the one that came a full share before it is more
//! than a second old, which is the promise itself; because it counts from what was really let through, a late
//! timer costs once a second and not once a request. A pacer (governor) keeps requests apart by a little less
//! than their share of a second, so that they do not come in bursts.

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

/// The length of the window: a second, and what the way to the server may shorten the distance of two
/// requests by.
const WINDOW: Duration = Duration::from_millis(1012);

/// The distance kept between two requests, in hundredths of their share of a second.
const PACE_PERCENT: u32 = 90;

/// Where many requests belong into a second, so many bursts may make up for late timers, which wake to the
/// millisecond.
const BURSTS_PER_SECOND: u32 = 50;

/// A limit on the requests of one process. Clones share it.
#[derive(Debug, Clone)]
pub struct Rate {
    start: Instant,
    /// Held while waiting, so that nobody overtakes.
    schedule: Arc<Mutex<Schedule<RuntimeClock>>>,
}

impl Rate {
    /// At most so many requests in any one second.
    pub fn per_second(requests: NonZeroU32) -> Self {
        let start = Instant::now();
        Self { start, schedule: Arc::new(Mutex::new(Schedule::new(requests, RuntimeClock { start }))) }
    }

    /// Waits until a request may be sent, and counts it. Whoever gives up waiting is not counted.
    pub async fn wait(&self) {
        let mut schedule = self.schedule.lock().await;
        while let Err(until) = schedule.take() {
            tokio::time::sleep_until(self.start + until).await;
        }
    }
}

/// The clock of the runtime, as time since the limit was made.
#[derive(Debug, Clone)]
struct RuntimeClock {
    start: Instant,
}

impl Clock for RuntimeClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

/// When requests may be sent.
#[derive(Debug)]
struct Schedule<C: Clock<Instant = Duration>> {
    per_second: usize,
    clock: C,
    pacer: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<Duration>>,
    /// When the last requests were let through, at most as many as a second may have.
    sent: VecDeque<Duration>,
}

impl<C: Clock<Instant = Duration> + Clone> Schedule<C> {
    fn new(requests: NonZeroU32, clock: C) -> Self {
        let apart = WINDOW * PACE_PERCENT / 100 / requests.get();
        let quota = Quota::with_period(apart.max(Duration::from_nanos(1)))
            .expect("a period that is longer than nothing is a quota")
            .allow_burst(NonZeroU32::MIN.saturating_add(requests.get() / BURSTS_PER_SECOND));
        Self {
            per_second: usize::try_from(requests.get()).unwrap_or(usize::MAX),
            pacer: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
            sent: VecDeque::new(),
        }
    }

    /// Counts a request that is sent now, or says until when it must wait.
    fn take(&mut self) -> Result<(), Duration> {
        let now = self.clock.now();
        let full = self.sent.len() >= self.per_second;
        if let Some(until) = self.sent.front().map(|&oldest| oldest + WINDOW).filter(|_| full)
            && now < until
        {
            return Err(until);
        }
        self.pacer.check().map_err(|early| early.earliest_possible())?;
        if full {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A clock that the test moves.
    #[derive(Debug, Clone, Default)]
    struct Held(Arc<Mutex<Duration>>);

    impl Clock for Held {
        type Instant = Duration;

        fn now(&self) -> Duration {
            *self.0.lock().unwrap()
        }
    }

    impl Held {
        fn set(&self, time: Duration) {
            *self.0.lock().unwrap() = time;
        }
    }

    fn schedule(per_second: u32) -> (Held, Schedule<Held>) {
        let clock = Held::default();
        (clock.clone(), Schedule::new(NonZeroU32::new(per_second).unwrap(), clock))
    }

    /// The times at which requests go that always wait, by a timer that is late each time.
    fn times(per_second: u32, requests: usize, late: Duration) -> Vec<Duration> {
        let (clock, mut schedule) = schedule(per_second);
        let mut times = Vec::new();
        while times.len() < requests {
            match schedule.take() {
                Ok(()) => times.push(clock.now()),
                Err(until) => clock.set(until + late),
            }
        }
        times
    }

    #[test]
    fn no_second_has_more_requests_than_the_limit_and_hardly_fewer() {
        for per_second in [1, 2, 7, 50, 300] {
            for late in [Duration::ZERO, Duration::from_micros(1300)] {
                let requests = per_second as usize * 20 + 1;
                let times = times(per_second, requests, late);
                let apart = times
                    .windows(per_second as usize + 1)
                    .map(|some| some[per_second as usize].saturating_sub(some[0]));
                assert!(apart.min().unwrap() > Duration::from_secs(1), "more than {per_second} a second");
                let reached = 20.0 * f64::from(per_second) / times.last().unwrap().as_secs_f64();
                assert!(reached > f64::from(per_second) * 0.98, "{reached} of {per_second} a second");
            }
        }
    }

    #[test]
    fn requests_do_not_come_in_bursts_after_a_pause() {
        let (clock, mut schedule) = schedule(10);
        assert_eq!(schedule.take(), Ok(()));
        clock.set(Duration::from_mins(1));
        assert_eq!(schedule.take(), Ok(()));
        assert!(schedule.take().unwrap_err() > Duration::from_millis(60_080));
    }

    #[test]
    fn whoever_gives_up_waiting_frees_no_room() {
        let (clock, mut schedule) = schedule(2);
        assert_eq!(schedule.take(), Ok(()));
        let until = schedule.take().unwrap_err();
        clock.set(until);
        assert_eq!(schedule.take(), Ok(()));
        for _ in 0..3 {
            assert_eq!(schedule.take(), Err(WINDOW));
        }
    }
}
