//! The simulated VTJ as a web server on loopback.
//!
//! The routes of the real interface are answered by the rules of [`super::protocol`]; `GET /` and
//! `GET /_mock/status` tell that this is a simulation, in counts only; `POST /_mock/play?count=N` plays
//! further entries and `POST /_mock/fault` sets a misbehaviour (see [`super::fault`]). Every answer carries
//! the header `X-Simulation`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::SIMULATION;
use super::fault::{Fault, Faults, Reply, Spoiled};
use super::model::World;
use super::protocol::{self, Asked, Endpoint, Refusal, Route, refusal};
use super::soap::{self, Way};
use crate::clock::Clock;

/// The largest request body that is read. A follow list of a million people fits.
const MAX_BODY: usize = 32 << 20;

/// Spaces before a body that is to be cut off. The server keeps some 400 KiB back before it writes, and what
/// it still keeps when the connection ends is lost, the status line included.
const FLUSHED: usize = 1 << 20;

/// What the handlers share.
pub(super) struct Shared {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) username: String,
    pub(super) password: SecretString,
    pub(super) page_size: usize,
    pub(super) faults: Mutex<Faults>,
    pub(super) calls: Mutex<BTreeMap<Endpoint, u64>>,
    pub(super) stop: CancellationToken,
}

impl Shared {
    /// Plays entries by the calendar of the clock and returns how many there were and are left.
    pub(super) fn play(&self, count: usize) -> (usize, usize) {
        let mut world = lock(&self.world);
        world.set_today(self.clock.today());
        let played = world.play(count);
        (played, world.entries() - world.played())
    }
}

/// The server's routes.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(home).post(over_x_road))
        .route("/sosowebsite/soso.asmx", post(direct))
        .route("/_mock/status", get(status))
        .route("/_mock/play", post(play))
        .route("/_mock/fault", post(set_fault))
        .fallback(operation)
        .layer(axum::middleware::map_response(mark))
        .with_state(shared)
}

/// Marks every answer as simulated.
async fn mark(mut response: Response) -> Response {
    response.headers_mut().insert("x-simulation", HeaderValue::from_static(SIMULATION));
    response
}

async fn home(State(shared): State<Arc<Shared>>) -> String {
    let world = lock(&shared.world);
    let notice = shared.clock.notice().map(|notice| format!("{notice}\n")).unwrap_or_default();
    format!(
        "This is a simulation: {SIMULATION}. Nobody in it exists.\n{notice}people {}, log entries {}, played {}\n",
        world.people(),
        world.entries(),
        world.played()
    )
}

async fn status(State(shared): State<Arc<Shared>>) -> Response {
    let (faults, calls) = (lock(&shared.faults).len(), lock(&shared.calls).clone());
    let world = lock(&shared.world);
    let status = json!({
        "simulation": format!("This is a simulation: {SIMULATION}. Nobody in it exists."),
        "clock": shared.clock.notice(),
        "people": world.people(),
        "entries": world.entries(),
        "played": world.played(),
        "left": world.entries() - world.played(),
        "faults": faults,
        "calls": calls,
    });
    axum::Json(status).into_response()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayQuery {
    count: Option<usize>,
}

async fn play(State(shared): State<Arc<Shared>>, Query(query): Query<PlayQuery>) -> Response {
    let (played, left) = shared.play(query.count.unwrap_or(1));
    axum::Json(json!({ "simulation": SIMULATION, "played": played, "left": left })).into_response()
}

async fn set_fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let mut faults = lock(&shared.faults);
    let set = serde_json::from_slice::<Fault>(&body)
        .map_err(|_| "the body must be an object with a known kind and the keys that faults take")
        .and_then(|fault| faults.set(fault));
    let answer = match set {
        Ok(()) => (StatusCode::OK, json!({ "simulation": SIMULATION, "faults": faults.len() })),
        Err(message) => (StatusCode::BAD_REQUEST, json!({ "simulation": SIMULATION, "message": message })),
    };
    (answer.0, axum::Json(answer.1)).into_response()
}

/// Everything else: the real interface.
async fn operation(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let route = match protocol::route(&parts.method, parts.uri.path()) {
        Ok(route) => route,
        Err(refused) => return finish(refuse(&refused, "")),
    };
    *lock(&shared.calls).entry(route.endpoint).or_default() += 1;
    let x_road = x_road_headers(&route, &parts.headers);
    let detail = x_road.first().map(|(_, id)| id.clone()).unwrap_or_default();
    let read = axum::body::to_bytes(body, MAX_BODY).await;
    let body = read.map_err(|_| refusal(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"));
    let mut reply = shared.answer(&route, &parts.method, &parts.headers, body, &detail);
    reply.headers.extend(x_road);
    shared.hold_back(&reply).await;
    finish(reply)
}

/// The query about one person, through the national data exchange layer.
async fn over_x_road(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    soap_query(&shared, Way::XRoad, request).await
}

/// The query about one person, direct.
async fn direct(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    soap_query(&shared, Way::Direct, request).await
}

async fn soap_query(shared: &Shared, way: Way, request: Request) -> Response {
    let endpoint = match way {
        Way::XRoad => Endpoint::Soap,
        Way::Direct => Endpoint::SoapDirect,
    };
    *lock(&shared.calls).entry(endpoint).or_default() += 1;
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let reply = {
        let credentials =
            soap::Credentials { username: &shared.username, password: shared.password.expose_secret() };
        let mut faults = lock(&shared.faults);
        let world = lock(&shared.world);
        let asked = soap::ask(way, &parts.headers, &body, credentials, &world, shared.clock.now());
        let spoiled = faults.first(endpoint, |fault| soap::fault::apply(fault, &asked, &world));
        spoiled.unwrap_or_else(|| soap::reply(&asked))
    };
    shared.hold_back(&reply).await;
    finish(reply)
}

impl Shared {
    /// Waits as long as the answer is to be late, unless the server stops.
    async fn hold_back(&self, reply: &Reply) {
        if let Some(delay) = reply.delay {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// The answer to a call, spoiled if a fault is set for it.
    fn answer(
        &self,
        route: &Route,
        method: &Method,
        headers: &HeaderMap,
        body: Result<Bytes, Refusal>,
        detail: &str,
    ) -> Reply {
        let mut faults = lock(&self.faults);
        let world = lock(&self.world);
        let asked = self.check(route, method, headers).and(body).and_then(|body| match route.date {
            Some(_) => Ok(Asked::default()),
            None => protocol::read_body(route.endpoint, &body),
        });
        let right = asked.as_ref().map_err(Clone::clone).and_then(|asked| self.right(&world, route, asked));
        let reply =
            right.map_or_else(|refused| refuse(&refused, detail), |body| Reply::json(StatusCode::OK, body));
        if faults.is_empty() {
            return reply;
        }
        let asked = asked.unwrap_or_default();
        match faults.spoil(route.endpoint, &asked, &world, self.page_size, reply) {
            Spoiled::Reply(reply) => reply,
            Spoiled::Refusal(refused, headers) => {
                let mut reply = refuse(&refused, detail);
                reply.headers.extend(headers);
                reply
            }
        }
    }

    /// The body of the right answer.
    fn right(&self, world: &World, route: &Route, asked: &Asked) -> Result<Vec<u8>, Refusal> {
        match route.endpoint {
            Endpoint::Kirjausavain => protocol::log_key(world, route.date.as_deref().unwrap_or_default()),
            Endpoint::Muutokset => Ok(protocol::changes(world, asked, self.page_size)),
            Endpoint::Perustiedot => Ok(protocol::base_data(world, asked, None)),
            Endpoint::PerustiedotVko => Ok(protocol::base_data(world, asked, Some(self.clock.today()))),
            // No path of the change interface leads here.
            Endpoint::Soap | Endpoint::SoapDirect => Err(refusal(StatusCode::NOT_FOUND, "no such path")),
        }
    }

    /// What the headers must say: first to the security server, then to VTJ.
    fn check(&self, route: &Route, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
        if route.service.is_some() && !is_client(text(headers, "x-road-client")) {
            return Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                x_road: Some("Client.InvalidHttpHeader".to_owned()),
                message: "header X-Road-Client must name instance/class/member/subsystem".to_owned(),
            });
        }
        if !self.knows(headers) {
            return Err(refusal(StatusCode::UNAUTHORIZED, "wrong or missing credentials"));
        }
        if method == Method::POST && !is_json(text(headers, "content-type")) {
            return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"));
        }
        Ok(())
    }

    /// Whether the credentials are right, as Basic or in the interface's own headers.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let expected = (self.username.as_str(), self.password.expose_secret());
        let basic = text(headers, "authorization").and_then(|value| {
            let (scheme, credentials) = value.split_once(' ')?;
            let decoded = STANDARD.decode(credentials.trim()).ok()?;
            let pair = String::from_utf8(decoded).ok()?;
            let (user, password) = pair.split_once(':')?;
            Some(scheme.eq_ignore_ascii_case("basic") && (user, password) == expected)
        });
        let own = text(headers, "mutp-tunnus").zip(text(headers, "mutp-salasana"));
        basic.unwrap_or_else(|| own == Some(expected))
    }
}

fn refuse(refused: &Refusal, detail: &str) -> Reply {
    let mut reply = Reply::json(refused.status, protocol::error_body(refused, detail));
    reply.headers.extend(refused.x_road.clone().map(|code| ("x-road-error", code)));
    if refused.status == StatusCode::UNAUTHORIZED {
        reply.headers.push(("www-authenticate", "Basic realm=\"simulated VTJ\"".to_owned()));
    }
    reply
}

/// The headers a security server adds: the message's own id, or a new one, and the id of this passage.
fn x_road_headers(route: &Route, headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let Some(service) = &route.service else { return Vec::new() };
    let id = text(headers, "x-road-id").map_or_else(new_id, str::to_owned);
    let mut out =
        vec![("x-road-id", id), ("x-road-request-id", new_id()), ("x-road-service", service.clone())];
    out.extend(text(headers, "x-road-client").map(|client| ("x-road-client", client.to_owned())));
    out
}

fn new_id() -> String {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string()
}

/// Instance, class, member and (unless the member itself calls) subsystem.
fn is_client(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        let parts: Vec<&str> = value.split('/').collect();
        (3..=4).contains(&parts.len()) && parts.iter().all(|part| !part.trim().is_empty())
    })
}

fn is_json(value: Option<&str>) -> bool {
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Puts the answer on the wire. A body that is to be cut off promises its whole length and ends half-way,
/// upon which the server closes the connection.
fn finish(reply: Reply) -> Response {
    let padded = reply.body.len() + FLUSHED;
    let body = if reply.cut_off {
        let mut half = vec![b' '; FLUSHED];
        half.extend_from_slice(&reply.body[..reply.body.len() / 2]);
        Body::from_stream(Body::from(half).into_data_stream())
    } else {
        Body::from(reply.body)
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if reply.cut_off {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(padded));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Locks; a handler that panicked has not left half a change behind, because changes are single steps.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
