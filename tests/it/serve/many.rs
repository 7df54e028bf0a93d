//! Two and four daemons side by side on bad days: killed, frozen and let go on at random, and the database torn
//! down under them. Every due time has one run, nothing is missing, and nobody writes who has lost the lease.
//!
//! What happens when is chosen by a seed that is printed. The database itself notes who writes under a lease that
//! somebody else holds (`watch.sql`); with a planted defect that leaves the check of the epoch out, it does.

use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use ajantasa::store::StoreUrl;
use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sqlx::Connection as _;

use super::cluster::Cluster;
use super::{Server, Site};
use crate::database::{block_on, execute};

/// How many bad things happen to two daemons, and to four; ten times as many in the long tests.
const POINTS: usize = 10;
/// The seed of two daemons; that of four follows.
const SEED: u64 = 0x5EED_2027;
/// How fast the clock runs: a due time every second.
const SPEED: u32 = 60;
/// When it starts.
const START: &str = "2026-11-21T10:00:30Z";
/// How long a lease lasts, in seconds.
const LEASE_SECONDS: &str = "2";
/// How long a process waits for a lock that a frozen one holds.
const BUSY_MILLIS: &str = "1500";
/// How long everything may take to come to its end once the bad days are over.
const SETTLES_WITHIN: Duration = Duration::from_secs(90);

/// What the daemons start every minute of their clock.
const TASKS: [&str; 3] = ["enrol", "fetch", "reconcile"];

/// A daemon, and what has been done to it.
struct Daemon {
    server: Option<Server>,
    is_frozen: bool,
    /// When that ends.
    until: Option<Instant>,
}

/// Daemons on one database, on bad days.
struct Many {
    site: Site,
    cluster: Cluster,
    daemons: Vec<Daemon>,
    begun: Instant,
    chance: StdRng,
    plant: &'static str,
}

impl Many {
    /// So many daemons at work; nothing where there is no PostgreSQL.
    fn start(count: usize, seed: u64, plant: &'static str) -> Option<Self> {
        let cluster = Cluster::start()?;
        let site = Site::on(Some(cluster.url()));
        let path = site.folder.path().join("ajantasa.toml");
        let mut text = std::fs::read_to_string(path).expect("the configuration");
        for task in TASKS {
            writeln!(text, "[[schedule]]\nname = \"{task}\"\ntask = \"{task}\"\ncron = \"* * * * *\"")
                .expect("a String takes any text");
        }
        site.write("ajantasa.toml", &text);
        block_on(execute(&StoreUrl::Postgres(cluster.url()), include_str!("watch.sql")))
            .expect("our database");
        // So that somebody is at work most of the time.
        site.fault(r#"{ "kind": "latency", "millis": 700, "count": 0 }"#);
        println!("{count} daemons, seed {seed:#x}");
        let chance = StdRng::seed_from_u64(seed);
        let mut many = Self { site, cluster, daemons: Vec::new(), begun: Instant::now(), chance, plant };
        for _ in 0..count {
            let server = Some(many.serve());
            many.daemons.push(Daemon { server, is_frozen: false, until: None });
        }
        Some(many)
    }

    /// The clock that all of them share.
    fn now(&self) -> DateTime<Utc> {
        let start: DateTime<Utc> = START.parse().expect("a time");
        start + TimeDelta::from_std(self.begun.elapsed() * SPEED).expect("minutes")
    }

    fn serve(&self) -> Server {
        let clock = self.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        // The shell names its process, which the daemon then is, in what the database knows of its connections.
        let mut command = Command::new("sh");
        command.arg0("sh").args(["-c", r#"PGOPTIONS="-c test.process=$$" exec "$0" "$@""#]);
        command.arg(env!("CARGO_BIN_EXE_ajantasa")).args(["--config", "ajantasa.toml", "serve"]);
        command.args(["--simulated-clock", &format!("{clock}x{SPEED}")]);
        command.current_dir(self.site.folder.path()).stdin(std::process::Stdio::null());
        for variable in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"] {
            command.env_remove(variable);
        }
        command.env("AJANTASA_LEASE_SECONDS", LEASE_SECONDS).env("AJANTASA_BUSY_MILLIS", BUSY_MILLIS);
        command.env("AJANTASA_PLANT", self.plant);
        Server::start(command, self.site.folder.path().join("serve.log"))
    }

    /// Lets a number of bad things happen, until `enough` says so.
    fn suffer(&mut self, points: usize, enough: impl Fn(&Self) -> bool) {
        let mut point = 0;
        while point < points && !enough(self) {
            self.pass(200, 1000);
            let Some(victim) = self.victim() else { continue };
            point += 1;
            let millis = self.chance.random_range(500..5000);
            let said = match self.chance.random_range(0..10) {
                0..3 => {
                    let mut server = self.daemons[victim].server.take().expect("it runs");
                    server.signal(Signal::SIGKILL);
                    server.ended();
                    "killed"
                }
                3..8 => {
                    let daemon = &mut self.daemons[victim];
                    daemon.server.as_ref().expect("it runs").signal(Signal::SIGSTOP);
                    daemon.is_frozen = true;
                    "frozen"
                }
                _ => {
                    self.cluster.restart();
                    println!("{point}: the database was torn down");
                    continue;
                }
            };
            println!("{point}: daemon {victim} {said} for {millis} ms");
            self.daemons[victim].until = Some(Instant::now() + Duration::from_millis(millis));
        }
    }

    /// Lets some time pass, in which what was frozen goes on and what was killed is started again.
    fn pass(&mut self, least: u64, most: u64) {
        let end = Instant::now() + Duration::from_millis(self.chance.random_range(least..most));
        while Instant::now() < end {
            self.mend(Instant::now());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends what was to last until an instant.
    fn mend(&mut self, now: Instant) {
        for at in 0..self.daemons.len() {
            if self.daemons[at].until.is_none_or(|until| until > now) {
                continue;
            }
            let started = self.daemons[at].server.is_none().then(|| self.serve());
            let daemon = &mut self.daemons[at];
            daemon.server = started.or_else(|| daemon.server.take());
            if std::mem::take(&mut daemon.is_frozen) {
                daemon.server.as_ref().expect("it was frozen").signal(Signal::SIGCONT);
            }
            daemon.until = None;
        }
    }

    /// A daemon that runs, often the one that is at work; nothing while only one does.
    fn victim(&mut self) -> Option<usize> {
        let running: Vec<usize> =
            (0..self.daemons.len()).filter(|at| self.daemons[*at].until.is_none()).collect();
        if running.len() < 2 {
            return None;
        }
        let at_work = "SELECT split_part(holder, ' ', 2) FROM lease WHERE expires_ms > extract(epoch FROM clock_timestamp()) * 1000";
        let holders = self.texts(at_work);
        let works = |at: &usize| {
            let server = self.daemons[*at].server.as_ref();
            server.is_some_and(|server| holders.contains(&server.id().to_string()))
        };
        let busy = running.iter().copied().find(works);
        let any = running[self.chance.random_range(0..running.len())];
        Some(if self.chance.random_range(0..3) > 0 { busy.unwrap_or(any) } else { any })
    }

    /// What the database says to a query of one text.
    fn texts(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        block_on(async {
            let mut connection = sqlx::PgConnection::connect(&self.cluster.url()).await.expect("it runs");
            let found = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("texts");
            connection.close().await.expect("it runs");
            found
        })
    }

    fn stale(&self) -> Vec<String> {
        self.texts("SELECT concat_ws(' ', at, wrote, 'under', lease, 'by', writer, 'held by', holder) FROM test_stale")
    }

    /// Ends the bad days, waits until everything is done that was due in them, and ends the daemons.
    fn settle(&mut self) {
        self.mend(Instant::now() + Duration::from_hours(1));
        self.site.fault(r#"{ "kind": "none" }"#);
        let end = Instant::now() + SETTLES_WITHIN;
        let over = self.now().to_rfc3339();
        let open = format!(
            "SELECT task FROM task_run t WHERE finished_at IS NULL AND started_at < '{over}'
             UNION ALL SELECT d FROM unnest(ARRAY['enrol', 'fetch', 'reconcile']) d WHERE NOT EXISTS
                 (SELECT 1 FROM task_run t WHERE t.task = d AND t.outcome = 'done' AND t.started_at > '{over}')"
        );
        loop {
            let open = self.texts(&open);
            if open.is_empty() {
                break;
            }
            assert!(Instant::now() < end, "these do not end: {open:?}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(200));
        }
        for daemon in &mut self.daemons {
            let mut server = daemon.server.take().expect("everyone runs");
            server.signal(Signal::SIGTERM);
            assert_eq!(server.ended(), Some(0), "{}", server.log());
        }
    }

    fn log(&self) -> String {
        self.daemons.iter().find_map(|daemon| daemon.server.as_ref()).map(Server::log).unwrap_or_default()
    }
}

fn bad_days(count: usize, seed: u64) {
    let Some(mut many) = Many::start(count, seed, "") else { return };
    let long = std::env::var_os("AJANTASA_TEST_LONG").is_some();
    many.suffer(if long { 10 * POINTS } else { POINTS }, |_| false);
    many.settle();
    assert_eq!(many.stale(), [""; 0], "written under a lease that somebody else held");
    let gaps = "SELECT (SELECT last_sequence FROM audit_head) - count(*) || ' missing' FROM audit";
    assert_eq!(many.texts(gaps), ["0 missing"]);
    let open = "SELECT task FROM task_run WHERE outcome = 'running'";
    assert_eq!(many.texts(open), [""; 0]);
}

#[test]
fn two_daemons_come_through_bad_days_together() {
    bad_days(2, SEED);
}

#[test]
fn four_daemons_come_through_bad_days_together() {
    bad_days(4, SEED + 1);
}

#[cfg(feature = "fault-points")]
#[test]
fn a_missing_check_of_the_epoch_is_seen_on_bad_days() {
    let Some(mut many) = Many::start(2, SEED + 2, "no_epoch_check") else { return };
    many.suffer(100, |many| !many.stale().is_empty());
    assert_ne!(many.stale(), [""; 0], "the harness does not see what it looks for");
}
