//! The documents say what the program is: its commands, tasks, modules and configuration.
//!
//! With `AJANTASA_UPDATE_DOCUMENTS` set, the table of commands in README.md is written anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ajantasa::task::Task;

fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(project(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The rows of the tables whose first header is `header`, each as its cells.
fn rows(document: &str, header: &str) -> Vec<Vec<String>> {
    let start = format!("| {header} |");
    let mut rows = Vec::new();
    let mut lines = document.lines();
    while lines.by_ref().any(|line| line.starts_with(&start)) {
        let table = lines.by_ref().skip(1).take_while(|line| line.starts_with('|'));
        rows.extend(table.map(|line| {
            line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()
        }));
    }
    rows
}

/// What stands between back-ticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_readme_lists_the_commands_that_there_are() {
    const BEGIN: &str = "<!-- commands: begin -->\n";
    const END: &str = "<!-- commands: end -->";
    let mut table = "| command | what it does |\n|---|---|\n".to_owned();
    for command in ajantasa::cli::command().get_subcommands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(table, "| `{}` | {about} |", command.get_name());
    }
    let readme = text("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the table has a beginning");
    let (found, after) = rest.split_once(END).expect("the table has an end");
    if std::env::var_os("AJANTASA_UPDATE_DOCUMENTS").is_some() {
        fs::write(project("README.md"), format!("{before}{BEGIN}{table}{END}{after}")).expect("writable");
    } else {
        assert_eq!(found, table, "run this test with AJANTASA_UPDATE_DOCUMENTS=1");
    }
}

#[test]
fn the_table_of_tasks_has_every_task_in_order_with_its_own_words() {
    let source = text("src/schedule/task.rs");
    let words = |task: Task| {
        let variant = format!("    {task:?},\n");
        let before = source.split_once(&variant).expect("a variant of Task").0;
        before.lines().next_back().expect("a line").trim().trim_start_matches("/// ").to_owned()
    };
    let expected: Vec<(String, String)> =
        Task::ALL.iter().map(|task| (format!("`{}`", task.as_str()), words(*task))).collect();
    let table: Vec<(String, String)> = rows(&text("ARCHITECTURE.md"), "task")
        .into_iter()
        .map(|cells| (cells[0].clone(), cells[1].clone()))
        .collect();
    assert_eq!(table, expected);
}

#[test]
fn every_transaction_of_a_task_is_in_the_architecture() {
    let architecture = text("ARCHITECTURE.md");
    let known = quoted(&architecture);
    let mut missing = Vec::new();
    for folder in ["src/task", "src/apply"] {
        for file in files_below(&project(folder)) {
            let source = fs::read_to_string(&file).expect("UTF-8");
            let commits = source.split(".commit(\"").skip(1).filter_map(|rest| rest.split('"').next());
            missing.extend(commits.filter(|name| !known.contains(*name)).map(str::to_owned));
        }
    }
    assert!(missing.is_empty(), "say in the table of tasks what these are: {missing:?}");
}

#[test]
fn the_map_has_every_module() {
    let lib = text("src/lib.rs");
    let modules: BTreeSet<String> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    let mapped: BTreeSet<String> =
        rows(&text("ARCHITECTURE.md"), "module").iter().flat_map(|cells| quoted(&cells[0])).collect();
    let unmapped: Vec<&String> = modules.difference(&mapped).collect();
    assert!(unmapped.is_empty(), "the code map of ARCHITECTURE.md lacks {unmapped:?}");
    let missing: Vec<&String> = modules
        .iter()
        .filter(|module| {
            !lib.contains(&format!("[`{module}`]")) && !lib.contains(&format!("[`mod@{module}`]"))
        })
        .collect();
    assert!(missing.is_empty(), "the map in src/lib.rs lacks {missing:?}");
}

#[test]
fn the_readme_names_every_section_of_the_configuration() {
    let readme = quoted(&text("README.md"));
    let sections: BTreeSet<String> = text("config/ajantasa.toml")
        .lines()
        .map(|line| line.trim_start_matches("# "))
        .filter(|line| line.starts_with('[') && line.ends_with(']'))
        .map(|line| line.trim_matches(['[', ']']).to_owned())
        .collect();
    assert!(sections.len() > 8, "{sections:?}");
    let missing: Vec<&String> = sections.iter().filter(|name| !readme.contains(*name)).collect();
    assert!(missing.is_empty(), "README.md does not name the sections {missing:?}");
}

#[test]
fn files_and_functions_that_the_architecture_names_are_there() {
    let architecture = text("ARCHITECTURE.md");
    let sources: String = files_below(&project("src"))
        .iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .map(|file| fs::read_to_string(file).expect("UTF-8"))
        .collect();
    let mut missing = Vec::new();
    for name in quoted(&architecture) {
        let is_path = name.starts_with("src/") || name.starts_with("tests/");
        if is_path && !project(&name).exists() {
            missing.push(name);
        } else if let Some((_, function)) = name.rsplit_once("::")
            && function.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        {
            let defined = [format!("fn {function}("), format!("fn {function}<"), format!("mod {function};")];
            if !defined.iter().any(|definition| sources.contains(definition)) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "ARCHITECTURE.md names what is not there: {missing:?}");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("readable").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}
