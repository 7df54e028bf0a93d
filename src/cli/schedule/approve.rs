//! `schedule approve` and `schedule withdraw`: what becomes of a version that waits.

use serde_json::json;

use super::super::identity::AsArgs;
use super::super::{Code, Format, Globals, output};
use super::{Acting, add, open};
use crate::planning;

/// Options of both.
#[derive(Debug, clap::Args)]
pub(super) struct Decide {
    /// The schedule.
    #[arg(value_name = "NAME")]
    schedule: String,
    /// The version as you saw it; refused if another one waits now.
    #[arg(long, value_name = "NUMBER")]
    version: Option<i64>,
    #[command(flatten)]
    account: AsArgs,
}

impl Decide {
    pub(super) async fn approve(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        let outcome = planning::approve(&context, &by, &self.schedule, self.version).await?;
        add::print(&app, &context, &by, &self.schedule, &outcome).await?;
        app.db.close().await;
        Ok(Code::Done)
    }

    pub(super) async fn withdraw(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        let version = planning::withdraw(&context, &by, &self.schedule, self.version).await?;
        match app.format {
            Format::Json => output::json(&json!({ "name": self.schedule, "withdrawn_version": version }))?,
            Format::Table | Format::Csv => {
                output::text(&format!("version {version} of {} is withdrawn\n", self.schedule))?;
            }
        }
        app.db.close().await;
        Ok(Code::Done)
    }
}
