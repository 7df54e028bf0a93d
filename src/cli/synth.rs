//! `synth`: a register, a population and a change log of people who do not exist.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::{Code, Format, Globals, output};
use crate::clock::{Clock as _, SystemClock};
use crate::synth::{Settings, synth};

/// Options of `synth`.
#[derive(Debug, clap::Args)]
pub struct Synth {
    /// How many patrons.
    #[arg(long, value_name = "N")]
    persons: u64,
    /// The same seed gives the same files, another seed other people.
    #[arg(long, value_name = "S")]
    seed: u64,
    /// The folder to write patrons.csv, population.jsonl, changes.jsonl and truth.csv into.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Moves of people chosen by chance, beside the changes that bring half of the differences.
    #[arg(long, value_name = "N", default_value_t = 0)]
    changes: u64,
    /// The date on which the files are used, such as 2026-11-21; otherwise today.
    #[arg(long, value_name = "DATE")]
    today: Option<NaiveDate>,
}

impl Synth {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let settings = Settings {
            persons: self.persons,
            seed: self.seed,
            changes: self.changes,
            today: self.today.unwrap_or_else(|| SystemClock.today()),
        };
        let summary = synth(&settings, &self.out)?;
        if globals.format == Format::Json {
            output::json(&summary)?;
            return Ok(Code::Done);
        }
        let header = ["patrons", "population", "changes", "findings"];
        output::list(globals.format, &[summary], &header, |summary| {
            let findings: u64 = summary.findings.values().sum();
            [summary.patrons, summary.population, summary.changes, findings].map(|n| n.to_string()).to_vec()
        })?;
        Ok(Code::Done)
    }
}
