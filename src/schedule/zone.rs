//! Whether the system's time zone data agree with the rules for Helsinki that are built in.
//!
//! Due times are computed by the built-in rules alone, so that every machine starts a run at the same time
//! whatever is installed on it. Should the rules change (the Union has long spoken of giving up summer time), the
//! system usually learns of it first: then the two differ, and the program has to be updated.

use chrono::{DateTime, Datelike, FixedOffset, Offset as _, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Helsinki;
use tz::timezone::TimeZone as SystemZone;

use super::local;

/// How many calendar years are compared, this one included: laws on time are known about so far ahead.
const YEARS: i32 = 3;

/// Offsets are compared so often; clocks change on full, half or quarter hours.
const STEP_MINUTES: i64 = 15;

/// The release of the time zone database that is built in, such as `2025b`.
pub const BUILT_IN: &str = chrono_tz::IANA_TZDB_VERSION;

/// Where two sets of rules for Helsinki part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The first instant at which the offsets differ, to a quarter of an hour.
    pub at: DateTime<Utc>,
    /// The offset by which due times are computed.
    pub built_in: FixedOffset,
    /// The offset by the system's data.
    pub system: FixedOffset,
}

/// A file that is not time zone data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not time zone data (TZif, RFC 9636): {0}")]
pub struct NotTimeZoneData(String);

/// Compares the data of a TZif file with the built-in rules, for this calendar year and the next two.
/// `None`: they agree.
///
/// # Errors
/// When the data cannot be read.
pub fn difference(tzif: &[u8], now: DateTime<Utc>) -> Result<Option<Difference>, NotTimeZoneData> {
    let fault = |error: tz::TzError| NotTimeZoneData(error.to_string());
    let system = SystemZone::from_tz_data(tzif).map_err(fault)?;
    let year = local(now).year();
    let begin = |year| Helsinki.with_ymd_and_hms(year, 1, 1, 0, 0, 0).earliest();
    let (Some(mut at), Some(end)) = (begin(year), begin(year + YEARS)) else { return Ok(None) };
    while at < end {
        let built_in = at.offset().fix();
        let found = system.find_local_time_type(at.timestamp()).map_err(fault)?.ut_offset();
        let found = FixedOffset::east_opt(found)
            .ok_or_else(|| NotTimeZoneData(format!("an offset of {found} seconds")))?;
        if found != built_in {
            return Ok(Some(Difference { at: at.to_utc(), built_in, system: found }));
        }
        at += TimeDelta::minutes(STEP_MINUTES);
    }
    Ok(None)
}
