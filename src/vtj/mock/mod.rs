//! A simulated VTJ: a world of invented people whose log can be played, and a server that is as strict as the
//! real interface and misbehaves on request.
//!
//! It exists for tests, demonstrations and rehearsals, so it is part of the program. It listens on loopback
//! only, says in every answer that it is a simulation, and takes no identity code that could be a real
//! person's. [`model`] is the world, `play` what an entry does to it, [`load`] how it is read,
//! [`protocol`] the rules of the change interface, [`soap`] the query about one person, [`fault`] the
//! misbehaviours, `tls` the certificates, `server` the web server.

pub mod fault;
pub mod load;
pub mod model;
mod play;
pub mod protocol;
mod server;
pub mod soap;
mod tls;

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use fault::{Fault, FaultKind};
pub use load::LoadError;
pub use model::{Entry, PartsError, Person, World};
pub use tls::{CA_FILE, CLIENT_FILE, MockTls, MockTlsError, ServerCertificate};

use crate::clock::Clock;

/// What every answer's `X-Simulation` header says.
pub const SIMULATION: &str = "ajantasa simulated VTJ";

/// Entries in one answer of `muutokset` unless set otherwise. The real limit is not published.
pub const DEFAULT_PAGE_SIZE: usize = 100;

/// How long open connections may take to end when the server is stopped.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// How a simulated VTJ is run.
#[derive(Debug, Clone)]
pub struct MockSettings {
    /// The folder with the people and the log.
    pub population: PathBuf,
    /// Where to listen: a loopback address; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The user that a caller must name.
    pub username: String,
    /// The caller's password.
    pub password: SecretString,
    /// The time between two entries; without it all are played at the start.
    pub play_every: Option<Duration>,
    /// Entries in one answer of `muutokset`, at least 1.
    pub page_size: usize,
    /// Certificates, for TLS on which the client must show its own; without them plain HTTP is spoken.
    pub tls: Option<MockTls>,
    /// Whose calendar says what is still in force.
    pub clock: Arc<dyn Clock>,
}

impl MockSettings {
    /// The usual settings: user and password `demo`, a free port of 127.0.0.1, everything played at the start.
    pub fn new(population: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            population,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            username: "demo".to_owned(),
            password: SecretString::from("demo"),
            play_every: None,
            page_size: DEFAULT_PAGE_SIZE,
            tls: None,
            clock,
        }
    }
}

/// Why the simulated VTJ does not run.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// Asked to listen where others could reach it.
    #[error("the simulated VTJ listens on loopback only, not on {0}: use 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The population cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// There are no certificates for TLS.
    #[error(transparent)]
    Tls(#[from] MockTlsError),
    /// The server ended by itself.
    #[error("the simulated VTJ stopped")]
    Stopped(#[source] std::io::Error),
}

/// A simulated VTJ that is running.
#[derive(Debug)]
pub struct RunningMock {
    /// Where it listens.
    pub addr: SocketAddr,
    scheme: &'static str,
    world: Arc<Mutex<World>>,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

impl RunningMock {
    /// Reads the population, plays its log unless it is to be played bit by bit, and begins to listen.
    ///
    /// # Errors
    /// When the address is not loopback or taken, or the population cannot be used.
    pub async fn start(settings: MockSettings) -> Result<Self, MockError> {
        loopback(settings.listen)?;
        let (folder, today) = (settings.population.clone(), settings.clock.today());
        let world = tokio::task::spawn_blocking(move || World::load(&folder, today))
            .await
            .map_err(|error| MockError::Stopped(std::io::Error::other(error)))??;
        Self::start_with(world, settings).await
    }

    /// Begins to listen with a world that is there already; the folder of the settings is not read.
    ///
    /// # Errors
    /// When the address is not loopback or taken.
    pub async fn start_with(mut world: World, settings: MockSettings) -> Result<Self, MockError> {
        loopback(settings.listen)?;
        let addr = settings.listen;
        let listener = TcpListener::bind(addr).await.map_err(|source| MockError::Listen { addr, source })?;
        let addr = listener.local_addr().map_err(|source| MockError::Listen { addr, source })?;
        if settings.play_every.is_none() {
            world = tokio::task::spawn_blocking(move || {
                world.play(usize::MAX);
                world
            })
            .await
            .map_err(|error| MockError::Stopped(std::io::Error::other(error)))?;
        }
        let (world, stop) = (Arc::new(Mutex::new(world)), CancellationToken::new());
        let shared = Arc::new(server::Shared {
            world: Arc::clone(&world),
            clock: settings.clock,
            username: settings.username,
            password: settings.password,
            page_size: settings.page_size.max(1),
            faults: Mutex::default(),
            calls: Mutex::new(BTreeMap::new()),
            stop: stop.clone(),
        });
        if let Some(every) = settings.play_every {
            tokio::spawn(play_on(Arc::clone(&shared), every));
        }
        let (routes, stopped) = (server::router(shared), stop.clone().cancelled_owned());
        let (scheme, server) = match &settings.tls {
            None => {
                let serving = axum::serve(listener, routes).with_graceful_shutdown(stopped);
                ("http", tokio::spawn(serving.into_future()))
            }
            Some(tls) => {
                let listener = tls::TlsListener::new(listener, addr, tls, stop.clone());
                let serving = axum::serve(listener, routes).with_graceful_shutdown(stopped);
                ("https", tokio::spawn(serving.into_future()))
            }
        };
        Ok(Self { addr, scheme, world, stop, server })
    }

    /// The address to write before a path: `http://127.0.0.1:8310`, or with `https`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.addr)
    }

    /// The world, to look into or to play on.
    pub fn world(&self) -> Arc<Mutex<World>> {
        Arc::clone(&self.world)
    }

    /// Stops listening, and ends what is still open after a short while.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(STOP_WITHIN, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }

    /// Waits until the server ends by itself.
    async fn ended(&mut self) -> MockError {
        MockError::Stopped(match (&mut self.server).await {
            Ok(Ok(())) => std::io::Error::other("the server ended"),
            Ok(Err(error)) => error,
            Err(error) => std::io::Error::other(error),
        })
    }
}

impl Drop for RunningMock {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Runs a simulated VTJ until `shutdown` is done. To learn the port first, use [`RunningMock`].
///
/// # Errors
/// As [`RunningMock::start`], and when the server ends by itself.
pub async fn serve(settings: MockSettings, shutdown: impl Future<Output = ()>) -> Result<(), MockError> {
    let mut running = RunningMock::start(settings).await?;
    running.until(shutdown).await?;
    running.stop().await;
    Ok(())
}

impl RunningMock {
    /// Waits until `shutdown` is done; the server runs on until it is stopped.
    ///
    /// # Errors
    /// When the server ends by itself before that.
    pub async fn until(&mut self, shutdown: impl Future<Output = ()>) -> Result<(), MockError> {
        tokio::select! {
            () = shutdown => Ok(()),
            error = self.ended() => Err(error),
        }
    }
}

/// Plays one entry after another until the server stops or the log ends.
async fn play_on(shared: Arc<server::Shared>, every: Duration) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = shared.stop.cancelled() => return,
        }
        if shared.play(1).0 == 0 {
            return;
        }
    }
}

fn loopback(addr: SocketAddr) -> Result<(), MockError> {
    if addr.ip().is_loopback() { Ok(()) } else { Err(MockError::NotLoopback(addr)) }
}
