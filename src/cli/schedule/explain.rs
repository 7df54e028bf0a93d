//! `schedule explain` and `schedule presets`: expressions in words.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::super::context::load_config;
use super::super::{Code, Format, Globals, output};
use super::{expression, from, language};
use crate::config::{Collection, DEFAULT_FILE};
use crate::municipality::Language;
use crate::planning::InWords;
use crate::schedule::CronExpression;
use crate::schedule::preset::{Preset, presets};
use crate::schedule::upcoming::{Upcoming, upcoming};

/// How many runs are shown.
const RUNS: usize = 10;

#[derive(Debug, clap::Args)]
pub(super) struct Explain {
    /// Minute, hour, day of the month, month and weekday, such as "30 3 * * *", or @daily.
    #[arg(value_name = "EXPR")]
    expression: String,
    /// Say it in this language only; otherwise in all three, with weekdays in English.
    #[arg(long, value_name = "LANGUAGE", value_parser = language())]
    language: Option<Language>,
    /// Show runs strictly later than this time, such as 2027-03-27T12:00:00+02:00; otherwise than now.
    #[arg(long, value_name = "TIME", value_parser = DateTime::parse_from_rfc3339)]
    from: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Presets {
    /// The language of the table.
    #[arg(long, value_name = "LANGUAGE", value_parser = language(), default_value = "en")]
    language: Language,
}

/// An expression in words, as JSON.
#[derive(Serialize)]
struct Explained {
    expression: String,
    reading: InWords,
    next: Vec<Upcoming>,
}

/// A preset as JSON.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    cron: String,
    label: InWords,
    reading: InWords,
}

impl Explain {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let cron = expression(&self.expression)?;
        let shown = self.language.unwrap_or(Language::En);
        let explained = Explained {
            expression: cron.to_string(),
            reading: InWords::new(|language| cron.reading(language)),
            next: upcoming(&cron, from(self.from), RUNS, shown, &[]),
        };
        match globals.format {
            Format::Json => output::json(&explained)?,
            Format::Csv => runs(globals.format, &explained.next, shown)?,
            Format::Table => {
                let languages = self
                    .language
                    .map_or_else(|| vec![Language::Fi, Language::Sv, Language::En], |one| vec![one]);
                let said = |&language: &Language| {
                    format!("{}  {}", language.as_str(), explained.reading.get(language))
                };
                let lines: Vec<String> = languages.iter().map(said).collect();
                output::text(&format!("{}\n\n", lines.join("\n")))?;
                runs(globals.format, &explained.next, shown)?;
            }
        }
        Ok(Code::Done)
    }
}

fn runs(format: Format, runs: &[Upcoming], language: Language) -> anyhow::Result<()> {
    output::list(format, runs, &["weekday", "local", "offset", "clock_change"], |run| {
        let change = run.clock_change.map_or("", |change| change.name(language));
        vec![run.weekday.to_owned(), run.local.clone(), run.offset.clone(), change.to_owned()]
    })
}

impl Presets {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let cut_off = cut_off(globals)?;
        let listed: Vec<Listed> = presets(&cut_off).iter().map(listed).collect();
        output::list(globals.format, &listed, &["name", "cron", "label", "reading"], |preset| {
            let words = [preset.label.get(self.language), preset.reading.get(self.language)];
            vec![preset.name.to_owned(), preset.cron.clone(), words[0].to_owned(), words[1].to_owned()]
        })?;
        Ok(Code::Done)
    }
}

fn listed(preset: &Preset) -> Listed {
    Listed {
        name: preset.name,
        cron: preset.cron.to_string(),
        label: InWords::new(|language| preset.label(language)),
        reading: InWords::new(|language| preset.cron.reading(language)),
    }
}

/// When the collection file is closed here; the default where nothing is configured yet.
fn cut_off(globals: &Globals) -> anyhow::Result<CronExpression> {
    let nothing_yet = globals.config == Path::new(DEFAULT_FILE) && !globals.config.exists();
    let collection = if nothing_yet { Collection::default() } else { load_config(globals)?.collection };
    Ok(CronExpression::parse(&collection.cut_off)?)
}
