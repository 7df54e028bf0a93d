//! The service page: whether the process lives, whether it can work, and its numbers.
//!
//! `/livez` answers as long as the process does. `/readyz` asks the database, the schema, the key and the
//! breaker; `?verbose` gives a line for each. `/metrics` is for Prometheus. None of them says anything about
//! a person; there is no authentication, so the address is this machine's unless the configuration says
//! otherwise.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

use super::metrics::{Facts, Numbers, Rounds};
use super::notices;
use crate::config::{Config, SecretSources};
use crate::scheduler::Plan;
use crate::store::{self, StoreError};

/// A check that takes longer than this has failed; Prometheus and load balancers wait about ten seconds.
const CHECK_DEADLINE: Duration = Duration::from_secs(5);

/// Counting a large database may take a while: numbers are kept at least so many times as long as it took.
const KEPT_TIMES: u32 = 20;

/// The media type of the text that `prometheus-client` writes.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the answers come from.
pub(super) struct Page {
    pub(super) plans: watch::Receiver<Arc<Plan>>,
    pub(super) config: watch::Receiver<Arc<Config>>,
    pub(super) secrets: Arc<SecretSources>,
    pub(super) rounds: Rounds,
    pub(super) draining: CancellationToken,
    pub(super) numbers: Mutex<Option<Kept>>,
}

/// Numbers and until when they are good.
pub(super) struct Kept {
    text: String,
    until: Instant,
}

/// The routes.
pub(super) fn router(page: Arc<Page>) -> Router {
    Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(page)
}

/// One line of `/readyz`.
struct Line {
    name: &'static str,
    wrong: Option<String>,
}

impl Line {
    fn text(&self) -> String {
        match &self.wrong {
            None => format!("{}: ok", self.name),
            Some(what) => format!("{}: wrong: {}", self.name, what.replace('\n', " ")),
        }
    }
}

async fn readyz(State(page): State<Arc<Page>>, RawQuery(query): RawQuery) -> Response {
    let verbose = query.is_some_and(|query| query.split('&').any(|part| part.starts_with("verbose")));
    let lines = match tokio::time::timeout(CHECK_DEADLINE, page.checks()).await {
        Ok(lines) => lines,
        Err(_) => vec![Line { name: "database", wrong: Some("does not answer in time".to_owned()) }],
    };
    let ready = lines.iter().all(|line| line.wrong.is_none());
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut said: Vec<String> =
        lines.iter().filter(|line| verbose || line.wrong.is_some()).map(Line::text).collect();
    if verbose {
        said.extend(page.notices());
        said.extend(page.warnings().await);
    }
    said.push(if ready { "ready" } else { "not ready" }.to_owned());
    let text = format!("{}\n", said.join("\n"));
    (status, text).into_response()
}

async fn metrics(State(page): State<Arc<Page>>) -> Response {
    let mut kept = page.numbers.lock().await;
    if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.until) {
        return ([(header::CONTENT_TYPE, METRICS_TYPE)], kept.text.clone()).into_response();
    }
    let started = Instant::now();
    match page.count().await {
        Ok(text) => {
            *kept = Some(Kept { text: text.clone(), until: Instant::now() + started.elapsed() * KEPT_TIMES });
            ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

impl Page {
    async fn count(&self) -> Result<String, StoreError> {
        let plan = Arc::clone(&self.plans.borrow());
        let now = plan.context.clock.now();
        let numbers = Numbers::gather(&plan.context.db, &plan.context.settings, now).await?;
        Ok(numbers.text(&self.rounds, &self.facts(&plan)))
    }

    fn facts(&self, plan: &Plan) -> Facts {
        let clock = &plan.context.clock;
        Facts::new(&self.config.borrow(), &self.secrets, clock.now(), clock.notice().is_some())
    }

    /// What everybody who looks should know: that something is not the real thing.
    fn notices(&self) -> Vec<String> {
        let plan = Arc::clone(&self.plans.borrow());
        let facts = self.facts(&plan);
        let mut notices: Vec<String> = plan.context.clock.notice().into_iter().collect();
        if facts.observing {
            notices.push("observation mode: nothing is written to the patron register".to_owned());
        }
        if facts.simulated_vtj {
            notices.push("VTJ's address is on this machine: it may be a simulation".to_owned());
        }
        notices
    }

    /// What an administrator has stopped or slowed down, and whether the feed is silent.
    async fn warnings(&self) -> Vec<String> {
        let plan = Arc::clone(&self.plans.borrow());
        let warnings = tokio::time::timeout(CHECK_DEADLINE, notices::of(&plan.context)).await;
        let warnings = warnings.ok().and_then(Result::ok).unwrap_or_default();
        warnings.into_iter().map(|notice| notice.text.replace('\n', " ")).collect()
    }

    async fn checks(&self) -> Vec<Line> {
        let plan = Arc::clone(&self.plans.borrow());
        let db = &plan.context.db;
        let line = |name, wrong| Line { name, wrong };
        let mut lines = Vec::new();
        let schema = db.schema_status().await;
        lines.push(line("database", schema.as_ref().err().map(ToString::to_string)));
        if let Ok(schema) = schema {
            let wrong = (schema.applied != Some(schema.known))
                .then(|| format!("the schema is {:?}, this program knows {}", schema.applied, schema.known));
            lines.push(line("schema", wrong));
            let key = super::key_fits(db, &plan.context.vault).await;
            lines.push(line(
                "key",
                match key {
                    Ok(Some(true)) => None,
                    Ok(_) => Some("the key file is not that of this database".to_owned()),
                    Err(error) => Some(error.to_string()),
                },
            ));
            lines.push(line("breaker", self.breaker(&plan).await));
        }
        let draining = self.draining.is_cancelled().then(|| "the process is ending".to_owned());
        lines.push(line("running", draining));
        lines
    }

    async fn breaker(&self, plan: &Plan) -> Option<String> {
        let mut tx = match plan.context.db.read().await {
            Ok(tx) => tx,
            Err(error) => return Some(error.to_string()),
        };
        match store::round::breaker(&mut tx, "changes").await {
            Ok(Some((state, failures, until))) if state == "open" => {
                let until = until.map(|until| format!(" until {}", until.to_rfc3339())).unwrap_or_default();
                Some(format!("VTJ has failed {failures} times and is left alone{until}"))
            }
            Ok(_) => None,
            Err(error) => Some(error.to_string()),
        }
    }
}
