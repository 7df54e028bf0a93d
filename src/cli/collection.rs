//! `collection`: the file of debts from billing, checked card by card before it goes to a debt collector.

use std::path::PathBuf;

use clap::Subcommand;
use uuid::Uuid;

use super::identity::AsArgs;
use super::{App, Code, Exit, Format, Globals, output};
use crate::budget::BudgetError;
use crate::check::CheckError;
use crate::collection::{self, CardReasons, CollectionError, CollectionReport};
use crate::service;
use crate::task::Context;

/// What stands for a masked value where people read.
const MASKED: &str = "***";

/// Options of `collection`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Collection {
    #[command(subcommand)]
    action: Option<Action>,
    /// The file from billing: one card number on a line, or CSV with a column card_number.
    #[arg(required = true)]
    file: Option<PathBuf>,
    /// The file back, for its owner alone: each card with `send` or `hold: ask the library`.
    #[arg(long, value_name = "FILE", required = true)]
    out: Option<PathBuf>,
    /// Why the debts are checked, in a few words. Write no name and no identity code.
    #[arg(long, value_name = "TEXT", required = true)]
    reason: Option<String>,
    /// The account that acts.
    #[arg(long = "as", value_name = "NAME", required = true)]
    name: Option<String>,
    /// A file with its password; otherwise it is asked for. An account bound to the calling operating-system
    /// user needs none.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show why cards of a file were held, of the account's own municipalities.
    Reasons(Reasons),
}

#[derive(Debug, clap::Args)]
struct Reasons {
    /// The reading of the file: `run` in what `collection` printed.
    run: String,
    #[command(flatten)]
    account: AsArgs,
}

impl Collection {
    pub(super) async fn run(mut self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let code = match self.action.take() {
            Some(Action::Reasons(reasons)) => reasons.run(&app, &context).await?,
            None => self.check(&app, &context).await?,
        };
        app.db.close().await;
        Ok(code)
    }

    async fn check(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let (Some(file), Some(out), Some(reason), Some(name)) = (self.file, self.out, self.reason, self.name)
        else {
            let message = "give the file from billing, see `ajantasa collection --help`";
            return Err(Exit::new(Code::Usage, message).into());
        };
        let account = AsArgs { name, password_file: self.password_file }.prove(app).await?;
        let checked = collection::check_file(context, &account, &file, &out, &reason).await;
        let report = checked.map_err(with_code)?;
        print(app.format, &report)?;
        Ok(code_of(&report))
    }
}

impl Reasons {
    async fn run(self, app: &App, context: &Context) -> anyhow::Result<Code> {
        let account = self.account.prove(app).await?;
        let run: Uuid = self.run.parse().map_err(|_| with_code(CollectionError::UnknownRun))?;
        let cards = collection::reasons(context, &account, run).await.map_err(with_code)?;
        print_reasons(app.format, &cards)?;
        Ok(Code::Done)
    }
}

/// The exit code of a file that was written: whether somebody should look at it, or ask again.
fn code_of(report: &CollectionReport) -> Code {
    for warning in &report.warnings {
        eprintln!("{warning}");
    }
    if report.unanswered > 0 {
        eprintln!(
            "{} payers could not be asked about now and are held; run it again later",
            report.unanswered
        );
        return Code::TryAgain;
    }
    if report.unknown > 0 {
        eprintln!(
            "not known, and held: {}; see `ajantasa collection reasons {}`",
            report.unknown, report.run
        );
        return Code::Data;
    }
    Code::Done
}

fn with_code(error: CollectionError) -> anyhow::Error {
    let code = match &error {
        CollectionError::File(_)
        | CollectionError::UnknownRun
        | CollectionError::Check(CheckError::UnknownCard) => Some(Code::Data),
        CollectionError::SameFile
        | CollectionError::Reason(_)
        | CollectionError::Check(CheckError::NoReason(_)) => Some(Code::Usage),
        CollectionError::NotReviewer => Some(Code::NotAllowed),
        CollectionError::Configuration(_)
        | CollectionError::Budget { source: BudgetError::NotConfigured, .. } => Some(Code::Configuration),
        CollectionError::Budget { source: BudgetError::CeilingReached(_), .. } | CollectionError::Stopped => {
            Some(Code::TryAgain)
        }
        CollectionError::Io { .. }
        | CollectionError::Budget { source: BudgetError::Store(_), .. }
        | CollectionError::Check(CheckError::Store(_) | CheckError::Task(_) | CheckError::Budget(_))
        | CollectionError::Task(_)
        | CollectionError::Store(_) => None,
    };
    match (code, error) {
        (Some(code), error) => Exit::new(code, super::exit::in_one_line(&error.into())).into(),
        (None, CollectionError::Store(error)) => error.into(),
        (None, CollectionError::Task(error)) => error.into(),
        (None, error) => error.into(),
    }
}

fn print(format: Format, report: &CollectionReport) -> anyhow::Result<()> {
    if format == Format::Json {
        return output::json(report);
    }
    let rows = [
        ("run", report.run.to_string()),
        ("cut_off", report.cut_off.map(output::time).unwrap_or_default()),
        ("cards", report.cards.to_string()),
        ("send", report.send.to_string()),
        ("hold", report.hold.to_string()),
        ("unknown", report.unknown.to_string()),
        ("asked", report.asked.to_string()),
        ("unanswered", report.unanswered.to_string()),
    ];
    output::list(format, &rows, &["what", "value"], |(name, value)| vec![(*name).to_owned(), value.clone()])
}

fn print_reasons(format: Format, cards: &[CardReasons]) -> anyhow::Result<()> {
    let header =
        ["position", "card_number", "decision", "reasons", "payer_card_number", "request", "in_words"];
    output::list(format, cards, &header, |card| {
        let masked = || MASKED.to_owned();
        vec![
            card.position.to_string(),
            card.card_number.clone().unwrap_or_default(),
            card.decision.clone(),
            card.reasons.as_ref().map_or_else(masked, |reasons| reasons.join(" ")),
            card.payer_card_number.clone().unwrap_or_default(),
            card.request.map(|request| request.to_string()).unwrap_or_default(),
            card.in_words.clone().unwrap_or_else(masked),
        ]
    })
}
