//! Who acts: the options `--as` and `--password-file`, and asking for a password on a terminal.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use super::{App, Code, Exit};
use crate::config::read_secret;
use crate::staff::{self, Proof, ProvedAccount};

/// The options of a command that only a proved member of staff may run.
#[derive(Debug, Clone, clap::Args)]
pub struct AsArgs {
    /// The account that acts.
    #[arg(id = "as", long = "as", value_name = "NAME")]
    pub name: String,
    /// A file with its password; otherwise it is asked for. An account bound to the calling operating-system
    /// user needs none.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

/// The options of a command that shows more to a proved member of staff.
#[derive(Debug, Clone, clap::Args)]
pub struct MaybeAsArgs {
    /// The account that looks; without one, everything is shown masked.
    #[arg(id = "as", long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// A file with its password; otherwise it is asked for. An account bound to the calling operating-system
    /// user needs none.
    #[arg(long, value_name = "FILE", requires = "as")]
    pub password_file: Option<PathBuf>,
}

impl AsArgs {
    /// Proves that the caller holds the account.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] when not, [`Code::Configuration`] when the password's file cannot be used.
    pub async fn prove(&self, app: &App) -> anyhow::Result<ProvedAccount> {
        let bound = staff::is_bound(&app.db, &*app.clock, &self.name, &app.os_user).await?;
        let (proof, hint) = match &self.password_file {
            Some(file) => (Proof::Password(read_secret(file)?), None),
            None if bound => (Proof::OsUser, None),
            None if std::io::stdin().is_terminal() => {
                (Proof::Password(ask(&format!("Password of {}: ", self.name))?), None)
            }
            // Nobody can be asked; the attempt is written down all the same.
            None => (Proof::OsUser, Some("no password was given, use --password-file FILE")),
        };
        let proved = staff::prove(&app.db, &*app.clock, &self.name, proof, &app.os_user).await;
        match hint {
            Some(hint) => proved.context(hint),
            None => Ok(proved?),
        }
    }
}

impl MaybeAsArgs {
    /// Proves that the caller holds the account, if one is named.
    ///
    /// # Errors
    /// As [`AsArgs::prove`].
    pub async fn prove(&self, app: &App) -> anyhow::Result<Option<ProvedAccount>> {
        let Some(name) = self.name.clone() else { return Ok(None) };
        AsArgs { name, password_file: self.password_file.clone() }.prove(app).await.map(Some)
    }
}

/// A new password: from a file, or asked for twice on a terminal; none when neither is there.
///
/// # Errors
/// When the file cannot be used, or the two differ.
pub fn new_password(file: Option<&Path>) -> anyhow::Result<Option<SecretString>> {
    if let Some(file) = file {
        return Ok(Some(read_secret(file)?));
    }
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let first = ask("New password, at least 12 characters: ")?;
    let second = ask("The same again: ")?;
    if first.expose_secret() != second.expose_secret() {
        return Err(Exit::new(Code::Data, "the two passwords differ; nothing was changed").into());
    }
    Ok(Some(first))
}

fn ask(prompt: &str) -> anyhow::Result<SecretString> {
    let password = rpassword::prompt_password(prompt).context("the password cannot be asked for")?;
    Ok(SecretString::from(password))
}
