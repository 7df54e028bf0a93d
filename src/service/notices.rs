//! What a daemon says again and again in its log: the queries are stopped, the feed is silent.
//!
//! Once when it begins or changes, and once an hour as long as it lasts. What was said is remembered in memory
//! only, so that a daemon that is started says it, too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::feed::{self, Silence};
use crate::scheduler::Plan;
use crate::store::StoreError;
use crate::task::Context;
use crate::{slice, switch};

/// How often the database is asked. Once a minute is early enough for what is said once an hour.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The same is not said again before so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Queries,
    Feed(Silence),
    FirstLoad,
}

/// One thing that is not as usual.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) subject: Subject,
    pub(super) text: String,
}

/// Everything that is not as usual.
pub(super) async fn of(context: &Context) -> Result<Vec<Notice>, StoreError> {
    let now = context.clock.now();
    let mut tx = context.db.read().await?;
    let stop = switch::banner(&mut tx, now).await?;
    let feed = feed::look(&mut tx, &context.settings, now).await?;
    let slices = slice::banner(&mut tx).await?;
    let feed = feed.and_then(|feed| Some((Subject::Feed(feed.silence), feed.banner()?)));
    let stop = stop.map(|text| (Subject::Queries, text));
    let slices = slices.map(|text| (Subject::FirstLoad, text));
    let notices = stop.into_iter().chain(feed).chain(slices);
    Ok(notices.map(|(subject, text)| Notice { subject, text }).collect())
}

/// Everything that is not as usual, in words: the queries are stopped, the feed is silent, a first load goes on.
///
/// # Errors
/// When the database does not answer.
pub async fn notices_of(context: &Context) -> Result<Vec<String>, StoreError> {
    Ok(of(context).await?.into_iter().map(|notice| notice.text).collect())
}

/// Says it in the log until the daemon stops.
pub(super) async fn watch(plans: watch::Receiver<Arc<Plan>>, stop: CancellationToken) {
    let mut said = Said::default();
    loop {
        let plan = Arc::clone(&plans.borrow());
        // A database that does not answer is told of by whoever works with it.
        if let Ok(notices) = of(&plan.context).await {
            let now = plan.context.clock.now();
            said.forget_all_but(&notices);
            for notice in notices.iter().filter(|notice| said.is_due(notice.subject, now)) {
                match notice.subject {
                    Subject::Feed(Silence::Urgent | Silence::Lost) => tracing::error!("{}", notice.text),
                    Subject::FirstLoad => {}
                    Subject::Feed(_) | Subject::Queries => tracing::warn!("{}", notice.text),
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// When what was last said.
#[derive(Debug, Default)]
struct Said(BTreeMap<Subject, DateTime<Utc>>);

impl Said {
    /// What has ended is said at once when it begins anew.
    fn forget_all_but(&mut self, notices: &[Notice]) {
        self.0.retain(|subject, _| notices.iter().any(|notice| notice.subject == *subject));
    }

    /// Whether it is said now; if so, not again for an hour. A clock that was set back says it, too.
    fn is_due(&mut self, subject: Subject, now: DateTime<Utc>) -> bool {
        let due = self.0.get(&subject).is_none_or(|last| now - *last >= AGAIN_AFTER || now < *last);
        if due {
            self.0.insert(subject, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn notice(subject: Subject) -> Notice {
        Notice { subject, text: String::new() }
    }

    #[test]
    fn the_same_is_said_once_an_hour() {
        let mut said = Said::default();
        let minutes: Vec<i64> =
            (0..150).filter(|minute| said.is_due(Subject::Queries, at(*minute))).collect();
        assert_eq!(minutes, [0, 60, 120]);
    }

    #[test]
    fn what_grows_worse_or_begins_anew_is_said_at_once() {
        let mut said = Said::default();
        assert!(said.is_due(Subject::Feed(Silence::Silent), at(0)));
        assert!(said.is_due(Subject::Feed(Silence::Urgent), at(1)));
        said.forget_all_but(&[notice(Subject::Feed(Silence::Urgent))]);
        assert!(!said.is_due(Subject::Feed(Silence::Urgent), at(2)));
        assert!(said.is_due(Subject::Feed(Silence::Silent), at(3)));
    }
}
