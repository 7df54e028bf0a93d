//! The staff pages over TLS, with a certificate of their own: hands are shaken apart from one another, and the
//! certificate can be changed while the pages are served.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::ExposeSecret as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::server::without_delay;

use crate::config::{PagesCertificate, SecretError, SecretSources};

/// How long a visitor may take to shake hands.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long is waited where the system has no more room for connections.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Why a certificate cannot be served with. Each says the key of the configuration, the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file of the certificate cannot be read.
    #[error("web.certificate_file: cannot read {file}: {}", .source.kind())]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error(
        "web.certificate_file: {0} holds no certificate in PEM; give the certificate and those between it and its authority"
    )]
    NoCertificate(String),
    /// The key cannot be had.
    #[error("web.key_file: {0}")]
    Secret(#[from] SecretError),
    /// The file of the key holds something else.
    #[error("web.key_file: {0} holds no private key that can be read; give it as PEM, without a password")]
    NoKey(String),
    /// The two do not belong together, or cannot be used.
    #[error(
        "web.key_file: {key} is not the key of the first certificate in {certificate}; put the key that the certificate was made for there"
    )]
    NotAPair {
        /// The file of the key.
        key: String,
        /// The file of the certificate.
        certificate: String,
    },
}

/// The certificate that the pages are served with. It can be read again; visitors who come later are shown the new
/// one.
#[derive(Debug)]
pub struct Certificate {
    files: PagesCertificate,
    secrets: Arc<SecretSources>,
    in_force: watch::Sender<Arc<ServerConfig>>,
}

impl Certificate {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// When one of the files cannot be used.
    pub fn read(files: PagesCertificate, secrets: Arc<SecretSources>) -> Result<Self, CertificateError> {
        let (in_force, _) = watch::channel(load(&files, &secrets)?);
        Ok(Self { files, secrets, in_force })
    }

    /// Reads both again.
    ///
    /// # Errors
    /// When one of the files cannot be used; what was in force stays.
    pub fn read_again(&self) -> Result<(), CertificateError> {
        self.in_force.send_replace(load(&self.files, &self.secrets)?);
        Ok(())
    }
}

fn load(files: &PagesCertificate, secrets: &SecretSources) -> Result<Arc<ServerConfig>, CertificateError> {
    let file = files.file.display().to_string();
    let pem = std::fs::read(&files.file)
        .map_err(|source| CertificateError::Unreadable { file: file.clone(), source })?;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().unwrap_or_default();
    if chain.is_empty() {
        return Err(CertificateError::NoCertificate(file));
    }
    let secret = files.key.read(secrets)?;
    let path = files.key.path(secrets).unwrap_or_default().display().to_string();
    let key = PrivateKeyDer::from_pem_slice(secret.expose_secret().as_bytes())
        .map_err(|_| CertificateError::NoKey(path.clone()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    // TLS 1.2 and 1.3: older ones are not in the library.
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|_| CertificateError::NotAPair { key: path, certificate: file })?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(server))
}

/// Connections on which hands have been shaken.
pub(super) struct TlsListener {
    local: io::Result<SocketAddr>,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl TlsListener {
    /// Begins to shake hands with whoever connects, each apart, so that a slow one holds up nobody.
    pub(super) fn new(listener: TcpListener, certificate: &Certificate, closing: CancellationToken) -> Self {
        let local = listener.local_addr();
        let in_force = certificate.in_force.subscribe();
        let (sender, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = closing.cancelled() => return,
                };
                let Ok((mut stream, from)) = accepted else {
                    tokio::time::sleep(NO_ROOM).await;
                    continue;
                };
                without_delay(&mut stream);
                let acceptor = TlsAcceptor::from(Arc::clone(&in_force.borrow()));
                let sender = sender.clone();
                tokio::spawn(async move {
                    // Nothing is done about a handshake that fails: the visitor has been told why.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = sender.send((stream, from)).await;
                    }
                });
            }
        });
        Self { local, ready }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The server is stopping, and nobody comes any more.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.local.as_ref().copied().map_err(|error| io::Error::from(error.kind()))
    }
}
