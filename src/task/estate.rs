//! The task `estate`: moves estate cases on. A case whose death VTJ has taken back is withdrawn.

use super::{Context, Report, Task, TaskError};
use crate::audit;
use crate::lease::Lease;
use crate::store::{self, data_key};

/// Cases moved in one transaction.
const BATCH: i64 = 100;

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    loop {
        let mut read = context.db.read().await?;
        let cases = store::estate::open_but_not_dead(&mut read, BATCH).await?;
        let open = store::estate::count_open(&mut read).await?;
        drop(read);
        report.waiting = u64::try_from(open).unwrap_or_default().saturating_sub(cases.len() as u64);
        if cases.is_empty() || context.is_stopping() {
            return Ok(report);
        }
        let patrons: Vec<_> = cases.iter().map(|(_, patron)| *patron).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
        let mut events = Vec::new();
        let mut tx = lease.begin().await?;
        for (case, patron) in cases {
            report.examined += 1;
            report.changed += store::estate::withdraw(&mut tx, case, context.clock.now()).await?;
            events.push(context.event(Task::Estate, "estate.withdraw").about_known(keyring.tag(patron)));
        }
        audit::record(&mut tx, &events).await?;
        tx.commit("estate.batch").await?;
    }
}
