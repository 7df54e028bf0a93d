//! `demo`: the whole way, with invented people and a simulated VTJ.

use std::path::PathBuf;

use super::simulated_clock::SimulatedClockArg;
use super::{Code, Exit, Format, Globals};
use crate::demo;

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// The folder for database, keys, configuration and example files; made if there is none. An earlier
    /// demonstration in it goes on.
    #[arg(long, value_name = "DIR", default_value = "demo")]
    dir: PathBuf,
    /// The port of the simulated VTJ on 127.0.0.1; 0 picks a free one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// The port of the staff pages on 127.0.0.1; 0 picks a free one.
    #[arg(long, value_name = "N", default_value_t = 8080)]
    web_port: u16,
    /// Stop after the first full run.
    #[arg(long)]
    once: bool,
    /// For learners: nothing happens by itself, each decision is compared with what is expected, and "Start over"
    /// on the staff pages puts everything back.
    #[arg(long, conflicts_with = "once")]
    practice: bool,
    #[command(flatten)]
    clock: SimulatedClockArg,
}

impl Demo {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let usable = match globals.format {
            Format::Table => true,
            Format::Json => self.once,
            Format::Csv => false,
        };
        if !usable {
            let message = "the demonstration prints text, or with --once --format json one JSON object";
            return Err(Exit::new(Code::Usage, message).into());
        }
        demo::run(demo::Settings {
            dir: self.dir,
            port: self.port,
            web_port: self.web_port,
            once: self.once,
            practice: self.practice,
            clock: self.clock,
            format: globals.format,
        })
        .await
    }
}
