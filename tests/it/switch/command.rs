//! The commands that stop and resume, and what other commands say meanwhile.

use ajantasa::clock::{Clock as _, SystemClock};
use chrono::TimeDelta;

use super::{DISCLOSURES, EVERYONE_IS_DUE, followed};
use crate::scenario::{Scenario, Setup, on_both, small};

/// An account bound to whoever runs the tests.
pub fn add(site: &Scenario, name: &str, role: &str) {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let words = ["user", "add", name, "--role", role, "--until", "2199-12-31", "--os-user", &user];
    let municipalities = ["078", "149", "710", "755", "092"].iter().flat_map(|code| ["--municipality", code]);
    site.ajantasa(&words.into_iter().chain(municipalities).collect::<Vec<_>>()).ended(0);
}

on_both! {
    async fn commands_say_who_stopped_them_why_and_how_to_resume(place: Place) {
        let site = followed(&place).await;
        add(&site, "aino", "administrator");
        add(&site, "anna", "reviewer");
        site.execute(EVERYONE_IS_DUE).await;
        let before = site.number(DISCLOSURES).await;
        let words = ["schedule", "stop-queries", "--reason", "a wrong permit", "--as"];
        site.ajantasa(&[&words[..], &["anna"]].concat()).ended(77);
        site.ajantasa(&[&words[..4], &["--until", "2020-01-01", "--as", "aino"]].concat()).ended(64);
        site.ajantasa(&["schedule", "resume-queries", "--as", "aino"]).ended(65).says("not stopped");
        let ran = site.ajantasa(&[&words[..], &["aino", "--format", "json"]].concat()).ended(0).json();
        assert_eq!((&ran["stopped"], &ran["reason"]), (&true.into(), &"a wrong permit".into()));
        let why = "stopped: by aino since";
        site.ajantasa(&["run", "refresh"]).ended(75).says(why).says("a wrong permit").says("resume-queries");
        site.ajantasa(&["run", "--until-idle"]).ended(75).says(why);
        site.ajantasa(&["run", "reconcile", "apply", "estate", "housekeeping"]).ended(0);
        let card = small::card(1);
        let check = ["check", &card, "--purpose", "desk", "--reason", "x", "--as", "anna", "--format", "json"];
        let checked = site.ajantasa(&check).ended(75).json();
        assert_eq!((&checked["outcome"], &checked["asked_vtj"]), (&"transient".into(), &false.into()));
        let doctor = site.ajantasa(&["doctor", "--format", "json"]).json();
        let line = doctor.as_array().unwrap().iter().find(|check| check["check"] == "queries").unwrap();
        assert_eq!(line["state"], "warn");
        site.ajantasa(&["schedule", "list"]).ended(0).says(why);
        assert_eq!(site.number(DISCLOSURES).await, before);
        site.ajantasa(&["schedule", "resume-queries", "--as", "aino"]).ended(0);
        site.ajantasa(&["run", "refresh"]).ended(0);
    }

    async fn a_long_pause_of_fetch_is_warned_of(place: Place) {
        let site = Scenario::new(&place, Setup::default()).await;
        add(&site, "aino", "administrator");
        let now = SystemClock.now();
        for (name, days, warned) in [("fetch", 9, false), ("fetch", 11, true), ("reconcile", 40, false)] {
            let until = (now + TimeDelta::days(days)).to_rfc3339();
            let words = ["schedule", "pause", name, "--reason", "x", "--until", &until, "--as", "aino"];
            let ran = site.ajantasa(&words).ended(0);
            assert_eq!(ran.stderr.contains("will have been silent"), warned, "{name} {days}: {}", ran.stderr);
        }
    }
}
