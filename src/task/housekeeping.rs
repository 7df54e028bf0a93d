//! The task `housekeeping`: closes, wakes and deletes by date, and counts what it did in the audit log.
//!
//! | what | when |
//! |---|---|
//! | content of used changes | 14 days after use; their keys stay, so that a replay is recognised |
//! | requests whose process died before the answer | closed as `unknown` after an hour |
//! | single-person queries booked by a process that died | spent after ten minutes: VTJ may have answered |
//! | the disclosure log | deleted after the configured years |
//! | items put off | woken when their day has come |
//! | pauses of schedules | closed when their time is over |
//! | people who were left out because their rows did not open | judged again in the next round of `enrol` |
//! | what other sources have said | 180 days after it was received, unless an open finding rests on it |
//! | who has a case open | a day after they last had it |
//! | files of debts, with the reasons to hold | 400 days after they came |
//! | rounds of tasks | 400 days after their end |
//! | what sessions keep for their next page | half an hour after it was written, or when they have ended |
//! | names of patrons that an earlier version stored | written to be searched, in the next round |
//! | runs of schedules, with whom they were about | after the configured days; one that a later one goes on from stays as long as that |
//! | sessions of the staff pages | 90 days after they ran out |
//! | masked values that somebody opened, with the reason and who was told | 400 days after they were masked again |
//! | batches of bulk approval, with the list of their cases | 400 days after the last that was done with them |
//! | wrong words at the sign-in | forgotten a week after the last |
//! | browsers known to an account | forgotten 180 days after the last sign-in |
//! | sign-ins that have not come back from the directory | an hour after they were sent |
//! | data keys of the forgotten that a kill left | in the next round |
//! | data keys of nobody: a kill came between the key and the import of its patron | a day after they were made |
//! | old versions of replaced data keys below every version that still seals something | a day after the newest was made |

use chrono::{Months, TimeDelta};

use super::{Context, Report, Task, TaskError, enrol, spent_keys};
use crate::audit;
use crate::lease::Lease;
use crate::planning;
use crate::staff::note;
use crate::store;

/// How long the content of a used change is kept.
pub const INBOX_KEPT: TimeDelta = TimeDelta::days(14);
/// After this long a request without an answer will get none.
const ABANDONED_AFTER: TimeDelta = TimeDelta::hours(1);
/// How long what another source has said is kept: by then VTJ has answered, or nobody has asked.
pub const CLAIMS_KEPT: TimeDelta = TimeDelta::days(180);
/// After this long nobody waits for the answer to a single query any more: longer than every deadline and retry.
const BOOKED_FOR: TimeDelta = TimeDelta::minutes(10);
/// Runs deleted in one transaction: each may have the rows of a whole register.
const RUNS_AT_ONCE: i64 = 10;
/// Names written in one transaction.
const NAMES_AT_ONCE: i64 = 500;
/// Requests deleted in one transaction.
const DELETED_AT_ONCE: i64 = 10_000;
/// How long rounds of tasks and files of debts are kept: a year and a month, to compare with last year.
pub const ROUNDS_KEPT: TimeDelta = TimeDelta::days(400);

/// How long sessions that have run out are kept, to be looked at after a theft.
pub const SESSIONS_KEPT: TimeDelta = TimeDelta::days(90);
/// How long wrong words are counted: longer than any lock.
const LOCKS_KEPT: TimeDelta = TimeDelta::days(7);
/// How long a browser is known after the last sign-in from it.
const DEVICES_KEPT: TimeDelta = TimeDelta::days(180);

/// How long it is kept which masked values were opened and which batches were approved: a year and a month. What was
/// done is in the audit log, which keeps no reason and no list.
pub const ACTS_KEPT: TimeDelta = TimeDelta::days(400);
/// How long a sign-in that has not come back from the directory is kept: longer than it can come back.
const DIRECTORY_KEPT: TimeDelta = TimeDelta::hours(1);

/// How long it is kept who had a case open: it says nothing any more, and the audit log has every look.
const VIEWS_KEPT: TimeDelta = TimeDelta::days(1);

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let emptied = store::inbox::empty_used_before(&mut tx, now - INBOX_KEPT).await?;
    let abandoned = store::disclosure::close_abandoned(&mut tx, now - ABANDONED_AFTER, now).await?;
    let spent = store::query_ledger::settle_abandoned(&mut tx, now - BOOKED_FOR, now).await?;
    let woken = store::finding::wake_snoozed(&mut tx, now).await?;
    let deleted = store::round::delete_before(&mut tx, now - ROUNDS_KEPT).await?;
    // No change by itself: whoever still does not open is left out once more.
    store::due::make_enrol_due_again(&mut tx, enrol::DOES_NOT_OPEN).await?;
    let collections = store::collection::delete_before(&mut tx, now - ROUNDS_KEPT).await?;
    let claims = store::claim::delete_before(&mut tx, now - CLAIMS_KEPT).await?;
    // Of no interest to anybody but their session, so not counted.
    store::session_note::delete_before(&mut tx, now - note::KEPT).await?;
    let sessions = store::session::delete_before(&mut tx, now - SESSIONS_KEPT).await?;
    store::shown_once::delete_over(&mut tx, now).await?;
    store::sign_in_lock::delete_before(&mut tx, now - LOCKS_KEPT).await?;
    let devices = store::known_device::delete_before(&mut tx, now - DEVICES_KEPT).await?;
    store::case_view::delete_before(&mut tx, now - VIEWS_KEPT).await?;
    let reveals = store::reveal::delete_before(&mut tx, now - ACTS_KEPT).await?;
    let batches = store::bulk::delete_before(&mut tx, now - ACTS_KEPT).await?;
    store::directory::delete_before(&mut tx, now - DIRECTORY_KEPT).await?;
    let mut events = planning::close_over(context, &mut tx).await?;
    let pauses = u64::try_from(events.len()).unwrap_or_default();
    let mut changed = emptied
        + abandoned
        + spent
        + woken
        + deleted
        + claims
        + collections
        + sessions
        + devices
        + reveals
        + batches;
    if changed > 0 {
        let detail = format!(
            "changes emptied {emptied}, requests closed {abandoned}, queries spent {spent}, items woken {woken}, rounds deleted {deleted}, statements of others deleted {claims}, files of debts deleted {collections}, sessions deleted {sessions}, devices forgotten {devices}, reveals deleted {reveals}, batches deleted {batches}"
        );
        events.push(context.event(Task::Housekeeping, "housekeeping").detail(detail));
    }
    audit::record(&mut tx, &events).await?;
    tx.commit("housekeeping").await?;
    changed += pauses;
    changed += delete_disclosures(context, lease).await?;
    changed += delete_runs(context, lease).await?;
    changed += write_names(context, lease).await?;
    changed += spent_keys::destroy(context, lease).await?;
    Ok(Report { examined: changed, changed, ..Report::default() })
}

/// Deletes what the disclosure log holds of before the years for which it is kept, some thousand at a time.
async fn delete_disclosures(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let kept = Months::new(context.settings.disclosures_kept_years.saturating_mul(12));
    let Some(before) = context.clock.now().checked_sub_months(kept) else { return Ok(0) };
    let mut all = 0;
    while !context.is_stopping() {
        let mut tx = lease.begin().await?;
        let requests = store::disclosure::delete_before(&mut tx, before, DELETED_AT_ONCE).await?;
        let by_hand = store::disclosure_by_hand::delete_before(&mut tx, before).await?;
        let deleted = requests + by_hand;
        if deleted == 0 {
            break;
        }
        all += deleted;
        let detail = format!("requests deleted {requests}, disclosures by hand deleted {by_hand}");
        audit::record(&mut tx, &[context.event(Task::Housekeeping, "disclosures.delete").detail(detail)])
            .await?;
        tx.commit("housekeeping.disclosures").await?;
    }
    Ok(all)
}

/// Deletes runs of before the days for which they are kept, with whom they were about, some at a time.
async fn delete_runs(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let before = context.clock.now() - TimeDelta::days(i64::from(context.settings.runs_kept_days));
    let mut all = 0;
    while !context.is_stopping() {
        let mut tx = lease.begin().await?;
        let deleted = store::run::delete_before(&mut tx, before, RUNS_AT_ONCE).await?;
        if deleted == 0 {
            break;
        }
        all += deleted;
        let event =
            context.event(Task::Housekeeping, "runs.delete").detail(format!("runs deleted {deleted}"));
        audit::record(&mut tx, &[event]).await?;
        tx.commit("housekeeping.runs").await?;
    }
    Ok(all)
}

/// Writes the names of patrons to be searched that an earlier version stored without, some at a time.
async fn write_names(context: &Context, lease: &Lease) -> Result<u64, TaskError> {
    let mut all = 0;
    while !context.is_stopping() {
        let mut tx = lease.begin().await?;
        let page = store::patron_search::not_written(&mut tx, NAMES_AT_ONCE).await?;
        for (patron, last_name, first_names) in &page {
            store::patron_search::write(&mut tx, *patron, last_name, first_names).await?;
        }
        if page.is_empty() {
            break;
        }
        all += u64::try_from(page.len()).unwrap_or_default();
        tx.commit("housekeeping.names").await?;
    }
    Ok(all)
}
