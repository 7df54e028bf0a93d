//! The staff pages: HTML rendered here, forms that work without script, three languages.
//!
//! ```text
//! request ─▶ origin ─▶ session ─▶ role ─▶ token of the form ─▶ handler ─▶ page in the session's language
//!            (guard: one place, for every route)               (calls the functions the commands call)
//! ```
//!
//! A page is one file of handlers here, one template and one file of texts a language. [`Routes`] is the only way to
//! add one: who may come is said beside the path, and whoever is not let in reaches no handler. Invariants: nothing of
//! a person is in a URL, a title or a message after a redirect; pages about people are recorded before they are sent
//! and kept by no cache; a form changes nothing without the word of its session.

mod about;
mod account;
mod administration;
mod api;
mod assets;
mod bulk;
mod case;
mod errors;
mod frame;
mod guard;
mod headers;
mod input;
mod language;
mod overview;
mod patron;
pub mod practice;
mod protected;
mod queue;
mod routes;
mod run;
mod schedule;
mod server;
mod sign_in;
mod texts;
mod tls;
mod visit;

use std::sync::Arc;

use axum::{Router, middleware};
use tokio::sync::watch;

pub use api::document;
pub use errors::WebError;
pub use frame::{Frame, Theme};
pub use routes::{RouteRule, Routes, Who};
pub use server::{Address, bind, serve, serve_over_tls};
pub use tls::{Certificate, CertificateError};

use crate::config::{Config, SecretSources};
use crate::municipality::Language;
use crate::scheduler::Plan;
use crate::task::Context;

/// What the pages work with.
#[derive(Debug)]
pub struct Web {
    plans: watch::Receiver<Arc<Plan>>,
    settings: Settings,
    api_limits: api::Limits,
}

/// What is the same for every request.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what is true of an installation, each by itself")]
pub struct Settings {
    /// The address that browsers use, such as `https://ajantasa.example.fi`, where a proxy stands in front; without
    /// it, the addresses of this machine.
    pub origin: Option<String>,
    /// Whether the pages are served over TLS here, and not by a proxy in front.
    pub is_tls: bool,
    /// Where staff tell what they cannot use: an e-mail address, or the address of a form.
    pub feedback: Option<String>,
    /// The configuration and where its secrets are, to tell how long the certificates towards VTJ are good.
    pub certificates: Option<Arc<(Config, SecretSources)>>,
    /// The city's own directory, in which staff may sign in.
    #[cfg(feature = "oidc")]
    pub directory: Option<Arc<crate::staff::directory::Way>>,
    /// Whether everything here is invented.
    pub is_demo: bool,
    /// Whether a password is enough without a demonstration; for tests of other things.
    pub is_second_factor_off: bool,
    /// Whether VTJ's address is on this machine.
    pub is_simulated: bool,
    /// The practice of a demonstration; none anywhere else.
    pub practice: Option<Arc<practice::Practice>>,
}

impl Web {
    /// Pages over what is in force at the time of each request.
    pub fn new(plans: watch::Receiver<Arc<Plan>>, settings: Settings) -> Self {
        Self { plans, settings, api_limits: api::Limits::default() }
    }

    /// What the functions of the shell work with, for acts of a session.
    fn context(&self, os_user: &str) -> Context {
        let mut context = self.plans.borrow().context.clone();
        os_user.clone_into(&mut context.os_user);
        context
    }
}

/// The program's pages, as an application that can be asked.
pub fn router(web: Arc<Web>) -> Router {
    let practice = web.settings.practice.clone();
    let Some(practice) = practice else { return routes().build(web) };
    let gate = middleware::from_fn_with_state(practice, practice::through_gate);
    practice::routes(routes()).build(web).layer(gate)
}

/// Every route with who may come, but for those of practice.
pub fn rules() -> Vec<RouteRule> {
    routes().rules().to_vec()
}

/// Every route of the JSON interface with who may come, its path behind `/api/v1`.
pub fn api_rules() -> Vec<RouteRule> {
    api::rules()
}

fn routes() -> Routes {
    let routes = Routes::new();
    let routes = sign_in::routes(routes);
    let routes = account::routes(routes);
    let routes = administration::routes(routes);
    let routes = queue::routes(routes);
    let routes = protected::routes(routes);
    let routes = case::routes(routes);
    let routes = bulk::routes(routes);
    let routes = overview::routes(routes);
    let routes = patron::routes(routes);
    let routes = about::routes(routes);
    let routes = schedule::routes(routes);
    run::routes(routes)
}
