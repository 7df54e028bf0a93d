//! `config`: whether the configuration can be used, and what is in force.

use anyhow::Context as _;
use clap::Subcommand;
use serde::Serialize;

use super::context::load_config;
use super::{Code, Format, Globals, output};
use crate::config::{self, Problem, SecretSources};

/// Options of `config`.
#[derive(Debug, clap::Args)]
pub struct Config {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check the file and the files it names; nothing is sent anywhere.
    Check,
    /// Print every key in force and where it comes from, without secrets.
    Show,
}

/// A problem as it is printed.
#[derive(Serialize)]
struct Found {
    file: String,
    line: Option<usize>,
    message: String,
    hint: Option<String>,
}

impl From<&Problem> for Found {
    fn from(problem: &Problem) -> Self {
        Self {
            file: problem.file.display().to_string(),
            line: problem.line,
            message: problem.message.clone(),
            hint: problem.hint.clone(),
        }
    }
}

impl Config {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        match self.action {
            Action::Check => check(globals),
            Action::Show => show(globals),
        }
    }
}

fn check(globals: &Globals) -> anyhow::Result<Code> {
    let problems = match load_config(globals) {
        Ok(config) => config::check(&config, &SecretSources::from_environment()),
        Err(error) => error.problems,
    };
    let code = if problems.is_empty() { Code::Done } else { Code::Configuration };
    match globals.format {
        Format::Table if problems.is_empty() => {
            output::text(&format!("{}: the configuration can be used\n", globals.config.display()))?;
        }
        Format::Table => problems.iter().for_each(|problem| eprintln!("{problem}")),
        Format::Json | Format::Csv => {
            let found: Vec<Found> = problems.iter().map(Found::from).collect();
            output::list(globals.format, &found, &["file", "line", "message", "hint"], |found| {
                let line = found.line.map(|line| line.to_string()).unwrap_or_default();
                vec![found.file.clone(), line, found.message.clone(), found.hint.clone().unwrap_or_default()]
            })?;
        }
    }
    Ok(code)
}

fn show(globals: &Globals) -> anyhow::Result<Code> {
    let page = config::show(&load_config(globals)?);
    if globals.format == Format::Json {
        let value: toml::Value = toml::from_str(&page).context("the configuration shown is not TOML")?;
        output::json(&value)?;
    } else {
        output::text(&page)?;
    }
    Ok(Code::Done)
}
