//! `schedule`: what is planned, when it is due, what a refresh would do, the changes of administrators, and what stops
//! or slows everything down.

mod add;
mod approve;
mod edit;
mod explain;
mod first_load;
mod history;
mod list;
mod next;
mod options;
mod page;
mod pause;
mod preview;
mod queries;
mod remove;
mod run;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::identity::AsArgs;
use super::{App, Code, Exit, Globals};
use crate::clock::{Clock as _, SystemClock};
use crate::municipality::Language;
use crate::planning::{self, Administrator};
use crate::schedule::CronExpression;
use crate::service;
use crate::staff::ProvedAccount;
use crate::task::Context;

/// Options of `schedule`.
#[derive(Debug, clap::Args)]
pub struct Schedule {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the schedules: where each comes from, what it starts next, and what became of it last.
    List,
    /// Show one schedule: what it says in words, its next ten runs, its pause, a version that waits.
    Show {
        /// The schedule.
        name: String,
    },
    /// Make a schedule. One that asks about many people waits for a second administrator.
    Add(Box<add::Add>),
    /// Change a schedule; what is not given stays.
    Edit(Box<edit::EditArgs>),
    /// Approve a version that waits, as a second administrator.
    Approve(approve::Decide),
    /// Withdraw a version that waits.
    Withdraw(approve::Decide),
    /// Pause a schedule until a day, for a reason; everything of it stays.
    Pause(pause::PauseArgs),
    /// End the pause of a schedule.
    Resume(pause::Resume),
    /// Show every version of a schedule with what it changed, by whom and when, and every pause.
    History {
        /// The schedule, or one that was removed.
        name: String,
    },
    /// Remove a schedule; its versions and runs stay on record.
    Remove(remove::Remove),
    /// Show what a refresh would ask of VTJ, whom it leaves out, what it costs and brings; nothing is asked.
    Preview(Box<preview::Preview>),
    /// Print the next times of a cron expression on the Helsinki wall clock, which needs no configuration, or those of
    /// a schedule.
    Next(next::Next),
    /// Say in words what a cron expression means, and show its next ten runs; needs no configuration.
    Explain(explain::Explain),
    /// Start a run of a schedule now, and wait for its end. For administrators of all its municipalities.
    Run(run::Run),
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
            Action::List => list::list(globals).await,
            Action::Show { name } => list::show(globals, &name).await,
            Action::Add(command) => command.run(globals).await,
            Action::Edit(command) => command.run(globals).await,
            Action::Approve(command) => command.approve(globals).await,
            Action::Withdraw(command) => command.withdraw(globals).await,
            Action::Pause(command) => command.run(globals).await,
            Action::Resume(command) => command.run(globals).await,
            Action::History { name } => history::history(globals, &name).await,
            Action::Remove(command) => command.run(globals).await,
            Action::Preview(command) => command.run(globals).await,
            Action::Next(command) => command.run(globals).await,
            Action::Explain(command) => command.run(globals),
            Action::Presets(command) => command.run(globals),
            Action::Run(command) => command.run(globals).await,
            Action::StopQueries(command) => command.run(globals).await,
            Action::ResumeQueries(command) => command.run(globals).await,
            Action::FirstLoad(command) => command.run(globals).await,
        }
    }
}

/// Opens the database, with the records of the configuration's schedules as the file has them now.
pub(super) async fn open(globals: &Globals) -> anyhow::Result<(App, Context)> {
    let app = App::open(globals).await?;
    let context = service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
    let synced = planning::sync(&app.db, &*app.clock, &app.os_user, &app.config.schedules).await?;
    for name in &synced.clashes {
        eprintln!("{}", planning::clash_message(name));
    }
    Ok((app, context))
}

/// The administrator who acts.
struct Acting {
    account: ProvedAccount,
    session: String,
}

impl Acting {
    async fn prove(app: &App, account: &AsArgs) -> anyhow::Result<Self> {
        Ok(Self { account: account.prove(app).await?, session: app.session_name() })
    }

    fn by(&self) -> Administrator<'_> {
        Administrator { account: &self.account, session: Some(&self.session) }
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
