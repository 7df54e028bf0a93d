//! Security keys, played by a key of the test's own: adding one, signing in with it, and every way in which an answer
//! is wrong.

use ajantasa::staff::Role;
use ajantasa::web::Settings;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::second_factor::PAGE;
use super::{Answer, Browser, PASSWORD, Site};
use crate::scenario::{Place, on_both};

const ORIGIN: &str = "http://localhost:8080";
const KEYS: &str = "/account/security-keys";
const NEW: &str = "/account/security-keys/new";
const GIVE: &str = "/sign-in/security-key";

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key that answers as it is told.
#[derive(Clone)]
struct Key {
    secret: Vec<u8>,
    id: Vec<u8>,
    count: u32,
    site: &'static str,
    origin: &'static str,
}

impl Key {
    fn new(id: u8) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let secret = made.as_ref().to_vec();
        Self { secret, id: vec![id; 20], count: 1, site: "localhost", origin: ORIGIN }
    }

    fn pair(&self) -> EcdsaKeyPair {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.secret, &random).unwrap()
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{}","crossOrigin":false}}"#,
            self.origin
        )
        .into_bytes()
    }

    /// The site's digest, flags and count: somebody is there, and perhaps a new credential follows.
    fn head(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.site.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.count.to_be_bytes());
        data
    }

    /// The answer to being added.
    fn made(&self, options: &Value) -> String {
        let client = self.client_data("webauthn.create", options["challenge"].as_str().unwrap());
        let mut data = self.head(0b0100_0001);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let pair = self.pair();
        let point = pair.public_key().as_ref();
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point[33..]);
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, u8::try_from(data.len()).unwrap()]);
        object.extend(data);
        json!({
            "id": base64(&self.id), "rawId": base64(&self.id), "type": "public-key",
            "authenticatorAttachment": "cross-platform", "clientExtensionResults": {},
            "response": {"clientDataJSON": base64(&client), "attestationObject": base64(&object), "transports": ["usb"]},
        })
        .to_string()
    }

    /// The answer to being asked to sign.
    fn signed(&self, options: &Value) -> String {
        let client = self.client_data("webauthn.get", options["challenge"].as_str().unwrap());
        let data = self.head(1);
        let message = [&data, digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair().sign(&SystemRandom::new(), &message).unwrap();
        json!({
            "id": base64(&self.id), "rawId": base64(&self.id), "type": "public-key",
            "authenticatorAttachment": "cross-platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64(&client), "authenticatorData": base64(&data),
                "signature": base64(signature.as_ref()),
            },
        })
        .to_string()
    }
}

/// What a page hands to a key.
fn options(answer: &Answer) -> Value {
    let text = answer.text.split_once("data-options=\"").unwrap().1.split('"').next().unwrap();
    let text = text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&");
    serde_json::from_str(&text).unwrap()
}

async fn site(place: &Place) -> Site {
    Site::guarded_with(place, Settings { origin: Some(ORIGIN.to_owned()), ..Settings::default() }).await
}

/// A browser that reaches the pages by their name.
async fn get(browser: &mut Browser, path: &str) -> Answer {
    browser.send("GET", path, None, &[("host", "localhost:8080")]).await
}

async fn post(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.token.clone();
    let mut fields = fields.to_vec();
    fields.push(("token", &token));
    browser.send("POST", path, Some(&fields), &[("host", "localhost:8080"), ("origin", ORIGIN)]).await
}

/// Adds a key to the account of a browser.
async fn add(browser: &mut Browser, key: &Key) {
    get(browser, KEYS).await.ok();
    let answer = post(browser, KEYS, &[("name", "blue"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, NEW), "{}", answer.text);
    let page = get(browser, NEW).await.ok();
    let answer = post(browser, NEW, &[("answer", &key.made(&options(&page)))]).await;
    assert_eq!(answer.location(), "/account/security-keys?done=added", "{}", answer.text);
}

/// A browser that has given its password, and what its page hands to a key.
async fn half(site: &Site, name: &str) -> (Browser, Value) {
    site.scenario.clock.advance(TimeDelta::minutes(30));
    let mut browser = site.half(name).await;
    let page = get(&mut browser, PAGE).await.ok();
    let options = options(&page);
    (browser, options)
}

/// What is wrong with an answer, and how it comes from what was asked.
type Wrong<'a> = (&'a str, &'a dyn Fn(&Value) -> String);

on_both! {
    async fn a_key_that_was_added_signs_in_and_each_act_is_one_record(place: Place) {
        let site = site(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut maija, ..) = site.set_up("maija").await;
        let mut key = Key::new(1);
        let before = site.recorded().await.len();
        add(&mut maija, &key).await;
        get(&mut maija, KEYS).await.ok().says("blue").says("never");
        assert_eq!(site.recorded().await.split_off(before), ["account.key_prepare", "account.key_add"]);
        let stored = site.scenario.number("SELECT count(*) FROM security_key WHERE length(sealed) > 60").await;
        assert_eq!(stored, 1);

        let (mut browser, asked) = half(&site, "maija").await;
        assert_eq!(asked["rpId"], "localhost");
        assert_eq!(asked["userVerification"], "preferred");
        assert_eq!(asked["allowCredentials"][0]["id"], base64(&key.id));
        key.count += 1;
        let before = site.recorded().await.len();
        let answer = post(&mut browser, GIVE, &[("answer", &key.signed(&asked))]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.text);
        assert_eq!(site.recorded().await.split_off(before), ["session.begin"]);
        let details = site.scenario.texts("SELECT detail FROM audit WHERE action = 'session.begin' ORDER BY sequence").await;
        assert!(details.last().unwrap().ends_with("by password and security key"), "{details:?}");
        get(&mut browser, KEYS).await.ok().says("blue").does_not_say("never");
        // The app still works beside it.
        let (mut browser, _) = half(&site, "maija").await;
        get(&mut browser, PAGE).await.ok().says("id=\"code\"").says("Use a security key");
    }

    async fn a_wrong_answer_signs_nobody_in_and_is_recorded(place: Place) {
        let site = site(&place).await;
        for name in ["maija", "pekka"] {
            site.account(name, Role::Reviewer, &["710"], false).await;
        }
        let (mut maija, ..) = site.set_up("maija").await;
        let (mut pekka, ..) = site.set_up("pekka").await;
        let (mut key, others) = (Key::new(1), Key::new(2));
        add(&mut maija, &key).await;
        add(&mut pekka, &others).await;

        let (_, earlier) = half(&site, "maija").await;
        // In each one thing is wrong, and the rest as it should be.
        key.count = 9;
        let with = |change: fn(&mut Key)| {
            let mut other = key.clone();
            change(&mut other);
            other
        };
        let another_site = with(|key| key.site = "example.org");
        let another_origin = with(|key| key.origin = "http://localhost:9999");
        let another_pair = Key { count: 9, ..Key::new(1) };
        let anothers = Key { count: 9, ..others };
        let wrong: [Wrong<'_>; 8] = [
            ("another challenge", &|_| key.signed(&earlier)),
            ("another site", &|asked| another_site.signed(asked)),
            ("another origin", &|asked| another_origin.signed(asked)),
            ("another key pair", &|asked| another_pair.signed(asked)),
            ("another's key", &|asked| anothers.signed(asked)),
            ("another ceremony", &|asked| key.made(asked)),
            ("nothing", &|_| String::new()),
            ("too much", &|_| "x".repeat(100_000)),
        ];
        for (what, answer) in wrong {
            let (mut browser, asked) = half(&site, "maija").await;
            let before = site.recorded().await.len();
            let answer = post(&mut browser, GIVE, &[("answer", &answer(&asked))]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {}", answer.text);
            answer.says("href=\"#security-key\"").says("was not accepted");
            assert_eq!(site.recorded().await.split_off(before), ["account.refuse"], "{what}");
        }
        let (mut browser, asked) = half(&site, "maija").await;
        let answer = post(&mut browser, GIVE, &[("answer", &key.signed(&asked))]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "with nothing wrong: {}", answer.text);
    }

    async fn an_answer_counts_once_and_in_time(place: Place) {
        let site = site(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut maija, ..) = site.set_up("maija").await;
        let mut key = Key::new(1);
        add(&mut maija, &key).await;
        let (mut browser, asked) = half(&site, "maija").await;
        let mut again = browser.clone();
        key.count += 1;
        let signed = key.signed(&asked);
        assert_eq!(post(&mut browser, GIVE, &[("answer", &signed)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(post(&mut again, GIVE, &[("answer", &signed)]).await.status, StatusCode::UNAUTHORIZED);

        // The same answer in a session of its own, where it was never asked.
        let (mut thief, _) = half(&site, "maija").await;
        assert_eq!(post(&mut thief, GIVE, &[("answer", &signed)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        // A wrong answer uses up what was asked.
        let (mut browser, asked) = half(&site, "maija").await;
        let (mut other, token) = (browser.clone(), browser.token.clone());
        post(&mut browser, GIVE, &[("answer", "{}")]).await;
        site.scenario.clock.advance(TimeDelta::minutes(1));
        key.count += 1;
        other.token = token;
        let late = post(&mut other, GIVE, &[("answer", &key.signed(&asked))]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fresh = options(&late);
        site.scenario.clock.advance(TimeDelta::minutes(1));
        let answer = post(&mut other, GIVE, &[("answer", &key.signed(&fresh))]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }

    async fn a_key_whose_count_went_back_is_refused_and_recorded(place: Place) {
        let site = site(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut maija, ..) = site.set_up("maija").await;
        let mut key = Key::new(1);
        key.count = 5;
        add(&mut maija, &key).await;
        for count in [5, 4] {
            key.count = count;
            let (mut browser, asked) = half(&site, "maija").await;
            let answer = post(&mut browser, GIVE, &[("answer", &key.signed(&asked))]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let why = site.scenario.texts("SELECT detail FROM audit WHERE action = 'account.refuse' ORDER BY sequence").await;
            assert_eq!(why.last().unwrap(), "account maija: the counter of a security key went back");
        }
        key.count = 6;
        let (mut browser, asked) = half(&site, "maija").await;
        assert_eq!(post(&mut browser, GIVE, &[("answer", &key.signed(&asked))]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(site.scenario.number("SELECT sign_count FROM security_key").await, 6);
    }

    async fn adding_a_key_asks_for_the_password_and_takes_no_wrong_answer(place: Place) {
        let site = site(&place).await;
        for name in ["maija", "pekka"] {
            site.account(name, Role::Reviewer, &["710"], false).await;
        }
        let (mut maija, ..) = site.set_up("maija").await;
        let (mut pekka, ..) = site.set_up("pekka").await;
        let key = Key::new(1);
        get(&mut maija, KEYS).await.ok();
        for (name, password, field) in [("blue", "not the password", "password"), ("", PASSWORD, "name"), (&"x".repeat(41), PASSWORD, "name")] {
            let answer = post(&mut maija, KEYS, &[("name", name), ("password", password)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.says(&format!("href=\"#{field}\"")).says(&format!("id=\"{field}\""));
            site.scenario.clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(get(&mut maija, NEW).await.location(), KEYS, "nothing is being added");
        let answer = post(&mut maija, NEW, &[("answer", "{}")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        // An answer to another session's question.
        post(&mut pekka, KEYS, &[("name", "red"), ("password", PASSWORD)]).await;
        let asked = options(&get(&mut pekka, NEW).await.ok());
        post(&mut maija, KEYS, &[("name", "blue"), ("password", PASSWORD)]).await;
        let answer = post(&mut maija, NEW, &[("answer", &key.made(&asked))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Too late.
        post(&mut maija, KEYS, &[("name", "blue"), ("password", PASSWORD)]).await;
        let asked = options(&get(&mut maija, NEW).await.ok());
        site.scenario.clock.advance(TimeDelta::minutes(11));
        assert_eq!(post(&mut maija, NEW, &[("answer", &key.made(&asked))]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        // Somebody else's key.
        add(&mut maija, &key).await;
        post(&mut pekka, KEYS, &[("name", "red"), ("password", PASSWORD)]).await;
        let asked = options(&get(&mut pekka, NEW).await.ok());
        assert_eq!(post(&mut pekka, NEW, &[("answer", &key.made(&asked))]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.scenario.number("SELECT count(*) FROM security_key").await, 1);
    }

    async fn a_key_is_removed_by_its_holder_but_never_the_last_second_factor(place: Place) {
        let site = site(&place).await;
        for name in ["maija", "pekka"] {
            site.account(name, Role::Reviewer, &["710"], false).await;
        }
        let (mut maija, ..) = site.set_up("maija").await;
        let (mut pekka, ..) = site.set_up("pekka").await;
        add(&mut maija, &Key::new(1)).await;
        add(&mut maija, &Key::new(2)).await;
        let page = get(&mut maija, KEYS).await.ok();
        let ids: Vec<String> = page.text.split("name=\"key\" value=\"").skip(1).map(|rest| rest[..36].to_owned()).collect();
        assert_eq!(ids.len(), 2);
        let remove = "/account/security-keys/remove";
        let answer = post(&mut pekka, remove, &[("key", &ids[0]), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let answer = post(&mut maija, remove, &[("key", &ids[0]), ("password", "not the password")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.scenario.clock.advance(TimeDelta::minutes(1));
        let before = site.recorded().await.len();
        let answer = post(&mut maija, remove, &[("key", &ids[0]), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/account/security-keys?done=removed", "{}", answer.text);
        assert_eq!(site.recorded().await.split_off(before), ["account.key_remove"]);
        site.scenario.execute("DELETE FROM second_factor").await;
        let answer = post(&mut maija, remove, &[("key", &ids[1]), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says("your last second factor");
        assert_eq!(site.scenario.number("SELECT count(*) FROM security_key").await, 1);
    }

    async fn at_an_address_of_digits_and_without_a_second_factor_there_are_no_keys(place: Place) {
        let site = site(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let (mut maija, ..) = site.set_up("maija").await;
        add(&mut maija, &Key::new(1)).await;
        maija.get(KEYS).await.ok().says("reached by a name").does_not_say("id=\"password\"");
        let answer = maija.post(KEYS, &[("name", "blue"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        site.scenario.clock.advance(TimeDelta::minutes(30));
        let mut browser = site.half("maija").await;
        browser.get(PAGE).await.ok().says("reached by a name").does_not_say("data-options");
        assert_eq!(browser.post(GIVE, &[("answer", "{}")]).await.status, StatusCode::NOT_FOUND);

        let site = site.with(Settings::default());
        let mut maija = site.signed_in("maija").await;
        maija.get("/account").await.ok().does_not_say(KEYS);
        assert_eq!(maija.get(KEYS).await.status, StatusCode::NOT_FOUND);
    }

    async fn who_resets_a_second_factor_takes_the_keys_with_it(place: Place) {
        let site = site(&place).await;
        let id = site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let (mut maija, ..) = site.set_up("maija").await;
        let (mut anna, ..) = site.set_up("anna").await;
        add(&mut maija, &Key::new(1)).await;
        let answer = anna.post(&format!("/administration/accounts/{id}/second-factor"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(site.scenario.number("SELECT count(*) FROM security_key").await, 0);
    }
}
