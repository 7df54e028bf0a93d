//! The command line: one file per command, each with its options and what it does.
//!
//! A command gets its options and the [`Globals`], and answers with an exit [`Code`] or an error, whose code
//! [`exit::code_of`] finds. Results go to standard output in the format asked for and nothing else does;
//! messages, progress and logs go to standard error. To add a command: a file, a `mod` line and a line in
//! `Command` and its two `match`es.

mod audit;
mod backup;
mod budget;
mod check;
mod collection;
mod completions;
mod config;
pub mod context;
mod demo;
mod disclosures;
mod doctor;
pub mod exit;
pub mod identity;
mod import_source;
mod keys;
mod man;
mod migrate;
mod mock;
pub mod output;
mod patrons;
mod queue;
mod run;
mod schedule;
mod serve;
pub mod simulated_clock;
mod synth;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser, Subcommand};

pub use context::App;
pub use exit::{Code, Exit};
pub use output::Format;

use crate::config::DEFAULT_FILE;
use crate::store::known_schema;
use crate::telemetry::{self, Verbosity};

/// The version with the schema and the build.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let build = option_env!("AJANTASA_BUILD").unwrap_or("unversioned build");
    format!("{} (schema {}, {build})", env!("CARGO_PKG_VERSION"), known_schema())
});

/// Keeps a library's patron register true to the Population Information System, a person deciding every change.
#[derive(Debug, Parser)]
#[command(name = "ajantasa", version = VERSION.as_str(), arg_required_else_help = true)]
#[command(subcommand_required = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// The heading of the options that every command has.
const EVERYWHERE: &str = "Options of every command";

/// Options of every command.
#[derive(Debug, Clone, clap::Args)]
pub struct Globals {
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE", default_value = DEFAULT_FILE, help_heading = EVERYWHERE)]
    pub config: PathBuf,
    /// How a list or a summary is printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, help_heading = EVERYWHERE)]
    pub format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the whole way with invented people and a simulated Population Information System.
    Demo(demo::Demo),
    /// Run as a daemon: every task on its schedule, until a signal ends it.
    Serve(serve::Serve),
    /// Do rounds of tasks now; list, show, cancel and retry the runs of schedules.
    Run(run::Run),
    /// Ask VTJ about one person, for a purpose, and show what it says beside what the register says.
    Check(check::Check),
    /// Check debts card by card before they go to a debt collector, or show why some were held.
    Collection(collection::Collection),
    /// Review what was found: list, show, approve, reject, put off, take back.
    Queue(queue::Queue),
    /// Plan what is started when: list, show, add, edit, preview, approve, pause, run, remove, and when it is due.
    Schedule(schedule::Schedule),
    /// Import, list, show, export and forget patrons.
    Patrons(patrons::Patrons),
    /// List, show and export what VTJ was asked and what was handed out by hand, for whom, and why.
    Disclosures(disclosures::Disclosures),
    /// Show how many single-person queries were asked, how many may be, and what they cost.
    Budget(budget::Budget),
    /// List what happened, who did it, and by what evidence.
    Audit(audit::Audit),
    /// Add, list and close accounts of members of staff.
    User(user::User),
    /// Make, show and replace the master key.
    Keys(keys::Keys),
    /// Check the configuration, or print what is in force.
    Config(config::Config),
    /// Say in one line each what is well, what is wrong and what to do.
    Doctor(doctor::Doctor),
    /// Show or bring up to date the schema of the database.
    Migrate(migrate::Migrate),
    /// Make, verify and restore backups.
    Backup(backup::Backup),
    /// Run a simulated Population Information System on this machine.
    ///
    /// It answers the change interface (/api/v1 and /r1/…/api/v1) and the query about one person over SOAP:
    /// through the data exchange layer (POST /) and direct (POST /sosowebsite/soso.asmx), in the products
    /// PERUSSANOMA 1, PERUSSANOMA 3, KIRJASTO1 and OPHREK. GET / and GET /_mock/status tell how it stands,
    /// POST /_mock/play?count=N plays on, and POST /_mock/fault makes it misbehave, for instance with the body
    /// {"kind": "return_code", "code": "-1500", "path": "soap"}.
    Mock(mock::Mock),
    /// Make a register, a population and a change log of people who do not exist.
    Synth(synth::Synth),
    /// Print the completions of a shell.
    Completions(completions::Completions),
    /// Write the manual pages.
    Man(man::Man),
}

impl Command {
    fn verbosity(&self) -> Verbosity {
        match self {
            Self::Mock(_) | Self::Serve(_) => Verbosity::Daemon,
            Self::Demo(_)
            | Self::Run(_)
            | Self::Patrons(_)
            | Self::Schedule(_)
            | Self::Check(_)
            | Self::Collection(_)
            | Self::Queue(_)
            | Self::Disclosures(_)
            | Self::Budget(_)
            | Self::Audit(_)
            | Self::Backup(_)
            | Self::User(_)
            | Self::Keys(_)
            | Self::Config(_)
            | Self::Doctor(_)
            | Self::Migrate(_)
            | Self::Synth(_)
            | Self::Completions(_)
            | Self::Man(_) => Verbosity::Command,
        }
    }

    async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self {
            Self::Demo(command) => command.run(globals).await,
            Self::Serve(command) => command.run(globals).await,
            Self::Run(command) => command.run(globals).await,
            Self::Doctor(command) => command.run(globals).await,
            Self::Schedule(command) => Box::pin(command.run(globals)).await,
            Self::Patrons(command) => command.run(globals).await,
            Self::Check(command) => command.run(globals).await,
            Self::Collection(command) => command.run(globals).await,
            Self::Queue(command) => command.run(globals).await,
            Self::Disclosures(command) => command.run(globals).await,
            Self::Budget(command) => command.run(globals).await,
            Self::Audit(command) => command.run(globals).await,
            Self::Backup(command) => command.run(globals).await,
            Self::User(command) => command.run(globals).await,
            Self::Keys(command) => command.run(globals).await,
            Self::Config(command) => command.run(globals),
            Self::Migrate(command) => command.run(globals).await,
            Self::Mock(command) => command.run().await,
            Self::Synth(command) => command.run(globals),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
        }
    }
}

/// The whole command line, for completions, manual pages and tests of the help.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that the arguments of the process name.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { Code::Usage } else { Code::Done };
            // Nobody is left to tell when this cannot be written.
            let _ = error.print();
            return code.into();
        }
    };
    telemetry::start(cli.command.verbosity());
    match run(cli) {
        Ok(code) => code.into(),
        Err(error) if exit::reader_has_gone(&error) => Code::Done.into(),
        Err(error) => {
            exit::report(&error);
            exit::code_of(&error).into()
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Code> {
    // The first provider stays; a second call can only mean that it is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // A command does one thing after another; handing each step to another thread and back only costs.
    let mut runtime = match cli.command {
        Command::Demo(_) | Command::Serve(_) | Command::Mock(_) => {
            tokio::runtime::Builder::new_multi_thread()
        }
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = runtime.enable_all().build().context("no threads can be started")?;
    runtime.block_on(cli.command.run(&cli.globals))
}
