//! The rules of the source tree: who may use whom, how long a file may be, what must not appear in it.
//!
//! The rule of dependencies, in words: core uses core alone and nothing that does input or output. An adapter
//! uses core and itself; `store`, `seal` and the way they stand under `audit` and `register` are the only
//! exceptions. The shell joins adapters with core. Entry points use everything, but no page calls VTJ itself.
//!
//! A new top-level module is placed in [`LAYERS`]; a new permission between adapters in [`GROUND_FLOOR`].
//! The reader of sources is a plain one: it knows comments and `use` groups, not the whole language.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a top-level module stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Core,
    Adapter,
    Shell,
    Entry,
}

/// Every top-level module that there is or is to be.
const LAYERS: &[(Layer, &[&str])] = &[
    (
        Layer::Core,
        &[
            "address",
            "clock",
            "date",
            "estate",
            "finding",
            "identity_code",
            "municipality",
            "name",
            "patron",
            "patron_file",
            "person",
            "protected",
            "provenance",
            "purpose",
            "quota",
            "reconcile",
            "schedule",
            "segment",
        ],
    ),
    (Layer::Adapter, &["audit", "directory", "letter", "register", "seal", "store", "synth", "vtj"]),
    (
        Layer::Shell,
        &[
            "apply",
            "budget",
            "check",
            "collection",
            "contacts",
            "disclosures",
            "feed",
            "lease",
            "overview",
            "patrons",
            "planning",
            "review",
            "runs",
            "scheduler",
            "slice",
            "staff",
            "switch",
            "task",
        ],
    ),
    (Layer::Entry, &["cli", "config", "demo", "doctor", "main", "service", "telemetry", "web"]),
];

/// The adapters that may use another adapter, and which.
const GROUND_FLOOR: &[(&str, &[&str])] =
    &[("audit", &["seal", "store"]), ("register", &["seal", "store"]), ("store", &["seal"])];

/// What an entry point must reach through the shell.
const NOT_BY_HAND: &[(&str, &str)] = &[("web", "vtj")];

/// Crates that do input or output, or watch it; core does without.
const NOT_IN_CORE: &[&str] = &["axum", "reqwest", "sqlx", "tokio", "tracing"];

/// Lines of a source file, at most. A longer one does more than one thing.
const LINES_MAX: usize = 600;

fn layer(module: &str) -> Option<Layer> {
    LAYERS.iter().find(|(_, modules)| modules.contains(&module)).map(|(layer, _)| *layer)
}

/// Why `from` may not use `to`; `None` if it may.
fn objection(from: &str, to: &str) -> Option<String> {
    let unplaced = |module: &str| {
        format!("`{module}` is in no layer: place it in LAYERS of tests/it/architecture.rs, with the reason")
    };
    let Some(from_layer) = layer(from) else { return Some(unplaced(from)) };
    let Some(to_layer) = layer(to) else { return Some(unplaced(to)) };
    let allowed = from == to
        || match from_layer {
            Layer::Core => to_layer == Layer::Core,
            Layer::Adapter => {
                to_layer == Layer::Core
                    || GROUND_FLOOR.iter().any(|(adapter, floor)| *adapter == from && floor.contains(&to))
            }
            Layer::Shell => to_layer != Layer::Entry,
            Layer::Entry => !NOT_BY_HAND.contains(&(from, to)),
        };
    (!allowed).then(|| format!("`{from}` ({from_layer:?}) must not use `{to}` ({to_layer:?})"))
}

/// The source without its comments, so that a link in the documentation is no use.
fn without_comments(source: &str) -> String {
    source
        .lines()
        .map(|line| match line.find("//") {
            Some(at) if line[..at].trim().is_empty() || line[..at].ends_with(' ') => &line[..at],
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The first names of what follows a path's `::`: one name, or those of a group in braces.
fn first_names(rest: &str) -> Vec<String> {
    let rest = rest.trim_start();
    let Some(group) = rest.strip_prefix('{') else {
        return vec![rest.chars().take_while(|c| is_name(*c)).collect()];
    };
    let mut names = vec![String::new()];
    let mut depth = 0_usize;
    let mut in_first = true;
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                in_first = true;
            }
            _ if depth > 0 || c.is_whitespace() && names.last().is_some_and(String::is_empty) => {}
            _ if in_first && is_name(c) => names.last_mut().expect("starts with one").push(c),
            _ => in_first = false,
        }
    }
    names
}

/// The text behind each whole-word occurrence of `path`.
fn after<'a>(source: &'a str, path: &'a str) -> impl Iterator<Item = &'a str> {
    source.match_indices(path).filter_map(move |(at, _)| {
        let free = !source[..at].ends_with(is_name);
        free.then(|| &source[at + path.len()..])
    })
}

/// The top-level modules that a file uses. `depth` is how many `super` lead from it to the crate's root.
fn uses(source: &str, depth: usize, root: &str) -> BTreeSet<String> {
    let source = without_comments(source);
    let mut names: BTreeSet<String> = after(&source, &format!("{root}::")).flat_map(first_names).collect();
    for rest in after(&source, &"super::".repeat(depth)) {
        // More of them than needed lead out of a module inside the file.
        let rest = rest.trim_start_matches("super::");
        names.extend(first_names(rest).into_iter().filter(|name| layer(name).is_some()));
    }
    // Macros and items of the crate's root are no modules.
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    names
}

/// The outside crates of `crates` that a file names in a path or a `use`.
fn outside<'a>(source: &str, crates: &[&'a str]) -> Vec<&'a str> {
    let source = without_comments(source);
    let named = |name: &str| {
        after(&source, name).any(|rest| rest.starts_with("::"))
            || after(&source, &format!("use {name}"))
                .any(|rest| rest.starts_with(';') || rest.starts_with(" as "))
    };
    crates.iter().copied().filter(|name| named(name)).collect()
}

/// A file of `src/`: its top-level module, its depth, its path for messages, its text.
struct Source {
    module: String,
    depth: usize,
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = project().join("src");
    let mut found = Vec::new();
    for path in files_below(&root) {
        let inside = path.strip_prefix(&root).expect("found below it").with_extension("");
        let mut parts: Vec<String> =
            inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if path.extension().is_none_or(|extension| extension != "rs") || parts == ["lib"] {
            continue;
        }
        if parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        let text = fs::read_to_string(&path).expect("a source file is UTF-8");
        found.push(Source {
            module: parts[0].clone(),
            depth: parts.len(),
            path: shown(&path),
            text: text.clone(),
        });
    }
    assert!(!found.is_empty(), "no sources below {}", root.display());
    found
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(project()).unwrap_or(path).display().to_string()
}

/// Every file below a folder, in order, without what is built, downloaded or version control's.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .expect("a folder of the project")
        .map(|entry| entry.expect("readable"))
        .collect();
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let kind = entry.file_type().expect("a file has a type");
        let left_out = ["target", ".git", "demo"].iter().any(|name| entry.path() == project().join(name));
        if kind.is_dir() && !left_out {
            files.extend(files_below(&entry.path()));
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files
}

/// Whether the eleven characters are shaped like an identity code that a living person may bear: the
/// individual numbers 900 to 999 are given to nobody.
fn is_like_a_real_code(window: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| window[range].iter().all(u8::is_ascii_digit);
    window.len() == 11
        && (b'0'..=b'3').contains(&window[0])
        && (b'0'..=b'1').contains(&window[2])
        && digits(0..6)
        && b"-+ABCDEFYXWVU".contains(&window[6])
        && (b'0'..=b'8').contains(&window[7])
        && digits(7..10)
        && (window[10].is_ascii_digit() || (b'A'..=b'Y').contains(&window[10]))
}

/// The lines that hold something like a real identity code. A longer row of digits is something else.
fn lines_with_real_codes(text: &str) -> Vec<usize> {
    let in_line = |line: &str| {
        let bytes = line.as_bytes();
        bytes.windows(11).enumerate().any(|(at, window)| {
            let digit_before = at > 0 && bytes[at - 1].is_ascii_digit();
            let digit_behind = bytes.get(at + 11).is_some_and(u8::is_ascii_digit);
            !digit_before && !digit_behind && is_like_a_real_code(window)
        })
    };
    text.lines().enumerate().filter(|(_, line)| in_line(line)).map(|(index, _)| index + 1).collect()
}

fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn modules_use_only_what_their_layer_may_use() {
    let mut edges: BTreeMap<(String, String), String> = BTreeMap::new();
    for source in sources() {
        let root = if source.module == "main" { "ajantasa" } else { "crate" };
        edges.entry((source.module.clone(), source.module.clone())).or_insert_with(|| source.path.clone());
        for used in uses(&source.text, source.depth, root) {
            edges.entry((source.module.clone(), used)).or_insert_with(|| source.path.clone());
        }
    }
    let mut complaints = Vec::new();
    for ((from, to), path) in &edges {
        if from != to {
            println!("{from} -> {to}");
        }
        complaints.extend(objection(from, to).map(|why| format!("{path}: {why}")));
    }
    assert_none(&complaints);
}

#[test]
fn core_does_no_input_or_output() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| layer(&source.module) == Some(Layer::Core)) {
        let found = outside(&source.text, NOT_IN_CORE);
        complaints.extend(found.iter().map(|name| format!("{}: core must not use `{name}`", source.path)));
    }
    assert_none(&complaints);
}

#[test]
fn backoff_is_used_in_one_module_only() {
    let elsewhere = sources()
        .iter()
        .filter(|source| source.path != "src/vtj/retry.rs" && !outside(&source.text, &["backoff"]).is_empty())
        .map(|source| format!("{}: `backoff` is unmaintained; only src/vtj/retry.rs uses it", source.path))
        .collect::<Vec<_>>();
    assert_none(&elsewhere);
}

#[test]
fn no_source_file_is_too_long() {
    let long = sources()
        .iter()
        .map(|source| (&source.path, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines, at most {LINES_MAX}; split it by subject"))
        .collect::<Vec<_>>();
    assert_none(&long);
}

#[test]
fn no_file_holds_an_identity_code_that_someone_may_bear() {
    let mut complaints = Vec::new();
    for path in files_below(project()) {
        // What is not text is not ours to read.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        // The line only: the message must not repeat what it complains about.
        complaints.extend(lines_with_real_codes(&text).iter().map(|line| {
            format!("{}:{line}: an identity code outside the individual numbers 900 to 999", shown(&path))
        }));
    }
    assert_none(&complaints);
}

#[test]
fn there_is_one_tls_stack() {
    let lock = fs::read_to_string(project().join("Cargo.lock")).expect("the lock file is committed");
    for name in ["native-tls", "openssl", "openssl-sys", "aws-lc-rs", "aws-lc-sys", "aws-lc-fips-sys"] {
        assert!(
            !lock.contains(&format!("name = \"{name}\"")),
            "Cargo.lock holds {name}: TLS is rustls with ring"
        );
    }
}

#[test]
fn an_invented_bad_edge_is_found() {
    let bad = "use crate::{\n    date::Date,\n    store::{Db, Tx},\n};\nfn f() { crate::web::page() }\n";
    let used = uses(bad, 1, "crate");
    assert_eq!(used, BTreeSet::from(["date", "store", "web"].map(String::from)));
    assert_eq!(objection("reconcile", "date"), None);
    assert_eq!(objection("reconcile", "store").unwrap(), "`reconcile` (Core) must not use `store` (Adapter)");
    assert_eq!(outside("async fn f() { tokio::spawn(g()) }", NOT_IN_CORE), ["tokio"]);
    assert_eq!(outside("use sqlx as database;", NOT_IN_CORE), ["sqlx"]);
    assert_eq!(outside("let my_tokio::x; // tokio::spawn", NOT_IN_CORE), [""; 0]);
}

#[test]
fn a_use_is_found_by_super_and_not_in_a_comment() {
    let one = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(uses("use super::store::Db;", 1, "crate"), one("store"));
    assert_eq!(uses("mod tests { use super::super::vtj::Answer; use super::*; }", 1, "crate"), one("vtj"));
    assert_eq!(uses("use super::address;", 2, "crate"), BTreeSet::new());
    assert_eq!(uses("/// As [`crate::store`] says.\nlet x = 1; // crate::web", 1, "crate"), BTreeSet::new());
    assert_eq!(uses("let url = \"http://x\"; crate::seal::open(url)", 1, "crate"), one("seal"));
}

#[test]
fn the_table_of_layers_says_what_the_rule_says() {
    for (from, to) in
        [("vtj", "store"), ("vtj", "seal"), ("seal", "store"), ("register", "audit"), ("web", "vtj")]
    {
        assert!(objection(from, to).is_some(), "{from} -> {to}");
    }
    for (from, to) in [("task", "cli"), ("store", "task"), ("date", "vtj"), ("letter", "store")] {
        assert!(objection(from, to).is_some(), "{from} -> {to}");
    }
    for (from, to) in [("audit", "store"), ("register", "seal"), ("store", "seal"), ("vtj", "person")] {
        assert_eq!(objection(from, to), None);
    }
    for (from, to) in [("task", "vtj"), ("task", "lease"), ("cli", "vtj"), ("web", "review"), ("main", "cli")]
    {
        assert_eq!(objection(from, to), None);
    }
    assert!(objection("helpers", "date").unwrap().contains("place it in LAYERS"));
}

#[test]
fn a_code_that_someone_may_bear_is_told_from_one_that_nobody_bears() {
    // Put together here, so that this file holds none.
    let code = |individual: &str| format!("010190-{individual}0");
    assert_eq!(lines_with_real_codes(&format!("a\nb {} c", code("123"))), [2]);
    assert_eq!(lines_with_real_codes(&code("899").replace('-', "A")), [1]);
    assert_eq!(lines_with_real_codes(&code("901")), [0; 0]);
    assert_eq!(lines_with_real_codes(&format!("20{}5", code("123"))), [0; 0]);
}
