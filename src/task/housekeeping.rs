//! The task `housekeeping`: closes, wakes and deletes by date, and counts what it did in the audit log.
//!
//! | what | when |
//! |---|---|
//! | content of used changes | 14 days after use; their keys stay, so that a replay is recognised |
//! | requests whose process died before the answer | closed as `unknown` after an hour |
//! | items put off | woken when their day has come |
//! | data keys, replaced or of forgotten patrons, that a killed process has left | at once |
//! | rounds of tasks | 400 days after their end |

use chrono::TimeDelta;

use super::{Context, Report, Task, TaskError, protect};
use crate::audit;
use crate::lease::Lease;
use crate::patrons;
use crate::store;

/// How long the content of a used change is kept.
const INBOX_KEPT: TimeDelta = TimeDelta::days(14);
/// After this long a request without an answer will get none.
const ABANDONED_AFTER: TimeDelta = TimeDelta::hours(1);
/// How long rounds of tasks are kept: a year and a month, to compare with last year.
const ROUNDS_KEPT: TimeDelta = TimeDelta::days(400);

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let now = context.clock.now();
    let keys = protect::destroy_left_keys(context).await? + patrons::destroy_left_keys(&context.db).await?;
    let mut tx = lease.begin().await?;
    let emptied = store::inbox::empty_used_before(&mut tx, now - INBOX_KEPT).await?;
    let abandoned = store::disclosure::close_abandoned(&mut tx, now - ABANDONED_AFTER, now).await?;
    let woken = store::finding::wake_snoozed(&mut tx, now).await?;
    let deleted = store::run::delete_before(&mut tx, now - ROUNDS_KEPT).await?;
    let changed = emptied + abandoned + woken + deleted + keys;
    if changed > 0 {
        let detail = format!(
            "changes emptied {emptied}, requests closed {abandoned}, items woken {woken}, rounds deleted {deleted}, keys destroyed {keys}"
        );
        audit::record(&mut tx, &[context.event(Task::Housekeeping, "housekeeping").detail(detail)]).await?;
    }
    tx.commit("housekeeping").await?;
    Ok(Report { examined: changed, changed, ..Report::default() })
}
