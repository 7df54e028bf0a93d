//! What commands that work on the database start from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use nix::unistd::{User, getsid, getuid};
use secrecy::ExposeSecret as _;

use super::simulated_clock::SimulatedClockArg;
use super::{Code, Exit, Format, Globals};
use crate::audit::{self, Actor, Event};
use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config, Database, SecretSources};
use crate::schedule::CronExpression;
use crate::seal::{KeyFileError, MasterKeys, Vault};
use crate::service;
use crate::store::{Db, StoreUrl};

/// Everything a command works with.
#[derive(Debug, Clone)]
pub struct App {
    /// The configuration.
    pub config: Arc<Config>,
    /// What the environment says about secrets.
    pub secrets: Arc<SecretSources>,
    /// The database, its schema up to date.
    pub db: Db,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The operating-system user who calls.
    pub os_user: String,
    /// The session of the calling process. Approvals from one session count as one.
    pub session: i32,
    /// How results are printed.
    pub format: Format,
}

impl App {
    /// Reads the configuration and the key, and opens the database, creating it or bringing its schema up to
    /// date first.
    ///
    /// # Errors
    /// When one of them cannot be used: see [`super::exit::code_of`] for their codes.
    pub async fn open(globals: &Globals) -> anyhow::Result<Self> {
        Self::open_at(load_config(globals)?, globals, Arc::new(SystemClock)).await
    }

    /// As [`App::open`], at the time of a simulated clock if one is asked for.
    ///
    /// # Errors
    /// As [`App::open`], and when a simulated clock is asked for beside a real VTJ.
    pub async fn open_simulated(globals: &Globals, clock: &SimulatedClockArg) -> anyhow::Result<Self> {
        let config = load_config(globals)?;
        clock.admit(&config)?;
        Self::open_at(config, globals, clock.clock()).await
    }

    async fn open_at(config: Config, globals: &Globals, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let secrets = SecretSources::from_environment();
        let (_, keys) = read_keys(&config, &secrets)?;
        let db = Db::open(&store_url(&config, &secrets)?).await?;
        let app = Self {
            config: Arc::new(config),
            secrets: Arc::new(secrets),
            db,
            vault: Arc::new(Vault::new(&keys)),
            clock,
            os_user: os_user(),
            session: getsid(None).map_or(0, nix::unistd::Pid::as_raw),
            format: globals.format,
        };
        app.check_key().await?;
        Ok(app)
    }

    /// An audit event of the calling operating-system user, now.
    pub fn event(&self, action: &'static str) -> Event {
        Event::new(self.clock.now(), Actor::OsUser, &self.os_user, action)
    }

    /// What tells the session of the calling process from every other, on this machine since it started.
    pub fn session_name(&self) -> String {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        format!("{} {}", boot.trim(), self.session)
    }

    /// Refuses a key file of another installation; the first one that is used is remembered.
    async fn check_key(&self) -> anyhow::Result<()> {
        match service::key_fits(&self.db, &self.vault).await? {
            Some(true) => Ok(()),
            Some(false) => {
                let message = format!(
                    "{} is not the key file this database was used with; restore that one",
                    self.config.keys.file.display()
                );
                Err(Exit::new(Code::Configuration, message).into())
            }
            None => {
                let mut tx = self.db.begin().await?;
                service::adopt_key(&mut tx, &self.vault).await?;
                audit::record(&mut tx, &[self.event("keys.adopt")]).await?;
                Ok(tx.commit("installation.key_check").await?)
            }
        }
    }
}

/// Reads the configuration file.
///
/// # Errors
/// Every problem of it.
pub fn load_config(globals: &Globals) -> Result<Config, config::ConfigError> {
    config::load(&globals.config, check_cron)
}

/// Whether a cron wording can be used, for [`config::load`].
///
/// # Errors
/// Why not, and what to write.
pub fn check_cron(text: &str) -> Result<(), String> {
    CronExpression::parse(text).map(drop).map_err(|error| error.to_string())
}

/// Reads the master keys from where they are: the file that the environment or a systemd credential gives, or
/// that of the configuration. Returns the path, too.
///
/// # Errors
/// When there is none, or others can read it, or it is no key file.
pub fn read_keys(config: &Config, secrets: &SecretSources) -> anyhow::Result<(PathBuf, MasterKeys)> {
    let place = config.keys.place();
    let path = place.path(secrets).unwrap_or_else(|| config.keys.file.clone());
    if !path.exists() {
        return Err(KeyFileError::Missing(path).into());
    }
    let text = place.read(secrets).context("the master key cannot be read")?;
    let keys = MasterKeys::parse(&path, text.expose_secret())?;
    Ok((path, keys))
}

/// Where the store finds the database, its password included.
///
/// # Errors
/// When the password's file cannot be used.
pub fn store_url(config: &Config, secrets: &SecretSources) -> anyhow::Result<StoreUrl> {
    match &config.database {
        Database::Sqlite { file } => Ok(StoreUrl::Sqlite(file.clone())),
        Database::Postgres { url, password } => {
            let mut url = url.reveal().to_owned();
            if password.path(secrets).is_some() {
                let password = password.read(secrets).context("the database's password cannot be read")?;
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str("password=");
                url.push_str(&escaped(password.expose_secret()));
            }
            Ok(StoreUrl::parse(&url)?)
        }
    }
}

/// The name of the operating-system user who calls, or the number of one without a name.
pub fn os_user() -> String {
    let uid = getuid();
    match User::from_uid(uid) {
        Ok(Some(user)) => user.name,
        Ok(None) | Err(_) => format!("uid {uid}"),
    }
}

/// Whether a path is the same file as another, or would be.
pub fn same_path(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// A value as it stands in the query of a URL.
fn escaped(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_password_stays_itself_in_a_url() {
        assert_eq!(escaped("aZ0&= %+/ä"), "aZ0%26%3D%20%25%2B%2F%C3%A4");
    }
}
