//! Two and four daemons side by side on bad days: killed, frozen and let go on at random, and the database torn
//! down under them. Every due time has one run, none is missing, every run ends, and nobody writes who has lost the
//! lease.
//!
//! What happens when is chosen by a seed that is printed. The database itself notes who writes under a lease that
//! somebody else holds (`watch.sql`); with a planted defect that leaves the check of the epoch out, it does.

use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use ajantasa::schedule::CronExpression;
use ajantasa::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use ajantasa::segment::Segment;
use ajantasa::store::schedule::{self, VersionRow};
use ajantasa::store::{self, Db, StoreUrl};
use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::Signal;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sqlx::Connection as _;

use super::cluster::Cluster;
use super::{Server, Site};
use crate::database::{block_on, execute};
use crate::store::schedule::version_row;

/// How many bad things happen to two daemons, and to four; ten times as many in the long tests.
const POINTS: usize = 10;
/// The seed of two daemons; that of four follows.
const SEED: u64 = 0x5EED_2027;
/// How fast the clock runs: a due time every two seconds.
const SPEED: u32 = 30;
/// When it starts.
const START: &str = "2026-11-21T10:00:30Z";
/// How long a lease lasts, in seconds.
const LEASE_SECONDS: &str = "2";
/// How long a process waits for a lock that a frozen one holds.
const BUSY_MILLIS: &str = "1500";
/// How long everything may take to come to its end once the bad days are over.
const SETTLES_WITHIN: Duration = Duration::from_secs(90);

/// The tasks that the daemons start every minute of their clock, beside a refresh.
const TASKS: [&str; 3] = ["enrol", "fetch", "reconcile"];
/// The name of the refresh.
const REFRESH: &str = "everybody";

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
        block_on(add_refresh(&site));
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
            "SELECT concat_ws(' ', s.name, r.due_at, r.state, r.reason, r.note)
             FROM run r JOIN schedule s ON s.id = r.schedule
             WHERE r.finished_at IS NULL AND r.due_at < '{over}'
             UNION ALL SELECT s.name || ' is not due any more' FROM schedule s
             WHERE s.name IN ('enrol', 'fetch', 'reconcile', '{REFRESH}') AND NOT EXISTS
                 (SELECT 1 FROM run r WHERE r.schedule = s.id AND r.due_at >= '{over}')"
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

    /// The end of what the daemons said.
    fn log(&self) -> String {
        let log = self.daemons.iter().find_map(|daemon| daemon.server.as_ref()).map(Server::log);
        let log = log.unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

/// A refresh of everybody by base data, every minute.
async fn add_refresh(site: &Site) {
    let refresh = AddressRefresh {
        municipalities: ["078", "149", "710", "755"].map(str::to_owned).into(),
        purpose: "register_upkeep".to_owned(),
        segment: Segment::parse("language = fi or language = sv").expect("a segment"),
        budget: 300,
        over_budget: OverBudget::First,
    };
    let cron = CronExpression::parse("* * * * *").expect("an expression");
    let definition = Definition::new(Work::AddressRefresh(refresh), cron).to_json();
    let at: DateTime<Utc> = START.parse().expect("a time");
    let id = store::new_id(at);
    let db = Db::open(&site.url()).await.expect("the site's database");
    let mut tx = db.begin().await.expect("writable");
    schedule::insert(&mut tx, id, REFRESH, "administrator", at).await.expect("a new name");
    let version = VersionRow { definition, made_at: at, ..version_row(id, 1, "in_force") };
    schedule::insert_version(&mut tx, &version).await.expect("a first version");
    tx.commit("test").await.expect("writable");
    db.close().await;
}

/// The due times of a schedule, by minute, as its runs have them: one for a run, several for times missed in a row.
fn due_minutes(rows: &[String], schedule: &str) -> Vec<i64> {
    let mut minutes = Vec::new();
    for row in rows {
        let fields: Vec<&str> = row.split('|').collect();
        let [name, due, since, count] = fields[..] else { panic!("{row}") };
        if name != schedule {
            continue;
        }
        let number = |text: &str| text.parse::<i64>().unwrap_or_else(|error| panic!("{error}: {row}"));
        if count.is_empty() {
            minutes.push(number(due));
        } else {
            assert_eq!(number(due) - number(since) + 1, number(count), "{row}");
            minutes.extend(number(since)..=number(due));
        }
    }
    minutes.sort_unstable();
    minutes
}

impl Many {
    /// Every due time of every schedule has one run, and none is missing from the first to the last.
    fn each_due_time_has_one_run(&self) {
        let rows = self.texts(
            "SELECT s.name || '|' || floor(extract(epoch FROM r.due_at) / 60)::bigint || '|'
                 || coalesce(floor(extract(epoch FROM r.missed_since) / 60)::bigint::text, '') || '|'
                 || coalesce(r.missed_count::text, '')
             FROM run r JOIN schedule s ON s.id = r.schedule",
        );
        for schedule in TASKS.into_iter().chain([REFRESH]) {
            let minutes = due_minutes(&rows, schedule);
            let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else {
                panic!("{schedule} was never due")
            };
            let every: Vec<i64> = (*first..=*last).collect();
            assert_eq!(minutes, every, "{schedule}");
        }
        let states = "SELECT concat_ws(' ', s.name, r.state, r.reason, r.note, '×', count(*)) FROM run r
             JOIN schedule s ON s.id = r.schedule GROUP BY s.name, r.state, r.reason, r.note ORDER BY 1";
        println!("{}", self.texts(states).join(", "));
    }
}

fn bad_days(count: usize, seed: u64) {
    let Some(mut many) = Many::start(count, seed, "") else { return };
    let long = std::env::var_os("AJANTASA_TEST_LONG").is_some();
    many.suffer(if long { 10 * POINTS } else { POINTS }, |_| false);
    many.settle();
    many.each_due_time_has_one_run();
    assert_eq!(many.stale(), [""; 0], "written under a lease that somebody else held");
    let gaps = "SELECT (SELECT last_sequence FROM audit_head) - count(*) || ' missing' FROM audit";
    assert_eq!(many.texts(gaps), ["0 missing"]);
    let failed = "SELECT concat_ws(' ', state, reason, note) FROM run r JOIN schedule s ON s.id = r.schedule
         WHERE s.name = 'everybody' AND state = 'failed'";
    assert_eq!(many.texts(failed), [""; 0]);
    let twice = "SELECT concat(run, ' ', patron) FROM run_person GROUP BY run, patron HAVING count(*) > 1";
    assert_eq!(many.texts(twice), [""; 0]);
    let done = "SELECT 'done' FROM run r JOIN schedule s ON s.id = r.schedule
         WHERE s.name = 'everybody' AND state = 'done' LIMIT 1";
    assert_eq!(many.texts(done), ["done"], "no refresh came to its end");
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
