//! Commands that need no configuration: `schedule next`, `mock`, `synth`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::json;

use super::{Ran, Site, binary, run_in};

fn next(from: &str, expression: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["schedule", "next", expression, "--from", from, "--count", "3", "--format", "json"];
    let ran = run_in(folder.path(), &arguments).done();
    assert_eq!(ran.stderr, "");
    ran.json()
}

#[test]
fn a_daily_time_is_due_once_in_both_nights_of_a_clock_change() {
    assert_eq!(
        next("2027-03-27T12:00:00+02:00", "30 3 * * *"),
        json!(["2027-03-28T04:00:00+03:00", "2027-03-29T03:30:00+03:00", "2027-03-30T03:30:00+03:00"])
    );
    assert_eq!(
        next("2027-10-30T12:00:00+03:00", "30 3 * * *"),
        json!(["2027-10-31T03:30:00+03:00", "2027-11-01T03:30:00+02:00", "2027-11-02T03:30:00+02:00"])
    );
}

#[test]
fn an_hourly_time_is_due_in_every_hour_that_there_is() {
    assert_eq!(
        next("2027-03-28T02:30:00+02:00", "7 * * * *"),
        json!(["2027-03-28T04:07:00+03:00", "2027-03-28T05:07:00+03:00", "2027-03-28T06:07:00+03:00"])
    );
    assert_eq!(
        next("2027-10-31T02:30:00+03:00", "7 * * * *"),
        json!(["2027-10-31T03:07:00+03:00", "2027-10-31T03:07:00+02:00", "2027-10-31T04:07:00+02:00"])
    );
}

#[test]
fn a_due_time_is_strictly_later_than_from() {
    let due = next("2027-06-01T03:30:00+03:00", "30 3 * * *");
    assert_eq!(due[0], "2027-06-02T03:30:00+03:00");
}

#[test]
fn a_wrong_cron_expression_is_64_and_says_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["schedule", "next", "0 30 3 * * *", "--format", "json"];
    let ran = run_in(folder.path(), &arguments).ended(64).says("30 3 * * *");
    assert_eq!(ran.stdout, "");
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let make = |out: &str, seed: &str| {
        let arguments = ["synth", "--persons", "20", "--seed", seed, "--out", out, "--today", "2026-11-21"];
        let all = [&arguments[..], &["--changes", "5", "--format", "json"]].concat();
        let summary = run_in(folder.path(), &all).done().json();
        assert_eq!(summary["patrons"], 20);
        ["patrons.csv", "population.jsonl", "changes.jsonl", "truth.csv"]
            .map(|name| std::fs::read(folder.path().join(out).join(name)).expect("it was written"))
    };
    let first = make("a", "7");
    assert_eq!(first, make("b", "7"));
    assert_ne!(first, make("c", "8"));
}

#[test]
fn too_many_invented_people_are_64() {
    let folder = tempfile::tempdir().unwrap();
    run_in(folder.path(), &["synth", "--persons", "99999999999", "--seed", "1", "--out", "x"]).ended(64);
}

/// Starts a simulated VTJ on synthetic people, reads its first line, and ends it with SIGTERM.
fn mock(site: &Site, more: &[&str]) -> (String, Ran) {
    let synth = ["synth", "--persons", "5", "--seed", "1", "--out", "people"];
    site.run(&synth).done();
    let all = [&["mock", "--population", "people", "--listen", "127.0.0.1:0"], more].concat();
    let mut child = binary(site.folder.path(), &all)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut first = String::new();
    let stdout = child.stdout.as_mut().expect("piped");
    BufReader::new(stdout).read_line(&mut first).expect("a line");
    let id = i32::try_from(child.id()).expect("a process id");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM)
        .expect("it is running");
    let ran = Ran::new(&child.wait_with_output().expect("it ends"));
    (first, ran)
}

#[test]
fn the_simulated_vtj_says_where_it_listens_and_ends_in_good_order() {
    let site = Site::bare();
    let (first, ran) =
        mock(&site, &["--username", "u", "--password-file", "password", "--play-every", "1.5"]);
    assert!(first.starts_with("listening on http://127.0.0.1:") && first.ends_with('\n'), "{first}");
    assert!(!ran.done().stderr.contains("simulated clock"));
}

#[test]
fn with_a_folder_for_certificates_the_simulated_vtj_speaks_tls() {
    let site = Site::bare();
    let (first, ran) = mock(&site, &["--tls", "tls"]);
    assert!(first.starts_with("listening on https://127.0.0.1:"), "{first}");
    ran.done();
    for file in ["ca.pem", "server.pem", "client-identity.pem"] {
        assert!(site.folder.path().join("tls").join(file).is_file(), "{file}");
    }
    std::fs::remove_file(site.folder.path().join("tls/ca.pem")).unwrap();
    let arguments = ["mock", "--population", "people", "--listen", "127.0.0.1:0", "--tls", "tls"];
    site.run(&arguments).ended(78).says("ca.pem");
}

#[test]
fn a_simulated_clock_is_announced() {
    let (_, ran) =
        mock(&Site::bare(), &["--simulated-clock", "2027-03-27T12:00:00+02:00x60", "--page-size", "2"]);
    ran.done().says("simulated clock: started at 2027-03-27T10:00:00+00:00, speed x60");
}

#[test]
fn what_the_simulated_vtj_cannot_use_has_a_code_of_its_own() {
    let site = Site::bare();
    site.run(&["mock", "--population", "nowhere", "--listen", "127.0.0.1:0"]).ended(65);
    site.run(&["mock", "--population", ".", "--listen", "0.0.0.0:0"]).ended(64).says("loopback");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    site.run(&["synth", "--persons", "2", "--seed", "1", "--out", "people"]).done();
    site.run(&["mock", "--population", "people", "--listen", &addr]).ended(69).says(&addr);
    let public = site.write("public", "x", 0o644);
    let arguments = ["mock", "--population", "people", "--password-file", public.to_str().unwrap()];
    site.run(&arguments).ended(78).says("chmod 600");
}
