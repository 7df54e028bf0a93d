//! The demonstration, by the real binary in folders of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// Streets that VTJ gives for protected people; `testdata/patrons/README.md` lists them.
const PROTECTED: [&str; 10] = [
    "Vuorikatu 66",
    "Berggatan 66",
    "Mäntykatu 77",
    "Tallgatan 77",
    "Mäntykatu 20 A 1",
    "Tallgatan 20 A 1",
    "Ratatie 88",
    "Banvägen 88",
    "PL 900",
    "PB 900",
];

fn demo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ajantasa"));
    command.args(["demo", "--dir"]).arg(folder).args(arguments).stdin(Stdio::null());
    for variable in ["AJANTASA_LOG", "AJANTASA_KEY_FILE", "CREDENTIALS_DIRECTORY"] {
        command.env_remove(variable);
    }
    command
}

fn ran(folder: &Path, arguments: &[&str]) -> Output {
    demo(folder, arguments).output().expect("the binary starts")
}

#[track_caller]
fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("standard output is one JSON value")
}

fn testdata(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/patrons").join(name);
    fs::read_to_string(path).expect("it is there")
}

fn expected_queue() -> Vec<(String, String)> {
    let items: Vec<BTreeMap<String, Value>> =
        serde_json::from_str(&testdata("expected_queue.json")).expect("JSON");
    let word = |item: &BTreeMap<String, Value>, key: &str| item[key].as_str().expect("a text").to_owned();
    items.iter().map(|item| (word(item, "card_number"), word(item, "kind"))).collect()
}

/// What the queue holds before the last twelve entries of the log: two deaths are not taken back yet, an
/// order has not ended yet, and four people have nothing yet.
fn expected_findings() -> BTreeMap<String, u64> {
    let later = [
        ("2071000060", "protection_started"),
        ("2071000061", "protection_started"),
        ("2071000066", "identity_code_changed"),
        ("2092000010", "moved_abroad"),
    ];
    let mut findings = BTreeMap::from([("death".to_owned(), 2), ("protection_started".to_owned(), 1)]);
    for (card, kind) in expected_queue() {
        if !later.contains(&(card.as_str(), kind.as_str())) {
            *findings.entry(kind).or_default() += 1;
        }
    }
    findings
}

#[test]
fn a_demonstration_finds_what_is_expected_and_finds_it_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path().join("demo");
    let expected = serde_json::json!({
        "patrons": 89, "checked": 83, "findings": expected_findings(), "errors": 0,
    });
    for _ in 0..2 {
        assert_eq!(json(&ran(&dir, &["--once", "--format", "json"])), expected);
    }
    let mode = |name: &str| fs::metadata(dir.join(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("."), 0o700);
    for name in ["ajantasa.toml", "ajantasa.key", "patrons.csv", "vtj.password"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}

#[test]
fn the_text_says_that_it_is_simulated_and_shows_no_code_and_no_protected_address() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = ran(folder.path(), &["--once"]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stdout.starts_with("listening on http://127.0.0.1:"), "{stdout}");
    for words in [
        "everything here is simulated",
        "89 patrons, 83 checked",
        "The same address in the other language.",
        "approval would write",
        "Pitkäkatu 3 B 12b",
        "Raseborgsvägen 8 A 12",
        "card 2071000058",
        "queue list",
    ] {
        assert!(stdout.contains(words), "{words:?} is not in: {stdout}");
    }
    let said = format!("{stdout}{stderr}");
    for secret in secrets() {
        assert!(!said.contains(&secret), "something that is secret is in the text");
    }
}

/// Every identity code of the register, and how protected patrons can be reached.
fn secrets() -> Vec<String> {
    let protected: BTreeSet<String> = expected_queue()
        .into_iter()
        .filter(|(_, kind)| kind == "protection_started")
        .map(|(card, _)| card)
        .collect();
    let mut secrets: Vec<String> = PROTECTED.map(str::to_owned).to_vec();
    let text = testdata("register.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    for row in reader.records() {
        let row = row.expect("a row");
        let cell = |name: &str| {
            let at = header.iter().position(|column| column == name).expect("a column");
            row[at].to_owned()
        };
        secrets.push(cell("identity_code"));
        if protected.contains(&cell("card_number")) || cell("protected") == "yes" {
            secrets.extend(["street_address", "phone", "email"].map(cell));
        }
    }
    secrets.retain(|secret| !secret.is_empty());
    assert!(secrets.len() > 90);
    secrets
}

#[test]
fn a_folder_that_is_no_demonstration_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("letter.txt"), "mine").expect("writable");
    let output = ran(folder.path(), &["--once", "--format", "json"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no demonstration"));
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1);
}

#[test]
fn a_demonstration_follows_the_simulated_world_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = demo(folder.path(), &["--web-port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let line = lines
        .find_map(|line| line.ok().filter(|line| line.contains("arrived: ")))
        .expect("a line for what happened");
    assert!(line.contains("simulated") && line.contains("card 2071000056: death_withdrawn found"), "{line}");
    let refused = ran(folder.path(), &["--once"]);
    assert_eq!(refused.status.code(), Some(75), "a second one in the same folder");
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process number"));
    kill(pid, Signal::SIGINT).expect("our own child");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(lines.map_while(Result::ok).any(|line| line.contains("goes on from here")));
}

#[test]
fn a_demonstration_tells_who_may_sign_in_to_the_staff_pages_and_where() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = demo(folder.path(), &["--web-port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    // Who stops listening stops the demonstration at its next word.
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let told: Vec<String> = lines
        .by_ref()
        .map(|line| line.expect("it speaks"))
        .skip_while(|line| !line.starts_with("The staff pages"))
        .take(4)
        .collect();
    let url = told[0].rsplit(' ').next().expect("an address").to_owned();
    for (line, role) in told[1..].iter().zip(["administrator", "reviewer", "auditor"]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, password, said] = words[..] else { panic!("{line:?}") };
        assert_eq!(said, role);
        crate::database::block_on(signs_in(&url, name, password));
    }
    child.kill().expect("it runs");
    child.wait().expect("our child");
}

async fn signs_in(url: &str, name: &str, password: &str) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", name), ("password", password)])
        .finish();
    let request = client.post(format!("{url}/sign-in")).header("origin", url);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = client.get(format!("{url}/account")).header("cookie", cookie).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains(name));
}

#[test]
fn commands_use_the_configuration_that_a_demonstration_leaves() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    json(&ran(folder.path(), &["--once", "--format", "json"]));
    let config = folder.path().join("ajantasa.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_ajantasa"))
        .arg("--config")
        .arg(&config)
        .args(["queue", "list", "--format", "json"])
        .output()
        .expect("the binary starts");
    let queue: Vec<Value> = serde_json::from_value(json(&output)).expect("an array");
    let expected: u64 = expected_findings().values().sum();
    assert_eq!(queue.len() as u64, expected);
}
