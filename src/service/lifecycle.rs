//! The daemon's life: start, signals, reading the configuration again, and the way out.
//!
//! | signal | what happens |
//! |---|---|
//! | SIGTERM, SIGINT | no task is started any more, the running one stops at its next commit; then the process ends. A second one ends it at once |
//! | SIGHUP | the configuration and the certificate of the staff pages are read again; wrong ones are reported and the old ones stay |
//! | SIGKILL | nothing is lost: what was begun is taken up at the next start |

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::http::{self, Page};
use super::metrics::Rounds;
use super::notices;
use crate::clock::Clock;
use crate::config::{Config, SecretSources};
use crate::planning;
use crate::scheduler::{self, Observer, Plan};
use crate::seal::Vault;
use crate::store::Db;
use crate::task::{Report, Task, TaskError};
use crate::web;

/// How long the running task has to come to its next commit. The process ends within 30 seconds of the signal.
const DRAIN: Duration = Duration::from_secs(25);

/// How often what was written is copied into the database file: seldom, for while the disk does so others wait for it.
const COPY_BACK_EVERY: Duration = Duration::from_secs(10);

/// How long open connections of the service page have to end.
const CLOSE: Duration = Duration::from_secs(2);

/// What the daemon is made of.
#[derive(Debug)]
pub struct Installation {
    /// The configuration in force.
    pub config: Arc<Config>,
    /// What the environment says about secrets.
    pub secrets: Arc<SecretSources>,
    /// The database, its schema up to date.
    pub db: Db,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The operating-system user of the process.
    pub os_user: String,
}

/// The addresses that a daemon has taken.
#[derive(Debug)]
pub struct Listeners {
    /// Of the service page.
    pub service: TcpListener,
    /// Of the staff pages.
    pub web: TcpListener,
    /// What the staff pages are served with, where they speak TLS.
    pub certificate: Option<Arc<web::Certificate>>,
}

/// Takes the addresses of the service page and of the staff pages, and reads the certificate of these.
///
/// # Errors
/// When the certificate cannot be used, a port is taken or an address is not this machine's.
pub async fn bind(config: &Config, secrets: &Arc<SecretSources>) -> anyhow::Result<Listeners> {
    let certificate = match &config.web.certificate {
        Some(files) => Some(Arc::new(web::Certificate::read(files.clone(), Arc::clone(secrets))?)),
        None => None,
    };
    let listen = config.service.listen;
    let service = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; end what listens there, or change service.listen")
    })?;
    let web = web::bind(config.web.listener.listen).await?;
    Ok(Listeners { service, web, certificate })
}

/// Keeps the write-ahead log short.
async fn copy_back(db: Db, stop: CancellationToken) {
    let mut times = tokio::time::interval(COPY_BACK_EVERY);
    while stop.run_until_cancelled(times.tick()).await.is_some() {
        if let Err(error) = db.copy_back().await {
            tracing::warn!(%error, "the write-ahead log cannot be copied into the database file now");
        }
    }
}

/// Runs until a signal ends it. `reread` reads the configuration again.
///
/// # Errors
/// When the start fails, or something that should run on ends by itself.
pub async fn serve(
    installation: Installation,
    signals: Signals,
    listeners: Listeners,
    reread: impl Fn() -> anyhow::Result<Config>,
) -> anyhow::Result<()> {
    let Signals { mut ends, mut hangup } = signals;
    let stop = CancellationToken::new();
    let plan = plan(&installation, &installation.config, &stop).await?;
    let (plans, plan_changes) = watch::channel(Arc::new(plan));
    let (configs, config_changes) = watch::channel(Arc::clone(&installation.config));
    let rounds = Rounds::default();
    announce(&installation);
    let page = Arc::new(Page {
        plans: plan_changes.clone(),
        config: config_changes,
        secrets: Arc::clone(&installation.secrets),
        rounds: rounds.clone(),
        draining: stop.clone(),
        numbers: Mutex::new(None),
    });
    let closing = CancellationToken::new();
    let server = axum::serve(listeners.service, http::router(page))
        .with_graceful_shutdown(closing.clone().cancelled_owned())
        .into_future();
    let server = tokio::spawn(server);
    let pages =
        web::Web::new(plan_changes.clone(), web_settings(&installation.config, &installation.secrets)?);
    let certificate = listeners.certificate;
    let pages = serve_pages(Arc::new(pages), listeners.web, certificate.clone(), closing.clone());
    let pages = tokio::spawn(pages);
    tokio::spawn(notices::watch(plan_changes.clone(), stop.clone()));
    tokio::spawn(copy_back(installation.db.clone(), stop.clone()));
    let watch = Watch { rounds };
    let mut tasks = std::pin::pin!(scheduler::run(plan_changes, &watch, &stop));
    notify(&[NotifyState::Ready, NotifyState::Status("waiting for the next schedule")]);
    let mut beat = beat();
    let ended = loop {
        tokio::select! {
            _ = beat.tick() => notify(&[NotifyState::Watchdog]),
            () = &mut tasks => break true,
            () = ends.next() => break false,
            _ = hangup.recv() => match reload(&installation, &reread, &stop, &configs).await {
                Ok(plan) => {
                    plans.send_replace(Arc::new(plan));
                    renew(certificate.as_deref());
                }
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(error, "the configuration cannot be used; the old one stays in force");
                }
            },
        }
    };
    stop.cancel();
    notify(&[NotifyState::Stopping, NotifyState::Status("ending")]);
    if !ended {
        drain(tasks, &mut ends).await;
    }
    closing.cancel();
    // Whoever still reads a page is cut off.
    let _ = tokio::time::timeout(CLOSE, server).await;
    let _ = tokio::time::timeout(CLOSE, pages).await;
    let _ = tokio::time::timeout(CLOSE, installation.db.close()).await;
    tracing::info!("ended");
    if ended { Err(anyhow::anyhow!("the scheduler ended by itself")) } else { Ok(()) }
}

/// Serves the staff pages, over TLS where there is a certificate.
async fn serve_pages(
    pages: Arc<web::Web>,
    listener: TcpListener,
    certificate: Option<Arc<web::Certificate>>,
    closing: CancellationToken,
) -> std::io::Result<()> {
    match certificate {
        Some(certificate) => web::serve_over_tls(pages, listener, &certificate, closing).await,
        None => web::serve(pages, listener, closing).await,
    }
}

/// Reads the certificate of the staff pages again.
fn renew(certificate: Option<&web::Certificate>) {
    match certificate.map(web::Certificate::read_again) {
        Some(Ok(())) => tracing::info!("the certificate of the staff pages has been read again"),
        Some(Err(error)) => {
            let error = error.to_string();
            tracing::error!(error, "the certificate of the staff pages cannot be used; the old one stays");
        }
        None => {}
    }
}

/// What the staff pages know of the configuration.
#[cfg_attr(
    not(feature = "oidc"),
    expect(clippy::unnecessary_wraps, reason = "only a directory can fail to be set up")
)]
fn web_settings(config: &Config, secrets: &SecretSources) -> anyhow::Result<web::Settings> {
    Ok(web::Settings {
        #[cfg(feature = "oidc")]
        directory: super::directory::way(config, secrets)?.map(Arc::new),
        origin: config.web.origin.clone(),
        is_tls: config.web.certificate.is_some(),
        feedback: config.web.feedback.clone(),
        certificates: Some(Arc::new((config.clone(), secrets.clone()))),
        is_demo: false,
        is_second_factor_off: false,
        is_simulated: config.vtj.is_loopback(),
        practice: None,
    })
}

/// Waits for the running task to come to its next commit.
async fn drain(tasks: impl Future<Output = ()>, ends: &mut Ends) {
    tracing::info!("ending: no task is started any more");
    let in_time = tokio::select! {
        ended = tokio::time::timeout(DRAIN, tasks) => ended.is_ok(),
        () = ends.next() => false,
    };
    if !in_time {
        tracing::warn!(
            "the running task is cut off; what it had not committed is done again at the next start"
        );
    }
}

fn wait_for(kind: SignalKind) -> anyhow::Result<Signal> {
    signal(kind).context("cannot wait for signals")
}

/// The signals the daemon listens to. Until they are caught, each of them ends the process at once.
#[derive(Debug)]
pub struct Signals {
    ends: Ends,
    hangup: Signal,
}

impl Signals {
    /// Catches them; before anybody is told that the daemon listens.
    ///
    /// # Errors
    /// When the system does not let them be caught.
    pub fn catch() -> anyhow::Result<Self> {
        let ends = Ends {
            terminate: wait_for(SignalKind::terminate())?,
            interrupt: wait_for(SignalKind::interrupt())?,
        };
        Ok(Self { ends, hangup: wait_for(SignalKind::hangup())? })
    }
}

/// The signals that end the process.
#[derive(Debug)]
struct Ends {
    terminate: Signal,
    interrupt: Signal,
}

impl Ends {
    /// Waits for one.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Reads the configuration again and makes a plan from it.
async fn reload(
    installation: &Installation,
    reread: &impl Fn() -> anyhow::Result<Config>,
    stop: &CancellationToken,
    configs: &watch::Sender<Arc<Config>>,
) -> anyhow::Result<Plan> {
    let config = reread()?;
    let before = &installation.config;
    for (key, same) in [
        ("database", config.database == before.database),
        ("keys", config.keys == before.keys),
        ("service", config.service == before.service),
        ("web", config.web == before.web),
    ] {
        if !same {
            tracing::warn!("[{key}] has changed, which takes effect when the daemon is started again");
        }
    }
    let plan = plan(installation, &config, stop).await?;
    configs.send_replace(Arc::new(config));
    tracing::info!("the configuration has been read again");
    Ok(plan)
}

/// Puts a configuration into force: the records of its schedules say what it says.
async fn plan(
    installation: &Installation,
    config: &Config,
    stop: &CancellationToken,
) -> anyhow::Result<Plan> {
    let Installation { secrets, db, vault, clock, os_user, .. } = installation;
    let mut context = super::context(config, secrets, db, vault, clock, os_user)?;
    context.stop = stop.clone();
    let synced = planning::sync(db, &**clock, os_user, &config.schedules).await?;
    for name in &synced.clashes {
        tracing::warn!("{}", planning::clash_message(name));
    }
    Ok(Plan { context })
}

/// Says what is unlike an ordinary installation.
fn announce(installation: &Installation) {
    let config = &installation.config;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = installation.db.kind(),
        schedules = config.schedules.iter().filter(|entry| entry.definition.enabled).count(),
        "started"
    );
    if config.register.mode == crate::config::RegisterMode::Observe {
        tracing::warn!("observation mode: nothing is written to the patron register");
    }
    if let Some(notice) = installation.clock.notice() {
        tracing::warn!("{notice}");
    }
    if config.vtj.changes.is_none() {
        tracing::warn!("[vtj.changes] is not configured: nothing can be fetched or refreshed");
    } else if config.vtj.is_loopback() {
        tracing::warn!("VTJ's address is on this machine: it may be a simulation");
    }
}

/// Counts rounds, and tells the service manager what is going on.
struct Watch {
    rounds: Rounds,
}

impl Observer for Watch {
    fn starts(&self, task: Task) {
        notify(&[NotifyState::Status(&format!("doing {}", task.as_str()))]);
    }

    fn ended(&self, task: Task, result: &Result<Report, TaskError>) {
        self.rounds.count(task, result);
        let how = if result.is_ok() { "ended well" } else { "stopped before its end" };
        notify(&[NotifyState::Status(&format!("{} {how}; waiting for the next schedule", task.as_str()))]);
    }
}

/// Half the time after which the service manager would take us for hung; without one, a beat that does no
/// harm.
fn beat() -> tokio::time::Interval {
    let every = sd_notify::watchdog_enabled().map_or(Duration::from_mins(1), |limit| limit / 2);
    let mut beat = tokio::time::interval(every.max(Duration::from_millis(100)));
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    beat
}

/// Tells the service manager, if there is one.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(error = %error, "the service manager cannot be told");
    }
}
