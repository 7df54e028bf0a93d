//! `mock`: a simulated Population Information System on this machine.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use super::simulated_clock::SimulatedClockArg;
use super::{Code, output};
use crate::config::read_secret;
use crate::vtj::mock::{DEFAULT_PAGE_SIZE, MockError, MockSettings, MockTls, RunningMock};

/// The longest time between two entries of the log, in seconds: a day.
const LONGEST_PAUSE: f64 = 86_400.0;

/// Options of `mock`.
#[derive(Debug, clap::Args)]
pub struct Mock {
    /// The folder with the people (population/*.json or population.jsonl) and the log (changes.json or
    /// changes.jsonl).
    #[arg(long, value_name = "DIR")]
    population: PathBuf,
    /// Where to listen: a loopback address; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8310")]
    listen: SocketAddr,
    /// The user that callers must name.
    #[arg(long, value_name = "NAME", default_value = "demo")]
    username: String,
    /// A file with the callers' password; otherwise it is demo.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Play one entry of the log at a time, with so many seconds between them, instead of all at the start.
    #[arg(long, value_name = "SECONDS", value_parser = pause)]
    play_every: Option<Duration>,
    /// Entries in one answer of the change log.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PAGE_SIZE as u64,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    page_size: u64,
    /// Speak TLS with the certificates in this folder, and only with a client that shows its own. Where there
    /// are none, they are made: ca.pem and client-identity.pem are the files of [vtj.tls].
    #[arg(long, value_name = "DIR")]
    tls: Option<PathBuf>,
    #[command(flatten)]
    clock: SimulatedClockArg,
}

fn pause(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> =
        text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST_PAUSE);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "write seconds, from above 0 to 86400".to_owned())
}

impl Mock {
    pub(super) async fn run(self) -> anyhow::Result<Code> {
        let mut settings = MockSettings::new(self.population, self.clock.clock());
        settings.listen = self.listen;
        settings.username = self.username;
        settings.play_every = self.play_every;
        settings.page_size = usize::try_from(self.page_size).unwrap_or(DEFAULT_PAGE_SIZE);
        settings.tls = self.tls.as_deref().map(MockTls::in_folder).transpose().map_err(MockError::Tls)?;
        if let Some(file) = &self.password_file {
            settings.password = read_secret(file)?;
        }
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for signals")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
        let mut running = RunningMock::start(settings).await?;
        output::text(&format!("listening on {}\n", running.url()))?;
        running
            .until(async {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            })
            .await?;
        running.stop().await;
        Ok(Code::Done)
    }
}
