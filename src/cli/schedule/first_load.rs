//! `schedule first-load`: how many cases of a first load are opened a day, and which first.

use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::super::identity::MaybeAsArgs;
use super::super::{App, Code, Exit, Format, Globals, output};
use super::open;
use crate::finding::slice::{Priority, days_left};
use crate::slice::{self, Slices};
use crate::staff::ProvedAccount;
use crate::task::Context;

/// Options of `schedule first-load`. Without any, it shows how the slices stand.
#[derive(Debug, clap::Args)]
pub(super) struct FirstLoad {
    /// Open so many cases a Helsinki day from now on. Deaths, protection, identity codes and answers that fit nobody
    /// are opened at once all the same.
    #[arg(long, value_name = "N", requires = "as", conflicts_with = "off")]
    per_day: Option<u32>,
    /// What is opened first, in this order; then the oldest. Without it: debts, then wrong contact details.
    #[arg(long, value_name = "WORDS", value_delimiter = ',', requires = "per_day",
        value_parser = PossibleValuesParser::new(Priority::ALL.map(Priority::as_str)))]
    first: Vec<String>,
    /// Open everything that is left, now.
    #[arg(long, requires = "as")]
    off: bool,
    #[command(flatten)]
    account: MaybeAsArgs,
}

/// How slices stand, as it is printed.
#[derive(Serialize)]
struct Shown {
    slices: bool,
    per_day: Option<u64>,
    first: Vec<&'static str>,
    opened: u64,
    left: u64,
    days_left: u64,
    chosen_by: Option<String>,
}

impl FirstLoad {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let (app, context) = open(globals).await?;
        let account = self.account.prove(&app).await?;
        let slices = match &account {
            Some(account) if self.off || self.per_day.is_some() => self.change(&context, account).await?,
            _ => slice::state(&mut app.db.read().await?).await?,
        };
        print(&app, slices.as_ref())?;
        app.db.close().await;
        Ok(Code::Done)
    }

    async fn change(&self, context: &Context, account: &ProvedAccount) -> anyhow::Result<Option<Slices>> {
        let Some(per_day) = self.per_day else {
            let opened = slice::end(context, account).await?;
            eprintln!("{opened} cases are opened");
            return Ok(None);
        };
        let mut first: Vec<Priority> = Vec::new();
        for word in &self.first {
            let priority = Priority::from_word(word)
                .ok_or_else(|| Exit::new(Code::Usage, format!("--first {word}: no such word")))?;
            if !first.contains(&priority) {
                first.push(priority);
            }
        }
        let first = if first.is_empty() { Priority::USUAL.to_vec() } else { first };
        Ok(Some(slice::begin(context, account, per_day, &first).await?))
    }
}

fn print(app: &App, slices: Option<&Slices>) -> anyhow::Result<()> {
    let first = slices.map(|slices| slices.priorities.iter().map(|one| one.as_str()).collect());
    let shown = Shown {
        slices: slices.is_some(),
        per_day: slices.map(|slices| slices.per_day),
        first: first.unwrap_or_default(),
        opened: slices.map_or(0, |slices| slices.opened),
        left: slices.map_or(0, |slices| slices.left),
        days_left: slices.map_or(0, |slices| days_left(slices.left, slices.per_day)),
        chosen_by: slices.map(|slices| slices.actor.clone()),
    };
    match app.format {
        Format::Json => output::json(&shown),
        Format::Table => {
            let text = match slices {
                None => "no slices: every case is opened as it is found".to_owned(),
                Some(slices) => format!(
                    "{}; {} opened so far; first {}; chosen by {}",
                    slices.in_words(),
                    slices.opened,
                    shown.first.join(", "),
                    slices.actor
                ),
            };
            output::text(&format!("{}\n", output::printable(&text)))
        }
        Format::Csv => {
            let header = ["slices", "per_day", "first", "opened", "left", "days_left", "chosen_by"];
            output::list(app.format, &[shown], &header, |shown| {
                vec![
                    shown.slices.to_string(),
                    shown.per_day.map(|count| count.to_string()).unwrap_or_default(),
                    shown.first.join(" "),
                    shown.opened.to_string(),
                    shown.left.to_string(),
                    shown.days_left.to_string(),
                    shown.chosen_by.clone().unwrap_or_default(),
                ]
            })
        }
    }
}
