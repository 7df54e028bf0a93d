//! `schedule history`.

use super::super::{Code, Format, Globals, output};
use super::open;
use super::page::{Page, helsinki};
use crate::planning::{self, Happened, What};

pub(super) async fn history(globals: &Globals, name: &str) -> anyhow::Result<Code> {
    let (app, context) = open(globals).await?;
    let happened = planning::history(&context, name).await?;
    match app.format {
        Format::Table => {
            let mut page = Page::default();
            for one in &happened {
                page.line(&helsinki(one.at), &in_words(one));
                for change in &one.changes {
                    page.line("", &format!("  {change}"));
                }
            }
            page.print()?;
        }
        Format::Json | Format::Csv => {
            let header = ["at", "what", "by", "version", "state", "changes", "because", "until"];
            output::list(app.format, &happened, &header, row)?;
        }
    }
    app.db.close().await;
    Ok(Code::Done)
}

fn in_words(one: &Happened) -> String {
    let version = one.version.map(|version| format!("version {version}")).unwrap_or_default();
    let by = match &one.os_user {
        Some(os_user) => format!("by {} ({os_user})", one.by),
        None => format!("by {}", one.by),
    };
    match one.what {
        What::Made => {
            let state = one.state.as_deref().unwrap_or_default().replace('_', " ");
            let people = one.people.map(|people| format!(", {people} people")).unwrap_or_default();
            format!("{version} made {by}, now {state}{people}")
        }
        What::Approved => format!("{version} approved {by}"),
        What::Withdrawn => format!("{version} withdrawn {by}"),
        What::Paused => {
            let until = one.until.map(helsinki).unwrap_or_default();
            format!("paused {by} until {until} because {}", one.because.as_deref().unwrap_or_default())
        }
        What::Resumed => format!("resumed {by}"),
        What::PauseOver => "the pause came to its end".to_owned(),
        What::Removed => format!("removed {by}"),
    }
}

fn row(one: &Happened) -> Vec<String> {
    let changes: Vec<String> = one.changes.iter().map(ToString::to_string).collect();
    vec![
        output::time(one.at),
        one.what.as_str().to_owned(),
        one.by.clone(),
        one.version.map(|version| version.to_string()).unwrap_or_default(),
        one.state.clone().unwrap_or_default(),
        changes.join("; "),
        one.because.clone().unwrap_or_default(),
        one.until.map(output::time).unwrap_or_default(),
    ]
}
