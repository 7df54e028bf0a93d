//! Refreshes in the demonstration: an example of a schedule with its first run, and the work of those that are due.

use std::time::Duration;

use anyhow::Context as _;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::planning::{self, Administrator};
use crate::runs;
use crate::schedule::CronExpression;
use crate::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use crate::scheduler;
use crate::segment::Segment;
use crate::staff::{self, Proof};
use crate::task::Context;

/// The name of the example, for readers of both languages.
const NAME: &str = "Ennen perintää - före indrivning";
/// Its due times: Wednesday mornings.
const CRON: &str = "0 6 * * WED";
/// Why people are asked about, and whom.
const PURPOSE: &str = "debt_collection";
const SEGMENT: &str = "open_debts";
/// The most people a run asks about.
const BUDGET: u32 = 100;
/// How often one looks whether something is due.
const LOOK: Duration = Duration::from_secs(1);

/// Plans the example in the name of an administrator and starts it once, unless there is a schedule already.
pub(super) async fn plan_example(context: &Context, name: &str, password: &str) -> anyhow::Result<()> {
    if !planning::list(context).await?.is_empty() {
        return Ok(());
    }
    let proof = Proof::Password(SecretString::from(password));
    let account = staff::prove(&context.db, &*context.clock, name, proof, &context.os_user).await?;
    let refresh = AddressRefresh {
        municipalities: account.municipalities.iter().cloned().collect(),
        purpose: PURPOSE.to_owned(),
        segment: Segment::parse(SEGMENT).context("the example's segment")?,
        budget: BUDGET,
        over_budget: OverBudget::default(),
    };
    let cron = CronExpression::parse(CRON).context("the example's due times")?;
    let definition = Definition::new(Work::AddressRefresh(refresh), cron);
    planning::add(context, &Administrator { account: &account, session: None }, NAME, &definition).await?;
    runs::plan(context, &account, NAME).await?;
    Ok(())
}

/// Starts and carries out what is due until it is told to stop.
pub(super) async fn carry_out(context: &Context, closing: &CancellationToken) {
    let mut worker = runs::Worker::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = closing.cancelled() => return,
        }
        if let Err(error) = scheduler::look(context).await {
            tracing::error!(%error, "the schedules cannot be looked at");
        }
        if let Err(error) = worker.pass(context).await {
            tracing::error!(%error, "a refresh stopped; it goes on");
        }
    }
}
