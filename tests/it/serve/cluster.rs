//! A PostgreSQL cluster of one test's own, which can be torn down and started again without disturbing anybody.
//!
//! It listens on a socket in its own folder only. `AJANTASA_TEST_POSTGRES_BIN` names the folder of the server's
//! programs; `tests/run` sets it where it finds them.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ajantasa::store::StoreUrl;
use nix::unistd::User;
use tempfile::TempDir;

use crate::database::{block_on, execute};

/// The variable that names the folder of the server's programs.
const PROGRAMS: &str = "AJANTASA_TEST_POSTGRES_BIN";

/// What the server writes for a test: a crash of the server loses nothing that was committed, one of the machine
/// may.
const SETTINGS: &str = "listen_addresses = ''\nmax_connections = 100\nshared_buffers = '32MB'\nfsync = off\n\
    full_page_writes = off\nsynchronous_commit = on\n";

/// A running cluster, stopped and removed at the end of its test.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// Who runs it where we are root, which the server refuses.
    user: Option<User>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.control(&["-m", "immediate", "stop"]);
    }
}

impl Cluster {
    /// Makes and starts one with an empty database; nothing, and why, where the programs are not there.
    pub fn start() -> Option<Self> {
        let Some(programs) = std::env::var_os(PROGRAMS).map(PathBuf::from) else {
            println!("skipped: a PostgreSQL cluster of a test's own: {PROGRAMS} is not set");
            return None;
        };
        // A short path: the name of a socket has room for about a hundred bytes.
        let folder = tempfile::Builder::new().prefix("ajantasa-cluster.").tempdir_in("/tmp");
        let folder = folder.expect("a temporary folder");
        let user = nix::unistd::geteuid().is_root().then(|| {
            let find = |name| User::from_name(name).expect("users can be read");
            find("postgres").or_else(|| find("nobody")).expect("a user who is not root")
        });
        if let Some(user) = &user {
            let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
            std::os::unix::fs::chown(folder.path(), Some(uid), Some(gid)).expect("root may");
        }
        let cluster = Self { folder, programs, user };
        cluster.initialise();
        assert!(cluster.control(&["start"]), "the server does not start: {}", cluster.log());
        let server = StoreUrl::Postgres(cluster.url_of("postgres"));
        block_on(execute(&server, "CREATE DATABASE ajantasa")).expect("a new cluster");
        Some(cluster)
    }

    /// The database.
    pub fn url(&self) -> String {
        self.url_of("ajantasa")
    }

    /// Ends the server as a crash would, and starts it again.
    pub fn restart(&self) {
        assert!(self.control(&["-m", "immediate", "restart"]), "it does not start again: {}", self.log());
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder.path().display())
    }

    fn initialise(&self) {
        let mut command = self.program("initdb");
        command.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        let output = command.output().expect("the server's programs are there");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let path = self.folder.path().join("data/postgresql.conf");
        let written = std::fs::read_to_string(&path).expect("initdb wrote it");
        let socket = format!("unix_socket_directories = '{}'\n", self.folder.path().display());
        std::fs::write(path, format!("{written}{SETTINGS}{socket}")).expect("ours");
    }

    /// Whether the server's own command did what it was asked.
    fn control(&self, words: &[&str]) -> bool {
        let mut command = self.program("pg_ctl");
        command.args(["-w", "-t", "60", "-l"]).arg(self.folder.path().join("log")).args(words);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.folder.path()).env("LC_ALL", "C").stdin(Stdio::null());
        command.arg("-D").arg(self.folder.path().join("data"));
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}
