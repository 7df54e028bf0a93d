//! `budget`: how many single-person queries were asked, how many may be, and what they cost.

use serde::Serialize;

use super::{App, Code, Format, Globals, output};
use crate::budget::{self, BudgetLine, Standing};
use crate::quota::Scope;
use crate::service;

/// Options of `budget`.
#[derive(Debug, clap::Args)]
pub struct Budget {}

/// The budget as it is printed.
#[derive(Serialize)]
struct Shown {
    day: String,
    month: String,
    price_per_query_eur: f64,
    lines: Vec<Line>,
    warnings: Vec<String>,
}

/// A scope as it is printed.
#[derive(Serialize)]
struct Line {
    scope: &'static str,
    name: Option<String>,
    used_today: u64,
    daily_ceiling: Option<u32>,
    reserve: u32,
    used_this_month: u64,
    monthly_ceiling: Option<u32>,
    price_this_month_eur: f64,
    estimate_this_month_eur: f64,
}

impl From<&BudgetLine> for Line {
    fn from(line: &BudgetLine) -> Self {
        let (scope, name) = match &line.scope {
            Scope::Installation => ("installation", None),
            Scope::Municipality(code) => ("municipality", Some(code.clone())),
            Scope::Purpose(name) => ("purpose", Some(name.clone())),
        };
        Self {
            scope,
            name,
            used_today: line.day.used,
            daily_ceiling: line.day.ceiling,
            reserve: line.day.reserve,
            used_this_month: line.month.used,
            monthly_ceiling: line.month.ceiling,
            price_this_month_eur: line.price.euros(),
            estimate_this_month_eur: line.estimate.euros(),
        }
    }
}

impl From<&Standing> for Shown {
    fn from(standing: &Standing) -> Self {
        Self {
            day: standing.today.to_string(),
            month: standing.today.format("%Y-%m").to_string(),
            price_per_query_eur: standing.price_per_query.euros(),
            lines: standing.lines.iter().map(Line::from).collect(),
            warnings: standing.near.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Budget {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let app = App::open(globals).await?;
        let settings = service::settings(&app.config)?;
        let standing = budget::standing(&app.db, &settings, app.clock.today()).await?;
        let shown = Shown::from(&standing);
        if app.format == Format::Json {
            output::json(&shown)?;
            return Ok(Code::Done);
        }
        let header = ["for", "today", "of", "reserve", "this month", "of", "euros", "expected"];
        let number =
            |ceiling: Option<u32>| ceiling.map_or_else(|| "-".to_owned(), |ceiling| ceiling.to_string());
        output::list(app.format, &shown.lines, &header, |line| {
            vec![
                line.name
                    .as_ref()
                    .map_or_else(|| line.scope.to_owned(), |name| format!("{} {name}", line.scope)),
                line.used_today.to_string(),
                number(line.daily_ceiling),
                line.reserve.to_string(),
                line.used_this_month.to_string(),
                number(line.monthly_ceiling),
                format!("{:.2}", line.price_this_month_eur),
                format!("{:.2}", line.estimate_this_month_eur),
            ]
        })?;
        if app.format == Format::Table {
            for near in &shown.warnings {
                eprintln!("nearly used up: {near}");
            }
        }
        Ok(Code::Done)
    }
}
