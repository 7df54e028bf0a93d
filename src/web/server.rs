//! The listener of the staff pages.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::Web;
use super::tls::{Certificate, TlsListener};

/// The address of whoever is connected.
#[derive(Debug, Clone, Copy)]
pub struct Address(SocketAddr);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.ip().fmt(f)
    }
}

impl Connected<IncomingStream<'_, PromptListener>> for Address {
    fn connect_info(stream: IncomingStream<'_, PromptListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Address {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// A listener whose connections send without delay.
struct PromptListener(TcpListener);

impl Listener for PromptListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (mut stream, from) = Listener::accept(&mut self.0).await;
        without_delay(&mut stream);
        (stream, from)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// Sends what is written at once, rather than waiting for more to send with it.
pub(super) fn without_delay(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may wait for each other");
    }
}

/// Takes the address of the staff pages.
///
/// # Errors
/// When the port is taken or the address is not this machine's.
pub async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}; end what listens there, or change web.listen"))
}

/// Serves the pages until `closing` is cancelled and the requests under way are answered.
///
/// # Errors
/// When the listener fails.
pub async fn serve(web: Arc<Web>, listener: TcpListener, closing: CancellationToken) -> std::io::Result<()> {
    let router = super::router(web);
    axum::serve(PromptListener(listener), router.into_make_service_with_connect_info::<Address>())
        .with_graceful_shutdown(closing.cancelled_owned())
        .await
}

/// The same over TLS.
///
/// # Errors
/// When the listener fails.
pub async fn serve_over_tls(
    web: Arc<Web>,
    listener: TcpListener,
    certificate: &Certificate,
    closing: CancellationToken,
) -> std::io::Result<()> {
    let listener = TlsListener::new(listener, certificate, closing.clone());
    let router = super::router(web);
    axum::serve(listener, router.into_make_service_with_connect_info::<Address>())
        .with_graceful_shutdown(closing.cancelled_owned())
        .await
}

/// The address of a request's visitor, where the listener told it.
pub(super) fn address_of(extensions: &axum::http::Extensions) -> Option<String> {
    extensions.get::<ConnectInfo<Address>>().map(|ConnectInfo(address)| address.to_string())
}
