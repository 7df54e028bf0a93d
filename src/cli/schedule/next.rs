//! `schedule next`: the next times of an expression.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::super::{Code, Globals, output};
use super::{expression, from};
use crate::schedule::local;

/// The most times printed at once.
const MOST_TIMES: u64 = 10_000;

#[derive(Debug, clap::Args)]
pub(super) struct Next {
    /// Minute, hour, day of the month, month and weekday, such as "30 3 * * *".
    #[arg(value_name = "EXPR")]
    expression: String,
    /// Print times strictly later than this one, such as 2027-03-27T12:00:00+02:00; otherwise than now.
    #[arg(long, value_name = "TIME", value_parser = DateTime::parse_from_rfc3339)]
    from: Option<DateTime<FixedOffset>>,
    /// How many times to print.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=MOST_TIMES))]
    count: u64,
}

/// A time in RFC 3339 with the offset of Helsinki.
#[derive(Serialize)]
#[serde(transparent)]
struct Due(String);

impl Next {
    pub(super) fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let expression = expression(&self.expression)?;
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        let due: Vec<Due> = expression
            .iter_after(from(self.from))
            .take(count)
            .map(|at| Due(local(at).to_rfc3339()))
            .collect();
        output::list(globals.format, &due, &["due"], |due| vec![due.0.clone()])?;
        Ok(Code::Done)
    }
}
