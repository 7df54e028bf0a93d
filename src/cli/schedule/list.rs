//! `schedule list` and `schedule show`.

use super::super::{Code, Format, Globals, output};
use super::open;
use super::page::{self, last_run, nothing_next, pause_in_words, upcoming};
use crate::planning::{self, Planned};
use crate::schedule::definition::Work;
use crate::service;

pub(super) async fn list(globals: &Globals) -> anyhow::Result<Code> {
    let (app, context) = open(globals).await?;
    for notice in service::notices_of(&context).await? {
        eprintln!("{}", output::printable(&notice));
    }
    let planned = planning::list(&context).await?;
    output::list(app.format, &planned, &["name", "from", "starts", "cron", "next", "last run"], row)?;
    app.db.close().await;
    Ok(Code::Done)
}

pub(super) async fn show(globals: &Globals, name: &str) -> anyhow::Result<Code> {
    let (app, context) = open(globals).await?;
    let planned = planning::show(&context, name).await?;
    print(app.format, &planned)?;
    app.db.close().await;
    Ok(Code::Done)
}

/// One schedule in the format asked for.
pub(super) fn print(format: Format, planned: &Planned) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(planned),
        Format::Csv => {
            let header = ["name", "from", "starts", "cron", "next", "last run"];
            output::list(format, std::slice::from_ref(planned), &header, row)
        }
        Format::Table => page::of(planned).print(),
    }
}

fn row(planned: &Planned) -> Vec<String> {
    let version = planned.in_force.as_ref().or(planned.waiting.as_ref());
    let error = || planned.unreadable.clone().unwrap_or_default();
    let starts = version.map_or_else(error, |version| match &version.definition.work {
        Work::Task { task } => task.as_str().to_owned(),
        Work::AddressRefresh(refresh) => {
            let codes = refresh.municipalities.iter().map(String::as_str).collect::<Vec<_>>();
            format!("{} of {}", refresh.purpose, codes.join(" "))
        }
    });
    let cron = version.map_or_else(String::new, |version| version.definition.cron.to_string());
    let next = match (&planned.pause, planned.next.iter().find(|run| run.holiday.is_none())) {
        (Some(pause), _) => pause_in_words(pause),
        (None, Some(run)) => upcoming(run),
        (None, None) => nothing_next(planned).to_owned(),
    };
    let last = planned.last_run.as_ref().map(last_run).unwrap_or_default();
    vec![planned.name.clone(), planned.origin.clone(), starts, cron, next, last]
}
