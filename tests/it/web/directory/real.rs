//! A real provider, npm's oidc-provider: its login form, its cookies, its redirects.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ajantasa::clock::{Clock as _, SystemClock};
use ajantasa::staff::Role;
use ajantasa::web::Settings;
use chrono::SubsecRound as _;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use serde_json::{Value, json};

use super::super::{Browser, Site};
use super::{arrive, on_both, way, why};
use crate::scenario::{Place, Scenario, Setup};

/// The folder with its node_modules.
const FOLDER: &str = "AJANTASA_TEST_DIRECTORY";
const BACK: &str = "http://127.0.0.1:8080/sign-in/directory/return";

/// The provider, ended with its test.
struct Provider {
    url: String,
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    process: Child,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    /// Starts it; says why not where it is not installed.
    fn start() -> Option<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let Some(folder) = std::env::var_os(FOLDER) else {
            println!("skipped: a real directory: {FOLDER} is not set");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/oidc/provider.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .arg(BACK)
            .env(FOLDER, folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let url = line.expect("the provider listens");
        // What it says later is read by nobody, and must not stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Some(Self { url, client, cookies: BTreeMap::new(), process })
    }

    async fn person(&self, name: &str, claims: Value) {
        let request = self.client.put(format!("{}/people/{name}", self.url)).body(claims.to_string());
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }

    /// One request of the browser to the provider, with its cookies there.
    async fn ask(&mut self, address: &Url, login: Option<&str>) -> reqwest::Response {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match login {
            Some(name) => self
                .client
                .post(address.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("login={name}")),
            None => self.client.get(address.clone()),
        };
        let answer = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        answer
    }

    /// Follows the way through the provider, its login form filled in, until it leads back to us. The path of that.
    async fn through(&mut self, from: &str, name: &str) -> String {
        let mut address = Url::parse(from).unwrap();
        for _ in 0..10 {
            if address.as_str().starts_with(BACK) {
                return format!("{}?{}", address.path(), address.query().unwrap());
            }
            let mut answer = self.ask(&address, None).await;
            if answer.status() == StatusCode::OK {
                assert!(answer.text().await.unwrap().contains("name=\"login\""), "the login form");
                answer = self.ask(&address, Some(name)).await;
            }
            assert!(answer.status().is_redirection(), "{} {}", address.path(), answer.status());
            address = address.join(answer.headers()[LOCATION].to_str().unwrap()).unwrap();
        }
        panic!("it leads nowhere")
    }
}

/// Pages at the time of the machine, which is the provider's.
async fn site(place: &Place, provider: &Provider) -> Site {
    let at = SystemClock.now().trunc_subsecs(0);
    let scenario = Scenario::new(place, Setup { at, ..Setup::default() }).await;
    let directory = Some(way(&provider.url, &[], false));
    let site = Site::with_settings(scenario, Settings { directory, ..Settings::default() });
    site.account("anna", Role::Administrator, &[], false).await;
    site
}

async fn leaves(browser: &mut Browser) -> String {
    browser.get("/sign-in/directory").await.location().to_owned()
}

on_both! {
    async fn a_whole_sign_in_at_a_real_provider_gives_role_and_municipalities(place: Place) {
        let Some(mut provider) = Provider::start() else { return };
        let site = site(&place, &provider).await;
        provider.person("m1", json!({ "preferred_username": "maija", "groups": ["decides"], "towns": ["710"] })).await;
        let mut browser = site.browser();
        browser.get("/queue").await;
        let address = leaves(&mut browser).await;
        let back = provider.through(&address, "m1").await;
        assert!(back.contains("iss="), "it says whose answer it is: {back}");
        let answer = browser.get(&back).await;
        assert!(!answer.location().contains("code="), "{}", answer.location());
        assert_eq!(arrive(&mut browser, &answer).await, "/queue");
        browser.get("/account").await.ok().says("maija").says("reviewer").says("Raasepori");
        assert_eq!(why(&browser.get(&back).await), "late", "the same answer again");
    }

    async fn a_real_provider_changes_and_takes_away_roles(place: Place) {
        let Some(mut provider) = Provider::start() else { return };
        let site = site(&place, &provider).await;
        let groups = [(json!(["decides"]), "whole"), (json!(["inspects"]), "whole"), (json!(["x"]), "no-role")];
        let mut earlier: Vec<Browser> = Vec::new();
        for (groups, wanted) in groups {
            provider.person("m1", json!({ "preferred_username": "maija", "groups": groups, "towns": ["710"] })).await;
            let mut browser = site.browser();
            let address = leaves(&mut browser).await;
            let back = provider.through(&address, "m1").await;
            let answer = browser.get(&back).await;
            assert!(answer.location().ends_with(wanted), "{groups}: {}", answer.location());
            for browser in &mut earlier {
                assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED, "{groups}");
            }
            earlier.push(browser);
        }
    }

    async fn whoever_a_real_provider_does_not_know_is_not_signed_in(place: Place) {
        let Some(mut provider) = Provider::start() else { return };
        let site = site(&place, &provider).await;
        let mut browser = site.browser();
        let address = leaves(&mut browser).await;
        let back = provider.through(&address, "stranger").await;
        assert_eq!(why(&browser.get(&back).await), "declined");
    }

    async fn an_answer_of_a_real_provider_is_of_one_sign_in_in_one_browser(place: Place) {
        let Some(mut provider) = Provider::start() else { return };
        let site = site(&place, &provider).await;
        provider.person("m1", json!({ "preferred_username": "maija", "groups": ["inspects"] })).await;
        let (mut browser, mut other) = (site.browser(), site.browser());
        let address = leaves(&mut browser).await;
        let back = provider.through(&address, "m1").await;
        leaves(&mut other).await;
        assert_eq!(why(&other.get(&back).await), "late", "a code of another browser");
        // A code for one sign-in under the state of another: verifier and nonce are others.
        let first = provider.through(&leaves(&mut browser).await, "m1").await;
        let second = provider.through(&leaves(&mut browser).await, "m1").await;
        let part = |back: &str, name: &str| {
            let url = Url::parse(BACK).unwrap().join(back).unwrap();
            let found = url.query_pairs().find(|(found, _)| found == name).unwrap();
            form_urlencoded::byte_serialize(found.1.as_bytes()).collect::<String>()
        };
        let mixed = format!(
            "/sign-in/directory/return?state={}&code={}&iss={}",
            part(&second, "state"),
            part(&first, "code"),
            part(&second, "iss")
        );
        assert_eq!(why(&browser.get(&mixed).await), "not-proved");
        assert_eq!(site.scenario.number("SELECT count(*) FROM session").await, 0);
    }
}
