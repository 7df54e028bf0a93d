//! The simulated VTJ: as strict as the real one, true to its change semantics, and misbehaving on request.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod faults;
mod loading;
mod playing;
mod reading;
mod soap;
mod strictness;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ajantasa::clock::{Clock, TestClock};
use ajantasa::identity_code::IdentityCode;
use ajantasa::vtj::mock::{
    Entry, MockError, MockSettings, PartsError, Person, RunningMock, SIMULATION, World, serve,
};
use chrono::NaiveDate;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

/// The `n`th of many codes that no real person has.
fn code(n: u32) -> String {
    let (day, month, year) = (n % 28 + 1, n / 28 % 12 + 1, n / 336 % 100);
    let number = 900 + n / 33600 % 100;
    let digits = format!("{day:02}{month:02}{year:02}{number}");
    let remainder = digits.parse::<usize>().unwrap() % 31;
    let check = char::from(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[remainder]);
    format!("{}-{}{check}", &digits[..6], &digits[6..])
}

fn identity(n: u32) -> IdentityCode {
    IdentityCode::parse(&code(n)).unwrap()
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(TestClock::at("2026-11-21T10:00:00Z".parse().unwrap()))
}

fn day(date: &str) -> Value {
    json!({ "arvo": date, "tarkkuus": "PAIVA" })
}

fn person(n: u32, groups: &Value) -> Person {
    Person { code: identity(n), groups: serde_json::value::to_raw_value(groups).unwrap() }
}

fn entry(key: i64, at: &str, n: u32, groups: &Value) -> Entry {
    let groups = serde_json::value::to_raw_value(groups).unwrap();
    Entry { key, at: at.parse().unwrap(), code: identity(n), groups }
}

fn name(surname: &str) -> Value {
    json!({ "tietoryhma": "HENKILON_NIMI", "etunimi": "Maija", "sukunimi": surname })
}

fn named(surname: &str) -> Value {
    json!([name(surname), { "tietoryhma": "TURVAKIELTO", "turvakieltoAktiivinen": false }])
}

fn renamed(surname: &str) -> Value {
    let mut name = name(surname);
    name["muutosattribuutti"] = json!("MUUTETTU");
    json!([name])
}

/// Four people, and five entries in three Helsinki days.
fn small_world() -> World {
    let people = (1..=4).map(|n| person(n, &named("Testinen"))).collect();
    let log = vec![
        entry(1010, "2026-11-18T22:00:00Z", 1, &renamed("Mallila")),
        entry(1020, "2026-11-19T08:00:00Z", 2, &renamed("Provberg")),
        entry(1030, "2026-11-19T21:59:59Z", 1, &renamed("Esimerkki")),
        entry(1040, "2026-11-19T22:00:00Z", 3, &renamed("Koelinna")),
        entry(1050, "2026-11-21T09:00:00Z", 1, &renamed("Loppunen")),
    ];
    World::from_parts(people, log, today()).unwrap()
}

fn settings() -> MockSettings {
    MockSettings::new(Path::new("unused").to_owned(), clock())
}

/// A running simulation and a client.
struct Vtj {
    mock: RunningMock,
    client: reqwest::Client,
}

impl Vtj {
    async fn of(world: World, settings: MockSettings) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { mock: RunningMock::start_with(world, settings).await.unwrap(), client }
    }

    async fn small() -> Self {
        Self::of(small_world(), settings()).await
    }

    fn bare(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.mock.url()))
    }

    fn post(&self, operation: &str, body: &Value) -> RequestBuilder {
        self.bare(&format!("/api/v1/{operation}")).basic_auth("demo", Some("demo")).json(body)
    }

    async fn ask(&self, operation: &str, body: &Value) -> Response {
        self.post(operation, body).send().await.unwrap()
    }

    async fn answer(&self, operation: &str, body: &Value) -> Value {
        let response = self.ask(operation, body).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    async fn refused(&self, operation: &str, body: &Value) -> String {
        let response = self.ask(operation, body).await;
        assert_eq!(response.status(), 400, "{body}");
        let body: Value = response.json().await.unwrap();
        body["message"].as_str().unwrap().to_owned()
    }

    async fn key(&self, date: &str) -> Response {
        let url = format!("{}/api/v1/kirjausavain/{date}", self.mock.url());
        self.client.get(url).basic_auth("demo", Some("demo")).send().await.unwrap()
    }

    async fn changes(&self, cursor: i64, people: &[u32]) -> Value {
        self.answer("muutokset", &follow(cursor, people)).await
    }

    async fn fault(&self, fault: &Value) {
        assert_eq!(self.bare("/_mock/fault").json(fault).send().await.unwrap().status(), 200, "{fault}");
    }

    async fn get_json(&self, path: &str) -> Value {
        let response = self.client.get(format!("{}{path}", self.mock.url())).send().await.unwrap();
        assert_eq!(response.headers()["x-simulation"], SIMULATION);
        response.json().await.unwrap()
    }
}

fn follow(cursor: i64, people: &[u32]) -> Value {
    json!({ "viimeisinKirjausavain": cursor, "hetulista": list(people) })
}

fn list(people: &[u32]) -> Vec<String> {
    people.iter().map(|&n| code(n)).collect()
}

fn base(people: &[u32]) -> Value {
    json!({ "hetulista": list(people) })
}

fn surnames(changes: &Value) -> Vec<&str> {
    let entries = changes["muutokset"].as_array().unwrap();
    entries.iter().map(|entry| entry["tietoryhmat"][0]["sukunimi"].as_str().unwrap()).collect()
}
