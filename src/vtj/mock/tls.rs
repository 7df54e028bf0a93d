//! TLS of the simulated VTJ: certificates it makes for itself, and connections that must show one.
//!
//! Everything is signed by an authority whose key is forgotten at once, so that nothing else can ever be
//! signed by it. The certificates are valid from 2020 to 2119, whatever day a simulated clock shows.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::super::tls::{TlsSettings, install_provider};

/// The authority's certificate: what a client is to trust.
pub const CA_FILE: &str = "ca.pem";
/// The client's certificate and key, in one file.
pub const CLIENT_FILE: &str = "client-identity.pem";
/// The server's own certificate and key, in one file.
const SERVER_FILE: &str = "server.pem";

/// The names under which the server is reached.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// How long a client may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The certificate that the server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerCertificate {
    /// Valid, for this host.
    Right,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// For another host.
    OtherHost,
}

/// Certificates of a simulated VTJ and its client.
#[derive(Clone)]
pub struct MockTls {
    /// The authority's certificate in PEM (`vtj.tls.ca_file`).
    pub ca_pem: Vec<u8>,
    /// The client's certificate and key in PEM (`vtj.tls.client_identity_file`).
    pub client_identity_pem: SecretString,
    server: Arc<ServerConfig>,
}

impl std::fmt::Debug for MockTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MockTls").finish_non_exhaustive()
    }
}

/// Why there are no certificates to serve with.
#[derive(Debug, thiserror::Error)]
pub enum MockTlsError {
    /// A file cannot be read or written.
    #[error("cannot read or write {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Some of the files are there, others are not.
    #[error("{} is there, {} is not: remove what is left of them, and all are made anew", there.display(), missing.display())]
    Incomplete {
        /// One that is there.
        there: PathBuf,
        /// One that is not.
        missing: PathBuf,
    },
    /// A file does not hold what it should.
    #[error("{file} does not hold {what}: remove the three files, and all are made anew")]
    Content {
        /// The file's name.
        file: &'static str,
        /// What is missing in it.
        what: &'static str,
    },
    /// A certificate cannot be made.
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
}

/// Three texts in PEM: authority, server with key, client with key.
struct Pems {
    ca: String,
    server: SecretString,
    client: SecretString,
}

impl MockTls {
    /// Makes certificates, kept in memory only.
    ///
    /// # Errors
    /// When a certificate cannot be made.
    pub fn make(kind: ServerCertificate) -> Result<Self, MockTlsError> {
        Self::of(make(kind)?)
    }

    /// Takes the certificates of a folder; where there are none, makes them, the keys readable by their
    /// owner alone.
    ///
    /// # Errors
    /// When the files cannot be read, written or used, or some are missing.
    pub fn in_folder(folder: &Path) -> Result<Self, MockTlsError> {
        let files = [CA_FILE, SERVER_FILE, CLIENT_FILE].map(|name| folder.join(name));
        let there = files.iter().find(|file| file.exists());
        let missing = files.iter().find(|file| !file.exists());
        let pems = match (there, missing) {
            (Some(there), Some(missing)) => {
                let (there, missing) = (there.clone(), missing.clone());
                return Err(MockTlsError::Incomplete { there, missing });
            }
            (_, None) => {
                let [ca, server, client] = files.map(|file| read(&file));
                Pems { ca: ca?, server: server?.into(), client: client?.into() }
            }
            (None, Some(_)) => {
                let pems = make(ServerCertificate::Right)?;
                std::fs::create_dir_all(folder)
                    .map_err(|source| MockTlsError::File { file: folder.to_owned(), source })?;
                write(&files[0], &pems.ca, 0o644)?;
                write(&files[1], pems.server.expose_secret(), 0o600)?;
                write(&files[2], pems.client.expose_secret(), 0o600)?;
                pems
            }
        };
        Self::of(pems)
    }

    /// What a client of this server is configured with.
    pub fn client(&self) -> TlsSettings {
        TlsSettings {
            ca_pem: Some(self.ca_pem.clone()),
            client_identity_pem: Some(self.client_identity_pem.clone()),
        }
    }

    fn of(pems: Pems) -> Result<Self, MockTlsError> {
        install_provider();
        let wrong = |file, what| MockTlsError::Content { file, what };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&pems.ca) {
            roots.add(certificate).map_err(|_| wrong(CA_FILE, "an authority's certificate"))?;
        }
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
        let verifier = verifier.map_err(|_| wrong(CA_FILE, "an authority's certificate"))?;
        let pem = pems.server.expose_secret();
        let key =
            PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| wrong(SERVER_FILE, "a private key"))?;
        let mut server = ServerConfig::builder()
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates(pem), key)
            .map_err(|_| wrong(SERVER_FILE, "a certificate and its private key"))?;
        server.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { ca_pem: pems.ca.into_bytes(), client_identity_pem: pems.client, server: Arc::new(server) })
    }
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).filter_map(Result::ok).collect()
}

fn make(kind: ServerCertificate) -> Result<Pems, MockTlsError> {
    let mut authority = named(Vec::new(), "Simulated authority")?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let ca = authority.self_signed(&key)?.pem();
    let issuer = Issuer::new(authority, key);
    let issue = |mut params: CertificateParams, purpose| -> Result<SecretString, MockTlsError> {
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(format!("{}{}", certificate.pem(), key.serialize_pem()).into())
    };
    let hosts = match kind {
        ServerCertificate::OtherHost => vec!["security-server.example".to_owned()],
        _ => HOSTS.map(str::to_owned).to_vec(),
    };
    let mut server = named(hosts, "Simulated VTJ")?;
    match kind {
        ServerCertificate::Right | ServerCertificate::OtherHost => {}
        ServerCertificate::Expired => server.not_after = date_time_ymd(2021, 1, 1),
        ServerCertificate::NotYetValid => server.not_before = date_time_ymd(2119, 1, 1),
    }
    let client = named(Vec::new(), "Client of the simulated VTJ")?;
    Ok(Pems {
        ca,
        server: issue(server, ExtendedKeyUsagePurpose::ServerAuth)?,
        client: issue(client, ExtendedKeyUsagePurpose::ClientAuth)?,
    })
}

fn named(hosts: Vec<String>, name: &str) -> Result<CertificateParams, MockTlsError> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    Ok(params)
}

fn read(file: &Path) -> Result<String, MockTlsError> {
    std::fs::read_to_string(file).map_err(|source| MockTlsError::File { file: file.to_owned(), source })
}

fn write(file: &Path, text: &str, mode: u32) -> Result<(), MockTlsError> {
    let created = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let written = created.and_then(|mut open| open.write_all(text.as_bytes()));
    written.map_err(|source| MockTlsError::File { file: file.to_owned(), source })
}

/// Connections on which both sides have shown a certificate.
pub(super) struct TlsListener {
    addr: SocketAddr,
    ready: mpsc::Receiver<TlsStream<TcpStream>>,
}

impl TlsListener {
    /// Begins to shake hands with whoever connects, each apart, so that a slow one holds up nobody.
    pub(super) fn new(
        listener: TcpListener,
        addr: SocketAddr,
        tls: &MockTls,
        stop: CancellationToken,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::clone(&tls.server));
        let (sender, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = stop.cancelled() => return,
                };
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    // Nothing is done about a handshake that fails: the client has been told why.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = sender.send(stream).await;
                    }
                });
            }
        });
        Self { addr, ready }
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(stream) => (stream, self.addr),
            // The server is stopping, and nobody comes any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        Ok(self.addr)
    }
}
