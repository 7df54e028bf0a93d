//! `check`: one question to VTJ about one person.

use std::fmt::Write as _;

use serde::Serialize;
use uuid::Uuid;

use super::identity::AsArgs;
use super::queue::in_words;
use super::{App, Code, Exit, Format, Globals, output};
use crate::check::{self, Beside, CheckError, CheckOutcome, Checked};
use crate::protected::Protection;
use crate::review::QueueItem;
use crate::service;

/// What stands for a masked value where people read.
const MASKED: &str = "***";

/// Options of `check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The card of the patron.
    card: String,
    /// What it is asked for, such as desk, returned_mail, debt_collection or confirm_death.
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
    /// Why, in a few words; kept sealed in the disclosure log. Write no name and no identity code.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Try the settings once more although VTJ has refused them: what was wrong is mended at VTJ's side.
    #[arg(long)]
    try_again: bool,
    #[command(flatten)]
    account: AsArgs,
}

/// What came of a question, as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    card_number: &'a str,
    outcome: CheckOutcome,
    protection: Protection,
    asked_vtj: bool,
    reason: &'a str,
    answered_at: Option<String>,
    reused: bool,
    warnings: &'a [String],
    findings: &'a [QueueItem],
    beside: &'a [Beside],
    request: Option<Uuid>,
}

impl Check {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let account = self.account.prove(&app).await?;
        if self.try_again {
            check::try_settings_again(&context, &account).await.map_err(with_code)?;
        }
        let checked = check::person(&context, &account, &self.card, &self.purpose, &self.reason).await;
        let checked = checked.map_err(with_code)?;
        print(app.format, &checked)?;
        app.db.close().await;
        Ok(code_of(checked.outcome))
    }
}

/// The exit code of an outcome.
fn code_of(outcome: CheckOutcome) -> Code {
    match outcome {
        CheckOutcome::Found
        | CheckOutcome::NotFound
        | CheckOutcome::Passivated
        | CheckOutcome::DeadNotDisclosed
        | CheckOutcome::NotDisclosable => Code::Done,
        CheckOutcome::Refused => Code::NotAllowed,
        CheckOutcome::ConfigurationFault => Code::Configuration,
        CheckOutcome::Transient => Code::TryAgain,
        CheckOutcome::ProtocolError => Code::Data,
    }
}

fn with_code(error: CheckError) -> anyhow::Error {
    match error {
        CheckError::UnknownCard => Exit::new(Code::Data, error.to_string()).into(),
        CheckError::NoReason(_) => Exit::new(Code::Usage, error.to_string()).into(),
        CheckError::Store(_) | CheckError::Task(_) | CheckError::Budget(_) => error.into(),
    }
}

fn print(format: Format, checked: &Checked) -> anyhow::Result<()> {
    match format {
        Format::Json => output::json(&Shown {
            card_number: &checked.card_number,
            outcome: checked.outcome,
            protection: checked.protection,
            asked_vtj: checked.asked_vtj,
            reason: &checked.reason,
            answered_at: checked.answered_at.map(output::time),
            reused: checked.reused,
            warnings: &checked.warnings,
            findings: &checked.items,
            beside: &checked.beside,
            request: checked.request,
        }),
        Format::Csv => {
            let header = ["card_number", "outcome", "protection", "asked_vtj", "reason", "findings"];
            output::list(format, &[checked_row(checked)], &header, Clone::clone)
        }
        Format::Table => output::text(&in_full(checked)),
    }
}

fn checked_row(checked: &Checked) -> Vec<String> {
    vec![
        checked.card_number.clone(),
        checked.outcome.as_str().to_owned(),
        checked.protection.as_str().to_owned(),
        checked.asked_vtj.to_string(),
        checked.reason.clone(),
        checked.items.iter().map(|item| item.kind).collect::<Vec<_>>().join(" "),
    ]
}

/// The answer for people: what came of it, VTJ beside the register, and what is in the queue now.
fn in_full(checked: &Checked) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<14} {}", output::printable(value));
    };
    line("card", &checked.card_number);
    line("outcome", &checked.outcome.as_str().replace('_', " "));
    line("in words", &checked.reason);
    line("protection", protection(checked.protection));
    let source = match (checked.asked_vtj, checked.reused) {
        (true, _) => "now",
        (false, true) => "earlier; VTJ was not asked again",
        (false, false) => "no; VTJ was not asked",
    };
    let at = checked.answered_at.map(|at| format!(", answer of {}", output::time(at))).unwrap_or_default();
    line("asked", &format!("{source}{at}"));
    if let Some(request) = checked.request {
        line("request", &format!("{request}, see `ajantasa disclosures show`"));
    }
    for warning in &checked.warnings {
        line("note", warning);
    }
    for item in &checked.items {
        line("in the queue", &format!("{} {}: {}", item.id, item.kind, item.reason));
        for field in &item.fields {
            line("", &in_words(field));
        }
    }
    if checked.items.is_empty() && checked.outcome.is_answer() {
        line("in the queue", "nothing about this answer");
    }
    if !checked.beside.is_empty() {
        let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| MASKED.to_owned());
        let _ = writeln!(text, "\n{:<14} {:<34} VTJ", "", "register");
        for Beside { field, register, vtj } in &checked.beside {
            let (register, vtj) = (output::printable(&cell(register)), output::printable(&cell(vtj)));
            let _ = writeln!(text, "{}", format!("{field:<14} {register:<34} {vtj}").trim_end());
        }
    }
    text
}

fn protection(protection: Protection) -> &'static str {
    match protection {
        Protection::Yes => "yes: an order of non-disclosure is in force; nothing of the address is shown",
        Protection::No => "no",
        Protection::Unknown => "unknown: nothing of VTJ's contact details is used",
    }
}
