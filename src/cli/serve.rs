//! `serve`: the daemon.

use super::context::load_config;
use super::simulated_clock::SimulatedClockArg;
use super::{App, Code, Globals, output};
use crate::service::{self, Installation, Signals};

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    clock: SimulatedClockArg,
}

impl Serve {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let signals = Signals::catch()?;
        let App { config, secrets, db, vault, clock, os_user, .. } =
            App::open_simulated(globals, &self.clock).await?;
        let listeners = service::bind(&config, &secrets).await?;
        let (service, web) = (listeners.service.local_addr()?, listeners.web.local_addr()?);
        let scheme = if listeners.certificate.is_some() { "https" } else { "http" };
        output::text(&format!("listening on http://{service}\nstaff pages on {scheme}://{web}\n"))?;
        let installation = Installation { config, secrets, db, vault, clock, os_user };
        let reread = || {
            let config = load_config(globals)?;
            self.clock.admit(&config)?;
            Ok(config)
        };
        Box::pin(service::serve(installation, signals, listeners, reread)).await?;
        Ok(Code::Done)
    }
}
