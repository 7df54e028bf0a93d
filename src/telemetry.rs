//! Log output: text on a terminal, JSON otherwise, always to standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// The environment variable that says what is logged, such as `debug` or `warn,ajantasa::task=debug`.
pub const VARIABLE: &str = "AJANTASA_LOG";

/// What is logged unless [`VARIABLE`] says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// A command that ends: what a person should look at.
    Command,
    /// A daemon: what it does, too.
    Daemon,
}

impl Verbosity {
    fn filter(self) -> &'static str {
        match self {
            Self::Command => "warn",
            Self::Daemon => "info",
        }
    }
}

/// Starts logging. Once per process; later calls change nothing.
pub fn start(verbosity: Verbosity) {
    let filter = match std::env::var(VARIABLE) {
        Ok(wanted) => EnvFilter::try_new(&wanted).unwrap_or_else(|_| {
            eprintln!("{VARIABLE} is not understood and ignored; write info, debug or warn,ajantasa=debug");
            EnvFilter::new(verbosity.filter())
        }),
        Err(_) => EnvFilter::new(verbosity.filter()),
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Fails only when logging has been started already, as in a test.
    let _ = if std::io::stderr().is_terminal() { builder.try_init() } else { builder.json().try_init() };
}
