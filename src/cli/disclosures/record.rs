//! `disclosures record`: what was handed out by hand.

use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use serde::Serialize;
use uuid::Uuid;

use super::super::identity::AsArgs;
use super::super::{App, Format, output, patrons};
use crate::disclosures::{self, HandedOut};
use crate::patron_file::Column;

/// Options of `disclosures record`.
#[derive(Debug, clap::Args)]
pub(super) struct Record {
    /// The card of the patron.
    #[arg(long, value_name = "CARD")]
    card: String,
    /// To whom it was handed out; kept sealed.
    #[arg(long, value_name = "TEXT")]
    recipient: String,
    /// The section of law that made the library hand it out.
    #[arg(long, value_name = "TEXT")]
    law: String,
    /// What was handed out: columns of the patron file; may be repeated.
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_name = "FIELD",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Column::ALL.map(Column::as_str)))]
    what: Vec<String>,
    /// Who decided that it had to be handed out; kept sealed.
    #[arg(long, value_name = "TEXT")]
    decided_by: String,
    /// The day on which it was handed out; today when left out.
    #[arg(long, value_name = "DATE")]
    on: Option<NaiveDate>,
    #[command(flatten)]
    account: AsArgs,
}

#[derive(Serialize)]
struct Recorded {
    id: Uuid,
}

impl Record {
    pub(super) async fn run(&self, app: &App) -> anyhow::Result<()> {
        let account = self.account.prove(app).await?;
        let what: Vec<Column> = self.what.iter().filter_map(|word| Column::from_word(word)).collect();
        let handed_out = HandedOut {
            card: &self.card,
            recipient: &self.recipient,
            law: &self.law,
            what: &what,
            decided_by: &self.decided_by,
            on: self.on,
        };
        let id = disclosures::record(&patrons::context(app), &account, &handed_out).await?;
        match app.format {
            Format::Json => output::json(&Recorded { id }),
            Format::Table | Format::Csv => output::text(&format!("{id} is written down\n")),
        }
    }
}
