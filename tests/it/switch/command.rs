//! The commands that stop and resume, and what other commands say meanwhile.

use super::{DISCLOSURES, EVERYONE_IS_DUE, followed};
use crate::scenario::{Scenario, on_both, small};

/// An account bound to whoever runs the tests.
pub fn add(site: &Scenario, name: &str, role: &str) {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let words = ["user", "add", name, "--role", role, "--municipality", "710", "--until", "2199-12-31"];
    site.ajantasa(&[&words[..], &["--os-user", &user]].concat()).ended(0);
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
        assert_eq!(site.number(DISCLOSURES).await, before);
        site.ajantasa(&["schedule", "resume-queries", "--as", "aino"]).ended(0);
        site.ajantasa(&["run", "refresh"]).ended(0);
    }
}
