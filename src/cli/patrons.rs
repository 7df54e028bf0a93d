//! `patrons`: the patron register as files and lists.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::identity::MaybeAsArgs;
use super::import_source::ImportSource;
use super::{App, Code, Exit, Format, Globals, output};
use crate::audit::Actor;
use crate::lease::Holder;
use crate::patron_file::{Encoding, PatronFileError};
use crate::patrons::{self, ImportReport, Listed, Options, PatronsError, Progress, Source, Viewer};
use crate::staff::ProvedAccount;

/// Options of `patrons`.
#[derive(Debug, clap::Args)]
pub struct Patrons {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Read a patron file into the register.
    Import(Import),
    /// Read what another provider than VTJ says of patrons, and put the differences in the queue.
    ImportSource(ImportSource),
    /// List the patrons: who is followed, and who is not and why.
    List,
    /// Show one patron, and where each value came from.
    Show(Show),
    /// Write the register as a patron file.
    Export(Export),
    /// Stop following a patron and destroy the key to everything known of them; the audit log is kept.
    Forget(Forget),
}

#[derive(Debug, clap::Args)]
struct Import {
    /// The file; - is standard input. Bad rows are listed in FILE.rejected.csv.
    file: String,
    /// How the characters of the file are written.
    #[arg(long, value_enum, default_value_t = EncodingWord::Utf8)]
    encoding: EncodingWord,
    /// Import the file even if it lacks many of the patrons of the register.
    #[arg(long)]
    allow_shrink: bool,
}

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum EncodingWord {
    /// UTF-8, with or without a byte order mark.
    #[value(name = "utf-8")]
    Utf8,
    /// ISO-8859-1.
    #[value(name = "iso-8859-1")]
    Latin1,
}

impl EncodingWord {
    pub(super) fn encoding(self) -> Encoding {
        match self {
            Self::Utf8 => Encoding::Utf8,
            Self::Latin1 => Encoding::Latin1,
        }
    }
}

#[derive(Debug, clap::Args)]
struct Show {
    /// The card.
    card: String,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

#[derive(Debug, clap::Args)]
struct Export {
    /// The file to write, for its owner alone; otherwise standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Forget {
    /// The card.
    card: String,
    /// Why; kept in the audit log.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Patrons {
    /// Does what is asked.
    ///
    /// # Errors
    /// See [`PatronsError`].
    pub async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let context = context(&app);
        match self.action {
            Action::Import(import) => import.run(&app, &context).await,
            Action::ImportSource(import) => import.run(&app).await,
            Action::List => list(&app, &context).await,
            Action::Show(show) => show.run(&app, &context).await,
            Action::Export(export) => export.run(&context).await,
            Action::Forget(forget) => {
                patrons::forget(&context, &forget.card, &forget.reason).await.map_err(with_code)?;
                Ok(Code::Done)
            }
        }
    }
}

/// What commands about patrons work with.
pub(super) fn context(app: &App) -> patrons::Context {
    patrons::Context {
        db: app.db.clone(),
        vault: app.vault.clone(),
        clock: app.clock.clone(),
        holder: Holder::this_process(),
        os_user: app.os_user.clone(),
        municipalities: app.config.municipalities.iter().map(|one| one.code.clone()).collect(),
    }
}

impl Import {
    async fn run(self, app: &App, context: &patrons::Context) -> anyhow::Result<Code> {
        let options = Options {
            encoding: self.encoding.encoding(),
            allow_shrink: self.allow_shrink,
            max_shrink_percent: app.config.register.max_shrink_percent,
        };
        let bar = bar();
        let mut progress = |progress: Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        };
        let imported = patrons::import(context, &Source::from_word(&self.file), options, &mut progress).await;
        bar.finish_and_clear();
        let report = imported.map_err(with_code)?;
        if report.readable_by_others {
            eprintln!(
                "{}: others on this machine can read the file; take that right away (chmod 600)",
                self.file
            );
        }
        if let Some(rejected) = &report.rejected_file {
            eprintln!("{} rows were rejected: see {}", report.rejected, rejected.display());
        }
        print(app.format, &report)?;
        Ok(if report.rejected > 0 { Code::Data } else { Code::Done })
    }
}

/// A progress bar on a terminal, and nothing anywhere else.
pub(super) fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn print(format: Format, report: &ImportReport) -> anyhow::Result<()> {
    let counts = [
        ("rows", report.rows),
        ("added", report.added),
        ("changed", report.changed),
        ("unchanged", report.unchanged),
        ("rejected", report.rejected),
        ("missing", report.missing),
    ];
    output::counts(format, report, &counts)
}

async fn list(app: &App, context: &patrons::Context) -> anyhow::Result<Code> {
    let mut listing = patrons::list(context).await.map_err(with_code)?;
    let mut printer = ListPrinter::new(app.format)?;
    loop {
        let page = patrons::list_page(context, &mut listing).await.map_err(with_code)?;
        if page.is_empty() {
            break;
        }
        printer.page(&page)?;
    }
    printer.end()?;
    Ok(Code::Done)
}

/// Prints the list page by page, however long the register is.
struct ListPrinter {
    format: Format,
    is_first: bool,
}

const HEADER: [&str; 7] =
    ["card_number", "patron_id", "name", "municipality", "follow", "reason", "in_register"];

impl ListPrinter {
    fn new(format: Format) -> anyhow::Result<Self> {
        match format {
            Format::Json => output::text("[")?,
            Format::Csv => output::list::<Listed>(format, &[], &HEADER, cells)?,
            Format::Table => {}
        }
        Ok(Self { format, is_first: true })
    }

    fn page(&mut self, page: &[Listed]) -> anyhow::Result<()> {
        match self.format {
            Format::Table => output::list(self.format, page, &HEADER, cells)?,
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
                page.iter()
                    .try_for_each(|item| writer.write_record(cells(item)))
                    .context("cannot write to standard output")?;
                writer.flush().context("cannot write to standard output")?;
            }
            Format::Json => {
                let mut text = String::new();
                for item in page {
                    text.push_str(if self.is_first { "\n" } else { ",\n" });
                    self.is_first = false;
                    text.push_str(&serde_json::to_string(item).context("the list cannot be written")?);
                }
                output::text(&text)?;
            }
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<()> {
        if self.format == Format::Json { output::text("\n]\n") } else { Ok(()) }
    }
}

fn cells(item: &Listed) -> Vec<String> {
    vec![
        item.card_number.clone(),
        item.patron_id.clone(),
        item.name.clone(),
        item.municipality.clone().unwrap_or_default(),
        item.follow.clone(),
        item.reason.clone().unwrap_or_default(),
        if item.in_register { "yes" } else { "no" }.to_owned(),
    ]
}

impl Show {
    async fn run(self, app: &App, context: &patrons::Context) -> anyhow::Result<Code> {
        let viewer = self.viewer.prove(app).await?.map(viewer);
        let shown = patrons::show(context, &self.card, viewer.as_ref()).await.map_err(with_code)?;
        if app.format == Format::Json {
            output::json(&shown)?;
            return Ok(Code::Done);
        }
        let entries: Vec<(String, String)> = shown
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| {
                name.as_str() != "sources" && !(name.as_str() == "unfollowed_because" && value.is_null())
            })
            .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| word(value), str::to_owned)))
            .collect();
        let cells = |(name, value): &(String, String)| vec![name.clone(), value.clone()];
        output::list(app.format, &entries, &["column", "value"], cells)?;
        Ok(Code::Done)
    }
}

/// A value that is no text, in words; a masked one shows stars.
fn word(value: &serde_json::Value) -> String {
    if value.is_null() { "***".to_owned() } else { value.to_string() }
}

fn viewer(account: ProvedAccount) -> Viewer {
    Viewer {
        actor: Actor::Account { id: account.id, name: account.name },
        may_protected: account.may_protected,
        municipalities: account.municipalities,
    }
}

impl Export {
    async fn run(self, context: &patrons::Context) -> anyhow::Result<Code> {
        if let Some(path) = self.out {
            patrons::export_file(context, &path).await.map_err(with_code)?;
        } else {
            // Not locked over a wait: the lock belongs to one thread.
            patrons::export(context, std::io::stdout()).await.map_err(with_code)?;
            std::io::stdout().flush().context("cannot write to standard output")?;
        }
        Ok(Code::Done)
    }
}

/// The error with its exit code.
pub(super) fn with_code(error: PatronsError) -> anyhow::Error {
    let code = match &error {
        PatronsError::File(PatronFileError::Read { .. })
        | PatronsError::Io { .. }
        | PatronsError::Store(_) => None,
        PatronsError::File(_) | PatronsError::Shrink { .. } | PatronsError::UnknownCard => Some(Code::Data),
        PatronsError::Reason(_) => Some(Code::Usage),
        PatronsError::HeldElsewhere | PatronsError::Compare(_) => Some(Code::TryAgain),
        PatronsError::OtherMunicipality => Some(Code::NotAllowed),
    };
    match (code, error) {
        (Some(code), error) => Exit::new(code, error.to_string()).into(),
        (None, PatronsError::Store(error)) => error.into(),
        (None, error) => error.into(),
    }
}
