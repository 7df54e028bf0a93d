//! `schedule pause` and `schedule resume`.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;

use super::super::identity::AsArgs;
use super::super::{Code, Globals};
use super::{Acting, list, open};
use crate::feed;
use crate::planning;
use crate::schedule::Task;
use crate::schedule::definition::Work;
use crate::task::Context;

/// Options of `schedule pause`.
#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    /// The schedule.
    #[arg(value_name = "NAME")]
    schedule: String,
    /// Why, in a few words. Write no name and no identity code.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When it may start again: a day such as 2027-01-07, from midnight in Helsinki on, or a time such as
    /// 2027-01-07T12:00:00+02:00. A year from now at most.
    #[arg(long, value_name = "DATE|TIME", value_parser = instant)]
    until: DateTime<Utc>,
    #[command(flatten)]
    account: AsArgs,
}

/// Options of `schedule resume`.
#[derive(Debug, clap::Args)]
pub(super) struct Resume {
    /// The schedule.
    #[arg(value_name = "NAME")]
    schedule: String,
    #[command(flatten)]
    account: AsArgs,
}

/// Reads a time with its offset, or the beginning of a day in Helsinki.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let day = text.parse::<NaiveDate>().ok();
    let midnight = day.and_then(|day| Helsinki.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    let wrong = "write a day such as 2027-01-07, or a time such as 2027-01-07T12:00:00+02:00";
    midnight.map(|at| at.to_utc()).ok_or_else(|| wrong.to_owned())
}

impl PauseArgs {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        planning::pause(&context, &by, &self.schedule, &self.reason, self.until).await?;
        let planned = planning::show(&context, &self.schedule).await?;
        list::print(app.format, &planned)?;
        let of_fetch = Work::Task { task: Task::Fetch };
        if planned.in_force.as_ref().is_some_and(|version| version.definition.work == of_fetch) {
            self.warn(&context).await?;
        }
        app.db.close().await;
        Ok(Code::Done)
    }

    /// Says what a pause of the change feed leads to.
    async fn warn(&self, context: &Context) -> anyhow::Result<()> {
        let now = context.clock.now();
        let feed = feed::look(&mut context.db.read().await?, &context.settings, now).await?;
        let since = feed.map_or(now, |feed| feed.since);
        if let Some(warning) = feed::pause_warning(since, self.until) {
            eprintln!("{warning}");
        }
        Ok(())
    }
}

impl Resume {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        planning::resume(&context, &by, &self.schedule).await?;
        list::print(app.format, &planning::show(&context, &self.schedule).await?)?;
        app.db.close().await;
        Ok(Code::Done)
    }
}
