//! The silence of the change feed, and what an administrator has stopped or slowed down.

use chrono::{DateTime, Utc};

use super::Check;
use crate::cli::Code;
use crate::config::Config;
use crate::feed::{self, Feed, Silence};
use crate::service;
use crate::slice;
use crate::store::{StoreError, Tx};
use crate::switch;

/// How old the oldest cursor is, and what that means.
pub(super) async fn feed(
    tx: &mut Tx,
    config: &Config,
    now: DateTime<Utc>,
    people: &[(String, Option<String>, i64)],
) -> Result<Check, StoreError> {
    let followed = people.iter().any(|(state, _, count)| state == "following" && *count > 0);
    let settings = match service::settings(config) {
        Ok(settings) => settings,
        Err(error) => return Ok(Check::wrong("cursor", error.to_string(), None, Code::Configuration)),
    };
    let feed = feed::look(tx, &settings, now).await?;
    Ok(feed
        .filter(|_| followed)
        .map_or_else(|| Check::ok("cursor", "nobody is followed yet"), |feed| cursor(&feed)))
}

fn cursor(feed: &Feed) -> Check {
    let hours = feed.age.num_hours().max(0);
    let message = format!("the oldest change cursor is {hours} hours old");
    match feed.silence {
        Silence::Fine => Check::ok("cursor", message),
        Silence::Silent => Check::warn(
            "cursor",
            format!("{message}: the feed is silent"),
            "look for errors of fetch in the log, then run `ajantasa run fetch`",
        ),
        Silence::Urgent => Check::warn(
            "cursor",
            format!(
                "{} DAYS LEFT: {message}; after 14 days everyone must be read again ({})",
                feed::days_left(feed.age),
                feed.reload
            ),
            "mend what keeps fetch from succeeding today",
        ),
        Silence::Lost => Check::wrong(
            "cursor",
            format!(
                "{message}; VTJ keeps changes for 14 days, so some of {} follow lists may be lost",
                feed.lost
            ),
            Some(format!(
                "run `ajantasa run fetch --reload` to read everyone again: {}; it is never started by itself",
                feed.reload
            )),
            Code::TryAgain,
        ),
    }
}

/// What an administrator has set, that keeps work from going its usual way.
pub(super) async fn set_by_hand(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Check>, StoreError> {
    let mut checks = Vec::new();
    if let Some(stop) = switch::banner(tx, now).await? {
        checks.push(Check::warn("queries", stop, "resume them when the reason is gone"));
    }
    if let Some(slices) = slice::banner(tx).await? {
        checks.push(Check::ok("first load", slices));
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::Level;
    use super::*;
    use crate::feed::ReloadCost;
    use crate::quota::Price;

    #[test]
    fn a_cursor_is_spoken_of_louder_as_it_ages() {
        let aged = |hours: i64| {
            let age = TimeDelta::hours(hours);
            let reload = ReloadCost::of([4_000, 1], Price { micro_euros: 50_000 });
            cursor(&Feed { since: DateTime::UNIX_EPOCH, age, silence: Silence::of(age), lost: 2, reload })
        };
        for (hours, level) in
            [(24, Level::Ok), (25, Level::Warn), (239, Level::Warn), (241, Level::Warn), (337, Level::Wrong)]
        {
            assert_eq!(aged(hours).state, level, "{hours}");
        }
        assert!(aged(241).message.contains("3 DAYS LEFT"));
        let lost = aged(15 * 24);
        assert_eq!(lost.code, Code::TryAgain);
        let what = lost.what_to_do.unwrap();
        assert!(what.contains("run fetch --reload"), "{what}");
        assert!(what.contains("4001 people, 5 requests, 200.05 EUR, 3 minutes at most"), "{what}");
    }
}
