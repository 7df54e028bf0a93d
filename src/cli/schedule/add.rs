//! `schedule add`.

use serde::Serialize;

use super::super::identity::AsArgs;
use super::super::{App, Code, Format, Globals, output};
use super::options::Options;
use super::page::{self, approve_hint};
use super::{Acting, list, open, preview};
use crate::audit::Actor;
use crate::planning::preview::Preview;
use crate::planning::{self, Administrator, Outcome, Planned};
use crate::schedule::difference::FieldChange;
use crate::task::Context;

/// Options of `schedule add`.
#[derive(Debug, clap::Args)]
pub(super) struct Add {
    /// A name that no other schedule has: letters, digits, spaces, - _ and .
    #[arg(value_name = "NAME")]
    schedule: String,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    account: AsArgs,
}

/// What a change came to, as JSON.
#[derive(Serialize)]
struct Saved<'a> {
    #[serde(flatten)]
    schedule: &'a Planned,
    saved_version: i64,
    changes: &'a [FieldChange],
    people: Option<u64>,
    second_administrator: Option<&'a str>,
    preview: Option<&'a Preview>,
}

impl Add {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let definition = self.options.definition(&app)?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        let outcome = planning::add(&context, &by, &self.schedule, &definition).await?;
        print(&app, &context, &by, &self.schedule, &outcome).await?;
        app.db.close().await;
        Ok(Code::Done)
    }
}

/// What was saved, what it will do and cost, and whether somebody else has to approve it.
pub(super) async fn print(
    app: &App,
    context: &Context,
    by: &Administrator<'_>,
    name: &str,
    outcome: &Outcome,
) -> anyhow::Result<()> {
    let planned = planning::show(context, name).await?;
    let shown = cost(context, by, &planned).await?;
    match app.format {
        Format::Json => output::json(&Saved {
            schedule: &planned,
            saved_version: outcome.version,
            changes: &outcome.changes,
            people: outcome.people,
            second_administrator: outcome.waits.as_deref(),
            preview: shown.as_ref(),
        }),
        Format::Csv => list::print(app.format, &planned),
        Format::Table => {
            let mut page = page::of(&planned);
            for (what, value) in shown.iter().flat_map(preview::costs) {
                page.line(what, &value);
            }
            match &outcome.waits {
                Some(why) => {
                    page.line("saved", &format!("version {} waits: {why}", outcome.version));
                    page.line("", &approve_hint(name));
                }
                None if outcome.changes.is_empty() => page.line("saved", "nothing: nothing has changed"),
                None => page.line("saved", &format!("version {} is in force", outcome.version)),
            }
            page.print()
        }
    }
}

/// What the newest content would do if it ran now; nothing where it is no refresh.
async fn cost(
    context: &Context,
    by: &Administrator<'_>,
    planned: &Planned,
) -> anyhow::Result<Option<Preview>> {
    let newest = planned.waiting.as_ref().or(planned.in_force.as_ref());
    let Some(version) = newest.filter(|version| version.definition.refresh().is_some()) else {
        return Ok(None);
    };
    let now = context.clock.now();
    let shown =
        planning::preview::preview(context, &version.definition, now).await.map_err(preview::with_code)?;
    let actor = Actor::Account { id: by.account.id, name: by.account.name.clone() };
    planning::preview::record(context, &actor, Some(&planned.name), &shown).await?;
    Ok(Some(shown))
}
