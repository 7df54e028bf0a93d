//! The command line, by the real binary in folders of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod help;
mod keys;
mod queue;
mod schedules;
mod start;
mod tools;
mod users;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A password that is long enough.
const PASSWORD: &str = "korrekt häst 12";

/// A folder with a configuration, in which commands are run.
struct Site {
    folder: TempDir,
}

/// What a command left.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Site {
    /// A site without a key.
    fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let site = Self { folder };
        site.write(
            "ajantasa.toml",
            "[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n\
             [[municipality]]\ncode = \"710\"\nname = { fi = \"Raasepori\" }\nlanguages = [\"sv\"]\n\
             field_groups = [\"address\"]\n\
             [[municipality]]\ncode = \"078\"\nname = { fi = \"Hanko\" }\nlanguages = [\"fi\"]\n\
             field_groups = [\"address\"]\n",
            0o644,
        );
        site.write("password", &format!("{PASSWORD}\n"), 0o600);
        site
    }

    /// A site with a key.
    fn with_key() -> Self {
        let site = Self::bare();
        site.run(&["keys", "create"]).done();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own file");
        path
    }

    /// Runs a command with the site's configuration, in its folder.
    fn run(&self, arguments: &[&str]) -> Ran {
        let config = self.path("ajantasa.toml");
        let mut all = vec!["--config", config.to_str().expect("a plain path")];
        all.extend(arguments);
        run_in(self.folder.path(), &all)
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.path("a.db").display())
    }
}

/// The binary, not yet started: no terminal, and nothing of the environment that it reads.
fn binary(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajantasa"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for variable in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(variable);
    }
    command
}

fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    let output = binary(folder, arguments).output().expect("the binary starts");
    Ran::new(&output)
}

impl Ran {
    fn new(output: &Output) -> Self {
        Self {
            code: output.status.code().expect("it ended by itself"),
            stdout: String::from_utf8(output.stdout.clone()).expect("output is UTF-8"),
            stderr: String::from_utf8(output.stderr.clone()).expect("messages are UTF-8"),
        }
    }

    #[track_caller]
    fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn done(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "{words:?} is not in: {}", self.stderr);
        self
    }

    /// Standard output, all of it, as JSON.
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
