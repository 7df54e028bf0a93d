//! The three operations of the change interface that keep a register true.
//!
//! There is no subscription at VTJ: every call for changes carries the whole list of followed people and the
//! cursor. An unknown or unpermitted person is just absent from an answer.

use std::collections::BTreeMap;

use base64::Engine as _;
use chrono::{DateTime, NaiveDate, Utc};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::call::Call;
use super::error::VtjError;
use super::http::{Http, HttpLimits};
use super::tls::TlsSettings;
use super::wire::{BaseData, ChangesPage, data_groups, read_first_cursor};
use crate::identity_code::IdentityCode;
use crate::municipality::Grants;

/// Most people in one call for base data; VTJ's own limit.
pub const MOST_PEOPLE_OF_BASE_DATA: usize = 1000;

const FIRST_CURSOR: &str = "kirjausavain";
const CHANGES: &str = "muutokset";
const BASE_DATA: &str = "perustiedot";
const JSON: &str = "application/json";

/// How VTJ knows us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// `Authorization: Basic`.
    Basic,
    /// The older headers `MUTP-Tunnus` and `MUTP-Salasana`.
    MutpHeaders,
}

/// The settings of `[vtj.changes]` and `[vtj.tls]`.
#[derive(Debug, Clone)]
pub struct ChangesSettings {
    /// Address up to and with `/api/v1`.
    pub base_url: String,
    /// How VTJ knows us.
    pub auth: Auth,
    /// User name.
    pub username: String,
    /// Password.
    pub password: SecretString,
    /// The subsystem of X-Road that asks: `FI/MUN/1234567-1/kirjasto`.
    pub x_road_client: Option<String>,
    /// Headers that a gateway on the way wants, such as an API key.
    pub extra_headers: BTreeMap<String, SecretString>,
    /// Times and sizes.
    pub limits: HttpLimits,
    /// Certificates.
    pub tls: TlsSettings,
}

/// A client of the change interface.
#[derive(Debug, Clone)]
pub struct ChangesClient {
    http: Http,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ChangesClient {
    /// Builds a client.
    ///
    /// # Errors
    /// [`VtjError::Configuration`] when a setting cannot be used.
    pub fn new(settings: &ChangesSettings) -> Result<Self, VtjError> {
        let http = Http::new("vtj.changes.base_url", &settings.base_url, settings.limits, &settings.tls)?;
        Ok(Self { http, headers: headers(settings)? })
    }

    /// The cursor at the start of a day (`kirjausavain`). `now` dates a `Retry-After`.
    ///
    /// # Errors
    /// As [`VtjError`] says.
    pub async fn first_cursor(
        &self,
        date: NaiveDate,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<i64, VtjError> {
        let request = self.http.request(Method::GET, &format!("{FIRST_CURSOR}/{}", date.format("%Y-%m-%d")));
        let body = self.send(FIRST_CURSOR, request, call, now).await?;
        read_first_cursor(&body).map_err(|why| VtjError::not_an_answer(FIRST_CURSOR, &why))
    }

    /// One page of changes of the followed people after a cursor (`muutokset`), with the groups that the
    /// municipality's permit grants. Check the page with [`check_progress`] before its cursor is kept.
    ///
    /// # Errors
    /// As [`VtjError`] says; an entry that cannot be understood is part of the page and no error.
    pub async fn changes(
        &self,
        cursor: i64,
        codes: &[IdentityCode],
        asked: &Grants,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<ChangesPage, VtjError> {
        let body = serde_json::json!({ "viimeisinKirjausavain": cursor, "hetulista": list(CHANGES, codes)? });
        let body = self.post(CHANGES, &body, call, now).await?;
        ChangesPage::read(&body, asked).map_err(|why| VtjError::not_an_answer(CHANGES, &why))
    }

    /// Base data of people (`perustiedot`): exactly the groups the permit grants are asked for.
    ///
    /// # Errors
    /// As [`VtjError`] says; a person who cannot be understood is part of the answer and no error.
    pub async fn base_data(
        &self,
        codes: &[IdentityCode],
        asked: &Grants,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<BaseData, VtjError> {
        if codes.len() > MOST_PEOPLE_OF_BASE_DATA {
            let what = format!("more than {MOST_PEOPLE_OF_BASE_DATA} people");
            return Err(VtjError::BadRequest { at: BASE_DATA, what });
        }
        let body =
            serde_json::json!({ "hetulista": list(BASE_DATA, codes)?, "tietoryhmat": data_groups(asked) });
        let body = self.post(BASE_DATA, &body, call, now).await?;
        BaseData::read(&body, asked).map_err(|why| VtjError::not_an_answer(BASE_DATA, &why))
    }

    async fn post(
        &self,
        at: &'static str,
        body: &serde_json::Value,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, VtjError> {
        let request = self.http.request(Method::POST, at).body(body.to_string());
        self.send(at, request, call, now).await
    }

    async fn send(
        &self,
        at: &'static str,
        mut request: reqwest::RequestBuilder,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, VtjError> {
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let attempt = call.next_attempt();
        tracing::debug!(
            operation = at,
            disclosure.id = %call.disclosure(),
            x_road.id = %attempt,
            municipality = call.municipality().as_str(),
            "asking VTJ"
        );
        let request = request.header("X-Road-Id", attempt.to_string());
        self.http.send(at, request, &[JSON], now).await
    }
}

/// Whether a page leads on from the cursor it was asked with.
///
/// # Errors
/// [`VtjError::Malformed`] when the cursor goes back, or stands still although more is said to wait.
pub fn check_progress(old: i64, page: &ChangesPage) -> Result<(), VtjError> {
    let stuck = page.next_cursor == old && !page.up_to_date;
    if page.next_cursor >= old && !stuck {
        return Ok(());
    }
    let what = if stuck { "the cursor stands still although more waits" } else { "the cursor goes back" };
    Err(VtjError::Malformed { at: CHANGES, what: format!("{what}; the kept cursor stays") })
}

fn list<'a>(at: &'static str, codes: &'a [IdentityCode]) -> Result<Vec<&'a str>, VtjError> {
    if codes.is_empty() {
        return Err(VtjError::BadRequest { at, what: "nobody is asked about".to_owned() });
    }
    Ok(codes.iter().map(IdentityCode::expose).collect())
}

fn headers(settings: &ChangesSettings) -> Result<Vec<(HeaderName, HeaderValue)>, VtjError> {
    let (username, password) = (&settings.username, settings.password.expose_secret());
    let mut headers =
        vec![(ACCEPT, HeaderValue::from_static(JSON)), (CONTENT_TYPE, HeaderValue::from_static(JSON))];
    match settings.auth {
        Auth::Basic => {
            if username.contains(':') {
                return Err(wrong("username", "a user name must hold no colon"));
            }
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"));
            headers.push((AUTHORIZATION, secret("password", &format!("Basic {pair}"))?));
        }
        Auth::MutpHeaders => {
            headers.push((HeaderName::from_static("mutp-tunnus"), secret("username", username)?));
            headers.push((HeaderName::from_static("mutp-salasana"), secret("password", password)?));
        }
    }
    if let Some(client) = &settings.x_road_client {
        let value = HeaderValue::from_str(client)
            .map_err(|_| wrong("x_road_client", "write it as FI/MUN/1234567-1/kirjasto"))?;
        headers.push((HeaderName::from_static("x-road-client"), value));
    }
    for (name, value) in &settings.extra_headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| wrong("extra_headers", "a name is not one of an HTTP header"))?;
        if headers.iter().any(|(taken, _)| taken == name) || name == "x-road-id" {
            return Err(wrong("extra_headers", "a header is named that is sent already"));
        }
        headers.push((name, secret("extra_headers", value.expose_secret())?));
    }
    Ok(headers)
}

/// A header value that no log of the HTTP client shows.
fn secret(key: &str, text: &str) -> Result<HeaderValue, VtjError> {
    let mut value = HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| wrong(key, "it holds a character that no HTTP header can"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn wrong(key: &str, what: &str) -> VtjError {
    VtjError::Configuration { setting: format!("vtj.changes.{key}"), what: what.to_owned() }
}
