//! `run`: rounds of tasks, by hand; and the runs of schedules.

mod manage;
mod print;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;

pub(super) use print::{carried_out, ended};

use super::simulated_clock::SimulatedClockArg;
use super::{App, Code, Globals, exit, output};
use crate::service;
use crate::task::{self, Context, FetchMode, Report, Task, TaskError};

/// Options of `run`.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["tasks", "until_idle"])))]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Run {
    #[command(subcommand)]
    runs: Option<Runs>,
    /// Tasks to do one round of, in this order.
    #[arg(value_name = "TASK", value_parser = PossibleValuesParser::new(Task::ALL.map(Task::as_str)))]
    tasks: Vec<String>,
    /// Repeat all tasks in their order until a round changes nothing that is due now.
    #[arg(long)]
    until_idle: bool,
    /// With `fetch`: take new cursors and read everyone again from base data. Needed when a cursor is older
    /// than VTJ keeps changes.
    #[arg(long)]
    reload: bool,
    #[command(flatten)]
    clock: SimulatedClockArg,
}

#[derive(Debug, Subcommand)]
enum Runs {
    /// List the runs of schedules, newest first.
    List(manage::List),
    /// Show one run: its numbers, what was not checked, and who was put aside.
    Show(manage::Show),
    /// End a run: at once, or after the batch it is at. What is answered stays.
    Cancel(manage::Cancel),
    /// Ask about those of an ended run who were not checked or were put aside, with the same version.
    Retry(manage::Retry),
}

impl Run {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.runs {
            None => self.rounds(globals).await,
            Some(Runs::List(command)) => command.run(globals).await,
            Some(Runs::Show(command)) => command.run(globals).await,
            Some(Runs::Cancel(command)) => command.run(globals).await,
            Some(Runs::Retry(command)) => command.run(globals).await,
        }
    }

    async fn rounds(self, globals: &Globals) -> anyhow::Result<Code> {
        if self.reload && !self.tasks.iter().any(|task| task == Task::Fetch.as_str()) {
            let message = "--reload belongs to `run fetch --reload`";
            return Err(super::Exit::new(Code::Usage, message).into());
        }
        let app = App::open_simulated(globals, &self.clock).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        if context.settings.observe {
            eprintln!("observation mode: nothing is written to the patron register");
        }
        let (reports, result) =
            if self.until_idle { task::run_until_idle(&context).await } else { self.some(&context).await };
        print(&app, &reports)?;
        app.db.close().await;
        match result {
            Ok(()) => Ok(Code::Done),
            Err(error) => {
                let error = anyhow::Error::new(error);
                exit::report(&error);
                Ok(exit::code_of(&error))
            }
        }
    }

    async fn some(&self, context: &Context) -> (Vec<Report>, Result<(), TaskError>) {
        let mode = if self.reload { FetchMode::Reload } else { FetchMode::Continue };
        let mut reports = Vec::new();
        for task in self.tasks.iter().filter_map(|name| Task::from_name(name)) {
            match task::run_with(context, task, mode).await {
                Ok(report) => reports.push(report),
                Err(error) => {
                    let report = Report { task: task.as_str().to_owned(), errors: 1, ..Report::default() };
                    reports.push(report);
                    return (reports, Err(error));
                }
            }
        }
        (reports, Ok(()))
    }
}

fn print(app: &App, reports: &[Report]) -> anyhow::Result<()> {
    let header = ["task", "examined", "changed", "skipped", "waiting", "errors", "seconds"];
    output::list(app.format, reports, &header, |report| {
        vec![
            report.task.clone(),
            report.examined.to_string(),
            report.changed.to_string(),
            report.skipped.to_string(),
            report.waiting.to_string(),
            report.errors.to_string(),
            format!("{:.2}", report.seconds),
        ]
    })
}
