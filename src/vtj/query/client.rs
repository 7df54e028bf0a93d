//! Asking: one attempt of one query, and its answer.

use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use uuid::Uuid;

use super::answer::QueryAnswer;
use super::codes::AT;
use super::end_user::EndUser;
use super::message::Wrapper;
use super::outcome::{self, Asked};
use super::reader::{self, Limits};
use super::request::{self, Question};
use super::settings::{MOST_BYTES, QuerySettings, Way};
use crate::identity_code::IdentityCode;
use crate::municipality::Grants;
use crate::vtj::call::Call;
use crate::vtj::error::VtjError;
use crate::vtj::http::{Http, HttpLimits};
use crate::vtj::rate::Rate;

/// A client of the single-person query. Clones share the connections and the limit on their rate.
#[derive(Debug, Clone)]
pub struct QueryClient {
    http: Http,
    settings: QuerySettings,
    limits: Limits,
    rate: Rate,
}

impl QueryClient {
    /// Builds a client.
    ///
    /// # Errors
    /// [`VtjError::Configuration`] when a setting cannot be used.
    pub fn new(settings: &QuerySettings) -> Result<Self, VtjError> {
        let needed = [("product", &settings.product), ("username", &settings.username)];
        if let Some((key, _)) = needed.iter().find(|(_, value)| value.trim().is_empty()) {
            let what = "it must not be empty".to_owned();
            return Err(VtjError::Configuration { setting: format!("vtj.query.{key}"), what });
        }
        let limits = Limits { bytes: settings.limits.max_body_bytes.min(MOST_BYTES), ..Limits::default() };
        let of_http = HttpLimits { max_body_bytes: limits.bytes, ..settings.limits };
        Ok(Self {
            http: Http::new("vtj.query.url", &settings.url, of_http, &settings.tls)?,
            settings: settings.clone(),
            limits,
            rate: Rate::per_second(settings.requests_per_second),
        })
    }

    /// One attempt: waits for its turn, asks about the person with this code, reads and judges the answer. Of
    /// what VTJ describes, only the granted groups are kept. `now` dates a `Retry-After`.
    ///
    /// The attempt is counted on the call when its turn has come, and has the id of that attempt as the id of
    /// its message; the row in the disclosure log is its `issue`.
    ///
    /// # Errors
    /// As [`VtjError`] says; an unknown return code is never an answer.
    pub async fn ask(
        &self,
        code: &IdentityCode,
        end_user: &EndUser,
        grants: &Grants,
        call: &Call,
        now: DateTime<Utc>,
    ) -> Result<QueryAnswer, VtjError> {
        self.rate.wait().await;
        let question =
            Question { code, end_user, disclosure: call.disclosure(), message_id: call.next_attempt() };
        tracing::debug!(
            operation = AT,
            disclosure.id = %question.disclosure,
            x_road.id = %question.message_id,
            municipality = call.municipality().as_str(),
            "asking VTJ about one person"
        );
        let body = request::write(&self.settings, &question);
        let request = self
            .http
            .request_here(Method::POST)
            .header(CONTENT_TYPE, "text/xml; charset=UTF-8")
            .header("SOAPAction", request::soap_action(&self.settings.way))
            .body(body.to_vec());
        let answer = self.http.exchange(AT, request, now).await?;
        let charset = answer.charset.as_deref();
        if answer.status != 200 {
            let read = reader::read(&answer.body, charset, &self.limits);
            return Err(outcome::with_status(answer.status, read, answer.retry_after));
        }
        let message_id = question.message_id;
        judge(&answer.body, charset, &self.limits, &self.settings, (code, grants, message_id))
    }
}

/// Reads and judges the bytes of an answer with HTTP status 200, as [`QueryClient::ask`] does, without a
/// network: for recorded messages. `charset` is the one of the content type.
///
/// # Errors
/// As [`QueryClient::ask`].
pub fn read_answer(
    body: &[u8],
    charset: Option<&str>,
    settings: &QuerySettings,
    code: &IdentityCode,
    grants: &Grants,
    message_id: Uuid,
) -> Result<QueryAnswer, VtjError> {
    judge(body, charset, &Limits::default(), settings, (code, grants, message_id))
}

fn judge(
    body: &[u8],
    charset: Option<&str>,
    limits: &Limits,
    settings: &QuerySettings,
    (code, grants, message_id): (&IdentityCode, &Grants, Uuid),
) -> Result<QueryAnswer, VtjError> {
    let id = message_id.to_string();
    let (wrapper, message_id) = match settings.way {
        Way::XRoad { .. } => (Wrapper::XRoad, Some(id.as_str())),
        Way::Direct => (Wrapper::Direct, None),
    };
    let asked = Asked { wrapper, message_id, code, product: &settings.product, grants };
    outcome::outcome(reader::read(body, charset, limits), &asked)
}
