//! `run list`, `show`, `cancel` and `retry`: the runs of schedules.

use chrono::{NaiveDate, TimeZone as _};
use chrono_tz::Europe::Helsinki;
use clap::builder::PossibleValuesParser;
use uuid::Uuid;

use super::print;
use crate::cli::identity::AsArgs;
use crate::cli::{App, Code, Globals, patrons};
use crate::runs::{self, Cancelled};
use crate::schedule::run_state::RunState;
use crate::service;
use crate::store::run::Filter;

/// Options of `run list`.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Those of this schedule.
    #[arg(long, value_name = "NAME")]
    schedule: Option<String>,
    /// Those in this state.
    #[arg(long, value_parser = PossibleValuesParser::new(RunState::ALL.map(RunState::as_str)))]
    state: Option<String>,
    /// Those planned on this Helsinki day or later.
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
}

/// Options of `run show`.
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The run.
    #[arg(value_name = "ID")]
    id: Uuid,
}

/// Options of `run cancel`.
#[derive(Debug, clap::Args)]
pub(super) struct Cancel {
    /// The run.
    #[arg(value_name = "ID")]
    id: Uuid,
    #[command(flatten)]
    account: AsArgs,
}

/// Options of `run retry`.
#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    /// The run.
    #[arg(value_name = "ID")]
    id: Uuid,
    #[command(flatten)]
    account: AsArgs,
}

impl List {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let since = self.since.and_then(|day| {
            let midnight = day.and_time(chrono::NaiveTime::MIN);
            Helsinki.from_local_datetime(&midnight).earliest().map(|at| at.to_utc())
        });
        let filter = Filter { name: self.schedule, state: self.state, since, before: None };
        let found = runs::list(&patrons::context(&app), &filter, i64::from(self.limit)).await?;
        print::list(&app, &found)?;
        Ok(Code::Done)
    }
}

impl Show {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        print::shown(&app, &print::read(&app, self.id).await?)?;
        Ok(Code::Done)
    }
}

impl Cancel {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let account = self.account.prove(&app).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        if runs::cancel(&context, &account, self.id).await? == Cancelled::Asked {
            eprintln!("it ends after the batch it is at");
        }
        print::shown(&app, &print::read(&app, self.id).await?)?;
        Ok(Code::Done)
    }
}

impl Retry {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let account = self.account.prove(&app).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let (id, lease) = runs::retry(&context, &account, self.id).await?;
        match lease {
            Some(lease) => print::carried_out(&context, lease, id).await?,
            None => eprintln!("another run is under way; this one begins when that has ended"),
        }
        print::ended(&app, id).await
    }
}
