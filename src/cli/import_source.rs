//! `patrons import-source`: what another provider than VTJ says of patrons.

use super::patrons::{EncodingWord, bar, with_code};
use super::{App, Code, Exit, Format, output};
use crate::patrons::{self, Progress, Source, SourceReport};
use crate::provenance::Provider;
use crate::service;

/// Options of `patrons import-source`.
#[derive(Debug, clap::Args)]
pub struct ImportSource {
    /// Who says so: a name of your own for the provider, such as posti-moves. It stands with everything that
    /// comes of the file.
    #[arg(long, value_name = "NAME")]
    provider: String,
    /// The file; - is standard input. CSV with `patron_id` or `card_number` and any of `last_name`, `first_names`,
    /// `street_address`, `care_of`, `postal_code`, `city`, `country`, `language` and `as_of`. Bad rows are listed
    /// in FILE.rejected.csv.
    file: String,
    /// How the characters of the file are written.
    #[arg(long, value_enum, default_value_t = EncodingWord::Utf8)]
    encoding: EncodingWord,
}

impl ImportSource {
    pub(super) async fn run(self, app: &App) -> anyhow::Result<Code> {
        let provider = Provider::new(&self.provider)
            .map_err(|error| Exit::new(Code::Usage, format!("--provider: {error}")))?;
        let context =
            service::context(&app.config, &app.secrets, &app.db, &app.vault, &app.clock, &app.os_user)?;
        let bar = bar();
        let mut progress = |progress: Progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        };
        let source = Source::from_word(&self.file);
        let encoding = self.encoding.encoding();
        let imported = patrons::import_source(&context, &source, &provider, encoding, &mut progress).await;
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
        if report.compared_elsewhere {
            eprintln!(
                "another process compares just now; the findings of this file come with its next round"
            );
        }
        print(app.format, &report)?;
        Ok(if report.rejected > 0 { Code::Data } else { Code::Done })
    }
}

fn print(format: Format, report: &SourceReport) -> anyhow::Result<()> {
    let counts = [
        ("rows", report.rows),
        ("taken", report.taken),
        ("unchanged", report.unchanged),
        ("skipped", report.skipped),
        ("rejected", report.rejected),
        ("findings", report.findings),
    ];
    output::counts(format, report, &counts)
}
