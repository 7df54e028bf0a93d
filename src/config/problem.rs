//! What is wrong with a configuration, one line per problem.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing wrong with the configuration, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The configuration file.
    pub file: PathBuf,
    /// The line of the key, the first line being 1; none when no line can be named.
    pub line: Option<usize>,
    /// What is wrong, and at which key.
    pub message: String,
    /// What to write or do instead.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// A configuration that cannot be used: every problem, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(problems))]
pub struct ConfigError {
    /// The problems; at least one.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// The exit code of a command that meets this error (`EX_CONFIG` of sysexits).
    pub const EXIT_CODE: u8 = 78;

    pub(super) fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The problem that the TOML parser found. Its message may span lines and its span may be unknown.
pub(super) fn from_toml(file: &Path, text: &str, error: &toml::de::Error) -> Problem {
    let message = error.message().lines().map(str::trim).collect::<Vec<_>>().join(", ");
    Problem {
        file: file.to_owned(),
        line: error.span().map(|span| line_of(text, span.start)),
        message: format!("this is not TOML: {message}"),
        hint: None,
    }
}

/// The line of a byte offset, the first line being 1.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Below this likeness (0 to 1) a suggestion misleads more than the whole list does.
const LIKE_ENOUGH: f64 = 0.7;

/// The known name nearest to a mistyped one, as a hint; when none is near, all of them.
pub(super) fn nearest(typed: &str, known: &[&str]) -> Option<String> {
    let best = known
        .iter()
        .map(|name| (strsim::jaro_winkler(&typed.to_lowercase(), name), *name))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((likeness, name)) if likeness >= LIKE_ENOUGH => Some(format!("did you mean `{name}`?")),
        Some(_) => Some(format!("known here: {}", known.join(", "))),
        None => None,
    }
}
