//! The staff pages, asked as a browser asks them: with cookies, an origin, and the forms of the page before.
//!
//! The application is asked without a socket; real Chromium is in [`crate::browser`].

mod about;
mod administration;
mod api;
mod assets;
mod bad_input;
mod bulk;
pub mod case;
mod contacts;
#[cfg(feature = "oidc")]
mod directory;
mod guessing;
pub mod hostile;
mod language;
mod looks;
mod matrix;
mod matrix_objects;
mod objects;
mod overview;
mod own_account;
mod patron;
mod queue;
mod records;
mod retention;
mod run;
pub mod schedule;
pub mod second_factor;
mod security_key;
mod signing_in;
mod texts;
mod tls;

use std::collections::BTreeMap;
use std::sync::Arc;

use ajantasa::scheduler::Plan;
use ajantasa::staff::{self, Role};
use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::new_id;
use ajantasa::web::{self, Settings, Web};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use chrono::TimeDelta;
use secrecy::SecretString;
use tokio::sync::watch;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::scenario::{Place, Scenario};

/// The password of every account of the tests.
pub const PASSWORD: &str = "kevätaurinko paistaa";
/// Where the pages are.
const HOST: &str = "127.0.0.1:8080";

/// An installation with its pages.
pub struct Site {
    pub scenario: Scenario,
    router: Router,
    /// The pages, to be served on a socket.
    pub web: Arc<Web>,
    // The pages read what is in force from here.
    _plans: watch::Sender<Arc<Plan>>,
}

impl Site {
    /// With the people of the test data, every change played, and nobody's account.
    pub async fn new(place: &Place) -> Self {
        Self::of(Scenario::of_testdata(place).await)
    }

    /// The pages of an installation, where a password is enough.
    pub fn of(scenario: Scenario) -> Self {
        Self::with_settings(scenario, Settings { is_second_factor_off: true, ..Settings::default() })
    }

    /// The pages of an installation as they are in earnest, behind a proxy that tells who asks.
    pub async fn guarded(place: &Place) -> Self {
        Self::guarded_of(Scenario::of_testdata(place).await)
    }

    /// The same over what is there already, as after a restart.
    pub fn guarded_of(scenario: Scenario) -> Self {
        let origin = Some(format!("http://{HOST}"));
        Self::with_settings(scenario, Settings { origin, ..Settings::default() })
    }

    /// The pages in earnest, with settings of the test's own.
    pub async fn guarded_with(place: &Place, settings: Settings) -> Self {
        Self::with_settings(Scenario::of_testdata(place).await, settings)
    }

    fn with_settings(scenario: Scenario, settings: Settings) -> Self {
        let plan = Plan { context: scenario.context.clone() };
        let (sender, plans) = watch::channel(Arc::new(plan));
        let web = Arc::new(Web::new(plans, settings));
        Self { scenario, router: web::router(Arc::clone(&web)), web, _plans: sender }
    }

    /// The same pages with other settings.
    pub fn with(self, settings: Settings) -> Self {
        Self::with_settings(self.scenario, Settings { is_second_factor_off: true, ..settings })
    }

    /// With the register imported and every task run.
    pub async fn with_queue(place: &Place) -> Self {
        let site = Self::new(place).await;
        site.scenario.import_register().await;
        site.scenario.until_idle().await;
        site
    }

    /// Adds an account of some municipalities with the password of the tests.
    pub async fn account(
        &self,
        name: &str,
        role: Role,
        municipalities: &[&str],
        may_protected: bool,
    ) -> Uuid {
        let context = &self.scenario.context;
        let now = context.clock.now();
        let row = AccountRow {
            id: new_id(now),
            name: name.to_owned(),
            role: role.as_str().to_owned(),
            may_protected,
            password_hash: Some(staff::hash(SecretString::from(PASSWORD)).await.unwrap()),
            os_login: None,
            own_card: None,
            ends_on: (now + TimeDelta::days(365)).date_naive(),
            failures: 0,
            locked_until: None,
            disabled_at: None,
            created_at: now,
        };
        let municipalities: Vec<String> = municipalities.iter().map(|code| (*code).to_owned()).collect();
        let mut tx = context.db.begin().await.unwrap();
        account::insert(&mut tx, &row, &municipalities).await.unwrap();
        tx.commit("test").await.unwrap();
        row.id
    }

    /// A browser that has not been here.
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            token: String::new(),
            language: "en",
            address: "192.0.2.1".to_owned(),
        }
    }

    /// What has been recorded, oldest first.
    pub async fn recorded(&self) -> Vec<String> {
        self.scenario.texts("SELECT action FROM audit ORDER BY sequence").await
    }

    /// A browser whose user is signed in.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        // The word of the session's forms is on every page.
        browser.get("/account").await.ok();
        browser
    }
}

/// A browser: it keeps cookies, and remembers the token of the last page.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub token: String,
    pub language: &'static str,
    /// From where it asks, as a proxy tells it.
    pub address: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The same when it is a page.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self
    }

    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text.contains(words), "{words:?} is not in {}", self.text);
        self
    }

    #[track_caller]
    pub fn does_not_say(&self, words: &str) -> &Self {
        assert!(!self.text.contains(words), "{words:?} is in {}", self.text);
        self
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    /// Sends a form of the last page, its token with it.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let mut fields = fields.to_vec();
        if !token.is_empty() {
            fields.push(("token", &token));
        }
        self.send("POST", path, Some(&fields), &[]).await
    }

    /// Sends anything; headers given here take the place of a browser's own, and leave it out when empty.
    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        fields: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let body = fields.map_or_else(String::new, |fields| {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
        });
        self.send_body(method, path, body.into_bytes(), headers).await
    }

    /// The same with any bytes as the form.
    pub async fn send_body(
        &mut self,
        method: &str,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let origin = format!("http://{HOST}");
        let cookies = cookies.join("; ");
        let mut sent = BTreeMap::from([
            ("host", HOST),
            ("accept-language", self.language),
            ("user-agent", "a test"),
            ("cookie", &cookies),
            ("x-forwarded-for", &self.address),
        ]);
        if method != "GET" {
            sent.insert("origin", &origin);
            sent.insert("sec-fetch-site", "same-origin");
            sent.insert("content-type", "application/x-www-form-urlencoded");
        }
        sent.extend(headers.iter().copied());
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in sent.into_iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap_or_default();
        if let Some((_, rest)) = text.split_once("name=\"token\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        Answer { status: parts.status, headers: parts.headers, text }
    }
}
