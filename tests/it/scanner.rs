//! Nothing that a whole run leaves behind shows an identity code or a protected address.
//!
//! Every command runs with the fullest logs; what it says, what it writes and every byte of the database are
//! searched for each identity code of the test data and each protected contact, as UTF-8, UTF-16, hexadecimal
//! and Base64. Allowed are the imported patron files themselves and the key. The scanner proves itself by
//! leaks planted in every surface and in every writing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ajantasa::identity_code::IdentityCode;
use ajantasa::store::StoreUrl;
use ajantasa::store::backup::{self, BackupError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::scenario::{
    Scenario, Setup, TODAY, at_or_after_the_test_data, on_both, private, register, testdata,
};
use crate::serve::Server;
use crate::{check, contents};

/// Addresses of protected people that only VTJ knows.
const ADDRESSES: [&str; 10] = [
    "Vuorikatu 66 A 6",
    "Berggatan 66 A 6",
    "Mäntykatu 77 B 7",
    "Tallgatan 77 B 7",
    "Mäntykatu 20 A 1",
    "Tallgatan 20 A 1",
    "Ratatie 88 A 1",
    "Banvägen 88 A 1",
    "PL 900",
    "PB 900",
];

/// How the names of surfaces begin that only a person cleared for protected cases is shown.
const CLEARED: &str = "to the cleared: ";

/// What a run left behind, by what it is.
type Surfaces = BTreeMap<String, Vec<u8>>;

/// The writings of what must not show.
struct Needles {
    /// Whether any needle begins with these two bytes.
    beginnings: Vec<bool>,
    /// Sorted by the bytes; beside them, what they are, without saying it.
    all: Vec<(Vec<u8>, String)>,
}

impl Needles {
    fn new(secrets: &BTreeSet<String>) -> Self {
        let mut all = Vec::new();
        for (number, secret) in secrets.iter().enumerate() {
            for (writing, bytes) in writings(secret) {
                all.push((bytes, format!("secret {number} as {writing}")));
            }
        }
        all.sort();
        let mut beginnings = vec![false; 1 << 16];
        for (bytes, _) in &all {
            beginnings[beginning(bytes)] = true;
        }
        Self { beginnings, all }
    }

    /// The needles found in a surface.
    fn found_in(&self, hay: &[u8]) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for at in 0..hay.len().saturating_sub(1) {
            let rest = &hay[at..];
            if !self.beginnings[beginning(rest)] {
                continue;
            }
            let first = self.all.partition_point(|(bytes, _)| bytes[..2] < rest[..2]);
            let same = self.all[first..].iter().take_while(|(bytes, _)| bytes[..2] == rest[..2]);
            found.extend(same.filter(|(bytes, _)| rest.starts_with(bytes)).map(|(_, what)| what.as_str()));
        }
        found
    }
}

fn beginning(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A secret in every writing in which it could leak.
fn writings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = secret.as_bytes();
    let little: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = secret.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut writings = vec![
        ("UTF-8", utf8.to_vec()),
        ("lower case", secret.to_lowercase().into_bytes()),
        ("JSON escapes", json_escaped(secret).into_bytes()),
        ("URL escapes", secret.replace(' ', "%20").into_bytes()),
        ("UTF-16, little end first", little),
        ("UTF-16, big end first", big),
        ("hexadecimal", hex::encode(utf8).into_bytes()),
        ("hexadecimal in capitals", hex::encode_upper(utf8).into_bytes()),
    ];
    for before in 0..3 {
        // Whole groups of six bits only: what stands beside the secret is not known.
        let mut padded = vec![0; before];
        padded.extend_from_slice(utf8);
        let (from, to) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            writings.push(("Base64", encoded.as_bytes()[from..to].to_vec()));
        }
    }
    writings.sort();
    writings.dedup_by(|one, other| one.1 == other.1);
    writings
}

fn json_escaped(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            letter if letter.is_ascii() => letter.to_string(),
            letter => format!("\\u{:04x}", u32::from(letter)),
        })
        .collect()
}

/// Identity codes in a text, whatever stands around them.
fn codes_in(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(11)
        .map(|part| part.iter().collect::<String>())
        .filter(|part| part.is_ascii() && IdentityCode::parse(part).is_ok())
        .collect()
}

/// Everything of the test data that must not show.
fn secrets() -> BTreeSet<String> {
    let mut secrets: BTreeSet<String> = ADDRESSES.iter().map(|&address| address.to_owned()).collect();
    let mut files = vec![
        testdata("population/changes.json"),
        testdata("patrons/register.csv"),
        testdata("patrons/bad_rows.csv"),
    ];
    let population = fs::read_dir(testdata("population/population")).unwrap();
    files.extend(population.map(|file| file.unwrap().path()));
    for file in files {
        secrets.extend(codes_in(&fs::read_to_string(file).unwrap()));
    }
    assert!(secrets.len() > 90, "{}", secrets.len());
    secrets.extend(protected_contacts());
    secrets
}

/// The contact columns of those whose protection the expected queue or the library's own mark says, where
/// nobody else has the same.
fn protected_contacts() -> BTreeSet<String> {
    let text = fs::read_to_string(testdata("patrons/expected_queue.json")).unwrap();
    let queue: Vec<Value> = serde_json::from_str(&text).unwrap();
    let cards: BTreeSet<&str> = queue
        .iter()
        .filter(|item| item["kind"] == "protection_started")
        .map(|item| item["card_number"].as_str().unwrap())
        .collect();
    let (mut theirs, mut others) = (BTreeSet::new(), BTreeSet::new());
    let register = register();
    let mut reader = csv::Reader::from_reader(register.as_bytes());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let contact: Vec<usize> =
        ["street_address", "alternative_address", "phone", "email"].into_iter().map(place).collect();
    for row in reader.records() {
        let row = row.unwrap();
        let protected = cards.contains(&row[place("card_number")]) || &row[place("protected")] == "yes";
        let values = contact.iter().map(|&at| row[at].to_owned()).filter(|value| value.len() >= 6);
        if protected { theirs.extend(values) } else { others.extend(values) }
    }
    let only: BTreeSet<String> = theirs.difference(&others).cloned().collect();
    assert!(only.len() > 10, "{}", only.len());
    only
}

/// Runs a command with the fullest logs, keeps what it says, and returns what it prints.
fn said(scenario: &Scenario, arguments: &[&str], surfaces: &mut Surfaces) -> String {
    let output = scenario.command(arguments).env("AJANTASA_LOG", "debug").output().unwrap();
    let stdout = output.stdout.clone();
    surfaces.insert(format!("output of {arguments:?}"), output.stdout);
    surfaces.insert(format!("messages of {arguments:?}"), output.stderr);
    String::from_utf8(stdout).unwrap()
}

/// What accounts of each kind are shown.
fn to_accounts(scenario: &Scenario, items: &[Value], surfaces: &mut Surfaces) {
    for (account, cleared) in [("kalle", false), ("aino", false), ("anna", true)] {
        let mut look = |arguments: &[&str]| {
            let output = scenario
                .command(&[arguments, &["--as", account]].concat())
                .env("AJANTASA_LOG", "debug")
                .output()
                .unwrap();
            let who = if cleared { CLEARED } else { "" };
            surfaces.insert(format!("{who}output of {arguments:?} as {account}"), output.stdout);
            surfaces.insert(format!("messages of {arguments:?} as {account}"), output.stderr);
        };
        for format in ["table", "csv", "json"] {
            for list in [["queue", "list"], ["disclosures", "list"], ["audit", "list"]] {
                look(&["--format", format, list[0], list[1]]);
            }
        }
        for item in items.iter().filter(|item| item["municipality"].is_null()) {
            look(&["--format", "json", "queue", "show", item["id"].as_str().unwrap()]);
            look(&["queue", "show", item["id"].as_str().unwrap()]);
            look(&["--format", "json", "patrons", "show", item["card_number"].as_str().unwrap()]);
        }
    }
}

/// Runs every command, with the fullest logs, and keeps what they say.
fn every_command(scenario: &Scenario) -> Surfaces {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let (at, later) = (TODAY, (at_or_after_the_test_data() + TimeDelta::hours(2)).to_rfc3339());
    let mut surfaces = Surfaces::new();
    let mut say = |arguments: &[&str]| said(scenario, arguments, &mut surfaces);
    private(&scenario.path("register.csv"), &register());
    private(&scenario.path("bad_rows.csv"), &fs::read_to_string(testdata("patrons/bad_rows.csv")).unwrap());
    say(&["keys", "show"]);
    say(&["config", "show"]);
    say(&["config", "check"]);
    say(&["patrons", "import", "register.csv"]);
    say(&["run", "--until-idle", "--simulated-clock", at]);
    say(&["patrons", "import", "bad_rows.csv", "--allow-shrink"]);
    say(&["patrons", "import", "register.csv", "--allow-shrink"]);
    say(&["--format", "json", "run", "--until-idle", "--simulated-clock", at]);
    for format in ["table", "csv", "json"] {
        for list in [["queue", "list"], ["patrons", "list"], ["disclosures", "list"], ["audit", "list"]] {
            say(&["--format", format, list[0], list[1]]);
        }
    }
    let items: Value = serde_json::from_str(&say(&["--format", "json", "queue", "list"])).unwrap();
    let items = items.as_array().unwrap();
    assert!(items.len() > 40, "{}", items.len());
    let mut reviewer = vec!["user", "add", "anna", "--role", "reviewer", "--until", "2199-12-31"];
    for code in ["078", "149", "710", "755", "092"] {
        reviewer.extend(["--municipality", code]);
    }
    reviewer.extend(["--may", "protected", "--os-user", &user]);
    say(&reviewer);
    say(&["user", "add", "aino", "--role", "auditor", "--until", "2199-12-31", "--os-user", &user]);
    let not_cleared =
        ["--role", "reviewer", "--municipality", "710", "--until", "2199-12-31", "--os-user", &user];
    say(&[&["user", "add", "kalle"][..], &not_cleared].concat());
    say(&["--format", "json", "user", "list"]);
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    for item in items.iter().filter(|item| item["kind"] == "protection_started") {
        let card = item["card_number"].as_str().unwrap();
        say(&["queue", "show", item["id"].as_str().unwrap()]);
        for format in ["table", "json"] {
            let words = ["--format", format, "check", card, "--purpose", "desk", "--reason", "ei"];
            say(&[&words[..], &["--as", "anna"]].concat());
        }
        say(&["--format", "json", "patrons", "show", card]);
    }
    to_accounts(scenario, items, &mut surfaces);
    let mut say = |arguments: &[&str]| said(scenario, arguments, &mut surfaces);
    let mut approve = vec!["--format", "json", "queue", "approve", "--as", "anna"];
    approve.extend(&ids);
    say(&approve);
    say(&["queue", "reject", ids[0], "--reason", "other", "--note", "ei", "--as", "anna"]);
    say(&["run", "apply", "estate", "reconcile", "housekeeping", "--simulated-clock", &later]);
    say(&["patrons", "export"]);
    say(&["patrons", "export", "--out", "export.csv"]);
    say(&["queue", "list", "--state", "confirmed,written,closed,superseded,rejected"]);
    say(&["patrons", "forget", "2071000001", "--reason", "moved away"]);
    say(&["doctor"]);
    // Broken on purpose: errors speak, too.
    say(&["patrons", "show", "150365-901X"]);
    say(&["queue", "show", "not-an-id"]);
    pages(scenario, &mut surfaces);
    surfaces
}

/// What the daemon says to whoever asks it.
fn pages(scenario: &Scenario, surfaces: &mut Surfaces) {
    let path = scenario.path("ajantasa.toml");
    let configuration = fs::read_to_string(&path).unwrap();
    private(
        &path,
        &format!("{configuration}[service]\nlisten = \"127.0.0.1:0\"\n[web]\nlisten = \"127.0.0.1:0\"\n"),
    );
    let mut serve = scenario.command(&["serve"]);
    serve.env("AJANTASA_LOG", "debug");
    let mut daemon = Server::start(serve, scenario.path("serve.log"));
    for page in ["/metrics", "/readyz?verbose", "/livez"] {
        surfaces.insert(format!("page {page}"), daemon.text(page).into_bytes());
    }
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0));
    private(&path, &configuration);
}

/// Every file below a folder but those that may hold codes.
fn files(folder: &Path, surfaces: &mut Surfaces, when: &str) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, surfaces, when);
        } else if !["register.csv", "bad_rows.csv", "a.key", "password"].contains(&name.as_str()) {
            let name = path.strip_prefix("/").unwrap().display();
            surfaces.insert(format!("file {name} {when}"), fs::read(&path).unwrap());
        }
    }
}

/// Everything a whole run leaves behind.
async fn left_behind(scenario: &Scenario) -> Surfaces {
    let mut surfaces = every_command(scenario);
    let folder = scenario.path("backup");
    match backup::create(&scenario.context.db, &scenario.url, &folder, at_or_after_the_test_data()).await {
        Ok(_) => {}
        Err(BackupError::NoTool(tool)) => println!("skipped: {tool} is not installed"),
        Err(error) => panic!("{error}"),
    }
    files(scenario.folder.path(), &mut surfaces, "while open");
    for (table, rows) in contents::tables(&scenario.context, &[], &[]).await {
        surfaces.insert(format!("table {table}"), rows.join("\n").into_bytes());
    }
    surfaces
}

#[track_caller]
fn assert_clean(needles: &Needles, surfaces: &Surfaces) {
    for (name, bytes) in surfaces {
        let found = needles.found_in(bytes);
        assert!(found.is_empty(), "{name} shows {found:?}");
    }
}

on_both! {
    async fn nothing_left_behind_shows_a_code_or_a_protected_address(place: Place) {
        let scenario = check::site(&place, Setup::default(), check::Query::default()).await;
        // The first question meets an answer that repeats the code asked about.
        scenario.fault(json!({ "kind": "service_fault", "path": "soap" })).await;
        let secrets = secrets();
        let needles = Needles::new(&secrets);
        let surfaces = left_behind(&scenario).await;
        assert!(surfaces.keys().any(|name| name.contains("rejected.csv")), "{:?}", surfaces.keys());
        assert!(surfaces.contains_key("page /metrics"));
        let (cleared, surfaces): (Surfaces, Surfaces) =
            surfaces.into_iter().partition(|(name, _)| name.starts_with(CLEARED));
        assert_clean(&needles, &surfaces);
        // Codes are shown to nobody; a protected address is there, so that the search would see it elsewhere.
        let codes = secrets.iter().filter(|secret| IdentityCode::parse(secret).is_ok()).cloned().collect();
        assert_clean(&Needles::new(&codes), &cleared);
        assert!(cleared.values().any(|bytes| !needles.found_in(bytes).is_empty()));

        // A leak in each surface, each time in another writing and another place.
        let leaks: Vec<Vec<u8>> =
            secrets.iter().flat_map(|secret| writings(secret)).map(|(_, bytes)| bytes).collect();
        for (number, (name, bytes)) in surfaces.iter().enumerate() {
            let leak = &leaks[number * 37 % leaks.len()];
            let at = bytes.len() * (number % 11) / 10_usize.max(number % 11);
            let planted = [&bytes[..at], leak, &bytes[at..]].concat();
            assert!(!needles.found_in(&planted).is_empty(), "a leak in {name} is not found");
        }

        // And one in the database itself.
        let code = secrets.iter().find(|secret| IdentityCode::parse(secret).is_ok()).unwrap();
        scenario.execute(&format!("UPDATE installation SET value = value || '{code}'")).await;
        let mut planted = Surfaces::new();
        if matches!(scenario.url, StoreUrl::Sqlite(_)) {
            files(scenario.folder.path(), &mut planted, "after the leak");
            planted.retain(|name, _| name.contains("a.db") && !name.contains("backup"));
        }
        for (table, rows) in contents::tables(&scenario.context, &[], &[]).await {
            planted.insert(format!("table {table}"), rows.join("\n").into_bytes());
        }
        let leaking: Vec<&String> =
            planted.iter().filter(|(_, bytes)| !needles.found_in(bytes).is_empty()).map(|(name, _)| name).collect();
        assert!(leaking.iter().any(|name| *name == "table installation"), "{leaking:?}");
        assert_eq!(leaking.iter().any(|name| name.starts_with("file")), place_is_file(&scenario), "{leaking:?}");
    }
}

fn place_is_file(scenario: &Scenario) -> bool {
    matches!(scenario.url, StoreUrl::Sqlite(_))
}

#[test]
fn every_writing_of_every_secret_is_found() {
    let secrets = secrets();
    let needles = Needles::new(&secrets);
    for secret in &secrets {
        for (writing, bytes) in writings(secret) {
            let hay = [b"x\0{\"".as_slice(), &bytes, b"\"}"].concat();
            assert!(!needles.found_in(&hay).is_empty(), "{writing}");
        }
        for before in 0..3 {
            let hay = STANDARD_NO_PAD.encode([&b"abc"[..before], secret.as_bytes(), b"de"].concat());
            assert!(!needles.found_in(hay.as_bytes()).is_empty(), "Base64 after {before} bytes");
        }
    }
    assert!(needles.found_in(b"nothing to see, 010180 is a date and no code").is_empty());
}
