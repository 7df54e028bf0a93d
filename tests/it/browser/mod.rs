//! The staff pages in real Chromium, driven through ChromeDriver: with script and without, wide and narrow, light and
//! dark, in three languages.
//!
//! `AJANTASA_TEST_CHROMEDRIVER` and `AJANTASA_TEST_CHROMIUM` name the two programs; `tests/run` sets them where it
//! finds or installs them. With `AJANTASA_TEST_SCREENSHOTS` set to a folder, every page that a test looks at is kept
//! there as a picture.

mod access;
mod hostile;
mod security_key;
mod signing_in;
mod walk;

use std::fs;
use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ajantasa::web;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::scenario::Place;
use crate::web::{PASSWORD, Site};

const DRIVER: &str = "AJANTASA_TEST_CHROMEDRIVER";
const CHROMIUM: &str = "AJANTASA_TEST_CHROMIUM";
const SCREENSHOTS: &str = "AJANTASA_TEST_SCREENSHOTS";
/// Nothing here takes so long on the slowest machine.
const DEADLINE: Duration = Duration::from_mins(2);

/// A window of a desktop is not made narrower than this; a narrower page is shown as on a telephone.
const NARROWEST: u32 = 500;

/// How a window looks at the pages.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    pub has_script: bool,
    pub is_dark: bool,
}

impl Window {
    pub const WIDE: Self = Self { width: 1280, height: 900, has_script: true, is_dark: false };
    pub const NARROW: Self = Self { width: 320, height: 640, ..Self::WIDE };
    pub const DARK: Self = Self { is_dark: true, ..Self::WIDE };
    pub const WITHOUT_SCRIPT: Self = Self { has_script: false, ..Self::WIDE };
}

/// The two programs and their folder, ended with the test.
struct Driver {
    child: Child,
    profile: TempDir,
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An installation whose pages are served, and a window on them.
pub struct Desk {
    pub site: Site,
    pub window: Client,
    pub url: String,
    closing: CancellationToken,
    _driver: Driver,
}

/// Runs a test in a window on an installation with the people of the test data and a filled queue; says why not where
/// there is no browser.
pub fn with_desk(look: Window, test: &impl AsyncFn(&mut Desk)) {
    with_desk_of(look, "127.0.0.1", &async |place| Site::with_queue(&place).await, test);
}

/// The same on an installation of the test's own, reached by a name of this machine.
pub fn with_desk_of(
    look: Window,
    host: &str,
    site: &impl AsyncFn(Place) -> Site,
    test: &impl AsyncFn(&mut Desk),
) {
    let Some((driver, chromium)) = programs() else { return };
    crate::database::block_on(async {
        let site = site(Place::Sqlite).await;
        let listener = web::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let url = format!("http://{host}:{}", listener.local_addr().unwrap().port());
        let closing = CancellationToken::new();
        let pages = tokio::spawn(web::serve(site.web.clone(), listener, closing.clone()));
        let (driver, window) = open(&driver, &chromium, look).await;
        let mut desk = Desk { site, window, url, closing, _driver: driver };
        test(&mut desk).await;
        let _ = desk.window.clone().close().await;
        desk.closing.cancel();
        // Chromium keeps connections that it has opened in advance.
        let _ = tokio::time::timeout(Duration::from_secs(2), pages).await;
    });
}

fn programs() -> Option<(PathBuf, PathBuf)> {
    let (driver, chromium) = (std::env::var_os(DRIVER), std::env::var_os(CHROMIUM));
    let Some((driver, chromium)) = driver.zip(chromium) else {
        println!("skipped: a browser: {DRIVER} and {CHROMIUM} are not set");
        return None;
    };
    Some((driver.into(), chromium.into()))
}

async fn open(driver: &PathBuf, chromium: &PathBuf, look: Window) -> (Driver, Client) {
    let profile = tempfile::tempdir().unwrap();
    let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(driver)
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let driver = Driver { child, profile };
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--hide-scrollbars".to_owned(),
        "--accept-lang=en".to_owned(),
        format!("--user-data-dir={}", driver.profile.path().display()),
        format!("--window-size={},{}", look.width, look.height),
    ];
    if look.is_dark {
        arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let scripts = if look.has_script { 1 } else { 2 };
    let mut options = json!({
        "goog:chromeOptions": {
            "binary": chromium,
            "args": arguments,
            "prefs": {"profile.managed_default_content_settings.javascript": scripts, "intl.accept_languages": "en"},
        },
        "goog:loggingPrefs": {"browser": "ALL"},
        // On a machine that is busy a look at a long page takes its time.
        "timeouts": {"script": DEADLINE.as_millis(), "pageLoad": DEADLINE.as_millis(), "implicit": 0},
    });
    if look.width < NARROWEST {
        let screen = json!({"width": look.width, "height": look.height, "pixelRatio": 1.0, "touch": false});
        options["goog:chromeOptions"]["mobileEmulation"] = json!({"deviceMetrics": screen});
    }
    let Value::Object(options) = options else { unreachable!("it is an object") };
    let capabilities: Capabilities = options;
    let started = Instant::now();
    loop {
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.clone());
        match builder.connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(window) => return (driver, window),
            Err(error) if started.elapsed() > DEADLINE => panic!("no browser: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

impl Desk {
    /// Opens a page.
    pub async fn go(&self, path: &str) {
        self.window.goto(&format!("{}{path}", self.url)).await.unwrap();
    }

    /// Signs in through the form.
    pub async fn sign_in(&self, name: &str) {
        self.go("/").await;
        self.fill("#name", name).await;
        self.fill("#password", PASSWORD).await;
        self.submit("main form button").await;
    }

    /// Presses a button or follows a link that leads to another page, and waits until that is there.
    #[track_caller]
    pub fn submit(&self, css: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move { self.leads_from(at, self.press(css)).await }
    }

    /// Waits until something that is done leads to another page.
    #[track_caller]
    pub fn leads(&self, done: impl Future<Output = ()>) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move { self.leads_from(at, done).await }
    }

    async fn leads_from(&self, at: &std::panic::Location<'_>, done: impl Future<Output = ()>) {
        let before = self.window.find(Locator::Css("html")).await.unwrap();
        done.await;
        let started = Instant::now();
        while before.tag_name().await.is_ok() || !self.is_loaded().await {
            assert!(started.elapsed() < DEADLINE, "{at}: that leads nowhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The old page may be gone before the new one can be looked at.
    async fn is_loaded(&self) -> bool {
        let state = self.window.execute("return document.readyState", Vec::new()).await;
        state.is_ok_and(|state| state == json!("complete"))
    }

    /// Presses a key where the focus is.
    pub async fn key(&self, key: &str) {
        self.window.active_element().await.unwrap().send_keys(key).await.unwrap();
    }

    /// Types into a field after what it holds.
    pub async fn type_into(&self, css: &str, text: &str) {
        let field = self.window.find(Locator::Css(css)).await;
        field.unwrap_or_else(|error| panic!("{css}: {error}")).send_keys(text).await.unwrap();
    }

    /// Whether the page has something.
    pub async fn has(&self, css: &str) -> bool {
        self.window.find(Locator::Css(css)).await.is_ok()
    }

    /// Waits until a script in the page says yes.
    #[track_caller]
    pub fn until(&self, script: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            let started = Instant::now();
            while self.script(script).await != json!(true) {
                assert!(started.elapsed() < DEADLINE, "{at}: never so");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Types into a field.
    pub async fn fill(&self, css: &str, text: &str) {
        let field =
            self.window.find(Locator::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses a button or follows a link.
    #[track_caller]
    pub fn press(&self, css: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            let button = self.window.find(Locator::Css(css)).await;
            let button = button.unwrap_or_else(|error| panic!("{at}: {css}: {error}"));
            button.click().await.unwrap_or_else(|error| panic!("{at}: {css}: {error}"));
        }
    }

    /// The text that can be seen.
    pub async fn text(&self) -> String {
        self.window.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// What a script in the page says.
    pub async fn script(&self, text: &str) -> Value {
        self.window.execute(text, Vec::new()).await.unwrap()
    }

    /// Keeps the page as a picture, where pictures are wanted.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os(SCREENSHOTS).map(PathBuf::from) else { return };
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), self.window.screenshot().await.unwrap()).unwrap();
    }

    /// Whether the page is wider than the window: then one would have to scroll sideways to read.
    pub async fn overflows(&self) -> bool {
        let wider = "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.script(wider).await == json!(true)
    }

    /// What axe finds wrong on the page: rule, weight and place.
    pub async fn axe(&self) -> Vec<String> {
        self.script(include_str!("axe-4.14.1.min.js")).await;
        let run = "const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations'],
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
                .then(found => done(found.violations.flatMap(rule => rule.nodes.map(node =>
                    rule.impact + ' ' + rule.id + ' ' + node.target.join(' ') + ' ' + node.failureSummary))),
                    error => done(['axe failed: ' + error]));";
        let found = self.window.execute_async(run, Vec::new()).await.unwrap();
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }
}
