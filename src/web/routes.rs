//! The table of routes: method, path, and who may come.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};

use super::{Web, api, assets, errors, guard, visit};
use crate::staff::Role;

/// The largest form, in bytes.
pub const FORM_BYTES: usize = 256 * 1024;

/// Who may come to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// Accounts that have given their password and not yet their second factor; nobody else.
    HalfSignedIn,
    /// Every account that is signed in.
    SignedIn,
    /// Accounts of these roles.
    Roles(&'static [Role]),
}

impl Who {
    /// Those who decide.
    pub const REVIEWERS: Self = Self::Roles(&[Role::Reviewer]);
    /// Those who plan and set up.
    pub const ADMINISTRATORS: Self = Self::Roles(&[Role::Administrator]);
    /// Those who look into the logs.
    pub const AUDITORS: Self = Self::Roles(&[Role::Auditor]);

    /// Whether a role may come, once it is signed in.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Anyone | Self::SignedIn => true,
            Self::HalfSignedIn => false,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// A route, for tests and for the list of pages.
#[derive(Debug, Clone, Copy)]
pub struct RouteRule {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with `{name}` for its variable parts.
    pub path: &'static str,
    /// Who may come.
    pub who: Who,
}

/// Routes, added one by one; there is no other way to a page.
#[derive(Debug, Default)]
pub struct Routes {
    routers: Vec<(&'static str, Who, MethodRouter<Arc<Web>>)>,
    rules: Vec<RouteRule>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A page to look at.
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.add("GET", path, who, get(handler))
    }

    /// A form that changes something, or asks by more than a path may hold.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, who: Who, handler: H) -> Self
    where
        H: Handler<T, Arc<Web>>,
        T: 'static,
    {
        self.add("POST", path, who, post(handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        who: Who,
        router: MethodRouter<Arc<Web>>,
    ) -> Self {
        self.rules.push(RouteRule { method, path, who });
        self.routers.push((path, who, router));
        self
    }

    /// What has been added.
    pub fn rules(&self) -> &[RouteRule] {
        &self.rules
    }

    pub(super) fn build(self, web: Arc<Web>) -> Router {
        let mut router = Router::new().route(assets::PATH, get(assets::get));
        for (path, who, method) in self.routers {
            let guard = middleware::from_fn_with_state((Arc::clone(&web), who), guard::admit);
            router = router.route(path, method.route_layer(guard));
        }
        router
            .fallback(errors::nothing_here)
            .method_not_allowed_fallback(errors::nothing_here)
            .layer(DefaultBodyLimit::max(FORM_BYTES))
            .layer(middleware::from_fn_with_state(Arc::clone(&web), visit::around))
            .with_state(Arc::clone(&web))
            .nest_service(api::ROOT, api::router(web))
    }
}
