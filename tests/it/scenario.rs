//! A whole installation of one test: configuration, keys, database, simulated VTJ, and ways to run the tasks,
//! through the library at a clock of the test's own or by the real binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ajantasa::clock::{Clock, SystemClock, TestClock};
use ajantasa::config::{self, SecretSources};
use ajantasa::identity_code::IdentityCode;
use ajantasa::patron_file::Encoding;
use ajantasa::patrons::{self, ImportReport, Source};
use ajantasa::review::{self, Filter, QueueItem, Viewer};
use ajantasa::seal::{MasterKeys, Vault};
use ajantasa::service;
use ajantasa::store::{Db, StoreUrl, Tx};
use ajantasa::task::{self, Context, Report, Task, TaskError};
use ajantasa::vtj::mock::{Entry, MockSettings, Person, RunningMock, World};
use ajantasa::vtj::retry::RetryPolicy;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database;

/// The day on which the test data's expected queue is what it is.
pub const TODAY: &str = "2026-11-21T12:00:00Z";

/// A year: longer than any test.
const NEVER: Duration = Duration::from_hours(24 * 365);

/// Which database a scenario is on.
#[derive(Clone)]
pub enum Place {
    /// A file in the scenario's folder.
    Sqlite,
    /// A database on the test server.
    Postgres(StoreUrl),
}

/// Runs a test on an SQLite file.
pub fn on_sqlite(test: impl AsyncFn(Place)) {
    database::block_on(test(Place::Sqlite));
}

/// Runs a test on a PostgreSQL database of its own, or says why not.
pub fn on_postgres(test: impl AsyncFn(Place)) {
    database::with_postgres_url(&async |_: &StoreUrl| {}, |url| {
        database::block_on(test(Place::Postgres(url)));
    });
}

/// One scenario, two tests: `name::on_sqlite` and `name::on_postgres`.
macro_rules! on_both {
    ($(async fn $name:ident($place:ident: Place) $body:block)+) => {
        $(
            async fn $name($place: crate::scenario::Place) $body

            mod $name {
                #[test]
                fn on_sqlite() {
                    crate::scenario::on_sqlite(super::$name);
                }

                #[test]
                fn on_postgres() {
                    crate::scenario::on_postgres(super::$name);
                }
            }
        )+
    };
}
pub(crate) use on_both;

/// Runs a query once for the database behind a transaction.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            ajantasa::store::Tx::Sqlite(inner) => {
                let $conn = &mut **inner;
                $body
            }
            ajantasa::store::Tx::Postgres(inner) => {
                let $conn = &mut **inner;
                $body
            }
        }
    };
}
pub(crate) use on;

/// What a scenario starts from.
pub struct Setup {
    /// People per follow list.
    pub list_size: u32,
    /// Entries in one answer of VTJ.
    pub page_size: usize,
    /// The people and their log; without it, those of the test data.
    pub world: Option<World>,
    /// Whether the whole log is played at the start.
    pub played: bool,
    /// Where the clock stands.
    pub at: DateTime<Utc>,
    /// The key file's text; without it, a new one.
    pub keys: Option<String>,
    /// Attempts of one request.
    pub attempts: u32,
    /// A folder with the files of an SQLite database to begin with.
    pub files: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            list_size: 1000,
            page_size: 100,
            world: None,
            played: true,
            at: TODAY.parse().unwrap(),
            keys: None,
            attempts: 2,
            files: None,
        }
    }
}

/// What a command left.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn new(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "{words:?} is not in: {}", self.stderr);
        self
    }

    /// Standard output, all of it, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// An installation.
pub struct Scenario {
    pub folder: TempDir,
    pub url: StoreUrl,
    pub mock: RunningMock,
    pub clock: Arc<TestClock>,
    pub context: Context,
    client: reqwest::Client,
}

impl Scenario {
    /// The people of the test data, every change played.
    pub async fn of_testdata(place: &Place) -> Self {
        Self::new(place, Setup::default()).await
    }

    pub async fn new(place: &Place, setup: Setup) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::at(setup.at));
        let mock = start_mock(setup.world, setup.page_size, setup.played, clock.clone()).await;
        let url = match place {
            Place::Sqlite => StoreUrl::Sqlite(folder.path().join("a.db")),
            Place::Postgres(url) => url.clone(),
        };
        let path = folder.path().join("a.key");
        match &setup.keys {
            Some(text) => private(&path, text),
            None => MasterKeys::generate().create(&path).unwrap(),
        }
        private(&folder.path().join("password"), "demo\n");
        let text = configuration(&url, &mock.url(), setup.list_size, setup.attempts);
        private(&folder.path().join("ajantasa.toml"), &text);
        for file in setup.files.iter().flat_map(|files| fs::read_dir(files).unwrap()) {
            let file = file.unwrap();
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let context = context(folder.path(), &url, clock.clone()).await;
        // For the simulation's own controls, which are nobody's interface.
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { folder, url, mock, clock, context, client }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Imports a patron file through the library.
    pub async fn import(&self, text: &str) -> ImportReport {
        let path = self.path("patrons.csv");
        private(&path, text);
        let options =
            patrons::Options { encoding: Encoding::Utf8, allow_shrink: false, max_shrink_percent: 10 };
        let context = patrons::Context::from(&self.context);
        patrons::import(&context, &Source::File(path), options, &mut |_| {}).await.unwrap()
    }

    /// Imports the patrons of the test data.
    pub async fn import_register(&self) {
        let report = self.import(&register()).await;
        assert_eq!((report.added, report.rejected), (89, 0));
    }

    /// Runs every task until nothing changes.
    #[track_caller]
    pub fn until_idle(&self) -> impl Future<Output = Vec<Report>> {
        let at = std::panic::Location::caller();
        async move {
            let (reports, result) = task::run_until_idle(&self.context).await;
            result.unwrap_or_else(|error| panic!("{at}: {error}"));
            reports
        }
    }

    /// Does one round of a task.
    pub async fn run(&self, task: Task) -> Result<Report, TaskError> {
        task::run(&self.context, task).await
    }

    /// The queue as it is without an account: everything, masked.
    pub async fn queue(&self) -> Vec<QueueItem> {
        review::list(&self.context, &Viewer::Anonymous, &Filter::default()).await.unwrap()
    }

    /// The kinds that are open, by card.
    pub async fn kinds(&self) -> Vec<String> {
        let items = self.queue().await;
        let mut kinds: Vec<String> =
            items.iter().map(|item| format!("{} {}", item.card_number, item.kind)).collect();
        kinds.sort();
        kinds
    }

    /// Sets a misbehaviour.
    pub async fn fault(&self, fault: Value) {
        let url = format!("{}/_mock/fault", self.mock.url());
        let answer = self.client.post(url).body(fault.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{fault}");
    }

    /// Ends every misbehaviour.
    pub async fn mend(&self) {
        self.fault(json!({ "kind": "none" })).await;
    }

    /// Plays further entries of the log.
    pub fn play(&self, count: usize) {
        let world = self.mock.world();
        let mut world = world.lock().unwrap();
        world.set_today(self.clock.today());
        assert_eq!(world.play(count), count, "the log has ended");
    }

    /// Plays the rest of the log, if there is any.
    #[cfg(feature = "fault-points")]
    pub fn play_all(&self) {
        let world = self.mock.world();
        let mut world = world.lock().unwrap();
        world.set_today(self.clock.today());
        world.play(usize::MAX);
    }

    /// How often the simulation was asked, by operation.
    pub async fn calls(&self, operation: &str) -> i64 {
        let answer = self.client.get(format!("{}/_mock/status", self.mock.url())).send().await.unwrap();
        let text = answer.text().await.unwrap();
        let status: Value = serde_json::from_str(&text).unwrap();
        status["calls"][operation].as_i64().unwrap_or(0)
    }

    /// Runs statements past the program.
    pub async fn execute(&self, sql: &str) {
        database::execute(&self.url, sql).await.unwrap();
    }

    /// A number that the database says.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let mut tx = self.context.db.read().await.unwrap();
        on!(&mut tx, conn => sqlx::query_scalar::<_, i64>(sql).fetch_one(conn).await.unwrap())
    }

    /// Texts that the database says.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        texts(&mut self.context.db.read().await.unwrap(), sql).await
    }

    /// How many data keys there are.
    pub async fn keys(&self) -> i64 {
        let mut tx = self.context.db.read_keys().await.unwrap();
        on!(&mut tx, conn =>
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM data_key").fetch_one(conn).await.unwrap())
    }

    /// The binary with this installation's configuration, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        command(self.folder.path(), arguments)
    }

    /// Runs the binary.
    pub fn ajantasa(&self, arguments: &[&str]) -> Ran {
        Ran::new(&self.command(arguments).output().unwrap())
    }
}

/// The binary with the configuration of a folder, not yet started: nothing of the environment that it reads.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajantasa"));
    command.arg("--config").arg(folder.join("ajantasa.toml")).args(arguments);
    command.current_dir(folder).stdin(Stdio::null());
    for name in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY", "AJANTASA_FAULT"] {
        command.env_remove(name);
    }
    command.env("AJANTASA_RETRY_MILLIS", "1");
    command
}

/// Texts that a query brings.
pub async fn texts(tx: &mut Tx, sql: &str) -> Vec<String> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    on!(tx, conn => sqlx::query_scalar::<_, String>(sql).fetch_all(conn).await.unwrap())
}

/// A clock for the binary: the day of the test data, or today if that is later.
pub fn at_or_after_the_test_data() -> DateTime<Utc> {
    SystemClock.now().max(TODAY.parse().unwrap())
}

/// The folder of the test data.
pub fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// The patrons of the test data.
pub fn register() -> String {
    fs::read_to_string(testdata("patrons/register.csv")).unwrap()
}

/// Writes a file that only its owner can read.
pub fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

async fn start_mock(
    world: Option<World>,
    page_size: usize,
    played: bool,
    clock: Arc<TestClock>,
) -> RunningMock {
    let settings = MockSettings {
        page_size,
        play_every: (!played).then_some(NEVER),
        ..MockSettings::new(testdata("population"), clock)
    };
    match world {
        Some(world) => RunningMock::start_with(world, settings).await.unwrap(),
        None => RunningMock::start(settings).await.unwrap(),
    }
}

/// What the tasks work with, read from the configuration as the binary reads it.
pub async fn context(folder: &Path, url: &StoreUrl, clock: Arc<dyn Clock>) -> Context {
    let file = folder.join("ajantasa.toml");
    let config = config::load(&file, |_| Ok(())).unwrap_or_else(|error| panic!("{error}"));
    let db = Db::open(url).await.unwrap();
    let vault = Arc::new(Vault::new(&MasterKeys::read(&folder.join("a.key")).unwrap()));
    let secrets = SecretSources::default();
    let mut context = service::context(&config, &secrets, &db, &vault, &clock, "tester").unwrap();
    let settings = Arc::make_mut(&mut context.settings);
    settings.retry = RetryPolicy { first_pause: Duration::from_millis(1), ..settings.retry };
    context
}

fn configuration(url: &StoreUrl, vtj: &str, list_size: u32, attempts: u32) -> String {
    let url = match url {
        StoreUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        StoreUrl::Postgres(url) => url.clone(),
    };
    let mut text = format!(
        "[database]\nurl = \"{url}\"\n[keys]\nfile = \"a.key\"\n[identity_code]\nallow_test_codes = true\n\
         [vtj.changes]\nbase_url = \"{vtj}/api/v1\"\nusername = \"demo\"\npassword_file = \"password\"\n\
         list_size = {list_size}\nattempts = {attempts}\ndeadline_seconds = 20\n"
    );
    let lukas = "\"address\", \"name\", \"death\", \"protection\", \"identity_code\", \"language\"";
    for (code, name, languages, groups) in [
        ("078", "Hanko", "\"sv\", \"fi\"", lukas),
        ("149", "Inkoo", "\"sv\", \"fi\"", lukas),
        ("710", "Raasepori", "\"sv\", \"fi\"", lukas),
        ("755", "Siuntio", "\"fi\", \"sv\"", lukas),
        ("092", "Vantaa", "\"fi\", \"sv\"", "\"address\""),
    ] {
        write!(
            text,
            "[[municipality]]\ncode = \"{code}\"\nname = {{ fi = \"{name}\" }}\nlanguages = [{languages}]\n\
             field_groups = [{groups}]\n"
        )
        .unwrap();
    }
    text
}

/// People of a test's own: a few, all of Raasepori.
pub mod small {
    use std::fmt::Write as _;

    use super::{DateTime, Entry, IdentityCode, Person, Utc, Value, World, json};

    /// The `n`th of many codes that no real person has.
    pub fn code(n: u32) -> String {
        let digits = format!("{:02}0180{}", n % 28 + 1, 900 + n % 99);
        let check = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[digits.parse::<usize>().unwrap() % 31];
        format!("{}-{}{}", &digits[..6], &digits[6..], char::from(check))
    }

    /// The card of the `n`th.
    pub fn card(n: u32) -> String {
        format!("207200{n:04}")
    }

    /// A patron file of the first so many people, all living at number 1.
    pub fn register(people: u32) -> String {
        let mut text = "patron_id,card_number,identity_code,last_name,first_names,street_address,\
                        postal_code,city,language,municipality\n"
            .to_owned();
        for n in 1..=people {
            writeln!(
                text,
                "S{n:04},{},{},Testinen,Maija,Pitkäkatu 1,10600,TAMMISAARI,fi,710",
                card(n),
                code(n)
            )
            .unwrap();
        }
        text
    }

    /// A permanent address in Raasepori.
    pub fn address(number: &str) -> Value {
        json!({ "tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE",
            "alkupv": { "arvo": "2020-01-01", "tarkkuus": "PAIVA" },
            "katunimi": { "fi": "Pitkäkatu", "sv": "Långgatan" }, "katunumero": number,
            "postinumero": "10600", "postitoimipaikka": { "fi": "TAMMISAARI", "sv": "EKENÄS" },
            "kuntakoodi": "710" })
    }

    /// The name everybody has.
    pub fn name() -> Value {
        json!({ "tietoryhma": "HENKILON_NIMI", "etunimi": "Maija", "sukunimi": "Testinen" })
    }

    /// An order of non-disclosure, or that there is none.
    pub fn protection(active: bool) -> Value {
        json!({ "tietoryhma": "TURVAKIELTO", "turvakieltoAktiivinen": active })
    }

    /// A death, or that there is none.
    pub fn death(dead: bool) -> Value {
        if dead {
            json!({ "tietoryhma": "KUOLINPAIVA", "kuollut": true,
                "kuolinpv": { "arvo": "2026-11-18", "tarkkuus": "PAIVA" } })
        } else {
            json!({ "tietoryhma": "KUOLINPAIVA", "kuollut": false })
        }
    }

    /// The same with how it came about.
    pub fn changed(mut group: Value, how: &str) -> Value {
        group["muutosattribuutti"] = json!(how);
        group
    }

    /// A person before the log.
    pub fn person(n: u32, groups: &Value) -> Person {
        Person {
            code: IdentityCode::parse(&code(n)).unwrap(),
            groups: serde_json::value::to_raw_value(groups).unwrap(),
        }
    }

    /// People who live where the register says, without anything to find.
    pub fn people(count: u32) -> Vec<Person> {
        (1..=count).map(|n| person(n, &json!([name(), address("1"), protection(false)]))).collect()
    }

    /// The `k`th entry of a log, registered `k` minutes after the morning of 21 November.
    pub fn entry(k: i64, n: u32, groups: &Value) -> Entry {
        let morning: DateTime<Utc> = "2026-11-21T06:00:00Z".parse().unwrap();
        entry_at(k, morning + chrono::TimeDelta::minutes(k), n, groups)
    }

    /// An entry with a time of its own.
    pub fn entry_at(k: i64, at: DateTime<Utc>, n: u32, groups: &Value) -> Entry {
        Entry {
            key: 1000 + k,
            at,
            code: IdentityCode::parse(&code(n)).unwrap(),
            groups: serde_json::value::to_raw_value(groups).unwrap(),
        }
    }

    /// A world of these.
    pub fn world(people: Vec<Person>, log: Vec<Entry>) -> World {
        World::from_parts(people, log, "2026-11-21".parse().unwrap()).unwrap()
    }
}
