//! The words of the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Identifier and variables of every text of a language, by file.
fn texts(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/texts").join(language);
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mut current = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let id = line.split_once('=').unwrap_or_else(|| panic!("{name}: {line}")).0.trim();
                current = format!("{name} {id}");
                assert!(found.insert(current.clone(), BTreeSet::new()).is_none(), "{current} is there twice");
            }
            let variables = line.split('$').skip(1).map(|rest| {
                rest.chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_')
                    .collect::<String>()
            });
            if let Some(known) = found.get_mut(&current) {
                known.extend(variables);
            }
        }
    }
    found
}

#[test]
fn every_text_is_in_three_languages_with_the_same_variables() {
    let english = texts("en");
    assert!(english.len() > 40);
    assert_eq!(texts("fi"), english);
    assert_eq!(texts("sv"), english);
}

#[test]
fn no_text_is_in_two_files() {
    let mut seen = BTreeSet::new();
    for key in texts("en").keys() {
        let id = key.split(' ').nth(1).unwrap();
        assert!(seen.insert(id.to_owned()), "{id} is in two files");
    }
}

/// Every identifier that a template or a page names is there; those put together at run time are left to the pages'
/// own tests.
#[test]
fn every_text_that_is_asked_for_is_there() {
    let known: BTreeSet<String> =
        texts("en").keys().filter_map(|key| key.split(' ').nth(1).map(str::to_owned)).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut missing = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if !matches!(path.extension().and_then(|ending| ending.to_str()), Some("rs" | "html")) {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for call in [".t(\"", ".t1(\"", ".t2(\"", ".with(\""] {
                let asked = source.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                missing.extend(
                    asked.filter(|id| !known.contains(*id)).map(|id| format!("{}: {id}", path.display())),
                );
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
