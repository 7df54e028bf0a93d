//! Two daemons side by side on one PostgreSQL database, and a daemon that is told to end while VTJ is slow.

use std::fmt::Write as _;

use nix::sys::signal::Signal;

use super::{Server, Site, until};

/// A minute of the simulated clock before every task is due: three seconds.
const SOON_DUE: &str = "2026-11-21T10:06:00Zx20";

/// Later than everything a daemon that started [`SOON_DUE`] does in these tests.
const LATER: &str = "2026-11-21T10:40:00Zx20";

/// The clock of a daemon that started [`SOON_DUE`] at an instant: its own goes on while it is stopped.
fn beside(begun: std::time::Instant) -> String {
    let start: chrono::DateTime<chrono::Utc> = "2026-11-21T10:06:00Z".parse().unwrap();
    let now = start + chrono::TimeDelta::seconds(20) * i32::try_from(begun.elapsed().as_secs()).unwrap();
    format!("{}x20", now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

/// Every task, in order.
const TASKS: [&str; 7] = ["enrol", "fetch", "refresh", "reconcile", "apply", "estate", "housekeeping"];

/// Rounds that ended well.
const DONE: &str = "SELECT count(*) FROM task_run WHERE outcome = 'done'";

impl Site {
    /// Every task once a day, at seven past noon in Helsinki, so that nothing is due twice in a test.
    fn every_task_daily(&self) {
        let path = self.folder.path().join("ajantasa.toml");
        let mut text = std::fs::read_to_string(path).expect("the configuration");
        for task in TASKS {
            writeln!(
                text,
                "[[schedule]]\nname = \"{task} at noon\"\ntask = \"{task}\"\ncron = \"7 12 * * *\""
            )
            .expect("a String takes any text");
        }
        self.write("ajantasa.toml", &text);
    }

    /// One of several daemons, whose leases run out after three seconds.
    fn daemon(&self, clock: &str) -> Server {
        self.serve_with(clock, |command| {
            command.env("AJANTASA_LEASE_SECONDS", "3");
        })
    }

    #[track_caller]
    fn wait_for_number(&self, sql: &str, wanted: i64, daemons: &[&Server]) {
        let logs = || daemons.iter().map(|daemon| daemon.log()).next().unwrap_or_default();
        until(|| self.number(sql) >= wanted, || format!("{sql}: {}\n{}", self.number(sql), logs()));
        assert_eq!(self.number(sql), wanted, "{sql}\n{}", logs());
    }

    /// Waits until a daemon has asked VTJ for base data, and waits for the answer.
    fn wait_until_asked(&self, daemon: &Server) {
        until(|| self.asked() > 0 || daemon.is_gone(), || format!("nobody asked: {}", daemon.log()));
    }
}

#[track_caller]
fn ends_well(mut daemon: Server) {
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

/// What must hold whatever happened to one of two daemons: everybody was read once, and everything found is
/// there once, each with its record.
#[track_caller]
fn is_whole(site: &Site) {
    assert!(site.number("SELECT count(*) FROM person WHERE answer = 'found'") > 20);
    assert_eq!(
        site.number("SELECT count(*) FROM person WHERE refresh_due_at < '2026-11-21T10:00:00+00:00'"),
        0
    );
    let twice = "SELECT count(*) FROM (SELECT patron, kind FROM finding GROUP BY patron, kind HAVING count(*) > 1) AS twice";
    assert_eq!(site.number(twice), 0);
    let unrecorded = "SELECT count(*) FROM finding f WHERE (SELECT count(*) FROM audit a
         WHERE a.finding = f.id AND a.action = 'finding.open') <> 1";
    assert_eq!(site.number(unrecorded), 0);
    let gaps = "SELECT (SELECT last_sequence FROM audit_head) - count(*) FROM audit";
    assert_eq!(site.number(gaps), 0);
}

#[test]
fn two_daemons_start_each_due_time_once() {
    Site::with_postgres(|site| {
        site.every_task_daily();
        let (first, second) = (site.daemon(SOON_DUE), site.daemon(SOON_DUE));
        site.wait_for_number(DONE, 7, &[&first, &second]);
        for task in TASKS {
            let sql = format!("SELECT count(*) FROM task_run WHERE task = '{task}'");
            assert_eq!(site.number(&sql), 1, "{task}");
        }
        // What is done is done for both, and stays so while both look again.
        for daemon in [&first, &second] {
            daemon
                .wait_for("/metrics", "ajantasa_task_last_success_timestamp_seconds{task=\"housekeeping\"}");
        }
        std::thread::sleep(std::time::Duration::from_secs(4));
        assert_eq!(site.number("SELECT count(*) FROM task_run"), 7);
        is_whole(&site);
        ends_well(first);
        ends_well(second);
    });
}

#[test]
fn when_one_of_two_daemons_is_killed_the_other_takes_its_round_over() {
    Site::with_postgres(|site| {
        site.every_task_daily();
        site.fault(r#"{ "kind": "latency", "millis": 600000, "path": "perustiedot" }"#);
        let mut first = site.daemon(SOON_DUE);
        site.wait_until_asked(&first);
        let second = site.daemon(LATER);
        first.signal(Signal::SIGKILL);
        assert_eq!(first.ended(), None);
        site.wait_for_number(DONE, 7, &[&second]);
        assert_eq!(
            site.number("SELECT count(*) FROM task_run WHERE outcome = 'killed' AND task = 'refresh'"),
            1
        );
        is_whole(&site);
        ends_well(second);
    });
}

#[test]
fn a_daemon_that_was_frozen_past_its_lease_writes_nothing_when_it_goes_on() {
    Site::with_postgres(|site| {
        site.every_task_daily();
        site.fault(r#"{ "kind": "latency", "millis": 1000, "path": "perustiedot" }"#);
        let begun = std::time::Instant::now();
        let first = site.daemon(SOON_DUE);
        site.wait_until_asked(&first);
        first.signal(Signal::SIGSTOP);
        let second = site.daemon(&beside(begun));
        site.wait_for_number(DONE, 7, &[&second]);
        let audited = site.number("SELECT count(*) FROM audit");
        first.signal(Signal::SIGCONT);
        first.wait_for_log("lost");
        std::thread::sleep(std::time::Duration::from_secs(3));
        assert_eq!(site.number("SELECT count(*) FROM audit"), audited);
        assert_eq!(site.number(DONE), 7);
        is_whole(&site);
        assert_eq!(first.text("/livez"), "ok\n");
        ends_well(first);
        ends_well(second);
    });
}

/// A daemon that has been told to end while it waits for an answer of VTJ.
fn told_to_end_while_waiting(site: &Site, latency_millis: u32) -> Server {
    site.every_task_daily();
    site.fault(&format!(r#"{{ "kind": "latency", "millis": {latency_millis}, "path": "perustiedot" }}"#));
    let daemon = site.daemon(SOON_DUE);
    site.wait_until_asked(&daemon);
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_log("no task is started any more");
    daemon
}

/// What one request of several is about was answered, kept, and counted.
const KEPT: &str = "SELECT count(*) FROM disclosure WHERE interface = 'perustiedot' AND outcome = 'answered'";

#[test]
fn a_daemon_told_to_end_keeps_the_answer_it_waits_for_and_asks_nothing_more() {
    let site = Site::new();
    let mut daemon = told_to_end_while_waiting(&site, 3_000);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
    assert!(!daemon.log().contains("cut off"), "{}", daemon.log());
    assert_eq!((site.asked(), site.number(KEPT)), (1, 1));
    assert!(site.number("SELECT count(*) FROM person WHERE answer = 'found'") > 0);
    // The round was cut short, so it is taken up.
    assert_eq!(site.number(DONE), 2);
    let daemon = site.daemon(LATER);
    site.wait_for_number(DONE, 7, &[&daemon]);
    is_whole(&site);
    ends_well(daemon);
}

#[test]
fn a_daemon_told_to_end_does_not_wait_for_vtj_without_end_and_loses_nothing() {
    let site = Site::new();
    let mut daemon = told_to_end_while_waiting(&site, 600_000);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
    assert!(daemon.log().contains("cut off"), "{}", daemon.log());
    assert_eq!(site.number(KEPT), 0);
    let daemon = site.daemon(LATER);
    site.wait_for_number(DONE, 7, &[&daemon]);
    is_whole(&site);
    ends_well(daemon);
}
