//! The demonstration: the whole way from a patron file and a change log to a queue, with invented people and a
//! simulated VTJ in this process.
//!
//! Only VTJ is simulated. Import, tasks, database, keys, audit and disclosure log are those of a real
//! installation, in a folder of their own whose configuration file works with every other command. A first
//! run goes through the register, says what it found and what it left alone and why, and then follows the log
//! of the simulated world, entry by entry, until it is told to stop.
//!
//! Invariants: everything printed says that it is simulated; nothing printed holds an identity code or an
//! address of a protected person, and whoever is shown is in the audit log first. A folder that holds
//! anything else is refused and left as it is.

mod examples;
mod folder;
mod follow;
mod practice;
mod refresh;
mod staff;
mod summary;
mod text;
mod world;

use std::io::IsTerminal as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use crate::cli::exit;
use crate::cli::simulated_clock::{SimulatedClockArg, SimulatedStart};
use crate::cli::{App, Code, Format, Globals, output};
use crate::clock::{Clock, SystemClock};
use crate::patron_file::Encoding;
use crate::patrons::{self, Options as ImportOptions, Source};
use crate::service;
use crate::task::{self, Context, Task, TaskError};
use crate::vtj::mock::{MockSettings, RunningMock};

use folder::Folder;
use world::Progress;

/// What every output says.
pub const NOTICE: &str = "everything here is simulated: invented people, and a simulated VTJ on this machine";

/// How the demonstration is run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder; made if there is none.
    pub dir: PathBuf,
    /// The port of the simulated VTJ on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The port of the staff pages on this machine; 0 picks a free one.
    pub web_port: u16,
    /// Whether to stop after the first full run.
    pub once: bool,
    /// Whether it is for practice: the whole log has been played, and everything can be put back to the start.
    pub practice: bool,
    /// Another time than the real one.
    pub clock: SimulatedClockArg,
    /// Text, or one JSON object.
    pub format: Format,
}

/// Runs the demonstration: to the end of the first full run, or until a signal.
///
/// # Errors
/// When the folder holds something else or cannot be written, the port is taken, or a task fails.
pub async fn run(settings: Settings) -> anyhow::Result<Code> {
    let json = settings.format == Format::Json;
    let clock = clock_of(&settings);
    let folder = Folder::open(&settings.dir)?;
    folder.admit(settings.practice)?;
    let mut progress = Progress::read(&folder)?;
    let mock = start_mock(&folder, &settings, &clock, &mut progress).await?;
    if json {
        eprintln!("{NOTICE}");
    } else {
        output::text(&format!("listening on {}\n{NOTICE}\n\n", mock.url()))?;
    }
    folder.write_config(&mock.url())?;
    folder.create_key()?;
    let globals = Globals { config: folder.config(), format: settings.format };
    if settings.practice {
        let code = Box::pin(practice::run(&settings, &folder, &globals, &clock)).await;
        mock.stop().await;
        return code;
    }
    let app = App::open_simulated(&globals, &clock).await?;
    let context = service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
    let code = Box::pin(demonstrate(&settings, &folder, &context, &mock, &mut progress)).await;
    app.db.close().await;
    mock.stop().await;
    code
}

async fn demonstrate(
    settings: &Settings,
    folder: &Folder,
    context: &Context,
    mock: &RunningMock,
    progress: &mut Progress,
) -> anyhow::Result<Code> {
    let started = std::time::Instant::now();
    let failure = first_run(folder, context).await?;
    let summary = summary::of(context, u64::from(failure.is_some())).await?;
    if settings.format == Format::Json {
        output::json(&summary.counts)?;
    } else {
        let examples = examples::choose(context).await?;
        output::text(&text::page(&summary, &examples, started.elapsed()))?;
        output::text(&text::next_commands(folder))?;
    }
    if let Some(failure) = failure {
        let failure = anyhow::Error::new(failure);
        exit::report(&failure);
        return Ok(exit::code_of(&failure));
    }
    if !settings.once {
        let sign_ins = staff::sign_ins(context, folder).await?;
        staff::plan_example(context, &sign_ins).await?;
        let pages = staff::Pages::start(context, settings.web_port, None).await?;
        output::text(&pages.told(&sign_ins))?;
        let closing = CancellationToken::new();
        let follow = async {
            let followed = follow::until_told_to_stop(folder, context, mock, progress).await;
            closing.cancel();
            followed
        };
        let (followed, ()) = tokio::join!(follow, refresh::carry_out(context, &closing));
        pages.stop().await;
        followed?;
    }
    Ok(Code::Done)
}

/// The clock asked for; a system clock that has not reached the example data yet is replaced.
fn clock_of(settings: &Settings) -> SimulatedClockArg {
    if settings.clock.simulated_clock.is_some() || SystemClock.now() >= world::begins() {
        return settings.clock.clone();
    }
    SimulatedClockArg { simulated_clock: Some(SimulatedStart { start: world::begins(), speed: 1.0 }) }
}

/// The clock, going from now on.
fn started(clock: &SimulatedClockArg) -> Arc<dyn Clock> {
    match clock.simulated_clock {
        Some(SimulatedStart { start, speed }) => Arc::new(crate::clock::SimulatedClock::new(start, speed)),
        None => Arc::new(SystemClock),
    }
}

async fn start_mock(
    folder: &Folder,
    settings: &Settings,
    clock: &SimulatedClockArg,
    progress: &mut Progress,
) -> anyhow::Result<RunningMock> {
    let clock = started(clock);
    let (population, today) = (folder.population(), clock.today());
    let world = tokio::task::spawn_blocking(move || crate::vtj::mock::World::load(&population, today))
        .await
        .context("the example people cannot be read")??;
    let world = progress.begin(folder, world, settings.practice)?;
    let mut mock = MockSettings::new(folder.population(), clock);
    mock.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port));
    // The demonstration plays the log itself, entry by entry.
    mock.play_every = Some(world::NEVER);
    Ok(RunningMock::start_with(world, mock).await?)
}

/// Imports the example patrons and runs all tasks until nothing is due. The first failure of a task is
/// returned beside what was done.
async fn first_run(folder: &Folder, context: &Context) -> anyhow::Result<Option<TaskError>> {
    let steps = Task::ALL.len() as u64 + 2;
    let bar = bar(steps);
    bar.set_message("import");
    let options = ImportOptions { encoding: Encoding::Utf8, allow_shrink: false, max_shrink_percent: 10 };
    let source = Source::File(folder.patrons());
    patrons::import(&patrons::Context::from(context), &source, options, &mut |_| {}).await?;
    for task in Task::ALL {
        bar.inc(1);
        bar.set_message(task.as_str());
        if let Err(error) = task::run(context, task).await {
            bar.finish_and_clear();
            return Ok(Some(error));
        }
    }
    bar.inc(1);
    bar.set_message("until nothing is due");
    let (_, result) = task::run_until_idle(context).await;
    bar.finish_and_clear();
    Ok(result.err())
}

/// A progress bar on a terminal, and nothing anywhere else.
fn bar(steps: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("simulated  {wide_bar} {pos}/{len} {msg:20}");
    ProgressBar::new(steps).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
