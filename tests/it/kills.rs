//! A process killed at a commit and started again ends where an undisturbed one does.
//!
//! Every commit has a name. An undisturbed journey of the real binary, from the patron file to applied
//! corrections, is traced commit by commit; then, for commits chosen by a fixed seed (all of them in the long
//! tests), the process is killed right before or right after the commit, started again, and everything the
//! database knows is compared with the undisturbed journey at the same step, with the audit log's gaps and
//! every effect's record. Planted defects show that the comparison would see what it looks for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use ajantasa::seal::MasterKeys;
use ajantasa::store::StoreUrl;
use chrono::{DateTime, TimeDelta, Utc};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::contents;
use crate::database::block_on;
use crate::scenario::small::{people, register, world};
use crate::scenario::{Place, Ran, Scenario, Setup, TODAY, at_or_after_the_test_data, on_both, private};

/// How many points are tried on SQLite outside the long tests.
const CHOSEN_ON_SQLITE: usize = 20;
/// How many on PostgreSQL, where every step is walked again for each.
const CHOSEN_ON_POSTGRES: usize = 4;
/// The seed of the choice.
const SEED: u64 = 0x5EED_2026;
/// How often a lease is tried that runs out after three seconds.
const MOST_TRIES: u32 = 200;
/// Commits that come by time and not by work.
const BY_TIME: &str = "lease.prolong";

/// How the lines begin that count data keys.
const OF_KEYS: &str = ": keys of ";

/// The steps of the journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Import,
    Run,
    /// The log goes on, and the feed brings it.
    Feed,
    Account,
    Approve,
    Apply,
}

const STEPS: [Step; 6] = [Step::Import, Step::Run, Step::Feed, Step::Account, Step::Approve, Step::Apply];

/// Where a process is killed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Point {
    step: Step,
    commit: String,
    when: &'static str,
    count: usize,
}

/// The journey's fixed facts.
struct Journey {
    keys: String,
    at: DateTime<Utc>,
}

/// What an undisturbed journey was.
struct Undisturbed {
    commits: BTreeMap<Step, Vec<String>>,
    knowledge: BTreeMap<Step, Vec<String>>,
    /// On SQLite the files before each step, so that it need not be walked to again.
    before: BTreeMap<Step, TempDir>,
}

impl Journey {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        MasterKeys::generate().create(&path).unwrap();
        Self { keys: fs::read_to_string(path).unwrap(), at: TODAY.parse().unwrap() }
    }

    async fn begin(&self, place: &Place, files: Option<&TempDir>) -> Scenario {
        let keys = Some(self.keys.clone());
        let files = files.map(|folder| folder.path().to_owned());
        let setup = Setup {
            at: self.at,
            keys,
            files,
            played: false,
            list_size: 20,
            page_size: 2,
            ..Setup::default()
        };
        let scenario = Scenario::new(place, setup).await;
        private(&scenario.path("register.csv"), &crate::scenario::register());
        scenario
    }

    /// The command of a step; nothing when there is nothing left to do. Started again it is a minute later.
    fn command(&self, scenario: &Scenario, step: Step, again: bool) -> Option<Command> {
        let at = self.at + TimeDelta::minutes(i64::from(again));
        let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        match step {
            Step::Import => Some(scenario.command(&["patrons", "import", "register.csv"])),
            Step::Run => Some(run_at(scenario, &["--until-idle"], at)),
            Step::Feed => {
                scenario.play_all();
                Some(run_at(scenario, &["--until-idle"], at + TimeDelta::hours(1)))
            }
            Step::Account => {
                let mut command = scenario.command(&["user", "add", "anna", "--role", "reviewer"]);
                for code in ["078", "149", "710", "755", "092"] {
                    command.args(["--municipality", code]);
                }
                command.args(["--may", "protected", "--until", "2199-12-31", "--os-user", &user]);
                Some(command)
            }
            Step::Approve => {
                let items = scenario.ajantasa(&["--format", "json", "queue", "list"]).ended(0).json();
                let ids: Vec<&str> = items.as_array().unwrap().iter().filter_map(approvable).collect();
                if ids.is_empty() {
                    return None;
                }
                let mut command = scenario.command(&["queue", "approve", "--as", "anna"]);
                command.args(ids);
                Some(command)
            }
            // Late enough for every undo window, whatever the time is where this runs.
            Step::Apply => {
                let tasks = ["apply", "estate", "reconcile", "housekeeping"];
                Some(run_at(scenario, &tasks, at_or_after_the_test_data() + TimeDelta::hours(3)))
            }
        }
    }

    fn go(&self, scenario: &Scenario, step: Step, again: bool) {
        let Some(mut command) = self.command(scenario, step, again) else { return };
        let ran = Ran::new(&command.output().unwrap());
        // An account that is there already is what was wanted.
        let there = step == Step::Account && ran.code == Some(65);
        assert!(ran.code == Some(0) || there, "{step:?}: {ran:?}");
    }

    async fn undisturbed(&self, place: &Place) -> Undisturbed {
        let scenario = self.begin(place, None).await;
        let (commits, knowledge, before) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut found = Undisturbed { commits, knowledge, before };
        for step in STEPS {
            if matches!(place, Place::Sqlite) {
                found.before.insert(step, copy_of_files(&scenario));
            }
            let trace = scenario.path("trace");
            let mut command = self.command(&scenario, step, false).unwrap();
            let ran = Ran::new(&command.env("AJANTASA_FAULT_TRACE", &trace).output().unwrap());
            assert_eq!(ran.code, Some(0), "{step:?}: {ran:?}");
            let commits = fs::read_to_string(&trace).unwrap().lines().map(str::to_owned).collect();
            fs::remove_file(trace).unwrap();
            found.commits.insert(step, commits);
            found.knowledge.insert(step, seen(&scenario).await);
        }
        found
    }

    /// Goes to a point, is killed there, and goes on. Returns what differs then from the undisturbed journey.
    async fn disturbed(
        &self,
        place: &Place,
        point: &Point,
        plant: &str,
        undisturbed: &Undisturbed,
    ) -> Vec<String> {
        let files = undisturbed.before.get(&point.step);
        let scenario = self.begin(place, files).await;
        let walked = files.map_or(point.step, |_| Step::Import);
        for step in STEPS.into_iter().take_while(|step| *step < walked) {
            self.go(&scenario, step, false);
        }
        let mut command = self.command(&scenario, point.step, false).unwrap();
        command.env("AJANTASA_FAULT", format!("{}:{}:{}", point.commit, point.when, point.count));
        command.env("AJANTASA_PLANT", plant);
        let killed = command.output().unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{point:?} was not reached: {killed:?}");
        self.go(&scenario, point.step, true);
        let expected = &undisturbed.knowledge[&point.step];
        let difference = contents::difference(expected, &seen(&scenario).await);
        if difference.is_empty() || !difference.iter().all(|line| line.contains(OF_KEYS)) {
            return difference;
        }
        // A data key that the kill left goes when it is a day old, and not before.
        let later = at_or_after_the_test_data() + TimeDelta::days(2);
        let ran = Ran::new(&run_at(&scenario, &["housekeeping"], later).output().unwrap());
        assert_eq!(ran.code, Some(0), "{point:?}: {ran:?}");
        let mut left = contents::difference(expected, &seen(&scenario).await);
        left.retain(|line| line.contains(OF_KEYS) || line.contains("audit"));
        println!("{point:?}: {} lines of data keys, {} after housekeeping", difference.len(), left.len());
        left
    }
}

/// The database's files while nothing writes: what is not yet folded in beside the rest.
fn copy_of_files(scenario: &Scenario) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.db", "a.db-wal", "a.db-keys", "a.db-keys-wal"] {
        if scenario.path(name).exists() {
            fs::copy(scenario.path(name), folder.path().join(name)).unwrap();
        }
    }
    folder
}

fn run_at(scenario: &Scenario, what: &[&str], at: DateTime<Utc>) -> Command {
    let mut command = scenario.command(&["run", "--simulated-clock", &at.to_rfc3339()]);
    command.args(what);
    command
}

/// What is approved: what may be decided together, of what is written and of what is not.
fn approvable(item: &Value) -> Option<&str> {
    let kinds = ["address_change", "moved_abroad", "name_change", "language_change", "death"];
    let together = item["single_review"] == false && item["state"] == "new";
    let wanted = together && kinds.contains(&item["kind"].as_str()?);
    wanted.then(|| item["id"].as_str()).flatten()
}

/// Everything the database knows, and every effect without its record.
async fn seen(scenario: &Scenario) -> Vec<String> {
    let mut seen = contents::knowledge(&scenario.context).await;
    seen.extend(contents::unrecorded(&scenario.context).await);
    // A killed process may have looked at people once more than an undisturbed one; its lease runs out.
    seen.retain(|line| !line.starts_with("lease held"));
    seen.sort();
    seen
}

/// A small generator of numbers that are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// Every commit of the journey, before and after, in an order of chance that takes each name in turn.
fn points(undisturbed: &Undisturbed) -> Vec<Point> {
    let mut points = Vec::new();
    for (&step, commits) in &undisturbed.commits {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for commit in commits.iter().filter(|commit| *commit != BY_TIME) {
            let count = counts.entry(commit).or_default();
            *count += 1;
            for when in ["before", "after"] {
                points.push(Point { step, commit: commit.clone(), when, count: *count });
            }
        }
    }
    let mut numbers = Numbers(SEED);
    for at in (1..points.len()).rev() {
        points.swap(at, numbers.below(at + 1));
    }
    let mut turns: BTreeMap<(Step, String), usize> = BTreeMap::new();
    points.sort_by_cached_key(|point| {
        let turn = turns.entry((point.step, point.commit.clone())).or_default();
        *turn += 1;
        *turn
    });
    points
}

/// Runs a body on a fresh database of one kind, or says why not.
type On = fn(&dyn Fn(Place));

fn sqlite(body: &dyn Fn(Place)) {
    body(Place::Sqlite);
}

fn postgres(body: &dyn Fn(Place)) {
    crate::database::with_postgres_url(&async |_: &StoreUrl| {}, |url| body(Place::Postgres(url)));
}

/// The undisturbed journey, unless there is no database to make it on.
fn undisturbed(on: On, journey: &Journey) -> Option<Undisturbed> {
    let found = RefCell::new(None);
    on(&|place| {
        found.replace(Some(block_on(journey.undisturbed(&place))));
    });
    let found = found.into_inner()?;
    for (step, knowledge) in &found.knowledge {
        let wrong: Vec<&String> = knowledge.iter().filter(|line| line.contains("without")).collect();
        assert!(wrong.is_empty(), "{step:?}: {wrong:?}");
    }
    Some(found)
}

/// Kills at one point and returns what differs then.
fn differs(on: On, journey: &Journey, undisturbed: &Undisturbed, point: &Point, plant: &str) -> Vec<String> {
    let found = RefCell::new(Vec::new());
    on(&|place| {
        found.replace(block_on(journey.disturbed(&place, point, plant, undisturbed)));
    });
    found.into_inner()
}

/// Kills at chosen points, each in a database of its own.
fn kill_at_chosen_points(on: On, chosen: usize) {
    let journey = Journey::new();
    let Some(undisturbed) = undisturbed(on, &journey) else { return };
    let points = points(&undisturbed);
    let long = std::env::var_os("AJANTASA_TEST_LONG").is_some();
    let tried = if long { points.len() } else { chosen };
    println!("{tried} of {} points, chosen with seed {SEED:#x}", points.len());
    let mut wrong = Vec::new();
    for point in points.iter().take(tried) {
        let difference = differs(on, &journey, &undisturbed, point, "");
        println!("{point:?}: {} lines differ", difference.len());
        if !difference.is_empty() {
            wrong.push(format!("{point:?}: {difference:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_killed_process_that_starts_again_ends_where_an_undisturbed_one_does_on_sqlite() {
    kill_at_chosen_points(sqlite, CHOSEN_ON_SQLITE);
}

#[test]
fn a_killed_process_that_starts_again_ends_where_an_undisturbed_one_does_on_postgres() {
    kill_at_chosen_points(postgres, CHOSEN_ON_POSTGRES);
}

#[test]
fn planted_defects_are_seen() {
    let journey = Journey::new();
    let undisturbed = undisturbed(sqlite, &journey).expect("SQLite needs no server");
    let at = |step: Step, commit: &str, count: usize| Point {
        step,
        commit: commit.to_owned(),
        when: "after",
        count,
    };
    let seen = |point: &Point, plant: &str, sign: &str| {
        let difference = differs(sqlite, &journey, &undisturbed, point, plant);
        difference.iter().any(|line| line.starts_with(sign))
    };
    // Not every page brings something; with the defect each makes two commits, the cursor's first.
    let mut pages = (0..8).map(|page| at(Step::Feed, "fetch.page", 2 * page + 1));
    assert!(pages.any(|point| seen(&point, "cursor_outside", "missing: inbox")));
    let compared = at(Step::Run, "reconcile.batch", 1);
    assert!(seen(&compared, "audit_after", "too much: finding without its audit record"));
    assert_eq!(differs(sqlite, &journey, &undisturbed, &compared, ""), [""; 0]);
}

on_both! {
    async fn a_holder_that_was_frozen_past_its_lease_cannot_write(place: Place) {
        assert_eq!(frozen_holder(&place, "").await, Some(75));
    }

    async fn a_missing_epoch_check_is_seen(place: Place) {
        assert_eq!(frozen_holder(&place, "no_epoch_check").await, Some(0));
    }
}

/// Freezes a process that waits for VTJ until another has taken its lease and done its work, then lets it go
/// on. Returns its exit code.
async fn frozen_holder(place: &Place, plant: &str) -> Option<i32> {
    let world = world(people(1), Vec::new());
    let scenario = Scenario::new(place, Setup { world: Some(world), ..Setup::default() }).await;
    scenario.import(&register(1)).await;
    scenario.ajantasa(&["run", "enrol"]).ended(0);
    scenario.fault(json!({ "kind": "latency", "millis": 300, "path": "perustiedot" })).await;
    let mut first = scenario.command(&["run", "refresh"]);
    first.env("AJANTASA_LEASE_SECONDS", "3").env("AJANTASA_PLANT", plant);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while scenario.calls("perustiedot").await == 0 {
        assert_eq!(first.try_wait().unwrap(), None, "it ended before it asked");
    }
    let process = Pid::from_raw(i32::try_from(first.id()).unwrap());
    kill(process, Signal::SIGSTOP).unwrap();
    // Held elsewhere until the lease has run out.
    let done = (0..MOST_TRIES).any(|_| {
        let mut second = scenario.command(&["run", "refresh"]);
        second.env("AJANTASA_BUSY_MILLIS", "500");
        second.output().unwrap().status.success()
    });
    kill(process, Signal::SIGCONT).unwrap();
    let code = first.wait().unwrap().code();
    assert!(done, "the lease was never given up; the process ended with {code:?}");
    assert_eq!(scenario.number("SELECT count(*) FROM person WHERE answer = 'found'").await, 1);
    code
}

/// The installation of the killed runs: three people who have moved since they were read, and a weekly refresh.
async fn before_a_run(place: &Place) -> Scenario {
    use crate::scenario::small::{address, changed, entry};
    let moved = changed(address("9"), "LISATTY");
    let world = world(people(3), vec![entry(1, 1, &json!([moved]))]);
    let setup = Setup { world: Some(world), played: false, ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(3)).await;
    scenario.until_idle().await;
    scenario.play_all();
    let mut text = fs::read_to_string(scenario.path("ajantasa.toml")).unwrap();
    text.push_str(
        "[[schedule]]\nname = \"weekly\"\ncron = \"0 6 * * WED\"\nmunicipalities = [\"710\"]\n\
         purpose = \"register_upkeep\"\nsegment = \"everyone\"\nbudget = 10\n",
    );
    private(&scenario.path("ajantasa.toml"), &text);
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let mut add = vec!["user", "add", "aino", "--role", "administrator", "--until", "2199-12-31"];
    add.extend(["--municipality", "710", "--os-user", &user]);
    scenario.ajantasa(&add).ended(0);
    scenario
}

/// What must hold after a run, whatever happened in its middle: one run, everybody asked once, the case made once.
async fn run_is_whole(scenario: &Scenario, at: &str) {
    let whole = "SELECT count(*) FROM run WHERE state = 'done' AND people = 3 AND asked = 3 AND failed = 0";
    assert_eq!(scenario.number(whole).await, 1, "{at}");
    assert_eq!(scenario.number("SELECT count(*) FROM run").await, 1, "{at}");
    assert_eq!(scenario.number("SELECT count(*) FROM run_person WHERE state = 'asked'").await, 3, "{at}");
    assert_eq!(scenario.number("SELECT count(*) FROM finding").await, 1, "{at}");
    let answered = "SELECT count(*) FROM disclosure WHERE run IS NOT NULL AND outcome = 'answered'";
    assert_eq!(scenario.number(answered).await, 1, "{at}");
    let records = "SELECT count(*) FROM audit WHERE action = 'run.end'";
    assert_eq!(scenario.number(records).await, 1, "{at}");
}

on_both! {
    async fn a_run_killed_at_any_commit_goes_on_where_it_stopped(place: Place) {
        const RUN: [&str; 4] = ["schedule", "run", "weekly", "--as"];
        let go = |scenario: &Scenario| {
            let mut command = scenario.command(&RUN);
            command.arg("aino");
            command
        };
        let scenario = before_a_run(&place).await;
        let trace = scenario.path("trace");
        let ran = Ran::new(&go(&scenario).env("AJANTASA_FAULT_TRACE", &trace).output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        run_is_whole(&scenario, "undisturbed").await;
        let trace = fs::read_to_string(&trace).unwrap();
        let mut commits: Vec<&str> = trace.lines().collect();
        commits.sort_unstable();
        commits.dedup();
        for wanted in ["run.start", "run.choose", "run.begin", "ask.disclosure", "refresh.batch", "run.end"] {
            assert!(commits.contains(&wanted), "{wanted}: {commits:?}");
        }
        // Every step of the run itself; on PostgreSQL those that the two databases might do differently.
        let all = matches!(place, Place::Sqlite);
        let points = commits.iter().filter(|name| {
            name.starts_with("run.") || **name == "refresh.batch" || **name == "ask.disclosure" && all
        });
        for commit in points {
            for when in ["before", "after"] {
                // A run that has ended is not started again.
                if (*commit, when) == ("run.end", "after") {
                    continue;
                }
                reset(&scenario).await;
                let mut command = go(&scenario);
                let at = format!("{commit}:{when}:1");
                let killed = command.env("AJANTASA_FAULT", &at).output().unwrap();
                assert_eq!(killed.status.signal(), Some(9), "{at} was not reached: {killed:?}");
                let ran = Ran::new(&go(&scenario).output().unwrap());
                assert_eq!(ran.code, Some(0), "{at}: {ran:?}");
                run_is_whole(&scenario, &at).await;
            }
        }
    }
}

/// Puts everything back to before the run.
async fn reset(scenario: &Scenario) {
    for sql in [
        "DELETE FROM run_person",
        "DELETE FROM run",
        "DELETE FROM finding",
        "DELETE FROM disclosure_subject WHERE disclosure IN (SELECT id FROM disclosure WHERE run IS NOT NULL)",
        "DELETE FROM disclosure WHERE run IS NOT NULL",
        "UPDATE audit SET action = 'before' WHERE action = 'run.end'",
        "UPDATE person SET compare_due = TRUE",
    ] {
        scenario.execute(sql).await;
    }
}
