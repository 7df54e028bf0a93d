//! `schedule run`: starts a run by hand, now, in this process.

use super::preview::Preview;
use crate::cli::identity::AsArgs;
use crate::cli::run::{carried_out, ended};
use crate::cli::{App, Code, Globals};
use crate::planning;
use crate::scheduler::{self, Observer};
use crate::service;
use crate::task::{Report, Task, TaskError};
use crate::{runs, task};

/// Options of `schedule run`.
#[derive(Debug, clap::Args)]
pub(super) struct Run {
    /// The schedule.
    #[arg(value_name = "SCHEDULE")]
    schedule: String,
    /// Start nothing: compare everybody it would ask about with the answers VTJ gave earlier, as `schedule preview
    /// --dry-run` does. Nothing is asked of VTJ, and the queue stays as it is.
    #[arg(long = "dry-run")]
    rehearse: bool,
    #[command(flatten)]
    account: AsArgs,
}

/// Nobody is told of the rounds of a command.
struct Silent;

impl Observer for Silent {
    fn starts(&self, _: Task) {}
    fn ended(&self, _: Task, _: &Result<Report, TaskError>) {}
}

impl Run {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let account = self.account.prove(&app).await?;
        if self.rehearse {
            app.db.close().await;
            return Preview::rehearsal(self.schedule).run(globals).await;
        }
        let context: task::Context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        planning::sync(&app.db, &*app.clock, &app.os_user, &app.config.schedules).await?;
        let started = runs::start(&context, &account, &self.schedule).await?;
        match started.definition.task() {
            Some(_) => scheduler::do_round(&context, started.lease, started.id, &Silent).await?,
            None => carried_out(&context, started.lease, started.id).await?,
        }
        ended(&app, started.id).await
    }
}
