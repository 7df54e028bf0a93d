//! A directory that says what a test wants: it signs with a key of its own and answers on this machine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ajantasa::clock::{Clock as _, TestClock};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::super::{Answer, Browser};

/// The directory.
pub struct Pretended {
    pub url: String,
    pub says: Arc<Mutex<Says>>,
    clock: Arc<TestClock>,
    stop: CancellationToken,
}

impl Drop for Pretended {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What it says.
pub struct Says {
    /// Its description of itself.
    pub description: Value,
    /// With which status the description is answered.
    pub status: StatusCode,
    /// The key that it signs with.
    pub key: CoreEdDsaPrivateSigningKey,
    /// The keys that it publishes.
    pub keys: Vec<CoreJsonWebKey>,
    /// How often these were read.
    pub keys_read: u32,
    /// The token for the next code, and the challenge that its verifier must fit.
    pub token: Option<(String, String)>,
}

/// What a browser was sent with.
pub struct Sent {
    pub query: BTreeMap<String, String>,
}

impl Sent {
    pub fn state(&self) -> &str {
        &self.query["state"]
    }
}

/// A key of a name.
pub fn key(name: &str) -> CoreEdDsaPrivateSigningKey {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let id = Some(JsonWebKeyId::new(name.to_owned()));
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pair.serialize_pem(), id).unwrap()
}

/// A token of some claims.
pub fn signed(key: &CoreEdDsaPrivateSigningKey, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

impl Pretended {
    pub async fn start(clock: Arc<TestClock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = key("first");
        let says = Says {
            description: json!({
                "issuer": url,
                "authorization_endpoint": format!("{url}/in"),
                "token_endpoint": format!("{url}/token"),
                "jwks_uri": format!("{url}/keys"),
                "end_session_endpoint": format!("{url}/end"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA", "none", "HS256"],
            }),
            status: StatusCode::OK,
            keys: vec![key.as_verification_key()],
            key,
            keys_read: 0,
            token: None,
        };
        let says = Arc::new(Mutex::new(says));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&says));
        let stop = CancellationToken::new();
        let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        tokio::spawn(server.into_future());
        Self { url, says, clock, stop }
    }

    /// Sends a browser here.
    pub async fn sent(&self, browser: &mut Browser) -> Sent {
        let answer = browser.get("/sign-in/directory").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let address = reqwest::Url::parse(answer.location()).unwrap();
        assert!(answer.location().starts_with(&format!("{}/in?", self.url)), "{}", answer.location());
        Sent { query: address.query_pairs().into_owned().collect() }
    }

    /// What it usually says of somebody; `more` takes the place of any of it.
    pub fn claims(&self, sent: &Sent, more: Value) -> Value {
        let now = self.clock.now().timestamp();
        let mut claims = json!({
            "iss": self.url, "sub": "m-1", "aud": "ajantasa", "exp": now + 300, "iat": now,
            "nonce": sent.query["nonce"], "preferred_username": "maija",
        });
        let Value::Object(more) = more else { panic!("claims are an object") };
        claims.as_object_mut().unwrap().extend(more);
        claims
    }

    /// Has the next code be a token.
    pub fn gives(&self, sent: &Sent, token: String) {
        self.says.lock().unwrap().token = Some((token, sent.query["code_challenge"].clone()));
    }

    /// Vouches for somebody, and brings the browser back.
    pub async fn vouches(&self, browser: &mut Browser, sent: &Sent, more: Value) -> Answer {
        let claims = self.claims(sent, more);
        let token = {
            let says = self.says.lock().unwrap();
            let name = says.key.as_verification_key();
            let header = json!({ "alg": "EdDSA", "kid": serde_json::to_value(&name).unwrap()["kid"] });
            signed(&says.key, &header, &claims)
        };
        self.gives(sent, token);
        self.back(browser, sent.state()).await
    }

    /// Brings a browser back.
    pub async fn back(&self, browser: &mut Browser, state: &str) -> Answer {
        browser.get(&format!("/sign-in/directory/return?state={state}&code=a-code")).await
    }
}

async fn description(State(says): State<Arc<Mutex<Says>>>) -> Response {
    let says = says.lock().unwrap();
    (says.status, Json(says.description.clone())).into_response()
}

async fn keys(State(says): State<Arc<Mutex<Says>>>) -> Response {
    let mut says = says.lock().unwrap();
    says.keys_read += 1;
    Json(json!({ "keys": says.keys })).into_response()
}

/// A code is taken once, from who can tell the secret and the verifier.
async fn token(State(says): State<Arc<Mutex<Says>>>, headers: HeaderMap, body: String) -> Response {
    let form: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let secret = STANDARD.encode("ajantasa:a+secret+of+the+tests");
    let is_ours = headers.get("authorization").is_some_and(|value| *value == format!("Basic {secret}"));
    let given = says.lock().unwrap().token.take();
    let verifier = form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    match given {
        Some((token, challenge))
            if is_ours && verifier.as_ref() == Some(&challenge) && form["code"] == "a-code" =>
        {
            Json(json!({ "access_token": "nothing", "token_type": "Bearer", "id_token": token }))
                .into_response()
        }
        _ => (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response(),
    }
}
