//! Answers made to harm: refused, at once and without taking memory.

use std::time::Instant;

use super::*;
use crate::vtj_client::server::{Reply, Server};

/// The most that refusing an answer may add to the memory in use, in kilobytes.
const MOST_MEMORY_KB: usize = 8 * 1024;
/// The longest that refusing may take, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

fn in_a_body(inside: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Body>{inside}</s:Body></s:Envelope>")
}

fn with_doctype(doctype: &str) -> String {
    let person = String::from_utf8(file("x-road-found")).unwrap();
    format!("<?xml version=\"1.0\"?>{doctype}{person}")
}

/// Hostile answers by name, smaller than the largest that is read and larger.
fn answers() -> Vec<(&'static str, String)> {
    let laughs = (1..10).map(|level| {
        let inner = format!("&l{};", level - 1).repeat(10);
        format!("<!ENTITY l{level} \"{inner}\">")
    });
    let laughs: String = laughs.collect();
    let repeated =
        |count: usize, write: fn(usize) -> String| (0..count).map(write).collect::<Vec<_>>().concat();
    let attributes = |count: usize| repeated(count, |number| format!(" a{number}=\"\""));
    let namespaces = repeated(30_000, |number| format!(" xmlns:n{number}=\"u\""));
    vec![
        ("entity bomb", with_doctype(&format!("<!DOCTYPE s [<!ENTITY l0 \"ha\">{laughs}]>"))),
        (
            "quadratic entity",
            with_doctype(&format!("<!DOCTYPE s [<!ENTITY a \"{}\">]>", "a".repeat(100_000))),
        ),
        ("external entity", with_doctype("<!DOCTYPE s [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>")),
        ("external type", with_doctype("<!DOCTYPE s SYSTEM \"http://192.0.2.1/s.dtd\">")),
        ("unknown entity", changed("x-road-found", "Koetie 3", "&x;")),
        ("100,000 nested tags", in_a_body(&"<a>".repeat(100_000))),
        (
            "100,000 nested tags that close",
            in_a_body(&["<a>".repeat(100_000), "</a>".repeat(100_000)].concat()),
        ),
        ("200,000 attributes", in_a_body(&format!("<a{}/>", attributes(200_000)))),
        ("80,000 attributes", in_a_body(&format!("<a{}/>", attributes(80_000)))),
        ("30,000 namespaces", in_a_body(&format!("<a{namespaces}/>"))),
        ("24 MB of elements", in_a_body(&"<a></a>".repeat(24 * 1024 * 1024 / 7))),
        ("1 MB of elements", in_a_body(&"<a/>".repeat(250_000))),
        ("1 MB of comments", in_a_body(&"<!---->".repeat(140_000))),
        ("1 MB of references", changed("x-road-found", "Koetie 3", &"&#65;".repeat(200_000))),
        ("a long text", changed("x-road-found", "Koetie 3", &"a".repeat(900_000))),
        ("a thousand people", changed("x-road-found", "</Henkilo>", &"</Henkilo><Henkilo>".repeat(1000))),
        ("an unfinished comment", in_a_body(&format!("<!--{}", "-".repeat(900_000)))),
        ("a control character", changed("x-road-found", "Koetie 3", "Koetie&#1;3")),
        ("a character that is none", changed("x-road-found", "Koetie 3", "Koetie&#xFFFFFF;3")),
        ("two roots", [in_a_body(""), in_a_body("")].concat()),
        ("text behind the root", [in_a_body(""), "hello".to_owned()].concat()),
        ("an attribute twice", changed("x-road-found", "koodi=\"0000\"", "koodi=\"0000\" koodi=\"0001\"")),
        ("a tag that closes another", in_a_body("<a><b></a></b>")),
        (
            "a prefix without a namespace",
            changed("x-road-found", "<Henkilo>", "<q:Henkilo>").replace("</Henkilo>", "</q:Henkilo>"),
        ),
    ]
}

#[test]
fn hostile_answers_are_refused_at_once() {
    for (name, body) in answers() {
        let start = Instant::now();
        let error = read(&body, AINO).unwrap_err();
        assert!(start.elapsed() < LONGEST, "{name} took {:?}", start.elapsed());
        assert_eq!(error.class(), "malformed", "{name}: {error}");
        is_discreet(&error);
    }
}

/// The memory of this process at its highest, in kilobytes.
fn peak_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

const CHILD: &str = "AJANTASA_TEST_HOSTILE_CHILD";

/// Runs itself once more, in a process where nothing else takes memory.
#[test]
fn hostile_answers_take_no_memory() {
    if std::env::var_os(CHILD).is_some() {
        // The code itself is loaded first.
        let sound = read_for(&file("x-road-found"), x_road(), AINO, &everything());
        assert!(sound.is_ok());
        for (name, body) in answers() {
            // The peak starts again from here.
            std::fs::write("/proc/self/clear_refs", "5").unwrap();
            let before = peak_kb();
            assert!(read(&body, AINO).is_err());
            let more = peak_kb() - before;
            assert!(more < MOST_MEMORY_KB, "{name} took {more} kB");
        }
        return;
    }
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "query::hostile::hostile_answers_take_no_memory", "--nocapture"])
        .env(CHILD, "1")
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn an_endless_answer_is_left_where_it_is_too_large() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n".to_vec();
    bytes.extend_from_slice("<a></a>".repeat(24 * 1024 * 1024 / 7).as_bytes());
    let server = Server::plain(vec![Reply::Silence(bytes)]);
    let error = ask(&settings(&format!("http://{}/", server.address), x_road()), AINO).await.unwrap_err();
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[test]
fn an_answer_that_was_cut_off_anywhere_is_no_answer() {
    for name in ["x-road-found", "direct-passivated", "x-road-other-prefixes", "fault-access-denied"] {
        let whole = file(name);
        let asked = if name == "direct-passivated" { OLD } else { AINO };
        let end = whole.trim_ascii_end().len();
        for length in (0..end).step_by(7) {
            let error = read_for(&whole[..length], way_of(name), asked, &everything()).unwrap_err();
            assert!(["malformed", "unavailable"].contains(&error.class()), "{name} cut at {length}: {error}");
        }
    }
}
