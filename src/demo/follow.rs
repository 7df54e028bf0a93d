//! Following: something happens in the simulated world, the tasks run, and one line says what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context as _;
use chrono::DateTime;
use chrono_tz::Europe::Helsinki;
use tokio::signal::unix::{Signal, SignalKind, signal};
use uuid::Uuid;

use super::examples::record_looks;
use super::folder::Folder;
use super::world::Progress;
use crate::cli::{exit, output};
use crate::finding::FindingState;
use crate::store::{self, finding::Filter};
use crate::task::{self, Context, Report, Task, TaskError};
use crate::vtj::mock::RunningMock;

/// Time between two things that happen: long enough to read a line.
pub(super) const PAUSE: Duration = Duration::from_secs(5);

/// Findings read together.
const PAGE: i64 = 500;

/// The signals that end a demonstration.
pub(super) struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Catches them.
    pub(super) fn catch() -> anyhow::Result<Self> {
        let wait_for = |kind| signal(kind).context("cannot wait for signals");
        Ok(Self {
            interrupt: wait_for(SignalKind::interrupt())?,
            terminate: wait_for(SignalKind::terminate())?,
        })
    }

    /// Waits for one.
    pub(super) async fn told(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Follows the simulated world until the process is told to stop.
pub(super) async fn until_told_to_stop(
    folder: &Folder,
    context: &Context,
    mock: &RunningMock,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let mut stop = Stop::catch()?;
    output::text(&format!(
        "Following the simulated world: {} things are still to happen, one every {} seconds. Ctrl-C stops.\n",
        progress.left(),
        PAUSE.as_secs()
    ))?;
    let mut has_ended = progress.left() == 0;
    let mut before = Queue::read(context).await?;
    loop {
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.told() => break,
        }
        let happened = progress.next(folder, &mock.world(), context.clock.today())?;
        let (reports, result) = match happened {
            Some(_) => task::run_until_idle(context).await,
            None => apply_decisions(context).await,
        };
        if let Err(error) = result {
            exit::report(&anyhow::Error::new(error).context("a round stopped; the next one goes on"));
        }
        let now = Queue::read(context).await?;
        let changes = now.changes_since(&before);
        if happened.is_some() || !changes.is_empty() {
            say(context, happened, &reports, &changes).await?;
        }
        before = now;
        if progress.left() == 0 && !has_ended {
            has_ended = true;
            output::text("The example log has ended; decisions are still applied. Ctrl-C stops.\n")?;
        }
    }
    output::text("stopped; the same command goes on from here (simulated)\n")
}

/// While nothing happens in the simulated world: only what people have decided, without asking VTJ.
pub(super) async fn apply_decisions(context: &Context) -> (Vec<Report>, Result<(), TaskError>) {
    let mut reports = Vec::new();
    for task in [Task::Apply, Task::Reconcile] {
        match task::run(context, task).await {
            Ok(report) => reports.push(report),
            Err(error) => return (reports, Err(error)),
        }
    }
    (reports, Ok(()))
}

async fn say(
    context: &Context,
    happened: Option<&str>,
    reports: &[Report],
    changes: &[Change],
) -> anyhow::Result<()> {
    let patrons: Vec<Uuid> = changes.iter().map(|change| change.patron).collect();
    record_looks(context, &patrons, "finding.list").await?;
    let rows = store::patron::by_ids(&mut context.db.read().await?, &patrons).await?;
    let cards: BTreeMap<Uuid, String> = rows.into_iter().map(|row| (row.id, row.card_number)).collect();
    let arrived = reports
        .iter()
        .find(|report| report.task == Task::Fetch.as_str())
        .map_or(0, |report| report.changed + report.errors);
    let came_of_it: Vec<String> = changes
        .iter()
        .map(|change| {
            let card = cards.get(&change.patron).map_or("?", String::as_str);
            format!("card {card}: {} {}", change.kind, change.what)
        })
        .collect();
    let came_of_it =
        if came_of_it.is_empty() { "nothing to decide".to_owned() } else { came_of_it.join("; ") };
    let time = context.clock.now().with_timezone(&Helsinki).format("%H:%M:%S");
    let happened =
        happened.map_or_else(|| "the queue moved".to_owned(), |story| format!("simulated: {story}"));
    output::text(&format!("{time}  {happened} | arrived: {arrived} | {came_of_it}\n"))
}

/// A finding that moved.
struct Change {
    patron: Uuid,
    kind: String,
    what: String,
}

/// Every finding: its patron, kind, state and version.
struct Queue(BTreeMap<Uuid, (Uuid, String, String, i64)>);

impl Queue {
    async fn read(context: &Context) -> anyhow::Result<Self> {
        let filter = Filter { states: FindingState::ALL.to_vec(), ..Filter::default() };
        let mut found = BTreeMap::new();
        let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
        let mut read = context.db.read().await?;
        loop {
            let rows = store::finding::page(&mut read, &filter, after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(Self(found)) };
            after = (last.opened_at, last.id);
            found
                .extend(rows.into_iter().map(|row| (row.id, (row.patron, row.kind, row.state, row.version))));
        }
    }

    fn changes_since(&self, before: &Self) -> Vec<Change> {
        let change = |(id, (patron, kind, state, version)): (&Uuid, &(Uuid, String, String, i64))| {
            let what = match before.0.get(id) {
                None => "found".to_owned(),
                Some((_, _, old, old_version)) if (old, old_version) != (state, version) => {
                    format!("is {}", state.replace('_', " "))
                }
                Some(_) => return None,
            };
            Some(Change { patron: *patron, kind: kind.clone(), what })
        };
        self.0.iter().filter_map(change).collect()
    }
}
