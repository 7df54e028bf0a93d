//! What only the file system can tell about a configuration.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret;

use super::model::{Config, Connector, Database};
use super::problem::Problem;
use super::secret_file::{GROUP_AND_WORLD, SecretFileError};
use super::secrets::{SecretError, SecretPlace, SecretSources};
use super::values::holds_password;

/// Looks at the files that a configuration names: secrets present and private, certificates readable, the folder
/// of the database writable. Nothing is sent anywhere and nothing is left behind.
pub fn check(config: &Config, sources: &SecretSources) -> Vec<Problem> {
    let mut found = Findings { config, problems: Vec::new() };
    found.master_key(sources);
    found.database(sources);
    if let Some(changes) = &config.vtj.changes {
        found.secret(&changes.password, sources);
    }
    if let Some(query) = &config.vtj.query {
        found.secret(&query.password, sources);
    }
    found.ca_file("vtj.tls.ca_file", config.vtj.tls.ca_file.as_deref());
    found.client_identity(sources);
    found.pages(sources);
    found.register();
    if config.municipalities.is_empty() {
        let hint = "add [[municipality]]; without one, no patron can be imported or asked about";
        found.add("municipality", "there is none", Some(hint));
    }
    found.problems
}

struct Findings<'a> {
    config: &'a Config,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    fn add(&mut self, key: &str, message: impl std::fmt::Display, hint: Option<&str>) {
        // A key that is not in the file has the line of its table.
        let table = key.rsplit_once('.').map_or(key, |(table, _)| table);
        let origins = &self.config.origins;
        self.problems.push(Problem {
            file: self.config.file.clone(),
            line: origins.line(key).or_else(|| origins.line(table)),
            message: format!("{key}: {message}"),
            hint: hint.map(str::to_owned),
        });
    }

    fn master_key(&mut self, sources: &SecretSources) {
        let place = self.config.keys.place();
        let absent = place.path(sources).is_some_and(|path| !path.exists());
        if absent {
            let message = format!("{} does not exist", self.config.keys.file.display());
            self.add("keys.file", message, Some("make it with `ajantasa keys create`"));
        } else {
            self.secret(&place, sources);
        }
    }

    fn secret(&mut self, place: &SecretPlace, sources: &SecretSources) {
        if let Err(error) = place.read(sources) {
            self.add(place.name.key(), error, None);
        }
    }

    fn database(&mut self, sources: &SecretSources) {
        match &self.config.database {
            Database::Sqlite { file } => self.sqlite(file),
            Database::Postgres { url, password } => {
                if password.path(sources).is_some() {
                    self.secret(password, sources);
                }
                let mode = fs::metadata(&self.config.file).map(|metadata| metadata.permissions().mode());
                if holds_password(url.reveal()) && mode.is_ok_and(|mode| mode & GROUP_AND_WORLD != 0) {
                    let message = "the address holds a password, and others can read this file";
                    let hint =
                        "put the password into a file of its own and name it in database.password_file";
                    self.add("database.url", message, Some(hint));
                }
            }
        }
    }

    fn sqlite(&mut self, file: &Path) {
        // The database itself is not opened: closing it would drop the locks this process holds on it.
        let read_only = fs::metadata(file).is_ok_and(|metadata| metadata.permissions().readonly());
        if file.is_dir() {
            self.add("database.url", format!("{} is a folder", file.display()), Some("name a file"));
        } else if read_only {
            self.add("database.url", format!("{} is read-only", file.display()), None);
        }
        self.writable_folder("database.url", file);
    }

    /// Tries the folder of a file with a file of another name.
    fn writable_folder(&mut self, key: &str, file: &Path) {
        let folder = file.parent().unwrap_or(Path::new("/"));
        let probe: PathBuf = folder.join(format!(".ajantasa-check-{}", std::process::id()));
        let tried = OpenOptions::new().write(true).create_new(true).open(&probe);
        match tried {
            Ok(_) => drop(fs::remove_file(&probe)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let message = format!("the folder {} does not exist", folder.display());
                self.add(key, message, Some("create it, owned by the user who runs ajantasa"));
            }
            Err(error) => {
                let message = format!("the folder {} cannot be written: {}", folder.display(), error.kind());
                self.add(key, message, Some("give it to the user who runs ajantasa"));
            }
        }
    }

    /// The certificate of the staff pages, and what is needed towards the city's directory.
    fn pages(&mut self, sources: &SecretSources) {
        let web = &self.config.web;
        if let Some(certificate) = &web.certificate {
            match fs::read(&certificate.file) {
                Err(error) => self.add(
                    "web.certificate_file",
                    format!("cannot read {}: {}", certificate.file.display(), error.kind()),
                    None,
                ),
                Ok(bytes) => {
                    if let Err(what) = certificates(&bytes) {
                        let message = format!("{} {what}", certificate.file.display());
                        let hint = "give the certificate and those between it and its authority as PEM";
                        self.add("web.certificate_file", message, Some(hint));
                    }
                }
            }
            match certificate.key.read(sources) {
                Err(error) => self.add("web.key_file", error, None),
                Ok(pem) if PrivateKeyDer::from_pem_slice(pem.expose_secret().as_bytes()).is_err() => {
                    let path = certificate.key.path(sources).unwrap_or_default();
                    let message = format!("{} holds no private key that can be read", path.display());
                    self.add("web.key_file", message, Some("give it as PEM, without a password"));
                }
                Ok(_) => {}
            }
        }
        if let Some(oidc) = &web.oidc {
            self.secret(&oidc.client_secret, sources);
            self.ca_file("web.oidc.ca_file", oidc.ca_file.as_deref());
        }
    }

    fn ca_file(&mut self, key: &str, file: Option<&Path>) {
        let Some(file) = file else { return };
        match fs::read(file) {
            Err(error) => self.add(key, format!("cannot read {}: {}", file.display(), error.kind()), None),
            Ok(bytes) => {
                if let Err(what) = certificates(&bytes) {
                    self.add(key, format!("{} {what}", file.display()), Some("give the roots as PEM"));
                }
            }
        }
    }

    fn client_identity(&mut self, sources: &SecretSources) {
        let place = &self.config.vtj.tls.client_identity;
        let Some(path) = place.path(sources) else { return };
        let key = place.name.key();
        let hint = Some("put the certificate and its private key into one PEM file");
        match place.read(sources) {
            Err(SecretError::File(error @ SecretFileError::Content { .. })) => self.add(key, error, hint),
            Err(error) => self.add(key, error, None),
            Ok(pem) => {
                let bytes = pem.expose_secret().as_bytes();
                if let Err(what) = certificates(bytes) {
                    self.add(key, format!("{} {what}", path.display()), hint);
                }
                if PrivateKeyDer::from_pem_slice(bytes).is_err() {
                    self.add(key, format!("{} holds no private key that can be read", path.display()), hint);
                }
            }
        }
    }

    fn register(&mut self) {
        let Connector::Csv(csv) = &self.config.register.connector else { return };
        if let Err(error) = fs::metadata(&csv.patron_file) {
            let message = format!("cannot read {}: {}", csv.patron_file.display(), error.kind());
            self.add("register.csv.patron_file", message, None);
        }
        self.writable_folder("register.csv.correction_file", &csv.correction_file);
    }
}

/// Whether PEM text holds certificates, all of them readable.
fn certificates(pem: &[u8]) -> Result<(), &'static str> {
    let mut count = 0_usize;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| "is not PEM")?;
        x509_parser::parse_x509_certificate(&certificate)
            .map_err(|_| "holds a certificate that cannot be read")?;
        count += 1;
    }
    if count == 0 { Err("holds no certificate in PEM") } else { Ok(()) }
}
