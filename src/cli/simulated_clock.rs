//! The option `--simulated-clock`: another time than the real one, for simulations only.

use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::cli::{Code, Exit};
use crate::clock::{Clock, SimulatedClock, SystemClock};
use crate::config::Config;

/// The greatest speed: a year in half a minute.
const GREATEST_SPEED: f64 = 1_000_000.0;

/// The option, for the commands that take it.
#[derive(Debug, Clone, clap::Args)]
pub struct SimulatedClockArg {
    /// Run at another time, perhaps faster: an RFC 3339 time, then xSPEED, such as
    /// 2027-03-27T12:00:00+02:00x60. Only when every VTJ address is on this machine.
    #[arg(long, value_name = "START[xSPEED]")]
    pub simulated_clock: Option<SimulatedStart>,
}

/// When a simulated clock starts and how fast it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimulatedStart {
    /// The instant it starts at.
    pub start: DateTime<Utc>,
    /// How many times faster than time it runs.
    pub speed: f64,
}

impl FromStr for SimulatedStart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (start, speed) = match text.split_once('x') {
            Some((start, speed)) => {
                let parsed = speed.parse().ok();
                let speed = parsed.filter(|speed: &f64| *speed > 0.0 && *speed <= GREATEST_SPEED);
                (start, speed.ok_or_else(|| format!("the speed {speed:?} is no number from 0 to 1000000"))?)
            }
            None => (text, 1.0),
        };
        let start = DateTime::parse_from_rfc3339(start)
            .map_err(|error| format!("{error}: write a time such as 2027-03-27T12:00:00+02:00"))?;
        Ok(Self { start: start.to_utc(), speed })
    }
}

impl SimulatedClockArg {
    /// The clock asked for, and says so on standard error when it is a simulated one.
    pub fn clock(&self) -> Arc<dyn Clock> {
        let Some(SimulatedStart { start, speed }) = self.simulated_clock else {
            return Arc::new(SystemClock);
        };
        let clock = SimulatedClock::new(start, speed);
        if let Some(notice) = clock.notice() {
            eprintln!("{notice}");
        }
        Arc::new(clock)
    }

    /// Refuses a simulated clock where a real VTJ could be asked at a time that is not.
    ///
    /// # Errors
    /// [`Code::Configuration`], with the address.
    pub fn admit(&self, config: &Config) -> Result<(), Exit> {
        if self.simulated_clock.is_none() || config.vtj.is_loopback() {
            return Ok(());
        }
        let message = format!(
            "--simulated-clock is for a simulated VTJ only, and {} names one that is not on this machine",
            config.file.display()
        );
        Err(Exit::new(Code::Configuration, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_and_a_speed_are_read() {
        let read = |text: &str| SimulatedStart::from_str(text);
        let start: DateTime<Utc> = "2027-03-27T10:00:00Z".parse().unwrap();
        assert_eq!(read("2027-03-27T12:00:00+02:00"), Ok(SimulatedStart { start, speed: 1.0 }));
        assert_eq!(read("2027-03-27T10:00:00Zx0.5"), Ok(SimulatedStart { start, speed: 0.5 }));
        for wrong in
            ["", "2027-03-27", "2027-03-27T10:00:00", "2027-03-27T10:00:00Zx0", "2027-03-27T10:00:00Zx"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        for speed in ["-1", "inf", "NaN", "1e9"] {
            assert!(read(&format!("2027-03-27T10:00:00Zx{speed}")).is_err(), "{speed}");
        }
    }
}
