//! The JSON interface, `/api/v1`: cases, decisions and runs for other programs.
//!
//! ```text
//! request ─▶ host ─▶ token of a client ─▶ its share of requests ─▶ role ─▶ handler ─▶ JSON, kept by no cache
//!                    (admit: one place, for every route)           (calls the functions the pages call)
//! ```
//!
//! A client acts in the name of an account and sees what that account sees, but for what is masked: of protected
//! people nothing of where they are goes out here, to nobody. Cookies and forms have no part in it, so a session of
//! the pages opens nothing here and a token nothing there. Whatever goes wrong is a problem document
//! (`application/problem+json`), which repeats nothing of what was sent: it may have been an identity code.

mod admit;
mod cases;
mod decisions;
mod document;
mod input;
mod limit;
mod problem;
mod runs;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};

pub use document::document;
pub(super) use limit::Limits;

use self::problem::{Kind, Problem};
use super::{RouteRule, Web, Who, headers, schedule};
use crate::staff::Role;

/// Where the interface is.
pub(super) const ROOT: &str = "/api/v1";
/// The largest body, in bytes.
const BODY_BYTES: usize = 64 * 1024;

/// Those who read cases.
const CASE_READERS: Who = Who::Roles(&[Role::Reviewer, Role::Auditor]);

/// A route of the interface, its path behind [`ROOT`].
struct Route {
    method: &'static str,
    path: &'static str,
    who: Who,
    /// What can go wrong beside what can go wrong anywhere.
    problems: &'static [Kind],
    router: fn() -> MethodRouter<Arc<Web>>,
}

const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/openapi.json",
        who: Who::Anyone,
        problems: &[],
        router: || get(document::show),
    },
    Route {
        method: "GET",
        path: "/problems/{name}",
        who: Who::Anyone,
        problems: &[Kind::NotFound],
        router: || get(problem::show),
    },
    Route {
        method: "GET",
        path: "/cases",
        who: CASE_READERS,
        problems: &[Kind::BadRequest],
        router: || get(cases::list),
    },
    Route {
        method: "GET",
        path: "/cases/{id}",
        who: CASE_READERS,
        problems: &[Kind::BadRequest, Kind::NotFound, Kind::TryAgain],
        router: || get(cases::show),
    },
    Route {
        method: "GET",
        path: "/cases/{id}/decisions",
        who: CASE_READERS,
        problems: &[Kind::BadRequest, Kind::NotFound],
        router: || get(decisions::list),
    },
    Route {
        method: "POST",
        path: "/cases/{id}/decisions",
        who: Who::REVIEWERS,
        problems: decisions::PROBLEMS,
        router: || post(decisions::decide),
    },
    Route {
        method: "GET",
        path: "/runs",
        who: schedule::READERS,
        problems: &[Kind::BadRequest],
        router: || get(runs::list),
    },
    Route {
        method: "GET",
        path: "/runs/{id}",
        who: schedule::READERS,
        problems: &[Kind::BadRequest, Kind::NotFound],
        router: || get(runs::show),
    },
    Route {
        method: "POST",
        path: "/runs",
        who: Who::ADMINISTRATORS,
        problems: runs::PROBLEMS,
        router: || post(runs::start),
    },
];

/// Every route with who may come, its path behind `/api/v1`.
pub(super) fn rules() -> Vec<RouteRule> {
    ROUTES.iter().map(|route| RouteRule { method: route.method, path: route.path, who: route.who }).collect()
}

/// The interface as an application, to be put at [`ROOT`].
pub(super) fn router(web: Arc<Web>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let guard = middleware::from_fn_with_state((Arc::clone(&web), route.who), admit::admit);
        let method = (route.router)();
        let method = if route.who == Who::Anyone { method } else { method.route_layer(guard) };
        router = router.route(route.path, method);
    }
    router
        .fallback(|| async { Problem::of(Kind::NotFound) })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(&web), around))
        .with_state(web)
}

/// Around everything: asks for our own address, makes a problem document of every error, and sets the headers.
async fn around(State(web): State<Arc<Web>>, request: Request, rest: Next) -> Response {
    let instance = instance(request.uri().path());
    let mut response = if web.is_our_host(request.headers()) {
        rest.run(request).await
    } else {
        Problem::of(Kind::Misdirected).into_response()
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        response = problem::document(response, instance);
    }
    headers::set(response.headers_mut(), web.is_secure());
    response
}

/// The route that a path leads to, without what was written in its variable parts: that may be anything.
fn instance(path: &str) -> &'static str {
    let fits = |route: &&Route| {
        let mut parts = route.path.split('/');
        path.split('/').all(|part| parts.next().is_some_and(|own| own == part || own.starts_with('{')))
            && parts.next().is_none()
    };
    ROUTES.iter().find(fits).map_or("", |route| route.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_into_a_path_is_said_again() {
        for (path, said) in [
            ("/cases", "/cases"),
            ("/cases/010190-999W", "/cases/{id}"),
            ("/cases/010190-999W/decisions", "/cases/{id}/decisions"),
            ("/cases/1/2/3", ""),
            ("/010190-999W", ""),
            ("/", ""),
        ] {
            assert_eq!(instance(path), said, "{path}");
        }
    }
}
