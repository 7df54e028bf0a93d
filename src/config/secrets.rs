//! Where each secret is: an environment variable that names a file, a systemd credential, or a file.
//!
//! The first that exists is used, in that order: what the unit or the container gives overrides the file. Only
//! the place comes from the environment, never a secret itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::secret_file::{GROUP_AND_WORLD, SecretFileError, WORLD, read_with};

/// The secrets of an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretName {
    /// The master key.
    MasterKey,
    /// The password of the PostgreSQL server.
    DatabasePassword,
    /// The password of the change interface.
    ChangesPassword,
    /// The password of the single-person query.
    QueryPassword,
    /// Our certificate and its private key.
    ClientIdentity,
    /// The private key of the staff pages.
    WebKey,
    /// Our secret at the city's directory.
    DirectorySecret,
}

/// Every secret.
pub const SECRETS: [SecretName; 7] = [
    SecretName::MasterKey,
    SecretName::DatabasePassword,
    SecretName::ChangesPassword,
    SecretName::QueryPassword,
    SecretName::ClientIdentity,
    SecretName::WebKey,
    SecretName::DirectorySecret,
];

impl SecretName {
    /// The name of the systemd credential (`LoadCredential=`).
    pub fn credential(self) -> &'static str {
        match self {
            Self::MasterKey => "ajantasa.key",
            Self::DatabasePassword => "database.password",
            Self::ChangesPassword => "vtj.changes.password",
            Self::QueryPassword => "vtj.query.password",
            Self::ClientIdentity => "vtj.tls.client_identity",
            Self::WebKey => "web.key",
            Self::DirectorySecret => "web.oidc.client_secret",
        }
    }

    /// The environment variable that names a file with the secret.
    pub fn variable(self) -> &'static str {
        match self {
            Self::MasterKey => "AJANTASA_KEY_FILE",
            Self::DatabasePassword => "AJANTASA_DATABASE_PASSWORD_FILE",
            Self::ChangesPassword => "AJANTASA_VTJ_CHANGES_PASSWORD_FILE",
            Self::QueryPassword => "AJANTASA_VTJ_QUERY_PASSWORD_FILE",
            Self::ClientIdentity => "AJANTASA_VTJ_TLS_CLIENT_IDENTITY_FILE",
            Self::WebKey => "AJANTASA_WEB_KEY_FILE",
            Self::DirectorySecret => "AJANTASA_WEB_OIDC_CLIENT_SECRET_FILE",
        }
    }

    /// The configuration key that names a file with the secret.
    pub fn key(self) -> &'static str {
        match self {
            Self::MasterKey => "keys.file",
            Self::DatabasePassword => "database.password_file",
            Self::ChangesPassword => "vtj.changes.password_file",
            Self::QueryPassword => "vtj.query.password_file",
            Self::ClientIdentity => "vtj.tls.client_identity_file",
            Self::WebKey => "web.key_file",
            Self::DirectorySecret => "web.oidc.client_secret_file",
        }
    }
}

/// What the environment of the process says about secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretSources {
    /// The folder of systemd credentials (`$CREDENTIALS_DIRECTORY`).
    pub credentials: Option<PathBuf>,
    /// Files named by environment variables.
    pub named: BTreeMap<SecretName, PathBuf>,
}

impl SecretSources {
    /// Reads the environment; once, at the start.
    pub fn from_environment() -> Self {
        let file = |variable| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            credentials: file("CREDENTIALS_DIRECTORY"),
            named: SECRETS
                .into_iter()
                .filter_map(|secret| file(secret.variable()).map(|path| (secret, path)))
                .collect(),
        }
    }
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No place holds it.
    #[error("no secret is given; set `{}`, or the systemd credential `{}`", .0.key(), .0.credential())]
    Missing(SecretName),
    /// Its file cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
}

/// A secret, by the place where it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// Which secret.
    pub name: SecretName,
    /// The file that the configuration names, absolute.
    pub file: Option<PathBuf>,
}

impl SecretPlace {
    /// The file in force and the permission bits that must not be set on it.
    pub(super) fn locate(&self, sources: &SecretSources) -> Option<(PathBuf, u32)> {
        if let Some(path) = sources.named.get(&self.name) {
            return Some((path.clone(), GROUP_AND_WORLD));
        }
        let credential = sources.credentials.as_deref().map(|folder| folder.join(self.name.credential()));
        match credential.filter(|path| path.exists()) {
            Some(path) => Some((path, WORLD)),
            None => self.file.clone().map(|path| (path, GROUP_AND_WORLD)),
        }
    }

    /// The file in force: from the environment, a systemd credential, or the configuration; none when the secret
    /// is given nowhere.
    pub fn path(&self, sources: &SecretSources) -> Option<PathBuf> {
        self.locate(sources).map(|(path, _)| path)
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// When it is given nowhere, or its file is refused (see [`super::read_secret`]).
    pub fn read(&self, sources: &SecretSources) -> Result<SecretString, SecretError> {
        let (path, forbidden) = self.locate(sources).ok_or(SecretError::Missing(self.name))?;
        Ok(read_with(Path::new(&path), forbidden)?)
    }
}
