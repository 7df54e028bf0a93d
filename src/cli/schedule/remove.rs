//! `schedule remove`.

use serde_json::json;

use super::super::identity::AsArgs;
use super::super::{Code, Format, Globals, output};
use super::{Acting, open};
use crate::planning;

/// Options of `schedule remove`.
#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// The schedule.
    #[arg(value_name = "NAME")]
    schedule: String,
    #[command(flatten)]
    account: AsArgs,
}

impl Remove {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let acting = Acting::prove(&app, &self.account).await?;
        let by = acting.by();
        planning::remove(&context, &by, &self.schedule).await?;
        match app.format {
            Format::Json => output::json(&json!({ "name": self.schedule, "removed": true }))?,
            Format::Table | Format::Csv => {
                let message = "is removed; `ajantasa schedule history` still shows what it was";
                output::text(&format!("{} {message}\n", self.schedule))?;
            }
        }
        app.db.close().await;
        Ok(Code::Done)
    }
}
