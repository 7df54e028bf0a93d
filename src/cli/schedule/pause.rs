//! `schedule pause` and `schedule resume`.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Europe::Helsinki;

use super::super::identity::AsArgs;
use super::super::{Code, Globals};
use super::{Acting, list, open};
use crate::planning;

/// Options of `schedule pause`.
#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    /// The schedule.
    name: String,
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
    name: String,
    #[command(flatten)]
    account: AsArgs,
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
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
        planning::pause(&context, &by, &self.name, &self.reason, self.until).await?;
        list::print(app.format, &planning::show(&context, &self.name).await?)?;
        app.db.close().await;
        Ok(Code::Done)
    }
}

impl Resume {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        planning::resume(&context, &by, &self.name).await?;
        list::print(app.format, &planning::show(&context, &self.name).await?)?;
        app.db.close().await;
        Ok(Code::Done)
    }
}
