//! The JSON interface, asked as programs ask it.

mod clients;
mod description;
mod hostile;
mod life;
mod matrix;
mod paging;
mod runs;
mod scope;

use ajantasa::staff::Role;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{HOST, PASSWORD, Site};

/// A program with a token, or without.
#[derive(Clone)]
pub struct Api {
    router: Router,
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The same when it is a problem document of a kind.
    #[track_caller]
    pub fn problem(&self, kind: &str) -> &Self {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["type"], format!("/api/v1/problems/{kind}"), "{}", self.text);
        assert_eq!(document["status"], self.status.as_u16());
        self
    }
}

impl Api {
    pub async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// Sends JSON, with `If-Match` unless it is empty.
    pub async fn post(&self, path: &str, if_match: &str, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("if-match", if_match)];
        self.send("POST", path, &headers, body.to_string().into_bytes()).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let path = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        if !self.token.is_empty() {
            request = request.header("authorization", bearer);
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert_eq!(parts.headers[header::CACHE_CONTROL], "no-store", "{method}");
        if parts.status.is_client_error() || parts.status.is_server_error() {
            assert_eq!(parts.headers[header::CONTENT_TYPE], "application/problem+json");
        }
        Reply { status: parts.status, headers: parts.headers, text }
    }
}

impl Site {
    /// A program without a token.
    pub fn stranger(&self) -> Api {
        Api { router: self.router.clone(), token: String::new() }
    }

    /// A client of an account, made at the page for it.
    pub async fn client(&self, account: &str, name: &str, may_decide: bool) -> Api {
        let mut browser = self.signed_in(account).await;
        let mut fields = vec![("name", name), ("ends_on", "2027-06-30"), ("password", PASSWORD)];
        if may_decide {
            fields.push(("may_decide", "yes"));
        }
        let answer = browser.post("/account/clients", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let page = browser.get("/account/clients").await.ok();
        let token = page.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert!(token.starts_with("ajt_"), "{token}");
        Api { token, ..self.stranger() }
    }

    /// A reviewer of Raasepori with a client that decides.
    pub async fn maijas_client(&self) -> Api {
        self.account("maija", Role::Reviewer, &["710"], false).await;
        self.client("maija", "board", true).await
    }
}
