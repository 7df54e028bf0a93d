//! `schedule next`: the next times of an expression, or of a schedule.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::super::exit::in_one_line;
use super::super::{Code, Exit, Globals, output};
use super::page::pause_in_words;
use super::{expression, from, open};
use crate::planning::{self, PlanningError};
use crate::schedule::holiday::Holiday;
use crate::schedule::{CronExpression, local};

/// The most times printed at once.
const MOST_TIMES: u64 = 10_000;

#[derive(Debug, clap::Args)]
pub(super) struct Next {
    /// Minute, hour, day of the month, month and weekday, such as "30 3 * * *", or the name of a schedule.
    #[arg(value_name = "EXPR|NAME")]
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
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let due = match expression(&self.expression) {
            Ok(expression) => self.times(&expression, &[]),
            Err(error) if is_no_name(&self.expression) => return Err(error.into()),
            Err(error) => self.of_schedule(globals, error).await?,
        };
        output::list(globals.format, &due, &["due"], |due| vec![due.0.clone()])?;
        Ok(Code::Done)
    }

    /// The next times, without those left out for a holiday.
    fn times(&self, expression: &CronExpression, skip: &[Holiday]) -> Vec<Due> {
        let count = usize::try_from(self.count).unwrap_or(usize::MAX);
        expression
            .iter_after(from(self.from))
            .filter(|at| Holiday::among(skip, *at).is_none())
            .take(count)
            .map(|at| Due(local(at).to_rfc3339()))
            .collect()
    }

    /// Those of the schedule of that name. `error` is what is wrong with it as an expression.
    async fn of_schedule(&self, globals: &Globals, error: Exit) -> anyhow::Result<Vec<Due>> {
        let name = self.expression.as_str();
        let (app, context) = open(globals).await.map_err(|why| {
            let why = in_one_line(&why);
            Exit::new(Code::Usage, format!("{error}; and no schedule of this name can be looked up: {why}"))
        })?;
        let planned = match planning::show(&context, name).await {
            // Five words are more likely a mistyped expression than a name.
            Err(PlanningError::Unknown(_)) if name.split_whitespace().count() >= 5 => {
                return Err(error.into());
            }
            result => result?,
        };
        app.db.close().await;
        if let Some(pause) = &planned.pause {
            eprintln!("{name}: {}", pause_in_words(pause));
        }
        let starts = planned.in_force.filter(|version| version.definition.enabled && planned.pause.is_none());
        Ok(starts.map_or_else(Vec::new, |version| {
            self.times(&version.definition.cron, &version.definition.holidays())
        }))
    }
}

/// Whether a text is an expression with a mistake rather than a name.
fn is_no_name(text: &str) -> bool {
    text.contains(['*', '@', '/', ',']) || !text.contains(char::is_alphabetic)
}
