//! `schedule edit`.

use super::super::identity::AsArgs;
use super::super::{Code, Globals};
use super::options::Options;
use super::{Acting, add, open};
use crate::planning::{self, Edit};

/// Options of `schedule edit`.
#[derive(Debug, clap::Args)]
pub(super) struct EditArgs {
    /// The schedule.
    #[arg(value_name = "NAME")]
    schedule: String,
    #[command(flatten)]
    options: Options,
    /// Make up for a due time that nobody was there to start.
    #[arg(long, conflicts_with = "no_catch_up")]
    catch_up: bool,
    /// The newest version as you saw it; the change is refused if there is a newer one.
    #[arg(long, value_name = "NUMBER")]
    version: Option<i64>,
    #[command(flatten)]
    account: AsArgs,
}

impl EditArgs {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let given = self.options.edit(&app)?;
        let edit = if self.catch_up { Edit { catch_up: Some(true), ..given } } else { given };
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        let outcome = planning::edit(&context, &by, &self.schedule, &edit, self.version).await?;
        add::print(&app, &context, &by, &self.schedule, &outcome).await?;
        app.db.close().await;
        Ok(Code::Done)
    }
}
