//! The demonstration's page of text: the summary, the examples, and what to try next.

use std::fmt::Write as _;
use std::time::Duration;

use super::NOTICE;
use super::examples::Example;
use super::folder::Folder;
use super::summary::Summary;
use crate::cli::output::printable;

/// Columns of an example's side.
const SIDE: usize = 30;

/// Commands worth trying next. Those that this program does not have are left out.
const NEXT: [(&str, &str); 8] = [
    ("queue list", "what there is to decide, with the exact text that approval would write"),
    ("patrons list", "who is followed, and who is not and why"),
    ("patrons show 2071000007", "one patron, and where each value came from"),
    ("disclosures list", "every question to VTJ: about whom, for what purpose, on whose behalf"),
    ("audit list", "everything that was done and looked at"),
    (
        "user add NAME --role reviewer --municipality 710 --until DATE --os-user LOGIN",
        "an account that can decide",
    ),
    ("queue approve ID --as NAME", "decide; the running demonstration then writes it"),
    (
        "check 2071000007 --purpose desk --reason TEXT --as NAME",
        "ask VTJ about one person now, and see its word beside the register's",
    ),
];

/// The summary and the examples.
pub(super) fn page(summary: &Summary, examples: &[Example], took: Duration) -> String {
    let mut page = String::new();
    let counts = &summary.counts;
    let findings: u64 = counts.findings.values().sum();
    let _ = writeln!(
        page,
        "First full run (simulated): {} patrons, {} checked with VTJ, {} errors, {:.1} seconds\n",
        counts.patrons,
        counts.checked,
        counts.errors,
        took.as_secs_f64()
    );
    let _ = writeln!(page, "Nothing to do for {} patrons.", summary.at_rest);
    let _ = writeln!(page, "Why nothing was found, over all comparisons:");
    let mut quiet: Vec<(u64, &str)> =
        summary.quiet.iter().map(|(reason, count)| (*count, reason.sentence())).collect();
    quiet.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    for (count, sentence) in quiet {
        let _ = writeln!(page, "{count:>6}  {sentence}");
    }
    let _ = writeln!(page, "\nVTJ is never asked about {} of them:", summary.not_asked.values().sum::<u64>());
    for (reason, count) in &summary.not_asked {
        let _ = writeln!(page, "{count:>6}  {reason}");
    }
    let _ =
        writeln!(page, "\n{findings} findings wait for a person to decide; until then nothing is written:");
    for (kind, count) in &counts.findings {
        let _ = writeln!(page, "{count:>6}  {kind}");
    }
    let _ = writeln!(page, "\nExamples ({NOTICE})");
    for (number, example) in examples.iter().enumerate() {
        page.push_str(&side_by_side(number + 1, example));
    }
    page
}

fn side_by_side(number: usize, example: &Example) -> String {
    let mut text = format!("\n{number}. {}\n", printable(&example.title));
    let _ = writeln!(text, "   {:SIDE$} {:SIDE$} approval would write", "the register", "VTJ (simulated)");
    let sides = [&example.register, &example.vtj, &example.approval];
    let height = sides.iter().map(|side| side.len()).max().unwrap_or_default();
    for line in 0..height {
        let cell = |side: &Vec<String>| printable(side.get(line).map_or("", String::as_str));
        let [register, vtj, approval] = sides.map(cell);
        let row = format!("   {register:SIDE$} {vtj:SIDE$} {approval}");
        let _ = writeln!(text, "{}", row.trim_end());
    }
    let _ = writeln!(text, "   why: {}", example.why);
    text
}

/// The commands to try next, as they are typed.
pub(super) fn next_commands(folder: &Folder) -> String {
    let program = std::env::args().next().unwrap_or_else(|| "ajantasa".to_owned());
    let config = folder.config();
    let mut text = "\nNext, in another terminal:\n".to_owned();
    for (command, what) in NEXT.iter().filter(|(command, _)| exists(command)) {
        let _ = writeln!(text, "  {program} --config {} {command}\n      {what}", config.display());
    }
    text.push('\n');
    text
}

/// Whether the program has a command, its first word and its second one if that is a command, too.
fn exists(command: &str) -> bool {
    let mut words = command.split(' ');
    let root = crate::cli::command();
    let first = words.next().and_then(|word| root.find_subcommand(word));
    let second = first.zip(words.next()).and_then(|(first, word)| first.find_subcommand(word));
    second.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_that_there_are_are_recommended() {
        assert!(exists("patrons show 2071000007"));
        assert!(!exists("patrons burn"));
        assert!(!exists("fly"));
    }
}
