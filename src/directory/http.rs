//! The HTTP client towards a directory: short deadlines, a body cap, no redirects, no proxy.

use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, DiscoveryError, HttpRequest, HttpResponse, RequestTokenError, http};

use super::DirectoryError;

/// Longest time for a connection to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest time of a whole request: a person waits.
const DEADLINE: Duration = Duration::from_secs(10);
/// Largest answer, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("{0}")]
    Unreachable(&'static str),
    #[error("{0}")]
    Misbehaves(&'static str),
}

/// An answer on its way.
type Answered<'c> = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

/// A client of one directory.
#[derive(Debug, Clone)]
pub(super) struct Http {
    client: reqwest::Client,
    is_here: bool,
}

impl Http {
    /// A client for a directory, by TLS unless it is on this machine.
    pub(super) fn new(issuer: &Url, ca_pem: Option<&[u8]>) -> Result<Self, DirectoryError> {
        let wrong = |what: &str| DirectoryError::Settings(what.to_owned());
        let is_here = issuer.scheme() == "http" && is_loopback(issuer);
        if issuer.scheme() != "https" && !is_here {
            return Err(wrong("issuer must be reached by https://"));
        }
        // The only error is that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(!is_here)
            .connect_timeout(CONNECT)
            .timeout(DEADLINE)
            .user_agent(concat!("ajantasa/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = ca_pem {
            let trusted = reqwest::Certificate::from_pem_bundle(pem).unwrap_or_default();
            if trusted.is_empty() {
                return Err(wrong("ca_file holds no certificate in PEM"));
            }
            builder = builder.tls_certs_only(trusted);
        }
        let client = builder.build().map_err(|_| wrong("ca_file holds certificates that cannot be used"))?;
        Ok(Self { client, is_here })
    }

    /// Whether an address of the directory is as safe as the directory itself.
    pub(super) fn admits(&self, address: &Url) -> bool {
        address.scheme() == "https" || (self.is_here && address.scheme() == "http" && is_loopback(address))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| HttpError::Misbehaves("one of its addresses is none"))?;
        if !self.admits(request.url()) {
            return Err(HttpError::Misbehaves("one of its addresses is without TLS"));
        }
        let mut answer = self.client.execute(request).await.map_err(|error| no_answer(&error))?;
        let mut built = http::Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            built = built.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| no_answer(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(HttpError::Misbehaves("its answer is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        built.body(body).map_err(|_| HttpError::Misbehaves("its answer is no HTTP"))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Answered<'c>;

    fn call(&'c self, request: HttpRequest) -> Answered<'c> {
        Box::pin(self.send(request))
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn no_answer(error: &reqwest::Error) -> HttpError {
    HttpError::Unreachable(if error.is_timeout() {
        "it does not answer in time"
    } else if error.is_connect() {
        "no connection; check the address, and ca_file"
    } else {
        "the connection was cut"
    })
}

fn of(error: &HttpError) -> DirectoryError {
    match error {
        HttpError::Unreachable(why) => DirectoryError::Unreachable(why),
        HttpError::Misbehaves(why) => DirectoryError::Misbehaves(why),
    }
}

/// What a failure to read the description means.
pub(super) fn of_description(error: &DiscoveryError<HttpError>) -> DirectoryError {
    match error {
        DiscoveryError::Request(error) => of(error),
        DiscoveryError::Response(status, ..) if status.is_server_error() => {
            DirectoryError::Unreachable("it answers that it has a fault")
        }
        DiscoveryError::Response(..) => DirectoryError::Misbehaves("there is no description at issuer"),
        DiscoveryError::Validation(_) => {
            DirectoryError::Misbehaves("it calls itself something else than issuer, to the letter")
        }
        _ => DirectoryError::Misbehaves("its description or its keys cannot be read"),
    }
}

/// What a failure to exchange a code means.
pub(super) fn of_token<T: openidconnect::ErrorResponse + 'static>(
    error: &RequestTokenError<HttpError, T>,
) -> DirectoryError {
    match error {
        RequestTokenError::Request(error) => of(error),
        RequestTokenError::ServerResponse(_) => DirectoryError::NotProved(
            "it does not take the code, or not from us; check client_id and the secret",
        ),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            DirectoryError::Misbehaves("its answer to the code cannot be read")
        }
    }
}
