//! What Prometheus is told: counts and ages, nothing about a person, and protection never beside a place.
//!
//! The numbers come from the database, so that they are those of the installation whichever process is
//! asked; only the rounds of tasks are counted since this process started. To add one: a line in
//! [`Numbers::gather`], one in [`Numbers::text`], and nothing with a municipality in it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use chrono::{DateTime, Utc};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};
use secrecy::ExposeSecret as _;

use crate::budget;
use crate::clock::helsinki_date;
use crate::config::{Config, RegisterMode, SecretSources};
use crate::feed::{self, Feed, Silence};
use crate::quota::{self, Scope, Span};
use crate::store::run::OpenRun;
use crate::store::{self, Db, StoreError, known_schema};
use crate::switch;
use crate::task::{Report, Settings, Task, TaskError};
use crate::vtj::tls::certificate_days;

type Labels = Vec<(&'static str, String)>;
type Counts = Family<Labels, Counter>;
type Sizes = Family<Labels, Gauge>;
type Instants = Family<Labels, Gauge<f64, AtomicU64>>;

/// What is counted since this process started.
#[derive(Debug, Default, Clone)]
pub(super) struct Rounds {
    runs: Counts,
    row_errors: Counts,
}

impl Rounds {
    /// Counts a round of a task.
    pub(super) fn count(&self, task: Task, result: &Result<Report, TaskError>) {
        let name = || ("task", task.as_str().to_owned());
        let outcome = match result {
            Ok(report) => {
                self.row_errors.get_or_create(&vec![name()]).inc_by(report.errors);
                "done"
            }
            Err(error) => error.class(),
        };
        self.runs.get_or_create(&vec![name(), ("outcome", outcome.to_owned())]).inc();
    }
}

/// The days left on each certificate file, by the word for it: `ca`, `identity`, and `web` for that of the staff
/// pages. A file that cannot be
/// read is left out; `doctor` says why.
pub fn certificates(
    config: &Config,
    secrets: &SecretSources,
    now: DateTime<Utc>,
) -> Vec<(&'static str, Option<i64>)> {
    let tls = &config.vtj.tls;
    let authority = tls
        .ca_file
        .as_ref()
        .map(|file| ("ca", std::fs::read(file).ok().and_then(|pem| certificate_days(&pem, now))));
    let identity = tls.client_identity.path(secrets).map(|_| {
        let pem = tls.client_identity.read(secrets).ok();
        ("identity", pem.and_then(|pem| certificate_days(pem.expose_secret().as_bytes(), now)))
    });
    let web = config.web.certificate.as_ref().map(|certificate| {
        ("web", std::fs::read(&certificate.file).ok().and_then(|pem| certificate_days(&pem, now)))
    });
    authority.into_iter().chain(identity).chain(web).collect()
}

/// What the database knows, at one instant.
#[derive(Debug)]
pub(super) struct Numbers {
    now: DateTime<Utc>,
    oldest_cursor: Option<DateTime<Utc>>,
    last_success: Vec<(String, DateTime<Utc>)>,
    queue: BTreeMap<(String, String), i64>,
    requests: Vec<(String, String, i64)>,
    quarantined: i64,
    people: Vec<(String, Option<String>, i64)>,
    breaker_open: bool,
    /// Runs of schedules by state, and when the newest of each ended.
    runs: Vec<(String, i64, Option<DateTime<Utc>>)>,
    /// How many people the run under way is about, and how many it is done with.
    under_way: (i64, i64),
    feed: Option<Feed>,
    stopped: bool,
    /// Findings that wait for their slice.
    held_back: i64,
    /// Single-person queries that count today and this month.
    queries: [(&'static str, u64); 2],
}

impl Numbers {
    /// Reads them.
    pub(super) async fn gather(db: &Db, settings: &Settings, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let mut tx = db.read().await?;
        let mut queue: BTreeMap<(String, String), i64> = BTreeMap::new();
        for (kind, state, count) in store::finding::counts(&mut tx).await? {
            // Started and ended are one: the difference would tell too much in a small register.
            let kind = if kind.starts_with("protection_") { "protection".to_owned() } else { kind };
            *queue.entry((kind, state)).or_default() += count;
        }
        let breaker = store::round::breaker(&mut tx, "changes").await?;
        let booked = budget::booked(&mut tx, helsinki_date(now)).await?;
        let used = |span| quota::used(&booked, &Scope::Installation, span, helsinki_date(now));
        Ok(Self {
            now,
            oldest_cursor: store::tally::oldest_cursor(&mut tx).await?,
            last_success: store::round::last_success(&mut tx).await?,
            queue,
            requests: store::disclosure::counts(&mut tx).await?,
            quarantined: store::inbox::count_quarantined(&mut tx).await?,
            people: store::tally::follow_states(&mut tx).await?,
            runs: store::run::states(&mut tx).await?,
            under_way: under_way(&store::run::open(&mut tx).await?),
            breaker_open: breaker.is_some_and(|(state, _, _)| state != "closed"),
            feed: feed::look(&mut tx, settings, now).await?,
            stopped: switch::state(&mut tx, now).await?.is_some(),
            held_back: store::slice::left(&mut tx).await?,
            queries: [("day", used(Span::Day)), ("month", used(Span::Month))],
        })
    }

    /// Writes them with what the process and its configuration know, in the text format of Prometheus.
    pub(super) fn text(&self, rounds: &Rounds, facts: &Facts) -> String {
        let mut registry = Registry::with_prefix("ajantasa");
        let to = &mut registry;
        self.tasks(to, rounds);
        self.queue(to);
        self.people(to);
        self.runs(to);
        facts.register(to);
        if let Some(since) = self.oldest_cursor {
            let help =
                "Age of the change cursor that has not moved for longest; VTJ keeps 14 days of changes";
            one(to, "cursor_age_seconds", help, (self.now - since).num_seconds().max(0));
        }
        self.by_hand(to);
        let help = "Changes that could not be understood and were put aside";
        one(to, "quarantined_changes", help, self.quarantined);
        one(
            to,
            "breaker_open",
            "Whether VTJ has failed so often that it is left alone",
            self.breaker_open.into(),
        );
        let queries = Sizes::default();
        for (span, used) in self.queries {
            queries
                .get_or_create(&vec![("span", span.to_owned())])
                .set(i64::try_from(used).unwrap_or(i64::MAX));
        }
        add(to, "queries_used", "Single-person queries that count in the Helsinki day and month", queries);
        let requests = Counts::default();
        for (interface, outcome, count) in &self.requests {
            let labels = vec![("interface", interface.clone()), ("outcome", outcome.clone())];
            requests.get_or_create(&labels).inc_by(u64::try_from(*count).unwrap_or_default());
        }
        let strangers = self.requests.iter().filter(|(_, outcome, _)| outcome == "wrong_person");
        let events: Counter = Counter::default();
        events.inc_by(strangers.map(|(_, _, count)| u64::try_from(*count).unwrap_or_default()).sum());
        add(to, "security_events", "Answers of VTJ that were about somebody else than asked", events);
        add(to, "vtj_requests", "Requests in the disclosure log by their outcome", requests);
        let mut text = String::new();
        encode(&mut text, &registry).expect("a String takes any text");
        text
    }

    /// How the feed stands, and what an administrator has stopped or slowed down.
    fn by_hand(&self, to: &mut Registry) {
        if let Some(feed) = &self.feed {
            let help = "Since when the change feed has not been asked with success; it warns after 25 hours";
            one(to, "feed_silence_seconds", help, feed.age.num_seconds().max(0));
            let states = Sizes::default();
            for state in Silence::ALL {
                let labels = vec![("state", state.as_str().to_owned())];
                states.get_or_create(&labels).set((state == feed.silence).into());
            }
            add(to, "feed_state", "1 for what the silence of the feed means; lost is past 14 days", states);
        }
        let help = "Whether an administrator has stopped every query to VTJ";
        one(to, "queries_stopped", help, self.stopped.into());
        let help = "Findings of a first load that are not opened yet; they are in no other count";
        one(to, "queue_held_back", help, self.held_back);
    }

    fn tasks(&self, to: &mut Registry, rounds: &Rounds) {
        let instants = Instants::default();
        for (task, at) in &self.last_success {
            #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
            instants.get_or_create(&vec![("task", task.clone())]).set(at.timestamp() as f64);
        }
        add(to, "task_last_success_timestamp_seconds", "When each task last ended well", instants);
        let help = "Rounds of tasks since the process started, by outcome or class of error";
        add(to, "task_runs", help, rounds.runs.clone());
        let help = "Rows that tasks put aside or will try again, since the process started";
        add(to, "task_row_errors", help, rounds.row_errors.clone());
    }

    fn queue(&self, to: &mut Registry) {
        let queue = Sizes::default();
        for ((kind, state), count) in &self.queue {
            queue.get_or_create(&vec![("kind", kind.clone()), ("state", state.clone())]).set(*count);
        }
        add(to, "queue_items", "Findings by kind and state; both protection kinds are one", queue);
    }

    /// Schedules are named by people, and their names may hold a place: they are no label.
    fn runs(&self, to: &mut Registry) {
        let (runs, ages) = (Sizes::default(), Sizes::default());
        for (state, count, ended) in &self.runs {
            let labels = vec![("state", state.clone())];
            runs.get_or_create(&labels).set(*count);
            if let Some(ended) = ended {
                ages.get_or_create(&labels).set((self.now - *ended).num_seconds().max(0));
            }
        }
        add(to, "runs", "Runs of schedules by state, as far back as they are kept", runs);
        add(to, "run_last_ended_age_seconds", "Age of the newest run that ended in a state", ages);
        let (people, done) = self.under_way;
        one(to, "run_people", "How many people the run under way is about", people);
        one(to, "run_people_done", "How many people the run under way is done with", done);
    }

    fn people(&self, to: &mut Registry) {
        let (people, unfollowed) = (Sizes::default(), Sizes::default());
        for (state, reason, count) in &self.people {
            people.get_or_create(&vec![("state", state.clone())]).inc_by(*count);
            if let Some(reason) = reason {
                unfollowed.get_or_create(&vec![("reason", reason.clone())]).set(*count);
            }
        }
        add(to, "people", "Patrons by follow state", people);
        add(to, "people_unfollowed", "Patrons VTJ is not asked about, by reason", unfollowed);
    }
}

/// How many people the refresh under way is about, and how many it is done with.
fn under_way(open: &[OpenRun]) -> (i64, i64) {
    let running =
        open.iter().map(|open| &open.run).find(|run| run.state == "running" && run.people.is_some());
    running.map_or((0, 0), |run| (run.people.unwrap_or_default(), run.asked + run.failed + run.left_out))
}

/// What the configuration and the build say.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) observing: bool,
    pub(super) simulated_clock: bool,
    pub(super) simulated_vtj: bool,
    certificates: Vec<(&'static str, Option<i64>)>,
    /// The most single-person queries of a day and a month.
    ceilings: [(&'static str, Option<u32>); 2],
}

impl Facts {
    /// Collects them; reads the certificate files.
    pub(super) fn new(
        config: &Config,
        secrets: &SecretSources,
        now: DateTime<Utc>,
        simulated_clock: bool,
    ) -> Self {
        let query = config.vtj.query.as_ref();
        Self {
            observing: config.register.mode == RegisterMode::Observe,
            simulated_clock,
            simulated_vtj: config.vtj.addresses().next().is_some() && config.vtj.is_loopback(),
            certificates: certificates(config, secrets, now),
            ceilings: [
                ("day", query.map(|query| query.daily_ceiling)),
                ("month", query.and_then(|query| query.monthly_ceiling)),
            ],
        }
    }

    fn register(&self, to: &mut Registry) {
        let days = Sizes::default();
        for (file, left) in &self.certificates {
            if let Some(left) = left {
                days.get_or_create(&vec![("file", (*file).to_owned())]).set(*left);
            }
        }
        add(
            to,
            "certificate_days",
            "Days until a certificate towards VTJ, or that of the staff pages, ends",
            days,
        );
        let ceilings = Sizes::default();
        for (span, ceiling) in self.ceilings {
            if let Some(ceiling) = ceiling {
                ceilings.get_or_create(&vec![("span", span.to_owned())]).set(i64::from(ceiling));
            }
        }
        add(to, "queries_ceiling", "The most single-person queries of a Helsinki day and month", ceilings);
        one(
            to,
            "observation_mode",
            "1 when nothing is ever written to the patron register",
            self.observing.into(),
        );
        one(to, "simulated_clock", "1 when the time is not the real one", self.simulated_clock.into());
        one(to, "simulated_vtj", "1 when VTJ's address is on this machine", self.simulated_vtj.into());
        one(to, "schema_version", "The newest schema this program knows", known_schema());
        let build = Sizes::default();
        let labels = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("build", option_env!("AJANTASA_BUILD").unwrap_or("unversioned").to_owned()),
        ];
        build.get_or_create(&labels).set(1);
        add(to, "build_info", "The version that runs", build);
    }
}

fn add(to: &mut Registry, name: &str, help: &str, metric: impl Metric) {
    to.register(name, help, metric);
}

fn one(to: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    add(to, name, help, gauge);
}
