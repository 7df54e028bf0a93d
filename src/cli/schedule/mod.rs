//! `schedule`: when something is due, and what an expression means.

mod explain;
mod next;
mod run;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::{Code, Exit, Globals};
use crate::clock::{Clock as _, SystemClock};
use crate::municipality::Language;
use crate::schedule::CronExpression;

/// Options of `schedule`.
#[derive(Debug, clap::Args)]
pub struct Schedule {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the next times of a cron expression on the Helsinki wall clock; needs no configuration.
    Next(next::Next),
    /// Say in words what a cron expression means, and show its next ten runs; needs no configuration.
    Explain(explain::Explain),
    /// Start a run of a schedule now, and wait for its end. For administrators of all its municipalities.
    Run(run::Run),
    /// List the expressions that most libraries want.
    Presets(explain::Presets),
}

impl Schedule {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.action {
            Action::Next(command) => command.run(globals),
            Action::Explain(command) => command.run(globals),
            Action::Presets(command) => command.run(globals),
            Action::Run(command) => command.run(globals).await,
        }
    }
}

/// An expression of the command line.
fn expression(text: &str) -> Result<CronExpression, Exit> {
    CronExpression::parse(text).map_err(|error| Exit::new(Code::Usage, format!("{text:?}: {error}")))
}

/// The time given, otherwise now.
fn from(given: Option<DateTime<chrono::FixedOffset>>) -> DateTime<Utc> {
    given.map_or_else(|| SystemClock.now(), |from| from.to_utc())
}

/// Reads `fi`, `sv` or `en`.
fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(["fi", "sv", "en"])
        .map(|code| Language::from_code(&code).expect("the possible values are the codes of the languages"))
}
