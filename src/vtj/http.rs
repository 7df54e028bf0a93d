//! The HTTP client of the VTJ interfaces: one deadline, a body cap, no redirects, no proxy.
//!
//! The only place where a client is built. `http` is admitted for loopback alone. An answer is handed on
//! only with status 200 and the content type asked for; everything else becomes a [`VtjError`].

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode, Url};

use super::error::VtjError;
use super::tls::{self, TlsSettings};

/// Times and sizes of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Longest time for a connection to come about.
    pub connect_timeout: Duration,
    /// Longest time from connecting to the last byte of the answer. Answers of 25 seconds are normal.
    pub deadline: Duration,
    /// Largest answer in bytes; base data of a thousand people has some five million.
    pub max_body_bytes: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            deadline: Duration::from_mins(1),
            max_body_bytes: 16 * 1024 * 1024,
        }
    }
}

/// A client for one base address.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    /// The address as it was given.
    whole: Url,
    base: String,
    limits: HttpLimits,
}

/// An answer of any status, read to its end.
pub(super) struct Exchange {
    /// The HTTP status.
    pub status: u16,
    /// `charset` of the content type.
    pub charset: Option<String>,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

impl Http {
    /// Builds a client for the address in a setting such as `vtj.changes.base_url`.
    ///
    /// # Errors
    /// [`VtjError::Configuration`] when the address or the certificates cannot be used.
    pub fn new(
        setting: &'static str,
        base_url: &str,
        limits: HttpLimits,
        tls: &TlsSettings,
    ) -> Result<Self, VtjError> {
        let wrong =
            |what: &str| VtjError::Configuration { setting: setting.to_owned(), what: what.to_owned() };
        let url =
            Url::parse(base_url).map_err(|_| wrong("it is not an address such as https://host/path"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("an address must hold no user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("an address must end with its path, without ? or #"));
        }
        match url.scheme() {
            "https" if tls.ca_pem.is_none() => {
                let what =
                    "https needs a file of trusted certificates: the security server's own, or DVV's root";
                return Err(tls::wrong("ca_file", what));
            }
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(wrong("http is admitted for this machine only; write https")),
            _ => return Err(wrong("an address starts with https://")),
        }
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(url.scheme() == "https")
            .connect_timeout(limits.connect_timeout)
            .timeout(limits.deadline)
            .user_agent(concat!("ajantasa/", env!("CARGO_PKG_VERSION")));
        let client = tls::apply(builder, tls)?
            .build()
            .map_err(|_| tls::wrong("client_identity_file", "the certificate and the key cannot be used"))?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { client, whole: url, base, limits })
    }

    /// A request to a path below the base address.
    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}/{path}", self.base))
    }

    /// Sends a request and reads the whole answer of one of the content types.
    pub(super) async fn send(
        &self,
        at: &'static str,
        request: reqwest::RequestBuilder,
        content_types: &[&str],
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, VtjError> {
        let response = request.send().await.map_err(|error| self.no_answer(at, &error))?;
        classify(at, response.status(), response.headers(), now)?;
        check_content_type(at, response.headers(), content_types)?;
        self.body(at, response).await
    }

    /// A request to the address itself.
    pub(super) fn request_here(&self, method: reqwest::Method) -> reqwest::RequestBuilder {
        self.client.request(method, self.whole.clone())
    }

    /// Sends a request and reads the whole answer, of whatever status: where a fault stands in the body, the
    /// status says little.
    pub(super) async fn exchange(
        &self,
        at: &'static str,
        request: reqwest::RequestBuilder,
        now: DateTime<Utc>,
    ) -> Result<Exchange, VtjError> {
        let response = request.send().await.map_err(|error| self.no_answer(at, &error))?;
        let status = response.status().as_u16();
        let charset = charset(response.headers());
        let retry_after = retry_after(response.headers(), now);
        let body = self.body(at, response).await?;
        Ok(Exchange { status, charset, retry_after, body })
    }

    async fn body(&self, at: &'static str, mut response: Response) -> Result<Vec<u8>, VtjError> {
        let limit = self.limits.max_body_bytes;
        let too_large = || VtjError::Malformed { at, what: format!("it is larger than {limit} bytes") };
        let announced = response.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |announced| announced > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(at, &error))? {
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// What a failure below HTTP means.
    fn no_answer(&self, at: &'static str, error: &reqwest::Error) -> VtjError {
        if let Some(what) = tls::failure(error) {
            return VtjError::Tls { at, what: what.to_owned() };
        }
        if error.is_connect() {
            let what = if error.is_timeout() {
                format!("no connection within {:?}", self.limits.connect_timeout)
            } else {
                "no connection".to_owned()
            };
            return VtjError::NotReached { at, what };
        }
        let what = if error.is_timeout() {
            format!("no whole answer within {:?}", self.limits.deadline)
        } else {
            "the connection was cut".to_owned()
        };
        VtjError::Unavailable { at, what, retry_after: None }
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a status means. `X-Road-Error` is there only when the fault lies in X-Road and not with VTJ.
fn classify(
    at: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    now: DateTime<Utc>,
) -> Result<(), VtjError> {
    let retry_after = retry_after(headers, now);
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(VtjError::Throttled { at, retry_after });
    }
    if let Some(fault) = headers.get("x-road-error") {
        return Err(x_road_fault(at, fault.to_str().unwrap_or_default(), retry_after));
    }
    let code = status.as_u16();
    match code {
        200 => Ok(()),
        401 | 403 => Err(VtjError::Refused {
            at,
            what: format!("status {code}; check user name, password and the permit for this interface"),
        }),
        300..=399 => Err(VtjError::Malformed {
            at,
            what: format!("it is a redirect (status {code}), which is never followed; check the address"),
        }),
        408 | 500..=599 => Err(VtjError::Unavailable { at, what: format!("status {code}"), retry_after }),
        400..=499 => Err(VtjError::BadRequest { at, what: format!("status {code}") }),
        _ => Err(VtjError::Malformed { at, what: format!("its status is {code}") }),
    }
}

/// A fault of the message bus. Faults of the client, and denied access wherever it was denied, do not go
/// away by themselves.
fn x_road_fault(at: &'static str, fault: &str, retry_after: Option<Duration>) -> VtjError {
    let words: Vec<String> = fault.split('.').take(LONGEST_FAULT).map(letters).collect();
    let name = words.join(".");
    if name.starts_with("Client") || words.iter().any(|word| word == "AccessDenied") {
        let what = format!("X-Road fault {name}; check x_road_client and the permit of the subsystem");
        return VtjError::Refused { at, what };
    }
    VtjError::Unavailable { at, what: format!("X-Road fault {name}"), retry_after }
}

/// Parts of an X-Road fault that are repeated, such as `Server.ServerProxy.ServiceFailed`.
const LONGEST_FAULT: usize = 4;

/// The letters of a word that came from outside, at most forty.
fn letters(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphabetic).take(40).collect()
}

/// `Retry-After` in seconds or as a date of HTTP.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(text).ok()?;
    Some((at.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

/// `charset` of the content type.
fn charset(headers: &HeaderMap) -> Option<String> {
    let stated = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let parameters = stated.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned())
}

fn check_content_type(at: &'static str, headers: &HeaderMap, admitted: &[&str]) -> Result<(), VtjError> {
    let stated = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = stated.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if admitted.contains(&kind.as_str()) {
        return Ok(());
    }
    let what = match kind.as_str() {
        "" => format!("it has no content type, where {} was to be", admitted.join(" or ")),
        "text/html" => "it is a web page; check the address".to_owned(),
        _ => format!("its content type is not {}", admitted.join(" or ")),
    };
    Err(VtjError::Malformed { at, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_admitted_only_if_it_is_safe() {
        let build = |url: &str| {
            Http::new("vtj.changes.base_url", url, HttpLimits::default(), &TlsSettings::default())
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        assert_eq!(build("http://127.0.0.1:8310/api/v1/"), Ok(()));
        assert_eq!(build("http://[::1]:8310"), Ok(()));
        assert_eq!(build("http://localhost"), Ok(()));
        for (url, word) in [
            ("http://192.0.2.1/", "this machine only"),
            ("http://localhost.example/", "this machine only"),
            ("https://user:secret@host/", "no user name"),
            ("https://host/", "vtj.tls.ca_file"),
            ("ftp://host/", "https://"),
            ("http://127.0.0.1/?a=b", "without ?"),
            ("host", "not an address"),
        ] {
            let error = build(url).unwrap_err();
            assert!(error.contains(word) && !error.contains("secret"), "{url}: {error}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
        for (text, wait) in [
            ("7", Some(7)),
            ("Sat, 21 Nov 2026 10:00:09 GMT", Some(9)),
            ("Sat, 21 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), wait.map(Duration::from_secs), "{text}");
        }
    }
}
