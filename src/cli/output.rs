//! What commands print: lists and summaries as a table, JSON or CSV, and nothing else on standard output.

use std::io::Write as _;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

/// How a list or a summary is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON value.
    Json,
    /// A header and rows, comma between.
    Csv,
}

/// Prints a text.
///
/// # Errors
/// When standard output cannot be written.
pub fn text(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Prints one value as JSON.
///
/// # Errors
/// When it cannot be written.
pub fn json<T: Serialize + ?Sized>(value: &T) -> anyhow::Result<()> {
    let mut page = serde_json::to_string_pretty(value).context("the output cannot be written as JSON")?;
    page.push('\n');
    text(&page)
}

/// Prints a list: as JSON the items themselves, otherwise one row of cells for each under a header.
///
/// # Errors
/// When it cannot be written.
pub fn list<T: Serialize>(
    format: Format,
    items: &[T],
    header: &[&str],
    cells: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    match format {
        Format::Json => json(items),
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(header)?;
            for item in items {
                writer.write_record(cells(item))?;
            }
            text(&String::from_utf8_lossy(&writer.into_inner().context("the rows cannot be written")?))
        }
        Format::Table => {
            let mut table = Table::new();
            table.load_style(NOTHING).set_header(header.iter().copied());
            for item in items {
                table.add_row(cells(item).iter().map(|cell| printable(cell)));
            }
            text(&lines_without_padding(&table.to_string()))
        }
    }
}

/// Prints what was counted: as JSON the whole report, otherwise a row for each count.
///
/// # Errors
/// When it cannot be written.
pub fn counts<T: Serialize>(format: Format, report: &T, counts: &[(&str, u64)]) -> anyhow::Result<()> {
    if format == Format::Json {
        return json(report);
    }
    list(format, counts, &["what", "count"], |(name, count)| vec![(*name).to_owned(), count.to_string()])
}

/// A time as JSON and tables show it: RFC 3339 in UTC.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A value without characters that steer a terminal: what comes from a file or from VTJ may hold any.
pub fn printable(value: &str) -> String {
    value.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn lines_without_padding(table: &str) -> String {
    table.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_steers_a_terminal_is_not_printed() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(printable("Mäki-Testinen"), "Mäki-Testinen");
    }
}
