//! `schedule stop-queries` and `schedule resume-queries`: the switch of every question to VTJ.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::super::identity::AsArgs;
use super::super::{App, Code, Format, Globals, output};
use super::open;
use super::pause::instant;
use crate::schedule::local;
use crate::switch::{self, Stop};

/// Options of `schedule stop-queries`.
#[derive(Debug, clap::Args)]
pub(super) struct StopQueries {
    /// Why, in a few words; shown to everybody who asks for something. Write no name and no identity code.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// When the stop is over by itself, such as 2027-03-01T08:00:00+02:00, or a day in Helsinki; otherwise when
    /// somebody resumes.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<DateTime<Utc>>,
    #[command(flatten)]
    account: AsArgs,
}

/// Options of `schedule resume-queries`.
#[derive(Debug, clap::Args)]
pub(super) struct ResumeQueries {
    #[command(flatten)]
    account: AsArgs,
}

/// How the switch stands, as it is printed.
#[derive(Serialize)]
struct Shown {
    stopped: bool,
    since: Option<String>,
    until: Option<String>,
    reason: Option<String>,
    stopped_by: Option<String>,
}

impl StopQueries {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let account = self.account.prove(&app).await?;
        let stop = switch::stop(&context, &account, &self.reason, self.until).await?;
        print(&app, Some(&stop))?;
        app.db.close().await;
        Ok(Code::Done)
    }
}

impl ResumeQueries {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let account = self.account.prove(&app).await?;
        switch::resume(&context, &account).await?;
        print(&app, None)?;
        app.db.close().await;
        Ok(Code::Done)
    }
}

fn print(app: &App, stop: Option<&Stop>) -> anyhow::Result<()> {
    let time = |at: DateTime<Utc>| local(at).to_rfc3339_opts(SecondsFormat::Secs, false);
    let shown = Shown {
        stopped: stop.is_some(),
        since: stop.map(|stop| time(stop.since)),
        until: stop.and_then(|stop| stop.until).map(time),
        reason: stop.map(|stop| stop.reason.clone()),
        stopped_by: stop.map(|stop| stop.actor.clone()),
    };
    match app.format {
        Format::Json => output::json(&shown),
        Format::Table => {
            let text = stop.map_or_else(|| "queries to VTJ are asked again".to_owned(), Stop::to_string);
            output::text(&format!("{}\n", output::printable(&text)))
        }
        Format::Csv => {
            let header = ["stopped", "since", "until", "reason", "stopped_by"];
            output::list(app.format, &[shown], &header, |shown| {
                let cell = |value: &Option<String>| value.clone().unwrap_or_default();
                vec![
                    shown.stopped.to_string(),
                    cell(&shown.since),
                    cell(&shown.until),
                    cell(&shown.reason),
                    cell(&shown.stopped_by),
                ]
            })
        }
    }
}
