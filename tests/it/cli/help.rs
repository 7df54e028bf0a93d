//! Help, version, completions and manual pages.

use super::{Site, run_in};

/// Every command with the way to it, such as `["user", "add"]`.
fn every_command() -> Vec<(Vec<String>, clap::Command)> {
    fn walk(command: &clap::Command, way: &[String], found: &mut Vec<(Vec<String>, clap::Command)>) {
        found.push((way.to_vec(), command.clone()));
        for sub in command.get_subcommands() {
            walk(sub, &[way, &[sub.get_name().to_owned()]].concat(), found);
        }
    }
    let mut found = Vec::new();
    walk(&ajantasa::cli::command(), &[], &mut found);
    found
}

#[test]
fn the_help_of_every_command_names_every_option_and_says_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    for (way, command) in every_command() {
        let mut arguments: Vec<&str> = way.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = run_in(folder.path(), &arguments).done();
        assert_eq!(help.stderr, "", "{way:?}");
        assert!(command.get_about().is_some(), "{way:?}");
        for argument in command.get_arguments() {
            if let Some(long) = argument.get_long() {
                assert!(help.stdout.contains(&format!("--{long}")), "{way:?} --{long}");
            }
            assert!(argument.get_help().is_some(), "{way:?} {}", argument.get_id());
        }
        for option in ["--config", "--format"] {
            assert!(help.stdout.contains(option), "{way:?} {option}");
        }
    }
}

#[test]
fn the_version_names_schema_and_build() {
    let folder = tempfile::tempdir().unwrap();
    let version = run_in(folder.path(), &["--version"]).done().stdout;
    let schema = ajantasa::store::known_schema();
    assert!(version.starts_with(&format!("ajantasa {} (schema {schema}, ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_wrong_command_line_is_64() {
    let site = Site::bare();
    for wrong in [
        &["nonsense"][..],
        &[],
        &["user"],
        &["user", "add", "anna"],
        &["keys", "create", "--force"],
        &["--format", "xml", "keys", "show"],
        &["schedule", "next", "30 3 * * *", "--count", "0"],
        &["schedule", "next", "30 3 * * *", "--from", "tomorrow"],
        &["mock", "--population", ".", "--simulated-clock", "now"],
        &["synth", "--persons", "many", "--seed", "1", "--out", "x"],
    ] {
        let ran = site.run(wrong).ended(64);
        assert_eq!(ran.stdout, "", "{wrong:?}");
        assert_ne!(ran.stderr, "", "{wrong:?}");
    }
}

#[test]
fn completions_are_printed_for_three_shells() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let page = run_in(folder.path(), &["completions", shell]).done().stdout;
        assert!(page.contains("ajantasa") && page.contains("rotate"), "{shell}");
    }
    run_in(folder.path(), &["completions", "tcsh"]).ended(64);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["man", "--out", "pages"]).done();
    for (way, _) in every_command() {
        let name = [&["ajantasa".to_owned()], &way[..]].concat().join("-");
        let page = folder.path().join("pages").join(format!("{name}.1"));
        assert!(page.is_file(), "{}", page.display());
    }
}
