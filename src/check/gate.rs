//! Whether anything may be sent now: the breaker of a VTJ that is down, and what is known of our settings. Both
//! are rows, so that every process of the installation agrees.

use chrono::{DateTime, Utc};

use super::CheckError;
use super::trust::{Closed, Trust};
use crate::store::{self, Tx};
use crate::switch::Stop;
use crate::task::SingleQuery;
use crate::vtj::error::VtjError;
use crate::vtj::retry::{Breaker, BreakerPolicy, BreakerRow};

/// The breaker of the single query.
const BREAKER: &str = "query";
/// The fact that says whether VTJ has taken the settings.
const TRUST: &str = "query.settings";

/// Why nothing was sent.
#[derive(Debug)]
pub(super) enum NotSent {
    /// VTJ has refused the settings.
    Closed(Closed),
    /// VTJ fails and is left alone for a while.
    LeftAlone(DateTime<Utc>),
    /// There is no room under a ceiling.
    Ceiling(String),
    /// An administrator has stopped every query.
    Stopped(Stop),
}

/// Whether anything may be sent now; whoever is let through as a trial is noted.
pub(super) async fn admit(
    tx: &mut Tx,
    query: &SingleQuery,
    now: DateTime<Utc>,
) -> Result<Result<(), NotSent>, CheckError> {
    let before = trust(tx, query).await?;
    let after = match before.clone().admit(now) {
        Ok(after) => after,
        Err(closed) => return Ok(Err(NotSent::Closed(closed))),
    };
    if after != before {
        store::installation::set(tx, TRUST, &after.kept()).await?;
    }
    let before = breaker(tx).await?;
    match before.admit(&BreakerPolicy::default(), now) {
        Ok(after) => set_breaker(tx, before, after).await?,
        Err(left) => return Ok(Err(NotSent::LeftAlone(left.until))),
    }
    Ok(Ok(()))
}

/// Lets refused settings be tried once more.
pub(super) async fn grant_trial(tx: &mut Tx, query: &SingleQuery) -> Result<(), CheckError> {
    let granted = trust(tx, query).await?.once_more();
    store::installation::set(tx, TRUST, &granted.kept()).await?;
    Ok(())
}

async fn trust(tx: &mut Tx, query: &SingleQuery) -> Result<Trust, CheckError> {
    let kept = store::installation::locked(tx, TRUST).await?;
    Ok(Trust::of(&query.settings, kept.as_deref()))
}

async fn breaker(tx: &mut Tx) -> Result<Breaker, CheckError> {
    let row = store::round::breaker(tx, BREAKER).await?.and_then(|(state, failures, until)| {
        let failures = u32::try_from(failures).unwrap_or(u32::MAX);
        Breaker::from_row(&BreakerRow { state, failures, until })
    });
    Ok(row.unwrap_or_default())
}

async fn set_breaker(tx: &mut Tx, before: Breaker, after: Breaker) -> Result<(), CheckError> {
    if before != after {
        let row = after.to_row();
        store::round::set_breaker(tx, BREAKER, &row.state, i64::from(row.failures), row.until).await?;
    }
    Ok(())
}

/// Learns from a question that has come to its end.
pub(super) async fn learn(
    tx: &mut Tx,
    query: &SingleQuery,
    error: Option<&VtjError>,
    now: DateTime<Utc>,
) -> Result<(), CheckError> {
    let before = trust(tx, query).await?;
    let after = before.clone().after(error, now);
    if after != before {
        store::installation::set(tx, TRUST, &after.kept()).await?;
    }
    let before = breaker(tx).await?;
    // Settings have their own way of closing; the breaker is for a VTJ that is down.
    let failure = error.filter(|error| error.is_transient());
    set_breaker(tx, before, before.after(failure, &BreakerPolicy::default(), now)).await
}
