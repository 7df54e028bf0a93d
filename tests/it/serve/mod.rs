//! The daemon and the doctor, by the real binary beside a simulated VTJ.
//!
//! The clock is simulated and runs sixty times as fast as time: a minute of cron passes in a second. Waits
//! end when what they wait for has come, or fail after a deadline that is there for hung processes only.

mod cluster;
mod daemon;
mod doctor;
mod many;
mod pair;
mod stopped;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ajantasa::store::{Db, StoreUrl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Half a minute of the simulated clock before every task is due.
const BEFORE_DUE: &str = "2026-11-21T10:06:30Zx60";

/// Nothing here takes so long on the slowest machine.
const DEADLINE: Duration = Duration::from_mins(3);

/// A process that answers on a port, killed at the end of its test.
pub struct Server {
    child: Child,
    address: String,
    log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a command and waits for the line that says where it listens.
    pub fn start(mut command: Command, log: PathBuf) -> Self {
        let file = fs::OpenOptions::new().create(true).append(true).open(&log).expect("a log");
        let mut child = command.stdout(Stdio::piped()).stderr(file).spawn().expect("the binary starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it speaks");
        let Some(address) = line.trim().strip_prefix("listening on http://") else {
            let status = child.wait().expect("it ends");
            panic!("{line:?} {status}: {}", fs::read_to_string(&log).unwrap_or_default());
        };
        Self { address: address.to_owned(), child, log }
    }

    /// Its process number.
    fn id(&self) -> u32 {
        self.child.id()
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("a process number");
        kill(Pid::from_raw(id), signal).expect("it runs");
    }

    /// Status and text of a page; nothing when it does not answer.
    fn page(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(DEADLINE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    #[track_caller]
    pub fn text(&self, path: &str) -> String {
        let (status, text) = self.page(path).unwrap_or_else(|| panic!("no answer: {}", self.log()));
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// Whether it has died, looked up without waiting for it.
    fn is_gone(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        stat.rsplit(')').next().is_none_or(|rest| rest.trim_start().starts_with('Z'))
    }

    /// Waits until a page holds some words.
    #[track_caller]
    fn wait_for(&self, path: &str, words: &str) {
        let shows = || self.page(path).is_some_and(|(_, text)| text.contains(words));
        until(
            || shows() || self.is_gone(),
            || format!("{words:?} did not come to {path}: {:?}\n{}", self.page(path), self.log()),
        );
        assert!(!self.is_gone(), "it has ended: {}", self.log());
    }

    #[track_caller]
    fn wait_for_log(&self, words: &str) {
        let says = || self.log().contains(words);
        until(|| says() || self.is_gone(), || format!("{words:?} is not in {}", self.log()));
        assert!(says(), "it has ended without {words:?}: {}", self.log());
    }

    /// Waits for its end, and says how it ended.
    #[track_caller]
    pub fn ended(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("our child") {
                return status.code();
            }
            assert!(started.elapsed() < DEADLINE, "it does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[track_caller]
fn until(mut come: impl FnMut() -> bool, otherwise: impl Fn() -> String) {
    let started = Instant::now();
    while !come() {
        assert!(started.elapsed() < DEADLINE, "{}", otherwise());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn binary(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajantasa"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
        command.env_remove(variable);
    }
    command.args(["--config", "ajantasa.toml"]);
    command
}

/// An installation with the example patrons, beside a simulated VTJ.
struct Site {
    folder: TempDir,
    vtj: Server,
    /// Where the database is, when it is not a file of the folder.
    elsewhere: Option<String>,
}

/// What a command left.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Site {
    /// With patrons imported.
    fn new() -> Self {
        Self::on(None)
    }

    /// The same on a PostgreSQL database of its own; nothing happens where there is no server.
    fn with_postgres(test: impl FnOnce(Self)) {
        crate::database::with_postgres_url(&async |_: &StoreUrl| {}, |url| {
            let StoreUrl::Postgres(url) = url else { unreachable!("it is one of PostgreSQL") };
            test(Self::on(Some(url)));
        });
    }

    fn on(elsewhere: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let population = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/population");
        let mut mock = binary(folder.path());
        mock.args(["mock", "--listen", "127.0.0.1:0", "--simulated-clock", "2026-11-21T10:00:00Z"]);
        mock.arg("--population").arg(population);
        let vtj = Server::start(mock, folder.path().join("mock.log"));
        let site = Self { folder, vtj, elsewhere };
        site.write("password", "demo\n");
        site.configure("write", &site.database());
        assert_eq!(site.run(&["keys", "create"]).code, Some(0));
        let patrons = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/patrons/lukas.csv");
        let imported = site.run(&["patrons", "import", patrons.to_str().expect("a plain path")]);
        assert_eq!(imported.code, Some(0), "{}", imported.stderr);
        site
    }

    fn database(&self) -> String {
        let here = || format!("sqlite:{}", self.folder.path().join("a.db").display());
        self.elsewhere.clone().unwrap_or_else(here)
    }

    fn url(&self) -> StoreUrl {
        let here = || StoreUrl::Sqlite(self.folder.path().join("a.db"));
        self.elsewhere.clone().map_or_else(here, StoreUrl::Postgres)
    }

    /// Makes the simulated VTJ misbehave.
    fn fault(&self, fault: &str) {
        let mut stream = TcpStream::connect(&self.vtj.address).expect("the simulation listens");
        let length = fault.len();
        write!(stream, "POST /_mock/fault HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{fault}")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// How often the simulated VTJ was asked for base data.
    fn asked(&self) -> u64 {
        let status: serde_json::Value =
            serde_json::from_str(&self.vtj.text("/_mock/status")).expect("its status is JSON");
        status["calls"]["perustiedot"].as_u64().unwrap_or_default()
    }

    /// A number that the database says.
    fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        crate::database::block_on(async {
            let db = Db::open(&self.url()).await.expect("the site's database");
            let mut tx = db.read().await.expect("readable");
            let number = crate::scenario::on!(&mut tx, conn =>
                sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await.expect("a number"));
            drop(tx);
            db.close().await;
            number
        })
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("our own file");
    }

    fn configure(&self, mode: &str, database: &str) {
        let municipalities = ["078", "149", "710", "755"].map(|code| {
            format!(
                "[[municipality]]\ncode = \"{code}\"\nname = {{ fi = \"Kunta {code}\" }}\n\
                 languages = [\"sv\", \"fi\"]\nfield_groups = [\"address\", \"name\", \"death\", \
                 \"protection\", \"identity_code\", \"language\"]\n"
            )
        });
        let municipalities = municipalities.concat();
        let text = format!(
            "[database]\nurl = \"{database}\"\n[keys]\nfile = \"a.key\"\n\
             [identity_code]\nallow_test_codes = true\n\
             [vtj.changes]\nbase_url = \"http://{}/api/v1\"\nusername = \"demo\"\npassword_file = \"password\"\n\
             [register]\nmode = \"{mode}\"\n[service]\nlisten = \"127.0.0.1:0\"\n[web]\nlisten = \"127.0.0.1:0\"\n{municipalities}",
            self.vtj.address
        );
        self.write("ajantasa.toml", &text);
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = binary(self.folder.path()).args(arguments).output().expect("the binary starts");
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    fn serve(&self, clock: &str) -> Server {
        self.serve_with(clock, |_| {})
    }

    fn serve_with(&self, clock: &str, prepare: impl FnOnce(&mut Command)) -> Server {
        let mut command = binary(self.folder.path());
        command.args(["serve", "--simulated-clock", clock]);
        prepare(&mut command);
        Server::start(command, self.folder.path().join("serve.log"))
    }
}

/// Whether a text holds something shaped like an identity code.
fn holds_identity_code(text: &str) -> bool {
    text.as_bytes().windows(11).any(|part| {
        let digits = |range: &[u8]| range.iter().all(u8::is_ascii_digit);
        digits(&part[..6])
            && b"+-ABCDEFUVWXY".contains(&part[6])
            && digits(&part[7..10])
            && part[10].is_ascii_alphanumeric()
    })
}

#[test]
fn the_search_for_identity_codes_finds_one() {
    assert!(holds_identity_code("a code 150365-901X in a line"));
    assert!(!holds_identity_code("2026-11-21T10:00:00Z 1763719200"));
}
