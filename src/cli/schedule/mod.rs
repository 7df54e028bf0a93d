//! `schedule`: when something is due, what an expression means, and what stops or slows everything down.

mod explain;
mod first_load;
mod next;
mod queries;

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
    /// List the expressions that most libraries want.
    Presets(explain::Presets),
    /// Stop every query to VTJ at once, for every daemon and command. What needs no VTJ goes on.
    StopQueries(queries::StopQueries),
    /// Let queries to VTJ be asked again.
    ResumeQueries(queries::ResumeQueries),
    /// Open the cases of a first load so many a day, or show how many are left.
    FirstLoad(first_load::FirstLoad),
}

impl Schedule {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.action {
            Action::Next(command) => command.run(globals),
            Action::Explain(command) => command.run(globals),
            Action::Presets(command) => command.run(globals),
            Action::StopQueries(command) => command.run(globals).await,
            Action::ResumeQueries(command) => command.run(globals).await,
            Action::FirstLoad(command) => command.run(globals).await,
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
